"""The O-items' numbers change every year: packs/crosswalk.csv says, function by function, which code it had when.

In a cell: "O34" a code, "O6?" one that is commonly held but not confirmed, several parted by a space, "-" no item of
its own that year, nothing: not known. A year after the last column takes the last column, unconfirmed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of one year. `unknown`: what could not be brought over; `unconfirmed`: those codes that are only commonly
    held; `dropped`: what is no item of its own in that year."""

    codes: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cell:
    codes: tuple[str, ...]
    confirmed: bool
    known: bool


@cache
def _table() -> tuple[Mapping[str, str], Mapping[str, Mapping[int, _Cell]]]:
    text = resources.files("handlers.duties").joinpath("packs/crosswalk.csv").read_text(encoding="utf-8")
    titles: dict[str, str] = {}
    cells: dict[str, dict[int, _Cell]] = {}
    for row in csv.DictReader(text.splitlines()):
        function = row.pop("function")
        titles[function] = row.pop("title")
        cells[function] = {int(year): _read(value) for year, value in row.items()}
    return titles, cells


def _read(value: str) -> _Cell:
    words = value.split()
    codes = tuple(word.rstrip("?") for word in words if word.rstrip("?") != "-")
    return _Cell(codes, not any(word.endswith("?") for word in words), bool(words))


def titles() -> Mapping[str, str]:
    """What each function is called, by its name in the pack."""
    return _table()[0]


def _cell(function: str, fiscal_year: int) -> _Cell:
    years = _table()[1][function]
    if fiscal_year in years:
        return years[fiscal_year]
    last = max(years)
    if fiscal_year > last:
        return _Cell(years[last].codes, False, years[last].known)
    return _Cell((), False, False)


def codes(functions: Iterable[str], fiscal_year: int) -> Codes:
    """The codes of these functions in that year (Buddhist). Raises KeyError for a function that is not in the pack."""
    found: dict[str, bool] = {}
    unknown, dropped = [], []
    for function in functions:
        cell = _cell(function, fiscal_year)
        if not cell.known:
            unknown.append(function)
        elif not cell.codes:
            dropped.append(function)
        for code in cell.codes:
            found[code] = found.get(code, False) or cell.confirmed
    return Codes(
        tuple(sorted(found, key=_order)),
        tuple(sorted((code for code, confirmed in found.items() if not confirmed), key=_order)),
        tuple(unknown),
        tuple(dropped),
    )


def translate(old: Iterable[str], from_year: int, to_year: int) -> Codes:
    """The codes of `to_year` for codes of `from_year`; `unknown` and `dropped` are then old codes."""
    found: dict[str, bool] = {}
    unknown, dropped = [], []
    for code in old:
        functions = [function for function in _table()[1] if code in _cell(function, from_year).codes]
        here = codes(functions, to_year)
        if not functions or here.unknown:
            unknown.append(code)
        elif not here.codes:
            dropped.append(code)
        for new in here.codes:
            found[new] = found.get(new, False) or new not in here.unconfirmed
    return Codes(
        tuple(sorted(found, key=_order)),
        tuple(sorted((code for code, confirmed in found.items() if not confirmed), key=_order)),
        tuple(unknown),
        tuple(dropped),
    )


def confirmed(code: str, fiscal_year: int) -> bool:
    """Whether a source says that there is this code in that year."""
    return any(
        cell.confirmed and code in cell.codes for function in _table()[1] for cell in [_cell(function, fiscal_year)]
    )


def _order(code: str) -> tuple[str, int]:
    digits = code[1:]
    return code[:1], int(digits) if digits.isdigit() else 0
