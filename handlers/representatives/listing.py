"""The list of all representatives, past and present, as evidence (R23, R35) and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from handlers import sheet
from handlers.complaints.rules import visible_to
from handlers.representatives import words
from handlers.representatives.rules import CURRENT
from models.agency import Staff
from models.case import Case
from models.measure import RegisterEntry
from models.representative import Representative
from thai.dates import at_bangkok, bangkok_date, format_date
from thai.fiscal import year_period

SHOWN = ("current", "past", "all")
HEADINGS = (
    "ลำดับ", "ชื่อผู้แทนภาคประชาชน", "เรื่องเลขที่", "ประเภทเรื่อง", "ส่วนงาน", "คณะกรรมการ", "คำสั่งที่",
    "ตั้งแต่", "ถึง", "สถานะ", "ตอบรับเมื่อ", "สิ้นสุดเมื่อ", "เหตุที่สิ้นสุด", "ข้อมูลที่ส่ง (ครั้ง)",
)  # fmt: skip


def listed(session: Session, staff: Staff, shown: str = "all", year: int | None = None) -> Sequence[Representative]:
    """Representatives in cases that this person may see, the newest first. `shown`: one of SHOWN; `year`: only those
    whose time, as far as it ran, touches this fiscal year (Buddhist)."""
    query = (
        select(Representative)
        .join(Case, Case.id == Representative.case_id)
        .options(
            joinedload(Representative.case).joinedload(Case.category),
            joinedload(Representative.case).joinedload(Case.unit),
            joinedload(Representative.committee),
        )
        .where(visible_to(staff))
        .order_by(Representative.id.desc())
    )
    if shown in ("current", "past"):
        current: ColumnElement[bool] = Representative.status.in_(CURRENT)
        query = query.where(current if shown == "current" else ~current)
    if year is not None:
        period = year_period(year)
        ran = or_(Representative.ended_at.is_(None), Representative.ended_at >= at_bangkok(period.start))
        query = query.where(
            Representative.starts_on <= period.end,
            Representative.ends_on >= period.start,
            ran,
        )
    return session.scalars(query).all()


def of_case(session: Session, case_id: int) -> Sequence[Representative]:
    """The case's representatives, the first first."""
    return session.scalars(
        select(Representative)
        .options(joinedload(Representative.committee))
        .where(Representative.case_id == case_id)
        .order_by(Representative.position)
    ).all()


def committees(session: Session, now: datetime) -> Sequence[RegisterEntry]:
    """The committees in the register whose term is not over."""
    return session.scalars(
        select(RegisterEntry)
        .where(
            RegisterEntry.register == "committees",
            or_(RegisterEntry.expires_on.is_(None), RegisterEntry.expires_on >= bangkok_date(now)),
        )
        .order_by(RegisterEntry.title, RegisterEntry.id)
    ).all()


def rows(found: Sequence[Representative], now: datetime) -> Iterator[tuple[str, ...]]:
    """The list as a table with headings, the oldest first."""
    yield HEADINGS
    for number, row in enumerate(reversed(found), 1):
        yield (
            str(number),
            row.name or words.FORGOTTEN,
            row.case.number,
            row.case.category.label,
            row.case.unit.name if row.case.unit else "",
            row.committee.title if row.committee else "",
            row.order_number,
            format_date(row.starts_on, "long"),
            format_date(row.ends_on, "long"),
            words.status_label(row, now),
            format_date(bangkok_date(row.answered_at), "long") if row.answered_at else "",
            format_date(bangkok_date(row.ended_at), "long") if row.ended_at else "",
            words.END_LABELS[row.end_reason],
            str(row.notes),
        )


def export(found: Sequence[Representative], now: datetime, kind: str) -> bytes:
    """The table as a file; `kind` is "csv" or "xlsx"."""
    return sheet.write_csv(rows(found, now)) if kind == "csv" else sheet.write_xlsx(rows(found, now), "ผู้แทนภาคประชาชน")
