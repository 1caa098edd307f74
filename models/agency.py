"""The local administration itself: agency, units, staff, holidays, running numbers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import AgencyOwned, Base, utc_now

# Roles from narrow to wide: an officer and a head see their unit, ปลัด and นายก see the agency,
# an admin also edits settings and staff.
ROLES = ("officer", "head", "clerk", "mayor", "admin")


class Agency(Base):
    """One local administration. `fields` fills the placeholders of answers ({office_phone} ...);
    `settings` holds switches that an admin edits."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)  # in addresses: /<code>/complain, /line/<code>/webhook
    name: Mapped[str]
    short_name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="อบต.")
    opens: Mapped[time] = mapped_column(default=time(8, 30))
    closes: Mapped[time] = mapped_column(default=time(16, 30))
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Raised by every change of what the bot's in-memory copies are made from (FAQ, fields, categories ...).
    content_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # When executives hear of a period next (handlers/summaries/operations.py); None: not looked at yet.
    summaries_due_at: Mapped[datetime | None] = mapped_column(index=True)


class Unit(AgencyOwned, Base):
    """A division (สำนักปลัด, กองคลัง ...). `suggested` marks one that came in with an import and waits for
    an admin to keep or rename it."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    suggested: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    # The named officer who answers this unit's questions (R02); the head is a Staff row with role "head".
    answerer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", use_alter=True))

    answerer: Mapped[Staff | None] = relationship(foreign_keys=[answerer_id])


class Staff(AgencyOwned, Base):
    """A person who works in the console. `line_user_id` is set once the LINE account is linked."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("agency_id", "username"),
        UniqueConstraint("agency_id", "line_user_id"),
        CheckConstraint("role IN ('officer','head','clerk','mayor','admin')", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    name: Mapped[str]
    position: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="officer")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    line_user_id: Mapped[str | None]
    # Raised to end every open log-in of this person.
    session_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_login_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])


class LinkCode(AgencyOwned, Base):
    """A one-time code with which a staff member links a LINE account; only its SHA-256 is kept."""

    __tablename__ = "link_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Holiday(AgencyOwned, Base):
    """A day on which the office is closed; seeded from thai.holidays and edited by the agency."""

    __tablename__ = "holiday"
    __table_args__ = (UniqueConstraint("agency_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    name: Mapped[str]


class Counter(AgencyOwned, Base):
    """The last running number given out under a name such as "case:2570"."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[int] = mapped_column(default=0)


class PrivacyNotice(AgencyOwned, Base):
    """A version of the agency's privacy notice (PDPA s.23); consents name the version they were given to."""

    __tablename__ = "privacy_notice"
    __table_args__ = (UniqueConstraint("agency_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    short_text: Mapped[str]
    full_text: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=utc_now)
