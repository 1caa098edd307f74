"""Where the console mends a row that the linter names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for

# Table of a finding's row -> (page, the argument that takes the row's id, "" for none).
_PAGES = {
    "measure": ("console.measures.show", "measure_id"),
    "element": ("console.elements.show", "element_id"),
    "register": ("console.registers.show", "entry_id"),
    "score": ("console.scores.index", ""),
    "office": ("console.documents.settings", ""),
}


def address_of(row: Mapping[str, Any]) -> str:
    """The address of the page, "" for a row that has none (or whose slice this installation does without)."""
    endpoint, argument = _PAGES.get(str(row.get("table", "")), ("", ""))
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, **({argument: row["id"]} if argument else {}))
