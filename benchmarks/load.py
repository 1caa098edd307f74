"""Posts webhooks as LINE does: signed, over kept connections. Bodies are made before the clock runs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

# What people send, with how often: questions that the starter pack answers, small talk, the menu.
QUESTIONS = (
    "ขยะเก็บวันไหน", "จ่ายภาษีที่ดินที่ไหน", "ต่อใบอนุญาตก่อสร้างใช้เอกสารอะไรบ้าง", "เบี้ยผู้สูงอายุลงทะเบียนยังไง",
    "แจ้งเกิดต้องทำไง", "ค่าธรรมเนียมเก็บขยะเท่าไหร่คะ", "น้ำประปาไม่ไหลโทรเบอร์ไหน", "เบี้ยคนพิการเงินเข้าวันไหน",
    "ขอเลขที่บ้านใช้อะไรบ้าง", "อบตเปิดกี่โมง", "ภาษีป้ายจ่ายเมื่อไหร่", "ฉีดวัคซีนหมาฟรีมีไหม", "ขอถังขยะได้ที่ไหน", "จดทะเบียนพาณิชย์ที่ไหน",
)  # fmt: skip
SMALL_TALK = ("สวัสดีค่ะ", "ขอบคุณครับ", "โอเค", "ดีจ้า")
MENU = ("เมนู", "วิธีใช้", "ติดต่อเรา")
PEOPLE = 1000


@dataclass
class Mix:
    """An endless supply of webhook bodies, every event new."""

    secret: str
    events: int = 1
    chance: random.Random = field(default_factory=lambda: random.Random(2570))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(time.time_ns()))

    def request(self, path: str) -> bytes:
        """One POST as it goes over the wire."""
        events = [self._event() for _ in range(self.events)]
        body = json.dumps({"destination": "U" + "0" * 32, "events": events}, ensure_ascii=False).encode()
        signature = base64.b64encode(hmac.new(self.secret.encode(), body, hashlib.sha256).digest()).decode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"User-Agent: LineBotWebhook/2.0\r\nX-Line-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _event(self) -> dict[str, object]:
        number = next(self.numbers)
        said = self.chance.choices((QUESTIONS, SMALL_TALK, MENU), (7, 2, 1))[0]
        return {
            "type": "message",
            "message": {
                "type": "text",
                "id": str(number),
                "quoteToken": "q3Plxr4AgKd" * 3,
                "markAsReadToken": "m4Plxr4AgKd" * 3,
                "text": self.chance.choice(said),
            },
            "webhookEventId": f"01{number:024d}",
            "deliveryContext": {"isRedelivery": False},
            "timestamp": time.time_ns() // 1_000_000,
            "source": {"type": "user", "userId": f"U{self.chance.randrange(PEOPLE):032x}"},
            "replyToken": f"{number:032x}",
            "mode": "active",
        }


class Connection:
    """One kept HTTP connection; raises OSError when the server closes it, RuntimeError for anything but a 200."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, request: bytes) -> None:
        self._socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            chunk = self._socket.recv(4096)
            if not chunk:
                raise ConnectionError("closed")
            answer += chunk
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer[:40].decode("latin-1"))
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._socket.recv(4096)

    def close(self) -> None:
        self._socket.close()


def posts_per_second(port: int, requests: list[bytes], connections: int = 8) -> float:
    """All requests as fast as they are answered, over so many connections at a time."""
    waiting = iter(requests)
    lock = threading.Lock()
    ready = [Connection(port) for _ in range(connections)]

    def work(connection: Connection) -> None:
        while True:
            with lock:
                request = next(waiting, None)
            if request is None:
                return
            connection.post(request)

    started = time.perf_counter()
    _together([threading.Thread(target=work, args=(one,)) for one in ready])
    seconds = time.perf_counter() - started
    for one in ready:
        one.close()
    return len(requests) / seconds


def latencies(port: int, requests: list[bytes], per_second: float, connections: int = 16) -> list[float]:
    """Seconds from when each request was due to when it was answered, at an even pace whatever the server does."""
    waiting = iter(enumerate(requests))
    lock = threading.Lock()
    took: list[float] = []
    ready = [Connection(port) for _ in range(connections)]
    begin = time.perf_counter() + 0.1

    def work(connection: Connection) -> None:
        while True:
            with lock:
                number, request = next(waiting, (0, b""))
            if not request:
                return
            due = begin + number / per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.post(request)
            took.append(time.perf_counter() - due)

    _together([threading.Thread(target=work, args=(one,)) for one in ready])
    for one in ready:
        one.close()
    return took


def _together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
