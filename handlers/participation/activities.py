"""What staff do with activities before they take place: plan, announce, call off. No verb commits. What came of them is
in results.py."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.messages import MENU, OFFICER, Say
from models.agency import Staff, Unit
from models.participation import ACTIVITY_KINDS, Activity, SignUp
from thai.dates import ThaiDateError, at_bangkok, bangkok_date, format_date, format_time, parse_date
from thai.digits import to_arabic
from thai.fiscal import year_period

KIND_LABELS = {"forum": "ประชุมประชาคม", "mobile": "ออกหน่วยเคลื่อนที่", "activity": "กิจกรรม", "project": "โครงการ"}
STATUS_LABELS = {"draft": "ร่าง", "open": "เปิด", "done": "เสร็จแล้ว", "cancelled": "ยกเลิก"}
CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread: no 0 o 1 i l
CODE_LENGTH = 8  # whoever is not at the place does not guess its address
LONGEST_TITLE = 150
LONGEST_TEXT = 3000
MOST_SEATS = 100_000
REMIND_AT = time(9)  # Bangkok, on the day before


class ParticipationError(ValueError):
    """It cannot be done so; str() is Thai. `field`: the input that it is about."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDetails:
    """An activity as typed: days and times as people write them (Bangkok)."""

    title: str
    kind: str
    day: str
    starts: str
    ends: str = ""
    last_day: str = ""
    place: str = ""
    detail: str = ""
    unit_id: int | None = None
    seats: str = ""
    signup_until: str = ""


# -- planning --------------------------------------------------------------------------------------------


def save(
    session: Session, activity: Activity | None, details: ActivityDetails, staff: Staff | None, now: datetime
) -> Activity:
    """Plan an activity (None) or change one that is not over. Who signed up is told of a new time or place by
    `tell_change`. Raises ParticipationError."""
    if activity is not None and activity.status not in ("draft", "open"):
        raise ParticipationError("title", "กิจกรรมนี้จบหรือยกเลิกไปแล้ว แก้ไขไม่ได้")
    today = bangkok_date(now)
    title = " ".join(details.title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise ParticipationError("title", f"กรุณากรอกชื่อกิจกรรม ไม่เกิน {LONGEST_TITLE} ตัวอักษร")
    if details.kind not in ACTIVITY_KINDS:
        raise ParticipationError("kind", "กรุณาเลือกประเภท")
    if len(details.detail) > LONGEST_TEXT:
        raise ParticipationError("detail", f"รายละเอียดยาวเกิน {LONGEST_TEXT:,} ตัวอักษร")
    if details.unit_id is not None and session.get(Unit, details.unit_id) is None:
        raise ParticipationError("unit_id", "ไม่พบส่วนงานนี้")
    first = _day("day", details.day, today)
    if first is None:
        raise ParticipationError("day", "กรุณากรอกวันที่จัด")
    last = _day("last_day", details.last_day, first) or first
    starts_at = at_bangkok(first, _clock("starts", details.starts))
    ends_at = at_bangkok(last, _clock("ends", details.ends)) if details.ends.strip() else at_bangkok(last, time(23, 59))
    if ends_at <= starts_at:
        raise ParticipationError("ends", "เวลาเลิกต้องอยู่หลังเวลาเริ่ม")
    until = _day("signup_until", details.signup_until, today)
    if until is not None and until > last:
        raise ParticipationError("signup_until", "วันปิดรับต้องไม่เกินวันที่จัด")
    seats = whole("seats", details.seats, MOST_SEATS)
    if seats == 0:
        raise ParticipationError("seats", "จำนวนที่นั่งต้องมากกว่า 0 หรือเว้นว่างไว้")
    new = activity is None
    if activity is None:
        activity = Activity(code=_free_code(session), created_by_id=staff.id if staff else None, created_at=now)
        session.add(activity)
    activity.title, activity.kind, activity.place = title, details.kind, " ".join(details.place.split())
    activity.starts_at, activity.ends_at, activity.detail = starts_at, ends_at, details.detail.strip()
    activity.unit_id, activity.seats, activity.signup_until = details.unit_id, seats, until
    activity.remind_at = _reminder(activity, now)
    session.flush()
    audit.record(session, actor_of(staff), "activity_planned" if new else "activity_changed", f"activity:{activity.id}")
    return activity


def _reminder(activity: Activity, now: datetime) -> datetime | None:
    """The morning before; for what is open and further away than that."""
    moment = at_bangkok(bangkok_date(activity.starts_at) - timedelta(days=1), REMIND_AT)
    return moment if activity.status == "open" and moment > now else None


def _day(name: str, text: str, today: date) -> date | None:
    if not text.strip():
        return None
    try:
        return parse_date(text, today, prefer="future")
    except ThaiDateError as error:
        raise ParticipationError(name, str(error).replace("\n", " ")) from None


def _clock(name: str, text: str) -> time:
    plain = to_arabic(text).replace("น.", "").replace("น", "").strip().replace(".", ":")
    try:
        return time.fromisoformat((plain if ":" in plain else f"{plain}:00").zfill(5))
    except ValueError:
        raise ParticipationError(name, "กรุณากรอกเวลา เช่น 09.30") from None


def whole(name: str, text: str, most: int) -> int | None:
    """A whole number in Thai or Arabic digits, None for nothing. Raises ParticipationError."""
    plain = to_arabic(text).replace(",", "").strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 9 and int(plain) <= most):
        raise ParticipationError(name, f"กรุณากรอกจำนวนเต็ม ไม่เกิน {most:,}")
    return int(plain)


