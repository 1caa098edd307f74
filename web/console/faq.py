"""The FAQ manager."""

from __future__ import annotations

from flask import Blueprint

from web.console import access

pages = Blueprint("faq", __name__, url_prefix="/faq")


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    return ""


@pages.get("/new")
@access.roles(*access.EVERYONE)
def new() -> str:
    return ""
