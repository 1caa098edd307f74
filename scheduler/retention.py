"""What is deleted once it has been kept long enough. Each rule is safe to run again at any point.

The periods of cases and questions themselves are the agency's to decide and are not touched here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, delete, exists, or_, select, tuple_, update

from handlers import audit, files
from models.agency import LinkCode
from models.conversation import Conversation, WebhookEvent
from models.db import Database
from models.measure import Evidence
from models.outbox import MailMessage
from models.participation import Activity, SignUp
from models.thread import Attachment, ThreadMessage

DRAFT_DAYS = 90  # an unfinished form waits so long for its writer
ORPHAN_DAYS = 7  # a file that never became part of anything
SIGN_UP_DAYS = 365  # after the activity: names and phones have served their end (PDPA s.37(3))
MAIL_DAYS = 180
LINK_CODE_DAYS = 1  # after it ran out
AT_ONCE = 2000  # rows a transaction, so that the webhook never waits long

Rule = Callable[[Database, Path, int, datetime], int]


def forget_events(database: Database, before: datetime) -> int:
    """Delete the ids of webhook events received before (UTC); LINE no longer redelivers them. How many."""
    key = (WebhookEvent.agency_id, WebhookEvent.event_id)
    old = select(*key).where(WebhookEvent.received_at < before).limit(AT_ONCE)
    statement = (
        delete(WebhookEvent)
        .where(tuple_(*key).in_(old))
        .returning(WebhookEvent.event_id)
        .execution_options(synchronize_session=False)
    )
    gone = 0
    while True:
        with database.write() as session:
            done = len(session.execute(statement).all())
        gone += done
        if done < AT_ONCE:
            return gone


def drop_link_codes(database: Database, data: Path, agency_id: int, now: datetime) -> int:
    """Delete the codes that ran out, used or not."""
    old = delete(LinkCode).where(LinkCode.expires_at < now - timedelta(days=LINK_CODE_DAYS))
    with database.write(agency_id) as session:
        return len(session.execute(old.returning(LinkCode.id)).all())


def drop_drafts(database: Database, data: Path, agency_id: int, now: datetime) -> int:
    """Forget unfinished forms that nobody has touched for DRAFT_DAYS."""
    with database.write(agency_id) as session:
        talks = session.scalars(
            select(Conversation)
            .where(
                Conversation.last_event_at < now - timedelta(days=DRAFT_DAYS),
                or_(Conversation.state.contains('"form"'), Conversation.state.contains('"shelf"')),
            )
            .limit(AT_ONCE)
            .with_for_update()
        ).all()
        for talk in talks:
            state = json.loads(talk.state)
            state.pop("form", None)
            state.pop("shelf", None)
            talk.state = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
        if talks:
            audit.record(session, "clock", "drafts_dropped", count=len(talks))
        return len(talks)


def drop_orphans(database: Database, data: Path, agency_id: int, now: datetime) -> int:
    """Delete files that belong to no case, no message, no evidence and no draft, ORPHAN_DAYS after they came.

    The row is marked before the file goes and deleted after, so that a crash in between only means doing it again."""
    orphan: tuple[ColumnElement[bool], ...] = (
        Attachment.created_at < now - timedelta(days=ORPHAN_DAYS),
        Attachment.case_id.is_(None),
        ~exists().where(ThreadMessage.attachment_id == Attachment.id),
        ~exists().where(Evidence.attachment_id == Attachment.id),
    )
    with database.write(agency_id) as session:
        found = session.execute(
            select(Attachment.id, Attachment.path, Conversation.state)
            .outerjoin(Conversation, Conversation.id == Attachment.conversation_id)
            .where(*orphan)
            .limit(AT_ONCE)
        ).all()
        paths = {row.id: row.path for row in found if row.id not in _files_of_drafts(row.state)}
        session.execute(update(Attachment).where(Attachment.id.in_(paths)).values(status="gone"))
    for path in paths.values():
        if path:
            files.remove(data, path)
    if paths:
        with database.write(agency_id) as session:
            session.execute(delete(Attachment).where(Attachment.id.in_(paths)))
            audit.record(session, "clock", "orphan_files_deleted", count=len(paths))
    return len(paths)


def _files_of_drafts(state: str | None) -> set[int]:
    """The attachments that unfinished forms hold: the only answers that are lists of numbers."""
    known = json.loads(state or "{}")
    drafts = [known.get("form") or {}, *known.get("shelf", {}).values()]
    lists = [value for draft in drafts for value in draft.get("answers", {}).values() if isinstance(value, list)]
    return {one for values in lists for one in values if isinstance(one, int)}


def forget_who_signed_up(database: Database, data: Path, agency_id: int, now: datetime) -> int:
    """Forget names and telephone numbers of an activity's web sign-ups SIGN_UP_DAYS after it ended; the numbers of its
    report stay."""
    over = select(Activity.id).where(Activity.ends_at < now - timedelta(days=SIGN_UP_DAYS))
    named = (SignUp.activity_id.in_(over), or_(SignUp.name != "", SignUp.phone != ""))
    with database.write(agency_id) as session:
        gone = session.execute(update(SignUp).where(*named).values(name="", phone="").returning(SignUp.id)).all()
        if gone:
            audit.record(session, "clock", "sign_ups_forgotten", count=len(gone))
        return len(gone)


def drop_mail(database: Database, data: Path, agency_id: int, now: datetime) -> int:
    """Delete e-mails to staff MAIL_DAYS after they were sent or given up."""
    old = delete(MailMessage).where(
        MailMessage.status.in_(("sent", "failed", "withdrawn")),
        MailMessage.created_at < now - timedelta(days=MAIL_DAYS),
    )
    with database.write(agency_id) as session:
        return len(session.execute(old.returning(MailMessage.id)).all())


AGENCY_RULES: tuple[Rule, ...] = (drop_link_codes, drop_drafts, drop_orphans, forget_who_signed_up, drop_mail)
