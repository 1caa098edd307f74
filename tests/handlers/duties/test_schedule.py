"""Rules and their days: the domain's vectors, holidays, leap years, and what must hold for every rule and year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.duties import schedule
from handlers.duties.schedule import ScheduleError, occurrences
from models.measure import REGISTERS
from thai.fiscal import fiscal_year, half_period, quarter, quarter_period, year_period
from thai.holidays import seed_holidays
from thai.working_time import WorkCalendar

OPEN = WorkCalendar(weekdays=frozenset(range(7)))  # never closed: what the rule itself says
OFFICE = WorkCalendar(holidays=dict(seed_holidays(2026, 2028)))


def days(rule: dict[str, Any], year: int, calendar: WorkCalendar = OPEN) -> list[date]:
    return [found.due_on for found in occurrences(rule, year, calendar)]


@pytest.mark.parametrize(
    ("day", "year", "number"),
    [
        (date(2022, 9, 30), 2565, 4),
        (date(2022, 10, 1), 2566, 1),
        (date(2023, 1, 1), 2566, 2),
        (date(2023, 4, 1), 2566, 3),
        (date(2023, 9, 30), 2566, 4),
        (date(2026, 10, 1), 2570, 1),
    ],
)
def test_a_day_of_the_readme_lies_in_the_quarter_whose_duty_ends_after_it(day: date, year: int, number: int) -> None:
    found = occurrences({"kind": "quarter", "after": 0}, year, OPEN)[number - 1]
    assert found.period_key == f"{year}-q{number}"
    assert found.planned_on - timedelta(days=92) < day <= found.planned_on


def test_quarters_end_in_december_march_june_and_september() -> None:
    ends = [date(2026, 12, 31), date(2027, 3, 31), date(2027, 6, 30), date(2027, 9, 30)]
    assert days({"kind": "quarter", "after": 0}, 2570) == ends
    assert days({"kind": "quarter", "after": 5}, 2570) == [end + timedelta(days=5) for end in ends]


def test_the_april_and_october_reports_tell_of_the_half_that_has_just_ended() -> None:
    first, second = occurrences({"kind": "half"}, 2570, OPEN)
    assert (first.period_key, first.planned_on) == ("2570-h1", date(2027, 4, 30))
    assert (second.period_key, second.planned_on) == ("2570-h2", date(2027, 10, 31))
    assert "6 เดือนแรก" in first.period_label
    assert "6 เดือนหลัง" in second.period_label


def test_within_january_is_its_last_day_in_that_fiscal_year() -> None:
    assert days({"kind": "year", "month": 1}, 2566) == [date(2023, 1, 31)]
    assert days({"kind": "year", "month": 12, "day": 9}, 2570) == [date(2026, 12, 9)]
    assert days({"kind": "year", "month": 10, "next": True}, 2570) == [date(2027, 10, 31)]
    assert days({"kind": "year", "month": 10}, 2570) == [date(2026, 10, 31)]


def test_months_run_from_october_and_february_ends_when_it_ends() -> None:
    assert days({"kind": "month"}, 2571)[:5] == [
        date(2027, 10, 31),
        date(2027, 11, 30),
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
    ]
    assert days({"kind": "month", "day": 31, "months": [2]}, 2570) == [date(2027, 2, 28)]
    assert days({"kind": "month", "day": 5, "next": True, "months": [9, 12]}, 2570) == [
        date(2027, 1, 5),
        date(2027, 10, 5),
    ]
    assert [o.period_key for o in occurrences({"kind": "month", "months": [9, 12]}, 2570, OPEN)] == [
        "2570-m12",
        "2570-m09",
    ]


def test_a_last_day_on_a_closed_day_moves_to_the_next_working_day() -> None:
    # 31 December 2026 to 3 January 2027: the turn of the year and a week-end.
    found = occurrences({"kind": "quarter", "after": 0}, 2570, OFFICE)[0]
    assert (found.planned_on, found.due_on) == (date(2026, 12, 31), date(2027, 1, 4))
    # 5 December 2026 is a Saturday, and the 7th is given in its lieu.
    assert days({"kind": "date", "on": "2026-12-05"}, 2570, OFFICE) == [date(2026, 12, 8)]


def test_a_fixed_day_belongs_to_its_own_year_and_moves_by_one_on_roll_over() -> None:
    rule = {"kind": "date", "on": "2028-02-29"}
    assert days(rule, 2571) == [date(2028, 2, 29)]
    assert days(rule, 2570) == []
    assert schedule.next_year(rule)["on"] == "2029-02-28"
    assert schedule.next_year({"kind": "half", "day": 5}) == {"kind": "half", "day": 5}


def test_what_expires_is_due_before_it_expires_even_over_a_holiday() -> None:
    rule = {"kind": "expiry", "register": "channels", "before": 30}
    assert schedule.expiry_day(rule, date(2027, 3, 30), OFFICE) == (date(2027, 2, 28), date(2027, 3, 1))  # a Sunday
    last = {**rule, "before": 0}
    assert schedule.expiry_day(last, date(2027, 1, 2), OFFICE) == (date(2027, 1, 2), date(2026, 12, 30))


def test_an_event_gives_days_from_when_it_happened() -> None:
    rule = {"kind": "event", "event": "new_mayor", "days": 30}
    assert schedule.event_day(rule, date(2026, 11, 6), OFFICE) == (date(2026, 12, 6), date(2026, 12, 8))
    assert occurrences(rule, 2570, OFFICE) == []


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"kind": "week"},
        {"kind": "month", "day": 0},
        {"kind": "month", "day": 32},
        {"kind": "month", "months": [13]},
        {"kind": "quarter", "after": -1},
        {"kind": "year"},
        {"kind": "year", "month": True},
        {"kind": "date", "on": "2026-02-30"},
        {"kind": "expiry", "register": "สัญญา"},
        {"kind": "expiry", "register": "channels", "before": 400},
        {"kind": "event", "event": "flood"},
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_and_said_so_in_words(rule: dict[str, Any]) -> None:
    with pytest.raises(ScheduleError) as caught:
        schedule.check(rule)
    assert schedule.in_words(rule) == str(caught.value)


def test_every_register_has_words_for_its_rule() -> None:
    assert set(schedule.REGISTER_LABELS) == set(REGISTERS)


day_of_month = st.integers(1, 31) | st.just("last")
rules = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("month"), "day": day_of_month},
        optional={"next": st.booleans(), "months": st.lists(st.integers(1, 12), unique=True)},
    ),
    st.fixed_dictionaries({"kind": st.just("quarter"), "after": st.integers(0, 60)}),
    st.fixed_dictionaries({"kind": st.just("half"), "day": day_of_month}),
    st.fixed_dictionaries(
        {"kind": st.just("year"), "month": st.integers(1, 12), "day": day_of_month},
        optional={"next": st.booleans()},
    ),
)
years = st.integers(2500, 2700)


@given(rules, years, st.sets(st.dates(date(1956, 1, 1), date(2158, 12, 31)), max_size=40))
def test_every_day_is_a_working_day_on_or_soon_after_what_the_rule_says(
    rule: dict[str, Any], year: int, closed: set[date]
) -> None:
    calendar = WorkCalendar(holidays=closed)
    found = occurrences(rule, year, calendar)
    period = year_period(year)
    assert len({one.period_key for one in found}) == len(found) > 0
    for one in found:
        assert one.period_key.startswith(str(year))
        assert calendar.is_working_day(one.due_on)
        assert one.planned_on <= one.due_on
        between = [one.planned_on + timedelta(days=n) for n in range((one.due_on - one.planned_on).days)]
        assert not any(calendar.is_working_day(day) for day in between)
        # It belongs to the year, or tells of it soon after its end.
        late = 0 if rule["kind"] in ("month", "year") and not rule.get("next") else 365
        assert period.start <= one.planned_on <= period.end + timedelta(days=late)


@given(rules, years)
def test_the_next_year_has_the_same_periods_a_year_later(rule: dict[str, Any], year: int) -> None:
    before = occurrences(rule, year, OPEN)
    after = occurrences(schedule.next_year(rule), year + 1, OPEN)
    assert [one.period_key.replace(str(year), str(year + 1), 1) for one in before] == [one.period_key for one in after]
    for old, new in zip(before, after, strict=True):
        assert 364 <= (new.planned_on - old.planned_on).days <= 367
        assert fiscal_year(new.planned_on) - fiscal_year(old.planned_on) == 1


@given(years, st.integers(0, 60))
def test_a_quarters_duty_is_counted_from_the_end_of_that_quarter(year: int, after: int) -> None:
    for number, one in enumerate(occurrences({"kind": "quarter", "after": after}, year, OPEN), 1):
        end = one.planned_on - timedelta(days=after)
        assert (fiscal_year(end), quarter(end)) == (year, number)
        assert end == quarter_period(year, number).end


@given(years)
def test_a_halfs_report_falls_into_the_month_after_the_half(year: int) -> None:
    for number, one in enumerate(occurrences({"kind": "half"}, year, OPEN), 1):
        end = half_period(year, number).end
        assert one.planned_on.month == {3: 4, 9: 10}[end.month]
        assert end < one.planned_on <= end + timedelta(days=31)


@given(
    st.integers(0, 366),
    st.dates(date(2026, 1, 1), date(2028, 6, 30)),
    st.sets(st.dates(date(2025, 1, 1), date(2028, 12, 31)), max_size=60),
)
def test_no_expiry_is_due_after_the_end(before: int, end: date, closed: set[date]) -> None:
    calendar = WorkCalendar(holidays=closed)
    _, due = schedule.expiry_day({"kind": "expiry", "register": "channels", "before": before}, end, calendar)
    assert due <= end
    assert calendar.is_working_day(due)


def test_rules_read_as_a_person_says_them() -> None:
    said = {
        "ทุกเดือน ภายในวันที่ 5 ของเดือนถัดไป": {"kind": "month", "day": 5, "next": True},
        "เดือนตุลาคม มกราคม ภายในวันสุดท้ายของเดือน": {"kind": "month", "months": [1, 10]},
        "ทุกไตรมาส ภายในวันสิ้นไตรมาส": {"kind": "quarter"},
        "ทุกไตรมาส ภายใน 5 วันหลังสิ้นไตรมาส": {"kind": "quarter", "after": 5},
        "ทุก 6 เดือน ภายในเดือนเมษายนและตุลาคม (รอบที่เพิ่งสิ้นสุด)": {"kind": "half"},
        "ปีละครั้ง ภายในเดือนมกราคม": {"kind": "year", "month": 1},
        "ครั้งเดียว วันที่ 24 ธ.ค. 69": {"kind": "date", "on": "2026-12-24"},
        "ก่อนหมดอายุ 30 วัน ตามทะเบียนช่องทางติดต่อและโดเมน": {"kind": "expiry", "register": "channels"},
        "ภายใน 7 วัน เมื่อมีนายกคนใหม่": {"kind": "event", "event": "new_mayor", "days": 7},
    }
    assert {words: schedule.in_words(rule) for words, rule in said.items()} == {words: words for words in said}


@given(rules)
def test_every_rule_can_be_read_out(rule: dict[str, Any]) -> None:
    assert schedule.in_words(rule).startswith(("ทุก", "เดือน", "ปีละครั้ง"))
    assert schedule.check(schedule.check(rule)) == schedule.check(rule)
