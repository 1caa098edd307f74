"""How the totals moved over periods that follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from handlers.agencies import AgencyView
from handlers.summaries import periods, sets
from handlers.summaries.periods import Period
from handlers.summaries.sets import Span
from models.agency import Staff
from models.case import Case
from models.duty import Duty
from models.question import Question
from thai.dates import at_bangkok

SHORT = {"quarter": "ไตรมาส {}/{:02d}", "half": "ครึ่งปี {}/{:02d}"}


def back_from(period: Period, count: int) -> list[Period]:
    """`count` periods of the same kind, the last of them this one."""
    found = [period]
    while len(found) < count:
        found.insert(0, periods.before(found[0]))
    return found


def short_label(period: Period) -> str:
    """ "ไตรมาส 1/70": fits below a bar."""
    if period.kind in SHORT:
        return SHORT[period.kind].format(period.key[-1], period.fiscal_year % 100)
    return period.label.removeprefix("เดือน") if period.kind == "month" else f"ปี {period.fiscal_year}"


def trend(
    session: Session, agency: AgencyView, stretch: Sequence[Period], now: datetime, viewer: Staff | None = None
) -> list[dict[str, Any]]:
    """Of each period: key, label, first, last and how many: of cases received, closed, finished, in_time, confirmed;
    of questions asked and handed (to a person); of duties on_time and late. `stretch`: periods without a gap, the first
    the earliest. Each condition can be counted in an index alone."""
    found: list[dict[str, Any]] = [
        {"key": period.key, "label": short_label(period), "first": str(period.first), "last": str(period.last)}
        for period in stretch
    ]
    whole = Span(agency.id, stretch[0].first, stretch[-1].last, now)
    for row in found:
        row.update(dict.fromkeys(("received", "closed", "finished", "in_time", "confirmed", "asked", "handed"), 0))
    for moment, seen, flags in _counted(whole, viewer):
        # One pass over an index; what lies before the first bound comes first.
        bounds = [at_bangkok(period.first) for period in stretch[1:]]
        at = case(*((moment < bound, number) for number, bound in enumerate(bounds)), else_=len(bounds))
        sums = [func.sum(case((flag, 1), else_=0)).label(name) for name, flag in flags.items()]
        query = select(at.label("at"), *sums).where(seen, sets.within(moment, whole)).group_by("at")
        for counts in session.execute(query).mappings():
            found[counts["at"]].update({name: int(counts[name]) for name in flags})
    _duties(session, found, stretch, whole, viewer)
    return found


def _counted(
    whole: Span, viewer: Staff | None
) -> list[tuple[InstrumentedAttribute[Any], ColumnElement[bool], dict[str, ColumnElement[bool]]]]:
    """(by which moment, of which rows, name → which of them), each of which an index answers alone."""
    cases, questions = sets.cases_of(whole, viewer), sets.questions_of(whole, viewer)
    finished = Case.status.in_(sets.FINISHED)
    in_time = and_(finished, Case.closed_at <= Case.due_at)
    return [
        (Case.opened_at, cases, {"received": true()}),
        (Case.closed_at, cases, {"closed": true(), "finished": finished, "in_time": in_time}),
        (Case.confirmed_at, cases, {"confirmed": true()}),
        (Question.asked_at, questions, {"asked": true()}),
        (Question.asked_at, and_(questions, Question.number.is_not(None)), {"handed": true()}),
    ]


def _duties(
    session: Session, found: list[dict[str, Any]], stretch: Sequence[Period], whole: Span, viewer: Staff | None
) -> None:
    def at(day: date) -> int:
        return next(number for number, period in enumerate(stretch) if day <= period.last)

    for row in found:
        row.update(on_time=0, late=0)
    for status, due_on, submitted_at, done_at in session.execute(
        select(Duty.status, Duty.due_on, Duty.submitted_at, Duty.done_at).where(
            sets.duties_of(whole, viewer), sets.duties_due(whole)
        )
    ):
        standing = sets.standing(status, due_on, submitted_at, done_at, whole.today)
        if standing != "pending":
            found[at(due_on)][standing] += 1
