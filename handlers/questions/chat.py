"""What the bot says to questions. Nothing is stored of small talk, and nothing of words about corruption or despair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table

from handlers.agencies import AnswerView
from handlers.dialogue import MENU, OFFICER, expired_button
from handlers.dialogue import start as start_form
from handlers.messages import Choice, Message, Say
from handlers.questions import answers, handoff, meaning, operations, words
from handlers.questions.direct import DIRECT
from handlers.questions.handoff import awaits_question, to_officer
from handlers.questions.memory import asked, fresh_last, ms, own, remember
from handlers.questions.packs.replies import EMERGENCY, INTEGRITY_NOTICE, INTEGRITY_NOTICE_NO_DOOR, SMALLTALK
from handlers.turn import SEALED, Turn
from models.question import Question

__all__ = [
    "DIRECT",
    "awaits_question",
    "free_text",
    "integrity_notice",
    "is_emergency",
    "relay",
    "tapped",
    "to_officer",
    "warn",
    "whom_to_ring",
]

QUESTIONS = cast(Table, Question.__table__)
SHORTEST = 2  # Thai syllables; with less an officer could do nothing


def free_text(turn: Turn) -> list[Message]:
    """Answer, offer a choice, hand to a person, or reply to small talk."""
    text = turn.text.strip()
    expected = awaits_question(turn)
    turn.state.pop("to_officer", None)
    if expected and meaning.syllables(text) >= SHORTEST:
        return handoff.hand_over(turn, text)
    chosen = meaning.typed_choice(turn, text)
    if chosen is not None:
        return tapped(turn, chosen)
    decision = meaning.decide_once(turn.agency.index, text)
    if decision.topic in SMALLTALK:
        choices = (OFFICER, MENU) if decision.topic in ("abuse", "privacy", "injection") else (MENU,)
        return [Say(turn.agency.fill(SMALLTALK[decision.topic]), choices)]
    if meaning.syllables(text) == 0:
        return [_say_more()]
    if decision.kind in ("emergency", "integrity"):
        return warn(turn) or []
    entry = meaning.spoken_of(turn, text) or meaning.service_meant(turn, text, decision.ranking)
    if entry is None and answers.is_only_aspect(text):
        return [Say("เรื่องไหนคะ พิมพ์ชื่อเรื่องมาด้วยนะคะ\nเช่น จดทะเบียนพาณิชย์ ใช้เอกสารอะไร", (OFFICER, MENU))]
    if entry is None and (decision.kind == "answer" or meaning.only_twin_rivals(turn, decision.ranking)):
        entry = turn.agency.answers[decision.ranking[0].id]
    if entry is None and decision.kind == "clarify":
        entry = meaning.typed_exactly(turn, text, decision.ranking)
    if entry is not None:
        question_id = _store(turn, text, entry)
        remember(turn, question_id, decision.ranking, entry)
        return answers.answer(turn.agency, entry, text, question_id)
    if decision.kind == "clarify":
        question_id = _store(turn, text, None, meaning.unit_of(turn, decision.ranking))
        remember(turn, question_id, decision.ranking)
        return answers.clarify(_entries(turn, turn.state["last"]["keys"]), question_id)
    if meaning.syllables(text) < SHORTEST:
        return [_say_more()]
    return handoff.hand_over(turn, text, ranking=decision.ranking)


def _say_more() -> Say:
    return Say("พิมพ์บอกอีกนิดได้ไหมคะ\nว่าอยากทราบเรื่องอะไร\nเช่น จ่ายภาษีที่ดินที่ไหน", (OFFICER, MENU))


def _store(turn: Turn, text: str, entry: AnswerView | None, unit_id: int | None = None) -> int:
    """Keep a question that the bot answered (`entry`) or offers choices for (None: answered_at stays empty).

    Past the ORM: this is the hot path."""
    row = {
        "agency_id": turn.tx.agency_id,
        "conversation_id": turn.talk.id,
        "text": text,
        "status": "answered_by_bot",
        "faq_id": entry.row_id if entry and entry.kind == "faq" else None,
        "unit_id": entry.unit_id if entry else unit_id,
        "asked_at": turn.now,
        "answered_at": turn.now if entry else None,
    }
    question_id = turn.tx.insert(QUESTIONS, row)
    asked(turn, question_id)
    return question_id


def _entries(turn: Turn, keys: Sequence[str]) -> list[AnswerView]:
    known = turn.agency.answers
    return [known[key] for key in keys if key in known]


def warn(turn: Turn) -> list[Message] | None:
    """What must be said at once, whatever the person is in the middle of; None for ordinary words."""
    found = meaning.grave(turn.text)
    if found is None:
        return None
    if found.kind == "integrity":
        return integrity_notice(turn)
    text, call = whom_to_ring(turn, found.topic)
    if found.kind == "crisis":
        return [Say(text, (call, OFFICER))]
    if turn.talk.handoff_id is not None:
        relay(turn)  # the officer must know it too
    return [Say(text, (call, Choice("แจ้งเรื่องต่อ", "start:complaint"), OFFICER))]


def whom_to_ring(turn: Turn, topic: str) -> tuple[str, Choice]:
    """What to say to danger of this kind (a key of EMERGENCY), and the button that dials the number in it."""
    text = turn.agency.fill(EMERGENCY[topic])
    number = next(line for line in text.split("\n") if line.isdigit())
    return text, Choice(f"โทร {number}", number, "call")


def is_emergency(turn: Turn) -> bool:
    """True when the words tell of danger to life or property now."""
    found = meaning.grave(turn.text)
    return found is not None and found.kind == "emergency"


def integrity_notice(turn: Turn) -> list[Message]:
    """Where to tell of corruption safely; nothing of what was written is kept or repeated."""
    turn.subject = SEALED  # that somebody got this answer is not kept either
    hotline = turn.agency.fields["hotline_nacc"]
    call = Choice(f"โทร ป.ป.ช. {hotline}", hotline, "call")
    if not turn.agency.integrity_open:
        return [Say(turn.agency.fill(INTEGRITY_NOTICE_NO_DOOR), (call, MENU))]
    # The same address for everybody, opened in the phone's own browser: nothing leads from the form to this chat.
    form = Choice("เปิดแบบฟอร์มปิดผนึก", f"{turn.agency.fields['integrity_url']}?openExternalBrowser=1", "link")
    in_chat = turn.door is not None and turn.door.chat_open(turn.agency.code)
    choices = (form, call, Choice("เล่าในแชตต่อ", "i:start"), MENU) if in_chat else (form, call, MENU)
    return [Say(turn.agency.fill(INTEGRITY_NOTICE), choices)]


def relay(turn: Turn) -> list[Message]:
    """Pass the turn on to the officer whose talk this is; if the talk is over, answer as the bot."""
    said = handoff.pass_on(turn)
    if said is not None:
        return said
    if turn.kind == "text":
        return free_text(turn)
    return [Say("ส่งให้เจ้าหน้าที่ดูไหมคะ\nถ้าใช่ กด “คุยกับเจ้าหน้าที่” ก่อน แล้วส่งใหม่ค่ะ", (OFFICER, MENU))]


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "q:<verb>:<question id>[:<entry key>]", or "q:direct"."""
    if parts == ["direct"]:
        return start_form(turn, DIRECT)
    verb, number, key = parts[0], parts[1] if len(parts) > 1 else "", ":".join(parts[2:])
    question = own(turn, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if question is None:
        return [expired_button()]
    turn.subject = f"question:{question.id}"
    match verb:
        case "ok":
            return _got_it(turn, question)
        case "no":
            return _not_it(turn, question)
        case "pick" | "show" if key in turn.agency.answers:
            return _picked(turn, question, turn.agency.answers[key], whole=verb == "show")
        case "none" | "officer":
            return _pass_on(turn, question)
        case "leave":
            if turn.talk.handoff_id == question.id:
                turn.talk.handoff_id = None
            return [Say("ได้ค่ะ พิมพ์ถามดิฉันได้เลย\nเรื่องเดิม เจ้าหน้าที่จะตอบในแชตนี้ค่ะ", (MENU,))]
        case "close":
            operations.close(turn.session, turn.agency, question, turn.actor, turn.now)
            handoff.come_back(turn, question)
            return [Say("ปิดเรื่องให้แล้วค่ะ\nมีอะไรถามดิฉันได้เลยนะคะ", (MENU,))]
    return [expired_button()]


def _got_it(turn: Turn, question: Question) -> list[Message]:
    operations.give_feedback(turn.session, question, True, turn.actor, turn.now)
    if (last := turn.state.get("last")) and last["q"] == question.id:
        last["good"] = True
    back = handoff.come_back(turn, question)
    lines = ["ดีใจที่ช่วยได้ค่ะ", "ดิฉันกลับมาช่วยต่อแล้วนะคะ" if back else "มีอะไรถามได้อีกนะคะ"]
    return [Say("\n".join(lines), (MENU,))]


def _not_it(turn: Turn, question: Question) -> list[Message]:
    operations.give_feedback(turn.session, question, False, turn.actor, turn.now)
    if question.number is not None:  # a person has it: it goes back to them
        operations.reopen(turn.session, turn.agency, question, turn.actor, turn.now)
        turn.talk.handoff_id = question.id
        return [Say("ขออภัยค่ะ\nพิมพ์บอกได้เลย ว่ายังขาดตรงไหน\nเจ้าหน้าที่จะตอบในแชตนี้ค่ะ", words.waiting_choices(question.id))]
    last = fresh_last(turn)
    others = _entries(turn, last["keys"]) if last and last["q"] == question.id and not last.get("open") else []
    if last and others:
        turn.state["last"] = {**last, "at": ms(turn.now), "open": True}
        return answers.clarify(others, question.id)
    return [
        Say(
            "ขออภัยที่ตอบไม่ตรงค่ะ\nให้เจ้าหน้าที่ตอบเองไหมคะ\nหรือพิมพ์ถามใหม่อีกแบบก็ได้ค่ะ",
            (Choice("ให้เจ้าหน้าที่ตอบ", f"q:officer:{question.id}"), MENU),
        )
    ]


def _picked(turn: Turn, question: Question, entry: AnswerView, whole: bool) -> list[Message]:
    """A choice was tapped: that is the answer, and what was typed is one more phrasing of it (faq.learnt)."""
    if question.number is None:
        question.faq_id = entry.row_id if entry.kind == "faq" else None
        question.unit_id, question.answered_at = entry.unit_id, turn.now
    remember(turn, question.id, (), entry)
    if whole and entry.kind == "service":
        return answers.service_card(turn.agency, entry, question.id)
    return answers.answer(turn.agency, entry, question.text, question.id)


def _pass_on(turn: Turn, question: Question) -> list[Message]:
    """ "ไม่ใช่เรื่องเหล่านี้" and "ให้เจ้าหน้าที่ตอบ": a person takes it over, once however often it is tapped."""
    if question.number is not None:
        if question.status != "waiting":
            return _not_it(turn, question)
        turn.talk.handoff_id = question.id
        return words.handed_over(turn.agency, question, turn.now)
    if not question.text:  # unsent meanwhile
        return to_officer(turn)
    question.feedback = False
    return handoff.hand_over(turn, question.text, question=question)
