"""The list of duties: what a person asked to see, and the rows month by month, what is late first. No Flask in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from handlers.duties.operations import STATUS_LABELS, visible_to
from handlers.duties.schedule import MONTH_NAMES
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty
from thai.dates import be_year

SCOPES = {"": "ทั้งหมดที่ฉันดูได้", "mine": "ของฉัน", "unit": "ส่วนงานของฉัน"}
WHENS = {"near": "ถึงสิ้นเดือนหน้า", "late": "เกินกำหนด", "all": "ทุกช่วงเวลา"}
STATUSES = {"live": "ที่ยังไม่จบ", **STATUS_LABELS, "any": "ทุกสถานะ"}
TO_DO = ("open", "in_progress")  # the owner's move
SOON_DAYS = 7
MOST = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person asked to see; `year` and `unit` None: all."""

    scope: str = ""
    when: str = "near"
    status: str = "live"
    year: int | None = None
    unit: int | None = None

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Filters:
        """From a query string; what is not understood falls back to the usual."""

        def known(name: str, choices: Mapping[str, str], otherwise: str) -> str:
            value = args.get(name, otherwise)
            return value if value in choices else otherwise

        def number(name: str, most: int) -> int | None:
            value = args.get(name, "")
            return (
                int(value) if value.isascii() and value.isdigit() and len(value) <= 9 and int(value) <= most else None
            )

        status = known("status", STATUSES, "live")
        usual = "near" if status == "live" else "all"
        return cls(
            scope=known("scope", SCOPES, ""),
            when=known("when", WHENS, usual),
            status=status,
            year=number("fy", 3000),
            unit=number("unit", 10**9),
        )

    def query(self, **changes: Any) -> dict[str, str]:
        """The query string of these filters with some changed."""
        new = replace(self, **changes)
        pairs = {
            "scope": new.scope,
            "when": new.when if new.when != ("near" if new.status == "live" else "all") else "",
            "status": new.status if new.status != "live" else "",
            "fy": str(new.year or ""),
            "unit": str(new.unit or ""),
        }
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Group:
    """A month's duties, or the late ones."""

    label: str
    late: bool
    rows: Sequence[Duty]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of all duties that the person sees and that are not closed."""

    near: int
    late: int
    submitted: int
    mine: int
    all: int


def load(session: Session, staff: Staff, filters: Filters, today: date) -> list[Group]:
    """The duties month by month, soonest first (the latest first where they are closed); those late come first."""
    closed = filters.status in ("done", "cancelled")
    query = (
        select(Duty)
        .options(joinedload(Duty.owner), joinedload(Duty.unit), joinedload(Duty.rule))
        .where(visible_to(staff), *_conditions(staff, filters, today))
        .order_by(Duty.due_on.desc() if closed else Duty.due_on, Duty.id)
        .limit(MOST)
    )
    rows = session.scalars(query).all()
    late = [duty for duty in rows if state(duty, today) == "late"]
    rest = [duty for duty in rows if state(duty, today) != "late"]
    groups = [Group("เกินกำหนด", True, late)] if late else []
    for (year, month), duties in groupby(rest, key=lambda duty: (duty.due_on.year, duty.due_on.month)):
        groups.append(Group(f"{MONTH_NAMES[month]} {be_year(date(year, month, 1))}", False, list(duties)))
    return groups


def counts(session: Session, staff: Staff, today: date) -> Counts:
    """The numbers on the chips."""
    live = Duty.status.in_(LIVE_DUTY_STATUSES)

    def count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(live, *conditions)

    row = session.execute(
        select(
            count(Duty.due_on <= near_end(today)),
            count(Duty.due_on < today, Duty.status.in_(TO_DO)),
            count(Duty.status == "submitted"),
            count(Duty.owner_id == staff.id),
            count(),
        )
        .select_from(Duty)
        .where(visible_to(staff))
    ).one()
    return Counts(*row)


def late_count(session: Session, staff: Staff, today: date) -> int:
    """How many duties that this person sees are past their day and wait for whoever does them."""
    late = (visible_to(staff), Duty.due_on < today, Duty.status.in_(TO_DO))
    return session.scalar(select(func.count()).select_from(Duty).where(*late)) or 0


def state(duty: Duty, today: date) -> str:
    """ "late", "soon" or "": how a duty stands to its day; one that is sent in or closed is neither."""
    if duty.status not in TO_DO:
        return ""
    if duty.due_on < today:
        return "late"
    return "soon" if duty.due_on <= today + timedelta(days=SOON_DAYS) else ""


def near_end(today: date) -> date:
    """The last day of the coming month."""
    first = today.replace(day=1)
    for _ in range(2):
        first = (first + timedelta(days=31)).replace(day=1)
    return first - timedelta(days=1)


def _conditions(staff: Staff, filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.scope == "mine":
        found.append(Duty.owner_id == staff.id)
    elif filters.scope == "unit":
        found.append(Duty.unit_id == staff.unit_id)
    if filters.status == "live":
        found.append(Duty.status.in_(LIVE_DUTY_STATUSES))
    elif filters.status != "any":
        found.append(Duty.status == filters.status)
    if filters.when == "near":
        found.append(Duty.due_on <= near_end(today))
    elif filters.when == "late":
        found += [Duty.due_on < today, Duty.status.in_(TO_DO)]
    if filters.year is not None:
        found.append(Duty.fiscal_year == filters.year)
    if filters.unit is not None:
        found.append(Duty.unit_id == filters.unit)
    return found
