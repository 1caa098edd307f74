"""The rich menu: six large tiles with drawn signs and legible Thai, a bar with three more below, and its upload.

LINE cannot change a menu's picture, so a changed menu is a new one. Its name tells what it was made from: an unchanged
menu is left alone, and older ones of ours are removed.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fontpkg_sarabun
from PIL import Image, ImageDraw, ImageFont, features

from bot.line_api import LineApi, LineFailure

WIDTH, HEIGHT = 2500, 1686
COLUMNS, ROWS = 3, 2
BAR = 296  # px: 44 points on a phone, the least that a thumb finds
IMAGE_BYTES = 1_000_000
GREEN, DARK, WHITE, BETWEEN = "#0B6B50", "#123A2E", "#FFFFFF", "#C9D8D1"
LETTERS = 112  # px of 2,500: about 6 mm on a phone
LINE_SPACING = 158  # a low vowel above a tone mark must not touch
GAP = 14
ICON = 260
FONT = fontpkg_sarabun.ROOT / "files" / "Sarabun-Bold.ttf"

Draw = ImageDraw.ImageDraw


@dataclass(frozen=True)
class Tile:
    """`lines`: the label as drawn; `label` (at most 20 code points) is what a tap says; `data`: its postback; without
    an `icon` it stands in the bar."""

    lines: tuple[str, ...]
    label: str
    data: str
    icon: Callable[[Draw, str, str], None] | None = None
    strong: bool = False


def menu(agency_code: str, integrity_url: str = "") -> dict[str, Any]:
    """The menu object for LINE. `integrity_url`: the page of the separate door; "" while it does not exist."""
    body = {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "chatBarText": "เมนูบริการ",
        "areas": [
            {"bounds": _bounds(place), "action": _action(tile, integrity_url)} for place, tile in enumerate(TILES)
        ],
    }
    made_from = json.dumps(body, sort_keys=True).encode() + Path(__file__).read_bytes()
    return {"name": f"{_prefix(agency_code)}{hashlib.sha256(made_from).hexdigest()[:16]}", **body}


def upload(api: LineApi, agency_code: str, integrity_url: str = "") -> str:
    """Make this the menu that everybody sees, unless it is already; its id. Raises LineFailure."""
    wanted = menu(agency_code, integrity_url)
    ours = {m["richMenuId"]: m["name"] for m in api.rich_menus() if m["name"].startswith(_prefix(agency_code))}
    shown = api.default_rich_menu()
    if ours.get(shown) != wanted["name"]:
        shown = api.create_rich_menu(wanted)
        api.upload_rich_menu_image(shown, picture(), "image/png")
        api.set_default_rich_menu(shown)
    for old in ours.keys() - {shown}:
        try:
            api.delete_rich_menu(old)
        except LineFailure as failure:
            if failure.kind != "gone":
                raise
    return shown


def picture() -> bytes:
    """The picture as PNG, at most 1 MB."""
    image = Image.new("RGB", (WIDTH, HEIGHT), BETWEEN)
    for place, tile in enumerate(TILES):
        _tile(image, _bounds(place), tile)
    out = io.BytesIO()
    # Few colours: sixty-four keep the edges of letters smooth and the file small.
    image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _prefix(agency_code: str) -> str:
    return f"sujarit:{agency_code}:"


def _bounds(place: int) -> dict[str, int]:
    column, row = place % COLUMNS, place // COLUMNS
    left, right = WIDTH * column // COLUMNS, WIDTH * (column + 1) // COLUMNS
    tiles = HEIGHT - BAR
    top, bottom = (tiles * row // ROWS, tiles * (row + 1) // ROWS) if row < ROWS else (tiles, HEIGHT)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _action(tile: Tile, integrity_url: str) -> dict[str, str]:
    if tile.data == "menu:integrity" and integrity_url:
        # A plain link: the tap leaves no trace in the chat, and the page opens outside of LINE.
        return {"type": "uri", "label": tile.label, "uri": f"{integrity_url}?openExternalBrowser=1"}
    return {"type": "postback", "label": tile.label, "data": tile.data, "displayText": tile.label}


# -- drawing ---------------------------------------------------------------------------------------------


def _tile(image: Image.Image, bounds: dict[str, int], tile: Tile) -> None:
    paper, ink = (GREEN, WHITE) if tile.strong else (WHITE, GREEN)
    draw = ImageDraw.Draw(image)
    left, top = bounds["x"] + GAP, bounds["y"] + GAP
    right, bottom = bounds["x"] + bounds["width"] - GAP, bounds["y"] + bounds["height"] - GAP
    draw.rounded_rectangle((left, top, right, bottom), 36, fill=paper)
    middle = (left + right) // 2
    if tile.icon is not None:
        icon = _icon(tile.icon, ink, paper)
        image.paste(icon, (middle - ICON // 2, top + 40), icon)
    font = _font(right - left - 60, tile.lines)
    centre = bottom - 178 if tile.icon is not None else (top + bottom) / 2
    first = centre - LINE_SPACING * (len(tile.lines) - 1) / 2
    for number, line in enumerate(tile.lines):
        colour = WHITE if tile.strong else DARK
        draw.text((middle, first + number * LINE_SPACING), line, colour, font, anchor="mm", **_shaping())


def _shaping() -> dict[str, Any]:
    """Raqm puts Thai vowels and tone marks where they belong; without it Pillow piles them up."""
    return {"language": "th"} if features.check("raqm") else {}


def _font(room: int, lines: tuple[str, ...]) -> ImageFont.FreeTypeFont:
    """The largest size up to LETTERS at which every line fits."""
    size = LETTERS
    while size > 20:
        font = ImageFont.truetype(FONT, size)
        if max(font.getlength(line, **_shaping()) for line in lines) <= room:
            break
        size -= 2
    return font


def _icon(icon: Callable[[Draw, str, str], None], ink: str, paper: str) -> Image.Image:
    """Drawn four times as large on a grid of 100 × 100 and made smaller, so that edges are smooth."""
    large = Image.new("RGBA", (1200, 1200))
    icon(ImageDraw.Draw(large), ink, paper)
    return large.resize((ICON, ICON), Image.Resampling.LANCZOS)


def _at(*numbers: float) -> list[float]:
    return [number * 12 for number in numbers]


def _question(draw: Draw, ink: str, paper: str) -> None:
    """A speech bubble with a question mark."""
    draw.rounded_rectangle(_at(6, 8, 94, 74), 12 * 14, fill=ink)
    draw.polygon(_at(24, 70, 24, 94, 48, 72), fill=ink)
    draw.text((12 * 50, 12 * 41), "?", paper, ImageFont.truetype(FONT, 12 * 58), anchor="mm")


def _megaphone(draw: Draw, ink: str, paper: str) -> None:
    draw.polygon(_at(40, 36, 80, 12, 80, 84, 40, 60), fill=ink)
    draw.rounded_rectangle(_at(8, 36, 44, 60), 12 * 6, fill=ink)
    draw.polygon(_at(18, 58, 34, 58, 40, 90, 24, 90), fill=ink)
    draw.arc(_at(70, 28, 98, 68), -60, 60, fill=ink, width=12 * 6)


def _shield(draw: Draw, ink: str, paper: str) -> None:
    draw.polygon(_at(50, 4, 90, 18, 88, 54, 72, 80, 50, 96, 28, 80, 12, 54, 10, 18), fill=ink)
    draw.line(_at(30, 48, 45, 64, 71, 34), fill=paper, width=12 * 9, joint="curve")


def _magnifier(draw: Draw, ink: str, paper: str) -> None:
    """A sheet with lines under a magnifier."""
    draw.rounded_rectangle(_at(10, 6, 72, 94), 12 * 7, fill=ink)
    for top in (24, 40, 56):
        draw.line(_at(22, top, 60, top), fill=paper, width=12 * 6)
    draw.ellipse(_at(44, 44, 86, 86), fill=paper)
    draw.ellipse(_at(49, 49, 81, 81), outline=ink, width=12 * 7)
    draw.line(_at(78, 78, 93, 93), fill=ink, width=12 * 9)


def _checklist(draw: Draw, ink: str, paper: str) -> None:
    draw.rounded_rectangle(_at(14, 12, 86, 96), 12 * 8, fill=ink)
    draw.rounded_rectangle(_at(34, 3, 66, 23), 12 * 6, fill=ink, outline=paper, width=12 * 3)
    for top in (42, 60, 78):
        draw.line(_at(25, top, 31, top + 6, 41, top - 6), fill=paper, width=12 * 5, joint="curve")
        draw.line(_at(50, top, 74, top), fill=paper, width=12 * 6)


def _officer(draw: Draw, ink: str, paper: str) -> None:
    """A person with a headset."""
    draw.pieslice(_at(12, 62, 88, 138), 180, 360, fill=ink)
    draw.ellipse(_at(30, 14, 70, 58), fill=ink)
    draw.arc(_at(22, 6, 78, 62), 175, 365, fill=ink, width=12 * 5)
    draw.rounded_rectangle(_at(18, 32, 29, 52), 12 * 4, fill=ink)
    draw.rounded_rectangle(_at(71, 32, 82, 52), 12 * 4, fill=ink)


TILES = (
    Tile(("ถาม-ตอบ",), "ถาม-ตอบ", "menu:ask", _question, strong=True),
    Tile(("แจ้งเรื่อง", "ร้องเรียน"), "แจ้งเรื่องร้องเรียน", "menu:complain", _megaphone, strong=True),
    Tile(("ติดตามเรื่อง",), "ติดตามเรื่อง", "menu:follow", _magnifier, strong=True),
    Tile(("แจ้งเบาะแส", "ทุจริต"), "แจ้งเบาะแสทุจริต", "menu:integrity", _shield),
    Tile(("แบบประเมิน", "EIT"), "แบบประเมิน EIT", "menu:eit", _checklist),
    Tile(("ติดต่อ / คุยกับ", "เจ้าหน้าที่"), "คุยกับเจ้าหน้าที่", "menu:officer", _officer),
    Tile(("บริการออนไลน์",), "บริการออนไลน์", "menu:forms"),
    Tile(("กิจกรรม",), "กิจกรรม", "menu:activities"),
    Tile(("รับข่าว",), "รับข่าว", "menu:news"),
)
