"""The HTML edge: public pages and the staff console."""

from __future__ import annotations

from flask import Flask

from web import assets, console, public, security


def register(app: Flask) -> None:
    """Put all pages into `app`, whose services (web/services.py) are installed already."""
    assets.register(app)
    security.register(app)
    public.register(app)
    console.register(app)
