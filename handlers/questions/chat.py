"""What the bot says to questions, and how a talk goes to an officer and comes back.

In the conversation's state (JSON): "last" {"q": question id, "at": ms, "key": the entry that answered, "keys": entries
that could be offered instead, "open": True while a choice is offered, "good": True after a yes}; "asked" [[question id,
LINE message id], ...] so that an unsent message is forgotten; "to_officer" ms since when the next words go to an
officer; "acked" the hand-off that was acknowledged. Nothing is stored of small talk, and nothing of words about
corruption or despair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Table, select

from handlers import received
from handlers.agencies import AnswerView
from handlers.dialogue import MENU, OFFICER, expired_button
from handlers.dialogue import start as start_form
from handlers.messages import Choice, Message, Say
from handlers.questions import answers, operations, words
from handlers.questions.decide import ANSWER, CLARIFY, LEAD, Decision, decide
from handlers.questions.direct import DIRECT
from handlers.questions.guard import Guard, classify
from handlers.questions.packs.replies import EMERGENCY, INTEGRITY_NOTICE_NO_DOOR, SMALLTALK
from handlers.questions.search import FaqIndex, Hit
from handlers.turn import Turn
from models.question import Question
from models.thread import Attachment
from thai.digits import to_arabic
from thai.text import clusters, fold_command, normalise, strip_courtesy

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
]

QUESTIONS = cast(Table, Question.__table__)
MOST_REMEMBERED = 1000
FRESH = timedelta(minutes=30)  # how long "คุยกับเจ้าหน้าที่" and "1" still mean the question asked last
QUIET_AFTER = timedelta(hours=24)  # an answered talk in which nobody spoke so long is over
UNIT_GUESS = 0.15  # a score from which the entry's unit is more likely right than the office
KEPT_ASKED = 5
SHORTEST = 2  # Thai syllables; with less an officer could do nothing

_OK_WORDS = {fold_command(word) for word in ("ได้คำตอบแล้ว", "ได้คำตอบ", "ได้แล้ว", "ตรงแล้ว")}
_NO_WORDS = {
    fold_command(w) for w in ("ยังไม่ใช่", "ไม่ใช่", "ยังไม่ได้คำตอบ", "ไม่ตรง", "ไม่ใช่เรื่องเหล่านี้", "ไม่ใช่เรื่องนี้", "ไม่มีข้อไหน")
}
_ITEM = re.compile(r"(?:ข้อ|เลือก|อัน|เลือกข้อ)?\s*(?:ที่)?\s*([1-3])")

_decided: WeakKeyDictionary[FaqIndex, dict[str, Decision]] = WeakKeyDictionary()
_classified = lru_cache(maxsize=MOST_REMEMBERED)(classify)


# -- free text -------------------------------------------------------------------------------------------


def free_text(turn: Turn) -> list[Message]:
    """Answer, offer a choice, hand to a person, or reply to small talk."""
    text = turn.text.strip()
    expected = awaits_question(turn)
    turn.state.pop("to_officer", None)
    if expected and _syllables(text) >= SHORTEST:
        return _hand_over(turn, text)
    chosen = _typed_choice(turn, text)
    if chosen is not None:
        return tapped(turn, chosen)
    decision = _decide(turn.agency.index, text)
    if decision.topic in SMALLTALK:
        choices = (OFFICER, MENU) if decision.topic in ("abuse", "privacy", "injection") else (MENU,)
        return [Say(turn.agency.fill(SMALLTALK[decision.topic]), choices)]
    if _syllables(text) == 0:
        return [_say_more()]
    if decision.kind in ("emergency", "integrity"):
        return warn(turn) or []
    entry = _spoken_of(turn, text) or _service_meant(turn, text, decision.ranking)
    if entry is None and answers.is_only_aspect(text):
        return [Say("เรื่องไหนคะ พิมพ์ชื่อเรื่องมาด้วยนะคะ\nเช่น จดทะเบียนพาณิชย์ ใช้เอกสารอะไร", (OFFICER, MENU))]
    if entry is None and (decision.kind == "answer" or _only_twin_rivals(turn, decision.ranking)):
        entry = turn.agency.answers[decision.ranking[0].id]
    if entry is not None:
        question_id = _store(turn, text, entry)
        _remember(turn, question_id, decision.ranking, entry)
        return answers.answer(turn.agency, entry, text, question_id)
    if decision.kind == "clarify":
        question_id = _store(turn, text, None, _unit_of(turn, decision.ranking))
        _remember(turn, question_id, decision.ranking)
        return answers.clarify(_entries(turn, turn.state["last"]["keys"]), question_id)
    if _syllables(text) < SHORTEST:
        return [_say_more()]
    return _hand_over(turn, text, ranking=decision.ranking)


def _decide(index: FaqIndex, text: str) -> Decision:
    """decide(), remembered while the index lives: many people ask the same in the same words."""
    known = _decided.setdefault(index, {})
    decision = known.get(text)
    if decision is None:
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        decision = known[text] = decide(text, index)
    return decision


def _syllables(text: str) -> int:
    """About how many, marks and emoji left out."""
    return sum(any(letter.isalnum() for letter in cluster) for cluster in clusters(strip_courtesy(text)))


def _say_more() -> Say:
    return Say("พิมพ์บอกอีกนิดได้ไหมคะ\nว่าอยากทราบเรื่องอะไร\nเช่น จ่ายภาษีที่ดินที่ไหน", (OFFICER, MENU))


def _service_meant(turn: Turn, text: str, ranking: Sequence[Hit]) -> AnswerView | None:
    """The service whose papers or days are asked for, when it is clear which: the catalogue tells them exactly.

    Fees are left to the ranking: an entry often tells more of them."""
    if answers.aspect_of(text) not in ("documents", "days"):
        return None
    hits = [hit for hit in ranking if turn.agency.answers[hit.id].kind == "service"]
    if not hits or hits[0].score < max(ANSWER, ranking[0].score - LEAD):
        return None
    clear = len(hits) == 1 or hits[0].score - hits[1].score >= LEAD
    return turn.agency.answers[hits[0].id] if clear else None


def _only_twin_rivals(turn: Turn, ranking: Sequence[Hit]) -> bool:
    """True when nothing but its twin (the entry of the FAQ, or of the catalogue) keeps the first from being sure."""
    if len(ranking) < 2 or ranking[0].score < ANSWER:
        return False
    first, second = (turn.agency.answers[hit.id] for hit in ranking[:2])
    is_twin = first.kind != second.kind and first.unit_id == second.unit_id
    return is_twin and (len(ranking) == 2 or ranking[0].score - ranking[2].score >= LEAD)


def _spoken_of(turn: Turn, text: str) -> AnswerView | None:
    """What "กี่วันคะ" alone is about: the service of the last answer, or the one closest to it."""
    last = turn.state.get("last")
    if not last or not _is_fresh(turn, last["at"]) or not answers.is_only_aspect(text):
        return None
    entry = turn.agency.answers.get(last.get("key", ""))
    if entry is None or entry.kind == "service":
        return entry
    hits = turn.agency.index.rank(entry.question)
    near = (turn.agency.answers[hit.id] for hit in hits if hit.score >= ANSWER)
    return next((other for other in near if other.kind == "service"), None)


def _typed_choice(turn: Turn, text: str) -> list[str] | None:
    """A button's label typed instead of tapped: "ข้อ ๒", "ยังไม่ใช่", "ได้คำตอบแล้ว"."""
    last = turn.state.get("last")
    if not last or not _is_fresh(turn, last["at"]):
        return None
    number = _ITEM.fullmatch(to_arabic(normalise(strip_courtesy(text))))
    if last.get("open") and number and int(number[1]) <= len(last["keys"]):
        return ["pick", str(last["q"]), *last["keys"][int(number[1]) - 1].split(":")]
    folded = fold_command(text)
    if folded in _OK_WORDS and not last.get("open"):
        return ["ok", str(last["q"])]
    if folded in _NO_WORDS:
        return ["none" if last.get("open") else "no", str(last["q"])]
    return None


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
    _asked(turn, question_id)
    return question_id


