"""The hot path: events once, conversations locked and stored, outbox rows once; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models.agency import Agency, Unit
from models.audit import AuditEntry
from models.conversation import Conversation, WebhookEvent
from models.db import Database
from models.inbox import Incoming, Outgoing, settle, take
from models.outbox import OutboxMessage

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
