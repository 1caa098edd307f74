"""A loan that is kept longer: asked for in chat or by staff, decided, never at the cost of the next borrower."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from handlers.borrowing import extensions, statistics
from handlers.borrowing.assets import BorrowingError
from handlers.messages import Card, plain
from models.asset import Loan
from models.base import utc_now
from models.case import Case
from models.db import Database
from tests.handlers.borrowing.lending import (
    DUE,
    NOW,
    OUT,
    approve,
    ask,
    desk,
    give_back,
    link_line,
    remind,
    words_to,
)
from tests.handlers.turns import say, tap, view
from thai.dates import bangkok_date, format_date

DAY = timedelta(days=1)
sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def want(database: Database, case_id: int, until: date, username: str = "") -> None:
    """The borrower, or this member of staff for them, asks to keep everything until this day."""
    with desk(database, username or "khlanghead") as (session, staff):
        case = session.get_one(Case, case_id)
        extensions.ask(session, view(database), case, until, "งานเลื่อน", NOW, staff if username else None)


def extend(database: Database, case_id: int, ids: list[int], until: date, username: str = "khlanghead") -> None:
    with desk(database, username) as (session, staff):
        case = session.get_one(Case, case_id)
        extensions.extend(session, view(database), case, ids, until, "", staff, NOW)


def due_days(database: Database, ids: list[int]) -> list[date]:
    with desk(database) as (session, _):
        return [session.get_one(Loan, one).due_on for one in ids]


@sqlite_only
def test_the_borrower_asks_in_the_chat_and_hears_the_answer(office: Database) -> None:
    now = utc_now()
    today = bangkok_date(now)
    case_id = ask(office)
    ids = approve(office, case_id, first=today, last=today + 2 * DAY, now=now, tent=1, chair=5)
    link_line(office, "khlanghead", "S1")
    (card,) = say(office, "demo", "U1", "ของที่ยืม")
    assert isinstance(card, Card)
    assert "เต็นท์ 1 หลัง" in plain(card)
    (longer,) = [button for button in card.buttons if button.label == "ขอยืมต่อ"]
    (question,) = tap(office, "demo", "U1", longer.value)
    offered = [choice for choice in question.choices if ":until:" in choice.value]  # type: ignore[union-attr] # words
    assert [choice.label for choice in offered] == [format_date(today + days * DAY) for days in (3, 4, 5, 9)]
    assert "เพราะอะไรคะ" in plain(tap(office, "demo", "U1", offered[1].value)[-1])
    sent = plain(say(office, "demo", "U1", "งานเลื่อนไป 2 วัน")[-1])
    assert "ส่งคำขอยืมต่อแล้วค่ะ" in sent
    assert f"ขอคืน {format_date(today + 4 * DAY)}" in sent
    assert "งานเลื่อนไป 2 วัน" in words_to(office, "S1")
    assert f"ขอยืมต่อ {view(office).code}" not in words_to(office, "U1")
    assert due_days(office, ids) == [today + 2 * DAY] * 2  # asked is not granted
    assert "รอคำตอบ" in plain(say(office, "demo", "U1", "ของที่ยืม")[0])
    # Asked again: the later wish counts, the earlier one stays in the history.
    tap(office, "demo", "U1", longer.value)
    tap(office, "demo", "U1", f"b:longer:{case_id}")  # tapped twice begins anew, nothing is stuck
    say(office, "demo", "U1", format_date(today + 3 * DAY))
    say(office, "demo", "U1", "ข้าม")
    with desk(office) as (session, staff):
        ((case, waiting),) = extensions.waiting(session, staff)
        assert case.id == case_id
        assert [loan.wish.until for loan in waiting if loan.wish] == [today + 3 * DAY] * 2
        extensions.extend(session, view(office), case, ids, today + 3 * DAY, "", staff, now)
    assert due_days(office, ids) == [today + 3 * DAY] * 2
    assert f"คืนภายใน {format_date(today + 3 * DAY)}" in words_to(office, "U1")
    with desk(office) as (session, staff):
        loan = session.get_one(Loan, ids[0])
        assert [one.status for one in loan.extensions] == ["withdrawn", "approved"]
        assert (loan.extensions[1].due_before, loan.extensions[1].decided_by_id) == (today + 2 * DAY, staff.id)
        assert extensions.waiting(session, staff) == []


@sqlite_only
def test_a_day_that_cannot_be_is_said_and_asked_again(office: Database) -> None:
    now = utc_now()
    today = bangkok_date(now)
    case_id = ask(office)
    ids = approve(office, case_id, first=today, last=today + 2 * DAY, now=now, chair=5)
    tap(office, "demo", "U1", f"b:longer:{case_id}")
    say(office, "demo", "U1", format_date(today + DAY))
    (refused,) = say(office, "demo", "U1", "ข้าม")
    assert f"ต้องหลัง {format_date(today + 2 * DAY)}" in plain(refused)
    assert f"b:longer:{case_id}" in [choice.value for choice in refused.choices]  # type: ignore[union-attr] # words
    # Somebody else's request, and one that is all back.
    assert "หมดอายุ" in plain(tap(office, "demo", "U9", f"b:longer:{case_id}")[0])
    assert "ยังไม่มีของที่ยืม" in plain(say(office, "demo", "U9", "ขอยืมต่อ")[0])
    give_back(office, ids, today)
    assert "คืนครบแล้วค่ะ" in plain(tap(office, "demo", "U1", f"b:longer:{case_id}")[0])


def test_the_next_borrower_is_never_left_without(office: Database) -> None:
    first, second = ask(office), ask(office)
    ids = approve(office, first, tent=2, chair=50)
    approve(office, second, first=DUE + 4 * DAY, last=DUE + 6 * DAY, tent=2)
    with desk(office) as (session, _):
        tents, chairs = (session.get_one(Loan, one) for one in ids)
        beyond = DUE + 30 * DAY
        assert extensions.latest(session, tents, beyond, NOW.date()) == DUE + 3 * DAY
        assert extensions.latest(session, chairs, beyond, NOW.date()) == beyond
    with pytest.raises(BorrowingError, match=f"เต็นท์ มีผู้ยืมรายอื่นรออยู่ ยืมต่อได้ถึง {format_date(DUE + 3 * DAY)}"):
        extend(office, first, ids, DUE + 4 * DAY)
    assert due_days(office, ids) == [DUE, DUE]  # all or nothing
    extend(office, first, ids[:1], DUE + 3 * DAY)
    # One of two tents comes back: the other one can stay, since one of three is then free.
    give_back(office, ids[:1], OUT, quantity=1)
    extend(office, first, ids[:1], DUE + 20 * DAY)
    with pytest.raises(BorrowingError, match="ว่างในช่วงนี้ 0 หลัง"):
        approve(office, ask(office), first=DUE + 5 * DAY, last=DUE + 5 * DAY, tent=1)


@sqlite_only
def test_reminders_and_due_date_move_with_it_and_what_is_left_out_is_refused(office: Database) -> None:
    case_id = ask(office)
    ids = approve(office, case_id, tent=1, chair=50)
    want(office, case_id, DUE + 5 * DAY)
    extend(office, case_id, ids[:1], DUE + 5 * DAY)
    said = words_to(office, "U1")
    assert f"ส่วนนี้ยืมต่อไม่ได้ค่ะ\nเก้าอี้ 50 ตัว คืนภายใน {format_date(DUE)}" in said
    assert remind(office, DUE - DAY) == 1
    assert f"เก้าอี้ 50 ตัว\nคืนภายใน {format_date(DUE)}" in words_to(office, "U1")
    give_back(office, ids[1:], DUE)
    assert remind(office, DUE + DAY) == 0
    assert remind(office, DUE + 4 * DAY) == 1
    assert remind(office, DUE + 6 * DAY) == 1
    assert "เลยกำหนดคืนแล้ว 1 วันค่ะ\nเต็นท์ 1 หลัง" in words_to(office, "U1")
    give_back(office, ids[:1], DUE + 6 * DAY)
    with desk(office) as (session, staff):
        total = statistics.of_year(session, 2570, DUE + 9 * DAY).total
        assert (total.in_time, total.late, total.extended) == (1, 1, 1)
        heading, tent, chair = statistics.register(session, view(office), staff, 2570)
        at = heading.index("เลื่อนจาก")
        assert (tent[at], chair[at]) == (format_date(DUE), "")


@sqlite_only
def test_who_decides_and_who_asks(office: Database) -> None:
    case_id = ask(office)
    ids = approve(office, case_id, tent=1)
    link_line(office, "khlanghead", "S1")
    link_line(office, "khlang", "S2")
    for username in ("khlang", "changhead"):
        with pytest.raises(BorrowingError, match="ส่วนงานท่าน"):
            extend(office, case_id, ids, DUE + DAY, username)
    with pytest.raises(BorrowingError, match="ไม่มีของที่ยังไม่คืน"):
        want(office, case_id, DUE + DAY, "chang")
    want(office, case_id, DUE + 2 * DAY, "khlang")
    assert "ขอยืมต่อ" in words_to(office, "S1")
    assert "ขอยืมต่อ" not in words_to(office, "S2")  # who asked knows
    with desk(office) as (session, staff):
        case = session.get_one(Case, case_id)
        with pytest.raises(BorrowingError, match="เหตุผล"):
            extensions.refuse(session, case, " ", staff, NOW)
        extensions.refuse(session, case, "มีงานของ อบต.", staff, NOW)
    assert "ขออภัยค่ะ ยืมต่อไม่ได้" in words_to(office, "U1")
    assert "มีงานของ อบต." in words_to(office, "U1")
    with desk(office) as (session, staff):
        case = session.get_one(Case, case_id)
        with pytest.raises(BorrowingError, match="ไม่มีคำขอยืมต่อ"):
            extensions.refuse(session, case, "ซ้ำ", staff, NOW)
        (wish,) = session.get_one(Loan, ids[0]).extensions
        assert (wish.status, wish.asked_by_id is not None, wish.note) == ("refused", True, "มีงานของ อบต.")
    for until, words in ((DUE, "ต้องหลัง"), (DUE + 400 * DAY, "ไม่เกิน 1 ปี")):
        with pytest.raises(BorrowingError, match=words):
            extend(office, case_id, ids, until)
    with pytest.raises(BorrowingError, match="กรุณาเลือก"):
        extend(office, case_id, [], DUE + DAY)


@sqlite_only
def test_a_wish_ends_when_the_things_come_back(office: Database) -> None:
    case_id = ask(office)
    ids = approve(office, case_id, tent=1)
    want(office, case_id, DUE + DAY)
    assert remind(office, DUE - DAY) == 1
    assert f"ที่ขอคืน {format_date(DUE + DAY)} ยังรอคำตอบค่ะ" in words_to(office, "U1")
    give_back(office, ids, DUE)
    with desk(office) as (session, staff):
        assert extensions.waiting(session, staff) == []
        assert session.scalars(select(Loan)).one().extensions[0].status == "withdrawn"
