"""What turns out to be about corruption: its words, files and notices go to the last byte, and the person is shown the
door made for it. Questions and cases forget alike; nothing that is left says why.

The guard recognises most of it before anything is stored; this is for the officer who reads what it did not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from handlers import notify
from handlers.agencies import AgencyView
from handlers.messages import MENU, Choice, Say
from models.outbox import OutboxMessage
from models.thread import Attachment, ThreadMessage

# It says neither what was written nor of what kind it was: somebody else may hold the telephone.
MOVED = (
    "ข้อความล่าสุดที่ส่งถึงเจ้าหน้าที่ ถูกลบออกจากระบบของเราแล้วค่ะ\n"
    "เรื่องแบบนี้มีช่องทางเฉพาะที่ปลอดภัยกว่า กดปุ่มด้านล่างได้เลยนะคะ\n"
    "(ข้อความในแชตยังอยู่ที่ LINE ลบจากเครื่องของคุณได้ค่ะ)"
)
DOOR = Choice("ช่องทางเฉพาะ", "menu:integrity")


class StillSending(ValueError):
    """A notice with the words is being sent this very moment; str() is Thai, for staff."""


def forget_thread(session: Session, messages: Iterable[ThreadMessage]) -> None:
    """Empty these messages and forget their files."""
    for message in messages:
        if message.attachment_id is not None:
            forget_file(session.get_one(Attachment, message.attachment_id))
        message.text, message.unsent, message.attachment_id, message.outbox_id = "", True, None, None
    session.flush()


def forget_file(file: Attachment) -> None:
    """The file belongs to nothing any more and is shown to nobody; bot/attachments.py deletes it from the disk."""
    file.status, file.error, file.file_name, file.case_id = "gone", "เจ้าหน้าที่ลบ", "", None
    file.gps_latitude = file.gps_longitude = file.shown_key = None
    file.shown_as = ""


def forget_notices(session: Session, subject: str, *others: ColumnElement[bool]) -> None:
    """Delete what was said or is to be said about `subject` ("case:12"), and the messages that one of `others`
    describes. Raises StillSending: then the caller's transaction must not be kept."""
    theirs = or_(OutboxMessage.subject == subject, *others)
    session.execute(delete(OutboxMessage).where(theirs, OutboxMessage.status != "sending"))
    # Looked for after the deletion, which waited for a sender that was taking one.
    if session.scalar(select(OutboxMessage.id).where(theirs).limit(1)) is not None:
        raise StillSending("มีข้อความของเรื่องนี้กำลังส่งอยู่ กรุณารอสักครู่แล้วกดอีกครั้ง")


def show_the_door(session: Session, agency: AgencyView, conversation_id: int, now: datetime) -> None:
    """Tell the person. Nothing in the console shows that this person was sent there: the notice has no subject."""
    key = f"{agency.id}:moved:{conversation_id}:{now.isoformat()}"
    notify.tell(session, conversation_id, [Say(MOVED, (DOOR, MENU))], key)
