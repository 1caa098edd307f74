"""The year's satisfaction for O17 (R29): marks by unit and question, suggestions, what was changed because of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.services import starter
from handlers.services.exchange import every_answer
from handlers.services.operations import definition_of, versions
from handlers.services.statistics import UnitRating
from models.case import Case
from models.form import FormDefinition
from models.measure import RegisterEntry
from thai.dates import at_bangkok

USE = "satisfaction"  # FormDefinition.settings["use"]
FEW = 5  # a unit with fewer answers is not shown apart: its visitors could be told
OTHERS = "ส่วนงานอื่นรวมกัน"
ByUnit = list[tuple[str, int, UnitRating]]  # unit, people, marks


@dataclass(frozen=True, slots=True)
class Improvement:
    """An entry of the register of improvements that came from the survey or from suggestions."""

    title: str
    found: str
    changed: str
    result: str


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """`by_unit`: the survey's units with their marks over all questions; `by_question`: (question, marks). Units with
    fewer than FEW answers stand together under None. `suggestions`: (unit, words), in no order of time."""

    answers: int
    by_unit: ByUnit
    by_question: list[tuple[str, UnitRating]]
    suggestions: list[tuple[str, str]]
    improvements: list[Improvement]


def form_of(session: Session) -> FormDefinition | None:
    """The agency's yearly survey."""
    return starter.form_for(session, USE)


def figures(
    session: Session, agency: AgencyView, form: FormDefinition, first: date, last: date, year: int
) -> Satisfaction:
    """What was answered in the span (Bangkok days, both included), and the improvements of the Buddhist fiscal year."""
    known = {one.id: definition_of(one) for one in versions(session, form) if one.published_at is not None}
    people: Counter[int | None] = Counter()
    marks: dict[int | None, Counter[int]] = {}
    questions: dict[str, Counter[int]] = {}
    said: list[tuple[int | None, str]] = []
    for (day, _), version_id, answers in every_answer(session, agency, form):
        if not first <= day <= last:
            continue
        definition = known[version_id]
        chosen = next((answers[item.name] for item in definition.of_type("unit") if answers.get(item.name)), None)
        unit_id = int(chosen) if chosen else None
        people[unit_id] += 1
        for item in definition.of_type("rating"):
            if answers.get(item.name):
                marks.setdefault(unit_id, Counter())[answers[item.name]] += 1
                questions.setdefault(item.label, Counter())[answers[item.name]] += 1
        words = (answers.get(item.name) for item in definition.of_type("text"))
        said += [(unit_id, str(one).strip()) for one in words if one]
    few = {unit_id for unit_id, count in people.items() if count < FEW or unit_id not in agency.units}
    joined: dict[int | None, Counter[int]] = {}
    heads: Counter[int | None] = Counter()
    for unit_id, count in people.items():
        shown = None if unit_id in few else unit_id
        heads[shown] += count
        joined.setdefault(shown, Counter()).update(marks.get(unit_id, {}))
    ordered = sorted(joined, key=lambda one: (one is None, one or 0))

    def name(unit_id: int | None) -> str:
        return OTHERS if unit_id is None or unit_id in few else agency.unit_name(unit_id)

    return Satisfaction(
        answers=people.total(),
        by_unit=[(name(one), heads[one], _rating(one, joined[one])) for one in ordered],
        by_question=[(label, _rating(None, counts)) for label, counts in questions.items()],
        suggestions=sorted((name(unit_id), words) for unit_id, words in said),
        improvements=_improvements(session, year),
    )


def after_service(session: Session, agency: AgencyView, first: date, last: date) -> ByUnit:
    """The stars that people gave when their matter was closed in the span (Bangkok days, both included), by unit."""
    end = at_bangkok(last + timedelta(days=1))
    given = session.execute(
        select(Case.unit_id, Case.rating, func.count())
        .where(Case.rating.is_not(None), Case.closed_at >= at_bangkok(first), Case.closed_at < end)
        .group_by(Case.unit_id, Case.rating)
    )
    marks: dict[int | None, Counter[int]] = {}
    for unit_id, rating, count in given:
        marks.setdefault(unit_id if unit_id in agency.units else None, Counter())[int(rating or 0)] += count
    ordered = sorted(marks, key=lambda one: (one is None, one or 0))
    return [
        (agency.unit_name(one) if one is not None else OTHERS, marks[one].total(), _rating(one, marks[one]))
        for one in ordered
    ]


# -- for everybody ---------------------------------------------------------------------------------------


def for_everybody(found: Satisfaction) -> Satisfaction:
    """What may be published: small units stand together, and of fewer than FEW people in all no marks are told."""
    by_unit = put_together(found.by_unit)
    shown = {unit for unit, _, _ in by_unit}
    return replace(
        found,
        by_unit=by_unit,
        by_question=found.by_question if by_unit else [],
        suggestions=sorted((unit if unit in shown else OTHERS, words) for unit, words in found.suggestions),
    )


def put_together(rows: ByUnit) -> ByUnit:
    """Units with fewer than FEW people in one line, and with them the next smallest while they are still too few:
    nobody is found by subtraction. Nothing where all of them are fewer than FEW."""
    small = [row for row in rows if row[1] < FEW or row[0] == OTHERS]
    large = [row for row in rows if row not in small]
    while small and large and sum(people for _, people, _ in small) < FEW:
        small.append(large.pop(min(range(len(large)), key=lambda at: large[at][1])))
    if not small:
        return large
    people, marks = sum(one[1] for one in small), total(small)
    return [*large, (OTHERS, people, marks)] if people >= FEW else []


def total(rows: ByUnit) -> UnitRating:
    """The marks of all these units."""
    first, second, third, fourth, fifth = (sum(rating.counts[at] for _, _, rating in rows) for at in range(5))
    return UnitRating(None, (first, second, third, fourth, fifth))


def _rating(unit_id: int | None, counts: Counter[int]) -> UnitRating:
    return UnitRating(unit_id, (counts[1], counts[2], counts[3], counts[4], counts[5]))


def _improvements(session: Session, year: int) -> list[Improvement]:
    entries = session.scalars(
        select(RegisterEntry)
        .where(RegisterEntry.register == "improvements", RegisterEntry.fiscal_year == year)
        .order_by(RegisterEntry.id)
    )
    return [
        Improvement(one.title, *(str(one.data.get(key) or "") for key in ("found", "changed", "result")))
        for one in entries
        if one.data.get("source") in ("survey", "opinion")
    ]


def table(found: Satisfaction) -> Iterator[tuple[str, ...]]:
    """Everything as one table: marks by unit and question, then suggestions, then what was changed."""
    yield "หมวด", "รายการ", "ผู้ตอบ", "5", "4", "3", "2", "1", "คะแนนเฉลี่ย", "ร้อยละที่ให้ 4-5"
    for unit, count, rating in found.by_unit:
        yield "ส่วนงาน", unit, str(count), *_cells(rating)
    for label, rating in found.by_question:
        yield "ข้อคำถาม", label, str(rating.answers), *_cells(rating)
    for unit, words in found.suggestions:
        yield "ข้อเสนอแนะ", f"{unit}: {words}"
    for one in found.improvements:
        yield "สิ่งที่ปรับปรุง", f"{one.title}: {one.changed}"


def _cells(rating: UnitRating) -> tuple[str, ...]:
    counts = (str(count) for count in reversed(rating.counts))
    return (*counts, f"{rating.mean_hundredths / 100:.2f}", str(rating.satisfied_percent))
