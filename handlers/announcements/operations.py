"""Announcing something to everybody who talks with the agency on LINE (R43: the ITA campaign, water cuts, holidays).

Every recipient costs one message of the month's quota (LINE counts per recipient), so the number is shown first.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from handlers import audit
from handlers.dialogue import MENU
from handlers.messages import Card, Choice, Message, Say, dump
from handlers.outbox import reserve
from models.agency import Staff
from models.announcement import Announcement
from models.conversation import Conversation
from models.db import OUTBOX_CHANNEL
from models.outbox import ChannelState, OutboxMessage

LONGEST = 1000  # code points; more is not read on a phone


class AnnouncementError(ValueError):
    """It cannot be announced; str() says in Thai why and what to do."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an announcement reaches, and how many messages the month still has beyond the reserve
    for urgent notices (None: no limit, or not known yet)."""

    recipients: int
    left: int | None


def reach(session: Session) -> Reach:
    """Look at it before announcing: the number is what the announcement will cost."""
    recipients = session.scalar(select(func.count()).select_from(Conversation).where(Conversation.reachable)) or 0
    channel = session.scalars(select(ChannelState)).first()
    if channel is None or channel.quota_limit is None:
        return Reach(recipients, None)
    return Reach(recipients, max(0, channel.quota_limit - (channel.quota_used or 0) - reserve(channel.quota_limit)))


def check(session: Session, words: str, link: str) -> Reach:
    """Whether this can be announced, and what it costs. `link`: "" or an https address, shown as a button.

    Raises AnnouncementError."""
    words, link = words.strip(), link.strip()
    if not words:
        raise AnnouncementError("กรุณาพิมพ์ข้อความที่จะประกาศ")
    if len(words) > LONGEST:
        raise AnnouncementError(f"ข้อความยาว {len(words):,} ตัวอักษร ขอไม่เกิน {LONGEST:,} ตัวอักษร")
    if link and not re.fullmatch(r"https://[^\s/]+\.[^\s/]+(/\S*)?", link):
        raise AnnouncementError("ลิงก์ต้องขึ้นต้นด้วย https:// เช่น https://www.example.go.th/ita")
    cost = reach(session)
    if cost.recipients == 0:
        raise AnnouncementError("ยังไม่มีผู้ติดตามที่ส่งข้อความถึงได้")
    if cost.left is not None and cost.recipients > cost.left:
        raise AnnouncementError(
            f"ต้องใช้ {cost.recipients:,} ข้อความ แต่เดือนนี้เหลือ {cost.left:,} ข้อความ (กันไว้ให้เรื่องด่วนแล้ว) "
            "เพิ่มแพ็กเกจ LINE OA หรือรอเดือนหน้า"
        )
    return cost


def announce(session: Session, staff: Staff, words: str, link: str, now: datetime) -> Announcement:
    """Put the words into everybody's outbox. Raises AnnouncementError as `check` does."""
    cost = check(session, words, link)
    words, link = words.strip(), link.strip()
    announcement = Announcement(text=words, link=link, staff_id=staff.id, recipients=cost.recipients, at=now)
    session.add(announcement)
    session.flush()
    messages = dump([_message(words, link)])
    session.execute(
        insert(OutboxMessage),
        [
            {
                "agency_id": announcement.agency_id,
                "conversation_id": conversation_id,
                "dedupe_key": f"announcement:{announcement.id}:c{conversation_id}",
                "retry_key": str(uuid.uuid4()),
                "messages": messages,
                "subject": f"announcement:{announcement.id}",
                "next_attempt_at": now,
                "created_at": now,
            }
            for conversation_id in session.scalars(select(Conversation.id).where(Conversation.reachable))
        ],
    )
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {OUTBOX_CHANNEL}"))
    audit.record(
        session, f"staff:{staff.id}", "announced", f"announcement:{announcement.id}", recipients=cost.recipients
    )
    return announcement


def _message(words: str, link: str) -> Message:
    if not link:
        return Say(words, (MENU,))
    return Card(title="ประกาศ", note=words, buttons=(Choice("อ่านต่อ", link, "link"),), choices=(MENU,))
