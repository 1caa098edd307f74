"""Keeping no longer than needed (PDPA s. 37(3)): closed reports go when their time is over and two officers agreed.

Deletion destroys the sealed keys along with the ciphertext, on SQLite down to the bytes in the file. On PostgreSQL the
pages are freed for reuse by autovacuum; backups age out by the agency's own rules.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from integrity import audit, casework, drafts, sessions
from integrity.config import Config
from integrity.database import Database
from integrity.tables import DONE, Approval, Desk, Officer, Report
from thai.dates import bangkok_date


def proposed(session: Session, officer: Officer, today: date) -> list[Report]:
    """Reports of this officer whose time of keeping is over: to be asked about, never deleted by themselves."""
    return [report for report in casework.visible(session, officer) if casework.may_be_deleted(report, today)]


def run(database: Database, config: Config, now: datetime) -> int:
    """Delete what two officers agreed on and what is only leftovers; how many reports went. To be called daily."""
    with database.writing() as session:
        agreed = session.execute(
            select(Report, Approval)
            .join(Approval, Approval.report_id == Report.id)
            .where(
                Report.status.in_(DONE), Report.retain_until <= bangkok_date(now), Approval.what == "deletion",
                Approval.approved_by_id.is_not(None), Approval.approved_by_id != Approval.asked_by_id,
                Approval.used.is_(False),
            )
            .with_for_update()
        ).all()  # fmt: skip
        for report, approval in agreed:
            _delete(session, config, report, approval, now)
        drafts.drop_old(session, now)
        sessions.drop_old(session, now)
    database.shred()
    return len(agreed)


def _delete(session: Session, config: Config, report: Report, approval: Approval, now: datetime) -> None:
    desk = session.get_one(Desk, report.desk_id)
    asked_by, approved_by = approval.asked_by_id, approval.approved_by_id or 0
    session.execute(delete(Report).where(Report.id == report.id))  # and with it all that belongs to it
    audit.append(
        session, desk, "clock", "report.deleted", audit.subject_key(config), report.id, now=now,
        asked_by=asked_by, approved_by=approved_by,
    )  # fmt: skip
