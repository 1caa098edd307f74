"""The verbs that change a duty. None commits; each writes the duty's story and the audit log and tells who must know.

Who may do what: whoever sees a duty may report progress, add evidence, send it in and move its day with a reason (the
head hears of it). Closing, sending back, cancelling and opening again are for those who answer for the work
(handlers.evidence.may_approve): the head of its unit, ปลัด, นายก, an admin; and closing never for the person who sent
it in or added evidence that is not approved yet (R47).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from handlers import audit, evidence, notify
from handlers.agencies import AgencyView
from handlers.duties.notices import withdraw_unsent
from handlers.duties.reminders import next_wake
from handlers.evidence import WHOLE_AGENCY, EvidenceError, may_approve
from handlers.messages import Card, Choice, Row
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyEvent
from thai.dates import bangkok_date, format_date
from thai.working_time import WorkCalendar

STATUS_LABELS = {
    "open": "ยังไม่ดำเนินการ",
    "in_progress": "อยู่ระหว่างดำเนินการ",
    "submitted": "รอตรวจรับ",
    "done": "ดำเนินการแล้ว",
    "cancelled": "ไม่ต้องทำ",
}
ACTION_LABELS = {
    "created": "สร้างงาน",
    "edited": "แก้ไขงาน",
    "moved": "เปลี่ยนผู้รับผิดชอบ",
    "progress": "รายงานความคืบหน้า",
    "evidence": "เพิ่มหลักฐาน",
    "evidence_approved": "ตรวจรับหลักฐาน",
    "evidence_removed": "ลบหลักฐาน",
    "submitted": "ส่งตรวจรับ",
    "approved": "ตรวจรับแล้ว",
    "returned": "ส่งกลับให้แก้ไข",
    "postponed": "เลื่อนกำหนด",
    "redated": "เปลี่ยนวันตามกำหนดใหม่",
    "cancelled": "ไม่ต้องทำ",
    "reopened": "เปิดงานอีกครั้ง",
    "reminded": "แจ้งเตือน",
    "escalated": "แจ้งผู้บังคับบัญชา",
    "acknowledged": "รับทราบ",
    "told": "แจ้งบุคลากรทาง LINE",
}


class DutyError(ValueError):
    """The step cannot be taken. The message is Thai and can be shown as it is."""


# -- sight -----------------------------------------------------------------------------------------------


def visible_to(staff: Staff) -> ColumnElement[bool]:
    """Condition on Duty: one's own and one's unit's; all for ปลัด, นายก and admins."""
    if staff.role in WHOLE_AGENCY:
        return true()
    own: ColumnElement[bool] = Duty.owner_id == staff.id
    return own if staff.unit_id is None else or_(own, Duty.unit_id == staff.unit_id)


def may_see(duty: Duty, staff: Staff) -> bool:
    """The same as visible_to, for a duty in hand."""
    if not staff.active or duty.agency_id != staff.agency_id:
        return False
    if staff.role in WHOLE_AGENCY or duty.owner_id == staff.id:
        return True
    return staff.unit_id is not None and duty.unit_id == staff.unit_id


def allowed(duty: Duty, staff: Staff) -> set[str]:
    """Names of the verbs below that this person may use on this duty now (submit and approve still look at the
    evidence)."""
    if not may_see(duty, staff):
        return set()
    leads = may_approve(staff, duty.unit_id)
    if duty.status not in LIVE_DUTY_STATUSES:
        return {"reopen"} if leads else set()
    verbs = {"record_progress", "postpone", "add_evidence"}
    if duty.status != "submitted":
        verbs.add("submit")
    elif leads:
        verbs.add("send_back")
        if duty.submitted_by_id != staff.id:
            verbs.add("approve")
    return verbs | {"cancel"} if leads else verbs


# -- verbs -----------------------------------------------------------------------------------------------


def record_progress(
    session: Session, agency: AgencyView, duty: Duty, staff: Staff, note: str, now: datetime
) -> DutyEvent:
    """Say how far it is, in words; an open duty is then under way. Raises DutyError."""
    _check(session, duty, staff, "record_progress")
    if duty.status == "open":
        duty.status, duty.started_at = "in_progress", duty.started_at or now
    duty.note = note.strip() or duty.note
    wake(duty, agency.calendar, now)
    return step(session, duty, "progress", now, staff, note.strip())


