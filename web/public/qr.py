"""QR codes of the agency's own addresses, for paper and for screens."""

from __future__ import annotations

import re

from flask import Response, abort, request

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
}
NUMBER = re.compile(r"[CR]\d{2}-\d{6,}")
MIME = {"png": "image/png", "svg": "image/svg+xml"}


@pages.get("/qr/<what>.<any(png, svg):kind>")
def qr(what: str, kind: str) -> Response:
    """complain, status (?number=C70-000123), ask, guide, home, eit, integrity, or line (add as a friend)."""
    addresses = {"line": line_address(agency()), **{name: agency().url(path) for name, path in PATHS.items()}}
    address = addresses.get(what, "")
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
