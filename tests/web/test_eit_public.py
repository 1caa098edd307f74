"""The survey's short addresses, page and picture, as anybody meets them."""

from __future__ import annotations

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from bot.app import create_app
from bot.integrity_desk import open_desks
from bot.settings import Settings
from handlers.eit import operations, scans
from handlers.eit.operations import RoundDetails
from models.db import Database
from models.eit import EitPoint, EitScan
from tests import codes
from tests.web.conftest import Browser

URL = "https://itas.nacc.go.th/go/eit/u4gpi2"
OPEN = datetime(2027, 3, 10, 3, tzinfo=UTC)
FIRST, LAST = date(2027, 1, 1), date(2027, 6, 30)


@pytest.fixture
def code(database: Database) -> str:
    """Of a counter of the demo agency, whose window is the first half of 2027."""
    with database.write(1) as session:
        operations.set_round(
            session,
            RoundDetails(fiscal_year=2570, url=URL, opens_on=FIRST, closes_on=LAST, target=400),
            "cli",
            date(2026, 11, 21),
        )
        return operations.add_point(session, "เคาน์เตอร์กองคลัง", "cli").code


def counted(database: Database) -> int:
    with database.read(1) as session:
        return sum(session.scalars(select(EitScan.count)))


def read_code(picture: bytes, kind: str = "png") -> str:
    """What the code in the picture holds; "" if there is none."""
    return "".join(codes.read(picture if kind == "png" else codes.drawn(picture)))


def test_a_scan_goes_to_itas_and_is_counted(client: Browser, database: Database, code: str) -> None:
    with time_machine.travel(OPEN, tick=False):
        answer = client.get(f"/e/{code}")
        client.get(f"/e/{code.upper()}")
    assert (answer.status_code, answer.location) == (302, URL)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    with database.read(1) as session:
        row = session.execute(select(EitScan.day, EitScan.count)).one()
    assert tuple(row) == (date(2027, 3, 10), 2)


def test_scans_of_many_at_once_are_all_counted(app: Flask, database: Database, code: str) -> None:
    with time_machine.travel(OPEN, tick=False), ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: app.test_client().get(f"/e/{code}").status_code, range(60)))
    assert answers == [302] * 60
    assert counted(database) == 60


# The window opens and closes at midnight in Bangkok, which is 17.00 UTC of the day before.
@pytest.mark.parametrize(
    ("moment", "status", "words"),
    [
        (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), 200, "จะเปิดวันที่ 1 มกราคม 2570"),
        (datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), 302, ""),
        (datetime(2027, 6, 30, 16, 59, 59, tzinfo=UTC), 302, ""),
        (datetime(2027, 6, 30, 17, 0, 0, tzinfo=UTC), 200, "ปิดรับแล้ว เมื่อวันที่ 30 มิถุนายน 2570"),
    ],
)
def test_the_window_by_bangkoks_days(
    client: Browser, database: Database, code: str, moment: datetime, status: int, words: str
) -> None:
    with time_machine.travel(moment, tick=False):
        answer = client.get(f"/e/{code}")
    assert answer.status_code == status
    assert words in answer.text
    assert URL not in answer.text or status == 302
    assert answer.headers["Cache-Control"] == "no-store"
    assert counted(database) == (1 if status == 302 else 0)


@pytest.mark.parametrize("unknown", ["zzzzzz", "%00", "%F0%9F%98%80", "a" * 3000, "'--"])
def test_an_unknown_code_is_a_kind_page(client: Browser, code: str, unknown: str) -> None:
    answer = client.get(f"/e/{unknown}")
    assert answer.status_code == 404
    assert "ไม่พบจุดบริการนี้" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"User-Agent": "facebookexternalhit/1.1;line-poker/1.0"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    ],
)
def test_programs_that_look_ahead_are_not_counted(
    client: Browser, database: Database, code: str, headers: dict[str, str]
) -> None:
    with time_machine.travel(OPEN, tick=False):
        assert client.get(f"/e/{code}", headers=headers).status_code == 302
        assert client.head(f"/e/{code}").status_code == 302
    assert counted(database) == 0


def test_a_point_that_was_put_away_still_leads_on(client: Browser, database: Database, code: str) -> None:
    with database.write(1) as session:
        point = session.scalars(select(EitPoint).where(EitPoint.code == code)).one()
        operations.save_point(session, point, "cli", name=point.name, kind=point.kind, unit_id=None, active=False)
    with time_machine.travel(OPEN, tick=False):
        assert client.get(f"/e/{code}").location == URL


