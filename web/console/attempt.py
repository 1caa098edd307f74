"""What was typed on a page with several acts: read from the form, and shown again when an act is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request


@dataclass(frozen=True, slots=True)
class Attempt:
    """An act that was refused, or a text that was put in: its verb, why, what was typed, and the uploads kept."""

    verb: str = ""
    problem: str = ""
    typed: Mapping[str, str] | None = None
    kept: Sequence[int] = ()

    def value(self, verb: str, name: str) -> str:
        return (self.typed or {}).get(name, "") if verb == self.verb else ""


def typed(name: str) -> str:
    """A field of the form, with lines as we store them."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()
