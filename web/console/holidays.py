"""Days on which the office is closed: promised dates are counted around them."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from handlers.duties import year
from handlers.people import organisation
from handlers.people.operations import PeopleError
from models.agency import Holiday
from thai.dates import BE_OFFSET, ThaiDateError, bangkok_date, be_year, parse_date
from thai.holidays import seed_holidays
from web.console import access
from web.console.inputs import number

pages = Blueprint("holidays", __name__, url_prefix="/holidays")


def _shown_year() -> int:
    """The CE year that is looked at; the address carries the Buddhist one."""
    typed = request.args.get("year", "")
    today = bangkok_date(access.now())
    year = int(typed) - BE_OFFSET if typed.isascii() and typed.isdigit() and len(typed) == 4 else today.year
    return year if today.year - 5 <= year <= today.year + 5 else today.year


def _page(year: int, error: PeopleError | None = None) -> str:
    with access.reading() as session:
        days = session.scalars(
            select(Holiday).where(Holiday.day.between(date(year, 1, 1), date(year, 12, 31))).order_by(Holiday.day)
        ).all()
        return render_template(
            "console/holidays.html",
            days=days,
            year=year + BE_OFFSET,
            values=request.form if error else {},
            errors={error.field: str(error)} if error else {},
        )


@pages.get("/")
@access.roles("admin")
def index() -> str:
    return _page(_shown_year())


@pages.post("/")
@access.roles("admin")
def add() -> ResponseReturnValue:
    try:
        try:
            day = parse_date(request.form.get("day", ""), bangkok_date(access.now()), prefer="future")
        except ThaiDateError:
            raise PeopleError("day", "กรุณากรอกวันที่ เช่น 5 ธ.ค. 2570") from None
        with access.writing() as session:
            organisation.save_holiday(session, day, request.form.get("name", ""), access.actor())
            year.move_off_holidays(session, access.agency(), access.actor(), access.now())
    except PeopleError as error:
        return _page(_shown_year(), error), 400
    flash("บันทึกวันหยุดแล้ว", "good")
    return redirect(url_for("console.holidays.index", year=be_year(day)))


@pages.post("/<int:holiday_id>/remove")
@access.roles("admin")
def remove(holiday_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        holiday = access.found(session, select(Holiday).where(Holiday.id == holiday_id))
        organisation.remove_holiday(session, holiday, access.actor())
    flash("ลบวันหยุดแล้ว", "good")
    return redirect(url_for("console.holidays.index", year=be_year(holiday.day)))


@pages.post("/seed")
@access.roles("admin")
def seed() -> ResponseReturnValue:
    """Add the government holidays of a year as far as they are known."""
    chosen = (number("year") or 0) - BE_OFFSET
    today = bangkok_date(access.now())
    if not today.year - 1 <= chosen <= today.year + 5:
        flash("เลือกปีได้ตั้งแต่ปีที่แล้ว ถึงอีก 5 ปีข้างหน้า", "bad")
        return redirect(url_for("console.holidays.index"))
    with access.writing() as session:
        added = organisation.add_holidays(session, dict(seed_holidays(chosen, chosen)), access.actor())
        year.move_off_holidays(session, access.agency(), access.actor(), access.now())
    flash(f"เพิ่มวันหยุดราชการ {added} วัน" if added else "มีวันหยุดของปีนี้ครบแล้ว", "good")
    return redirect(url_for("console.holidays.index", year=chosen + BE_OFFSET))
