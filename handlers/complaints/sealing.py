"""A case that turns out to be about corruption: what was written goes, the person is shown the door made for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from handlers import audit, forgetting
from handlers.agencies import AgencyView
from handlers.complaints.rules import CaseError, check
from handlers.complaints.timeline import actor_of, start_clock
from models.agency import Staff
from models.case import OPEN_STATUSES, Case, CaseEvent, CaseSubscriber
from models.conversation import Conversation
from models.form import Request
from models.outbox import OutboxMessage
from models.representative import Representative
from models.thread import Attachment, ThreadMessage


def forget(session: Session, agency: AgencyView, case: Case, staff: Staff, now: datetime) -> None:
    """Empty the case, its thread, its steps, its files and every notice about it; end it; point to the integrity desk.

    What is left is what is counted: a number that stays taken, kind, หมู่, unit, states and times; an open case becomes
    a cancelled one. Raises CaseError, also while a notice with its words is being sent this very moment."""
    if case.conversation_id is not None:  # first, as in the person's own turn: no two wait crosswise
        session.get(Conversation, case.conversation_id, with_for_update=True)
    check(session, case, staff, "forget")
    subject, conversation_id = f"case:{case.id}", case.conversation_id
    if case.status in OPEN_STATUSES:
        start_clock(session, agency, case, now)
        case.status, case.sub_status, case.closed_at = "cancelled", "", now
    case.detail = case.landmark = case.close_reason = case.transferred_to = case.transfer_reference = ""
    case.reporter_name = case.reporter_phone = ""
    case.latitude = case.longitude = case.conversation_id = None
    case.anonymous = True
    session.execute(update(Request).where(Request.case_id == case.id).values(answers={}))
    session.execute(update(CaseEvent).where(CaseEvent.case_id == case.id).values(public_note=""))
    session.execute(delete(CaseSubscriber).where(CaseSubscriber.case_id == case.id))
    for helper in session.scalars(select(Representative).where(Representative.case_id == case.id)):
        helper.name = helper.task = ""
        helper.conversation_id = helper.code_hash = None
        if helper.status in ("invited", "active"):
            helper.status, helper.end_reason, helper.ended_at = "ended", "case", now
    forgetting.forget_thread(
        session, session.scalars(select(ThreadMessage).where(ThreadMessage.case_id == case.id)).all()
    )
    for file in session.scalars(select(Attachment).where(Attachment.case_id == case.id)):
        forgetting.forget_file(file)
    try:
        # While the form was filled in, its answers were said back (the summary), about no case yet.
        said_back = and_(
            OutboxMessage.conversation_id == conversation_id,
            OutboxMessage.subject == "",
            OutboxMessage.created_at <= case.opened_at,
        )
        forgetting.forget_notices(session, subject, said_back)
    except forgetting.StillSending as error:
        raise CaseError(str(error)) from None
    audit.record(session, actor_of(staff), "case_forgotten", subject)
    session.execute(update(Conversation).where(Conversation.reply_case_id == case.id).values(reply_case_id=None))
    if conversation_id is not None:
        forgetting.show_the_door(session, agency, conversation_id, now)
    session.flush()
    session.expire(case, ["conversation"])
