"""Polls: one vote a person, and nobody can tell whose was which. No verb commits.

Who voted and what was voted are two rows that all voters of a poll share (models.participation): nothing to join, no
order, no time; neither the audit log nor the outbox says what was chosen.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from handlers import audit
from handlers.participation.activities import ParticipationError
from models.agency import Staff
from models.participation import Poll, PollMarks, PollVotes
from reports.document import Chart
from thai.dates import ThaiDateError, bangkok_date, parse_date

LEAST_OPTIONS, MOST_OPTIONS = 2, 8
LONGEST_QUESTION, LONGEST_OPTION = 300, 60
Shared = TypeVar("Shared", PollMarks, PollVotes)


@dataclass(frozen=True, slots=True)
class Result:
    """Votes by option in the order of the poll; `total` of them."""

    options: tuple[tuple[str, int], ...]
    total: int

    def percent(self, count: int) -> float:
        """A share of the total, one place; 0 without votes."""
        return round(100 * count / self.total, 1) if self.total else 0.0


def save(
    session: Session,
    poll: Poll | None,
    staff: Staff,
    now: datetime,
    *,
    question: str,
    options: Sequence[str],
    opens: str,
    closes: str,
) -> Poll:
    """A new poll (None) or a change of a draft. Days as people write them. Raises ParticipationError."""
    if poll is not None and poll.published:
        raise ParticipationError("question", "เผยแพร่แล้ว แก้ไขไม่ได้ เพื่อความเป็นธรรมกับผู้ที่ออกเสียงแล้ว")
    question = " ".join(question.split())
    kept = list(dict.fromkeys(option for raw in options if (option := " ".join(raw.split()))))
    if not question or len(question) > LONGEST_QUESTION:
        raise ParticipationError("question", f"กรุณากรอกคำถาม ไม่เกิน {LONGEST_QUESTION} ตัวอักษร")
    if not LEAST_OPTIONS <= len(kept) <= MOST_OPTIONS:
        raise ParticipationError("options", f"กรุณากรอกตัวเลือก {LEAST_OPTIONS} ถึง {MOST_OPTIONS} ข้อ บรรทัดละข้อ ไม่ซ้ำกัน")
    if any(len(option) > LONGEST_OPTION for option in kept):
        raise ParticipationError("options", f"ตัวเลือกยาวได้ข้อละไม่เกิน {LONGEST_OPTION} ตัวอักษร")
    today = bangkok_date(now)
    first, last = _day("opens", opens, today), _day("closes", closes, today)
    if last < first or last < today:
        raise ParticipationError("closes", "วันปิดต้องไม่ก่อนวันเปิด และไม่ก่อนวันนี้")
    new = poll is None
    if poll is None:
        poll = Poll(created_at=now)
        session.add(poll)
    poll.question, poll.options, poll.opens_on, poll.closes_on = question, kept, first, last
    session.flush()
    audit.record(session, f"staff:{staff.id}", "poll_added" if new else "poll_changed", f"poll:{poll.id}")
    return poll


def _day(name: str, text: str, today: date) -> date:
    try:
        return parse_date(text, today, prefer="future")
    except ThaiDateError as error:
        raise ParticipationError(name, str(error).replace("\n", " ")) from None


def publish(session: Session, poll: Poll, staff: Staff, now: datetime) -> None:
    """Let people vote from its first day on. Raises ParticipationError."""
    if poll.published:
        raise ParticipationError("question", "เผยแพร่แล้ว")
    if poll.closes_on < bangkok_date(now):
        raise ParticipationError("closes", "วันปิดผ่านไปแล้ว กรุณาแก้วันก่อน")
    poll.published = True
    session.flush()
    audit.record(session, f"staff:{staff.id}", "poll_published", f"poll:{poll.id}")


def is_open(poll: Poll, now: datetime) -> bool:
    """True while one can vote."""
    return poll.published and poll.opens_on <= bangkok_date(now) <= poll.closes_on


def result_is_public(poll: Poll, now: datetime) -> bool:
    """The result is shown when the poll is over: what others chose steers nobody."""
    return poll.published and bangkok_date(now) > poll.closes_on


def _mark(secret_key: str, poll_id: int, person: str) -> str:
    """Who voted, in this poll only: nobody without the installation's key can tell or try."""
    return hmac.new(secret_key.encode(), f"voted|{poll_id}|{person}".encode(), hashlib.sha256).hexdigest()[:32]


def has_voted(session: Session, poll: Poll, person: str, secret_key: str) -> bool:
    """True when this person (LINE user id) has voted."""
    marks = session.get(PollMarks, poll.id)
    return marks is not None and _mark(secret_key, poll.id, person) in marks.people


def vote(
    session: Session, agency_id: int, poll: Poll, option: int, person: str, secret_key: str, now: datetime
) -> bool:
    """Count the vote for an option (0 first); False when this person has voted before. Raises ParticipationError."""
    if not is_open(poll, now) or not 0 <= option < len(poll.options):
        raise ParticipationError("option", "แบบสำรวจนี้ปิดแล้วค่ะ")
    marks = _locked(session, PollMarks, agency_id, poll.id, people=[])
    mark = _mark(secret_key, poll.id, person)
    if mark in marks.people:
        return False
    marks.people = sorted([*marks.people, mark])
    votes = _locked(session, PollVotes, agency_id, poll.id, counts={})
    votes.counts = {**votes.counts, str(option): int(votes.counts.get(str(option), 0)) + 1}
    session.flush()
    return True


def _locked(session: Session, table: type[Shared], agency_id: int, poll_id: int, **empty: Any) -> Shared:
    """The poll's row, made if it is not there, and nobody else's until the transaction ends."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(table).values(agency_id=agency_id, poll_id=poll_id, **empty).on_conflict_do_nothing())
    found = select(table).where(table.poll_id == poll_id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()


def result(session: Session, poll: Poll) -> Result:
    """The votes as they stand."""
    votes = session.get(PollVotes, poll.id)
    counts = votes.counts if votes else {}
    options = tuple((label, int(counts.get(str(place), 0))) for place, label in enumerate(poll.options))
    return Result(options, sum(count for _, count in options))


def chart(poll: Poll, found: Result) -> Chart:
    """The result as reports.charts draws it."""
    return Chart(
        title="ผลการออกเสียง",
        labels=tuple(label for label, _ in found.options),
        series=(("เสียง", tuple(float(count) for _, count in found.options)),),
        unit="เสียง",
    )


def published(session: Session, most: int = 50) -> list[Poll]:
    """Every published poll, the one that closes last first."""
    query = select(Poll).where(Poll.published).order_by(Poll.closes_on.desc(), Poll.id.desc())
    return list(session.scalars(query.limit(most)))


def open_now(session: Session, now: datetime) -> list[Poll]:
    """The polls in which one can vote now."""
    return [poll for poll in published(session) if is_open(poll, now)]
