"""Digests of duties that have not been sent, and the ledger's rows of which they speak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from handlers import outbox
from handlers.outbox import OutboxRefused
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyNotice
from models.outbox import MailMessage, OutboxMessage

PREFIX = "duties:"  # of a digest's dedupe_key; what follows is its digest_key
STATUSES = ("pending", "failed")
Digest = OutboxMessage | MailMessage


def digest_key(day: date, staff_id: int) -> str:
    """Of this person's message of the day."""
    return f"{day.isoformat()}:s{staff_id}"


def digests(
    session: Session, people: Collection[int], day: date | None = None, mail: bool = True
) -> dict[int, list[Digest]]:
    """By staff id the digests of these people that wait or failed, and those of `day`, oldest first. `mail`: e-mails
    too."""
    found: dict[int, list[Digest]] = defaultdict(list)

    def chosen(table: type[Digest], subject: InstrumentedAttribute[str]) -> Iterator[ColumnElement[bool]]:
        yield and_(table.agency_id == Staff.agency_id, subject == f"{PREFIX}s" + cast(Staff.id, String))
        yield Staff.id.in_(people)
        waits = table.status.in_(STATUSES)  # or it is of that day, as digest_key has it
        today = f"{PREFIX}{day.isoformat()}:s" + cast(Staff.id, String) if day is not None else None
        yield waits if today is None else or_(waits, table.dedupe_key == today)

    by_line = select(Staff.id, OutboxMessage).where(*chosen(OutboxMessage, OutboxMessage.subject))
    for staff_id, row in session.execute(by_line.order_by(OutboxMessage.id)):
        found[staff_id].append(row)
    by_mail = select(Staff.id, MailMessage).where(*chosen(MailMessage, MailMessage.subject_key))
    for staff_id, letter in session.execute(by_mail.order_by(MailMessage.id)) if mail else ():
        found[staff_id].append(letter)
    return found


def notices_of(session: Session, row: Digest) -> Sequence[DutyNotice]:
    """The ledger's rows of which a digest speaks."""
    key = row.dedupe_key.removeprefix(PREFIX)
    return session.scalars(
        select(DutyNotice)
        .where(DutyNotice.agency_id == row.agency_id, DutyNotice.digest_key == key, DutyNotice.withdrawn_at.is_(None))
        .order_by(DutyNotice.id)
    ).all()


def still_matters(session: Session, notice: DutyNotice) -> bool:
    """Whether what a notice says is so still: the duty is open and due on that day, and this person has neither sent
    it in nor taken note."""
    duty = session.get_one(Duty, notice.duty_id)
    sent_in = duty.status == "submitted" and duty.submitted_by_id == notice.staff_id
    live = duty.status in LIVE_DUTY_STATUSES and not sent_in
    return live and duty.due_on == notice.due_on and notice.acknowledged_at is None


def withdraw(session: Session, row: Digest, reason: str) -> bool:
    """Do not send it any more; False when it was sent a moment ago, or is being sent."""
    try:
        outbox.withdraw(session, row, reason)
    except OutboxRefused:
        return False
    return True
