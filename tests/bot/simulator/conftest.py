"""A stand-in over real HTTP, and a small bot that it posts to."""

import json
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request
from werkzeug.serving import make_server

from bot.simulator.platform import Persona
from bot.simulator.testing import World, running


@dataclass
class Bot:
    """A webhook that keeps what it gets. `statuses`: what it answers to the next posts, then 200."""

    url: str
    posts: "queue.Queue[tuple[bytes, str]]" = field(default_factory=queue.Queue)
    statuses: list[int] = field(default_factory=list)

    def events(self, count: int) -> list[dict[str, Any]]:
        """The next `count` events, whatever POSTs they come in."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            found += json.loads(self.posts.get(timeout=10)[0])["events"]
        return found


@pytest.fixture
def bot() -> Iterator[Bot]:
    app = Flask("bot")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    known = Bot(f"http://127.0.0.1:{server.server_port}/webhook")

    @app.post("/webhook")
    def webhook() -> Response:
        status = known.statuses.pop(0) if known.statuses else 200
        known.posts.put((request.get_data(), request.headers["x-line-signature"]))
        return Response(status=status)

    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def world(bot: Bot, tmp_path: Path) -> Iterator[World]:
    grandmother = Persona("ยายบุญมี", "อายุ 74 ปี")
    path = tmp_path / "line.sqlite"
    with running(bot.url, state_path=path, personas=[grandmother], bot_name="อบต. ทดลอง") as known:
        known.platform.webhook.configure(redelivery_interval=0.05)
        yield known
