"""An installation as its administrator made it, by the real commands; made once, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bot.commands import run


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation") / "var"
    for command in (("db", "upgrade"), ("agency", "add", "demo", "อบต.ทดลอง")):
        done = run(folder, *command)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def data(installation: Path, tmp_path: Path) -> Path:
    """The folder of a fresh installation with one agency, demo."""
    return Path(shutil.copytree(installation, tmp_path / "var"))
