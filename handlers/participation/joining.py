"""What people do with an activity: sign up, step back, come, say what they think. No verb commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.messages import MENU, Choice, Say
from handlers.participation.activities import ParticipationError, when
from models.agency import Agency, Staff
from models.participation import Activity, ActivityOpinion, SignUp
from thai.dates import bangkok_date
from thai.phone import PhoneError, parse_phone

MOST_PEOPLE = 20  # with one sign-up
LONGEST_OPINION = 1000
LONGEST_NAME = 100

Came = Literal["marked", "walk_in", "already", "not_today"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who signs up on the web. `phone` as typed; `notice_version`: of the notice agreed to."""

    name: str
    phone: str
    notice_version: int | None


def locked(session: Session, activity_id: int) -> Activity | None:
    """The activity, nobody else's until the transaction ends: its seats are counted and given out in one go."""
    query = select(Activity).where(Activity.id == activity_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def is_open(activity: Activity, now: datetime) -> bool:
    """True while one can sign up."""
    if activity.status != "open" or activity.ends_at <= now:
        return False
    if activity.signup_until is not None:
        return bangkok_date(now) <= activity.signup_until
    return now < activity.starts_at


def seats_left(session: Session, activity: Activity) -> int | None:
    """How many seats are free; None without a limit."""
    if activity.seats is None:
        return None
    taken = session.scalar(
        select(func.coalesce(func.sum(SignUp.people), 0)).where(
            SignUp.activity_id == activity.id, SignUp.status == "joined"
        )
    )
    return max(0, activity.seats - int(taken or 0))


def of_person(session: Session, activity: Activity, conversation_id: int) -> SignUp | None:
    """This LINE user's sign-up, whatever became of it."""
    return session.scalars(
        select(SignUp).where(SignUp.activity_id == activity.id, SignUp.conversation_id == conversation_id)
    ).first()


def join(
    session: Session,
    activity_id: int,
    actor: str,
    now: datetime,
    *,
    people: int = 1,
    conversation_id: int | None = None,
    visitor: Visitor | None = None,
) -> SignUp:
    """Take seats, or a place on the waiting list when they do not suffice. A LINE user who did so keeps their place.
    Raises ParticipationError."""
    activity = locked(session, activity_id)
    if activity is None or not is_open(activity, now):
        raise ParticipationError("activity", "กิจกรรมนี้ปิดรับลงชื่อแล้วค่ะ")
    if not 1 <= people <= MOST_PEOPLE:
        raise ParticipationError("people", f"ลงชื่อได้ครั้งละ 1 ถึง {MOST_PEOPLE} คนค่ะ")
    row = of_person(session, activity, conversation_id) if conversation_id is not None else None
    if row is not None and row.status in ("joined", "waiting"):
        return row
    if row is None:
        row = SignUp(activity_id=activity.id, conversation_id=conversation_id)
    if visitor is not None:
        row.name, row.phone = _known(visitor)
        row.notice_version = visitor.notice_version
    left = seats_left(session, activity)
    row.people, row.at = people, now
    row.status = "joined" if left is None or people <= left else "waiting"
    session.add(row)
    session.flush()
    audit.record(session, actor, "activity_joined", f"activity:{activity.id}", people=people, status=row.status)
    return row


def _known(visitor: Visitor) -> tuple[str, str]:
    name = " ".join(visitor.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise ParticipationError("name", "ขอชื่อที่ใช้ลงชื่อด้วยค่ะ")
    try:
        return name, parse_phone(visitor.phone)
    except PhoneError as error:
        raise ParticipationError("phone", str(error).replace("\n", " ")) from None


def step_back(session: Session, activity_id: int, sign_up_id: int, actor: str, now: datetime) -> bool:
    """Give the seats back; whoever waits longest and fits moves up and is told. False when there was nothing."""
    activity = locked(session, activity_id)
    row = session.get(SignUp, sign_up_id)
    if activity is None or row is None or row.activity_id != activity.id or row.status not in ("joined", "waiting"):
        return False
    row.status = "cancelled"
    session.flush()
    audit.record(session, actor, "activity_left", f"activity:{activity.id}")
    move_up(session, activity, now)
    return True


def move_up(session: Session, activity: Activity, now: datetime) -> int:
    """Give free seats to those who wait, in their order; who needs more than are free waits on, others pass. How many
    sign-ups moved."""
    if activity.status != "open" or activity.starts_at <= now:
        return 0
    left, moved = seats_left(session, activity), 0
    queue = select(SignUp).where(SignUp.activity_id == activity.id, SignUp.status == "waiting")
    for row in session.scalars(queue.order_by(SignUp.at, SignUp.id)).all():
        if left is not None and row.people > left:
            continue
        row.status, moved = "joined", moved + 1
        left = None if left is None else left - row.people
        if row.conversation_id is not None:
            words = f"ได้ที่นั่งแล้วค่ะ “{activity.title}”\n{when(activity)}\n{activity.place}".rstrip()
            choices = (Choice("ไปไม่ได้ ยกเลิก", f"a:leave:{activity.id}"), MENU)
            key = f"activity:{activity.id}:moved_up:{int(row.at.timestamp())}:c{row.conversation_id}"
            notify.tell(session, row.conversation_id, [Say(words, choices)], key, f"activity:{activity.id}")
    session.flush()
    return moved


# -- coming ----------------------------------------------------------------------------------------------


def by_code(session: Session, code: str) -> tuple[str, int] | None:
    """Whose activity a check-in address names: (agency code, activity id). `session` must not be scoped."""
    if not (code.isascii() and code.isalnum()):
        return None
    row = session.execute(
        select(Agency.code, Activity.id)
        .join(Agency, Agency.id == Activity.agency_id)
        .where(Activity.code == code.lower())
    ).first()
    return (row[0], row[1]) if row else None


def is_today(activity: Activity, now: datetime) -> bool:
    """True on the days on which one can say that one has come."""
    return activity.status in ("open", "done") and (
        bangkok_date(activity.starts_at) <= bangkok_date(now) <= bangkok_date(activity.ends_at)
    )


def came(session: Session, activity: Activity, conversation_id: int, now: datetime) -> Came:
    """A LINE user is there: the sign-up is marked; who had none is counted once."""
    if not is_today(activity, now):
        return "not_today"
    row = of_person(session, activity, conversation_id)
    if row is not None and row.attended_at is not None:
        return "already"
    if row is None or row.status == "cancelled":
        row = row or SignUp(activity_id=activity.id, conversation_id=conversation_id, at=now)
        row.status, row.people, row.attended_at = "walk_in", 1, now
        session.add(row)
        session.flush()
        return "walk_in"
    row.attended_at = now
    session.flush()
    return "marked"


def count_walk_in(session: Session, activity: Activity, now: datetime) -> bool:
    """Somebody without LINE is there: one more, and nothing about who. False on another day."""
    if not is_today(activity, now):
        return False
    session.execute(text("UPDATE activity SET walk_ins = walk_ins + 1 WHERE id = :id"), {"id": activity.id})
    return True


def mark(session: Session, row: SignUp, there: bool, staff: Staff, now: datetime) -> None:
    """Staff tick at the door who has come."""
    row.attended_at = now if there else None
    session.flush()
    audit.record(session, f"staff:{staff.id}", "activity_attendance", f"activity:{row.activity_id}", there=there)


# -- opinions --------------------------------------------------------------------------------------------


def give_opinion(
    session: Session,
    activity: Activity,
    now: datetime,
    *,
    rating: int | None = None,
    words: str = "",
    conversation_id: int | None = None,
) -> ActivityOpinion:
    """Keep what somebody thinks: before it begins or after. A LINE user's later word replaces or completes the earlier
    one. Raises ParticipationError."""
    words = words.strip()
    if activity.status not in ("open", "done"):
        raise ParticipationError("words", "กิจกรรมนี้ไม่ได้เปิดรับความเห็นค่ะ")
    if rating is None and not words:
        raise ParticipationError("words", "ให้คะแนน หรือพิมพ์ความเห็นสักนิดนะคะ")
    if rating is not None and not 1 <= rating <= 5:
        raise ParticipationError("rating", "คะแนนเลือกได้ 1 ถึง 5 ค่ะ")
    if len(words) > LONGEST_OPINION:
        raise ParticipationError("words", f"ขอไม่เกิน {LONGEST_OPINION:,} ตัวอักษรค่ะ")
    phase = "before" if now < activity.starts_at else "after"
    row = None
    if conversation_id is not None:
        row = session.scalars(
            select(ActivityOpinion).where(
                ActivityOpinion.activity_id == activity.id,
                ActivityOpinion.conversation_id == conversation_id,
                ActivityOpinion.phase == phase,
            )
        ).first()
    if row is None:
        row = ActivityOpinion(activity_id=activity.id, conversation_id=conversation_id, phase=phase)
        session.add(row)
    row.rating = rating if rating is not None else row.rating
    row.text, row.at = words or row.text or "", now
    session.flush()
    return row


def opinions(session: Session, activity: Activity) -> list[ActivityOpinion]:
    """All that was said, the newest first."""
    query = select(ActivityOpinion).where(ActivityOpinion.activity_id == activity.id)
    return list(session.scalars(query.order_by(ActivityOpinion.phase, ActivityOpinion.id.desc())))
