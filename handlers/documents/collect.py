"""From rows to the plain figures that a document is made of (JSON: text, numbers, lists).

Only what falls into the period goes in; what is left out is counted, so that the linter can say so. The figures of a
document hold everything that its layouts, its linter and a later reprint need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers.agencies import AgencyView
from handlers.documents import facts, office, own_layout
from handlers.documents.periods import described, stretch
from handlers.measures import scores as ita
from models.agency import Staff
from models.measure import Element, Evidence, Measure
from thai.dates import bangkok_date
from thai.fiscal import FiscalPeriod

Figures = dict[str, Any]


class NothingToPrint(ValueError):
    """There are no rows to make this document of; Thai words that say where they come from."""


def base(
    session: Session, agency: AgencyView, kind: str, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """What every document has."""
    settings = office.office_of(session, agency)
    return {
        "kind": kind,
        "layout": layout,
        "fiscal_year": fiscal_year,
        "period": described(fiscal_year, period),
        "dated": bangkok_date(now).isoformat(),
        "collected_at": now.isoformat(),
        "office": office.on_paper(session, agency),
        "thai_digits": settings.thai_digits,
        "garuda": settings.garuda,
        "indicators": {**{str(no): name for no, name in ita.indicator_names().items()}, **facts.sub_indicators()},
        "items": facts.report_items(fiscal_year),
    }


# -- measures --------------------------------------------------------------------------------------------


def measures(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """The report of measures, with the scores and elements that some of its layouts print.

    Raises NothingToPrint when the year has no measures."""
    rows = session.scalars(
        select(Measure)
        .options(joinedload(Measure.unit))
        .where(Measure.fiscal_year == fiscal_year)
        .order_by(Measure.position, Measure.id)
    ).all()
    if not rows:
        raise NothingToPrint(f"ยังไม่มีมาตรการของปีงบประมาณ {fiscal_year} บันทึกหรือนำเข้าที่หน้า “มาตรการ” ก่อน")
    days = stretch(fiscal_year, period)
    proof = evidence_of(session, Evidence.measure_id, [row.id for row in rows])
    kept = [row for row in rows if _falls_into(row.starts_on, row.ends_on, days)]
    return {
        **base(session, agency, "measures", fiscal_year, period, layout, now),
        "measures": [_measure(row, proof[row.id], days, fiscal_year) for row in kept],
        "left_out": [_row("measure", row.id, _label(row)) for row in rows if row not in kept],
        "scores": _latest_scores(session, fiscal_year),
        "items_with_elements": _items(session, fiscal_year, days) if layout == "001" else [],
        "own_columns": own_layout.stored(agency) if layout == "own" else [],
    }


def announcement(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """The announcement of the report: needs the same measures. Raises NothingToPrint."""
    figures = measures(session, agency, fiscal_year, period, "", now)
    return {**figures, "kind": "announcement"}


def _falls_into(first: date | None, last: date | None, days: FiscalPeriod) -> bool:
    return (first is None or first <= days.end) and (last is None or last >= days.start)


def _label(row: Measure) -> str:
    return " ".join(words for words in (row.item_code, row.title) if words)


def _row(table: str, row_id: int, label: str) -> dict[str, Any]:
    return {"table": table, "id": row_id, "label": label}


def _measure(row: Measure, proof: Sequence[Evidence], days: FiscalPeriod, fiscal_year: int) -> dict[str, Any]:
    inside = [one for one in proof if one.dated is None or days.start <= one.dated <= days.end]
    return {
        "id": row.id,
        "instrument": row.instrument,
        "indicator": row.indicator or facts.indicator_of(fiscal_year, row.item_code),
        "indicator_by_code": facts.indicator_of(fiscal_year, row.item_code),
        "item_code": row.item_code,
        "item_known": facts.is_known(fiscal_year, row.item_code),
        "item_text": row.item_text,
        "issue": row.issue,
        "title": row.title,
        "steps": list(row.steps),
        "units": list(row.responsible_units) or ([row.unit.name] if row.unit else []),
        "roles": list(row.responsible_roles),
        "period": row.period_text,
        "supervision": list(row.supervision),
        "cadence": row.cadence,
        "status": row.status,
        "results": list(row.results),
        "outcome": row.outcome,
        "suggestion": row.suggestion,
        "evidence": [shown_evidence(one) for one in inside],
        "evidence_outside": [shown_evidence(one) for one in proof if one not in inside],
    }


# -- scores ----------------------------------------------------------------------------------------------


def memo(session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime) -> Figures:
    """The memo on the year's ITA result. Raises NothingToPrint until all ten indicators are known."""
    found = _scores(session, fiscal_year)
    if not found["complete"]:
        missing = ", ".join(str(no) for no in found["missing"])
        raise NothingToPrint(
            f"ยังไม่มีคะแนน ITA ปี {fiscal_year} ตัวชี้วัดที่ {missing} กรอกที่หน้า “คะแนนและข้อ OIT” หรือ sujarit scores import ก่อน"
        )
    return {**base(session, agency, "memo", fiscal_year, period, layout, now), "scores": found}


