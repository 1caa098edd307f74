"""How the totals moved over periods that follow each other, counted in one pass a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from handlers.agencies import AgencyView
from handlers.summaries import periods, sets
from handlers.summaries.figures import percent
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
    """Of each period: key, label, first, last and the numbers of terms.TERMS that one pass can give: of cases
    received, closed, confirmed, finished, in_time; of questions asked, bot, person; of duties on_time, late and
    on_time_share. `stretch`: periods without a gap, the first the earliest."""
    whole = Span(agency.id, stretch[0].first, stretch[-1].last, now)
    found: list[dict[str, Any]] = [
        {
            "key": period.key, "label": short_label(period),
            "first": period.first.isoformat(), "last": period.last.isoformat(),
            "received": 0, "closed": 0, "finished": 0, "confirmed": 0, "in_time": 0, "asked": 0, "bot": 0, "person": 0,
        }
        for period in stretch
    ]  # fmt: skip
    seen = sets.cases_of(whole, viewer)
    _count(session, found, stretch, whole, Case.opened_at, seen, {"received": None})
    finished = Case.status.in_(sets.FINISHED)
    flags = {"closed": None, "finished": finished, "in_time": and_(finished, Case.closed_at <= Case.due_at)}
    _count(session, found, stretch, whole, Case.closed_at, seen, flags)
    _count(session, found, stretch, whole, Case.confirmed_at, seen, {"confirmed": None})
    alone = Question.number.is_(None)
    by_bot = and_(alone, Question.answered_at.is_not(None), Question.feedback.is_not(False))
    by_person = and_(alone.is_(False), Question.answered_at.is_not(None))
    seen = sets.questions_of(whole, viewer)
    _count(session, found, stretch, whole, Question.asked_at, seen, {"asked": None, "bot": by_bot, "person": by_person})
    _duties(session, found, stretch, whole, viewer)
    return found


def _count(
    session: Session,
    found: list[dict[str, Any]],
    stretch: Sequence[Period],
    whole: Span,
    moment: InstrumentedAttribute[Any],
    seen: ColumnElement[bool],
    flags: dict[str, ColumnElement[bool] | None],
) -> None:
    """Add to each period how many rows have their `moment` in it, all of them (None) or those of a flag."""
    bounds = [at_bangkok(period.last + timedelta(days=1)) for period in stretch]
    which = case(*((moment < bound, at) for at, bound in enumerate(bounds)))
    sums = [func.count() if flag is None else func.sum(case((flag, 1), else_=0)) for flag in flags.values()]
    query = select(which.label("at"), *sums).where(seen, sets.within(moment, whole)).group_by("at")
    for at, *numbers in session.execute(query):
        for name, number in zip(flags, numbers, strict=True):
            found[at][name] = int(number)


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
    for row in found:
        row["on_time_share"] = percent(row["on_time"], row["on_time"] + row["late"])
