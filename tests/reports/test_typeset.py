"""The one place that calls Typst."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from reports.charts import as_data
from reports.typeset import TypesetError, compile_pdf, compile_png, compile_svg
from tests.reports.papers import CHART


def page(**changes: Any) -> dict[str, Any]:
    return {"chart": as_data(CHART, False), "width": 200, "height": 100, "size": 8, **changes}


def test_pdf_png_and_svg_of_one_template() -> None:
    assert compile_pdf("picture.typ", page()).startswith(b"%PDF")
    (picture,) = compile_png("picture.typ", page(), ppi=144)
    assert Image.open(BytesIO(picture)).size == (400, 200)
    (drawing,) = compile_svg("picture.typ", page())
    assert drawing.startswith("<svg ")


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "a/b.png", "data.json", "bars.typ", "", ".hidden"])
def test_files_have_plain_names_and_replace_nothing(name: str) -> None:
    with pytest.raises(TypesetError):
        compile_pdf("picture.typ", page(), {name: b""})


def test_a_wrong_template_or_wrong_data() -> None:
    with pytest.raises(TypesetError, match=r"nothing\.typ"):
        compile_pdf("nothing.typ", {})
    with pytest.raises(TypesetError, match=r"picture\.typ: .*chart"):
        compile_pdf("picture.typ", {})


def test_a_document_without_a_day_cannot_be_pdf_a() -> None:
    with pytest.raises(TypesetError):
        compile_pdf("picture.typ", page(), standards=["a-2a"])
