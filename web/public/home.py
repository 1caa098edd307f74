"""The front doors: the installation's landing page and each agency's home."""

from __future__ import annotations

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from handlers.agencies import AgencyView
from handlers.people.public_face import embed_hosts
from thai.dates import at_bangkok, bangkok_date
from web.assets import SECURITY_POLICY
from web.compress import compressed
from web.public import home_words
from web.public.home_words import TILES, Tile
from web.public.site import agency, all_agencies, line_address, now, pages, site


@site.get("/")
def landing() -> ResponseReturnValue:
    """The agencies that this installation serves; with one alone, its home."""
    agencies = all_agencies()
    if len(agencies) == 1:
        return redirect(url_for("public.home", agency=agencies[0].code))
    return render_template("public/landing.html", agencies=agencies)


@site.get("/robots.txt")
def robots() -> Response:
    lines = (
        "User-agent: *",
        "Disallow: /console/",
        "Disallow: /files/",
        "Disallow: /*/status",
        "Disallow: /*/question/",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@pages.get("/")
@compressed
def home() -> Response:
    """All that a citizen can do here, in Thai or English (?lang=en), light enough for a phone on 3G.

    The agency's own websites (settings: embed_hosts) may show it in a frame; its links then open outside the frame,
    because no other page may be framed."""
    view, moment = agency(), now()
    language = "en" if request.args.get("lang") == "en" else "th"
    is_open = view.calendar.is_open(moment)
    closes_at = at_bangkok(bangkok_date(moment), view.calendar.closes)
    page = render_template(
        "public/home.html",
        w=home_words.words(language),
        language=language,
        embedded="embed" in request.args or request.headers.get("Sec-Fetch-Dest") == "iframe",
        tiles=[(tile, *tile.words(language)) for tile in TILES if _offered(tile, view)],
        is_open=is_open,
        closes=home_words.clock(closes_at, language),
        opens_next="" if is_open else home_words.moment(view.calendar.next_opening(moment), language),
        hours=(f"{view.calendar.opens:%H:%M}", f"{view.calendar.closes:%H:%M}"),
        line_url=line_address(view),
    )
    response = make_response(page)
    if hosts := embed_hosts(view.settings):
        policy = SECURITY_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(hosts)}")
        response.headers["Content-Security-Policy"] = policy
    return response


def _offered(tile: Tile, view: AgencyView) -> bool:
    if tile.endpoint == "public.forms":
        return any(form.listed for form in view.forms.values())
    if tile.endpoint == "public.map":
        return bool(view.settings.get("public_map"))
    return tile.endpoint in current_app.view_functions
