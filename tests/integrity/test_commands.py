"""What the server's keeper does with `sujarit integrity`: look after the log, let somebody go."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from bot.integrity_commands import integrity
from bot.settings import Settings
from integrity import audit, officers
from integrity.database import Database
from integrity.tables import Desk
from tests.integrity.conftest import NOW, KnownDesk


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def settings(desk_database_url: str, desk: KnownDesk, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, integrity_database_url=desk_database_url, agency="obt", _env_file=None)  # type: ignore[call-arg]


def run(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(integrity, list(words), obj=settings)


def test_the_logs_end_is_printed_and_asked_for_again(settings: Settings, desk_database: Database) -> None:
    with desk_database.writing() as session:
        row = session.query(Desk).one()
        for _ in range(3):
            audit.append(session, row, "cli", "desk.changed", b"", now=NOW)
    first = run(settings, "status")
    assert first.exit_code == 0, first.output
    end = re.search(r"3-[0-9a-f]{24}", first.output)
    assert end, first.output
    with desk_database.writing() as session:
        audit.append(session, session.query(Desk).one(), "cli", "desk.changed", b"", now=NOW)
    assert run(settings, "status", "--since", end[0]).exit_code == 0
    for wrong in ("", "3", "3-00", "0-" + "0" * 24, "x-" + "0" * 24):
        assert run(settings, "status", "--since", wrong).exit_code == 2
    with desk_database.writing() as session:  # a chain that is whole in itself, but not the same
        for statement in ("DROP TRIGGER audit_no_delete", "DELETE FROM audit", "DELETE FROM audit_head"):
            session.execute(text(statement))
        for _ in range(4):
            audit.append(session, session.query(Desk).one(), "cli", "forged", b"", now=NOW)
    assert run(settings, "status").exit_code == 0
    forged = run(settings, "status", "--since", end[0])
    assert forged.exit_code == 1
    assert "ไม่ตรงกับที่จดไว้" in forged.output


def test_somebody_who_lost_everything_is_let_go(settings: Settings, desk_database: Database, desk: KnownDesk) -> None:
    assert run(settings, "leave", "malee", "--agency", "obt").exit_code == 1, "asked first"
    done = run(settings, "leave", " Malee", "--yes")
    assert done.exit_code == 0, done.output
    with desk_database.reading() as session:
        row = session.get_one(Desk, desk.row.id)
        assert [officer.username for officer in officers.active(session, row)] == ["somsri", "prasit"]
        assert audit.verify(session, row) == []
    assert "พ้นหน้าที่ไปแล้ว" in run(settings, "leave", "malee", "--yes").output
    assert "ไม่มีเจ้าหน้าที่" in run(settings, "leave", "nobody", "--yes").output
