"""Sends the e-mails that wait (models/outbox.py: MailMessage) over SMTP, for staff without LINE.

A message is claimed under a lease, sent outside any transaction, and its outcome stored. After a crash in between it is
sent again with the same Message-ID, which mail programs show once.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import ColumnElement, and_, literal_column, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings
from models.agency import Staff
from models.db import Database
from models.outbox import MailMessage

IDLE_SECONDS = 20.0
AT_ONCE = 20
LEASE = timedelta(minutes=5)
TIMEOUT_SECONDS = 30.0
LAST_ATTEMPT = 40  # after more than three days
LONGEST_PAUSE = timedelta(hours=2)

# Written out, not bound: SQLite uses the partial index only for the very words of its condition.
_OPEN: tuple[ColumnElement[str], ...] = (literal_column("'pending'"), literal_column("'sending'"))

log = logging.getLogger("sujarit.mail")


def connect(settings: Settings) -> smtplib.SMTP:
    """The mail server, logged in. Raises OSError and SMTPException."""
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed e-mail. `address` is the person's present one, "" if they have none any more."""

    id: int
    key: str
    address: str
    title: str
    body: str
    attempts: int


@dataclass
class MailWorker:
    """Several may work on one database. `settings` must have an SMTP host."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{uuid.uuid4().hex[:12]}")

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. Survives the database and the mail server being away."""
        while not stop.wait(IDLE_SECONDS):
            try:
                self.drain(self.clock())
            except (SQLAlchemyError, OSError) as error:
                log.error("mail_database error=%s", type(error).__name__)

    def drain(self, now: datetime) -> int:
        """Try each e-mail that is due at `now` once; how many were sent. Raises what the database raises."""
        letters = self._claim(now)
        if not letters:
            return 0
        sent = 0
        try:
            with connect(self.settings) as server:
                for letter in letters:
                    sent += self._send(server, letter, now)
        except (OSError, smtplib.SMTPException) as error:  # nobody there, or we may not log in
            log.warning("mail_server error=%s", type(error).__name__)
            for letter in letters:
                self._store(letter, now, "pending", "ติดต่อเครื่องส่งอีเมลไม่ได้")
        return sent

    def _send(self, server: smtplib.SMTP, letter: Letter, now: datetime) -> bool:
        if not letter.address:
            self._store(letter, now, "failed", "ผู้รับไม่มีอีเมลแล้ว")
            return False
        try:
            server.send_message(self._letter(letter, now))
        except smtplib.SMTPRecipientsRefused:
            self._store(letter, now, "failed", "เครื่องรับอีเมลไม่รับที่อยู่นี้")
        except smtplib.SMTPResponseException as error:
            lasting = 500 <= error.smtp_code < 600
            self._store(letter, now, "failed" if lasting else "pending", "เครื่องส่งอีเมลไม่รับข้อความนี้")
        else:
            self._store(letter, now, "sent", "")
            return True
        return False

    def _letter(self, letter: Letter, now: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = letter.title, self.settings.smtp_from, letter.address
        mail["Date"] = format_datetime(now)
        domain = self.settings.smtp_from.rpartition("@")[2].strip("> ")
        mail["Message-ID"] = f"<{uuid.uuid5(uuid.NAMESPACE_URL, letter.key)}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # no answer of an absent person's program, please (RFC 3834)
        mail.set_content(letter.body)
        return mail

    def _claim(self, now: datetime) -> list[Letter]:
        row = MailMessage
        due = or_(
            and_(row.status == "pending", row.next_attempt_at <= now),
            and_(row.status == "sending", row.lease_until < now),
        )
        with self.database.write() as session:
            found = session.execute(
                select(row.id, row.dedupe_key, Staff.email, Staff.active, row.title, row.body, row.attempts + 1)
                .join(Staff, Staff.id == row.staff_id)
                .where(row.status.in_(_OPEN), due)
                .order_by(row.next_attempt_at, row.id)
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True, of=row)
            ).all()
            session.execute(
                update(row)
                .where(row.id.in_([one.id for one in found]))
                .values(status="sending", attempts=row.attempts + 1, lease_until=now + LEASE, lease_owner=self.owner)
                .execution_options(synchronize_session=False)
            )
        return [
            Letter(row_id, key, email if active else "", title, body, attempts)
            for row_id, key, email, active, title, body, attempts in found
        ]

    def _store(self, letter: Letter, now: datetime, status: str, error: str) -> None:
        """Store the outcome, unless the lease ran out and another worker took over."""
        if status == "pending" and letter.attempts >= LAST_ATTEMPT:
            status = "failed"
        wait = min(LONGEST_PAUSE, timedelta(minutes=2 ** min(letter.attempts - 1, 7)))
        with self.database.write() as session:
            session.execute(
                update(MailMessage)
                .where(
                    MailMessage.id == letter.id,
                    MailMessage.lease_owner == self.owner,
                    MailMessage.status == "sending",
                )
                .values(
                    status=status,
                    error=error,
                    next_attempt_at=now + wait,
                    sent_at=now if status == "sent" else None,
                    lease_until=None,
                    lease_owner=None,
                )
                .execution_options(synchronize_session=False)
            )
        log.info("mail id=%d status=%s attempts=%d", letter.id, status, letter.attempts)
