"""What the form service counts: answers by form and month (R28), ratings by unit (R29, O17)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.services.operations import definition_of
from models.case import Case
from models.form import AnonymousAnswers, FormAnswer, FormDefinition, FormVersion, Request
from thai.dates import at_bangkok, bangkok_date

Month = tuple[int, int]  # (year of our era, month) in Bangkok


@dataclass(frozen=True, slots=True)
class FormCount:
    """How often a form was answered in each month of a span; for a request also how it went."""

    key: str
    title: str
    kind: str
    unit_id: int | None
    by_month: Mapping[Month, int]
    total: int
    finished: int = 0  # requests that are done or ended otherwise
    in_time: int = 0  # of those that were done: by the promised day


@dataclass(frozen=True, slots=True)
class UnitRating:
    """Ratings of a unit (None: the whole agency). `counts[i]` is how many gave i + 1; mean in hundredths."""

    unit_id: int | None
    counts: tuple[int, int, int, int, int]

    @property
    def answers(self) -> int:
        return sum(self.counts)

    @property
    def mean_hundredths(self) -> int:
        """The mean times 100, rounded half up; 0 without answers."""
        points = sum(count * (at + 1) for at, count in enumerate(self.counts))
        return (points * 200 + self.answers) // (2 * self.answers) if self.answers else 0

    @property
    def satisfied_percent(self) -> int:
        """How many of a hundred gave 4 or 5; 0 without answers."""
        return (self.counts[3] + self.counts[4]) * 100 // self.answers if self.answers else 0


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    """The span of these Bangkok days as UTC moments, the end not included."""
    return at_bangkok(first), at_bangkok(last + timedelta(days=1), time())


def per_month(session: Session, first: date, last: date) -> list[FormCount]:
    """Every form of the session's agency that was answered in the span (Bangkok days, both included), as listed."""
    begin, end = _moments(first, last)
    months: defaultdict[int, Counter[Month]] = defaultdict(Counter)
    finished: Counter[int] = Counter()
    in_time: Counter[int] = Counter()
    requests = (
        select(FormVersion.form_id, Case.opened_at, Case.closed_at, Case.done_at, Case.due_at)
        .select_from(Request)
        .join(Case, Case.id == Request.case_id)
        .join(FormVersion, FormVersion.id == Request.form_version_id)
        .where(Case.opened_at >= begin, Case.opened_at < end)
    )
    for form_id, opened_at, closed_at, done_at, due_at in session.execute(requests):
        months[form_id][_month(bangkok_date(opened_at))] += 1
        finished[form_id] += closed_at is not None
        in_time[form_id] += done_at is not None and done_at <= due_at
    answers = (
        select(FormVersion.form_id, FormAnswer.at)
        .join(FormVersion, FormVersion.id == FormAnswer.form_version_id)
        .where(FormAnswer.at >= begin, FormAnswer.at < end)
    )
    for form_id, at in session.execute(answers):
        months[form_id][_month(bangkok_date(at))] += 1
    for form_id, box in _boxes(session, first, last):
        months[form_id][_month(box.day)] += len(box.answers)
    forms = session.scalars(select(FormDefinition).order_by(FormDefinition.position, FormDefinition.id))
    return [
        FormCount(
            key=form.key,
            title=form.title,
            kind=form.kind,
            unit_id=form.unit_id,
            by_month=dict(sorted(months[form.id].items())),
            total=months[form.id].total(),
            finished=finished[form.id],
            in_time=in_time[form.id],
        )
        for form in forms
        if months[form.id]
    ]


def ratings_by_unit(session: Session, first: date, last: date, form: FormDefinition | None = None) -> list[UnitRating]:
    """All 1-5 ratings given in the span by the unit that they are of: the unit chosen in the answer, else the form's
    own, else (for the stars of a request or complaint) the unit that worked on it. One form only, if given.

    A form with several rating fields counts each of them. Units by id, the whole agency (None) last."""
    counts: defaultdict[int | None, Counter[int]] = defaultdict(Counter)
    for unit_id, rating in _ratings(session, first, last, form):
        counts[unit_id][rating] += 1
    found = [
        UnitRating(unit_id, (count[1], count[2], count[3], count[4], count[5])) for unit_id, count in counts.items()
    ]
    return sorted(found, key=lambda one: (one.unit_id is None, one.unit_id or 0))


def _ratings(
    session: Session, first: date, last: date, form: FormDefinition | None
) -> Iterator[tuple[int | None, int]]:
    begin, end = _moments(first, last)
    known = {version.id: version for version in session.scalars(select(FormVersion))}
    wanted = {v.id for v in known.values() if v.published_at is not None and (form is None or v.form_id == form.id)}
    given = select(FormAnswer.form_version_id, FormAnswer.answers).where(FormAnswer.at >= begin, FormAnswer.at < end)
    asked = (
        select(Request.form_version_id, Request.answers)
        .join(Case, Case.id == Request.case_id)
        .where(Case.opened_at >= begin, Case.opened_at < end)
    )
    anonymous = ((box.form_version_id, one) for _, box in _boxes(session, first, last) for one in box.answers)
    everything: tuple[Iterable[Any], ...] = (session.execute(given), session.execute(asked), anonymous)
    for rows in everything:
        for version_id, answers in rows:
            if version_id in wanted:
                yield from _of_answer(known[version_id], answers)
    if form is None:
        stars = select(Case.unit_id, Case.rating).where(
            Case.rating.is_not(None), Case.done_at >= begin, Case.done_at < end
        )
        yield from ((unit_id, int(rating or 0)) for unit_id, rating in session.execute(stars))


def _of_answer(version: FormVersion, answers: Mapping[str, Any]) -> Iterator[tuple[int | None, int]]:
    known = definition_of(version)
    chosen = next((answers[item.name] for item in known.of_type("unit") if answers.get(item.name)), None)
    unit_id = int(chosen) if chosen else version.form.unit_id
    for item in known.of_type("rating"):
        if answers.get(item.name):
            yield unit_id, answers[item.name]


def _boxes(session: Session, first: date, last: date) -> Iterator[tuple[int, AnonymousAnswers]]:
    found = (
        select(FormVersion.form_id, AnonymousAnswers)
        .join(FormVersion, FormVersion.id == AnonymousAnswers.form_version_id)
        .where(AnonymousAnswers.day >= first, AnonymousAnswers.day <= last)
    )
    yield from ((form_id, box) for form_id, box in session.execute(found))


def _month(day: date) -> Month:
    return day.year, day.month
