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

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.duties import crosswalk, schedule
from handlers.duties.giving import (
    CHANGED_RULE,
    CLOSED_RULE,
    TAKEN_BACK,
    WAITING_KINDS,
    drop,
    give_again,
    lock_year,
    make_duties,
    period_of,
    units_in_use,
    wanted,
)
from handlers.duties.notices import withdraw_unsent
from handlers.duties.operations import DutyError, step, tell, wake
from handlers.evidence import may_approve
from models.agency import Staff, Unit
from models.duty import Duty, DutyRule
from models.measure import RegisterEntry
from thai.dates import bangkok_date

EVERY_UNIT = "ทุกส่วนงาน"
READY = "ข้อความพร้อมใช้:"
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

    @property
    def each_unit(self) -> bool:
        return self.unit == EVERY_UNIT


@cache
def starter() -> tuple[StarterDuty, ...]:
    """The starter calendar as it comes with the program."""
    text = resources.files("handlers.duties").joinpath("packs/starter.toml").read_text(encoding="utf-8")
    return tuple(
        StarterDuty(
            key=row["key"],
            title=row["title"],
            detail="\n".join(
                [
                    row["do"],
                    f"หลักฐาน: {row['evidence']}",
                    *([f"{READY}\n{row['ready'].strip()}"] if "ready" in row else []),
                ]
            ),
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
            detail=_filled(agency, row.detail),
            schedule=dict(row.when),
            unit_id=None if row.each_unit else unit_named(agency, row.unit),
            each_unit=row.each_unit,
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


def _filled(agency: AgencyView, detail: str) -> str:
    """The words with the agency's own name and telephone; one that is not known yet is left to be written in."""
    phone = str(agency.fields.get("office_phone") or "........")
    return detail.replace("{agency}", agency.name).replace("{office_phone}", phone)


def unit_named(agency: AgencyView, name: str) -> int | None:
    """The unit of this name, or the one whose name holds it ("สำนักปลัด" is "สำนักงานปลัด อบต." too)."""
    exact = [unit.id for unit in agency.units.values() if unit.name == name]
    core = name.removeprefix("สำนัก").removeprefix("กอง").removeprefix("งาน")
    return next(iter(exact or [unit.id for unit in agency.units.values() if core in unit.name]), None)


# -- editing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDetails:
    """What a person types about a rule. `confirmed`: the agency has looked at its day."""

    title: str
    detail: str = ""
    schedule: dict[str, Any]
    unit_id: int | None = None
    owner_id: int | None = None
    each_unit: bool = False
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
    if details.each_unit and when["kind"] in WAITING_KINDS:
        raise DutyError("กำหนดตามเหตุการณ์หรือวันหมดอายุแยกตามส่วนงานไม่ได้ กรุณาเลือกส่วนงานเดียว")
    if rule is None:
        rule = DutyRule(fiscal_year=fiscal_year, key=_own_key(session, fiscal_year), origin="own", schedule=when)
    before = (rule.title, rule.detail, rule.unit_id, rule.owner_id)
    redated = rule.schedule != when or rule.each_unit != details.each_unit
    rule.title, rule.detail, rule.schedule = title, details.detail.strip(), when
    rule.unit_id, rule.owner_id, rule.escalates = unit_id, owner_id, details.escalates
    rule.each_unit = details.each_unit
    if rule.each_unit:
        rule.unit_id = rule.owner_id = None
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
    dated = rule.schedule["kind"] not in WAITING_KINDS
    days = wanted(agency, rule, units_in_use(session)) if dated else {}
    for duty in session.scalars(
        select(Duty).where(Duty.rule_id == rule.id, Duty.status == "cancelled", Duty.cancel_reason.in_(TAKEN_BACK))
    ):
        in_time = duty.cancel_reason == CLOSED_RULE or duty.due_on >= bangkok_date(now)
        if in_time and (not dated or duty.period_key in days):
            give_again(session, agency, duty, staff, now)
    title, detail, unit_id, owner_id = before
    for duty in live:
        duty.title = rule.title if duty.title == title else duty.title
        duty.detail = rule.detail if duty.detail == detail else duty.detail
        if (duty.unit_id, duty.owner_id) == (unit_id, owner_id) and not rule.each_unit:
            duty.unit_id, duty.owner_id = rule.unit_id, rule.owner_id
        wake(duty, agency.calendar, now)
    if redated and dated:
        for duty in live:
            day = days.get(duty.period_key)
            if day is not None:
                if day.planned_on != duty.planned_on:
                    _redate(session, agency, duty, day, staff, now)
            elif duty.status == "open" or period_of(duty.period_key) not in map(period_of, days):
                drop(session, agency, duty, CHANGED_RULE, staff, now)
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