def test_a_count_that_fails_keeps_nobody_from_the_survey(
    client: Browser, code: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(scans, "count", full)
    with time_machine.travel(OPEN, tick=False), caplog.at_level(logging.DEBUG):
        assert client.get(f"/e/{code}").location == URL
    assert [record.getMessage() for record in caplog.records if "eit" in record.getMessage()] == [
        "eit_scan_not_counted error=OperationalError"
    ]


def test_nothing_about_who_scanned_is_kept_or_logged(
    client: Browser, database: Database, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"User-Agent": "Canary-Phone/1.0", "Referer": "https://canary.example/", "Cookie": "who=canary"}
    with time_machine.travel(OPEN, tick=False), caplog.at_level(logging.DEBUG):
        client.get(f"/e/{code}", headers=headers, environ_overrides={"REMOTE_ADDR": "203.0.113.77"})
    assert "anary" not in caplog.text
    assert "203.0.113.77" not in caplog.text
    assert code not in caplog.text
    with database.engine.connect() as connection:
        tables = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            if database.sqlite
            else connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        )
        everything = " ".join(
            str(row) for (name,) in tables.all() for row in connection.execute(text(f'SELECT * FROM "{name}"'))
        )
    assert counted(database) == 1
    assert "203.0.113.77" not in everything
    assert "anary" not in everything


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_websites_picture_is_a_code_that_opens_the_survey(client: Browser, code: str, kind: str) -> None:
    with time_machine.travel(OPEN, tick=False):
        answer = client.get(f"/demo/eit.{kind}")
        assert answer.status_code == 200
        held = read_code(answer.data, kind)
        assert client.get(held.removeprefix("http://localhost")).location == URL
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("kind", ["png", "svg"])
@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 12, 1, 3, tzinfo=UTC), datetime(2027, 7, 1, 3, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)],
)
def test_without_a_link_that_answers_the_picture_is_a_notice(
    client: Browser, code: str, kind: str, moment: datetime
) -> None:
    with time_machine.travel(moment, tick=False):
        answer = client.get(f"/demo/eit.{kind}")
    assert answer.status_code == 200
    picture = answer.data if kind == "png" else codes.drawn(answer.data)
    assert read_code(picture) == ""
    assert len(Image.open(io.BytesIO(picture)).convert("L").getcolors() or ()) > 2  # there is something to read


def test_an_agency_without_a_round_has_a_page_and_a_notice(client: Browser) -> None:
    assert "ยังไม่ได้เปิดแบบประเมินของปีนี้" in client.get("/other/eit").text
    assert read_code(client.get("/other/eit.png").data) == ""


def test_the_page_has_the_code_and_the_way(client: Browser, code: str) -> None:
    with time_machine.travel(OPEN, tick=False):
        page = client.get("/demo/eit")
        link = page.text.split('href="http://localhost/e/')[1].split('"')[0]
        assert client.get(f"/e/{link}").location == URL
    assert "/demo/eit.svg" in page.text
    assert "30 มิถุนายน 2570" in page.text
    assert URL not in page.text  # every way to it is counted alike


@pytest.mark.parametrize("what", ["complain", "ask", "line", "home", "guide", "eit", "integrity"])
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_codes_of_the_other_doors_open_the_right_page(database: Database, tmp_path: Path, what: str, kind: str) -> None:
    settings = Settings(data=tmp_path / "data", secret_key="k" * 40, public_url="http://localhost")
    with database.read() as session:
        open_desks(settings, session)
    client = create_app(settings, database).test_client()  # with the desk of this installation
    answer = client.get(f"/demo/qr/{what}.{kind}")
    held = read_code(answer.data, kind)
    if what == "line":
        assert held == "https://line.me/R/ti/p/%40demo"
        return
    path = held.removeprefix("http://localhost")
    assert path == {"home": "/demo/"}.get(what, f"/demo/{what}" + ("/" if what == "integrity" else ""))
    assert client.get(path).status_code == 200


def test_the_code_of_a_case_opens_its_page(client: Browser) -> None:
    held = read_code(client.get("/demo/qr/status.png?number=C70-000001").data)
    assert held == "http://localhost/demo/status?number=C70-000001"
    assert 'value="C70-000001"' in client.get(held.removeprefix("http://localhost")).text
