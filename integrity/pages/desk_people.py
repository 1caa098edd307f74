"""Who the desk's officers are: invite, approve a key by its fingerprint, leave, come back; and the desk's log."""

from __future__ import annotations

from flask import Response, render_template, request
from sqlalchemy import select

from integrity import audit, casework, invitations, logbook, officers, rekey
from integrity.invitations import GOOD_FOR, Invitation
from integrity.officers import NotAllowed
from integrity.pages import access
from integrity.pages.access import Work
from integrity.pages.context import house, today
from integrity.pages.officers import pages, to
from integrity.tables import Officer, Report


@pages.get("/people")
@access.policy(*access.EVERYONE)
def people() -> str:
    """Every officer with the key's fingerprint, and what the desk lacks before it may open."""
    return _page()


@pages.post("/people/invite")
@access.policy(*access.INSIDE)
def invite() -> str:
    """An address for the new officer, to be handed over in person or read to them."""
    typed = request.form
    try:
        with access.reading() as work:
            asked = Invitation(
                typed.get("username", ""), typed.get("name", ""), typed.get("position", ""), typed.get("role", ""),
                work.me.id,
            )  # fmt: skip
            address = invitations.address(work.session, house().config, work.desk, asked)
    except NotAllowed as refused:
        return _page(str(refused))
    return render_template("integrity/desk/invited.html", asked=asked, address=address, days=GOOD_FOR // 86400)


@pages.get("/people/<int:officer_id>")
@access.policy(*access.EVERYONE, about="officer")
def person(officer_id: int) -> str:
    """Compare the fingerprint and vouch for the key; or let the officer go."""
    return person_page(officer_id)


@pages.post("/people/<int:officer_id>/approve")
@access.policy(*access.EVERYONE, about="officer")
def approve(officer_id: int) -> Response | str:
    """This officer compared the fingerprint with the key's owner; older reports go along only if chosen."""
    if request.form.get("compared") != "yes":
        return person_page(officer_id, "โปรดเทียบลายนิ้วมือกุญแจกับเจ้าของกุญแจ แล้วทำเครื่องหมายยืนยัน")
    chosen = request.form.getlist("share")
    try:
        with access.writing() as work:
            other = work.session.get_one(Officer, officer_id)
            officers.approve(work.session, work.desk, other, work.me, work.private, work.now, chosen)
    except NotAllowed as refused:
        return person_page(officer_id, str(refused))
    return to("people", done="key")


@pages.post("/people/<int:officer_id>/leave")
@access.policy(*access.INSIDE, about="officer")
def leave(officer_id: int) -> Response | str:
    if request.form.get("sure") != "yes":
        return person_page(officer_id, "โปรดทำเครื่องหมายยืนยันการพ้นหน้าที่")
    try:
        with access.writing() as work:
            officers.leave(work.session, work.desk, work.session.get_one(Officer, officer_id), work.me, work.now)
            gone = work.me.id == officer_id
    except NotAllowed as refused:
        return person_page(officer_id, str(refused))
    return access.let_out(to("log_in", done="out")) if gone else to("people", done="left")


@pages.post("/people/<int:officer_id>/readmit")
@access.policy(*access.INSIDE, about="officer")
def readmit(officer_id: int) -> Response | str:
    try:
        with access.writing() as work:
            officers.readmit(work.session, work.desk, work.session.get_one(Officer, officer_id), work.me, work.now)
    except NotAllowed as refused:
        return person_page(officer_id, str(refused))
    return to("people", done="readmitted")


@pages.post("/people/rekey")
@access.policy(*access.EVERYONE)
def rekey_reports() -> Response:
    """After somebody left: new data keys for everything that this officer reads."""
    with access.writing() as work:
        rekey.rekey_reports(work.session, work.desk, work.me, work.private, work.now)
    return to("people", done="rekeyed")


@pages.get("/audit")
@access.policy(*access.EVERYONE)
def log() -> str:
    """Acts without content, as far as this officer may know of them."""
    with access.reading() as work:
        return render_template(
            "integrity/desk/audit.html",
            whole=not audit.verify(work.session, work.desk),
            lines=logbook.lines(work.session, house().config, work.desk, work.me),
        )


def _page(problem: str = "") -> str:
    with access.reading() as work:
        listed = select(Officer).where(Officer.desk_id == work.desk.id).order_by(Officer.status == "left", Officer.id)
        return render_template(
            "integrity/desk/people.html",
            officers=work.session.scalars(listed).all(),
            missing=officers.readiness(work.session, work.desk),
            problem=problem,
            typed=request.form,
        )


def person_page(officer_id: int, problem: str = "") -> str:
    """One officer, with what is wrong with what was just asked for."""
    with access.reading() as work:
        other = work.session.get_one(Officer, officer_id)
        return render_template(
            "integrity/desk/person.html",
            other=other,
            names={officer.id: officer.name for officer in officers.active(work.session, work.desk)},
            older=_older_reports(work, other),
            holds_share=str(work.me.id) in (other.escrow or {}),
            problem=problem,
        )


def _older_reports(work: Work, other: Officer) -> list[Report]:
    """Reports of this officer that came in before the other one's first approval; none once that is over."""
    if other.status != "pending" or other.approved_by_id is not None:
        return []
    since = rekey.known_since(work.session, other, today())
    return [report for report in casework.visible(work.session, work.me) if report.received_on < since]
