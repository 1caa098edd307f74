"""Webhooks: signed posts to the bot, sent again until it answers 2xx."""

import base64
import hashlib
import hmac
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from bot.simulator.faults import DROP, Faults

_chance = random.SystemRandom()


def sign(channel_secret: str, body: bytes) -> str:
    """The x-line-signature of a body: base64 of HMAC-SHA256 over the raw bytes."""
    return base64.b64encode(hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()).decode()


@dataclass
class Settings:
    """How badly the way to the webhook behaves. Seconds where nothing else is said."""

    timeout: float = 2.0
    redelivery: bool = True
    redelivery_attempts: int = 8
    redelivery_interval: float = 1.0  # doubles each time
    batch_size: int = 1  # events a POST
    shuffle: bool = False  # events overtake each other, also one user's
    duplicate_rate: float = 0.0  # 0..1: how many arrive once more although they were answered
    paused: bool = False


@dataclass
class Delivery:
    """One event on its way. `outcome`: the last status ("200") or LINE's reason for a failure."""

    event: dict[str, Any]
    user_id: str
    attempts: int = 0
    due_at: float = 0.0
    outcome: str = "waiting"
    duplicate: bool = False
    tried: threading.Event = field(default_factory=threading.Event)

    @property
    def delivered(self) -> bool:
        return self.outcome.startswith("2")


class Deliverer:
    """A few threads that post what waits. One user's events stay in order unless `shuffle` is on.

    `before` is told of every event just before it is posted; `after` of every post's outcome.
    """

    def __init__(
        self,
        channel_secret: str,
        destination: str,
        url: str,
        faults: Faults,
        before: Callable[[Delivery], None],
        after: Callable[[list[Delivery], str, float], None],
        threads: int = 4,
    ) -> None:
        self.url = url
        self.settings = Settings()
        self._secret = channel_secret
        self._destination = destination
        self._faults = faults
        self._before = before
        self._after = after
        self._waiting: list[Delivery] = []
        self._in_flight: list[Delivery] = []
        self._changed = threading.Condition()
        self._stopped = False
        self._threads = [threading.Thread(target=self._work, name=f"webhook-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, deliveries: list[Delivery]) -> None:
        with self._changed:
            self._waiting.extend(deliveries)
            self._changed.notify_all()

    def configure(self, **changes: Any) -> None:
        """Raises AttributeError for a setting that doesn't exist."""
        with self._changed:
            for name, value in changes.items():
                setattr(self.settings, name, type(getattr(self.settings, name))(value))
            self._changed.notify_all()

    def idle(self, timeout: float) -> bool:
        """Wait until nothing waits and nothing is in flight; False when that takes longer (seconds)."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._in_flight, timeout)

    def forget(self) -> None:
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(self.settings.timeout + 1)

    def test(self, url: str) -> tuple[str, str]:
        """Post an empty list of events, as LINE's "Verify" button does: (outcome, detail)."""
        return self._post(url, [], requests.Session())

    def _work(self) -> None:
        session = requests.Session()
        session.trust_env = False  # a proxy of the environment has no business on this machine's loopback
        while (batch := self._take()) is not None:
            for delivery in batch:
                delivery.attempts += 1
                self._before(delivery)
            started = time.monotonic()
            fault = self._faults.next("webhook")
            if fault is not None and fault.kind == DROP:
                outcome = "could_not_connect"
            else:
                if fault is not None:
                    time.sleep(fault.seconds)
                outcome, _ = self._post(self.url, [delivery.event for delivery in batch], session)
            self._finish(batch, outcome, time.monotonic() - started)

    def _take(self) -> list[Delivery] | None:
        with self._changed:
            while not self._stopped:
                batch = self._ready()
                if batch:
                    for delivery in batch:
                        self._waiting.remove(delivery)
                    self._in_flight.extend(batch)
                    return batch
                due = [d.due_at for d in self._waiting if not self.settings.paused]
                wait = max(0.01, min(due) - time.monotonic()) if due else None
                self._changed.wait(wait)
        return None

    def _ready(self) -> list[Delivery]:
        if self.settings.paused:
            return []
        now = time.monotonic()
        ready = [delivery for delivery in self._waiting if delivery.due_at <= now]
        if self.settings.shuffle:
            _chance.shuffle(ready)
            return ready[: self.settings.batch_size]
        busy = {delivery.user_id for delivery in self._in_flight}
        return [delivery for delivery in ready if delivery.user_id not in busy][: self.settings.batch_size]

    def _post(self, url: str, events: list[dict[str, Any]], session: requests.Session) -> tuple[str, str]:
        body = json.dumps(
            {"destination": self._destination, "events": events}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-line-signature": sign(self._secret, body),
            "user-agent": "LineBotWebhook/2.0",
        }
        try:
            answer = session.post(url, data=body, headers=headers, timeout=self.settings.timeout, allow_redirects=False)
        except requests.Timeout:
            return "request_timeout", "Request timeout"
        except requests.ConnectionError as error:
            return "could_not_connect", type(error).__name__
        except requests.RequestException as error:
            return "unclassified", type(error).__name__
        return str(answer.status_code), answer.reason or ""

    def _finish(self, batch: list[Delivery], outcome: str, seconds: float) -> None:
        again: list[Delivery] = []
        settings = self.settings
        for delivery in batch:
            delivery.outcome = outcome
            if delivery.delivered:
                if not delivery.duplicate and _chance.random() < settings.duplicate_rate:
                    again.append(Delivery(delivery.event, delivery.user_id, duplicate=True))
            elif settings.redelivery and delivery.attempts < settings.redelivery_attempts:
                delivery.due_at = time.monotonic() + settings.redelivery_interval * 2 ** (delivery.attempts - 1)
                delivery.event["deliveryContext"]["isRedelivery"] = True
                again.append(delivery)
        self._after(batch, outcome, seconds)
        with self._changed:
            for delivery in batch:
                self._in_flight.remove(delivery)
            self._waiting.extend(again)
            self._changed.notify_all()
        for delivery in batch:
            delivery.tried.set()
