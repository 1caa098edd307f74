"""An office that lends three tents and a hundred chairs, and a citizen (U1) who knows its chat."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.borrowing.assets import AssetDetails, save_asset
from handlers.services import starter
from models.agency import Staff
from models.db import Database
from tests.handlers.borrowing.lending import NOW
from tests.handlers.turns import new_agency, say, view


@pytest.fixture
def office(database: Database) -> Database:
    agency_id = new_agency(database)
    with database.write(agency_id) as session:
        admin = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        starter.publish_packs(session, view(database), admin, NOW)
        unit_id = next(unit.id for unit in view(database).units.values() if unit.name == "กองคลัง")
        for name, number, kind, counter, quantity in (
            ("เต็นท์", "T-1", "tent", "หลัง", 3), ("เก้าอี้", "C-1", "chair", "ตัว", 100),
        ):  # fmt: skip
            save_asset(session, None, AssetDetails(name=name, number=number, kind=kind, counter=counter,
                                                   quantity=quantity, unit_id=unit_id), admin)  # fmt: skip
    view(database)
    say(database, "demo", "U1", "เมนู")
    return database
