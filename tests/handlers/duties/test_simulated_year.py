"""A fiscal year of the starter calendar, day by day, with the clock's own registry: every reminder that the rules ask
for is in the ledger once and no other; and the same year with the work killed, two clocks and LINE away for a week."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.agencies import Agencies, AgencyView
from handlers.duties.notices import withdraw_unsent
from handlers.duties.reminders import next_wake
from handlers.duties.year import begin_year
from models.agency import Staff
from models.audit import AuditEntry
from models.db import Database
from models.document import Summary
from models.duty import Duty, DutyNotice
from models.outbox import OutboxMessage
from scheduler.clock import DUTIES, ClockDuty, tick
from tests.handlers.duties.conftest import Office
from thai.dates import at_bangkok, bangkok_date
from thai.working_time import WorkCalendar

FIRST, LAST = date(2026, 10, 1), date(2027, 9, 30)
DAY = timedelta(days=1)
MORNING = timedelta(hours=9)
AWAY = (date(2027, 3, 8), date(2027, 3, 14))  # LINE
Told = tuple[int, int, date, int, int]  # duty, person, day, mark, level


@dataclass(frozen=True)
class Fate:
    """What becomes of a duty: the day on which it is closed, at ten o'clock; None: never in this year."""

    duty_id: int
    due_on: date
    closed_on: date | None
    owner: int | None
    unit_id: int | None
    escalates: bool


def begin(office: Office, every: int = 1) -> list[Fate]:
    """The starter calendar of the year, or every so manieth duty of it; one in three has an owner; some are done in
    time, some late, some never."""
    midnight = at_bangkok(FIRST)
    with office.session() as session:
        begin_year(session, office.agency, 2570, midnight, "test")
    fates: list[Fate] = []
    with office.session() as session:
        people = {person.username: person.id for person in session.scalars(select(Staff))}
        for number, duty in enumerate(session.scalars(select(Duty).order_by(Duty.id))):
            if number % every:
                duty.status, duty.wake_at = "cancelled", None
                continue
            duty.owner_id = (None, people["chang"], people["khlang"])[len(fates) % 3]
            late = (-5, 0, 2, 9, 26, None)[len(fates) % 6]
            duty.wake_at = next_wake(duty, office.agency.calendar, midnight)
            fates.append(
                Fate(
                    duty.id,
                    duty.due_on,
                    duty.due_on + timedelta(days=late) if late is not None else None,
                    duty.owner_id,
                    duty.unit_id,
                    duty.rule.escalates if duty.rule else True,
                )
            )
    assert len(fates) > 80 // every
    return fates


def close(office: Office, fates: Sequence[Fate], today: date) -> None:
    ids = [fate.duty_id for fate in fates if fate.closed_on == today]
    if ids:
        with office.session() as session:
            for duty in session.scalars(select(Duty).where(Duty.id.in_(ids))):
                duty.status, duty.wake_at = "done", None
                withdraw_unsent(session, office.agency, duty, at_bangkok(today) + timedelta(hours=10))


def line_takes(office: Office) -> None:
    with office.session() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.status == "pending").values(status="sent"))


def line_gives_up(office: Office) -> None:
    """What bot/sender.py does with a push that waited for a day."""
    with office.session() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.status == "pending").values(status="failed"))


def due_at(office: Office, now: datetime) -> list[ClockDuty]:
    """What of the clock's registry has something to do, by its own word."""
    with office.database.read() as session:
        return [duty for duty in DUTIES if duty.due(session, now)]


def days() -> Iterator[date]:
    day = FIRST
    while day <= LAST:
        yield day
        day += DAY


def ledger(office: Office) -> list[Told]:
    with office.database.read(office.agency.id) as session:
        rows = session.scalars(select(DutyNotice).where(DutyNotice.withdrawn_at.is_(None)))
        return sorted((row.duty_id, row.staff_id, bangkok_date(row.planned_at), row.mark, row.level) for row in rows)


# -- what the rules ask for, written down a second time and without the product's code -----------------------


