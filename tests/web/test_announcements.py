"""Announcements in the console: looked at with their cost before they are sent."""

from __future__ import annotations

from sqlalchemy import func, select

from models.announcement import Announcement
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage
from tests.web.conftest import Login

WORDS = "งดจ่ายน้ำพรุ่งนี้ 9.00-12.00 น. หมู่ 3"


def _count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_it_is_shown_first_and_sent_once_one_is_sure(database: Database, login: Login) -> None:
    browser = login("palad")
    with database.write(1) as session:
        session.add_all(Conversation(line_user_id=f"U{n}") for n in range(3))
    with database.write(2) as session:
        session.add(Conversation(line_user_id="U9"))
    before = _count(database, OutboxMessage)

    page = browser.send("/console/announcements/new", words=WORDS, link="").text
    assert "ส่งถึง 3 คน" in page
    assert WORDS in page
    assert _count(database, Announcement) == 0

    assert WORDS in browser.send("/console/announcements/new", words=WORDS, link="", sure="1", change="1").text
    assert _count(database, Announcement) == 0

    answer = browser.send("/console/announcements/new", words=WORDS, link="", sure="1")
    assert answer.status_code == 302
    assert _count(database, OutboxMessage) == before + 3
    page = browser.get("/console/announcements/").text
    assert WORDS in page
    assert "รอส่ง 3" in page


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(database: Database, login: Login) -> None:
    browser = login("palad")
    with database.write(1) as session:
        session.add(Conversation(line_user_id="U1"))
    answer = browser.send("/console/announcements/new", words=WORDS, link="http://example.go.th", sure="1")
    assert answer.status_code == 400
    assert WORDS in answer.text
    assert "https://" in answer.text
    assert _count(database, Announcement) == 0


def test_an_officer_cannot_announce(login: Login) -> None:
    assert login("chang").send("/console/announcements/new", words=WORDS, link="", sure="1").status_code == 403
    assert login("nayok").get("/console/announcements/").status_code == 200
    assert login("nayok").get("/console/announcements/new").status_code == 403


def test_a_time_is_set_and_held_back(database: Database, login: Login) -> None:
    browser = login("palad")
    with database.write(1) as session:
        session.add(Conversation(line_user_id="U1"))
    typed = {"words": WORDS, "link": "", "day": "พรุ่งนี้", "clock": "๒๑.๐๐"}
    refused = browser.send("/console/announcements/new", **typed, sure="1")
    assert refused.status_code == 400
    assert "๒๑.๐๐" in refused.text
    typed["clock"] = "9.30"
    assert "ตั้งเวลาส่งถึง 1 คน" in browser.send("/console/announcements/new", **typed).text
    assert browser.send("/console/announcements/new", **typed, sure="1").status_code == 302
    with database.read(1) as session:
        made = session.scalars(select(Announcement)).one()
        assert (made.status, made.cursor) == ("waiting", 0)
    assert "ตั้งเวลา" in browser.get("/console/announcements/").text
    browser.send(f"/console/announcements/{made.id}/withdraw")
    assert "ยกเลิกแล้ว" in browser.get("/console/announcements/").text


def test_who_has_no_line_account_cannot_test(database: Database, login: Login) -> None:
    browser = login("palad")
    with database.write(1) as session:
        session.add(Conversation(line_user_id="U1"))
    answer = browser.send("/console/announcements/new", words=WORDS, link="", sure="1", test="1")
    assert answer.status_code == 400
    assert "เชื่อมบัญชี LINE" in answer.text
    assert _count(database, Announcement) == 0
