"""The agency's emblem on its posters: one small picture in SUJARIT_DATA/logos."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from handlers.eit.operations import EitError

MOST_BYTES = 5_000_000
MOST_PIXELS = 40_000_000
SIDE = 600  # pixels: sharp at 2.5 cm


def load(data: Path, agency_code: str) -> bytes:
    """The PNG, or b"" where the agency has given none. `data`: SUJARIT_DATA."""
    path = _path(data, agency_code)
    return path.read_bytes() if path.exists() else b""


def save(data: Path, agency_code: str, picture: bytes) -> None:
    """Keep this picture (PNG, JPEG or WebP), drawn anew so that only its pixels remain. Raises EitError."""
    if not picture or len(picture) > MOST_BYTES:
        raise EitError("logo", "กรุณาเลือกไฟล์รูป PNG หรือ JPG ไม่เกิน 5 MB")
    try:
        with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG", "WEBP")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise EitError("logo", "รูปใหญ่เกินไป กรุณาย่อก่อน")
            small = opened.convert("RGBA")
            small.thumbnail((SIDE, SIDE))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        if isinstance(error, EitError):
            raise
        raise EitError("logo", "เปิดไฟล์นี้ไม่ได้ กรุณาเลือกรูป PNG หรือ JPG") from None
    out = io.BytesIO()
    small.save(out, "PNG")
    path = _path(data, agency_code)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(out.getvalue())
        fresh.replace(path)
    except OSError as error:
        raise EitError("logo", f"บันทึกไฟล์ไม่ได้ ({error.strerror}) กรุณาแจ้งผู้ดูแลเครื่อง") from None


def remove(data: Path, agency_code: str) -> None:
    """Posters bear the name alone again."""
    _path(data, agency_code).unlink(missing_ok=True)


def _path(data: Path, agency_code: str) -> Path:
    return data / "logos" / f"{agency_code}.png"