def _free_code(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if session.scalar(select(Activity.id).where(Activity.code == code)) is None:
            return code


def actor_of(staff: Staff | None) -> str:
    return f"staff:{staff.id}" if staff else "cli"


# -- open, called off ------------------------------------------------------------------------------------


def publish(session: Session, activity: Activity, staff: Staff | None, now: datetime) -> None:
    """Show a draft to everybody and take sign-ups. Raises ParticipationError."""
    if activity.status != "draft":
        raise ParticipationError("status", "เผยแพร่ได้เฉพาะร่าง")
    if activity.ends_at <= now:
        raise ParticipationError("status", "เวลาของกิจกรรมผ่านไปแล้ว กรุณาแก้วันที่ก่อน หรือบันทึกผลได้เลย")
    activity.status = "open"
    activity.remind_at = _reminder(activity, now)
    session.flush()
    audit.record(session, actor_of(staff), "activity_opened", f"activity:{activity.id}")


def cancel(session: Session, activity: Activity, staff: Staff, reason: str) -> int:
    """Call it off and tell everybody who signed up on LINE why; how many were told. Raises ParticipationError."""
    if activity.status not in ("draft", "open"):
        raise ParticipationError("reason", "กิจกรรมนี้จบหรือยกเลิกไปแล้ว")
    reason = " ".join(reason.split())
    if activity.status == "open" and not reason:
        raise ParticipationError("reason", "กรุณาบอกเหตุผล ผู้ลงชื่อไว้จะได้รับข้อความนี้")
    was_open, activity.status = activity.status == "open", "cancelled"
    activity.reason, activity.remind_at = reason[:300], None
    audit.record(session, actor_of(staff), "activity_cancelled", f"activity:{activity.id}")
    if not was_open:
        return 0
    words = f"ขออภัยค่ะ ยกเลิก “{activity.title}”\n{when(activity)}\nเหตุผล: {activity.reason}"
    return _tell(session, activity, words, "cancelled", ("joined", "waiting"))


def tell_change(session: Session, activity: Activity, staff: Staff, now: datetime) -> int:
    """Tell everybody who signed up on LINE the time and place as they are now; how many were told."""
    words = f"มีการเปลี่ยนแปลงค่ะ “{activity.title}”\n{when(activity)}\n{activity.place}".rstrip()
    audit.record(session, actor_of(staff), "activity_change_told", f"activity:{activity.id}")
    return _tell(session, activity, words, f"change:{int(now.timestamp())}", ("joined", "waiting"))


def _tell(session: Session, activity: Activity, words: str, what: str, statuses: tuple[str, ...]) -> int:
    people = session.scalars(
        select(SignUp.conversation_id).where(
            SignUp.activity_id == activity.id, SignUp.status.in_(statuses), SignUp.conversation_id.is_not(None)
        )
    )
    subject = f"activity:{activity.id}"
    tellings = [
        notify.Telling(person, [Say(words, (OFFICER, MENU))], f"{subject}:{what}:c{person}", subject)
        for person in people
        if person is not None
    ]
    return notify.tell_many(session, tellings) if tellings else 0


def remind_participants(session: Session, agency: AgencyView, now: datetime) -> int:
    """Remind those who signed up on LINE on the day before; how many were told."""
    told = 0
    for activity in session.scalars(select(Activity).where(Activity.remind_at <= now)).all():
        activity.remind_at = None
        if activity.status == "open" and activity.starts_at > now:
            words = f"พรุ่งนี้พบกันนะคะ “{activity.title}”\n{when(activity)}\n{activity.place}".rstrip()
            told += _tell(session, activity, f"{words}\nมาไม่ได้ พิมพ์ กิจกรรม แล้วกดยกเลิกได้ค่ะ", "remind", ("joined",))
    return told


def remind_participants_due(session: Session, now: datetime) -> list[int]:
    """Agencies with somebody to remind at `now` (UTC); `session` is not scoped."""
    return sorted(session.scalars(select(Activity.agency_id).where(Activity.remind_at <= now).distinct()))


# -- words -----------------------------------------------------------------------------------------------


def when(activity: Activity) -> str:
    """ "วันจันทร์ที่ 7 ธ.ค. 69 9.00-12.00 น." on Bangkok's clock, over several days if it takes them."""
    first, last = bangkok_date(activity.starts_at), bangkok_date(activity.ends_at)
    begins, ends = format_time(activity.starts_at), format_time(activity.ends_at)
    open_end = ends == format_time(time(23, 59))
    if first == last:
        span = f"เริ่ม {begins}" if open_end else f"{begins.removesuffix(' น.')}-{ends}"
        return f"{format_date(first, 'weekday')} {span}"
    return f"{format_date(first)} ถึง {format_date(last)} เริ่ม {begins}"


def upcoming(session: Session, now: datetime, most: int = 20) -> list[Activity]:
    """What is open and not over, the next first."""
    query = select(Activity).where(Activity.status == "open", Activity.ends_at > now)
    return list(session.scalars(query.order_by(Activity.starts_at, Activity.id).limit(most)))


def may_edit(staff: Staff, activity: Activity) -> bool:
    """Officers and heads their unit's, what has no unit and what they planned; ปลัด and admins all."""
    if staff.role in ("clerk", "admin"):
        return True
    own = activity.unit_id is None or activity.unit_id == staff.unit_id or activity.created_by_id == staff.id
    return staff.role in ("head", "officer") and own


def of_year(session: Session, year: int) -> list[Activity]:
    """All activities of a fiscal year (BE) by their first day, drafts too."""
    period = year_period(year)
    first, beyond = at_bangkok(period.start), at_bangkok(period.end + timedelta(days=1))
    query = select(Activity).where(Activity.starts_at >= first, Activity.starts_at < beyond)
    return list(session.scalars(query.order_by(Activity.starts_at, Activity.id)))
