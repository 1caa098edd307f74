"""What every call of the bot's passes: request id, token, rates, faults, the log of calls."""

import contextlib
import json
import re
import socket
import struct
import time
from typing import Any

from flask import Flask, Response, g, jsonify, request

from bot.simulator import faults, ids
from bot.simulator.contract.shape import Check, Problems
from bot.simulator.errors import ApiError, not_found
from bot.simulator.platform import Call, Platform, without_tokens

MOST_BYTES = 2 * 1024 * 1024
_IDS = re.compile(r"/(U[0-9a-f]{32}|richmenu-[0-9a-f]+|\d{10,})")


def install(app: Flask, platform: Platform) -> None:
    """Guard everything below /v2/."""

    @app.before_request
    def enter() -> Response | None:
        if not request.path.startswith("/v2/"):
            return None
        g.started = time.monotonic()
        g.request_id = ids.request_id()
        g.fault = None
        g.user_ids = []
        if request.headers.get("Authorization") != f"Bearer {platform.access_token}":
            reason = "invalid token" if "Authorization" in request.headers else "missing token"
            raise ApiError(
                401,
                f"Authentication failed due to the following reason: {reason}. "
                "Confirm that the access token in the authorization header is valid.",
                headers={"www-authenticate": "Bearer"},
            )
        _strike(platform)
        platform.rates.check(f"{request.method} {_IDS.sub('/', request.path)}")
        if (request.content_length or 0) > MOST_BYTES:
            raise ApiError(413, "Request entity too large")
        return None

    @app.after_request
    def leave(response: Response) -> Response:
        if not request.path.startswith("/v2/"):
            return response
        status = str(response.status_code)
        answer = response.get_json(silent=True)
        response = _strike_after(response)
        if g.fault is not None and g.fault.kind in _AFTER:
            status = f"{status} → {g.fault.kind.removeprefix('accepted_')}"
        elif g.fault is not None and g.fault.kind in {faults.TIMEOUT, faults.RESET}:
            status = g.fault.kind
        platform.note_call(
            Call(
                "api",
                platform.clock.milliseconds(),
                f"{request.method} {request.path}",
                status,
                round((time.monotonic() - g.started) * 1000),
                g.request_id,
                without_tokens(request.get_json(silent=True)),
                without_tokens(answer),
                g.user_ids,
            )
        )
        response.headers["x-line-request-id"] = g.request_id
        return response

    @app.errorhandler(ApiError)
    def refuse(error: ApiError) -> Response:
        response = jsonify(error.body)
        response.status_code = error.status
        response.headers.update(error.headers)
        return response

    @app.errorhandler(404)
    @app.errorhandler(405)
    def unknown(_: Exception) -> Response:
        return refuse(not_found())


def json_body() -> Any:
    """The request's JSON. Raises ApiError 415 or 400."""
    if request.mimetype != "application/json":
        raise ApiError(415, f"The content type, {request.mimetype or 'none'}, is not supported")
    try:
        return json.loads(request.get_data())
    except json.JSONDecodeError as error:
        where = f"line: {error.lineno}, column: {error.colno}"
        raise ApiError(400, f"The request body could not be parsed as JSON ({where})") from error
    except UnicodeDecodeError as error:
        raise ApiError(400, "The request body could not be parsed as JSON (line: -, column: -)") from error


def checked(shape: Check) -> Any:
    """The request's JSON, refused when it hasn't this shape. Raises ApiError."""
    body = json_body()
    problems = Problems()
    shape(body, "", problems)
    problems.raise_if_any()
    return body


_AFTER = {faults.ACCEPTED_STATUS, faults.ACCEPTED_TIMEOUT, faults.ACCEPTED_RESET}


def _strike(platform: Platform) -> None:
    """Trouble before the request is looked at."""
    fault = g.fault = platform.faults.next(request.path)
    if fault is None:
        return
    match fault.kind:
        case faults.STATUS:
            raise ApiError(fault.status, "An error occurred (injected by the stand-in)")
        case faults.RATE_LIMIT:
            raise ApiError(429, "The API rate limit has been exceeded. Try again later.")
        case faults.MONTHLY_LIMIT:
            raise ApiError(429, "You have reached your monthly limit.")
        case faults.DELAY:
            time.sleep(fault.seconds)
        case faults.TIMEOUT:
            time.sleep(fault.seconds)
            _break_connection()
            raise ApiError(504, "Timed out (injected by the stand-in)")
        case faults.RESET:
            _break_connection()
            raise ApiError(502, "Connection reset (injected by the stand-in)")


def _strike_after(response: Response) -> Response:
    """Trouble after it was carried out: the caller can't know."""
    fault = g.fault
    if fault is None or fault.kind not in _AFTER:
        return response
    if fault.kind == faults.ACCEPTED_TIMEOUT:
        time.sleep(fault.seconds)
    if fault.kind in {faults.ACCEPTED_TIMEOUT, faults.ACCEPTED_RESET}:
        _break_connection()
    changed = jsonify({"message": "An error occurred (injected by the stand-in)"})
    changed.status_code = fault.status
    return changed


def _break_connection() -> None:
    """Cut the line under werkzeug's server; elsewhere (a test client) the error status has to do."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RDWR)
