"""Periods as measures and reports write them: "ต.ค. ๖๕ - มี.ค ๖๖", "ภายในเดือน มกราคม ๒๕๖๖", "ตลอดปีงบประมาณ".

All days are days in Bangkok. A year that is not written is that of the fiscal year to which the text belongs.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from thai.dates import BE_OFFSET, ThaiDateError, month_number
from thai.digits import to_arabic
from thai.fiscal import FiscalPeriod, half_period, quarter_period, year_period


class PeriodError(ValueError):
    """A period that could not be read; the message is Thai, for staff."""


@dataclass(frozen=True, slots=True)
class Period:
    """Both days are inside it. Only `ends_on`: a deadline ("ภายใน..."); only `starts_on`: "เป็นต้นไป".
    `whole_year`: one whole fiscal year. `text`: as it was written, with single spaces."""

    starts_on: date | None
    ends_on: date | None
    whole_year: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Point:
    """One side of a range: what of it was written. `year` is CE."""

    day: int | None
    month: int | None
    year: int | None


_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_BRACKETED = re.compile(r"[(\[](?P<inside>[^()\[\]]*)[)\]]")
_NOISE = re.compile(
    r"ระยะเวลา|ดำเนินการ|ตั้งแต่|ระหว่าง|ช่วง|ประจำ|ภายใน|ไม่เกิน|แล้วเสร็จ|เป็นต้นไป|วันที่|เดือน|ปีงบประมาณ|ปี|ของ"
    r"|[พค]\.?\s?ศ\.?|[\[\](),:;]"
)
_DEADLINE = re.compile(r"ภายใน|ไม่เกิน|แล้วเสร็จ")
_DASH = "-‐‑‒–—―−~"
_TO = re.compile(rf"(?:จน)?ถึง|[{_DASH}]")

# Named periods are looked for in the text without spaces and these words.
_FILLERS = re.compile(r"\s+|พ\.?\s?ศ\.?|ประจำ|ของ|ที่|ระยะเวลา|อย่างน้อย|[()\[\].,:;]")
_YEAR = r"(?:/|ปีงบประมาณ|งบประมาณ|ปี)?(?P<year>\d{4}|\d{2})?"
_WHOLE_YEAR = re.compile(
    r"(?:ภายใน|ใน|ตลอด|ทั้ง|สิ้น|ต่อเนื่อง)*(?:ปีงบประมาณ|งบประมาณ|ปี)(?P<year>\d{4}|\d{2})?|(?P<alone>\d{4})"
    r"|ต่อเนื่อง|ตลอดเวลา"
)
_EVERY = re.compile(r"(?:เป็น)?(?:ทุก|ราย)\d*(?:วัน|สัปดาห์|เดือน|ไตรมาส|ปี)|(?:เดือน|ไตรมาส|ปี)ละ\d+ครั้ง")
_QUARTERS = re.compile(
    rf"(?:ภายใน|ใน)?ไตรมาส(?P<first>[1-4])(?:(?:{_TO.pattern}|และ)(?:ไตรมาส)?(?P<last>[1-4]))?{_YEAR}"
)
_HALF = re.compile(rf"(?:รอบ)?(?:(?P<months>6|12)เดือน|ครึ่งปี(?:งบประมาณ)?)(?P<which>แรก|หลัง|1|2)?{_YEAR}")

_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
_NUMBERS = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})\s?(?P<sep>[/.-])\s?(?P<month>\d{1,2})\s?(?P=sep)\s?(?P<year>\d{4}|\d{2})(?![\d/])"
)
_SLASHES = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4}|\d{2})")
_WORDS = re.compile(r"(?:(?P<day>\d{1,2})\s*)?(?P<month>[ก-์][ก-์.\s]*?)\s*(?P<year>\d{4}|\d{2})?")


def parse_period(text: str, fiscal_year: int) -> Period:
    """Reads a period of fiscal year `fiscal_year` (Buddhist, 2566) as a clerk writes it.

    Understood: months or days with "-", "–", "ถึง", the year on both sides, on one or on none; Buddhist years of two
    or four digits, also CE; Thai or Arabic digits; one month, one day, numeric dates; "ภายใน..."; "ไตรมาส 1",
    "ไตรมาสที่ 1-2"; "รอบ 6 เดือน" (the first half unless หลัง is said), "รอบ 12 เดือน"; "ตลอดปีงบประมาณ";
    "ทุกเดือน" and the like (the whole year). A month without a day begins on its first and ends on its last day.

    Raises PeriodError for anything else, and for a period that ends before it begins.
    """
    shown = " ".join(text.split())
    plain = to_arabic(_INVISIBLE.sub("", shown))
    inside = _BRACKETED.search(plain)
    # "รอบ 6 เดือน (ตุลาคม 2565 - มีนาคม 2566)": what the brackets say is more exact.
    for candidate in (inside["inside"], _BRACKETED.sub(" ", plain)) if inside else (plain,):
        if found := _read(candidate, fiscal_year):
            first, last = found
            return Period(first, last, bool(first and last and _is_fiscal_year(first, last)), shown)
    raise PeriodError(f"อ่านช่วงเวลา “{shown[:60]}” ไม่ได้ พิมพ์แบบ ต.ค. 65 - มี.ค. 66 หรือ ตลอดปีงบประมาณ")


def _is_fiscal_year(first: date, last: date) -> bool:
    return (first.month, first.day, last.month, last.day, last.year - first.year) == (10, 1, 9, 30, 1)


def _read(text: str, fiscal_year: int) -> tuple[date | None, date | None] | None:
    """First and last day, None where there is none; None altogether for what is no period."""
    deadline = _DEADLINE.search(text) is not None
    if named := _named(_FILLERS.sub("", text), fiscal_year):
        only_end = deadline and not _is_fiscal_year(named.start, named.end)
        return None if only_end else named.start, named.end
    cleaned = " ".join(_NOISE.sub(" ", text).split())
    for numeric in (_ISO, _NUMBERS):  # their dashes part no range
        cleaned = numeric.sub(lambda match: f"{match['day']}/{match['month']}/{match['year']}", cleaned)
    points = [_point(side.strip()) for side in _TO.split(cleaned)]
    if len(points) > 2 or None in points:
        return None
    first, last = _days([point for point in points if point], fiscal_year, text)
    if len(points) == 2:
        return first, last
    if deadline:
        return None, last
    return first, None if "เป็นต้นไป" in text else last


def _named(compact: str, fiscal_year: int) -> FiscalPeriod | None:
    """A period named by its place in the fiscal year. `compact` has no spaces."""
    if _EVERY.fullmatch(compact):
        return year_period(fiscal_year)
    if match := _WHOLE_YEAR.fullmatch(compact):
        return year_period(_fiscal(match["year"] or match["alone"], fiscal_year))
    if match := _QUARTERS.fullmatch(compact):
        fy, first = _fiscal(match["year"], fiscal_year), int(match["first"])
        last = int(match["last"] or first)
        if first <= last:
            return FiscalPeriod(fy, quarter_period(fy, first).start, quarter_period(fy, last).end, compact)
    if match := _HALF.fullmatch(compact):
        fy = _fiscal(match["year"], fiscal_year)
        return (
            year_period(fy) if match["months"] == "12" else half_period(fy, 2 if match["which"] in ("หลัง", "2") else 1)
        )
    return None


def _point(text: str) -> _Point | None:
    """One side of a range; None for what is none."""
    if text.isdecimal() and len(text) <= 2:
        return _Point(int(text), None, None)  # the 28 of "28 - 31 มี.ค."
    match = _SLASHES.fullmatch(text) or _WORDS.fullmatch(text)
    try:
        month = month_number(match["month"]) if match else None
    except ThaiDateError:
        return None
    if match is None or month is None:
        return None
    return _Point(int(match["day"]) if match["day"] else None, month, _ce(match["year"]) if match["year"] else None)


def _days(points: list[_Point], fiscal_year: int, text: str) -> tuple[date, date]:
    """The first day of the first point and the last of the last, each taking from the other what it does not say."""
    start, end = points[0], points[-1]
    last_month = end.month or start.month
    first_month = start.month or last_month
    if last_month is None or first_month is None:
        raise PeriodError(f"ไม่พบเดือนในช่วงเวลา “{text.strip()[:60]}”")
    first_year, last_year = start.year, end.year
    if last_year is None:
        if first_year is None:
            first_year = fiscal_year - BE_OFFSET - (first_month >= 10)
        last_year = first_year + (last_month < first_month)
    elif first_year is None:
        first_year = last_year - (first_month > last_month)
    try:
        first = date(first_year, first_month, start.day or 1)
        last = date(last_year, last_month, end.day or calendar.monthrange(last_year, last_month)[1])
    except ValueError:
        raise PeriodError(f"ไม่มีวันนี้ในปฏิทิน: “{text.strip()[:60]}”") from None
    if last < first:
        raise PeriodError(f"วันสิ้นสุดมาก่อนวันเริ่ม: “{text.strip()[:60]}”")
    return first, last


def _fiscal(year: str | None, otherwise: int) -> int:
    return _ce(year) + BE_OFFSET if year else otherwise


def _ce(text: str) -> int:
    """The CE year of a Buddhist year of two or four digits, or of a CE year. Raises PeriodError."""
    year = int(text)
    if len(text) == 2:
        return 2500 + year - BE_OFFSET
    if 2400 <= year < 2800:
        return year - BE_OFFSET
    if 1900 <= year < 2200:
        return year
    raise PeriodError(f"ไม่ใช่ปี พ.ศ.: {text}")
