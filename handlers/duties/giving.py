"""From rules to duties: what a rule gives for its year, what it takes back, and what it gives again.

A rule that is marked for each unit gives every unit in use a duty of its own ("ทุกส่วนราชการ"); its period key then
ends with the unit's number. Work that has begun stays whole: when a rule is changed to each unit or back, a period
that somebody began keeps its shape, and the others follow the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.duties import schedule
from handlers.duties.notices import withdraw_unsent
from handlers.duties.operations import step, wake
from models.agency import Agency, Staff, Unit
from models.duty import Duty, DutyEvent, DutyNotice, DutyRule
from models.measure import Evidence
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year

# Why a rule takes a duty back; when the rule gives it again, it is opened again.
CLOSED_RULE, CHANGED_RULE, CLOSED_UNIT = "ปิดใช้กำหนดนี้", "กำหนดเปลี่ยน", "ส่วนงานปิดใช้แล้ว"
TAKEN_BACK = (CLOSED_RULE, CHANGED_RULE, CLOSED_UNIT)
WAITING_KINDS = ("event", "expiry")  # rules without days of their own


def lock_year(session: Session, agency: AgencyView) -> None:
    """Two people may begin or roll over a year at the same time: the second finds what the first made."""
    session.execute(select(Agency.id).where(Agency.id == agency.id).with_for_update(key_share=True))


@dataclass(frozen=True, slots=True)
class UnitsDay(schedule.Occurrence):
    """A duty that a rule for each unit gives one of them."""

    unit_id: int


def units_in_use(session: Session) -> dict[int, str]:
    """The units that a rule for each unit means, by id; one that an import only suggested is not among them."""
    return dict(session.execute(select(Unit.id, Unit.name).where(Unit.active, ~Unit.suggested).order_by(Unit.id)).all())


def wanted(agency: AgencyView, rule: DutyRule, units: Mapping[int, str]) -> dict[str, schedule.Occurrence]:
    """The duties that this rule gives for its year, by period key; none for one that waits for an event or an end."""
    days = schedule.occurrences(rule.schedule, rule.fiscal_year, agency.calendar)
    if not rule.each_unit:
        return {day.period_key: day for day in days}
    copies = [
        UnitsDay(f"{day.period_key}:u{unit_id}", f"{day.period_label} · {name}", day.planned_on, day.due_on, unit_id)
        for day in days
        for unit_id, name in units.items()
    ]
    return {day.period_key: day for day in copies}


def period_of(period_key: str) -> str:
    """The period without the unit: "2570-m03" of "2570-m03:u5"."""
    return period_key.partition(":u")[0]


def make_duties(session: Session, agency: AgencyView, rules: Sequence[DutyRule], now: datetime) -> int:
    """The duties that these rules give and that are not there yet, from the present day on: what lay before nobody
    could have known of. A period that was begun for the whole agency is not given to each unit as well, nor the other
    way round. How many."""
    today, units = bangkok_date(now), units_in_use(session)
    known: dict[int | None, set[str]] = {rule.id: set() for rule in rules}
    begun: dict[int | None, set[str]] = {rule.id: set() for rule in rules}
    for rule_id, key, status in session.execute(
        select(Duty.rule_id, Duty.period_key, Duty.status).where(Duty.rule_id.in_(list(known)))
    ):
        known[rule_id].add(key)
        if status != "cancelled":
            begun[rule_id].add(key)
    made = 0
    for rule in rules:
        others = {period_of(key) for key in begun[rule.id] if (":u" in key) != rule.each_unit}
        for key, day in wanted(agency, rule, units).items():
            if day.due_on >= today and key not in known[rule.id] and period_of(key) not in others:
                session.add(new_duty(agency, rule, day, now))
                made += 1
    session.flush()
    return made


def follow_units(session: Session, agency: AgencyView, actor: str, now: datetime) -> int:
    """After a unit came, went or was merged: the duties of rules for each unit. What the unit had not begun is taken
    back, what it had is left to whoever it went to. How many duties are new."""
    lock_year(session, agency)
    rules = session.scalars(
        select(DutyRule)
        .where(DutyRule.each_unit, DutyRule.active, DutyRule.fiscal_year >= fiscal_year(bangkok_date(now)))
        .order_by(DutyRule.id)
    ).all()
    units, today, changed = units_in_use(session), bangkok_date(now), 0
    for rule in rules:
        days = wanted(agency, rule, units)
        for duty in session.scalars(
            select(Duty).where(Duty.rule_id == rule.id, Duty.status.in_(("open", "cancelled"))).with_for_update()
        ):
            if duty.status == "open" and duty.period_key in days:
                duty.period_label = days[duty.period_key].period_label  # the unit may have another name
            elif duty.status == "open" and ":u" in duty.period_key:
                drop(session, agency, duty, CLOSED_UNIT, None, now)
                changed += 1
            elif duty.cancel_reason == CLOSED_UNIT and duty.period_key in days and duty.due_on >= today:
                give_again(session, agency, duty, None, now)
                changed += 1
    made = make_duties(session, agency, rules, now)
    if made or changed:
        audit.record(session, actor, "duties_followed_units", f"agency:{agency.id}", count=made, changed=changed)
    return made


def new_duty(agency: AgencyView, rule: DutyRule, day: schedule.Occurrence, now: datetime) -> Duty:
    """A duty of this rule, not yet in a session."""
    duty = Duty(
        rule=rule,
        fiscal_year=rule.fiscal_year,
        period_key=day.period_key,
        period_label=day.period_label,
        title=rule.title,
        detail=rule.detail,
        planned_on=day.planned_on,
        due_on=day.due_on,
        unit_id=day.unit_id if isinstance(day, UnitsDay) else rule.unit_id,
        owner_id=rule.owner_id,
        status="open",
        escalation=0,
        created_at=now,
    )
    wake(duty, agency.calendar, now)
    return duty


def drop(session: Session, agency: AgencyView, duty: Duty, reason: str, staff: Staff | None, now: datetime) -> None:
    """Take back a duty that the rule no longer gives: what nobody has touched goes, the rest is cancelled."""
    touched = session.scalar(
        select(
            exists().where(DutyEvent.duty_id == duty.id)
            | exists().where(Evidence.duty_id == duty.id)
            | exists().where(DutyNotice.duty_id == duty.id)
        )
    )
    if not touched:
        session.delete(duty)
        session.flush()
        return
    duty.status, duty.cancel_reason = "cancelled", reason
    wake(duty, agency.calendar, now)
    withdraw_unsent(session, agency, duty, now)
    step(session, duty, "cancelled", now, staff, reason)


def give_again(session: Session, agency: AgencyView, duty: Duty, staff: Staff | None, now: datetime) -> None:
    """Open a duty again that the rule had taken back."""
    duty.status, duty.cancel_reason = "in_progress" if duty.started_at else "open", ""
    step(session, duty, "reopened", now, staff)
    wake(duty, agency.calendar, now)
