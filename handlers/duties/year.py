"""A fiscal year of duties: begun from the rules, and rolled over into the next one in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from handlers import audit
from handlers.agencies import AgencyView
from handlers.duties import crosswalk, schedule
from handlers.duties.events import make_expiries
from handlers.duties.giving import lock_year, make_duties, units_in_use
from handlers.duties.notices import withdraw_unsent
from handlers.duties.operations import step, wake
from handlers.duties.rules import load_starter, starter
from models.agency import Holiday
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyRule
from thai.dates import bangkok_date
from thai.digits import to_thai
from thai.fiscal import fiscal_year as fiscal_year_of


def make_year(session: Session, agency: AgencyView, fiscal_year: int, now: datetime, actor: str = "cli") -> int:
    """The duties of all rules of that fiscal year (Buddhist) that are not there yet and whose day has not passed. How
    many; done again it finds nothing to do."""
    lock_year(session, agency)
    rules = session.scalars(
        select(DutyRule).where(DutyRule.fiscal_year == fiscal_year, DutyRule.active).order_by(DutyRule.id)
    ).all()
    made = make_duties(session, agency, rules, now) + make_expiries(session, agency, now)
    if made:
        audit.record(session, actor, "duty_year_made", f"agency:{agency.id}", year=fiscal_year, count=made)
    return made


def begin_year(session: Session, agency: AgencyView, fiscal_year: int, now: datetime, actor: str) -> int:
    """The starter calendar and its duties for that fiscal year. How many duties are new."""
    load_starter(session, agency, fiscal_year, now, actor)
    return make_year(session, agency, fiscal_year, now, actor)


@dataclass(frozen=True, slots=True)
class RollRow:
    """A rule as it will be in the next year. `owner_left`: its owner works here no more, so nobody is named."""

    rule: DutyRule
    title: str
    detail: str
    when: dict[str, Any]
    codes: crosswalk.Codes
    days: Sequence[schedule.Occurrence]
    copies: int  # one, or as many as units where each has its own
    owner_left: bool
    exists: bool

    @property
    def duties(self) -> int:
        return len(self.days) * self.copies

    @property
    def first_day(self) -> date | None:
        return self.days[0].due_on if self.days else None

    @property
    def to_check(self) -> bool:
        """A person should look at it: a code that is not known or no item any more, an owner who left."""
        return bool(self.codes.unknown or self.codes.dropped or self.owner_left)


@dataclass(frozen=True, slots=True)
class RollOver:
    """What rolling `from_year` over gives. `one_offs`: duties without a rule, which are not copied."""

    from_year: int
    to_year: int
    rows: Sequence[RollRow]
    one_offs: int

    @property
    def new_rows(self) -> list[RollRow]:
        return [row for row in self.rows if not row.exists]

    @property
    def duties(self) -> int:
        return sum(row.duties for row in self.new_rows)

    @property
    def to_check(self) -> int:
        """How many rows a person should look at."""
        return sum(row.to_check for row in self.new_rows)


def roll_over_preview(session: Session, agency: AgencyView, from_year: int) -> RollOver:
    """What roll_over would make of the active rules of `from_year`; changes nothing."""
    to_year = from_year + 1
    rules = session.scalars(
        select(DutyRule)
        .options(joinedload(DutyRule.owner), joinedload(DutyRule.unit))
        .where(DutyRule.fiscal_year == from_year, DutyRule.active)
        .order_by(DutyRule.id)
    ).all()
    known = set(session.scalars(select(DutyRule.key).where(DutyRule.fiscal_year == to_year)))
    one_offs = session.scalar(
        select(func.count()).select_from(Duty).where(Duty.fiscal_year == from_year, Duty.rule_id.is_(None))
    )
    units = len(units_in_use(session))
    return RollOver(from_year, to_year, [_row(agency, rule, to_year, known, units) for rule in rules], one_offs or 0)


def roll_over(session: Session, agency: AgencyView, from_year: int, now: datetime, actor: str) -> RollOver:
    """Copy and re-date the year's active rules into the next one and make its duties: words, unit and owner stay as
    they were edited, O-codes become that year's. Done again it adds only what is missing. Returns what was done."""
    lock_year(session, agency)
    plan = roll_over_preview(session, agency, from_year)
    for row in plan.new_rows:
        rule = row.rule
        session.add(
            DutyRule(
                fiscal_year=plan.to_year,
                key=rule.key,
                title=row.title,
                detail=row.detail,
                schedule=row.when,
                unit_id=rule.unit_id,
                each_unit=rule.each_unit,
                owner_id=None if row.owner_left else rule.owner_id,
                item_codes=list(row.codes.codes),
                systems=list(rule.systems),
                escalates=rule.escalates,
                origin=rule.origin,
                confirmed=rule.confirmed,
            )
        )
    session.flush()
    audit.record(
        session, actor, "duty_year_rolled_over", f"agency:{agency.id}", year=plan.to_year, count=len(plan.new_rows)
    )
    make_year(session, agency, plan.to_year, now, actor)
    return plan


