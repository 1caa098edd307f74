"""The people of the agency: add, edit, deactivate, a new password, a LINE link code."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers.duties import moves
from handlers.people import operations as people
from handlers.people.operations import PeopleError, StaffDetails
from models.agency import Staff, Unit
from web.console import access
from web.console.account import link_help
from web.console.inputs import number

pages = Blueprint("staff", __name__, url_prefix="/staff")


def _details() -> StaffDetails:
    form = request.form
    return StaffDetails(
        username=form.get("username", ""),
        name=form.get("name", ""),
        role=form.get("role", ""),
        unit_id=number("unit_id"),
        position=form.get("position", ""),
        email=form.get("email", ""),
        phone=form.get("phone", ""),
    )


def _form(session: Session, person: Staff | None, error: PeopleError | None = None) -> str:
    """The page of a person (None: a new one); what was typed stays after a mistake."""
    return render_template(
        "console/staff/edit.html",
        person=person,
        values=request.form if error else person,
        errors={error.field: str(error)} if error else {},
        roles=people.ROLE_LABELS.items(),
        units=session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id)).all(),
    )


def _person(session: Session, staff_id: int) -> Staff:
    return access.found(session, select(Staff).where(Staff.id == staff_id))


@pages.get("/")
@access.roles("admin")
def index() -> str:
    with access.reading() as session:
        everybody = session.scalars(
            select(Staff).options(joinedload(Staff.unit)).order_by(Staff.active.desc(), Staff.unit_id, Staff.name)
        ).all()
        return render_template("console/staff/index.html", everybody=everybody)


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
            person = people.add_staff(session, _details(), request.form.get("password", ""), access.actor())
            moves.arrived(session, access.agency(), person, access.actor(), access.now())
    except PeopleError as error:
        with access.reading() as session:
            return _form(session, None, error), 400
    flash("เพิ่มเจ้าหน้าที่แล้ว ระบบจะให้ตั้งรหัสผ่านใหม่เมื่อเข้าระบบครั้งแรก", "good")
    return redirect(url_for("console.staff.index"))


@pages.get("/<int:staff_id>")
@access.roles("admin")
def edit(staff_id: int) -> str:
    with access.reading() as session:
        return _form(session, _person(session, staff_id))


@pages.post("/<int:staff_id>")
@access.roles("admin")
def save(staff_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            person = _person(session, staff_id)
            before = person.role, person.unit_id
            people.edit_staff(session, person, _details(), access.actor())
            session.flush()
            moves.changed_place(session, access.agency(), person, before, access.actor(), access.now())
    except PeopleError as error:
        with access.reading() as session:
            return _form(session, _person(session, staff_id), error), 400
    flash("บันทึกแล้ว", "good")
    return redirect(url_for("console.staff.index"))


@pages.post("/<int:staff_id>/password")
@access.roles("admin")
def set_password(staff_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            person = _person(session, staff_id)
            people.set_password(session, person, request.form.get("password", ""), access.actor())
    except PeopleError as error:
        flash(str(error), "bad")
        return redirect(url_for("console.staff.edit", staff_id=staff_id))
    flash("ตั้งรหัสผ่านแล้ว ระบบจะให้เปลี่ยนเองเมื่อเข้าระบบครั้งถัดไป", "good")
    return redirect(url_for("console.staff.index"))


@pages.post("/<int:staff_id>/active")
@access.roles("admin")
def switch(staff_id: int) -> ResponseReturnValue:
    """Let the person in again, or no longer."""
    on = request.form.get("active") == "1"
    try:
        with access.writing() as session:
            person = _person(session, staff_id)
            (people.reactivate if on else people.deactivate)(session, person, access.actor())
            left_work = not on and staff_id in moves.in_hand(session)
    except PeopleError as error:
        flash(str(error), "bad")
        return redirect(url_for("console.staff.edit", staff_id=staff_id))
    flash("เปิดใช้บัญชีแล้ว" if on else "ปิดบัญชีแล้ว", "good")
    if left_work:
        flash("บุคคลนี้มีงานค้าง เลือกผู้รับช่วงได้ที่หน้านี้", "warn")
        return redirect(url_for("console.duties.people", leaver=staff_id))
    return redirect(url_for("console.staff.index"))


@pages.post("/<int:staff_id>/link")
@access.roles("admin")
def link(staff_id: int) -> str:
    """A link code for a person who stands beside the admin with a phone."""
    with access.writing() as session:
        person = _person(session, staff_id)
        code = people.new_link_code(session, person, access.now(), access.actor())
    return render_template("console/account/link.html", person=person, **link_help(code))
