"""The desk's counter: a tap for each who comes, or the day's paper tally typed in. Nobody is asked who they are."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from handlers.walkins import counts, operations
from handlers.walkins.operations import WalkinError
from models.agency import Unit
from thai.dates import bangkok_date, format_date
from thai.digits import to_arabic
from web.console import access
from web.console.inputs import query_id

pages = Blueprint("walkins", __name__, url_prefix="/walkins")

COUNTERS = ("officer", "head", "clerk", "admin")


def _unit(session: Session, unit_id: int) -> Unit:
    """The unit, if this person may count there; else 404."""
    found = next((unit for unit in operations.units_for(session, access.me()) if unit.id == unit_id), None)
    return found or abort(404)


def _day(typed: str) -> date:
    """A day (ISO) that may still be typed in; today without one, 404 for any other."""
    today = bangkok_date(access.now())
    try:
        day = date.fromisoformat(typed) if typed else today
    except ValueError:
        abort(404)
    return day if operations.first_day(today) <= day <= today else abort(404)


@pages.get("/")
@access.roles(*COUNTERS)
def index() -> str:
    """Buttons for today, of the unit in the address or one's own."""
    today = bangkok_date(access.now())
    wanted = query_id("unit")
    with access.reading() as session:
        units = operations.units_for(session, access.me())
        unit = _unit(session, wanted) if wanted is not None else next(iter(units), None)
        lines = counts.lines(session, unit.id, today) if unit else []
        return render_template("console/walkins/index.html", units=units, unit=unit, lines=lines, today=today)


@pages.post("/<int:unit_id>/tap")
@access.roles(*COUNTERS)
def tap(unit_id: int) -> ResponseReturnValue:
    """One more (`more`: the service's id, 0 for anything else) or one fewer (`fewer`)."""
    fewer = "fewer" in request.form
    with access.writing() as session:
        unit = _unit(session, unit_id)
        today = bangkok_date(access.now())
        chosen = request.form.get("fewer" if fewer else "more")
        line = next((line for line in counts.lines(session, unit.id, today) if str(line.id) == chosen), None)
        if line is None:
            abort(404)
        operations.tap(session, access.agency().id, unit.id, line.key, today, fewer=fewer)
    return redirect(url_for("console.walkins.index", unit=unit_id, _anchor=f"s-{line.id}"))


@pages.get("/<int:unit_id>/tally")
@access.roles(*COUNTERS)
def tally(unit_id: int) -> str:
    with access.reading() as session:
        return _tally(session, _unit(session, unit_id), _day(request.args.get("day", "")))


@pages.post("/<int:unit_id>/tally")
@access.roles(*COUNTERS)
def save_tally(unit_id: int) -> ResponseReturnValue:
    """A day's numbers (`day`), each beside the one that the page showed."""
    day = _day(request.form.get("day", ""))
    try:
        with access.writing() as session:
            unit = _unit(session, unit_id)
            typed = {
                line.key: (_whole(f"shown-{line.id}"), _whole(f"count-{line.id}"))
                for line in counts.lines(session, unit.id, day)
                if f"count-{line.id}" in request.form
            }
            changed = operations.type_in(session, access.agency().id, unit, day, typed, access.actor())
    except WalkinError as error:
        with access.reading() as session:
            return _tally(session, _unit(session, unit_id), day, error), 422
    if changed:
        flash(f"บันทึกจำนวนของ{format_date(day, 'weekday')}แล้ว", "good")
    else:
        flash("ไม่มีจำนวนที่เปลี่ยน", "good")
    return redirect(url_for("console.walkins.tally", unit_id=unit_id, day=day.isoformat()))


def _whole(name: str) -> int:
    """A number of people, Thai or Arabic digits; 0 for nothing, -1 for what is no number."""
    typed = to_arabic(request.form.get(name, "")).strip().replace(",", "")
    if not typed:
        return 0
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else -1


def _tally(session: Session, unit: Unit, day: date, error: WalkinError | None = None) -> str:
    today = bangkok_date(access.now())
    back = (today - operations.first_day(today)).days
    return render_template(
        "console/walkins/tally.html",
        unit=unit,
        day=day,
        days=[today - timedelta(days=number) for number in range(back + 1)],
        lines=counts.lines(session, unit.id, day),
        typed=request.form if error else {},
        error=error,
    )
