"""Duties that no calendar gives: something happened (a new นายก, a new or moved officer), or something ends (a domain
name, a committee's term)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.duties.giving import drop, new_duty
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
    for rule in _rules(session, "event", DutyRule.fiscal_year == fiscal_year(happened_on)):
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


def make_expiries_due(session: Session, now: datetime) -> list[int]:
    """The agencies with register entries whose end is new or has moved; `session` is not scoped."""
    moved = RegisterEntry.expires_on.is_distinct_from(RegisterEntry.watched_until)
    return list(session.scalars(select(RegisterEntry.agency_id).where(moved).distinct()))


def make_expiries(session: Session, agency: AgencyView, now: datetime) -> int:
    """The duties for all register entries that end, as far as they begin in a year that has rules; an end that moved
    takes back what nobody has begun. How many new."""
    entries = session.scalars(
        select(RegisterEntry)
        .where(or_(RegisterEntry.expires_on.is_not(None), RegisterEntry.watched_until.is_not(None)))
        .order_by(RegisterEntry.id)
    ).all()
    if not entries:
        return 0
    today = bangkok_date(now)
    rules = _rules(session, "expiry", DutyRule.fiscal_year >= fiscal_year(today))
    return sum(_sync(session, agency, rules, entry, now) for entry in entries)


def _sync(session: Session, agency: AgencyView, rules: Sequence[DutyRule], entry: RegisterEntry, now: datetime) -> int:
    today, made = bangkok_date(now), 0
    key = f"entry:{entry.id}:{entry.expires_on.isoformat() if entry.expires_on else ''}"
    if entry.watched_until != entry.expires_on:
        _withdraw(session, agency, entry, key, now)
        entry.watched_until = entry.expires_on
    if entry.expires_on is None or entry.expires_on < today:
        return 0
    for rule in rules:
        planned, due = expiry_day(rule.schedule, entry.expires_on, agency.calendar)
        if due < today:  # known too late for the usual day: before it ends then
            due = max(today, agency.calendar.shift_reminder(entry.expires_on))
        if rule.schedule["register"] != entry.register or rule.fiscal_year != fiscal_year(due):
            continue
        known = select(Duty.id).join(Duty.rule).where(DutyRule.key == rule.key, Duty.period_key == key)
        if session.scalars(known).first() is not None:
            continue
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


def _rules(session: Session, kind: str, *conditions: ColumnElement[bool]) -> Sequence[DutyRule]:
    """The active rules of one kind; a handful, so they are picked here."""
    rules = session.scalars(select(DutyRule).where(DutyRule.active, *conditions).order_by(DutyRule.id))
    return [rule for rule in rules if rule.schedule.get("kind") == kind]
