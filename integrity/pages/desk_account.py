"""An officer's own passphrase, paper and key."""

from __future__ import annotations

from flask import Response, render_template, request

from integrity import credentials, officers
from integrity.escrow import HOLDERS
from integrity.officers import NotAllowed
from integrity.pages import access
from integrity.pages.officers import pages, paper_page, to
from integrity.vault.officer import WeakPassphrase, WrongPassphrase

WRONG = "วลีรหัสผ่านปัจจุบันไม่ถูกต้อง"


@pages.get("/account")
@access.policy(*access.EVERYONE)
def account() -> str:
    """What this officer holds, and how to change it."""
    return page()


@pages.post("/account/passphrase")
@access.policy(*access.EVERYONE)
def change_passphrase() -> Response | str:
    """Ends every session of the officer."""
    old, new = request.form.get("old", ""), request.form.get("passphrase", "")
    if new != request.form.get("again", ""):
        return page("วลีรหัสผ่านใหม่สองช่องไม่ตรงกัน")
    try:
        with access.writing() as work:
            credentials.change_passphrase(work.session, work.desk, work.me, old, new, work.now)
    except WrongPassphrase:
        return page(WRONG)
    except WeakPassphrase as weak:
        return page(str(weak))
    return access.let_out(to("log_in", done="passphrase"))


@pages.post("/account/paper")
@access.policy(*access.EVERYONE)
def new_paper() -> str:
    """A new recovery code; the printed one is void."""
    try:
        with access.writing() as work:
            code = credentials.new_paper(work.session, work.desk, work.me, request.form.get("old", ""), work.now)
    except WrongPassphrase:
        return page(WRONG)
    return paper_page(code, "", work.me.username)


@pages.post("/account/key")
@access.policy(*access.EVERYONE)
def rotate_key() -> Response | str:
    """A new key with everything that goes with it; waits for a second officer's approval."""
    try:
        with access.writing() as work:
            code = credentials.rotate_key(
                work.session, work.desk, work.me, work.private, request.form.get("old", ""), work.now
            )
    except WrongPassphrase:
        return page(WRONG)
    except NotAllowed as refused:
        return page(str(refused))
    return paper_page(code, "", work.me.username, work.me.public_key)


@pages.post("/account/email")
@access.policy(*access.EVERYONE)
def set_email() -> Response | str:
    """Where this officer is told that something moved; empty: nowhere."""
    try:
        with access.writing() as work:
            officers.set_email(work.session, work.desk, work.me, request.form.get("email", ""), work.now)
    except NotAllowed as refused:
        return page(str(refused))
    return to("account", done="email")


def page(problem: str = "") -> str:
    """The account, with what is wrong with what was just asked for."""
    with access.reading() as work:
        others = [officer for officer in officers.active(work.session, work.desk) if officer.id != work.me.id]
        return render_template(
            "integrity/desk/account.html",
            problem=problem,
            typed_email=request.form.get("email", ""),
            others=others,
            holders=[officer.name for officer in others if str(officer.id) in (work.me.escrow or {})],
            holders_needed=HOLDERS,
        )
