"""ยืม-คืนพัสดุ: the assets that are lent, requests to decide, and the year's figures; what is out is in
loans.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers import audit, sheet
from handlers.borrowing import assets, extensions, loans, statistics
from handlers.borrowing.assets import CONDITION_LABELS, KIND_LABELS, AssetDetails, BorrowingError
from handlers.borrowing.loans import BORROWERS
from handlers.complaints import operations as desk
from handlers.complaints.rules import CaseError
from handlers.services import starter
from models.agency import Unit
from models.asset import Asset, Loan
from models.case import Case
from models.form import FormDefinition
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from thai.fiscal import fiscal_year
from web.console import access
from web.console.inputs import number, query_id, ticked

pages = Blueprint("assets", __name__, url_prefix="/assets")

KEEPERS = ("admin", "clerk", "head")
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def today() -> date:
    return bangkok_date(access.now())


def day(name: str) -> date:
    """A day as people write it. Raises BorrowingError."""
    try:
        return parse_date(request.form.get(name, "").strip(), today(), prefer="future")
    except ThaiDateError:
        raise BorrowingError("กรุณากรอกวันที่ เช่น 4 ธ.ค. 2569") from None


def open_loans(session: Session) -> list[Loan]:
    """What this person sees of what is out or kept for somebody, the most overdue first."""
    return list(
        session.scalars(
            select(Loan)
            .join(Case, Case.id == Loan.case_id)
            .join(Asset, Asset.id == Loan.asset_id)
            .options(joinedload(Loan.asset), joinedload(Loan.case))
            .where(Loan.returned_on.is_(None), Loan.cancelled_at.is_(None), loans.visible_to(access.me()))
            .order_by(Loan.due_on, Loan.case_id, Loan.id)
        )
    )


# -- what is to be decided, what is out ------------------------------------------------------------------


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    """Requests that wait, and the assets with how many are away today."""
    me, now = access.me(), today()
    with access.reading() as session:
        rows = session.scalars(
            select(Asset).options(joinedload(Asset.unit)).order_by(Asset.active.desc(), Asset.name, Asset.id)
        ).all()
        return render_template(
            "console/assets/index.html",
            waiting=[(case, loans.wish(session, case)) for case in loans.waiting(session, me)],
            rows=[(asset, loans.free_between(session, asset, now, now, now)) for asset in rows],
            keeps={asset.id for asset in rows if assets.keeps(me, asset.unit_id)},
            may_add=me.role in KEEPERS,
            kinds=KIND_LABELS,
            conditions=CONDITION_LABELS,
            borrowers=BORROWERS,
            form=_form_state(session),
            late=sum(1 for loan in open_loans(session) if loan.due_on < now),
            longer=extensions.waiting(session, me),
        )


def _form_state(session: Session) -> FormDefinition | None:
    """The form for borrowing while it is not published: borrowers cannot ask yet."""
    form = starter.form_for(session, loans.USE)
    return form if form is not None and form.category_id is None else None


# -- deciding --------------------------------------------------------------------------------------------


def _case(session: Session, case_id: int) -> Case:
    case = access.found(session, select(Case).where(Case.id == case_id, desk.visible_to(access.me())))
    return case if loans.is_borrowing(session, case) else access.found(session, select(Case).where(Case.id == -1))


@pages.get("/requests/<int:case_id>")
@access.roles(*access.EVERYONE)
def decide(case_id: int) -> str:
    """A request with what is free on its days."""
    with access.reading() as session:
        return _decide(session, case_id, {})


def _decide(session: Session, case_id: int, typed: Mapping[str, Any], problem: str = "") -> str:
    me, case = access.me(), _case(session, case_id)
    asked = loans.wish(session, case)
    first, last = asked.out_on, asked.due_on
    try:
        if typed:
            first, last = day("first"), day("last")
    except BorrowingError:
        problem = problem or "กรุณากรอกวันที่ เช่น 4 ธ.ค. 2569"
    spare, left = [], dict(asked.quantities)
    for asset in session.scalars(select(Asset).where(Asset.active).order_by(Asset.name, Asset.id)):
        if not assets.keeps(me, asset.unit_id):
            continue
        free = loans.free_between(session, asset, first, last, today()) if first and last and first <= last else None
        wanted = min(left.get(asset.kind, 0), free or 0)
        left[asset.kind] = left.get(asset.kind, 0) - wanted
        spare.append((asset, free, typed.get(f"count_{asset.id}", wanted or "")))
    return render_template(
        "console/assets/decide.html",
        case=case,
        wish=asked,
        lent=loans.of_case(session, case),
        conditions=CONDITION_LABELS,
        statuses=extensions.STATUS_LABELS,
        rows=sorted(spare, key=lambda row: not asked.quantities.get(row[0].kind)),
        kinds=KIND_LABELS,
        borrowers=BORROWERS,
        first=typed.get("first") or (format_date(first) if first else ""),
        last=typed.get("last") or (format_date(last) if last else ""),
        problem=problem,
        may_decide=bool(spare) and "progress" in desk.allowed(case, me),
    )


@pages.post("/requests/<int:case_id>")
@access.roles(*KEEPERS)
def approve(case_id: int) -> ResponseReturnValue:
    """Lend what was typed, or look again at what is free on other days."""
    if request.form.get("do") == "look":
        with access.reading() as session:
            return _decide(session, case_id, request.form)
    try:
        with access.writing() as session:
            case, me = _case(session, case_id), access.me(session)
            ids = session.scalars(select(Asset.id).where(Asset.active)).all()
            counts = {asset_id: number(f"count_{asset_id}") or 0 for asset_id in ids}
            loans.approve(session, access.agency(), case, counts, day("first"), day("last"), me, access.now())
    except (BorrowingError, CaseError) as error:
        with access.reading() as session:
            return _decide(session, case_id, request.form, str(error)), 422
    flash("อนุมัติแล้ว ระบบแจ้งผู้ยืมและจะเตือนก่อนถึงวันคืน", "good")
    return redirect(url_for("console.assets.lent"))


# -- assets ----------------------------------------------------------------------------------------------


@pages.get("/new")
@access.roles(*KEEPERS)
def new() -> str:
    with access.reading() as session:
        return _edit(
            session, None, {"quantity": 1, "unit_id": access.me().unit_id, "condition": "good", "active": True}
        )


@pages.post("/new")
@access.roles(*KEEPERS)
def create() -> ResponseReturnValue:
    return _save(None)


@pages.get("/<int:asset_id>")
@access.roles(*KEEPERS)
def edit(asset_id: int) -> str:
    with access.reading() as session:
        asset = access.found(session, select(Asset).where(Asset.id == asset_id))
        return _edit(session, asset, {name: getattr(asset, name) for name in AssetDetails.__slots__})


@pages.post("/<int:asset_id>")
@access.roles(*KEEPERS)
def save(asset_id: int) -> ResponseReturnValue:
    return _save(asset_id)


def _save(asset_id: int | None) -> ResponseReturnValue:
    try:
        with access.writing() as session:
            asset = access.found(session, select(Asset).where(Asset.id == asset_id)) if asset_id else None
            assets.save_asset(session, asset, _details(), access.me(session))
    except BorrowingError as error:
        with access.reading() as session:
            asset = access.found(session, select(Asset).where(Asset.id == asset_id)) if asset_id else None
            return _edit(session, asset, {**request.form, "active": ticked("active")}, str(error)), 422
    flash("บันทึกพัสดุแล้ว", "good")
    return redirect(url_for("console.assets.index"))


def _details() -> AssetDetails:
    words = {name: request.form.get(name, "") for name in ("name", "number", "kind", "counter", "condition", "note")}
    quantity = number("quantity")
    return AssetDetails(
        **words, quantity=-1 if quantity is None else quantity, unit_id=number("unit_id"), active=ticked("active")
    )


def _edit(session: Session, asset: Asset | None, values: Mapping[str, Any], problem: str = "") -> str:
    me = access.me()
    units = session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id)).all()
    return render_template(
        "console/assets/edit.html",
        thing=asset,  # `asset` is the templates' own
        values=values,
        problem=problem,
        kinds=list(KIND_LABELS.items()),
        conditions=list(CONDITION_LABELS.items()),
        units=[(unit_id, name) for unit_id, name in units if assets.keeps(me, unit_id)],
    )


# -- the year --------------------------------------------------------------------------------------------


def _year() -> int:
    wanted = query_id("fy")
    return wanted if wanted and 2500 <= wanted < 2700 else fiscal_year(today())


@pages.get("/statistics")
@access.roles(*access.EVERYONE)
def figures() -> str:
    """What was lent in a fiscal year (R71)."""
    year = _year()
    with access.reading() as session:
        return render_template(
            "console/assets/statistics.html",
            found=statistics.of_year(session, year, today()),
            year=year,
            this_year=fiscal_year(today()),
            headings=statistics.STATISTICS[2:],
        )


@pages.get("/<any(statistics, register):what>.<any(csv, xlsx):kind>")
@access.roles(*access.EVERYONE)
def export(what: str, kind: str) -> Response:
    """The figures or the register of a fiscal year as a table."""
    year = _year()
    with access.writing() as session:
        if what == "statistics":
            rows = list(statistics.table(statistics.of_year(session, year, today())))
        else:
            rows = list(statistics.register(session, access.agency(), access.me(session), year))
        audit.record(session, access.actor(), "loans_exported", f"loans:{year}", what=what, rows=len(rows) - 1)
    body = sheet.write_csv(rows) if kind == "csv" else sheet.write_xlsx(rows, "ยืมพัสดุ")
    name = f"borrowing-{what}-{year}.{kind}"
    return Response(body, content_type=FORMATS[kind], headers={"Content-Disposition": f"attachment; filename={name}"})
