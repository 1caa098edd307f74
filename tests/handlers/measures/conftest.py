"""An invented agency with units and people; a second one beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView, load_agency
from handlers.people.agency_setup import add_agency
from models.agency import Agency, Staff, Unit
from models.db import Database

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


@dataclass
class Office:
    """The agency, and sessions in which its people act."""

    database: Database
    agency_id: int

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self.database.write(self.agency_id) as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self.database.read(self.agency_id) as session:
            yield session

    def view(self, session: Session) -> AgencyView:
        return load_agency(session, session.get_one(Agency, self.agency_id), "https://example.go.th")

    def staff(self, session: Session, username: str) -> Staff:
        return session.scalars(select(Staff).where(Staff.username == username)).one()

    def unit(self, session: Session, name: str) -> int:
        return session.scalars(select(Unit.id).where(Unit.name == name)).one()


@pytest.fixture
def office(database: Database) -> Office:
    with database.write() as session:
        agency = add_agency(session, "demo", "อบต.ทดลอง", date(2026, 11, 21))
        units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
        for username, role, unit in (
            ("chang", "officer", "กองช่าง"),
            ("khlang", "officer", "กองคลัง"),
            ("khlanghead", "head", "กองคลัง"),
            ("palad", "clerk", "สำนักปลัด"),
        ):
            person = Staff(username=username, name=f"คุณ{username}", role=role, unit_id=units[unit], password_hash="-")
            session.add(person)
        session.flush()
        return Office(database, agency.id)
