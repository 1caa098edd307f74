"""Facts of a year's edition of ITA that documents need (packs/facts.toml, and the measures' lists of items)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from handlers.measures import items


@cache
def _pack() -> dict[str, Any]:
    return tomllib.loads(files("handlers.documents").joinpath("packs/facts.toml").read_text("utf-8"))


def sub_indicators() -> dict[str, str]:
    """ "9.1" to "10.2" by name."""
    return dict(_pack()["sub_indicators"])


def report_items(fiscal_year: int) -> dict[str, Any]:
    """{"measures": "O42", "report": "O43", "confirmed"}: that year's items of the measures and of the report on them;
    "" for one that the year is not known to have."""
    codes = {name: items.carried(code, items.KNOWN_YEAR, fiscal_year) for name, code in _pack()["report_items"].items()}
    known = items.open_data_items(fiscal_year)
    return {**codes, "confirmed": all(code in known and known[code].confirmed for code in codes.values())}


def number_in(code: str) -> int:
    """The number of an item's code, to sort by: "O11" -> 11; 0 for none."""
    match = re.search(r"\d+", code)
    return int(match[0]) if match else 0


def indicator_of(fiscal_year: int, code: str) -> int | None:
    """The indicator (1-10) to which a code belongs in that year ("E11" of 2566 -> 8); None where it is not known."""
    found = items.items(fiscal_year).get(code.upper())
    return int(found.indicator.partition(".")[0]) if found else None


def is_known(fiscal_year: int, code: str) -> bool:
    """False for a code that the year does not have; True also where that year's list is not known or not confirmed."""
    if not code:
        return True
    listed = items.items(fiscal_year)
    of_letter = [item for name, item in listed.items() if name[0] == code[0].upper()]
    sure = all(item.confirmed for item in of_letter) if of_letter else code[0].upper() not in items.INSTRUMENT
    return code.upper() in listed or not sure


def codes(fiscal_year: int, letter: str) -> list[str]:
    """The codes of that letter in the year, in order: "O1" to "O43" of 2566; as far as the list is known."""
    return [code for code in items.items(fiscal_year) if code.startswith(letter)]
