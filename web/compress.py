"""gzip for what everybody gets alike: style sheets, scripts, typefaces, and pages that hold no token.

A page with a token in it is never compressed: its length would tell about its secrets (BREACH)."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

LEAST = 1000  # bytes; below, nothing is won
KINDS = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "font/ttf")


def shrink(response: Response) -> Response:
    """The response as gzip where the browser takes it and it is worth it."""
    if response.status_code != 200 or response.mimetype not in KINDS or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if "gzip" not in request.accept_encodings:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < LEAST:
        return response
    response.set_data(_packed(content))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)  # the same thing, in other bytes
    return response


def compressed(view: Callable[..., ResponseReturnValue]) -> Callable[..., Response]:
    """For a view whose page holds no token and nothing of one person."""

    @wraps(view)
    def smaller(*args: Any, **values: Any) -> Response:
        return shrink(make_response(view(*args, **values)))

    return smaller


@lru_cache(maxsize=64)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
