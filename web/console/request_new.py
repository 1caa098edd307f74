"""A request that came to the counter, by telephone or letter: the agency's own forms, typed in by staff."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from handlers.agencies import FormView
from handlers.forms import Given
from handlers.services import answering
from handlers.services.operations import FormError, open_form
from models.form import FormVersion
from web.console import access
from web.console.case_new import CHANNELS, SLIP
from web.public import form_page, once, photos
from web.services import services

pages = Blueprint("request_new", __name__, url_prefix="/requests/new")


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    """Which form?"""
    forms = [form for form in access.agency().forms.values() if form.kind == "request"]
    return render_template("console/requests/choose.html", forms=forms)


@pages.get("/<int:form_id>")
@access.roles(*access.EVERYONE)
def page(form_id: int) -> str:
    return _page(_form(form_id), {}, {})


@pages.post("/<int:form_id>")
@access.roles(*access.EVERYONE)
def create(form_id: int) -> ResponseReturnValue:
    """File it, or show the form again with what was typed and what is wrong."""
    view, agency, token = _form(form_id), access.agency(), request.form.get("once", "") or once.new_token()
    with access.reading() as database:
        if subject := once.became(database, token):  # the button was pressed twice
            return _after(int(subject.removeprefix("case:")))
    form = open_form(view).form
    given = form_page.read_typed(form, request.form)
    readable = form_page.for_reading(form, given)
    answers, _ = form.read_all(readable, agency)
    kept, problems = photos.of_form(form, agency.id, form.stored(answers))
    answers, errors = form.read_all(readable | {n: Given(photos=tuple(ids)) for n, ids in kept.items() if ids}, agency)
    errors |= problems
    errors.pop("consent", None)  # a letter brings none: what was given is stored, nothing is asked for twice
    channel = request.form.get("channel", "")
    if channel not in CHANNELS:
        errors["channel"] = "เลือกช่องทางที่แจ้งมา"
    if errors:
        return _page(view, given, errors, token, kept), 422
    wanted = answering.Submission(answers=answers, channel=channel, notice_version=answers.get("consent"))
    try:
        with access.writing() as database:
            if not once.take(database, agency.id, token, access.now()):
                return redirect(url_for("console.inbox.index"))
            version = database.get_one(FormVersion, view.version_id)
            taken = answering.submit(
                database, agency, version, wanted, access.actor(), access.now(), services().secret_key
            )
            if taken.case is None:
                raise FormError("แบบฟอร์มนี้ไม่ใช่คำขอ")
            case_id = taken.case.id
            once.remember(database, token, f"case:{case_id}")
    except FormError as error:
        return _page(view, given, {"channel": str(error)}, token, kept), 422
    session[SLIP] = [case_id, taken.secret]
    return _after(case_id)


def _form(form_id: int) -> FormView:
    """The agency's open request form with this id; 404 for any other."""
    forms = access.agency().forms.values()
    return next((form for form in forms if form.id == form_id and form.kind == "request"), None) or abort(404)


def _page(
    view: FormView,
    given: Mapping[str, Given],
    errors: Mapping[str, str],
    token: str = "",
    kept: Mapping[str, list[int]] | None = None,
) -> str:
    agency, known = access.agency(), open_form(view)
    shown = {name: photos.shown(ids, agency.id) for name, ids in (kept or {}).items()}
    return render_template(
        "console/requests/new.html",
        form=view,
        controls=form_page.controls(known.form, agency, given, errors, shown, known.notes, hints=known.hints),
        errors=errors,
        once=token or once.new_token(),
        channel=request.form.get("channel", "walk_in"),
        channels=CHANNELS,
    )


def _after(case_id: int) -> ResponseReturnValue:
    if session.get(SLIP, [None])[0] == case_id:
        return redirect(url_for("console.case_new.slip"))
    return redirect(url_for("console.cases.show", case_id=case_id))
