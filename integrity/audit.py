"""The desk's log: every act of an officer and every change, chained by hashes, without content.

The chain shows that rows were changed, cut out or cut off. Somebody who can rewrite the whole database can also rewrite
the whole chain: against that, `head` is written down elsewhere (on paper, monthly) and given to `verify` later.
Reporters' looking in is not logged: when somebody reads is a trace of them, and nobody needs it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity.config import Config
from integrity.tables import AuditHead, AuditRow, Desk
from integrity.upsert import insert_into
from thai.dates import bangkok_date

GENESIS = bytes(32)
_TOKEN = re.compile(r"[a-z0-9_:.-]{0,64}")


def subject_key(config: Config) -> bytes:
    """The key under which report ids become subjects; lives outside the database."""
    return hmac.digest(config.pepper, b"audit subject", "sha256")


def subject(key: bytes, report_id: str) -> str:
    """The same 32 hex digits for every row of one report; "" for none."""
    return hmac.digest(key, report_id.encode(), "sha256").hex()[:32] if report_id else ""


def append(
    session: Session,
    desk: Desk,
    actor: str,
    action: str,
    subject_key: bytes,
    report_id: str = "",
    *,
    now: datetime,
    **detail: int | str,
) -> AuditRow:
    """Add one act to the desk's chain, in the caller's transaction; other appends wait until it ends.

    `actor`: "officer:3", "reporter", "clock" or "cli". `detail`: numbers and short lower-case codes (states, ids).
    Raises ValueError for anything that could be content; the message does not repeat it."""
    for value in (actor, action, *detail.values()):
        if isinstance(value, str) and not _TOKEN.fullmatch(value):
            raise ValueError("the audit takes codes and numbers only")
    head = _next_place(session, desk.id)
    row = AuditRow(
        desk_id=desk.id,
        number=head.number,
        day=bangkok_date(now),
        actor=actor,
        action=action,
        subject=subject(subject_key, report_id),
        detail=detail,
        previous=head.hash,
    )
    row.hash = head.hash = _hash(row)
    session.add(row)
    session.flush()
    return row


def head(session: Session, desk: Desk) -> tuple[int, bytes]:
    """Number and hash of the last row, to be kept outside; (0, GENESIS) for an empty chain."""
    found = session.get(AuditHead, desk.id, populate_existing=True)
    return (found.number, found.hash) if found else (0, GENESIS)


def verify(session: Session, desk: Desk, known: tuple[int, bytes] | None = None) -> list[str]:
    """What is wrong with the desk's chain, in Thai for those who look after it; [] when nothing is.

    `known`: a `head` written down earlier, which the chain must still go through; the hash may be cut short."""
    problems = []
    number, last = 0, GENESIS
    rows = select(AuditRow).where(AuditRow.desk_id == desk.id).order_by(AuditRow.number)
    for row in session.scalars(rows.execution_options(populate_existing=True, yield_per=500)):
        if row.number != number + 1:
            problems.append(f"ลำดับที่ {number + 1} ถึง {row.number - 1} หายไป")
        elif row.previous != last:
            problems.append(f"ลำดับที่ {row.number} ไม่ต่อจากลำดับก่อนหน้า")
        if row.hash != _hash(row):
            problems.append(f"ลำดับที่ {row.number} ถูกแก้ไข")
        if known and row.number == known[0] and not row.hash.startswith(known[1]):
            problems.append(f"ลำดับที่ {row.number} ไม่ตรงกับที่จดไว้")
        number, last = row.number, row.hash
    if (number, last) != head(session, desk):
        problems.append(f"ท้ายบันทึกไม่ครบ พบถึงลำดับที่ {number}")
    if known and number < known[0]:
        problems.append(f"พบถึงลำดับที่ {number} แต่เคยจดไว้ถึงลำดับที่ {known[0]}")
    return problems


def _next_place(session: Session, desk_id: int) -> AuditHead:
    """The chain's end moved on by one: locked until the transaction ends, with the hash that the new row follows."""
    place = (
        insert_into(session, AuditHead)
        .values(desk_id=desk_id, number=1, hash=GENESIS)
        .on_conflict_do_update(index_elements=["desk_id"], set_={"number": AuditHead.number + 1})
        .returning(AuditHead)
    )
    session.flush()
    return session.scalars(place, execution_options={"populate_existing": True}).one()


def _hash(row: AuditRow) -> bytes:
    parts: list[Any] = [row.desk_id, row.number, row.day.isoformat(), row.actor, row.action, row.subject, row.detail]
    canonical = json.dumps([*parts, row.previous.hex()], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).digest()
