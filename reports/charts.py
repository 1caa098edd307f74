"""A Chart as a picture: for a LINE card, a web page, or paper (pdf.py). templates/bars.typ draws all of them."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from reports.document import Chart
from reports.text import clean, digits
from reports.typeset import compile_png, compile_svg

TEMPLATE = "picture.typ"
# In points; a LINE card's picture is 1024 x 666 pixels, shown about 300 points wide.
_WIDTH, _HEIGHT, _LETTERS = 512.0, 333.0, 17.0
_TICKS = 4


def svg(chart: Chart, thai_digits: bool = False) -> str:
    """The chart as SVG, letters as outlines, with a title for those who cannot see it."""
    (picture,) = compile_svg(TEMPLATE, _page(chart, thai_digits))
    label = escape(description(chart, thai_digits), quote=True)
    return picture.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def png(chart: Chart, width: int = 1024, thai_digits: bool = False) -> bytes:
    """The chart as PNG, `width` pixels wide and 0.65 times as high (1024 x 666)."""
    (picture,) = compile_png(TEMPLATE, _page(chart, thai_digits), ppi=width * 72 / _WIDTH)
    return picture


def description(chart: Chart, thai_digits: bool = False) -> str:
    """The chart in words: "title: series: label value, ..."."""
    said = [
        f"{name}: " + ", ".join(f"{label} {number(value)}" for label, value in zip(chart.labels, values, strict=False))
        for name, values in chart.series
    ]
    unit = f" ({chart.unit})" if chart.unit else ""
    return digits(f"{chart.title}{unit}: " + ("; ".join(said) or "ไม่มีข้อมูล"), thai_digits)


def number(value: float) -> str:
    """ "1,234", "91.5", at most two places; "–" for what is no number."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def as_data(chart: Chart, thai_digits: bool) -> dict[str, Any]:
    """The plain values that templates/bars.typ draws. A series that is too short ends in gaps, shown as "–"."""

    def shown(text: str) -> str:
        return digits(" ".join(clean(text).split()), thai_digits)

    series: list[dict[str, Any]] = []
    for name, values in chart.series:
        # Six places are more than is ever printed; what is smaller would make an axis of no length.
        padded = [round(value, 6) for value in values[: len(chart.labels)]]
        padded += [math.nan] * (len(chart.labels) - len(padded))
        series.append(
            {
                "name": shown(name),
                "values": [value if math.isfinite(value) else None for value in padded],
                "shown": [shown(number(value)) for value in padded],
            }
        )
    every = [value for one in series for value in one["values"] if value is not None]
    low, high, ticks = _scale(min(every, default=0), max(every, default=0))
    return {
        "title": shown(chart.title),
        "unit": shown(chart.unit),
        "labels": [shown(label) for label in chart.labels],
        "series": series,
        "low": low,
        "high": high,
        "ticks": [{"value": tick, "shown": shown(number(tick))} for tick in ticks],
    }


def _scale(least: float, most: float) -> tuple[float, float, list[float]]:
    """The axis: it always holds zero, so that a bar's length is its value. Lower end, upper end, marks."""
    least, most = min(least, 0.0), max(most, 0.0)
    if least == most:
        return 0.0, 1.0, [0.0]
    raw = (most - least) / _TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    if max(abs(least), abs(most)) >= _TICKS and step < 1:
        step = 1.0
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    ticks = [round(tick * step, 10) for tick in range(first, last + 1)]
    return ticks[0], ticks[-1], ticks


def _page(chart: Chart, thai_digits: bool) -> dict[str, Any]:
    return {"chart": as_data(chart, thai_digits), "width": _WIDTH, "height": _HEIGHT, "size": _LETTERS}
