"""Files and withdrawals that come in from the chat."""

from __future__ import annotations

from sqlalchemy import select

from handlers import audit
from handlers.turn import Turn
from models.question import Question
from models.thread import Attachment, ThreadMessage

FILE_KINDS = ("image", "video", "audio", "file")


def keep_file(turn: Turn, role: str = "before") -> Attachment:
    """Note a file that LINE holds for us; a background job fetches it at once (bot/attachments.py)."""
    attachment = Attachment(
        conversation_id=turn.talk.id,
        kind=turn.kind,
        role=role,
        line_message_id=turn.message_id,
        file_name=turn.file_name,
        next_attempt_at=turn.now,
    )
    turn.session.add(attachment)
    turn.session.flush()
    return attachment


def words_and_file(turn: Turn) -> tuple[str, int | None]:
    """What an officer reads of this turn (a place as its link), and the id of the file that came with it."""
    if turn.kind in FILE_KINDS:
        return turn.text.strip(), keep_file(turn, "thread").id
    if turn.kind == "location":
        return "\n".join(part for part in (turn.title, turn.address, map_link(turn)) if part), None
    return turn.text.strip(), None


def map_link(turn: Turn) -> str:
    """The pin that was sent, as an address; empty without one."""
    return f"https://maps.google.com/?q={turn.latitude},{turn.longitude}" if turn.latitude is not None else ""


def forget_message(turn: Turn) -> None:
    """The person unsent a message: empty our copy of it, so that nobody can see or use it (LINE's guideline)."""
    session = turn.session
    if turn.state.get("half", {}).get("message") == turn.message_id:
        del turn.state["half"]
    for question_id, message_id in turn.state.get("asked", ()):
        if message_id == turn.message_id and (question := session.get(Question, question_id)):
            question.text = ""
            audit.record(session, turn.actor, "unsent", f"question:{question_id}")
    for message in session.scalars(select(ThreadMessage).where(ThreadMessage.line_message_id == turn.message_id)):
        message.text, message.unsent, message.attachment_id = "", True, None
        audit.record(session, turn.actor, "unsent", f"message:{message.id}")
    for attachment in session.scalars(select(Attachment).where(Attachment.line_message_id == turn.message_id)):
        attachment.status, attachment.error = "gone", "ผู้ส่งยกเลิกข้อความ"
        attachment.gps_latitude = attachment.gps_longitude = None
        audit.record(session, turn.actor, "unsent", f"attachment:{attachment.id}")
