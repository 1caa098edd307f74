"""Registers in and out as CSV and XLSX. The columns are those of the page; a file is looked at before it comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import sheet
from handlers.registers import operations
from handlers.registers.kinds import REGISTERS, Register
from handlers.registers.operations import EntryDetails, RegisterError
from handlers.sheet import SheetError
from models.agency import Staff, Unit
from models.measure import RegisterEntry
from thai.dates import bangkok_date, format_date
from thai.text import normalise

UNIT = "ส่วนงาน"
NEAR = 85  # of 100: how like a column's label a heading must be
MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A row that can be stored; `number` counts as Excel does."""

    number: int
    details: EntryDetails


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring. `columns`: heading to what it was taken for ("" for none)."""

    register: Register
    columns: tuple[tuple[str, str], ...]
    rows: tuple[EntryRow, ...]
    problems: tuple[str, ...]


def labels(register: Register) -> dict[str, str]:
    """Name to label of every column of a register, in the order of its files."""
    found = {"dated": register.dated, "title": register.title, "unit": UNIT}
    found |= {column.name: column.label for column in register.columns}
    return found | ({"expires_on": register.ends} if register.ends else {})


# -- out -------------------------------------------------------------------------------------------------


def rows(session: Session, name: str, year: int | None) -> Iterator[tuple[str, ...]]:
    """The header and the entries of a register, as text."""
    register = REGISTERS[name]
    yield tuple(labels(register).values())
    units = {row.id: row.name for row in session.execute(select(Unit.id, Unit.name))}
    for entry in reversed(operations.listed(session, name, year)):
        yield (
            format_date(entry.dated, "long") if entry.dated else "",
            entry.title,
            units.get(entry.unit_id or 0, ""),
            *(operations.shown(column, entry.data.get(column.name)) for column in register.columns),
            *((format_date(entry.expires_on, "long") if entry.expires_on else "",) if register.ends else ()),
        )


def export_csv(session: Session, name: str, year: int | None) -> bytes:
    return sheet.write_csv(rows(session, name, year))


def export_xlsx(session: Session, name: str, year: int | None) -> bytes:
    return sheet.write_xlsx(rows(session, name, year), REGISTERS[name].label[:31])


# -- in --------------------------------------------------------------------------------------------------


def preview(session: Session, name: str, data: bytes, now: datetime) -> Preview:
    """Read a CSV or XLSX file without storing anything; each row is checked. Raises SheetError, RegisterError."""
    register = operations.register_of(name)
    known = labels(register)
    table = sheet.read(data, {label.lower() for label in known.values()})
    numbered = [(number, row) for number, row in enumerate(table, 1) if any(row)]
    if len(numbered) > MOST_ROWS + 1:
        raise SheetError(f"ไฟล์มีมากกว่า {MOST_ROWS:,} แถว แบ่งเป็นหลายไฟล์แล้วนำเข้าทีละไฟล์")
    start = next(
        (place for place, (_, row) in enumerate(numbered[:10]) if len(set(_names(row, known)) - {""}) >= 2), None
    )
    if start is None:
        raise SheetError(f"ไม่พบหัวคอลัมน์ ต้องมีอย่างน้อย {known['title']} และ {known['dated']}")
    headings = numbered[start][1]
    names = _names(headings, known)
    units = {unit_name: unit_id for unit_id, unit_name in session.execute(select(Unit.id, Unit.name))}
    found: list[EntryRow] = []
    problems: list[str] = []
    for number, cells in numbered[start + 1 :]:
        values = {names[place]: cell for place, cell in enumerate(cells) if place < len(names) and names[place]}
        lost = [cell for place, cell in enumerate(cells) if cell and (place >= len(names) or not names[place])]
        if lost:
            problems.append(f"แถว {number}: ไม่มีช่องสำหรับ “{' | '.join(lost)[:200]}”")
        details, doubts = _details(values, units)
        problems += [f"แถว {number}: {doubt}" for doubt in doubts]
        try:
            operations.check(name, details, bangkok_date(now))
            found.append(EntryRow(number, details))
        except RegisterError as error:
            problems.append(f"แถว {number} ({known.get(error.field, error.field)}): {error} ข้ามแถวนี้")
    return Preview(register, tuple(zip(headings, names, strict=True)), tuple(found), tuple(problems))


def _names(headings: list[str], known: Mapping[str, str]) -> list[str]:
    """What each heading names, "" for none; the first of two for one column counts."""
    keys = {_key(label): name for name, label in known.items()}
    found: list[str] = []
    for heading in headings:
        name = keys.get(_key(heading), "")
        if not name and len(_key(heading)) >= 4:
            near = process.extractOne(_key(heading), list(keys), scorer=fuzz.ratio, score_cutoff=NEAR)
            begins = [key for key in keys if key.startswith(_key(heading)) or _key(heading).startswith(key)]
            name = keys[near[0]] if near else keys[begins[0]] if len(begins) == 1 else ""
        found.append("" if name in found else name)
    return found


def _key(text: str) -> str:
    return "".join(
        character for character in normalise(text) if character.isalnum() or "\u0e00" <= character <= "\u0e7f"
    )


def _details(values: Mapping[str, str], units: Mapping[str, int]) -> tuple[EntryDetails, list[str]]:
    unit = values.get("unit", "").strip()
    doubts = [f"ไม่พบส่วนงาน “{unit}” เก็บโดยไม่ระบุส่วนงาน"] if unit and unit not in units else []
    own = {name: text for name, text in values.items() if name not in ("dated", "title", "unit", "expires_on")}
    details = EntryDetails(
        values.get("title", ""), values.get("dated", ""), units.get(unit), values.get("expires_on", ""), own
    )
    return details, doubts


def apply(session: Session, found: Preview, staff: Staff | None, now: datetime) -> list[RegisterEntry]:
    """Store the preview's rows."""
    return [
        operations.save_entry(session, found.register.name, None, row.details, staff, now) for row in found.rows
    ]  # fmt: skip
