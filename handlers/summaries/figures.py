"""The figures of a period, counted in the database and returned as plain JSON; sets.py says which rows each counts."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from handlers.agencies import AgencyView
from handlers.complaints.labels import CHANNEL_LABEL
from handlers.summaries import periods, sets, terms
from handlers.summaries.office_time import OfficeTime
from handlers.summaries.sets import Span
from models.agency import Staff
from models.case import CHANNELS, Case, Category
from models.duty import Duty
from models.elapsed import seconds_between
from models.measure import MEASURE_STATUSES, Evidence, Measure, RegisterEntry
from models.question import Question
from models.thread import ThreadMessage
from thai.fiscal import fiscal_year

Figures = dict[str, Any]
NO_UNIT = "ยังไม่มอบหมาย"
NO_MOO = "ไม่ระบุหมู่"


def collect(
    session: Session, agency: AgencyView, first: date, last: date, now: datetime, viewer: Staff | None = None
) -> Figures:
    """The figures of the days `first` to `last` (Bangkok, both inside) as known at `now` (UTC): numbers and labels,
    never a person.

    `viewer`: only what this person may see; None: the whole agency, for ปลัด and นายก. Nothing of the integrity desk
    is in here. Each number is defined in terms.TERMS (also under "definitions", with the address of its list):

    cases: received, closed, finished, confirmed, open, late, paused, in_time, reopened, rated (ints), in_time_share
      (percent or None), median_days, rating (averages or None); the ints also by unit, category, moo and channel
    questions: asked = bot + person + missed + unanswered + ended; bot_share (percent of bot and person),
      median_minutes (working minutes to the first answer by a person); also by unit
    duties: due = on_time + late + pending, on_time_share; also by unit
    measures (by status) and channels of the fiscal year of `last`
    decisions: what waits for an executive now
    previous: cases, questions and duties of the period before
    """
    span = Span(agency.id, first, last, now)
    year = fiscal_year(last)
    earlier = _before(first, last)
    cases, by = _cases(session, span, viewer)
    questions, questions_by_unit = _questions(session, agency, span, viewer)
    duties, duties_by_unit = _duties(session, span, viewer)
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "until": span.end.isoformat(),
        "made_at": now.isoformat(),
        "fiscal_year": year,
        "cases": cases,
        "cases_by_unit": _named(by["unit"], _units(agency, NO_UNIT)),
        "cases_by_category": _named(by["category"], _category_labels(session, by["category"])),
        "cases_by_moo": _named(by["moo"], {None: NO_MOO, **{n: f"หมู่ {n}" for n in by["moo"] if n is not None}}),
        "cases_by_channel": _named(by["channel"], dict(enumerate(CHANNEL_LABEL[name] for name in CHANNELS))),
        "questions": questions,
        "questions_by_unit": _named(questions_by_unit, _units(agency, NO_UNIT)),
        "duties": duties,
        "duties_by_unit": _named(duties_by_unit, _units(agency, NO_UNIT)),
        "measures": _measures(session, span, year, viewer),
        "channels": {"count": _count(session, RegisterEntry.id, sets.channels_of(span, year))},
        "decisions": _decisions(session, span, viewer),
        "previous": totals(session, agency, *earlier, now, viewer),
        "definitions": terms.definitions(first, last),
    }


def totals(
    session: Session, agency: AgencyView, first: date, last: date, now: datetime, viewer: Staff | None = None
) -> Figures:
    """Only the totals of collect: cases, questions, duties."""
    span = Span(agency.id, first, last, now)
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "cases": _case_totals(session, span, viewer),
        "questions": _questions(session, agency, span, viewer)[0],
        "duties": _duties(session, span, viewer)[0],
    }


def _before(first: date, last: date) -> tuple[date, date]:
    """The period before: of the same kind where it is one, else as many days."""
    for kind in periods.KINDS:
        held = periods.holding(kind, first)
        if (held.first, held.last) == (first, last):
            earlier = periods.before(held)
            return earlier.first, earlier.last
    return first - (last - first) - timedelta(days=1), first - timedelta(days=1)


# -- complaints ------------------------------------------------------------------------------------------

_Table = dict[int | None, dict[str, int]]


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _short(key: str) -> str:
    return key.partition(".")[2]


def _cases(session: Session, span: Span, viewer: Staff | None) -> tuple[Figures, dict[str, _Table]]:
    """The totals, and the same by unit, category, moo and channel."""
    conditions = sets.case_conditions(span)
    found = sets.cases_touched(span, viewer)
    channel = case({name: at for at, name in enumerate(CHANNELS)}, value=Case.channel)
    touched = (
        select(
            Case.unit_id.label("unit"),
            Case.category_id.label("category"),
            Case.moo.label("moo"),
            channel.label("channel"),
            case((conditions["cases.rated"], Case.rating), else_=0).label("stars"),
            *(_flag(condition).label(_short(key)) for key, condition in conditions.items()),
        )
        .select_from(found)
        .join(Case, Case.id == found.c.id)
        .cte("touched")
    )
    groups, names = ("unit", "category", "moo", "channel"), [_short(key) for key in conditions]
    sums = [func.sum(touched.c[name]) for name in (*names, "stars")]
    counted = union_all(
        *(select(literal(group), touched.c[group], *sums).group_by(touched.c[group]) for group in groups)
    )
    by: dict[str, _Table] = {group: {} for group in groups}
    totals = dict.fromkeys((*names, "stars"), 0)
    for group, value, *numbers in session.execute(counted):
        row = dict(zip(totals, map(int, numbers), strict=True))
        if group == "unit":
            totals = {name: totals[name] + row[name] for name in totals}
        if any(row.values()):
            del row["stars"]
            by[group][value] = row
    return _measured(session, span, viewer, totals, conditions["cases.finished"]), by


def _case_totals(session: Session, span: Span, viewer: Staff | None) -> Figures:
    """The totals alone: a third of the work."""
    conditions = sets.case_conditions(span)
    stars = func.sum(case((conditions["cases.rated"], Case.rating), else_=0))
    found = sets.cases_touched(span, viewer)
    sums = (func.sum(_flag(condition)) for condition in conditions.values())
    counted = select(*sums, stars).select_from(found).join(Case, Case.id == found.c.id)
    numbers = [int(number or 0) for number in session.execute(counted).one()]
    names = (*map(_short, conditions), "stars")
    totals = dict(zip(names, numbers, strict=True))
    return _measured(session, span, viewer, totals, conditions["cases.finished"])


def _measured(
    session: Session, span: Span, viewer: Staff | None, totals: dict[str, int], finished: ColumnElement[bool]
) -> Figures:
    """The totals with shares and middles."""
    stars = totals.pop("stars")
    return {
        **totals,
        "in_time_share": percent(totals["in_time"], totals["finished"] + totals["late"]),
        "median_days": _median_days(session, span, viewer, finished, totals["finished"]),
        "rating": round(stars / totals["rated"], 2) if totals["rated"] else None,
    }


def _median_days(
    session: Session, span: Span, viewer: Staff | None, finished: ColumnElement[bool], count: int
) -> float | None:
    """The middle one is looked for by the database; of an even number, the mean of the two in the middle."""
    if not count:
        return None
    took = seconds_between(Case.opened_at, Case.closed_at)
    middle = session.scalars(
        select(took)
        .where(sets.cases_of(span, viewer), finished)
        .order_by(took)
        .offset((count - 1) // 2)
        .limit(1 if count % 2 else 2)
    ).all()
    return round(float(sum(middle)) / len(middle) / 86_400, 1)


def percent(part: int, whole: int) -> float | None:
    """In percent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


