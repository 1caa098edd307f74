"""Office time between many pairs of moments, quickly."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from thai.dates import at_bangkok, bangkok_date
from thai.working_time import WorkCalendar

_DAY = timedelta(days=1)


class OfficeTime:
    """Counts as WorkCalendar.office_time_between does, with each day's office time added up once."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self._opens, self._closes = calendar.opens, calendar.closes
        self._before: dict[date, float] = {}  # seconds from some first day to the beginning of the day
        self._last: date | None = None

    def between(self, a: datetime, b: datetime) -> float:
        """Seconds that the office was open from `a` to `b`; 0 when `b` is not after `a`."""
        if b <= a:
            return 0.0
        if self._last is None or bangkok_date(a) < min(self._before):
            self._before, self._last = {bangkok_date(a): 0.0}, bangkok_date(a)
        return self._until(b) - self._until(a)

    def _until(self, moment: datetime) -> float:
        day = bangkok_date(moment)
        assert self._last is not None
        while self._last < day:
            so_far = self._before[self._last] + self._of_day(self._last)
            self._last += _DAY
            self._before[self._last] = so_far
        return self._before[day] + self._of_day(day, moment)

    def _of_day(self, day: date, until: datetime | None = None) -> float:
        if not self._calendar.is_working_day(day):
            return 0.0
        opening, closing = at_bangkok(day, self._opens), at_bangkok(day, self._closes)
        end = closing if until is None else min(until, closing)
        return max((end - opening).total_seconds(), 0.0)
