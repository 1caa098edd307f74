"""Concept rings: which words mean one thing to a citizen, read from rings.txt and found in a text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from thai.text import clusters, detone, normalise, sound

_LONGEST_TEXT = 1500  # clusters looked at; what follows in a longer text adds nothing to a question
_SHORT_FORM = 3  # forms this short must be typed exactly, tone marks too
# Costs in the search for the cheapest cover of a text by forms: few long forms beat many short ones.
_UNKNOWN = 1.0  # a cluster that no form covers
_EXACT = 0.3
_TONELESS = 0.35
_SOUNDS_ALIKE = 0.7
_TYPO = 1.2
_LONGEST_MENDED = 60  # clusters of a text in which slips are looked for
_LONGEST_SLIP = 10  # clusters of a form that may have a slip
_SHORTEST_SOUND = 5  # letters of a form that may be written as it sounds
_SHORTEST_TYPO = 6  # letters of a form in which one letter may be wrong, missing or too many
_SHORTEST_MIXED_TYPO = 7  # the same where part of the stretch is a word of its own


@dataclass(frozen=True, slots=True)
class Found:
    """A form found in a text: its rings (none for a plain word), where in compact text, and how it is spelt."""

    rings: tuple[str, ...]
    start: int
    end: int
    form: str


class Rings:
    """All rings, ready to be found in normalised text."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.sections: dict[str, str] = {}  # of each ring, by name
        self._rings: dict[str, tuple[str, ...]] = {}  # of each form
        for section, forms in _parse(lines):
            if section != "words":
                self.sections.setdefault(forms[0], section)
            for form in forms:
                text = _compact(form)
                known = self._rings.get(text, ())
                self._rings[text] = known if section == "words" or forms[0] in known else (*known, forms[0])
        self._sounds: dict[str, list[str]] = {}  # forms that sound so
        self._begins: set[str] = set()  # sounds with which a form begins
        self._inside: dict[str, tuple[str, ...]] = {}
        for form in self._rings:
            begun = ""
            for part in clusters(form):
                begun += _sound(part)
                self._begins.add(begun)
            self._sounds.setdefault(begun, []).append(form)

    @cached_property
    def _slips(self) -> dict[str, list[str]]:
        """Sounds of forms by what is left of them without one letter; only what people type needs it."""
        slips: dict[str, list[str]] = {}
        for spoken, alike in self._sounds.items():
            if self._rings[alike[0]]:
                for slip in _slips(spoken):
                    slips.setdefault(slip, []).append(spoken)
        return slips

    def find(self, text: str, *, typos: bool = False) -> list[Found]:
        """Return the forms in normalised `text`, by the cheapest cover of its clusters; spaces do not count.

        With `typos`, what nothing covers is compared once more with one letter wrong.
        """
        parts = clusters(text)[:_LONGEST_TEXT]
        found = self._cover(parts)
        if typos and len(parts) <= _LONGEST_MENDED:
            slips = self._mend(parts, found)
            if slips:
                return self._cover(parts, slips=slips)
        return found

    def inside(self, form: str) -> tuple[str, ...]:
        """Rings of the shorter forms that make up `form` and the names of its rings (ค่าขยะ -> ขยะ)."""
        known = self._inside.get(form)
        if known is None:
            own = self._rings.get(form, ())
            inner: set[str] = set()
            for text in {form, *map(_compact, own)} if own else ():
                pieces = self._cover(clusters(text), whole=False)
                covered = sum(piece.end - piece.start for piece in pieces) == len(text)
                for piece in pieces:  # a short piece of a word that does not come apart is chance (โค in โครงการ)
                    if covered or piece.end - piece.start > _SHORT_FORM:
                        inner.update(piece.rings)
            known = self._inside[form] = tuple(sorted(inner.difference(own)))
        return known

    def _cover(
        self, parts: list[str], *, whole: bool = True, slips: dict[int, list[tuple[int, str]]] | None = None
    ) -> list[Found]:
        size = len(parts)
        ends = [0]
        for part in parts:
            ends.append(ends[-1] + len(part))
        text = "".join(parts)
        cost = [0.0] + [float("inf")] * size
        came: list[tuple[int, str | None]] = [(0, None)] * (size + 1)
        for start in range(size):
            if cost[start] + _UNKNOWN < cost[start + 1]:
                cost[start + 1] = cost[start] + _UNKNOWN
                came[start + 1] = (start, None)
            for end, form in slips.get(start, ()) if slips else ():
                if cost[start] + _TYPO < cost[end]:
                    cost[end] = cost[start] + _TYPO
                    came[end] = (start, form)
            spoken = ""
            for end in range(start + 1, size + 1):
                spoken += _sound(parts[end - 1])
                if spoken not in self._begins:
                    break
                if spoken not in self._sounds or not (whole or end - start < size):
                    continue
                price, form = self._closest(text[ends[start] : ends[end]], spoken)
                if cost[start] + price < cost[end]:
                    cost[end] = cost[start] + price
                    came[end] = (start, form)
        found = []
        end = size
        while end:
            start, known = came[end]
            if known is not None:
                found.append(Found(self._rings[known], ends[start], ends[end], known))
            end = start
        return found[::-1]

    def _mend(self, parts: list[str], found: list[Found]) -> dict[int, list[tuple[int, str]]]:
        """Forms that differ by one letter from a stretch with something unknown in it: start -> (end, form)."""
        spoken = [_sound(part) for part in parts]
        unknown = [True] * len(parts)
        at = {0: 0}
        for number, part in enumerate(parts):
            at[list(at)[-1] + len(part)] = number + 1
        for item in found:
            for number in range(at[item.start], at[item.end]):
                unknown[number] = False
        mended: dict[int, list[tuple[int, str]]] = {}
        for start in range(len(parts)):
            for end in range(start + 2, min(start + _LONGEST_SLIP, len(parts)) + 1):
                strange = sum(unknown[start:end])
                if strange * 3 < end - start:
                    continue
                typed = "".join(spoken[start:end])
                if len(typed) < (_SHORTEST_TYPO if strange == end - start else _SHORTEST_MIXED_TYPO):
                    continue
                near = self._near(typed)
                if near:
                    mended.setdefault(start, []).append((end, self._sounds[near][0]))
        return mended

    def _near(self, typed: str) -> str | None:
        """A form that is `typed` but for one letter inside; one at an edge belongs to the neighbour."""
        candidates = {*self._slips.get(typed, ())}
        for shorter in _slips(typed):
            if shorter in self._sounds and self._rings[self._sounds[shorter][0]]:
                candidates.add(shorter)
            candidates.update(self._slips.get(shorter, ()))
        for known in sorted(candidates):
            if known[0] == typed[0] and known[-1] == typed[-1] and OSA.distance(typed, known, score_cutoff=1) <= 1:
                return known
        return None

    def _closest(self, typed: str, spoken: str) -> tuple[float, str]:
        forms = self._sounds[spoken]
        if typed in forms:
            return _EXACT, typed
        toneless = detone(typed)
        best = (float("inf"), forms[0])
        for form in forms:
            if len(form) <= _SHORT_FORM:
                continue
            if detone(form) == toneless:
                return _TONELESS, form
            if len(spoken) >= _SHORTEST_SOUND:
                best = min(best, (_SOUNDS_ALIKE, form))
        return best


@lru_cache(maxsize=8192)
def _sound(part: str) -> str:
    return sound(part)


def _slips(spoken: str) -> list[str]:
    if len(spoken) < _SHORTEST_TYPO:
        return []
    return [spoken[:at] + spoken[at + 1 :] for at in range(len(spoken))]


def _compact(text: str) -> str:
    return "".join(clusters(normalise(text)))


def _parse(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    section = ""
    for line in lines:
        text = re.sub("#.*", "", line).strip()
        if text.startswith("["):
            section = text.strip("[]")
        elif text:
            yield section, [form.strip() for form in re.split("[=,]", text) if form.strip()]


@cache
def load_rings() -> Rings:
    """The rings that ship with the product (rings.txt), read once."""
    return Rings(files("handlers.questions").joinpath("rings.txt").read_text("utf-8").splitlines())
