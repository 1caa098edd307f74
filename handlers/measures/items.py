"""The items of a year (I11, E7, O42): their titles, and their codes as people and scanners write them.

The numbers move from year to year, so an item is known by (year, code), never by its code alone. Its packs:
elements_2566.tsv, crosswalk.tsv, titles.tsv, questions_2566.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from thai.digits import to_arabic

KNOWN_YEAR = 2566  # the year whose list is confirmed
_LATEST = 2569  # the newest column of the crosswalk: later years follow it
_LAST_QUESTIONS = 2566  # fewer questions from the next year on


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a year. `elements`: what it must show, in order; empty for the questions of a survey. `unit`: the
    unit that usually sees to it. `confirmed`: False while the year's own list has not been seen."""

    code: str
    indicator: str  # "9.1", "7"
    title: str
    unit: str
    elements: tuple[str, ...]
    confirmed: bool
    bases: tuple[str, ...]  # the codes of 2566 it comes from


@dataclass(frozen=True, slots=True)
class Code:
    """A code made regular. `doubt`: why it should be looked at (Thai), "" for one that stood there as it should."""

    code: str
    doubt: str = ""


# -- packs -----------------------------------------------------------------------------------------------


def _lines(name: str) -> list[list[str]]:
    text = files("handlers.measures").joinpath(f"packs/{name}").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]


@lru_cache(maxsize=1)
def _base_items() -> dict[str, Item]:
    items: dict[str, Item] = {}
    for code, *rest in _lines(f"elements_{KNOWN_YEAR}.tsv"):
        if code:
            indicator, title, unit = rest
            items[code] = Item(code, indicator, title, unit, (), True, (code,))
        else:
            last = next(reversed(items.values()))
            items[last.code] = Item(
                last.code, last.indicator, last.title, last.unit, (*last.elements, rest[0]), True, last.bases
            )
    return items


@lru_cache(maxsize=1)
def _crosswalk() -> dict[str, dict[str, str]]:
    """{"2569": {"O5": "O3", ...}, ...}: codes of 2566 to the year's."""
    header, *rows = _lines("crosswalk.tsv")
    filled = [row + [""] * (len(header) - len(row)) for row in rows]
    return {
        year: {row[0]: row[place] for row in filled if row[place] not in ("", "-")}
        for place, year in enumerate(header)
        if place
    }


@lru_cache(maxsize=1)
def _titles() -> dict[tuple[str, str], str]:
    return {(year, code): title for year, code, title in _lines("titles.tsv")}


@lru_cache(maxsize=16)
def open_data_items(fiscal_year: int) -> Mapping[str, Item]:
    """The O-items of a fiscal year (Buddhist) by code, in order. Years after 2566 hold what the crosswalk knows."""
    if fiscal_year == KNOWN_YEAR:
        return {code: _for_year(item, fiscal_year) for code, item in _base_items().items() if code.startswith("O")}
    year = str(min(max(fiscal_year, KNOWN_YEAR - 1), _LATEST))
    joined: dict[str, Item] = {}
    for base, code in _crosswalk()[year].items():
        item, before = _base_items()[base], joined.get(code)
        joined[code] = Item(
            code,
            before.indicator if before else item.indicator,
            _titles().get((year, code)) or (before.title if before else item.title),
            before.unit if before else item.unit,
            tuple(dict.fromkeys((*(before.elements if before else ()), *item.elements))),
            False,
            (*(before.bases if before else ()), base),
        )
    ordered = sorted(joined.values(), key=lambda item: int(item.code[1:]))
    return {item.code: _for_year(item, fiscal_year) for item in ordered}


def _for_year(item: Item, fiscal_year: int) -> Item:
    years = {"{year}": str(fiscal_year), "{last}": str(fiscal_year - 1)}

    def fill(text: str) -> str:
        for name, value in years.items():
            text = text.replace(name, value)
        return text

    return Item(
        item.code, item.indicator, item.title, item.unit, tuple(map(fill, item.elements)), item.confirmed, item.bases
    )


@lru_cache(maxsize=1)
def _questions() -> dict[str, Item]:
    return {
        code: Item(code, indicator, title, "", (), True, (code,))
        for code, indicator, title in _lines("questions_2566.tsv")
    }


