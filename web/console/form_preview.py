"""A form looked at and tried out before it is published: as the public page, and as a chat. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.forms import Given
from handlers.services import rehearsal
from handlers.services.definition import Definition
from handlers.services.fields import FilesField
from models.form import FormDefinition, FormVersion
from web.assets import SECURITY_POLICY
from web.console import access
from web.console.form_builder import EDITORS, form_of, pages
from web.console.form_fields import fields_now, shown
from web.console.inputs import query_id
from web.public import form_page

# The preview stands in a frame of the builder; no other page may be put into one.
FRAMED = SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
READY = "ตัวอย่าง: กรอกครบถ้วน ส่งได้ (ไม่มีการบันทึก)"


@dataclass(frozen=True, slots=True)
class Shown:
    """What web/public/templates/public/form.html needs of a form."""

    key: str
    title: str
    about: str
    kind: str
    version_id: int
    known: Definition


def _asked(session: Session, form: FormDefinition) -> Definition | None:
    """The draft, or the version that the address names."""
    number = query_id("version")
    if number is None:
        return shown(form, fields_now(session, form)[1])
    version = access.found(
        session, select(FormVersion).where(FormVersion.form_id == form.id, FormVersion.number == number)
    )
    return shown(form, version.fields)


@pages.route("/<int:form_id>/page", methods=["GET", "POST"])
@access.roles(*EDITORS)
def as_page(form_id: int) -> Response:
    """The public page, drawn by its own template; sent, it says what is missing and stores nothing."""
    with access.reading() as session:
        form = form_of(session, form_id)
        known = _asked(session, form)
        if known is None:
            response = make_response(render_template("console/forms/nothing.html"))
        else:
            opened = Shown(form.key, form.title, form.about, form.kind, 0, known)
            g.public_agency = access.agency()
            response = make_response(_page(opened))
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _page(opened: Shown) -> str:
    agency, form = access.agency(), opened.known.form
    sent = request.method == "POST"
    given = form_page.read_typed(form, request.form) if sent else {}
    errors: dict[str, str] = {}
    if sent:
        files = {item.name: Given(photos=(0,)) for item in form.fields if isinstance(item, FilesField)
                 and any(one.filename for one in request.files.getlist(item.name))}  # fmt: skip
        _, errors = form.read_all({**form_page.for_reading(form, given), **files}, agency)
    return render_template(
        "public/form.html",
        opened=opened,
        controls=form_page.controls(form, agency, given, errors, (), opened.known.notes, hints=opened.known.hints),
        errors=errors,
        notices=[],
        seen=[],
        once="",
        source="",
        message=READY if sent and not errors else "",
        liff="",
        action=request.full_path,
    )


@pages.route("/<int:form_id>/try", methods=["GET", "POST"])
@access.roles(*EDITORS)
def rehearse(form_id: int) -> ResponseReturnValue:
    """The form as a conversation, played from the beginning with all that was said so far."""
    with access.reading() as session:
        form = form_of(session, form_id)
        known = _asked(session, form)
        if known is None:
            return render_template("console/forms/nothing.html", form=form)
        said = request.form.getlist("said")[: rehearsal.MOST_STEPS] if request.form.get("do") != "restart" else []
        if tapped := request.form.get("tap", ""):
            said.append(tapped)
        elif words := request.form.get("words", "").strip():
            said.append(f"text:{words}")
        return render_template(
            "console/forms/try.html",
            form=form,
            said=said,
            lines=rehearsal.converse(known, form.kind, access.agency(), said, access.now()),
            page=url_for("console.form_builder.as_page", form_id=form_id, version=query_id("version")),
            number=query_id("version"),
            over=len(said) >= rehearsal.MOST_STEPS,
        )