# -- questions -------------------------------------------------------------------------------------------


def _questions(session: Session, agency: AgencyView, span: Span, viewer: Staff | None) -> tuple[Figures, _Table]:
    conditions = sets.question_conditions(span)
    names = [_short(key) for key in conditions]
    counted = (
        select(Question.unit_id, *(func.sum(_flag(condition)) for condition in conditions.values()))
        .where(sets.questions_of(span, viewer), conditions["questions.asked"])
        .group_by(Question.unit_id)
    )
    by_unit = {unit: dict(zip(names, map(int, numbers), strict=True)) for unit, *numbers in session.execute(counted)}
    totals = {name: sum(row[name] for row in by_unit.values()) for name in names}
    measured = {
        "bot_share": percent(totals["bot"], totals["bot"] + totals["person"]),
        "median_minutes": _median_minutes(session, agency, span, viewer, conditions["questions.person"]),
    }
    return {**totals, **measured}, by_unit


def _median_minutes(
    session: Session, agency: AgencyView, span: Span, viewer: Staff | None, answered: ColumnElement[bool]
) -> int | None:
    first_answer = (
        select(func.min(ThreadMessage.at))
        .where(ThreadMessage.question_id == Question.id, ThreadMessage.direction == "out")
        .correlate(Question)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Question.asked_at, first_answer)
        .where(sets.questions_of(span, viewer), answered)
        .order_by(Question.asked_at)
    )
    office = OfficeTime(agency.calendar)
    took = [office.between(asked, answer) for asked, answer in rows if answer is not None]
    return round(statistics.median(took) / 60) if took else None


