"""Sending one claimed message, and what follows from LINE's answer. Knows LINE, not the database.

What may have happened when an answer of LINE's is missing (timeout, 5xx, kill -9 between sending and storing):
- A push is repeated with the same X-Line-Retry-Key; LINE's 409 says that it has it already: sent.
- A reply has no such key. The claim stores `via` = "reply" before sending. A repeated reply that LINE refuses within
  the token's minute ("Invalid reply token") went out the first time: sent. After the minute nobody can tell, and the
  message is pushed: to read an answer twice is better than to get none.
"""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.channel import Channel, in_words
from bot.line_api import LineApi, LineFailure
from bot.render import LineMessage, calls
from handlers.messages import load

LONGEST_PAUSE = 300.0  # seconds
LAST_ATTEMPT = 500  # after some 21 hours of pauses: LINE forgets a retry key after 24
KEY_LIFE = timedelta(hours=23)
HOLD_SECONDS = 600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to send, as it was claimed. `via`: how it was tried before ("" not yet); `last_tried`: when it was,
    at the latest; `attempts` counts this one."""

    id: int
    user_id: str
    reachable: bool
    messages: str
    retry_key: str
    reply_token: str | None
    reply_expires_at: datetime | None
    urgent: bool
    attempts: int
    via: str
    last_tried: datetime

    def can_reply(self, now: datetime) -> bool:
        """After a push was tried there is no way back: LINE may have it."""
        alive = self.reply_token is not None and self.reply_expires_at is not None and self.reply_expires_at > now
        return alive and self.via != "push"

    def key(self, call: int, words_only: bool) -> str:
        """The retry key of each request that the message needs; the same at every attempt."""
        if call == 0 and not words_only:
            return self.retry_key
        return str(uuid.uuid5(uuid.UUID(self.retry_key), f"{'words' if words_only else 'rich'}:{call}"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a claimed message fared: what to store. `wait`: seconds to the next attempt of a pending one."""

    id: int
    status: str
    via: str
    attempts: int
    wait: float = 0.0
    error: str = ""
    line_request_id: str = ""


def put_back(row: Claimed) -> Outcome:
    """The outcome of a message that was claimed and not tried."""
    return Outcome(row.id, "pending", row.via, row.attempts - 1)


def send(row: Claimed, api: LineApi, channel: Channel, now: datetime, allow_loopback: bool = False) -> Outcome:
    """Send one message; never raises."""
    started = time.monotonic()
    try:
        outcome = _Delivery(row, api, channel, now, allow_loopback).run()
    except Exception as error:  # a message that cannot even be read must not stop the others
        log.error("outbox.broken", id=row.id, error=type(error).__name__)
        outcome = Outcome(row.id, "failed", row.via, row.attempts, error="เตรียมข้อความไม่สำเร็จ แจ้งผู้ดูแลระบบ")
    log.info(
        "outbox.send",
        id=row.id,
        status=outcome.status,
        via=outcome.via,
        attempts=outcome.attempts,
        ms=round((time.monotonic() - started) * 1000),
    )
    return outcome


class _Delivery:
    """One attempt at one message."""

    def __init__(self, row: Claimed, api: LineApi, channel: Channel, now: datetime, allow_loopback: bool) -> None:
        self.row, self.api, self.channel, self.now = row, api, channel, now
        self.allow_loopback = allow_loopback
        self.via = "reply" if row.can_reply(now) else "push"
        self.request_id = ""

    def run(self) -> Outcome:
        messages = load(self.row.messages)
        rich = calls(messages, allow_loopback=self.allow_loopback)
        if not rich:
            return self._outcome("withdrawn", error="ไม่มีข้อความให้ส่ง")
        if self.via == "push" and (hindrance := self._hindrance()):
            return hindrance
        try:
            try:
                self._send(rich, words_only=False)
            except LineFailure as failure:
                if failure.kind != "refused" or all(m["type"] == "text" for call in rich for m in call):
                    raise
                # The answer must not disappear: once more in plain words.
                log.warning("outbox.plainer", id=self.row.id, property=failure.property)
                self._send(calls(messages, words_only=True), words_only=True)
        except LineFailure as failure:
            return self._failed(failure)
        self.channel.went_well()
        return self._outcome("sent")

    def _hindrance(self) -> Outcome | None:
        """Why this push must not be tried now, if so."""
        row = self.row
        if not row.reachable:
            return self._outcome("withdrawn", error="ผู้ใช้บล็อกหรือเลิกเป็นเพื่อน")
        if row.via == "push":
            if self.now - row.last_tried > KEY_LIFE:  # LINE may have forgotten the key: it could go out twice
                return self._outcome("failed", error="ค้างส่งนานเกินไป ตรวจกับผู้รับก่อน แล้วกดส่งอีกครั้ง")
            return None  # a repetition costs nothing when it was accepted before
        if not self.channel.may_push(row.urgent):
            error = "โควตาเดือนนี้ใกล้หมด ส่วนที่เหลือเก็บไว้ให้เรื่องด่วน"
            return Outcome(row.id, "pending", "held", row.attempts - 1, HOLD_SECONDS, error)
        return None

    def _send(self, bodies: list[list[LineMessage]], words_only: bool) -> None:
        for number, body in enumerate(bodies):
            if number == 0 and self.via == "reply":
                self._reply(body)
            else:
                self.request_id = self.api.push(self.row.user_id, body, self.row.key(number, words_only))

    def _reply(self, body: list[LineMessage]) -> None:
        assert self.row.reply_token is not None
        try:
            self.request_id = self.api.reply(self.row.reply_token, body)
        except LineFailure as failure:
            if failure.kind != "invalid_token" or self.row.via != "reply":
                raise
            self.request_id = failure.request_id  # it was taken the first time

    def _failed(self, failure: LineFailure) -> Outcome:
        if failure.kind == "invalid_token":  # never tried before: expired early, or used up by an earlier event
            return self._outcome("pending", via="push", error=in_words(failure))
        self.channel.went_wrong(failure)
        self.request_id = failure.request_id
        if not failure.retryable or self.row.attempts >= LAST_ATTEMPT:
            return self._outcome("failed", error=in_words(failure))
        unheard_reply = self.via == "reply" and not failure.maybe_accepted and self.row.via != "reply"
        wait = pause(self.row.attempts) + (30.0 if failure.kind == "unauthorized" else 0.0)
        return self._outcome("pending", via="" if unheard_reply else self.via, wait=wait, error=in_words(failure))

    def _outcome(self, status: str, via: str | None = None, wait: float = 0.0, error: str = "") -> Outcome:
        row = self.row
        via = self.via if via is None else via
        return Outcome(row.id, status, via, row.attempts, wait, error, self.request_id)


def pause(attempts: int) -> float:
    """Seconds to the next attempt after so many: full jitter below 1 s, 2 s, 4 s ... 5 minutes."""
    return random.uniform(0.0, min(LONGEST_PAUSE, 2.0 ** min(attempts - 1, 20)))  # noqa: S311 - no secret
