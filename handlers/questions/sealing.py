"""A question that turns out to be about corruption: what was written goes, the person is shown the door made for it.

The guard recognises most of them before anything is stored; this is for the officer who reads one that it did not.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.dialogue import MENU
from handlers.messages import Choice, Say
from handlers.questions.operations import QuestionError, thread
from models.agency import Staff
from models.conversation import Conversation
from models.outbox import OutboxMessage
from models.question import Question
from models.thread import Attachment

# It says neither what was written nor of what kind it was: somebody else may hold the telephone.
MOVED = (
    "ข้อความล่าสุดที่ส่งถึงเจ้าหน้าที่ ถูกลบออกจากระบบถาม-ตอบของเราแล้วค่ะ\n"
    "เรื่องแบบนี้มีช่องทางเฉพาะที่ปลอดภัยกว่า กดปุ่มด้านล่างได้เลยนะคะ\n"
    "(ข้อความในแชตยังอยู่ที่ LINE ลบจากเครื่องของคุณได้ค่ะ)"
)
DOOR = Choice("ช่องทางเฉพาะ", "menu:integrity")


def forget(session: Session, agency: AgencyView, question: Question, staff: Staff, now: datetime) -> None:
    """Empty the question, its thread, its files and every notice about it; close it; point to the integrity desk.

    What is left is a closed question without words. Raises QuestionError while a notice with its words is being
    sent this very moment."""
    session.refresh(question, with_for_update=True)
    subject = f"question:{question.id}"
    under_way = select(OutboxMessage.id).where(OutboxMessage.subject == subject, OutboxMessage.status == "sending")
    if session.scalar(under_way.limit(1)) is not None:
        raise QuestionError("มีข้อความของเรื่องนี้กำลังส่งอยู่ กรุณารอสักครู่แล้วกดอีกครั้ง")
    question.text, question.faq_id = "", None
    question.status, question.closed_at = "closed", now
    for message in thread(session, question):
        if message.attachment_id is not None:
            _forget_file(session.get_one(Attachment, message.attachment_id))
        message.text, message.unsent, message.attachment_id, message.outbox_id = "", True, None, None
    session.flush()
    session.execute(delete(OutboxMessage).where(OutboxMessage.subject == subject))
    audit.record(session, f"staff:{staff.id}", "question_forgotten", subject)
    if question.conversation_id is None:
        return
    conversation = session.get_one(Conversation, question.conversation_id, with_for_update=True)
    if conversation.handoff_id == question.id:
        conversation.handoff_id = None
    state = json.loads(conversation.state)
    state.pop("last", None)
    conversation.state = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    # Without the question as its subject: nothing shows in the console that this person was sent there.
    key = f"{agency.id}:moved:{conversation.id}:{now.isoformat()}"
    notify.tell(session, conversation.id, [Say(MOVED, (DOOR, MENU))], key)
    session.flush()


def _forget_file(file: Attachment) -> None:
    """The file itself goes with the next cleaning: it belongs to nothing any more."""
    file.status, file.error = "gone", "เจ้าหน้าที่ลบ"
    file.gps_latitude = file.gps_longitude = None
