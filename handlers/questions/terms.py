"""What search looks at in a text: words, character clusters, letters and meanings, each with a weight."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from handlers.questions.rings import load_rings
from thai.keyboard import from_latin_layout
from thai.text import clusters, detone, strip_courtesy

CHANNELS = "wcgr"  # words, clusters, letters (grams), rings: the first character of a term says which
_LONGEST = 2000  # characters looked at
# How much a stretch of text tells: what it is about, what happened, what one wants to know, sentence glue.
_SALIENCE = {"topics": 1.0, "actions": 0.7, "aspects": 0.4, "words": 0.25, "unknown": 1.0}
_INNER = 0.5  # a meaning inside a longer form counts half
_LONGEST_WORD = 16  # a longer run is several words that no form covers; its clusters speak for it
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


def spans(text: str) -> list[Span]:
    """Return `readable` text cut into forms and runs between them."""
    rings = load_rings()
    compact = "".join(clusters(text))
    cut: list[Span] = []
    at = 0
    for found in rings.find(text):
        if found.start > at:
            cut.append(Span(compact[at : found.start], at, found.start, "unknown"))
        section = rings.rings[found.rings[0]].section if found.rings else "words"
        form = compact[found.start : found.end]
        cut.append(Span(form, found.start, found.end, section, found.rings, rings.inside(form)))
        at = found.end
    if at < len(compact):
        cut.append(Span(compact[at:], at, len(compact), "unknown"))
    return cut


def terms(text: str, letters: bool = True) -> dict[str, float]:
    """Return the terms of `readable` text with their weights; `letters` adds the letter n-grams.

    A term's first character is its channel. Weights add up when a term stands there several times.
    """
    weights: dict[str, float] = {}
    for term, weight in _terms(text, letters):
        weights[term] = weights.get(term, 0.0) + weight
    return weights


def _terms(text: str, letters: bool) -> Iterator[tuple[str, float]]:
    parts = clusters(text)
    salience: list[float] = []
    for span in spans(text):
        weight = _SALIENCE[span.section]
        salience += [weight] * (span.end - span.start)
        if len(span.text) <= _LONGEST_WORD:
            yield "w" + detone(span.text), weight
        for ring in span.rings:
            yield "r" + ring, weight / len(span.rings)
        for ring in span.inner:
            yield "r" + ring, weight * _INNER
    at = 0
    known = []
    for part in parts:
        known.append(salience[at])
        at += len(part)
    for part, weight in zip(parts, known, strict=True):
        yield "c" + part, weight
    if parts:
        yield f"c{_EDGE}{parts[0]}", known[0]
        yield f"c{parts[-1]}{_EDGE}", known[-1]
    for (one, a), (two, b) in pairwise(zip(parts, known, strict=True)):
        yield f"c{one} {two}", (a + b) / 2
    if letters:
        compact = "".join(parts)
        kept = [(letter, weight) for letter, weight in zip(compact, salience, strict=True) if detone(letter)]
        plain = "".join(letter for letter, _ in kept)
        plain_weights = [weight for _, weight in kept]
        for size in (2, 3, 4):
            for start in range(len(plain) - size + 1):
                yield "g" + plain[start : start + size], plain_weights[start + size // 2]


@lru_cache(maxsize=4096)
def query_terms(text: str) -> dict[str, float]:
    """Terms of what a person typed; remembered, because clerks and tests ask the same again."""
    return terms(readable(text))
