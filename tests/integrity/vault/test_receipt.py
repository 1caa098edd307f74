"""The receipt survives how people write it down, and a slip of the finger is told at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.vault import kdf, receipt, reporter
from integrity.vault.receipt import ReceiptError
from thai.digits import to_thai

receipts = st.builds(lambda number: f"{number:019d}" + receipt._check(f"{number:019d}"), st.integers(0, 10**19 - 1))
separators = st.sampled_from(["", " ", "  ", "-", " - ", "–", "—", "−", "\u00a0", "\u200b", "\n", "\ufeff"])


def test_new_receipts_are_twenty_digits_and_differ() -> None:
    made = {receipt.new_receipt() for _ in range(200)}

    assert len(made) == 200
    assert all(len(one) == 20 and one.isdigit() and receipt.parse(one) == one for one in made)


def test_a_seed_always_gives_the_same_receipt() -> None:
    made = [receipt.from_seed(bytes([number]) * 32) for number in range(100)]

    assert len(set(made)) == 100
    assert made == [receipt.from_seed(bytes([number]) * 32) for number in range(100)]
    assert all(receipt.parse(one) == one for one in made)


def test_the_last_group_is_compared_as_digits() -> None:
    assert receipt.digits_in(" ๗๘-๙ ๐ ") == "7890"


@given(receipts)
def test_all_180_one_digit_errors_are_refused_before_any_derivation(right: str) -> None:
    wrong = [
        right[:place] + digit + right[place + 1 :]
        for place in range(20)
        for digit in "0123456789"
        if digit != right[place]
    ]
    assert len(wrong) == 180

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "stretch", lambda *_: pytest.fail("derived for a slip of the finger"))
        for typed in wrong:
            with pytest.raises(ReceiptError):
                reporter.derive(receipt.parse(typed), b"p" * 32, b"s" * 16)


@given(receipts)
def test_every_swap_of_neighbours_is_refused(right: str) -> None:
    for place in range(19):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        if swapped != right:
            with pytest.raises(ReceiptError):
                receipt.parse(swapped)


@given(receipts, st.lists(separators, min_size=21, max_size=21), st.booleans())
def test_thai_digits_spaces_and_dashes_do_not_matter(right: str, between: list[str], thai: bool) -> None:
    written = to_thai(right) if thai else right
    typed = "".join(gap + digit for gap, digit in zip(between, [*written, ""], strict=True))

    assert receipt.parse(typed) == right
    assert receipt.parse(receipt.show(right)) == right


def test_shown_in_five_groups_of_four() -> None:
    assert receipt.show("12345678901234567890") == "1234 5678 9012 3456 7890"
    assert receipt.last_group("12345678901234567890") == "7890"


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_a_receipt_or_a_thai_sentence_without_it(typed: str) -> None:
    try:
        found = receipt.parse(typed)
    except ReceiptError as caught:
        error: ReceiptError | None = caught
    else:
        error = None
        assert len(found) == 20
    if error is not None:
        digits = "".join(c for c in typed if c.isdigit())
        assert "ค่ะ" in str(error)
        assert error.__cause__ is None
        assert len(digits) < 4 or digits not in str(error)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "กรุณาพิมพ์"),
        ("1234", "ที่พิมพ์มามี 4 หลัก"),
        ("๑๒๓๔ ๕๖๗๘ ๙๐๑๒ ๓๔๕๖ ๗๘๙๐ ๑", "ที่พิมพ์มามี 21 หลัก"),
        ("1234 5678 9012 3456 78O0", "ไม่มีตัวอักษร"),
        ("1234²", "ที่พิมพ์มามี 5 หลัก"),
        ("9" * 100_000, "ยาวเกินไป"),
    ],
)
def test_the_message_says_what_is_wrong(typed: str, told: str) -> None:
    with pytest.raises(ReceiptError, match=told):
        receipt.parse(typed)
