import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from thai.dates import at_bangkok, bangkok_date, to_bangkok
from thai.holidays import seed_holidays
from thai.working_time import WorkCalendar, paused_due

OFFICE = WorkCalendar(dict(seed_holidays(2023, 2031)))
HOUR = timedelta(hours=1)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """That moment on Bangkok's clock, in UTC."""
    return at_bangkok(date(year, month, day), time(hour, minute))


# Leap years, year ends and long holidays are all in here.
days = st.dates(date(2024, 1, 1), date(2029, 6, 30))
moments = st.datetimes(
    datetime(2024, 1, 1), datetime(2029, 6, 30), timezones=st.sampled_from([UTC, to_bangkok(at(2026, 1, 1)).tzinfo])
)
closed_days = st.frozensets(days, max_size=30)
offices = st.one_of(
    st.just(OFFICE),
    st.builds(WorkCalendar, closed_days),
    st.builds(WorkCalendar, closed_days, weekdays=st.frozensets(st.integers(0, 6), min_size=1)),
    st.just(WorkCalendar(opens=time(0, 0), closes=time(23, 59))),
)
spans = st.timedeltas(timedelta(0), timedelta(days=20))


@st.composite
def pause_lists(draw: Callable) -> list[tuple[datetime, datetime | None]]:
    """Pauses around 2026, overlapping, empty, reversed, one perhaps still running."""
    moment = st.datetimes(datetime(2026, 3, 1), datetime(2026, 6, 30), timezones=st.just(UTC))
    return draw(st.lists(st.tuples(moment, st.none() | moment), max_size=6))


class TestDays:
    def test_weekend_and_holidays_are_closed(self) -> None:
        assert not OFFICE.is_working_day(date(2026, 11, 21))  # Saturday
        assert not OFFICE.is_working_day(date(2026, 12, 7))  # in lieu of 5 December
        assert OFFICE.is_working_day(date(2026, 5, 1))  # Labour Day: the office works

    def test_over_new_year(self) -> None:
        assert OFFICE.next_working_day(date(2025, 12, 31)) == date(2026, 1, 5)
        assert OFFICE.previous_working_day(date(2026, 1, 4)) == date(2025, 12, 30)

    def test_leap_day_counts(self) -> None:
        assert OFFICE.working_days_between(date(2024, 2, 28), date(2024, 3, 1)) == 2

    def test_between_leaves_out_the_first_day_and_takes_the_last(self) -> None:
        assert OFFICE.working_days_between(date(2026, 11, 23), date(2026, 11, 23)) == 0
        assert OFFICE.working_days_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
        assert OFFICE.working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == -1

    def test_deadline_moves_on_and_reminder_back(self) -> None:
        assert OFFICE.shift_deadline(date(2026, 12, 5)) == date(2026, 12, 8)
        assert OFFICE.shift_reminder(date(2026, 12, 7)) == date(2026, 12, 4)

    def test_a_plain_set_of_days_will_do(self) -> None:
        assert WorkCalendar(frozenset({date(2026, 11, 23)})).next_working_day(date(2026, 11, 21)).day == 24

    @pytest.mark.parametrize(
        "wrong",
        [
            {"opens": time(17)},
            {"opens": time(9), "closes": time(9)},
            {"weekdays": frozenset()},
            {"weekdays": frozenset({7})},
        ],
    )
    def test_an_office_that_never_opens_is_refused(self, wrong: dict) -> None:
        with pytest.raises(ValueError):
            WorkCalendar(**wrong)

    @given(offices, days)
    def test_shifts_land_on_the_nearest_working_day(self, office: WorkCalendar, day: date) -> None:
        later, earlier = office.next_working_day(day), office.previous_working_day(day)
        assert office.is_working_day(later)
        assert office.is_working_day(earlier)
        assert earlier <= day <= later
        assert (earlier == later) == office.is_working_day(day)
        assert office.working_days_between(earlier, later) == (earlier != later)

    @given(offices, days, days, days)
    def test_between_adds_up(self, office: WorkCalendar, a: date, b: date, c: date) -> None:
        between = office.working_days_between
        assert between(a, b) + between(b, c) == between(a, c)


