"""The year's O-items, element by element, with how far each indicator is (R48)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.measures import elements as checklist
from handlers.measures.elements import ElementError
from handlers.measures.items import KNOWN_YEAR, read_code
from models.agency import Staff
from models.measure import Element
from web.console import access, proofs
from web.console.attempt import Attempt, typed
from web.console.inputs import number, query_id
from web.console.measures import asked_year, unit_choices, year_choices
from web.console.scores import pages

LOADERS = ("clerk", "admin")


@pages.get("/elements")
@access.roles(*access.EVERYONE)
def elements() -> str:
    return _index()


def _index(problem: str = "") -> str:
    with access.reading() as session:
        known = checklist.years(session)
        year = (number("fiscal_year") if request.method == "POST" else None) or asked_year(known)
        return render_template(
            "console/ita/elements.html",
            year=year,
            years=year_choices(known),
            groups=checklist.progress(session, year),
            known_year=KNOWN_YEAR,
            units=unit_choices(session),
            may_load=access.me().role in LOADERS,
            problem=problem,
            typed=request.form,
        )


@pages.post("/elements/load")
@access.roles(*LOADERS)
def load_elements() -> ResponseReturnValue:
    """Take the year's list; what is there already stays as it is."""
    year = number("fiscal_year") or 0
    if not 2500 <= year < 2700:
        abort(404)
    with access.writing() as session:
        added = checklist.load_elements(session, access.agency(), year, access.actor())
    flash(f"เพิ่มแล้ว {added} รายการ" if added else "มีครบตามรายการของระบบแล้ว", "good")
    return redirect(url_for("console.ita.elements", fy=year))


@pages.post("/elements/add")
@access.roles(*LOADERS)
def add_element() -> ResponseReturnValue:
    """One that the list lacks."""
    year = number("fiscal_year") or 0
    try:
        if not 2500 <= year < 2700:
            raise ElementError("เลือกปีงบประมาณ")
        with access.writing() as session:
            unit_id = number("unit_id")
            units = {row_id for row_id, _ in unit_choices(session)}
            made = checklist.add_element(
                session,
                year,
                typed("code"),
                typed("title"),
                typed("indicator"),
                typed("text"),
                unit_id if unit_id in units else None,
                access.actor(),
            )
            code = made.item_code
    except ElementError as error:
        return _index(str(error)), 422
    flash("เพิ่มแล้ว", "good")
    return redirect(url_for("console.ita.item", fy=year, code=code))


# -- one item --------------------------------------------------------------------------------------------


@pages.get("/elements/item")
@access.roles(*access.EVERYONE)
def item() -> str:
    code = read_code(request.args.get("code", ""), "OIT")
    return _item(query_id("fy") or 0, code.code if code else "")


def _item(year: int, code: str, element_id: int = 0, attempt: Attempt | None = None) -> str:
    with access.reading() as session:
        rows = session.scalars(
            select(Element).where(Element.fiscal_year == year, Element.item_code == code).order_by(Element.no)
        ).all()
        if not rows:
            abort(404)
        (group,) = checklist.group(rows)
        ids = {row.met_by_id for row in rows} | {row.checked_by_id for row in rows}
        people = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids - {None})))
        return render_template(
            "console/ita/item.html",
            year=year,
            item=group.items[0],
            labels=checklist.STATUS_LABELS,
            proofs={row.id: proofs.load(session, row) for row in rows},
            parts={row.id: checklist.demanded_part(row) for row in rows},
            checkable={row.id for row in rows if _may_check(row)},
            names={person.id: person.name for person in people},
            at=element_id,
            attempt=attempt or Attempt(),
        )


def _may_check(element: Element) -> bool:
    me = access.me()
    waits = element.status != "open" and element.checked_by_id is None and element.met_by_id != me.id
    return waits and checklist.evidence.may_approve(me, element.unit_id)


def page(element_id: int, attempt: Attempt | None = None) -> str:
    """The item of an element, with what was refused there."""
    with access.reading() as session:
        element = _element(session, element_id)
        year, code = element.fiscal_year, element.item_code
    return _item(year, code, element_id, attempt)


proofs.SHOW["elements"] = page


def _element(session: Session, element_id: int) -> Element:
    return access.found(session, select(Element).where(Element.id == element_id))


@pages.post("/elements/<int:element_id>/<any(met, skip, reopen, check):act>")
@access.roles(*access.EVERYONE)
def mark(element_id: int, act: str) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            element, me, now = _element(session, element_id), access.me(session), access.now()
            year, code = element.fiscal_year, element.item_code
            match act:
                case "met":
                    checklist.set_met(session, element, me, typed("note"), now)
                case "skip":
                    checklist.set_not_applicable(session, element, me, typed("note"), now)
                case "reopen":
                    checklist.reopen(session, element, me, now)
                case _:
                    checklist.check(session, element, me, now)
    except ElementError as error:
        return page(element_id, Attempt(act, str(error), request.form)), 422
    flash("บันทึกแล้ว", "good")
    return redirect(url_for("console.ita.item", fy=year, code=code, _anchor=f"element-{element_id}"))
