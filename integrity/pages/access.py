"""Who may open which page of the officers' side.

Every view declares its policy on the line above it; one that does not stops the program at the start (check), and
`guard` lets nobody in whom the declaration does not name:

    @pages.post("/reports/<report_id>/reply")
    @access.policy(*access.EVERYONE, about="report")
    def reply(report_id: str) -> Response:
        with access.writing() as work:      # one transaction; the session is looked at again inside it
            casework.reply(work.session, work.take_up(report_id), request.form["text"], work.now)

A report that is not there, is gone, belongs to another agency or is not for this officer is one and the same 404.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import Unauthorized

from integrity import casework, sessions
from integrity.casework import View as OpenReport
from integrity.pages import forms
from integrity.pages.context import house, now, this_desk
from integrity.sealing import officer_reader
from integrity.setup import DEFAULT_TEXTS
from integrity.tables import OFFICER_ROLES, Desk, Officer, ReportKey
from integrity.vault.kdf import branch

EVERYONE = OFFICER_ROLES
INSIDE = ("officer", "custodian")
BLUEPRINT = "desk"
PUBLIC_BLUEPRINTS = {"public", "reporter", "followup"}  # pages without anybody's log-in, made by others
COOKIE, BROWSER_COOKIE = "desk_session", "desk_browser"
BROWSER_LASTS = 180 * 24 * 3600  # seconds
_OBJECTS = {"report_id": "report", "officer_id": "officer"}
_REPORT_ID = re.compile(r"[0-9a-f]{32}")
_LARGEST_ID = 2**31 - 1
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Policy:
    """`roles`: of active officers; None: nobody needs to be logged in. `about`: the object in the address, which
    has to be this officer's ("report") or this desk's ("officer")."""

    roles: frozenset[str] | None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What a view works with: a database session, the officer who is logged in, and their key."""

    session: Session
    desk: Desk
    me: Officer
    private: bytes = field(repr=False)
    now: datetime

    def read(self, report_id: str) -> OpenReport:
        """The report in clear, to be shown; logged. Raises casework.NotThere."""
        return casework.open_report(self.session, house().config, self.me, self.private, report_id, self.now)

    def take_up(self, report_id: str) -> OpenReport:
        """The report for an act on it, which is logged in place of the reading. Raises casework.NotThere."""
        return casework.take_up(self.session, house().config, self.me, self.private, report_id)


# -- declarations -------------------------------------------------------------------------------------------


def policy(*roles: str, about: str = "") -> Callable[[View], View]:
    """Declare who may open the view below: roles of OFFICER_ROLES. Raises ValueError for none or unknown ones."""
    if not roles or not set(roles) <= set(OFFICER_ROLES) or about not in ("", *_OBJECTS.values()):
        raise ValueError(f"a policy names roles of {OFFICER_ROLES} and perhaps what it is about")
    return _declare(Policy(frozenset(roles), about))


def stranger(view: View) -> View:
    """Declare that the view below needs no log-in."""
    return _declare(Policy(None))(view)


def declared(app: Flask, endpoint: str) -> Policy:
    """The policy of a view. Raises LookupError if there is none."""
    found = getattr(app.view_functions[endpoint], "desk_policy", None)
    if not isinstance(found, Policy):
        raise LookupError(f"{endpoint} does not say who may open it: put @access.policy(...) above it")
    return found


def check(app: Flask) -> None:
    """Raise LookupError if any route of the application has no policy, or one that forgets what the route is about."""
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        on_desk = rule.rule.startswith("/<code>/integrity/desk")
        if not on_desk and (blueprint in PUBLIC_BLUEPRINTS or rule.endpoint == "static"):
            continue
        about = declared(app, rule.endpoint).about
        needed = {_OBJECTS[name] for name in rule.arguments if name in _OBJECTS}
        if blueprint != BLUEPRINT or needed != ({about} - {""}):
            raise LookupError(f"{rule.rule} is not guarded: wrong blueprint, or its policy names another object")


