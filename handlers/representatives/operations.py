"""The verbs around a citizen who helps with a complaint. None commits; each is in the audit log.

The person's name stands in one column and nowhere else: thread, timeline, outbox and log speak of "ผู้แทนคนที่ 1".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.complaints import notices
from handlers.numbers import hash_secret, new_secret
from handlers.representatives import words
from models.agency import Staff
from models.case import OPEN_STATUSES, Case, Category
from models.conversation import Conversation
from models.measure import RegisterEntry
from models.representative import Representative
from models.thread import Attachment, ThreadMessage
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date

CODE_LIFE = timedelta(days=14)
MOST = 5  # who help with one case at a time: each change of its state is a push to each of them
LONGEST_TERM = timedelta(days=5 * 366)
LONGEST_NAME, LONGEST_ORDER, LONGEST_TASK, LONGEST_MESSAGE = 120, 60, 500, 2000
WORKING = (*OPEN_STATUSES, "done")  # somebody may still help
CURRENT = ("invited", "active")


class RepresentativeError(ValueError):
    """It cannot be done so; str() says in Thai why. `field`: the input it is about, "" for none."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What staff type: days as people write them. `agreed`: the reporter knows of it and agrees, or nothing in the
    matter tells who complained."""

    name: str
    ends_on: str = ""
    starts_on: str = ""
    committee_id: int | None = None
    order_number: str = ""
    task: str = ""
    exact_place: bool = False
    agreed: bool = False


def state_of(case: Case) -> str:
    """What `Representative.told` is compared with."""
    return f"{case.status}:{case.sub_status}"


def why_not(case: Case) -> str:
    """Why nobody may help with this case, in Thai; "" when somebody may: a general complaint that is being worked on.
    A request holds its writer's own data, and a complaint about conduct (R17) its writer's name in all but letters."""
    if case.kind != "complaint":
        return "คำขอมีข้อมูลส่วนตัวของผู้ขอ จึงเพิ่มผู้แทนภาคประชาชนไม่ได้"
    if case.category.conduct or case.accused_unit_id is not None:
        return "เรื่องเกี่ยวกับเจ้าหน้าที่ เพิ่มผู้แทนภาคประชาชนไม่ได้"
    if case.status not in WORKING:
        return "เรื่องนี้ปิดแล้ว จึงเพิ่มผู้แทนภาคประชาชนไม่ได้"
    return ""


def is_helpable() -> ColumnElement[bool]:
    """Condition on Case: why_not is "". Staff may find out later that a case is about conduct."""
    return and_(
        Case.kind == "complaint",
        Case.status.in_(WORKING),
        Case.accused_unit_id.is_(None),
        Case.category_id.not_in(select(Category.id).where(Category.conduct)),
    )


# -- the invitation --------------------------------------------------------------------------------------


def invite(
    session: Session, case: Case, given: Invitation, staff: Staff, now: datetime, secret_key: str
) -> tuple[Representative, str]:
    """Invite a citizen to help with the case. Returns the row and the one-time code, which is known only now.
    Raises RepresentativeError."""
    session.refresh(case, with_for_update={"key_share": True})  # of two clicks at once one sees the other
    if problem := why_not(case):
        raise RepresentativeError(problem)
    known = session.scalars(select(Representative).where(Representative.case_id == case.id)).all()
    row = _read(session, given, bangkok_date(now))
    current = [one for one in known if one.status in CURRENT]
    if any(one.name == row.name for one in current):
        raise RepresentativeError("เชิญคนนี้ในเรื่องนี้ไว้แล้ว ขอรหัสใหม่ได้ที่รายชื่อ", "name")
    if len(current) >= MOST:
        raise RepresentativeError(f"เรื่องหนึ่งมีผู้แทนพร้อมกันได้ไม่เกิน {MOST} คน")
    row.case_id, row.position = case.id, 1 + max((one.position for one in known), default=0)
    row.invited_by_id, row.invited_at = staff.id, now
    session.add(row)
    session.flush()
    code = _new_code(row, now, secret_key)
    session.flush()
    audit.record(session, f"staff:{staff.id}", "representative_invited", f"case:{case.id}", representative=row.id)
    return row, code


def _read(session: Session, given: Invitation, today: date) -> Representative:
    name = " ".join(given.name.split())
    if not name:
        raise RepresentativeError("กรุณากรอกชื่อผู้แทน", "name")
    for text, longest, field in (
        (name, LONGEST_NAME, "name"),
        (given.order_number, LONGEST_ORDER, "order_number"),
        (given.task, LONGEST_TASK, "task"),
    ):
        if len(text) > longest:
            raise RepresentativeError(f"ยาวเกิน {longest} ตัวอักษร", field)
    committee = session.get(RegisterEntry, given.committee_id) if given.committee_id is not None else None
    if given.committee_id is not None and (committee is None or committee.register != "committees"):
        raise RepresentativeError("ไม่พบคณะกรรมการนี้ในทะเบียน", "committee_id")
    starts_on = _day(given.starts_on, "starts_on", today) or today
    ends_on = _day(given.ends_on, "ends_on", today) or (committee.expires_on if committee else None)
    if starts_on > today:
        raise RepresentativeError(f"วันเริ่มต้องไม่เกินวันนี้ ({format_date(today)})", "starts_on")
    if ends_on is None:
        raise RepresentativeError("กรุณากรอกวันสิ้นสุดวาระ เช่น 30 ก.ย. 70", "ends_on")
    if ends_on < today:
        raise RepresentativeError(f"วันสิ้นสุดผ่านไปแล้ว ({format_date(ends_on)})", "ends_on")
    if ends_on - starts_on > LONGEST_TERM:
        raise RepresentativeError(f"วาระยาวเกิน 5 ปี กรุณาตรวจปี พ.ศ. ({format_date(ends_on)})", "ends_on")
    if not given.agreed:
        raise RepresentativeError("กรุณาตรวจและติ๊กยืนยันก่อนเชิญ", "agreed")
    order_number = given.order_number.strip()
    if not order_number and committee is not None:
        order_number = str(committee.data.get("order_number") or "")[:LONGEST_ORDER]
    return Representative(
        name=name,
        committee_id=committee.id if committee else None,
        order_number=order_number,
        starts_on=starts_on,
        ends_on=ends_on,
        task=given.task.strip(),
        exact_place=given.exact_place,
        status="invited",
    )


def _day(text: str, field: str, today: date) -> date | None:
    if not text.strip():
        return None
    try:
        return parse_date(text, today, prefer="past" if field == "starts_on" else "future")
    except ThaiDateError as error:
        raise RepresentativeError(str(error).replace("\n", " ").replace("ค่ะ", ""), field) from None


def _new_code(row: Representative, now: datetime, secret_key: str) -> str:
    code = new_secret()
    row.code_hash, row.code_until = _hash(row.agency_id, code, secret_key), now + CODE_LIFE
    row.conversation_id = None
    return code


def _hash(agency_id: int, code: str, secret_key: str) -> str:
    return hash_secret(secret_key, f"representative:{agency_id}", code)


def renew_code(session: Session, row: Representative, staff: Staff, now: datetime, secret_key: str) -> str:
    """A new code for an invitation that is not answered yet; the earlier one is void. Raises RepresentativeError."""
    _lock(session, row)
    if row.status != "invited":
        raise RepresentativeError("คำเชิญนี้มีคำตอบแล้ว")
    if problem := why_not(row.case):
        raise RepresentativeError(problem)
    code = _new_code(row, now, secret_key)
    session.flush()
    audit.record(session, f"staff:{staff.id}", "representative_code_made", f"case:{row.case_id}", representative=row.id)
    return code


def open_invitation(
    session: Session, agency_id: int, code: str, conversation_id: int, now: datetime, secret_key: str
) -> Representative | None:
    """The invitation of this code, which belongs to this conversation from now on; None for a code that is wrong, too
    old, answered, or opened by somebody else."""
    row = session.scalars(
        select(Representative)
        .where(Representative.code_hash == _hash(agency_id, code, secret_key), Representative.status == "invited")
        .with_for_update(key_share=True)
    ).first()
    if row is None or row.code_until is None or row.code_until < now:
        return None
    if row.conversation_id not in (None, conversation_id):
        return None
    if row.conversation_id is None:
        row.conversation_id = conversation_id
        session.flush()
        audit.record(
            session,
            f"citizen:{conversation_id}",
            "representative_opened",
            f"case:{row.case_id}",
            representative=row.id,
        )
    return row


def unsuitable(session: Session, case: Case, talk_id: int, line_user_id: str) -> str:
    """Why this person cannot help with this case, told to them; "" when they can."""
    if case.conversation_id == talk_id:
        return "เรื่องนี้เป็นเรื่องที่คุณแจ้งไว้เองค่ะ\nดูความคืบหน้าได้ที่ “ติดตามเรื่อง” นะคะ"
    if session.scalar(select(Staff.id).where(Staff.line_user_id == line_user_id, Staff.active)) is not None:
        return "บัญชีนี้เป็นของเจ้าหน้าที่ค่ะ\nคำเชิญนี้สำหรับประชาชนเท่านั้นนะคะ"
    return ""


def accept(session: Session, agency: AgencyView, row: Representative, now: datetime) -> None:
    """The person agrees to the terms; the reporter is told once a case, the staff each time. Raises
    RepresentativeError."""
    _open(session, row, now)
    row.status, row.answered_at, row.code_hash, row.code_until = "active", now, None, None
    row.terms_version, row.told = words.TERMS_VERSION, state_of(row.case)
    session.flush()
    actor = f"citizen:{row.conversation_id}"
    audit.record(
        session,
        actor,
        "representative_accepted",
        f"case:{row.case_id}",
        representative=row.id,
        terms=row.terms_version,
    )
    case = row.case
    if case.conversation_id is not None:
        key = f"case:{case.id}:represented:c{case.conversation_id}"
        notify.tell(session, case.conversation_id, words.to_reporter(case), key, f"case:{case.id}")
    _tell_staff(session, agency, row, "ผู้แทนภาคประชาชนตอบรับแล้ว", f"represented:{row.id}:yes")


def decline(session: Session, agency: AgencyView, row: Representative, now: datetime) -> None:
    """The person would rather not. Raises RepresentativeError."""
    _open(session, row, now)
    actor = f"citizen:{row.conversation_id}"
    row.status, row.answered_at, row.ended_at = "declined", now, now
    row.code_hash = row.code_until = row.conversation_id = None
    session.flush()
    audit.record(session, actor, "representative_declined", f"case:{row.case_id}", representative=row.id)
    _tell_staff(session, agency, row, "ผู้แทนภาคประชาชนไม่สะดวกช่วย", f"represented:{row.id}:no")


def _open(session: Session, row: Representative, now: datetime) -> None:
    _lock(session, row)
    if row.status != "invited" or row.ends_on < bangkok_date(now) or why_not(row.case):
        raise RepresentativeError("คำเชิญนี้สิ้นสุดแล้วค่ะ ขอบคุณที่สนใจช่วยนะคะ")


# -- while they help -------------------------------------------------------------------------------------


def of_person(session: Session, conversation_id: int, now: datetime) -> list[Representative]:
    """What this person helps with today, the newest first."""
    return list(
        session.scalars(
            select(Representative)
            .join(Case, Case.id == Representative.case_id)
            .where(
                Representative.conversation_id == conversation_id,
                Representative.status == "active",
                Representative.ends_on >= bangkok_date(now),
                is_helpable(),
            )
            .order_by(Representative.id.desc())
        )
    )


def hear(
    session: Session,
    agency: AgencyView,
    row: Representative,
    now: datetime,
    *,
    text: str = "",
    line_message_id: str | None = None,
    attachment_id: int | None = None,
) -> ThreadMessage:
    """What the representative found, for the staff only; they are told at most once in ten minutes."""
    message = ThreadMessage(
        case_id=row.case_id,
        direction="note",
        text=f"{words.mark(row)}\n{text}".rstrip(),
        line_message_id=line_message_id,
        attachment_id=attachment_id,
        at=now,
    )
    session.add(message)
    if attachment_id is not None:
        attachment = session.get_one(Attachment, attachment_id)
        attachment.case_id, attachment.role = row.case_id, "thread"
    row.notes += 1
    session.flush()
    actor = f"citizen:{row.conversation_id}"
    audit.record(
        session, actor, "representative_heard", f"case:{row.case_id}", representative=row.id, message=message.id
    )
    _tell_staff(
        session, agency, row, "ผู้แทนภาคประชาชนส่งข้อมูล", f"represented:{row.id}:heard:{int(now.timestamp()) // 600}"
    )
    return message


def write(session: Session, row: Representative, staff: Staff, text: str, now: datetime) -> ThreadMessage:
    """Words of the staff to the representative, kept in the case's thread as a note. Raises RepresentativeError."""
    _lock(session, row)
    if row.status != "active" or row.conversation_id is None:
        raise RepresentativeError("ผู้แทนคนนี้ไม่ได้ช่วยเรื่องนี้แล้ว", "text")
    if not text.strip():
        raise RepresentativeError("กรุณาพิมพ์ข้อความก่อนส่ง", "text")
    if len(text) > LONGEST_MESSAGE:
        raise RepresentativeError(f"ส่งได้ครั้งละ {LONGEST_MESSAGE:,} ตัวอักษร", "text")
    message = ThreadMessage(
        case_id=row.case_id,
        direction="note",
        text=f"ถึง{words.mark(row)}\n{text.strip()}",
        staff_id=staff.id,
        at=now,
    )
    session.add(message)
    session.flush()
    key = f"representative:{row.id}:wrote:{message.id}:c{row.conversation_id}"
    told = notify.tell(session, row.conversation_id, words.from_staff(row, text.strip()), key, f"case:{row.case_id}")
    message.outbox_id = told.id if told else None
    audit.record(
        session,
        f"staff:{staff.id}",
        "representative_written",
        f"case:{row.case_id}",
        representative=row.id,
        message=message.id,
    )
    return message


