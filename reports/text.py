"""Texts on their way to paper: digits, web addresses, and where a line may and may not be broken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reports.document import Cell
from thai.digits import to_thai

# Signs to the template, which draws none of them (a reader who copies or searches the text must not meet them):
MAY_BREAK = "\u200b"  # a line may end here (zero width space)
WORD = "\u2060"  # before and behind a stretch that stays in one line (word joiner)

# Addresses end at white space; Thai letters may stand in a path. A bracket or full stop that closes is not of it.
_ADDRESS = re.compile(
    r"(?P<url>https?://[^\s<>\"]+|(?<![\w.@-])www\.[^\s<>\"]+|(?<![\w.@-])(?:[A-Za-z0-9-]+\.)+(?:go|or|ac|co|in|mi)\.th(?:/[^\s<>\"]*)?)"
    r"|(?P<mail>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[.,;:!?'”’»\])}]+$")
_CONTROL = re.compile(
    r"[\u200b\u2060\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
# Between Latin letters Typst knows no place to break; a long run of them gets one after every 12.
_LONG_RUN = re.compile(r"[^\s\u0e00-\u0e7f\u200b\u2060]{25,}")
_URL_BREAK = re.compile(r"(?<=[/._?&=%#@+~:-])(?=[^/._?&=%#@+~:\s-])")
_KEPT_SPACE = r"(?:โทร\. ?)?(?<![\d/])\d{1,3} \d{3,4} \d{3,4}(?!\d)|(?:พ\.ศ\.|โทร\.|ข้อที่|หมู่ที่|คำสั่งที่) \d[\d/-]{0,11}"
_KEPT_SPACE += r"|(?<!\d)(?:\d{1,2} )?(?:[มกพสตธ]\.[คพยก]\.|ม[ีิ]\.[คย]\.|เม\.ย\.) \d{2,4}(?!\d)"  # month and year
_EVERY_12 = re.compile(r"([^\s\u200b]{12})(?=[^\s\u200b]{4})")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `address` is what a click on it opens, "" for plain text."""

    text: str
    address: str = ""


def clean(text: str) -> str:
    """Without control characters; tabs are spaces, a split สระอำ is whole. Line feeds stay."""
    text = text.replace("\r\n", "\n").replace("\t", " ").replace("\u0e4d\u0e32", "\u0e33")
    return _CONTROL.sub("", text)


def pieces(text: str, thai_digits: bool) -> list[Piece]:
    """`text` cleaned and cut into plain stretches and addresses; digits turn Thai in the plain ones alone."""
    found: list[Piece] = []
    text = clean(text)
    end = 0
    for match in _ADDRESS.finditer(text):
        shown = match[0]
        tail = _TAIL.search(shown)
        if tail and not (tail[0].startswith(")") and "(" in shown):
            shown = shown[: tail.start()]
        if not shown:
            continue
        plain = text[end : match.start()]
        if plain:
            found.append(Piece(to_thai(plain) if thai_digits else plain))
        target = f"mailto:{shown}" if match["mail"] else shown if "://" in shown else f"http://{shown}"
        found.append(Piece(shown, target))
        end = match.start() + len(shown)
    if text[end:]:
        found.append(Piece(to_thai(text[end:]) if thai_digits else text[end:]))
    return found


def digits(text: str, thai_digits: bool) -> str:
    """`text` as it is shown, without marks for breaking."""
    return "".join(piece.text for piece in pieces(text, thai_digits))


@cache
def _kept_together() -> re.Pattern[str]:
    """Telephone numbers, "พ.ศ. 2566", and the words of joined.txt."""
    lines = Path(__file__).with_name("joined.txt").read_text("utf-8").splitlines()
    words = sorted((line for line in lines if line and not line.startswith("#")), key=len, reverse=True)
    # The tail of a longer word is no word; nor may ๆ or ฯ begin a line.
    listed = "|".join(map(re.escape, words))
    return re.compile(rf"{_KEPT_SPACE}|(?<![เแโใไ])(?:{listed})(?![\u0e2f-\u0e3a\u0e45-\u0e4e])")


def with_breaks(piece: Piece) -> str:
    """The piece's text with MAY_BREAK in addresses and long Latin runs, and WORD around what must not be divided."""
    if piece.address:
        # Long parts (percent signs, hashes) need places of their own.
        return _EVERY_12.sub(rf"\1{MAY_BREAK}", _URL_BREAK.sub(MAY_BREAK, piece.text))
    text = _LONG_RUN.sub(lambda match: _EVERY_12.sub(rf"\1{MAY_BREAK}", match[0]), piece.text)
    return _kept_together().sub(rf"{WORD}\g<0>{WORD}", text)


def fitted(row: tuple[Cell, ...], columns: int) -> list[tuple[Cell, int]]:
    """The row's cells and their spans, cut or filled up so that they cover `columns` columns."""
    cells: list[tuple[Cell, int]] = []
    left = columns
    for cell in row:
        if left == 0:
            break
        span = min(max(cell.span, 1), left)
        cells.append((cell, span))
        left -= span
    return cells + [(Cell(), 1)] * left
