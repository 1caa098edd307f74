"""Announcements: one message that staff send to everybody who talks with the agency."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff
from models.base import AgencyOwned, Base, utc_now


class Announcement(AgencyOwned, Base):
    """What was announced, by whom, and to how many. How each message fared stands in the outbox
    (subject "announcement:<id>")."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    link: Mapped[str] = mapped_column(default="")  # https address of the button, if there is one
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    recipients: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=utc_now)

    staff: Mapped[Staff] = relationship()
