"""Citizens who help with a complaint (R23, R35): invite one, hand over the code, read who helped when, end it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers.complaints.rules import visible_to
from handlers.representatives import inviting, listing, operations, words
from handlers.representatives.chat import deep_link, words_of
from handlers.representatives.inviting import Invitation
from handlers.representatives.rules import RepresentativeError, why_not
from models.agency import Staff
from models.case import Case
from models.representative import Representative
from reports.qr import draw
from thai.dates import bangkok_date
from web.console import access
from web.console.attempt import Attempt, typed
from web.console.inputs import number, query_id, ticked
from web.console.measures import year_choices
from web.services import services

pages = Blueprint("representatives", __name__, url_prefix="/representatives")

FIELDS = ("name", "starts_on", "ends_on", "order_number", "task")
INVITED = "invited"  # in the signed session: the last invitation and its code, which is stored nowhere else
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHOWN_LABELS = {"current": "ปัจจุบัน", "past": "ที่ผ่านมา", "all": "ทั้งหมด"}


@pages.app_template_global("representatives_of")
def _of_case(case: Case) -> dict[str, Any]:
    """What the panel on a case's page shows."""
    with access.reading() as database:
        rows = [row for row in listing.of_case(database, case.id) if row.status in ("invited", "active")]
        return {"rows": rows, "possible": not why_not(case), "label": _label}


def _label(row: Representative) -> str:
    return words.status_label(row, access.now())


# -- the list --------------------------------------------------------------------------------------------


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    """All who help or helped, in the cases that this person may see."""
    shown, year = _asked()
    with access.reading() as database:
        rows = listing.listed(database, access.me(), shown, year)
        return render_template(
            "console/representatives/index.html",
            rows=rows,
            shown=shown,
            labels=SHOWN_LABELS,
            year=year,
            years=year_choices([year] if year else []),
            label=_label,
            ends=words.END_LABELS,
            forgotten=words.FORGOTTEN,
        )


def _asked() -> tuple[str, int | None]:
    shown, year = request.args.get("shown", ""), query_id("fy")
    return shown if shown in listing.SHOWN else "current", year if year and 2500 <= year < 2700 else None


