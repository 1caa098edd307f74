"""The rules of a fiscal year: the starter calendar, the agency's own, and what an edit does to the duties made from
them. Rules are for ปลัด, นายก and admins to edit; a head edits those of the own unit.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.duties import crosswalk, schedule
from handlers.duties.notices import withdraw_unsent
from handlers.duties.operations import DutyError, step, tell, wake
from handlers.evidence import may_approve
from models.agency import Agency, Staff, Unit
from models.duty import Duty, DutyEvent, DutyNotice, DutyRule
from models.measure import Evidence, RegisterEntry
from thai.dates import bangkok_date

CLOSED_RULE = "ปิดใช้กำหนดนี้"  # the reason that switching a rule off writes to its duties
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class StarterDuty:
    """A line of packs/starter.toml. `items` are functions of the crosswalk."""

    key: str
    title: str
    detail: str
    unit: str
    when: dict[str, Any]
    items: tuple[str, ...]
    systems: tuple[str, ...]
    confirmed: bool
    escalates: bool


@cache
def starter() -> tuple[StarterDuty, ...]:
    """The starter calendar as it comes with the program."""
    text = resources.files("handlers.duties").joinpath("packs/starter.toml").read_text(encoding="utf-8")
    return tuple(
        StarterDuty(
            key=row["key"],
            title=row["title"],
            detail=f"{row['do']}\nหลักฐาน: {row['evidence']}",
            unit=row["unit"],
            when=schedule.check(row["when"]),
            items=tuple(row.get("items", ())),
            systems=tuple(row["systems"]),
            confirmed=row.get("confirmed", True),
            escalates=row.get("escalates", True),
        )
        for row in tomllib.loads(text)["duty"]
    )


def load_starter(session: Session, agency: AgencyView, fiscal_year: int, now: datetime, actor: str = "cli") -> int:
    """Put the starter calendar's rules into that fiscal year; those that are there stay as they are. How many new."""
    lock_year(session, agency)
    known = set(session.scalars(select(DutyRule.key).where(DutyRule.fiscal_year == fiscal_year)))
    new = [
        DutyRule(
            fiscal_year=fiscal_year,
            key=row.key,
            title=row.title,
            detail=row.detail,
            schedule=dict(row.when),
            unit_id=unit_named(agency, row.unit),
            item_codes=list(crosswalk.codes(row.items, fiscal_year).codes),
            systems=list(row.systems),
            escalates=row.escalates,
            origin="starter",
            confirmed=row.confirmed,
        )
        for row in starter()
        if row.key not in known
    ]
    session.add_all(new)
    session.flush()
    if new:
        audit.record(session, actor, "duty_rules_loaded", f"agency:{agency.id}", year=fiscal_year, count=len(new))
    return len(new)


def unit_named(agency: AgencyView, name: str) -> int | None:
    """The unit of this name, or the one whose name holds it ("สำนักปลัด" is "สำนักงานปลัด อบต." too)."""
    exact = [unit.id for unit in agency.units.values() if unit.name == name]
    core = name.removeprefix("สำนัก").removeprefix("กอง").removeprefix("งาน")
    return next(iter(exact or [unit.id for unit in agency.units.values() if core in unit.name]), None)


def lock_year(session: Session, agency: AgencyView) -> None:
    """Two people may begin or roll over a year at the same time: the second finds what the first made."""
    session.execute(select(Agency.id).where(Agency.id == agency.id).with_for_update(key_share=True))


# -- editing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDetails:
    """What a person types about a rule. `confirmed`: the agency has looked at its day."""

    title: str
    detail: str = ""
    schedule: dict[str, Any]
    unit_id: int | None = None
    owner_id: int | None = None
    item_codes: Sequence[str] = ()
    escalates: bool = True
    confirmed: bool = True
    active: bool = True


def may_edit(staff: Staff, unit_id: int | None) -> bool:
    """Whether this person may edit a rule of that unit."""
    return may_approve(staff, unit_id)


