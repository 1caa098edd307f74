"""What is lent: taken back, all or a part, kept longer, or called off since nobody fetched it. Adds its routes to
assets.pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.borrowing import assets, extensions, loans, returns
from handlers.borrowing.assets import CONDITION_LABELS, BorrowingError
from handlers.borrowing.loans import BORROWERS
from handlers.complaints import operations as desk
from handlers.complaints.rules import CaseError
from models.agency import Staff
from models.asset import Asset, Loan
from models.case import Case
from thai.dates import format_date
from thai.fiscal import fiscal_year
from web.console import access
from web.console.assets import day, open_loans, pages, today
from web.console.inputs import number

LOOKED_AHEAD = timedelta(days=60)  # how far the page says until when a thing is free


@pages.get("/loans")
@access.roles(*access.EVERYONE)
def lent() -> str:
    """What is out or kept for somebody, the most overdue first."""
    return _lent()


def _lent(problem: str = "", at: int = 0) -> str:
    me = access.me()
    with access.reading() as session:
        return render_template(
            "console/assets/loans.html",
            rows=open_loans(session),
            today=today(),
            may=lambda loan: loans.hands(me, loan),
            borrowers=BORROWERS,
            conditions=CONDITION_LABELS,
            problem=problem,
            at=at,
            typed=request.form,
            year=fiscal_year(today()),
        )


def _change(loan_id: int, act: Callable[[Session, Loan, Staff], str]) -> ResponseReturnValue:
    """Do this to a loan and say what was done; the page again, with what was typed, when it cannot be done."""
    try:
        with access.writing() as session:
            loan = access.found(
                session,
                select(Loan)
                .join(Case, Case.id == Loan.case_id)
                .join(Asset, Asset.id == Loan.asset_id)
                .where(Loan.id == loan_id, loans.visible_to(access.me())),
            )
            said = act(session, loan, access.me(session))
    except (BorrowingError, CaseError) as error:
        return _lent(str(error), loan_id), 422
    flash(said, "good")
    return redirect(url_for("console.assets.lent"))


@pages.post("/loans/<int:loan_id>/return")
@access.roles(*access.EVERYONE)
def give_back(loan_id: int) -> ResponseReturnValue:
    """It came back: how many, in what condition, on which day."""

    def act(session: Session, loan: Loan, me: Staff) -> str:
        part = returns.Part(
            returned_on=day("returned_on"),
            condition=request.form.get("condition", ""),
            note=request.form.get("note", ""),
            quantity=number("quantity") or 0,
        )
        left = returns.give_back(session, access.agency(), loan, part, me, access.now())
        said = f"บันทึกรับคืนแล้ว ยังไม่คืนอีก {left:,} {loan.asset.counter}" if left else "บันทึกรับคืนแล้ว"
        return said if part.condition == "good" else f"{said} ถ้าใช้ต่อไม่ได้ กรุณาแก้จำนวนที่หน้าพัสดุ"

    return _change(loan_id, act)


@pages.post("/loans/<int:loan_id>/cancel")
@access.roles(*access.EVERYONE)
def call_off(loan_id: int) -> ResponseReturnValue:
    """It was not taken after all."""

    def act(session: Session, loan: Loan, me: Staff) -> str:
        loans.call_off(session, loan, me, access.now())
        return "ยกเลิกการยืมแล้ว ของว่างให้คนอื่นยืมได้"

    return _change(loan_id, act)


# -- longer ----------------------------------------------------------------------------------------------


def _out(session: Session, case_id: int) -> tuple[Case, list[Loan]]:
    """A request and what this person handles of what is still out; 404 for a request that is not theirs to see."""
    case = access.found(session, select(Case).where(Case.id == case_id))
    out = [loan for loan in loans.still_out(session, case) if loans.hands(access.me(), loan)]
    if not out:
        access.found(session, select(Case).where(Case.id == case_id, desk.visible_to(access.me())))
    return case, out


@pages.get("/loans/<int:case_id>/longer")
@access.roles(*access.EVERYONE)
def longer(case_id: int) -> str:
    """The loans of a request, until when each can stay out, and what the borrower asks for."""
    return _longer(case_id, {})


def _longer(case_id: int, typed: Mapping[str, Any], problem: str = "") -> str:
    me = access.me()
    with access.reading() as session:
        case, out = _out(session, case_id)
        wish = next((loan.wish for loan in out if loan.wish), None)
        beyond = (wish.until if wish else max((loan.due_on for loan in out), default=today())) + LOOKED_AHEAD
        chosen = {int(one) for one in request.form.getlist("loan") if one.isascii() and one.isdigit()}
        return render_template(
            "console/assets/longer.html",
            case=case,
            wish=wish,
            rows=[(loan, extensions.latest(session, loan, beyond, today())) for loan in out],
            beyond=beyond,
            chosen=chosen if typed else {loan.id for loan in out if wish is None or loan.wish},
            until=typed.get("until") or (format_date(wish.until) if wish else ""),
            note=typed.get("note", ""),
            problem=problem,
            today=today(),
            decides=all(assets.keeps(me, loan.asset.unit_id) for loan in out),
        )


@pages.post("/loans/<int:case_id>/longer")
@access.roles(*access.EVERYONE)
def decide_longer(case_id: int) -> ResponseReturnValue:
    """Who keeps the assets decides; other officers of the unit ask for the borrower."""
    note, verb = request.form.get("note", ""), request.form.get("do", "")
    ids = {int(one) for one in request.form.getlist("loan") if one.isascii() and one.isdigit()}
    try:
        with access.writing() as session:
            case, _ = _out(session, case_id)
            me, agency, now = access.me(session), access.agency(), access.now()
            if verb == "refuse":
                extensions.refuse(session, case, note, me, now)
                said = "แจ้งผู้ยืมแล้วว่ายืมต่อไม่ได้"
            elif verb == "ask":
                extensions.ask(session, agency, case, day("until"), note, now, me)
                said = "ส่งให้ผู้อนุมัติแล้ว"
            else:
                extensions.extend(session, agency, case, ids, day("until"), note, me, now)
                said = "ให้ยืมต่อแล้ว ระบบแจ้งผู้ยืมและเลื่อนวันเตือนให้"
    except (BorrowingError, CaseError) as error:
        return _longer(case_id, request.form, str(error)), 422
    flash(said, "good")
    return redirect(url_for("console.assets.lent"))
