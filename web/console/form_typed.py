"""The editor of one field: what its inputs show, and the field that they describe. Whatever was typed is kept, also
what is no number yet: handlers/services/definition.py says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from handlers.services import building
from handlers.services.definition import CASE_ONLY
from handlers.services.field_types import TYPES
from handlers.services.fields import RATINGS
from thai.digits import to_arabic

Spec = Mapping[str, Any]
BLANKS = 2  # empty inputs behind the options
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
LIMITS = ("least", "most", "shortest", "longest")


@dataclass(frozen=True, slots=True)
class Answer:
    """A possible answer of an earlier field: ticked where the condition names it."""

    value: str
    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Lookable:
    """An earlier field that a condition may look at: its answers to tick, or (`numeric`) a number to compare with."""

    name: str
    title: str
    numeric: bool
    answers: tuple[Answer, ...] = ()
    least: str = ""
    equal: str = ""

    @property
    def used(self) -> bool:
        return bool(self.least or self.equal or any(one.ticked for one in self.answers))


def lookables(fields: Sequence[Spec], at: int) -> list[Lookable]:
    """The fields before this one that its condition may look at, with what it says of them now."""
    spec = fields[at]
    conditions = [one for one in spec.get("when", ()) if isinstance(one, dict)]
    return [
        _lookable(other, [one for one in conditions if one.get("field") == other["id"]])
        for other in fields[:at]
        if _may_look(spec, other)
    ]


def _may_look(spec: Spec, other: Spec) -> bool:
    kind = TYPES.get(str(other.get("type")))
    return kind is not None and bool(kind.tests) and bool(other.get("staff")) == bool(spec.get("staff"))


def _lookable(other: Spec, conditions: Sequence[Spec]) -> Lookable:
    wanted: dict[str, list[Any]] = {}
    for one in conditions:
        for test in ("is", "contains", "at_least"):
            if test in one:
                wanted[test] = one[test] if isinstance(one[test], list) else [one[test]]
    title = building.title_of(other) or TYPES[other["type"]].label
    if other["type"] == "number":
        return Lookable(
            other["id"],
            title,
            True,
            least=", ".join(f"{value}" for value in wanted.get("at_least", ())),
            equal=", ".join(f"{value}" for value in wanted.get("is", ())),
        )
    chosen = {str(value) for test in ("is", "contains") for value in wanted.get(test, ())}
    if other["type"] == "rating":
        least = wanted.get("at_least")
        chosen |= {str(value) for value in RATINGS if least and value >= least[0]}
        answers = [(str(value), f"{value} {word}") for value, word in RATINGS.items()]
    elif other["type"] == "consent":
        answers = [("yes", "ยอมรับ")]
    else:
        answers = [(str(one.get("value")), str(one.get("label"))) for one in other.get("options", ())]
    gone = [(value, "ตัวเลือกที่เอาออกไปแล้ว") for value in sorted(chosen - {value for value, _ in answers})]
    listed = tuple(Answer(value, label, value in chosen) for value, label in [*answers, *gone] if label)
    return Lookable(other["id"], title, False, listed)


def lost(fields: Sequence[Spec], at: int) -> int:
    """How many conditions of this field look at one that is no longer before it."""
    there = {one.name for one in lookables(fields, at)}
    return sum(1 for one in fields[at].get("when", ()) if one.get("field") not in there)


# -- reading ---------------------------------------------------------------------------------------------


def read(fields: Sequence[Spec], at: int, typed: MultiDict[str, str], taken: Collection[str] = ()) -> dict[str, Any]:
    """The field as its editor now describes it. `taken`: values of options that older versions used."""
    spec = dict(fields[at])
    kind = TYPES[spec["type"]]
    words = {"text"} if kind.make is None else {"label", "ask", "help", "example"} | ({"text"} & kind.keys)
    for part in sorted(words):
        _put(spec, part, typed.get(f"f_{part}", "").replace("\r\n", "\n").strip())
    if kind.make is not None:
        if bool(typed.get("f_required")) != (spec.get("required") is not False):
            spec["required"] = bool(typed.get("f_required"))
        _put(spec, "sensitive", bool(typed.get("f_sensitive")))
        if kind.name not in CASE_ONLY:
            _put(spec, "staff", bool(typed.get("f_staff")))
    for part in LIMITS:
        if part in kind.keys:
            _put(spec, part, amount(typed.get(f"f_{part}", "")))
    if kind.name == "choices" and spec.get("most") == 0:
        spec.pop("most")
    if "whole" in kind.keys:
        _put(spec, "whole", bool(typed.get("f_whole")))
        _put(spec, "unit", typed.get("f_unit", "").strip())
    if "in_time" in kind.keys:
        _put(spec, "in_time", typed.get("f_in_time", "").replace("any", ""))
    if "use" in kind.keys:
        _put(spec, "use", "name" if typed.get("f_use") else "")
    if "options" in kind.keys:
        spec["options"] = _options(spec, typed, taken)
    conditions = _when(fields, at, typed)
    changed = [*fields[:at], {**spec, "when": conditions}]
    # The same ticks may be said in several ways (a rating of 4 or more): what stands there is left as it is.
    if typed.get("w_drop") or lookables(changed, at) != lookables(fields, at):
        _put(spec, "when", conditions)
    return spec


def _put(spec: dict[str, Any], part: str, value: Any) -> None:
    """Set the part, or leave it out when it says nothing; 0 says something."""
    if value is False or value in ("", []):
        spec.pop(part, None)
    else:
        spec[part] = value


def amount(text: str) -> int | float | str:
    """The number that was typed; the words themselves if it is none, "" for nothing."""
    plain = to_arabic(text).replace(",", "").strip()
    if not _NUMBER.fullmatch(plain) or len(plain) > 15:
        return plain[:40]
    value = float(plain)
    return int(value) if value.is_integer() else value


def _options(spec: Spec, typed: MultiDict[str, str], taken: Collection[str]) -> list[dict[str, str]]:
    values, labels = typed.getlist("f_option_value"), typed.getlist("f_option")
    known = {str(one.get("value")) for one in spec.get("options", ())}
    pasted = [("", line) for line in typed.get("f_option_lines", "").splitlines()]
    given = [(value, label.strip()) for value, label in [*zip(values, labels, strict=False), *pasted] if label.strip()]
    new = building.next_number([*taken, *known])
    found = []
    for value, label in given:
        if value not in known:
            value, new = f"o{new}", new + 1
        found.append({"value": value, "label": label})
    return found


def _when(fields: Sequence[Spec], at: int, typed: MultiDict[str, str]) -> list[dict[str, Any]]:
    there = lookables(fields, at)
    names = {one.name for one in there}
    kept = [] if typed.get("w_drop") else [one for one in fields[at].get("when", ()) if one.get("field") not in names]
    kinds = {other["id"]: other["type"] for other in fields[:at]}
    for one in there:
        if one.numeric:
            if least := amount(typed.get(f"w_least_{one.name}", "")):
                kept.append({"field": one.name, "at_least": least})
            equal = [amount(part) for part in typed.get(f"w_equal_{one.name}", "").split(",") if part.strip()]
            if equal:
                kept.append({"field": one.name, "is": equal if len(equal) > 1 else equal[0]})
            continue
        ticked: list[Any] = typed.getlist(f"w_{one.name}")
        if kinds[one.name] == "rating":
            ticked = [amount(value) for value in ticked]
        if ticked:
            test = "contains" if kinds[one.name] == "choices" else "is"
            kept.append({"field": one.name, test: ticked if len(ticked) > 1 else ticked[0]})
    return kept
