"""The public pages: what citizens read, send and follow without logging in."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Put the public pages and the error pages into `app`; web.assets and web.security come first."""
