from hypothesis import given
from hypothesis import strategies as st

from thai.digits import to_arabic, to_thai


def test_only_digits_change() -> None:
    assert to_arabic("โทร ๐๙๕-๖๖๔๘๓๑๖ ม.5") == "โทร 095-6648316 ม.5"
    assert to_thai("มาตรา 38 ข้อ 1234567890") == "มาตรา ๓๘ ข้อ ๑๒๓๔๕๖๗๘๙๐"


@given(st.text())
def test_both_ways_agree(text: str) -> None:
    assert to_arabic(to_thai(text)) == to_arabic(text)
    assert to_thai(to_arabic(text)) == to_thai(text)
    assert len(to_thai(text)) == len(text)
