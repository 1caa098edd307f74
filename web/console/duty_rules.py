"""The rules behind the duties, the year that is begun or rolled over, and what happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers.duties import crosswalk, events, rules, schedule, year
from handlers.duties.operations import DutyError
from handlers.duties.rules import RuleDetails
from handlers.duties.schedule import ScheduleError
from models.duty import DutyRule
from thai.digits import to_arabic
from thai.fiscal import fiscal_year
from web.console import access, people_choice
from web.console.attempt import typed
from web.console.duties import LEADERS, STARTERS, a_day, pages, today, unit_choices
from web.console.inputs import number, ticked
from web.console.people_choice import NotChosen

PAST_EVENTS = ("new_mayor", "ita_result")  # those that no page of ours notices by itself
EACH_UNIT = ("each", "ทุกส่วนงาน (แยกเป็นงานของแต่ละส่วนงาน)")  # a choice beside the units and people
_CODE = re.compile(r"[OEIoei]\s*\d{1,3}")


def _year() -> int:
    """The fiscal year that is looked at, near the present one."""
    typed_year, present = to_arabic(request.values.get("fy", "")), fiscal_year(today())
    chosen = int(typed_year) if typed_year.isascii() and typed_year.isdigit() and len(typed_year) == 4 else present
    return chosen if present - 10 <= chosen <= present + 2 else present


# -- rules -----------------------------------------------------------------------------------------------


@pages.get("/rules")
@access.roles(*access.EVERYONE)
def rule_list() -> str:
    shown = _year()
    with access.reading() as session:
        rows = session.scalars(
            select(DutyRule)
            .options(joinedload(DutyRule.unit), joinedload(DutyRule.owner))
            .where(DutyRule.fiscal_year == shown)
            .order_by(DutyRule.active.desc(), DutyRule.id)
        ).all()
        return render_template(
            "console/duties/rules.html",
            rows=rows,
            year=shown,
            years=year.years(session, access.now()),
            in_words=schedule.in_words,
            sure={code for row in rows for code in row.item_codes if crosswalk.confirmed(code, shown)},
            leaders=LEADERS,
            starters=STARTERS,
        )


@pages.get("/rules/new")
@access.roles(*LEADERS)
def new_rule() -> str:
    return _rule_page(None)


@pages.post("/rules/new")
@access.roles(*LEADERS)
def add_rule() -> ResponseReturnValue:
    return _save(None)


@pages.get("/rules/<int:rule_id>")
@access.roles(*LEADERS)
def edit_rule(rule_id: int) -> str:
    return _rule_page(rule_id)


@pages.post("/rules/<int:rule_id>")
@access.roles(*LEADERS)
def save_rule(rule_id: int) -> ResponseReturnValue:
    return _save(rule_id)


def _rule(session: Session, rule_id: int) -> DutyRule:
    return access.found(session, select(DutyRule).where(DutyRule.id == rule_id))


def _rule_page(rule_id: int | None, problem: str = "") -> str:
    with access.reading() as session:
        rule = _rule(session, rule_id) if rule_id is not None else None
        values = dict(request.form) if problem else _values(rule)
        return render_template(
            "console/duties/rule.html",
            rule=rule,
            year=rule.fiscal_year if rule else _year(),
            values=values,
            chosen_months=request.form.getlist("months") if problem else values.get("months", []),
            problem=problem,
            may_edit=rule is None or rules.may_edit(access.me(), rule.unit_id),
            units=unit_choices(session),
            people=people_choice.load(session),
            each_unit=EACH_UNIT if rules.may_edit(access.me(), None) or (rule and rule.each_unit) else None,
            schedule=schedule,
        )


def _values(rule: DutyRule | None) -> dict[str, Any]:
    """The form's fields as the rule has them; a new one begins as monthly work of one's own unit."""
    me = access.me()
    if rule is None:
        return {"kind": "month", "escalates": "1", "active": "1", "confirmed": "1", "to": f"unit-{me.unit_id}"}
    when = rule.schedule
    kind = when["kind"]
    return {
        "title": rule.title,
        "detail": rule.detail,
        "codes": " ".join(rule.item_codes),
        "to": _responsible(rule),
        "escalates": "1" if rule.escalates else "",
        "confirmed": "1" if rule.confirmed else "",
        "active": "1" if rule.active else "",
        "kind": kind,
        **{f"{kind}_{name}": value for name, value in when.items() if name not in ("kind", "months")},
        "months": [str(month) for month in when.get("months", ())],
    }


def _responsible(rule: DutyRule) -> str:
    """The value of the select."""
    if rule.each_unit:
        return EACH_UNIT[0]
    if rule.owner_id:
        return f"staff-{rule.owner_id}"
    return f"unit-{rule.unit_id}" if rule.unit_id else ""


def read_schedule(form: Mapping[str, str], months: list[str]) -> dict[str, Any]:
    """The rule as the form's fields say it. Raises ScheduleError or DutyError."""
    kind = form.get("kind", "")

    def whole(name: str) -> int | None:
        text = to_arabic(form.get(f"{kind}_{name}", "")).strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None

    def day() -> int | str | None:
        return "last" if form.get(f"{kind}_day") == "last" else whole("day")

    match kind:
        case "month":
            chosen = [int(month) for month in months if month.isascii() and month.isdigit()]
            found = {"day": day(), "next": form.get("month_next") == "1", "months": chosen}
        case "quarter":
            found = {"after": whole("after")}
        case "half":
            found = {"day": day()}
        case "year":
            found = {"month": whole("month"), "day": day(), "next": form.get("year_next") == "1"}
        case "date":
            on = a_day(form.get("date_on", ""), future=True)
            found = {"on": on.isoformat() if on else ""}
        case "expiry":
            found = {"register": form.get("expiry_register", ""), "before": whole("before")}
        case _:
            found = {"event": form.get("event_event", ""), "days": whole("days")}
    return schedule.check({"kind": kind, **found})


