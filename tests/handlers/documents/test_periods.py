"""The stretch a document covers, what it is called, and which one is offered first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.documents.kinds import KINDS, Kind
from handlers.documents.periods import described, latest_ended, stretch

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
MEASURES, QUARTERLY = KINDS["measures"].periods, KINDS["quarterly"].periods


@pytest.mark.parametrize(
    ("period", "first", "last", "name"),
    [
        ("6m", "2022-10-01", "2023-03-31", "รอบ 6 เดือน"),
        ("12m", "2022-10-01", "2023-09-30", "รอบ 12 เดือน"),
        ("q1", "2022-10-01", "2022-12-31", "ไตรมาสที่ 1"),
        ("q4", "2023-07-01", "2023-09-30", "ไตรมาสที่ 4"),
        ("", "2022-10-01", "2023-09-30", ""),
    ],
)
def test_periods_of_2566(period: str, first: str, last: str, name: str) -> None:
    found = described(2566, period)
    assert (found["starts_on"], found["ends_on"], found["name"]) == (first, last, name)


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(ValueError, match="q5"):
        stretch(2566, "q5")


@pytest.mark.parametrize(
    ("today", "periods", "expected"),
    [
        (date(2023, 4, 4), MEASURES, (2566, "6m")),
        (date(2023, 3, 31), MEASURES, (2565, "12m")),
        (date(2023, 10, 1), MEASURES, (2566, "12m")),
        (date(2023, 1, 2), QUARTERLY, (2566, "q1")),
        (date(2023, 10, 2), QUARTERLY, (2566, "q4")),
        (date(2023, 10, 2), ("",), (2567, "")),
    ],
)
def test_the_period_that_ended_last_is_offered(
    today: date, periods: tuple[str, ...], expected: tuple[int, str]
) -> None:
    assert latest_ended(periods, today) == expected


@given(DAYS, st.sampled_from([kind for kind in KINDS.values() if kind.periods[0]]))
def test_what_is_offered_is_over_and_nothing_ended_later(today: date, kind: Kind) -> None:
    periods = kind.periods
    year, period = latest_ended(periods, today)
    end = stretch(year, period).end
    assert end < today
    assert not any(end < stretch(one, other).end < today for one in (year, year + 1) for other in periods)
