"""Rules and their days: pure functions from a rule's `schedule` (data, as the starter pack and the pages write it) to
the days of a fiscal year.

    {"kind": "month", "day": 25}                    the 25th of every month; "last": its last day
    {"kind": "month", "day": 5, "next": true}       each month's, due on the 5th of the month after it
    {"kind": "month", "day": 5, "months": [1, 4]}   only of these calendar months
    {"kind": "quarter", "after": 5}                 5 days after each quarter's end; 0: its last day
    {"kind": "half"}                                within April and October, of the half that has just ended
    {"kind": "year", "month": 1}                    within January of the fiscal year, which is its last day (R55)
    {"kind": "year", "month": 12, "day": 9}         on 9 December of the fiscal year
    {"kind": "year", "month": 10, "next": true}     within the October after the fiscal year, of which it tells
    {"kind": "date", "on": "2026-12-24"}            once
    {"kind": "expiry", "register": "channels", "before": 30}   so many days before an entry of the register ends
    {"kind": "event", "event": "new_mayor", "days": 30}        so many days after it happened

A duty belongs to the fiscal year that it tells of: the October report of a year's second half is that year's. A last
day on a closed day moves to the next working day (WorkCalendar.shift_deadline). All days are Bangkok's.
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.measure import REGISTERS
from thai.dates import BE_OFFSET, format_date
from thai.fiscal import fiscal_year as fiscal_year_of
from thai.fiscal import half_period, quarter_period, year_period
from thai.working_time import WorkCalendar

KINDS = ("month", "quarter", "half", "year", "date", "expiry", "event")
EVENTS = {
    "new_mayor": "มีนายกคนใหม่",
    "staff_joined": "มีบุคลากรบรรจุใหม่หรือโอนเข้ามา",
    "staff_moved": "มีบุคลากรย้ายหรือเปลี่ยนหน้าที่",
    "ita_result": "ประกาศผลประเมิน ITA",
}
REGISTER_LABELS = {
    "orders": "คำสั่ง",
    "committees": "คณะกรรมการ",
    "activities": "กิจกรรม",
    "channels": "ช่องทางติดต่อและโดเมน",
    "news": "ข่าว",
    "gifts": "ของขวัญ",
    "procurement": "จัดซื้อจัดจ้าง",
    "improvements": "การปรับปรุง",
}
MOST_DAYS = 366
_MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
FISCAL_MONTHS = (10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9)
MONTH_NAMES = {month: _MONTHS[month - 1] for month in FISCAL_MONTHS}


class ScheduleError(ValueError):
    """The rule cannot be read. The message is Thai and can be shown as it is."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One duty that a rule gives: `planned_on` as the rule says, `due_on` moved off closed days."""

    period_key: str
    period_label: str
    planned_on: date
    due_on: date


def check(schedule: dict[str, Any]) -> dict[str, Any]:
    """The same rule with nothing but what its kind knows. Raises ScheduleError."""
    kind = schedule.get("kind")
    match kind:
        case "month":
            clean: dict[str, Any] = {"day": _day(schedule.get("day", "last")), **_next(schedule)}
            months = schedule.get("months") or []
            if not isinstance(months, list) or not all(_is_number(month, 1, 12) for month in months):
                raise ScheduleError("กรุณาเลือกเดือน")
            if months and len(set(months)) < 12:
                clean["months"] = [month for month in FISCAL_MONTHS if month in months]
        case "quarter":
            clean = {"after": _number(schedule.get("after", 0), 0, 60, "จำนวนวันหลังสิ้นไตรมาสคือ 0 ถึง 60")}
        case "half":
            clean = {"day": _day(schedule.get("day", "last"))}
        case "year":
            month = _number(schedule.get("month"), 1, 12, "กรุณาเลือกเดือน")
            clean = {"month": month, "day": _day(schedule.get("day", "last")), **_next(schedule)}
        case "date":
            try:
                clean = {"on": date.fromisoformat(str(schedule.get("on"))).isoformat()}
            except ValueError:
                raise ScheduleError("กรุณากรอกวันที่") from None
        case "expiry":
            if schedule.get("register") not in REGISTERS:
                raise ScheduleError("กรุณาเลือกทะเบียนที่มีวันหมดอายุ")
            before = _number(schedule.get("before", 30), 0, MOST_DAYS, f"จำนวนวันก่อนหมดอายุคือ 0 ถึง {MOST_DAYS}")
            clean = {"register": schedule["register"], "before": before}
        case "event":
            if schedule.get("event") not in EVENTS:
                raise ScheduleError("กรุณาเลือกเหตุการณ์")
            days = _number(schedule.get("days", 30), 0, MOST_DAYS, f"จำนวนวันหลังเหตุการณ์คือ 0 ถึง {MOST_DAYS}")
            clean = {"event": schedule["event"], "days": days}
        case _:
            raise ScheduleError("กรุณาเลือกรอบเวลา")
    return {"kind": kind, **clean}


