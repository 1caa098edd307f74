"""Charts as pictures: their size, their bars, and what they say of zero and of nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reports.charts import as_data, description, number, png, svg
from reports.document import Chart
from tests.reports.papers import CHART

BLUE, ORANGE, GREEN = (0, 114, 178), (230, 159, 0), (0, 158, 115)


def picture(chart: Chart, width: int = 1024) -> Image.Image:
    return Image.open(BytesIO(png(chart, width))).convert("RGB")


def pixels(chart: Chart, colour: tuple[int, int, int]) -> int:
    return sum(count for count, found in picture(chart).getcolors(1 << 20) or [] if found == colour)


def test_the_size_that_a_line_card_wants() -> None:
    assert picture(CHART).size == (1024, 666)
    assert picture(CHART, 512).size == (512, 333)
    assert png(CHART) == png(CHART)


def test_a_bar_is_as_long_as_its_value() -> None:
    one = Chart("ทดสอบ", ("ก", "ข"), (("ชุด", (10.0, 40.0)),))
    image = picture(one)

    def height(left: int, right: int) -> int:
        return max(sum(image.getpixel((x, y)) == BLUE for y in range(image.height)) for x in range(left, right))

    low, high = height(0, 540), height(540, 1024)
    assert abs(high / low - 4) < 0.1


def test_zero_draws_no_bar_but_is_printed() -> None:
    nothing = replace(CHART, series=(("รับเข้า", (0, 0, 0, 0)), ("เสร็จแล้ว", (0, 0, 0, 0))))
    legend = 17 * 17 * 2  # the two squares of the legend, with room for their edges
    assert pixels(nothing, BLUE) < legend * 4
    assert pixels(CHART, BLUE) > legend * 10
    assert as_data(nothing, False)["series"][0]["shown"] == ["0", "0", "0", "0"]


def test_no_figure_is_no_zero() -> None:
    gap = Chart("ทดสอบ", ("ก", "ข", "ค"), (("ชุด", (1.0, math.nan)),))
    data = as_data(gap, False)
    assert data["series"][0]["values"] == [1.0, None, None]
    assert data["series"][0]["shown"] == ["1", "–", "–"]
    assert picture(gap).size == (1024, 666)
    assert picture(Chart("ว่าง", (), ())).size == (1024, 666)


def test_the_axis_holds_zero_and_every_value() -> None:
    for values in ((3, 7), (0.2, 0.4), (91.59, 100), (-5, 12), (-3, -1), (10**9, 1)):
        data = as_data(Chart("ก", ("1", "2"), (("ก", values),)), False)
        assert data["low"] <= min(0, *values)
        assert data["high"] >= max(0, *values)
        assert 0 in [tick["value"] for tick in data["ticks"]]
        assert 2 <= len(data["ticks"]) <= 8


def test_svg_says_what_it_shows() -> None:
    root = ElementTree.fromstring(svg(CHART, thai_digits=True))
    assert root.get("role") == "img"
    assert root.get("aria-label") == description(CHART, True)
    assert "รับเข้า: ไตรมาส ๑ ๔๒" in description(CHART, True)


def test_numbers() -> None:
    found = [number(value) for value in (0, -0.0, 1234, 87.88, 0.5, 91.0, math.inf)]
    assert found == ["0", "0", "1,234", "87.88", "0.5", "91", "–"]


@settings(max_examples=25, deadline=None)
@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.text(max_size=20), st.lists(st.floats(-1e12, 1e12), max_size=6)), max_size=4),
    st.lists(st.text(max_size=30), max_size=6),
)
def test_any_chart_is_drawn(title: str, series: list[tuple[str, list[float]]], labels: list[str]) -> None:
    chart = Chart(title, tuple(labels), tuple((name, tuple(values)) for name, values in series))
    assert picture(chart, 512).size == (512, 333)
