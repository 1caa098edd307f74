"""What must never be left to search: danger, despair, corruption, abuse, other people's data, tricks, small talk.

Rules, not a threshold. They are data (guard.txt), which a Thai speaker can review and extend.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from rapidfuzz import fuzz, process

from thai.keyboard import from_latin_layout
from thai.text import detone, forget, normalise

Kind = Literal["emergency", "crisis", "integrity", "abuse", "privacy", "injection", "care", "smalltalk"]

_SAME = str.maketrans(
    {"ใ": "ไ", "ศ": "ส", "ษ": "ส", "ณ": "น", "ภ": "พ", "ฎ": "ด", "ฏ": "ต", "ฆ": "ค", "ญ": "ย", "ธ": "ท", "ฬ": "ล"}
)
_NOT_COMPACT = re.compile(r"[\s,!…\"'’“”~*()\[\]-]+")
_PLAIN = re.compile(r"[\u0e01-\u0e4e]+")
_TOGETHER = " + "
_SHORTEST_SLIP = 9  # letters of a plain phrase that fits with one letter wrong
_SLIP_SCORE = 89.0
_LONGEST_TALK = 80  # letters; a longer message is more than small talk
_LONGEST = 1000  # letters looked at


@dataclass(frozen=True, slots=True)
class Guard:
    """What was recognised. `topic` is a key of the replies (packs/replies.py); "" for integrity."""

    kind: Kind
    topic: str


@dataclass(frozen=True, slots=True)
class _Section:
    guard: Guard
    says: re.Pattern[str] | None
    together: tuple[tuple[re.Pattern[str], ...], ...]
    unless: re.Pattern[str] | None
    exact: re.Pattern[str] | None

    def fits(self, exact: str, level: str) -> bool:
        found = (
            (self.says and self.says.search(level))
            or (self.exact and self.exact.search(exact))
            or any(all(part.search(level) for part in parts) for parts in self.together)
        )
        return bool(found) and not (self.unless and self.unless.search(level))


class _Words:
    """Words of which a text may consist. Positions are walked, because a pattern that repeats alternatives can take
    for ever on text like "5555"."""

    def __init__(self, *patterns: str) -> None:
        alternatives = {alternative for pattern in patterns for alternative in _alternatives(pattern)}
        self._plain = {word for word in alternatives if _PLAIN.fullmatch(word)}
        self._sizes = {len(word) for word in self._plain}
        self._patterns = [re.compile(alternative) for alternative in sorted(alternatives - self._plain)]

    def cover(self, text: str) -> bool:
        reached = [True] + [False] * len(text)
        for start in range(len(text)):
            if reached[start]:
                for size in self._sizes:
                    word = text[start : start + size]
                    if word in self._plain:
                        reached[start + len(word)] = True
                for pattern in self._patterns:
                    if found := pattern.match(text, start):
                        reached[found.end()] = True
                        reached[-1] |= bool(pattern.fullmatch(text, start))
        return reached[-1]


@dataclass(frozen=True, slots=True)
class _Rules:
    sections: list[_Section]
    near: dict[str, _Section]  # plain phrases long enough to be known by with one letter wrong
    only_talk: _Words
    talk: list[tuple[str, re.Pattern[str]]]  # topic and its words, in order of weight
    vulgar: re.Pattern[str]
    only_vulgar: _Words


def classify(text: str) -> Guard | None:
    """Return what search must not see in `text`, the gravest first, or None.

    Words of despair and corruption are kept nowhere, not in memory either (see also meaning.grave)."""
    found = _classify(text)
    if found is not None and found.kind in ("crisis", "integrity"):
        forget()
    return found


def _classify(text: str) -> Guard | None:
    rules = _rules()
    exact = _NOT_COMPACT.sub("", normalise(from_latin_layout(text) or text))[:_LONGEST].strip(".?")
    level = _level(exact)
    for section in rules.sections:
        if section.fits(exact, level):
            return section.guard
    near = process.extractOne(level, rules.near.keys(), scorer=fuzz.partial_ratio, score_cutoff=_SLIP_SCORE)
    if near and len(level) >= len(near[0]) and near[1] >= 100 - 105 / len(near[0]):
        section = rules.near[near[0]]
        if not (section.unless and section.unless.search(level)):
            return section.guard
    if not level or len(level) > _LONGEST_TALK:
        return None
    if rules.only_talk.cover(level):
        for topic, words in rules.talk:
            if words.search(level):
                return Guard("smalltalk", topic)
    if rules.vulgar.search(level) and rules.only_vulgar.cover(level):
        return Guard("abuse", "abuse")
    return None


def _level(text: str) -> str:
    return detone(text).translate(_SAME).replace("็", "").replace("์", "").replace("ๆ", "")


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of `pattern` that stand in no group."""
    depth = 0
    pieces = [""]
    for letter in pattern:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "|" and not depth:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def _read(lines: Iterable[str]) -> dict[tuple[str, int], dict[str, list[str]]]:
    """Sections in order, each with its lines by sign: "" says, "+" together, "!" unless, "=" exact."""
    groups: dict[str, str] = {}
    sections: dict[tuple[str, int], dict[str, list[str]]] = {}
    current: dict[str, list[str]] = {}
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("["):
            current = sections.setdefault((text.strip("[]"), len(sections)), {"": [], "+": [], "!": [], "=": []})
            continue
        for name, words in groups.items():
            text = text.replace(name, f"(?:{words})")
        if group := re.fullmatch(r"(\{[a-z]+\}) = (.+)", text):
            groups[group[1]] = group[2]
        elif text[0] in "!=":
            current[text[0]].append(text[1:].strip())
        elif _TOGETHER in text:
            current["+"].append(text)
        else:
            current[""].append(text)
    return sections


@cache
def _rules() -> _Rules:
    lines = files("handlers.questions").joinpath("guard.txt").read_text("utf-8").splitlines()
    sections: list[_Section] = []
    near: dict[str, _Section] = {}
    talk: dict[str, str] = {}
    for (name, _), found in _read(lines).items():
        kind, _, topic = name.partition(" ")
        words = _level("|".join(found[""]))
        if kind == "smalltalk":
            talk[topic] = words
            continue
        unless = re.compile(_level("|".join(found["!"]))) if found["!"] else None
        exact = re.compile("|".join(found["="])) if found["="] else None
        together = tuple(tuple(re.compile(_level(part)) for part in line.split(_TOGETHER)) for line in found["+"])
        says = re.compile(words) if words else None
        section = _Section(Guard(cast(Kind, kind), topic), says, together, unless, exact)
        sections.append(section)
        for phrase in _alternatives(words):
            if _PLAIN.fullmatch(phrase) and len(phrase) >= _SHORTEST_SLIP:
                near.setdefault(phrase, section)
    filler, vulgar, vulgar_filler = talk.pop("filler"), talk.pop("vulgar"), talk.pop("vulgar filler")
    return _Rules(
        sections,
        near,
        _Words(*talk.values(), filler),
        [(topic, re.compile(words)) for topic, words in talk.items()],
        re.compile(vulgar),
        _Words(vulgar, vulgar_filler, filler),
    )