def occurrences(schedule: dict[str, Any], fiscal_year: int, calendar: WorkCalendar) -> list[Occurrence]:
    """The duties that the rule gives for the fiscal year (Buddhist), in order; none for a rule that waits for an event
    or an end. Raises ScheduleError."""
    rule = check(schedule)

    def on(key: str, label: str, planned: date) -> Occurrence:
        return Occurrence(f"{fiscal_year}{key}", label, planned, calendar.shift_deadline(planned))

    match rule["kind"]:
        case "month":
            found = []
            for month in rule.get("months", FISCAL_MONTHS):
                first = _first(fiscal_year, month)
                day = _in_month(_month_after(first) if rule["next"] else first, rule["day"])
                found.append(on(f"-m{month:02d}", f"{MONTH_NAMES[month]} {first.year + BE_OFFSET}", day))
            return found
        case "quarter":
            quarters = [quarter_period(fiscal_year, q) for q in (1, 2, 3, 4)]
            return [
                on(f"-q{q}", period.label, period.end + timedelta(days=rule["after"]))
                for q, period in enumerate(quarters, 1)
            ]
        case "half":
            halves = [half_period(fiscal_year, h) for h in (1, 2)]
            return [
                on(f"-h{h}", period.label, _in_month(period.end + timedelta(days=1), rule["day"]))
                for h, period in enumerate(halves, 1)
            ]
        case "year":
            first = _first(fiscal_year, rule["month"])
            if rule["next"]:
                first = first.replace(year=first.year + 1)
            return [on("", year_period(fiscal_year).label, _in_month(first, rule["day"]))]
        case "date":
            planned = date.fromisoformat(rule["on"])
            return [on("-once", "", planned)] if fiscal_year_of(planned) == fiscal_year else []
    return []


def event_day(schedule: dict[str, Any], happened_on: date, calendar: WorkCalendar) -> tuple[date, date]:
    """(planned, due) of the duty that something which happened gives."""
    planned = happened_on + timedelta(days=schedule["days"])
    return planned, calendar.shift_deadline(planned)


def expiry_day(schedule: dict[str, Any], expires_on: date, calendar: WorkCalendar) -> tuple[date, date]:
    """(planned, due) of the duty that an end on `expires_on` gives. It moves off closed days too, but never past the
    end itself: what has expired cannot be renewed."""
    planned = expires_on - timedelta(days=schedule["before"])
    due = calendar.shift_deadline(planned)
    return planned, due if due <= expires_on else calendar.shift_reminder(expires_on)


def next_year(schedule: dict[str, Any]) -> dict[str, Any]:
    """The rule for the fiscal year after: only a fixed day has to move, 29 February to the 28th."""
    rule = check(schedule)
    if rule["kind"] != "date":
        return rule
    day = date.fromisoformat(rule["on"])
    last = gregorian.monthrange(day.year + 1, day.month)[1]
    return {**rule, "on": date(day.year + 1, day.month, min(day.day, last)).isoformat()}


def in_words(schedule: dict[str, Any]) -> str:
    """The rule as a person reads it; what cannot be read is said so."""
    try:
        rule = check(schedule)
    except ScheduleError as error:
        return str(error)
    day = rule.get("day")
    on = "ภายในวันสุดท้ายของเดือน" if day == "last" else f"ภายในวันที่ {day}"
    match rule["kind"]:
        case "month":
            months = [MONTH_NAMES[month] for month in rule.get("months", ())]
            which = f"เดือน{' '.join(months)}" if months else "ทุกเดือน"
            return f"{which} {on}{('ถัดไป' if day == 'last' else ' ของเดือนถัดไป') if rule['next'] else ''}"
        case "quarter":
            return (
                f"ทุกไตรมาส {'ภายใน ' + str(rule['after']) + ' วันหลังสิ้นไตรมาส' if rule['after'] else 'ภายในวันสิ้นไตรมาส'}"
            )
        case "half":
            when = "ภายในเดือนเมษายนและตุลาคม" if day == "last" else f"ภายในวันที่ {day} เมษายนและตุลาคม"
            return f"ทุก 6 เดือน {when} (รอบที่เพิ่งสิ้นสุด)"
        case "year":
            month = MONTH_NAMES[rule["month"]]
            when = f"ภายในเดือน{month}" if day == "last" else f"ภายในวันที่ {day} {month}"
            return f"ปีละครั้ง {when}{' หลังสิ้นปีงบประมาณ' if rule['next'] else ''}"
        case "date":
            return f"ครั้งเดียว วันที่ {format_date(date.fromisoformat(rule['on']))}"
        case "expiry":
            return f"ก่อนหมดอายุ {rule['before']} วัน ตามทะเบียน{REGISTER_LABELS[rule['register']]}"
        case _:
            return f"ภายใน {rule['days']} วัน เมื่อ{EVENTS[rule['event']]}"


# -- parts -----------------------------------------------------------------------------------------------


def _first(fiscal_year: int, month: int) -> date:
    """The first day of this calendar month in the fiscal year."""
    return date(fiscal_year - BE_OFFSET - (month >= 10), month, 1)


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _in_month(first: date, day: int | str) -> date:
    """That day of the month; a day that the month does not have is its last one."""
    last = gregorian.monthrange(first.year, first.month)[1]
    return first.replace(day=last if isinstance(day, str) else min(day, last))


def _day(value: object) -> int | str:
    return "last" if value == "last" else _number(value, 1, 31, "วันที่ในเดือนคือ 1 ถึง 31 หรือวันสุดท้าย")


def _next(schedule: dict[str, Any]) -> dict[str, Any]:
    return {"next": schedule.get("next") is True}


def _number(value: object, least: int, most: int, message: str) -> int:
    if not _is_number(value, least, most):
        raise ScheduleError(message)
    return int(str(value))


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
