from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.dates import format_date
from thai.digits import to_thai
from thai.fiscal import fiscal_year, half_period, quarter_period, year_period
from thai.period import Period, PeriodError, parse_period

CENTURY = st.dates(date(1957, 10, 1), date(2056, 9, 30))  # BE 2500-2599, what two digits can say


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        # As they stand in published reports of fiscal year 2566.
        ("ต.ค. ๖๕ - มี.ค ๖๖", "2022-10-01", "2023-03-31"),
        ("ต.ค. ๖๕ ถึง ก.ย. ๖๖", "2022-10-01", "2023-09-30"),
        ("(๑ ต.ค ๖๕ - ๓๑ มี.ค. ๖๖)", "2022-10-01", "2023-03-31"),
        ("๑ มกราคม – มิถุนายน ๒๕๖๖", "2023-01-01", "2023-06-30"),
        ("๒๘ ก.พ. - ๙ มี.ค. ๒๕๖๖", "2023-02-28", "2023-03-09"),
        ("มี.ค ๖๖", "2023-03-01", "2023-03-31"),
        ("ตลอดปีงบประมาณ", "2022-10-01", "2023-09-30"),
        ("ภายในเดือน มกราคม ๒๕๖๖", "", "2023-01-31"),
        ("ตุลาคม ๒๕๖๕ - เมษายน ๒๕๖๖", "2022-10-01", "2023-04-30"),
        ("๑ ตุลาคม ๒๕๖๕ – ๓๐ กันยายน ๒๕๖๖", "2022-10-01", "2023-09-30"),
        ("รอบ ๖ เดือน (เดือนตุลาคม ๒๕๖๕ - มีนาคม ๒๕๖๖)", "2022-10-01", "2023-03-31"),
        ("รอบ (๑๒ เดือน)", "2022-10-01", "2023-09-30"),
        # The year on one side, or on none.
        ("ต.ค. - ธ.ค. 65", "2022-10-01", "2022-12-31"),
        ("ต.ค. - มี.ค. 66", "2022-10-01", "2023-03-31"),
        ("ต.ค. 65 - มี.ค.", "2022-10-01", "2023-03-31"),
        ("ม.ค. 66 - มิ.ย.", "2023-01-01", "2023-06-30"),
        ("พ.ย. - ก.พ.", "2022-11-01", "2023-02-28"),
        ("กันยายน", "2023-09-01", "2023-09-30"),
        ("ตุลาคม", "2022-10-01", "2022-10-31"),
        ("28 - 31 มี.ค. 66", "2023-03-28", "2023-03-31"),
        ("15 ธ.ค. - 15 ม.ค. 66", "2022-12-15", "2023-01-15"),
        # Dashes, blanks, words around it.
        ("ต.ค.65-มี.ค.66", "2022-10-01", "2023-03-31"),
        ("ต.ค. 2565 — มี.ค. 2566", "2022-10-01", "2023-03-31"),
        ("ตั้งแต่เดือนตุลาคม พ.ศ. 2565 จนถึงเดือนมีนาคม พ.ศ. 2566", "2022-10-01", "2023-03-31"),
        ("ตุลาคม\n2565 -\nมีนาคม 2566", "2022-10-01", "2023-03-31"),
        ("ระหว่างวันที่ 1 ต.ค. 65 ถึงวันที่ 31 มี.ค. 66", "2022-10-01", "2023-03-31"),
        ("เม.ย.\u200b 66", "2023-04-01", "2023-04-30"),
        ("มกรา - มีนา 66", "2023-01-01", "2023-03-31"),
        ("กุมภาพันธุ์ 2567", "2024-02-01", "2024-02-29"),
        # Days.
        ("14 มีนาคม 2566", "2023-03-14", "2023-03-14"),
        ("ภายใน 31 ม.ค. 66", "", "2023-01-31"),
        ("ภายในวันที่ ๑๕ เมษายน", "", "2023-04-15"),
        ("ตั้งแต่ 1 ธ.ค. 2565 เป็นต้นไป", "2022-12-01", ""),
        ("1/10/2565 - 31/3/2566", "2022-10-01", "2023-03-31"),
        ("1-10-2565 - 31-3-2566", "2022-10-01", "2023-03-31"),
        ("1/10/65-31/3/66", "2022-10-01", "2023-03-31"),
        ("2022-10-01 - 2023-03-31", "2022-10-01", "2023-03-31"),
        ("ม.ค. 2023 - มี.ค. 2023", "2023-01-01", "2023-03-31"),
        # Named by their place in the fiscal year.
        ("ตลอดทั้งปีงบประมาณ พ.ศ. ๒๕๖๗", "2023-10-01", "2024-09-30"),
        ("ปีงบประมาณ 2566", "2022-10-01", "2023-09-30"),
        ("ตลอดปี", "2022-10-01", "2023-09-30"),
        ("ต่อเนื่องตลอดปี", "2022-10-01", "2023-09-30"),
        ("2566", "2022-10-01", "2023-09-30"),
        ("ทุกเดือน", "2022-10-01", "2023-09-30"),
        ("อย่างน้อยไตรมาสละ ๑ ครั้ง", "2022-10-01", "2023-09-30"),
        ("รายไตรมาส", "2022-10-01", "2023-09-30"),
        ("ไตรมาส 1", "2022-10-01", "2022-12-31"),
        ("ไตรมาสที่ ๒/๒๕๖๖", "2023-01-01", "2023-03-31"),
        ("ไตรมาสที่ 4 ของปีงบประมาณ พ.ศ. 2567", "2024-07-01", "2024-09-30"),
        ("ไตรมาส 1-2", "2022-10-01", "2023-03-31"),
        ("ไตรมาสที่ 3 ถึงไตรมาสที่ 4", "2023-04-01", "2023-09-30"),
        ("ภายในไตรมาส 1", "", "2022-12-31"),
        ("รอบ 6 เดือน", "2022-10-01", "2023-03-31"),
        ("รอบ ๖ เดือนหลัง", "2023-04-01", "2023-09-30"),
        ("6 เดือนแรก ปีงบประมาณ 2567", "2023-10-01", "2024-03-31"),
        ("ครึ่งปีหลัง", "2023-04-01", "2023-09-30"),
    ],
)
def test_it_is_read(text: str, first: str, last: str) -> None:
    found = parse_period(text, 2566)
    assert (found.starts_on, found.ends_on) == (day(first), day(last))
    assert found.text == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "ตามความเหมาะสม",
        "31 กุมภาพันธ์ 2566",
        "มี.ค. 66 - ต.ค. 65",
        "1 - 5",
        "ม.ค. - มี.ค. - พ.ค. 66",
        "ไตรมาส 3-1",
        "ไตรมาส 5",
        "ต.ค. 9999",
        "40/13/2566",
    ],
)
def test_what_is_no_period_is_said_in_thai(text: str) -> None:
    with pytest.raises(PeriodError, match=r"[ก-๙]"):
        parse_period(text, 2566)


