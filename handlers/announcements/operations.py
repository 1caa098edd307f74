"""Announcing something on LINE to everybody, or to those who asked for such news (R43: the ITA campaign, water cuts).

Every recipient costs one message of the month's quota (LINE counts per recipient), so the number is shown first. The
messages go into the outbox 500 at a time: the first at once or at the time that was set, the rest by the clock. What is
set for a time keeps out of the quiet hours; what staff send at night on purpose (a flood) does not wait.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.messages import MENU, Card, Choice, Message, dump
from handlers.outbox import reserve
from models.agency import Staff
from models.announcement import Announcement
from models.conversation import Conversation
from models.db import OUTBOX_CHANNEL
from models.outbox import ChannelState, OutboxMessage
from models.participation import NewsChoice
from thai.dates import at_bangkok, bangkok_date, to_bangkok

LONGEST = 1000  # code points; more is not read on a phone
BATCH = 500  # people whose messages are written in one transaction
QUIET_FROM, QUIET_UNTIL = time(20), time(8)  # Bangkok
FURTHEST = timedelta(days=60)
Audience = Mapping[str, str]  # {}: everybody; {"moo": "3"}; {"interest": "health"}
INTERESTS = {
    "utilities": "น้ำ ไฟ ถนน",
    "health": "สุขภาพ",
    "welfare": "สวัสดิการ",
    "farming": "เกษตร",
    "children": "เด็กและการศึกษา",
    "activities": "กิจกรรม",
}


class AnnouncementError(ValueError):
    """It cannot be announced; str() says in Thai why and what to do."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an announcement reaches, and how many messages the month still has beyond the reserve
    for urgent notices (None: no limit, or not known yet)."""

    recipients: int
    left: int | None


def is_quiet(moment: datetime) -> bool:
    """True from 20.00 to 8.00 on Bangkok's clock."""
    clock = to_bangkok(moment).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def next_morning(moment: datetime) -> datetime:
    """When the quiet hours around or after `moment` end."""
    day = bangkok_date(moment)
    return at_bangkok(day if to_bangkok(moment).time() < QUIET_UNTIL else day + timedelta(days=1), QUIET_UNTIL)


def read_audience(typed: str) -> dict[str, str]:
    """Nothing is everybody; else "moo:3", "interest:health". Raises AnnouncementError."""
    if not typed:
        return {}
    kind, _, value = typed.partition(":")
    known = value in INTERESTS if kind == "interest" else kind == "moo" and value.isdecimal() and len(value) <= 2
    if not known:
        raise AnnouncementError("กรุณาเลือกผู้รับจากรายการ")
    return {kind: value}


def audience_label(audience: Audience) -> str:
    """ "ทุกคน", "ผู้รับข่าวหมู่ 3", "ผู้รับข่าวสุขภาพ"."""
    for kind, value in audience.items():
        return f"ผู้รับข่าวหมู่ {value}" if kind == "moo" else f"ผู้รับข่าว{INTERESTS.get(value, value)}"
    return "ทุกคน"


def _people(audience: Audience) -> ColumnElement[bool]:
    """Who is meant: can be reached, has not stopped all announcements, and asked for this if it is for some only."""

    def chose(kind: str, value: str) -> ColumnElement[bool]:
        told = aliased(NewsChoice)
        return exists().where(told.conversation_id == Conversation.id, told.kind == kind, told.value == value)

    meant = [chose(kind, value) for kind, value in audience.items()]
    return and_(Conversation.reachable, ~chose("stop", ""), *meant)


def segments(session: Session) -> list[tuple[str, str, int]]:
    """What can be chosen besides everybody: (typed, label, people who can be reached), หมู่ first."""
    rows = session.execute(
        select(NewsChoice.kind, NewsChoice.value, func.count())
        .join(Conversation, Conversation.id == NewsChoice.conversation_id)
        .where(NewsChoice.kind != "stop", _people({}))
        .group_by(NewsChoice.kind, NewsChoice.value)
    ).all()
    ordered = sorted(rows, key=lambda row: (row[0] != "moo", int(row[1]) if row[0] == "moo" else 0, row[1]))
    return [(f"{kind}:{value}", audience_label({kind: value}), count) for kind, value, count in ordered]


