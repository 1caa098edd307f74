"""Digits, addresses, and the places where a line may and may not end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.document import Cell
from reports.text import MAY_BREAK, WORD, Piece, clean, digits, fitted, pieces, with_breaks
from thai.digits import to_arabic, to_thai


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ปี 2566 ที่ https://a.go.th/2566/x.html แล้ว", "ปี ๒๕๖๖ ที่ https://a.go.th/2566/x.html แล้ว"),
        ("(ดู www.a.go.th/1) ข้อ 2", "(ดู www.a.go.th/1) ข้อ ๒"),
        ("เว็บ sommut1.go.th ข้อ 3.", "เว็บ sommut1.go.th ข้อ ๓."),
        ("clerk2@sommut.go.th โทร 02", "clerk2@sommut.go.th โทร ๐๒"),
        ("http://a.go.th/ข่าว2566/1", "http://a.go.th/ข่าว2566/1"),
        ("https://a.go.th/x_(1) 5", "https://a.go.th/x_(1) ๕"),
        ("ม.38 และ 1.5 กม.", "ม.๓๘ และ ๑.๕ กม."),
    ],
)
def test_digits_turn_thai_but_in_addresses(text: str, shown: str) -> None:
    assert digits(text, True) == shown
    assert digits(text, False) == text


def test_what_a_click_opens() -> None:
    found = pieces("ดู www.a.go.th/1, b.or.th และ c@d.go.th", False)
    assert [piece.address for piece in found if piece.address] == [
        "http://www.a.go.th/1",
        "http://b.or.th",
        "mailto:c@d.go.th",
    ]


def test_compounds_and_numbers_stay_whole() -> None:
    def whole(text: str) -> list[str]:
        return with_breaks(Piece(text)).split(WORD)[1::2]

    assert whole("แต่งตั้งคณะทำงานเดือนมีนาคม") == ["คณะทำงาน", "มีนาคม"]
    assert whole("พ.ศ. ๒๕๖๖ โทร. ๐ ๔๒๐๐ ๐๐๐๐") == ["พ.ศ. ๒๕๖๖", "โทร. ๐ ๔๒๐๐ ๐๐๐๐"]
    assert whole("๑ ต.ค. ๖๕ - ๓๑ มี.ค. ๖๖") == ["๑ ต.ค. ๖๕", "๓๑ มี.ค. ๖๖"]
    # ๆ and ฯ belong to the word before them: they would stand alone at the head of a line.
    assert whole("คณะทำงานๆ แนวทางฯ") == []


def test_addresses_and_long_runs_may_be_broken() -> None:
    shown = with_breaks(Piece("https://a.go.th/ita/o43-x.html", "https://a.go.th/ita/o43-x.html"))
    assert shown.split(MAY_BREAK) == ["https://", "a.", "go.", "th/", "ita/", "o43-", "x.", "html"]
    assert max(map(len, with_breaks(Piece("X" * 300)).split(MAY_BREAK))) <= 16
    assert MAY_BREAK not in with_breaks(Piece("Transparency Assessment"))


def test_rows_cover_all_columns() -> None:
    one, wide = Cell(), Cell(span=3)
    assert [span for _, span in fitted((one, wide), 3)] == [1, 2]
    assert [span for _, span in fitted((), 2)] == [1, 1]
    assert [span for _, span in fitted((one, one, one), 2)] == [1, 1]


@given(st.text(), st.booleans())
def test_no_letter_is_lost(text: str, thai: bool) -> None:
    cleaned = clean(text)
    found = pieces(text, thai)
    assert to_arabic("".join(piece.text for piece in found)) == to_arabic(cleaned)
    for piece in found:
        assert with_breaks(piece).replace(MAY_BREAK, "").replace(WORD, "") == piece.text
        if not piece.address and thai:
            assert to_thai(piece.text) == piece.text