def _row(agency: AgencyView, rule: DutyRule, to_year: int, known: set[str], units: int) -> RollRow:
    when = schedule.next_year(rule.schedule)
    return RollRow(
        rule=rule,
        title=_next_words(rule.title, rule.fiscal_year),
        detail=_next_words(rule.detail, rule.fiscal_year),
        when=when,
        codes=_codes(rule, to_year),
        days=schedule.occurrences(when, to_year, agency.calendar),
        copies=units if rule.each_unit else 1,
        owner_left=rule.owner is not None and not rule.owner.active,
        exists=rule.key in known,
    )


def _codes(rule: DutyRule, to_year: int) -> crosswalk.Codes:
    """A starter rule whose codes nobody changed says itself what it is about; any other is translated code by code."""
    pack = next((row for row in starter() if row.key == rule.key), None) if rule.origin == "starter" else None
    if pack and list(crosswalk.codes(pack.items, rule.fiscal_year).codes) == list(rule.item_codes):
        found = crosswalk.codes(pack.items, to_year)
        names = crosswalk.titles()
        return crosswalk.Codes(
            found.codes,
            found.unconfirmed,
            tuple(names[function] for function in found.unknown),
            tuple(names[function] for function in found.dropped),
        )
    return crosswalk.translate(rule.item_codes, rule.fiscal_year, to_year)


def _next_words(text: str, year: int) -> str:
    """A year named in words goes along."""
    for old, new in ((str(year), str(year + 1)), (to_thai(str(year)), to_thai(str(year + 1)))):
        text = text.replace(old, new)
    return text


def years(session: Session, now: datetime) -> list[int]:
    """The fiscal years that have rules or duties, and the present one, latest first."""
    found = {fiscal_year_of(bangkok_date(now))}
    found |= set(session.scalars(select(DutyRule.fiscal_year).distinct()))
    found |= set(session.scalars(select(Duty.fiscal_year).distinct()))
    return sorted(found, reverse=True)


def begun(session: Session, fiscal_year: int) -> bool:
    """Whether that fiscal year has any rules."""
    return session.scalars(select(DutyRule.id).where(DutyRule.fiscal_year == fiscal_year).limit(1)).first() is not None


def move_off_holidays(session: Session, agency: AgencyView, actor: str, now: datetime) -> int:
    """After holidays were added: duties whose last day is closed now move to the next working day. How many."""
    calendar = replace(agency.calendar, holidays=set(session.scalars(select(Holiday.day))))
    today, moved = bangkok_date(now), 0
    for duty in session.scalars(
        select(Duty)
        .where(Duty.status.in_(LIVE_DUTY_STATUSES), Duty.due_on >= today)
        .order_by(Duty.id)
        .with_for_update(of=Duty, key_share=True)
    ):
        day = calendar.shift_deadline(duty.due_on)
        if day != duty.due_on:
            duty.due_on, moved = day, moved + 1
            wake(duty, calendar, now)
            withdraw_unsent(session, agency, duty, now)
            step(session, duty, "redated", now, None, "ตรงกับวันหยุด", {"to": day.isoformat()})
    if moved:
        audit.record(session, actor, "duties_moved_off_holidays", f"agency:{agency.id}", count=moved)
    return moved