# -- duties, measures, decisions -------------------------------------------------------------------------


def _duties(session: Session, span: Span, viewer: Staff | None) -> tuple[Figures, _Table]:
    """An agency has some dozens in a quarter: they are counted here."""
    rows = session.execute(
        select(Duty.unit_id, Duty.status, Duty.due_on, Duty.submitted_at, Duty.done_at).where(
            sets.duties_of(span, viewer), sets.duties_due(span)
        )
    )
    by_unit: _Table = {}
    for unit, status, due_on, submitted_at, done_at in rows:
        row = by_unit.setdefault(unit, {"due": 0, "on_time": 0, "late": 0, "pending": 0})
        row["due"] += 1
        row[sets.standing(status, due_on, submitted_at, done_at, span.today)] += 1
    totals = {name: sum(row[name] for row in by_unit.values()) for name in ("due", "on_time", "late", "pending")}
    return {**totals, "on_time_share": percent(totals["on_time"], totals["on_time"] + totals["late"])}, by_unit


def _measures(session: Session, span: Span, year: int, viewer: Staff | None) -> Figures:
    counted = session.execute(
        select(Measure.status, func.count()).where(sets.measures_of(span, year, viewer)).group_by(Measure.status)
    )
    by_status = {row[0]: row[1] for row in counted}
    return {status: by_status.get(status, 0) for status in MEASURE_STATUSES}


def _count(session: Session, row_id: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(row_id)).where(*conditions)) or 0


def _decisions(session: Session, span: Span, viewer: Staff | None) -> list[dict[str, Any]]:
    """What waits for an executive now; only what there is."""
    cases, questions = sets.cases_of(span, viewer), sets.questions_of(span, viewer)
    wanted: dict[str, Select[int]] = {}
    for key, condition in sets.case_decisions().items():
        wanted[key] = select(func.count(Case.id)).where(cases, condition)
    for key, condition in sets.question_decisions().items():
        wanted[key] = select(func.count(Question.id)).where(questions, condition)
    for key, condition in sets.duty_decisions().items():
        wanted[key] = select(func.count(Duty.id)).where(sets.duties_of(span, viewer), condition)
    wanted["decide.evidence"] = select(func.count(Evidence.id)).where(sets.old_evidence(span, viewer))
    counts = session.execute(select(*(query.scalar_subquery() for query in wanted.values()))).one()
    return [
        {"key": key, "label": terms.TERMS[key].title, "count": count}
        for key, count in zip(wanted, counts, strict=True)
        if count
    ]


# -- names -----------------------------------------------------------------------------------------------


def _units(agency: AgencyView, nobody: str) -> dict[int | None, str]:
    return {None: nobody, **{unit.id: unit.name for unit in agency.units.values()}}


def _category_labels(session: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    """Also of categories that are no longer offered."""
    rows = session.execute(select(Category.id, Category.label).where(Category.id.in_([i for i in ids if i])))
    return {row[0]: row[1] for row in rows}


def _named(table: _Table, names: dict[int | None, str]) -> list[dict[str, Any]]:
    """In the order of the names' table where it is one of units, else by number."""
    order = {value: at for at, value in enumerate(names)}
    rows = sorted(table.items(), key=lambda item: (item[0] is None, order.get(item[0], len(order)), item[0] or 0))
    return [{"id": value, "label": names.get(value, f"#{value}"), **numbers} for value, numbers in rows]
