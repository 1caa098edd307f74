"""The public pages: what citizens read, send and follow without logging in."""

from __future__ import annotations

from flask import Flask

from web.public import (  # noqa: F401 - they add their routes
    ask,
    borrowing,
    calendar_feed,
    complain,
    contact,
    eit,
    errors,
    files,
    forms,
    home,
    map,
    open311,
    participation,
    qr,
    service_sheets,
    status,
    summaries,
    transparency,
    voices,
)
from web.public.site import AgencyCode, pages, site


def register(app: Flask) -> None:
    """Put the public pages and the error pages into `app`; web.assets and web.security come first."""
    app.url_map.converters["agency"] = AgencyCode
    app.register_blueprint(site)
    app.register_blueprint(pages)
    errors.register(app)
