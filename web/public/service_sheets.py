"""A service as a sheet for the counter's wall (R24, R26): steps as a flow chart, with a QR code to where one asks."""

from __future__ import annotations

from flask import Response, abort

from handlers.agencies import AgencyView, AnswerView, FormView
from handlers.questions.answers import show_facts
from reports.layouts.service import ServiceSheet, draw
from web.public.site import agency, pages
from web.security import limiter


def online_form(view: AgencyView, entry: AnswerView) -> FormView | None:
    """The form with which this service is asked for, where there is one that lists show."""
    wanted = (form for form in view.forms.values() if form.listed and form.service_id == entry.row_id)
    return next(wanted, None) if entry.kind == "service" else None


@pages.get("/services/<int:row_id>.pdf")
@limiter.limit("30/minute")
def service_sheet(row_id: int) -> Response:
    """The published service on A4."""
    view = agency()
    entry = next((e for e in view.answers.values() if e.kind == "service" and e.row_id == row_id), None)
    if entry is None:
        abort(404)
    response = Response(draw([_sheet(view, entry)]), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename=service-{row_id}.pdf"
    response.cache_control.max_age = 300
    return response


def _sheet(view: AgencyView, entry: AnswerView) -> ServiceSheet:
    form = online_form(view, entry)
    unit, phone = view.unit_name(entry.unit_id), view.unit_phone(entry.unit_id)

    def words(text: str) -> str:
        return show_facts(view.fill(text), entry.confirmed)

    return ServiceSheet(
        agency=view.name,
        name=entry.question,
        steps=tuple(words(step) for step in entry.service["steps"]),
        documents=tuple(words(paper) for paper in entry.service["documents"]),
        fee=words(entry.service["fee"]),
        days=words(entry.service["days"]),
        contact=f"{unit} โทร {phone}" if phone else unit,
        law=words(entry.source),
        address=view.url(f"/forms/{form.key}" if form else f"/services/{entry.row_id}"),
        call="สแกนเพื่อขอออนไลน์" if form else "สแกนเพื่ออ่านบนมือถือ",
    )
