"""A report told in chat, piece by piece: each answer is sealed on arrival and the server keeps no key to it.

The conversation holds a random draft id and a step, nothing else; submit and cancel remove the draft, and the report
that comes of it has another id. The receipt is never shown in chat: a one-time link leads to a page that makes it.
After the transaction of a submit, cancel or claim call Database.shred(), so that no log keeps what was removed.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from integrity import audit, notices, questions, reports, sealing
from integrity.config import Config
from integrity.questions import QUESTIONS
from integrity.sealing import REPORTER
from integrity.tables import Desk, Draft, DraftPiece, Entry, Report, ReportKey
from integrity.vault import envelope, receipt
from integrity.vault.reporter import ReporterKeys, derive
from thai.dates import bangkok_date

CLAIM_LIFE = timedelta(hours=1)
DRAFT_DAYS = 3  # an unfinished telling is thrown away after this many days


class DraftGone(LookupError):
    """Submitted, cancelled or too old."""


def begin(session: Session, desk: Desk, excluded: set[int], now: datetime, shown: set[int] | None = None) -> str:
    """Start a draft that only the officers not in `excluded` will be able to read; its random id.

    `shown`: as for sealing.allowed_officers. Raises sealing.NobodyLeft."""
    officers = sealing.allowed_officers(session, desk, excluded, shown)
    data_key, report_id = envelope.new_data_key(), secrets.token_hex(16)
    keys = sealing.sealed_for(officers, report_id, data_key)
    draft = Draft(
        id=secrets.token_hex(16),
        desk_id=desk.id,
        report_id=report_id,
        box_public=envelope.box_public(data_key),
        keys={reader: base64.b64encode(sealed).decode() for reader, sealed in keys.items()},
        touched_on=bangkok_date(now),
    )
    session.add(draft)
    session.flush()
    return draft.id


def put(session: Session, draft_id: str, step: str, text: str, now: datetime) -> None:
    """Seal the answer to the question `step`, instead of an earlier one; an empty one only takes that away.

    Raises DraftGone, questions.AnswersRefused; KeyError for no question of ours."""
    draft = _get(session, draft_id)
    answer = questions.check_answer(step, text)
    session.execute(delete(DraftPiece).where(DraftPiece.draft_id == draft_id, DraftPiece.step == step))
    if answer:
        entry_id = secrets.token_hex(16)
        context = sealing.entry_context(draft.report_id, "answers", entry_id, REPORTER)
        sealed = envelope.seal_to_box(draft.box_public, sealing.pack({"answers": {step: answer}}), context)
        session.add(DraftPiece(draft_id=draft_id, step=step, entry_id=entry_id, sealed=sealed))
    draft.touched_on = bangkok_date(now)
    session.flush()


def answered(session: Session, draft_id: str) -> set[str]:
    """The questions that have an answer. Raises DraftGone."""
    _get(session, draft_id)
    return set(session.scalars(select(DraftPiece.step).where(DraftPiece.draft_id == draft_id)))


def submit(session: Session, config: Config, desk: Desk, draft_id: str, now: datetime) -> str:
    """Make a report of the draft and forget the draft. Returns the token of the one-time link to the receipt, good
    for CLAIM_LIFE; only its hash is kept.

    Raises DraftGone; questions.AnswersRefused when a required answer is missing."""
    draft = _get(session, draft_id)
    pieces = {piece.step: piece for piece in session.scalars(select(DraftPiece).where(DraftPiece.draft_id == draft_id))}
    for question in QUESTIONS:
        if question.required and question.key not in pieces:
            questions.check_answer(question.key, "")
    token = secrets.token_urlsafe(32)
    report = reports.open_new(
        session, desk, draft.report_id, draft.box_public, now, claim_hash=_hash(token), claim_until=now + CLAIM_LIFE
    )
    if report is None:
        raise DraftGone
    for reader, sealed in draft.keys.items():
        session.add(ReportKey(report_id=report.id, reader=reader, sealed=base64.b64decode(sealed)))
    steps = [question.key for question in QUESTIONS if question.key in pieces]
    for position, step in enumerate(steps, start=1):
        session.add(
            Entry(
                id=pieces[step].entry_id,
                report_id=report.id,
                position=position,
                kind="answers",
                author=REPORTER,
                day=report.received_on,
                sealed=pieces[step].sealed,
                boxed=True,
            )
        )
    cancel(session, draft_id)
    audit.append(session, desk, REPORTER, "report.submitted", audit.subject_key(config), report.id, now=now)
    notices.touch(session, desk, report, now)
    return token


def cancel(session: Session, draft_id: str) -> None:
    """Delete the draft and every piece of it; nothing happens to one that is gone."""
    session.execute(delete(DraftPiece).where(DraftPiece.draft_id == draft_id))
    session.execute(delete(Draft).where(Draft.id == draft_id))
    session.flush()


def claim(
    session: Session,
    config: Config,
    token: str,
    now: datetime,
    number: str | None = None,
    keys: ReporterKeys | None = None,
) -> str | None:
    """The receipt for the bearer of the one-time link; None when it was used already, is too old or never was.

    `number`, `keys`: as for reports.submit."""
    taken = session.execute(
        update(Report)
        .where(Report.claim_hash == _hash(token), Report.claim_until > now)
        .values(claim_hash=None, claim_until=None)
        .returning(Report.id)
    ).scalar_one_or_none()
    if taken is None:
        return None
    number = number or receipt.new_receipt()
    keys = keys or derive(number, config.pepper, config.site_salt)
    report = session.get_one(Report, taken)
    report.lookup, report.reporter_public = keys.lookup, keys.public
    session.flush()
    return number


def drop_old(session: Session, now: datetime) -> int:
    """Delete drafts left alone for DRAFT_DAYS and close claims that are over; how many drafts went."""
    last_day = bangkok_date(now) - timedelta(days=DRAFT_DAYS)
    old = list(session.scalars(select(Draft.id).where(Draft.touched_on < last_day)))
    for draft_id in old:
        cancel(session, draft_id)
    session.execute(update(Report).where(Report.claim_until <= now).values(claim_hash=None, claim_until=None))
    return len(old)


def _get(session: Session, draft_id: str) -> Draft:
    draft = session.get(Draft, draft_id)
    if draft is None:
        raise DraftGone
    return draft


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
