"""The hot path: events once, conversations locked and stored, outbox rows once; on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import cast

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import OperationalError

from models.agency import Agency, Unit
from models.audit import AuditEntry
from models.conversation import Conversation, WebhookEvent
from models.db import Database
from models.inbox import Incoming, Outgoing, settle, take
from models.outbox import OutboxMessage
from models.question import Question

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def add_agency(database: Database, code: str = "demo") -> int:
    with database.write() as session:
        agency = Agency(code=code, name="อบต.ตัวอย่าง", short_name="อบต.ตัวอย่าง")
        session.add(agency)
        session.flush()
        return agency.id


def test_events_are_taken_once_and_state_is_kept(database: Database) -> None:
    agency = add_agency(database)
    events = [Incoming("e1", "U1", "message", NOW), Incoming("e2", "U2", "message", NOW)]
    with database.transaction(agency) as tx:
        fresh, talks = take(tx, events, NOW)
        assert fresh == {"e1", "e2"}
        talks["U1"].state = '{"step": 1}'
        talks["U1"].last_event_at = NOW
        out = [Outgoing(talks["U1"].id, "e1", "[]", reply_token="t", reply_expires_at=NOW)]
        settle(tx, list(talks.values()), out, [("e2", "ValueError")], NOW)
    with database.transaction(agency) as tx:
        fresh, talks = take(tx, [*events, Incoming("e3", "U1", "message", NOW)], NOW)
        assert fresh == {"e3"}
        assert talks["U1"].state == '{"step": 1}'
        assert talks["U1"].last_event_at == NOW
        settle(tx, [], [Outgoing(talks["U1"].id, "e1", "[]")], [], NOW)  # the same dedupe key again
    with database.read(agency) as session:
        assert len(session.scalars(select(Conversation)).all()) == 2
        row = session.scalars(select(OutboxMessage)).one()
        assert (row.status, row.reply_expires_at, row.attempts) == ("pending", NOW, 0)
        assert session.get_one(WebhookEvent, (agency, "e2")).outcome == "failed"


def test_a_rolled_back_transaction_forgets_the_event(database: Database) -> None:
    agency = add_agency(database)
    with pytest.raises(RuntimeError), database.transaction(agency) as tx:
        take(tx, [Incoming("e1", "U1", "message", NOW)], NOW)
        raise RuntimeError
    with database.transaction(agency) as tx:
        assert take(tx, [Incoming("e1", "U1", "message", NOW)], NOW)[0] == {"e1"}


def test_a_slices_work_can_be_undone_without_its_neighbours(database: Database) -> None:
    agency = add_agency(database)
    with database.transaction(agency) as tx:
        take(tx, [Incoming("e1", "U1", "message", NOW)], NOW)
        tx.session.add(Unit(name="กองช่าง"))
        tx.session.flush()
        tx.release()
        tx.session.add(Unit(name="กองคลัง"))
        tx.session.flush()
        tx.undo()
    with database.read(agency) as session:
        assert [unit.name for unit in session.scalars(select(Unit))] == ["กองช่าง"]


def test_a_row_past_the_orm_has_its_defaults_and_can_be_undone(database: Database) -> None:
    agency = add_agency(database)
    table = cast(Table, Question.__table__)
    with database.transaction(agency) as tx:
        first = tx.insert(table, {"agency_id": agency, "text": "หนึ่ง", "asked_at": NOW})
        tx.release()
        second = tx.insert(table, {"agency_id": agency, "text": "สอง", "asked_at": NOW})
        assert second > first
        tx.undo()
        third = tx.insert(table, {"agency_id": agency, "text": "สาม", "asked_at": NOW})
    with database.read(agency) as session:
        rows = session.scalars(select(Question).order_by(Question.id)).all()
        assert [(row.id, row.text) for row in rows] == [(first, "หนึ่ง"), (third, "สาม")]
        assert (rows[0].asked_at, rows[0].channel, rows[0].status, rows[0].escalation) == (NOW, "line", "waiting", 0)


def test_what_staff_set_in_the_same_transaction_stays(database: Database) -> None:
    agency = add_agency(database)
    with database.transaction(agency) as tx:
        talk = take(tx, [Incoming("e1", "U1", "message", NOW)], NOW)[1]["U1"]
        question = Question(text="ถาม", conversation_id=talk.id, asked_at=NOW)
        tx.session.add(question)
        tx.session.flush()
        tx.session.get_one(Conversation, talk.id).handoff_id = question.id
        tx.release()
        settle(tx, [talk], [], [], NOW)
    with database.transaction(agency) as tx:
        talk = take(tx, [Incoming("e2", "U1", "message", NOW)], NOW)[1]["U1"]
        assert talk.handoff_id == question.id
        talk.handoff_id = None
        settle(tx, [talk], [], [], NOW)
    with database.read(agency) as session:
        assert session.scalars(select(Conversation.handoff_id)).one() is None


def test_many_threads_write_at_once_and_each_loses_only_its_own(database: Database) -> None:
    agency = add_agency(database)
    begun = threading.Barrier(8)
    failed: list[str] = []

    def work(name: str) -> None:
        begun.wait()
        for n in range(20):
            try:
                with database.transaction(agency) as tx:
                    take(tx, [Incoming(f"{name}-{n}", f"U{name}", "message", NOW)], NOW)
                    if n % 5 == 4:
                        tx.session.add(Unit(name=f"{name}-{n}"))
                        tx.session.flush()
                        raise LookupError
                # Once the block is left, it is there for everybody.
                with database.read() as session:
                    assert session.get(WebhookEvent, (agency, f"{name}-{n}"))
            except LookupError:
                failed.append(f"{name}-{n}")
            if n % 7 == 6:
                with database.write(agency) as session:
                    session.add(Unit(name=f"unit {name}-{n}"))

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert len(failed) == 8 * 4
    with database.read() as session:
        kept = set(session.scalars(select(WebhookEvent.event_id)))
        assert kept == {f"{name}-{n}" for name in range(8) for n in range(20) if n % 5 != 4}
        assert len(session.scalars(select(Unit)).all()) == 8 * 2


# PostgreSQL refuses every statement after it by itself.
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_transaction_that_the_database_gave_up_does_not_seem_to_be_stored(database: Database) -> None:
    agency = add_agency(database)
    with pytest.raises(OperationalError), database.transaction(agency) as tx:
        take(tx, [Incoming("e1", "U1", "message", NOW)], NOW)
        tx.raw.execute("ROLLBACK")  # as SQLite does by itself when the disk is full
    with database.transaction(agency) as tx:
        assert take(tx, [Incoming("e1", "U1", "message", NOW)], NOW)[0] == {"e1"}


def test_a_scoped_session_sees_and_writes_only_its_agency(database: Database) -> None:
    mine, other = add_agency(database), add_agency(database, "other")
    with database.write(other) as session:
        session.add(Unit(name="กองช่าง"))
    with database.write(mine) as session:
        assert session.scalars(select(Unit)).all() == []
        session.add(Unit(name="กองช่าง"))
    with database.read(mine) as session:
        assert session.scalars(select(Unit)).one().agency_id == mine
    with pytest.raises(PermissionError), database.write(mine) as session:
        session.add(Unit(name="กองคลัง", agency_id=other))


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_audit_log_refuses_changes(database: Database, verb: str) -> None:
    agency = add_agency(database)
    with database.write(agency) as session:
        session.add(AuditEntry(actor="cli", action="test"))
    with pytest.raises(Exception, match="append-only"), database.write(agency) as session:
        entry = session.scalars(select(AuditEntry)).one()
        if verb == "update":
            entry.action = "changed"
        else:
            session.delete(entry)
