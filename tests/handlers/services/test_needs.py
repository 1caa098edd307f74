"""Needs by village: ranked by how badly and by how many they are wanted; the page and the table say the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from handlers.services import answering, needs, starter
from models.agency import Staff
from models.db import Database
from models.form import FormVersion
from tests.handlers.turns import SECRET_KEY, new_agency, view

GIVEN: list[dict[str, Any]] = [
    {"moo": 2, "topic": "water", "wish": "ขยายท่อประปา", "need": "4", "households": 40},
    {"moo": 2, "topic": "road", "wish": "ถนนซอยหลังวัด", "need": "2"},
    {"moo": 2, "topic": "road", "wish": "ถนนซอยหลังวัด ยาว 200 เมตร", "need": "1", "households": 15},
    {"moo": 1, "topic": "road", "wish": "ลงหินคลุก", "need": "4"},
]


def test_ranked_by_village_and_overall(database: Database) -> None:
    new_agency(database)
    agency = view(database)
    now = datetime(2026, 11, 23, 3, tzinfo=UTC)
    with database.write(agency.id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        starter.publish_packs(session, agency, staff, now)
        form = needs.form_of(session)
        assert form is not None
        version = session.scalars(select(FormVersion).where(FormVersion.form_id == form.id)).one()
        for answers in GIVEN:
            answering.submit(session, agency, version, answering.Submission(answers=answers), "web", now, SECRET_KEY)
        first, last = date(2026, 10, 1), date(2027, 9, 30)
        ranking = needs.rank(session, agency, form, first, last)
        assert ranking.total == 4
        assert list(ranking.by_village) == [1, 2]
        second = [(one.topic, one.proposals, one.points, one.households) for one in ranking.by_village[2]]
        assert second == [("น้ำกินน้ำใช้", 1, 4, 40), ("ถนนและสะพาน", 2, 3, 15)]
        assert ranking.overall == [("ถนนและสะพาน", 3, 7, 2), ("น้ำกินน้ำใช้", 1, 4, 1)]
        rows = list(needs.table(ranking))
        assert rows[0] == needs.HEADER
        assert rows[3] == ("2", "2", "ถนนและสะพาน", "2", "3", "15", "ถนนซอยหลังวัด\nถนนซอยหลังวัด ยาว 200 เมตร")
        assert needs.rank(session, agency, form, date(2025, 10, 1), date(2026, 9, 30)).total == 0
