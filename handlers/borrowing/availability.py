"""How many of an asset are free on given days. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Booking:
    """So many are away from `first` to `last` (Bangkok days, both included)."""

    first: date
    last: date
    quantity: int


def peak(bookings: Iterable[Booking], first: date, last: date) -> int:
    """The most that are away on any one day from `first` to `last`, both included."""
    changes: dict[date, int] = {}
    for one in bookings:
        if one.last < first or one.first > last:
            continue
        begins, ends = max(one.first, first), min(one.last, last) + timedelta(days=1)
        changes[begins] = changes.get(begins, 0) + one.quantity
        changes[ends] = changes.get(ends, 0) - one.quantity
    away = most = 0
    for day in sorted(changes):
        away += changes[day]
        most = max(most, away)
    return most


def free(quantity: int, bookings: Iterable[Booking], first: date, last: date) -> int:
    """How many can still be lent on every day from `first` to `last`; never below 0."""
    return max(0, quantity - peak(bookings, first, last))


def free_until(quantity: int, bookings: Iterable[Booking], first: date, last: date, wanted: int) -> date | None:
    """The last day up to `last` until which so many are free on every day from `first`; None when not on `first`."""
    known, found, day = list(bookings), None, first
    while day <= last and free(quantity, known, day, day) >= wanted:
        found, day = day, day + timedelta(days=1)
    return found
