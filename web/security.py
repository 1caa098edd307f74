"""Sessions, CSRF tokens and rate limits, shared by all pages that take forms.

Every blueprint with forms says `blueprint.before_request(csrf.protect)`; the LINE webhook, which is signed, does not.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from web.services import services_of

csrf = CSRFProtect()
# Counts in this process's memory: enough against guessing, lost at a restart.
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://")


def register(app: Flask) -> None:
    """Set up the session cookie, tokens and limits; a second call changes nothing."""
    if "csrf" in app.extensions:
        return
    services = services_of(app)
    app.secret_key = services.secret_key
    app.config.update(
        SESSION_COOKIE_NAME="sujarit",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=services.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_CHECK_DEFAULT=False,  # checked blueprint by blueprint, see above
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open for a day; the session ends it
    )
    # At INFO it would log addresses and what was typed as a user name.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    csrf.init_app(app)
    limiter.init_app(app)
