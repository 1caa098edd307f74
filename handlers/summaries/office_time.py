"""Office time between many pairs of moments, quickly."""

from __future__ import annotations

from datetime import date, datetime, time

from thai.dates import at_bangkok
from thai.working_time import WorkCalendar

DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
# Bangkok's clock has been seven hours ahead, summer and winter, ever since 1920.
_AHEAD = DAY - int(at_bangkok(date(1970, 1, 2)).timestamp())


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


class OfficeTime:
    """Counts as WorkCalendar.office_time_between does, with each day's office time added up once, in plain seconds."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self._opens = _seconds(calendar.opens)
        self._length = _seconds(calendar.closes) - self._opens
        self._days: dict[int, tuple[float, bool]] = {}  # day since 1970 → office time before it, open on it?
        self._first = self._last = 0

    def between(self, a: datetime, b: datetime) -> float:
        """Seconds that the office was open from `a` to `b`; 0 when `b` is not after `a`. Quick where `a` grows."""
        begin, end = a.timestamp() + _AHEAD, b.timestamp() + _AHEAD
        if end <= begin:
            return 0.0
        if not self._days or begin // DAY < self._first:  # count anew from there
            self._first = self._last = int(begin // DAY)
            self._days = {self._first: (0.0, self._is_open(self._first))}
        return self._until(end) - self._until(begin)

    def _until(self, moment: float) -> float:
        """Office time from the beginning of the first day to a moment of Bangkok's clock."""
        day, second = divmod(moment, DAY)
        while self._last < day:
            before, was_open = self._days[self._last]
            self._last += 1
            self._days[self._last] = (before + self._length * was_open, self._is_open(self._last))
        before, is_open = self._days[int(day)]
        return before + (min(max(second - self._opens, 0.0), self._length) if is_open else 0.0)

    def _is_open(self, day: int) -> bool:
        return self._calendar.is_working_day(date.fromordinal(day + _EPOCH))
