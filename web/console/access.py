"""Who may open which page of the console.

Every view declares its roles on the line above it; one that does not stops the program at the start (check), and
`guard` lets nobody in whom the declaration does not name:

    @pages.get("/")
    @access.roles(*access.EVERYONE)          # or access.roles("admin"), access.roles("admin", "clerk")
    def index() -> str:
        with access.reading() as session:    # scoped to the agency of the person who is signed in
            rows = session.scalars(select(Case).where(operations.visible_to(access.me()))).all()
            return render_template("console/cases.html", rows=rows)

    @pages.post("/<int:case_id>/accept")
    @access.roles(*access.EVERYONE)
    def accept(case_id: int) -> Response:
        with access.writing() as session:    # committed at the end of the block
            case = access.found(session, select(Case).where(Case.id == case_id, operations.visible_to(access.me())))
            operations.accept(session, access.agency(), case, access.me(session), access.now())
        flash("รับเรื่องแล้ว", "good")
        return redirect(url_for("console.cases.show", case_id=case_id))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import flask_login
from flask import Flask, Response, abort, current_app, redirect, request, session, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from handlers.agencies import AgencyView
from models.agency import ROLES, Staff
from web.services import services

EVERYONE = ROLES
LARGEST_ID = 2**31 - 1  # of the ids in our tables; the databases refuse more in ways of their own
View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")

logins = flask_login.LoginManager()


@dataclass(frozen=True)
class Person(flask_login.UserMixin):
    """A staff member who is signed in. `staff` is detached; its unit is loaded."""

    agency: AgencyView
    staff: Staff

    def get_id(self) -> str:
        return f"{self.agency.code}:{self.staff.id}:{self.staff.session_version}"


@logins.user_loader
def _load(token: str) -> Person | None:
    code, _, rest = token.partition(":")
    agency = services().agencies.get(code)
    staff_id, _, version = rest.partition(":")
    if agency is None or not (staff_id.isdigit() and version.isdigit()):
        return None
    with services().database.read(agency.id) as database:
        staff = database.scalars(
            select(Staff).options(joinedload(Staff.unit)).where(Staff.id == int(staff_id), Staff.active)
        ).first()
    return Person(agency, staff) if staff and staff.session_version == int(version) else None


# -- declarations and the guard --------------------------------------------------------------------------


def roles(*names: str) -> Callable[[View], View]:
    """Declare who may open the view below (ROLES); an empty list is a mistake (ValueError)."""
    if not names or not set(names) <= set(ROLES):
        raise ValueError(f"roles of a view are some of {ROLES}")

    def declare(view: View) -> View:
        view.allowed_roles = frozenset(names)  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that the view below needs no log-in."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return view


def without_new_password(view: View) -> View:
    """The view below can be opened by a person who has to choose a new password first."""
    view.before_new_password = True  # type: ignore[attr-defined]
    return view


def declared(app: Flask, endpoint: str) -> frozenset[str] | None:
    """The roles of a view; None for a public one. Raises LookupError if nothing is declared."""
    view = app.view_functions[endpoint]
    if not hasattr(view, "allowed_roles"):
        raise LookupError(f"{endpoint} does not say who may open it: put @access.roles(...) above it")
    return cast("frozenset[str] | None", view.allowed_roles)


def check(app: Flask) -> None:
    """Raise LookupError if any view of the console does not declare its roles."""
    for endpoint in app.view_functions:
        if endpoint.startswith("console."):
            declared(app, endpoint)


def guard() -> Response | None:
    """Before every request to the console: deny unless the view's declaration allows this person."""
    allowed = declared(current_app, str(request.endpoint))
    if allowed is None:
        return None
    if not flask_login.current_user.is_authenticated:
        where = request.full_path.rstrip("?") if request.method == "GET" else None
        return cast(Response, redirect(url_for("console.login.page", next=where)))
    if me().role not in allowed:
        abort(403)
    if any(isinstance(value, int) and value > LARGEST_ID for value in (request.view_args or {}).values()):
        abort(404)
    if me().must_change_password and not hasattr(
        current_app.view_functions[str(request.endpoint)], "before_new_password"
    ):
        return cast(Response, redirect(url_for("console.account.password")))
    return None


# -- what a view uses ------------------------------------------------------------------------------------


def me(database: Session | None = None) -> Staff:
    """The person who is signed in: detached, or the row in `database` for operations that change it."""
    staff = cast(Person, flask_login.current_user).staff
    return database.get_one(Staff, staff.id) if database is not None else staff


def actor() -> str:
    """Who acts, for the audit log."""
    return f"staff:{me().id}"


def agency() -> AgencyView:
    """The agency of the person who is signed in."""
    return cast(Person, flask_login.current_user).agency


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for looking, scoped to the agency; render the page inside the block."""
    with services().database.read(agency().id) as database:
        yield database


@contextmanager
def writing() -> Iterator[Session]:
    """A session whose work is committed at the end of the block, scoped to the agency."""
    with services().database.write(agency().id) as database:
        yield database
    services().agencies.refresh(agency().code)  # so that the next page shows the change


def found(database: Session, query: Select[Row]) -> Row:
    """The one row of the query, or 404: a row of another agency or out of this person's sight is not there."""
    row = database.scalars(query).first()
    if row is None:
        abort(404)
    return row


def sign_in(agency: AgencyView, staff: Staff) -> None:
    """Begin a fresh session for this person."""
    session.clear()
    session.permanent = True
    flask_login.login_user(Person(agency, staff))


def sign_out() -> None:
    flask_login.logout_user()
    session.clear()
