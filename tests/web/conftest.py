"""The whole app on both databases, with the invented demo agency and a second agency beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.settings import Settings
from handlers.people.agency_setup import DEMO_PASSWORD, add_demo
from models.db import Database
from tests.conftest import Copies
from web.security import limiter

TODAY = date(2026, 11, 21)


class Browser(FlaskClient):
    """A browser that sends forms with their CSRF token."""

    def send(self, address: str, **form: Any) -> TestResponse:
        """Send a form as its page would."""
        page = self.get("/console/login")
        if page.status_code == 302:  # signed in already
            page = self.get("/console/account/password")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token, page.text
        return self.post(address, data={"csrf_token": token[1], **form})


Login = Callable[..., Browser]


def _two_agencies(database: Database) -> None:
    for code in ("demo", "other"):
        with database.write() as session:
            add_demo(session, code, TODAY)


@pytest.fixture(scope="session")
def demo_databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, quick_passwords: None
) -> Copies:
    return Copies(request, tmp_path_factory.mktemp("demo"), _two_agencies)


@pytest.fixture
def database(database_kind: str, demo_databases: Copies, tmp_path: Path) -> Iterator[Database]:
    """`demo` is the installation's own agency; `other` has the same people and answers under other ids."""
    database = demo_databases.copy(database_kind, tmp_path)
    yield database
    database.close()


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The whole app on a database with two agencies."""
    settings = Settings(data=tmp_path / "data", secret_key="k" * 40, public_url="http://localhost")
    app = create_app(settings, database)
    app.testing = True
    app.test_client_class = Browser
    limiter.reset()
    yield app
    limiter.reset()


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser that has not logged in."""
    return cast(Browser, app.test_client())


@pytest.fixture
def login(app: Flask) -> Login:
    """`login("admin")`: a browser in which this person of the demo agency is signed in; `.send(address, **form)`."""

    def _login(username: str, agency: str = "demo") -> Browser:
        browser = cast(Browser, app.test_client())
        answer = browser.send("/console/login", username=username, password=DEMO_PASSWORD, agency=agency)
        assert answer.status_code == 302, answer.text
        return browser

    return _login
