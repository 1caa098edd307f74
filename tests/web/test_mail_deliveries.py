"""E-mails and reminders that did not get through, on the deliveries page."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from models.agency import Staff
from models.conversation import Conversation
from models.db import Database
from models.outbox import MailMessage, OutboxMessage
from tests.web.conftest import Login

NOW = datetime(2026, 12, 24, 2, 0, tzinfo=UTC)


def a_mail(database: Database, status: str = "failed") -> int:
    with database.write(1) as session:
        chang = session.scalars(select(Staff).where(Staff.username == "chang")).one()
        mail = MailMessage(
            staff_id=chang.id,
            dedupe_key=f"duties:{status}",
            title="งานตามกำหนด 2 เรื่อง",
            body="...",
            status=status,
            error="เครื่องรับอีเมลไม่รับที่อยู่นี้",
            attempts=3,
            next_attempt_at=NOW,
        )
        session.add(mail)
        session.flush()
        return mail.id


def status(database: Database, mail_id: int) -> str:
    with database.read() as session:
        return session.get_one(MailMessage, mail_id).status


def test_an_email_that_failed_is_sent_again_or_given_up(login: Login, database: Database) -> None:
    browser = login("palad")
    assert "อีเมลถึงเจ้าหน้าที่" not in browser.get("/console/deliveries/").text
    one, two = a_mail(database), a_mail(database, "pending")
    page = browser.get("/console/deliveries/").text
    assert "เครื่องรับอีเมลไม่รับที่อยู่นี้" in page
    assert "รอส่ง 1 ฉบับ" in page
    assert "ยังไม่ได้ตั้งค่าเครื่องส่งอีเมล" in page
    browser.send(f"/console/deliveries/mail/{two}/again")  # only what failed
    assert status(database, two) == "pending"
    browser.send(f"/console/deliveries/mail/{one}/again")
    assert status(database, one) == "pending"
    browser.send(f"/console/deliveries/mail/{one}/withdraw")
    assert status(database, one) == "withdrawn"


def test_a_reminder_that_failed_says_for_whom_it_was(login: Login, database: Database) -> None:
    with database.write(1) as session:
        chang = session.scalars(select(Staff).where(Staff.username == "chang")).one()
        session.add(talk := Conversation(line_user_id="U-chang"))
        session.flush()
        session.add(
            OutboxMessage(
                conversation_id=talk.id,
                dedupe_key="duties:x",
                retry_key="r",
                messages="[]",
                subject=f"duties:s{chang.id}",
                status="failed",
                next_attempt_at=NOW,
            )
        )
        name = chang.name
    assert f"แจ้งงานตามกำหนด ถึง {name}" in login("palad").get("/console/deliveries/").text
