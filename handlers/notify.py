"""Telling people things: outbox rows, written in the transaction of the change they tell of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from handlers.messages import Message, dump
from models.agency import Staff, Unit
from models.base import utc_now
from models.conversation import Conversation
from models.db import OUTBOX_CHANNEL
from models.outbox import OutboxMessage


def tell(
    session: Session,
    conversation_id: int,
    messages: Sequence[Message],
    dedupe_key: str,
    subject: str = "",
    urgent: bool = False,
) -> OutboxMessage | None:
    """Put messages to one person into the outbox (sent as a push); None when this was told already.

    `dedupe_key` names (what, about what, to whom), e.g. "case:12:done:1:c7"."""
    rows = _untold(session, [Telling(conversation_id, messages, dedupe_key, subject, urgent)])
    session.add_all(rows)
    session.flush()
    _wake_workers(session, rows)
    return rows[0] if rows else None


@dataclass(frozen=True, slots=True)
class Telling:
    """What tell takes, for one of many people. `agency_id`: whose; None: the session's."""

    conversation_id: int
    messages: Sequence[Message]
    dedupe_key: str
    subject: str = ""
    urgent: bool = False
    agency_id: int | None = None


def tell_many(session: Session, tellings: Sequence[Telling]) -> int:
    """As tell, for many people in three statements; how many were not told before."""
    rows = _untold(session, tellings)
    session.bulk_save_objects(rows)
    _wake_workers(session, rows)
    return len(rows)


def _untold(session: Session, tellings: Sequence[Telling]) -> list[OutboxMessage]:
    """Rows for what was not told before."""
    keys = [one.dedupe_key for one in tellings]
    known = set(session.scalars(select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(keys))))
    return [
        OutboxMessage(
            agency_id=one.agency_id or session.info.get("agency_id"),
            conversation_id=one.conversation_id,
            dedupe_key=one.dedupe_key,
            retry_key=str(uuid.uuid4()),
            messages=dump(one.messages),
            subject=one.subject,
            urgent=one.urgent,
            next_attempt_at=utc_now(),
        )
        for one in tellings
        if one.dedupe_key not in known
    ]


def _wake_workers(session: Session, rows: Sequence[OutboxMessage]) -> None:
    if rows and session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {OUTBOX_CHANNEL}"))


def tell_staff(
    session: Session,
    staff: Iterable[Staff],
    messages: Sequence[Message],
    dedupe_key: str,
    subject: str = "",
    urgent: bool = False,
) -> int:
    """Tell each of these people who has linked a LINE account (the console shows it to all); returns how many."""
    told = 0
    for person in staff:
        if not person.active or not person.line_user_id:
            continue
        conversation = session.scalars(
            select(Conversation).where(Conversation.line_user_id == person.line_user_id)
        ).first()
        if conversation and tell(session, conversation.id, messages, f"{dedupe_key}:s{person.id}", subject, urgent):
            told += 1
    return told


def unit_heads(session: Session, unit_id: int | None) -> list[Staff]:
    """The active heads of a unit; the ปลัด where there is none."""
    if unit_id is not None:
        heads = session.scalars(
            select(Staff).where(Staff.role == "head", Staff.unit_id == unit_id, Staff.active).order_by(Staff.id)
        ).all()
        if heads:
            return list(heads)
    return clerks(session)


def clerks(session: Session) -> list[Staff]:
    """The active ปลัด; where none is known, the admins: somebody always hears."""
    for role in ("clerk", "admin"):
        people = session.scalars(select(Staff).where(Staff.role == role, Staff.active).order_by(Staff.id)).all()
        if people:
            return list(people)
    return []


def answerer(session: Session, unit_id: int | None) -> Staff | None:
    """Who answers this unit's questions: the named officer (R02), else its head, else the ปลัด."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    if unit and unit.answerer and unit.answerer.active:
        return unit.answerer
    people = unit_heads(session, unit_id)
    return people[0] if people else None
