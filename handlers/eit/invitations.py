"""One neutral invitation to the survey after a matter was closed while the survey runs (R39).

Whoever had a matter closed is asked alike, however it ended: to ask only the satisfied would steer. Complaints about
staff's conduct are left out, and staff themselves. Once a matter, once a person and year, and never again to whoever
declined. It is stored that somebody was told, never whether they answered.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from handlers import notify
from handlers.agencies import AgencyView
from handlers.eit import operations, rounds
from handlers.eit.posters import address
from handlers.messages import MENU, Card, Choice, Message
from models.agency import Staff
from models.case import Case, Category
from models.conversation import Conversation
from models.eit import EitDecline, EitInvitation, EitRound
from thai.dates import at_bangkok, bangkok_date, to_bangkok

CLOSED = ("done", "confirmed", "rejected", "transferred")  # called off or merged: nothing was served
REST = timedelta(days=1)  # the matter's own last words stand alone
LATEST = timedelta(days=14)  # later, one does not remember
HOURS = (time(9), time(18))  # nobody is woken by a survey


def invite_due(session: Session, now: datetime) -> list[int]:
    """Agencies in which a case has come to rest that nobody has looked at, at `now` (UTC). `session` is not scoped."""
    if not _awake(now):
        return []
    today = bangkok_date(now)
    fresh = exists().where(
        Case.agency_id == EitRound.agency_id,
        Case.closed_at <= now - REST,
        Case.closed_at > func.coalesce(EitRound.invited_until, now - LATEST),
    )
    running = (EitRound.url != "", EitRound.opens_on <= today, EitRound.closes_on >= today)
    return sorted(set(session.scalars(select(EitRound.agency_id).where(*running, fresh))))


def invite(session: Session, agency: AgencyView, now: datetime) -> int:
    """Invite the reporters of this agency whose cases were closed a day ago or longer; how many."""
    today = bangkok_date(now)
    round_ = rounds.current(session, today)
    if round_ is None or rounds.state(round_, today) != "open" or round_.opens_on is None or not _awake(now):
        return 0
    after = max(at_bangkok(round_.opens_on), now - LATEST, round_.invited_until or now - LATEST)
    closed = (
        select(Case.id, Case.conversation_id)
        .join(Category, Category.id == Case.category_id)
        .where(
            Case.closed_at > after,
            Case.closed_at <= now - REST,
            Case.status.in_(CLOSED),
            Case.accused_unit_id.is_(None),
            Case.conversation_id.is_not(None),
            ~Category.conduct,
        )
        .order_by(Case.closed_at, Case.id)
    )
    round_.invited_until = now - REST
    return sum(
        invite_after(session, agency, f"case:{row.id}", row.conversation_id, now)
        for row in session.execute(closed).all()
    )


def invite_after(session: Session, agency: AgencyView, subject: str, conversation_id: int, now: datetime) -> bool:
    """Invite this person once, after the matter `subject` ("case:12", "request:3"); False when it must not be:
    the survey is not open, they were invited this year, declined, cannot be reached, or work here."""
    today = bangkok_date(now)
    round_ = rounds.current(session, today)
    chat = operations.own_point(session, "chat")
    talk = session.get(Conversation, conversation_id)
    if round_ is None or rounds.state(round_, today) != "open" or chat is None or talk is None or not talk.reachable:
        return False
    unwanted = (
        select(Staff.id).where(Staff.line_user_id == talk.line_user_id),
        select(EitDecline.id).where(EitDecline.conversation_id == talk.id),
        select(EitInvitation.id).where(
            (EitInvitation.subject == subject)
            | ((EitInvitation.round_id == round_.id) & (EitInvitation.conversation_id == talk.id))
        ),
    )
    if any(session.scalar(query) is not None for query in unwanted):
        return False
    session.add(EitInvitation(subject=subject, round_id=round_.id, conversation_id=talk.id, at=now))
    session.flush()
    key = f"eit:{agency.id}:{round_.fiscal_year}:invite:c{talk.id}"
    notify.tell(session, talk.id, [_words(agency, address(agency, chat))], key, f"eit:{round_.fiscal_year}")
    return True


def decline(session: Session, conversation_id: int) -> None:
    """Send this person no such invitation any more."""
    known = session.scalar(select(EitDecline.id).where(EitDecline.conversation_id == conversation_id))
    if known is None:
        session.add(EitDecline(conversation_id=conversation_id))
        session.flush()


def _awake(now: datetime) -> bool:
    return HOURS[0] <= to_bangkok(now).time() < HOURS[1]


def _words(agency: AgencyView, link: str) -> Message:
    return Card(
        title=f"แบบประเมิน{agency.short_name}"[:40],
        note=(
            f"ป.ป.ช. ถามความเห็นของทุกคนที่ติดต่อ{agency.short_name}ค่ะ\n"
            "ไม่ต้องบอกชื่อ ใช้เวลาไม่กี่นาที\n"
            "ตอบตามที่พบจริง จะตอบหรือไม่ก็ได้ค่ะ\n\n"
            "เราไม่เห็นว่าใครตอบ และไม่มีผลกับเรื่องของคุณค่ะ"
        ),
        buttons=(Choice("เปิดแบบประเมิน", link, "link"), Choice("ไม่ต้องส่งอีก", "eit:stop")),
        choices=(MENU,),
    )
