"""The points' codes as files, for printers and makers of websites: <agency>/<fiscal year>/<code>.png and .svg."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from handlers.agencies import AgencyView
from handlers.eit.posters import address
from models.eit import EitPoint
from reports import qr

_NOT_IN_NAMES = re.compile(r"[^\w\u0e00-\u0e7f.-]+")


class ImagesError(OSError):
    """The files could not be written; the words are Thai, for staff."""


def folder_of(root: Path, agency: AgencyView, fiscal_year: int) -> Path:
    """Where a year's files lie below `root` (SUJARIT_QR, static/qr where nothing is set)."""
    return root / agency.code / str(fiscal_year)


def write(
    folder: Path,
    agency: AgencyView,
    points: Sequence[EitPoint],
    *,
    named: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Path]:
    """A PNG and an SVG for each point; `named`: with the point's name before its code. Raises ImagesError."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, point in enumerate(points, 1):
            name = f"{_NOT_IN_NAMES.sub('-', point.name)}-{point.code}" if named else point.code
            for kind in ("png", "svg"):
                path = folder / f"{name}.{kind}"
                path.write_bytes(qr.draw(address(agency, point), kind, "H"))
                written.append(path)
            progress(number, len(points))
    except OSError as error:
        raise ImagesError(
            f"เขียนไฟล์คิวอาร์โค้ดลงใน {folder} ไม่ได้ ({error.strerror}) "
            "กรุณาตั้ง SUJARIT_QR เป็นโฟลเดอร์ที่เขียนได้ หน้าเว็บและป้าย PDF ยังใช้ได้ตามปกติ"
        ) from None
    return written


def remove(folder: Path) -> None:
    """Take a year's files away: its link is not known any more. Raises ImagesError."""
    try:
        for path in (*folder.glob("*.png"), *folder.glob("*.svg")):
            path.unlink()
    except OSError as error:
        raise ImagesError(f"ลบไฟล์คิวอาร์โค้ดใน {folder} ไม่ได้ ({error.strerror})") from None
