"""The periods that executives hear of, and when: months, quarters, half-years and years of the fiscal calendar.

A period's key, as of duties: "2570-q1", "2570-h1", "2570", "2570-m12" (December of fiscal year 2570). Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from thai.dates import BE_OFFSET, at_bangkok, bangkok_date, format_date
from thai.fiscal import fiscal_year, half_period, quarter, quarter_period, year_period
from thai.working_time import WorkCalendar

KINDS = ("quarter", "half", "year", "month")  # in this order on the day when several are due
_KEY = re.compile(r"(\d{4})(?:-(?:q([1-4])|h([12])|m(0[1-9]|1[0-2])))?")


class PeriodUnknown(ValueError):
    """Not a period's key."""


@dataclass(frozen=True, slots=True)
class Period:
    """`first` and `last` are days in Bangkok, both inside. `kind` is one of KINDS."""

    key: str
    kind: str
    fiscal_year: int
    first: date
    last: date
    label: str


def parse(key: str) -> Period:
    """The period of a key. Raises PeriodUnknown."""
    match = _KEY.fullmatch(key)
    if match is None or not 2400 <= int(match[1]) <= 2800:
        raise PeriodUnknown(key)
    year = int(match[1])
    if match[2]:
        known = quarter_period(year, int(match[2]))
        return Period(key, "quarter", year, known.start, known.end, known.label)
    if match[3]:
        known = half_period(year, int(match[3]))
        return Period(key, "half", year, known.start, known.end, known.label)
    if match[4]:
        return _month(year, int(match[4]))
    known = year_period(year)
    return Period(key, "year", year, known.start, known.end, known.label)


def _month(year: int, month: int) -> Period:
    """`month`: 1 to 12 as in the calendar; October to December lie in the calendar year before."""
    first = date(year - BE_OFFSET - (month >= 10), month, 1)
    label = f"เดือน{format_date(first, 'long').partition(' ')[2]}"
    return Period(f"{year}-m{month:02d}", "month", year, first, _next_month(first) - timedelta(days=1), label)


def _next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def holding(kind: str, day: date) -> Period:
    """The period of this kind in which the day lies."""
    year, number = fiscal_year(day), quarter(day)
    match kind:
        case "quarter":
            return parse(f"{year}-q{number}")
        case "half":
            return parse(f"{year}-h{(number + 1) // 2}")
        case "month":
            return _month(year, day.month)
    return parse(str(year))


def before(period: Period) -> Period:
    """The period of the same kind that ended when this one began."""
    return holding(period.kind, period.first - timedelta(days=1))


def after(period: Period) -> Period:
    """The period of the same kind that begins when this one ends."""
    return holding(period.kind, period.last + timedelta(days=1))


def is_reported(period: Period) -> bool:
    """Whether executives hear of it by itself: a month that ends a quarter is told with the quarter."""
    return period.kind != "month" or period.last != holding("quarter", period.last).last


def report_at(period: Period, calendar: WorkCalendar) -> datetime:
    """When it is reported (UTC): as the office opens on the first working day after it."""
    return calendar.next_opening(at_bangkok(period.last + timedelta(days=1)))


def latest_ended(kind: str, now: datetime) -> Period:
    """The last period of this kind that is over at `now`."""
    return before(holding(kind, bangkok_date(now)))


def due(calendar: WorkCalendar, now: datetime) -> list[Period]:
    """What should have been reported at `now`: of each kind the latest, so that a long silence is caught up once."""
    found = [latest_ended(kind, now) for kind in KINDS]
    return [period for period in found if is_reported(period) and report_at(period, calendar) <= now]


def next_report_at(calendar: WorkCalendar, now: datetime) -> datetime:
    """The first moment after `now` (UTC) at which something is to be reported."""
    moments = []
    for kind in KINDS:
        period = latest_ended(kind, now)
        while not is_reported(period) or report_at(period, calendar) <= now:
            period = after(period)
        moments.append(report_at(period, calendar))
    return min(moments)
