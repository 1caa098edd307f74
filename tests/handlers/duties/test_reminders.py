"""When a duty is spoken of: the rules alone, over all days, closed days and last days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from handlers.duties.reminders import (
    BEFORE,
    LADDER,
    held_until,
    late_day,
    latest_mark,
    marks,
    may_speak,
    next_speaking_time,
    next_step,
    next_wake,
    speaking_time,
)
from models.duty import Duty, DutyRule
from thai.dates import BANGKOK, at_bangkok, bangkok_date
from thai.holidays import seed_holidays
from thai.working_time import WorkCalendar

CALENDAR = WorkCalendar(dict(seed_holidays(2026, 2028)))
DAY = timedelta(days=1)


def a_duty(due_on: date, **columns: object) -> Duty:
    return Duty(title="รายงานช่องทางติดต่อ", due_on=due_on, **{"status": "open", **columns})


def bangkok(*when: int) -> datetime:
    return datetime(*when, tzinfo=BANGKOK)  # type: ignore[arg-type, misc] - year, month, day, hour, minute


def test_the_marks_of_a_duty_move_back_off_closed_days_and_meet_only_once() -> None:
    # Thursday 31 December 2026 is a holiday (with the two days after it).
    found = list(islice(marks(date(2027, 1, 4), CALENDAR, date.min), 8))
    assert [(mark.day, mark.days) for mark in found] == [
        (date(2026, 12, 4), 30),  # the 5th is a Saturday
        (date(2026, 12, 21), 14),
        (date(2026, 12, 28), 7),
        # 3 days before is 1 January and 1 day before a Sunday: both fall on the 30th, the later one stands
        (date(2026, 12, 30), 1),
        (date(2027, 1, 4), 0),
        (date(2027, 1, 11), -7),
        (date(2027, 1, 18), -14),
        (date(2027, 1, 25), -21),
    ]


def test_everything_is_said_half_an_hour_after_opening() -> None:
    duty = a_duty(date(2026, 12, 24))
    assert next_wake(duty, CALENDAR, bangkok(2026, 12, 10, 9, 0)) == bangkok(2026, 12, 17, 9, 0)
    assert next_wake(duty, CALENDAR, bangkok(2026, 12, 17, 8, 59)) == bangkok(2026, 12, 17, 9, 0)
    short = WorkCalendar(CALENDAR.holidays, CALENDAR.opens, CALENDAR.opens.replace(minute=50))
    assert speaking_time(date(2026, 12, 17), short) == bangkok(2026, 12, 17, 8, 30)


def test_what_is_made_on_its_last_day_is_heard_of_at_once_while_the_office_is_open() -> None:
    duty = a_duty(date(2026, 12, 24))
    assert next_wake(duty, CALENDAR, bangkok(2026, 12, 24, 14, 0)) == bangkok(2026, 12, 24, 14, 0)
    assert next_wake(duty, CALENDAR, bangkok(2026, 12, 24, 16, 30)) == bangkok(2026, 12, 29, 9, 0)
    duty.status = "submitted"
    assert next_wake(duty, CALENDAR, bangkok(2026, 12, 24, 14, 0)) == bangkok(2026, 12, 29, 9, 0)


def test_nobody_is_reminded_of_what_is_closed() -> None:
    for status in ("done", "cancelled"):
        assert next_wake(a_duty(date(2026, 12, 24), status=status), CALENDAR, bangkok(2026, 12, 1)) is None


def test_the_ladder_counts_working_days_after_the_last_day() -> None:
    duty = a_duty(date(2026, 12, 24), escalation=0)
    # Friday 25 is a working day; 31 December and 1 January are not.
    assert next_step(duty, CALENDAR) == (date(2026, 12, 29), 1)
    duty.escalation, duty.escalated_for = 1, duty.due_on
    duty.climb_after = held_until(date(2026, 12, 29), 1, CALENDAR)
    assert next_step(duty, CALENDAR) == (late_day(duty.due_on, LADDER[2], CALENDAR), 2)
    duty.escalation = 3
    assert next_step(duty, CALENDAR) is None
    duty.due_on = date(2027, 1, 29)  # moved: begins anew
    assert next_step(duty, CALENDAR) == (late_day(duty.due_on, LADDER[1], CALENDAR), 1)
    duty.rule = DutyRule(escalates=False)
    assert next_step(duty, CALENDAR) is None


def test_a_duty_that_was_late_before_anybody_looked_climbs_one_step_at_a_time() -> None:
    duty = a_duty(date(2026, 6, 30))
    step = next_step(duty, CALENDAR)
    assert step is not None
    assert step[1] == 1
    assert next_wake(duty, CALENDAR, bangkok(2026, 12, 24, 10, 0)) == bangkok(2026, 12, 25, 9, 0)
    duty.escalation, duty.escalated_for = 1, duty.due_on
    duty.climb_after = held_until(date(2026, 12, 25), 1, CALENDAR)
    assert next_step(duty, CALENDAR) == (late_day(date(2026, 12, 25), LADDER[2] - LADDER[1], CALENDAR), 2)


def test_of_missed_days_only_the_latest_mark_is_made_up_for() -> None:
    due_on = date(2026, 12, 24)
    assert latest_mark(due_on, CALENDAR, date(2026, 11, 20)) is None
    found = latest_mark(due_on, CALENDAR, date(2026, 12, 22))
    assert found is not None
    assert found.days == 3
    found = latest_mark(due_on, CALENDAR, date(2027, 1, 12))
    assert found is not None
    assert found.days == -14


def test_nothing_is_said_outside_office_hours() -> None:
    assert not may_speak(bangkok(2026, 12, 24, 8, 59), CALENDAR)
    assert may_speak(bangkok(2026, 12, 24, 9, 0), CALENDAR)
    assert not may_speak(bangkok(2026, 12, 24, 16, 30), CALENDAR)
    assert not may_speak(bangkok(2026, 12, 31, 10, 0), CALENDAR)
    assert next_speaking_time(bangkok(2026, 12, 30, 9, 0), CALENDAR) == bangkok(2027, 1, 4, 9, 0)


days = st.dates(date(2026, 10, 1), date(2027, 9, 30))
offices = st.builds(
    lambda closed, week: WorkCalendar({**CALENDAR.holidays, **dict.fromkeys(closed, "x")}, weekdays=frozenset(week)),
    st.sets(days, max_size=40),
    st.sets(st.integers(0, 6), min_size=1),
)


@given(days, offices, st.datetimes(datetime(2026, 9, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
def test_a_wake_is_always_inside_office_hours_and_never_goes_back(
    due_on: date, office: WorkCalendar, after: datetime
) -> None:
    duty = a_duty(due_on)
    wake = next_wake(duty, office, after)
    assert wake is not None
    assert wake >= after
    assert may_speak(wake, office)
    later = next_wake(duty, office, wake + timedelta(minutes=1))
    assert later is not None
    assert later >= wake
    if bangkok_date(wake) != office.shift_reminder(due_on):
        assert wake > after
        assert later > wake


@given(days, offices)
def test_a_years_marks_are_on_different_working_days_in_order(due_on: date, office: WorkCalendar) -> None:
    found = list(islice(marks(due_on, office, date.min), 20))
    assert all(one.day < other.day for one, other in pairwise(found))
    assert all(one.days > other.days for one, other in pairwise(found))
    assert all(office.is_working_day(mark.day) for mark in found)
    assert {mark.days for mark in found if mark.days >= 0} <= set(BEFORE)
    assert found[[mark.days for mark in found].index(0)].day == office.shift_reminder(due_on)
    for mark in found:
        assert latest_mark(due_on, office, mark.day) == mark
        if mark.days >= -60:
            assert next(marks(due_on, office, mark.day)) == mark


@given(days, offices)
def test_waking_day_by_day_meets_every_mark_and_every_step(due_on: date, office: WorkCalendar) -> None:
    duty, moment = a_duty(due_on), at_bangkok(due_on - timedelta(days=60))
    met = []
    for _ in range(12):
        wake = next_wake(duty, office, moment)
        assert wake is not None
        met.append(bangkok_date(wake))
        step = next_step(duty, office)
        if step is not None and step[0] <= met[-1]:
            duty.escalation, duty.escalated_for = step[1], duty.due_on
            duty.climb_after = held_until(met[-1], step[1], office)
        moment = at_bangkok(met[-1] + DAY)
    assert duty.escalation == 3 or met[-1] < late_day(due_on, LADDER[3], office)
    expected = {mark.day for mark in islice(marks(due_on, office, date.min), 12) if mark.day <= met[-1]}
    expected |= {late_day(due_on, distance, office) for distance in LADDER.values()}
    assert {day for day in expected if day <= met[-1]} == set(met)
