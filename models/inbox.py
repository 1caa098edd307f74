"""The webhook's hot path: take events, lock conversations, store what was decided.

Raw statements on purpose: the ORM's unit of work costs 1.9 ms CPU an event, these 0.1-0.3 ms. PostgreSQL does
each half in one statement. Conversations are locked in the order of their LINE user ids, so that two webhooks
about the same people never wait for each other crosswise.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from models.db import OUTBOX_CHANNEL, Transaction, from_sqlite_time, sqlite_time

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Incoming:
    """The envelope of one webhook event. `at` is LINE's timestamp (UTC)."""

    event_id: str
    user_id: str
    kind: str
    at: datetime


@dataclass(slots=True)
class Talk:
    """A conversation's row as the hot path needs it; change the fields and `settle` stores them.

    What a talk left as it was is not stored: staff who answer in the same transaction set it by the ORM."""

    id: int
    user_id: str
    state: str
    last_event_at: datetime | None
    reachable: bool
    consent_version: int | None
    handoff_id: int | None
    reply_case_id: int | None
    handoff_was: int | None = field(init=False)
    reply_case_was: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.handoff_was, self.reply_case_was = self.handoff_id, self.reply_case_id


@dataclass(slots=True)
class Outgoing:
    """An outbox row to be. `messages` is JSON text (handlers/messages.py)."""

    conversation_id: int
    dedupe_key: str
    messages: str
    reply_token: str | None = None
    reply_expires_at: datetime | None = None
    urgent: bool = False
    subject: str = ""
    retry_key: str = field(default_factory=lambda: str(uuid.uuid4()))


def _json(rows: Sequence[Incoming | Talk | Outgoing | str]) -> str:
    """Rows as one parameter: arrays of text cost psycopg ten times as much."""
    return _encode(rows).decode()


def take(tx: Transaction, incoming: Sequence[Incoming], now: datetime) -> tuple[set[str], dict[str, Talk]]:
    """Record the events and lock their conversations, creating what is new.

    Returns the ids of the events seen for the first time, and each user's conversation."""
    return (_take_sqlite if tx.sqlite else _take_postgres)(tx, incoming, now)


def settle(
    tx: Transaction,
    talks: Sequence[Talk],
    outgoing: Sequence[Outgoing],
    failures: Sequence[tuple[str, str]],
    now: datetime,
) -> None:
    """Store the conversations' new state and the outbox rows; mark failed events (id, error class)."""
    (_settle_sqlite if tx.sqlite else _settle_postgres)(tx, talks, outgoing, now)
    for event_id, error in failures:
        mark = "?" if tx.sqlite else "%s"
        tx.later(
            f"UPDATE webhook_event SET outcome = 'failed', error = {mark} "  # noqa: S608 - only the mark varies
            f"WHERE agency_id = {mark} AND event_id = {mark}",
            (error, tx.agency_id, event_id),
        )


_TALK = "id, line_user_id, state, last_event_at, reachable, consent_version, handoff_id, reply_case_id"


def _take_sqlite(tx: Transaction, incoming: Sequence[Incoming], now: datetime) -> tuple[set[str], dict[str, Talk]]:
    execute = tx.raw.execute
    stamp = sqlite_time(now)
    known = execute(
        "SELECT event_id FROM webhook_event WHERE agency_id = ? AND event_id IN (SELECT value FROM json_each(?))",
        (tx.agency_id, _json([event.event_id for event in incoming])),
    )
    fresh = {event.event_id: event for event in incoming}
    for (event_id,) in known:
        del fresh[event_id]
    tx.raw.executemany(
        "INSERT INTO webhook_event (agency_id, event_id, kind, received_at) VALUES (?, ?, ?, ?)",
        [(tx.agency_id, event.event_id, event.kind, stamp) for event in fresh.values()],
    )
    users = {event.user_id for event in fresh.values() if event.user_id}
    rows = execute(
        f"SELECT {_TALK} FROM conversation "  # noqa: S608 - only the constant column list is put in
        "WHERE agency_id = ? AND line_user_id IN (SELECT value FROM json_each(?))",
        (tx.agency_id, _json(list(users))),
    ).fetchall()
    for user_id in users.difference(row[1] for row in rows):
        rows += execute(
            f"INSERT INTO conversation (agency_id, line_user_id, created_at) VALUES (?, ?, ?) RETURNING {_TALK}",  # noqa: S608
            (tx.agency_id, user_id, stamp),
        ).fetchall()
    talks: dict[str, Talk] = {}
    for row in rows:
        last = from_sqlite_time(row[3]) if row[3] else None
        talks[row[1]] = Talk(row[0], row[1], row[2], last, bool(row[4]), row[5], row[6], row[7])
    return set(fresh), talks


