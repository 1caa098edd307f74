"""The clock: wakes the slices up. What is due is rows: a missed tick loses nothing, a doubled one repeats nothing.

APScheduler only calls tick and clean; every transaction is one agency's one duty, so that trouble stays where it is.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from handlers.agencies import Agencies, AgencyView
from handlers.complaints.operations import warn_and_escalate
from handlers.questions.operations import escalate_waiting
from models.agency import Agency
from models.base import utc_now
from models.db import Database
from scheduler import retention

log = logging.getLogger("sujarit.clock")

# What each agency wants looked at every minute; each returns how many rows it changed.
Duty = Callable[[Session, AgencyView, datetime], int]
DUTIES: tuple[Duty, ...] = (warn_and_escalate, escalate_waiting)

TICK_SECONDS = 60
CLEAN_SECONDS = 3600
FIRST_CLEAN = timedelta(minutes=2)  # not in the rush of starting


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


def tick(database: Database, agencies: Agencies, now: datetime, duties: Sequence[Duty] = DUTIES) -> int:
    """Do what is due at `now` (UTC) for every agency; how many rows were changed. Raises nothing."""
    started, changed, troubles = time.monotonic(), 0, 0
    for _, code in _each_agency(database):
        for duty in duties:
            try:
                agency = agencies.get(code)
                if agency is None:  # removed a moment ago
                    break
                with database.write(agency.id) as session:
                    changed += duty(session, agency, now)
            except Exception as error:  # one agency's trouble is not the others'
                troubles += 1
                log.error("duty_failed agency=%s duty=%s error=%s", code, duty.__name__, type(error).__name__)
    milliseconds = round((time.monotonic() - started) * 1000)
    if changed or troubles:
        log.info("tick changed=%d troubles=%d ms=%d", changed, troubles, milliseconds)
    return changed


def clean(database: Database, data: Path, now: datetime, event_days: int = 30) -> int:
    """Delete what has been kept long enough; how many rows. Raises nothing."""
    gone = 0
    try:
        gone += retention.forget_events(database, now - timedelta(days=event_days))
    except SQLAlchemyError as error:
        log.error("clean_failed what=events error=%s", type(error).__name__)
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
