"""A webhook's body: is it LINE's, and what is in it. Reads tolerantly: whatever is inside, nothing raises."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from models.base import utc_now
from models.inbox import Incoming

MOST_EVENTS = 1000  # LINE sends far fewer; a bound on the work of one POST
LONGEST_TEXT = 5000
MOST_AHEAD_SECONDS = 60  # LINE's clock and ours may differ by so much

_decode = msgspec.json.Decoder().decode


def signature_is_valid(secret: bytes, body: bytes, signature: str | None) -> bool:
    """Base64 of HMAC-SHA256 over the raw body, compared in constant time.

    Source: LINE Messaging API, verify-webhook-signature."""
    expected = base64.b64encode(hmac.digest(secret, body, "sha256"))
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
    document = _parse(body)
    raw = document.get("events") if isinstance(document, dict) else None
    if not isinstance(raw, list):
        return []
    events = [event for item in raw[:MOST_EVENTS] if isinstance(item, dict) and (event := _read_event(item))]
    events.sort(key=lambda event: event.envelope.at)
    return events


def _parse(body: bytes) -> Any:
    """The JSON, or None. What the fast reader refuses (half an emoji, a number beyond all measure) is given to the
    tolerant one, so that an odd event does not take its neighbours with it."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            return None


def _read_event(item: dict[str, Any]) -> Event | None:
    event_id = _text(item.get("webhookEventId"), 64)
    if not event_id:
        return None
    kind = _text(item.get("type"), 32)
    if not kind.isalpha():
        kind = "unknown"
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
    known = {_text(k, 64): _text(v, 64) for k, v in list(params.items())[:20]} if isinstance(params, dict) else {}
    return {"data": _text(postback.get("data"), 300), "params": known}


def _text(value: object, longest: int) -> str:
    """A string that any database can store: no NUL, no lone surrogate."""
    if not isinstance(value, str):
        return ""
    text = value[:longest].replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) <= 360 else None


def _moment(value: object) -> datetime:
    """LINE's milliseconds; now for anything else, also for a future that would make all later events look late."""
    now = utc_now()
    if isinstance(value, int) and 0 <= value <= (now.timestamp() + MOST_AHEAD_SECONDS) * 1000:
        return datetime.fromtimestamp(value / 1000, UTC)
    return now
