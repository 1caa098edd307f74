"""A step in a case's life: its timeline, the audit log, and the clock that some steps stop."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.complaints.due import after_pauses
from models.agency import Staff
from models.case import Case, CaseEvent, CasePause


def actor_of(staff: Staff) -> str:
    return f"staff:{staff.id}"


def step(
    session: Session, case: Case, actor: str, action: str, now: datetime, note: str = "", **detail: Any
) -> CaseEvent:
    """Write one step (handlers/complaints/labels.py ACTION_LABEL names it). `note` is what the reporter is told;
    `detail`: ids, states and dates only."""
    event = CaseEvent(
        case_id=case.id,
        at=now,
        action=action,
        staff_id=int(actor.removeprefix("staff:")) if actor.startswith("staff:") else None,
        public_note=note,
        detail=detail,
    )
    session.add(event)
    session.flush()
    audit.record(session, actor, f"case_{action}", f"case:{case.id}", **detail)
    return event


def stop_clock(session: Session, case: Case, reason: str, now: datetime) -> None:
    """From now on the work waits for somebody else."""
    session.add(CasePause(case_id=case.id, reason=reason, started_at=now))
    session.flush()


def start_clock(session: Session, agency: AgencyView, case: Case, now: datetime) -> bool:
    """End the present wait, if there is one, and move the due date on by the office time it took. True if moved."""
    before = case.due_at
    open_pauses = select(CasePause).where(CasePause.case_id == case.id, CasePause.ended_at.is_(None))
    for pause in session.scalars(open_pauses).all():
        pause.ended_at = now
        case.due_at = after_pauses(agency, case.due_at, [(pause.started_at, now)], now)
    return case.due_at != before
