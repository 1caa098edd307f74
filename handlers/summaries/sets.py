"""Which rows each number counts: one condition a number, used by the figures and by the lists behind them.

A period's cases are looked at as they stood when it ended (or stand now, while it lasts); a case that was opened
again later is open in all periods since, as nothing keeps when it was closed before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, exists, false, not_, or_, select, true, union
from sqlalchemy.orm import InstrumentedAttribute

from handlers.complaints.due import PAUSING
from handlers.complaints.rules import visible_to as case_visible_to
from handlers.duties.operations import visible_to as duty_visible_to
from handlers.questions.operations import visible_to as question_visible_to
from handlers.summaries.terms import EVIDENCE_DAYS
from models.agency import Staff
from models.case import OPEN_STATUSES, Case, CaseEvent, CasePause
from models.duty import LIVE_DUTY_STATUSES, Duty
from models.measure import Evidence, Measure, RegisterEntry
from models.question import Question
from models.thread import ThreadMessage
from thai.dates import at_bangkok, bangkok_date

FINISHED = ("done", "confirmed")
DECIDING = ("budget", "procurement", "legal")  # what a case waits for that executives can move
CLERK, MAYOR = 3, 3  # Case.escalation and Duty.escalation: the top of the ladder
QUESTION_CLERK = 2  # Question.escalation
Conditions = dict[str, ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Span:
    """The days `first` to `last` (Bangkok, both inside) as they are known at `now` (UTC)."""

    agency_id: int
    first: date
    last: date
    now: datetime

    @property
    def start(self) -> datetime:
        return at_bangkok(self.first)

    @property
    def end(self) -> datetime:
        """The first moment that is not in it any more, or now while it lasts; never before `start`."""
        return max(self.start, min(at_bangkok(self.last + timedelta(days=1)), self.now))

    @property
    def today(self) -> date:
        return bangkok_date(self.now)


def within(moment: InstrumentedAttribute[Any], span: Span) -> ColumnElement[bool]:
    return and_(moment >= span.start, moment < span.end)


# -- complaints ------------------------------------------------------------------------------------------


def cases_of(span: Span, viewer: Staff | None) -> ColumnElement[bool]:
    """The agency's complaints that this person may see (R17); None: all of them, for the summary of ปลัด and นายก."""
    seen = true() if viewer is None else case_visible_to(viewer)
    return and_(Case.agency_id == span.agency_id, Case.kind == "complaint", seen)


def open_at_end(span: Span) -> ColumnElement[bool]:
    return and_(Case.opened_at < span.end, or_(Case.closed_at.is_(None), Case.closed_at >= span.end))


def _paused_at_end(span: Span) -> ColumnElement[bool]:
    """A pause lasts that began in time (handlers/complaints/due.py)."""
    return exists().where(
        CasePause.case_id == Case.id,
        CasePause.started_at < Case.due_at,
        CasePause.started_at < span.end,
        or_(CasePause.ended_at.is_(None), CasePause.ended_at > span.end),
    )


def _reopened(span: Span) -> ColumnElement[bool]:
    told = exists().where(CaseEvent.case_id == Case.id, CaseEvent.action == "reopened", within(CaseEvent.at, span))
    return and_(Case.reopened > 0, told)


def case_conditions(span: Span) -> Conditions:
    still_open, paused = open_at_end(span), _paused_at_end(span)
    closed = within(Case.closed_at, span)
    finished = and_(closed, Case.status.in_(FINISHED))
    return {
        "cases.received": within(Case.opened_at, span),
        "cases.closed": closed,
        "cases.finished": finished,
        "cases.confirmed": within(Case.confirmed_at, span),
        "cases.open": still_open,
        "cases.late": and_(still_open, Case.due_at < span.end, not_(paused)),
        "cases.paused": and_(still_open, paused),
        "cases.in_time": and_(finished, Case.closed_at <= Case.due_at),
        "cases.reopened": _reopened(span),
        "cases.rated": and_(closed, Case.rating.is_not(None)),
    }


def cases_touched(span: Span, viewer: Staff | None) -> Subquery:
    """The ids of the cases of which one of case_conditions may be true, each kind of them found in its index."""
    moments = (
        within(Case.opened_at, span),
        within(Case.closed_at, span),
        within(Case.confirmed_at, span),
        and_(Case.closed_at.is_(None), Case.opened_at < span.end),
        and_(Case.closed_at >= span.end, Case.opened_at < span.end),
    )
    return union(*(select(Case.id).where(cases_of(span, viewer), moment) for moment in moments)).subquery()


