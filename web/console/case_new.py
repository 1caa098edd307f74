"""A complaint that came by telephone, at the counter, by Facebook or letter (R12): the same form, typed by staff."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from handlers.complaints import operations
from handlers.complaints.form import FORM, to_new_case
from handlers.complaints.labels import CHANNEL_LABEL
from handlers.forms import Given
from handlers.questions import guard
from models.case import Case
from reports.qr import draw
from web.console import access, files
from web.public import form_page, once, photos
from web.services import services

pages = Blueprint("case_new", __name__, url_prefix="/cases/new")

CHANNELS = {name: CHANNEL_LABEL[name] for name in ("phone", "walk_in", "facebook", "letter")}
NOTES = {"accused_unit": "เลือกเฉพาะเรื่องเกี่ยวกับเจ้าหน้าที่ ส่วนงานที่เลือกจะไม่เห็นเรื่องนี้"}
SLIP = "slip"  # in the signed session: the case that was filed last and its secret, which is stored nowhere else


@pages.get("/")
@access.roles(*access.EVERYONE)
def page() -> str:
    return _page({}, {})


@pages.post("/")
@access.roles(*access.EVERYONE)
def create() -> ResponseReturnValue:
    """File it, or show the form again with what was typed and what is wrong."""
    agency, token = access.agency(), request.form.get("once", "") or once.new_token()
    if done := _already(token):
        return done
    given = form_page.read_typed(FORM, request.form)
    answers, errors = FORM.read_all(form_page.for_reading(FORM, given), agency)
    errors.pop("consent", None)  # a letter brings none: what was given is stored, nothing is asked for twice
    channel = request.form.get("channel", "")
    if channel not in CHANNELS:
        errors["channel"] = "เลือกช่องทางที่แจ้งมา"
    kept, problem = files.uploaded("photos", "before")
    if problem:
        errors["photos"] = problem
    if errors:
        return _page(given, errors, token, kept), 422
    new = to_new_case({**answers, "photos": kept}, agency, channel=channel)
    if notices := _notices(new):
        # The similar case may be this one: another press of the same button has filed it meanwhile.
        return _already(token) or (_page(given, {}, token, kept, notices), 422)
    try:
        with access.writing() as database:
            if not once.take(database, agency.id, token, access.now()):
                return redirect(url_for("console.inbox.index"))
            case, secret = operations.open_case(
                database, agency, new, access.actor(), access.now(), services().secret_key
            )
            once.remember(database, token, f"case:{case.id}")
    except operations.CaseError as error:
        return _page(given, {"detail": str(error)}, token, kept), 422
    session[SLIP] = [case.id, secret]
    return _after(case.id)


def _already(token: str) -> ResponseReturnValue | None:
    """The case that an earlier press of the button became."""
    with access.reading() as database:
        subject = once.became(database, token)
    return _after(int(subject.removeprefix("case:"))) if subject else None


def _notices(new: operations.NewCase) -> dict[str, Sequence[Case]]:
    """What the officer should think about before filing, unless it was shown already."""
    seen = request.form.getlist("seen")
    found: dict[str, Sequence[Case]] = {}
    warning = guard.classify(new.detail)
    if warning and warning.kind == "integrity" and "integrity" not in seen:
        found["integrity"] = ()
    category = access.agency().category(new.category_code)
    if category and "similar" not in seen:
        with access.reading() as database:
            similar = operations.similar_open(
                database, access.agency(), category.id, new.place, new.detail, access.now()
            )
            if similar:
                visible = select(Case.id).where(
                    Case.id.in_([case.id for case in similar]), operations.visible_to(access.me())
                )
                seen_ids = set(database.scalars(visible))
                similar = [case for case in similar if case.id in seen_ids]
        if similar:
            found["similar"] = tuple(similar)
    return found


def _page(
    given: Mapping[str, Given],
    errors: Mapping[str, str],
    token: str = "",
    kept: Sequence[int] = (),
    notices: Mapping[str, Sequence[Case]] | None = None,
) -> str:
    agency = access.agency()
    return render_template(
        "console/case_new.html",
        controls=form_page.controls(FORM, agency, given, errors, photos.shown(kept, agency.id), NOTES),
        errors=errors,
        once=token or once.new_token(),
        notices=notices or {},
        seen=sorted({*request.form.getlist("seen"), *(notices or {})}),
        channel=request.form.get("channel", "phone"),
        channels=CHANNELS,
    )


def _after(case_id: int) -> ResponseReturnValue:
    if session.get(SLIP, [None])[0] == case_id:
        return redirect(url_for("console.case_new.slip"))
    return redirect(url_for("console.cases.show", case_id=case_id))


@pages.get("/slip")
@access.roles(*access.EVERYONE)
def slip() -> str:
    """Number and secret to hand over, on paper or read aloud, with a QR code to the status page. Whoever typed the
    case in sees it, even when the case itself has gone to another unit."""
    case_id, secret = session.get(SLIP) or abort(404)
    with access.reading() as database:
        case = access.found(database, select(Case).options(joinedload(Case.category)).where(Case.id == case_id))
        mine = database.scalar(select(Case.id).where(Case.id == case_id, operations.visible_to(access.me())))
        picture = base64.b64encode(draw(access.agency().url(f"/status?number={case.number}"), "svg")).decode()
        return render_template(
            "console/slip.html",
            case=case,
            secret=f"{secret[:4]}-{secret[4:]}",
            qr=f"data:image/svg+xml;base64,{picture}",
            address=access.agency().url("/status"),
            mine=mine is not None,
        )
