"""One LINE user talking with one agency, what was agreed to, and what was received."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from models.base import AgencyOwned, Base, utc_now


class Conversation(AgencyOwned, Base):
    """`state` is JSON text owned by handlers/dialogue.py and handlers/router.py (drafts of forms, the step asked);
    it is read and written by models/inbox.py without the ORM."""

    __tablename__ = "conversation"
    agency_index = False
    __table_args__ = (UniqueConstraint("agency_id", "line_user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_user_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="{}", server_default="{}")
    # Time (UTC) of the newest event handled, by LINE's clock: an older one is late.
    last_event_at: Mapped[datetime | None]
    # False after unfollow, or when LINE says the user cannot be reached: pushes stop.
    reachable: Mapped[bool] = mapped_column(default=True, server_default=true())
    consent_version: Mapped[int | None]
    # The open question through which this person is talking with an officer: the bot keeps quiet.
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("question.id", use_alter=True))
    # The case whose officer wrote last: what the person types next belongs to its thread.
    reply_case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id", use_alter=True))
    display_name: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Consent(AgencyOwned, Base):
    """A consent given or withdrawn, with the notice's version; rows are only added (R15)."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    notice_version: Mapped[int]
    given: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)


class WebhookEvent(Base):
    """A webhook event that was handled; its id (LINE: webhookEventId, the same on redelivery) stops duplicates.
    No content is kept. `outcome` is "done", "ignored" or "failed" (the slice raised; `error` names the class)."""

    __tablename__ = "webhook_event"

    agency_id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[str] = mapped_column(default="done", server_default="done")
    error: Mapped[str] = mapped_column(default="", server_default="")
