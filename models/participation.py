"""Taking part: activities with sign-ups and opinions, proposals, polls, and what news people asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Unit
from models.base import AgencyOwned, Base, utc_now

ACTIVITY_KINDS = ("forum", "mobile", "activity", "project")
ACTIVITY_STATUSES = ("draft", "open", "done", "cancelled")
SIGN_UP_STATUSES = ("joined", "waiting", "cancelled", "walk_in")
PROPOSAL_STATUSES = ("received", "considering", "will_do", "done", "cannot")


class Activity(AgencyOwned, Base):
    """Something that people can come to. `code` makes the check-in address /a/<code>. `seats`: None without a limit;
    people sign up until the end of `signup_until` (Bangkok day; None: until it begins). `remind_at`: when those who
    signed up on LINE are reminded, None once they were. `walk_ins` counts who came and said so on the web without
    having signed up; `attended` is the number that staff typed in, which goes before all counting. The last four
    texts are the result as O30 asks for it; once done, the entry of the register "activities" repeats them."""

    __tablename__ = "activity"
    agency_index = False
    __table_args__ = (
        CheckConstraint(f"kind IN {ACTIVITY_KINDS!r}", name="kind"),
        CheckConstraint(f"status IN {ACTIVITY_STATUSES!r}", name="status"),
        Index("ix_activity_list", "agency_id", "starts_at"),
        Index("ix_activity_remind", "remind_at", sqlite_where=text("remind_at IS NOT NULL"),
              postgresql_where=text("remind_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="draft")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    seats: Mapped[int | None]
    signup_until: Mapped[date | None]
    remind_at: Mapped[datetime | None]
    walk_ins: Mapped[int] = mapped_column(default=0)
    attended: Mapped[int | None]
    who: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # of a cancellation
    register_entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id", ondelete="SET NULL"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    unit: Mapped[Unit | None] = relationship()


class SignUp(AgencyOwned, Base):
    """A person or a family that means to come. On LINE there is no name, only the conversation. `walk_in`: came
    without signing up."""

    __tablename__ = "sign_up"
    __table_args__ = (
        UniqueConstraint("activity_id", "conversation_id"),
        CheckConstraint(f"status IN {SIGN_UP_STATUSES!r}", name="status"),
        CheckConstraint("people > 0", name="people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    people: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="joined")
    notice_version: Mapped[int | None]  # of the privacy notice agreed to, on the web
    attended_at: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=utc_now)  # when the place in the queue was taken


class ActivityOpinion(AgencyOwned, Base):
    """What somebody says of an activity before or after it, with 1 to 5 points; one of each for a person on LINE."""

    __tablename__ = "activity_opinion"
    __table_args__ = (
        UniqueConstraint("activity_id", "conversation_id", "phase"),
        CheckConstraint("phase IN ('before','after')", name="phase"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    phase: Mapped[str]
    rating: Mapped[int | None]
    text: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=utc_now)


class Proposal(AgencyOwned, Base):
    """What somebody proposed (ท่านเสนอ เราทำ). `summary` is staff's wording for everybody, without names; a proposal is
    public once it has one. `answer` is public too, and needed for will_do, done and cannot."""

    __tablename__ = "proposal"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("agency_id", "number"),
        CheckConstraint(f"status IN {PROPOSAL_STATUSES!r}", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    fiscal_year: Mapped[int]  # Buddhist
    text: Mapped[str]
    moo: Mapped[int | None]
    contact: Mapped[str] = mapped_column(default="")
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(default="line")
    status: Mapped[str] = mapped_column(default="received")
    summary: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship()


class Poll(AgencyOwned, Base):
    """A question with 2 to 8 options, open from `opens_on` to `closes_on` (Bangkok days, both included) once it is
    published; it never changes after that."""

    __tablename__ = "poll"

    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str]
    options: Mapped[list[str]] = mapped_column(default=list)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    published: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class PollVotes(AgencyOwned, Base):
    """How often each option was chosen ({"0": 12}): one row for all votes, so that a vote has no row, id or time of
    its own that could lead to whoever was busy in the same moment."""

    __tablename__ = "poll_votes"

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PollMarks(AgencyOwned, Base):
    """Who has voted: the keyed hashes of all, sorted, in one row. Nothing here says what, or when."""

    __tablename__ = "poll_marks"

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True)
    people: Mapped[list[str]] = mapped_column(default=list)


class NewsChoice(AgencyOwned, Base):
    """What news a person asked for: `kind` "moo" or "interest" with a `value`; or "stop": no announcements at all.
    Told for this purpose only, and deleted by one tap."""

    __tablename__ = "news_choice"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("conversation_id", "kind", "value"),
        CheckConstraint("kind IN ('moo','interest','stop')", name="kind"),
        Index("ix_news_choice_segment", "agency_id", "kind", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=utc_now)
