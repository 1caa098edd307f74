"""ITA scores out of a CSV or XLSX file: `indicator,score` for 1-10, optionally rows iit, eit, oit, total."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from handlers import sheet
from handlers.measures.scores import WHAT, ScoreError, indicator_names, read_score
from handlers.sheet import SheetError
from thai.digits import to_arabic

_HEADERS = frozenset(("indicator", "score", "ตัวชี้วัด", "คะแนน", "ตัวชี้วัดที่", "รายการ", "รายละเอียดตัวชี้วัด"))
_NUMBER = re.compile(r"(?:ตัวชี้วัด(?:ที่)?)?(\d{1,2})(?:\D.*)?")
_SUMS = {
    "iit": "iit",
    "eit": "eit",
    "oit": "oit",
    "total": "total",
    "รวม": "total",
    "คะแนนรวม": "total",
    "ita": "total",
}


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """The scores of a file, and what of it could not be read (Thai). A wrong row never keeps others out."""

    scores: dict[str, Decimal]
    problems: tuple[str, ...]


def read(data: bytes) -> ScoreFile:
    """Read a score file without storing anything. Raises SheetError for a file that is no table or has no score."""
    scores: dict[str, Decimal] = {}
    problems: list[str] = []
    for number, row in enumerate(sheet.read(data, _HEADERS), 1):
        cells = [cell for cell in row if cell.strip()]
        if not cells or (number == 1 and any("".join(cell.lower().split()) in _HEADERS for cell in cells)):
            continue
        what = _what(cells[0])
        if what is None or len(cells) < 2:
            problems.append(f"แถว {number}: ไม่รู้ว่าเป็นคะแนนของอะไร “{' '.join(cells)[:60]}”")
            continue
        if what in scores:
            problems.append(f"แถว {number}: {what} มีแล้ว ใช้ค่าแรก")
            continue
        try:
            scores[what] = read_score(what, cells[-1])
        except ScoreError as error:
            problems.append(f"แถว {number}: {error}")
    if not scores:
        raise SheetError("ไม่พบคะแนนในไฟล์ แต่ละแถวต้องเป็น ตัวชี้วัด,คะแนน เช่น 1,91.59")
    return ScoreFile({what: scores[what] for what in WHAT if what in scores}, tuple(problems))


def _what(text: str) -> str | None:
    """Which score a row's first cell names."""
    key = "".join(to_arabic(text).lower().split()).strip(".:")
    if key in _SUMS:
        return _SUMS[key]
    if match := _NUMBER.fullmatch(key):
        return str(int(match[1])) if 1 <= int(match[1]) <= 10 else None
    names = {name: str(no) for no, name in indicator_names().items()}
    return names.get(" ".join(text.split()))
