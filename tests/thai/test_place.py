import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.digits import to_thai
from thai.place import find_postcode, parse_moo


@pytest.mark.parametrize(
    ("text", "moo"),
    [
        ("หมู่ 3", 3),
        ("หมู่ที่3 หน้าวัด", 3),
        ("ม.๓", 3),
        ("หมุ่3", 3),
        ("หมู่่ 3", 3),
        ("หมู 3", 3),
        ("ม 3", 3),
        ("ม.ที่ 3", 3),
        ("หมู่บ้านที่ 12", 12),
        ("บ้านเลขที่ 12/3 หมู่ที่ 5", 5),
        ("12/3ม.5 ต.ทดสอบ", 5),
        ("๗", 7),
        ("12/3", None),
        ("กม. 3", None),
        ("6 ทุ่ม 30", None),
        ("หมู 3 ตัวหลุด", None),
        ("หมู 30 ตัวหลุด", None),
        ("หมู่ที่ 0", None),
        ("ม.123", None),
        ("หน้าวัด", None),
        ("", None),
    ],
)
def test_moo(text: str, moo: int | None) -> None:
    assert parse_moo(text) == moo


@given(
    st.integers(1, 99),
    st.sampled_from(["หมู่ที่ ", "หมู่", "ม.", "ม. ", "หมุ่ "]),
    st.sampled_from(["", "12/3 ", "บ้านเลขที่ 99 "]),
    st.booleans(),
)
def test_moo_in_any_usual_spelling(moo: int, word: str, house: str, thai: bool) -> None:
    text = f"{house}{word}{moo}"
    assert parse_moo(to_thai(text) if thai else text) == moo


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("ต.ทดสอบ อ.ตัวอย่าง 77000", "77000"),
        ("รหัส ๗๗๑๒๐ ค่ะ", "77120"),
        ("โทร 0956648316", None),
        ("095-12345", None),
        ("01234", None),
        ("", None),
    ],
)
def test_postcode(text: str, postcode: str | None) -> None:
    assert find_postcode(text) == postcode
