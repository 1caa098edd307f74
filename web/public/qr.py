"""QR codes of the agency's own addresses, for paper and for screens."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from flask import Response, abort, request

from handlers.services.chat import deep_link
from reports.qr import draw
from web.public.site import agency, line_address, pages

DAY_SECONDS = 24 * 3600
PATHS = {
    "home": "/",
    "complain": "/complain",
    "status": "/status",
    "ask": "/ask",
    "guide": "/guide",
    "eit": "/eit",
    "integrity": "/integrity/",
    "forms": "/forms",
}
NUMBER = re.compile(r"[CR]\d{2}-\d{6,}")
MIME = {"png": "image/png", "svg": "image/svg+xml"}


@pages.get("/qr/<what>.<any(png, svg):kind>")
def qr(what: str, kind: str) -> Response:
    """complain, status (?number=C70-000123), ask, guide, home, eit, integrity, line (add as a friend), forms, form
    (?key=borrow, and ?from= the counter or ?unit= that it is meant for) or form-line (?key=borrow: begins in LINE)."""
    addresses = {"line": line_address(agency()), **{name: agency().url(path) for name, path in PATHS.items()}}
    address = addresses.get(what, "")
    if what in ("form", "form-line"):
        address = _form_address(what)
    number = request.args.get("number", "")
    if what == "status" and number:
        if not NUMBER.fullmatch(number):
            abort(404)
        address += f"?number={number}"
    if not address:
        abort(404)
    response = Response(draw(address, kind), mimetype=MIME[kind])
    response.cache_control.max_age = DAY_SECONDS
    return response


def _form_address(what: str) -> str:
    """Where a form begins, on the web or in the chat; "" for a form that is not open."""
    key = request.args.get("key", "")
    if key not in agency().forms:
        return ""
    if what == "form-line":
        return deep_link(agency().fields.get("line_id", "").strip(), key, request.args.get("from", "")[:60])
    point = {name: request.args[name][:60] for name in ("from", "unit") if request.args.get(name)}
    return agency().url(f"/forms/{key}") + (f"?{urlencode(point)}" if point else "")
