"""What the bot says to questions. Nothing is stored of small talk, and nothing of words about corruption or despair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import msgspec
from sqlalchemy import Table

from handlers.agencies import AnswerView
from handlers.commands import wants_to_wait
from handlers.dialogue import expired_button, resume_choice
from handlers.dialogue import start as start_form
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Say
from handlers.questions import answers, handoff, meaning, operations, words
from handlers.questions.decide import Decision
from handlers.questions.direct import DIRECT
from handlers.questions.guard import classify
from handlers.questions.handoff import awaits_question, to_officer
from handlers.questions.memory import asked, fresh_last, is_fresh, ms, own, remember
from handlers.questions.packs.replies import (
    DIALS,
    EMERGENCY,
    FOREIGN,
    INTEGRITY_NOTICE,
    INTEGRITY_NOTICE_NO_DOOR,
    LINK,
    NATIONAL_ID,
    PHONE,
    SMALLTALK,
)
from handlers.questions.search import Hit
from handlers.turn import SEALED, Turn
from models.question import Question
from thai.digits import to_arabic
from thai.text import detone, normalise

__all__ = [
    "DIRECT",
    "aside",
    "awaits_question",
    "bot_may_answer",
    "free_text",
    "integrity_notice",
    "is_emergency",
    "own_words",
    "relay",
    "tapped",
    "to_officer",
    "warn",
    "whom_to_ring",
]

QUESTIONS = cast(Table, Question.__table__)
_ABOUT_DATA = re.compile(
    detone(
        "ใคร.{0,8}(?:เห็น|รู้|ดู|อ่าน)|ทำไม.{0,6}(?:ต้อง|เก็บ|ขอ|ถาม)|เอา.{0,10}ไปทำ|(?:ปลอดภัย|ลับ).{0,6}(?:ไหม|มั้ย|หรือ)|ยินยอม.{0,4}(?:คือ|อะไร)|คือยินยอม"
    )
)
SHORTEST = 2  # Thai syllables; with less an officer could do nothing
SHORT = 5  # with less, the rest may come in the next message
LONGEST_HALF = 200  # characters
PIN_DIGITS = 13
_LINK = re.compile(r"\s*https?://\S+\s*")
_PHONE = re.compile(r"0\d{8,9}")
HALF_LIFE = timedelta(minutes=5)


def free_text(turn: Turn) -> list[Message]:
    """Answer, offer a choice, hand to a person, or reply to small talk."""
    text = turn.text.strip()
    expected = awaits_question(turn)
    if expected and (wants_to_wait(text) or _only_courtesy(text)):
        return [Say("ค่ะ พิมพ์หรืออัดเสียงเรื่องที่อยากถาม\nมาได้เลย ดิฉันจะส่งให้เจ้าหน้าที่ค่ะ", (MENU,))]
    turn.state.pop("to_officer", None)
    if expected and meaning.syllables(text) >= SHORTEST:
        return handoff.hand_over(turn, text)
    chosen = meaning.typed_choice(turn, text)
    if chosen is not None:
        return tapped(turn, chosen)
    if wants_to_wait(text):
        return [Say("ได้ค่ะ ไม่ต้องรีบนะคะ\nพร้อมเมื่อไร พิมพ์มาได้เลยค่ะ", (*resume_choice(turn), OFFICER, MENU))]
    decision = meaning.decide_once(turn.agency.index, text)
    if decision.topic == "go_on":
        return _go_on(turn, text)
    if decision.topic in SMALLTALK:
        return [Say(turn.agency.fill(SMALLTALK[decision.topic]), _ways_on(turn, decision.topic))]
    if (bare := _bare(text)) is not None:
        return [Say(turn.agency.fill(bare), (OFFICER, MENU))]
    if meaning.syllables(text) == 0 or len(text) == 1:
        return [_say_more()]
    text, decision = _joined(turn, text, decision)
    if decision.kind in ("emergency", "integrity"):
        return warn(turn, text) or []
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
        return answers.clarify(_entries(turn, turn.state["last"]["keys"]), question_id, text)
    return _unclear(turn, text, decision.ranking)


def aside(turn: Turn, sure_only: bool) -> list[Message] | None:
    """The answer to a question that is asked in the middle of a form, without buttons: the form's own follow.

    None when it is better taken for the form's answer. `sure_only`: where words may be an answer as well, only a
    clear answer counts."""
    text = turn.text.strip()
    if _ABOUT_DATA.search(detone(normalise(text))):
        notice = turn.agency.url("/privacy")
        return [Say(f"ข้อมูลที่ให้ เห็นเฉพาะเจ้าหน้าที่ที่ดูแลเรื่องค่ะ\nใช้ดูแลเรื่องนี้เท่านั้น\nอ่านฉบับเต็มได้ที่\n{notice}")]
    decision = meaning.decide_once(turn.agency.index, text)
    if decision.kind == "answer":
        entry = turn.agency.answers[decision.ranking[0].id]
        question_id = _store(turn, text, entry)
        said = answers.answer(turn.agency, entry, text, question_id)
        return [msgspec.structs.replace(one, choices=()) if isinstance(one, Say | Card) else one for one in said]
    if sure_only:
        return None
    return [Say("เรื่องนี้ดิฉันยังตอบเองไม่ได้ค่ะ\nทำข้อนี้ต่อได้เลย หรือกด “คุยกับเจ้าหน้าที่” ค่ะ")]


def _say_more() -> Say:
    return Say("พิมพ์บอกอีกนิดได้ไหมคะ\nว่าอยากทราบเรื่องอะไร\nเช่น จ่ายภาษีที่ดินที่ไหน", (OFFICER, MENU))


def _unclear(turn: Turn, text: str, ranking: Sequence[Hit]) -> list[Message]:
    """Nobody can know what is meant: short words may go on in the next message, longer ones go to a person."""
    syllables = meaning.syllables(text)
    if syllables < SHORTEST:
        return [_say_more()]
    foreign = words.is_foreign(text)
    if syllables < SHORT and "half" not in turn.state and not foreign:
        return _go_on(turn, text)
    turn.state.pop("half", None)
    said = handoff.hand_over(turn, text, ranking=ranking)
    turn.state["auto"] = turn.talk.handoff_id
    return [Say(turn.agency.fill(FOREIGN)), *said] if foreign else said


def _only_courtesy(text: str) -> bool:
    """True for a greeting, thanks or a lead-in: not yet what somebody wants to ask an officer."""
    found = classify(text)
    return found is not None and found.topic in ("greeting", "thanks", "ok", "laugh", "slip", "go_on")


def _go_on(turn: Turn, text: str) -> list[Message]:
    """Words that lead up to something: keep them, the matter itself comes in the next message."""
    half = turn.state.get("half")
    before = f"{half['text']} " if half and is_fresh(turn, half["at"], HALF_LIFE) else ""
    turn.state["half"] = {"text": f"{before}{text}"[-LONGEST_HALF:], "at": ms(turn.now), "message": turn.message_id}
    return [Say(SMALLTALK["go_on"], (OFFICER, MENU))]


def _bare(text: str) -> str | None:
    """What to say to a message that is only an address, a telephone number, the number of an identity card."""
    if _LINK.fullmatch(text):
        return LINK
    digits = re.sub(r"[\s-]", "", to_arabic(text))
    if not (digits.isascii() and digits.isdigit()):
        return None
    return PHONE if _PHONE.fullmatch(digits) else NATIONAL_ID if len(digits) == PIN_DIGITS else None


def _joined(turn: Turn, text: str, decision: Decision) -> tuple[str, Decision]:
    """The words with those of the message before, when that was too short to be understood and both together say
    more; and what to do about them."""
    half = turn.state.get("half")
    if half is None or not is_fresh(turn, half["at"], HALF_LIFE):
        turn.state.pop("half", None)
        return text, decision
    together = f"{half['text']} {text}"
    joined = meaning.decide_once(turn.agency.index, together)
    if joined.kind == "handoff" and decision.kind != "handoff":
        return text, decision
    if joined.kind != "handoff":
        del turn.state["half"]
    return together, joined


def _ways_on(turn: Turn, topic: str) -> tuple[Choice, ...]:
    """The buttons below a fixed reply: numbers in it can be dialled, and a person is never far."""
    fields = turn.agency.fields
    calls = tuple(Choice(f"{label} {fields[name]}", fields[name], "call") for label, name in DIALS.get(topic, ()))
    follow = (Choice("ติดตามเรื่อง", "menu:follow"),) if topic == "unhappy" else ()
    complain = (answers.COMPLAIN,) if topic == "lost" else ()
    news = (Choice("เลือกข่าวที่รับ", "n:list"), Choice("ไม่รับข่าวเลย", "n:stop")) if topic == "stop" else ()
    return (*calls, *follow, *complain, *news, OFFICER, MENU)


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


def warn(turn: Turn, text: str = "") -> list[Message] | None:
    """What must be said at once, whatever the person is in the middle of; None for ordinary words. `text`: when it
    is more than this message."""
    found = meaning.grave(text or turn.text)
    if found is None:
        return None
    if found.kind == "integrity":
        return integrity_notice(turn)
    said, call = whom_to_ring(turn, found.topic)
    if found.kind == "crisis":
        return [Say(said, (call, OFFICER))]
    if turn.talk.handoff_id is not None:
        relay(turn)  # the officer must know it too
    return [Say(said, (call, Choice("แจ้งเรื่องต่อ", "start:complaint"), OFFICER))]


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


def bot_may_answer(turn: Turn) -> bool:
    """True when it was the bot that gave the talk to an officer, and no officer has spoken yet: what the bot surely
    knows need not wait for one."""
    if turn.talk.handoff_id is None or turn.state.get("auto") != turn.talk.handoff_id:
        return False
    question = own(turn, turn.talk.handoff_id)
    return question is not None and question.status == "waiting" and question.answered_at is None


def own_words(turn: Turn, parts: list[str]) -> str:
    """The words of this person's question "complain:<id>"; "" when there are none."""
    number = parts[1] if len(parts) > 1 else ""
    question = own(turn, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    return question.text.strip() if question is not None else ""


def relay(turn: Turn) -> list[Message]:
    """Pass the turn on to the officer whose talk this is; if the talk is over, answer as the bot."""
    if turn.kind == "text" and bot_may_answer(turn):
        decision = meaning.decide_once(turn.agency.index, turn.text.strip())
        if decision.kind in ("answer", "smalltalk"):
            return free_text(turn)
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
        return answers.clarify(others, question.id, question.text)
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
