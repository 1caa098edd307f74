"""The `sujarit` command for tests: a process of its own, as an administrator runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from models.db import Database

SUJARIT = Path(sys.executable).with_name("sujarit")


def run(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SUJARIT_", "PORT"))}
    return subprocess.run(
        [SUJARIT, *arguments],
        env=kept | {"SUJARIT_DATA": str(data), "PORT": "9", **environment},
        cwd=data.parent,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def database(data: Path) -> Database:
    return Database(f"sqlite:///{data / 'sujarit.sqlite3'}")
