"""An invented agency whose fiscal year 2566 has measures, scores and elements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView, load_agency
from handlers.people.agency_setup import add_agency
from models.agency import Agency, Staff
from models.db import Database
from models.measure import Evidence, Measure
from tests.handlers.complaints.conftest import office

__all__ = ["NOW", "Place", "office"]

NOW = datetime(2023, 4, 4, 2, tzinfo=UTC)


@dataclass
class Place:
    """The agency, its ปลัด and a second person."""

    database: Database
    agency_id: int
    clerk_id: int
    other_id: int

    def view(self, session: Session) -> AgencyView:
        return load_agency(session, session.get_one(Agency, self.agency_id), "https://example.go.th")

    def does(self, act: Callable[[Session, AgencyView], Any]) -> Any:
        """Do something in one transaction."""
        with self.database.write(self.agency_id) as session:
            return act(session, self.view(session))

    def clerk(self, session: Session) -> Staff:
        return session.scalars(select(Staff).where(Staff.id == self.clerk_id)).one()


@pytest.fixture
def place(database: Database) -> Place:
    with database.write() as session:
        agency = add_agency(session, "demo", "อบต.บ้านตัวอย่าง", date(2023, 4, 4))
        people = [
            Staff(username="palad", name="นางสมศรี ตัวอย่าง", position="ปลัด อบต.", role="clerk", password_hash="-"),
            Staff(username="nayok", name="นายสมมุติ ใจดี", position="นายก อบต.", role="mayor", password_hash="-"),
        ]
        session.add_all(people)
        session.flush()
        return Place(database, agency.id, people[0].id, people[1].id)


def add_measure(session: Session, **changes: Any) -> Measure:
    row = {
        "fiscal_year": 2566,
        "instrument": "EIT",
        "indicator": 7,
        "item_code": "E7",
        "title": "ประชาสัมพันธ์ผลงาน",
        "responsible_units": ["สำนักปลัด"],
        "period_text": "ต.ค. 65 - มี.ค. 66",
        "starts_on": date(2022, 10, 1),
        "ends_on": date(2023, 3, 31),
        "status": "done",
        "results": ["เผยแพร่ข่าวครบทุกส่วนงาน 24 เรื่อง"],
    }
    measure = Measure(**{**row, **changes})
    session.add(measure)
    session.flush()
    return measure


def add_proof(session: Session, place: Place, measure: Measure, dated: date | None, **changes: Any) -> Evidence:
    row = {
        "kind": "url",
        "title": "หน้าข่าว",
        "url": "https://example.go.th/news",
        "added_by_id": place.clerk_id,
        "approved_by_id": place.other_id,
        "approved_at": NOW,
        "link_status": "alive",
        "link_checked_at": NOW,
    }
    evidence = Evidence(measure_id=measure.id, dated=dated, **{**row, **changes})
    session.add(evidence)
    session.flush()
    return evidence
