"""A browser that fills in forms as they stand on the page."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

BASE = "/obt/integrity"
STORY = "นายกเรียกเงินทอนโครงการถนนหมู่ 3"
BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)


@dataclass
class Form:
    """A form as it stands on a page: hidden and typed fields with their values, buttons by their words."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area: str | None = None
        self._button: tuple[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(known["action"]))
        elif tag == "input" and known.get("name") and known.get("type") != "file":
            if known.get("type") != "checkbox" or "checked" in known:
                self.forms[-1].fields.append((known["name"], known.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = known["name"], ""
        elif tag == "button":
            self._button, self._text = (known.get("name", ""), known.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.forms[-1].fields.append((self._area, self._text.removeprefix("\n")))
            self._area = None
        elif tag == "button" and self._button:
            self.forms[-1].buttons[self._text.strip()] = self._button
            self._button = None


def forms_of(page: TestResponse) -> list[Form]:
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


class Visitor(FlaskClient):
    """A browser without JavaScript and without a memory."""

    def press(
        self, page: TestResponse, button: str, files: Sequence[tuple[bytes, str]] = (), **typed: Any
    ) -> TestResponse:
        """Fill in the form with this button and press it; `typed` replaces what stands in its fields."""
        form = next(form for form in forms_of(page) if button in form.buttons)
        fields: dict[str, Any] = {}
        for name, value in [*form.fields, form.buttons[button]]:
            fields.setdefault(name, []).append(value)
        fields.pop("", None)
        fields |= typed
        if files:
            fields["files"] = [(io.BytesIO(data), name) for data, name in files]
        return self.post(form.action, data=fields, content_type="multipart/form-data")

    def file_report(self, **typed: Any) -> TestResponse:
        """Through the three steps; the page with the receipt."""
        files = typed.pop("files", [])
        page = self.press(self.get(f"{BASE}/report"), "ต่อไป", **{"q_what": STORY, **typed})
        page = self.press(page, "ต่อไป", **typed)
        return self.press(page, "ส่งเรื่อง", files)


def receipt_on(page: TestResponse) -> str:
    """The twenty digits as shown, in groups."""
    groups = re.findall(r"<li>(\d{4})</li>", page.text)
    assert len(groups) == 5, page.text
    return " ".join(groups)


def words(page: TestResponse) -> str:
    """What the page says, without its tags."""
    return unescape(re.sub(r"<[^>]*>", " ", page.text))
