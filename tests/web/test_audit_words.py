"""Whatever the program logs has words in the audit page."""

from __future__ import annotations

import re
from pathlib import Path

from web.console.audit_words import ACTIONS

ROOT = Path(__file__).resolve().parents[2]
LOGGED = re.compile(r"audit\.record\(\s*[^,]+,\s*[^,]+,\s*\"([a-z_]+)\"|_changed\(\s*session,\s*actor,\s*\"([a-z_]+)\"")


def test_every_act_has_thai_words() -> None:
    code = "\n".join(
        path.read_text() for folder in ("handlers", "scheduler", "web", "bot") for path in (ROOT / folder).rglob("*.py")
    )
    logged = {first or second for first, second in LOGGED.findall(code)}
    assert len(logged) > 100
    assert logged - set(ACTIONS) == set()
