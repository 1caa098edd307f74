"""Fixtures of the integrity desk: its own database on SQLite and PostgreSQL, a fixed configuration."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine, create_engine, event, make_url, select, text
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from integrity import setup, telephone
from integrity.config import Config
from integrity.database import Database
from integrity.tables import Base, Desk, Officer
from integrity.vault import officer as vault
from integrity.vault.kdf import Cost
from tests.conftest import new_postgres_database

CHEAP = Cost(passes=1, memory_kib=8)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # ten in the morning in Bangkok, fiscal year 2570


class Prepared:
    """The desk's databases that all begin alike: filled once a session for each kind, then copied, which is much
    quicker. `fill` may return what the tests have to know of its work."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path, fill: Callable[[Database], Any]) -> None:
        self._request, self._folder, self._fill = request, folder, fill
        self._filled: dict[str, tuple[str, Any]] = {}

    def copy(self, kind: str, folder: Path) -> tuple[str, Any]:
        """The URL of a fresh copy and what `fill` returned; `folder` is where SQLite's file is put."""
        if kind not in self._filled:
            self._filled[kind] = self._original(kind)
        url, known = self._filled[kind]
        if kind == "sqlite":
            path = folder / "test.sqlite3"
            shutil.copy(url.removeprefix("sqlite:///"), path)
            return f"sqlite:///{path}", copy.deepcopy(known)
        server = self._request.getfixturevalue("postgres_server")
        return new_postgres_database(server, str(make_url(url).database)), copy.deepcopy(known)

    def drop(self, url: str) -> None:
        """On PostgreSQL every copy takes 12 MB and 780 files: hundreds of them would slow down everything."""
        if make_url(url).get_backend_name() == "postgresql":
            server = create_engine(self._request.getfixturevalue("postgres_server"), isolation_level="AUTOCOMMIT")
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))
            server.dispose()

    def _original(self, kind: str) -> tuple[str, Any]:
        if kind == "sqlite":
            url = f"sqlite:///{self._folder / 'original.sqlite3'}"
        else:
            url = new_postgres_database(self._request.getfixturevalue("postgres_server"))
        database = Database(url)
        known = self._fill(database)
        database.shred()  # SQLite: all of it into the one file that is copied
        database.close()
        return url, known


@pytest.fixture(scope="session")
def empty_desks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(request, tmp_path_factory.mktemp("desk"), lambda database: None)


@pytest.fixture
def desk_database_url(database_kind: str, empty_desks: Prepared, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the desk's tables and nothing in them, once for each kind."""
    url, _ = empty_desks.copy(database_kind, tmp_path)
    yield url
    empty_desks.drop(url)


@pytest.fixture
def desk_database(desk_database_url: str) -> Iterator[Database]:
    """The desk's tables with nothing in them."""
    database = quicker(Database(desk_database_url))
    yield database
    database.close()


_first_engines: dict[str, Engine] = {}
_statements: Any = LRUCache(2000)


def quicker(database: Database) -> Database:
    """A database for one test: it uses the statements that were compiled for others, and SQLite does not wait for the
    disk."""
    engine = database.engine
    engine.dialect = _first_engines.setdefault(engine.name, engine).dialect
    engine.update_execution_options(compiled_cache=_statements)
    if database.is_sqlite:
        engine.dispose()
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return database


@pytest.fixture
def config(desk_database_url: str) -> Config:
    """Secrets that a thief of the server would hold."""
    return secrets_of(desk_database_url)


def secrets_of(database_url: str) -> Config:
    return Config(
        database_url=database_url,
        public_url="https://obt.example",
        pepper=b"p" * 32,
        site_salt=b"s" * 16,
        cookie_key=b"c" * 32,
    )


@dataclass(frozen=True)
class KnownOfficer:
    """What a test knows of an officer and no server does."""

    id: int
    username: str
    passphrase: str
    recovery_code: str
    private: bytes
    totp_secret: str


@dataclass(frozen=True)
class KnownDesk:
    """An open desk: an officer, a custodian, and a recipient from outside, all active."""

    row: Desk
    officers: list[KnownOfficer]

    @property
    def custodian(self) -> KnownOfficer:
        return self.officers[1]


@pytest.fixture
def desk(desk_database: Database) -> KnownDesk:
    """Ready to open. Written row by row with the vault, not through integrity.officers, so that each can be tested
    alone."""
    people = []
    with desk_database.writing() as session:
        row = setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())
        for username, name, role in (
            ("malee", "มาลี ใจตรง", "officer"),
            ("somsri", "สมศรี รักษา", "custodian"),
            ("prasit", "ประสิทธิ์ มั่นคง", "outside"),
        ):
            pair, code = vault.new_pair(), vault.new_recovery_code()
            passphrase = f"ข้าวเหนียว มะม่วง สะพาน แม่น้ำ {username}"
            officer = Officer(
                desk_id=row.id,
                username=username,
                name=name,
                role=role,
                status="active",
                public_key=pair.public,
                private_by_passphrase=vault.wrap(pair.private, passphrase, CHEAP),
                private_by_recovery=vault.wrap_by_code(pair.private, code),
                joined_on=NOW.date(),
            )
            session.add(officer)
            session.flush()
            officer.approved_by_id = people[-1].id if people else officer.id
            totp = pyotp.parse_uri(telephone.give(row, officer))
            people.append(KnownOfficer(officer.id, username, passphrase, code, pair.private, totp.secret))
        session.get_one(Officer, people[0].id).approved_by_id = people[1].id
    return KnownDesk(row, people)


def new_officer(session: Session, desk: KnownDesk) -> None:
    """Somebody joins an open desk, with all that the first officer has but the name."""
    first = session.get_one(Officer, desk.officers[0].id)
    columns = {column.key: getattr(first, column.key) for column in Officer.__table__.columns}
    session.add(Officer(**columns | {"id": None, "username": "dao", "name": "ดาว"}))


def bytes_on_disk(database: Database) -> bytes:
    """Everything that a thief of the machine would find of the database: SQLite's file, write-ahead log and the rest;
    of PostgreSQL a dump of every table."""
    if database.is_sqlite:
        path = Path(database.engine.url.database or "")
        return b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()) if file.is_file())
    raw = []
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                raw += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\0".join(raw)
