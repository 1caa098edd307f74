"""E-mail to staff without LINE, through a real SMTP server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import ValidationError
from sqlalchemy import select

from bot import integrity_desk
from bot.mailer import LAST_ATTEMPT, MailWorker
from bot.settings import Settings
from handlers.agencies import load_agency
from handlers.summaries.operations import send_summaries
from integrity import officers
from integrity.notices import SENTENCE
from integrity.setup import ensure_desk
from integrity.tables import Notice
from models.agency import Agency, Staff
from models.db import Database
from models.outbox import MailMessage

NOW = datetime(2026, 12, 24, 2, 0, tzinfo=UTC)


class Server:
    """Keeps what it takes; `answer` is what it says instead of taking it."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answer = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer:
            return self.answer
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[tuple[Server, Controller]]:
    server = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, controller
    controller.stop()


def settings(port: int) -> Settings:
    return Settings(
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        smtp_from="sujarit@example.go.th",
    )


def letter(database: Database, email: str = "wichai@example.go.th") -> int:
    with database.write() as session:
        session.add(agency := Agency(code="demo", name="อบต.ตัวอย่าง", short_name="อบต.ตัวอย่าง"))
        session.flush()
        session.info["agency_id"] = agency.id
        session.add(person := Staff(username="chang", name="วิชัย", password_hash="", email=email))
        session.flush()
        row = MailMessage(
            staff_id=person.id,
            dedupe_key="duties:2026-12-24:s1",
            title="งานตามกำหนด 1 เรื่อง",
            body="ครบกำหนดวันนี้\nรายงานช่องทางติดต่อ",
            next_attempt_at=NOW,
        )
        session.add(row)
        session.flush()
        return row.id


def row_of(database: Database, row_id: int) -> MailMessage:
    with database.read() as session:
        return session.get_one(MailMessage, row_id)


def test_a_letter_goes_out_once(database: Database, smtp: tuple[Server, Controller]) -> None:
    server, controller = smtp
    row_id = letter(database)
    worker = MailWorker(database, settings(controller.port))
    assert worker.drain(NOW - timedelta(minutes=1)) == 0
    assert worker.drain(NOW) == 1
    assert worker.drain(NOW + timedelta(hours=1)) == 0
    (mail,) = server.taken
    assert mail["Subject"] == "งานตามกำหนด 1 เรื่อง"
    assert mail["To"] == "wichai@example.go.th"
    assert "รายงานช่องทางติดต่อ" in mail.get_content()
    assert row_of(database, row_id).status == "sent"


def test_an_executives_summary_arrives_once_however_often_it_is_tried(
    database: Database, smtp: tuple[Server, Controller]
) -> None:
    server, controller = smtp
    at = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)  # the first working day after the quarter
    with database.write() as session:
        began = datetime(2026, 10, 1, tzinfo=UTC)
        session.add(row := Agency(code="demo", name="อบต.ตัวอย่าง", short_name="อบต.ตัวอย่าง", created_at=began))
        session.flush()
        session.info["agency_id"] = row.id
        session.add(Staff(username="palad", name="สมศรี", role="clerk", password_hash="", email="palad@example.go.th"))
        session.flush()
        agency = load_agency(session, row, "https://example.test", sends_mail=True)
        assert send_summaries(session, agency, at) == 1
        assert send_summaries(session, agency, at) == 0
    assert MailWorker(database, settings(1)).drain(at) == 0  # nobody there
    worker = MailWorker(database, settings(controller.port))
    assert worker.drain(at) == 0
    assert worker.drain(at + timedelta(minutes=5)) == 1
    assert worker.drain(at + timedelta(hours=5)) == 0
    (mail,) = server.taken
    assert (mail["To"], mail["Subject"]) == ("palad@example.go.th", "สรุปผลงาน ไตรมาส 1/2570 - อบต.ตัวอย่าง")
    assert "รับเรื่อง: 0 เรื่อง" in mail.get_content()
    assert "https://example.test/console/dashboard/?period=2570-q1" in mail.get_content()


