"""The stretch of the fiscal year that a document covers, and how official papers call it."""

from __future__ import annotations

from datetime import date
from typing import Any

from thai.dates import be_year, format_date
from thai.fiscal import FiscalPeriod, half_period, quarter_period, year_period

_NAMES = {"6m": "รอบ 6 เดือน", "12m": "รอบ 12 เดือน", "h1": "รอบ 6 เดือนแรก", "h2": "รอบ 6 เดือนหลัง"}


def stretch(fiscal_year: int, period: str) -> FiscalPeriod:
    """Its days. "6m" is October to March, "12m" and "" the whole year; "h1" and "h2" are its halves, "q1" to "q4" its
    quarters. Raises ValueError."""
    if period in ("", "12m"):
        return year_period(fiscal_year)
    if period == "6m":
        return half_period(fiscal_year, 1)
    if period in ("h1", "h2"):
        return half_period(fiscal_year, int(period[1]))
    if period in ("q1", "q2", "q3", "q4"):
        return quarter_period(fiscal_year, int(period[1]))
    raise ValueError(f"ไม่รู้จักรอบ {period}")


def month(day: date) -> str:
    """ "ตุลาคม 2565"."""
    return f"{format_date(day, 'long').split()[1]} {be_year(day)}"


def months(first: date, last: date) -> str:
    """ "เดือนตุลาคม 2565 - มีนาคม 2566"."""
    return f"เดือน{month(first)} - {month(last)}"


def described(fiscal_year: int, period: str) -> dict[str, Any]:
    """The period as figures: {"key", "starts_on", "ends_on" (ISO), "name", "months"}; a whole year has no name."""
    days = stretch(fiscal_year, period)
    name = _NAMES.get(period, f"ไตรมาสที่ {period[1]}" if period.startswith("q") else "")
    return {
        "key": period,
        "starts_on": days.start.isoformat(),
        "ends_on": days.end.isoformat(),
        "name": name,
        "months": months(days.start, days.end),
    }
