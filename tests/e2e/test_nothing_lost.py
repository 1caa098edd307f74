"""A thousand events, duplicated, shuffled and redelivered, with the processes killed at random points:
every case once, every answer once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.case import Case
from models.conversation import Consent, WebhookEvent
from models.db import Database
from models.outbox import OutboxMessage
from tests.e2e.house import House, a_house

TALKERS, TEXTS = 40, 16
REPORTERS = 40
QUESTIONS = ("สวัสดีค่ะ", "ขอบคุณค่ะ", "เมนู", "ติดต่อเรา", "วิธีใช้", "จ่ายภาษีที่ดินที่ไหน", "ขยะเก็บวันไหน", "ไฟไหม้บ้านช่วยด้วย")
PLACE = "(ปักหมุด)"
COMPLAINT = (
    "แจ้งเรื่องร้องเรียน",
    "ยินยอม",
    "ไฟถนนหน้าบ้านดับมาสามคืนแล้ว มืดมาก กลัวรถชนคนแก่ ช่วยมาดูหน่อย",
    "ไฟทางดับ",
    "ข้าม",
    PLACE,
    "ไม่ระบุ",
    "ข้าม",
    "ส่งเรื่อง",
)
EVENTS = TALKERS * TEXTS + REPORTERS * len(COMPLAINT)


def _trouble(house: House, over: threading.Event, kills: list[str]) -> None:
    """kill -9 now the web server, now the worker, and start it again; on a slow machine not before it has worked."""
    chance = random.Random(7)
    while not over.wait(chance.uniform(0.5, 2.0)):
        name = chance.choice(("web", "worker"))
        house.kill(name)
        kills.append(name)
        heard = _heard(house)
        house.start(name)
        while _heard(house) == heard and not over.wait(0.2):
            pass


def _heard(house: House) -> int:
    """How many calls LINE has carried out."""
    return sum(1 for call in house.line.platform.calls_after(0) if call.kind == "api" and call.status == "200")


def _complain(house: House, person: str, number: int) -> None:
    """One step after the other: the next is sent when LINE has delivered the one before. Each is about another lamp."""
    pin = {"title": "เสาไฟ", "address": f"ซอย {number}", "latitude": 13.7 + number / 100, "longitude": 100.5}
    for text in COMPLAINT:
        act = {"type": "location", **pin} if text is PLACE else {"type": "text", "text": text}
        house.line.act(person, wait=False, **act)
        assert house.line.platform.wait_for(lambda: _arrived(house, person), 180.0), text


def _arrived(house: House, person: str) -> bool:
    return all(
        (entry.webhook or "").startswith("2") for entry in house.line.platform.entries(person) if entry.how == "user"
    )


@pytest.mark.e2e
def test_every_case_once_every_answer_once(database_url: str, tmp_path: Path) -> None:
    with a_house(tmp_path, database_url, "web", "worker") as house:
        line, chance = house.line, random.Random(1)
        line.control(
            "POST",
            "/settings",
            {
                "webhook": {
                    "batch_size": 6, "duplicate_rate": 0.3, "redelivery_interval": 0.2, "redelivery_attempts": 2000,
                    "timeout": 5.0,
                },
                "rates": False,
                "quota": {"limit": None},
            },
        )  # fmt: skip
        talkers = [line.person() for _ in range(TALKERS)]
        reporters = [line.person() for _ in range(REPORTERS)]
        over, kills = threading.Event(), list[str]()
        trouble = threading.Thread(target=_trouble, args=(house, over, kills))
        trouble.start()
        try:
            # One after the other for each reporter, the events of all mixed in the posts.
            with ThreadPoolExecutor(REPORTERS) as pool:
                list(pool.map(lambda person: _complain(house, person, reporters.index(person)), reporters))
            # Everything at once, overtaking each other.
            line.control("POST", "/settings", {"webhook": {"shuffle": True}})
            texts = [(person, chance.choice(QUESTIONS)) for person in talkers for _ in range(TEXTS)]
            chance.shuffle(texts)
            line.control(
                "POST", "/events", {"events": [{"user": user, "type": "text", "text": text} for user, text in texts]}
            )
            assert line.platform.webhook.idle(300.0)
        finally:
            over.set()
            trouble.join()
        database = Database(database_url)
        try:
            _wait_until_sent(database)
            _check(database, house, len(kills))
        finally:
            database.close()


def _wait_until_sent(database: Database) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        with database.read() as session:
            open_rows = session.scalar(
                select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status.in_(("pending", "sending")))
            )
        if not open_rows:
            return
        time.sleep(0.3)
    raise AssertionError(f"{open_rows} messages still wait")


def _check(database: Database, house: House, kills: int) -> None:
    with database.read() as session:
        outcomes = Counter(session.scalars(select(WebhookEvent.outcome)).all())
        cases = Counter(session.scalars(select(Case.conversation_id)).all())
        rows = session.execute(
            select(OutboxMessage.conversation_id, OutboxMessage.dedupe_key, OutboxMessage.status)
        ).all()
        consents = session.scalar(select(func.count()).select_from(Consent))
        numbers = sorted(session.scalars(select(Case.number)).all())
    assert kills >= 3, "nothing was killed: the test proves nothing"
    assert outcomes == {"done": EVENTS}
    assert len(cases) == REPORTERS
    assert set(cases.values()) == {1}
    assert numbers == [f"{numbers[0][:4]}{n:06d}" for n in range(1, REPORTERS + 1)]
    assert consents == REPORTERS
    assert {status for _, _, status in rows} == {"sent"}
    answers = [key for _, key, _ in rows if ":event:" in key]
    assert len(answers) == len(set(answers)) == EVENTS
    # What LINE carried out: each row of the outbox in one call, none twice.
    sent = Counter(
        call.what.rsplit("/", 1)[-1]
        for call in house.line.platform.calls_after(0)
        if call.kind == "api" and call.status == "200" and call.what.endswith(("/reply", "/push"))
    )
    assert sum(sent.values()) == len(rows)
