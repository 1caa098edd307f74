"""The verbs around a citizen who helps with a complaint. None commits; each is in the audit log.

The person's name stands in one column and nowhere else: thread, timeline, outbox and log speak of "ผู้แทนคนที่ 1".
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.representatives import words
from handlers.representatives.rules import CURRENT, RepresentativeError, is_helpable, lock, tell_staff
from models.agency import Staff
from models.case import Case
from models.conversation import Conversation
from models.representative import Representative
from models.thread import Attachment, ThreadMessage
from thai.dates import bangkok_date

LONGEST_MESSAGE = 2000


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
    tell_staff(
        session, agency, row, "ผู้แทนภาคประชาชนส่งข้อมูล", f"represented:{row.id}:heard:{int(now.timestamp()) // 600}"
    )
    return message


def write(session: Session, row: Representative, staff: Staff, text: str, now: datetime) -> ThreadMessage:
    """Words of the staff to the representative, kept in the case's thread as a note. Raises RepresentativeError."""
    lock(session, row)
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
    lock(session, row)
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
    tell_staff(session, agency, row, "ผู้แทนภาคประชาชนขอเลิก", f"represented:{row.id}:left")


def forget(session: Session, row: Representative, staff: Staff) -> None:
    """Take the name out, as the person asked (PDPA s.33); what the case's file says stays, without a name. Raises
    RepresentativeError."""
    lock(session, row)
    if row.status in CURRENT:
        raise RepresentativeError("ให้สิ้นสุดก่อน แล้วจึงลบชื่อได้")
    row.name = ""
    session.flush()
    audit.record(session, f"staff:{staff.id}", "representative_forgotten", f"case:{row.case_id}", representative=row.id)


def reachable(session: Session, row: Representative) -> bool:
    """False when the person blocked the account: messages will not arrive."""
    talk = session.get(Conversation, row.conversation_id) if row.conversation_id is not None else None
    return talk is None or talk.reachable
