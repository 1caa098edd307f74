"""CSRF tokens and rate limits, shared by all pages that take forms.

Every blueprint with forms says `blueprint.before_request(csrf.protect)`; the LINE webhook, which is signed, does not.
"""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://")


def register(app: Flask) -> None:
    """Set up tokens, limits and the session cookie; a second call changes nothing."""
    if "csrf" in app.extensions:
        return
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # checked blueprint by blueprint, see above
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a form may stay open for a day; the session ends it
    app.config.setdefault("SESSION_COOKIE_SAMESITE", "Lax")
    app.config.setdefault("SESSION_COOKIE_HTTPONLY", True)
    csrf.init_app(app)
    limiter.init_app(app)
