"""The stand-in as a web server on this machine's loopback, and nowhere else."""

import ipaddress
import logging
from collections.abc import Sequence
from pathlib import Path

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.serving import BaseWSGIServer, make_server

from bot.simulator import bot_api, control_api, gate, login_api, page, rich_menu_api
from bot.simulator.errors import ApiError
from bot.simulator.platform import Persona, Platform

_MOST_BYTES = 64 * 1024 * 1024  # a photo or video from the chat page, base64 in JSON


class _Json(DefaultJSONProvider):
    """JSON that a person can read: Thai as Thai, keys in the order in which LINE shows them."""

    ensure_ascii = False
    sort_keys = False


def create_app(platform: Platform, links: Sequence[tuple[str, str]] = ()) -> Flask:
    """`links`: (label, address) shown on the chat page, such as the product's console."""
    app = Flask(__name__, static_folder=None)
    app.json = _Json(app)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES

    @app.before_request
    def only_from_here() -> None:
        """A web page elsewhere can make a browser call a loopback port: not this one."""
        if not is_loopback(request.host.rsplit(":", 1)[0].strip("[]")):
            raise ApiError(403, "The stand-in answers on this machine only")
        origin = request.headers.get("Origin")
        if origin is not None and origin != request.host_url.rstrip("/"):
            raise ApiError(403, "The stand-in takes no calls from other pages")

    gate.install(app, platform)
    app.register_blueprint(bot_api.create(platform))
    app.register_blueprint(rich_menu_api.create(platform))
    app.register_blueprint(control_api.create(platform))
    app.register_blueprint(login_api.create(platform))
    app.register_blueprint(page.create(platform, links))
    return app


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def make(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A threaded server that isn't running yet; port 0 takes a free one (`.server_port`).

    Raises ValueError for a host that others could reach.
    """
    if not is_loopback(host):
        raise ValueError(f"The LINE stand-in listens on loopback only (127.0.0.1, ::1), not on {host!r}")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return make_server(host, port, app, threaded=True)


def run(
    host: str = "127.0.0.1",
    port: int = 8100,
    *,
    channel_secret: str,
    channel_access_token: str,
    webhook_url: str,
    state_path: Path | None = None,
    personas: Sequence[Persona] = (),
    links: Sequence[tuple[str, str]] = (),
    bot_name: str = "บัญชีทดลอง",
) -> None:
    """Serve until interrupted. Raises ValueError for a host that others could reach."""
    platform = Platform(
        channel_secret,
        channel_access_token,
        webhook_url,
        state_path=state_path,
        personas=personas,
        bot_name=bot_name,
    )
    try:
        make(create_app(platform, links), host, port).serve_forever()
    finally:
        platform.close()
