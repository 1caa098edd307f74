"""Finding a case by its number and secret; the number alone shows nothing."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.numbers import SECRET_ALPHABET, SECRET_LENGTH, secret_matches
from models.case import Case
from thai.digits import to_arabic

_NUMBER = re.compile(r"(?<![A-Za-z0-9])([CR])\s*[-.]?\s*(?:25)?(\d{2})\s*[-–./]?\s*(\d{1,6})(?!\d)", re.IGNORECASE)
_SECRET = re.compile(rf"(?<![A-Z0-9])(?:[{SECRET_ALPHABET}][\s-]?){{{SECRET_LENGTH}}}(?![A-Z0-9])", re.IGNORECASE)
_RONG = re.compile(r"(?<![ก-๎])ร\s*[-./]?\s*(?=\d{2})")  # "ร-2570/012": ร้องเรียน
_PART = re.compile(
    r"(?P<word>(?:เลขที่เรื่อง|เลขเรื่อง|เรื่องเลขที่|เรื่องที่|เลขที่|หมายเลข|เลข|เรื่อง|no\.?)\s*:?\s*)?(?:(?:25)?(?P<year>\d{2})\s*[-–/]\s*)?(?P<count>\d{1,6})",
    re.IGNORECASE,
)
_WIDE = str.maketrans("ＣＲｃｒ", "CRcr")
_SHORT_NUMBER = 6


def find_number(text: str) -> str | None:
    """The number of a complaint or request in a text as people write it ("c70-123", "Ｃ ๗๐ ๐๐๐๑๒๓", "อาร์70-5"), as
    "C70-000123"; else None."""
    match = _NUMBER.search(_latin(text))
    if match is None or len(match[3]) > _SHORT_NUMBER:
        return None
    return f"{match[1].upper()}{match[2]}-{int(match[3]):06d}"


def find_part(text: str) -> tuple[str, bool] | None:
    """What is left of a number that somebody remembers in part, as its end ("70-000012", or "000012" alone), and
    whether the words call it a case number; None for other words."""
    match = _PART.fullmatch(_latin(text).strip())
    if match is None or not (match["year"] or match["word"] or len(match["count"]) == _SHORT_NUMBER):
        return None
    year = f"{match['year']}-" if match["year"] else "-"
    return f"{year}{int(match['count']):06d}", bool(match["word"])


def _latin(text: str) -> str:
    latin = to_arabic(text).translate(_WIDE).replace("ซี", "C").replace("อาร์", "R")
    return _RONG.sub("C", latin)


def find_secret(text: str) -> str | None:
    """Something shaped like a secret in a text from which a case number is left out; else None."""
    rest = _NUMBER.sub(" ", _latin(text))
    match = _SECRET.search(rest)
    return match[0] if match else None


def find_by_secret(session: Session, number: str, secret: str, secret_key: str) -> Case | None:
    """The case with this number, if the secret given out with it is right. An unknown number takes as long."""
    found = find_number(number) or number
    case = session.scalars(select(Case).where(Case.number == found)).first()
    right = secret_matches(secret_key, found, secret, case.secret_hash if case else "")
    return case if case and right else None
