"""Concept rings: which words mean one thing to a citizen, read from rings.txt and found in a text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from thai.text import clusters, detone, normalise

_LONGEST_TEXT = 1500  # clusters looked at; what follows in a longer text adds nothing to a question
_UNMATCHED = 1.0  # cost of a cluster that no form covers
_MATCHED = 0.3  # cost of a form: few long forms beat many short ones
_SHORT_FORM = 3  # forms this short must be typed exactly, tone marks too


@dataclass(frozen=True)
class Ring:
    """One meaning."""

    name: str
    section: str


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
        self._inside: dict[str, tuple[str, ...]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        lengths: dict[str, set[int]] = {}
        for form in self._forms:
            lengths.setdefault(form[:2], set()).add(len(form))
        self._lengths = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}

    def _add(self, form: str, ring: str | None) -> None:
        text = _compact(form)
        keys = {text} if len(text) <= _SHORT_FORM else {text, detone(text)}
        for key in keys:
            known = self._forms.get(key, ())
            self._forms[key] = known if ring is None or ring in known else (*known, ring)

    def find(self, text: str) -> list[Found]:
        """Return the forms in normalised `text`, by the cheapest cover of its clusters; spaces do not count."""
        return self._cover(clusters(text)[:_LONGEST_TEXT], _LONGEST_TEXT)

    def _cover(self, parts: list[str], longest: int) -> list[Found]:
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
            for size in self._lengths.get(compact[start : start + 2], ()):
                after = index.get(start + size)
                if after is None or size > longest or cost[number] + _MATCHED >= cost[after]:
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

    def inside(self, form: str) -> tuple[str, ...]:
        """Rings of the shorter forms that make up compact `form` and its rings' names (ค่าขยะ -> ขยะ)."""
        known = self._inside.get(form)
        if known is None:
            own = self._lookup(form) or ()
            texts = {form, *(_compact(name) for name in own)}
            known = self._inside[form] = tuple(
                sorted(
                    {
                        ring
                        for text in texts
                        for found in self._cover(clusters(text), len(text) - 1)
                        for ring in found.rings
                        if ring not in own
                    }
                )
            )
        return known

    def _lookup(self, text: str) -> tuple[str, ...] | None:
        rings = self._forms.get(text)
        return rings if rings is not None or len(text) <= _SHORT_FORM else self._forms.get(detone(text))


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
