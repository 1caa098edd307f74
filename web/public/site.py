"""What the public pages share: whose pages these are, the two blueprints, and small helpers for templates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote

from flask import Blueprint, abort, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from markupsafe import Markup, escape
from sqlalchemy import select
from werkzeug.routing import BaseConverter

from handlers.agencies import AgencyView
from models.agency import Agency
from web.security import csrf
from web.services import services

MOST_BYTES = 1_000_000  # of a request without files

site = Blueprint("site", __name__, template_folder="templates")  # the installation's own addresses
pages = Blueprint("public", __name__, url_prefix="/<agency:agency>", template_folder="templates")


class AgencyCode(BaseConverter):
    """An agency's code in an address; anything else (favicon.ico ...) is no agency."""

    regex = "[a-z0-9][a-z0-9-]{0,39}"


def agency() -> AgencyView:
    """The agency whose page this is."""
    return cast(AgencyView, g.public_agency)


def now() -> datetime:
    return datetime.now(UTC)


def default_agency() -> AgencyView | None:
    return services().agencies.get(services().default_agency)


def all_agencies() -> list[AgencyView]:
    """Every agency of the installation, the default one first."""
    known = services()
    with known.database.read() as session:
        codes = list(session.scalars(select(Agency.code).order_by(Agency.name)))
    codes.sort(key=lambda code: code != known.default_agency)
    return [view for code in codes if (view := known.agencies.get(code))]


@pages.url_value_preprocessor
def _whose(endpoint: str | None, values: dict[str, Any] | None) -> None:
    view = services().agencies.get((values or {}).pop("agency"))
    if view is None:
        abort(404)
    g.public_agency = view


@pages.url_defaults
def _same_agency(endpoint: str, values: dict[str, Any]) -> None:
    if "agency" not in values and "public_agency" in g:
        values["agency"] = g.public_agency.code


def keeps_typed(view: Any) -> Any:
    """Mark a view that shows a stale form again with all that was typed, instead of the error page."""
    view.keeps_typed = True
    return view


def without_token(view: Any) -> Any:
    """Mark a view whose POST changes nothing (a search), or that asks for a key of its own: no token, no cookie."""
    view.without_token = True
    return view


@pages.before_request
def _check_token() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "most_bytes", MOST_BYTES)
    if getattr(view, "without_token", False):
        return
    try:
        csrf.protect()
    except CSRFError:
        if not getattr(view, "keeps_typed", False):
            raise
        g.stale_token = True


@site.app_context_processor
def _names() -> dict[str, Any]:
    view = g.get("public_agency")
    return {"agency": view, "agency_name": view.name} if view else {}


@site.app_template_filter()
def tel(number: str) -> str:
    """The address that dials a number as it is written for people."""
    digits = re.sub(r"[^0-9+]", "", re.split(r"\s*(?:ต่อ|ext|,|/)", number)[0])
    return f"tel:{digits}"


@site.app_template_filter()
def blocks(text: str) -> list[tuple[str, list[str], list[str]]]:
    """A notice as (heading, list items, paragraphs) for each block between empty lines."""
    found = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        items = [line[1:].strip() for line in lines if line.startswith(("-", "•"))]
        words = [line for line in lines if not line.startswith(("-", "•"))]
        heading = words[0] if len(lines) > 1 and words and lines[0] == words[0] else ""
        found.append((heading, items, words[1:] if heading else words))
    return found


_LINKS = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)|(?P<tel>(?<![\d-])(?:0\d{1,2}-?\d{3}-?\d{3,4}|1\d{3}|19[19])(?![\d-]))"
)


@site.app_template_filter()
def with_links(text: str) -> Markup:
    """Words of an answer with their web addresses and phone numbers made tappable."""
    parts, at = [], 0
    for match in _LINKS.finditer(text):
        shown = escape(match[0])
        target = escape(match[0]) if match["url"] else escape(tel(match[0]))
        parts += [escape(text[at : match.start()]), Markup(f'<a href="{target}">{shown}</a>')]  # noqa: S704 - escaped
        at = match.end()
    return Markup("").join([*parts, escape(text[at:])])


def line_address(view: AgencyView) -> str:
    """Where one adds the agency's LINE account as a friend; "" while the agency has not told its LINE ID."""
    line_id = view.fields.get("line_id", "").strip()
    return f"https://line.me/R/ti/p/{quote(line_id)}" if line_id else ""


def private_page(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """A page about one person's matter: no search engine lists it, no cache keeps it.

    Its address is told to no other site (web/assets.py: Referrer-Policy same-origin); our own forms need it."""
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response
