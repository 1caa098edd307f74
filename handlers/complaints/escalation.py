"""What the clock does about cases: a reminder before the due date, and after it one step up at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, text, union_all
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.complaints import due, notices
from handlers.complaints.rules import locked
from handlers.complaints.timeline import step
from models.agency import Staff
from models.case import TO_CLIMB, Case

WARNED, HEAD, CLERK = 1, 2, 3  # Case.escalation
LOOK_AGAIN = timedelta(hours=12)  # at the latest: the agency may have changed its holidays
_CLERK_AFTER = 1  # working days after the due date


def warn_and_escalate(session: Session, agency: AgencyView, now: datetime) -> int:
    """Remind and escalate what is due for it; each step is taken once, however often this runs. Returns how many.

    A working day before the due date: the assignee. When it has passed: assignee and head. A working day later:
    ปลัด. A case whose clock stands still is left in peace."""
    taken = 0
    for case in session.scalars(select(Case).where(_to_look_at(now)).order_by(Case.due_at)).all():
        taken += _climb(session, agency, case, now)
        case.look_at = _next_look(agency, case, now)
    return taken


def warn_and_escalate_due(session: Session, now: datetime) -> list[int]:
    """The ids of the agencies for which warn_and_escalate has something to look at; `session` is not scoped."""
    # Two searches of the index: SQLite would read all of it for the OR, and for DISTINCT another one.
    due = (Case.look_at.is_(None), Case.look_at <= now)
    searches = (select(Case.agency_id).where(text(TO_CLIMB), one) for one in due)
    return list(set(session.scalars(union_all(*searches))))


def _to_look_at(now: datetime) -> ColumnElement[bool]:
    return and_(text(TO_CLIMB), or_(Case.look_at.is_(None), Case.look_at <= now))


def _next_look(agency: AgencyView, case: Case, now: datetime) -> datetime:
    """When the next step can come; whatever changes the case in between makes the clock look at once."""
    match case.escalation:
        case 0:
            step = due.warn_at(agency, case.opened_at, case.due_at)
        case 1:
            step = case.due_at
        case _:
            step = agency.calendar.add_working_days(case.due_at, _CLERK_AFTER)
    if step <= now and due.state_of(case, now) != "paused":  # comes with the next minute
        return now + timedelta(minutes=1)
    return min(step, now + LOOK_AGAIN) if step > now else now + LOOK_AGAIN


def _level(agency: AgencyView, case: Case, now: datetime) -> int:
    match due.state_of(case, now):
        case "late":
            patience = agency.calendar.add_working_days(case.due_at, _CLERK_AFTER)
            return CLERK if now >= patience else HEAD
        case "ok" | "soon" if now >= due.warn_at(agency, case.opened_at, case.due_at):
            return WARNED
    return 0


def _climb(session: Session, agency: AgencyView, case: Case, now: datetime) -> int:
    if _level(agency, case, now) <= case.escalation:
        return 0
    locked(session, case)  # another clock may have been faster
    level = _level(agency, case, now)
    first = max(case.escalation + 1, HEAD) if level > WARNED else WARNED
    taken = 0
    for reached in range(first, level + 1):
        case.escalation = reached
        event = step(session, case, "clock", "warned" if reached == WARNED else "escalated", now, level=reached)
        title = "ใกล้ครบกำหนดแล้ว" if reached == WARNED else "เกินกำหนดแล้ว"
        people = _whom(session, case, reached)
        notices.to_staff(session, agency, case, people, title, f"clock:{reached}:{event.id}", urgent=reached > WARNED)
        taken += 1
    return taken


def _whom(session: Session, case: Case, level: int) -> list[Staff]:
    if level == WARNED:
        return notices.responsible(session, case)
    if level == HEAD:
        people = (*notices.responsible(session, case), *notices.superiors(session, case))
        return list({person.id: person for person in people}.values())
    return notices.leaders(session, case)