def submit(session: Session, agency: AgencyView, duty: Duty, staff: Staff, now: datetime) -> DutyEvent:
    """Send the duty in for a second person to close it; needs evidence. Raises DutyError."""
    _check(session, duty, staff, "submit")
    if not evidence.of(session, duty):
        raise DutyError("ยังไม่มีหลักฐาน กรุณาแนบลิงก์ เลขที่คำสั่ง ไฟล์ รูป หรือกิจกรรม ก่อนส่งตรวจรับ")
    duty.status, duty.submitted_at, duty.submitted_by_id = "submitted", now, staff.id
    duty.started_at = duty.started_at or now
    wake(duty, agency.calendar, now)
    withdraw_unsent(session, agency, duty, now)
    event = step(session, duty, "submitted", now, staff)
    people = [person for person in notify.unit_heads(session, duty.unit_id) if person.id != staff.id]
    # A head's own work goes to ปลัด: a second person closes it.
    people = people or [person for person in notify.clerks(session) if person.id != staff.id]
    tell(session, agency, duty, people, "รอตรวจรับ", f"ส่งโดย {staff.name}", f"submitted:{event.id}")
    return event


def approve(
    session: Session,
    agency: AgencyView,
    duty: Duty,
    staff: Staff,
    now: datetime,
    seen: Collection[int] | None = None,
) -> DutyEvent:
    """Close the duty: a second person found its evidence good (R47). `seen`: the ids of the evidence that this person
    looked at; what came in later is not approved unseen (DutyError). Raises DutyError."""
    _check(session, duty, staff, "approve")
    pieces = evidence.of(session, duty)
    if not pieces:
        raise DutyError("ยังไม่มีหลักฐาน จึงตรวจรับไม่ได้")
    if seen is not None and any(piece.id not in seen for piece in pieces):
        raise DutyError("มีหลักฐานเพิ่มเข้ามาใหม่ กรุณาตรวจดูอีกครั้งก่อนตรวจรับ")
    waiting = [piece for piece in pieces if piece.approved_at is None]
    try:
        for piece in waiting:
            evidence.check_second_person(session, piece, staff)
    except EvidenceError as error:
        raise DutyError(str(error)) from error
    for piece in waiting:
        evidence.approve_evidence(session, piece, staff, now)
    duty.status, duty.done_at, duty.approved_by_id = "done", now, staff.id
    wake(duty, agency.calendar, now)
    withdraw_unsent(session, agency, duty, now)
    event = step(session, duty, "approved", now, staff)
    tell(session, agency, duty, _doers(session, duty, staff), "ตรวจรับแล้ว", f"โดย {staff.name}", f"approved:{event.id}")
    return event


def send_back(session: Session, agency: AgencyView, duty: Duty, staff: Staff, reason: str, now: datetime) -> DutyEvent:
    """The evidence does not do: back to whoever does the work, with the reason. Raises DutyError."""
    reason = _reason(reason, "กรุณาบอกว่าต้องแก้ไขอะไร")
    _check(session, duty, staff, "send_back")
    people = _doers(session, duty, staff)
    duty.status, duty.submitted_at, duty.submitted_by_id = "in_progress", None, None
    wake(duty, agency.calendar, now)
    event = step(session, duty, "returned", now, staff, reason)
    tell(session, agency, duty, people, "ส่งกลับให้แก้ไข", reason, f"returned:{event.id}")
    return event


def postpone(
    session: Session, agency: AgencyView, duty: Duty, staff: Staff, new_day: date, reason: str, now: datetime
) -> DutyEvent:
    """Move the last day, off closed days; what the rule said stays in `planned_on`. The head hears of it. Raises
    DutyError."""
    reason = _reason(reason, "กรุณาบอกเหตุผลที่เลื่อน")
    _check(session, duty, staff, "postpone")
    day = agency.calendar.shift_deadline(new_day)
    if day <= bangkok_date(now):
        raise DutyError("วันใหม่ต้องอยู่หลังวันนี้")
    if day == duty.due_on:
        raise DutyError("วันนี้เป็นกำหนดเดิมอยู่แล้ว")
    before, duty.due_on = duty.due_on, day
    wake(duty, agency.calendar, now)
    withdraw_unsent(session, agency, duty, now)
    event = step(session, duty, "postponed", now, staff, reason, {"from": before.isoformat(), "to": day.isoformat()})
    people = [person for person in notify.unit_heads(session, duty.unit_id) if person.id != staff.id]
    words = f"{staff.name} เลื่อนจาก {format_date(before)}: {reason}"
    tell(session, agency, duty, people, "เลื่อนกำหนด", words, f"postponed:{event.id}")
    return event


def cancel(session: Session, agency: AgencyView, duty: Duty, staff: Staff, reason: str, now: datetime) -> DutyEvent:
    """It need not be done in this period, with the reason. Raises DutyError."""
    reason = _reason(reason, "กรุณาบอกเหตุผลที่ไม่ต้องทำ")
    _check(session, duty, staff, "cancel")
    duty.status, duty.cancel_reason = "cancelled", reason
    duty.submitted_at = duty.submitted_by_id = None
    wake(duty, agency.calendar, now)
    withdraw_unsent(session, agency, duty, now)
    event = step(session, duty, "cancelled", now, staff, reason)
    tell(session, agency, duty, _doers(session, duty, staff), "ไม่ต้องทำแล้ว", reason, f"cancelled:{event.id}")
    return event