def items(fiscal_year: int) -> Mapping[str, Item]:
    """All items of a fiscal year by code: I, E (as far as their list is known) and O."""
    questions = _questions() if fiscal_year <= _LAST_QUESTIONS else {}
    return {**questions, **open_data_items(fiscal_year)}


def carried(code: str, from_year: int, to_year: int) -> str:
    """The code of the same item in another year; "" where it has none or it is not known."""
    if not code or from_year == to_year:
        return code
    if code[0] in "IE":
        return code if max(from_year, to_year) <= _LAST_QUESTIONS else ""
    item = open_data_items(from_year).get(code)
    if item is None:
        return ""
    return next((new.code for new in open_data_items(to_year).values() if set(new.bases) & set(item.bases)), "")


# -- codes as they are written ---------------------------------------------------------------------------

_LOOKALIKES = str.maketrans("ОоОΟοЕеΕІіΙlｌ|¡", "OOOOOEEEIIIIIII")
_CODE = re.compile(r"[\[(]?\s*(?P<letter>[OIEoieОоΟοЕеΕІіΙl|]?)\s?[.-]?\s?(?P<digits>[0-9๐-๙]{1,3})\s*[\])]?")
_LEADING = re.compile(rf"\s*(?:ข้อ\s*(?:ที่)?\s*)?(?P<code>{_CODE.pattern})(?=[\s.):,–-]|$)[\s.):,–-]*")
_BRACKETED = re.compile(r"[(\[]\s*(?:ข้อ\s*(?:ที่)?\s*)?([OIEoie]\s?[0-9๐-๙]{1,2})\s*[)\]]")
_MOST = {"I": 30, "E": 15, "O": 43}
INSTRUMENT = {"I": "IIT", "E": "EIT", "O": "OIT"}
_LETTER = {name: letter for letter, name in INSTRUMENT.items()}


def read_code(text: str, instrument: str = "") -> Code | None:
    """The code that `text` is, or None. `instrument` ("IIT", "EIT", "OIT" or "") helps with what a scanner made of it.

    "O๒๘" and "I11" are as they should be; "e๖", "๐๘" or "0๑" (a zero for the letter O), "๑๑๑" (a one for the I of
    IIT), "๑๐๐" (EIT's E10) are made regular and doubted."""
    match = _CODE.fullmatch(text.strip())
    if match is None:
        return None
    digits, letter = to_arabic(match["digits"]), match["letter"].translate(_LOOKALIKES).upper()
    if letter:
        found, doubtful = _code(letter, digits), letter != match["letter"] or digits.startswith("0")
    elif digits.startswith("0") and instrument in ("", "OIT"):
        found, doubtful = _code("O", digits), True
    elif len(digits) == 3 and digits[0] == "1" and instrument in ("", "IIT"):
        found, doubtful = _code("I", digits[1:]), True
    elif digits == "100" and instrument == "EIT":
        found, doubtful = "E10", True
    elif instrument and len(digits) < 3 and not digits.startswith("0"):
        found, doubtful = _code(_LETTER[instrument], digits), True
    else:
        return None
    if not found:
        return None
    return Code(found, f"อ่าน “{text.strip()}” เป็น {found} โปรดตรวจ" if doubtful else "")


def _code(letter: str, digits: str) -> str:
    number = int(digits)
    return f"{letter}{number}" if 1 <= number <= _MOST[letter] else ""


def leading_code(text: str, instrument: str = "") -> tuple[Code | None, str]:
    """The code with which a cell begins ("I๑๑ หน่วยงานของท่าน ...") and what follows it. A bare number of one or two
    digits is the number of a list, not a code."""
    match = _LEADING.match(text)
    if match is None:
        return None, text
    plain = to_arabic(match["digits"])
    if not match["letter"] and not plain.startswith("0") and (len(plain) < 3 or not instrument):
        return None, text
    found = read_code(match["code"], instrument)
    return (found, text[match.end() :].strip()) if found else (None, text)


def bracketed_code(text: str, instrument: str = "") -> Code | None:
    """The only code that stands in brackets within a title ("เพิ่มช่องทาง (E๑๑)"), doubted; several are no item's own."""
    codes = {code.code for match in _BRACKETED.findall(text) if (code := read_code(match, instrument))}
    if len(codes) != 1:
        return None
    name = codes.pop()
    return Code(name, f"รหัสข้อ {name} มาจากวงเล็บในชื่อ โปรดตรวจ")
