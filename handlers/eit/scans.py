"""Opening a point's address: counted by point and day, and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from handlers.eit import rounds
from models.agency import Agency
from models.eit import EitPoint, EitRound


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands behind a code today."""

    agency_id: int
    agency_code: str
    point_id: int
    round_: EitRound | None
    state: rounds.State


def find(session: Session, code: str, today: date) -> Opened | None:
    """What the code on a poster leads to on `today` (Bangkok); None if nobody has this code.

    `session` must not be scoped: the code says whose it is, and everything after that is looked up in that agency's
    rows alone. A point that was put away still leads on, since its paper may still hang somewhere."""
    if not (code.isascii() and code.isalnum()):
        return None
    row = session.execute(
        select(EitPoint.id, Agency.id.label("agency_id"), Agency.code)
        .join(Agency, Agency.id == EitPoint.agency_id)
        .where(EitPoint.code == code.lower())
    ).first()
    if row is None:
        return None
    session.info["agency_id"] = row.agency_id
    round_ = rounds.current(session, today)
    return Opened(row.agency_id, row.code, row.id, round_, rounds.state(round_, today))


def count(session: Session, agency_id: int, point_id: int, day: date) -> None:
    """One more scan of the point on this day; exact however many come at once."""
    session.execute(
        text(
            "INSERT INTO eit_scan (agency_id, point_id, day, count) VALUES (:agency, :point, :day, 1) "
            "ON CONFLICT (point_id, day) DO UPDATE SET count = eit_scan.count + 1"
        ),
        {"agency": agency_id, "point": point_id, "day": day.isoformat()},
    )
