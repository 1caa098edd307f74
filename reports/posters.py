"""Posters, desk stands and cards with a QR code, ready to print on a plain A4 printer.

Read from two metres: on A4 the title is 54 pt where it fits and no word that matters is below 24 pt. The words come
from the caller; here is only how they stand on paper (templates/posters.typ).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from reports import qr
from reports.typeset import compile_pdf

Sheet = Literal["a4", "a5", "tent", "cards"]
# What each sheet is, in words for staff. Tents stand two on an A4 sheet, cards ten.
SHEETS: dict[Sheet, str] = {
    "a4": "โปสเตอร์ A4",
    "a5": "ป้าย A5",
    "tent": "ป้ายตั้งโต๊ะ A6 (พับครึ่ง)",
    "cards": "นามบัตร 10 ใบต่อแผ่น",
}
_LOGOS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"RIFF", "webp"), (b"<", "svg"))


@dataclass(frozen=True, slots=True)
class Poster:
    """One sheet. `address` is what the code holds; `facts` are at most four short lines, `point` where it stands,
    `foot` a line at the bottom. A line break in `title` is for narrow sheets."""

    agency: str
    title: str
    subtitle: str
    facts: tuple[str, ...]
    address: str
    call: str = "เปิดกล้องมือถือ แล้วส่องภาพนี้"
    point: str = ""
    foot: str = ""
    colour: str = "#0b5d41"
    typed: str = ""  # what one can type instead of scanning; "" for the address itself

    @property
    def shown(self) -> str:
        """What one types instead of scanning, as it is printed under the code."""
        return self.typed or self.address.removeprefix("https://").removeprefix("http://").rstrip("/")

    @property
    def instead(self) -> str:
        """The same as a sentence."""
        return self.typed or f"หรือพิมพ์  {self.shown}"


def draw(
    posters: Sequence[Poster],
    sheet: Sheet,
    logo: bytes = b"",
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> bytes:
    """One PDF of all posters in their order, a page each (tents: one A4 with two; cards: one A4 with ten).

    `logo`: PNG, JPEG, WebP or SVG. `progress` hears (codes drawn, of how many). Raises ValueError for another sheet or
    no posters, TypesetError for a logo that cannot be read."""
    if sheet not in SHEETS or not posters:
        raise ValueError("posters need a known sheet and at least one poster")
    files, rows = {}, []
    for number, poster in enumerate(posters):
        files[f"qr{number}.svg"] = qr.draw(poster.address, "svg", "Q" if sheet == "cards" else "H")
        rows.append(asdict(poster) | {"shown": poster.shown, "instead": poster.instead, "qr": f"qr{number}.svg"})
        progress(number + 1, len(posters))
    name = next((f"logo.{kind}" for magic, kind in _LOGOS if logo.startswith(magic)), "") if logo else ""
    if name:
        files[name] = logo
    return compile_pdf("posters.typ", {"sheet": sheet, "posters": rows, "logo": name}, files)