def expected(office: Office, fates: Sequence[Fate]) -> list[Told]:
    with office.database.read(office.agency.id) as session:
        staff = list(session.scalars(select(Staff).order_by(Staff.id)))
    told: list[Told] = []
    for fate in fates:
        heads = [p.id for p in staff if p.role == "head" and p.unit_id == fate.unit_id]
        clerks = [p.id for p in staff if p.role == "clerk"]
        above = {1: heads or clerks, 2: clerks, 3: [p.id for p in staff if p.role == "mayor"]}
        own = [fate.owner] if fate.owner else above[1]
        last = min(fate.closed_on or LAST, LAST)  # closed at ten, after the morning's message
        for day, mark, level in asked(office.agency.calendar, fate.due_on, fate.escalates):
            if FIRST <= day <= last:
                hearers = dict.fromkeys(own, (mark, 0)) if mark is not None else {}
                if level:
                    hearers |= dict.fromkeys(above[level], ((fate.due_on - day).days, level))
                told += [(fate.duty_id, person, day, *what) for person, what in hearers.items()]
    return sorted(told)


def asked(calendar: WorkCalendar, due_on: date, escalates: bool) -> Iterator[tuple[date, int | None, int]]:
    """Each working day on which something is due: the mark for those responsible, and the step up."""
    open_days = [d for n in range(-60, 400) if calendar.is_working_day(d := due_on + timedelta(days=n))]

    def back(day: date) -> date:
        return max(d for d in open_days if d <= day)

    marks: dict[date, int] = {}
    for left in (30, 14, 7, 3, 1, 0):
        marks[back(due_on - timedelta(days=left))] = left
    for week in range(1, 50):
        day = back(due_on + timedelta(days=7 * week))
        marks.setdefault(day, (due_on - day).days)
    after = [d for d in open_days if d > due_on]
    steps = {after[2]: 1, after[6]: 2, after[14]: 3} if escalates else {}
    for day in sorted(marks.keys() | steps.keys()):
        yield day, marks.get(day), steps.get(day, 0)


# -- the years ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_kind", ["sqlite"])  # this is about the rules; the years below are for both
def test_a_year_says_everything_once_and_nothing_else(office: Office) -> None:
    fates = begin(office)
    agencies = Agencies(office.database, "https://example.test")
    for day in days():
        again = [MORNING + timedelta(minutes=1), timedelta(hours=20)] if day.weekday() == 3 else []
        for clock in (MORNING, *again):
            assert tick(office.database, agencies, at_bangkok(day) + clock).troubles == 0
        line_takes(office)
        close(office, fates, day)
    said = ledger(office)
    assert said == expected(office, fates)
    assert {level for *_, level in said} == {0, 1, 2, 3}
    with office.database.read(office.agency.id) as session:
        digests = session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like("duties:%"))).all()
        notices = session.scalars(select(DutyNotice)).all()
        periods = set(session.scalars(select(Summary.period)))
    assert {row.status for row in digests} == {"sent"}
    # One message a person and day, and every notice is in one that went out.
    days_told = {(day, person) for _, person, day, _, _ in said}
    assert len(digests) == len(days_told)
    keys = {row.dedupe_key.removeprefix("duties:") for row in digests}
    assert all(notice.digest_key in keys for notice in notices)
    assert len(keys) == len(digests)
    assert {"2570-q1", "2570-q2", "2570-q3"} <= periods


class Killed(Exception):
    """The work ends before its commit."""


def killed_at_random(duties: Sequence[ClockDuty], chance: random.Random) -> list[ClockDuty]:
    def accident_prone(work: Callable[..., int]) -> Callable[..., int]:
        def risky(session: Session, whose: AgencyView | Sequence[AgencyView], now: datetime) -> int:
            done = work(session, whose, now)
            if chance.random() < 0.4:
                session.flush()
                raise Killed
            return done

        return risky

    return [
        ClockDuty(duty.due, accident_prone(duty.work), duty.together and accident_prone(duty.together))
        for duty in duties
    ]


Clock = tuple[Database, Agencies]


