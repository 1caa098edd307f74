"""Questions and answers: the FAQ, the service catalogue, and questions that people asked."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff, Unit
from models.base import AgencyOwned, Base, utc_now
from models.conversation import Conversation

TO_CLIMB = "status = 'waiting' AND escalation < 2"  # the clock may have something to say


class FaqEntry(AgencyOwned, Base):
    """One answerable question. `key` is the import file's id. Facts in ⟦…⟧ are shown with a reservation until
    `confirmed_at` is set by a staff member."""

    __tablename__ = "faq_entry"
    __table_args__ = (
        UniqueConstraint("agency_id", "key"),
        CheckConstraint("status IN ('published','draft')", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    question: Mapped[str]
    alternatives: Mapped[list[str]] = mapped_column(default=list)
    answer: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    owner: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    review_by: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="published")
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    unit: Mapped[Unit | None] = relationship()


class ServiceEntry(AgencyOwned, Base):
    """A service of the agency's public manual: how, with which papers, for how much, in how many days."""

    __tablename__ = "service_entry"
    __table_args__ = (UniqueConstraint("agency_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    name: Mapped[str]
    alternatives: Mapped[list[str]] = mapped_column(default=list)
    steps: Mapped[list[str]] = mapped_column(default=list)
    documents: Mapped[list[str]] = mapped_column(default=list)
    fee: Mapped[str] = mapped_column(default="")
    days: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    legal_note: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="published")
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)

    unit: Mapped[Unit | None] = relationship()


class Question(AgencyOwned, Base):
    """A question that somebody asked. `status`: "answered_by_bot"; "waiting" (for an officer; the chat is theirs);
    "answered" (officer answered); "closed". `feedback` is True (ได้คำตอบ), False (ยังไม่ได้) or None."""

    __tablename__ = "question"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("agency_id", "number"),
        Index("ix_question_asked", "agency_id", "asked_at"),
        # Those for a person are few beside those that the bot answers, and those that wait fewer still.
        Index("ix_question_person", "agency_id", "asked_at",
              sqlite_where=text("number IS NOT NULL"), postgresql_where=text("number IS NOT NULL")),
        Index("ix_question_waiting", "agency_id", "escalation",
              sqlite_where=text("status = 'waiting'"), postgresql_where=text("status = 'waiting'")),
        Index(None, "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_question_look", "look_at", sqlite_where=text(TO_CLIMB), postgresql_where=text(TO_CLIMB)),
        CheckConstraint("status IN ('answered_by_bot','waiting','answered','closed')", name="status"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None]  # Q70-000012, given when a person takes it over
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(default="line")  # line, web, phone, walk_in, facebook, letter
    text: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting")
    faq_id: Mapped[int | None] = mapped_column(ForeignKey("faq_entry.id", ondelete="SET NULL"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    direct_line: Mapped[bool] = mapped_column(default=False)  # สายตรงนายก (R06): seen by นายก and ปลัด
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    feedback: Mapped[bool | None]
    escalation: Mapped[int] = mapped_column(default=0)  # 0 officer, 1 head, 2 ปลัด
    # When the clock looks at it next (escalate_waiting); None: at once, as after any change that
    # says nothing of it, made through an object or by an UPDATE over many rows.
    look_at: Mapped[datetime | None] = mapped_column(onupdate=lambda: None)

    unit: Mapped[Unit | None] = relationship()
    assignee: Mapped[Staff | None] = relationship()
    conversation: Mapped[Conversation | None] = relationship(foreign_keys=[conversation_id])