def reach(session: Session, audience: Audience | None = None) -> Reach:
    """Look at it before announcing: the number is what the announcement will cost."""
    recipients = session.scalar(select(func.count()).select_from(Conversation).where(_people(audience or {}))) or 0
    channel = session.scalars(select(ChannelState)).first()
    if channel is None or channel.quota_limit is None:
        return Reach(recipients, None)
    return Reach(recipients, max(0, channel.quota_limit - (channel.quota_used or 0) - reserve(channel.quota_limit)))


def check(session: Session, words: str, link: str, audience: Audience | None = None) -> Reach:
    """Whether this can be announced, and what it costs. `link`: "" or an https address, shown as a button.

    Raises AnnouncementError."""
    _check_words(words, link)
    cost = reach(session, audience)
    if cost.recipients == 0:
        nobody = "ยังไม่มีผู้เลือกรับข่าวกลุ่มนี้" if audience else "ยังไม่มีผู้ติดตามที่ส่งข้อความถึงได้"
        raise AnnouncementError(nobody)
    if cost.left is not None and cost.recipients > cost.left:
        raise AnnouncementError(
            f"ต้องใช้ {cost.recipients:,} ข้อความ แต่เดือนนี้เหลือ {cost.left:,} ข้อความ (กันไว้ให้เรื่องด่วนแล้ว) "
            "เพิ่มแพ็กเกจ LINE OA หรือรอเดือนหน้า"
        )
    return cost


def _check_words(words: str, link: str) -> None:
    words, link = words.strip(), link.strip()
    if not words:
        raise AnnouncementError("กรุณาพิมพ์ข้อความที่จะประกาศ")
    if len(words) > LONGEST:
        raise AnnouncementError(f"ข้อความยาว {len(words):,} ตัวอักษร ขอไม่เกิน {LONGEST:,} ตัวอักษร")
    if link and not re.fullmatch(r"https://[^\s/]+\.[^\s/]+(/\S*)?", link):
        raise AnnouncementError("ลิงก์ต้องขึ้นต้นด้วย https:// เช่น https://www.example.go.th/ita")


def check_time(send_at: datetime, now: datetime) -> None:
    """Whether something may be set for this time. Raises AnnouncementError."""
    if send_at <= now:
        raise AnnouncementError("เวลาที่ตั้งผ่านไปแล้ว")
    if send_at > now + FURTHEST:
        raise AnnouncementError(f"ตั้งล่วงหน้าได้ไม่เกิน {FURTHEST.days} วัน")
    if is_quiet(send_at):
        raise AnnouncementError("ช่วง 20.00 ถึง 8.00 น. เป็นเวลาพักของประชาชน กรุณาตั้งเวลา 8.00 ถึง 20.00 น.")


def announce(
    session: Session,
    staff: Staff,
    words: str,
    link: str,
    now: datetime,
    audience: Audience | None = None,
    send_at: datetime | None = None,
) -> Announcement:
    """Put the words into the outbox of those who are meant: now, or from `send_at` (UTC) on. Raises AnnouncementError
    as `check` and `check_time` do."""
    cost = check(session, words, link, audience)
    if send_at is not None:
        check_time(send_at, now)
    announcement = Announcement(
        text=words.strip(),
        link=link.strip(),
        staff_id=staff.id,
        recipients=cost.recipients,
        at=now,
        audience=dict(audience or {}),
        status="waiting",
        send_at=send_at or now,
        cursor=0,
        at_night=send_at is None and is_quiet(now),
    )
    session.add(announcement)
    session.flush()
    audit.record(
        session, f"staff:{staff.id}", "announced", f"announcement:{announcement.id}", recipients=cost.recipients
    )
    if send_at is None:
        _next_batch(session, announcement, now)
    return announcement


