"""Contact (R05), the privacy notice (R15) and the guide (R09)."""

from __future__ import annotations

from flask import abort, render_template, request
from sqlalchemy import select

from models.agency import PrivacyNotice
from web.public.site import agency, line_address, now, pages
from web.services import services


@pages.get("/contact")
def contact() -> str:
    view, moment = agency(), now()
    is_open = view.calendar.is_open(moment)
    return render_template(
        "public/contact.html",
        is_open=is_open,
        opens_next=None if is_open else view.calendar.next_opening(moment),
        line_url=line_address(view),
        units=[unit for unit in view.units.values() if unit.phone],
    )


@pages.get("/privacy")
def privacy() -> str:
    """The notice in force, or an earlier version of it (?v=1)."""
    with services().database.read(agency().id) as session:
        notices = session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.version.desc())).all()
    wanted = request.args.get("v", type=int)
    shown = next((n for n in notices if wanted is None or n.version == wanted), None)
    if shown is None and notices:
        abort(404)
    return render_template("public/privacy.html", notice=shown, notices=notices)


@pages.get("/guide")
def guide() -> str:
    """How to use all this, on one sheet of A4 when printed."""
    return render_template("public/guide.html", line_url=line_address(agency()))
