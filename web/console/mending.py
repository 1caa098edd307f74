"""Where the console mends a row that the linter names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for

# Table of a finding's row -> (page, the page's arguments by what the row calls them).
_PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "measure": ("console.measures.show", {"measure_id": "id"}),
    "element": ("console.ita.item", {"code": "code", "fy": "fy"}),
    "elements": ("console.ita.elements", {"fy": "fy"}),
    "register": ("console.registers.show", {"entry_id": "id"}),
    "score": ("console.ita.scores", {"fy": "fy"}),
    "office": ("console.documents.settings", {}),
    "activity": ("console.participation.show", {"activity_id": "id"}),
}


def address_of(row: Mapping[str, Any]) -> str:
    """The address of the page, "" for a row that has none (or whose slice this installation does without)."""
    endpoint, arguments = _PAGES.get(str(row.get("table", "")), ("", {}))
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, **{name: row[key] for name, key in arguments.items()})
