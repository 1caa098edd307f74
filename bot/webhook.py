"""POST /line/<agency>/webhook: verify, read, decide, store; then 200. Nothing here calls LINE or anything slow.

All events of a POST share one transaction; an event whose slice fails is undone alone, answered with an apology
and marked. If the transaction itself fails (a deadlock, a lost connection), each event is tried again in a
transaction of its own; only when the database stays away does LINE get a 503, so that it redelivers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy.exc import DBAPIError

from handlers.agencies import Agencies, AgencyView
from handlers.messages import Choice, Message, Say, dump
from handlers.router import route
from handlers.turn import Turn
from models.base import utc_now
from models.db import Database, Transaction
from models.inbox import Incoming, Outgoing, settle, take

log = logging.getLogger("sujarit.webhook")

# LINE promises a reply token for one minute after the webhook; we stop trusting it a little earlier.
REPLY_TOKEN_LIFE = timedelta(seconds=50)
MOST_EVENTS = 1000  # LINE sends far fewer; a bound on the work of one POST
LONGEST_TEXT = 5000

_decode = msgspec.json.Decoder().decode


def signature_is_valid(secret: str, body: bytes, signature: str | None) -> bool:
    """Base64 of HMAC-SHA256 over the raw body, compared in constant time.

    Source: LINE Messaging API, verify-webhook-signature."""
    expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(expected, (signature or "").encode("utf-8", "surrogateescape"))


@dataclass(slots=True)
class Event:
    """A webhook event reduced to what we use; every value checked, whatever LINE or a stranger sent."""

    envelope: Incoming
    kind: str
    reply_token: str | None
    fields: dict[str, Any]


def read_events(body: bytes) -> list[Event]:
    """The events of a signed body, oldest first; whatever cannot be read is left out, never an error."""
    try:
        document = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    raw = document.get("events") if isinstance(document, dict) else None
    if not isinstance(raw, list):
        return []
    events = [event for item in raw[:MOST_EVENTS] if isinstance(item, dict) and (event := _read_event(item))]
    events.sort(key=lambda event: event.envelope.at)
    return events


def _read_event(item: dict[str, Any]) -> Event | None:
    event_id = _text(item.get("webhookEventId"), 64)
    if not event_id:
        return None
    kind = _text(item.get("type"), 32)
    source = item.get("source")
    user_id = _text(source.get("userId"), 64) if isinstance(source, dict) and source.get("type") == "user" else ""
    fields: dict[str, Any] = {}
    reply_token = _text(item.get("replyToken"), 255) or None
    if item.get("mode") != "active":
        user_id, kind, reply_token = "", "standby", None  # another module has the chat: silence
    elif kind == "message":
        kind, fields = _read_message(item.get("message"))
    elif kind == "postback":
        fields = _read_postback(item.get("postback"))
    elif kind == "unsend" and isinstance(item.get("unsend"), dict):
        fields = {"message_id": _text(item["unsend"].get("messageId"), 64)}
    return Event(Incoming(event_id, user_id, kind, _moment(item.get("timestamp"))), kind, reply_token, fields)


def _read_message(message: object) -> tuple[str, dict[str, Any]]:
    if not isinstance(message, dict):
        return "unknown", {}
    kind = _text(message.get("type"), 32)
    fields: dict[str, Any] = {"message_id": _text(message.get("id"), 64)}
    match kind:
        case "text":
            fields["text"] = _text(message.get("text"), LONGEST_TEXT)
        case "location":
            fields["title"] = _text(message.get("title"), 200)
            fields["address"] = _text(message.get("address"), 300)
            fields["latitude"] = _number(message.get("latitude"))
            fields["longitude"] = _number(message.get("longitude"))
        case "file":
            fields["file_name"] = _text(message.get("fileName"), 200)
        case "sticker" | "image" | "video" | "audio":
            pass
        case _:
            kind = "sticker"  # a kind of message we do not know yet: a friendly answer, never silence
    return kind, fields


def _read_postback(postback: object) -> dict[str, Any]:
    if not isinstance(postback, dict):
        return {"data": ""}
    params = postback.get("params")
    known = {str(k): str(v)[:64] for k, v in params.items()} if isinstance(params, dict) else {}
    return {"data": _text(postback.get("data"), 300), "params": known}


def _text(value: object, longest: int) -> str:
    """A string that any database can store: no NUL, no lone surrogate."""
    if not isinstance(value, str):
        return ""
    return value[:longest].replace("\x00", "").encode("utf-8", "ignore").decode()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) <= 360 else None


def _moment(value: object) -> datetime:
    if isinstance(value, int) and 0 <= value < 4_102_444_800_000:  # up to the year 2100, in ms
        return datetime.fromtimestamp(value / 1000, UTC)
    return utc_now()


class Webhook:
    """Handles the webhooks of one LINE channel. Thread-safe."""

    def __init__(
        self, database: Database, agencies: Agencies, secret_key: str, answer: Callable[[Turn], list[Message]] = route
    ) -> None:
        self._database = database
        self._agencies = agencies
        self._secret_key = secret_key
        self._answer = answer

    def handle(self, agency: AgencyView, body: bytes) -> None:
        """Take the events of a verified body; raises DBAPIError only when the database stays away."""
        events = read_events(body)
        if not events:
            return
        try:
            self._handle_together(agency, events)
        except DBAPIError as error:
            if len(events) == 1 and not error.connection_invalidated:
                self._handle_together(agency, events)
                return
            log.warning("together_failed error=%s events=%d", type(error.orig).__name__, len(events))
            for event in events:
                self._handle_together(agency, [event])

    def _handle_together(self, agency: AgencyView, events: Sequence[Event]) -> None:
        now = utc_now()
        with self._database.transaction(agency.id) as tx:
            fresh, talks = take(tx, [event.envelope for event in events], now)
            outgoing: list[Outgoing] = []
            failures: list[tuple[str, str]] = []
            touched = {}
            for event in events:
                envelope = event.envelope
                if envelope.event_id not in fresh or not envelope.user_id:
                    continue
                fresh.discard(envelope.event_id)  # the same id twice in one POST
                talk = talks[envelope.user_id]
                turn = Turn(
                    tx=tx, agency=agency, talk=talk, kind=event.kind, event_id=envelope.event_id,
                    at=envelope.at, now=now, secret_key=self._secret_key, **event.fields,
                )  # fmt: skip
                messages, error = self._decide(tx, turn)
                if error:
                    failures.append((envelope.event_id, error))
                touched[talk.id] = talk
                if messages:
                    outgoing.append(
                        Outgoing(
                            conversation_id=talk.id,
                            dedupe_key=f"{agency.id}:event:{envelope.event_id}",
                            messages=dump(messages),
                            reply_token=event.reply_token,
                            reply_expires_at=now + REPLY_TOKEN_LIFE if event.reply_token else None,
                            subject=turn.subject,
                        )
                    )
            settle(tx, list(touched.values()), outgoing, failures, now)

    def _decide(self, tx: Transaction, turn: Turn) -> tuple[list[Message], str]:
        """The slice's answer; if it fails, its work is undone and the person is told what to do."""
        before = turn.talk.state, turn.talk.handoff_id, turn.talk.reply_case_id, turn.talk.consent_version
        try:
            turn.load_state()
            messages = self._answer(turn)
            turn.store_state()
            tx.release()
        except DBAPIError:
            raise
        except Exception as error:
            tx.undo()
            turn.talk.state, turn.talk.handoff_id, turn.talk.reply_case_id, turn.talk.consent_version = before
            # Class and place only: the message of an exception may hold what the person wrote.
            trace = error.__traceback__
            while trace and trace.tb_next:
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
            log.error("slice_failed kind=%s error=%s at=%s", turn.kind, type(error).__name__, where)
            return [apology(turn.agency)], type(error).__name__
        return messages, ""


def apology(agency: AgencyView) -> Say:
    """What to say when a slice failed: what is kept, what to do, whom to ring."""
    return Say(
        "ขออภัยค่ะ ดิฉันทำข้อนี้ให้ไม่สำเร็จ\nเรื่องที่พิมพ์ไว้ก่อนหน้านี้ยังอยู่ครบค่ะ\n"
        f"ลองส่งใหม่อีกครั้ง หรือโทร\n{agency.fields.get('office_phone', '')}",
        (Choice("คุยกับเจ้าหน้าที่", "officer"), Choice("เมนู", "menu")),
    )
