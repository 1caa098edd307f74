"""The ITA's outside survey (EIT): the year's link, the places where its QR code hangs, and how often each was scanned.

Nothing here tells who scanned or answered: a scan is a point and a day (domain README 3.6: logging respondents would
void the assessment)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff, Unit
from models.base import AgencyOwned, Base, utc_now

POINT_KINDS = ("counter", "desk", "vehicle", "hall", "officer", "website", "chat")


class EitRound(AgencyOwned, Base):
    """A fiscal year's survey. `url`: the link that ITAS issued, "" while it is not known; it answers from `opens_on`
    to `closes_on`, both inside (days in Bangkok). `target` and `reported` are counts of respondents: what ITAS asks
    for, and what ITAS said last that it has (typed in)."""

    __tablename__ = "eit_round"
    agency_index = False
    __table_args__ = (UniqueConstraint("agency_id", "fiscal_year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int]  # Buddhist
    url: Mapped[str] = mapped_column(default="")
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    target: Mapped[int | None]
    reported: Mapped[int | None]
    reported_on: Mapped[date | None]
    # The same two counts of the inside survey (IIT), which the agency's own staff answer in ITAS in the same window.
    iit_target: Mapped[int | None]
    iit_reported: Mapped[int | None]
    iit_reported_on: Mapped[date | None]
    # The day of the last word to the ITA admin about this year (handlers/eit/weekly.py).
    reminded_on: Mapped[date | None]
    # Matters closed until then have been looked at (handlers/eit/invitations.py).
    invited_until: Mapped[datetime | None]


class EitCount(AgencyOwned, Base):
    """What ITAS's own page said on a day, typed in by the ITA admin."""

    __tablename__ = "eit_count"
    __table_args__ = (UniqueConstraint("round_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("eit_round.id", ondelete="CASCADE"))
    day: Mapped[date]
    count: Mapped[int]


class EitPoint(AgencyOwned, Base):
    """A place where the QR code stands. `code` makes its short address /e/<code>, which stays the same every year.
    `website` and `chat` are the agency's own page and LINE account; `staff_id` is set for an officer's desk."""

    __tablename__ = "eit_point"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(f"kind IN {POINT_KINDS!r}", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="counter")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit | None] = relationship()
    staff: Mapped[Staff | None] = relationship()


class EitScan(AgencyOwned, Base):
    """How often a point's code was opened on a day (Bangkok) inside the window. No person, no address, no moment."""

    __tablename__ = "eit_scan"
    __table_args__ = (UniqueConstraint("point_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("eit_point.id", ondelete="CASCADE"))
    day: Mapped[date]
    count: Mapped[int]


class EitInvitation(AgencyOwned, Base):
    """That a person was told of the survey, so that it happens once: once a matter (`subject`, "case:12"), and once a
    person and year. It says nothing about whether they answered."""

    __tablename__ = "eit_invitation"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("agency_id", "subject"),
        UniqueConstraint("round_id", "conversation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    round_id: Mapped[int] = mapped_column(ForeignKey("eit_round.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)


class EitDecline(AgencyOwned, Base):
    """Somebody who wants no such invitation."""

    __tablename__ = "eit_decline"
    __table_args__ = (UniqueConstraint("conversation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
