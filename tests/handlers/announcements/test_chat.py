"""รับข่าว: what people tell us about news, and taking it back with one tap."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.announcements import operations
from handlers.announcements.operations import AnnouncementError
from models.agency import Staff
from models.base import utc_now
from models.db import Database
from models.participation import NewsChoice
from tests.handlers.turns import choice, new_agency, say, tap, told, words


def _chosen(database: Database, agency_id: int) -> set[tuple[str, str]]:
    with database.read(agency_id) as session:
        return {(row.kind, row.value) for row in session.scalars(select(NewsChoice))}


def test_choosing_and_stopping(database: Database) -> None:
    agency_id = new_agency(database)
    asked = say(database, "demo", "U1", "รับข่าว")
    assert "เลิกได้ทุกเมื่อ" in words(asked)
    tap(database, "demo", "U1", choice(asked, "สุขภาพ"))
    moo = tap(database, "demo", "U1", choice(asked, "ข่าวหมู่ของฉัน"))
    tap(database, "demo", "U1", choice(moo, "หมู่ 3"))
    tap(database, "demo", "U1", "n:on:moo:3")  # twice is once
    assert _chosen(database, agency_id) == {("interest", "health"), ("moo", "3")}
    assert "ข่าวหมู่ 12" in words(say(database, "demo", "U1", "รับข่าวหมู่ ๑๒"))
    assert "ข่าวสุขภาพ" in words(say(database, "demo", "U1", "รับข่าว"))
    tap(database, "demo", "U1", "n:off:moo:3")
    assert _chosen(database, agency_id) == {("interest", "health"), ("moo", "12")}
    assert "จะไม่ส่งข่าว" in words(tap(database, "demo", "U1", "n:stop"))
    assert _chosen(database, agency_id) == {("stop", "")}
    tap(database, "demo", "U1", "n:on:interest:farming")
    assert _chosen(database, agency_id) == {("interest", "farming")}
    for odd in ("n:on:interest:war", "n:on:moo:0", "n:on:moo:99", "n:x"):
        assert "หมดอายุ" in words(tap(database, "demo", "U1", odd))
    assert _chosen(database, agency_id) == {("interest", "farming")}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("audience", "button"), [({"moo": "3"}, "ไม่รับข่าวหมู่ 3"), ({}, "ไม่รับข่าวอีก")])
def test_the_message_itself_holds_the_way_out(database: Database, audience: dict[str, str], button: str) -> None:
    """A button, not a quick reply, which would be gone with the next message; one tap, and nobody is left to tell."""
    agency_id = new_agency(database)
    tap(database, "demo", "U1", "n:on:moo:3")

    def announce() -> None:
        with database.write(agency_id) as session:
            staff = session.scalars(select(Staff).where(Staff.username == "admin")).one()
            operations.announce(session, staff, "ประชุมบ่ายนี้", "https://example.test/x", utc_now(), audience)

    announce()
    tap(database, "demo", "U1", choice(told(database, "demo", "U1"), button))
    with pytest.raises(AnnouncementError):
        announce()
