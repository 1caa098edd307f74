"""Reading QR codes from what the product prints and shows."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import typst
import zxingcpp
from PIL import Image

from tests.poppler import poppler


def read(picture: bytes | Image.Image) -> list[str]:
    """What the codes in a PNG hold."""
    image = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]


def drawn(svg: bytes, centimetres: float = 8) -> bytes:
    """An SVG as a PNG of this width, at 150 dots per inch."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "picture.svg").write_bytes(svg)
        main = Path(folder) / "main.typ"
        main.write_text(
            f'#set page(width: auto, height: auto, margin: 5pt)\n#image("picture.svg", width: {centimetres}cm)'
        )
        made = typst.compile(str(main), root=folder, format="png", ppi=150)
        assert isinstance(made, bytes)
        return made


def printed(pdf: bytes, dots_per_inch: int = 150) -> list[Image.Image]:
    """The pages of a PDF as poppler rasters them."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "paper.pdf").write_bytes(pdf)
        poppler("pdftoppm", "-r", str(dots_per_inch), "-png", "paper.pdf", "page", folder=Path(folder))
        pages = sorted(Path(folder).glob("page*.png"))
        return [Image.open(io.BytesIO(page.read_bytes())) for page in pages]
