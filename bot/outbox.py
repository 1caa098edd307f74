"""The outbox's worker: claims what is to be said, lets threads send it (bot/sender.py), stores how it fared.

The main thread owns the database: one transaction stores the last outcomes and claims the next messages under a lease.
A lease that ran out (the process died) makes its message claimable again. Within a conversation the order is kept.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, bindparam, case, delete, exists, literal_column, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from bot.channel import Channel
from bot.line_api import LineApi
from bot.sender import Claimed, Outcome, put_back, send
from handlers.turn import SEALED
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage

IDLE_SECONDS = 1.0  # how often the worker looks without being woken
ROWS_PER_THREAD = 4  # claimed ahead, so that no thread waits for the database
# A message in trouble holds the later ones of its conversation back for about a minute; then they may overtake it.
ORDERED_ATTEMPTS = 8

# Written out, not bound: SQLite uses the partial index of open rows only for the very words of its condition.
_OPEN_STATUSES: tuple[ColumnElement[str], ...] = (literal_column("'pending'"), literal_column("'sending'"))

log = structlog.get_logger(__name__)


@dataclass
class OutboxWorker:
    """Sends the outbox of all agencies through one LINE channel. Several may work on one database.

    `threads`: calls to LINE at a time. `allow_loopback`: pictures of this machine may be plain http (the stand-in).
    `lease`: how long what a dead worker had claimed stays out of reach; well below a reply token's minute.
    """

    database: Database
    api: LineApi
    threads: int = 24
    allow_loopback: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    lease: timedelta = timedelta(seconds=20)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{uuid.uuid4().hex[:12]}")

    def __post_init__(self) -> None:
        self.channel = Channel(self.database, self.api, self.clock)
        self._stopping = threading.Event()
        self._events: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()  # None: look into the database
        self._finished: list[Outcome] = []  # not yet stored
        self._held: set[int] = set()  # claimed, not yet finished
        self._leased_until = 0.0  # no lease of ours ends before (time.monotonic)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then finish what is being sent. Survives the database and LINE being away."""
        helpers = [
            threading.Thread(target=task, args=(stop,), daemon=True) for task in (self._wake, self.channel.watch)
        ]
        for helper in helpers:
            helper.start()
        self._stopping = stop
        renewed = float("-inf")
        troubles = 0
        with ThreadPoolExecutor(self.threads, thread_name_prefix="outbox") as pool:
            while not stop.is_set() or ((self._held or self._finished) and troubles < 5):
                self._collect()
                try:
                    if time.monotonic() - renewed > self.lease.total_seconds() / 4:
                        self._renew()
                        renewed = time.monotonic()
                    room = 0 if stop.is_set() else self.threads * ROWS_PER_THREAD - len(self._held)
                    for row in self._turn(self.clock(), room):
                        pool.submit(self._work, row)
                    troubles = 0
                except (SQLAlchemyError, OSError) as error:
                    troubles += 1
                    log.error("outbox.database", error=type(error).__name__, troubles=troubles)
                    time.sleep(min(0.1 * 2**troubles, 5.0))
        for helper in helpers:
            helper.join(2)

    def drain_once(self, now: datetime) -> int:
        """Send all that is due at `now`, one by one; returns how many attempts were made. Raises what the database
        raises."""
        attempts = 0
        while rows := self._turn(now, self.threads):
            attempts += len(rows)
            for row in rows:
                self._done(send(row, self.api, self.channel, now, self.allow_loopback))
        return attempts

    # -- threads -----------------------------------------------------------------------------------------

    def _wake(self, stop: threading.Event) -> None:
        """Tell the main thread whenever something was committed."""
        while not stop.is_set():
            try:
                self.database.wait_for_change(IDLE_SECONDS)
            except Exception as error:  # sqlite3's and psycopg's own; the main thread looks every second anyway
                log.error("outbox.wake", error=type(error).__name__)
                stop.wait(IDLE_SECONDS)
            self._events.put(None)

    def _work(self, row: Claimed) -> None:
        """In a thread of the pool: send, and say how it went."""
        if self._stopping.is_set() or time.monotonic() > self._leased_until:
            # Not begun, or the database was away for so long that another worker may have it by now.
            self._events.put(put_back(row))
        else:
            self._events.put(send(row, self.api, self.channel, self.clock(), self.allow_loopback))

    def _collect(self) -> None:
        """Wait for something to do, and take all that is there."""
        try:
            event = self._events.get(timeout=IDLE_SECONDS)
            while True:
                if event is not None:
                    self._done(event)
                event = self._events.get_nowait()
        except queue.Empty:
            return

    def _done(self, outcome: Outcome) -> None:
        self._finished.append(outcome)
        self._held.discard(outcome.id)

    # -- the database ------------------------------------------------------------------------------------

    def _turn(self, now: datetime, room: int) -> list[Claimed]:
        """Store what is finished and claim up to `room` due messages, in one transaction."""
        if not self._finished and (room <= 0 or not self._anything_due(now)):
            return []
        with self.database.write() as session:
            if self._finished:
                self._store(session, now)
            claimed = self._claim(session, now, room) if room > 0 else []
        self._finished.clear()
        self._held.update(row.id for row in claimed)
        return claimed

    def _anything_due(self, now: datetime) -> bool:
        """A look without the write lock."""
        with self.database.read() as session:
            return (
                session.execute(
                    select(OutboxMessage.id).where(OutboxMessage.status.in_(_OPEN_STATUSES), _due(now)).limit(1)
                ).first()
                is not None
            )

    def _claim(self, session: Session, now: datetime, room: int) -> list[Claimed]:
        row = OutboxMessage
        found = session.execute(
            select(
                row.id,
                Conversation.line_user_id,
                Conversation.reachable,
                row.messages,
                row.retry_key,
                row.reply_token,
                row.reply_expires_at,
                row.urgent,
                row.attempts + 1,
                row.via,
                case((row.status == "sending", row.lease_until), else_=row.next_attempt_at),
            )
            .join(Conversation, Conversation.id == row.conversation_id)
            .where(row.status.in_(_OPEN_STATUSES), _due(now), ~_behind_another(now))
            .order_by(row.next_attempt_at, row.id)
            .limit(room)
            .with_for_update(skip_locked=True, of=row)
        ).all()
        claimed = [Claimed(*columns) for columns in found]
        by_reply = [one.id for one in claimed if one.can_reply(now)]
        by_push = [one.id for one in claimed if not one.can_reply(now)]
        for via, ids in (("reply", by_reply), ("push", by_push)):
            if ids:
                session.execute(
                    update(row)
                    .where(row.id.in_(ids))
                    .values(
                        status="sending",
                        via=via,
                        attempts=row.attempts + 1,
                        lease_until=now + self.lease,
                        lease_owner=self.owner,
                    )
                    .execution_options(synchronize_session=False)
                )
        return claimed

    def _store(self, session: Session, now: datetime) -> None:
        """Store outcomes, unless the lease ran out and another worker took over."""
        table = OutboxMessage.__table__
        session.connection().execute(
            update(OutboxMessage)
            .where(table.c.id == bindparam("row"), table.c.lease_owner == self.owner, table.c.status == "sending")
            .values(lease_until=None, lease_owner=None),
            [
                {
                    "row": outcome.id,
                    "status": outcome.status,
                    "via": outcome.via,
                    "attempts": outcome.attempts,
                    "next_attempt_at": now + timedelta(seconds=outcome.wait),
                    "sent_at": now if outcome.status == "sent" else None,
                    "error": outcome.error,
                    "line_request_id": outcome.line_request_id,
                }
                for outcome in self._finished
            ],
        )

        # Answers of the chat door to the integrity desk: a row that stayed would show that this person used it, and
        # when, to whoever reads the database. Undeliverable ones go too: they may hold the one-time link.
        session.execute(
            delete(OutboxMessage)
            .where(
                OutboxMessage.id.in_([outcome.id for outcome in self._finished]),
                OutboxMessage.subject == SEALED,
                OutboxMessage.status.in_(("sent", "failed", "withdrawn")),
            )
            .execution_options(synchronize_session=False)
        )

    def _renew(self) -> None:
        """Lengthen the leases of what is being sent."""
        until = time.monotonic() + self.lease.total_seconds()
        if self._held:
            with self.database.write() as session:
                session.execute(
                    update(OutboxMessage)
                    .where(
                        OutboxMessage.id.in_(self._held),
                        OutboxMessage.lease_owner == self.owner,
                        OutboxMessage.status == "sending",
                    )
                    .values(lease_until=self.clock() + self.lease)
                    .execution_options(synchronize_session=False)
                )
        self._leased_until = until


def _due(now: datetime) -> ColumnElement[bool]:
    row = OutboxMessage
    return or_(
        and_(row.status == "pending", row.next_attempt_at <= now), and_(row.status == "sending", row.lease_until < now)
    )


def _behind_another(now: datetime) -> ColumnElement[bool]:
    """An earlier message of the conversation must go first."""
    earlier = aliased(OutboxMessage)
    return exists().where(
        earlier.conversation_id == OutboxMessage.conversation_id,
        earlier.id < OutboxMessage.id,
        earlier.status.in_(_OPEN_STATUSES),
        or_(
            earlier.status == "sending",
            earlier.next_attempt_at <= now,
            and_(earlier.attempts < ORDERED_ATTEMPTS, earlier.via != "held"),
        ),
    )
