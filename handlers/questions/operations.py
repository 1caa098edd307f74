"""The verbs of a question that a person answers. Each writes the audit log and tells who must know; none commits.

In a chat turn the citizen's own conversation is `turn.talk` (settled at the end of the turn), so `hand_over` and
`hear` leave the conversation alone and chat.py changes it; what staff do changes the citizen's Conversation row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, true, union_all
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Session

from handlers import audit, notify, numbers
from handlers.agencies import AgencyView
from handlers.questions import guard, words
from models.agency import Staff, Unit
from models.conversation import Conversation
from models.question import TO_CLIMB, Question
from models.thread import Attachment, ThreadMessage
from thai.dates import bangkok_date

ANSWER_HOURS = 8.0  # office hours until an answer is due; settings: answer_working_hours, direct_line_working_hours
DIRECT_HOURS = 24.0
WIDE_ROLES = ("clerk", "mayor", "admin")  # see every unit's questions and the direct line
LOOK_AGAIN = timedelta(hours=12)  # the clock, at the latest: the agency may have changed its holidays
QUIET_SECONDS = 120  # an officer is told of further words at most so often: LINE counts pushes


class QuestionError(ValueError):
    """What was asked for cannot be done; str() is Thai, for the person."""


def hand_over(
    session: Session,
    agency: AgencyView,
    text: str,
    now: datetime,
    *,
    conversation_id: int | None = None,
    channel: str = "line",
    unit_id: int | None = None,
    direct_line: bool = False,
    line_message_id: str | None = None,
    attachment_id: int | None = None,
    question: Question | None = None,
    actor: str = "",
) -> Question:
    """Give a question to a person: number, unit, named officer (R02), due time; the officer is told.

    `question`: one that the bot answered before and that now goes to a person. `actor`: who typed it in, for
    the audit log; left out, it is the citizen. Raises QuestionError for an empty question."""
    if not text.strip() and attachment_id is None:
        raise QuestionError("ขอทราบคำถามสั้น ๆ ก่อนนะคะ")
    fresh = question is None
    question = question or Question(text=text.strip(), conversation_id=conversation_id, channel=channel, asked_at=now)
    question.number, _ = numbers.next_number(session, agency.id, "Q", bangkok_date(now))
    question.status, question.faq_id = "waiting", None  # the bot's answer, if there was one, was none
    question.direct_line = direct_line
    question.unit_id = None if direct_line else (unit_id or office_unit(agency))
    people = _direct_line_people(session) if direct_line else _one(notify.answerer(session, question.unit_id))
    question.assignee_id = people[0].id if people else None
    question.due_at = _due(agency, question, now)
    question.escalation = 1 if direct_line else 0  # the direct line has no unit head to climb to
    session.add(question)
    session.flush()
    message = _add(session, question, "in", text, now, line_message_id=line_message_id, attachment_id=attachment_id)
    actor = actor or (f"citizen:{conversation_id}" if conversation_id else "web")
    audit.record(
        session, actor, "question_handed_over", f"question:{question.id}",
        unit=question.unit_id, assignee=question.assignee_id, again=not fresh,
    )  # fmt: skip
    title = "คำถามถึงนายก (สายตรง)" if direct_line else f"คำถามใหม่ถึง{agency.unit_name(question.unit_id)}"
    _tell_staff(session, agency, question, people, title, _shown(session, message), f"asked:{message.id}")
    return question


def hear(
    session: Session,
    agency: AgencyView,
    question: Question,
    now: datetime,
    *,
    text: str = "",
    line_message_id: str | None = None,
    attachment_id: int | None = None,
) -> ThreadMessage:
    """Further words, or a file, of the citizen. More than thanks sets an answered or closed question waiting again."""
    _lock(session, question)
    message = _add(session, question, "in", text, now, line_message_id=line_message_id, attachment_id=attachment_id)
    if question.status != "waiting" and not _is_courtesy(text, attachment_id):
        _wait_again(agency, question, now)
    actor = f"citizen:{question.conversation_id}" if question.conversation_id else "web"
    audit.record(session, actor, "question_heard", f"question:{question.id}", message=message.id)
    told = f"heard:{question.id}:{int(now.timestamp()) // QUIET_SECONDS}"
    people = _responsible(session, question)
    _tell_staff(session, agency, question, people, "ผู้ถามเขียนเพิ่ม", _since_answer(session, question), told)
    return message


def answer(
    session: Session,
    agency: AgencyView,
    question: Question,
    staff: Staff,
    text: str,
    now: datetime,
    attachment_id: int | None = None,
    secret_key: str = "",
) -> ThreadMessage:
    """An officer's answer: it goes to the citizen's chat, and what they write next comes back to this thread.

    A photo goes along when `secret_key` (of the installation) can sign its link.
    Raises QuestionError for an empty answer."""
    if not text.strip() and attachment_id is None:
        raise QuestionError("กรุณาพิมพ์คำตอบก่อน")
    _lock(session, question)
    message = _add(session, question, "out", text, now, staff_id=staff.id, attachment_id=attachment_id)
    question.status, question.answered_at, question.closed_at = "answered", now, None
    question.assignee_id = question.assignee_id or staff.id
    if question.conversation_id is not None:
        conversation = session.get_one(Conversation, question.conversation_id)
        conversation.handoff_id = question.id
        outbox = notify.tell(
            session,
            conversation.id,
            words.answered(agency, question, staff, message, secret_key),
            f"{agency.id}:question:{question.id}:answer:{message.id}",
            f"question:{question.id}",
        )
        message.outbox_id = outbox.id if outbox else None
    audit.record(session, f"staff:{staff.id}", "question_answered", f"question:{question.id}", message=message.id)
    session.flush()
    return message


def note(session: Session, question: Question, staff: Staff, text: str, now: datetime) -> ThreadMessage:
    """An internal note, which the citizen never sees. Raises QuestionError for an empty one."""
    if not text.strip():
        raise QuestionError("กรุณาพิมพ์บันทึกก่อน")
    message = _add(session, question, "note", text, now, staff_id=staff.id)
    audit.record(session, f"staff:{staff.id}", "question_noted", f"question:{question.id}", message=message.id)
    return message


def assign(
    session: Session,
    agency: AgencyView,
    question: Question,
    actor_staff: Staff,
    unit_id: int | None,
    assignee_id: int | None,
    now: datetime,
) -> None:
    """Give the question to another unit or person (None: the unit's own answerer), who is told. The due time stays.

    Raises QuestionError for somebody who cannot take it."""
    _lock(session, question)
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise QuestionError("ไม่พบส่วนงานนี้")
    person = session.get(Staff, assignee_id) if assignee_id is not None else notify.answerer(session, unit_id)
    if assignee_id is not None and (person is None or not person.active):
        raise QuestionError("ไม่พบเจ้าหน้าที่คนนี้")
    if question.direct_line and person is not None and person.role not in WIDE_ROLES:
        raise QuestionError("สายตรงนายกมอบได้เฉพาะนายก ปลัด หรือผู้ดูแลระบบ")
    question.unit_id = unit_id
    question.assignee_id = person.id if person else None
    audit.record(
        session, f"staff:{actor_staff.id}", "question_assigned", f"question:{question.id}",
        unit=unit_id, assignee=question.assignee_id,
    )  # fmt: skip
    if person is not None and person.id != actor_staff.id:
        key = f"assigned:{question.id}:{int(now.timestamp())}"
        _tell_staff(session, agency, question, [person], "มอบหมายคำถามให้คุณ", question.text, key)


def close(session: Session, agency: AgencyView, question: Question, actor: str, now: datetime) -> None:
    """End the talk; closed by staff, the citizen is told once that the bot is back. Closing twice does nothing."""
    _lock(session, question)
    if question.status == "closed":
        return
    question.status, question.closed_at = "closed", now
    audit.record(session, actor, "question_closed", f"question:{question.id}")
    if question.conversation_id is None:
        return
    conversation = session.get_one(Conversation, question.conversation_id)
    if conversation.handoff_id == question.id:
        conversation.handoff_id = None
    if actor.startswith("staff:"):
        key = f"{agency.id}:question:{question.id}:closed:{now.isoformat()}"
        notify.tell(session, conversation.id, words.closed(question), key, f"question:{question.id}")
    session.flush()


def reopen(session: Session, agency: AgencyView, question: Question, actor: str, now: datetime) -> None:
    """Set an answered or closed question waiting again, with a new due time; who answers is told."""
    _lock(session, question)
    if question.status == "waiting":
        return
    _wait_again(agency, question, now)
    audit.record(session, actor, "question_reopened", f"question:{question.id}")
    key = f"reopened:{question.id}:{int(now.timestamp())}"
    _tell_staff(session, agency, question, _responsible(session, question), "ผู้ถามยังไม่ได้คำตอบ", question.text, key)


def give_feedback(session: Session, question: Question, good: bool, actor: str, now: datetime) -> None:
    """ "ได้คำตอบแล้ว" or "ยังไม่ใช่"; who has an answer need not wait for an officer."""
    _lock(session, question)
    question.feedback = good
    if good and question.status in ("answered", "waiting"):
        question.status, question.closed_at = "closed", now
    audit.record(session, actor, "question_feedback", f"question:{question.id}", good=good)


def escalate_waiting(session: Session, agency: AgencyView, now: datetime) -> int:
    """Tell the head of what is unanswered past its due time, and the ปลัด of what is still so one answer time later.

    Each step is told once, and urgently. Returns how many questions climbed a step."""
    climbed = 0
    waiting = select(Question).where(_to_look_at(now)).order_by(Question.id)
    for question in session.scalars(waiting.with_for_update(of=Question, skip_locked=True)).all():
        if question.due_at is None:  # nobody was promised anything
            question.look_at = now + LOOK_AGAIN
            continue
        second = question.escalation == 1
        step = question.due_at
        if second and not question.direct_line:
            step = _due(agency, question, question.due_at)
        if now < step:
            question.look_at = min(step, now + LOOK_AGAIN)
            continue
        question.escalation += 1
        people = notify.clerks(session) if second else notify.unit_heads(session, question.unit_id)
        audit.record(session, "clock", "question_escalated", f"question:{question.id}", step=question.escalation)
        key = f"late:{question.id}:{question.escalation}:{question.due_at.isoformat()}"
        _tell_staff(session, agency, question, people, "คำถามเกินกำหนดตอบ", question.text, key, urgent=True)
        climbed += 1
    return climbed


def escalate_waiting_due(session: Session, now: datetime) -> list[int]:
    """The ids of the agencies for which escalate_waiting has something to look at; `session` is not scoped."""
    # Two searches of the index: SQLite would read all of it for the OR, and for DISTINCT another one.
    due = (Question.look_at.is_(None), Question.look_at <= now)
    searches = (select(Question.agency_id).where(sql_text(TO_CLIMB), one) for one in due)
    return list(set(session.scalars(union_all(*searches))))


def _to_look_at(now: datetime) -> ColumnElement[bool]:
    return and_(sql_text(TO_CLIMB), or_(Question.look_at.is_(None), Question.look_at <= now))


# -- looking ---------------------------------------------------------------------------------------------


def visible_to(staff: Staff) -> ColumnElement[bool]:
    """Which questions this person may see: their unit's and their own; all of them for ปลัด, นายก and admin.

    The direct line is only for those three."""
    if staff.role in WIDE_ROLES:
        return true()
    mine = Question.assignee_id == staff.id
    if staff.unit_id is not None:
        mine = or_(mine, Question.unit_id == staff.unit_id)
    return and_(Question.direct_line.is_(False), mine)


def office_unit(agency: AgencyView) -> int | None:
    """The unit that answers what belongs to no other: settings["office_unit_id"], else สำนักปลัด, else the first."""
    chosen = agency.settings.get("office_unit_id")
    if isinstance(chosen, int) and chosen in agency.units:
        return chosen
    named = (unit.id for unit in agency.units.values() if "ปลัด" in unit.name)
    return next(named, None) or next(iter(agency.units), None)


def thread(session: Session, question: Question) -> Sequence[ThreadMessage]:
    """The messages of a question, oldest first."""
    return session.scalars(
        select(ThreadMessage).where(ThreadMessage.question_id == question.id).order_by(ThreadMessage.id)
    ).all()


# -- inside ----------------------------------------------------------------------------------------------


def _lock(session: Session, question: Question) -> None:
    """Two officers may act at once: the second sees what the first did (SQLite has one writer anyway)."""
    session.flush()
    session.refresh(question, with_for_update=True)


def _due(agency: AgencyView, question: Question, start: datetime) -> datetime:
    name, usual = (
        ("direct_line_working_hours", DIRECT_HOURS) if question.direct_line else ("answer_working_hours", ANSWER_HOURS)
    )
    return agency.calendar.add_working_hours(start, float(agency.settings.get(name) or usual))


def _wait_again(agency: AgencyView, question: Question, now: datetime) -> None:
    question.status, question.closed_at, question.feedback = "waiting", None, None
    question.due_at, question.escalation = _due(agency, question, now), 1 if question.direct_line else 0


def _add(
    session: Session,
    question: Question,
    direction: str,
    text: str,
    now: datetime,
    *,
    staff_id: int | None = None,
    line_message_id: str | None = None,
    attachment_id: int | None = None,
) -> ThreadMessage:
    message = ThreadMessage(
        question_id=question.id, direction=direction, text=text.strip(), at=now, staff_id=staff_id,
        line_message_id=line_message_id, attachment_id=attachment_id,
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def _shown(session: Session, message: ThreadMessage) -> str:
    file = session.get(Attachment, message.attachment_id) if message.attachment_id else None
    return " ".join(part for part in (words.FILE_WORDS.get(file.kind, "[ไฟล์]") if file else "", message.text) if part)


def _since_answer(session: Session, question: Question) -> str:
    """What the citizen wrote since an officer spoke: a notice may stand for several messages."""
    new: list[str] = []
    for message in reversed(thread(session, question)):
        if message.direction == "out":
            break
        if message.direction == "in":
            new.append(_shown(session, message))
    return " / ".join(reversed(new))


def _is_courtesy(text: str, attachment_id: int | None) -> bool:
    """True for "ขอบคุณค่ะ" and the like, which ask for nothing."""
    found = guard.classify(text) if text and attachment_id is None else None
    return found is not None and found.kind == "smalltalk"


def _one(person: Staff | None) -> list[Staff]:
    return [person] if person else []


def _direct_line_people(session: Session) -> list[Staff]:
    """The นายก and, since the นายก is often out, the ปลัด."""
    mayors = session.scalars(select(Staff).where(Staff.role == "mayor", Staff.active).order_by(Staff.id)).all()
    return [*mayors, *notify.clerks(session)]


def _responsible(session: Session, question: Question) -> list[Staff]:
    if question.assignee_id is not None:
        person = session.get(Staff, question.assignee_id)
        if person is not None and person.active:
            return [person]
    return _direct_line_people(session) if question.direct_line else _one(notify.answerer(session, question.unit_id))


def _tell_staff(
    session: Session,
    agency: AgencyView,
    question: Question,
    people: Iterable[Staff],
    title: str,
    text: str,
    key: str,
    urgent: bool = False,
) -> None:
    card = words.staff_card(agency, question, title, text)
    notify.tell_staff(session, people, [card], f"{agency.id}:{key}", f"question:{question.id}", urgent)
