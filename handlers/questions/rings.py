"""Concept rings: which words mean one thing to a citizen, read from rings.txt and found in a text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from thai.text import clusters, detone, normalise

_LONGEST_TEXT = 400  # clusters looked at; what follows in a longer text adds nothing to a question
_UNMATCHED = 1.0  # cost of a cluster that no form covers
_MATCHED = 0.3  # cost of a form: few long forms beat many short ones
_SHORT_FORM = 3  # forms this short must be typed exactly, tone marks too


@dataclass(frozen=True)
class Ring:
    """One meaning. `wide` are the rings whose form stands inside this ring's name (ค่าขยะ -> ขยะ)."""

    name: str
    section: str
    wide: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A form found in a text: its rings (none for a plain word), and where, in compact text."""

    rings: tuple[str, ...]
    start: int
    end: int


class Rings:
    """All rings, ready to be found in normalised text."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.rings: dict[str, Ring] = {}
        self._forms: dict[str, tuple[str, ...]] = {}
        for section, forms in _parse(lines):
            if section != "words":
                self.rings.setdefault(forms[0], Ring(forms[0], section))
            for form in forms:
                self._add(form, forms[0] if section != "words" else None)
        self._lengths: dict[str, tuple[int, ...]] = {}
        lengths: dict[str, set[int]] = {}
        for form in self._forms:
            lengths.setdefault(form[0], set()).add(len(form))
        self._lengths = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}
        self._nest()

    def _add(self, form: str, ring: str | None) -> None:
        text = _compact(form)
        keys = {text} if len(text) <= _SHORT_FORM else {text, detone(text)}
        for key in keys:
            known = self._forms.get(key, ())
            self._forms[key] = known if ring is None or ring in known else (*known, ring)

    def _nest(self) -> None:
        for name, ring in self.rings.items():
            text = _compact(name)
            wide = {
                inner
                for piece in _pieces(clusters(text))
                if piece != text
                for inner in self._forms.get(piece, ())
                if inner != name and self.rings[inner].section == ring.section
            }
            self.rings[name] = Ring(name, ring.section, tuple(sorted(wide)))

    def find(self, text: str) -> list[Found]:
        """Return the forms in normalised `text`, by the cheapest cover of its clusters; spaces do not count."""
        parts = clusters(text)[:_LONGEST_TEXT]
        compact = "".join(parts)
        ends = [0]
        for part in parts:
            ends.append(ends[-1] + len(part))
        index = {offset: number for number, offset in enumerate(ends)}
        cost = [0.0] + [float("inf")] * len(parts)
        came: list[tuple[int, tuple[str, ...] | None]] = [(0, None)] * (len(parts) + 1)
        for number, start in enumerate(ends[:-1]):
            if cost[number] + _UNMATCHED < cost[number + 1]:
                cost[number + 1] = cost[number] + _UNMATCHED
                came[number + 1] = (number, None)
            for size in self._lengths.get(compact[start], ()):
                after = index.get(start + size)
                if after is None or cost[number] + _MATCHED >= cost[after]:
                    continue
                rings = self._lookup(compact[start : start + size])
                if rings is not None:
                    cost[after] = cost[number] + _MATCHED
                    came[after] = (number, rings)
        found = []
        number = len(parts)
        while number:
            before, rings = came[number]
            if rings is not None:
                found.append(Found(rings, ends[before], ends[number]))
            number = before
        return found[::-1]

    def _lookup(self, text: str) -> tuple[str, ...] | None:
        rings = self._forms.get(text)
        return rings if rings is not None or len(text) <= _SHORT_FORM else self._forms.get(detone(text))


def _compact(text: str) -> str:
    return "".join(clusters(normalise(text)))


def _pieces(parts: list[str]) -> Iterator[str]:
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            yield "".join(parts[start:end])


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
