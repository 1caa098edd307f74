"""What is to be said to people: the outbox, written with the change it tells of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.agency import Staff
from models.base import AgencyOwned, Base, utc_now


class OutboxMessage(AgencyOwned, Base):
    """Something to say to one person, written in the transaction that decided it; bot/outbox.py sends it.

    `messages` is JSON text: a list of channel-neutral messages (handlers/messages.py). `status` goes
    pending → sending (under a lease) → sent | failed | withdrawn. `dedupe_key` names (what, about what, to
    whom). `retry_key` is sent as X-Line-Retry-Key on a push. `subject` links to "case:12" or "question:3".
    """

    __tablename__ = "outbox_message"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        # Open rows only: the worker's claim must cost what is open, not what was ever sent.
        Index(
            "ix_outbox_message_open",
            "conversation_id",
            "id",
            sqlite_where=text("status IN ('pending','sending')"),
            postgresql_where=text("status IN ('pending','sending')"),
        ),
        Index("ix_outbox_message_subject", "agency_id", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    dedupe_key: Mapped[str]
    retry_key: Mapped[str] = mapped_column(String(36))
    reply_token: Mapped[str | None]
    reply_expires_at: Mapped[datetime | None]
    messages: Mapped[str]
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    subject: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[str] = mapped_column(default="pending", server_default="pending")
    # "reply" or "push", as tried last; "held" while a push waits for quota.
    via: Mapped[str] = mapped_column(default="", server_default="")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime | None]
    # Why it failed, in words for staff, and LINE's x-line-request-id to quote to LINE.
    error: Mapped[str] = mapped_column(default="", server_default="")
    line_request_id: Mapped[str] = mapped_column(default="", server_default="")


class MailMessage(AgencyOwned, Base):
    """An e-mail to a member of staff without LINE, written in the transaction that decided it; bot/mailer.py sends it.

    `status` goes pending → sending (under a lease) → sent | failed | withdrawn. The address is the one that the person
    has when it is sent. `dedupe_key` and `subject_key` are as dedupe_key and subject of OutboxMessage."""

    __tablename__ = "mail_message"
    agency_index = False
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index(
            "ix_mail_message_open",
            "next_attempt_at",
            sqlite_where=text("status IN ('pending','sending')"),
            postgresql_where=text("status IN ('pending','sending')"),
        ),
        Index("ix_mail_message_subject", "agency_id", "subject_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    dedupe_key: Mapped[str]
    subject_key: Mapped[str] = mapped_column(default="", server_default="")
    title: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending", server_default="pending")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="", server_default="")  # why it failed, in words for staff

    staff: Mapped[Staff] = relationship()


class ChannelState(AgencyOwned, Base):
    """How the agency's LINE channel fares, one row an agency, kept up by bot/outbox.py and shown in the console.

    The quota is LINE's (messages a month; `quota_limit` None: no limit) as of `checked_at`. `last_error` is the last
    trouble with LINE in words for staff; "" once a message has gone through again."""

    __tablename__ = "channel_state"
    __table_args__ = (UniqueConstraint("agency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quota_limit: Mapped[int | None]
    quota_used: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="", server_default="")
    last_ok_at: Mapped[datetime | None]
    worker_seen_at: Mapped[datetime | None]
