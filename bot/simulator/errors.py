"""Refusals, in the shape in which LINE words them."""

from collections.abc import Mapping, Sequence
from typing import Any


class ApiError(Exception):
    """An answer other than 2xx: LINE's ``{"message": ..., "details": [{"message", "property"}]}``."""

    def __init__(
        self,
        status: int,
        message: str,
        details: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: dict[str, Any] = {"message": message}
        if details:
            self.body["details"] = [dict(detail) for detail in details]
        self.body.update(extra or {})


def not_found() -> ApiError:
    return ApiError(404, "Not found")
