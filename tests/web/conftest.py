"""The whole app on both databases, with the invented demo agency and a second agency beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.settings import Settings
from handlers.agencies import Agencies
from handlers.people.agency_setup import DEMO_PASSWORD, add_demo
from models.db import Database
from tests.conftest import Copies
from web.security import limiter
from web.services import services_of

TODAY = date(2026, 11, 21)


SECRET_KEY = "k" * 40


class Browser(FlaskClient):
    """A browser that sends forms with their CSRF token."""

    def send(self, address: str, **form: Any) -> TestResponse:
        """Send a form as its page would, with a token of its session (other tests read theirs off the page)."""
        with self.session_transaction() as session:
            secret = session.setdefault("csrf_token", "0" * 40)
        token = URLSafeTimedSerializer(SECRET_KEY, salt="wtf-csrf-token").dumps(secret)
        return self.post(address, data={"csrf_token": token, **form})


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
    demo_databases.give_back(database)


def _settings(data: Path) -> Settings:
    return Settings(data=data, secret_key=SECRET_KEY, public_url="http://localhost")


@pytest.fixture(scope="session")
def any_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The whole app, made once: its hundreds of addresses take longer than most tests."""
    folder = tmp_path_factory.mktemp("app")
    app = create_app(_settings(folder), Database(f"sqlite:///{folder / 'none.sqlite3'}"))
    app.testing = True
    app.test_client_class = Browser
    return app


@pytest.fixture
def app(any_app: Flask, database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The whole app on a database with two agencies; its webhook and integrity desk are those of no agency."""
    services = services_of(any_app)
    agencies = Agencies(database, services.public_url)
    replace(services, database=database, agencies=agencies, data=tmp_path / "data").install(any_app)
    any_app.extensions.pop("transparency", None)  # figures kept for a minute
    limiter.reset()
    yield any_app
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
