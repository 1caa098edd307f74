"""The webhook over WSGI, on both databases: every event once, neighbours apart, nothing that people write in a log."""

from __future__ import annotations

import inspect
import itertools
import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot import events
from bot.simulator.delivery import sign
from bot.webhook import LARGEST_BODY, Webhook, register
from handlers.agencies import Agencies
from handlers.messages import Message, Say, load, plain
from handlers.turn import Turn
from models.agency import Agency, Unit
from models.conversation import Conversation, WebhookEvent
from models.db import Database
from models.outbox import OutboxMessage

SECRET = "channel-secret"


def echo(turn: Turn) -> list[Message]:
    """Says what it heard and counts in the conversation's state."""
    turn.state["n"] = turn.state.get("n", 0) + 1
    return [Say(f"{turn.state['n']} {turn.kind} {turn.text or turn.data}".strip())]


@dataclass
class Door:
    """The webhook of one agency, with an answer that tests can change."""

    database: Database
    answer: Callable[[Turn], list[Message]] = echo
    ids: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        with self.database.write() as session:
            session.add(Agency(id=1, code="demo", name="อบต.ทดลอง", short_name="อบต.", fields={"office_phone": "02"}))
        app = Flask("test")
        self.webhook = Webhook(
            self.database, Agencies(self.database, "http://x"), "k" * 40, lambda turn: self.answer(turn)
        )
        register(app, self.webhook, "demo", SECRET)
        self.client = app.test_client()

    def post(self, body: Any, signature: str | None = "right", code: str = "demo") -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = {"x-line-signature": sign(SECRET, raw) if signature == "right" else signature}
        sent = {k: v for k, v in headers.items() if v is not None}
        return self.client.post(f"/line/{code}/webhook", data=raw, headers=sent).status_code

    def send(self, *given: dict[str, Any]) -> int:
        return self.post({"destination": "U0", "events": list(given)})

    def event(self, said: str = "สวัสดี", user: str = "U1", **changes: Any) -> dict[str, Any]:
        n = next(self.ids)
        return {
            "type": "message",
            "mode": "active",
            "timestamp": int(datetime.now(UTC).timestamp() * 1000),
            "source": {"type": "user", "userId": user},
            "webhookEventId": f"01E{n:023d}",
            "deliveryContext": {"isRedelivery": False},
            "replyToken": f"token{n}",
            "message": {"type": "text", "id": str(n), "text": said},
            **changes,
        }

    def answers(self, user: str = "U1") -> list[str]:
        with self.database.read(1) as session:
            rows = session.scalars(
                select(OutboxMessage.messages)
                .join(Conversation)
                .where(Conversation.line_user_id == user)
                .order_by(OutboxMessage.id)
            ).all()
        return [plain(message) for row in rows for message in load(row)]

    def count(self, table: Any) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def outcome(self, event: dict[str, Any]) -> tuple[str, str]:
        with self.database.read() as session:
            row = session.get_one(WebhookEvent, (1, event["webhookEventId"]))
            return row.outcome, row.error


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


# -- who may come in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("signature", [None, "", "AAAA", "ลายเซ็น".encode().decode("latin-1"), "right="])
def test_without_lines_signature_nothing_is_stored(door: Door, signature: str | None) -> None:
    assert door.post({"events": [door.event()]}, signature) == 403
    assert door.count(WebhookEvent) == door.count(Conversation) == 0


def test_a_changed_byte_breaks_the_signature(door: Door) -> None:
    raw = json.dumps({"events": [door.event()]}).encode()
    assert door.post(raw + b" ", sign(SECRET, raw)) == 403
    assert door.post(raw, sign(SECRET, raw)) == 200


def test_the_signature_is_lines_own_example_and_compared_in_constant_time() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    right = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
    assert events.signature_is_valid(b"8c570fa6dd201bb328f1c1eac23a96d8", body, right)
    assert not events.signature_is_valid(b"8c570fa6dd201bb328f1c1eac23a96d8", body, right[:-1])
    assert "compare_digest" in inspect.getsource(events.signature_is_valid)


def test_another_agencys_address_is_unknown(door: Door) -> None:
    assert door.post({"events": [door.event()]}, code="other") == 404


def test_a_body_beyond_all_measure_is_refused_unread(door: Door) -> None:
    assert door.post(b" " * (LARGEST_BODY + 1)) == 413


# -- what comes in ---------------------------------------------------------------------------------------


def test_lines_check_with_no_events_is_answered(door: Door) -> None:
    assert door.send() == 200
    assert door.count(WebhookEvent) == 0