def test_the_whole_fiscal_year_is_known_however_it_is_written() -> None:
    for text in ("ตลอดปีงบประมาณ", "ต.ค. ๖๕ ถึง ก.ย. ๖๖", "1 ต.ค. 2565 - 30 ก.ย. 2566", "ไตรมาส 1-4", "รอบ 12 เดือน"):
        assert parse_period(text, 2566).whole_year, text
    for text in ("ต.ค. ๖๕ - มี.ค ๖๖", "ภายในเดือน กันยายน ๒๕๖๖", "ม.ค. - ธ.ค. 66"):
        assert not parse_period(text, 2566).whole_year, text


@given(
    CENTURY,
    CENTURY,
    st.sampled_from([" - ", "-", " – ", "–", " ถึง "]),
    st.sampled_from(["short", "long"]),
    st.booleans(),
)
def test_a_range_of_days_is_read_back(one: date, other: date, to: str, style: str, thai: bool) -> None:
    first, last = sorted((one, other))
    text = to.join(format_date(d, "long" if style == "long" else "short", thai_digits=thai) for d in (first, last))
    found = parse_period(text, 2566)
    assert (found.starts_on, found.ends_on) == (first, last)


@given(CENTURY, CENTURY, st.booleans())
def test_the_missing_year_is_the_one_that_makes_a_year_or_less(one: date, other: date, on_the_right: bool) -> None:
    first, last = sorted((one.replace(day=1), other.replace(day=1)))
    if (last.year - first.year) * 12 + last.month - first.month >= 12:
        last = last.replace(year=first.year + (last.month < first.month))
    left, right = (format_date(d, "long").split(" ", 1)[1] for d in (first, last))
    text = f"{left.split()[0]} - {right}" if on_the_right else f"{left} - {right.split()[0]}"
    found = parse_period(text, 2566)
    assert found.starts_on == first
    assert found.ends_on is not None
    assert (found.ends_on.year, found.ends_on.month) == (last.year, last.month)


@given(st.integers(2500, 2599), st.integers(1, 4), st.integers(1, 2))
def test_parts_of_the_year_are_those_of_the_fiscal_calendar(fy: int, quarter: int, half: int) -> None:
    q, h, y = quarter_period(fy, quarter), half_period(fy, half), year_period(fy)
    for label, period in ((q.label, q), (h.label, h), (y.label, y), (to_thai(q.label), q)):
        found = parse_period(label, 2566)
        assert (found.starts_on, found.ends_on) == (period.start, period.end)
    without_year = parse_period(f"ไตรมาสที่ {quarter}", fy)
    assert without_year.ends_on == q.end


@given(CENTURY)
def test_a_bare_month_lies_in_the_fiscal_year_asked_for(d: date) -> None:
    found = parse_period(format_date(d, "long").split()[1], fiscal_year(d))
    assert found.starts_on == d.replace(day=1)


@given(st.one_of(st.text(), st.text("0123456789๐๑๖/-–. ตคมีก่พศไรส()ถึงเดือนปี", max_size=30)), st.integers(2500, 2600))
def test_any_text_is_a_period_or_refused(text: str, fy: int) -> None:
    with suppress(PeriodError):
        found = parse_period(text, fy)
        assert isinstance(found, Period)
        assert found.starts_on or found.ends_on
        if found.starts_on and found.ends_on:
            assert found.starts_on <= found.ends_on
