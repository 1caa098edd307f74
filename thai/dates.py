"""Dates as Thai people write and say them.

Inside, dates are ISO/CE and times are aware UTC; on screen the year is Buddhist (CE + 543) and the clock is
Bangkok's. The leap years of the two eras are the same years.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Literal
from zoneinfo import ZoneInfo

from thai.digits import to_arabic, to_thai

__all__ = [
    "BANGKOK",
    "BE_OFFSET",
    "UTC",
    "ThaiDateError",
    "at_bangkok",
    "bangkok_date",
    "be_year",
    "format_date",
    "format_datetime",
    "format_time",
    "month_number",
    "parse_date",
    "to_bangkok",
]

BANGKOK = ZoneInfo("Asia/Bangkok")

Style = Literal["short", "long", "weekday"]

BE_OFFSET = 543
_WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
_MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
_SHORT_MONTHS = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)


class ThaiDateError(ValueError):
    """A date that could not be read. The message is Thai and can be shown to a citizen as it is."""


# --- clock ---


def to_bangkok(dt: datetime) -> datetime:
    """The same moment on Bangkok's clock. Raises ValueError when `dt` has no time zone."""
    if dt.utcoffset() is None:
        raise ValueError("an aware datetime is needed")
    return dt.astimezone(BANGKOK)


def bangkok_date(dt: datetime) -> date:
    """The calendar day in Bangkok at the aware moment `dt`."""
    return to_bangkok(dt).date()


def at_bangkok(d: date, clock: time = time()) -> datetime:
    """The moment when Bangkok's clock shows `clock` (midnight by default) on day `d`, in UTC."""
    return datetime.combine(d, clock, BANGKOK).astimezone(UTC)


# --- writing ---


def be_year(d: date) -> int:
    """The Buddhist calendar year: 2026 -> 2569. For the fiscal year see `thai.fiscal`."""
    return d.year + BE_OFFSET


def format_date(d: date, style: Style = "short", thai_digits: bool = False) -> str:
    """short "12 ธ.ค. 69", long "12 ธันวาคม 2569", weekday "วันเสาร์ที่ 12 ธ.ค. 69"."""
    if style == "long":
        text = f"{d.day} {_MONTHS[d.month - 1]} {be_year(d)}"
    else:
        text = f"{d.day} {_SHORT_MONTHS[d.month - 1]} {be_year(d) % 100:02d}"
        if style == "weekday":
            text = f"วัน{_WEEKDAYS[d.weekday()]}ที่ {text}"
    return to_thai(text) if thai_digits else text


def format_time(value: datetime | time, thai_digits: bool = False) -> str:
    """ "9.30 น.". A datetime must be aware and is shown on Bangkok's clock; a bare time is shown as it is."""
    clock = to_bangkok(value) if isinstance(value, datetime) else value
    text = f"{clock.hour}.{clock.minute:02d} น."
    return to_thai(text) if thai_digits else text


def format_datetime(dt: datetime, style: Style = "short", thai_digits: bool = False) -> str:
    """ "12 ธ.ค. 69 9.30 น.", on Bangkok's clock. Raises ValueError when `dt` has no time zone."""
    return f"{format_date(bangkok_date(dt), style, thai_digits)} {format_time(dt, thai_digits)}"


# --- reading ---

_RELATIVE_DAYS = {
    "วันนี้": 0,
    "เมื่อกี้": 0,
    "เมื่อเช้า": 0,
    "เมื่อคืน": -1,
    "เมื่อวาน": -1,
    "วาน": -1,
    "เมื่อวานซืน": -2,
    "วานซืน": -2,
    "พรุ่ง": 1,
    "พรุ่งนี้": 1,
    "มะรืน": 2,
}
_PART_OF_DAY = r"(?:\s*(?:ตอน|ช่วง)?(?:เช้า|สาย|เที่ยง|บ่าย|เย็น|ค่ำ|ดึก|กลางวัน|กลางคืน)ๆ?)?"
_WEEKDAY_NUMBER = {"จั": 0, "อั": 1, "พุ": 2, "พฤ": 3, "ศุ": 4, "เส": 5, "อา": 6}  # by how the name begins
_WEEKDAY = re.compile(r"(?:วัน\s*)?(?P<day>จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|(?<=วัน)อาทิตย์)\s*(?P<which>นี้|หน้า)?")
_RELATIVE = re.compile(rf"(?P<word>{'|'.join(sorted(_RELATIVE_DAYS, key=len, reverse=True))})\s*(?:นี้)?{_PART_OF_DAY}")
_DAYS_AGO = re.compile(r"(?:เมื่อ)?\s*(?P<days>\d{1,3})\s*วัน\s*(?:ก่อน|ที่แล้ว|ที่ผ่านมา|มาแล้ว)")
_POLITE_TAIL = re.compile(r"\s*(?:นะ)?(?:ค่ะ|คะ|ครับ|คับ|จ้า|จ้ะ)\s*$")
_NOISE = re.compile(
    rf"เมื่อ|วัน(?:ที่)?|(?:{'|'.join(_WEEKDAYS)}|พฤหัส)(?:\s*ที่)?|เดือน|ปี|พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|[,\u200b\ufeff]"
)
_ISO = re.compile(r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})")
_NUMBERS = re.compile(r"(?P<day>\d{1,2})\s*(?P<sep>[-/. ])\s*(?P<month>\d{1,2})(?:\s*(?P=sep)\s*(?P<year>\d{1,4}))?")
_WORDS = re.compile(r"(?P<day>\d{1,2})[\s/-]*(?P<month>[ก-์][ก-์. ]*)[\s/-]*(?P<year>\d{1,4})?")