# Events and conversations come back in one result: rows with an event id and the id of a question that may come of
# it, or a conversation.
TAKE_POSTGRES = f"""
WITH incoming AS (
    SELECT * FROM json_to_recordset(%(incoming)s::json) AS i(event_id text, kind text, user_id text)
), fresh AS (
    INSERT INTO webhook_event (agency_id, event_id, kind, received_at)
    SELECT %(agency)s, event_id, kind, %(now)s FROM incoming ORDER BY event_id
    ON CONFLICT DO NOTHING
    RETURNING event_id
), talk AS (
    INSERT INTO conversation (agency_id, line_user_id, created_at)
    SELECT DISTINCT %(agency)s::int, user_id, %(now)s::timestamptz FROM incoming
    WHERE user_id <> '' ORDER BY user_id
    ON CONFLICT (agency_id, line_user_id) DO UPDATE SET reachable = conversation.reachable
    RETURNING {_TALK}
)
SELECT NULL, {_TALK} FROM talk
UNION ALL
SELECT event_id, nextval('question_id_seq'), NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM fresh
"""  # noqa: S608 - only the constant column list is put in


def _take_postgres(tx: Transaction, incoming: Sequence[Incoming], now: datetime) -> tuple[set[str], dict[str, Talk]]:
    with tx.raw.pipeline():  # one round trip with BEGIN
        taken = tx.raw.execute(TAKE_POSTGRES, {"incoming": _json(incoming), "agency": tx.agency_id, "now": now})
    rows = taken.fetchall()
    tx.ids["question"] = iter(sorted(row[1] for row in rows if row[0] is not None))
    fresh = {row[0] for row in rows if row[0] is not None}
    talks = {row[2]: Talk(*row[1:]) for row in rows if row[0] is None}
    return fresh, talks


_OUTBOX = (
    "agency_id, conversation_id, dedupe_key, messages, reply_token, reply_expires_at, urgent, subject, "
    "retry_key, next_attempt_at, created_at"
)


def _settle_sqlite(tx: Transaction, talks: Sequence[Talk], outgoing: Sequence[Outgoing], now: datetime) -> None:
    stamp = sqlite_time(now)
    tx.raw.executemany(
        "UPDATE conversation SET state = ?, last_event_at = ?, reachable = ?, consent_version = ?, "
        "handoff_id = iif(? IS ?, handoff_id, ?), reply_case_id = iif(? IS ?, reply_case_id, ?) WHERE id = ?",
        [
            (
                talk.state,
                sqlite_time(talk.last_event_at) if talk.last_event_at else None,
                talk.reachable,
                talk.consent_version,
                *(talk.handoff_id, talk.handoff_was, talk.handoff_id),
                *(talk.reply_case_id, talk.reply_case_was, talk.reply_case_id),
                talk.id,
            )
            for talk in talks
        ],
    )
    tx.raw.executemany(
        f"INSERT INTO outbox_message ({_OUTBOX}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
        "ON CONFLICT (dedupe_key) DO NOTHING",
        [
            (
                tx.agency_id,
                row.conversation_id,
                row.dedupe_key,
                row.messages,
                row.reply_token,
                sqlite_time(row.reply_expires_at) if row.reply_expires_at else None,
                row.urgent,
                row.subject,
                row.retry_key,
                stamp,
                stamp,
            )
            for row in outgoing
        ],
    )


SETTLE_POSTGRES = f"""
WITH talk AS (
    UPDATE conversation SET state = t.state, last_event_at = t.last_event_at, reachable = t.reachable,
           consent_version = t.consent_version,
           handoff_id = CASE WHEN t.handoff_id IS DISTINCT FROM t.handoff_was
                             THEN t.handoff_id ELSE conversation.handoff_id END,
           reply_case_id = CASE WHEN t.reply_case_id IS DISTINCT FROM t.reply_case_was
                                THEN t.reply_case_id ELSE conversation.reply_case_id END
    FROM json_to_recordset(%(talks)s::json) AS t(id int, state text, last_event_at timestamptz, reachable bool,
         consent_version int, handoff_id int, reply_case_id int, handoff_was int, reply_case_was int)
    WHERE conversation.id = t.id
), out AS (
    INSERT INTO outbox_message ({_OUTBOX})
    SELECT %(agency)s, o.*, %(now)s, %(now)s
    FROM json_to_recordset(%(outgoing)s::json) AS o(conversation_id int, dedupe_key text, messages text,
         reply_token text, reply_expires_at timestamptz, urgent bool, subject text, retry_key text)
    ON CONFLICT (dedupe_key) DO NOTHING
)
SELECT CASE WHEN %(any)s THEN pg_notify('{OUTBOX_CHANNEL}', '') END
"""  # noqa: S608 - only constants are put in


def _settle_postgres(tx: Transaction, talks: Sequence[Talk], outgoing: Sequence[Outgoing], now: datetime) -> None:
    tx.later(
        SETTLE_POSTGRES,
        {
            "talks": _json(talks),
            "outgoing": _json(outgoing),
            "any": bool(outgoing),
            "agency": tx.agency_id,
            "now": now,
        },
    )
