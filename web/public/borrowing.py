"""Keeping a loan longer, asked for on the web by whoever has opened the request with its number and secret."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from handlers.borrowing import extensions, loans
from handlers.borrowing.assets import BorrowingError
from handlers.borrowing.form import LONGER
from models.case import Case
from thai.dates import format_date
from web.public import form_page, once
from web.public.participation import token, trouble
from web.public.site import agency, keeps_typed, now, pages, private_page
from web.public.status import opened
from web.security import limiter
from web.services import services


@pages.get("/status/<number>/longer")
def keep_longer(number: str) -> ResponseReturnValue:
    """What is still out, and until when it is wanted."""
    with services().database.read(agency().id) as db:
        found = opened(db, number)
        if found is None or not loans.still_out(db, found):
            return redirect(url_for("public.case", number=number), 303)
        return _page(db, found)


def _page(
    db: Session, found: Case, given: Any = None, errors: Any = None, message: str = "", status: int = 200
) -> ResponseReturnValue:
    return private_page(
        "public/longer.html",
        status,
        case=found,
        loans=loans.still_out(db, found),
        controls=form_page.controls(LONGER, agency(), given or {}, errors or {}),
        errors=errors,
        message=message,
        once=request.form.get("once") or once.new_token(),
    )


@pages.post("/status/<number>/longer", endpoint="ask_longer")
@keeps_typed
@limiter.limit("12/minute;60/hour")
def ask_longer(number: str) -> ResponseReturnValue:
    view, moment = agency(), now()
    given = form_page.read_typed(LONGER, request.form)
    answers, errors = LONGER.read_all(form_page.for_reading(LONGER, given), view)
    message = trouble()
    if not errors and not message:
        try:
            with services().database.write(view.id) as db:
                found = opened(db, number)
                if found is not None and once.take(db, view.id, token(), moment):
                    until = date.fromisoformat(answers["until"])
                    extensions.ask(db, view, found, until, answers["reason"] or "", moment)
                    flash(f"ส่งคำขอแล้วค่ะ ขอคืน {format_date(until)} ระหว่างรอคำตอบยังเป็นกำหนดเดิมนะคะ", "good")
            return redirect(url_for("public.case", number=number), 303)
        except BorrowingError as error:
            errors = {"until": f"{error}ค่ะ"}
    with services().database.read(view.id) as db:
        found = opened(db, number)
        if found is None:
            return redirect(url_for("public.case", number=number), 303)
        return _page(db, found, given, errors, message, 422)
