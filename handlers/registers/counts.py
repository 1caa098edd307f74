"""What the registers add up to: numbers for executives and reports. Each docstring says what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.registers.kinds import CHANNEL_ALIVE, GIFT_OUTCOMES, REGISTERS
from models.agency import Unit
from models.measure import RegisterEntry
from thai.fiscal import half_period, year_period


@dataclass(frozen=True, slots=True)
class Channels:
    """Channels that can be used now (R04): all in the register whose last day has not passed. `by_kind` and `by_state`
    by label; `publicised`: those that say how people are told of them."""

    total: int
    by_kind: dict[str, int]
    by_state: dict[str, int]
    publicised: int


@dataclass(frozen=True, slots=True)
class News:
    """Entries of the news register between two days (R07): by unit and month ("2026-10"), and the units without any."""

    total: int
    by_unit: dict[str, dict[str, int]]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gifts:
    """Gifts of half a fiscal year (R61): pieces by outcome (each entry is one where no number is given), their value
    in baht, and whether somebody wrote down that there was none. Zero is a result."""

    pieces: dict[str, int]
    value: Decimal
    declared_none: bool

    @property
    def total(self) -> int:
        return sum(self.pieces.values())


@dataclass(frozen=True, slots=True)
class Month:
    """Contracts of a month by their day (R75): how many, and the agreed prices in baht."""

    first: date
    contracts: int
    price: Decimal


def channels(session: Session, today: date) -> Channels:
    kinds, states = dict(REGISTERS["channels"].column("kind").choices), dict(CHANNEL_ALIVE)
    by_kind = dict.fromkeys(kinds.values(), 0)
    by_state = dict.fromkeys(states.values(), 0)
    total = publicised = 0
    for entry in _entries(session, "channels"):
        if entry.expires_on is not None and entry.expires_on < today:
            continue
        total += 1
        by_kind[kinds[entry.data["kind"]]] += 1
        by_state[states[entry.data.get("alive", "unchecked")]] += 1
        publicised += bool(entry.data.get("publicity"))
    return Channels(total, by_kind, by_state, publicised)


def news(session: Session, first: date, last: date) -> News:
    named = session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id))
    units = {row.id: row.name for row in named}
    by_unit: dict[str, dict[str, int]] = {}
    total = 0
    for entry in _entries(session, "news", first, last):
        total += 1
        months = by_unit.setdefault(units.get(entry.unit_id or 0, "ไม่ระบุส่วนงาน"), {})
        month = f"{entry.dated:%Y-%m}"
        months[month] = months.get(month, 0) + 1
    return News(total, by_unit, tuple(name for name in units.values() if name not in by_unit))


def gifts(session: Session, fiscal_year: int, half: int) -> Gifts:
    period = half_period(fiscal_year, half)
    pieces = {label: 0 for key, label in GIFT_OUTCOMES if key != "none"}
    labels, value, none = dict(GIFT_OUTCOMES), Decimal(0), False
    for entry in _entries(session, "gifts", period.start, period.end):
        outcome = entry.data["outcome"]
        if outcome == "none":
            none = True
            continue
        pieces[labels[outcome]] += int(entry.data.get("count", 1))
        value += Decimal(entry.data.get("value", "0"))
    return Gifts(pieces, value, none)


def procurement(session: Session, fiscal_year: int) -> list[Month]:
    """Twelve months from October on; a month without contracts is there too."""
    period = year_period(fiscal_year)
    firsts = [date(period.start.year + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(12)]
    counts, prices = dict.fromkeys(firsts, 0), dict.fromkeys(firsts, Decimal(0))
    for entry in _entries(session, "procurement", period.start, period.end):
        assert entry.dated is not None
        month = entry.dated.replace(day=1)
        counts[month] += 1
        prices[month] += Decimal(entry.data.get("price", "0"))
    return [Month(first, counts[first], prices[first]) for first in firsts]


def ending(session: Session, today: date, days: int = 60) -> list[RegisterEntry]:
    """Entries whose term, contract or domain name ends within so many days, or has ended within the last 30."""
    query = select(RegisterEntry).where(
        RegisterEntry.expires_on.between(today - timedelta(days=30), today + timedelta(days=days))
    )
    return list(session.scalars(query.order_by(RegisterEntry.expires_on, RegisterEntry.id)))


def _entries(
    session: Session, register: str, first: date | None = None, last: date | None = None
) -> list[RegisterEntry]:
    query = select(RegisterEntry).where(RegisterEntry.register == register).order_by(RegisterEntry.id)
    if first is not None and last is not None:
        query = query.where(RegisterEntry.dated.between(first, last))
    return list(session.scalars(query))
