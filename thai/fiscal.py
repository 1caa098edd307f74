"""The government's fiscal year, by its Buddhist number.

Fiscal year n runs from 1 October of n-1 to 30 September of n (พ.ร.บ.วิธีการงบประมาณ พ.ศ. 2561 ม.4), so its
first quarter is October to December. All dates are days in Bangkok.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from thai.dates import BE_OFFSET, be_year

_FIRST_MONTH = 10


@dataclass(frozen=True)
class FiscalPeriod:
    """A stretch of one fiscal year; `start` and `end` are both inside it."""

    fy: int
    start: date
    end: date
    label: str


def fiscal_year(d: date) -> int:
    """The Buddhist fiscal year: 2026-10-01 -> 2570."""
    return be_year(d) + (d.month >= _FIRST_MONTH)


def quarter(d: date) -> int:
    """1 (October-December) to 4 (July-September)."""
    return (d.month - _FIRST_MONTH) % 12 // 3 + 1


def quarter_period(fy: int, q: int) -> FiscalPeriod:
    """Quarter `q` (1-4) of fiscal year `fy` (BE). Raises ValueError outside 1-4."""
    if q not in (1, 2, 3, 4):
        raise ValueError("a quarter is 1 to 4")
    return _period(fy, 3 * (q - 1), 3, f"ไตรมาส {q}/{fy}")


def half_period(fy: int, h: int) -> FiscalPeriod:
    """Half `h` of fiscal year `fy` (BE): 1 October-March, 2 April-September. Raises ValueError otherwise."""
    if h not in (1, 2):
        raise ValueError("a half is 1 or 2")
    return _period(fy, 6 * (h - 1), 6, f"รอบ 6 เดือน{'แรก' if h == 1 else 'หลัง'} ปีงบประมาณ {fy}")


def year_period(fy: int) -> FiscalPeriod:
    """The whole fiscal year `fy` (BE)."""
    return _period(fy, 0, 12, f"ปีงบประมาณ {fy}")


def _period(fy: int, skip: int, months: int, label: str) -> FiscalPeriod:
    """`months` months of `fy`, after its first `skip` months."""
    end = _month_start(fy, skip + months) - timedelta(days=1)
    return FiscalPeriod(fy, _month_start(fy, skip), end, label)


def _month_start(fy: int, skip: int) -> date:
    years, month = divmod(_FIRST_MONTH - 1 + skip, 12)
    return date(fy - 1 - BE_OFFSET + years, month + 1, 1)
