"""poppler's tools, with which tests look at a PDF as a reader does; without them a test is skipped and says so."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def poppler(tool: str, *arguments: str | Path, folder: Path | None = None) -> bytes:
    """What "pdftotext" or "pdftoppm" prints; `folder`: where it runs."""
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is missing on this machine (Debian: apt-get install poppler-utils)")
    return subprocess.run([tool, *arguments], cwd=folder, check=True, capture_output=True).stdout
