"""The stretch of the fiscal year that a document covers, and how official papers call it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from thai.dates import be_year, format_date
from thai.fiscal import FiscalPeriod, fiscal_year, half_period, quarter_period, year_period

_NAMES = {"6m": "รอบ 6 เดือน", "12m": "รอบ 12 เดือน", "h1": "รอบ 6 เดือนแรก", "h2": "รอบ 6 เดือนหลัง"}


def stretch(year: int, period: str) -> FiscalPeriod:
    """The days of a period of fiscal year `year`: "6m" is October to March, "12m" and "" the whole year; "h1" and "h2"
    are its halves, "q1" to "q4" its quarters. Raises ValueError."""
    if period in ("", "12m"):
        return year_period(year)
    if period == "6m":
        return half_period(year, 1)
    if period in ("h1", "h2"):
        return half_period(year, int(period[1]))
    if period in ("q1", "q2", "q3", "q4"):
        return quarter_period(year, int(period[1]))
    raise ValueError(f"ไม่รู้จักรอบ {period}")


def latest_ended(periods: Sequence[str], today: date) -> tuple[int, str]:
    """The fiscal year and the one of these periods that was over most lately before `today` (a day in Bangkok), the
    first of them where several were; where the first is the year as a whole, the present year."""
    year = fiscal_year(today)
    if not periods[0]:
        return year, ""
    ended = [(one, period) for one in (year, year - 1) for period in periods if stretch(one, period).end < today]
    return max(ended, key=lambda pair: stretch(*pair).end)


def month(day: date) -> str:
    """ "ตุลาคม 2565"."""
    return f"{format_date(day, 'long').split()[1]} {be_year(day)}"


def months(first: date, last: date) -> str:
    """ "เดือนตุลาคม 2565 - มีนาคม 2566"."""
    return f"เดือน{month(first)} - {month(last)}"


def described(year: int, period: str) -> dict[str, Any]:
    """The period as figures: {"key", "starts_on", "ends_on" (ISO), "name", "months"}; a whole year has no name."""
    days = stretch(year, period)
    name = _NAMES.get(period, f"ไตรมาสที่ {period[1]}" if period.startswith("q") else "")
    return {
        "key": period,
        "starts_on": days.start.isoformat(),
        "ends_on": days.end.isoformat(),
        "name": name,
        "months": months(days.start, days.end),
    }