def save_rule(
    session: Session,
    agency: AgencyView,
    rule: DutyRule | None,
    fiscal_year: int,
    details: RuleDetails,
    staff: Staff,
    now: datetime,
) -> DutyRule:
    """A new rule (None) or a change, and what follows from it for the duties that are not closed: names, people and
    days. Raises DutyError or ScheduleError."""
    lock_year(session, agency)
    if not may_edit(staff, details.unit_id) or (rule is not None and not may_edit(staff, rule.unit_id)):
        raise DutyError("แก้ไขได้เฉพาะกำหนดของส่วนงานของคุณ")
    title = check_title(details.title)
    unit_id, owner_id = check_people(session, details.unit_id, details.owner_id)
    when = schedule.check(details.schedule)
    if rule is None:
        rule = DutyRule(fiscal_year=fiscal_year, key=_own_key(session, fiscal_year), origin="own", schedule=when)
    before = (rule.title, rule.detail, rule.unit_id, rule.owner_id)
    redated = rule.schedule != when
    rule.title, rule.detail, rule.schedule = title, details.detail.strip(), when
    rule.unit_id, rule.owner_id, rule.escalates = unit_id, owner_id, details.escalates
    rule.item_codes = list(dict.fromkeys(code.strip().upper() for code in details.item_codes if code.strip()))
    rule.confirmed, rule.active = details.confirmed, details.active
    session.add(rule)
    session.flush()
    audit.record(session, f"staff:{staff.id}", "duty_rule_saved", f"duty_rule:{rule.id}", active=rule.active)
    _carry_over(session, agency, rule, before, redated, staff, now)
    return rule


def _own_key(session: Session, fiscal_year: int) -> str:
    taken = set(session.scalars(select(DutyRule.key).where(DutyRule.fiscal_year == fiscal_year)))
    return next(key for n in range(1, len(taken) + 2) if (key := f"own.{n}") not in taken)


def _carry_over(
    session: Session,
    agency: AgencyView,
    rule: DutyRule,
    before: tuple[str, str, int | None, int | None],
    redated: bool,
    staff: Staff,
    now: datetime,
) -> None:
    """Bring the duties that are not closed in line with the rule; what was changed on a single duty stays."""
    live = session.scalars(
        select(Duty).where(Duty.rule_id == rule.id, Duty.status.in_(("open", "in_progress"))).with_for_update()
    ).all()
    if not rule.active:
        for duty in live:
            drop(session, agency, duty, CLOSED_RULE, staff, now)
        return
    for duty in session.scalars(
        select(Duty).where(Duty.rule_id == rule.id, Duty.status == "cancelled", Duty.cancel_reason == CLOSED_RULE)
    ):
        duty.status, duty.cancel_reason = "in_progress" if duty.started_at else "open", ""
        step(session, duty, "reopened", now, staff)
        wake(duty, agency.calendar, now)
    title, detail, unit_id, owner_id = before
    for duty in live:
        duty.title = rule.title if duty.title == title else duty.title
        duty.detail = rule.detail if duty.detail == detail else duty.detail
        if (duty.unit_id, duty.owner_id) == (unit_id, owner_id):
            duty.unit_id, duty.owner_id = rule.unit_id, rule.owner_id
        wake(duty, agency.calendar, now)
    if redated and rule.schedule["kind"] not in ("event", "expiry"):
        days = {o.period_key: o for o in schedule.occurrences(rule.schedule, rule.fiscal_year, agency.calendar)}
        for duty in live:
            day = days.get(duty.period_key)
            if day is None:
                drop(session, agency, duty, "กำหนดเปลี่ยน", staff, now)
            elif day.planned_on != duty.planned_on:
                _redate(session, agency, duty, day, staff, now)
    if rule.schedule["kind"] == "expiry":  # the clock looks at the entries again
        entries = update(RegisterEntry).where(RegisterEntry.expires_on >= bangkok_date(now))
        session.execute(entries.values(watched_until=None))
    make_duties(session, agency, [rule], now)


def _redate(
    session: Session, agency: AgencyView, duty: Duty, day: schedule.Occurrence, staff: Staff, now: datetime
) -> None:
    """The rule's new day; one that somebody postponed keeps its day."""
    postponed = duty.due_on != agency.calendar.shift_deadline(duty.planned_on)
    duty.planned_on, duty.period_label = day.planned_on, day.period_label
    if not postponed:
        duty.due_on = day.due_on
    wake(duty, agency.calendar, now)
    withdraw_unsent(session, agency, duty, now)
    step(session, duty, "redated", now, staff, detail={"to": duty.due_on.isoformat()})


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


