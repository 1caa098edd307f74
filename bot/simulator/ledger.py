"""What LINE keeps count of: reply tokens, retry keys, the monthly quota, request rates."""

import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.clock import Clock
from bot.simulator.errors import ApiError
from bot.simulator.ids import reply_token
from bot.simulator.store import Store

RETRY_KEY_SECONDS = 24 * 3600
LAST_REDELIVERY_SECONDS = 20 * 60  # a reply token is dead this long after its event, however often resent


@dataclass
class _ReplyToken:
    user_id: str
    event_at: float
    delivered_at: float
    used: bool = False


class ReplyTokens:
    """Single use; alive for a minute after the (re)delivery of their event."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, _ReplyToken] = {}
        self.lifetime = 60.0  # seconds

    def issue(self, user_id: str) -> str:
        token = reply_token()
        now = self._clock.seconds()
        self._tokens[token] = _ReplyToken(user_id, now, now)
        return token

    def delivered(self, token: str) -> None:
        """Its event is being posted (again): the minute starts (again)."""
        if known := self._tokens.get(token):
            known.delivered_at = self._clock.seconds()

    def owner(self, token: str) -> str | None:
        """Whose event it came with, used or not."""
        known = self._tokens.get(token)
        return known.user_id if known else None

    def take(self, token: str) -> str:
        """Use the token up; its user's id. Raises ApiError 400."""
        known = self._tokens.get(token)
        now = self._clock.seconds()
        if (
            known is None
            or known.used
            or now - known.delivered_at > self.lifetime
            or now - known.event_at > LAST_REDELIVERY_SECONDS
        ):
            raise ApiError(400, "Invalid reply token")
        known.used = True
        return known.user_id


class RetryKeys:
    """X-Line-Retry-Key: an accepted key is remembered for 24 hours, then it is a new request."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self._accepted: dict[str, dict[str, Any]] = store.all("retry_key")

    def check(self, key: str | None) -> None:
        """Raises ApiError 400 for what isn't a UUID, 409 for a key that was accepted before."""
        if key is None:
            return
        try:
            well_formed = str(uuid.UUID(key)) == key.lower()
        except ValueError:
            well_formed = False
        if not well_formed:
            raise ApiError(400, "The value of the X-Line-Retry-Key header is invalid")
        before = self._accepted.get(key.lower())
        if before and self._clock.seconds() - before["at"] < RETRY_KEY_SECONDS:
            raise ApiError(
                409,
                "The retry key is already accepted",
                headers={"x-line-accepted-request-id": before["request_id"]},
                extra={"sentMessages": before["sent"]} if before["sent"] else None,
            )

    def accept(self, key: str | None, request_id: str, sent: list[dict[str, str]]) -> None:
        if key is not None:
            self._accepted[key.lower()] = {"at": self._clock.seconds(), "request_id": request_id, "sent": sent}
            self._store.put("retry_key", key.lower(), self._accepted[key.lower()])


class Quota:
    """The month's paid messages, one per recipient however many message objects a request has."""

    PAID = ("push", "multicast", "broadcast")

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        saved = store.all("quota").get("state", {"limit": 300, "sent": {}})
        self._limit: int | None = saved["limit"]
        self._sent: Counter[str] = Counter(saved["sent"])  # "push 20261121" -> recipients

    @property
    def limit(self) -> int | None:
        """None: no limit."""
        return self._limit

    @property
    def used(self) -> int:
        month = self._clock.day()[:6]
        return sum(
            count
            for key, count in self._sent.items()
            if key.split()[0] in self.PAID and key.split()[1].startswith(month)
        )

    def set(self, limit: int | None, used: int | None) -> None:
        self._limit = limit
        if used is not None:
            for kind in self.PAID:
                self._sent = Counter({key: n for key, n in self._sent.items() if not key.startswith(kind)})
            self._sent[f"push {self._clock.day()}"] = used
        self._save()

    def check(self, recipients: int) -> None:
        """Raises ApiError 429 when the month has no room for so many."""
        if self._limit is not None and self.used + recipients > self._limit:
            raise ApiError(429, "You have reached your monthly limit.")

    def count(self, kind: str, recipients: int) -> None:
        self._sent[f"{kind} {self._clock.day()}"] += recipients
        self._save()

    def delivered_on(self, kind: str, day: str) -> int:
        return self._sent[f"{kind} {day}"]

    def _save(self) -> None:
        self._store.put("quota", "state", {"limit": self._limit, "sent": dict(self._sent)})


# Requests per seconds for each endpoint, from the reference's "Rate limits".
RATES: Mapping[str, tuple[int, int]] = {
    "POST /v2/bot/message/multicast": (200, 1),
    "POST /v2/bot/message/broadcast": (60, 3600),
    "POST /v2/bot/channel/webhook/test": (60, 3600),
    "POST /v2/bot/chat/loading/start": (100, 1),
    "POST /v2/bot/richmenu": (100, 3600),
    "DELETE /v2/bot/richmenu/": (100, 3600),
    "GET /v2/bot/richmenu/list": (10, 1),
}
OTHER_RATE = (2000, 1)


@dataclass
class Rates:
    """A token bucket per endpoint. `enabled` is off only where a test needs to hurry."""

    enabled: bool = True
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)  # endpoint: (tokens, at)

    def check(self, endpoint: str) -> None:
        """Raises ApiError 429. `endpoint`: method and path, without ids."""
        capacity, seconds = RATES.get(endpoint, OTHER_RATE)
        now = time.monotonic()
        tokens, at = self._buckets.get(endpoint, (float(capacity), now))
        tokens = min(float(capacity), tokens + (now - at) * capacity / seconds)
        if self.enabled and tokens < 1:
            raise ApiError(429, "The API rate limit has been exceeded. Try again later.")
        self._buckets[endpoint] = (tokens - 1 if self.enabled else tokens, now)
