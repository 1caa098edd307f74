"""What staff see and do about messages on their way: how each fared, send again, withdraw."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from models.db import OUTBOX_CHANNEL
from models.outbox import MailMessage, OutboxMessage

SMALLEST_RESERVE = 20  # messages; or a tenth of the quota where that is more


class OutboxRefused(ValueError):
    """The message is not in a state that allows this. The words are Thai, for staff."""


def reserve(limit: int) -> int:
    """How many of a month's `limit` messages are kept for urgent notices."""
    return max(SMALLEST_RESERVE, limit // 10)


def delivery_label(message: OutboxMessage) -> str:
    """The state of a message in plain words for staff."""
    match message.status:
        case "sent":
            return "ส่งแล้ว (ตอบกลับ ฟรี)" if message.via == "reply" else "ส่งแล้ว (push)"
        case "sending":
            return "กำลังส่ง"
        case "failed":
            return f"ส่งไม่สำเร็จ: {message.error}"
        case "withdrawn":
            return f"ไม่ได้ส่ง: {message.error}"
    return f"รอส่ง: {message.error}" if message.error else "รอส่ง"


def send_again(session: Session, message: OutboxMessage, now: datetime) -> None:
    """Put a message that failed back into the queue, as a new push (a new retry key). Raises OutboxRefused."""
    changed = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id, OutboxMessage.status == "failed")
        .values(
            status="pending",
            retry_key=str(uuid.uuid4()),
            reply_token=None,
            reply_expires_at=None,
            via="",
            attempts=0,
            error="",
            line_request_id="",
            next_attempt_at=now,
        )
        .returning(OutboxMessage.id)
    ).all()
    if not changed:
        raise OutboxRefused("ส่งอีกครั้งได้เฉพาะข้อความที่ส่งไม่สำเร็จ")
    session.refresh(message)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {OUTBOX_CHANNEL}"))


def send_mail_again(session: Session, mail: MailMessage, now: datetime) -> None:
    """Put an e-mail that failed back into the queue. Raises OutboxRefused."""
    changed = session.execute(
        update(MailMessage)
        .where(MailMessage.id == mail.id, MailMessage.status == "failed")
        .values(status="pending", attempts=0, error="", next_attempt_at=now)
        .returning(MailMessage.id)
    ).all()
    if not changed:
        raise OutboxRefused("ส่งอีกครั้งได้เฉพาะข้อความที่ส่งไม่สำเร็จ")
    session.refresh(mail)


def withdraw(session: Session, message: OutboxMessage | MailMessage, reason: str) -> None:
    """Do not send this message any more; one that is being sent cannot be held back. Raises OutboxRefused."""
    table = type(message)
    changed = session.execute(
        update(table)
        .where(table.id == message.id, table.status.in_(("pending", "failed")))
        .values(status="withdrawn", error=reason)
        .returning(table.id)
    ).all()
    if not changed:
        raise OutboxRefused("ข้อความนี้ส่งไปแล้ว หรือกำลังส่งอยู่")
    session.refresh(message)
