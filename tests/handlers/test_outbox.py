"""What staff can do about a message, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.outbox import OutboxRefused, delivery_label, send_again, withdraw
from models.agency import Agency
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def message_id(database: Database) -> int:
    with database.write() as session:
        session.add(Agency(id=1, code="demo", name="อบต. ทดลอง", short_name="อบต."))
    with database.write(1) as session:
        person = Conversation(line_user_id="U" + "0" * 32)
        session.add(person)
        session.flush()
        row = OutboxMessage(
            conversation_id=person.id,
            dedupe_key="a",
            retry_key="old",
            messages="[]",
            reply_token="used",
            reply_expires_at=NOW,
            next_attempt_at=NOW,
            attempts=3,
            via="reply",
        )
        session.add(row)
    return row.id


def put(database: Database, message_id: int, **columns: str) -> None:
    with database.write(1) as session:
        for name, value in columns.items():
            setattr(session.get_one(OutboxMessage, message_id), name, value)


def test_sending_again_is_a_new_push(database: Database, message_id: int) -> None:
    put(database, message_id, status="failed", error="โควตาหมด")
    with database.write(1) as session:
        row = session.get_one(OutboxMessage, message_id)
        send_again(session, row, NOW)
        assert (row.status, row.reply_token, row.via, row.attempts, row.error) == ("pending", None, "", 0, "")
        assert row.retry_key != "old"


@pytest.mark.parametrize("status", ["pending", "sending", "sent", "withdrawn"])
def test_only_what_failed_is_sent_again(database: Database, message_id: int, status: str) -> None:
    put(database, message_id, status=status)
    with database.write(1) as session, pytest.raises(OutboxRefused, match="ส่งไม่สำเร็จ"):
        send_again(session, session.get_one(OutboxMessage, message_id), NOW)


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_what_has_not_gone_can_be_withdrawn(database: Database, message_id: int, status: str) -> None:
    put(database, message_id, status=status)
    with database.write(1) as session:
        row = session.get_one(OutboxMessage, message_id)
        withdraw(session, row, "แจ้งทางโทรศัพท์แล้ว")
        assert delivery_label(row) == "ไม่ได้ส่ง: แจ้งทางโทรศัพท์แล้ว"


@pytest.mark.parametrize("status", ["sending", "sent"])
def test_what_is_on_its_way_cannot_be_held_back(database: Database, message_id: int, status: str) -> None:
    put(database, message_id, status=status)
    with database.write(1) as session, pytest.raises(OutboxRefused, match="กำลังส่งอยู่"):
        withdraw(session, session.get_one(OutboxMessage, message_id), "แจ้งทางโทรศัพท์แล้ว")


@pytest.mark.parametrize(
    ("columns", "label"),
    [
        ({"status": "pending"}, "รอส่ง"),
        ({"status": "pending", "error": "ติดต่อ LINE ไม่ได้"}, "รอส่ง: ติดต่อ LINE ไม่ได้"),
        ({"status": "sending"}, "กำลังส่ง"),
        ({"status": "sent", "via": "reply"}, "ส่งแล้ว (ตอบกลับ ฟรี)"),
        ({"status": "sent", "via": "push"}, "ส่งแล้ว (push)"),
        ({"status": "failed", "error": "โควตาหมด"}, "ส่งไม่สำเร็จ: โควตาหมด"),
    ],
)
def test_the_state_in_plain_words(columns: dict[str, str], label: str) -> None:
    assert delivery_label(OutboxMessage(**{"error": "", "via": "", **columns})) == label
