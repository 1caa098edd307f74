"""Logging in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

import flask_login
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers import audit
from handlers.agencies import AgencyView
from handlers.people import operations as people
from handlers.people.agency_setup import DEMO_PASSWORD, DEMO_STAFF
from models.agency import Staff
from web.console import access
from web.security import limiter
from web.services import services

FAILED = 401  # only failed attempts count towards the limits
pages = Blueprint("login", __name__)


def _agency() -> AgencyView:
    """The agency to log in to: named in the form or the address, else the installation's own."""
    code = request.values.get("agency", "") or services().default_agency
    return services().agencies.get(code) or abort(404)


def _username() -> str:
    return f"login:{request.values.get('agency', '')}:{request.form.get('username', '').strip().lower()[:60]}"


def _failed(response: Response) -> bool:
    return response.status_code == FAILED


def _form(agency: AgencyView, username: str, where: str) -> str:
    """The page; that of the invented agency names its people, so that a newcomer can look around."""
    demo = agency.settings.get("demo")
    guests = [(name, people.ROLE_LABELS[role], unit or "") for name, _, _, role, unit in DEMO_STAFF] if demo else []
    return render_template(
        "console/login.html", agency=agency, username=username, next=where, guests=guests, guest_password=DEMO_PASSWORD
    )


def safe_next(address: str | None) -> str:
    """A page of the console to go to after logging in; anything else becomes the console's first page."""
    parts = urlsplit(address or "")
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/console/") and "\\" not in parts.path
    return str(address) if inside else url_for("console.login.home")


@pages.get("/")
@access.roles(*access.EVERYONE)
@access.without_new_password
def home() -> Response:
    """The first page after logging in: the first line of the person's menu."""
    from web.console import menu

    return redirect(url_for(menu()[0].endpoint))  # type: ignore[return-value]


@pages.get("/login")
@access.public
def page() -> ResponseReturnValue:
    if flask_login.current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    return _form(_agency(), "", request.args.get("next", ""))


@pages.post("/login")
@limiter.limit("30 per 15 minutes", deduct_when=_failed)
@limiter.limit("10 per 15 minutes", key_func=_username, deduct_when=_failed)
@access.public
def enter() -> ResponseReturnValue:
    agency = _agency()
    username, password = request.form.get("username", ""), request.form.get("password", "")
    with services().database.read(agency.id) as session:  # slow on purpose: outside the writers' queue
        staff = people.verify_login(session, username, password)
    with services().database.write(agency.id) as session:
        if staff is None:
            audit.record(session, "web", "login_failed")
        else:
            staff = session.get_one(Staff, staff.id)
            people.record_login(session, staff, password, access.now())
    if staff is None:
        flash("ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง", "bad")
        return _form(agency, username, request.form.get("next", "")), FAILED
    access.sign_in(agency, staff)
    return redirect(safe_next(request.form.get("next")))


@pages.post("/logout")
@access.roles(*access.EVERYONE)
@access.without_new_password
def leave() -> ResponseReturnValue:
    with access.writing() as session:
        audit.record(session, access.actor(), "logged_out", access.actor())
    code = access.agency().code
    access.sign_out()
    flash("ออกจากระบบแล้ว", "good")
    return redirect(url_for("console.login.page", agency=None if code == services().default_agency else code))
