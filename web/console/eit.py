"""The EIT survey for staff: the year's link and window, points and posters, reach against the target.

Who looks after the ITA (admin, ปลัด, or the person they chose) keeps it up; นายก looks; everybody else prints the
poster of their own desk.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers.eit import images, logo, operations, posters, rounds
from handlers.eit.operations import EitError
from handlers.eit.reach import reach
from models.agency import Agency, Staff, Unit
from models.eit import EitPoint, EitRound
from reports import charts
from reports import posters as paper
from reports.document import Chart
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from thai.fiscal import fiscal_year
from web.console import access
from web.console.inputs import number
from web.public.site import line_address
from web.services import services

pages = Blueprint("eit", __name__, url_prefix="/eit")

KEEPERS = ("admin", "clerk")
SHOWN_WEEKS = 26


# -- who may do what -------------------------------------------------------------------------------------


def keeps() -> bool:
    """Does this person look after the survey?"""
    me = access.me()
    return me.role in KEEPERS or access.agency().settings.get("ita_admin") == me.id


def looks() -> bool:
    return keeps() or access.me().role == "mayor"


def only_keepers() -> None:
    """For everybody else the page is not there: who keeps it up is no matter of roles alone."""
    if not keeps():
        abort(404)


def point_of(session: Session, point_id: int) -> EitPoint:
    """A point that this person may see: any, or those of their own desk and unit."""
    point = access.found(session, select(EitPoint).where(EitPoint.id == point_id))
    me = access.me()
    if not looks() and point.staff_id != me.id and (point.unit_id is None or point.unit_id != me.unit_id):
        abort(404)
    return point


# -- reading what was typed ------------------------------------------------------------------------------


def _day(name: str) -> date | None:
    """A day as people write it; None for an empty field. Raises EitError."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    try:
        return parse_date(typed, bangkok_date(access.now()), prefer="future")
    except ThaiDateError:
        raise EitError(name, "กรุณากรอกวันที่ เช่น 1 ม.ค. 2570") from None


def _people(name: str) -> int | None:
    """A count; None for an empty field. Raises EitError."""
    if not request.form.get(name, "").strip():
        return None
    count = number(name)
    if count is None:
        raise EitError(name, "กรุณากรอกเป็นตัวเลข เช่น 400")
    return count


def year_of(session: Session) -> int:
    """The fiscal year that is looked at: of the address, else that which concerns people today."""
    typed = request.args.get("year", "")
    today = bangkok_date(access.now())
    if typed.isascii() and typed.isdigit() and len(typed) == 4 and abs(int(typed) - fiscal_year(today)) <= 10:
        return int(typed)
    round_ = rounds.current(session, today)
    return round_.fiscal_year if round_ else fiscal_year(today)


# -- the overview ----------------------------------------------------------------------------------------


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    with access.reading() as session:
        return overview(session) if looks() else _own_desk(session)


def overview(session: Session, error: EitError | None = None) -> str:
    year, today = year_of(session), bangkok_date(access.now())
    figures = reach(session, year, access.now())
    round_ = rounds.of_year(session, year)
    return render_template(
        "console/eit/index.html",
        year=year,
        this_year=fiscal_year(today),
        round=round_,
        figures=figures,
        counts=[(date.fromisoformat(row["day"]), row["count"]) for row in reversed(figures["counts"])],
        weeks=[(date.fromisoformat(row["week"]), row["count"]) for row in figures["scans"]["by_week"]],
        chart=_chart(figures),
        warnings=_warnings(session, round_),
        points=_points(session, figures),
        keeps=keeps(),
        printable=round_ is not None and rounds.state(round_, today) in ("not_yet", "open"),
        sheets=paper.SHEETS,
        doors={name: label for name, label in posters.DOORS.items() if door(name) is not None},
        kinds=[(kind, operations.KIND_LABELS[kind]) for kind in operations.PLACES if kind != "officer"],
        units=session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id)).all(),
        snippet=_snippet(year),
        values=request.form if error else {},
        errors={error.field: str(error)} if error else {},
        today=today,
    )


