"""The verbs that change a case. None commits; each writes the timeline and the audit log and tells who must know.

Called alike by the chat, the pages, the clock and the command line. What ends a case is in closing.py, what gives it
another kind in sorting.py, what empties it in sealing.py; all are reached from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.complaints import due, notices, routing
from handlers.complaints.closing import cancel, confirm, done, merge, not_done, rate, reject, transfer
from handlers.complaints.escalation import warn_and_escalate, warn_and_escalate_due
from handlers.complaints.lookup import find_by_secret
from handlers.complaints.rules import CaseError, accused, allowed, check, kept, visible_to
from handlers.complaints.sealing import forget
from handlers.complaints.similar import similar_open
from handlers.complaints.sorting import categorise
from handlers.complaints.timeline import actor_of, start_clock, step, stop_clock
from handlers.numbers import hash_secret, new_secret, next_number
from models.agency import Staff
from models.case import OPEN_STATUSES, SUB_STATUSES, Case, CaseSubscriber
from models.conversation import Consent, Conversation
from models.thread import Attachment, ThreadMessage
from thai.dates import bangkok_date

__all__ = [
    "CaseError", "NewCase", "accept", "allowed", "answer", "assign", "cancel", "categorise", "claim", "confirm", "done",
    "find_by_secret", "forget", "hear", "merge", "not_done", "note", "open_case", "progress", "rate", "reject",
    "similar_open", "subscribe", "transfer", "visible_to", "warn_and_escalate", "warn_and_escalate_due",
]  # fmt: skip

PREFIX = {"complaint": "C", "request": "R"}  # of a case's number
SHOWN = 300  # characters of the complaint on a staff member's card


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a reporter gave; a category of kind "request" makes it a request. `place` has moo, landmark, latitude,
    longitude; `photos` are attachment ids.
    `accused_unit_id` counts only for a category about conduct; `notice_version` is the privacy notice agreed to."""

    category_code: str
    detail: str
    place: dict[str, Any] | None
    photos: tuple[int, ...] = ()
    name: str = ""
    phone: str = ""
    anonymous: bool = False
    channel: str = "line"
    conversation_id: int | None = None
    accused_unit_id: int | None = None
    notice_version: int | None = None


def open_case(
    session: Session, agency: AgencyView, new: NewCase, actor: str, now: datetime, secret_key: str
) -> tuple[Case, str]:
    """File a complaint or a request: number, due date, unit and assignee. Returns the case and its secret, which is
    known only now. Raises CaseError."""
    category = agency.category(new.category_code)
    if category is None:
        raise CaseError("ไม่พบประเภทเรื่องนี้ กรุณาเลือกใหม่ค่ะ")
    if not new.detail.strip():
        raise CaseError("ขอรายละเอียดของเรื่องด้วยนะคะ")
    place = new.place or {}
    number, year = next_number(session, agency.id, PREFIX[category.kind], bangkok_date(now))
    secret = new_secret()
    case = Case(
        kind=category.kind,
        number=number,
        fiscal_year=year,
        secret_hash=hash_secret(secret_key, number, secret),
        category_id=category.id,
        detail=new.detail.strip(),
        moo=place.get("moo"),
        landmark=place.get("landmark") or "",
        latitude=place.get("latitude"),
        longitude=place.get("longitude"),
        anonymous=new.anonymous or not new.name.strip(),
        reporter_name="" if new.anonymous else new.name.strip(),
        reporter_phone=new.phone,
        conversation_id=new.conversation_id,
        channel=new.channel,
        opened_at=now,
        due_at=due.due_of(agency, category, now),
    )
    if category.conduct:
        routing.to_leaders(session, agency, case, new.accused_unit_id)
    else:
        routing.to_unit(session, case, category.unit_id)
    session.add(case)
    session.flush()
    _take_photos(session, case, new.photos, "before")
    if new.notice_version is not None and new.conversation_id is None:
        session.add(Consent(case_id=case.id, notice_version=new.notice_version, at=now))
    step(session, case, actor, "opened", now, category=category.code, channel=case.channel, unit=case.unit_id)
    people = routing.first_told(session, case)
    title = "มีคำขอใหม่" if case.kind == "request" else "มีเรื่องร้องเรียนใหม่"
    notices.to_staff(session, agency, case, people, title, "opened", case.detail[:SHOWN])
    return case, secret


