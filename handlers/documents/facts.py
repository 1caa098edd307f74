"""Facts of a year's edition of ITA that documents need (packs/facts.toml)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_CODE = re.compile(r"([IEO])([1-9]\d?)")


@cache
def _pack() -> dict[str, Any]:
    return tomllib.loads(files("handlers.documents").joinpath("packs/facts.toml").read_text("utf-8"))


def sub_indicators() -> dict[str, str]:
    """ "9.1" to "10.2" by name."""
    return dict(_pack()["sub_indicators"])


def report_items(fiscal_year: int) -> dict[str, Any]:
    """{"measures": "O42", "report": "O43", "confirmed"}: the items of that year; a year that is not known yet has the
    newest known year's, unconfirmed."""
    known = _pack()["report_items"]
    if str(fiscal_year) in known:
        return dict(known[str(fiscal_year)])
    newest = max((year for year in known if int(year) < fiscal_year), default=min(known))
    return {**known[newest], "confirmed": False}


def number_in(code: str) -> int:
    """The number of an item's code, to sort by: "O11" -> 11; 0 for none."""
    match = re.search(r"\d+", code)
    return int(match[0]) if match else 0


def _edition(fiscal_year: int, letter: str) -> dict[str, Any] | None:
    return next(
        (one for one in _pack()["codes"] if one["letter"] == letter and one["first"] <= fiscal_year <= one["last"]),
        None,
    )


def indicator_of(fiscal_year: int, code: str) -> int | None:
    """The indicator (1-10) to which a code belongs in that year ("E11" of 2566 -> 8); None where it is not known."""
    match = _CODE.fullmatch(code.upper())
    edition = _edition(fiscal_year, match[1]) if match else None
    if match is None or edition is None:
        return None
    number = int(match[2])
    return next((int(indicator) for indicator, last in edition["indicators"].items() if number <= last), None)


def is_known(fiscal_year: int, code: str) -> bool:
    """False for a code that the year's edition does not have; True also where that edition's list is not known."""
    match = _CODE.fullmatch(code.upper())
    if match is None:
        return not code
    return _edition(fiscal_year, match[1]) is None or indicator_of(fiscal_year, code) is not None


def codes(fiscal_year: int, letter: str) -> list[str]:
    """All codes of that letter in the year, empty where its list is not known: "O1" to "O43" of 2566."""
    edition = _edition(fiscal_year, letter)
    return [f"{letter}{no}" for no in range(1, max(edition["indicators"].values()) + 1)] if edition else []
