"""The clock: wakes the slices up. What is due is rows: a missed tick loses nothing, a doubled one repeats nothing.

Each duty of the clock says with one indexed query for which agencies it has something to do; only these are looked
after. A tick so costs what is due, however many agencies and rows there are. APScheduler only calls tick and clean.
Every transaction is one agency's one duty, so that trouble stays where it is. A duty that is due for many agencies at
the same moment does several of them in one; if that fails, nothing of it is kept, and each is done by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from handlers.agencies import Agencies, AgencyView
from handlers.announcements.operations import send_announcements, send_announcements_due
from handlers.borrowing.reminders import remind_of_loans, remind_of_loans_due
from handlers.complaints.operations import warn_and_escalate, warn_and_escalate_due
from handlers.duties.events import make_expiries, make_expiries_due
from handlers.duties.notices import remind, remind_due, remind_together
from handlers.eit.invitations import invite, invite_due
from handlers.eit.weekly import weekly, weekly_due
from handlers.participation.activities import remind_participants, remind_participants_due
from handlers.questions.operations import escalate_waiting, escalate_waiting_due
from handlers.representatives.watching import watch_representatives, watch_representatives_due
from handlers.summaries.operations import send_summaries, send_summaries_due
from models.agency import Agency
from models.base import utc_now
from models.db import Database
from scheduler import retention

log = logging.getLogger("sujarit.clock")


@dataclass(frozen=True, slots=True)
class ClockDuty:
    """`due(session, now)`: the ids of the agencies for which `work` has something to do at `now` (UTC), each once or as
    often as it has something; the session is not scoped, and an index must make it cheap. `work(session, agency, now)`:
    does it for one agency, in a session scoped to it; how many rows it changed. `together`: the same for several
    agencies, in a session that is not scoped. Agencies' pictures are the clock's (handlers.agencies.load_for_clock)."""

    due: Callable[[Session, datetime], list[int]]
    work: Callable[[Session, AgencyView, datetime], int]
    together: Callable[[Session, Sequence[AgencyView], datetime], int] | None = None

    @property
    def name(self) -> str:
        return self.work.__name__


# Everything that happens by itself, looked at every TICK_SECONDS. A slice joins by adding a line.
DUTIES: tuple[ClockDuty, ...] = (
    ClockDuty(warn_and_escalate_due, warn_and_escalate),
    ClockDuty(escalate_waiting_due, escalate_waiting),
    ClockDuty(send_summaries_due, send_summaries),
    ClockDuty(make_expiries_due, make_expiries),
    ClockDuty(remind_due, remind, remind_together),
    ClockDuty(weekly_due, weekly),
    ClockDuty(invite_due, invite),
    ClockDuty(remind_of_loans_due, remind_of_loans),
    ClockDuty(remind_participants_due, remind_participants),
    ClockDuty(send_announcements_due, send_announcements),
    ClockDuty(watch_representatives_due, watch_representatives),
)

TICK_SECONDS = 60
CLEAN_SECONDS = 3600
FIRST_CLEAN = timedelta(minutes=2)  # not in the rush of starting
AGENCIES_AT_ONCE = 200  # whose pictures are read together
DUE_AT_ONCE = 400  # in one transaction: on SQLite the webhook waits for it


@dataclass(slots=True)
class Ticked:
    """What a tick did: by duty how many agencies it looked after and how many rows it changed."""

    agencies: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    troubles: int = 0

    def add(self, duty: ClockDuty, agencies: int, changed: int) -> None:
        self.agencies[duty.name] = self.agencies.get(duty.name, 0) + agencies
        self.changed[duty.name] = self.changed.get(duty.name, 0) + changed


def run(
    database: Database,
    agencies: Agencies,
    data: Path,
    stop: threading.Event,
    event_days: int = 30,
    also_clean: Sequence[Callable[[datetime], object]] = (),
) -> None:
    """Tick until `stop` is set; what is under way is finished. `data`: SUJARIT_DATA. `event_days`: see retention.
    `also_clean`: what the composition wants called every hour with the moment (UTC)."""
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    now = utc_now()
    scheduler.add_job(lambda: tick(database, agencies, utc_now()), "interval", seconds=TICK_SECONDS, next_run_time=now)
    scheduler.add_job(
        lambda: clean(database, data, utc_now(), event_days),
        "interval",
        seconds=CLEAN_SECONDS,
        next_run_time=now + FIRST_CLEAN,
    )
    for job in also_clean:
        scheduler.add_job(
            lambda job=job: _guarded(job), "interval", seconds=CLEAN_SECONDS, next_run_time=now + FIRST_CLEAN
        )
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


def _guarded(job: Callable[[datetime], object]) -> None:
    try:
        job(utc_now())
    except Exception as error:  # its message may hold anything
        log.error("job_failed name=%s error=%s", getattr(job, "__name__", "job"), type(error).__name__)


def tick(database: Database, agencies: Agencies, now: datetime, duties: Sequence[ClockDuty] = DUTIES) -> Ticked:
    """Do what is due at `now` (UTC). Raises nothing."""
    started, done = time.monotonic(), Ticked()
    for duty, due in zip(duties, _due(database, duties, now, done), strict=True):
        for some in _portions(due):
            _look_after(database, agencies, duty, some, now, done)
    milliseconds = round((time.monotonic() - started) * 1000)
    changed = sum(done.changed.values())
    if changed or done.troubles:
        log.info("tick changed=%d troubles=%d ms=%d", changed, done.troubles, milliseconds)
    return done


def _due(database: Database, duties: Sequence[ClockDuty], now: datetime, done: Ticked) -> list[Counter[int]]:
    """For each duty the agencies with something due, and how much: one transaction for all duties, unless one fails."""
    try:
        with database.read() as session:
            return [Counter(sorted(duty.due(session, now))) for duty in duties]
    except Exception as error:  # found below, one by one
        log.warning("due_one_by_one error=%s", type(error).__name__)
    found: list[Counter[int]] = []
    for duty in duties:
        try:
            with database.read() as session:
                found.append(Counter(sorted(duty.due(session, now))))
        except Exception as error:  # one duty's trouble is not the others'
            found.append(Counter())
            done.troubles += 1
            log.error("due_failed duty=%s error=%s", duty.name, type(error).__name__)
    return found


def _portions(due: Counter[int]) -> Iterator[list[int]]:
    """The agencies in order, so many at a time."""
    portion: list[int] = []
    held = 0
    for agency_id, number in due.items():
        if portion and (held + number > DUE_AT_ONCE or len(portion) == AGENCIES_AT_ONCE):
            yield portion
            portion, held = [], 0
        portion.append(agency_id)
        held += number
    if portion:
        yield portion


def _look_after(
    database: Database, agencies: Agencies, duty: ClockDuty, due: Sequence[int], now: datetime, done: Ticked
) -> None:
    """One duty for these agencies, together where that goes, else each in a transaction of its own."""
    try:
        views = agencies.for_clock(due)
    except database.errors as error:
        done.troubles += 1
        log.error("pictures_failed duty=%s error=%s", duty.name, type(error).__name__)
        return
    if duty.together is not None:
        try:
            with database.write() as session:
                changed = duty.together(session, views, now)
        except Exception as error:  # found below, one by one
            log.warning("agencies_one_by_one duty=%s error=%s", duty.name, type(error).__name__)
        else:
            done.add(duty, len(views), changed)
            return
    for agency in views:
        try:
            with database.write(agency.id) as session:
                changed = duty.work(session, agency, now)
        except Exception as error:  # one agency's trouble is not the others'
            done.troubles += 1
            log.error("duty_failed agency=%s duty=%s error=%s", agency.code, duty.name, type(error).__name__)
        else:
            done.add(duty, 1, changed)


def clean(database: Database, data: Path, now: datetime, event_days: int = 30) -> int:
    """Delete what has been kept long enough; how many rows. Raises nothing."""
    gone = 0
    try:
        gone += retention.forget_events(database, now - timedelta(days=event_days))
    except SQLAlchemyError as error:
        log.error("clean_failed what=events error=%s", type(error).__name__)
    try:
        database.renew_statistics()
    except SQLAlchemyError as error:
        log.error("clean_failed what=statistics error=%s", type(error).__name__)
    for agency_id, code in _each_agency(database):
        for rule in retention.AGENCY_RULES:
            try:
                gone += rule(database, data, agency_id, now)
            except (SQLAlchemyError, OSError) as error:
                log.error("clean_failed agency=%s what=%s error=%s", code, rule.__name__, type(error).__name__)
    log.info("clean gone=%d", gone)
    return gone


def _each_agency(database: Database) -> list[tuple[int, str]]:
    try:
        with database.read() as session:
            return [(row.id, row.code) for row in session.execute(select(Agency.id, Agency.code).order_by(Agency.id))]
    except SQLAlchemyError as error:
        log.error("database_away error=%s", type(error).__name__)
        return []
