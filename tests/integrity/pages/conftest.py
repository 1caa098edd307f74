"""The desk's pages over a desk that is open, for reporters and for officers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from integrity.config import Config
from integrity.database import Database
from integrity.pages.app import create_app
from integrity.vault import kdf
from tests.integrity.conftest import CHEAP, NOW, KnownDesk, Prepared, quicker, secrets_of
from tests.integrity.pages.desk import World, build, fill
from tests.integrity.pages.visitor import Visitor


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """The verbs below the pages are tested on both kinds; of the pages only those that are marked BOTH."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(autouse=True)
def _quick_receipts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receipts derived as ever, with less work."""
    stretch = kdf.stretch
    monkeypatch.setattr(kdf, "stretch", lambda secret, salt, cost: stretch(secret, salt, CHEAP))


@pytest.fixture
def app(config: Config, desk_database: Database, desk: KnownDesk) -> Iterator[Flask]:
    app = create_app(config, desk_database)
    app.extensions["integrity"].clock = lambda: NOW
    app.test_client_class = Visitor
    return app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    client = app.test_client(use_cookies=False)
    assert isinstance(client, Visitor)
    return client


# --- the officers' side ---


@pytest.fixture(scope="session")
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(request, tmp_path_factory.mktemp("world"), fill)


@pytest.fixture
def world(worlds: Prepared, database_kind: str, tmp_path: Path) -> Iterator[World]:
    url, filled = worlds.copy(database_kind, tmp_path)
    database = quicker(Database(url))
    yield build(secrets_of(url), database, filled)
    database.close()
    worlds.drop(url)
