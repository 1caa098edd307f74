"""The whole app of an invented agency, served over real HTTP to a real browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from bot.app import create_app
from bot.settings import Settings
from handlers.agencies import Agencies, AgencyView
from handlers.people.agency_setup import DEMO_PASSWORD, add_demo
from models import Base
from models.base import utc_now
from models.db import Database
from thai.dates import bangkok_date
from web.security import limiter

Known = TypeVar("Known")
CHROMIUM = Path("/usr/bin/chromium")
in_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


@contextmanager
def served(folder: Path, prepare: Callable[[Session, AgencyView], Known]) -> Iterator[tuple[str, Known]]:
    """The app's address, and what `prepare` made of the demo agency. On SQLite: a browser sees no difference."""
    database = Database(f"sqlite:///{folder / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        add_demo(session, "demo", bangkok_date(utc_now()))
    agency = Agencies(database, "http://localhost").get("demo")
    assert agency is not None
    with database.write(agency.id) as session:
        known = prepare(session, agency)
    app = create_app(Settings(data=folder, secret_key="k" * 40, public_url="http://localhost"), database)
    limiter.reset()  # other tests log in too
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}", known
    finally:
        server.shutdown()
        thread.join()
        database.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/console/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main button")
    page.wait_for_url("**/console/**")
