"""One announcement to everybody who can be reached, within the month's quota."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from handlers.announcements.operations import AnnouncementError, Reach, announce, reach
from handlers.messages import Card, Say, load
from models.agency import Agency, Staff
from models.conversation import Conversation
from models.db import Database
from models.outbox import ChannelState, OutboxMessage

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def desk(database: Database) -> Database:
    """Agency 1 with three people, one of whom has left; agency 2 with one."""
    with database.write() as session:
        session.add_all(Agency(code=code, name=code, short_name=code) for code in ("one", "two"))
    for agency_id, people in ((1, 3), (2, 1)):
        with database.write(agency_id) as session:
            session.add(Staff(username="palad", name="ปลัด", role="clerk", password_hash=""))
            session.add_all(Conversation(line_user_id=f"U{n}", reachable=n != 2) for n in range(people))
    return database


def test_everybody_who_can_be_reached_hears_once(desk: Database) -> None:
    with desk.write(1) as session:
        assert reach(session) == Reach(2, None)
        made = announce(session, session.get_one(Staff, 1), "พรุ่งนี้หยุดจ่ายน้ำ 9-12 น.", "", NOW)
        assert made.recipients == 2
    with desk.read() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        assert [(row.agency_id, row.subject, row.status) for row in rows] == [(1, "announcement:1", "pending")] * 2
        assert len({row.dedupe_key for row in rows}) == len({row.retry_key for row in rows}) == 2
        said = load(rows[0].messages)[0]
        assert isinstance(said, Say)
        assert said.text == "พรุ่งนี้หยุดจ่ายน้ำ 9-12 น."


def test_a_link_becomes_a_button(desk: Database) -> None:
    with desk.write(1) as session:
        announce(session, session.get_one(Staff, 1), "ITA คืออะไร", "https://www.example.go.th/ita", NOW)
        said = load(session.scalars(select(OutboxMessage.messages)).first() or "")[0]
    assert isinstance(said, Card)
    assert said.buttons[0].value == "https://www.example.go.th/ita"


@pytest.mark.parametrize(
    ("words", "link", "why"),
    [
        ("  ", "", "กรุณาพิมพ์"),
        ("ก" * 1001, "", "1,001"),
        ("ประกาศ", "http://example.go.th", "https://"),
        ("ประกาศ", "javascript:alert(1)", "https://"),
    ],
)
def test_what_cannot_be_announced_is_said(desk: Database, words: str, link: str, why: str) -> None:
    with desk.write(1) as session, pytest.raises(AnnouncementError, match=why):
        announce(session, session.get_one(Staff, 1), words, link, NOW)


def test_the_quota_keeps_its_reserve(desk: Database) -> None:
    with desk.write(1) as session:
        session.add(ChannelState(quota_limit=300, quota_used=269))
        session.flush()
        assert reach(session) == Reach(2, 1)
        with pytest.raises(AnnouncementError, match="เหลือ 1 ข้อความ"):
            announce(session, session.get_one(Staff, 1), "ประกาศ", "", NOW)
        assert session.scalars(select(OutboxMessage)).all() == []
