"""Duties that no calendar gives: something happened (a new นายก, a new or moved officer), or something ends (a domain
name, a committee's term)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.duties.rules import drop, new_duty
from handlers.duties.schedule import EVENTS, Occurrence, event_day, expiry_day
from models.duty import Duty, DutyRule
from models.measure import RegisterEntry
from thai.dates import bangkok_date, format_date
from thai.fiscal import fiscal_year


def record_event(
    session: Session,
    agency: AgencyView,
    event: str,
    happened_on: date,
    about: str,
    label: str,
    actor: str,
    now: datetime,
) -> list[Duty]:
    """Something of EVENTS happened on that day: the duties that the year's rules give for it. `about` names what it
    happened to ("staff:7"), so that it counts once; `label` is shown beside the title. Raises KeyError for an unknown
    event."""
    subject = f"event:{event}:{about}:{happened_on.isoformat()}"
    made = []
    for rule in _rules(session, fiscal_year(happened_on), "event"):
        if rule.schedule["event"] != event:
            continue
        if session.scalar(select(Duty.id).where(Duty.rule_id == rule.id, Duty.period_key == subject)) is not None:
            continue
        planned, due = event_day(rule.schedule, happened_on, agency.calendar)
        duty = new_duty(agency, rule, Occurrence(subject, label or EVENTS[event], planned, due), now)
        session.add(duty)
        made.append(duty)
    session.flush()
    audit.record(session, actor, "duty_event_recorded", about, event=event, count=len(made))
    return made


def make_expiries(session: Session, agency: AgencyView, now: datetime) -> int:
    """The duties for all register entries that end. How many new."""
    entries = session.scalars(
        select(RegisterEntry).where(RegisterEntry.expires_on >= bangkok_date(now)).order_by(RegisterEntry.id)
    ).all()
    return sum(sync_entry(session, agency, entry, now) for entry in entries)


def sync_entry(session: Session, agency: AgencyView, entry: RegisterEntry, now: datetime) -> int:
    """After an entry was saved: the duty to renew it in time. An end that moved takes back what nobody has begun. How
    many new."""
    today, made = bangkok_date(now), 0
    key = f"entry:{entry.id}:{entry.expires_on.isoformat() if entry.expires_on else ''}"
    _withdraw(session, agency, entry, key, now)
    if entry.expires_on is None or entry.expires_on < today:
        return 0
    for rule in _rules(session, fiscal_year(today), "expiry"):
        if rule.schedule["register"] != entry.register:
            continue
        known = select(Duty.id).join(Duty.rule).where(DutyRule.key == rule.key, Duty.period_key == key)
        if session.scalars(known).first() is not None:  # perhaps in last year's calendar
            continue
        planned, due = expiry_day(rule.schedule, entry.expires_on, agency.calendar)
        if due < today:  # known too late for the usual day: before it ends then
            due = max(today, agency.calendar.shift_reminder(entry.expires_on))
        label = f"{entry.title} หมดอายุ {format_date(entry.expires_on)}"
        session.add(new_duty(agency, rule, Occurrence(key, label, planned, due), now))
        made += 1
    session.flush()
    return made


def _withdraw(session: Session, agency: AgencyView, entry: RegisterEntry, key: str, now: datetime) -> None:
    """Open duties of this entry for another end."""
    old = session.scalars(
        select(Duty).where(Duty.period_key.like(f"entry:{entry.id}:%"), Duty.period_key != key, Duty.status == "open")
    ).all()
    for duty in old:
        drop(session, agency, duty, "วันหมดอายุเปลี่ยน", None, now)


def _rules(session: Session, year: int, kind: str) -> Sequence[DutyRule]:
    """The active rules of that year of one kind; a handful, so they are picked here."""
    rules = session.scalars(select(DutyRule).where(DutyRule.fiscal_year == year, DutyRule.active).order_by(DutyRule.id))
    return [rule for rule in rules if rule.schedule.get("kind") == kind]
