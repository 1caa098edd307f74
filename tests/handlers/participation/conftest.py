"""An activity of the invented agency that is a week away, as staff plan it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.participation import activities
from handlers.participation.activities import ActivityDetails
from models.agency import Staff
from models.db import Database
from models.participation import Activity
from tests.handlers.turns import new_agency
from thai.dates import bangkok_date, format_date

Plan = Callable[..., int]


def details(days: int = 7, **changes: object) -> ActivityDetails:
    """A forum so many days from now, 9 to 12 o'clock."""
    day = format_date(bangkok_date(datetime.now(UTC)) + timedelta(days=days), "long")
    values: dict[str, object] = {
        "title": "ประชาคมหมู่ 3 (สมมุติ)",
        "kind": "forum",
        "day": day,
        "starts": "๐๙.๐๐",
        "ends": "12.00",
    }
    return ActivityDetails(**{**values, "place": "ศาลาประชาคมหมู่ 3", **changes})  # type: ignore[arg-type]


@pytest.fixture
def agency_id(database: Database) -> int:
    return new_agency(database)


@pytest.fixture
def plan(database: Database, agency_id: int) -> Plan:
    """`plan(seats="2")`: an open activity with these details; its id."""

    def _plan(days: int = 7, **changes: object) -> int:
        now = datetime.now(UTC)
        with database.write(agency_id) as session:
            staff = session.scalars(select(Staff).where(Staff.username == "palad")).one()
            activity = activities.save(session, None, details(days, **changes), staff, now)
            activities.publish(session, activity, staff, now)
            return activity.id

    return _plan


def move(database: Database, agency_id: int, activity_id: int, by: timedelta) -> None:
    """Let the activity take place at another time, as if that much time had passed."""
    with database.write(agency_id) as session:
        activity = session.get_one(Activity, activity_id)
        activity.starts_at += by
        activity.ends_at += by