def _own_desk(session: Session) -> str:
    today, me = bangkok_date(access.now()), access.me()
    round_ = rounds.current(session, today)
    mine = EitPoint.staff_id == me.id
    if me.unit_id is not None:
        mine |= EitPoint.unit_id == me.unit_id
    points = session.scalars(select(EitPoint).where(EitPoint.active, mine).order_by(EitPoint.id)).all()
    return render_template(
        "console/eit/desk.html",
        round=round_,
        state=rounds.state(round_, today),
        closed_notice=rounds.when(round_, today, access.agency().short_name),
        points=points,
        has_desk=any(point.staff_id == me.id for point in points),
        address=lambda point: posters.address(access.agency(), point),
        sheets=paper.SHEETS,
    )


def _warnings(session: Session, round_: EitRound | None) -> list[str]:
    if round_ is None:
        return []
    others = session.scalars(select(EitRound).where(EitRound.id != round_.id)).all()
    return rounds.warnings(round_, others)


def _points(session: Session, figures: dict[str, Any]) -> list[dict[str, Any]]:
    counts = {row["code"]: row["count"] for row in figures["scans"]["by_point"]}
    query = select(EitPoint).options(joinedload(EitPoint.unit)).order_by(EitPoint.active.desc(), EitPoint.id)
    return [
        {
            "point": point,
            "count": counts.get(point.code, 0),
            "kind": operations.KIND_LABELS[point.kind],
            "address": posters.address(access.agency(), point),
            "own": point.kind in operations.OWN_POINTS,
        }
        for point in session.scalars(query)
    ]


