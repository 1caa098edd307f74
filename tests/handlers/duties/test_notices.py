"""Reminders in the ledger and on their way: once, to the right people, one message a person and day."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from bot.render import calls
from handlers.agencies import Agencies
from handlers.duties.notices import remind, remind_due, remind_together, withdraw_unsent
from handlers.duties.noting import acknowledge
from handlers.duties.reminders import next_wake
from handlers.messages import Card, Message, load, plain
from models.agency import Staff
from models.audit import AuditEntry
from models.conversation import Conversation
from models.db import Database
from models.duty import Duty, DutyNotice
from models.outbox import MailMessage, OutboxMessage
from scheduler.clock import ClockDuty
from scheduler.clock import tick as tick_clock
from tests.handlers.duties.conftest import DUE, Office, open_office
from tests.handlers.turns import choices
from thai.dates import BANGKOK


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BANGKOK).astimezone(UTC)


def add(office: Office, now: datetime, **columns: Any) -> int:
    with office.session() as session:
        duty = office.duty(session, **columns)
        duty.wake_at = next_wake(duty, office.agency.calendar, now)
        return duty.id


def tick(office: Office, now: datetime) -> int:
    """What the clock does for this agency."""
    with office.database.read() as session:
        if office.agency.id not in remind_due(session, now):
            return 0
    with office.session() as session:
        return remind(session, office.agency, now)


def sent(office: Office) -> None:
    """LINE takes all that waits."""
    with office.session() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.status == "pending").values(status="sent"))


def ledger(office: Office) -> list[tuple[str, int, int]]:
    """(who, mark, level) in order."""
    with office.database.read(office.agency.id) as session:
        rows = select(Staff.username, DutyNotice.mark, DutyNotice.level).join(Staff, Staff.id == DutyNotice.staff_id)
        return [(who, mark, level) for who, mark, level in session.execute(rows.order_by(DutyNotice.id))]


def open_messages(office: Office, username: str) -> list[list[Message]]:
    with office.database.read(office.agency.id) as session:
        rows = select(OutboxMessage.messages).join(Conversation).where(
            Conversation.line_user_id == f"U-{username}", OutboxMessage.status == "pending"
        )  # fmt: skip
        return [load(row) for row in session.scalars(rows.order_by(OutboxMessage.id))]


def duty(office: Office, duty_id: int) -> Duty:
    with office.database.read(office.agency.id) as session:
        return session.get_one(Duty, duty_id)


def test_a_reminder_comes_once_with_what_and_when_and_buttons(office: Office) -> None:
    duty_id = add(office, at(12, 10), period_label="ไตรมาส 1")
    assert tick(office, at(12, 17, 8, 59)) == 0
    assert tick(office, at(12, 17)) == 1
    assert tick(office, at(12, 17)) == 0
    assert tick(office, at(12, 17, 15)) == 0
    assert ledger(office) == [("chang", 7, 0)]
    ((card,),) = open_messages(office, "chang")
    assert isinstance(card, Card)
    assert card.title == "ครบกำหนด 24 ธ.ค. 69 (อีก 7 วัน)"
    assert "รายงานช่องทางติดต่อ (ไตรมาส 1)" in plain(card)
    assert [button.label for button in card.buttons] == ["ทำแล้ว", "กำลังทำ", "เลื่อน", "รายละเอียด"]
    assert card.buttons[0].value == f"s:d:{duty_id}:done"


def test_several_duties_are_one_message_late_ones_first(office: Office) -> None:
    for number in range(12):
        add(office, at(12, 10), title=f"งานที่ {number}", due_on=DUE)
    late = add(office, at(12, 16, 10), title="งานที่ค้าง", due_on=date(2026, 12, 10))
    assert tick(office, at(12, 17)) == 13 + 1  # the head hears of the late one
    (messages,) = open_messages(office, "chang")
    summary = messages[0]
    assert isinstance(summary, Card)
    assert summary.title == "วันนี้มีงานตามกำหนด 13 เรื่อง"
    assert summary.rows[0].value == "งานที่ค้าง"
    assert summary.rows[0].label == "เกินกำหนด 7 วัน (10 ธ.ค. 69)"
    assert "และอีก 3 เรื่อง" in summary.note
    assert f"s:d:{late}:done" in [choice.value for choice in choices(messages)]
    assert len(calls(messages)) == 1  # one push, inside LINE's limits


def test_the_ladder_goes_up_one_step_at_a_time_and_taking_note_holds_it(office: Office) -> None:
    duty_id = add(office, at(12, 24, 8), due_on=DUE)
    days = (datetime(2026, 12, 24, 2, 0, tzinfo=UTC) + timedelta(days=n) for n in range(12))
    for now in days:
        tick(office, now)
        sent(office)
    # 29 December is the third working day, 31 December and 1 January are holidays
    assert ledger(office) == [("chang", 0, 0), ("changhead", -5, 1), ("chang", -6, 0)]
    assert duty(office, duty_id).escalation == 1
    with office.session() as session:
        row, head = session.get_one(Duty, duty_id), office.staff(session, "changhead")
        # without it ปลัด would hear on 6 January, the seventh working day
        assert acknowledge(session, office.agency, row, head, at(1, 5, 10, year=2027)) == date(2027, 1, 11)
        assert acknowledge(session, office.agency, row, head, at(1, 6, 10, year=2027)) is None  # once a level
    for day in range(5, 20):
        tick(office, at(1, day, year=2027))
        sent(office)
    said = [row for row in ledger(office) if row[2] == 2]
    assert said == [("palad", (DUE - date(2027, 1, 12)).days, 2)]
    for day in range(20, 32):
        tick(office, at(1, day, year=2027))
    assert [row[0] for row in ledger(office) if row[2] == 3] == ["nayok"]


def test_whoever_stands_above_can_take_note_or_look(office: Office) -> None:
    add(office, at(12, 24, 8), due_on=DUE)
    tick(office, at(12, 29))
    ((card,),) = open_messages(office, "changhead")
    assert isinstance(card, Card)
    assert card.title == "เกินกำหนด 5 วัน (24 ธ.ค. 69)"
    assert "นายวิชัย ตัวอย่าง" in plain(card)
    assert [button.label for button in card.buttons] == ["รับทราบ", "รายละเอียด"]


def test_a_head_whose_own_duty_is_late_can_act_on_it(office: Office) -> None:
    with office.session() as session:
        head = office.staff(session, "changhead").id
    add(office, at(12, 24, 8), due_on=DUE, owner_id=head)
    tick(office, at(12, 29))
    assert ledger(office) == [("changhead", -5, 1)]
    ((card,),) = open_messages(office, "changhead")
    assert isinstance(card, Card)
    assert [button.label for button in card.buttons] == ["ทำแล้ว", "กำลังทำ", "เลื่อน", "รายละเอียด"]


@pytest.mark.parametrize(
    ("columns", "hearer"),
    [
        ({"owner_id": None}, "changhead"),
        ({"owner_id": None, "unit_id": None}, "palad"),
        ({"status": "submitted"}, "changhead"),
    ],
)
def test_somebody_always_hears(office: Office, columns: dict[str, Any], hearer: str) -> None:
    add(office, at(12, 10), **columns)
    tick(office, at(12, 17))
    assert ledger(office) == [(hearer, 7, 0)]


def test_a_head_does_not_check_their_own_work(office: Office) -> None:
    with office.session() as session:
        head = office.staff(session, "changhead").id
    add(office, at(12, 10), status="submitted", submitted_by_id=head)
    tick(office, at(12, 17))
    assert ledger(office) == [("palad", 7, 0)]


def test_a_person_who_left_is_not_reminded(office: Office) -> None:
    add(office, at(12, 10))
    with office.session() as session:
        office.staff(session, "chang").active = False
    tick(office, at(12, 17))
    assert ledger(office) == [("changhead", 7, 0)]


def test_missed_days_are_made_up_for_by_the_latest_mark_in_office_hours(office: Office) -> None:
    duty_id = add(office, at(11, 20))
    assert tick(office, at(12, 22, 20)) == 0  # back in the evening
    assert duty(office, duty_id).wake_at == at(12, 23)
    assert tick(office, at(12, 23)) == 1
    assert ledger(office) == [("chang", 1, 0)]


def test_what_is_made_on_its_last_day_is_heard_of_at_once(office: Office) -> None:
    add(office, at(12, 10), title="งานเดิม")
    tick(office, at(12, 24))
    sent(office)
    add(office, at(12, 24, 14), title="งานด่วน")
    assert tick(office, at(12, 24, 14)) == 1
    ((card,),) = open_messages(office, "chang")
    assert "งานด่วน" in plain(card)
    add(office, at(12, 24, 15), title="งานด่วนอีกเรื่อง")
    assert tick(office, at(12, 24, 15)) == 1
    ((summary, *_),) = open_messages(office, "chang")  # the one that waited is taken over
    assert "งานด่วน" in plain(summary)
    assert "งานด่วนอีกเรื่อง" in plain(summary)


def test_what_did_not_get_through_is_in_the_next_message_and_not_in_two(office: Office) -> None:
    add(office, at(12, 10), title="งานหนึ่ง")
    add(office, at(12, 10), title="งานสอง", due_on=date(2026, 12, 25))
    tick(office, at(12, 17))
    with office.session() as session:
        session.execute(update(OutboxMessage).values(status="failed", error="x"))
    tick(office, at(12, 18))
    ((summary, *_),) = open_messages(office, "chang")
    assert "งานหนึ่ง" in plain(summary)
    assert "งานสอง" in plain(summary)
    tick(office, at(12, 21))  # LINE is still away, and there is something new (3 days)
    ((summary, *_),) = open_messages(office, "chang")
    assert "งานหนึ่ง" in plain(summary)
    assert "งานสอง" in plain(summary)
    sent(office)
    assert tick(office, at(12, 22)) == 1
    ((card,),) = open_messages(office, "chang")
    assert "งานสอง" in plain(card)
    assert ledger(office) == [("chang", mark, 0) for mark in (7, 14, 7, 3, 3)]


def test_what_was_moved_or_closed_is_withdrawn_while_it_waits(office: Office) -> None:
    one = add(office, at(12, 10), title="งานหนึ่ง")
    two = add(office, at(12, 10), title="งานสอง")
    tick(office, at(12, 17))
    for duty_id, change in ((one, {"due_on": date(2027, 1, 29)}), (two, {"status": "cancelled"})):
        with office.session() as session:
            row = session.get_one(Duty, duty_id)
            for column, value in change.items():
                setattr(row, column, value)
            assert withdraw_unsent(session, office.agency, row, at(12, 17, 10)) == 1
        if duty_id == one:
            ((card,),) = open_messages(office, "chang")
            assert "งานสอง" in plain(card)
            assert "งานหนึ่ง" not in plain(card)
    assert open_messages(office, "chang") == []
    with office.database.read(office.agency.id) as session:
        assert all(notice.withdrawn_at for notice in session.scalars(select(DutyNotice)))


def test_what_was_sent_is_not_withdrawn(office: Office) -> None:
    duty_id = add(office, at(12, 10))
    tick(office, at(12, 17))
    sent(office)
    with office.session() as session:
        row = session.get_one(Duty, duty_id)
        row.due_on = date(2027, 1, 29)
        assert withdraw_unsent(session, office.agency, row, at(12, 17, 10)) == 0


def test_a_moved_duty_begins_anew(office: Office) -> None:
    duty_id = add(office, at(12, 10))
    for day in (17, 21, 23, 24, 29):
        tick(office, at(12, day))
        sent(office)
    with office.session() as session:
        row = session.get_one(Duty, duty_id)
        assert row.escalation == 1
        row.due_on = date(2027, 1, 15)
        row.wake_at = next_wake(row, office.agency.calendar, at(12, 29, 10))
    before = len(ledger(office))
    for day in range(1, 20):
        tick(office, at(1, day, year=2027))
        sent(office)
    assert ledger(office)[before:] == [
        ("chang", 14, 0),
        ("chang", 7, 0),
        ("chang", 3, 0),
        ("chang", 1, 0),
        ("chang", 0, 0),
    ]
    assert duty(office, duty_id).escalation == 0


def test_staff_without_line_hear_by_email_or_find_it_in_the_console(office: Office) -> None:
    with office.session() as session:
        for username in ("chang", "khlang"):
            office.staff(session, username).line_user_id = None
        office.staff(session, "chang").email = "wichai@example.go.th"
    add(office, at(12, 10))
    with office.session() as session:
        khlang = office.staff(session, "khlang").id
    add(office, at(12, 10), owner_id=khlang)
    object.__setattr__(office.agency, "sends_mail", True)
    tick(office, at(12, 17))
    with office.database.read(office.agency.id) as session:
        (mail,) = session.scalars(select(MailMessage)).all()
        ways = list(session.scalars(select(DutyNotice.via).order_by(DutyNotice.id)))
    assert mail.title == "งานตามกำหนด 1 เรื่อง - อบต.บ้านตัวอย่าง"
    assert "ครบกำหนด 24 ธ.ค. 69 (อีก 7 วัน)" in mail.body
    assert "/console/duties/" in mail.body
    assert ways == ["email", "console"]
    assert office.told("chang") == []


def test_two_clocks_at_the_same_moment_say_it_once(office: Office) -> None:
    for number in range(20):
        add(office, at(12, 10), title=f"งานที่ {number}")
    url = office.database.url.render_as_string(hide_password=False)
    start = threading.Barrier(4)
    written: list[int] = []

    def clock() -> None:
        database = Database(url)
        start.wait()
        with database.write(office.agency.id) as session:
            written.append(remind(session, office.agency, at(12, 17)))
        database.close()

    clocks = [threading.Thread(target=clock) for _ in range(4)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join(30)
    assert sorted(written) == [0, 0, 0, 20]
    assert len(open_messages(office, "chang")) == 1


def test_many_agencies_are_told_in_one_transaction_and_a_sick_one_spoils_nothing(database: Database) -> None:
    offices = [open_office(database, code) for code in ("one", "two", "three")]
    for office in offices:
        add(office, at(12, 10), title=f"งานของ {office.agency.code}")
        add(office, at(12, 10), title="งานที่สอง", owner_id=None)
    sick = offices[1]
    with sick.session() as session:
        endless = sick.duty(session, due_on=date(2026, 12, 1))
        endless.wake_at, endless.due_on = at(12, 17), date.max
    agencies = Agencies(database, "https://example.test")
    began: list[object] = []
    event.listen(database.engine, "begin", lambda connection: began.append(connection.get_execution_options()))

    def clock() -> tuple[int, int]:
        began.clear()
        done = tick_clock(database, agencies, at(12, 17), [ClockDuty(remind_due, remind, remind_together)])
        return done.changed.get("remind", 0), done.troubles

    assert clock() == (4, 1)
    assert [len(ledger(office)) for office in offices] == [2, 0, 2]
    with sick.session() as session:
        session.execute(update(Duty).where(Duty.due_on == date.max).values(status="done"))
    others = open_office(database, "four")
    add(others, at(12, 10))
    assert clock() == (3, 0)
    assert sum("write" in options for options in began) == 1
    for office in offices:
        assert ledger(office) == [("chang", 7, 0), ("changhead", 7, 0)]
        (digest,) = office.told("chang")
        assert f"งานของ {office.agency.code}" in digest
        with database.read() as session:
            entries = session.scalars(select(AuditEntry).where(AuditEntry.agency_id == office.agency.id))
            assert [entry.action for entry in entries] == ["duties_reminded", "duties_reminded"]
    assert clock() == (0, 0)