def test_an_event_is_answered_with_its_token_and_stored(door: Door) -> None:
    event = door.event("ขยะเก็บวันไหน")
    assert door.send(event) == 200
    assert door.answers() == ["1 text ขยะเก็บวันไหน"]
    assert door.outcome(event) == ("done", "")
    with door.database.read(1) as session:
        row = session.scalars(select(OutboxMessage)).one()
        assert row.reply_token == event["replyToken"]
        left = (row.reply_expires_at or row.created_at) - datetime.now(UTC)
        assert timedelta(seconds=30) < left < timedelta(seconds=60)


@pytest.mark.parametrize(
    "strange",
    [
        {"type": "membership"},
        {"type": "brandNewEvent"},
        {"type": "message", "message": {"type": "hologram", "id": "7"}},
        {"type": "message", "message": None},
        {"type": "postback", "postback": 7},
        {"type": "unsend"},
        {"source": None},
        {"source": {"type": "group", "groupId": "C1", "userId": "U1"}},
        {"timestamp": "yesterday"},
    ],
)
def test_unknown_events_stop_nobody(door: Door, strange: dict[str, Any]) -> None:
    odd = door.event(user="U2", **strange)
    assert door.send(odd, door.event("ก่อน", timestamp=1), door.event("หลัง")) == 200
    assert door.answers() == ["1 text ก่อน", "2 text หลัง"]
    assert door.outcome(odd)[0] == "done"


def test_an_event_without_an_id_cannot_be_taken_and_stops_nobody(door: Door) -> None:
    event = door.event()
    del event["webhookEventId"]
    assert door.send(event, door.event("ฟัง")) == 200
    assert door.answers() == ["1 text ฟัง"]


def test_standby_is_silence(door: Door) -> None:
    event = door.event(mode="standby")
    assert door.send(event) == 200
    assert door.answers() == []
    assert door.count(Conversation) == 0


# -- once, and in order ----------------------------------------------------------------------------------


def test_the_same_event_again_changes_nothing(door: Door) -> None:
    event = door.event("หนึ่ง")
    again = event | {"deliveryContext": {"isRedelivery": True}}
    assert [door.send(event), door.send(again), door.send(again, door.event("สอง"), again)] == [200, 200, 200]
    assert door.answers() == ["1 text หนึ่ง", "2 text สอง"]


def test_the_same_id_twice_in_one_post(door: Door) -> None:
    event = door.event("หนึ่ง")
    assert door.send(event, event) == 200
    assert door.answers() == ["1 text หนึ่ง"]


def test_a_redelivered_event_whose_slice_failed_apologises_once(door: Door) -> None:
    door.answer = _raise(ZeroDivisionError())
    event = door.event()
    assert [door.send(event), door.send(event)] == [200, 200]
    assert len(door.answers()) == 1
    assert door.outcome(event) == ("failed", "ZeroDivisionError")


def test_events_of_a_post_go_by_their_own_time_and_late_ones_are_known_as_late(door: Door) -> None:
    late = []

    def answer(turn: Turn) -> list[Message]:
        late.append(turn.late)
        return [Say(turn.text)]

    door.answer = answer
    now = int(time.time() * 1000)
    assert door.send(door.event("สอง", timestamp=now - 10), door.event("หนึ่ง", timestamp=now - 20)) == 200
    assert door.send(door.event("เก่า", timestamp=now - 30)) == 200
    assert door.send(door.event("ใหม่", timestamp=now)) == 200
    assert door.answers() == ["หนึ่ง", "สอง", "เก่า", "ใหม่"]
    assert late == [False, False, True, False]


def test_a_timestamp_of_the_far_future_does_not_make_the_rest_late(door: Door) -> None:
    door.send(door.event(timestamp=4_000_000_000_000))
    door.answer = lambda turn: [Say(str(turn.late))]
    door.send(door.event())
    assert door.answers()[-1] == "False"


# -- trouble ---------------------------------------------------------------------------------------------


def _raise(error: Exception) -> Callable[[Turn], list[Message]]:
    def answer(turn: Turn) -> list[Message]:
        turn.state["half"] = "done"
        turn.talk.handoff_id, turn.talk.consent_version, turn.talk.reachable = 99, 3, False
        turn.session.add(Unit(name="กองที่ไม่ควรมี"))
        turn.session.flush()
        raise error

    return answer