def _take_photos(session: Session, case: Case, photos: tuple[int, ...], role: str) -> None:
    """Give files that the same person sent, and that no case has yet, to this case."""
    if photos:
        session.execute(
            update(Attachment)
            .where(
                Attachment.id.in_(photos),
                Attachment.case_id.is_(None),
                Attachment.conversation_id.is_not_distinct_from(case.conversation_id),
            )
            .values(case_id=case.id, role=role)
        )


def accept(session: Session, agency: AgencyView, case: Case, staff: Staff, now: datetime, note: str = "") -> None:
    """Take the case on. Raises CaseError."""
    check(session, case, staff, "accept")
    case.status, case.accepted_at = "accepted", now
    if case.assignee_id is None:
        case.assignee_id = staff.id
    event = step(session, case, actor_of(staff), "accepted", now, note)
    notices.accepted(session, agency, case, event, actor_of(staff))


def assign(
    session: Session,
    agency: AgencyView,
    case: Case,
    staff: Staff,
    unit_id: int | None,
    assignee_id: int | None,
    now: datetime,
) -> None:
    """Give the case to a unit, and to a person of it (None: the unit's named officer). Raises CaseError."""
    check(session, case, staff, "assign")
    if unit_id is not None and unit_id not in agency.units:
        raise CaseError("ไม่พบส่วนงานนี้")
    if unit_id is not None and unit_id == case.accused_unit_id:
        raise CaseError("มอบเรื่องให้ส่วนงานที่ถูกร้องเรียนไม่ได้")
    assignee = session.get(Staff, assignee_id) if assignee_id is not None else notify.answerer(session, unit_id)
    if assignee_id is not None and (assignee is None or not assignee.active):
        raise CaseError("ไม่พบเจ้าหน้าที่คนนี้ หรือปิดบัญชีแล้ว")
    if assignee is not None and accused(case, assignee):
        raise CaseError("มอบเรื่องให้คนของส่วนงานที่ถูกร้องเรียนไม่ได้")
    case.unit_id, case.assignee_id = unit_id, assignee.id if assignee else None
    session.flush()
    session.expire(case, ["assignee", "unit"])
    event = step(session, case, actor_of(staff), "assigned", now, unit=unit_id, assignee=case.assignee_id)
    if case.assignee_id != staff.id:
        people = notices.responsible(session, case)
        notices.to_staff(session, agency, case, people, "มีเรื่องมอบหมายถึงคุณ", f"assigned:{event.id}", case.detail[:SHOWN])


def progress(
    session: Session,
    agency: AgencyView,
    case: Case,
    staff: Staff,
    now: datetime,
    sub_status: str,
    note: str,
    expected: date | None = None,
) -> None:
    """Tell how far it is. Waiting for a budget, a purchase, the law or another agency stops the clock; anything else
    starts it again. `expected` (Bangkok date) is told to the reporter, moved to a working day. Raises CaseError."""
    check(session, case, staff, "progress")
    if sub_status and sub_status not in SUB_STATUSES:
        raise CaseError("ไม่รู้จักขั้นตอนนี้")
    if expected is not None and expected < bangkok_date(now):
        raise CaseError("วันที่คาดว่าเสร็จผ่านไปแล้ว กรุณาเลือกวันใหม่")
    if expected is not None:
        expected = agency.calendar.shift_deadline(expected)
    moved = False
    if sub_status != case.sub_status or sub_status not in due.PAUSING:
        moved = start_clock(session, agency, case, now)
        if sub_status in due.PAUSING:
            stop_clock(session, case, sub_status, now)
    case.status, case.sub_status = "in_progress", sub_status
    case.accepted_at = case.accepted_at or now
    event = step(
        session, case, actor_of(staff), "progress", now, note.strip(),
        sub_status=sub_status, expected=expected.isoformat() if expected else None,
    )  # fmt: skip
    notices.progressed(session, agency, case, event, expected, moved, actor_of(staff))


