"""The agency's own layout of the report of measures: which columns, under which titles, in which order."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.documents.office import SETTINGS, OfficeError, change_settings
from reports.layouts.super_schema import FIELDS, TICKS, USUAL_OWN
from thai.digits import to_arabic

MOST = 12  # columns of a landscape page, the three tick columns counted
LONGEST_TITLE = 120


def stored(agency: AgencyView) -> list[dict[str, str]]:
    """[{"key", "title"}] as the agency chose, empty until it does; a column that is no more is left out."""
    kept = agency.settings.get(SETTINGS, {}).get("own_columns", [])
    return [{"key": one["key"], "title": one["title"]} for one in kept if one["key"] in FIELDS]


def chosen(agency: AgencyView) -> list[dict[str, str]]:
    """The same, or the usual columns."""
    return stored(agency) or [{"key": key, "title": ""} for key in USUAL_OWN]


def save(session: Session, typed: Iterable[tuple[str, str, str]], actor: str) -> None:
    """Keep the columns that got a place. `typed`: (key, place, title); equal places stay in the order given.

    Raises OfficeError."""
    placed: list[tuple[int, str, str]] = []
    for key, place, title in typed:
        number = to_arabic(place).strip()
        if not number:
            continue
        if not (number.isascii() and number.isdigit() and len(number) <= 3):
            raise OfficeError("columns", f"ลำดับของช่อง “{FIELDS[key].title}” ต้องเป็นตัวเลข")
        if len(title.strip()) > LONGEST_TITLE:
            raise OfficeError("columns", f"ชื่อช่อง “{title.strip()[:20]}…” ยาวเกินไป")
        placed.append((int(number), key, title.strip()))
    placed.sort(key=lambda one: one[0])
    columns = [{"key": key, "title": title} for _, key, title in placed]
    width = len(columns) + 2 * any(one["key"] == TICKS for one in columns)
    if not columns:
        raise OfficeError("columns", "กรุณาใส่ลำดับอย่างน้อย 1 ช่อง")
    if width > MOST:
        raise OfficeError("columns", f"มี {width} ช่อง เกิน {MOST} ช่องที่พิมพ์ในหน้ากระดาษแนวนอนได้")
    change_settings(session, {"own_columns": columns}, actor)
