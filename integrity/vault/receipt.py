"""The receipt: 19 random digits (63 bits) and a check digit, all that a reporter ever needs to keep."""

from __future__ import annotations

import hmac
import secrets
import unicodedata

from thai.digits import to_arabic

LENGTH = 20
LONGEST_INPUT = 200  # characters; whoever sends more is not typing a receipt
_GROUP = 4

# Damm's quasigroup of order 10: finds every wrong digit and every swap of two neighbours.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


class ReceiptError(ValueError):
    """What was typed cannot be a receipt. The message is Thai, for the person; it never holds what was typed."""


def new_receipt() -> str:
    """Twenty digits."""
    return _with_check(secrets.randbelow(10 ** (LENGTH - 1)))


def from_seed(seed: bytes) -> str:
    """The receipt that belongs to 32 secret random bytes: always the same one."""
    return _with_check(int.from_bytes(hmac.digest(seed, b"receipt", "sha256"), "big") % 10 ** (LENGTH - 1))


def show(receipt: str) -> str:
    """`"1234 5678 9012 3456 7890"`: five groups, to be written down and read aloud."""
    return " ".join(receipt[start : start + _GROUP] for start in range(0, len(receipt), _GROUP))


def last_group(receipt: str) -> str:
    """The four digits that are typed back to confirm that the receipt was kept."""
    return receipt[-_GROUP:]


def parse(text: str) -> str:
    """The twenty digits in what a person typed: Thai or Arabic digits, with any spaces and dashes.

    Costs microseconds, so a slip of the finger is told before any derivation. Raises ReceiptError."""
    if len(text) > LONGEST_INPUT:
        raise ReceiptError("รหัสติดตามมีตัวเลข 20 หลักค่ะ ที่พิมพ์มายาวเกินไป")
    digits = digits_in(text)
    if not digits:
        raise ReceiptError("กรุณาพิมพ์รหัสติดตาม 20 หลักค่ะ")
    if not (digits.isascii() and digits.isdigit()):
        raise ReceiptError("รหัสติดตามมีแต่ตัวเลข 20 หลักค่ะ ไม่มีตัวอักษรหรือเครื่องหมายอื่น")
    if len(digits) != LENGTH:
        raise ReceiptError(f"รหัสติดตามมี 20 หลักค่ะ ที่พิมพ์มามี {len(digits)} หลัก")
    if _check(digits) != "0":
        raise ReceiptError("มีตัวเลขผิดหรือสลับกันอยู่ค่ะ กรุณาเทียบกับที่จดไว้ทีละกลุ่ม")
    return digits


def digits_in(text: str) -> str:
    """What was typed as Arabic digits without spaces and dashes; anything else stays, nothing is checked."""
    return "".join(c for c in to_arabic(unicodedata.normalize("NFKC", text)) if not _is_spacing(c))


def _with_check(number: int) -> str:
    digits = f"{number:0{LENGTH - 1}d}"
    return digits + _check(digits)


def _check(digits: str) -> str:
    """Damm's check digit of `digits`; "0" when the last of them already is the right one."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim


def _is_spacing(character: str) -> bool:
    # Cf: the invisible marks that copying from a chat leaves behind.
    return character.isspace() or unicodedata.category(character) in ("Pd", "Cf") or character == "−"
