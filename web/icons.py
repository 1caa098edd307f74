"""Single icons out of Bootstrap's sprite, put into the page itself: the whole sprite weighs a megabyte."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from markupsafe import Markup

SPRITE = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/icons/bootstrap-icons.svg"


@cache
def icon(name: str) -> Markup:
    """A decorative icon by its Bootstrap name ("inbox"), as tall as the text. Raises KeyError for an unknown name."""
    sprite = SPRITE.read_text()
    match = re.search(rf'<symbol [^>]*id="{re.escape(name)}"[^>]*>(.*?)</symbol>', sprite, re.DOTALL)
    if match is None:
        raise KeyError(name)
    return Markup('<svg class="icon" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">{}</svg>').format(
        Markup(match[1])  # noqa: S704 - from the package, not from people
    )
