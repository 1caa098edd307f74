"""The photos that figures name, read from the disk and made small for paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from handlers import files

SIDE = 1_000  # pixels: sharp at 7.5 cm, and thirty pages of them are still sent by e-mail


def with_pictures(figures: dict[str, Any], data_dir: Path) -> dict[str, Any]:
    """`figures` and, under "pictures", the photos' bytes (JPEG) by their paths below SUJARIT_DATA/attachments. What is
    lost or damaged is left out."""
    found: dict[str, bytes] = {}
    for path in _paths(figures):
        if path not in found and (picture := _small(data_dir, path)):
            found[path] = picture
    return {**figures, "pictures": found}


def _paths(figures: dict[str, Any]) -> Iterator[str]:
    yield from (photo["path"] for row in figures.get("activities", ()) for photo in row["photos"] if photo["path"])


def _small(data_dir: Path, path: str) -> bytes:
    try:
        with Image.open(files.locate(data_dir, path), formats=("JPEG",)) as picture:
            picture.draft("RGB", (SIDE, SIDE))
            small = picture.convert("RGB")
            small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            small.save(out, "JPEG", quality=80, optimize=True)
            return out.getvalue()
    except (OSError, ValueError, SyntaxError):  # also what Pillow raises for a damaged file
        return b""
