"""Integrity measures of a fiscal year, their evidence, the year's O-item elements, scores and registers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff, Unit
from models.base import AgencyOwned, Base, utc_now
from models.duty import Duty
from models.thread import Attachment

MEASURE_STATUSES = ("not_started", "in_progress", "done")  # ยังไม่ดำเนินการ / อยู่ระหว่างดำเนินการ / ดำเนินการแล้ว
EVIDENCE_KINDS = ("url", "order", "file", "photo", "event")
REGISTERS = (
    "orders",  # คำสั่ง
    "committees",  # คณะกรรมการ and their terms
    "activities",  # กิจกรรม, ประชุม, อบรม
    "channels",  # ช่องทางการติดต่อ (R04)
    "news",  # ข่าวและการประชาสัมพันธ์ by unit (R07, R08)
    "gifts",  # ของขวัญ (R61)
    "procurement",  # จัดซื้อจัดจ้าง by month (R75)
    "improvements",  # การปรับปรุง (R32)
)


class Measure(AgencyOwned, Base):
    """One measure (มาตรการ) of a fiscal year: the super-schema that every report layout is drawn from."""

    __tablename__ = "measure"
    __table_args__ = (
        Index("ix_measure_list", "agency_id", "fiscal_year", "position"),
        CheckConstraint(f"status IN {MEASURE_STATUSES!r}", name="status"),
        CheckConstraint("instrument IN ('','IIT','EIT','OIT')", name="instrument"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    instrument: Mapped[str] = mapped_column(default="")
    indicator: Mapped[int | None]  # 1-10
    item_code: Mapped[str] = mapped_column(default="")  # "I11", "E7", "O42": of that year, Arabic digits
    item_text: Mapped[str] = mapped_column(default="")  # หัวข้อย่อยการประเมิน
    issue: Mapped[str] = mapped_column(default="")  # the weak point or point to develop
    title: Mapped[str]
    steps: Mapped[list[str]] = mapped_column(default=list)
    responsible_units: Mapped[list[str]] = mapped_column(default=list)  # as the document names them
    responsible_roles: Mapped[list[str]] = mapped_column(default=list)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    period_text: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    supervision: Mapped[list[str]] = mapped_column(default=list)
    cadence: Mapped[str] = mapped_column(default="")  # month, quarter, half, year, once, "" (not said)
    status: Mapped[str] = mapped_column(default="not_started")
    results: Mapped[list[str]] = mapped_column(default=list)
    outcome: Mapped[str] = mapped_column(default="")
    suggestion: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")  # for the staff; what an import found no other place for
    source: Mapped[str] = mapped_column(default="")  # the imported file's name
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    unit: Mapped[Unit | None] = relationship()
    owner: Mapped[Staff | None] = relationship()


class Element(AgencyOwned, Base):
    """One required element of an O-item in a year (R48). `no` counts within the item."""

    __tablename__ = "element"
    __table_args__ = (
        UniqueConstraint("agency_id", "fiscal_year", "item_code", "no"),
        CheckConstraint("status IN ('open','met','not_applicable')", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    item_code: Mapped[str]
    item_title: Mapped[str]
    indicator: Mapped[str] = mapped_column(default="")  # "9.1"
    no: Mapped[int]
    text: Mapped[str]
    confirmed: Mapped[bool] = mapped_column(default=True)  # False: of a year whose list is not confirmed yet
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    status: Mapped[str] = mapped_column(default="open")
    note: Mapped[str] = mapped_column(default="")
    met_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # the second person (R47)
    checked_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship()


class RegisterEntry(AgencyOwned, Base):
    """A line of one of the REGISTERS. `data` holds the columns that handlers/registers/kinds.py declares for it;
    `expires_on` is when a term, a domain name or a contract ends; `watched_until` the end that the duties to renew it
    were made for (handlers/duties/events.py)."""

    __tablename__ = "register_entry"
    __table_args__ = (
        Index("ix_register_entry_list", "agency_id", "register", "fiscal_year", "dated"),
        Index(
            "ix_register_entry_watch",
            "agency_id",
            sqlite_where=text("expires_on IS NOT watched_until"),
            postgresql_where=text("expires_on IS DISTINCT FROM watched_until"),
        ),
        CheckConstraint(f"register IN {REGISTERS!r}", name="register"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str]
    fiscal_year: Mapped[int]
    dated: Mapped[date | None]
    title: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_on: Mapped[date | None]
    watched_until: Mapped[date | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    unit: Mapped[Unit | None] = relationship()


class Evidence(AgencyOwned, Base):
    """A dated thing that proves a duty, a measure, an element or a register entry. A link is looked at before a report
    is issued: `link_status` "" (not looked at), "alive", "dead". It counts once a second person approved it (R47)."""

    __tablename__ = "evidence"
    __table_args__ = (CheckConstraint(f"kind IN {EVIDENCE_KINDS!r}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    order_number: Mapped[str] = mapped_column(default="")
    dated: Mapped[date | None]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), index=True)
    measure_id: Mapped[int | None] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"), index=True)
    element_id: Mapped[int | None] = mapped_column(ForeignKey("element.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id", ondelete="CASCADE"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime] = mapped_column(default=utc_now)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    link_status: Mapped[str] = mapped_column(default="")
    link_checked_at: Mapped[datetime | None]
    link_detail: Mapped[str] = mapped_column(default="")

    attachment: Mapped[Attachment | None] = relationship()
    duty: Mapped[Duty | None] = relationship()
    measure: Mapped[Measure | None] = relationship()


class ItaScore(AgencyOwned, Base):
    """A score of a year's ITA result as it came in: `what` is "1".."10", or "iit", "eit", "oit", "total" as a person
    typed them (checked against what the ten give, never trusted). `hundredths`: 91.59 is 9159."""

    __tablename__ = "ita_score"
    __table_args__ = (UniqueConstraint("agency_id", "fiscal_year", "what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]
    what: Mapped[str]
    hundredths: Mapped[int]
    entered_at: Mapped[datetime] = mapped_column(default=utc_now)


class PackReceipt(AgencyOwned, Base):
    """The measures pack given to a newcomer or a moved officer, and when they acknowledged it (R78)."""

    __tablename__ = "pack_receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    fiscal_year: Mapped[int]
    reason: Mapped[str]  # "joined" or "moved"
    given_at: Mapped[datetime] = mapped_column(default=utc_now)
    acknowledged_at: Mapped[datetime | None]
