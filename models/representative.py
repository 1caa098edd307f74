"""Citizens whom the agency appointed to help with a general complaint (R23, R35)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff
from models.base import AgencyOwned, Base, utc_now
from models.case import Case
from models.measure import RegisterEntry

REPRESENTATIVE_STATUSES = ("invited", "active", "declined", "ended")
END_REASONS = ("", "term", "case", "staff", "left")


class Representative(AgencyOwned, Base):
    """One citizen and one case, from `starts_on` to `ends_on` (Bangkok days, both included).

    `name` is the only place that holds the person's name; it is empty once forgotten. `code_hash` is the keyed hash of
    the invitation's code until it is answered. `conversation_id`: who opened the invitation; it is cut when the help
    ends. `told`: the state of the case that the person knows ("in_progress:budget"). `position` counts the case's
    representatives and stands for the name in the thread."""

    __tablename__ = "representative"
    __table_args__ = (
        CheckConstraint(f"status IN {REPRESENTATIVE_STATUSES!r}", name="status"),
        CheckConstraint(f"end_reason IN {END_REASONS!r}", name="end_reason"),
        CheckConstraint("ends_on >= starts_on", name="term"),
        # The clock asks who has something coming, over all agencies.
        Index("ix_representative_watch", "status", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id", ondelete="SET NULL"))
    order_number: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    task: Mapped[str] = mapped_column(default="")  # what is asked of the person, told to them
    exact_place: Mapped[bool] = mapped_column(default=False)  # they see landmark and pin, not only the village
    status: Mapped[str] = mapped_column(default="invited")
    end_reason: Mapped[str] = mapped_column(default="")
    code_hash: Mapped[str | None] = mapped_column(unique=True)
    code_until: Mapped[datetime | None]
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    terms_version: Mapped[int | None]  # of handlers/representatives/words.py, agreed to
    told: Mapped[str] = mapped_column(default="")
    reminded: Mapped[bool] = mapped_column(default=False)  # that the term is about to end
    notes: Mapped[int] = mapped_column(default=0)  # messages and photos that the person sent
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    invited_at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    committee: Mapped[RegisterEntry | None] = relationship()
    invited_by: Mapped[Staff | None] = relationship()
