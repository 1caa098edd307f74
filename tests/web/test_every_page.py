"""Every page of the menus in a real browser: nothing overflows a phone, nothing serious for axe-core, no file fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import url_for
from playwright.sync_api import Browser, Page, ViewportSize

from bot.app import create_app
from bot.settings import Settings
from models.db import Database
from tests.axe import violations
from tests.web.served import chromium, in_browser, served, sign_in
from web.console.navigation import NAVIGATION

pytestmark = in_browser
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=844)
PUBLIC = (
    "", "ask", "complain", "status", "contact", "privacy", "guide", "services", "forms", "eit", "activities",
    "proposals", "transparency/", "transparency/complaints", "transparency/channels",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("served"), lambda session, agency: None) as (found, _):
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param, bypass_csp=True)
    page = context.new_page()
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.on("pageerror", lambda error: failed.append(str(error)))
    yield page
    context.close()
    assert failed == []


def look(page: Page, address: str) -> list[str]:
    """What is wrong with a page."""
    answer = page.goto(address)
    assert answer is not None
    wrong = [] if answer.status == 200 else [f"status {answer.status}"]
    for details in page.locator("main details").all():
        details.evaluate("details => details.open = true")
    if (over := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")) > 0:
        wrong.append(f"{over} px too wide")
    if page.viewport_size == PHONE:  # axe looks at the same page again on a desk
        wrong += violations(page)
    return [f"{address}: {one}" for one in wrong]


@pytest.mark.parametrize("username", ["admin", "palad", "khlang"])
def test_the_console(page: Page, address: str, username: str, tmp_path: Path) -> None:
    role = {"admin": "admin", "palad": "clerk", "khlang": "officer"}[username]
    app = create_app(Settings(data=tmp_path), Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    with app.test_request_context():
        paths = [url_for(entry.endpoint) for entry in NAVIGATION if role in entry.roles]
    sign_in(page, address, username)
    assert [wrong for path in paths for wrong in look(page, address + path)] == []


def test_the_public_pages(page: Page, address: str) -> None:
    assert [wrong for path in PUBLIC for wrong in look(page, f"{address}/demo/{path}")] == []
