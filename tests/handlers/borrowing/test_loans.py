"""Asked for in chat, approved, reminded of, given back, counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from handlers.borrowing import loans, reminders, statistics
from handlers.borrowing.assets import BorrowingError
from handlers.messages import plain
from models.asset import Asset, Loan
from models.case import Case
from models.db import Database
from models.outbox import OutboxMessage
from scheduler.clock import DUTIES
from tests.handlers.borrowing.lending import DUE, NOW, OUT, approve, ask, desk, give_back, link_line, remind, words_to
from tests.handlers.turns import say, tap, view
from thai.dates import at_bangkok


def test_from_the_request_to_the_thanks(office: Database) -> None:
    case_id = ask(office)
    with desk(office) as (session, staff):
        (case,) = loans.waiting(session, staff)
        wish = loans.wish(session, case)
        assert (dict(wish.quantities), wish.out_on, wish.due_on) == ({"tent": 2, "chair": 50}, OUT, DUE)
        assert wish.borrower == "village"
    ids = approve(office, case_id, tent=2, chair=40)
    assert "อนุมัติให้ยืมแล้วค่ะ" in words_to(office, "U1")
    assert "เต็นท์ 2 หลัง" in words_to(office, "U1")
    with desk(office) as (session, staff):
        assert loans.waiting(session, staff) == []
        case = session.get_one(Case, case_id)
        assert case.status == "in_progress"
        assert case.due_at > at_bangkok(DUE + timedelta(days=1))
    with pytest.raises(BorrowingError, match="อนุมัติไปแล้ว"):
        approve(office, case_id, tent=1)
    with pytest.raises(BorrowingError, match="ชำรุดหรือสูญหายอย่างไร"):
        give_back(office, ids, DUE, "damaged")
    give_back(office, ids[:1], DUE)
    with desk(office) as (session, _):
        assert session.get_one(Case, case_id).status == "in_progress"
    give_back(office, ids[1:], DUE + timedelta(days=2), "damaged", "ขาหัก 1 ตัว")
    with desk(office) as (session, staff):
        assert session.get_one(Case, case_id).status == "done"
        year = statistics.of_year(session, 2570, DUE + timedelta(days=9))
        assert (year.total.times, year.total.pieces, year.total.in_time, year.total.late) == (2, 42, 1, 1)
        assert year.total.harmed == 1
        assert list(year.by_borrower) == ["หมู่บ้านหรือชุมชน"]
        assert list(statistics.table(year))[-1] == ("รวม", "", "2", "42", "1", "1", "0", "0", "1", "0", "0", "40")
        rows = list(statistics.register(session, view(office), staff, 2570))
        assert len(rows) == 3
        assert rows[2][1:4] == ("สมศรี ใจดี", "หมู่บ้านหรือชุมชน", "เก้าอี้")
        assert statistics.of_year(session, 2569, DUE).total.times == 0
    with pytest.raises(BorrowingError, match="คืนหรือยกเลิกไปแล้ว"):
        give_back(office, ids, DUE)


def test_never_more_than_there_is(office: Database) -> None:
    first, second = ask(office), ask(office)
    approve(office, first, tent=2)
    with pytest.raises(BorrowingError, match="ว่างในช่วงนี้ 1 หลัง"):
        approve(office, second, first=DUE, last=DUE + timedelta(days=3), tent=2)
    approve(office, second, first=DUE + timedelta(days=1), last=DUE + timedelta(days=3), tent=3)
    with desk(office) as (session, staff):
        tents = session.scalars(select(Asset).where(Asset.kind == "tent")).one()
        loan = session.scalars(select(Loan).where(Loan.case_id == first)).one()
        # What is late is still away; what was called off is free.
        assert loans.free_between(session, tents, DUE + timedelta(days=5), DUE + timedelta(days=9), NOW.date()) == 3
        assert loans.free_between(session, tents, date(2026, 12, 20), date(2026, 12, 20), date(2026, 12, 20)) == 0
        loans.call_off(session, loan, staff, NOW)
        session.flush()
        assert loans.free_between(session, tents, OUT, DUE, NOW.date()) == 3


def test_who_may_approve(office: Database) -> None:
    case_id = ask(office)
    for username in ("khlang", "changhead", "nayok"):
        with pytest.raises(BorrowingError, match="ส่วนงานท่าน"):
            approve(office, case_id, username, tent=1)
    with pytest.raises(BorrowingError, match="ยังไม่ได้ใส่จำนวน"):
        approve(office, case_id, tent=0)
    with pytest.raises(BorrowingError, match="วันคืน"):
        approve(office, case_id, first=DUE, last=OUT, tent=1)
    assert len(approve(office, case_id, "palad", tent=1)) == 1


def test_reminders_the_day_before_and_while_late(office: Database) -> None:
    assert any(duty.work is reminders.remind_of_loans for duty in DUTIES)
    link_line(office, "khlang", "S1")
    ids = approve(office, ask(office), tent=2, chair=5)
    before = DUE - timedelta(days=1)
    assert remind(office, before - timedelta(days=1)) == 0
    assert remind(office, before, hour=3) == 0  # not at night
    assert remind(office, before) == 2
    assert remind(office, before) == 0
    assert "ใกล้ถึงวันคืน" in words_to(office, "U1")
    assert "พัสดุใกล้ครบกำหนดคืน" in words_to(office, "S1")
    assert remind(office, DUE) == 0
    assert remind(office, DUE + timedelta(days=1)) == 2
    assert "เลยกำหนดคืนแล้ว 1 วัน" in words_to(office, "U1")
    assert "พัสดุเลยกำหนดคืน 1 วัน" in words_to(office, "S1")
    give_back(office, ids[:1], DUE + timedelta(days=2))
    assert remind(office, DUE + timedelta(days=8)) == 1
    give_back(office, ids[1:], DUE + timedelta(days=8))
    assert remind(office, DUE + timedelta(days=30)) == 0
    with desk(office) as (session, _):
        told_of = session.scalars(select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.like("loan:%"))).all()
        assert len(told_of) == 6


def test_the_chat_opens_the_form_and_answers_questions(office: Database) -> None:
    assert "(1/9)" in "\n".join(plain(message) for message in say(office, "demo", "U2", "ขอยืมของ"))
    (answer, *_) = [m for m in say(office, "demo", "U3", "ยืมเต็นท์ต้องทำยังไง") if "ยืมเต็นท์" in plain(m)]
    online = [one for one in (*getattr(answer, "buttons", ()), *answer.choices) if one.value == "start:form:borrow"]  # type: ignore[union-attr] # a card or words
    assert [one.label for one in online] == ["ขอออนไลน์"]
    assert tap(office, "demo", "U3", online[0].value)