class TestOpening:
    def test_hours(self) -> None:
        assert not OFFICE.is_open(at(2026, 11, 23, 8, 29))
        assert OFFICE.is_open(at(2026, 11, 23, 8, 30))
        assert OFFICE.is_open(at(2026, 11, 23, 16, 29))
        assert not OFFICE.is_open(at(2026, 11, 23, 16, 30))
        assert not OFFICE.is_open(at(2026, 12, 7, 10))

    def test_next_opening(self) -> None:
        monday = at(2026, 11, 23, 8, 30)
        assert OFFICE.next_opening(at(2026, 11, 20, 16, 30)) == monday
        assert OFFICE.next_opening(at(2026, 11, 21, 23)) == monday
        assert OFFICE.next_opening(at(2026, 11, 23, 6)) == monday
        assert OFFICE.next_opening(at(2026, 11, 23, 11)) == at(2026, 11, 23, 11)

    def test_naive_is_refused(self) -> None:
        naive = datetime(2026, 11, 23, 9)
        for call in (
            lambda: OFFICE.is_open(naive),
            lambda: OFFICE.next_opening(naive),
            lambda: OFFICE.add_working_days(naive, 1),
            lambda: OFFICE.add_working_hours(naive, 1),
            lambda: paused_due(naive, [], at(2026, 1, 1), OFFICE),
        ):
            with pytest.raises(ValueError, match="aware"):
                call()

    @given(offices, moments)
    def test_next_opening_is_open_and_the_first(self, office: WorkCalendar, moment: datetime) -> None:
        opening = office.next_opening(moment)
        assert opening.tzinfo is UTC
        assert office.is_open(opening)
        assert opening >= moment
        assert (opening == moment) == office.is_open(moment)
        assert office.office_time_between(moment, opening) == timedelta(0)


class TestAddWorkingDays:
    def test_counts_from_the_next_working_day(self) -> None:
        assert OFFICE.add_working_days(at(2026, 11, 23, 9), 3) == at(2026, 11, 26, 16, 30)
        assert OFFICE.add_working_days(at(2026, 11, 20, 9), 1) == at(2026, 11, 23, 16, 30)

    def test_a_start_on_a_closed_day_counts_the_same(self) -> None:
        assert OFFICE.add_working_days(at(2026, 11, 21, 9), 1) == at(2026, 11, 23, 16, 30)
        assert OFFICE.add_working_days(at(2026, 12, 4, 20), 1) == at(2026, 12, 8, 16, 30)

    def test_over_new_year_and_songkran(self) -> None:
        assert OFFICE.add_working_days(at(2025, 12, 30, 10), 1) == at(2026, 1, 5, 16, 30)
        assert OFFICE.add_working_days(at(2026, 4, 10, 10), 1) == at(2026, 4, 16, 16, 30)

    def test_the_day_of_the_start_is_bangkoks(self) -> None:
        sunday_in_utc = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # already Monday in Bangkok
        assert OFFICE.add_working_days(sunday_in_utc, 1) == at(2026, 11, 24, 16, 30)

    def test_no_days_means_the_end_of_the_day_that_is_open_next(self) -> None:
        assert OFFICE.add_working_days(at(2026, 11, 23, 9), 0) == at(2026, 11, 23, 16, 30)
        assert OFFICE.add_working_days(at(2026, 11, 20, 17), 0) == at(2026, 11, 23, 16, 30)

    def test_never_backward(self) -> None:
        with pytest.raises(ValueError):
            OFFICE.add_working_days(at(2026, 11, 23), -1)

    @given(offices, moments, st.integers(0, 60))
    def test_lands_on_closing_time_of_a_working_day(self, office: WorkCalendar, start: datetime, n: int) -> None:
        due = office.add_working_days(start, n)
        assert due.tzinfo is UTC
        assert due > start
        assert office.is_working_day(bangkok_date(due))
        assert to_bangkok(due).time() == office.closes

    @given(offices, moments, st.integers(1, 60))
    def test_between_is_the_inverse(self, office: WorkCalendar, start: datetime, n: int) -> None:
        due = office.add_working_days(start, n)
        assert office.working_days_between(bangkok_date(start), bangkok_date(due)) == n

    @given(offices, moments, spans, st.integers(0, 40))
    def test_later_start_or_more_days_is_never_earlier(
        self, office: WorkCalendar, start: datetime, later: timedelta, n: int
    ) -> None:
        due = office.add_working_days(start, n)
        assert office.add_working_days(start + later, n) >= due
        assert office.add_working_days(start, n + 1) >= due


