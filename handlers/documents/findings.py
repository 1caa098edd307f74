"""What the linter says about a document before it is printed. It never stops anybody: a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

LEVELS = {"mend": "ควรแก้ก่อนออก", "look": "ควรดูอีกครั้ง"}


class Finding(TypedDict):
    """`code`: the rule ("dead_link"); `level`: one of LEVELS; `row`: where to mend it, {"table": "measure", "id": 7,
    "label": "E11 ..."}, empty for what belongs to no row."""

    code: str
    level: str
    text: str
    row: dict[str, Any]


def finding(code: str, level: str, text: str, row: dict[str, Any] | None = None) -> Finding:
    return Finding(code=code, level=level, text=text, row=row or {})


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """What should be mended first; otherwise in the document's order."""
    return sorted(findings, key=lambda one: list(LEVELS).index(one["level"]))


def in_words(one: Mapping[str, Any]) -> str:
    """One line for a terminal: "ควรแก้ก่อนออก: E11 ...: ลิงก์เสีย ..."."""
    label = one["row"].get("label", "")
    return ": ".join(part for part in (LEVELS[one["level"]], label, one["text"]) if part)


def by_row(findings: Sequence[Mapping[str, Any]]) -> list[tuple[dict[str, Any], list[Mapping[str, Any]]]]:
    """Findings of one row together, in the order of their first."""
    groups: dict[tuple[Any, Any], tuple[dict[str, Any], list[Mapping[str, Any]]]] = {}
    for one in findings:
        row = one["row"]
        groups.setdefault((row.get("table"), row.get("id")), (row, []))[1].append(one)
    return list(groups.values())
