"""A register's entries of a period as figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from handlers.agencies import AgencyView
from handlers.documents.collect import Figures, base, evidence_of, shown_evidence
from handlers.documents.periods import month, stretch
from handlers.registers.kinds import REGISTERS, Column, Register
from handlers.registers.operations import shown
from models.measure import Evidence, RegisterEntry
from thai.fiscal import FiscalPeriod

WIDTHS = {"text": 1.1, "long": 1.6, "lines": 1.6, "whole": 0.7, "money": 1.0, "choice": 1.0}
BEGIN = ("committees",)  # whose day is when the entry began; a channel's is when it was looked at
BY_MONTH = ("procurement",)  # a month without entries says so (R75)


def register(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """The register named by `layout` ("orders" ...): entries whose day falls into the period, oldest first; of a
    standing register (committees, channels) also what was there before and has not ended. Zero is a result."""
    declared = REGISTERS[layout]
    days = stretch(fiscal_year, period)
    entries = session.scalars(
        select(RegisterEntry)
        .options(joinedload(RegisterEntry.unit))
        .where(RegisterEntry.register == layout, _of(declared, days, fiscal_year))
        .order_by(RegisterEntry.dated, RegisterEntry.id)
    ).all()
    columns = [
        column
        for column in declared.columns
        if column.kind != "url" and (column.required or any(entry.data.get(column.name) for entry in entries))
    ]
    proof = evidence_of(session, Evidence.entry_id, [entry.id for entry in entries])
    rows = [_row(entry, declared, columns, proof[entry.id]) for entry in entries]
    return {
        **base(session, agency, "register", fiscal_year, period, layout, now),
        "register": {
            "title": f"ทะเบียน{declared.label}",
            "dated_label": declared.dated,
            "title_label": declared.title,
            "ends_label": declared.ends if any(row["ends_on"] for row in rows) else "",
            "columns": [{"title": column.label, "width": WIDTHS[column.kind]} for column in columns],
            "sections": _by_month(rows, entries, days) if layout in BY_MONTH else [{"heading": "", "rows": rows}],
        },
    }


def _of(declared: Register, days: FiscalPeriod, fiscal_year: int) -> ColumnElement[bool]:
    undated = RegisterEntry.dated.is_(None)
    if not declared.standing:
        return or_(
            RegisterEntry.dated.between(days.start, days.end), and_(undated, RegisterEntry.fiscal_year == fiscal_year)
        )
    going_on = or_(RegisterEntry.expires_on.is_(None), RegisterEntry.expires_on >= days.start)
    if declared.name in BEGIN:
        return and_(going_on, or_(undated, RegisterEntry.dated <= days.end))
    return going_on


def _row(
    entry: RegisterEntry, declared: Register, columns: Sequence[Column], proof: Sequence[Evidence]
) -> dict[str, Any]:
    links = [entry.data.get(column.name, "") for column in declared.columns if column.kind == "url"]
    return {
        "id": entry.id,
        "dated": entry.dated.isoformat() if entry.dated else "",
        "dated_needed": not declared.standing,
        "title": entry.title,
        "unit": entry.unit.name if entry.unit else "",
        "values": [shown(column, entry.data.get(column.name)) for column in columns],
        "ends_on": entry.expires_on.isoformat() if entry.expires_on else "",
        "links": [link for link in links if link],
        "evidence": [shown_evidence(one) for one in proof],
    }


def _by_month(
    rows: Sequence[dict[str, Any]], entries: Sequence[RegisterEntry], days: FiscalPeriod
) -> list[dict[str, Any]]:
    """Every month of the period with its entries and what they come to (baht)."""
    sections = []
    first = days.start
    while first <= days.end:
        of_month = [n for n, entry in enumerate(entries) if entry.dated and entry.dated.replace(day=1) == first]
        price = sum((Decimal(entries[n].data.get("price", "0")) for n in of_month), Decimal(0))
        heading = f"เดือน{month(first)} จำนวน {len(of_month)} รายการ เป็นเงิน {price:,.2f} บาท"
        sections.append({"heading": heading, "rows": [rows[n] for n in of_month]})
        first = _next_month(first)
    undated = [row for row in rows if not row["dated"]]
    return [*sections, {"heading": "ไม่ระบุวันที่", "rows": undated}] if undated else sections


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
