"""The invitation of a citizen: made by staff, opened by a one-time code, answered by the citizen.

None of the verbs commits; each is in the audit log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.numbers import hash_secret, new_secret
from handlers.representatives import words
from handlers.representatives.rules import CURRENT, RepresentativeError, lock, state_of, tell_staff, why_not
from models.agency import Staff
from models.case import Case
from models.measure import RegisterEntry
from models.representative import Representative
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date

CODE_LIFE = timedelta(days=14)
MOST = 5  # who help with one case at a time: each change of its state is a push to each of them
LONGEST_TERM = timedelta(days=5 * 366)
LONGEST_NAME, LONGEST_ORDER, LONGEST_TASK = 120, 60, 500


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


def invite(
    session: Session, case: Case, given: Invitation, staff: Staff, now: datetime, secret_key: str
) -> tuple[Representative, str]:
    """Invite a citizen to help with the case. Returns the row and the one-time code, which is known only now.
    Raises RepresentativeError."""
    session.refresh(case, with_for_update={"key_share": True, "of": Case})  # of two clicks at once one sees the other
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
    lock(session, row)
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
    tell_staff(session, agency, row, "ผู้แทนภาคประชาชนตอบรับแล้ว", f"represented:{row.id}:yes")


def decline(session: Session, agency: AgencyView, row: Representative, now: datetime) -> None:
    """The person would rather not. Raises RepresentativeError."""
    _open(session, row, now)
    actor = f"citizen:{row.conversation_id}"
    row.status, row.answered_at, row.ended_at = "declined", now, now
    row.code_hash = row.code_until = row.conversation_id = None
    session.flush()
    audit.record(session, actor, "representative_declined", f"case:{row.case_id}", representative=row.id)
    tell_staff(session, agency, row, "ผู้แทนภาคประชาชนไม่สะดวกช่วย", f"represented:{row.id}:no")


def _open(session: Session, row: Representative, now: datetime) -> None:
    lock(session, row)
    if row.status != "invited" or row.ends_on < bangkok_date(now) or why_not(row.case):
        raise RepresentativeError("คำเชิญนี้สิ้นสุดแล้วค่ะ ขอบคุณที่สนใจช่วยนะคะ")
