"""An officer's list: their reports with what is new, late or waiting for them. Nothing is decrypted for it.

What is new is read out of the audit, which knows the order of acts: something moved after the officer last looked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity import audit, casework
from integrity.config import Config
from integrity.sealing import officer_reader
from integrity.tables import DONE, STATUSES, Approval, AuditRow, Officer, Report

_ONLY_LOOKING = ("report.read", "file.read", "report.packed")


@dataclass(frozen=True, slots=True)
class Line:
    """One report in the list. `awaits_approval`: another officer asked for something that this one may approve.
    `time_over`: kept long enough; its deletion may be asked for."""

    report: Report
    unread: bool
    overdue: bool
    awaits_approval: bool
    time_over: bool


def lines(session: Session, config: Config, officer: Officer, today: date) -> list[Line]:
    """The officer's reports, newest first. `today`: Bangkok."""
    reports = casework.visible(session, officer)
    unread = _moved_since_read(session, config, officer, [report.id for report in reports])
    awaiting = _awaiting(session, officer, [report.id for report in reports])
    return [
        Line(
            report,
            unread=report.id in unread,
            overdue=report.status not in DONE and report.due_on < today,
            awaits_approval=report.id in awaiting,
            time_over=casework.may_be_deleted(report, today),
        )
        for report in reports
    ]


def counts(listed: list[Line]) -> dict[str, int]:
    """How many of them are in each status, in the order of the work."""
    counted = Counter(line.report.status for line in listed)
    return {status: counted[status] for status in STATUSES}


def _moved_since_read(session: Session, config: Config, officer: Officer, ids: list[str]) -> set[str]:
    key, me = audit.subject_key(config), officer_reader(officer.id)
    subjects = {audit.subject(key, report_id): report_id for report_id in ids}
    rows = session.execute(
        select(AuditRow.subject, AuditRow.actor, AuditRow.action)
        .where(AuditRow.desk_id == officer.desk_id, AuditRow.subject != "")
        .order_by(AuditRow.number)
    )
    moved = set()
    for subject, actor, action in rows:
        if subject not in subjects:
            continue
        if actor == me:
            moved.discard(subject)
        elif action not in _ONLY_LOOKING:
            moved.add(subject)
    return {subjects[subject] for subject in moved}


def _awaiting(session: Session, officer: Officer, ids: list[str]) -> set[str]:
    asked = select(Approval.report_id).where(
        Approval.report_id.in_(ids),
        Approval.asked_by_id != officer.id,
        Approval.approved_by_id.is_(None),
        Approval.used.is_(False),
    )
    return set(session.scalars(asked))