# -- the end ---------------------------------------------------------------------------------------------


def end(session: Session, row: Representative, reason: str, actor: str, now: datetime) -> None:
    """It is over (`reason`: one of END_REASONS): the person sees nothing more, and our link to their LINE account is
    cut. They are told, unless they said so themselves. Raises RepresentativeError when it is over already."""
    _lock(session, row)
    if row.status not in CURRENT:
        raise RepresentativeError("สิ้นสุดไปแล้ว")
    helped, conversation_id = row.status == "active", row.conversation_id
    row.status, row.end_reason, row.ended_at = "ended", reason, now
    row.code_hash = row.code_until = row.conversation_id = None
    session.flush()
    audit.record(session, actor, "representative_ended", f"case:{row.case_id}", representative=row.id, reason=reason)
    if helped and conversation_id is not None and reason != "left":
        key = f"representative:{row.id}:ended:c{conversation_id}"
        notify.tell(session, conversation_id, words.farewell(row, reason), key, f"case:{row.case_id}")


def leave(session: Session, agency: AgencyView, row: Representative, now: datetime) -> None:
    """The person steps back; the staff are told. Raises RepresentativeError."""
    end(session, row, "left", f"citizen:{row.conversation_id}", now)
    _tell_staff(session, agency, row, "ผู้แทนภาคประชาชนขอเลิก", f"represented:{row.id}:left")


def forget(session: Session, row: Representative, staff: Staff) -> None:
    """Take the name out, as the person asked (PDPA s.33); what the case's file says stays, without a name. Raises
    RepresentativeError."""
    _lock(session, row)
    if row.status in CURRENT:
        raise RepresentativeError("ให้สิ้นสุดก่อน แล้วจึงลบชื่อได้")
    row.name = ""
    session.flush()
    audit.record(session, f"staff:{staff.id}", "representative_forgotten", f"case:{row.case_id}", representative=row.id)


# -- within ----------------------------------------------------------------------------------------------


def _lock(session: Session, row: Representative) -> None:
    session.flush()
    session.refresh(row, with_for_update={"key_share": True})


def _tell_staff(session: Session, agency: AgencyView, row: Representative, title: str, key: str) -> None:
    people = notices.responsible(session, row.case)
    notices.to_staff(session, agency, row.case, people, title, key, words.mark(row))


def reachable(session: Session, row: Representative) -> bool:
    """False when the person blocked the account: messages will not arrive."""
    talk = session.get(Conversation, row.conversation_id) if row.conversation_id is not None else None
    return talk is None or talk.reachable
