"""Ten thousand signed bodies with anything inside: no 5xx, and the good event beside them is never lost.

PostgreSQL gets a tenth of them, to stay quick. The seed is fixed; SUJARIT_FUZZ_SEED tries another.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from bot.simulator.delivery import sign
from bot.webhook import Webhook, register
from handlers.agencies import Agencies
from handlers.messages import Message, Say
from handlers.people.agency_setup import add_demo
from handlers.router import route
from handlers.turn import Turn
from models.conversation import WebhookEvent
from models.db import Database
from models.outbox import OutboxMessage

SECRET = "channel-secret"
SEED = int(os.environ.get("SUJARIT_FUZZ_SEED", "2570"))
USER = "U" + "0123456789abcdef" * 2

WEIRD_TEXT = (
    "", " ", "\x00", "a\x00b", "\ud800", "ก\udfffข", "\u202e", "ๆ" * 300, "เ" * 9000, "👩‍👩‍👧" * 400, "' OR 1=1 --",
    "{}", "null", "f:1:2", "q:", "c:x:y", "s:q:1", "photo:9999999999999999999999", "menu:../..", "start:complaint",
    "C70-000001", "%s%n", "\n\n",
)  # fmt: skip
WEIRD: tuple[Any, ...] = (
    *WEIRD_TEXT, None, True, False, 0, -1, 1.5, -0.0, 1e308, -1e308, 2**31, 2**63, -(2**64), 10**30,
    [], {}, [[]], [{}], {"a": {}},
    [None] * 50, {"type": "user"}, {"": ""}, 4_102_444_800_000, "2026-11-21T00:00:00Z",
)  # fmt: skip
KINDS = ("message", "postback", "follow", "unfollow", "unsend", "join", "accountLink", "beacon", "videoPlayComplete")
MESSAGES = ("text", "image", "video", "audio", "file", "location", "sticker", "imageSet")


def echo(turn: Turn) -> list[Message]:
    turn.state["last"] = [turn.kind, turn.text[:50], turn.data, turn.params, turn.latitude]
    return [Say(f"{turn.text}{turn.data}{turn.title}{turn.address}{turn.file_name}" or "ว่าง")]


def valid_event(chance: random.Random, number: int) -> dict[str, Any]:
    """One that LINE might send."""
    kind = chance.choice(KINDS)
    event: dict[str, Any] = {
        "type": kind,
        "mode": "active",
        "timestamp": 1_790_000_000_000 + number,
        "source": {"type": "user", "userId": chance.choice([USER, f"U{number % 50:032x}"])},
        "webhookEventId": f"FUZZ{number:022d}",
        "deliveryContext": {"isRedelivery": chance.random() < 0.2},
        "replyToken": f"{number:032x}",
    }
    if kind == "message":
        message: dict[str, Any] = {"type": chance.choice(MESSAGES), "id": str(number), "text": "ถนนเป็นหลุม"}
        message |= {"latitude": 13.7, "longitude": 100.5, "title": "วัด", "address": "หมู่ 3", "fileName": "ก.pdf"}
        event["message"] = message
    elif kind == "postback":
        event["postback"] = {"data": chance.choice(WEIRD_TEXT), "params": {"date": "2026-11-21"}}
    elif kind == "unsend":
        event["unsend"] = {"messageId": str(number)}
    return event


def mutate(chance: random.Random, value: Any, depth: int = 0) -> Any:
    """Change something somewhere inside: a type, a value, a key, the nesting."""
    if isinstance(value, dict) and value and chance.random() < 0.85 and depth < 4:
        key = chance.choice(list(value))
        match chance.randrange(6):
            case 0:
                return {k: v for k, v in value.items() if k != key}
            case 1:
                return {**value, chance.choice(WEIRD_TEXT): chance.choice(WEIRD)}
            case 2:
                return {(chance.choice(WEIRD_TEXT) if k == key else k): v for k, v in value.items()}
            case _:
                return {**value, key: mutate(chance, value[key], depth + 1)}
    if isinstance(value, str) and chance.random() < 0.5:
        where = chance.randrange(len(value) + 1)
        return value[:where] + chance.choice(WEIRD_TEXT) + value[where:]
    return chance.choice(WEIRD)


def spoil(chance: random.Random, raw: bytes) -> bytes:
    """Damage the bytes themselves: not JSON any more, or JSON that two readers read differently."""
    where = chance.randrange(len(raw) + 1)
    damage: tuple[Callable[[], bytes], ...] = (
        lambda: raw[:where],
        lambda: raw[:where] + bytes(chance.randrange(256) for _ in range(8)) + raw[where:],
        lambda: raw.replace(b'"type"', b'"type":"follow","type"', 1),
        lambda: raw.replace(b'"timestamp":', b'"timestamp":1e999,"x":', 1),
        lambda: raw.replace(b'"message":', b'"message":' + b"[" * 2000, 1),
        lambda: raw.replace(b'"postback":', b'"x":' + b'{"a":' * 400 + b"1" + b"}" * 400 + b',"postback":', 1),
        lambda: raw.decode("utf-8", "replace").encode("utf-16"),
        lambda: b"\xef\xbb\xbf" + raw,
        lambda: raw.replace(b'"id":', b'"id":"\\ud800\\u0000","id2":', 1),
        lambda: b"[" + raw + b"]",
        lambda: chance.choice(
            [b"", b"null", b"[]", b"{}", b'{"events":7}', b'{"events":{}}', b"1" * 5000, b"\xff\xfe"]
        ),
    )
    return chance.choice(damage)()


def _dump(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=True).encode()


@pytest.mark.parametrize("answer", [echo, route], ids=["echo", "product"])
def test_any_signed_body_is_answered_and_the_good_event_beside_it_is_heard(
    database: Database, answer: Callable[[Turn], list[Message]]
) -> None:
    """With the product's own slices a tenth as many: they do far more for each event."""
    with database.write() as session:
        add_demo(session, "demo", date(2026, 11, 23))
    app = Flask("test")
    register(app, Webhook(database, Agencies(database, "http://x"), "k" * 40, answer), "demo", SECRET)
    client = app.test_client()
    chance = random.Random(SEED)
    expected = 0
    for number in range((10_000 if database.sqlite else 1_000) // (1 if answer is echo else 10)):
        strange = valid_event(chance, number)
        for _ in range(chance.randrange(1, 4)):
            strange = mutate(chance, strange)
        document: Any = {"destination": USER, "events": [strange]}
        heard = chance.random() < 0.7
        if heard:
            good = valid_event(chance, number) | {
                "type": "message",
                "webhookEventId": f"GOOD{number:022d}",
                "message": {"type": "text", "id": f"g{number}", "text": "เมนู"},
            }
            document["events"].insert(chance.randrange(2), good)
            expected += 1
            raw = _dump(document)
        else:
            raw = spoil(chance, _dump(document if chance.random() < 0.5 else mutate(chance, document)))
        headers = {"x-line-signature": sign(SECRET, raw), "content-type": "application/json"}
        status = client.post("/line/demo/webhook", data=raw, headers=headers).status_code
        assert status == 200, f"body {number} of seed {SEED}: {status}"
        if number % 500 == 499:
            expected -= _heard(database)
    assert expected - _heard(database) == 0


def _heard(database: Database) -> int:
    """How many good events were answered since the last look; the tables are emptied, to stay quick."""
    good = OutboxMessage.dedupe_key.like("1:event:GOOD%")
    with database.write() as session:
        answered = session.scalar(select(func.count()).where(good)) or 0
        failed = session.scalars(select(WebhookEvent.error).where(WebhookEvent.outcome == "failed")).all()
        assert not failed, failed
        for table in (OutboxMessage, WebhookEvent):
            session.execute(delete(table))
    return answered
