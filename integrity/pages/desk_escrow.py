"""Optional: an officer leaves the key in three shares with colleagues; two of them give it back if all else is lost."""

from __future__ import annotations

from flask import Response, render_template, request

from integrity import credentials, escrow, officers
from integrity.pages import access
from integrity.pages.context import house, now, this_desk
from integrity.pages.desk_account import page as account_page
from integrity.pages.desk_people import person_page
from integrity.pages.officers import pages, paper_page, to
from integrity.tables import Officer
from integrity.vault.officer import WeakPassphrase

WRONG = "กู้กุญแจไม่ได้ โปรดตรวจชื่อผู้ใช้และส่วนกุญแจทั้งสอง"


@pages.post("/account/escrow")
@access.policy(*access.EVERYONE)
def set_up_escrow() -> Response | str:
    """Three colleagues hold the shares from now."""
    chosen = request.form.getlist("holder")
    try:
        with access.writing() as work:
            holders = [officer for officer in officers.active(work.session, work.desk) if str(officer.id) in chosen]
            escrow.set_up(work.session, work.desk, work.me, work.private, holders, work.now)
    except ValueError as wrong:
        return account_page(str(wrong))
    return to("account", done="escrow")


@pages.post("/people/<int:officer_id>/share")
@access.policy(*access.EVERYONE, about="officer")
def open_share(officer_id: int) -> str:
    """The share that this officer holds for another one, to be carried to them by hand."""
    try:
        with access.writing() as work:
            other = work.session.get_one(Officer, officer_id)
            share = escrow.open_share(work.session, work.desk, other, work.me, work.private, work.now)
    except ValueError as wrong:
        return person_page(officer_id, str(wrong))
    return render_template("integrity/desk/share.html", other=other, share=share)


@pages.get("/restore")
@access.stranger
def restore() -> str:
    """Everything lost: two shares make a new passphrase, paper and telephone."""
    return render_template("integrity/desk/restore.html")


@pages.post("/restore")
@access.stranger
def restored() -> str | tuple[str, int]:
    typed = request.form
    username, new = typed.get("username", ""), typed.get("passphrase", "")
    if new != typed.get("again", ""):
        return render_template("integrity/desk/restore.html", problem="วลีรหัสผ่านสองช่องไม่ตรงกัน")
    shares = typed.get("share_1", ""), typed.get("share_2", "")
    try:
        with house().database.writing() as session:
            paper = credentials.restore_from_escrow(session, this_desk(), username, shares, new, now())
    except WeakPassphrase as weak:
        return render_template("integrity/desk/restore.html", problem=str(weak))
    except escrow.BadShares:
        return render_template("integrity/desk/restore.html", problem=WRONG), 403
    return paper_page(paper.recovery_code, paper.totp_uri, username)
