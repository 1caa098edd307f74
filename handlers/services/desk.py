"""A request as the desk sees it: what was asked and answered, and the part that staff fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.forms import ConsentField, Field, Form, Given
from handlers.services.answering import request_of
from handlers.services.definition import Definition
from handlers.services.fields import AgreementField, MultiChoiceField
from handlers.services.operations import definition_of
from models.case import Case


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet; a heading has no value."""

    label: str
    value: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A request's answers under the version that they were given under. `staff` is the desk's own form, `filled` what
    stands in it."""

    title: str
    version_number: int
    lines: tuple[Line, ...]
    staff: Form
    staff_lines: tuple[Line, ...]
    filled: Mapping[str, Given]


def sheet(session: Session, agency: AgencyView, case: Case) -> Sheet | None:
    """The answers of a case of kind "request"; None for a complaint."""
    request = request_of(session, case) if case.kind == "request" else None
    if request is None:
        return None
    known = definition_of(request.version)
    filled = {f.name: given_of(f, request.answers.get(f.name), agency) for f in known.staff.fields}
    return Sheet(
        title=known.form.title,
        version_number=request.version.number,
        lines=tuple(_lines(known, request.answers, agency)),
        staff=known.staff,
        staff_lines=tuple(Line(f.label, f.show(request.answers.get(f.name), agency)) for f in known.staff.fields),
        filled=filled,
    )


def _lines(known: Definition, answers: Mapping[str, Any], agency: AgencyView) -> list[Line]:
    """What was asked of this person, in order, under its headings."""
    lines: list[Line] = []
    for item in known.form.fields:
        if item.name not in answers or isinstance(item, ConsentField):
            continue
        lines += [Line(intro.text, heading=True) for intro in item.intro if intro.heading]
        lines.append(Line(item.label, item.show(answers[item.name], agency)))
    return lines


def given_of(item: Field, value: Any, agency: AgencyView) -> Given:
    """A stored value as it would be typed, so that a page shows it again."""
    if value is None:
        return Given()
    if isinstance(item, MultiChoiceField):
        return Given(values=tuple(value))
    if isinstance(item, AgreementField):
        return Given(value="yes")
    if isinstance(value, dict):
        return Given(
            text=str(value.get("text") or value.get("landmark") or ""),
            latitude=value.get("latitude"),
            longitude=value.get("longitude"),
        )
    if item.choices(agency, {}):
        return Given(value=str(value))
    if isinstance(value, int | float):
        return Given(text=f"{value:g}" if abs(value) < 1e6 else str(value))
    return Given(text=item.show(value, agency))