def with_accidents(
    here: Clock, there: Clock, moment: datetime, duties: Sequence[ClockDuty], chance: random.Random
) -> None:
    """Both clocks fail now and then, one after the other; then they tick at the same moment."""
    for clock in (here, there):
        tick(*clock, moment, killed_at_random(duties, chance))
    at_once = [threading.Thread(target=tick, args=(*clock, moment, duties)) for clock in (here, there)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()


def test_accidents_two_clocks_and_a_week_without_line_end_in_the_same_ledger(office: Office) -> None:
    fates = begin(office, every=6)
    chance = random.Random(2570)
    here = (office.database, Agencies(office.database, "https://example.test"))
    other = Database(office.database.url.render_as_string(hide_password=False))  # on another machine
    there = (other, Agencies(other, "https://example.test"))
    for day in days():
        moment = at_bangkok(day) + MORNING
        if duties := due_at(office, moment):
            with_accidents(here, there, moment, duties, chance)
            assert not due_at(office, moment)
        if not AWAY[0] <= day <= AWAY[1]:
            line_takes(office)
        close(office, fates, day)
        line_gives_up(office)
    other.close()
    assert ledger(office) == expected(office, fates)
    with office.database.read(office.agency.id) as session:
        digests = {
            row.dedupe_key.removeprefix("duties:"): row
            for row in session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like("duties:%")))
        }
        closed = {duty.id for duty in session.scalars(select(Duty).where(Duty.status == "done"))}
        notices = session.scalars(select(DutyNotice).where(DutyNotice.withdrawn_at.is_(None))).all()
    # Nobody got a flood when LINE came back: what had waited came in one message.
    back = {key for key, row in digests.items() if key.startswith("2027-03-15") and row.status == "sent"}
    people_back = {key.split(":")[1] for key in back}
    assert len(back) == len(people_back) > 0
    assert {row.status for row in digests.values()} == {"sent", "withdrawn"}
    # Every notice went out, or a later one of the duty did, or the duty was closed before LINE came back.
    sent = [n for n in notices if digests[n.digest_key].status == "sent"]
    latest = {(n.duty_id, n.staff_id): n.planned_at for n in sorted(sent, key=lambda n: n.planned_at)}
    for notice in notices:
        if notice not in sent and notice.duty_id not in closed:
            assert latest[notice.duty_id, notice.staff_id] > notice.planned_at


CHILD = """
import sys
from datetime import datetime
from handlers.agencies import Agencies
from models.db import Database
from scheduler.clock import tick
database = Database(sys.argv[1])
agencies = Agencies(database, "https://example.test")
print("ready", flush=True)
while True:
    tick(database, agencies, datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("rounds", [4])
def test_a_clock_that_is_killed_leaves_nothing_half_done(office: Office, rounds: int) -> None:
    due_on = date(2026, 12, 24)
    moment = at_bangkok(date(2026, 12, 17)) + MORNING
    chance = random.Random(24)
    url = office.database.url.render_as_string(hide_password=False)
    root = Path(__file__).resolve().parents[3]
    with office.session() as session:
        people = [office.staff(session, name).id for name in ("chang", "khlang", "sattharana", "sawatdikan")]
    for round_ in range(rounds):
        with office.session() as session:
            for number in range(40):
                duty = office.duty(session, title=f"งาน {round_}.{number}", owner_id=people[number % 4], due_on=due_on)
                duty.wake_at = moment
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, url, moment.isoformat()], cwd=root, stdout=subprocess.PIPE, env=os.environ
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(chance.random() * 0.1)
        child.send_signal(signal.SIGKILL)
        child.wait(10)
        child.stdout.close()
        with office.database.read(office.agency.id) as session:
            told = session.scalars(select(DutyNotice)).all()
            reminded = session.scalars(select(AuditEntry).where(AuditEntry.action == "duties_reminded")).all()
        assert len(told) in (40 * round_, 40 * (round_ + 1))  # a transaction is all there or not at all
        assert sum(entry.detail["count"] for entry in reminded) >= len(told)
        tick(office.database, Agencies(office.database, "https://example.test"), moment)
    assert len(ledger(office)) == 40 * rounds
    assert len({row[0] for row in ledger(office)}) == 40 * rounds