def answer(
    session: Session,
    agency: AgencyView,
    case: Case,
    staff: Staff,
    text: str,
    now: datetime,
    attachment_id: int | None = None,
    *,
    secret_key: str = "",
) -> ThreadMessage:
    """The officer's words to the reporter, who can write back at once. A photo goes along when `secret_key` (of the
    installation) can sign its link. Raises CaseError.

    The case is not locked: its state does not change, and the reporter's own turn may hold their conversation."""
    if "answer" not in allowed(case, staff):
        raise CaseError("ตอบเรื่องนี้ไม่ได้ หรือคุณไม่มีสิทธิ์")
    if not text.strip() and attachment_id is None:
        raise CaseError("กรุณาพิมพ์ข้อความก่อนส่ง")
    attachment = session.get(Attachment, attachment_id) if attachment_id is not None else None
    message = ThreadMessage(
        case_id=case.id, direction="out", text=text.strip(), staff_id=staff.id, attachment_id=attachment_id, at=now
    )
    session.add(message)
    session.flush()
    pictures = []
    if attachment is not None:
        attachment.case_id, attachment.role = case.id, "thread"
        if secret_key and attachment.kind == "image":
            pictures.append(notices.photo_message(agency, attachment, now, secret_key))
    row = notices.answered(session, agency, case, text.strip(), message.id, pictures)
    message.outbox_id = row.id if row else None
    if case.conversation_id is not None:
        session.execute(
            update(Conversation).where(Conversation.id == case.conversation_id).values(reply_case_id=case.id)
        )
    audit.record(session, actor_of(staff), "case_answered", f"case:{case.id}", message=message.id)
    return message


def hear(
    session: Session,
    agency: AgencyView,
    case: Case,
    now: datetime,
    *,
    text: str = "",
    line_message_id: str | None = None,
    attachment_id: int | None = None,
) -> ThreadMessage:
    """The reporter's further words or file, for the officer's thread; staff are told at most once in ten minutes.

    Raises CaseError for a case whose words were deleted for good."""
    kept(case)
    message = ThreadMessage(
        case_id=case.id,
        direction="in",
        text=text,
        line_message_id=line_message_id,
        attachment_id=attachment_id,
        at=now,
    )
    session.add(message)
    if attachment_id is not None:
        attachment = session.get_one(Attachment, attachment_id)
        attachment.case_id, attachment.role = case.id, "thread"
    session.flush()
    actor = f"citizen:{case.conversation_id}" if case.conversation_id is not None else "web"
    audit.record(session, actor, "case_heard", f"case:{case.id}", message=message.id)
    key = f"heard:{int(now.timestamp()) // 600}"
    notices.to_staff(session, agency, case, notices.responsible(session, case), "ผู้แจ้งส่งข้อความเพิ่ม", key)
    return message


def note(session: Session, case: Case, staff: Staff, text: str, now: datetime) -> ThreadMessage:
    """A note that only staff see. Raises CaseError."""
    if "note" not in allowed(case, staff):
        raise CaseError("ไม่พบเรื่องนี้ หรือคุณไม่มีสิทธิ์ดู")
    if not text.strip():
        raise CaseError("กรุณาพิมพ์ข้อความก่อนบันทึก")
    message = ThreadMessage(case_id=case.id, direction="note", text=text.strip(), staff_id=staff.id, at=now)
    session.add(message)
    session.flush()
    audit.record(session, actor_of(staff), "case_noted", f"case:{case.id}", message=message.id)
    return message


def subscribe(session: Session, case: Case, conversation_id: int, now: datetime) -> None:
    """Tell this person of the case's progress from now on; nothing for its reporter or for one who follows already.

    Raises CaseError for a case that has ended or that concerns conduct (R17)."""
    if case.category.conduct or case.status not in OPEN_STATUSES:
        raise CaseError("เรื่องนี้ติดตามร่วมไม่ได้แล้วค่ะ แจ้งเป็นเรื่องใหม่ได้เลยค่ะ")
    known = select(CaseSubscriber.id).where(
        CaseSubscriber.case_id == case.id, CaseSubscriber.conversation_id == conversation_id
    )
    if case.conversation_id == conversation_id or session.scalar(known) is not None:
        return
    session.add(CaseSubscriber(case_id=case.id, conversation_id=conversation_id, at=now))
    step(session, case, f"citizen:{conversation_id}", "subscribed", now)


def claim(session: Session, case: Case, conversation_id: int, now: datetime) -> None:
    """The holder of number and secret follows the case in this chat: as its reporter if it has none yet. Raises
    CaseError for a case that cannot be followed any more."""
    kept(case)
    if case.conversation_id is None:
        case.conversation_id = conversation_id
        step(session, case, f"citizen:{conversation_id}", "claimed", now)
    elif case.conversation_id != conversation_id:
        subscribe(session, case, conversation_id, now)
