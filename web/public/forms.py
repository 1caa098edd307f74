"""The agency's own forms on the web: the list, a form as one page, and what its answers become.

The page works as LINE's web view (LIFF) too, where the agency has one: web/static/liff.js brings the person's ID token,
and only what LINE's server says about it is believed (web/services.py `line_user`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import numbers
from handlers.agencies import FormView
from handlers.forms import Given
from handlers.questions import guard
from handlers.questions.packs import replies
from handlers.services import answering, chat
from handlers.services.definition import Definition
from handlers.services.fields import FilesField, today
from handlers.services.operations import FormError, definition_of, open_form
from models.case import Case
from models.conversation import Consent, Conversation
from models.form import FormDefinition, FormVersion
from models.thread import Attachment
from web.assets import SECURITY_POLICY
from web.public import form_page, once, photos
from web.public.complain import MOST_BYTES, STALE, TRAP, TRAPPED, Notice
from web.public.site import agency, keeps_typed, line_address, now, pages, private_page
from web.security import limiter
from web.services import services

LIFF_ID = re.compile(r"(\d{8,12})-[A-Za-z0-9]{6,12}")
LIFF_HOST = "https://static.line-scdn.net"
LIFF_POLICY = (
    f"{SECURITY_POLICY}; script-src 'self' {LIFF_HOST}; connect-src 'self' https://api.line.me https://*.line.me"
)
LONGEST_SOURCE = 60


@dataclass(frozen=True, slots=True)
class Opened:
    """The form of this page: its own words, the version that is being filled in, and whether it is still open."""

    key: str
    title: str
    about: str
    kind: str
    version_id: int
    known: Definition


def liff_id() -> str:
    """The agency's LIFF id ("1234567890-AbcdEfgh"), or "" while there is none."""
    value = agency().fields.get("liff_id", "").strip()
    return value if LIFF_ID.fullmatch(value) else ""


@pages.get("/forms")
def forms() -> ResponseReturnValue:
    """The forms that lists show."""
    return _with_liff(render_template("public/forms.html", forms=chat.open_forms(agency()), liff=liff_id()))


@pages.get("/forms/<key>")
def form(key: str) -> ResponseReturnValue:
    """The empty form; ?unit= fills in the unit that a counter's QR code means, ?from= says which counter it was."""
    view = agency().forms.get(key)
    if view is None:
        with services().database.read(agency().id) as session:
            if session.scalar(select(FormDefinition.id).where(FormDefinition.key == key)) is None:
                abort(404)
        return private_page("public/form_closed.html", 410)
    if not view.open_on(today()):
        return private_page("public/form_closed.html", 410, form=view, waits=view.opens_on and today() < view.opens_on)
    opened = _of_view(view)
    given = {item.name: Given(value=request.args["unit"]) for item in opened.known.of_type("unit")[:1]
             if request.args.get("unit", "").isdecimal()}  # fmt: skip
    return _page(opened, given, {})


@pages.post("/forms/<key>", endpoint="send_form")
@keeps_typed
@limiter.limit("12/minute;240/hour")
def send(key: str) -> ResponseReturnValue:
    """Take the answers, or show the form again with what was typed and what is wrong."""
    view, opened = agency(), _opened(key)
    fields = opened.known.form
    token = request.form.get("once", "") or once.new_token()
    given = form_page.read_typed(fields, request.form)
    answers, _ = fields.read_all(form_page.for_reading(fields, given), view)
    ticket = _key(token, opened, answers)
    if done := _already(opened, ticket):
        return done
    warning = guard.classify(" ".join(item.text for item in given.values() if item.text))
    seen = set(request.form.getlist("seen"))
    if warning and warning.kind == "integrity" and "integrity" not in seen:
        return _page(opened, given, {}, token, notices=[Notice("integrity")])
    kept, problems = photos.of_form(fields, view.id, fields.stored(answers))
    with_files = {
        **form_page.for_reading(fields, given),
        **{n: Given(photos=tuple(ids)) for n, ids in kept.items() if ids},
    }
    answers, errors = fields.read_all(with_files, view)
    errors |= problems
    message = STALE if g.get("stale_token") else TRAPPED if request.form.get(TRAP) else ""
    if errors or message:
        return _page(opened, given, errors, token, kept, message=message, status=422)
    if warning and warning.kind in ("emergency", "crisis") and "emergency" not in seen:
        topic = warning.topic if warning.topic in replies.EMERGENCY else "crisis"
        notice = Notice("emergency", view.fill(replies.EMERGENCY[topic]))
        return _page(opened, given, {}, token, kept, [notice])
    try:
        _take(opened, ticket, answers, kept)
    except FormError as error:
        return _page(opened, given, {}, token, kept, message=str(error), status=422)
    done = _already(opened, ticket)
    if done is None:
        raise RuntimeError("a form was taken and nothing is known of it")
    return done


# -- which form ------------------------------------------------------------------------------------------


def _of_view(view: FormView) -> Opened:
    return Opened(view.key, view.title, view.about, view.kind, view.version_id, open_form(view))


