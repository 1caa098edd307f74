"""Kinds of complaint: label, unit, promised time, the words by which they are suggested."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from handlers.people import organisation
from handlers.people.operations import PeopleError
from handlers.people.organisation import CategoryDetails
from models.agency import Unit
from models.case import Category
from web.console import access
from web.console.inputs import lines, number, ticked

pages = Blueprint("categories", __name__, url_prefix="/categories")


def _category(session: Session, category_id: int) -> Category:
    return access.found(session, select(Category).where(Category.id == category_id, Category.kind == "complaint"))


def _form(session: Session, category: Category | None, error: PeopleError | None = None) -> str:
    return render_template(
        "console/categories/edit.html",
        category=category,
        values=request.form if error else category,
        keywords=request.form.get("keywords", "") if error else "\n".join(category.keywords if category else ()),
        errors={error.field: str(error)} if error else {},
        units=session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id)).all(),
        sla_units=organisation.SLA_UNITS.items(),
    )


def _save(session: Session, category: Category | None) -> None:
    if category is None:
        position = (session.scalar(select(func.max(Category.position))) or 0) + 1
    else:
        typed = number("position")
        position = category.position if typed is None else typed
    details = CategoryDetails(
        code=category.code if category else request.form.get("code", ""),  # the bot and statistics know it by its code
        label=request.form.get("label", ""),
        unit_id=number("unit_id"),
        sla_value=number("sla_value") or 0,
        sla_unit=request.form.get("sla_unit", ""),
        keywords=lines("keywords"),
        conduct=ticked("conduct"),
        position=position,
        active=ticked("active"),
    )
    organisation.save_category(session, category, details, access.actor())


@pages.get("/")
@access.roles("admin")
def index() -> str:
    with access.reading() as session:
        rows = session.scalars(
            select(Category)
            .options(joinedload(Category.unit))
            .where(Category.kind == "complaint")  # a form keeps its own
            .order_by(Category.active.desc(), Category.position, Category.id)
        ).all()
        return render_template("console/categories/index.html", rows=rows, sla_units=organisation.SLA_UNITS)


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
    flash("เพิ่มประเภทเรื่องแล้ว", "good")
    return redirect(url_for("console.categories.index"))


@pages.get("/<int:category_id>")
@access.roles("admin")
def edit(category_id: int) -> str:
    with access.reading() as session:
        return _form(session, _category(session, category_id))


@pages.post("/<int:category_id>")
@access.roles("admin")
def save(category_id: int) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            _save(session, _category(session, category_id))
    except PeopleError as error:
        with access.reading() as session:
            return _form(session, _category(session, category_id), error), 400
    flash("บันทึกแล้ว เรื่องที่รับไว้ก่อนหน้ายังใช้กำหนดเดิม", "good")
    return redirect(url_for("console.categories.index"))
