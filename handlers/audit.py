"""Writing the audit log: one line per act, never the content."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from models.audit import AuditEntry


def record(session: Session, actor: str, action: str, subject: str = "", **detail: Any) -> None:
    """Note that `actor` ("staff:7", "citizen:12", "web", "clock", "cli") did `action` to `subject` ("case:12").

    `detail`: ids, states and field names only; never what a person wrote."""
    session.add(AuditEntry(actor=actor, action=action, subject=subject, detail=detail))


def clock_entry(agency_id: int, action: str, subject: str, **detail: Any) -> AuditEntry:
    """What record adds, for an agency that the session is not scoped to: the clock writes several agencies' at once."""
    return AuditEntry(agency_id=agency_id, actor="clock", action=action, subject=subject, detail=detail)
