"""The invented agency with a duty of กองช่าง's; its people by user name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.people.agency_setup import DEMO_FIELDS, DEMO_STAFF, UNITS
from models.agency import Agency, Holiday, Staff, Unit
from models.conversation import Conversation
from models.db import Database
from models.duty import Duty
from models.outbox import OutboxMessage
from tests.handlers.turns import view
from thai.holidays import seed_holidays

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # Monday 10.00 in Bangkok
DUE = date(2026, 12, 24)  # a Thursday


@dataclass
class Office:
    """The agency at work: short words for what every test needs."""

    database: Database
    agency: AgencyView

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.database.write(self.agency.id) as session:
            yield session

    def staff(self, session: Session, username: str) -> Staff:
        return session.scalars(select(Staff).where(Staff.username == username)).one()

    def unit(self, name: str) -> int:
        return next(unit.id for unit in self.agency.units.values() if unit.name == name)

    def duty(self, session: Session, **given: Any) -> Duty:
        """กองช่าง's duty, owned by its officer."""
        fields = {
            "fiscal_year": 2570,
            "title": "รายงานช่องทางติดต่อ",
            "planned_on": DUE,
            "due_on": DUE,
            "unit_id": self.unit("กองช่าง"),
            "owner_id": self.staff(session, "chang").id,
        }
        duty = Duty(**{**fields, **given})
        session.add(duty)
        session.flush()
        return duty

    def told(self, username: str) -> list[str]:
        """What lies in the outbox for this member of staff, oldest first."""
        with self.database.read(self.agency.id) as session:
            rows = select(OutboxMessage.messages).join(Conversation).where(Conversation.line_user_id == f"U-{username}")
            return list(session.scalars(rows.order_by(OutboxMessage.id)))


@pytest.fixture
def office(database: Database) -> Office:
    return open_office(database)


def open_office(database: Database, code: str = "demo") -> Office:
    """Units, people with linked LINE accounts and holidays; no answers and no passwords: they cost time."""
    with database.write() as session:
        agency = Agency(code=code, name="อบต.บ้านตัวอย่าง", short_name="อบต.บ้านตัวอย่าง", fields=dict(DEMO_FIELDS))
        session.add(agency)
        session.flush()
        session.info["agency_id"] = agency.id
        session.add_all([Unit(name=name) for name in UNITS])
        session.add_all([Holiday(day=day, name=name) for day, name in seed_holidays(2026, 2028)])
        session.flush()
        units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
        for username, name, position, role, unit in DEMO_STAFF:
            session.add(
                Staff(
                    username=username,
                    name=name,
                    position=position,
                    role=role,
                    unit_id=units[unit] if unit else None,
                    password_hash="",
                    line_user_id=f"U-{username}",
                )
            )
            session.add(Conversation(line_user_id=f"U-{username}"))
    return Office(database, view(database, code))