def _save(rule_id: int | None) -> ResponseReturnValue:
    shown = _year()
    try:
        with access.writing() as session:
            me = access.me(session)
            rule = _rule(session, rule_id) if rule_id is not None else None
            each_unit = typed("to") == EACH_UNIT[0]
            chosen: tuple[int | None, int | None] = (None, None)
            if not each_unit:
                chosen = people_choice.read(session, typed("to"), rule.unit_id if rule else me.unit_id)
            details = RuleDetails(
                title=typed("title"),
                detail=typed("detail"),
                schedule=read_schedule(request.form, request.form.getlist("months")),
                unit_id=chosen[0],
                owner_id=chosen[1],
                each_unit=each_unit,
                item_codes=[code.replace(" ", "") for code in _CODE.findall(to_arabic(typed("codes")))],
                escalates=ticked("escalates"),
                confirmed=ticked("confirmed"),
                active=ticked("active"),
            )
            shown = rule.fiscal_year if rule else shown
            rules.save_rule(session, access.agency(), rule, shown, details, me, access.now())
    except (DutyError, ScheduleError, NotChosen) as error:
        return _rule_page(rule_id, str(error)), 422
    flash("บันทึกกำหนดแล้ว งานที่ยังไม่จบปรับตามแล้ว", "good")
    return redirect(url_for("console.duties.rule_list", fy=shown))


# -- the year --------------------------------------------------------------------------------------------


def _source(session: Session) -> int | None:
    """The fiscal year that can be rolled over: the present one, or the last when the present has not begun."""
    present = fiscal_year(today())
    return next((shown for shown in (present, present - 1) if year.begun(session, shown)), None)


@pages.get("/year")
@access.roles(*STARTERS)
def year_page() -> str:
    present = fiscal_year(today())
    with access.reading() as session:
        source = _source(session)
        return render_template(
            "console/duties/year.html",
            present=present,
            begun=source == present,
            plan=year.roll_over_preview(session, access.agency(), source) if source is not None else None,
            starter=rules.starter(),
            in_words=schedule.in_words,
            past_events={name: schedule.EVENTS[name] for name in PAST_EVENTS},
        )


@pages.post("/year/begin")
@access.roles(*STARTERS)
def begin() -> ResponseReturnValue:
    """The starter calendar and its duties for the present year; what is there stays as it is."""
    present = fiscal_year(today())
    with access.writing() as session:
        copy_instead = _source(session) == present - 1  # what was edited last year is not to be lost
        if not copy_instead:
            made = year.begin_year(session, access.agency(), present, access.now(), access.actor())
    if copy_instead:
        flash("ปีก่อนมีปฏิทินที่แก้ไว้แล้ว ใช้การขึ้นปีงบประมาณด้านล่าง", "warn")
        return redirect(url_for("console.duties.year_page"))
    flash(f"เริ่มปฏิทินปีงบประมาณ {present} แล้ว เพิ่มงาน {made} งาน" if made else "ปฏิทินปีนี้มีครบแล้ว", "good")
    return redirect(url_for("console.duties.index"))


@pages.post("/year/next")
@access.roles(*STARTERS)
def roll() -> ResponseReturnValue:
    """Copy and re-date the year that was previewed."""
    with access.writing() as session:
        source = _source(session)
        seen = source is not None and number("from") == source
        if source is not None and seen:
            done = year.roll_over(session, access.agency(), source, access.now(), access.actor())
    if not seen:
        flash("ปีงบประมาณเปลี่ยนไปแล้ว กรุณาตรวจดูอีกครั้ง", "warn")
        return redirect(url_for("console.duties.year_page"))
    flash(f"ขึ้นปีงบประมาณ {done.to_year} แล้ว เพิ่มกำหนด {len(done.new_rows)} รายการ", "good")
    return redirect(url_for("console.duties.rule_list", fy=done.to_year))


@pages.post("/year/event")
@access.roles(*STARTERS)
def event() -> ResponseReturnValue:
    """Something happened that the calendar has a rule for."""
    name = typed("event")
    try:
        happened = a_day(typed("happened"))
        if name not in PAST_EVENTS or happened is None:
            raise DutyError("กรุณาเลือกเหตุการณ์และกรอกวันที่เกิดขึ้น เช่น 12 ธ.ค. 69")
        if happened > today():
            raise DutyError("วันที่เกิดขึ้นต้องไม่เกินวันนี้")
    except DutyError as error:
        flash(str(error), "bad")
        return redirect(url_for("console.duties.year_page"))
    with access.writing() as session:
        about = f"agency:{access.agency().id}"
        made = events.record_event(session, access.agency(), name, happened, about, "", access.actor(), access.now())
    flash(f"บันทึกแล้ว เพิ่มงาน {len(made)} งาน" if made else "บันทึกแล้ว ไม่มีกำหนดใดต้องทำเพิ่ม", "good")
    return redirect(url_for("console.duties.index"))
