"""One thing a person did in the chat, as the slices see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.integrity.door import SealedDoor
from models.db import Transaction
from models.inbox import Talk

SEALED = "sealed"  # the subject of answers about corruption: their outbox rows are deleted once sent
_encode = msgspec.json.Encoder().encode  # ten times as fast as json
_decode = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Turn:
    """A webhook event, channel-neutral, with everything a slice may touch.

    kind: "text", "postback", "location", "image", "video", "audio", "file", "sticker", "follow", "unfollow",
    "unsend". `at` is LINE's time of the event, `now` ours (both UTC). `state` is the conversation's memory: plain
    JSON, stored at the end of the turn. `session` opens the ORM on the turn's own transaction: ask for it only when
    rows beyond the conversation are needed, since the hot path is faster without.
    """

    tx: Transaction
    agency: AgencyView
    talk: Talk
    kind: str
    event_id: str
    at: datetime
    now: datetime
    secret_key: str = field(repr=False)  # for hashes of case secrets
    text: str = ""
    data: str = ""
    params: dict[str, str] = field(default_factory=dict)  # of a datetimepicker postback
    message_id: str = ""
    file_name: str = ""
    title: str = ""  # of a location
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    sticker_words: tuple[str, ...] = ()
    state: dict[str, Any] = field(default_factory=dict)
    # About what the answer is ("case:12"), so that staff find its delivery state; SEALED: it is deleted once sent.
    subject: str = ""
    door: SealedDoor | None = field(default=None, repr=False)  # to the integrity desk, where there is one

    @property
    def session(self) -> Session:
        return self.tx.session

    @property
    def actor(self) -> str:
        """Who acts, for the audit log."""
        return f"citizen:{self.talk.id}"

    @property
    def late(self) -> bool:
        """True when the person sent this before something that was already handled (redelivered out of order)."""
        last = self.talk.last_event_at
        return last is not None and self.at < last

    def load_state(self) -> None:
        self.state = _decode(self.talk.state or "{}")

    def store_state(self) -> None:
        self.talk.state = _encode(self.state).decode()
        if not self.late:
            self.talk.last_event_at = self.at