def make_duties(session: Session, agency: AgencyView, rules: Sequence[DutyRule], now: datetime) -> int:
    """The duties that these rules give and that are not there yet, from the present day on: what lay before nobody
    could have known of. How many."""
    today = bangkok_date(now)
    known = {
        (rule_id, key)
        for rule_id, key in session.execute(
            select(Duty.rule_id, Duty.period_key).where(Duty.rule_id.in_([rule.id for rule in rules]))
        )
    }
    made = 0
    for rule in rules:
        for day in schedule.occurrences(rule.schedule, rule.fiscal_year, agency.calendar):
            if day.due_on >= today and (rule.id, day.period_key) not in known:
                session.add(new_duty(agency, rule, day, now))
                made += 1
    session.flush()
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
        unit_id=rule.unit_id,
        owner_id=rule.owner_id,
        status="open",
        escalation=0,
        created_at=now,
    )
    wake(duty, agency.calendar, now)
    return duty


# -- single duties ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDetails:
    """What a person types about a single duty."""

    title: str
    detail: str = ""
    unit_id: int | None = None
    owner_id: int | None = None


def add_one_off(
    session: Session,
    agency: AgencyView,
    details: DutyDetails,
    due_on: date,
    fiscal_year: int,
    staff: Staff,
    now: datetime,
) -> Duty:
    """A duty of its own, without a rule; whoever it is given to is told. Raises DutyError."""
    title = check_title(details.title)
    if staff.role == "officer" and details.unit_id != staff.unit_id:
        raise DutyError("เพิ่มได้เฉพาะงานของส่วนงานของคุณ")
    if staff.role != "officer" and not may_edit(staff, details.unit_id):
        raise DutyError("เพิ่มได้เฉพาะงานของส่วนงานของคุณ")
    unit_id, owner_id = check_people(session, details.unit_id, details.owner_id)
    day = agency.calendar.shift_deadline(due_on)
    if day < bangkok_date(now):
        raise DutyError("วันครบกำหนดต้องไม่อยู่ก่อนวันนี้")
    duty = Duty(
        fiscal_year=fiscal_year,
        title=title,
        detail=details.detail.strip(),
        planned_on=due_on,
        due_on=day,
        unit_id=unit_id,
        owner_id=owner_id,
        status="open",
        escalation=0,
        created_at=now,
    )
    session.add(duty)
    session.flush()
    wake(duty, agency.calendar, now)
    event = step(session, duty, "created", now, staff)
    _tell_owner(session, agency, duty, staff, "งานใหม่ของคุณ", f"created:{event.id}")
    return duty


def edit_duty(
    session: Session, agency: AgencyView, duty: Duty, details: DutyDetails, staff: Staff, now: datetime
) -> None:
    """Change a single duty's words, unit and owner; a new owner is told. Raises DutyError."""
    session.flush()
    session.refresh(duty, with_for_update={"key_share": True})
    if not may_edit(staff, duty.unit_id):
        raise DutyError("แก้ไขได้เฉพาะหัวหน้าส่วนงานนั้น ปลัด นายก หรือผู้ดูแลระบบ")
    title = check_title(details.title)
    unit_id, owner_id = check_people(session, details.unit_id, details.owner_id)
    before = duty.owner_id
    duty.title, duty.detail, duty.unit_id, duty.owner_id = title, details.detail.strip(), unit_id, owner_id
    wake(duty, agency.calendar, now)
    moved = before != owner_id
    event = step(session, duty, "moved" if moved else "edited", now, staff, detail={"from": before, "to": owner_id})
    if moved:
        _tell_owner(session, agency, duty, staff, "งานใหม่ของคุณ", f"moved:{event.id}")


def check_title(text: str) -> str:
    """The title without spaces around it. Raises DutyError."""
    title = text.strip()
    if not title or len(title) > LONGEST_TITLE:
        raise DutyError(f"กรุณากรอกชื่องาน ไม่เกิน {LONGEST_TITLE} ตัวอักษร")
    return title


def check_people(session: Session, unit_id: int | None, owner_id: int | None) -> tuple[int | None, int | None]:
    """Unit and owner as they will be stored: both of this agency, the owner at work. Raises DutyError."""
    if unit_id is not None and session.scalar(select(Unit.id).where(Unit.id == unit_id)) is None:
        raise DutyError("ไม่พบส่วนงานนี้")
    if owner_id is not None and session.scalar(select(Staff.id).where(Staff.id == owner_id, Staff.active)) is None:
        raise DutyError("ไม่พบเจ้าหน้าที่คนนี้")
    return unit_id, owner_id


def _tell_owner(session: Session, agency: AgencyView, duty: Duty, but: Staff, what: str, key: str) -> None:
    if duty.owner_id is not None and duty.owner_id != but.id:
        people = session.scalars(select(Staff).where(Staff.id == duty.owner_id)).all()
        tell(session, agency, duty, people, what, f"มอบหมายโดย {but.name}", key)
