"""The front doors: the installation's landing page and each agency's home."""

from __future__ import annotations

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from web.public.site import agency, all_agencies, line_address, pages, site


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
def home() -> str:
    """Large buttons to everything a citizen can do here."""
    return render_template("public/home.html", line_url=line_address(agency()))