class TestAddWorkingHours:
    def test_only_office_hours_count(self) -> None:
        assert OFFICE.add_working_hours(at(2026, 11, 23, 9), 2) == at(2026, 11, 23, 11)
        assert OFFICE.add_working_hours(at(2026, 11, 20, 16), 1) == at(2026, 11, 23, 9)
        assert OFFICE.add_working_hours(at(2026, 11, 21, 3), 1.5) == at(2026, 11, 23, 10)
        assert OFFICE.add_working_hours(at(2026, 11, 23, 9), 16) == at(2026, 11, 25, 9)

    def test_what_ends_with_the_day_ends_at_closing(self) -> None:
        assert OFFICE.add_working_hours(at(2026, 11, 20, 8), 8) == at(2026, 11, 20, 16, 30)
        assert OFFICE.add_working_hours(at(2026, 11, 23, 8, 30), 16) == at(2026, 11, 24, 16, 30)

    def test_no_hours_means_the_next_opening(self) -> None:
        assert OFFICE.add_working_hours(at(2026, 11, 21, 3), 0) == at(2026, 11, 23, 8, 30)

    def test_never_backward_nor_nonsense(self) -> None:
        for hours in (-1, math.nan):
            with pytest.raises(ValueError):
                OFFICE.add_working_hours(at(2026, 11, 23), hours)

    @given(offices, moments, st.timedeltas(timedelta(seconds=1), timedelta(hours=200)))
    def test_between_is_the_inverse(self, office: WorkCalendar, start: datetime, duration: timedelta) -> None:
        due = office.add_office_time(start, duration)
        assert due.tzinfo is UTC
        assert office.is_working_day(bangkok_date(due))
        assert office.opens <= to_bangkok(due).time() <= office.closes
        assert office.office_time_between(start, due) == duration

    @given(offices, moments, spans, st.floats(0, 100), st.floats(0, 10))
    def test_monotone(self, office: WorkCalendar, start: datetime, later: timedelta, hours: float, more: float) -> None:
        due = office.add_working_hours(start, hours)
        assert office.add_working_hours(start + later, hours) >= due
        assert office.add_working_hours(start, hours + more) >= due

    @given(offices, moments, moments, moments)
    def test_office_time_adds_up(self, office: WorkCalendar, a: datetime, b: datetime, c: datetime) -> None:
        a, b, c = sorted((a, b, c))
        between = office.office_time_between
        assert between(a, b) + between(b, c) == between(a, c)
        assert between(c, a) == timedelta(0) or a == c


