"""The private calendar: made and revoked in the console, read by a calendar program, by nobody else."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from models.agency import Staff
from models.db import Database
from models.duty import CalendarFeed, Duty
from tests.web.conftest import Browser, Login
from web.console import access

DUE = access.now().date() + timedelta(days=20)


def add_duty(database: Database, username: str, title: str, due_on: date = DUE, **columns: object) -> int:
    with database.write(1) as session:
        staff = session.scalars(select(Staff).where(Staff.username == username)).one()
        duty = Duty(
            fiscal_year=2570,
            title=title,
            planned_on=due_on,
            due_on=due_on,
            owner_id=staff.id,
            unit_id=staff.unit_id,
            **columns,
        )
        session.add(duty)
        session.flush()
        return duty.id


def new_address(browser: Browser, whose: str = "own") -> str:
    page = browser.send("/console/calendar/new", whose=whose)
    assert page.status_code == 200
    found = re.search(r"http://localhost(/calendar/[\w-]{43}\.ics)", page.text)
    assert found
    return found[1]


def test_a_person_s_duties_with_day_state_and_alarms(login: Login, client: Browser, database: Database) -> None:
    add_duty(database, "chang", "รายงานช่องทางติดต่อ", period_label="ไตรมาส 1", detail="ตรวจทุกช่อง")
    add_duty(database, "chang", "งานที่เสร็จ", status="done")
    add_duty(database, "chang", "งานที่ยกเลิก", status="cancelled")
    add_duty(database, "khlang", "งานของกองคลัง")
    address = new_address(login("chang"))
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "private" in answer.headers["Cache-Control"]
    book: Any = Calendar.from_ical(answer.data)
    events = {str(event["summary"]): event for event in book.walk("VEVENT")}
    assert set(events) == {"รายงานช่องทางติดต่อ (ไตรมาส 1)", "[ดำเนินการแล้ว] งานที่เสร็จ", "[ไม่ต้องทำ] งานที่ยกเลิก"}
    event = events["รายงานช่องทางติดต่อ (ไตรมาส 1)"]
    assert event["dtstart"].dt == DUE
    assert event["dtend"].dt == DUE + timedelta(days=1)
    assert "ตรวจทุกช่อง" in event["description"]
    assert len(event.walk("VALARM")) == 2
    assert events["[ไม่ต้องทำ] งานที่ยกเลิก"]["status"] == "CANCELLED"
    assert events["[ดำเนินการแล้ว] งานที่เสร็จ"].walk("VALARM") == []
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))  # RFC 5545, in bytes


def test_a_unit_s_duties(login: Login, client: Browser, database: Database) -> None:
    add_duty(database, "chang", "งานของกองช่าง")
    add_duty(database, "khlang", "งานของกองคลัง")
    book: Any = Calendar.from_ical(client.get(new_address(login("changhead"), "unit")).data)
    named = {str(event["summary"]) for event in book.walk("VEVENT")}
    assert "งานของกองช่าง" in named
    assert not [name for name in named if "กองคลัง" in name]
    assert "กองช่าง" in str(book["x-wr-calname"])
    assert login("nayok").send("/console/calendar/new", whose="unit").status_code == 302


def test_the_address_is_kept_as_a_hash_and_shown_once(login: Login, database: Database) -> None:
    browser = login("chang")
    token = new_address(browser).removeprefix("/calendar/").removesuffix(".ics")
    assert token not in browser.get("/console/calendar/").text
    with database.read(1) as session:
        (feed,) = session.scalars(select(CalendarFeed)).all()
    assert feed.token_hash != token
    assert len(feed.token_hash) == 64


@pytest.mark.parametrize("end", ["revoked", "replaced", "left", "moved"])
def test_an_address_ends(login: Login, client: Browser, database: Database, end: str) -> None:
    browser = login("chang")
    address = new_address(browser, "unit" if end == "moved" else "own")
    assert client.get(address).status_code == 200
    with database.write(1) as session:
        feed_id = session.scalars(select(CalendarFeed.id)).one()
        staff = session.scalars(select(Staff).where(Staff.username == "chang")).one()
        if end == "left":
            staff.active = False
        if end == "moved":
            staff.unit_id = session.scalars(select(Staff.unit_id).where(Staff.username == "khlang")).one()
    if end == "revoked":
        assert browser.send(f"/console/calendar/{feed_id}/revoke").status_code == 302
    if end == "replaced":
        new_address(browser)
    assert client.get(address).status_code == 404


def test_nobody_revokes_another_s_and_a_wrong_address_is_none(
    login: Login, client: Browser, database: Database
) -> None:
    address = new_address(login("chang"))
    with database.read(1) as session:
        feed_id = session.scalars(select(CalendarFeed.id)).one()
    assert login("khlang").send(f"/console/calendar/{feed_id}/revoke").status_code == 404
    assert client.get(address).status_code == 200
    assert client.get("/calendar/" + "x" * 43 + ".ics").status_code == 404
