"""The starter pack, and how it makes room for an agency's own answers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.questions import exchange, starter
from models.agency import Agency, Unit
from models.base import utc_now
from models.db import Database
from models.question import FaqEntry, ServiceEntry

OWN = """id,question,answer
tax,จ่ายภาษีที่ดินและสิ่งปลูกสร้างที่ไหน,จ่ายที่กองคลังชั้น 2 ค่ะ
"""


def add_agency(database: Database) -> int:
    with database.write() as session:
        agency = Agency(code="demo", name="อบต.ตัวอย่าง", short_name="อบต.")
        session.add(agency)
        session.flush()
        session.info["agency_id"] = agency.id
        session.add_all(Unit(name=name) for name in ("กองคลัง", "กองช่าง"))
    return agency.id


def test_the_starter_pack_is_loaded_once(database: Database) -> None:
    agency_id = add_agency(database)
    for _ in range(2):
        with database.write(agency_id) as session:
            starter.load(session, agency_id)
    with database.read(agency_id) as session:
        entries = session.scalars(select(FaqEntry)).all()
        services = session.scalars(select(ServiceEntry)).all()
        assert len(entries) >= 80
        assert len(services) >= 25
        assert all(entry.confirmed_at is None and entry.unit is not None for entry in entries)
        assert all(service.steps and service.documents for service in services)


def _status(database: Database, agency_id: int, key: str) -> str:
    with database.read(agency_id) as session:
        return session.scalars(select(FaqEntry.status).where(FaqEntry.key == key)).one()


def test_the_pack_steps_back_on_the_same_matter_only(database: Database) -> None:
    agency_id = add_agency(database)
    with database.write(agency_id) as session:
        starter.load(session, agency_id)
    with database.write(agency_id) as session:
        found = exchange.preview(OWN.encode(), "own.csv")
        exchange.apply(session, agency_id, found, "cli")
        assert starter.step_back(session, agency_id, found.rows, "cli") >= 1
    assert _status(database, agency_id, "land-tax-pay") == "draft"
    assert _status(database, agency_id, "tax") == "published"
    assert _status(database, agency_id, "garbage-days") == "published"
    with database.read(agency_id) as session:
        land_tax = session.scalars(select(ServiceEntry.status).where(ServiceEntry.key == "pay-land-tax")).one()
        assert land_tax == "draft"


@pytest.mark.parametrize("change", ["confirmed", "edited"])
def test_what_staff_confirmed_or_changed_stays(database: Database, change: str) -> None:
    agency_id = add_agency(database)
    with database.write(agency_id) as session:
        starter.load(session, agency_id)
        entry = session.scalars(select(FaqEntry).where(FaqEntry.key == "land-tax-pay")).one()
        if change == "confirmed":
            entry.confirmed_at = utc_now()
        else:
            entry.answer = "จ่ายที่กองคลังค่ะ"
    with database.write(agency_id) as session:
        found = exchange.preview(OWN.encode(), "own.csv")
        exchange.apply(session, agency_id, found, "cli")
        starter.step_back(session, agency_id, found.rows, "cli")
    assert _status(database, agency_id, "land-tax-pay") == "published"