def case_decisions() -> Conditions:
    is_open = Case.status.in_(OPEN_STATUSES)
    return {
        "decide.waiting": and_(is_open, Case.sub_status.in_(DECIDING)),
        "decide.escalated": and_(is_open, Case.escalation >= CLERK, Case.sub_status.not_in(PAUSING)),
    }


# -- questions -------------------------------------------------------------------------------------------


def questions_of(span: Span, viewer: Staff | None) -> ColumnElement[bool]:
    return and_(Question.agency_id == span.agency_id, true() if viewer is None else question_visible_to(viewer))


def question_conditions(span: Span) -> Conditions:
    """The asked ones fall into bot, missed, person, unanswered and ended, each into one."""
    asked = within(Question.asked_at, span)
    alone = Question.number.is_(None)
    good = and_(Question.answered_at.is_not(None), Question.feedback.is_not(False))
    told = exists().where(
        ThreadMessage.question_id == Question.id, ThreadMessage.direction == "out", ThreadMessage.at < span.end
    )
    # answered_at is the latest answer's moment: only if it came later are the messages looked at.
    answered = and_(Question.answered_at.is_not(None), or_(Question.answered_at < span.end, told))
    over = and_(Question.closed_at.is_not(None), Question.closed_at < span.end)
    return {
        "questions.asked": asked,
        "questions.bot": and_(asked, alone, good),
        "questions.missed": and_(asked, alone, not_(good)),
        "questions.person": and_(asked, not_(alone), answered),
        "questions.ended": and_(asked, not_(alone), not_(answered), over),
        "questions.unanswered": and_(asked, not_(alone), not_(answered), not_(over)),
    }


def question_decisions() -> Conditions:
    return {"decide.questions": and_(Question.status == "waiting", Question.escalation >= QUESTION_CLERK)}


# -- duties, measures, registers, evidence ---------------------------------------------------------------


def duties_of(span: Span, viewer: Staff | None) -> ColumnElement[bool]:
    return and_(Duty.agency_id == span.agency_id, true() if viewer is None else duty_visible_to(viewer))


def duties_due(span: Span) -> ColumnElement[bool]:
    return and_(Duty.due_on >= span.first, Duty.due_on <= span.last, Duty.status != "cancelled")


def standing(status: str, due_on: date, submitted_at: datetime | None, done_at: datetime | None, today: date) -> str:
    """ "on_time", "late" or "pending": how a duty stands on this day (Bangkok). What nobody has approved yet is late
    once its day has passed (R47); approved later, it counts by the day on which it was sent in."""
    if status == "done":
        sent = submitted_at or done_at
        return "on_time" if sent is not None and bangkok_date(sent) <= due_on else "late"
    return "late" if due_on < today else "pending"


def duty_decisions() -> Conditions:
    return {"decide.duties": and_(Duty.status.in_(LIVE_DUTY_STATUSES), Duty.escalation >= MAYOR)}


def measures_of(span: Span, fiscal_year: int, viewer: Staff | None) -> ColumnElement[bool]:
    """The measures of a fiscal year; a unit sees its own."""
    unit = true() if viewer is None or sees_all(viewer) else _own(Measure.unit_id, viewer)
    return and_(Measure.agency_id == span.agency_id, Measure.fiscal_year == fiscal_year, unit)


def channels_of(span: Span, fiscal_year: int) -> ColumnElement[bool]:
    return and_(
        RegisterEntry.agency_id == span.agency_id,
        RegisterEntry.register == "channels",
        RegisterEntry.fiscal_year == fiscal_year,
    )


def old_evidence(span: Span, viewer: Staff | None) -> ColumnElement[bool]:
    """Evidence that waits too long for its second person; a unit sees its own duties' and measures'."""
    waiting = and_(
        Evidence.agency_id == span.agency_id,
        Evidence.approved_at.is_(None),
        Evidence.added_at < span.now - timedelta(days=EVIDENCE_DAYS),
    )
    if viewer is None or sees_all(viewer):
        return waiting
    own_duty = select(Duty.id).where(Duty.agency_id == span.agency_id, _own(Duty.unit_id, viewer))
    own_measure = select(Measure.id).where(Measure.agency_id == span.agency_id, _own(Measure.unit_id, viewer))
    return and_(waiting, or_(Evidence.duty_id.in_(own_duty), Evidence.measure_id.in_(own_measure)))


def sees_all(staff: Staff) -> bool:
    return staff.role in ("clerk", "mayor", "admin")


def _own(unit: InstrumentedAttribute[int | None], viewer: Staff) -> ColumnElement[bool]:
    return unit == viewer.unit_id if viewer.unit_id is not None else false()
