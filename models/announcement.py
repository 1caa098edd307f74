"""Announcements: one message that staff send to everybody who talks with the agency, or to those who asked for such."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff
from models.base import AgencyOwned, Base, utc_now


class Announcement(AgencyOwned, Base):
    """What was announced, by whom, and to how many (at the moment of writing). How each message fared stands in the
    outbox (subject "announcement:<id>").

    `audience`: {} everybody, {"moo": "3"} or {"interest": "health"}. It begins at `send_at`; `cursor` is the last
    conversation whose message stands in the outbox, so that a crash in the middle loses and repeats nothing.
    `at_night`: staff meant it to go out in the quiet hours."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint("status IN ('waiting','sent','withdrawn')", name="status"),
        Index("ix_announcement_waiting", "send_at", sqlite_where=text("status = 'waiting'"),
              postgresql_where=text("status = 'waiting'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    link: Mapped[str] = mapped_column(default="")  # https address of the button, if there is one
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    recipients: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=utc_now)
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    status: Mapped[str] = mapped_column(default="sent", server_default="sent")
    send_at: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(default=0, server_default="0")
    at_night: Mapped[bool] = mapped_column(default=False, server_default=false())

    staff: Mapped[Staff] = relationship()
