"""Counting who comes to the desk (R28): a tap each, or the day's paper tally typed in. Never who came.

A tap changes one number in one statement, so that two officers who tap at the same moment are both counted. Taps are
not audited: they are work, hundreds a day; a number that somebody types is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select, text, true
from sqlalchemy.orm import Session

from handlers import audit
from models.agency import Staff, Unit
from models.walkin import WalkinCount

OTHER = ""  # WalkinCount.service of what is no service of the catalogue
MOST_A_DAY = 9_999  # for one service: more is a slip of the finger
LATE_DAYS = 7  # a month's last days may still be typed in the week after

_ADD = (
    "INSERT INTO walkin_count (agency_id, unit_id, service, day, count) {} "
    "ON CONFLICT (agency_id, day, unit_id, service) DO UPDATE SET count = {}"
)
_MORE = text(_ADD.format("VALUES (:agency, :unit, :service, :day, 1)", "walkin_count.count + 1"))
_FEWER = text(
    "UPDATE walkin_count SET count = count - 1 WHERE agency_id = :agency AND unit_id = :unit"
    " AND service = :service AND day = :day AND count > 0"
)
_SET = text(_ADD.format("VALUES (:agency, :unit, :service, :day, :count)", "excluded.count"))
_MOVE = text(
    _ADD.format(
        "SELECT agency_id, :into, service, day, count FROM walkin_count WHERE unit_id = :unit",
        "walkin_count.count + excluded.count",
    )
)


class WalkinError(ValueError):
    """What was typed cannot be used; `field` is the service's key, str() says in Thai what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def units_for(session: Session, staff: Staff) -> list[Unit]:
    """The units at whose desk this person may count: their own; ปลัด, นายก and admins any. Their own comes first."""
    any_unit = staff.role in ("clerk", "mayor", "admin")
    units = session.scalars(
        select(Unit).where(Unit.active, true() if any_unit else Unit.id == staff.unit_id).order_by(Unit.id)
    )
    return sorted(units, key=lambda unit: unit.id != staff.unit_id)


def first_day(today: date) -> date:
    """The earliest day (Bangkok) that may still be typed in: of this month, or of the week before today."""
    return min(today.replace(day=1), today - timedelta(days=LATE_DAYS))


def tap(session: Session, agency_id: int, unit_id: int, service: str, day: date, *, fewer: bool = False) -> None:
    """One more person on this day (Bangkok), or one fewer, never below none. Exact however many tap at once."""
    row = {"agency": agency_id, "unit": unit_id, "service": service, "day": day.isoformat()}
    session.execute(_FEWER if fewer else _MORE, row)


def type_in(
    session: Session, agency_id: int, unit: Unit, day: date, counts: Mapping[str, tuple[int, int]], actor: str
) -> int:
    """Keep a day's numbers as somebody typed them; how many were changed. `counts`: service -> (the number that the
    page showed, the number typed); what nobody changed stays as it is now, also where others tapped meanwhile. Sent
    twice, it is the same. Raises WalkinError for a number that cannot be, before anything is kept."""
    changed = {service: typed for service, (shown, typed) in counts.items() if typed != shown}
    for service, count in changed.items():
        if not 0 <= count <= MOST_A_DAY:
            raise WalkinError(service, f"กรุณากรอกจำนวนคน 0 ถึง {MOST_A_DAY:,}")
    for service, count in changed.items():
        row = {"agency": agency_id, "unit": unit.id, "service": service, "day": day.isoformat(), "count": count}
        session.execute(_SET, row)
    if changed:
        audit.record(session, actor, "walkins_typed", f"unit:{unit.id}", day=day.isoformat(), rows=len(changed))
    return len(changed)


def move(session: Session, unit_id: int, into_id: int) -> None:
    """Add what was counted at one unit to another of the same agency: units that became one."""
    session.execute(_MOVE, {"unit": unit_id, "into": into_id})
    for row in session.scalars(select(WalkinCount).where(WalkinCount.unit_id == unit_id)):
        session.delete(row)
    session.flush()
