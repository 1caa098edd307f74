"""What everybody may know of single complaints: what kind, which village, since when, how far. Nothing that a reporter
wrote, no name, no exact place, and no complaint about anybody's conduct."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from handlers.agencies import AgencyView, CategoryView
from handlers.complaints.labels import status_text
from models.case import OPEN_STATUSES, Case, Category

State = Literal["open", "closed"]
VILLAGE_DECIMALS = 2  # of a degree: about a kilometre
MOST = 1000
FEWEST = 3
# A general complaint: no request, nobody's conduct (R17).
GENERAL = (Case.kind == "complaint", Category.conduct.is_(False), Case.accused_unit_id.is_(None))


@dataclass(frozen=True, slots=True)
class Published:
    """`state` in two words, `status` in ours; `updated_at`: when it ended, before that the last step that shows in it
    (UTC, as all moments)."""

    number: str
    state: State
    status: str
    code: str
    label: str
    unit: str
    moo: int | None
    latitude: float | None
    longitude: float | None
    opened_at: datetime
    updated_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Village:
    """Complaints of a หมู่: still open, ended, the commonest kind, about where; None where there are too few."""

    moo: int
    open: int | None = None
    closed: int | None = None
    commonest: str = ""
    centre: tuple[float, float] | None = None


def categories(agency: AgencyView) -> tuple[CategoryView, ...]:
    """The kinds of complaint that may be published and filed by programs: all but those about conduct (R17)."""
    return tuple(category for category in agency.categories if not category.conduct)


def of_numbers(session: Session, agency: AgencyView, numbers: Collection[str]) -> list[Published]:
    """These complaints, as far as they may be known."""
    return _read(session, agency, _general().where(Case.number.in_(numbers)))


def opened_between(
    session: Session,
    agency: AgencyView,
    first: datetime,
    last: datetime,
    codes: Collection[str] = (),
    states: Collection[State] = (),
) -> list[Published]:
    """Complaints filed in this stretch, the latest first, at most MOST; `codes` and `states` empty: all."""
    wanted = _general().where(Case.opened_at >= first, Case.opened_at <= last)
    if codes:
        wanted = wanted.where(Category.code.in_(codes))
    if states and set(states) != {"open", "closed"}:
        is_open = Case.status.in_(OPEN_STATUSES)
        wanted = wanted.where(is_open if "open" in states else ~is_open)
    return _read(session, agency, wanted)


def villages(session: Session, since: datetime) -> list[Village]:
    """Complaints filed since then by หมู่, the lowest number first. A village with fewer than FEWEST is told without
    numbers, kind or place: one or two could point at a household."""
    counted: dict[int, list[tuple[bool, str, float | None, float | None]]] = defaultdict(list)
    rows = session.execute(
        select(Case.moo, Case.status.in_(OPEN_STATUSES), Category.label, Case.latitude, Case.longitude)
        .join(Case.category)
        .where(*GENERAL, Case.opened_at >= since)
    )
    for moo, is_open, label, latitude, longitude in rows:
        if moo is not None:
            counted[moo].append((bool(is_open), label, latitude, longitude))
    return [_village(moo, found) for moo, found in sorted(counted.items())]


def _village(moo: int, found: list[tuple[bool, str, float | None, float | None]]) -> Village:
    if len(found) < FEWEST:
        return Village(moo)
    waiting = sum(is_open for is_open, *_ in found)
    commonest = Counter(label for _, label, *_ in found).most_common(1)[0][0]
    pins = [
        (latitude, longitude) for *_, latitude, longitude in found if latitude is not None and longitude is not None
    ]
    centre = None
    if len(pins) >= FEWEST:
        middle = (median(pin[0] for pin in pins), median(pin[1] for pin in pins))
        centre = (round(middle[0], VILLAGE_DECIMALS), round(middle[1], VILLAGE_DECIMALS))
    return Village(moo, waiting, len(found) - waiting, commonest, centre)


def _general() -> Select[Case]:
    return select(Case).join(Case.category).options(contains_eager(Case.category)).where(*GENERAL)


def _read(session: Session, agency: AgencyView, wanted: Select[Case]) -> list[Published]:
    found = session.scalars(wanted.order_by(Case.opened_at.desc(), Case.id.desc()).limit(MOST))
    return [_published(case, agency) for case in found]


def _published(case: Case, agency: AgencyView) -> Published:
    steps = (case.opened_at, case.accepted_at)
    placed = case.latitude is not None and case.longitude is not None
    return Published(
        number=case.number,
        state="open" if case.status in OPEN_STATUSES else "closed",
        status=status_text(case.status, case.sub_status),
        code=case.category.code,
        label=case.category.label,
        unit=agency.unit_name(case.unit_id),
        moo=case.moo,
        latitude=round(case.latitude, VILLAGE_DECIMALS) if placed and case.latitude is not None else None,
        longitude=round(case.longitude, VILLAGE_DECIMALS) if placed and case.longitude is not None else None,
        opened_at=case.opened_at,
        updated_at=case.closed_at or max(moment for moment in steps if moment is not None),
        due_at=case.due_at,
    )
