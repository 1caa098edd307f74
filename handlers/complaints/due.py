"""When a complaint is due, and how it stands against that promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, not_, select
from sqlalchemy.orm import object_session

from handlers.agencies import AgencyView
from models.case import OPEN_STATUSES, Case, CasePause
from thai.dates import at_bangkok, bangkok_date, format_date, format_datetime
from thai.working_time import paused_due

# While one of these lasts, the work waits for somebody else: the clock honestly stands still. A survey is work.
PAUSING = ("budget", "procurement", "legal", "other_agency")
SOON = timedelta(hours=36)  # so long before it is due a case is "soon"; a 48-hour promise does not begin with it


class Promise(Protocol):
    """What is needed of a category: handlers.agencies.CategoryView or models.case.Category."""

    @property
    def sla_value(self) -> int: ...
    @property
    def sla_unit(self) -> str: ...


def due_of(agency: AgencyView, category: Promise, opened_at: datetime) -> datetime:
    """The promised moment (UTC) for a complaint opened then.

    "hours" run round the clock; "working_days" and "days" end when the office closes, and calendar days that end
    on a closed day end on the next working day."""
    calendar = agency.calendar
    match category.sla_unit:
        case "hours":
            return opened_at + timedelta(hours=category.sla_value)
        case "working_days":
            return calendar.add_working_days(opened_at, category.sla_value)
    last = calendar.shift_deadline(bangkok_date(opened_at) + timedelta(days=category.sla_value))
    return calendar.add_working_days(at_bangkok(last), 0)


def after_pauses(
    agency: AgencyView, due_at: datetime, pauses: Sequence[tuple[datetime, datetime | None]], now: datetime
) -> datetime:
    """`due_at` moved on by the office time lost in (begin, end) pauses; what was late already stays late."""
    return paused_due(due_at, pauses, now, agency.calendar)


def of_other_kind(
    agency: AgencyView, category: Promise, case: Case, pauses: Sequence[CasePause], now: datetime
) -> datetime:
    """The due date (UTC) of an open case that is found to be of this kind: counted from its opening, with the waits
    that are over, and never earlier than today, or than the day on which the present wait began. What is late by its
    old promise and would be by the new one keeps the old: late is late."""
    over = [(pause.started_at, pause.ended_at) for pause in pauses if pause.ended_at is not None]
    today = next((pause.started_at for pause in pauses if pause.ended_at is None), now)
    found = after_pauses(agency, due_of(agency, category, case.opened_at), over, now)
    if found >= today:
        return found
    return case.due_at if case.due_at < today else agency.calendar.add_working_days(today, 0)


def warn_at(agency: AgencyView, opened_at: datetime, due_at: datetime) -> datetime:
    """When the assignee is reminded (UTC): as the working day before the due date opens, for short promises not
    before half of the time has gone."""
    calendar = agency.calendar
    day_before = calendar.previous_working_day(bangkok_date(due_at) - timedelta(days=1))
    return max(calendar.next_opening(at_bangkok(day_before)), opened_at + (due_at - opened_at) / 2)


def state_of(case: Case, now: datetime) -> str:
    """ "late", "paused", "soon", "ok", or "" when nothing is due any more.

    A pause that began after the due date had passed excuses nothing."""
    if case.status not in OPEN_STATUSES:
        return ""
    if case.sub_status in PAUSING and (now <= case.due_at or _paused_in_time(case)):
        return "paused"
    if now > case.due_at:
        return "late"
    return "soon" if case.due_at - now <= SOON else "ok"


def _paused_in_time(case: Case) -> bool:
    session = object_session(case)
    if session is None:
        return False
    return bool(session.scalar(select(Case.id).where(Case.id == case.id, _is_paused())))


def is_open() -> ColumnElement[bool]:
    """Condition: somebody still has to work on the case."""
    return Case.status.in_(OPEN_STATUSES)


def is_late(now: datetime) -> ColumnElement[bool]:
    """Condition: state_of is "late"."""
    return and_(is_open(), Case.due_at < now, not_(_is_paused()))


def is_soon(now: datetime) -> ColumnElement[bool]:
    """Condition: state_of is "soon"."""
    return and_(is_open(), Case.due_at >= now, Case.due_at <= now + SOON, not_(_is_paused()))


def _is_paused() -> ColumnElement[bool]:
    return exists().where(
        CasePause.case_id == Case.id, CasePause.ended_at.is_(None), CasePause.started_at < Case.due_at
    )


def words_for(case_due: datetime, sla_unit: str) -> str:
    """The promised moment in words: with the hour where the promise was in hours."""
    return format_datetime(case_due) if sla_unit == "hours" else format_date(bangkok_date(case_due))


def span_words(category: Promise) -> str:
    """ "3 วันทำการ"."""
    unit = {"hours": "ชั่วโมง", "working_days": "วันทำการ", "days": "วัน"}[category.sla_unit]
    return f"{category.sla_value} {unit}"
