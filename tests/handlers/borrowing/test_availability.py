"""Never more is lent than there is, on any day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.borrowing.availability import Booking, free, free_until, peak

START = date(2026, 11, 1)
days = st.integers(0, 20).map(lambda n: START + timedelta(days=n))


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date]:
    first, last = sorted((draw(days), draw(days)))
    return first, last


@given(st.lists(st.tuples(spans(), st.integers(1, 9)), max_size=12), spans())
def test_the_peak_is_the_busiest_day(made: list[tuple[tuple[date, date], int]], wanted: tuple[date, date]) -> None:
    known = [Booking(first, last, count) for (first, last), count in made]
    each_day = (wanted[0] + timedelta(days=n) for n in range((wanted[1] - wanted[0]).days + 1))
    assert peak(known, *wanted) == max(
        sum(one.quantity for one in known if one.first <= day <= one.last) for day in each_day
    )


@given(st.integers(0, 30), st.lists(st.tuples(spans(), st.integers(1, 12)), max_size=20))
def test_who_lends_only_what_is_free_never_lends_too_much(
    quantity: int, wishes: list[tuple[tuple[date, date], int]]
) -> None:
    lent: list[Booking] = []
    for (first, last), count in wishes:
        if count <= free(quantity, lent, first, last):
            lent.append(Booking(first, last, count))
    for n in range(21):
        day = START + timedelta(days=n)
        assert sum(one.quantity for one in lent if one.first <= day <= one.last) <= quantity


def test_a_day_is_shared_by_who_brings_and_who_takes() -> None:
    assert free(10, [Booking(START, START, 4)], START, START) == 6
    assert free(10, [Booking(START, START, 4)], START + timedelta(days=1), START + timedelta(days=1)) == 10
    assert free(3, [Booking(START, START, 4)], START, START) == 0


@given(st.lists(st.tuples(spans(), st.integers(1, 9)), max_size=8), spans(), st.integers(1, 9))
def test_free_until_is_the_longest_stay_that_takes_from_nobody(
    made: list[tuple[tuple[date, date], int]], wanted: tuple[date, date], count: int
) -> None:
    known = [Booking(first, last, held) for (first, last), held in made]
    first, last = wanted
    until = free_until(10, known, first, last, count)
    assert until is None or free(10, known, first, until) >= count
    longer = first if until is None else until + timedelta(days=1)
    assert longer > last or free(10, known, first, longer) < count
