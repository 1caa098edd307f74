"""The picture and the PDF of a summary's card: for whoever has the address, while it lasts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from handlers.messages import Card, load
from handlers.summaries import operations
from models.agency import Agency, Staff
from models.conversation import Conversation
from models.db import Database
from models.document import SummaryReceipt
from models.outbox import OutboxMessage
from tests.web.conftest import Browser
from thai.dates import at_bangkok
from web.services import services_of

Addresses = dict[str, str]


@pytest.fixture
def addresses(database: Database, app: Flask) -> Addresses:
    """Of the card that ปลัด got for quarter 1 of 2570."""
    agency = services_of(app).agencies.refresh("demo")
    assert agency is not None
    with database.write(agency.id) as session:
        session.get_one(Agency, agency.id).created_at = at_bangkok(date(2026, 11, 1))
        clerk = session.scalars(select(Staff).where(Staff.role == "clerk")).one()
        clerk.line_user_id = "U-palad"
        session.add(Conversation(line_user_id="U-palad"))
        session.flush()
        operations.send_summaries(session, agency, at_bangkok(date(2027, 1, 5)))
        (message,) = load(session.scalars(select(OutboxMessage.messages)).one())
        for receipt in session.scalars(select(SummaryReceipt)):
            receipt.token_expires_at = datetime.now(UTC) + timedelta(days=60)
    assert isinstance(message, Card)
    return {
        "picture": message.image_url.removeprefix("http://localhost"),
        "report": message.buttons[2].value.removeprefix("http://localhost"),
    }


def test_the_picture_is_as_line_wants_it(client: Browser, addresses: Addresses) -> None:
    answer = client.get(addresses["picture"])
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(b"\x89PNG")
    assert int.from_bytes(answer.data[16:20]) == 1024  # pixels wide
    assert len(answer.data) < 1_000_000
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_report_opens_without_a_log_in(client: Browser, addresses: Addresses) -> None:
    answer = client.get(addresses["report"])
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("what", ["picture", "report"])
def test_a_guessed_or_ended_address_shows_nothing(
    client: Browser, database: Database, addresses: Addresses, what: str
) -> None:
    head, token, name = addresses[what].rsplit("/", 2)
    assert client.get(f"{head}/{token[:-1]}/{name}").status_code == 403
    with database.write() as session:
        for receipt in session.scalars(select(SummaryReceipt)):
            receipt.token_expires_at = datetime.now(UTC) - timedelta(seconds=1)
    answer = client.get(addresses[what])
    assert answer.status_code == 403
    assert "หมดอายุ" in answer.text
