"""Fixtures of the integrity desk: its own database on SQLite and PostgreSQL, a fixed configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from integrity.config import Config
from integrity.database import Database

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # ten in the morning in Bangkok, fiscal year 2570


@pytest.fixture
def desk_database_url(database_url: str) -> str:
    """The URL of an empty database, once for each kind."""
    return database_url


@pytest.fixture
def desk_database(desk_database_url: str) -> Iterator[Database]:
    """The desk's tables with nothing in them."""
    database = Database(desk_database_url)
    yield database
    database.close()


@pytest.fixture
def config(desk_database_url: str) -> Config:
    """Secrets that a thief of the server would hold."""
    return Config(
        database_url=desk_database_url,
        public_url="https://obt.example",
        pepper=b"p" * 32,
        site_salt=b"s" * 16,
        cookie_key=b"c" * 32,
    )
