from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai import dates
from thai.dates import (
    BANGKOK,
    ThaiDateError,
    at_bangkok,
    bangkok_date,
    be_year,
    format_date,
    format_datetime,
    format_time,
    parse_date,
    to_bangkok,
)

TODAY = date(2026, 11, 21)
CENTURY = st.dates(date(1957, 1, 1), date(2056, 12, 31))  # BE 2500-2599, what two digits can say


class TestClock:
    def test_a_day_begins_in_bangkok_at_17_utc(self) -> None:
        assert bangkok_date(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
        assert bangkok_date(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == date(2027, 1, 1)

    def test_naive_is_refused(self) -> None:
        naive = datetime(2026, 11, 21, 9, 0)
        for function in (to_bangkok, bangkok_date, format_datetime, format_time):
            with pytest.raises(ValueError, match="aware"):
                function(naive)

    def test_at_bangkok_is_utc(self) -> None:
        assert at_bangkok(date(2026, 11, 21), time(8, 30)) == datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
        assert at_bangkok(date(2026, 11, 21)).tzinfo is UTC

    @given(CENTURY, st.times())
    def test_there_and_back(self, day: date, clock: time) -> None:
        there = to_bangkok(at_bangkok(day, clock))
        assert (there.date(), there.time()) == (day, clock)


class TestFormat:
    def test_styles(self) -> None:
        day = date(2026, 12, 12)
        assert format_date(day) == "12 ธ.ค. 69"
        assert format_date(day, "long") == "12 ธันวาคม 2569"
        assert format_date(day, "weekday") == "วันเสาร์ที่ 12 ธ.ค. 69"
        assert format_date(date(2023, 4, 4), "long", thai_digits=True) == "๔ เมษายน ๒๕๖๖"

    def test_leap_day_and_round_year(self) -> None:
        assert format_date(date(2024, 2, 29), "long", thai_digits=True) == "๒๙ กุมภาพันธ์ ๒๕๖๗"
        assert format_date(date(2057, 1, 1)) == "1 ม.ค. 00"
        assert be_year(date(2026, 11, 21)) == 2569

    def test_time(self) -> None:
        assert format_time(time(9, 5)) == "9.05 น."
        assert format_time(datetime(2026, 12, 12, 2, 30, tzinfo=UTC)) == "9.30 น."
        assert format_time(time(16, 30), thai_digits=True) == "๑๖.๓๐ น."

    def test_datetime_is_bangkoks(self) -> None:
        assert format_datetime(datetime(2026, 12, 12, 2, 30, tzinfo=UTC)) == "12 ธ.ค. 69 9.30 น."
        assert format_datetime(datetime(2026, 12, 31, 20, 0, tzinfo=UTC), "long") == "1 มกราคม 2570 3.00 น."


class TestParse:
    @pytest.mark.parametrize(
        "text",
        [
            "12/3/69",
            "12-3-2569",
            "12.03.69",
            "12 3 69",
            "๑๒/๓/๒๕๖๙",
            "12/3/2026",
            "2026-03-12",
            "2569/3/12",
            "12 มี.ค. 69",
            "12มีค69",
            "12 มี.ค 2569",
            "12 มีนาคม 2569",
            "12 มีนา 69",
            "12 มีนาคม พ.ศ. ๒๕๖๙",
            "12 มีนาคม ค.ศ. 2026",
            "วันที่ 12 เดือนมีนาคม ปี 2569 ค่ะ",
            "เมื่อวันที่ 12 มี.ค.",
            "วันพฤหัสบดีที่ 12 มี.ค. 69",
            "พฤหัส 12 มีนา",
            "12/3",
            " 12  มีนาคม ",
            "12 มินาคม 69",
        ],
    )
    def test_one_day_in_many_spellings(self, text: str) -> None:
        assert parse_date(text, TODAY) == date(2026, 3, 12)

    @pytest.mark.parametrize(
        ("text", "days"),
        [
            ("วันนี้", 0),
            ("วันนี้ค่ะ", 0),
            ("เมื่อเช้านี้", 0),
            ("เมื่อคืน", -1),
            ("เมื่อวาน", -1),
            ("เมื่อวานนี้ ตอนเย็น", -1),
            ("เมื่อวานซืน", -2),
            ("เมื่อวานซืนนี้ครับ", -2),
            ("พรุ่งนี้", 1),
            ("๓ วันก่อน", -3),
            ("เมื่อ 10 วันที่แล้ว", -10),
        ],
    )
    def test_days_told_from_today(self, text: str, days: int) -> None:
        assert parse_date(text, TODAY) == TODAY + timedelta(days=days)

    def test_missing_year_is_the_nearest_past(self) -> None:
        assert parse_date("21 พ.ย.", TODAY) == TODAY
        assert parse_date("22 พ.ย.", TODAY) == date(2025, 11, 22)
        assert parse_date("31/12", date(2027, 1, 1)) == date(2026, 12, 31)
        assert parse_date("29 ก.พ.", TODAY) == date(2024, 2, 29)
        assert parse_date("29 ก.พ.", date(1904, 2, 28)) == date(1896, 2, 29)

    def test_missing_year_may_look_ahead(self) -> None:
        assert parse_date("21 พ.ย.", TODAY, prefer="future") == TODAY
        assert parse_date("20 พ.ย.", TODAY, prefer="future") == date(2027, 11, 20)
        assert parse_date("29 ก.พ.", TODAY, prefer="future") == date(2028, 2, 29)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("30 ก.พ. 69", "กุมภาพันธ์ 2569 ไม่มีวันที่ 30"),
            ("29/2/69", "กุมภาพันธ์ 2569 ไม่มีวันที่ 29"),
            ("31 เม.ย.", "เดือนเมษายนไม่มีวันที่ 31"),
            ("0/1/69", "ไม่มีวันที่ 0"),
            ("12/13/69", "ไม่มีเดือนที่ 13"),
            ("12/3/569", "ขอปี พ.ศ."),
            ("12/3/2300", "ขอปี พ.ศ."),
            ("12 ตุลา 69 บ่าย", "21 พ.ย. 69 หรือ 21/11/69"),
            ("12", "21/11/69"),
            ("จำไม่ได้", "21/11/69"),
            ("12 อะไรสักอย่าง 69", "21/11/69"),
            ("", "21/11/69"),
        ],
    )
    def test_what_cannot_be_read_is_asked_again_kindly(self, text: str, says: str) -> None:
        with pytest.raises(ThaiDateError) as caught:
            parse_date(text, TODAY)
        message = str(caught.value)
        assert says in message
        assert message.endswith(("ค่ะ", "คะ"))
        assert max(map(len, message.splitlines())) < 60

    @given(CENTURY, st.sampled_from(["short", "long", "weekday"]), st.booleans())
    def test_what_we_write_we_read(self, day: date, style: dates.Style, thai_digits: bool) -> None:
        assert parse_date(format_date(day, style, thai_digits), TODAY) == day
        assert parse_date(day.isoformat(), TODAY) == day

    @given(CENTURY, CENTURY)
    def test_a_day_without_year_is_never_after_today(self, day: date, today: date) -> None:
        past = parse_date(f"{day.day}/{day.month}", today)
        ahead = parse_date(f"{day.day}/{day.month}", today, prefer="future")
        assert past <= today <= ahead
        assert (past.month, past.day) == (ahead.month, ahead.day) == (day.month, day.day)

    @pytest.mark.parametrize("month", range(1, 13))
    def test_a_letter_left_out_of_a_month_is_forgiven(self, month: int) -> None:
        day = date(2026, month, 5)
        name = format_date(day, "long").split()[1]
        for n in range(1, len(name)):
            assert parse_date(f"5 {name[:n]}{name[n + 1 :]} 69", TODAY) == day

    @given(st.text(alphabet="0123456789๐๑๒/-. กคตธนพมยวเ์ั่นี้ปีวันที่²①", max_size=40) | st.text())
    def test_any_text_is_a_date_or_our_own_error(self, text: str) -> None:
        with suppress(ThaiDateError):
            assert isinstance(parse_date(text, TODAY), date)


def test_bangkok_is_seven_hours_ahead() -> None:
    assert datetime(2026, 7, 1, tzinfo=BANGKOK).utcoffset() == timedelta(hours=7)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("พุธหน้า", date(2026, 12, 2)),  # of the week after this one
        ("วันพุธนี้", date(2026, 11, 25)),
        ("วันจันทร์นี้", date(2026, 11, 23)),
        ("วันจันทร์", date(2026, 11, 30)),
        ("เสาร์ นี้ค่ะ", date(2026, 11, 28)),
        ("วันอาทิตย์หน้า", date(2026, 12, 6)),
    ],
)
def test_days_of_the_week_to_come(text: str, day: date) -> None:
    monday = date(2026, 11, 23)
    assert parse_date(text, monday, prefer="future") == day
    with pytest.raises(ThaiDateError):
        parse_date(text, monday)


def test_next_week_is_no_day() -> None:
    with pytest.raises(ThaiDateError):
        parse_date("อาทิตย์หน้า", date(2026, 11, 23), prefer="future")