def _month_key(name: str) -> str:
    return re.sub(r"[.\s]", "", name)


_MONTH_NUMBERS = {
    key: number
    for number, (full, short) in enumerate(zip(_MONTHS, _SHORT_MONTHS, strict=True), 1)
    for key in (full, re.sub(r"(?:คม|ยน|พันธ์)$", "", full), _month_key(short))
}


def parse_date(text: str, today: date, *, prefer: Literal["past", "future"] = "past") -> date:
    """Reads a date as a citizen types it.

    Understood: Thai or Arabic digits; "12/3/69", "12-3-2569", "12.3.69"; "12 มี.ค. 69", "12 มีนา", full and
    slightly misspelt month names; "วันเสาร์ที่ ..." (the weekday is not checked); "วันนี้", "เมื่อวาน",
    "เมื่อวานซืน", "พรุ่งนี้", "3 วันก่อน"; of days to come "พุธนี้", "วันพุธ", "พุธหน้า" (of the week after this one,
    which begins on Monday; อาทิตย์หน้า without วัน is a week, no day); ISO "2026-12-24". Day comes before month
    except in ISO.

    A 2-digit year is Buddhist (69 = 2569); a 4-digit one is Buddhist from 2400 on, CE from 1900 to 2199.
    A missing year means the nearest such day that is `today` or before it; with `prefer="future"`, today or
    after it (29 February goes on to the nearest leap year).

    `today` is the day in Bangkok. Raises ThaiDateError with words for the citizen.
    """
    cleaned = _POLITE_TAIL.sub("", to_arabic(text).strip()).strip()
    if match := _RELATIVE.fullmatch(cleaned):
        return today + timedelta(days=_RELATIVE_DAYS[match["word"]])
    if match := _DAYS_AGO.fullmatch(cleaned):
        return today - timedelta(days=int(match["days"]))

    if prefer == "future" and (match := _WEEKDAY.fullmatch(cleaned)):
        return _coming_weekday(_WEEKDAY_NUMBER[match["day"][:2]], match["which"] or "", today)

    cleaned = " ".join(_NOISE.sub(" ", cleaned).split())
    match = _ISO.fullmatch(cleaned) or _NUMBERS.fullmatch(cleaned) or _WORDS.fullmatch(cleaned)
    month = month_number(match["month"]) if match else None
    if match is None or month is None:
        raise ThaiDateError(
            "ขอวันที่อีกครั้งนะคะ\n"
            f"พิมพ์แบบ {format_date(today)} หรือ {today.day}/{today.month}/{be_year(today) % 100:02d} ได้เลยค่ะ"
        )
    day = int(match["day"])
    if match["year"]:
        return _existing_day(_read_year(match["year"], today), month, day)
    return _nearest_day(month, day, today, prefer)


def _coming_weekday(weekday: int, which: str, today: date) -> date:
    ahead = (weekday - today.weekday()) % 7
    if which == "หน้า":
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=ahead if ahead or which == "นี้" else 7)


def month_number(text: str) -> int | None:
    """1-12 of a month's number or name, also shortened or slightly misspelt; None for a word that is no month.
    Raises ThaiDateError for a number beyond 12."""
    if text.isdecimal():
        number = int(text)
        if not 1 <= number <= 12:
            raise ThaiDateError(f"ไม่มีเดือนที่ {number} ค่ะ\nพิมพ์วันก่อน แล้วตามด้วยเดือน 1 ถึง 12 นะคะ")
        return number
    key = _month_key(text)
    if key not in _MONTH_NUMBERS and len(key) >= 5:
        # Month names are hard to spell; a near miss is read and shown back before anything is sent.
        key = next(iter(get_close_matches(key, _MONTH_NUMBERS, n=1, cutoff=0.8)), key)
    return _MONTH_NUMBERS.get(key)


def _read_year(text: str, today: date) -> int:
    """The CE year of a 2-digit Buddhist or 4-digit Buddhist or CE year."""
    year = int(text)
    if len(text) == 2:
        return 2500 + year - BE_OFFSET
    if len(text) == 4 and 2400 <= year < 2800:
        return year - BE_OFFSET
    if len(text) == 4 and 1900 <= year < 2200:
        return year
    raise ThaiDateError(f"ขอปี พ.ศ. อีกครั้งนะคะ\nเช่น {be_year(today)} หรือ {be_year(today) % 100:02d} ค่ะ")


def _existing_day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ThaiDateError(f"{_MONTHS[month - 1]} {year + BE_OFFSET} ไม่มีวันที่ {day} ค่ะ\nขอวันที่อีกครั้งนะคะ") from None


def _nearest_day(month: int, day: int, today: date, prefer: Literal["past", "future"]) -> date:
    step = -1 if prefer == "past" else 1
    # Eight years is the longest wait between two leap days (1896 to 1904).
    for year in range(today.year, today.year + 9 * step, step):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if (candidate - today).days * step >= 0:
            return candidate
    raise ThaiDateError(f"เดือน{_MONTHS[month - 1]}ไม่มีวันที่ {day} ค่ะ\nขอวันที่อีกครั้งนะคะ")
