"""Letters that answer a request for information (R14): typed beside the case, printed as PDF or DOCX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.complaints.rules import visible_to
from handlers.documents import information_letters as letters
from handlers.documents.information_letters import Letter, LetterError
from handlers.documents.operations import CONTENT_TYPES, to_file
from models.case import Case
from models.form import Request
from reports.layouts import information_letter
from thai.dates import bangkok_date, format_date
from web.console import access
from web.console.attempt import typed
from web.console.inputs import ticked

pages = Blueprint("information_letters", __name__, url_prefix="/cases/<int:case_id>/letter")

FIELDS = ("result", "to", "number", "withheld", "ground", "law", "reason", "recourse", "given", "signer", "dated")


def _found(session: Session, case_id: int) -> tuple[Case, Request]:
    """The case and what it asks for; 404 for one that this person may not see or that asks for no information."""
    case = access.found(session, select(Case).where(Case.id == case_id, visible_to(access.me())))
    return case, letters.request_for(session, case) or abort(404)


@pages.get("/")
@access.roles(*access.EVERYONE)
def page(case_id: int) -> str:
    """The letter as far as the case tells it."""
    with access.reading() as session:
        case, asked = _found(session, case_id)
        letter = letters.begun(case, asked)
        dated = format_date(bangkok_date(access.now()), "long")
        return _page(
            case,
            {**asdict(letter), "dated": dated, "recourse": letters.recourse_of(access.agency(), letter.result)},
            {},
        )


@pages.post("/")
@access.roles(*access.EVERYONE)
def turn(case_id: int) -> str:
    """Another result: the same letter with the lines that it needs, and what was typed so far."""
    values = {name: typed(name) for name in FIELDS}
    before, wanted = values["result"], request.form.get("turn", "")
    if wanted in letters.RESULTS:
        values["result"] = wanted
        if values["recourse"] in ("", letters.recourse_of(access.agency(), before)):
            values["recourse"] = letters.recourse_of(access.agency(), wanted)
    with access.reading() as session:
        case, _ = _found(session, case_id)
        return _page(case, values, {})


def _page(case: Case, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    return render_template(
        "console/information_letters/page.html",
        case=case,
        values=values,
        errors=errors,
        results=letters.RESULTS,
        grounds=letters.GROUNDS,
        law={ground: letters.law_of(access.agency(), ground) for ground in letters.GROUNDS},
        signers=letters.SIGNERS,
        withheld=values["result"] in letters.WITHHELD,
        gives=values["result"] in ("given", "part"),
        confirm=letters.CONFIRM,
        confirms=access.me().role in letters.CONFIRMERS,
    )


@pages.post("/<any(pdf, docx):file_format>")
@access.roles(*access.EVERYONE)
def draw(case_id: int, file_format: str) -> ResponseReturnValue:
    """The letter as a file; the result goes into the request. What is wrong is said beside what was typed."""
    letter = Letter(**{name: typed(name) for name in FIELDS})
    moment = access.now()
    try:
        with access.writing() as session:
            case, asked = _found(session, case_id)
            figures = letters.figures(session, access.agency(), case, asked, letter, moment)
            if ticked("confirmed") and access.me().role in letters.CONFIRMERS:
                letters.confirm(session, letter, access.me(session))
            letters.keep(session, case, asked, letter, letters.checked(letter, moment), access.me(session))
            name = f"{case.number}-letter.{file_format}"
    except LetterError as error:
        with access.reading() as session:
            case, _ = _found(session, case_id)
            return _page(case, request.form, {error.field: str(error)}), 422
    data = to_file(information_letter.layout(figures), file_format)
    how = "inline" if file_format == "pdf" else "attachment"
    return Response(
        data,
        mimetype=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": "no-store"},
    )
