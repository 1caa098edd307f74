"""A question that turns out to be about corruption: what was written goes, the person is shown the door made for it."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy.orm import Session

from handlers import audit, forgetting
from handlers.agencies import AgencyView
from handlers.questions.operations import QuestionError, thread
from models.agency import Staff
from models.conversation import Conversation
from models.question import Question


def forget(session: Session, agency: AgencyView, question: Question, staff: Staff, now: datetime) -> None:
    """Empty the question, its thread, its files and every notice about it; close it; point to the integrity desk.

    What is left is a closed question without words. Raises QuestionError while a notice with its words is being
    sent this very moment."""
    conversation = None
    if question.conversation_id is not None:  # first, as in the person's own turn: no two wait crosswise
        conversation = session.get_one(Conversation, question.conversation_id, with_for_update=True)
    session.refresh(question, with_for_update=True)
    subject = f"question:{question.id}"
    question.text, question.faq_id = "", None
    question.status, question.closed_at = "closed", now
    forgetting.forget_thread(session, thread(session, question))
    try:
        forgetting.forget_notices(session, subject)
    except forgetting.StillSending as error:
        raise QuestionError(str(error)) from None
    audit.record(session, f"staff:{staff.id}", "question_forgotten", subject)
    if conversation is None:
        return
    if conversation.handoff_id == question.id:
        conversation.handoff_id = None
    state = json.loads(conversation.state)
    state.pop("last", None)
    conversation.state = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    forgetting.show_the_door(session, agency, conversation.id, now)
    session.flush()
