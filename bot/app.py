"""create_app(): puts everything together, and nothing else does."""

from __future__ import annotations

import logging

from flask import Flask, Response, abort, request
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

import web
from bot.settings import Settings
from bot.webhook import Webhook, signature_is_valid
from handlers.agencies import Agencies
from models.db import Database
from web.services import Services

log = logging.getLogger("sujarit.web")

LARGEST_WEBHOOK = 4 * 1024 * 1024  # bytes; LINE's are far smaller


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The WSGI application: webhook, public pages and console.

    The database must be migrated already (`sujarit db upgrade`)."""
    database = database or Database(settings.database, pool_size=settings.web_threads + 4)
    agencies = Agencies(database, settings.url)
    app = Flask("sujarit", static_folder=None)
    app.extensions["sujarit"] = Services(
        database=database,
        agencies=agencies,
        secret_key=settings.secret(),
        data=settings.data,
        public_url=settings.url,
        default_agency=settings.agency,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _add_webhook(app, settings, Webhook(database, agencies, settings.secret()), agencies)
    web.register(app)
    return app


def _add_webhook(app: Flask, settings: Settings, webhook: Webhook, agencies: Agencies) -> None:
    secret = settings.channel_secret

    @app.post("/line/<code>/webhook")
    def line_webhook(code: str) -> Response:
        # One channel per installation: the agency that the settings name.
        agency = agencies.get(code) if code == settings.agency else None
        if request.content_length is not None and request.content_length > LARGEST_WEBHOOK:
            abort(413)
        body = request.get_data(cache=False)
        if agency is None or not signature_is_valid(secret, body, request.headers.get("x-line-signature")):
            return Response(status=403)
        try:
            webhook.handle(agency, body)
        except DBAPIError as error:
            # Not stored: LINE redelivers. Nothing of the message goes into the log.
            log.error("webhook_not_stored error=%s", type(error.orig).__name__)
            return Response(status=503)
        return Response(status=200)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok", mimetype="text/plain")
