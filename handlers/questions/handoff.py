"""How a talk goes to an officer and comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers import received
from handlers.messages import MENU, Message, Say
from handlers.questions import operations, words
from handlers.questions.guard import classify
from handlers.questions.meaning import unit_of
from handlers.questions.memory import asked, fresh_last, is_fresh, ms, own
from handlers.questions.packs.replies import FOREIGN_ASKED
from handlers.questions.search import Hit
from handlers.turn import Turn
from models.question import Question
from models.thread import Attachment

ACKNOWLEDGE_AGAIN = timedelta(minutes=10)  # who writes again after so long a silence must not wonder
QUIET_AFTER = timedelta(hours=24)  # an answered talk in which nobody spoke so long is over


def to_officer(turn: Turn) -> list[Message]:
    """ "คุยกับเจ้าหน้าที่": hand over what was asked last, or ask what it is about."""
    question = own(turn, turn.talk.handoff_id)
    if question is not None and question.status != "closed":
        return words.handed_over(turn.agency, question, turn.now)
    turn.talk.handoff_id = None
    last = fresh_last(turn)
    if last and not last.get("good"):
        question = own(turn, last["q"])
        if question is not None and question.number is None and question.text:
            return hand_over(turn, question.text, question=question, quote=True)
    turn.state["to_officer"] = ms(turn.now)
    lines = ["ได้ค่ะ อยากสอบถามเรื่องอะไรคะ", "พิมพ์หรืออัดเสียงมาได้เลย", "ดิฉันจะส่งให้เจ้าหน้าที่ค่ะ"]
    if not turn.agency.calendar.is_open(turn.now):
        lines.append("ตอนนี้นอกเวลาทำการ เจ้าหน้าที่จะตอบวันทำการถัดไปนะคะ")
    if phone := turn.agency.fields.get("office_phone"):
        lines += ["ถ้าด่วน โทร", phone]
    if turn.kind == "text" and words.is_foreign(turn.text):
        lines.insert(0, f"{FOREIGN_ASKED}\n")
    return [Say("\n".join(lines), (MENU,))]


def hand_over(
    turn: Turn,
    text: str,
    question: Question | None = None,
    ranking: Sequence[Hit] | None = None,
    quote: bool = False,
    file: Attachment | None = None,
) -> list[Message]:
    """Give this text, or a question answered in vain, to a person, and say so. `ranking` tells the unit."""
    if ranking is None:
        ranking = turn.agency.index.rank(text, 1)
    fresh = question is None
    question = operations.hand_over(
        turn.session,
        turn.agency,
        text,
        turn.now,
        conversation_id=turn.talk.id,
        unit_id=(question.unit_id if question else None) or unit_of(turn, ranking),
        line_message_id=(turn.message_id or None) if fresh else None,
        attachment_id=file.id if file else None,
        question=question,
    )
    turn.talk.handoff_id = question.id
    turn.state.pop("last", None)
    if fresh:
        asked(turn, question.id)
    turn.subject = f"question:{question.id}"
    return words.handed_over(turn.agency, question, turn.now, quote)


def awaits_question(turn: Turn) -> bool:
    """True after "คุยกับเจ้าหน้าที่", while the question itself is still to come: a voice note will do."""
    since = turn.state.get("to_officer")
    return since is not None and is_fresh(turn, since)


def _hand_over_thing(turn: Turn) -> list[Message]:
    """A photo, a voice note, a file or a place is the question: some people cannot type it."""
    if turn.kind == "sticker":
        return [Say("พิมพ์หรืออัดเสียงมาได้เลยค่ะ\nดิฉันจะส่งให้เจ้าหน้าที่", (MENU,))]
    del turn.state["to_officer"]
    file = received.keep_file(turn, role="thread") if turn.kind in received.FILE_KINDS else None
    return hand_over(turn, words.FILE_WORDS.get(turn.kind) or _in_words(turn), ranking=(), file=file)


def pass_on(turn: Turn) -> list[Message] | None:
    """Words, photos, voice, places and stickers go to the officer; the bot keeps quiet but for one acknowledgement.

    None when the talk is over: then it is the bot's turn."""
    if turn.talk.handoff_id is None and awaits_question(turn):
        return _hand_over_thing(turn)
    question = own(turn, turn.talk.handoff_id)
    if question is None or question.status == "closed" or _is_over(question, turn.now):
        if question is not None:
            operations.close(turn.session, turn.agency, question, "clock", turn.now)
        turn.talk.handoff_id = None
        return None
    attachment = received.keep_file(turn, role="thread") if turn.kind in received.FILE_KINDS else None
    operations.hear(
        turn.session,
        turn.agency,
        question,
        turn.now,
        text=_in_words(turn),
        line_message_id=turn.message_id or None,
        attachment_id=attachment.id if attachment else None,
    )
    turn.subject = f"question:{question.id}"
    if question.status == "answered":
        thanks = turn.kind in ("text", "sticker") and (guard := classify(_in_words(turn))) and guard.kind == "smalltalk"
        lead = "ยินดีค่ะ" if thanks else "ส่งให้เจ้าหน้าที่แล้วค่ะ"
        return [Say(f"{lead}\nได้คำตอบครบแล้วไหมคะ", words.feedback_choices(question.id))]
    if is_fresh(turn, turn.state.get("acked", 0), ACKNOWLEDGE_AGAIN):
        return []
    turn.state["acked"] = ms(turn.now)
    return [Say("ส่งต่อให้เจ้าหน้าที่แล้วค่ะ\nระหว่างรอ พิมพ์เพิ่มได้เรื่อย ๆ นะคะ", words.waiting_choices(question.id))]


def _is_over(question: Question, now: datetime) -> bool:
    answered = question.answered_at
    return question.status == "answered" and answered is not None and now - answered > QUIET_AFTER


def _in_words(turn: Turn) -> str:
    match turn.kind:
        case "text":
            return turn.text
        case "sticker":
            return " ".join(("[สติกเกอร์]", *turn.sticker_words[:3]))
        case "location":
            return " ".join(part for part in ("[ตำแหน่ง]", turn.title, turn.address, received.map_link(turn)) if part)
    return ""


def come_back(turn: Turn, question: Question) -> bool:
    """The chat is the bot's again; True when it was the officer's."""
    if turn.talk.handoff_id != question.id:
        return False
    turn.talk.handoff_id = None
    turn.state.pop("acked", None)
    return True
