"""What every page shares: Bootstrap and the Sarabun typeface from their packages, our style sheet, Thai filters.

No page asks a third party for anything.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path

import fontpkg_sarabun
from flask import Blueprint, Flask, Response, abort, request, send_from_directory, url_for
from flask_bootstrap import Bootstrap5

from thai.dates import bangkok_date, format_date, format_datetime, format_time
from thai.phone import format_phone
from web.compress import shrink
from web.icons import icon

FONTS = ("Sarabun-Regular", "Sarabun-Italic", "Sarabun-SemiBold", "Sarabun-Bold")
FONT_FOLDER = Path(fontpkg_sarabun.ROOT) / "files"
STATIC = Path(__file__).with_name("static")
YEAR_SECONDS = 365 * 24 * 3600
DAY_SECONDS = 24 * 3600
SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

blueprint = Blueprint(
    "assets",
    __name__,
    url_prefix="/assets",
    static_folder="static",
    static_url_path="/static",
    template_folder="templates",
)


@blueprint.get("/fonts/<name>.ttf")
def font(name: str) -> Response:
    if name not in FONTS:
        abort(404)
    return send_from_directory(FONT_FOLDER, f"{name}.ttf", mimetype="font/ttf", max_age=YEAR_SECONDS)


@cache
def _stamp(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of one of our static files; it changes with the file, so browsers may keep it for long."""
    return url_for("assets.static", filename=name, v=_stamp(name))


def thai_date(value: date | datetime | None, style: str = "short") -> str:
    """A day, or the Bangkok day of a moment, as Thai people write it; "" for None."""
    if value is None:
        return ""
    day = bangkok_date(value) if isinstance(value, datetime) else value
    return format_date(day, "long" if style == "long" else "weekday" if style == "weekday" else "short")


def thai_datetime(value: datetime | None) -> str:
    """Day and time in Bangkok; "" for None."""
    return format_datetime(value) if value else ""


def thai_time(value: datetime | None) -> str:
    """Time in Bangkok; "" for None."""
    return format_time(value) if value else ""


def thai_phone(value: str | None) -> str:
    return format_phone(value) if value else ""


def _protect(response: Response) -> Response:
    """Headers that keep pages out of frames and other people's scripts out of pages."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", SECURITY_POLICY)
    return response


def _lighten(response: Response) -> Response:
    """Files of ours and of Bootstrap: compressed, and kept by browsers so that the next page asks for none of them."""
    if request.endpoint not in ("assets.static", "assets.font", "bootstrap.static") or response.status_code != 200:
        return response
    if request.endpoint != "assets.font":
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR_SECONDS if "v" in request.args else DAY_SECONDS
    return shrink(response)


def register(app: Flask) -> None:
    """Give `app` the shared layout (templates/base.html), styles and filters; a second call changes nothing."""
    if "assets" in app.blueprints:
        return
    app.config.setdefault("BOOTSTRAP_SERVE_LOCAL", True)
    app.static_url_path = "/static"  # Bootstrap-Flask puts its own address together from it
    Bootstrap5(app)
    app.register_blueprint(blueprint)
    app.add_template_global(asset)
    app.add_template_global(icon)
    for name, function in (
        ("thai_date", thai_date),
        ("thai_datetime", thai_datetime),
        ("thai_time", thai_time),
        ("thai_phone", thai_phone),
    ):
        app.add_template_filter(function, name)
    app.after_request(_protect)
    app.after_request(_lighten)
