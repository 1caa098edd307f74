"""What search looks at in a text: words, character clusters, letters and meanings, each with a weight."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from handlers.questions.rings import load_rings
from thai.keyboard import from_latin_layout
from thai.text import clusters, detone, strip_courtesy

CHANNELS = "wcgr"  # words, clusters, letters (grams), rings: the first character of a term says which
_LONGEST = 2000  # characters looked at
# How much a stretch of text tells: what it is about, what happened, what one wants to know, sentence glue.
_SALIENCE = {
    "topics": 1.0,
    "elsewhere": 1.5,
    "actions": 0.7,
    "aspects": 0.4,
    "background": 0.2,
    "words": 0.35,
    "unknown": 1.0,
}
_UNKNOWN_MEANING = 0.4  # a run that no form covers has a meaning too, which no entry can be known to share

_INNER = 0.5  # a meaning inside a longer form counts half
_LONGEST_WORD = 16  # a longer run is several words that no form covers; its clusters speak for it
_LETTERS = 3  # length of the letter n-grams; shorter and longer ones beside them found no more
_EDGE = "^"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of compact text: a form of the rings, or a run that no form covers (section "unknown")."""

    text: str
    start: int
    end: int
    section: str
    rings: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()


def readable(text: str) -> str:
    """Return `text` as it is compared: layout mended, spelling made one, courtesy gone."""
    return strip_courtesy(from_latin_layout(text) or text)[:_LONGEST]


def spans(text: str, *, typos: bool = False) -> list[Span]:
    """Return `readable` text cut into forms and runs between them."""
    rings = load_rings()
    compact = "".join(clusters(text))
    cut: list[Span] = []
    at = 0
    for found in rings.find(text, typos=typos):
        if found.start > at:
            cut.append(Span(compact[at : found.start], at, found.start, "unknown"))
        section = rings.sections[found.rings[0]] if found.rings else "words"
        cut.append(Span(found.form, found.start, found.end, section, found.rings, rings.inside(found.form)))
        at = found.end
    if at < len(compact):
        cut.append(Span(compact[at:], at, len(compact), "unknown"))
    return cut


def add_terms(
    weights: dict[str, float], text: str, factor: float = 1.0, *, letters: bool = True, typos: bool = False
) -> None:
    """Add the terms of `readable` text to `weights`, each as often as it stands there, times `factor`.

    `letters` adds the letter n-grams, `typos` mends slips in known words first. A term's first character is its
    channel.
    """
    cut = spans(text, typos=typos)
    for term, weight in chain(_meanings(cut), _spellings(cut, letters)):
        weights[term] = weights.get(term, 0.0) + weight * factor


def _meanings(cut: list[Span]) -> Iterator[tuple[str, float]]:
    for span in cut:
        weight = _SALIENCE[span.section]
        if len(span.text) <= _LONGEST_WORD:
            yield "w" + detone(span.text), weight
        if span.section == "unknown" and len(span.text) > 2:
            yield "r?" + span.text, weight * _UNKNOWN_MEANING
        for ring in span.rings:
            yield "r" + ring, weight / len(span.rings)
        for ring in span.inner:
            yield "r" + ring, weight * _INNER


def _spellings(cut: list[Span], letters: bool) -> Iterator[tuple[str, float]]:
    parts = [(part, _SALIENCE[span.section]) for span in cut for part in clusters(span.text)]
    if not parts:
        return
    yield f"c{_EDGE}{parts[0][0]}", parts[0][1]
    yield f"c{parts[-1][0]}{_EDGE}", parts[-1][1]
    for part, weight in parts:
        yield "c" + part, weight
    for (one, a), (two, b) in pairwise(parts):
        yield f"c{one} {two}", (a + b) / 2
    if not letters:
        return
    plain = [(letter, weight) for part, weight in parts for letter in detone(part)]
    text = "".join(letter for letter, _ in plain)
    for start in range(len(text) - _LETTERS + 1):
        yield "g" + text[start : start + _LETTERS], plain[start + 1][1]


def query_terms(text: str) -> dict[str, float]:
    """Return the terms of what a person typed, slips in known words mended. Nothing of it is kept."""
    weights: dict[str, float] = {}
    add_terms(weights, readable(text), typos=True)
    return weights


def subject(text: str) -> Literal["ours", "elsewhere", ""]:
    """What a person's words are about: things that may be an agency's, or surely others' ("ราคาทองวันนี้"); "" when
    they only say what one wants to know, not of what."""
    sections = {span.section for span in spans(readable(text), typos=True)}
    if "elsewhere" in sections:
        return "elsewhere"
    return "ours" if sections & {"topics", "unknown"} else ""