def reopen(session: Session, agency: AgencyView, duty: Duty, staff: Staff, reason: str, now: datetime) -> DutyEvent:
    """Closed or cancelled by mistake: open it again, with the reason; its evidence stays. Raises DutyError."""
    reason = _reason(reason, "กรุณาบอกเหตุผลที่เปิดงานอีกครั้ง")
    _check(session, duty, staff, "reopen")
    duty.status = "in_progress" if duty.started_at else "open"
    duty.cancel_reason = ""
    duty.submitted_at = duty.submitted_by_id = duty.done_at = duty.approved_by_id = None
    wake(duty, agency.calendar, now)
    event = step(session, duty, "reopened", now, staff, reason)
    tell(session, agency, duty, _doers(session, duty, staff), "เปิดงานอีกครั้ง", reason, f"reopened:{event.id}")
    return event


# -- what the slice's other modules use too --------------------------------------------------------------


def step(
    session: Session,
    duty: Duty,
    action: str,
    now: datetime,
    staff: Staff | None = None,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> DutyEvent:
    """Write one step of the duty's story (ACTION_LABELS names it) and the audit log; None: the clock did it."""
    event = DutyEvent(
        duty_id=duty.id, at=now, action=action, staff_id=staff.id if staff else None, note=note, detail=detail or {}
    )
    session.add(event)
    session.flush()
    actor = f"staff:{staff.id}" if staff else "clock"
    audit.record(session, actor, f"duty_{action}", f"duty:{duty.id}", **(detail or {}))
    return event


def wake(duty: Duty, calendar: WorkCalendar, now: datetime) -> None:
    """Store when the clock has to look at this duty next."""
    duty.wake_at = next_wake(duty, calendar, now)


def name_of(duty: Duty) -> str:
    """Title and period in one line."""
    return f"{duty.title} ({duty.period_label})" if duty.period_label else duty.title


def tell(
    session: Session,
    agency: AgencyView,
    duty: Duty,
    people: Iterable[Staff],
    what: str,
    words: str,
    key: str,
) -> int:
    """Tell these people on LINE what became of the duty; `key` makes it once. How many were told."""
    card = Card(
        what,
        (Row("งาน", name_of(duty)), Row("ครบกำหนด", format_date(duty.due_on, "weekday"))),
        note=words,
        buttons=(Choice("เปิดดู", f"{agency.public_url}/console/duties/{duty.id}", "link"),),
    )
    return notify.tell_staff(session, people, [card], f"duty:{duty.id}:{key}", f"duty:{duty.id}")


def _doers(session: Session, duty: Duty, but: Staff) -> list[Staff]:
    """Who does the work: the owner and whoever sent it in, without the person who acts."""
    ids = {duty.owner_id, duty.submitted_by_id} - {None, but.id}
    return list(session.scalars(select(Staff).where(Staff.id.in_(ids), Staff.active).order_by(Staff.id)))


def _check(session: Session, duty: Duty, staff: Staff, verb: str) -> None:
    """Lock the duty, so that of two people who act at once the second sees what the first did; raise DutyError unless
    this person may do this now."""
    session.flush()
    session.refresh(duty, with_for_update={"key_share": True})
    if verb in allowed(duty, staff):
        return
    if not may_see(duty, staff):
        raise DutyError("ไม่พบงานนี้ หรือคุณไม่มีสิทธิ์ดู")
    if verb == "approve" and duty.status == "submitted" and duty.submitted_by_id == staff.id:
        raise DutyError("ผู้ส่งงานตรวจรับเองไม่ได้ ต้องให้อีกคนหนึ่งตรวจ")
    needs = {"approve": ("submitted",), "send_back": ("submitted",), "reopen": ("done", "cancelled")}
    if duty.status in needs.get(verb, LIVE_DUTY_STATUSES) and not may_approve(staff, duty.unit_id):
        raise DutyError("ทำขั้นตอนนี้ได้เฉพาะหัวหน้าส่วนงาน ปลัด นายก หรือผู้ดูแลระบบ")
    raise DutyError(f"ทำขั้นตอนนี้ไม่ได้ เพราะงานนี้อยู่ในสถานะ{STATUS_LABELS[duty.status]}แล้ว")


def _reason(text: str, message: str) -> str:
    if not text.strip():
        raise DutyError(message)
    return text.strip()