def _next_batch(session: Session, announcement: Announcement, now: datetime) -> int:
    """Write the messages of the next people after the cursor; how many. With the last of them it is sent."""
    people = session.scalars(
        select(Conversation.id)
        .where(Conversation.id > announcement.cursor, _people(announcement.audience))
        .order_by(Conversation.id)
        .limit(BATCH)
    ).all()
    if people:
        messages = dump([_message(announcement.text, announcement.link, announcement.audience)])
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
                for conversation_id in people
            ],
        )
        announcement.cursor = people[-1]
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"NOTIFY {OUTBOX_CHANNEL}"))
    if len(people) < BATCH:
        announcement.status = "sent"
    session.flush()
    return len(people)


def send_announcements(session: Session, agency: AgencyView, now: datetime) -> int:
    """The next batch of each announcement that is due; how many messages."""
    due = select(Announcement).where(_is_due(now)).order_by(Announcement.id).with_for_update()
    return sum(_next_batch(session, announcement, now) for announcement in session.scalars(due).all())


def send_announcements_due(session: Session, now: datetime) -> list[int]:
    """Agencies with an announcement to go on with at `now` (UTC); `session` is not scoped."""
    return sorted(session.scalars(select(Announcement.agency_id).where(_is_due(now)).distinct()))


def _is_due(now: datetime) -> ColumnElement[bool]:
    due = and_(Announcement.status == "waiting", Announcement.send_at <= now)
    return and_(due, Announcement.at_night) if is_quiet(now) else due


def withdraw(session: Session, announcement: Announcement, staff: Staff) -> int:
    """Hold back all that has not gone to LINE yet; how many messages of the outbox. Raises AnnouncementError."""
    waiting = (
        OutboxMessage.subject == f"announcement:{announcement.id}",
        or_(OutboxMessage.status == "pending", OutboxMessage.status == "failed"),
    )
    gone = session.execute(
        update(OutboxMessage)
        .where(*waiting)
        .values(status="withdrawn", error="ยกเลิกประกาศ")
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    ).all()
    if announcement.status != "waiting" and not gone:
        raise AnnouncementError("ประกาศนี้ส่งครบแล้ว เรียกคืนไม่ได้")
    announcement.status = "withdrawn"
    session.flush()
    audit.record(
        session, f"staff:{staff.id}", "announcement_withdrawn", f"announcement:{announcement.id}", held_back=len(gone)
    )
    return len(gone)


def send_test(session: Session, staff: Staff, words: str, link: str, audience: Audience | None = None) -> None:
    """Send it to oneself alone, as it will look. Raises AnnouncementError."""
    _check_words(words, link)
    own = select(Conversation.id).where(Conversation.line_user_id == staff.line_user_id, Conversation.reachable)
    conversation_id = session.scalars(own).first() if staff.line_user_id else None
    if conversation_id is None:
        raise AnnouncementError("ยังส่งทดสอบไม่ได้ กรุณาเชื่อมบัญชี LINE ของท่านที่หน้า “บัญชีของฉัน” ก่อน")
    message = _message(words.strip(), link.strip(), audience or {})
    key = f"announcement:test:s{staff.id}:{uuid.uuid4()}"
    notify.tell(session, conversation_id, [message], key, f"announcement_test:{staff.id}")
    audit.record(session, f"staff:{staff.id}", "announcement_tested")


def _message(words: str, link: str, audience: Audience) -> Message:
    """With the way out in every one: a tap, and no more of it. A button of the message itself, since quick replies are
    gone with the next message."""
    out, some = Choice("ไม่รับข่าวอีก", "n:stop"), Choice("เลือกข่าวที่รับ", "n:list")
    for kind, value in audience.items():
        out = Choice(f"ไม่รับข่าวหมู่ {value}" if kind == "moo" else "ไม่รับข่าวเรื่องนี้", f"n:off:{kind}:{value}")
    first = Choice("อ่านต่อ", link, "link") if link else some
    return Card(title="ประกาศ", note=words, buttons=(first, out), choices=(*((some,) if link else ()), MENU))