def test_a_server_that_is_away_is_tried_again(database: Database, smtp: tuple[Server, Controller]) -> None:
    server, controller = smtp
    row_id = letter(database)
    away = MailWorker(database, settings(1))
    assert away.drain(NOW) == 0
    row = row_of(database, row_id)
    assert (row.status, row.attempts) == ("pending", 1)
    assert row.next_attempt_at > NOW
    assert MailWorker(database, settings(controller.port)).drain(NOW + timedelta(minutes=5)) == 1
    assert len(server.taken) == 1


@pytest.mark.parametrize(("answer", "status"), [("451 later", "pending"), ("550 never", "failed")])
def test_a_refusal_is_kept_in_words(
    database: Database, smtp: tuple[Server, Controller], answer: str, status: str
) -> None:
    server, controller = smtp
    row_id = letter(database)
    server.answer = answer
    assert MailWorker(database, settings(controller.port)).drain(NOW) == 0
    row = row_of(database, row_id)
    assert row.status == status
    assert row.error


def test_a_worker_that_died_leaves_its_letter_to_another(database: Database, smtp: tuple[Server, Controller]) -> None:
    server, controller = smtp
    row_id = letter(database)
    dead = MailWorker(database, settings(controller.port))
    assert [one.id for one in dead._claim(NOW)] == [row_id]
    other = MailWorker(database, settings(controller.port))
    assert other.drain(NOW + timedelta(minutes=1)) == 0
    assert other.drain(NOW + timedelta(minutes=6)) == 1
    assert len(server.taken) == 1


def test_it_gives_up_one_day_and_has_nobody_to_write_to(database: Database) -> None:
    row_id = letter(database)
    with database.write() as session:
        session.get_one(MailMessage, row_id).attempts = LAST_ATTEMPT - 1
    MailWorker(database, settings(1)).drain(NOW)
    assert row_of(database, row_id).status == "failed"


def test_whoever_has_no_address_any_more_is_not_written_to(database: Database, smtp: tuple[Server, Controller]) -> None:
    _, controller = smtp
    row_id = letter(database, email="")
    MailWorker(database, settings(controller.port)).drain(NOW)
    with database.read() as session:
        assert session.scalars(select(MailMessage.status).where(MailMessage.id == row_id)).one() == "failed"


@pytest.mark.parametrize(
    "wrong", [{"smtp_from": "nobody"}, {"smtp_from": "a@b.c", "smtp_security": "none", "smtp_password": "x"}]
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="SUJARIT_SMTP"):
        Settings.model_validate({"smtp_host": "mail.example.go.th", **wrong})


def test_integrity_officers_get_the_one_sentence(smtp: tuple[Server, Controller], tmp_path: Path) -> None:
    server, controller = smtp
    given = settings(controller.port).model_copy(update={"data": tmp_path, "secret_key": "k" * 40})
    desks = integrity_desk.open_database(given)
    with desks.writing() as session:
        desk = ensure_desk(session, "demo", "อบต.ตัวอย่าง")
        officer = officers.appoint(session, desk, "malee", "มาลี", "officer", "ช้าง ป่า ร่ม เหล็ก ฝน", None, NOW).officer
        officers.set_email(session, desk, officer, "malee@example.go.th", NOW)
        session.add(Notice(officer_id=officer.id, since=NOW - timedelta(hours=2)))
    tell = integrity_desk.notify(given)
    server.answer = "451 later"
    assert tell(NOW) == 0, "not taken: tried again in an hour"
    server.answer = ""
    assert tell(NOW) == 1
    assert tell(NOW) == 0
    (mail,) = server.taken
    assert mail["To"] == "malee@example.go.th"
    assert mail["Subject"] == SENTENCE
    assert mail.get_content().strip() == SENTENCE
