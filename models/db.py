"""The one place that knows which database this is.

SQLite (WAL, synchronous=FULL) is the default: one writer at a time, so writers queue on a lock of our own,
in the process and (through a file beside the database) between processes. SQLite's own busy handler polls and
starves: 0.4-1.5 s at the worst against 15-60 ms for a lock (measured). PostgreSQL does all this by itself.
"""

from __future__ import annotations

import fcntl
import itertools
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models.base import AgencyOwned

OUTBOX_CHANNEL = "sujarit_outbox"  # PostgreSQL NOTIFY channel that wakes the workers
_encode = msgspec.json.Encoder().encode
_Row = tuple[str, dict[str, Any]]  # an INSERT, the values

SQLITE_POLL_SECONDS = 0.02  # how often a waiting worker looks at SQLite's change counter (5 µs a look)


class ScopedSession(Session):
    """A session which, when `info["agency_id"]` is set, sees and writes only that agency's rows."""


@event.listens_for(ScopedSession, "do_orm_execute")
def _only_own_agency(state: ORMExecuteState) -> None:
    agency_id = state.session.info.get("agency_id")
    if agency_id is not None and not state.is_column_load:
        state.statement = state.statement.options(
            with_loader_criteria(
                AgencyOwned,
                lambda cls: cls.agency_id == agency_id,
                include_aliases=True,
                track_closure_variables=True,
            )
        )


@event.listens_for(ScopedSession, "before_flush")
def _stamp_own_agency(session: Session, context: UOWTransaction, instances: object) -> None:
    agency_id = session.info.get("agency_id")
    if agency_id is None:
        return
    for row in session.new:
        if isinstance(row, AgencyOwned):
            if row.agency_id is None:
                row.agency_id = agency_id
            elif row.agency_id != agency_id:
                raise PermissionError("a row of another agency in a session scoped to one agency")


@dataclass(slots=True)
class Transaction:
    """An open write transaction on the hot path: raw statements first, an ORM session only if a slice asks.

    `raw` is the driver's connection (sqlite3 or psycopg). The session works under a savepoint so that one bad
    event can be undone without its neighbours.
    """

    connection: Connection
    agency_id: int
    sqlite: bool
    raw: Any = field(init=False)
    # Ids by table, drawn ahead from PostgreSQL's sequences (models/inbox.py) so that insert() need not ask.
    ids: dict[str, Iterator[int]] = field(default_factory=dict)
    _session: Session | None = None
    _kept: list[_Row] = field(default_factory=list)  # rows to be sent at the end
    _new: list[_Row] = field(default_factory=list)  # the same, since the last release
    _later: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.raw = self.connection.connection.driver_connection

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = ScopedSession(
                self.connection,
                info={"agency_id": self.agency_id},
                join_transaction_mode="create_savepoint",
                expire_on_commit=False,
            )
            self._send(self._kept)
            self._session.connection()  # the savepoint begins: undo() takes back what follows
            self._send(self._new)
            if self.sqlite:
                self.ids.clear()
        return self._session

    def insert(self, table: Table, row: Mapping[str, Any]) -> int:
        """Put one row in past the ORM (which takes 0.5 ms for it); its id. undo() takes it back. Columns that are not
        given get their fixed defaults; JSON columns are not for this. It is sent with others, at the end or before a
        session begins."""
        if self._session is not None:
            return int(self._session.execute(table.insert().values(row).returning(table.c.id)).scalar_one())
        new_id = next(self.ids.get(table.name, iter(())), None) or self._draw_id(table.name)
        statement, defaults = _insert_statement(table, tuple(row), self.sqlite)
        self._new.append((statement, {"id": new_id, **row, **defaults}))
        return new_id

    def _draw_id(self, table: str) -> int:
        if not self.sqlite:
            return int(self.raw.execute(f"SELECT nextval('{table}_id_seq')").fetchone()[0])
        # Nobody else writes meanwhile; without AUTOINCREMENT these are the ids that SQLite would give.
        last = self.raw.execute(f'SELECT coalesce(max(id), 0) FROM "{table}"').fetchone()[0]  # noqa: S608 - our own name
        self.ids[table] = itertools.count(last + 1)
        return next(self.ids[table])

    def later(self, statement: str, parameters: Any) -> None:
        """Send it at the end: PostgreSQL then gets it, the rows of insert() and the commit in one round trip."""
        self._later.append((statement, parameters))

    def release(self) -> None:
        """Keep what was done (it still commits or not with the transaction)."""
        self._kept += self._new
        self._new.clear()
        if self._session is not None:
            self._session.commit()
            self._session.close()
            self._session = None

    def undo(self) -> None:
        """Throw away what was done since the last release, but for raw statements other than insert()."""
        if self._session is not None:
            self._session.rollback()
            self._session.close()
            self._session = None
        self._new.clear()

    def finish(self) -> None:
        """Send what was put off; on PostgreSQL commit too."""
        self.release()
        with nullcontext() if self.sqlite else self.raw.pipeline():
            self._send(self._kept)
            for statement, parameters in self._later:
                self.raw.execute(statement, parameters)
            if not self.sqlite:
                self.raw.commit()

    def _send(self, rows: list[_Row]) -> None:
        by_statement: dict[str, list[dict[str, Any]]] = {}
        for statement, values in rows:
            by_statement.setdefault(statement, []).append(values)
        for statement, together in by_statement.items():
            if self.sqlite:
                self.raw.executemany(statement, [[_for_sqlite(v) for v in row.values()] for row in together])
            else:
                self.raw.execute(statement, (_encode(together).decode(),))
        rows.clear()