def _asked(turn: Turn, question_id: int) -> None:
    turn.subject = f"question:{question_id}"
    if turn.message_id:
        turn.state["asked"] = [*turn.state.get("asked", ()), [question_id, turn.message_id]][-KEPT_ASKED:]


def _remember(turn: Turn, question_id: int, ranking: Sequence[Hit], answered: AnswerView | None = None) -> None:
    """What was asked last, the entry that was the answer (None: a choice is open), and what else it could be."""
    others = [hit.id for hit in ranking if hit.score >= CLARIFY and (answered is None or hit.id != answered.key)]
    said = {"key": answered.key} if answered else {"open": True}
    turn.state["last"] = {"q": question_id, "at": _ms(turn.now), "keys": others[: answers.MOST_CHOICES], **said}


def _entries(turn: Turn, keys: Sequence[str]) -> list[AnswerView]:
    known = turn.agency.answers
    return [known[key] for key in keys if key in known]


def _unit_of(turn: Turn, ranking: Sequence[Hit]) -> int | None:
    best = ranking[0] if ranking else None
    return turn.agency.answers[best.id].unit_id if best and best.score >= UNIT_GUESS else None


# -- warnings --------------------------------------------------------------------------------------------


def _guarded(turn: Turn) -> Guard | None:
    found = _classified(turn.text)
    return found if found and found.kind in ("emergency", "crisis", "integrity") else None


