import pytest
from hypothesis import given
from hypothesis import strategies as st

from thai.digits import to_thai
from thai.phone import PhoneError, format_phone, parse_phone

NATIONAL = st.from_regex(r"0[689][0-9]{8}|0[2-7][0-9]{7}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("0956648316", "0956648316"),
        ("๐๙๕-๖๖๔๘๓๑๖", "0956648316"),
        ("+66 95 664 8316", "0956648316"),
        ("66956648316", "0956648316"),
        ("โทร.095 664 8316 ค่ะ", "0956648316"),
        ("เบอร์ผม 095.664.8316", "0956648316"),
        ("0956648316 หรือ 0812345678", "0956648316"),
        ("บ้าน 12/3 โทร 0956648316", "0956648316"),
        ("032-123456", "032123456"),
        ("0 3212 3456 ต่อ 11", "032123456"),
        ("(02) 123-4567", "021234567"),
        ("1669", "1669"),
        ("สายด่วน ๑๙๑", "191"),
        ("1800 123 456", "1800123456"),
        ("+1 202 555 0123 หรือ 0956648316", "0956648316"),
    ],
)
def test_reads_what_people_type(text: str, digits: str) -> None:
    assert parse_phone(text) == digits


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "081-234-5678"),
        ("ไม่มีค่ะ", "081-234-5678"),
        ("08123456789", "081-234-5678"),
        ("081234567", "081-234-5678"),
        ("0123456789", "081-234-5678"),
        ("3100600445635", "081-234-5678"),
        ("+1 202 555 0123", "เบอร์ในประเทศไทย"),
    ],
)
def test_asks_again_kindly(text: str, says: str) -> None:
    with pytest.raises(PhoneError) as caught:
        parse_phone(text)
    message = str(caught.value)
    assert says in message
    assert message.endswith(("ค่ะ", "คะ"))
    assert max(map(len, message.splitlines())) < 60


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("0956648316", "095-664-8316"),
        ("032123456", "032-123-456"),
        ("021234567", "02-123-4567"),
        ("1800123456", "1800-123-456"),
        ("1669", "1669"),
        ("191", "191"),
        ("032-123456 ต่อ 11", "032-123456 ต่อ 11"),
    ],
)
def test_format(digits: str, shown: str) -> None:
    assert format_phone(digits) == shown


@given(NATIONAL, st.booleans())
def test_what_we_show_we_read(digits: str, thai: bool) -> None:
    shown = format_phone(digits)
    assert parse_phone(to_thai(shown) if thai else shown) == digits
    assert parse_phone(f"โทร {digits}") == digits
    assert parse_phone(f"+66{digits[1:]}") == digits


@given(st.text(alphabet="0123456789๐๘๙+- ()/.โทร") | st.text())
def test_any_text_is_a_number_or_a_kind_error(text: str) -> None:
    try:
        digits = parse_phone(text)
    except PhoneError:
        return
    assert digits.isascii()
    assert parse_phone(format_phone(digits)) == digits
