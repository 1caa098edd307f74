"""No message text, name, phone or token in any log: unit by unit, and in what real processes print."""

from __future__ import annotations

import io
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
import requests
from sqlalchemy.exc import IntegrityError

from bot import logs
from bot.simulator.delivery import sign
from bot.simulator.testing import SECRET, TOKEN, running
from handlers.people.agency_setup import add_demo
from migrations.upgrade import upgrade
from models.db import Database

SAID = ("ถนนหน้าบ้านยายเป็นหลุมมากเหลือเกิน", "สมหญิงใจงาม", "0891234567", "8" * 32)
SUJARIT = Path(sys.executable).with_name("sujarit")


def test_a_traceback_names_places_and_classes_but_no_words() -> None:
    out = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        logs.configure()
        handler = root.handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(out)
        try:
            try:
                raise ValueError(SAID[0])
            except ValueError as error:
                raise IntegrityError("INSERT", {"text": SAID[0]}, Exception(SAID[1])) from error
        except IntegrityError:
            logging.getLogger("web").exception("failed")
    finally:
        root.handlers[:], root.level = before
    assert "IntegrityError" in out.getvalue()
    assert "ValueError" in out.getvalue()
    assert "test_logs.py" in out.getvalue()
    assert not [word for word in SAID if word in out.getvalue()]


@pytest.mark.e2e
def test_real_processes_print_nothing_that_people_write(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    database = Database(f"sqlite:///{tmp_path / 'var' / 'sujarit.sqlite3'}")
    upgrade(database)
    with database.write() as session:
        add_demo(session, "demo", date(2026, 11, 23))
    with running(f"{base}/line/demo/webhook") as line, (tmp_path / "log").open("wb") as log:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SUJARIT_", "PORT"))}
        settings = {
            "SUJARIT_DATA": str(tmp_path / "var"),
            "PORT": str(port),
            "SUJARIT_LINE_CHANNEL_SECRET": SECRET,
            "SUJARIT_LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "SUJARIT_LINE_API_BASE": line.base,
        }
        children = [
            subprocess.Popen([SUJARIT, name], env=kept | settings, cwd=tmp_path, stdout=log, stderr=log)
            for name in ("web", "worker", "clock")
        ]
        try:
            _until_up(f"{base}/healthz")
            person = line.person(name=SAID[1])
            for said in ("แจ้งเรื่อง", SAID[0], SAID[1], SAID[2], "คุยกับเจ้าหน้าที่", f"{SAID[0]} {SAID[2]}"):
                line.act(person, type="text", text=said)
            line.from_bot(person, 5)
            body = f'{{"events":[{{"webhookEventId":"1","replyToken":"{SAID[3]}","message":{{"text":"{SAID[0]}"}}'
            for signature in (sign(SECRET, body.encode()), "wrong"):
                requests.post(
                    f"{base}/line/demo/webhook",
                    data=body.encode(),
                    headers={"x-line-signature": signature},
                    timeout=10,
                )
            requests.post(f"{base}/console/login", data={"username": SAID[1], "password": SAID[0]}, timeout=10)
            requests.get(f"{base}/demo/{SAID[1]}?phone={SAID[2]}", timeout=10)
        finally:
            for child in children:
                child.send_signal(signal.SIGTERM)
            for child in children:
                child.wait(20)
    printed = (tmp_path / "log").read_text()
    assert "outbox.send" in printed
    for secret in (*SAID, person, SECRET, TOKEN):
        assert secret not in printed
    database.close()


def _until_up(address: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the web process does not answer")
