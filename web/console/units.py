"""The divisions: name, phone, who answers; what an import suggested is kept, renamed or merged."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers.duties import giving
from handlers.people import organisation
from handlers.people.operations import PeopleError
from models.agency import Staff, Unit
from web.console import access
from web.console.inputs import number, ticked

pages = Blueprint("units", __name__, url_prefix="/units")


def _unit(session: Session, unit_id: int) -> Unit:
    return access.found(session, select(Unit).where(Unit.id == unit_id))


def _form(session: Session, unit: Unit | None, error: PeopleError | None = None) -> str:
    people = select(Staff.id, Staff.name).where(Staff.active).order_by(Staff.name)
    others = select(Unit.id, Unit.name).where(Unit.active, Unit.id != (unit.id if unit else 0)).order_by(Unit.id)
    return render_template(
        "console/units/edit.html",
        unit=unit,
        values=request.form if error else unit,
        errors={error.field: str(error)} if error else {},
        people=session.execute(people).all(),
        others=session.execute(others).all(),
    )


def _save(session: Session, unit: Unit | None) -> None:
    organisation.save_unit(
        session,
        unit,
        name=request.form.get("name", ""),
        phone=request.form.get("phone", ""),
        answerer_id=number("answerer_id"),
        active=ticked("active"),
        actor=access.actor(),
    )
    giving.follow_units(session, access.agency(), access.actor(), access.now())


@pages.get("/")
@access.roles("admin")
def index() -> str:
    with access.reading() as session:
        units = session.scalars(
            select(Unit).options(joinedload(Unit.answerer)).order_by(Unit.suggested.desc(), Unit.active.desc(), Unit.id)
        ).all()
        return render_template("console/units/index.html", units=units)


@pages.get("/new")
@access.roles("admin")
def new() -> str:
    with access.reading() as session:
        return _form(session, None)


@pages.post("/new")
@access.roles("admin")
def add() -> ResponseReturnValue:
    try:
        with access.writing() as session:
            _save(session, None)
    except PeopleError as error:
        with access.reading() as session:
            return _form(session, None, error), 400
    flash("เพิ่มส่วนงานแล้ว", "good")
    return redirect(url_for("console.units.index"))


@pages.get("/<int:unit_id>")
@access.roles("admin")
def edit(unit_id: int) -> str:
    with access.reading() as session:
        return _form(session, _unit(session, unit_id))


@pages.post("/<int:unit_id>")
@access.roles("admin")
def save(unit_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            _save(session, _unit(session, unit_id))
    except PeopleError as error:
        with access.reading() as session:
            return _form(session, _unit(session, unit_id), error), 400
    flash("บันทึกแล้ว", "good")
    return redirect(url_for("console.units.index"))


@pages.post("/<int:unit_id>/keep")
@access.roles("admin")
def keep(unit_id: int) -> ResponseReturnValue:
    """Keep a suggested unit as it is."""
    with access.writing() as session:
        organisation.keep_unit(session, _unit(session, unit_id), access.actor())
        giving.follow_units(session, access.agency(), access.actor(), access.now())
    flash("เก็บส่วนงานนี้ไว้แล้ว", "good")
    return redirect(url_for("console.units.index"))


@pages.post("/<int:unit_id>/merge")
@access.roles("admin")
def merge(unit_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        unit = _unit(session, unit_id)
        try:
            organisation.merge_unit(session, unit, _unit(session, number("into") or 0), access.actor())
            giving.follow_units(session, access.agency(), access.actor(), access.now())
        except PeopleError as error:
            flash(str(error), "bad")
            return redirect(url_for("console.units.edit", unit_id=unit_id))
    flash("รวมส่วนงานแล้ว เรื่องและเจ้าหน้าที่ย้ายตามไปด้วย", "good")
    return redirect(url_for("console.units.index"))