def warn(turn: Turn) -> list[Message] | None:
    """What must be said at once, whatever the person is in the middle of; None for ordinary words."""
    found = _guarded(turn)
    if found is None:
        return None
    if found.kind == "integrity":
        return integrity_notice(turn)
    text = turn.agency.fill(EMERGENCY[found.topic])
    number = next(line for line in text.split("\n") if line.isdigit())
    call = Choice(f"โทร {number}", number, "call")
    if found.kind == "crisis":
        return [Say(text, (call, OFFICER))]
    if turn.talk.handoff_id is not None:
        relay(turn)  # the officer must know it too
    return [Say(text, (call, Choice("แจ้งเรื่องต่อ", "start:complaint"), OFFICER))]


def is_emergency(turn: Turn) -> bool:
    """True when the words tell of danger to life or property now."""
    found = _guarded(turn)
    return found is not None and found.kind == "emergency"


def integrity_notice(turn: Turn) -> list[Message]:
    """Where to tell of corruption safely; nothing of what was written is kept or repeated."""
    hotline = turn.agency.fields["hotline_nacc"]
    call = Choice(f"โทร ป.ป.ช. {hotline}", hotline, "call")
    return [Say(turn.agency.fill(INTEGRITY_NOTICE_NO_DOOR), (call, MENU))]


# -- hand-off --------------------------------------------------------------------------------------------


def to_officer(turn: Turn) -> list[Message]:
    """ "คุยกับเจ้าหน้าที่": hand over what was asked last, or ask what it is about."""
    question = _own(turn, turn.talk.handoff_id)
    if question is not None and question.status != "closed":
        return words.handed_over(turn.agency, question, turn.now)
    turn.talk.handoff_id = None
    last = turn.state.get("last")
    if last and _is_fresh(turn, last["at"]) and not last.get("good"):
        question = _own(turn, last["q"])
        if question is not None and question.number is None and question.text:
            return _hand_over(turn, question.text, question=question, quote=True)
    turn.state["to_officer"] = _ms(turn.now)
    lines = ["ได้ค่ะ อยากสอบถามเรื่องอะไรคะ", "พิมพ์หรืออัดเสียงมาได้เลย", "ดิฉันจะส่งให้เจ้าหน้าที่ค่ะ"]
    if not turn.agency.calendar.is_open(turn.now):
        lines.append("ตอนนี้นอกเวลาทำการ เจ้าหน้าที่จะตอบวันทำการถัดไปนะคะ")
    if phone := turn.agency.fields.get("office_phone"):
        lines += ["ถ้าด่วน โทร", phone]
    return [Say("\n".join(lines), (MENU,))]


def _hand_over(
    turn: Turn,
    text: str,
    question: Question | None = None,
    ranking: Sequence[Hit] | None = None,
    quote: bool = False,
    file: Attachment | None = None,
) -> list[Message]:
    if ranking is None:
        ranking = turn.agency.index.rank(text, 1)
    fresh = question is None
    question = operations.hand_over(
        turn.session,
        turn.agency,
        text,
        turn.now,
        conversation_id=turn.talk.id,
        unit_id=(question.unit_id if question else None) or _unit_of(turn, ranking),
        line_message_id=(turn.message_id or None) if fresh else None,
        attachment_id=file.id if file else None,
        question=question,
    )
    turn.talk.handoff_id = question.id
    turn.state.pop("last", None)
    if fresh:
        _asked(turn, question.id)
    turn.subject = f"question:{question.id}"
    return words.handed_over(turn.agency, question, turn.now, quote)


def awaits_question(turn: Turn) -> bool:
    """True after "คุยกับเจ้าหน้าที่", while the question itself is still to come: a voice note will do."""
    since = turn.state.get("to_officer")
    return since is not None and _is_fresh(turn, since)


