"""Telling the staff from a duty: what is asked of everybody (the EIT and IIT surveys, the month's budget) goes to their
LINE in one step, and that it was told is evidence of the duty (R40, R42, R43, R66, R74)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import notify
from handlers.duties.operations import DutyError, step
from handlers.duties.rules import READY
from handlers.evidence import WHOLE_AGENCY, EvidenceDetails, add_evidence, may_approve
from handlers.messages import Say
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty
from thai.dates import bangkok_date

LONGEST = 1_000


def may_tell(duty: Duty, staff: Staff) -> bool:
    """Whether this person may tell others: those who answer for the work, while it is not closed."""
    return duty.status in LIVE_DUTY_STATUSES and may_approve(staff, duty.unit_id)


def ready_words(duty: Duty) -> str:
    """The words that the starter calendar has ready for this duty, "" for none."""
    return duty.detail.partition(READY)[2].strip()


def tell_staff(session: Session, duty: Duty, staff: Staff, words: str, now: datetime) -> int:
    """Send `words` to everybody on LINE (a head: to those of the own unit) and keep that as evidence, which a second
    person approves like any other. How many were told. Raises DutyError."""
    words = words.strip()
    if not may_tell(duty, staff):
        raise DutyError("แจ้งบุคลากรได้เฉพาะหัวหน้าส่วนงานนั้น ปลัด นายก หรือผู้ดูแลระบบ")
    if not words or len(words) > LONGEST:
        raise DutyError(f"กรุณากรอกข้อความ ไม่เกิน {LONGEST:,} ตัวอักษร")
    people = select(Staff).where(Staff.active, Staff.id != staff.id).order_by(Staff.id)
    if staff.role not in WHOLE_AGENCY:
        people = people.where(Staff.unit_id == staff.unit_id)
    event = step(session, duty, "told", now, staff, words)
    said = [Say(f"{words}\n\nแจ้งโดย {staff.name}")]
    told = notify.tell_staff(session, session.scalars(people).all(), said, f"duty:{duty.id}:told:{event.id}")
    if not told:
        raise DutyError("ยังไม่มีบุคลากรที่เชื่อม LINE ไว้ จึงส่งไม่ได้ ให้เชื่อมที่หน้าบัญชีของฉันก่อน")
    event.detail = {"count": told}
    title = f"แจ้งบุคลากรทาง LINE {told} คน: {words.splitlines()[0][:150]}"
    add_evidence(session, duty, EvidenceDetails("event", title, dated=bangkok_date(now)), staff, now)
    return told
