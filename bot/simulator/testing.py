"""A running stand-in for tests, and short ways to talk to it over HTTP."""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bot.simulator.platform import Persona, Platform
from bot.simulator.server import create_app, make

SECRET = secrets.token_hex(16)
TOKEN = secrets.token_urlsafe(32)


@dataclass
class World:
    """A stand-in that listens at `base`."""

    base: str
    platform: Platform

    def bot(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Call the Messaging API as the bot; header names with _ for -."""
        sent = {"Authorization": f"Bearer {TOKEN}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return requests.request(method, self.base + path, json=body, headers=sent, timeout=10)

    def control(self, method: str, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        """Call the control API; raises RuntimeError with its words when it refuses."""
        url = self.base + "/_control" + path
        answer = requests.request(method, url, json=body, params=query, timeout=70)
        if not answer.ok:
            raise RuntimeError(f"{answer.status_code} {answer.text}")
        known: dict[str, Any] = answer.json()
        return known

    def person(self, **fields: Any) -> str:
        """A new friend of the bot's; the user id. No follow event is posted."""
        return str(self.control("POST", "/users", {"name": "คนทดลอง", "friend": True, **fields})["id"])

    def act(self, user_id: str, **body: Any) -> dict[str, Any]:
        """Do something as a person; waits for the webhook's first answer."""
        return self.control("POST", f"/users/{user_id}/events", body)

    def chat(self, user_id: str, **query: Any) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.control("GET", f"/chat/{user_id}", **query)["messages"]
        return messages

    def from_bot(self, user_id: str, count: int = 1, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The bot's bubbles, once there are `count` of them or the time is over."""

        def enough() -> bool:
            return sum(entry.from_bot for entry in self.platform.entries(user_id)) >= count

        self.platform.wait_for(enough, seconds)
        return [one for one in self.chat(user_id) if one["how"] not in {"user", "postback", "notice"}]


@contextmanager
def running(
    webhook_url: str,
    *,
    state_path: Path | None = None,
    personas: Sequence[Persona] = (),
    bot_name: str = "บัญชีทดลอง",
) -> Iterator[World]:
    """A stand-in on a free port, its secret and token SECRET and TOKEN."""
    platform = Platform(SECRET, TOKEN, webhook_url, state_path=state_path, personas=personas, bot_name=bot_name)
    server = make(create_app(platform), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield World(f"http://127.0.0.1:{server.server_port}", platform)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        platform.close()
