"""What the agency does, in figures for everybody: stable addresses, and the same as CSV, XLSX and JSON."""

from __future__ import annotations

import time
from typing import Any

from flask import Response, abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from handlers import sheet
from handlers.transparency import tables
from handlers.transparency.parts import Table
from handlers.transparency.tables import KINDS
from reports import charts
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year
from web.compress import compressed
from web.public.site import agency, now, pages
from web.services import services

KEPT_SECONDS = 300.0  # counting a year is work that a visitor need not wait for each time
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = f"<any({', '.join(KINDS)}):kind>"


@pages.get("/transparency/")
@compressed
def transparency() -> str:
    return render_template("public/transparency.html", kinds=KINDS)


@pages.get(f"/transparency/{NAMES}")
@compressed
def transparency_table(kind: str) -> str:
    year = _year()
    with services().database.read(agency().id) as session:
        known = tables.years(session, agency(), now())
    return render_template(
        "public/transparency_table.html", kind=kind, kinds=KINDS, table=_table(kind, year), year=year, years=known
    )


@pages.get(f"/transparency/{NAMES}.<any(csv, xlsx, json):form>")
def transparency_file(kind: str, form: str) -> ResponseReturnValue:
    year = _year()
    table = _table(kind, year)
    if form == "json":
        return jsonify(
            title=table.title,
            fiscal_year=year,
            note=table.note,
            columns=table.columns,
            rows=table.rows,
            total=table.total,
        )
    lines = [list(table.columns), *(row for row in (*table.rows, table.total) if row), [table.note]]
    cells = [["" if cell is None else str(cell) for cell in line] for line in lines]
    content = sheet.write_csv(cells) if form == "csv" else sheet.write_xlsx(cells, f"{year}")
    response = Response(content, content_type=CSV if form == "csv" else XLSX)
    name = f"{agency().code}-{kind}-{year}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@pages.get(f"/transparency/{NAMES}.svg")
@compressed
def transparency_chart(kind: str) -> Response:
    chart = _table(kind, _year()).chart
    if chart is None:
        abort(404)
    response = Response(charts.svg(chart), mimetype="image/svg+xml")
    response.cache_control.max_age = int(KEPT_SECONDS)
    return response


def _year() -> int:
    """The fiscal year (BE) in the address, or the present one; 404 for a year that was not or is not yet."""
    this = fiscal_year(bangkok_date(now()))
    wanted = request.args.get("fy", this, type=int)
    if not this - 20 <= wanted <= this:
        abort(404)
    return wanted


def _table(kind: str, year: int) -> Table:
    kept: dict[tuple[int, str, int], tuple[float, Table]] = current_app.extensions.setdefault("transparency", {})
    key = (agency().id, kind, year)
    made_at, table = kept.get(key, (-KEPT_SECONDS, None))
    if table is None or time.monotonic() - made_at > KEPT_SECONDS:
        with services().database.read(agency().id) as session:
            table = KINDS[kind].make(session, agency(), year, now())
        kept[key] = (time.monotonic(), table)
    return table


def shown(cell: Any) -> str:
    """A cell on the page: "–" for what is not known yet."""
    return "–" if cell is None else f"{cell:,}" if isinstance(cell, (int, float)) else str(cell)


pages.add_app_template_filter(shown, "figure")
