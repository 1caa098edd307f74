"""Office days and hours, and the due dates that are promised in them.

Moments go in aware and come out in UTC; days and opening hours are Bangkok's.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from thai.dates import at_bangkok, bangkok_date, to_bangkok

_DAY = timedelta(days=1)
_NONE = timedelta(0)


@dataclass(frozen=True)
class WorkCalendar:
    """When an office is open: on `weekdays` (Monday is 0) that are no holiday, from `opens` to `closes`."""

    holidays: Mapping[date, str] | AbstractSet[date] = field(default_factory=frozenset)
    opens: time = time(8, 30)
    closes: time = time(16, 30)
    weekdays: AbstractSet[int] = frozenset(range(5))

    def __post_init__(self) -> None:
        """Raises ValueError for an office that never opens."""
        if self.opens >= self.closes:
            raise ValueError("an office opens before it closes")
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError("weekdays are 0 (Monday) to 6, and at least one of them")

    # --- days ---

    def is_working_day(self, d: date) -> bool:
        return d.weekday() in self.weekdays and d not in self.holidays

    def next_working_day(self, d: date) -> date:
        """`d` itself or the first working day after it."""
        while not self.is_working_day(d):
            d += _DAY
        return d

    def previous_working_day(self, d: date) -> date:
        """`d` itself or the last working day before it."""
        while not self.is_working_day(d):
            d -= _DAY
        return d

    def shift_deadline(self, d: date) -> date:
        """A deadline on a closed day moves on to the next working day.

        Source: พ.ร.บ.วิธีปฏิบัติราชการทางปกครอง พ.ศ. 2539 ม.64.
        """
        return self.next_working_day(d)

    def shift_reminder(self, d: date) -> date:
        """A reminder moves back, so that somebody is at work to read it in time."""
        return self.previous_working_day(d)

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`; negative when `b` is before `a`."""
        if b < a:
            return -self.working_days_between(b, a)
        return sum(self.is_working_day(a + _DAY * n) for n in range(1, (b - a).days + 1))

    # --- hours ---

    def is_open(self, dt: datetime) -> bool:
        """Open from the opening minute on, closed at the closing minute."""
        opening, closing = self._hours(bangkok_date(dt))
        return opening <= dt < closing

    def next_opening(self, dt: datetime) -> datetime:
        """`dt` itself while the office is open, otherwise when it opens next."""
        day = self.next_working_day(bangkok_date(dt))
        opening, closing = self._hours(day)
        if dt >= closing:
            opening, _ = self._hours(self.next_working_day(day + _DAY))
        return max(dt, opening).astimezone(UTC)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Closing time of the `days`-th working day after the day of `start`.

        The day of `start` never counts, open or not. With 0 days: closing time of the day when the office is
        next open. Raises ValueError for negative days.
        """
        if days < 0:
            raise ValueError("working days are counted forward")
        day = bangkok_date(self.next_opening(start)) if days == 0 else bangkok_date(start)
        for _ in range(days):
            day = self.next_working_day(day + _DAY)
        return self._hours(day)[1]

    def add_working_hours(self, start: datetime, hours: float) -> datetime:
        """When `hours` office hours have passed since `start`. Raises ValueError for negative hours."""
        return self.add_office_time(start, timedelta(hours=hours))

    def add_office_time(self, start: datetime, duration: timedelta) -> datetime:
        """As `add_working_hours`. What ends with the office day ends at closing, not at the next opening."""
        if duration < _NONE:
            raise ValueError("office time is counted forward")
        moment = self.next_opening(start)
        while (left_today := self._hours(bangkok_date(moment))[1] - moment) < duration:
            duration -= left_today
            moment = self.next_opening(moment + left_today)
        return moment + duration

    def office_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Time that the office was open from `a` to `b`; zero when `b` is not after `a`."""
        total = _NONE
        day, last = bangkok_date(a), bangkok_date(b)
        while day <= last:
            opening, closing = self._hours(day)
            total += max(min(b, closing) - max(a, opening), _NONE)
            day += _DAY
        return total

    def _hours(self, d: date) -> tuple[datetime, datetime]:
        """Opening and closing in UTC; the same moment twice on a closed day."""
        opening = at_bangkok(d, self.opens)
        return opening, at_bangkok(d, self.closes) if self.is_working_day(d) else opening


def paused_due(
    due: datetime,
    pauses: Sequence[tuple[datetime, datetime | None]],
    now: datetime,
    calendar: WorkCalendar,
) -> datetime:
    """`due` moved on by the office time that was lost in `pauses`, in UTC.

    Each pause is (begin, end), end None while it lasts; nothing after `now` counts. Pauses may overlap and
    come in any order; one that ends before it begins gives nothing back. Nor does one that began when the
    due date, so moved, had passed: late is late.
    """
    moved = to_bangkok(due).astimezone(UTC)
    for begin, end in _merged((begin, min(end or now, now)) for begin, end in pauses):
        if begin >= moved:
            break
        if lost := calendar.office_time_between(begin, end):
            moved = calendar.add_office_time(moved, lost)
    return moved


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same time as spans in order that neither overlap nor touch."""
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
