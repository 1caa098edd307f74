"""Taking note of a duty (รับทราบ): recorded with its time, and a late duty then waits before it climbs further."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.duties import reminders
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyEvent, DutyNotice
from thai.dates import bangkok_date


def acknowledge(session: Session, agency: AgencyView, duty: Duty, staff: Staff, now: datetime) -> date | None:
    """Note that this person took note of the duty. When it is late, the first to do so at the level that it has climbed
    to holds the next step back for HELD working days: the day until which it is held, else None. Whoever was told
    nothing changes nothing."""
    session.flush()
    session.refresh(duty, with_for_update={"key_share": True})
    said = session.scalars(
        select(DutyNotice).where(DutyNotice.duty_id == duty.id, DutyNotice.due_on == duty.due_on)
    ).all()
    mine = [notice for notice in said if notice.staff_id == staff.id]
    if duty.status not in LIVE_DUTY_STATUSES or not mine:
        return None
    level, today = reminders.reached(duty), bangkok_date(now)
    at_this_level = [notice for notice in said if notice.level == level]
    holds = (
        today > duty.due_on
        and level < reminders.MAYOR
        and any(notice in mine for notice in at_this_level)
        and not any(_noted_late(notice) for notice in at_this_level)
    )
    for notice in mine:
        if holds or notice.acknowledged_at is None:
            notice.acknowledged_at = now
    held = None
    if holds:
        held = reminders.late_day(today, reminders.HELD, agency.calendar) - timedelta(days=1)
        if duty.escalated_for == duty.due_on and duty.climb_after is not None:
            held = max(held, duty.climb_after)
        duty.escalation, duty.escalated_for, duty.climb_after = level, duty.due_on, held
    duty.wake_at = reminders.next_wake(duty, agency.calendar, now)
    session.add(DutyEvent(duty_id=duty.id, at=now, action="acknowledged", staff_id=staff.id, detail={"level": level}))
    audit.record(session, f"staff:{staff.id}", "duty_acknowledged", f"duty:{duty.id}", level=level)
    return held


def _noted_late(notice: DutyNotice) -> bool:
    return notice.acknowledged_at is not None and bangkok_date(notice.acknowledged_at) > notice.due_on