def _latest_scores(session: Session, fiscal_year: int) -> dict[str, Any]:
    """The year's result; until it is out (August or September), last year's, which the measures answer."""
    found = _scores(session, fiscal_year)
    if found["complete"]:
        return found
    before = _scores(session, fiscal_year - 1)
    return before if before["complete"] else found


def _scores(session: Session, fiscal_year: int) -> dict[str, Any]:
    """Computed figures as text with two decimals; `notes`: what a person typed that does not agree."""
    typed = ita.load(session, fiscal_year)
    result = ita.grade(typed, fiscal_year)

    def text(value: Decimal | None) -> str:
        return "" if value is None else f"{value:.2f}"

    return {
        "fiscal_year": fiscal_year,
        "complete": result.total is not None,
        "missing": list(result.missing),
        "indicators": [text(typed.get(no)) for no in ita.INDICATORS],
        **{what: text(result.sum_of(what)) for what in ita.SUMS},
        "level": result.level,
        "rule_confirmed": result.rule_confirmed,
        "notes": [f"คะแนน {flag} เอกสารนี้ใช้คะแนนที่คำนวณได้" for flag in result.flags],
    }


# -- elements --------------------------------------------------------------------------------------------


def elements(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """The element table of the year's O-items. Raises NothingToPrint for a year without elements."""
    items = _items(session, fiscal_year, stretch(fiscal_year, period))
    if not items:
        raise NothingToPrint(f"ยังไม่มีรายการองค์ประกอบ OIT ของปีงบประมาณ {fiscal_year} สร้างที่หน้า “คะแนนและข้อ OIT” ก่อน")
    return {**base(session, agency, "elements", fiscal_year, period, layout, now), "items_with_elements": items}


def _items(session: Session, fiscal_year: int, days: FiscalPeriod) -> list[dict[str, Any]]:
    """O-items in the order of their numbers, each with its elements."""
    rows = list(
        session.scalars(select(Element).options(joinedload(Element.unit)).where(Element.fiscal_year == fiscal_year))
    )
    rows.sort(key=lambda row: (facts.number_in(row.item_code), row.item_code, row.no))
    proof = evidence_of(session, Evidence.element_id, [row.id for row in rows])
    names: dict[int, str] = {
        row.id: row.name
        for row in session.execute(
            select(Staff.id, Staff.name).where(Staff.id.in_({row.checked_by_id for row in rows} - {None}))
        )
    }
    items = []
    for code, found in groupby(rows, key=lambda row: row.item_code):
        of_item = list(found)
        shown = [_element(row, proof[row.id], days, names) for row in of_item]
        needed = [one for one in shown if one["status"] != "not_applicable"]
        items.append(
            {
                "code": code,
                "title": of_item[0].item_title,
                "indicator": of_item[0].indicator,
                "units": list(dict.fromkeys(one["unit"] for one in shown if one["unit"])),
                "met": bool(needed) and all(one["status"] == "met" for one in needed),
                "elements": shown,
            }
        )
    return items


def _element(row: Element, proof: Sequence[Evidence], days: FiscalPeriod, names: dict[int, str]) -> dict[str, Any]:
    inside = [one for one in proof if one.dated is None or days.start <= one.dated <= days.end]
    return {
        "id": row.id,
        "no": row.no,
        "text": row.text,
        "unit": row.unit.name if row.unit else "",
        "status": row.status,
        "note": row.note,
        "checked_by": names.get(row.checked_by_id, "") if row.checked_by_id else "",
        "checked_on": bangkok_date(row.checked_at).isoformat() if row.checked_at else "",
        "evidence": [shown_evidence(one) for one in inside],
        "evidence_outside": [shown_evidence(one) for one in proof if one not in inside],
    }


# -- evidence --------------------------------------------------------------------------------------------


def evidence_of(session: Session, owner: Any, ids: Iterable[int]) -> defaultdict[int, list[Evidence]]:
    """Evidence by the row that it proves (`owner` is one of Evidence's columns), oldest first."""
    found: defaultdict[int, list[Evidence]] = defaultdict(list)
    rows = session.execute(select(owner, Evidence).where(owner.in_(list(ids))).order_by(Evidence.dated, Evidence.id))
    for owner_id, row in rows:
        found[owner_id].append(row)
    return found


def shown_evidence(one: Evidence) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title,
        "url": one.url,
        "order_number": one.order_number,
        "dated": one.dated.isoformat() if one.dated else "",
        "approved": one.approved_by_id is not None,
        "link_status": one.link_status,
        "link_checked_on": bangkok_date(one.link_checked_at).isoformat() if one.link_checked_at else "",
        "link_detail": one.link_detail,
    }


def evidence_ids(figures: Figures) -> list[int]:
    """The evidence that a document prints: its links are looked at before it is issued."""
    items = figures.get("items_with_elements", [])
    sections = figures.get("register", {}).get("sections", [])
    rows = [
        *figures.get("measures", []),
        *figures.get("activities", []),
        *(element for item in items for element in item["elements"]),
        *(row for section in sections for row in section["rows"]),
    ]
    return [one["id"] for row in rows for one in row["evidence"]]
