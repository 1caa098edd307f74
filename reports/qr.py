"""QR codes for paper and screens, as PNG or SVG: black on white, with the quiet zone that scanners need."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

import qrcode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_Q

# Share of the code that may be dirty, torn or under a reflection: Q a quarter, H three tenths (ISO/IEC 18004).
LEVELS = {"Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
QUIET_ZONE = 4  # modules
PIXELS = 16  # a module: about 650 pixels across, sharp at 11 cm in print


def draw(address: str, kind: str, level: Literal["Q", "H"] = "Q") -> bytes:
    """The code of an address; `kind` is "png" or "svg". Raises ValueError for another kind or an empty address."""
    if kind not in ("png", "svg") or not address:
        raise ValueError("a QR code needs an address and is a png or an svg")
    code = qrcode.QRCode(error_correction=LEVELS[level], box_size=PIXELS, border=QUIET_ZONE)
    code.add_data(address)
    if kind == "svg":
        return _svg(code.get_matrix())
    out = io.BytesIO()
    code.make_image().save(out)
    return out.getvalue()


def _svg(modules: list[list[bool]]) -> bytes:
    """One path of the dark runs: qrcode's own SVG has a square for each module, which triples the time and size of a
    PDF of two hundred posters."""
    size = len(modules)
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in _runs(modules))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {size} {size}" width="{size}mm" height="{size}mm" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}"/></svg>'
    ).encode()


def _runs(modules: list[list[bool]]) -> Iterator[tuple[int, int, int]]:
    for y, row in enumerate(modules):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                yield x, y, width
            x += width
