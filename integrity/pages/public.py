"""What everybody may read: how to report safely, what the agency does with a report, its limits and its figures."""

from __future__ import annotations

import base64
import io
import re

import qrcode
from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage
from sqlalchemy.orm import Session

from integrity import officers, setup
from integrity import statistics as figures
from integrity.pages.context import enter, house, this_desk, today
from thai.fiscal import fiscal_year

pages = Blueprint("public", __name__, url_prefix="/<code>/integrity")
pages.url_value_preprocessor(enter)
FILES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
# In the app of LINE a link with this opens in the phone's own browser.
OUT_OF_LINE = "?openExternalBrowser=1"


@pages.get("/")
def landing(code: str) -> str:
    """The two doors, safety first, and how reports are handled (R19)."""
    del code
    with house().database.reading() as session:
        ready = not officers.readiness(session, this_desk())
        numbers = setup.year_number(session, this_desk(), fiscal_year(today()))
    return render_template(
        "integrity/public/landing.html",
        open=ready,
        chat_door=setup.setting(this_desk(), "chat_door"),
        texts={key: setup.text(this_desk(), key) for key in setup.DEFAULT_TEXTS},
        numbers=numbers,
    )


@pages.get("/limits")
def limits(code: str) -> str:
    """What the desk does and cannot do, honestly."""
    del code
    return render_template("integrity/public/limits.html", law=setup.text(this_desk(), "law"))


@pages.get("/statistics")
def statistics(code: str) -> str:
    """A fiscal year's figures (R19), by the periods that the agency has chosen."""
    del code
    with house().database.reading() as session:
        table = _table(session)
        numbers = setup.year_number(session, this_desk(), table.fiscal_year)
    years = figures.years(this_desk(), today())
    return render_template("integrity/public/statistics.html", table=table, numbers=numbers, years=years)


@pages.get("/statistics.<any(csv, xlsx):kind>")
def statistics_file(code: str, kind: str) -> Response:
    """The same as a file."""
    with house().database.reading() as session:
        table = _table(session)
    content = figures.to_csv(table) if kind == "csv" else figures.to_xlsx(table)
    response = Response(content, mimetype=FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="integrity-{code}-{table.fiscal_year}.{kind}"'
    return response


def _table(session: Session) -> figures.Table:
    """The year in the address, or the present one; 404 for years that there is nothing to say about."""
    year = request.args.get("year", fiscal_year(today()), type=int)
    if year not in figures.years(this_desk(), today()):
        abort(404)
    return figures.counts(session, this_desk(), year, None, today())


@pages.get("/poster")
def poster(code: str) -> str:
    """One sheet of A4 with the address, the same for everybody."""
    return render_template(
        "integrity/public/poster.html",
        address=address(code),
        qr=qr_image(address(code) + OUT_OF_LINE),
        phones=setup.text(this_desk(), "phones"),
    )


def phone(line: str) -> Markup:
    """A line that ends with a telephone number, such as "ป.ป.ช. 1205": the number can be tapped."""
    name, number = re.fullmatch(r"(.*?)([\d][\d -]*)?", line.strip()).groups("")  # type: ignore[union-attr]
    if not number:
        return Markup("{}").format(name)
    return Markup('{}<a class="tel" href="tel:{}">{}</a>').format(name, re.sub(r"\D", "", number), number)


def address(code: str) -> str:
    """The desk's static address; nothing in it tells who was given it."""
    return f"{house().config.public_url}/{code}/integrity/"


def qr_image(text: str) -> str:
    """A QR code as the address of an inline SVG image."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    out = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(out)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
