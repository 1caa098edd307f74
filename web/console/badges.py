"""The numbers beside the lines of the menu: what waits for somebody now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.agency import Staff, Unit
from models.outbox import OutboxMessage
from thai.dates import bangkok_date
from web.console import duty_list, worklist


def badges(session: Session, staff: Staff, endpoints: set[str], now: datetime) -> dict[str, int]:
    """How much waits behind each of these pages; those with nothing are left out."""
    found = {}
    if "console.inbox.index" in endpoints:
        found["console.inbox.index"] = worklist.counts(session, staff, now).late
    if "console.deliveries.index" in endpoints:
        failed = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == "failed")
        found["console.deliveries.index"] = session.scalar(failed) or 0
    if "console.units.index" in endpoints:
        suggested = select(func.count()).select_from(Unit).where(Unit.suggested, Unit.active)
        found["console.units.index"] = session.scalar(suggested) or 0
    if "console.duties.index" in endpoints:
        found["console.duties.index"] = duty_list.late_count(session, staff, bangkok_date(now))
    return {endpoint: count for endpoint, count in found.items() if count}
