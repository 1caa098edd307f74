"""The log shows every change, gap and cut; the database itself refuses them; appends may come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from integrity import audit
from integrity.database import Database
from integrity.tables import AuditRow, Desk
from tests.integrity.conftest import NOW

KEY = b"k" * 32


def _fill(database: Database, rows: int = 5, code: str = "obt") -> int:
    with database.writing() as session:
        desk = Desk(code=code, name="อบต.", texts={}, settings={})
        session.add(desk)
        session.flush()
        for number in range(rows):
            audit.append(session, desk, "officer:3", "report.read", KEY, f"r{number % 2}", now=NOW, state="closed")
        return desk.id


def _problems(database: Database, desk_id: int, known: tuple[int, bytes] | None = None) -> list[str]:
    with database.reading() as session:
        return audit.verify(session, session.get_one(Desk, desk_id), known)


def _unguarded(database: Database, *statements: str) -> None:
    """What somebody does who owns the database server."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            connection.execute(text("DROP TRIGGER audit_append_only ON audit"))
        for statement in statements:
            connection.execute(text(statement))


def test_a_whole_chain_has_no_problems(desk_database: Database) -> None:
    desk_id = _fill(desk_database)
    assert _problems(desk_database, desk_id) == []
    with desk_database.reading() as session:
        rows = session.query(AuditRow).order_by(AuditRow.number).all()
        assert [row.number for row in rows] == [1, 2, 3, 4, 5]
        assert rows[0].subject == rows[2].subject != rows[1].subject
        assert audit.head(session, session.get_one(Desk, desk_id)) == (5, rows[-1].hash)


def test_an_empty_chain_is_whole(desk_database: Database) -> None:
    assert _problems(desk_database, _fill(desk_database, 0)) == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'officer:4'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_database_refuses(desk_database: Database, statement: str) -> None:
    # SQLite knows no TRUNCATE: it refuses that as well.
    desk_id = _fill(desk_database)
    with suppress(DBAPIError), desk_database.writing() as session:
        session.execute(text(statement))
        pytest.fail("the trigger let it pass")
    assert _problems(desk_database, desk_id) == []


TOUCHED = [
    "DELETE FROM audit WHERE number = {}",
    "UPDATE audit SET actor = 'officer:4' WHERE number = {}",
    "UPDATE audit SET action = 'report.closed' WHERE number = {}",
    "UPDATE audit SET subject = '' WHERE number = {}",
    "UPDATE audit SET day = '2026-01-01' WHERE number = {}",
    "UPDATE audit SET detail = '{{}}' WHERE number = {}",
    "UPDATE audit SET number = 99 WHERE number = {}",
]


def test_any_touched_row_is_noticed(desk_database: Database) -> None:
    """Each in the chain of a desk of its own; the others' chains stay whole."""
    touched = [statement.format(number) for statement in TOUCHED for number in (1, 3, 5)]
    desks = [_fill(desk_database, code=f"obt{at}") for at in range(len(touched) + 1)]
    whole = desks.pop()
    _unguarded(desk_database, *(f"{one} AND desk_id = {desk}" for one, desk in zip(touched, desks, strict=True)))
    for statement, desk_id in zip(touched, desks, strict=True):
        assert _problems(desk_database, desk_id), statement
    assert _problems(desk_database, whole) == []


def test_a_chain_written_anew_does_not_go_through_the_head_on_paper(desk_database: Database) -> None:
    desk_id = _fill(desk_database)
    with desk_database.reading() as session:
        known = audit.head(session, session.get_one(Desk, desk_id))
    assert _problems(desk_database, desk_id, known) == []
    _unguarded(desk_database, "DELETE FROM audit")
    with desk_database.writing() as session:
        session.execute(text("DELETE FROM audit_head"))
        for _ in range(5):
            audit.append(session, session.get_one(Desk, desk_id), "cli", "forged", KEY, now=NOW)
    assert _problems(desk_database, desk_id) == []
    assert _problems(desk_database, desk_id, known)


def test_appends_at_once_make_one_chain(desk_database: Database, desk_database_url: str) -> None:
    desk_id = _fill(desk_database, 0)
    others = [Database(desk_database_url) for _ in range(4)]  # four processes

    def work(database: Database) -> None:
        for _ in range(10):
            with database.writing() as session:
                audit.append(session, session.get_one(Desk, desk_id), "officer:1", "report.read", KEY, "r", now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, others))
    assert _problems(desk_database, desk_id) == []
    with desk_database.reading() as session:
        assert audit.head(session, session.get_one(Desk, desk_id))[0] == 40
    for database in others:
        database.close()


def test_a_rolled_back_act_leaves_no_row(desk_database: Database) -> None:
    desk_id = _fill(desk_database)
    with suppress(RuntimeError), desk_database.writing() as session:
        audit.append(session, session.get_one(Desk, desk_id), "cli", "nothing", KEY, now=NOW)
        raise RuntimeError
    assert _problems(desk_database, desk_id) == []


def test_content_is_refused_and_not_repeated(desk_database: Database) -> None:
    _fill(desk_database)
    with desk_database.writing() as session:
        desk = session.query(Desk).one()
        with pytest.raises(ValueError) as raised:
            audit.append(session, desk, "officer:3", "note", KEY, now=NOW, reason="นายกรับเงิน")
        assert "นายก" not in str(raised.value)
