"""Which entry a person means, and which button they typed instead of tapping. Reads the turn, changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

from handlers.agencies import AnswerView
from handlers.questions import answers
from handlers.questions.decide import ANSWER, LEAD, Decision, decide
from handlers.questions.guard import Guard, classify
from handlers.questions.memory import fresh_last
from handlers.questions.search import FaqIndex, Hit
from handlers.turn import Turn
from thai.digits import to_arabic
from thai.text import clusters, fold_command, normalise, strip_courtesy

MOST_REMEMBERED = 1000
LONGEST_REMEMBERED = 60  # characters; what many people ask is short, what is private is long
UNIT_GUESS = 0.15  # a score from which the entry's unit is more likely right than the office

_OK_WORDS = {fold_command(word) for word in ("ได้คำตอบแล้ว", "ได้คำตอบ", "ได้แล้ว", "ตรงแล้ว")}
_NO_WORDS = {
    fold_command(w) for w in ("ยังไม่ใช่", "ไม่ใช่", "ยังไม่ได้คำตอบ", "ไม่ตรง", "ไม่ใช่เรื่องเหล่านี้", "ไม่ใช่เรื่องนี้", "ไม่มีข้อไหน")
}
_ITEM = re.compile(r"(?:ข้อ|เลือก|อัน|เลือกข้อ)?\s*(?:ที่)?\s*([1-3])")
_harmless: set[str] = set()
_decided: WeakKeyDictionary[FaqIndex, dict[str, Decision]] = WeakKeyDictionary()


def grave(text: str) -> Guard | None:
    """Words of danger, despair or corruption. That a text is none of these is remembered; those that are, never."""
    if text in _harmless:
        return None
    found = classify(text)
    if found is not None and found.kind in ("emergency", "crisis", "integrity"):
        return found
    if len(text) <= LONGEST_REMEMBERED:
        if len(_harmless) >= MOST_REMEMBERED:
            _harmless.clear()
        _harmless.add(text)
    return None


def decide_once(index: FaqIndex, text: str) -> Decision:
    """decide(), remembered while the index lives: many people ask the same in the same words.

    Grave words are never kept, not even in memory."""
    known = _decided.setdefault(index, {})
    decision = known.get(text)
    if decision is None:
        decision = decide(text, index)
        if len(text) <= LONGEST_REMEMBERED and decision.kind not in ("emergency", "integrity"):
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            known[text] = decision
    return decision


@lru_cache(maxsize=512)  # a turn asks several times
def syllables(text: str) -> int:
    """About how many, marks and emoji left out."""
    return sum(any(letter.isalnum() for letter in cluster) for cluster in clusters(strip_courtesy(text)))


def service_meant(turn: Turn, text: str, ranking: Sequence[Hit]) -> AnswerView | None:
    """The service whose papers or days are asked for, when it is clear which: the catalogue tells them exactly.

    Fees are left to the ranking: an entry often tells more of them."""
    if answers.aspect_of(text) not in ("documents", "days"):
        return None
    hits = [hit for hit in ranking if turn.agency.answers[hit.id].kind == "service"]
    if not hits or hits[0].score < max(ANSWER, ranking[0].score - LEAD):
        return None
    clear = len(hits) == 1 or hits[0].score - hits[1].score >= LEAD
    return turn.agency.answers[hits[0].id] if clear else None


def only_twin_rivals(turn: Turn, ranking: Sequence[Hit]) -> bool:
    """True when nothing but its twin (the entry of the FAQ, or of the catalogue) keeps the first from being sure."""
    if len(ranking) < 2 or ranking[0].score < ANSWER:
        return False
    first, second = (turn.agency.answers[hit.id] for hit in ranking[:2])
    is_twin = first.kind != second.kind and first.unit_id == second.unit_id
    return is_twin and (len(ranking) == 2 or ranking[0].score - ranking[2].score >= LEAD)


def typed_exactly(turn: Turn, text: str, ranking: Sequence[Hit]) -> AnswerView | None:
    """The entry that has these very words among its phrasings, however close others are."""
    folded = fold_command(text)
    for hit in ranking:
        entry = turn.agency.answers[hit.id]
        if folded in map(fold_command, (entry.question, *entry.alternatives)):
            return entry
    return None


def spoken_of(turn: Turn, text: str) -> AnswerView | None:
    """What "กี่วันคะ" alone is about: the service of the last answer, or the one closest to it."""
    last = fresh_last(turn)
    if last is None or not answers.is_only_aspect(text):
        return None
    entry = turn.agency.answers.get(last.get("key", ""))
    if entry is None or entry.kind == "service":
        return entry
    hits = turn.agency.index.rank(entry.question)
    near = (turn.agency.answers[hit.id] for hit in hits if hit.score >= ANSWER)
    return next((other for other in near if other.kind == "service"), None)


def typed_choice(turn: Turn, text: str) -> list[str] | None:
    """A button's label typed instead of tapped: "ข้อ ๒", "ยังไม่ใช่", "ได้คำตอบแล้ว"."""
    last = fresh_last(turn)
    if last is None:
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


def unit_of(turn: Turn, ranking: Sequence[Hit]) -> int | None:
    """The unit that most likely answers it; None: the office."""
    best = ranking[0] if ranking else None
    return turn.agency.answers[best.id].unit_id if best and best.score >= UNIT_GUESS else None
