"""The two-way thread of a case or a question, internal notes, and attachments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff
from models.base import AgencyOwned, Base, utc_now

SHOWN = text("shown_key IS NOT NULL")  # few of all attachments


class ThreadMessage(AgencyOwned, Base):
    """One message. `direction`: "in" (from the citizen), "out" (to the citizen; `outbox_id` carries its delivery
    state), "note" (internal). `line_message_id` lets an unsend find and empty it."""

    __tablename__ = "thread_message"
    __table_args__ = (
        CheckConstraint("direction IN ('in','out','note')", name="direction"),
        CheckConstraint("(case_id IS NULL) <> (question_id IS NULL)", name="one_subject"),
        # With the agency, or SQLite may take the index of all the agency's messages for a thread's.
        Index("ix_thread_message_case_id", "case_id", "agency_id"),
        Index("ix_thread_message_question_id", "question_id", "agency_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    direction: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id", ondelete="SET NULL"))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id", ondelete="SET NULL"))
    line_message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    unsent: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=utc_now)

    staff: Mapped[Staff | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()


class Attachment(AgencyOwned, Base):
    """A file that came with a message, or that staff or a web form uploaded.

    `status`: "waiting" (to be fetched from LINE), "stored", "gone" (unsent or expired at LINE), "refused" (type or
    size), "failed". `path` is relative to SUJARIT_DATA/attachments. Location data found in a photo (`gps_*`) is
    only offered to the reporter; it reaches the case with the person's yes.

    `shown_as` is set while staff have marked a case's photo as fit for everybody (handlers/complaints/showing.py):
    "before" or "after" the work; `shown_key` is then its address, which nobody can guess."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("status IN ('waiting','stored','gone','refused','failed')", name="status"),
        CheckConstraint("shown_as IN ('','before','after')", name="shown_as"),
        Index("ix_attachment_work", "status", "next_attempt_at"),
        Index("uq_attachment_shown_key", "shown_key", unique=True, sqlite_where=SHOWN, postgresql_where=SHOWN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(default="before")  # before, after, thread
    kind: Mapped[str] = mapped_column(default="image")  # image, video, audio, file
    line_message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    status: Mapped[str] = mapped_column(default="waiting")
    path: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    content_type: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(default="")
    gps_latitude: Mapped[float | None]
    gps_longitude: Mapped[float | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    shown_as: Mapped[str] = mapped_column(default="", server_default="")
    shown_key: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
