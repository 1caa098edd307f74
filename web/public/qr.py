"""QR codes of the agency's own addresses, for paper and for screens."""

from __future__ import annotations

import io
import re

import qrcode
from flask import Response, abort, request
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

from web.public.site import agency, line_address, pages

DAY_SECONDS = 24 * 3600
PATHS = {"home": "/", "complain": "/complain", "status": "/status", "ask": "/ask", "guide": "/guide"}
NUMBER = re.compile(r"[CR]\d{2}-\d{6,}")
MIME = {"png": "image/png", "svg": "image/svg+xml"}


@pages.get("/qr/<what>.<any(png, svg):kind>")
def qr(what: str, kind: str) -> Response:
    """complain, status (?number=C70-000123), ask, guide, home, or line (add as a friend)."""
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


def draw(address: str, kind: str) -> bytes:
    """A QR code with its quiet zone: black on white, "png" or "svg"."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=10, border=4)
    code.add_data(address)
    image = code.make_image(image_factory=SvgPathImage) if kind == "svg" else code.make_image()
    out = io.BytesIO()
    image.save(out)
    return out.getvalue()