def _opened(key: str) -> Opened:
    """The version that the page was drawn with, also when the form has changed or closed since; else the one in use."""
    view, wanted = agency().forms.get(key), request.form.get("version", "")
    if wanted.isdecimal() and len(wanted) < 10 and (view is None or view.version_id != int(wanted)):
        with services().database.read(agency().id) as session:
            version = session.get(FormVersion, int(wanted))
            if version and version.published_at is not None and version.form.key == key:
                about = version.form.about
                return Opened(key, version.form.title, about, version.form.kind, version.id, definition_of(version))
    return _of_view(view) if view else abort(404)


# -- the page --------------------------------------------------------------------------------------------


def _page(
    opened: Opened,
    given: Mapping[str, Given],
    errors: Mapping[str, str],
    token: str = "",
    kept: Mapping[str, list[int]] | None = None,
    notices: list[Notice] | None = None,
    message: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    view, known = agency(), opened.known
    shown = {name: photos.shown(ids, view.id) for name, ids in (kept or {}).items()}
    wanted = opened.kind != "anonymous" and (opened.key not in view.forms or view.forms[opened.key].liff)
    liff = liff_id() if wanted else ""
    page = render_template(
        "public/form.html",
        opened=opened,
        controls=form_page.controls(
            known.form, view, given, errors, shown, {**_limits(known), **known.notes}, hints=known.hints
        ),
        errors=errors,
        notices=notices or [],
        seen=sorted({*request.form.getlist("seen"), *(notice.kind for notice in notices or [])}),
        once=token or once.new_token(),
        source=request.values.get("source", request.args.get("from", ""))[:LONGEST_SOURCE],
        message=message,
        liff=liff,
    )
    return _with_liff(page, status) if liff else (page, status)


def _limits(known: Definition) -> dict[str, str]:
    """What may be sent as files, by field."""
    return {
        item.name: f"ไม่เกิน {item.most} {item.what}" + (" (รูปภาพ PDF Word หรือ Excel)" if item.documents else "")
        for item in known.form.fields
        if isinstance(item, FilesField)
    }


def _with_liff(page: str, status: int = 200) -> Response:
    """The page with leave to load LINE's script, where there is a LIFF id: this page alone asks a third party."""
    response = make_response(page, status)
    if liff_id():
        response.headers["Content-Security-Policy"] = LIFF_POLICY
    return response


# -- taking it in ----------------------------------------------------------------------------------------


def _key(token: str, opened: Opened, answers: Mapping[str, Any]) -> str:
    """What makes this filing this filing: the page's token and what was typed."""
    typed = {name: value for name, value in answers.items() if not isinstance(opened.known.form[name], FilesField)}
    digest = hashlib.sha256(json.dumps(typed, sort_keys=True).encode()).hexdigest()
    return f"{token}|form|{opened.version_id}|{digest}"


def _take(opened: Opened, ticket: str, answers: dict[str, Any], kept: Mapping[str, list[int]]) -> None:
    """Store it, once. Raises FormError."""
    view, known, moment = agency(), services(), now()
    user_id = _line_user() if opened.kind != "anonymous" else None
    with known.database.write(view.id) as session:
        if not once.take(session, view.id, ticket, moment):
            return
        talk = _conversation(session, user_id)
        notice = answers.get("consent")
        if talk is not None:
            ids = [one for ids in kept.values() for one in ids]
            session.execute(update(Attachment).where(Attachment.id.in_(ids)).values(conversation_id=talk.id))
            if notice is not None:
                session.add(Consent(conversation_id=talk.id, notice_version=notice, at=moment))
        given = answering.Submission(
            answers=answers,
            channel="web",
            conversation_id=talk.id if talk else None,
            source=request.form.get("source", ""),
            notice_version=notice,
        )
        version = session.get_one(FormVersion, opened.version_id)
        taken = answering.submit(session, view, version, given, "web", moment, known.secret_key)
        if taken.case is None:
            once.remember(session, ticket, f"form:{version.form_id}")
            return
        # The same press of the button twice must show the same secret, so it comes from the form's key.
        secret = once.secret_of(known.secret_key, ticket)
        taken.case.secret_hash = numbers.hash_secret(known.secret_key, taken.case.number, secret)
        once.remember(session, ticket, f"case:{taken.case.id}")


def _line_user() -> str | None:
    """Who fills in the form inside LINE, by LINE's word; None on the plain web."""
    token, channel = request.form.get("line_token", ""), LIFF_ID.fullmatch(liff_id())
    return services().line_user(token, channel[1]) if token and channel else None


def _conversation(session: Session, user_id: str | None) -> Conversation | None:
    """The chat of this LINE user, if they are a friend of the account: pushes of status go there."""
    if user_id is None:
        return None
    return session.scalars(select(Conversation).where(Conversation.line_user_id == user_id)).first()


def _already(opened: Opened, ticket: str) -> ResponseReturnValue | None:
    """The page after the form was taken; None while it was not."""
    with services().database.read(agency().id) as session:
        subject = once.became(session, ticket)
        if not subject:
            return None
        if subject.startswith("form:"):
            return private_page("public/form_thanks.html", opened=opened)
        case = session.get_one(Case, int(subject.removeprefix("case:")))
        secret = once.secret_of(services().secret_key, ticket)
        shown = f"{secret[:4]}-{secret[4:]}"
        told = case.conversation_id is not None
        return private_page(
            "public/sent.html", case=case, secret=shown, line_url="" if told else line_address(agency())
        )


send.most_bytes = MOST_BYTES
