"""The desk's own database: SQLite (its own file, secure_delete, WAL) or PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from integrity.tables import Base


class Database:
    """Sessions on the desk's tables; safe to share by threads. An empty database gets its tables at first use."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = create_engine(parsed)
        self._writer = threading.Lock()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
        Base.metadata.create_all(self.engine)
        _add_new_columns(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking; nothing is committed."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end of the block, or rolled back by an exception."""
        with self._one_writer(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        with self._writer:  # SQLite's own waiting polls and starves
            yield

    def shred(self) -> None:
        """After a deletion: leave nothing of the deleted rows in SQLite's write-ahead log."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def close(self) -> None:
        self.engine.dispose()


def _add_new_columns(engine: Engine) -> None:
    """A database of an earlier version gets the columns that came later; each has a default on the server's side."""
    known = {column["name"] for column in inspect(engine).get_columns("officer")}
    if "email" not in known:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE officer ADD COLUMN email VARCHAR DEFAULT '' NOT NULL"))


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=10000",
        "temp_store=MEMORY",
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
