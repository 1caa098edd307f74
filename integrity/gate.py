"""What stands between a flood and the desk, without knowing anybody's address.

KdfGate bounds what derivations may take of the machine at any one time. Door asks for something before an expensive
act when too many come at once: a proof of work, or a small sum for those without JavaScript. Nobody is ever locked out,
and thirty people behind one address are thirty people.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from thai.digits import to_arabic


class Busy(Exception):
    """Too many derivations are waiting already; the page says: please try again in a moment (503)."""


class KdfGate:
    """At most `threads` derivations and `memory_kib` at once; the others wait their turn, first come first served.

    One that takes more than half of the memory (an officer's log-in) finds only `heavy_waiting` places in the queue:
    a flood of log-ins must not hold up reporters. `patience`: the longest wait in seconds."""

    def __init__(
        self,
        threads: int = 2,
        memory_kib: int = 64 * 1024,
        waiting: int = 64,
        heavy_waiting: int = 3,
        patience: float = 10,
    ) -> None:
        self._threads, self._memory = threads, memory_kib
        self._waiting, self._heavy_waiting, self._patience = waiting, heavy_waiting, patience
        self._changed = threading.Condition()
        self._queue: list[tuple[object, bool]] = []  # who waits, and whether they are heavy
        self._running: list[int] = []  # KiB

    @contextmanager
    def place(self, memory_kib: int) -> Iterator[None]:
        """Wait for a place for one derivation, and give it back after the block. Raises Busy."""
        memory_kib = min(memory_kib, self._memory)  # what never fits runs alone
        with self._changed:
            self._wait(memory_kib)
            self._running.append(memory_kib)
        try:
            yield
        finally:
            with self._changed:
                self._running.remove(memory_kib)
                self._changed.notify_all()

    def _wait(self, memory_kib: int) -> None:
        heavy = memory_kib > self._memory // 2
        heavies = sum(1 for _, other in self._queue if other)
        if len(self._queue) >= self._waiting or (heavy and heavies >= self._heavy_waiting):
            raise Busy
        me = (object(), heavy)
        self._queue.append(me)
        try:
            if not self._changed.wait_for(lambda: self._queue[0] is me and self._fits(memory_kib), self._patience):
                raise Busy
        finally:
            self._queue.remove(me)
            self._changed.notify_all()

    def _fits(self, memory_kib: int) -> bool:
        return len(self._running) < self._threads and sum(self._running) + memory_kib <= self._memory


DERIVATIONS = KdfGate()  # this process's; vault/kdf.py goes through it, so nobody can forget to


class Window:
    """How many came in about the last `seconds`: two numbers, no addresses, no moments."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._slot = self._now = self._before = 0

    def add(self, now: datetime) -> None:
        self._move(now)
        self._now += 1

    def count(self, now: datetime) -> int:
        """How many were added within the window that ends `now`; the older part of it is estimated."""
        over = self._move(now)
        return self._now + int(self._before * (1 - over))

    def _move(self, now: datetime) -> float:
        """Begin a new slot when its time has come; returns how much of the slot is over, 0 to 1."""
        slot, into = divmod(now.timestamp(), self._seconds)
        if slot != self._slot:
            self._before = self._now if slot == self._slot + 1 else 0
            self._slot, self._now = int(slot), 0
        return into / self._seconds


@dataclass(frozen=True, slots=True)
class Challenge:
    """For the page: find a text for which SHA-256(`token` + ":" + text) begins with `bits` zero bits, or, without
    JavaScript, answer the Thai `question`. Either goes back with the token."""

    token: str
    bits: int
    question: str


class ProofOfWork:
    """Challenges signed with `key` and kept nowhere; each is good for one answer."""

    VALID = 600  # seconds
    QUICKEST = 2  # seconds in which a person can have read the question
    REMEMBERED = 50_000  # answered challenges; more than pass the gate while one is valid

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._used: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def challenge(self, now: datetime, bits: int) -> Challenge:
        body = secrets.token_bytes(12) + int(now.timestamp()).to_bytes(6, "big") + bytes([bits])
        token = base64.urlsafe_b64encode(body + self._sign(b"token", body)[:16]).decode()
        tens, ones = self._sum(body)
        return Challenge(token, bits, f"{_THAI_TENS[tens]} บวก {_THAI_ONES[ones]} ได้เท่าไรคะ")

    def accepts(self, token: str, answer: str, now: datetime) -> bool:
        """Whether `answer` answers the challenge `token`, which is spent by trying. Costs microseconds."""
        body = self._body(token)
        if body is None or len(answer) > 100:
            return False
        age = now.timestamp() - int.from_bytes(body[12:18], "big")
        if not 0 <= age + 1 <= self.VALID or not self._first_time(body):
            return False
        return worked(token, answer, body[18]) or (age >= self.QUICKEST and self._summed(body, answer))

    def _summed(self, body: bytes, answer: str) -> bool:
        tens, ones = self._sum(body)
        return to_arabic(answer).strip() == str(tens * 10 + ones)

    def _body(self, token: str) -> bytes | None:
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except ValueError:
            return None
        body, signature = raw[:19], raw[19:]
        return body if hmac.compare_digest(signature, self._sign(b"token", body)[:16]) else None

    def _sum(self, body: bytes) -> tuple[int, int]:
        drawn = self._sign(b"sum", body)
        return 2 + drawn[0] % 8, 2 + drawn[1] % 8

    def _sign(self, purpose: bytes, body: bytes) -> bytes:
        return hmac.digest(self._key, b"integrity gate|" + purpose + b"|" + body, "sha256")

    def _first_time(self, body: bytes) -> bool:
        with self._lock:
            if body in self._used:
                return False
            self._used[body] = None
            if len(self._used) > self.REMEMBERED:
                self._used.popitem(last=False)
            return True


def worked(token: str, answer: str, bits: int) -> bool:
    """Whether the work was done."""
    digest = hashlib.sha256(f"{token}:{answer}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


@dataclass(slots=True)
class Door:
    """Before an expensive act: nothing is asked of up to `calm` a minute; of more, a challenge that becomes harder by
    the doubling. In front of every desk of the process together, since the machine is one."""

    key: bytes = field(repr=False)
    calm: int = 120
    _work: ProofOfWork = field(init=False, repr=False)
    _window: Window = field(init=False, repr=False)
    _lock: threading.Lock = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._work, self._window, self._lock = ProofOfWork(self.key), Window(60), threading.Lock()

    def ask(self, token: str, answer: str, now: datetime) -> Challenge | None:
        """None: come in. Otherwise what has to be answered first; the page shows it along with what was typed."""
        answered = bool(token) and self._work.accepts(token, answer, now)
        with self._lock:
            came = self._window.count(now)
            if answered or came < self.calm:
                self._window.add(now)  # only who came in counts: knocking makes it no harder for others
                return None
        doublings = max((came // max(self.calm, 1)).bit_length() - 1, 0)
        return self._work.challenge(now, min(EASIEST + doublings, HARDEST))


EASIEST, HARDEST = 16, 20  # bits: about one second and sixteen on a telephone
_THAI_TENS = dict(zip(range(2, 10), ("ยี่สิบ", "สามสิบ", "สี่สิบ", "ห้าสิบ", "หกสิบ", "เจ็ดสิบ", "แปดสิบ", "เก้าสิบ"), strict=True))
_THAI_ONES = dict(zip(range(2, 10), ("สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"), strict=True))
