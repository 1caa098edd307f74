"""How our LINE channel fares: the month's quota with a reserve for urgent notices, and what the console shows of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.line_api import LineApi, LineFailure, Quota
from handlers.outbox import reserve
from models.agency import Agency
from models.db import Database
from models.outbox import ChannelState

QUOTA_SECONDS = 300.0
BEAT_SECONDS = 15.0  # how often the console learns that the worker is alive

log = structlog.get_logger(__name__)


def in_words(failure: LineFailure) -> str:
    """What went wrong and what to do, for staff."""
    code = f" (รหัส {failure.status})" if failure.status else ""
    place = f" ที่ {failure.property}" if failure.property else ""
    return {
        "network": "ติดต่อ LINE ไม่ได้ ระบบจะลองส่งใหม่เอง",
        "server": f"LINE ขัดข้องชั่วคราว{code} ระบบจะลองส่งใหม่เอง",
        "rate_limit": "LINE ให้ชะลอการส่ง ระบบจะลองส่งใหม่เอง",
        "unauthorized": "LINE ไม่รับ channel access token แจ้งผู้ดูแลระบบให้ตรวจการตั้งค่า",
        "monthly_limit": "โควตาข้อความของเดือนนี้หมดแล้ว เพิ่มแพ็กเกจใน LINE OA แล้วกดส่งอีกครั้ง",
        "invalid_token": "หมดเวลาตอบกลับแบบไม่คิดโควตา",
    }.get(failure.kind, f"LINE ไม่รับข้อความนี้{code}{place} แจ้งผู้รับทางโทรศัพท์แทน และแจ้งผู้ดูแลระบบ")


class Channel:
    """Shared by the outbox's threads. Times are UTC."""

    def __init__(
        self, database: Database, api: LineApi, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._api = api
        self._clock = clock
        self._lock = threading.Lock()
        self._look_again = threading.Event()
        self._quota: Quota | None = None
        self._pushed = 0  # since the quota was read
        self._state: dict[str, Any] = {}

    def may_push(self, urgent: bool) -> bool:
        """True when the quota has room for one more; only urgent messages may use the reserve."""
        with self._lock:
            limit = self._quota.limit if self._quota else None
            if self._quota and limit is not None and not urgent:
                left = limit - self._quota.used - self._pushed
                if left <= reserve(limit):
                    return False
            self._pushed += 1
            return True

    def went_well(self) -> None:
        with self._lock:
            self._state |= {"last_ok_at": self._clock(), "last_error": ""}

    def went_wrong(self, failure: LineFailure) -> None:
        with self._lock:
            self._state["last_error"] = in_words(failure)
        if failure.kind in ("monthly_limit", "rate_limit"):
            self._look_again.set()

    def watch(self, stop: threading.Event) -> None:
        """Read the quota now and then, and keep the state's row up, until `stop` is set."""
        read_at = float("-inf")
        while not stop.is_set():
            if self._look_again.is_set() or time.monotonic() - read_at > QUOTA_SECONDS:
                self._look_again.clear()
                self.read_quota()
                read_at = time.monotonic()
            self.save()
            self._pause(stop)

    def _pause(self, stop: threading.Event) -> None:
        until = time.monotonic() + BEAT_SECONDS
        while time.monotonic() < until and not stop.is_set() and not self._look_again.is_set():
            stop.wait(0.5)

    def read_quota(self) -> None:
        try:
            quota = self._api.quota()
        except LineFailure as failure:
            with self._lock:
                self._state["last_error"] = in_words(failure)
            return
        with self._lock:
            self._quota, self._pushed = quota, 0
            self._state |= {"quota_limit": quota.limit, "quota_used": quota.used, "checked_at": self._clock()}

    def save(self) -> None:
        """Write what is known for every agency of the channel; trouble with the database only skips one beat."""
        with self._lock:
            values = {**self._state, "worker_seen_at": self._clock()}
        try:
            with self._database.write() as session:
                session.execute(update(ChannelState).values(**values))
                known = exists().where(ChannelState.agency_id == Agency.id)
                for agency_id in session.scalars(select(Agency.id).where(~known)).all():
                    session.add(ChannelState(agency_id=agency_id, **values))
        except (SQLAlchemyError, OSError) as error:
            log.error("channel.save", error=type(error).__name__)
