"""The EIT survey's points and everything that is printed: posters, stands, cards, the codes themselves."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.eit import logo, operations, posters, rounds
from handlers.eit.operations import EitError
from models.agency import Unit
from models.eit import EitPoint
from reports import posters as paper
from reports import qr
from reports.typeset import TypesetError
from thai.dates import bangkok_date
from web.console import access, eit
from web.console.inputs import number, ticked
from web.services import services

MIME = {"png": "image/png", "svg": "image/svg+xml"}


# -- points ----------------------------------------------------------------------------------------------


@eit.pages.post("/points")
@access.roles(*access.EVERYONE)
def add_point() -> ResponseReturnValue:
    eit.only_keepers()
    try:
        with access.writing() as session:
            operations.add_point(
                session,
                request.form.get("name", ""),
                access.actor(),
                kind=request.form.get("kind", "counter"),
                unit_id=_unit(session),
            )
    except EitError as error:
        with access.reading() as session:
            return eit.overview(session, error), 400
    flash("เพิ่มจุดบริการแล้ว", "good")
    return redirect(url_for("console.eit.index", _anchor="points"))


def _unit(session: Session) -> int | None:
    unit_id = number("unit_id")
    if unit_id is not None:
        access.found(session, select(Unit).where(Unit.id == unit_id))
    return unit_id


@eit.pages.post("/desk")
@access.roles(*access.EVERYONE)
def add_desk() -> ResponseReturnValue:
    """A point on one's own desk."""
    with access.writing() as session:
        operations.desk_of(session, access.me(session), access.actor())
    flash("ทำป้ายของโต๊ะคุณแล้ว ดาวน์โหลดไปพิมพ์ได้เลย", "good")
    return redirect(url_for("console.eit.index"))


def _edit(session: Session, point: EitPoint, error: EitError | None = None) -> str:
    return render_template(
        "console/eit/point.html",
        point=point,
        address=posters.address(access.agency(), point),
        values=request.form if error else point,
        errors={error.field: str(error)} if error else {},
        kinds=[(kind, operations.KIND_LABELS[kind]) for kind in operations.PLACES],
        units=session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id)).all(),
    )


@eit.pages.get("/points/<int:point_id>")
@access.roles(*access.EVERYONE)
def point(point_id: int) -> str:
    eit.only_keepers()
    with access.reading() as session:
        return _edit(session, eit.point_of(session, point_id))


@eit.pages.post("/points/<int:point_id>")
@access.roles(*access.EVERYONE)
def save_point(point_id: int) -> ResponseReturnValue:
    eit.only_keepers()
    try:
        with access.writing() as session:
            operations.save_point(
                session,
                eit.point_of(session, point_id),
                access.actor(),
                name=request.form.get("name", ""),
                kind=request.form.get("kind", ""),
                unit_id=_unit(session),
                active=ticked("active"),
            )
    except EitError as error:
        with access.reading() as session:
            return _edit(session, eit.point_of(session, point_id), error), 400
    flash("บันทึกแล้ว ที่อยู่ของคิวอาร์โค้ดยังเหมือนเดิม", "good")
    return redirect(url_for("console.eit.index", _anchor="points"))


@eit.pages.get("/points/<int:point_id>.<any(png, svg):kind>")
@access.roles(*access.EVERYONE)
def point_picture(point_id: int, kind: str) -> Response:
    """The code of one point, for somebody's own layout."""
    with access.reading() as session:
        picture = qr.draw(posters.address(access.agency(), eit.point_of(session, point_id)), kind, "H")
    return Response(picture, mimetype=MIME[kind])


# -- paper -----------------------------------------------------------------------------------------------


def _sheet() -> paper.Sheet:
    sheet = request.args.get("sheet", "a4")
    if sheet not in paper.SHEETS:
        abort(404)
    return sheet


def print_posters(sheets: Sequence[paper.Poster], name: str) -> Response:
    """The posters as one PDF on the paper that the address asks for (?sheet=); 404 for unknown paper."""
    sheet = _sheet()
    try:
        made = paper.draw(sheets, sheet, logo.load(services().data, access.agency().code))
    except TypesetError:  # a logo that was put there by hand
        made = paper.draw(sheets, sheet)
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{sheet}.pdf"'
    return response


@eit.pages.get("/posters.pdf")
@access.roles(*access.EVERYONE)
def posters_pdf() -> ResponseReturnValue:
    """The posters of all points, or of ?point=; none for a link that is unknown or over."""
    today = bangkok_date(access.now())
    wanted = request.args.get("point", type=int)
    with access.reading() as session:
        year = eit.year_of(session)
        round_ = rounds.of_year(session, year)
        if wanted is not None:
            points = [eit.point_of(session, min(wanted, access.LARGEST_ID))]
        elif eit.looks():
            points = operations.to_print(session)
        else:
            abort(404)
    if round_ is None or rounds.state(round_, today) not in ("not_yet", "open"):
        flash(f"{rounds.when(round_, today, access.agency().short_name)} จึงไม่พิมพ์ป้าย", "bad")
        return redirect(url_for("console.eit.index", year=year))
    name = f"eit-{year}" if wanted is None else f"eit-{year}-{points[0].code}"
    return print_posters(posters.for_points(access.agency(), round_, points), name)


@eit.pages.get("/doors/<any(line, complain, integrity, ask):name>.pdf")
@access.roles(*access.EVERYONE)
def door_pdf(name: str) -> Response:
    """A poster of the LINE account, the complaints page, the integrity door or the questions page."""
    found = eit.door(name)
    if found is None:
        abort(404)
    return print_posters([found], name)


@eit.pages.get("/forms/<int:form_id>.pdf")
@access.roles(*access.EVERYONE)
def form_pdf(form_id: int) -> Response:
    """A poster of one of the agency's forms."""
    form = next((form for form in access.agency().forms.values() if form.id == form_id), None)
    if form is None:
        abort(404)
    return print_posters([posters.for_form(access.agency(), form)], f"form-{form.key}")
