"""create_app(): puts everything together, and nothing else does."""

from __future__ import annotations

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

import web
from bot import integrity_desk, webhook
from bot.line_api import LineLogin
from bot.settings import Settings
from handlers.agencies import Agencies
from handlers.router import route
from models.db import Database
from web.services import Services


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The WSGI application: webhook, public pages and console.

    The database must be migrated already (`sujarit db upgrade`)."""
    database = database or Database(settings.database, pool_size=settings.web_threads + 4)
    agencies = Agencies(database, settings.url, integrity_desk.OpenDoors(settings), settings.sends_mail)
    app = Flask("sujarit", static_folder=None)
    app.extensions["sujarit"] = Services(
        database=database,
        agencies=agencies,
        secret_key=settings.secret(),
        data=settings.data,
        public_url=settings.url,
        default_agency=settings.agency,
        qr=settings.qr,
        line_user=LineLogin(settings.api_base).user_of,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    answer = integrity_desk.with_door(route, integrity_desk.chat_door(settings))
    handle = webhook.Webhook(database, agencies, settings.secret(), answer)
    webhook.register(app, handle, settings.agency, settings.channel_secret)
    web.register(app)

    app.wsgi_app = integrity_desk.mount(app.wsgi_app, settings)  # type: ignore[assignment, method-assign]

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok", mimetype="text/plain")

    return app
