"""When a duty is spoken of, and to whom: pure rules over its day, its state and the office's calendar.

To those responsible: BEFORE days before the last day, on the day, then every WEEK while it is late. A mark on a closed
day moves back to the last working day before it; of two marks on one day the later one stands. Up the LADDER, counted
in working days after the last day: the head of the unit, ปลัด, นายก, one step at a time and never quicker than the
ladder's own distances. Whoever takes note (รับทราบ) holds the next step back for HELD working days, once a level.

Everything is said when the office has been open for AFTER_OPENING, so that it lies on top when people sit down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from models.duty import LIVE_DUTY_STATUSES, Duty
from thai.dates import at_bangkok, bangkok_date
from thai.working_time import WorkCalendar

BEFORE = (30, 14, 7, 3, 1, 0)  # days to the last day
WEEK = 7
OWNER, HEAD, CLERK, MAYOR = 0, 1, 2, 3
LADDER = {HEAD: 3, CLERK: 7, MAYOR: 15}  # working days late
HELD = 5
AFTER_OPENING = timedelta(minutes=30)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on which those responsible are reminded. `days`: what the rule says is left (30 ... 0); for a late duty
    how far `day` lies behind the last one (-6)."""

    day: date
    days: int


def next_wake(duty: Duty, calendar: WorkCalendar, after: datetime) -> datetime | None:
    """The next moment (UTC, inside office hours) from `after` on at which the clock has to look at the duty; None for
    one that is closed.

    It is later than `after`, with one exception: on the last day of a duty still to be done it is `after` itself while
    the office is open, so that what is made or moved in the course of that day is heard of. Changes nothing."""
    if duty.status not in LIVE_DUTY_STATUSES:
        return None
    today = bangkok_date(after)
    begins = speaking_time(today, calendar)
    if (
        duty.status != "submitted"
        and begins <= after < _closing(today, calendar)
        and _is_last_day(duty, calendar, today)
    ):
        return after.astimezone(UTC)
    first = today if after < begins else today + _DAY
    days = [next(marks(duty.due_on, calendar, first)).day]
    step = next_step(duty, calendar)
    if step is not None:
        days.append(calendar.next_working_day(max(step[0], first)))
    return speaking_time(min(days), calendar)


def marks(due_on: date, calendar: WorkCalendar, first: date) -> Iterator[Mark]:
    """The days from `first` on when those responsible are reminded of what is due on `due_on`; without end, in order,
    each day once."""
    last = date.min
    coming = [Mark(calendar.shift_reminder(due_on - timedelta(days=days)), days) for days in BEFORE]
    for mark, later in zip(coming, [*coming[1:], None], strict=True):
        if later is None or later.day != mark.day:
            last = mark.day
            if mark.day >= first:
                yield mark
    week = max(1, (first - due_on).days // WEEK)
    while True:
        day = calendar.shift_reminder(due_on + timedelta(days=WEEK * week))
        if day > last:  # an office that was closed for more than a week has the same day twice
            last = day
            if day >= first:
                yield Mark(day, (due_on - day).days)
        week += 1


def latest_mark(due_on: date, calendar: WorkCalendar, today: date) -> Mark | None:
    """The last mark up to `today`: of days that were missed only this one is made up for."""
    found = None
    for mark in marks(due_on, calendar, today - timedelta(days=BEFORE[0] + WEEK)):
        if mark.day > today:
            break
        found = mark
    return found


def next_step(duty: Duty, calendar: WorkCalendar) -> tuple[date, int] | None:
    """The working day of the next step up and its level; None at the top, or for a duty that does not climb."""
    if duty.rule is not None and not duty.rule.escalates:
        return None
    level = reached(duty) + 1
    if level > MAYOR:
        return None
    day = late_day(duty.due_on, LADDER[level], calendar)
    if duty.climb_after is not None and duty.escalated_for == duty.due_on:
        day = max(day, calendar.next_working_day(duty.climb_after + _DAY))
    return day, level


def reached(duty: Duty) -> int:
    """How far this duty has climbed for the last day that it has now; one that was moved begins anew."""
    return duty.escalation if duty.escalated_for == duty.due_on else OWNER


def held_until(day: date, level: int, calendar: WorkCalendar) -> date | None:
    """After a step up to `level` on `day`: the last day on which no further one is taken; None at the top."""
    if level >= MAYOR:
        return None
    return late_day(day, LADDER[level + 1] - LADDER[level], calendar) - _DAY


def late_day(day: date, working_days: int, calendar: WorkCalendar) -> date:
    """The `working_days`-th working day after `day`."""
    for _ in range(working_days):
        day = calendar.next_working_day(day + _DAY)
    return day


def speaking_time(day: date, calendar: WorkCalendar) -> datetime:
    """The moment (UTC) of the day's messages; for an office that opens for less than twice AFTER_OPENING, when it
    opens."""
    opening = at_bangkok(day, calendar.opens)
    moment = opening + AFTER_OPENING
    return moment if moment + AFTER_OPENING <= _closing(day, calendar) else opening


def may_speak(now: datetime, calendar: WorkCalendar) -> bool:
    """Whether the day's messages may go out now: on a working day from speaking_time until the office closes."""
    day = bangkok_date(now)
    return calendar.is_working_day(day) and speaking_time(day, calendar) <= now < _closing(day, calendar)


def next_speaking_time(after: datetime, calendar: WorkCalendar) -> datetime:
    """The first speaking_time (UTC) of a working day later than `after`."""
    day = calendar.next_working_day(bangkok_date(after))
    moment = speaking_time(day, calendar)
    return moment if moment > after else speaking_time(calendar.next_working_day(day + _DAY), calendar)


def end_of_day(now: datetime) -> datetime:
    """The last moment (UTC) of the day in Bangkok: what is asked for after it is another day's."""
    return at_bangkok(bangkok_date(now) + _DAY) - timedelta(microseconds=1)


def _closing(day: date, calendar: WorkCalendar) -> datetime:
    return at_bangkok(day, calendar.closes)


def _is_last_day(duty: Duty, calendar: WorkCalendar, day: date) -> bool:
    return calendar.is_working_day(day) and calendar.shift_reminder(duty.due_on) == day