class TestPausedDue:
    due = at(2026, 11, 27, 16, 30)  # Friday
    now = at(2026, 11, 30, 12)

    def test_no_pause_no_change(self) -> None:
        assert paused_due(self.due, [], self.now, OFFICE) == self.due

    def test_a_due_date_outside_office_hours_is_left_alone(self) -> None:
        night = at(2026, 11, 28, 2)
        assert paused_due(night, [(at(2026, 11, 21), at(2026, 11, 22))], self.now, OFFICE) == night

    def test_two_hours_lost_are_given_back_on_the_next_working_day(self) -> None:
        pauses = [(at(2026, 11, 25, 10), at(2026, 11, 25, 12))]
        assert paused_due(self.due, pauses, self.now, OFFICE) == at(2026, 11, 30, 10, 30)

    def test_whole_days_lost_keep_closing_time(self) -> None:
        pauses = [(at(2026, 11, 23), at(2026, 11, 25))]
        assert paused_due(self.due, pauses, self.now, OFFICE) == at(2026, 12, 1, 16, 30)

    def test_a_weekend_of_pause_loses_nothing(self) -> None:
        pauses = [(at(2026, 11, 21), at(2026, 11, 23, 8, 30))]
        assert paused_due(self.due, pauses, self.now, OFFICE) == self.due

    def test_overlaps_count_once(self) -> None:
        pauses = [(at(2026, 11, 25, 11), at(2026, 11, 25, 12)), (at(2026, 11, 25, 10), at(2026, 11, 25, 12))]
        assert paused_due(self.due, pauses, self.now, OFFICE) == at(2026, 11, 30, 10, 30)

    def test_an_open_pause_runs_until_now(self) -> None:
        pauses = [(at(2026, 11, 26, 16, 30), None)]
        # Friday's 8 hours and Monday's 3.5 until now: due the same distance after now.
        assert paused_due(self.due, pauses, self.now, OFFICE) == at(2026, 12, 1, 12)

    def test_what_lies_ahead_of_now_does_not_count_yet(self) -> None:
        ahead = [(self.now + HOUR, None), (self.now + HOUR, self.now + 9 * HOUR)]
        assert paused_due(self.now + 24 * HOUR, ahead, self.now, OFFICE) == self.now + 24 * HOUR

    def test_late_is_late(self) -> None:
        pauses = [(at(2026, 11, 30, 9), at(2026, 11, 30, 11))]
        assert paused_due(self.due, pauses, self.now, OFFICE) == self.due

    def test_a_pause_from_the_very_moment_of_the_due_date_is_too_late(self) -> None:
        morning = at(2026, 11, 25, 10)
        assert paused_due(morning, [(morning, morning + HOUR)], self.now, OFFICE) == morning

    def test_pauses_that_touch_are_one(self) -> None:
        saturday_noon, sunday = at(2026, 11, 21, 12), at(2026, 11, 22)
        pauses = [(at(2026, 11, 21), sunday), (sunday, at(2026, 11, 23, 9, 30))]
        assert paused_due(saturday_noon, pauses, self.now, OFFICE) == at(2026, 11, 23, 9, 30)

    def test_a_pause_inside_the_time_given_back_counts(self) -> None:
        pauses = [
            (at(2026, 11, 27, 10), at(2026, 11, 27, 12)),
            (at(2026, 11, 30, 9), at(2026, 11, 30, 10)),
        ]
        assert paused_due(self.due, pauses, self.now, OFFICE) == at(2026, 11, 30, 11, 30)

    @given(offices, moments, pause_lists(), moments)
    def test_a_pause_never_shortens(self, office: WorkCalendar, due: datetime, pauses: list, now: datetime) -> None:
        moved = paused_due(due, pauses, now, office)
        assert moved >= due
        assert moved.tzinfo is UTC
        for n in range(len(pauses)):
            assert paused_due(due, pauses[:n] + pauses[n + 1 :], now, office) <= moved

    @given(offices, pause_lists(), st.randoms(use_true_random=False), spans)
    def test_order_splitting_and_waiting(self, office: WorkCalendar, pauses: list, random, wait: timedelta) -> None:
        due, now = at(2026, 5, 6, 16, 30), at(2026, 5, 20, 12)
        moved = paused_due(due, pauses, now, office)
        shuffled = pauses * 2
        random.shuffle(shuffled)
        assert paused_due(due, shuffled, now, office) == moved
        halves = []
        for begin, end in pauses:
            middle = begin + (max(end or now, begin) - begin) / 2
            halves += [(begin, middle), (middle, end)]
        assert paused_due(due, halves, now, office) == moved
        assert paused_due(due, pauses, now + wait, office) >= moved

    @given(offices, moments, moments, pause_lists(), moments)
    def test_an_earlier_due_date_stays_earlier(
        self, office: WorkCalendar, a: datetime, b: datetime, pauses: list, now: datetime
    ) -> None:
        a, b = sorted((a, b))
        assert paused_due(a, pauses, now, office) <= paused_due(b, pauses, now, office)

    @given(st.integers(1, 15), moments, moments)
    def test_the_office_time_left_is_the_same_as_without_the_pause(
        self, n: int, start: datetime, pause: datetime
    ) -> None:
        due = OFFICE.add_working_days(start, n)
        assume(start <= pause < due)
        end = pause + timedelta(days=3)
        moved = paused_due(due, [(pause, end)], end, OFFICE)
        worked = OFFICE.office_time_between(start, pause) + OFFICE.office_time_between(end, moved)
        assert worked == OFFICE.office_time_between(start, due)