@lru_cache
def _insert_statement(table: Table, given: tuple[str, ...], sqlite: bool) -> tuple[str, dict[str, Any]]:
    """The INSERT of rows that have an id, these columns and, behind them, those with a fixed default; and these
    defaults. PostgreSQL gets all rows as one parameter of JSON."""
    fixed = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in given and isinstance(column.default, ScalarElementColumnDefault)
    }
    names = ("id", *given, *fixed)
    columns = ", ".join(f'"{name}"' for name in names)
    rows = (
        f"VALUES ({', '.join('?' * len(names))})"
        if sqlite
        else f'SELECT {columns} FROM json_populate_recordset(NULL::"{table.name}", %s)'  # noqa: S608 - our own names
    )
    return f'INSERT INTO "{table.name}" ({columns}) {rows}', fixed


class Database:
    """An engine and the ways to open a transaction on it.

    `url` is an SQLAlchemy URL: sqlite:///path or postgresql+psycopg://...; other schemes raise ValueError.
    """

    def __init__(self, url: str, pool_size: int = 8) -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if not self.sqlite and parsed.get_backend_name() != "postgresql":
            raise ValueError(f"only SQLite and PostgreSQL are supported, not {parsed.get_backend_name()}")
        self._lock = threading.Lock()  # held by the thread that writes (SQLite)
        self._lock_file: BinaryIO | None = None
        self.engine = (
            self._sqlite_engine()
            if self.sqlite
            else create_engine(parsed, pool_size=pool_size, max_overflow=8, hide_parameters=True)
        )
        # What the database raises, through SQLAlchemy or, on the hot path, straight from the driver.
        self.errors: tuple[type[Exception], ...] = (SQLAlchemyError, self.engine.dialect.loaded_dbapi.Error)
        self._waiter: Any = None

    def _sqlite_engine(self) -> Engine:
        path = self.url.database
        if not path or path == ":memory:":
            raise ValueError("SQLite needs a file: several threads and processes share it")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            self.url, connect_args={"timeout": 10, "check_same_thread": False}, pool_size=16, hide_parameters=True
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, record: object) -> None:
            connection.isolation_level = None  # transactions are begun below, not by the driver
            # secure_delete: what was deleted for somebody's sake (PDPA s.33) must not stay in free pages of the file.
            for pragma in (
                "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON",
            ):  # fmt: skip
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            immediate = connection.get_execution_options().get("write", False)
            connection.connection.driver_connection.execute(  # type: ignore[union-attr]
                "BEGIN IMMEDIATE" if immediate else "BEGIN"
            )

        return engine

    @contextmanager
    def _writer_turn(self) -> Iterator[None]:
        """Wait for this writer's turn (SQLite only)."""
        if not self.sqlite:
            yield
            return
        with self._lock:
            if self._lock_file is None:
                self._lock_file = open(f"{self.url.database}.lock", "ab")  # noqa: SIM115, PTH123 - kept open for life
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    @contextmanager
    def read(self, agency_id: int | None = None) -> Iterator[Session]:
        """A session for looking only; nothing is committed."""
        with ScopedSession(self.engine, info={"agency_id": agency_id}) as session:
            yield session

    @contextmanager
    def write(self, agency_id: int | None = None) -> Iterator[Session]:
        """A session whose work is committed at the end, or rolled back if the block raises.

        Rows loaded in it can still be read after the commit. Not re-entrant."""
        with (
            self._writer_turn(),
            self.engine.connect().execution_options(write=True) as connection,
            connection.begin(),
            ScopedSession(connection, info={"agency_id": agency_id}, expire_on_commit=False) as session,
        ):
            yield session
            session.flush()

    @contextmanager
    def transaction(self, agency_id: int) -> Iterator[Transaction]:
        """The hot path's transaction: see Transaction."""
        with (
            self._writer_turn(),
            self.engine.connect().execution_options(write=True) as connection,
            connection.begin(),
        ):
            transaction = Transaction(connection, agency_id, self.sqlite)
            try:
                yield transaction
            except BaseException:
                transaction.undo()
                raise
            transaction.finish()
            # After some errors (a full disk) SQLite rolls back by itself; a commit would then seem to succeed.
            if self.sqlite and not transaction.raw.in_transaction:
                raise OperationalError("COMMIT", None, Exception("the transaction was rolled back"))

    def forget_broken_connections(self) -> None:
        """Connect anew from now on: after an error all pooled connections may be dead (the server was restarted)."""
        if not self.sqlite:
            self.engine.dispose()

    def wait_for_change(self, seconds: float) -> None:
        """Sleep until another transaction has been committed (PostgreSQL: has notified), at most `seconds`."""
        if self.sqlite:
            self._wait_sqlite(seconds)
        else:
            self._wait_postgres(seconds)

    def _wait_sqlite(self, seconds: float) -> None:
        import sqlite3

        if self._waiter is None:
            # data_version counts what *other* connections commit, so it needs a connection that never writes.
            self._waiter = sqlite3.connect(str(self.url.database), check_same_thread=False)
            self._seen = None
        until = time.monotonic() + seconds
        while True:
            version = self._waiter.execute("PRAGMA data_version").fetchone()[0]
            if version != self._seen:
                self._seen = version
                return
            if time.monotonic() >= until:
                return
            time.sleep(SQLITE_POLL_SECONDS)

    def _wait_postgres(self, seconds: float) -> None:
        import psycopg

        try:
            if self._waiter is None or self._waiter.closed:
                dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
                self._waiter = psycopg.connect(dsn, autocommit=True)
                self._waiter.execute(f"LISTEN {OUTBOX_CHANNEL}")
                return  # something may have come before we listened
            for _ in self._waiter.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error:
            self._waiter = None
            time.sleep(min(seconds, 1.0))

    def renew_statistics(self) -> None:
        """Let SQLite count what its indexes hold, by samples; without that it may choose ways that are a hundred times
        as long. PostgreSQL does so by itself."""
        if self.sqlite:
            with self.write() as session:
                session.execute(text("PRAGMA analysis_limit = 1000"))
                session.execute(text("ANALYZE"))

    def close(self) -> None:
        self.engine.dispose()
        if self._waiter is not None:
            self._waiter.close()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


def _for_sqlite(value: Any) -> Any:
    return sqlite_time(value) if isinstance(value, datetime) else value


def sqlite_time(moment: datetime) -> str:
    """An aware datetime as SQLAlchemy's SQLite dialect stores it (UTC, microseconds), for raw statements."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def from_sqlite_time(stored: str) -> datetime:
    """The reverse of sqlite_time."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)
