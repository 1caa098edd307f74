"""The clock: every agency is looked after, trouble stays where it is, a doubled tick repeats nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from handlers.agencies import Agencies, AgencyView
from handlers.people.agency_setup import add_demo
from handlers.questions import operations as questions
from models.agency import Agency, Staff, Unit
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage
from scheduler import clock
from scheduler.clock import DUTIES, ClockDuty, Ticked, run, tick

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # Monday, 10.00 in Bangkok


def add_agencies(database: Database, *codes: str) -> Agencies:
    with database.write() as session:
        session.add_all(Agency(code=code, name=code, short_name=code) for code in codes)
    return Agencies(database, "http://x")


def add_unit(session: Session, agency: AgencyView, now: datetime) -> int:
    session.add(Unit(name="กองช่าง"))
    return 1


def every_agency(session: Session, now: datetime) -> list[int]:
    return list(session.scalars(select(Agency.id)))


def changed(done: Ticked) -> int:
    return sum(done.changed.values())


def test_only_the_agencies_with_something_due_are_looked_after(database: Database) -> None:
    agencies = add_agencies(database, "one", "two", "three")

    def only_two(session: Session, now: datetime) -> list[int]:
        return list(session.scalars(select(Agency.id).where(Agency.code == "two")))

    done = tick(database, agencies, NOW, [ClockDuty(only_two, add_unit)])
    assert done.agencies == {"add_unit": 1}
    with database.read() as session:
        assert session.scalars(select(Agency.code).join(Unit)).all() == ["two"]


def test_a_tick_with_nothing_due_asks_as_much_of_one_agency_as_of_many(database: Database) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    counts = []
    for codes in (["a0"], [f"a{number}" for number in range(1, 30)]):
        agencies = add_agencies(database, *codes)
        tick(database, agencies, NOW)  # what is looked at for the first time
        asked.clear()
        assert tick(database, agencies, NOW).agencies == {}
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 2 * len(DUTIES)


def test_a_question_that_fails_stops_no_other_duty(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    agencies = add_agencies(database, "one")

    def broken(session: Session, now: datetime) -> list[int]:
        session.execute(text("SELECT * FROM nowhere"))
        return []

    assert changed(tick(database, agencies, NOW, [ClockDuty(broken, add_unit), ClockDuty(every_agency, add_unit)])) == 1
    assert "due_failed duty=add_unit error=" in caplog.text


def test_one_agencys_failure_stops_no_other(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    agencies = add_agencies(database, "one", "two", "three")

    def fails_for_two(session: Session, agency: AgencyView, now: datetime) -> int:
        add_unit(session, agency, now)
        session.flush()
        if agency.code == "two":
            raise ValueError("ความลับของชาวบ้าน")
        return 1

    def counts(session: Session, agency: AgencyView, now: datetime) -> int:
        return len(session.scalars(select(Unit)).all())

    done = tick(database, agencies, NOW, [ClockDuty(every_agency, fails_for_two), ClockDuty(every_agency, counts)])
    assert done.changed == {"fails_for_two": 2, "counts": 2}
    assert done.agencies == {"fails_for_two": 2, "counts": 3}
    assert done.troubles == 1
    with database.read() as session:
        assert session.scalars(select(Agency.code).join(Unit).order_by(Agency.id)).all() == ["one", "three"]
    assert "duty_failed agency=two duty=fails_for_two error=ValueError" in caplog.text
    assert "ความลับ" not in caplog.text


def test_agencies_with_much_due_are_not_put_together_without_end(database: Database) -> None:
    agencies = add_agencies(database, *(f"a{number}" for number in range(8)))
    portions: list[int] = []

    def much(session: Session, now: datetime) -> list[int]:
        return every_agency(session, now) * (clock.DUE_AT_ONCE // 3)

    def together(session: Session, views: Sequence[AgencyView], now: datetime) -> int:
        portions.append(len(views))
        return len(views)

    done = tick(database, agencies, NOW, [ClockDuty(much, add_unit, together)])
    assert portions == [3, 3, 2]
    assert done.agencies == done.changed == {"add_unit": 8}


def test_a_database_that_is_away_is_survived(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agencies = add_agencies(database, "one")
    with database.write() as session:
        session.execute(text("ALTER TABLE agency RENAME TO away"))
    assert changed(tick(database, agencies, NOW, [ClockDuty(every_agency, add_unit)])) == 0
    assert clock.clean(database, tmp_path, NOW) == 0
    assert "due_failed" in caplog.text
    assert "database_away" in caplog.text
    with database.write() as session:
        session.execute(text("ALTER TABLE away RENAME TO agency"))
    assert changed(tick(database, agencies, NOW, [ClockDuty(every_agency, add_unit)])) == 1


def test_cleaning_lets_the_database_know_what_its_indexes_hold(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        add_demo(session, "demo", date(2026, 11, 23))
    clock.clean(database, tmp_path, NOW)
    if database.sqlite:
        with database.read() as session:
            counted = "SELECT stat FROM sqlite_stat1 WHERE tbl = 'staff'"
            assert session.scalars(text(counted)).first()


def test_an_unanswered_question_climbs_once_however_often_the_clock_ticks(database: Database) -> None:
    with database.write() as session:
        add_demo(session, "demo", date(2026, 11, 23))
    agencies = Agencies(database, "http://x")
    view = agencies.get("demo")
    assert view is not None
    with database.write(view.id) as session:
        for person in session.scalars(select(Staff)):
            person.line_user_id = f"U-{person.username}"
            session.add(Conversation(line_user_id=person.line_user_id))
        session.add(talk := Conversation(line_user_id="U-citizen"))
        session.flush()
        question = questions.hand_over(session, view, "ขอข้อมูลหน่อย", NOW, conversation_id=talk.id)
        due = question.due_at
    assert due is not None
    before = _outbox(database)
    assert tick(database, agencies, due - timedelta(minutes=1)).changed["escalate_waiting"] == 0
    assert tick(database, agencies, due + timedelta(minutes=1)).changed["escalate_waiting"] == 1
    told = _outbox(database)
    assert told > before
    ticks = [threading.Thread(target=tick, args=(database, agencies, due + timedelta(minutes=1))) for _ in range(3)]
    for one in ticks:
        one.start()
    for one in ticks:
        one.join()
    assert _outbox(database) == told


def _outbox(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_it_ticks_and_stops_when_told(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agencies = add_agencies(database, "one")
    monkeypatch.setattr(clock, "TICK_SECONDS", 0.1)
    seen: list[datetime] = []
    monkeypatch.setattr(clock, "tick", lambda database, agencies, now: seen.append(now))
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(database, agencies, tmp_path, stop))
    thread.start()
    until = time.monotonic() + 10
    while len(seen) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(seen) >= 3
    assert all(now.tzinfo for now in seen)
