"""Telling officers that something moved: one identical sentence, whatever it was, at most once an hour.

Who has no key to a report is never told of it, and nobody's notice shows when exactly something happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from integrity.database import Database
from integrity.sealing import officer_reader
from integrity.tables import Desk, Notice, Officer, Report, ReportKey
from integrity.upsert import insert_into

SENTENCE = "มีความเคลื่อนไหวในช่องทางแจ้งเบาะแสการทุจริต โปรดเข้าสู่ระบบเพื่อตรวจดู"


def touch(session: Session, desk: Desk, report: Report, now: datetime, but: int | None = None) -> None:
    """Something moved in `report`: tell its active readers when the hour is over, `but` the officer who did it."""
    readers = set(session.scalars(select(ReportKey.reader).where(ReportKey.report_id == report.id)))
    active = select(Officer.id).where(Officer.desk_id == desk.id, Officer.status == "active").order_by(Officer.id)
    for officer_id in session.scalars(active).all():
        if officer_reader(officer_id) in readers and officer_id != but:
            notice = insert_into(session, Notice).values(officer_id=officer_id, since=_full_hour(now))
            session.execute(notice.on_conflict_do_nothing())


def due(session: Session, now: datetime) -> list[Officer]:
    """Officers to be told SENTENCE now: something moved for them in an hour that is over."""
    waiting = select(Officer).join(Notice).where(Notice.since < _full_hour(now), Officer.status == "active")
    return list(session.scalars(waiting.order_by(Officer.id)))


def told(session: Session, officers: list[Officer]) -> None:
    """They were; a new movement starts a new hour."""
    session.execute(delete(Notice).where(Notice.officer_id.in_([officer.id for officer in officers])))


def deliver(database: Database, send: Callable[[str, str, str], bool] | None, now: datetime) -> int:
    """Tell every officer who is due and gave an e-mail address; how many. To be called hourly.

    `send(address, subject, words)` says whether it went out; None: this installation sends no mail. Whoever could not
    be reached is tried again in the next hour; whoever gave no address sees it at the next log-in."""
    with database.reading() as session:
        waiting = due(session, now)
    reached = [
        officer for officer in waiting if not officer.email or (send and send(officer.email, SENTENCE, SENTENCE))
    ]
    with database.writing() as session:
        told(session, reached)
    return sum(bool(officer.email) for officer in reached)


def _full_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