@pages.get("/export.<any(csv, xlsx):kind>")
@access.roles(*access.EVERYONE)
def export(kind: str) -> Response:
    """The list as a file, for the year's evidence."""
    shown, year = _asked()
    with access.reading() as database:
        data = listing.export(listing.listed(database, access.me(), shown, year), access.now(), kind)
    name = f"representatives-{access.agency().code}-{year or shown}.{kind}"
    return Response(data, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


# -- of a case -------------------------------------------------------------------------------------------


@pages.get("/case/<int:case_id>")
@access.roles(*access.EVERYONE)
def of_case(case_id: int) -> str:
    return _case_page(case_id, {"starts_on": "", "name": ""}, {})


def _case_page(case_id: int, values: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    with access.reading() as database:
        case = _case(database, case_id)
        return render_template(
            "console/representatives/case.html",
            case=case,
            rows=listing.of_case(database, case.id),
            problem=why_not(case),
            committees=[(entry.id, entry.title) for entry in listing.committees(database, access.now())],
            village=words.place_of(case, exact=False),
            exact=words.place_of(case, exact=True),
            values=values,
            errors=errors,
            label=_label,
            ends=words.END_LABELS,
            forgotten=words.FORGOTTEN,
            today=bangkok_date(access.now()),
        )


def _case(database: Session, case_id: int) -> Case:
    query = select(Case).options(joinedload(Case.category)).where(Case.id == case_id, visible_to(access.me()))
    return access.found(database, query)


@pages.post("/case/<int:case_id>")
@access.roles(*access.EVERYONE)
def invite(case_id: int) -> ResponseReturnValue:
    given = Invitation(
        **{name: typed(name) for name in FIELDS},
        committee_id=number("committee_id"),
        exact_place=typed("place") == "exact",
        agreed=ticked("agreed"),
    )
    try:
        with access.writing() as database:
            case, me = _case(database, case_id), access.me(database)
            row, code = inviting.invite(database, case, given, me, access.now(), services().secret_key)
            row_id = row.id
    except RepresentativeError as error:
        return _case_page(case_id, request.form, {error.field: str(error)}), 422
    session[INVITED] = [row_id, code]
    return redirect(url_for("console.representatives.show", representative_id=row_id))


# -- one of them -----------------------------------------------------------------------------------------


@pages.get("/<int:representative_id>")
@access.roles(*access.EVERYONE)
def show(representative_id: int) -> str:
    """One of them; with the code for whoever has just made it."""
    return _page(representative_id, Attempt())


def _page(representative_id: int, attempt: Attempt) -> str:
    with access.reading() as database:
        row = _row(database, representative_id)
        made_for, code = session.get(INVITED) or (None, "")
        code = f"{code[:4]}-{code[4:]}" if made_for == row.id and row.status == "invited" else ""
        link = deep_link(access.agency().fields.get("line_id", ""), code) if code else ""
        return render_template(
            "console/representatives/show.html",
            row=row,
            code=code,
            words=words_of(code),
            link=link,
            qr=f"data:image/svg+xml;base64,{base64.b64encode(draw(link, 'svg')).decode()}" if link else "",
            label=_label(row),
            ends=words.END_LABELS,
            forgotten=words.FORGOTTEN,
            place=words.place_of(row.case, row.exact_place),
            reachable=operations.reachable(database, row),
            attempt=attempt,
        )


def _row(database: Session, representative_id: int) -> Representative:
    query = (
        select(Representative)
        .join(Case, Case.id == Representative.case_id)
        .options(
            joinedload(Representative.case).joinedload(Case.category),
            joinedload(Representative.committee),
            joinedload(Representative.invited_by),
        )
        .where(Representative.id == representative_id, visible_to(access.me()))
    )
    return access.found(database, query)


def _act(representative_id: int, verb: str, act: Callable[[Session, Representative, Staff], Any]) -> Any:
    """Do one act; what it returned, or the page with what is wrong."""
    try:
        with access.writing() as database:
            return act(database, _row(database, representative_id), access.me(database))
    except RepresentativeError as error:
        return _page(representative_id, Attempt(verb, str(error), request.form)), 422


def _back(representative_id: int, done: str) -> ResponseReturnValue:
    flash(done, "good")
    return redirect(url_for("console.representatives.show", representative_id=representative_id))


@pages.post("/<int:representative_id>/again")
@access.roles(*access.EVERYONE)
def again(representative_id: int) -> ResponseReturnValue:
    """A new code; the earlier one is void."""

    def act(database: Session, row: Representative, me: Staff) -> ResponseReturnValue:
        session[INVITED] = [row.id, inviting.renew_code(database, row, me, access.now(), services().secret_key)]
        return _back(row.id, "ออกรหัสใหม่แล้ว รหัสเดิมใช้ไม่ได้อีก")

    return _act(representative_id, "again", act)


@pages.post("/<int:representative_id>/write")
@access.roles(*access.EVERYONE)
def write(representative_id: int) -> ResponseReturnValue:
    def act(database: Session, row: Representative, me: Staff) -> ResponseReturnValue:
        operations.write(database, row, me, typed("text"), access.now())
        return _back(row.id, "ส่งข้อความถึงผู้แทนแล้ว และเก็บไว้ในเรื่อง")

    return _act(representative_id, "write", act)


@pages.post("/<int:representative_id>/end")
@access.roles(*access.EVERYONE)
def end(representative_id: int) -> ResponseReturnValue:
    def act(database: Session, row: Representative, me: Staff) -> ResponseReturnValue:
        operations.end(database, row, "staff", f"staff:{me.id}", access.now())
        return _back(row.id, "สิ้นสุดแล้ว ผู้แทนไม่เห็นเรื่องนี้อีก")

    return _act(representative_id, "end", act)


@pages.post("/<int:representative_id>/forget")
@access.roles(*access.EVERYONE)
def forget(representative_id: int) -> ResponseReturnValue:
    """Take the name out, as its owner asked."""

    def act(database: Session, row: Representative, me: Staff) -> ResponseReturnValue:
        if not ticked("sure"):
            raise RepresentativeError("กรุณาติ๊กยืนยันก่อนลบ")
        operations.forget(database, row, me)
        return _back(row.id, "ลบชื่อแล้ว")

    return _act(representative_id, "forget", act)
