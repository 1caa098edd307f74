"""The chat page: a phone on the screen."""

from collections.abc import Sequence
from pathlib import Path

import fontpkg_sarabun
from flask import Blueprint, Response, render_template, send_from_directory

from bot.simulator.icons import icon
from bot.simulator.platform import Platform
from bot.simulator.samples import SAMPLES

# Pictures in a chat come from wherever the bot's messages point; everything else from here.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob: https: http://127.0.0.1:* http://localhost:*; "
    "media-src 'self' blob: https: http://127.0.0.1:* http://localhost:*; frame-ancestors 'none'"
)


def create(platform: Platform, links: Sequence[tuple[str, str]]) -> Blueprint:
    page = Blueprint("page", __name__, static_folder="static", static_url_path="/static", template_folder="templates")

    @page.get("/")
    def chat() -> Response:
        response = Response(
            render_template("chat.html", bot_name=platform.bot_name, links=links, samples=SAMPLES, icon=icon)
        )
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    @page.get("/fonts/<name>.ttf")
    def font(name: str) -> Response:
        return send_from_directory(Path(fontpkg_sarabun.ROOT) / "files", f"{name}.ttf", max_age=86400)

    return page
