"""Complaints: categories, cases, their timeline, pauses and subscribers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff, Unit
from models.base import AgencyOwned, Base, utc_now
from models.conversation import Conversation

STATUSES = (
    "new",  # รอรับเรื่อง
    "accepted",  # รับเรื่องแล้ว
    "in_progress",  # กำลังดำเนินการ (with sub_status)
    "done",  # ดำเนินการแล้ว, waits for the reporter
    "confirmed",  # ผู้แจ้งยืนยัน
    "rejected",  # ไม่รับ
    "cancelled",  # ยกเลิก
    "merged",  # รวมกับเรื่องเดิม
    "transferred",  # ส่งต่อหน่วยงานอื่น and closed here
)
OPEN_STATUSES = ("new", "accepted", "in_progress")
TO_CLIMB = "status IN ('new','accepted','in_progress') AND escalation < 3"  # the clock may have something to say
SUB_STATUSES = ("survey", "budget", "procurement", "legal", "other_agency")
CHANNELS = ("line", "web", "phone", "walk_in", "facebook", "letter")


class Category(AgencyOwned, Base):
    """A kind of complaint with its unit and promised time. `sla_unit`: "hours" (round the clock), "working_days"
    or "days". `conduct` marks complaints about staff (R17): never routed to the person's own unit. A form's requests
    have a category of their own: code "form:<key>", kind "request", kept by handlers/services."""

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("agency_id", "code"),
        CheckConstraint("sla_unit IN ('hours','working_days','days')", name="sla_unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="complaint", server_default="complaint")  # or "request"
    code: Mapped[str]
    label: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    sla_value: Mapped[int] = mapped_column(default=15)
    sla_unit: Mapped[str] = mapped_column(default="days")
    keywords: Mapped[list[str]] = mapped_column(default=list)
    conduct: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit | None] = relationship()


class Case(AgencyOwned, Base):
    """One complaint, or one request of the form service (`kind`; models/form.py has its answers).

    `number` is C70-000123, for a request R70-000123 (fiscal year + agency running number); it shows nothing without
    the secret, of which only a keyed hash is kept. `due_at` is what was promised to the reporter (UTC)."""

    __tablename__ = "case"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("agency_id", "number"),
        Index("ix_case_inbox", "agency_id", "status", "kind", "due_at"),
        # The figures of a period and the trend (handlers/summaries), which are counted in the indexes alone.
        Index("ix_case_opened", "agency_id", "kind", "opened_at"),
        Index("ix_case_closed", "agency_id", "kind", "closed_at", "status", "due_at", "opened_at"),
        Index("ix_case_confirmed", "agency_id", "kind", "confirmed_at"),
        Index("ix_case_look", "look_at", sqlite_where=text(TO_CLIMB), postgresql_where=text(TO_CLIMB)),
        CheckConstraint(f"status IN {STATUSES!r}", name="status"),
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="complaint", server_default="complaint")  # or "request"
    number: Mapped[str]
    fiscal_year: Mapped[int]
    secret_hash: Mapped[str]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    detail: Mapped[str]
    moo: Mapped[int | None]
    landmark: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    anonymous: Mapped[bool] = mapped_column(default=False)
    reporter_name: Mapped[str] = mapped_column(default="")
    reporter_phone: Mapped[str] = mapped_column(default="")
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(default="line")
    # For a conduct complaint: the unit complained of, which must never receive or see the case (R17).
    accused_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    status: Mapped[str] = mapped_column(default="new")
    sub_status: Mapped[str] = mapped_column(default="")
    close_reason: Mapped[str] = mapped_column(default="")  # why rejected or cancelled, told to the reporter
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    transferred_to: Mapped[str] = mapped_column(default="")
    transfer_reference: Mapped[str] = mapped_column(default="")

    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    due_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    reopened: Mapped[int] = mapped_column(default=0)
    escalation: Mapped[int] = mapped_column(default=0)  # 0 none, 1 assignee warned, 2 head, 3 ปลัด
    # When the clock looks at it next (handlers/complaints/escalation.py); None: at once, as after any change that
    # says nothing of it, made through an object or by an UPDATE over many rows.
    look_at: Mapped[datetime | None] = mapped_column(onupdate=lambda: None)

    category: Mapped[Category] = relationship()
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    assignee: Mapped[Staff | None] = relationship()
    conversation: Mapped[Conversation | None] = relationship(foreign_keys=[conversation_id])

    @property
    def forgotten(self) -> bool:
        """Its words were deleted for good (handlers/complaints/sealing.py); only what is counted is left."""
        return not self.detail


class CaseEvent(AgencyOwned, Base):
    """A step of the case's timeline. `public_note` was told to the reporter; `detail` holds ids and states."""

    __tablename__ = "case_event"
    # With the agency, or SQLite may take the index of all the agency's rows for a case's.
    __table_args__ = (Index("ix_case_event_case_id", "case_id", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
    action: Mapped[str]  # opened, accepted, progress, assigned, done, confirmed, reopened, rejected, ...
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    public_note: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    staff: Mapped[Staff | None] = relationship()


class CasePause(AgencyOwned, Base):
    """A stretch in which the clock honestly stands still (budget, procurement ...); open while `ended_at` is None."""

    __tablename__ = "case_pause"
    __table_args__ = (Index("ix_case_pause_case_id", "case_id", "agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    reason: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]


class CaseSubscriber(AgencyOwned, Base):
    """Somebody with the same trouble who is told of the case's progress instead of filing again."""

    __tablename__ = "case_subscriber"
    __table_args__ = (UniqueConstraint("case_id", "conversation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)


class CannedReply(AgencyOwned, Base):
    """A text staff reuse; for a category and status, or for all (empty)."""

    __tablename__ = "canned_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    status: Mapped[str] = mapped_column(default="")
