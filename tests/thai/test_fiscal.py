from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.fiscal import FiscalPeriod, fiscal_year, half_period, quarter, quarter_period, year_period

DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("day", "fy", "q"),
    [
        (date(2022, 9, 30), 2565, 4),
        (date(2022, 10, 1), 2566, 1),
        (date(2023, 1, 1), 2566, 2),
        (date(2023, 4, 1), 2566, 3),
        (date(2023, 9, 30), 2566, 4),
        (date(2026, 10, 1), 2570, 1),
    ],
)
def test_vectors(day: date, fy: int, q: int) -> None:
    assert (fiscal_year(day), quarter(day)) == (fy, q)


def test_periods() -> None:
    assert quarter_period(2570, 1) == FiscalPeriod(2570, date(2026, 10, 1), date(2026, 12, 31), "ไตรมาส 1/2570")
    assert half_period(2566, 1) == FiscalPeriod(
        2566, date(2022, 10, 1), date(2023, 3, 31), "รอบ 6 เดือนแรก ปีงบประมาณ 2566"
    )
    assert half_period(2566, 2).start == date(2023, 4, 1)
    assert year_period(2567) == FiscalPeriod(2567, date(2023, 10, 1), date(2024, 9, 30), "ปีงบประมาณ 2567")


def test_there_is_no_fifth_quarter() -> None:
    for q in (0, 5):
        with pytest.raises(ValueError):
            quarter_period(2570, q)
    for h in (0, 3):
        with pytest.raises(ValueError):
            half_period(2570, h)


@given(DAYS)
def test_every_day_lies_in_its_own_periods(day: date) -> None:
    fy, q = fiscal_year(day), quarter(day)
    for period in (quarter_period(fy, q), half_period(fy, (q + 1) // 2), year_period(fy)):
        assert period.start <= day <= period.end


@given(st.integers(2490, 2700))
def test_quarters_and_halves_tile_the_year(fy: int) -> None:
    year = year_period(fy)
    for parts in ([quarter_period(fy, q) for q in (1, 2, 3, 4)], [half_period(fy, h) for h in (1, 2)]):
        assert (parts[0].start, parts[-1].end) == (year.start, year.end)
        for earlier, later in pairwise(parts):
            assert later.start - earlier.end == timedelta(days=1)
    assert year_period(fy + 1).start - year.end == timedelta(days=1)