def _hand_over_thing(turn: Turn) -> list[Message]:
    """A photo, a voice note, a file or a place is the question: some people cannot type it."""
    if turn.kind == "sticker":
        return [Say("พิมพ์หรืออัดเสียงมาได้เลยค่ะ\nดิฉันจะส่งให้เจ้าหน้าที่", (MENU,))]
    del turn.state["to_officer"]
    file = received.keep_file(turn, role="thread") if turn.kind in received.FILE_KINDS else None
    return _hand_over(turn, words.FILE_WORDS.get(turn.kind) or _in_words(turn), ranking=(), file=file)


def relay(turn: Turn) -> list[Message]:
    """Words, photos, voice, places and stickers go to the officer; the bot keeps quiet but for one acknowledgement."""
    if turn.talk.handoff_id is None and awaits_question(turn):
        return _hand_over_thing(turn)
    question = _own(turn, turn.talk.handoff_id)
    if question is None or question.status == "closed" or _is_over(question, turn.now):
        if question is not None:
            operations.close(turn.session, turn.agency, question, "clock", turn.now)
        turn.talk.handoff_id = None
        if turn.kind == "text":
            return free_text(turn)
        return [Say("ส่งให้เจ้าหน้าที่ดูไหมคะ\nถ้าใช่ กด “คุยกับเจ้าหน้าที่” ก่อน แล้วส่งใหม่ค่ะ", (OFFICER, MENU))]
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
    if question.status == "answered":  # thanks, after an answer
        return [Say("ยินดีค่ะ ได้คำตอบครบแล้วไหมคะ", words.feedback_choices(question.id))]
    if turn.state.get("acked") == question.id:
        return []
    turn.state["acked"] = question.id
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
            link = f"https://maps.google.com/?q={turn.latitude},{turn.longitude}" if turn.latitude is not None else ""
            return " ".join(part for part in ("[ตำแหน่ง]", turn.title, turn.address, link) if part)
    return ""


# -- taps ------------------------------------------------------------------------------------------------


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "q:<verb>:<question id>[:<entry key>]", or "q:direct"."""
    if parts == ["direct"]:
        return start_form(turn, DIRECT)
    verb, number, key = parts[0], parts[1] if len(parts) > 1 else "", ":".join(parts[2:])
    question = _own(turn, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
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
            _come_back(turn, question)
            return [Say("ปิดเรื่องให้แล้วค่ะ\nมีอะไรถามดิฉันได้เลยนะคะ", (MENU,))]
    return [expired_button()]


def _got_it(turn: Turn, question: Question) -> list[Message]:
    operations.give_feedback(turn.session, question, True, turn.actor, turn.now)
    if (last := turn.state.get("last")) and last["q"] == question.id:
        last["good"] = True
    back = _come_back(turn, question)
    lines = ["ดีใจที่ช่วยได้ค่ะ", "ดิฉันกลับมาช่วยต่อแล้วนะคะ" if back else "มีอะไรถามได้อีกนะคะ"]
    return [Say("\n".join(lines), (MENU,))]


def _not_it(turn: Turn, question: Question) -> list[Message]:
    operations.give_feedback(turn.session, question, False, turn.actor, turn.now)
    if question.number is not None:  # a person has it: it goes back to them
        operations.reopen(turn.session, turn.agency, question, turn.actor, turn.now)
        turn.talk.handoff_id = question.id
        return [Say("ขออภัยค่ะ\nพิมพ์บอกได้เลย ว่ายังขาดตรงไหน\nเจ้าหน้าที่จะตอบในแชตนี้ค่ะ", words.waiting_choices(question.id))]
    last: dict[str, Any] = turn.state.get("last") or {}
    others = _entries(turn, last["keys"]) if last.get("q") == question.id and not last.get("open") else []
    if others:
        turn.state["last"] = {**last, "at": _ms(turn.now), "open": True}
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
    _remember(turn, question.id, (), entry)
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
    return _hand_over(turn, question.text, question=question)


def _come_back(turn: Turn, question: Question) -> bool:
    """The chat is the bot's again; True when it was the officer's."""
    if turn.talk.handoff_id != question.id:
        return False
    turn.talk.handoff_id = None
    turn.state.pop("acked", None)
    return True


def _own(turn: Turn, question_id: int | None) -> Question | None:
    """The question, if this person asked it."""
    if question_id is None:
        return None
    return turn.session.scalars(
        select(Question).where(Question.id == question_id, Question.conversation_id == turn.talk.id)
    ).first()


def _is_fresh(turn: Turn, since: int) -> bool:
    return _ms(turn.now) - since < FRESH.total_seconds() * 1000


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
