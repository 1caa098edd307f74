"""Fetches the files that people sent, at once, before LINE throws them away. Runs beside the outbox.

LINE prepares video and audio (202), forgets a file when its message is unsent (410) and after a time that it does not
tell (404). What is taken, and how it is cleaned, is decided in handlers/files.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.line_api import CONTENT_SECONDS, LineApi, LineFailure
from bot.sender import pause
from handlers import files
from handlers.files import FileRefused, StoredFile
from models.db import Database
from models.thread import Attachment

LEASE = timedelta(seconds=CONTENT_SECONDS + 60)
LOOK_SECONDS = 0.5
THREADS = 3  # so that a long video does not hold up photos
PREPARING_SECONDS = 2.0  # LINE takes some seconds to prepare a video
LAST_ATTEMPT = 40  # some three hours
UNKNOWN_ATTEMPTS = 5  # a file just sent can be unknown (404) for a moment

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    id: int
    agency_id: int
    kind: str
    line_message_id: str | None
    attempts: int


@dataclass
class AttachmentWorker:
    """`data_dir`: SUJARIT_DATA. Several may work on one database."""

    database: Database
    api: LineApi
    data_dir: Path
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def run(self, stop: threading.Event) -> None:
        """Fetch until `stop` is set; survives the database, the disk and LINE being away."""
        threads = [threading.Thread(target=self._loop, args=(stop,), name=f"attachments-{n}") for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _loop(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if not self.fetch_next(self.clock()) and not self.forget_unsent():
                    stop.wait(LOOK_SECONDS)
            except (SQLAlchemyError, OSError) as error:
                log.error("attachments.trouble", error=type(error).__name__)
                stop.wait(5.0)

    def fetch_next(self, now: datetime) -> bool:
        """Try the file that has been due longest at `now`; False when none is."""
        wanted = self._claim(now)
        if wanted is None:
            return False
        self._settle(wanted, now, *self._fetch(wanted))
        return True

    def forget_unsent(self) -> int:
        """Delete the files of messages that were unsent after we had them; how many."""
        with self.database.read() as session:
            gone = session.execute(
                select(Attachment.id, Attachment.path).where(Attachment.status == "gone", Attachment.path != "")
            ).all()
        for attachment_id, path in gone:
            files.remove(self.data_dir, path)
            with self.database.write() as session:
                session.execute(
                    update(Attachment).where(Attachment.id == attachment_id).values(path="", size=0, sha256="")
                )
        return len(gone)

    def _claim(self, now: datetime) -> _Wanted | None:
        row = Attachment
        due = (
            row.status == "waiting",
            row.line_message_id.is_not(None),
            or_(row.next_attempt_at.is_(None), row.next_attempt_at <= now),
            or_(row.lease_until.is_(None), row.lease_until < now),
        )
        with self.database.read() as session:  # a look without the write lock
            if session.execute(select(row.id).where(*due).limit(1)).first() is None:
                return None
        with self.database.write() as session:
            found = session.execute(
                select(row.id, row.agency_id, row.kind, row.line_message_id, row.attempts + 1)
                .where(*due)
                .order_by(row.next_attempt_at, row.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if found is None:
                return None
            session.execute(
                update(row)
                .where(row.id == found.id)
                .values(attempts=row.attempts + 1, lease_until=now + LEASE)
                .execution_options(synchronize_session=False)
            )
        return _Wanted(*found)

    def _fetch(self, one: _Wanted) -> tuple[str, StoredFile | None, float, str]:
        """(status, the stored file, seconds to the next attempt, words for staff)"""
        most = files.IMAGE_BYTES if one.kind == "image" else files.FILE_BYTES
        try:
            data = self.api.content(one.line_message_id or "", most)
        except LineFailure as failure:
            return self._not_fetched(one, failure)
        try:
            return "stored", files.store_file(data, self.data_dir, one.agency_id, one.kind), 0.0, ""
        except FileRefused as refused:
            return "refused", None, 0.0, str(refused)
        except OSError as error:
            log.error("attachments.disk", id=one.id, error=type(error).__name__, errno=error.errno)
            return self._again(one, pause(one.attempts), "บันทึกไฟล์ไม่ได้ พื้นที่เก็บข้อมูลอาจเต็ม แจ้งผู้ดูแลระบบ")

    def _not_fetched(self, one: _Wanted, failure: LineFailure) -> tuple[str, None, float, str]:
        if failure.kind == "not_ready":
            return self._again(one, PREPARING_SECONDS, "LINE กำลังเตรียมไฟล์นี้นานเกินไป ขอให้ผู้ส่งส่งใหม่")
        if failure.status == 410:
            return "gone", None, 0.0, "ผู้ส่งยกเลิกข้อความ"
        if failure.kind == "gone":
            if one.attempts < UNKNOWN_ATTEMPTS:
                return self._again(one, PREPARING_SECONDS, "")
            return "gone", None, 0.0, "LINE ไม่เก็บไฟล์นี้แล้ว ขอให้ผู้ส่งส่งใหม่"
        if failure.retryable:
            return self._again(one, pause(one.attempts), "ดึงไฟล์จาก LINE ไม่ได้ ขอให้ผู้ส่งส่งใหม่")
        return "failed", None, 0.0, f"LINE ไม่ให้ไฟล์นี้ (รหัส {failure.status}) แจ้งผู้ดูแลระบบ"

    def _again(self, one: _Wanted, wait: float, error: str) -> tuple[str, None, float, str]:
        return ("failed" if one.attempts >= LAST_ATTEMPT else "waiting"), None, wait, error

    def _settle(
        self, one: _Wanted, now: datetime, status: str, stored: StoredFile | None, wait: float, error: str
    ) -> None:
        """Store how it went, unless the message was unsent in the meantime: then what came is thrown away."""
        values: dict[str, Any] = {
            "status": status,
            "lease_until": None,
            "next_attempt_at": now + timedelta(seconds=wait) if status == "waiting" else None,
            "error": error,
        }
        if stored is not None:
            values |= {name: getattr(stored, name) for name in StoredFile.__slots__}
        with self.database.write() as session:
            kept = session.execute(
                update(Attachment)
                .where(Attachment.id == one.id, Attachment.status == "waiting")
                .values(**values)
                .returning(Attachment.id)
                .execution_options(synchronize_session=False)
            ).all()
        if stored is not None and not kept:
            files.remove(self.data_dir, stored.path)
        log.info("attachments.fetched", id=one.id, status=status, kind=one.kind, attempts=one.attempts)
