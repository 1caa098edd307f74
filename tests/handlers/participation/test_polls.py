"""Polls: one vote a person, a result after the last day, and nothing by which a vote leads to its voter."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.messages import Card
from handlers.participation import polls
from handlers.participation.activities import ParticipationError
from models.agency import Staff
from models.audit import AuditEntry
from models.db import Database
from models.outbox import OutboxMessage
from models.participation import Poll, PollMarks, PollVotes
from tests.handlers.turns import SECRET_KEY, choices, say, tap, words

TYPED = {"question": "ควรสร้างอะไรก่อน", "options": ["ลานกีฬา", "ไฟทาง", "ไฟทาง", " "], "opens": "วันนี้", "closes": "พรุ่งนี้"}


@pytest.fixture
def poll_id(database: Database, agency_id: int) -> int:
    now = datetime.now(UTC)
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff)).first()
        assert staff is not None
        poll = polls.save(session, None, staff, now, **TYPED)  # type: ignore[arg-type]
        polls.publish(session, poll, staff, now)
        with pytest.raises(ParticipationError):
            polls.save(session, poll, staff, now, **TYPED)  # type: ignore[arg-type]
        return poll.id


def test_one_vote_a_person(database: Database, agency_id: int, poll_id: int) -> None:
    ballot = say(database, "demo", "U1", "ออกเสียง")
    assert "ควรสร้างอะไรก่อน" in words(ballot)
    assert [c.value for c in choices(ballot)].count(f"v:{poll_id}:1") == 2  # the line and the quick reply
    # Nothing of what is chosen stays in the chat, where the office's LINE desk may read along.
    (card,) = ballot
    assert isinstance(card, Card)
    assert {row.said for row in card.rows} == {c.said for c in card.choices if c.value != "menu"} == {"ออกเสียง"}
    assert "นับเสียงของคุณแล้ว" in words(tap(database, "demo", "U1", f"v:{poll_id}:1"))
    assert "ไปแล้ว" in words(tap(database, "demo", "U1", f"v:{poll_id}:0"))
    tap(database, "demo", "U2", f"v:{poll_id}:0")
    tap(database, "demo", "U3", f"v:{poll_id}:1")
    assert "ปิด" in words(tap(database, "demo", "U4", f"v:{poll_id}:7"))
    with database.read(agency_id) as session:
        found = polls.result(session, session.get_one(Poll, poll_id))
    assert found.options == (("ลานกีฬา", 1), ("ไฟทาง", 2))
    assert found.percent(2) == 66.7


def test_nothing_leads_from_a_vote_to_its_voter(database: Database, agency_id: int, poll_id: int) -> None:
    for person, option in (("U1", 1), ("U2", 0), ("U3", 1)):
        tap(database, "demo", person, f"v:{poll_id}:{option}")
    with database.read(agency_id) as session:
        marks, votes = session.get_one(PollMarks, poll_id), session.get_one(PollVotes, poll_id)
        assert marks.people == sorted(marks.people)
        assert len(marks.people) == 3
        assert not any(person in json.dumps(marks.people) for person in ("U1", "U2", "U3"))
        assert votes.counts == {"0": 1, "1": 2}
        assert polls.has_voted(session, session.get_one(Poll, poll_id), "U2", SECRET_KEY)
        assert not polls.has_voted(session, session.get_one(Poll, poll_id), "U2", "another key")
        acts = {entry.action for entry in session.scalars(select(AuditEntry))}
        assert not any("vote" in act for act in acts)
        answers = [row for row in session.scalars(select(OutboxMessage)) if "นับเสียง" in row.messages]
        assert {row.subject for row in answers} == {"sealed"}


def test_the_result_waits_for_the_last_day(database: Database, agency_id: int, poll_id: int) -> None:
    now = datetime.now(UTC)
    with database.read(agency_id) as session:
        poll = session.get_one(Poll, poll_id)
        assert polls.is_open(poll, now)
        assert not polls.result_is_public(poll, now + timedelta(days=1))
        assert polls.result_is_public(poll, now + timedelta(days=2))
        assert not polls.is_open(poll, now + timedelta(days=2))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question": ""}, "question"),
        ({"options": ["ข้อเดียว"]}, "options"),
        ({"options": [str(n) for n in range(9)]}, "options"),
        ({"options": ["ก" * 61, "ข"]}, "options"),
        ({"closes": "เมื่อวาน"}, "closes"),
        ({"opens": "วันไหนก็ได้"}, "opens"),
    ],
)
def test_what_cannot_be_asked_is_said(
    database: Database, agency_id: int, changes: dict[str, object], field: str
) -> None:
    with database.write(agency_id) as session, pytest.raises(ParticipationError) as refused:
        staff = session.scalars(select(Staff)).first()
        assert staff is not None
        polls.save(session, None, staff, datetime.now(UTC), **{**TYPED, **changes})  # type: ignore[arg-type]
    assert refused.value.field == field