def _declare(found: Policy) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.desk_policy = found  # type: ignore[attr-defined]
        return view

    return declare


# -- the guard ----------------------------------------------------------------------------------------------


def guard() -> Response | None:
    """Before every request to the desk: deny unless the view's policy allows this officer and this object."""
    wanted = declared(current_app, str(request.endpoint))
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        abort(403)
    g.officer = None
    if wanted.roles is None:
        if request.method == "POST" and forms.nonce() is None:
            abort(400)
        return None
    with house().database.reading() as session:
        unlocked = sessions.session_of(session, request.cookies.get(COOKIE, ""), now())
        if unlocked is None or unlocked.officer.desk_id != this_desk().id:
            return _log_in_first()
        if unlocked.officer.role not in wanted.roles:
            abort(403)
        if not _there(session, unlocked.officer, wanted.about, request.view_args or {}):
            abort(404)
    g.officer = unlocked.officer
    if request.method == "POST" and not hmac.compare_digest(request.form.get(forms.TOKEN, "").encode(), _own_token()):
        abort(400)
    return None


def token(page: str = "") -> str:
    """For the hidden field of every form: of this session, or while nobody is logged in, for the endpoint `page`."""
    return _own_token().decode() if g.officer else forms.new_token(page)


def _own_token() -> bytes:
    return branch(request.cookies.get(COOKIE, "").encode(), "form token").hex().encode()


def _there(session: Session, officer: Officer, about: str, arguments: dict[str, Any]) -> bool:
    if about == "report":
        report_id = arguments["report_id"]
        found = _REPORT_ID.fullmatch(report_id) and session.get(ReportKey, (report_id, officer_reader(officer.id)))
        return bool(found)
    if about == "officer":
        officer_id = arguments["officer_id"]
        other = session.get(Officer, officer_id) if officer_id <= _LARGEST_ID else None
        return other is not None and other.desk_id == officer.desk_id
    return True


def _log_in_first() -> Response:
    """The log-in page in place of the one that was asked for; a text that was just written is handed back."""
    return make_response(render_template("integrity/desk/log_in.html", written=written()), Unauthorized.code)


def written() -> str:
    """The texts of the form that came, to be handed back on a page that has no such form; never a secret."""
    return "\n\n".join(text for name in ("text", *DEFAULT_TEXTS) if (text := request.form.get(name, "")))


# -- what a view uses ---------------------------------------------------------------------------------------


@contextmanager
def reading() -> Iterator[Work]:
    """For looking at lists; render the page inside the block."""
    with house().database.reading() as session:
        yield _work(session)


@contextmanager
def writing() -> Iterator[Work]:
    """A transaction that is committed at the end of the block. To read a report is to write: it is logged."""
    with house().database.writing() as session:
        yield _work(session)


def _work(session: Session) -> Work:
    moment = now()
    unlocked = sessions.session_of(session, request.cookies.get(COOKIE, ""), moment)
    if unlocked is None:  # it ended since the guard looked
        abort(401)
    desk = session.get_one(Desk, unlocked.officer.desk_id)
    return Work(session, desk, unlocked.officer, unlocked.private, moment)


def let_in(response: Response, value: str, browser_mark: str) -> Response:
    """Cookies of a log-in: one for this session, one by which this browser is known to be the officer's."""
    response.set_cookie(COOKIE, value, **_flags())
    response.set_cookie(BROWSER_COOKIE, browser_mark, max_age=BROWSER_LASTS, **_flags())
    return response


def let_out(response: Response) -> Response:
    response.delete_cookie(COOKIE, **_flags())
    return response


def _flags() -> dict[str, Any]:
    secure = request.is_secure or house().config.public_url.startswith("https:")
    return {"path": f"/{g.code}/integrity/desk", "httponly": True, "samesite": "Strict", "secure": secure}
