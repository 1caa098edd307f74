"""Small checks that are put together into the shape of a JSON request.

A check takes the value, the path of the property and the list of problems, and adds to that list. What a
check says is worded as LINE words its ``details[].message``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.errors import ApiError


@dataclass
class Problems:
    found: list[dict[str, str]] = field(default_factory=list)

    def add(self, path: str, message: str) -> None:
        self.found.append({"message": message, "property": path})

    def raise_if_any(self) -> None:
        if self.found:
            raise ApiError(400, f"The request body has {len(self.found)} error(s)", self.found)


Check = Callable[[Any, str, Problems], None]


def obj(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, also: Check | None = None) -> Check:
    """An object with these keys and no others. `also` sees the whole object when its parts are sound."""
    known = {**required, **(optional or {})}

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(path, "Must be an object")
            return
        before = len(problems.found)
        for key in required:
            if key not in value:
                problems.add(_join(path, key), "May not be empty")
        for key, part in value.items():
            if key in known:
                known[key](part, _join(path, key), problems)
            else:
                problems.add(_join(path, key), "Unknown property")
        if also is not None and len(problems.found) == before:
            also(value, path, problems)

    return check


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` decides its shape."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(path, "Must be an object")
        elif not isinstance(value.get("type"), str) or value["type"] not in kinds:
            problems.add(_join(path, "type"), f"Must be one of the following values: [{', '.join(kinds)}]")
        else:
            kinds[value["type"]](value, path, problems)

    return check


def utf16_units(text: str) -> int:
    """LINE counts a text's length in UTF-16 code units: an emoji outside the BMP counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text(most: int, least: int = 1, count: Callable[[str], int] = len) -> Check:
    """A string of `least`..`most`; code points unless told otherwise.

    LINE's reference says grapheme clusters for labels, a live test saw code points: the stricter holds.
    """

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(path, "Must be a string")
        elif len(value) < least or (least and not value.strip()):
            problems.add(path, "May not be empty")
        elif count(value) > most:
            problems.add(path, f"Length must be between {least} and {most}")

    return check


def matching(pattern: str, says: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            problems.add(path, says)

    return check


def enum(*values: str) -> Check:
    def check(value: Any, path: str, problems: Problems) -> None:
        if value not in values:
            problems.add(path, f"Must be one of the following values: [{', '.join(values)}]")

    return check


def integer(least: int, most: int) -> Check:
    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            problems.add(path, f"Must be an integer between {least} and {most}")

    return check


def number(least: float, most: float) -> Check:
    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
            problems.add(path, f"Must be a number between {least} and {most}")

    return check


def boolean(value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, bool):
        problems.add(path, "Must be a boolean")


def array(item: Check, least: int, most: int) -> Check:
    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(path, "Must be an array")
            return
        if not least <= len(value) <= most:
            problems.add(path, f"Size must be between {least} and {most}")
        for index, part in enumerate(value):
            item(part, f"{path}[{index}]", problems)

    return check


def any_value(value: Any, path: str, problems: Problems) -> None:
    """The contract says nothing about this place."""


def is_loopback_url(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}


def media_url(value: Any, path: str, problems: Problems) -> None:
    """HTTPS, at most 2,000 characters.

    The stand-in's one relaxation of LINE's contract: http is accepted for an address on this machine,
    because the product that it serves has no certificate there.
    """
    if not isinstance(value, str) or not value:
        problems.add(path, "May not be empty")
    elif len(value) > 2000:
        problems.add(path, "Length must be between 1 and 2000")
    elif not _plain_uri(value) or not (value.startswith("https://") or is_loopback_url(value)):
        problems.add(path, "Must be a valid HTTPS URL")


def link_uri(value: Any, path: str, problems: Problems) -> None:
    """A link that a user may tap: http, https, line or tel, percent-encoded, at most 1,000 characters."""
    if not isinstance(value, str) or not value:
        problems.add(path, "May not be empty")
    elif len(value) > 1000:
        problems.add(path, "Length must be between 1 and 1000")
    elif not re.match(r"(https?|line|tel):", value):
        problems.add(path, "invalid uri scheme")
    elif not _plain_uri(value):
        problems.add(path, "invalid uri")


def _plain_uri(value: str) -> bool:
    if not value.isascii() or any(c.isspace() or not c.isprintable() for c in value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.hostname) if parts.scheme in {"http", "https"} else bool(parts.path or parts.netloc)