@pytest.mark.parametrize(
    "error",
    [
        ValueError("ความลับ"),
        IntegrityError("insert", {}, Exception("ความลับ")),
        RecursionError(),
        UnicodeEncodeError("utf-8", "x", 0, 1, "surrogates"),
    ],
)
def test_a_failing_slice_is_undone_alone_and_says_so(
    door: Door, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    door.send(door.event("ก่อนหน้า"))
    fails = _raise(error)
    door.answer = lambda turn: fails(turn) if turn.text == "พัง" else echo(turn)
    bad = door.event("พัง")
    assert door.send(door.event("หนึ่ง", "U2"), bad, door.event("สอง", "U2"), door.event("ต่อ")) == 200
    assert door.answers("U2") == ["1 text หนึ่ง", "2 text สอง"]
    first, sorry, last = door.answers()
    assert sorry.startswith("ขออภัยค่ะ")
    assert "\n02" in sorry
    assert (first, last) == ("1 text ก่อนหน้า", "2 text ต่อ")
    assert door.outcome(bad) == ("failed", type(error).__name__)
    assert door.count(Unit) == 0
    with door.database.read(1) as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == "U1")).one()
        assert (talk.handoff_id, talk.consent_version, talk.reachable) == (None, None, True)
    assert "ความลับ" not in caplog.text
    assert "slice_failed kind=text" in caplog.text


def test_a_slice_whose_statement_the_database_refuses_harms_no_neighbour(door: Door) -> None:
    def answer(turn: Turn) -> list[Message]:
        if turn.text == "พัง":
            turn.session.add(Unit(name=None))
            turn.session.flush()
        turn.session.add(Unit(name=turn.text))
        return echo(turn)

    door.answer = answer
    assert door.send(door.event("หนึ่ง"), door.event("พัง"), door.event("สอง")) == 200
    assert [a[:9] for a in door.answers()] == ["1 text หน", "ขออภัยค่ะ", "2 text สอ"]
    with door.database.read(1) as session:
        assert set(session.scalars(select(Unit.name))) == {"หนึ่ง", "สอง"}


def test_after_a_deadlock_each_event_is_tried_alone(door: Door) -> None:
    troubles = iter([OperationalError("select", {}, Exception("deadlock"))])

    def answer(turn: Turn) -> list[Message]:
        if turn.text == "สอง" and (trouble := next(troubles, None)):
            raise trouble
        return echo(turn)

    door.answer = answer
    assert door.send(door.event("หนึ่ง"), door.event("สอง"), door.event("สาม")) == 200
    assert door.answers() == ["1 text หนึ่ง", "2 text สอง", "3 text สาม"]


def test_an_event_that_always_breaks_the_transaction_gets_an_apology_not_a_5xx(door: Door) -> None:
    def answer(turn: Turn) -> list[Message]:
        if turn.text == "พัง":
            raise OperationalError("select", {}, Exception("x"))
        return echo(turn)

    door.answer = answer
    assert door.send(door.event("หนึ่ง"), door.event("พัง"), door.event("สอง")) == 200
    assert [a[:9] for a in door.answers()] == ["1 text หน", "ขออภัยค่ะ", "2 text สอ"]


def test_while_the_database_is_away_line_is_asked_to_come_again(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    event = door.event("ข้อความลับ")
    door.send(door.event("ก่อน"))
    _rename(door.database, "webhook_event", "away")
    assert door.send(event) == 503
    _rename(door.database, "away", "webhook_event")
    assert door.send(event) == 200
    assert door.answers() == ["1 text ก่อน", "2 text ข้อความลับ"]
    assert "webhook_not_stored" in caplog.text
    assert "ข้อความลับ" not in caplog.text


def _rename(database: Database, before: str, after: str) -> None:
    with database.write() as session:
        session.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_restarted_postgresql_is_found_again_without_a_5xx(door: Door) -> None:
    door.send(door.event("ก่อน"))
    hold = [door.database.engine.connect() for _ in range(3)]
    for connection in hold:
        connection.close()  # several pooled connections
    other = Database(door.database.url.render_as_string(hide_password=False))
    with other.read() as session:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        assert len(session.execute(text(f"{cut} AND pid <> pg_backend_pid()")).all()) >= 3
    other.close()
    assert door.send(door.event("หลัง")) == 200
    assert door.answers() == ["1 text ก่อน", "2 text หลัง"]


# -- what the logs say -----------------------------------------------------------------------------------


def test_nothing_that_people_write_is_logged(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = "สมหญิงใจงามโทร0891234567"

    def answer(turn: Turn) -> list[Message]:
        turn.session.execute(update(Unit).values(name=turn.text))
        raise RuntimeError(turn.text)

    user = "U" + "ab12" * 8
    door.send(door.event(said, user))
    door.answer = answer
    door.send(door.event(said, user, replyToken="reply-token-9"))
    door.answer = _raise(OperationalError("insert", {"text": said}, Exception(said)))
    door.send(door.event(said, user))
    door.post(json.dumps({"events": [door.event(said, user)]})[:-3].encode())
    door.post({"events": [door.event(said, user)]}, "wrong")
    assert caplog.records
    for secret in (said, "สมหญิง", "0891234567", user, "reply-token-9", SECRET):
        assert secret not in caplog.text
