"""docs/systems.md says of each of the 83 systems where it is; what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from handlers.duties.rules import starter

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| (R\d\d) \|(.*)\|$", (ROOT / "docs/systems.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_system_has_its_line() -> None:
    assert [code for code, _ in ROWS] == [f"R{number:02}" for number in range(1, 84)]
    assert all(cell.strip() for _, line in ROWS for cell in line.split("|"))


def test_what_the_lines_name_is_there() -> None:
    quoted = {text for _, line in ROWS for text in re.findall(r"`([^`]+)`", line)}
    paths = {text for text in quoted if not text.startswith("sujarit ")}
    assert len(paths) > 60
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
    known = {row.key for row in starter()}
    begun = "|".join(sorted({key.partition(".")[0] for key in known}))
    rules = {key for _, line in ROWS for key in re.findall(rf"\b(?:{begun})\.\w+", line)}
    assert len(rules) > 15
    assert rules - known == set()
