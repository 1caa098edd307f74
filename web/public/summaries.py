"""The picture and the report of a summary's card, behind an address that is one executive's alone and ends."""

from __future__ import annotations

from functools import lru_cache

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from handlers.agencies import AgencyView
from handlers.documents import executives
from handlers.summaries import card, operations
from handlers.summaries.operations import LinkEnded
from models.agency import Agency
from models.document import Summary
from reports import charts
from reports.document import Chart
from reports.pdf import to_pdf
from web.public.site import now, site
from web.services import services


@lru_cache(maxsize=128)
def _picture(chart: Chart) -> bytes:
    return charts.png(chart)


@site.get("/summaries/<token>/chart.png")
def summary_chart(token: str) -> ResponseReturnValue:
    """What stands above the card on LINE."""
    try:
        summary, _ = _behind(token)
    except LinkEnded as error:
        return _no_page(str(error))
    return _private(Response(_picture(card.chart(summary.figures)), mimetype="image/png"))


@site.get("/summaries/<token>/report.pdf")
def summary_report(token: str) -> ResponseReturnValue:
    """The full report with the figures that the card was made of."""
    try:
        summary, agency = _behind(token)
    except LinkEnded as error:
        return _no_page(str(error))
    with services().database.read(agency.id) as session:
        document = executives.of_summary(session, agency, summary, now())
    response = Response(to_pdf(document), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{summary.period}.pdf"'
    return _private(response)


def _behind(token: str) -> tuple[Summary, AgencyView]:
    """The summary and its agency. Raises LinkEnded."""
    known = services()
    with known.database.read() as session:  # the address itself is the permission, whichever agency it is
        summary = operations.by_token(session, token, now())
        code = session.get_one(Agency, summary.agency_id).code
    agency = known.agencies.get(code)
    if agency is None:
        raise LinkEnded("ลิงก์นี้ไม่ถูกต้อง")
    return summary, agency


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _no_page(words: str) -> ResponseReturnValue:
    page = render_template("public/error.html", title="เปิดไฟล์ไม่ได้", words=[words])
    return page, 403, {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
