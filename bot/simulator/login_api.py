"""LINE Login's word on an ID token: what LIFF pages bring, and what their server asks about it."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.simulator.platform import Platform

ISSUER = "https://access.line.me"
LIFE = 3600  # seconds


def create(platform: Platform) -> Blueprint:
    api = Blueprint("login_api", __name__)

    @api.post("/oauth2/v2.1/verify")
    def verify() -> Response | tuple[Response, int]:
        """https://developers.line.biz/en/reference/line-login/#verify-id-token"""
        claims = _claims(platform, request.form.get("id_token", ""))
        if claims is None:
            return _refused("Invalid IdToken.")
        if claims["exp"] < time.time():
            return _refused("IdToken expired.")
        if claims["aud"] != request.form.get("client_id", ""):
            return _refused("Invalid IdToken Audience.")
        return jsonify(claims)

    @api.post("/_control/users/<user_id>/id-token")
    def issue(user_id: str) -> Response:
        """{"channel": "1234567890", "age": 0}: the token that LIFF would give the page for this user."""
        body: dict[str, Any] = request.get_json(silent=True) or {}
        user = platform.user(user_id)
        now = int(time.time()) - int(body.get("age", 0))
        claims = {"iss": ISSUER, "sub": user.id, "aud": str(body.get("channel", "")), "exp": now + LIFE, "iat": now,
                  "amr": ["linesso"], "name": user.name}  # fmt: skip
        head = ".".join(_packed(part) for part in ({"typ": "JWT", "alg": "HS256"}, claims))
        return jsonify(id_token=f"{head}.{_signature(platform, head)}")

    return api


def _refused(words: str) -> tuple[Response, int]:
    return jsonify(error="invalid_request", error_description=words), 400


def _claims(platform: Platform, token: str) -> dict[str, Any] | None:
    """What the token says, if it is one of ours."""
    head, _, signature = token.rpartition(".")
    if not head or not hmac.compare_digest(signature.encode(), _signature(platform, head).encode()):
        return None
    body = head.partition(".")[2]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def _packed(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def _signature(platform: Platform, head: str) -> str:
    digest = hmac.new(platform.access_token.encode(), head.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
