"""Duties: what an agency has to have done by when (the starter calendar's rules, each year's rows, their reminders)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff, Unit
from models.base import AgencyOwned, Base, utc_now

DUTY_STATUSES = (
    "open",  # ยังไม่ดำเนินการ
    "in_progress",  # อยู่ระหว่างดำเนินการ
    "submitted",  # ส่งหลักฐานแล้ว, waits for a second person (R47)
    "done",  # ดำเนินการแล้ว: a second person approved the evidence
    "cancelled",  # ไม่ต้องทำในปีนี้ (with a reason)
)
LIVE_DUTY_STATUSES = ("open", "in_progress", "submitted")


class DutyRule(AgencyOwned, Base):
    """A duty that comes back: one row a fiscal year, copied and re-dated by the roll-over. `schedule` is data
    (handlers/duties/schedule.py reads it); `item_codes` are that year's O-items ("O27"), `systems` the systems of
    the domain's list ("R20") it serves."""

    __tablename__ = "duty_rule"
    __table_args__ = (UniqueConstraint("agency_id", "fiscal_year", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]  # Buddhist, 2570
    key: Mapped[str]
    title: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")  # what to do, and what counts as evidence
    schedule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    each_unit: Mapped[bool] = mapped_column(default=False, server_default=false())  # a duty for every unit in use
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    item_codes: Mapped[list[str]] = mapped_column(default=list)
    systems: Mapped[list[str]] = mapped_column(default=list)
    escalates: Mapped[bool] = mapped_column(default=True)
    origin: Mapped[str] = mapped_column(default="own")  # "starter" or "own"
    confirmed: Mapped[bool] = mapped_column(default=True)  # False: a commonly held date, to be confirmed
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit | None] = relationship()
    owner: Mapped[Staff | None] = relationship()


class Duty(AgencyOwned, Base):
    """One duty of one period with its day. `due_on` is the last day (Bangkok, after moving off holidays);
    `planned_on` what the rule said before anybody postponed it. `wake_at` (UTC) is when the clock has to look at it
    next; None: never again."""

    __tablename__ = "duty"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("agency_id", "rule_id", "period_key"),
        Index("ix_duty_list", "agency_id", "fiscal_year", "due_on"),
        Index(
            "ix_duty_wake",
            "wake_at",
            sqlite_where=text("wake_at IS NOT NULL"),
            postgresql_where=text("wake_at IS NOT NULL"),
        ),
        Index(  # one agency's, whatever the others have due
            "ix_duty_agency_wake",
            "agency_id",
            "wake_at",
            sqlite_where=text("wake_at IS NOT NULL"),
            postgresql_where=text("wake_at IS NOT NULL"),
        ),
        CheckConstraint(f"status IN {DUTY_STATUSES!r}", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("duty_rule.id"))
    fiscal_year: Mapped[int]
    period_key: Mapped[str] = mapped_column(default="")  # "2570-m03", "2570-q1", "2570-m03:u5" (each unit's)
    period_label: Mapped[str] = mapped_column(default="")  # "ไตรมาส 1"
    title: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    planned_on: Mapped[date]
    due_on: Mapped[date]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    status: Mapped[str] = mapped_column(default="open")
    note: Mapped[str] = mapped_column(default="")  # the latest progress in words
    cancel_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    done_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    escalation: Mapped[int] = mapped_column(default=0)  # 0 owner, 1 unit head, 2 ปลัด, 3 นายก
    escalated_for: Mapped[date | None]  # the last day that `escalation` and `climb_after` are about
    climb_after: Mapped[date | None]  # no further step up is taken on this day or before it
    wake_at: Mapped[datetime | None]

    rule: Mapped[DutyRule | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    owner: Mapped[Staff | None] = relationship(foreign_keys=[owner_id])


class DutyEvent(AgencyOwned, Base):
    """A step of a duty's story: created, progress, evidence, submitted, approved, returned, postponed, escalated ..."""

    __tablename__ = "duty_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    action: Mapped[str]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    staff: Mapped[Staff | None] = relationship()


class DutyNotice(AgencyOwned, Base):
    """A reminder of one duty to one person, in the ledger before it is sent. `mark`: days to the deadline (30, 14, 7,
    3, 1, 0, then -1 ...); `level`: 0 owner, 1 unit head, 2 ปลัด, 3 นายก. Several go out as one message of the day
    (`digest_key`). A moved deadline withdraws what was not sent: it is about another `due_on`."""

    __tablename__ = "duty_notice"
    __table_args__ = (
        UniqueConstraint("duty_id", "staff_id", "due_on", "mark"),
        Index("ix_duty_notice_digest", "agency_id", "digest_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    due_on: Mapped[date]
    mark: Mapped[int]
    level: Mapped[int] = mapped_column(default=0)
    digest_key: Mapped[str] = mapped_column(default="")
    planned_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime | None]  # handed to the outbox or the mail server
    via: Mapped[str] = mapped_column(default="")  # line, email, console
    withdrawn_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


class CalendarFeed(AgencyOwned, Base):
    """A private .ics address of a person or a unit; only the SHA-256 of its token is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    revoked_at: Mapped[datetime | None]
