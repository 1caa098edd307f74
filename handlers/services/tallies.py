"""How often a form was answered, and what was chosen: for the builder's lists and the form's own statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.forms import ChoiceField, Field, Option
from handlers.services.exchange import columns, every_answer
from handlers.services.fields import MultiChoiceField
from handlers.services.operations import definition_of, versions
from models.form import AnonymousAnswers, FormAnswer, FormDefinition, FormVersion, Request

COUNTED = ("choice", "choices", "unit", "rating", "consent")


@dataclass(frozen=True, slots=True)
class Tally:
    """A question with a few possible answers: (answer, how often) as the newest version lists them, then what only
    older versions offered. `answered`: how many answered it; with a multiple choice the counts add up to more."""

    label: str
    counts: tuple[tuple[str, int], ...]
    answered: int


def by_version(session: Session) -> dict[int, int]:
    """How many answers stand under each version of the session's agency."""
    counts: Counter[int] = Counter()
    for table in (Request, FormAnswer):
        for version_id, count in session.execute(
            select(table.form_version_id, func.count()).group_by(table.form_version_id)
        ):
            counts[version_id] += count
    for version_id, answers in session.execute(select(AnonymousAnswers.form_version_id, AnonymousAnswers.answers)):
        counts[version_id] += len(answers)
    return dict(counts)


def choices(
    session: Session, agency: AgencyView, form: FormDefinition, first: date | None = None, last: date | None = None
) -> list[Tally]:
    """What was chosen in the span (Bangkok days, both included), question by question over all versions."""
    published = [version for version in versions(session, form) if version.published_at is not None]
    options = _options(agency, published)
    counts: dict[str, Counter[str]] = {name: Counter() for name in options}
    answered: Counter[str] = Counter()
    for (day, _), _, answers in every_answer(session, agency, form):
        if (first is not None and day < first) or (last is not None and day > last):
            continue
        for name in options:
            if values := _chosen(answers, name):
                answered[name] += 1
                counts[name].update(values)
    return [
        Tally(
            column.label,
            tuple((label, counts[column.name][value]) for value, label in options[column.name].items()),
            answered[column.name],
        )
        for column in columns(session, form)
        if column.name in options
    ]


def _options(agency: AgencyView, published: list[FormVersion]) -> dict[str, dict[str, str]]:
    """The options of each counted question, by value; newest versions first."""
    found: dict[str, dict[str, str]] = {}
    for version in published:
        known = definition_of(version)
        for item in known.fields():
            if known.specs[item.name]["type"] in COUNTED:
                labels = found.setdefault(item.name, {})
                for option in _all(item, agency):
                    labels.setdefault(option.value, option.label)
    return found


def _all(item: Field, agency: AgencyView) -> tuple[Option, ...]:
    return item.options(agency) if isinstance(item, ChoiceField | MultiChoiceField) else item.choices(agency, {})


def _chosen(answers: Mapping[str, Any], name: str) -> list[str]:
    match answers.get(name):
        case None:
            return []
        case list() as several:
            return [str(one) for one in several]
        case True:
            return ["yes"]
        case one:
            return [str(one)]