def _chart(figures: dict[str, Any]) -> str:
    """Scans by week as an address of a picture; "" while there are none."""
    weeks = figures["scans"]["by_week"][-SHOWN_WEEKS:]
    if not weeks:
        return ""
    picture = charts.svg(
        Chart(
            "สแกนรายสัปดาห์",
            tuple(format_date(date.fromisoformat(row["week"]))[:-3] for row in weeks),
            (("สแกน", tuple(float(row["count"]) for row in weeks)),),
            "ครั้ง",
        )
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"


def _snippet(year: int) -> str:
    agency = access.agency()
    return (
        f'<a href="{agency.url("/eit")}"><img src="{agency.url("/eit.png")}" width="240" height="240" '
        f'alt="แบบประเมิน EIT ของ{agency.short_name}"></a>'
    )


# -- the year's link -------------------------------------------------------------------------------------


def _settings(session: Session, error: EitError | None = None) -> str:
    year = year_of(session)
    round_ = rounds.of_year(session, year)
    people = select(Staff.id, Staff.name).where(Staff.active).order_by(Staff.name)
    return render_template(
        "console/eit/settings.html",
        year=year,
        round=round_,
        values=request.form if error and error.field not in ("ita_admin", "logo") else _as_typed(round_),
        errors={error.field: str(error)} if error else {},
        warnings=_warnings(session, round_),
        people=session.execute(people).all(),
        ita_admin=session.get_one(Agency, access.agency().id).settings.get("ita_admin"),
        has_logo=bool(logo.load(services().data, access.agency().code)),
    )


def _as_typed(round_: EitRound | None) -> dict[str, Any]:
    if round_ is None:
        return {}
    return {
        "url": round_.url,
        "opens": format_date(round_.opens_on, "long") if round_.opens_on else "",
        "closes": format_date(round_.closes_on, "long") if round_.closes_on else "",
        "target": round_.target,
    }


@pages.get("/settings")
@access.roles(*access.EVERYONE)
def settings() -> str:
    only_keepers()
    with access.reading() as session:
        return _settings(session)


@pages.post("/settings")
@access.roles(*access.EVERYONE)
def save_settings() -> ResponseReturnValue:
    only_keepers()
    today = bangkok_date(access.now())
    try:
        with access.writing() as session:
            year = year_of(session)
            details = operations.RoundDetails(
                fiscal_year=year,
                url=request.form.get("url", ""),
                opens_on=_day("opens"),
                closes_on=_day("closes"),
                target=_people("target"),
            )
            round_, warnings = operations.set_round(session, details, access.actor(), today)
            points = session.scalars(select(EitPoint).where(EitPoint.active).order_by(EitPoint.id)).all()
    except EitError as error:
        field = {"opens_on": "opens", "closes_on": "closes"}.get(error.field, error.field)
        with access.reading() as session:
            return _settings(session, EitError(field, str(error))), 400
    _write_images(round_, points, today)
    for warning in warnings:
        flash(warning, "bad")
    flash(f"บันทึก EIT ปีงบประมาณ {year} แล้ว", "good")
    return redirect(url_for("console.eit.index", year=year))


def _write_images(round_: EitRound, points: Sequence[EitPoint], today: date) -> None:
    """Renew the files of the codes; trouble with the disk is said and stops nothing."""
    agency = access.agency()
    folder = images.folder_of(services().qr, agency, round_.fiscal_year)
    try:
        if rounds.state(round_, today) in ("not_yet", "open"):
            images.write(folder, agency, points)
        else:
            images.remove(folder)
    except images.ImagesError as error:
        flash(str(error), "bad")


@pages.post("/ita-admin")
@access.roles("admin", "clerk")
def choose_ita_admin() -> ResponseReturnValue:
    try:
        with access.writing() as session:
            operations.choose_ita_admin(session, number("ita_admin"), access.actor())
    except EitError as error:
        with access.reading() as session:
            return _settings(session, error), 400
    flash("บันทึกผู้ดูแล ITA แล้ว", "good")
    return redirect(url_for("console.eit.settings"))


@pages.post("/logo")
@access.roles(*access.EVERYONE)
def save_logo() -> ResponseReturnValue:
    only_keepers()
    given = request.files.get("logo")
    try:
        logo.save(services().data, access.agency().code, given.read() if given else b"")
    except EitError as error:
        with access.reading() as session:
            return _settings(session, error), 400
    flash("บันทึกตราหน่วยงานแล้ว ป้ายที่พิมพ์ใหม่จะมีตรา", "good")
    return redirect(url_for("console.eit.settings"))


@pages.post("/logo/remove")
@access.roles(*access.EVERYONE)
def remove_logo() -> ResponseReturnValue:
    only_keepers()
    logo.remove(services().data, access.agency().code)
    flash("นำตราออกแล้ว", "good")
    return redirect(url_for("console.eit.settings"))


@pages.get("/logo.png")
@access.roles(*access.EVERYONE)
def logo_picture() -> Response:
    return Response(logo.load(services().data, access.agency().code) or abort(404), mimetype="image/png")


# -- ITAS's count ----------------------------------------------------------------------------------------


@pages.post("/count")
@access.roles(*access.EVERYONE)
def count() -> ResponseReturnValue:
    """What ITAS's own page says today, or on the day given."""
    only_keepers()
    today = bangkok_date(access.now())
    try:
        with access.writing() as session:
            round_ = access.found(session, select(EitRound).where(EitRound.fiscal_year == year_of(session)))
            counted = _people("count")
            if counted is None:
                raise EitError("count", "กรุณากรอกจำนวนผู้ตอบตามหน้า ITAS")
            operations.record_count(session, round_, _past("day") or today, counted, access.actor(), today)
            year = round_.fiscal_year
    except EitError as error:
        with access.reading() as session:
            return overview(session, error), 400
    flash("บันทึกยอดจาก ITAS แล้ว", "good")
    return redirect(url_for("console.eit.index", year=year))


@pages.post("/iit")
@access.roles(*access.EVERYONE)
def iit() -> ResponseReturnValue:
    """How many of the staff are to answer the inside survey, and have, as ITAS's own page says."""
    only_keepers()
    today = bangkok_date(access.now())
    try:
        with access.writing() as session:
            round_ = access.found(session, select(EitRound).where(EitRound.fiscal_year == year_of(session)))
            target, counted = _people("iit_target"), _people("iit_count")
            operations.record_iit(session, round_, target, counted, _past("iit_day") or today, access.actor(), today)
            year = round_.fiscal_year
    except EitError as error:
        with access.reading() as session:
            return overview(session, error), 400
    flash("บันทึกยอด IIT แล้ว", "good")
    return redirect(url_for("console.eit.index", year=year, _anchor="iit"))


def _past(name: str) -> date | None:
    typed = request.form.get(name, "").strip()
    try:
        return parse_date(typed, bangkok_date(access.now())) if typed else None
    except ThaiDateError:
        raise EitError(name, "กรุณากรอกวันที่ เช่น 3 มี.ค. 2570") from None


def door(name: str) -> paper.Poster | None:
    """The poster of another door of this agency (handlers.eit.posters.DOORS), if it has that door."""
    return posters.for_door(access.agency(), name, line_address(access.agency()))
