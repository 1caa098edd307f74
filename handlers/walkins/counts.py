"""What was counted at the desk: today's lines for whoever counts, months and services for the statistics (O16)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from handlers.questions import guard
from handlers.walkins.operations import OTHER
from models.question import ServiceEntry
from models.walkin import WalkinCount

OTHER_LABEL = "เรื่องอื่น ๆ"
Month = tuple[int, int]  # (year of our era, month) in Bangkok


@dataclass(frozen=True, slots=True)
class Line:
    """A service that is counted at a unit. `id`: the ServiceEntry's, 0 for anything else; `month`: how many came in
    the month of the day, up to and with it."""

    id: int
    key: str
    name: str
    count: int
    month: int


def lines(session: Session, unit_id: int, day: date) -> list[Line]:
    """What is counted at a unit, with the numbers of `day` (Bangkok): its published services, those of no unit, and
    what was counted there already on that day; anything else last."""
    today: Counter[str] = Counter()
    month: Counter[str] = Counter()
    for service, on, count in session.execute(
        select(WalkinCount.service, WalkinCount.day, WalkinCount.count).where(
            WalkinCount.unit_id == unit_id, WalkinCount.day.between(day.replace(day=1), day)
        )
    ):
        month[service] += count
        today[service] += count if on == day else 0
    services = session.execute(
        select(ServiceEntry.id, ServiceEntry.key, ServiceEntry.name)
        .where(
            or_(
                (ServiceEntry.status == "published")
                & or_(ServiceEntry.unit_id == unit_id, ServiceEntry.unit_id.is_(None)),
                ServiceEntry.key.in_([service for service, count in today.items() if count]),
            )
        )
        .order_by(ServiceEntry.name)
    )
    found = [Line(id_, key, name, today[key], month[key]) for id_, key, name in services if not about_corruption(name)]
    return [*found, Line(0, OTHER, OTHER_LABEL, today[OTHER], month[OTHER])]


def about_corruption(name: str) -> bool:
    """Who comes to report corruption is not counted at the desk: the integrity desk alone knows of them."""
    known = guard.classify(name)
    return known is not None and known.kind == "integrity"


def by_month(session: Session, spans: Sequence[tuple[date, date]]) -> list[int]:
    """How many came in each span (first and last day, Bangkok) of the session's agency. The spans follow each other."""
    found = session.execute(
        select(WalkinCount.day, func.sum(WalkinCount.count))
        .where(WalkinCount.day.between(spans[0][0], spans[-1][1]))
        .group_by(WalkinCount.day)
    ).all()
    return [sum(int(count) for day, count in found if first <= day <= last) for first, last in spans]


def by_service(session: Session, first: date, last: date) -> dict[str, Mapping[Month, int]]:
    """How many came for each service (its name) in each month from `first` to `last` (Bangkok). What was counted for
    services that are no more stands with anything else."""
    names: dict[str, str] = dict(session.execute(select(ServiceEntry.key, ServiceEntry.name)).all())
    found: defaultdict[str, Counter[Month]] = defaultdict(Counter)
    for service, day, count in session.execute(
        select(WalkinCount.service, WalkinCount.day, func.sum(WalkinCount.count))
        .where(WalkinCount.day.between(first, last))
        .group_by(WalkinCount.service, WalkinCount.day)
    ):
        found[names.get(service, OTHER_LABEL)][day.year, day.month] += int(count)
    return dict(found)
