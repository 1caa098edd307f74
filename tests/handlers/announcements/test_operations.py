"""One announcement to everybody who can be reached, within the month's quota."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import select

from handlers.agencies import AgencyView
from handlers.announcements import operations
from handlers.announcements.operations import AnnouncementError, Reach, announce, reach
from handlers.messages import Card, load
from models.agency import Agency, Staff
from models.conversation import Conversation
from models.db import Database
from models.outbox import ChannelState, OutboxMessage
from models.participation import NewsChoice

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
        assert isinstance(said, Card)
        assert said.note == "พรุ่งนี้หยุดจ่ายน้ำ 9-12 น."


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


# -- to some only, at a time, in batches -----------------------------------------------------------------

MORNING = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 9.00 in Bangkok
NIGHT = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)  # 22.00 in Bangkok


def _choose(desk: Database, user: str, kind: str, value: str = "") -> None:
    with desk.write(1) as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == user)).one()
        session.add(NewsChoice(conversation_id=talk.id, kind=kind, value=value))


def _heard(desk: Database) -> list[int]:
    with desk.read(1) as session:
        return list(session.scalars(select(OutboxMessage.conversation_id).order_by(OutboxMessage.conversation_id)))


def test_only_those_who_asked_for_it_hear_and_each_can_stop(desk: Database) -> None:
    _choose(desk, "U1", "moo", "3")
    _choose(desk, "U2", "moo", "3")  # has left
    with desk.write(1) as session:
        assert operations.segments(session) == [("moo:3", "ผู้รับข่าวหมู่ 3", 1)]
        made = announce(session, session.get_one(Staff, 1), "ประชุมหมู่ 3", "", NOW, {"moo": "3"})
        assert made.recipients == 1
        said = load(session.scalars(select(OutboxMessage.messages)).one())[0]
        assert isinstance(said, Card)
        assert [button.value for button in said.buttons] == ["n:list", "n:off:moo:3"]
        with pytest.raises(AnnouncementError, match="ยังไม่มีผู้เลือก"):
            announce(session, session.get_one(Staff, 1), "ประชุม", "", NOW, {"moo": "4"})


def test_who_stopped_hears_nothing_more(desk: Database) -> None:
    _choose(desk, "U0", "stop")
    with desk.write(1) as session:
        assert reach(session) == Reach(1, None)
        announce(session, session.get_one(Staff, 1), "ประกาศ", "", NOW)
    assert len(_heard(desk)) == 1


@pytest.mark.parametrize("typed", ["moo:x", "moo:123", "interest:war", "stop:", "x"])
def test_an_audience_that_nobody_chose_is_refused(typed: str) -> None:
    with pytest.raises(AnnouncementError):
        operations.read_audience(typed)


def test_batches_go_on_where_they_stopped(desk: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "BATCH", 2)
    with desk.write(1) as session:
        session.add_all(Conversation(line_user_id=f"V{n}") for n in range(3))
        announce(session, session.get_one(Staff, 1), "ประกาศ", "", NOW)
    assert len(_heard(desk)) == 2
    agency = cast(AgencyView, None)  # the work needs none of its picture
    with pytest.raises(RuntimeError), desk.write(1) as session:
        assert operations.send_announcements(session, agency, NOW) == 2
        raise RuntimeError("the machine stops before the commit")
    assert len(_heard(desk)) == 2
    for left in (2, 1):
        with desk.read() as session:
            assert operations.send_announcements_due(session, NOW) == [1]
        with desk.write(1) as session:
            assert operations.send_announcements(session, agency, NOW) == left
    with desk.read() as session:
        assert operations.send_announcements_due(session, NOW) == []
    heard = _heard(desk)
    assert len(heard) == len(set(heard)) == 5


def test_a_time_outside_the_quiet_hours(desk: Database) -> None:
    assert operations.next_morning(NIGHT) == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    with desk.write(1) as session:
        staff = session.get_one(Staff, 1)
        for when, why in ((NIGHT, "20.00"), (NOW, "ผ่านไปแล้ว"), (NOW + timedelta(days=90), "60 วัน")):
            with pytest.raises(AnnouncementError, match=why):
                announce(session, staff, "ประกาศ", "", NOW, send_at=when)
        announce(session, staff, "ประกาศ", "", NOW, send_at=MORNING)
    assert _heard(desk) == []
    agency = cast(AgencyView, None)
    for moment, expected in ((NIGHT, []), (MORNING, [1]), (MORNING + timedelta(hours=13), [])):
        with desk.read() as session:
            assert operations.send_announcements_due(session, moment) == expected
    with desk.write(1) as session:
        assert operations.send_announcements(session, agency, MORNING) == 2


def test_what_is_not_sent_is_held_back(desk: Database) -> None:
    with desk.write(1) as session:
        staff = session.get_one(Staff, 1)
        later = announce(session, staff, "ประกาศ", "", NOW, send_at=MORNING)
        assert operations.withdraw(session, later, staff) == 0
        at_once = announce(session, staff, "ด่วน", "", NOW)
        first = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
        assert first is not None
        first.status = "sent"
        session.flush()
        assert operations.withdraw(session, at_once, staff) == 1
        with pytest.raises(AnnouncementError):
            operations.withdraw(session, at_once, staff)
    with desk.read() as session:
        assert operations.send_announcements_due(session, MORNING) == []


def test_a_test_goes_to_oneself_alone(desk: Database) -> None:
    with desk.write(1) as session:
        staff = session.get_one(Staff, 1)
        with pytest.raises(AnnouncementError, match="เชื่อมบัญชี"):
            operations.send_test(session, staff, "ประกาศ", "")
        staff.line_user_id = "U1"
        session.flush()
        operations.send_test(session, staff, "ประกาศ", "")
        assert len(session.scalars(select(OutboxMessage)).all()) == 1
