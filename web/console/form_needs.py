"""Figures of the ready-made forms: what the villages want, ranked (R36), and the year's satisfaction (R29, O17)."""

from __future__ import annotations

from flask import Response, abort, render_template
from sqlalchemy.orm import Session

from handlers import audit, sheet
from handlers.services import needs as wanted
from handlers.services import satisfaction as yearly
from handlers.services import starter
from models.form import FormDefinition
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year, year_period
from web.console import access, form_builder
from web.console.inputs import query_id

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _year() -> int:
    given = query_id("fy")
    return given if given and 2500 <= given < 2700 else fiscal_year(bangkok_date(access.now()))


def _form(session: Session, use: str = wanted.USE) -> FormDefinition:
    form = starter.form_for(session, use)
    return form_builder.form_of(session, form.id) if form is not None else abort(404)


def _rank(session: Session, form: FormDefinition, year: int) -> wanted.Ranking:
    period = year_period(year)
    return wanted.rank(session, access.agency(), form, period.start, period.end)


@form_builder.pages.get("/needs")
@access.roles(*form_builder.READERS)
def needs() -> str:
    """What the villages want in a fiscal year, ranked."""
    year = _year()
    with access.reading() as session:
        form = _form(session)
        return render_template(
            "console/forms/needs.html",
            form=form,
            year=year,
            this_year=fiscal_year(bangkok_date(access.now())),
            ranking=_rank(session, form, year),
        )


@form_builder.pages.get("/needs.<any(csv, xlsx):kind>")
@access.roles(*form_builder.EDITORS)
def needs_table(kind: str) -> Response:
    """The ranking as a table for the plan."""
    year = _year()
    with access.writing() as session:
        form = _form(session)
        rows = list(wanted.table(_rank(session, form, year)))
        audit.record(session, access.actor(), "form_exported", f"form:{form.id}", kind=kind, rows=len(rows) - 1)
    body = sheet.write_csv(rows) if kind == "csv" else sheet.write_xlsx(rows, "ความต้องการรายหมู่")
    headers = {"Content-Disposition": f"attachment; filename=needs-{year}.{kind}"}
    return Response(body, content_type=FORMATS[kind], headers=headers)


# -- the yearly survey -----------------------------------------------------------------------------------


def _figures(session: Session, form: FormDefinition, year: int) -> yearly.Satisfaction:
    period = year_period(year)
    return yearly.figures(session, access.agency(), form, period.start, period.end, year)


@form_builder.pages.get("/satisfaction")
@access.roles(*form_builder.READERS)
def satisfaction() -> str:
    """Marks by unit and question, suggestions, and what was changed."""
    year = _year()
    with access.reading() as session:
        form = _form(session, yearly.USE)
        return render_template(
            "console/forms/satisfaction.html",
            form=form,
            year=year,
            this_year=fiscal_year(bangkok_date(access.now())),
            found=_figures(session, form, year),
        )


@form_builder.pages.get("/satisfaction.<any(csv, xlsx):kind>")
@access.roles(*form_builder.EDITORS)
def satisfaction_table(kind: str) -> Response:
    """The same as a table for the report of O17."""
    year = _year()
    with access.writing() as session:
        form = _form(session, yearly.USE)
        rows = list(yearly.table(_figures(session, form, year)))
        audit.record(session, access.actor(), "form_exported", f"form:{form.id}", kind=kind, rows=len(rows) - 1)
    body = sheet.write_csv(rows) if kind == "csv" else sheet.write_xlsx(rows, "ความพึงพอใจ")
    headers = {"Content-Disposition": f"attachment; filename=satisfaction-{year}.{kind}"}
    return Response(body, content_type=FORMATS[kind], headers=headers)
