"""Units, categories, holidays, fields and the notice, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from handlers.people import organisation
from handlers.people.agency_setup import DEMO_PASSWORD, DEMO_STAFF, UNITS, add_demo
from handlers.people.operations import PeopleError, verify_login
from handlers.people.organisation import CategoryDetails
from models.agency import Agency, Holiday, PrivacyNotice, Staff, Unit
from models.case import CannedReply, Category
from models.db import Database
from models.duty import Duty
from models.measure import Measure
from models.question import FaqEntry, Question

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ROAD = CategoryDetails(code="road", label="ถนนชำรุด", unit_id=None, sla_value=7, sla_unit="working_days")


@pytest.fixture
def world(database: Database) -> Database:
    with database.write() as session:
        session.add(Agency(id=1, code="demo", name="อบต. ทดลอง", short_name="อบต."))
        session.add(Agency(id=2, code="other", name="อบต. อื่น", short_name="อื่น"))
    with database.write(1) as session:
        session.add_all([Unit(name="กองช่าง"), Unit(name="ช่าง", suggested=True)])
    with database.write(2) as session:
        session.add(Unit(name="กองช่าง"))
    return database


def version(world: Database, agency_id: int = 1) -> int:
    with world.read() as session:
        return session.get_one(Agency, agency_id).content_version


def unit_named(session, name: str) -> Unit:  # type: ignore[no-untyped-def]
    return session.scalars(select(Unit).where(Unit.name == name)).one()


def test_the_demo_agency_can_log_in_and_has_its_units(database: Database) -> None:
    with database.write() as session:
        agency_id = add_demo(session, "demo", date(2026, 11, 21)).id
    with database.read(agency_id) as session:
        assert set(UNITS) <= set(session.scalars(select(Unit.name)))
        for username, _, _, role, _ in DEMO_STAFF:
            person = verify_login(session, username, DEMO_PASSWORD)
            assert person is not None, username
            assert (person.role, person.must_change_password) == (role, False)
        assert unit_named(session, "กองช่าง").answerer.username == "chang"
        assert unit_named(session, "กองช่าง").phone == "02-000-1203"
        # Every unit that a starter category names exists: none fell back.
        works = session.scalars(select(Category).where(Category.code == "road")).one()
        assert works.unit.name == "กองช่าง"
        assert session.scalars(select(Category).where(Category.unit_id.is_(None))).all() == []


def test_saving_a_unit(world: Database) -> None:
    before = version(world)
    with world.write(1) as session:
        suggested = unit_named(session, "ช่าง")
        kept = {"phone": " 02 ", "answerer_id": None, "active": True, "actor": "staff:1"}
        with pytest.raises(PeopleError) as refused:
            organisation.save_unit(session, suggested, name="กองช่าง", **kept)
        assert refused.value.field == "name"
        organisation.save_unit(session, suggested, name="งานโยธา", **kept)
        assert (suggested.name, suggested.suggested, suggested.phone) == ("งานโยธา", False, "02")
        with pytest.raises(PeopleError):
            organisation.save_unit(session, None, name="ใหม่", **{**kept, "answerer_id": 99})
    assert version(world) > before
    assert version(world, 2) == 1


def test_keeping_and_merging_a_suggested_unit(world: Database) -> None:
    with world.write(1) as session:
        works, suggested = unit_named(session, "กองช่าง"), unit_named(session, "ช่าง")
        session.add_all(
            [
                Staff(username="a", name="ก", role="officer", unit_id=suggested.id, password_hash="x"),
                Question(text="?", unit_id=suggested.id),
                FaqEntry(key="k", question="?", answer="!", unit_id=suggested.id),
                Duty(fiscal_year=2570, title="?", planned_on=NOW.date(), due_on=NOW.date(), unit_id=suggested.id),
                Measure(fiscal_year=2570, title="?", unit_id=suggested.id),
            ]
        )
        session.flush()
        organisation.keep_unit(session, suggested, "staff:1")
        assert not suggested.suggested
        with pytest.raises(PeopleError):
            organisation.merge_unit(session, suggested, suggested, "staff:1")
        organisation.merge_unit(session, suggested, works, "staff:1")
        assert not suggested.active
        with pytest.raises(PeopleError):  # into one that is put away
            organisation.merge_unit(session, works, suggested, "staff:1")
        session.expire_all()
        for table in (Staff, Question, FaqEntry, Duty, Measure):
            assert session.scalars(select(table.unit_id)).all() == [works.id]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "ถนน"}, "code"),
        ({"label": " "}, "label"),
        ({"sla_value": 0}, "sla_value"),
        ({"sla_unit": "weeks"}, "sla_value"),
        ({"unit_id": 9999}, "unit_id"),
    ],
)
def test_what_cannot_be_a_category(world: Database, change: dict[str, object], field: str) -> None:
    with world.write(1) as session, pytest.raises(PeopleError) as refused:
        organisation.save_category(session, None, replace(ROAD, **change), "staff:1")
    assert refused.value.field == field
    with world.read(1) as session:
        assert session.scalars(select(Category)).all() == []


def test_categories_are_saved_once_by_code(world: Database) -> None:
    with world.write(1) as session:
        road = organisation.save_category(session, None, replace(ROAD, keywords=("ถนน", "หลุม")), "staff:1")
        with pytest.raises(PeopleError):
            organisation.save_category(session, None, ROAD, "staff:1")
        organisation.save_category(session, road, replace(ROAD, label="ถนน", active=False), "staff:1")
        assert (road.label, road.active, road.keywords) == ("ถนน", False, [])
    with world.write(2) as session:
        organisation.save_category(session, None, ROAD, "staff:9")  # the code is free in another agency


def test_holidays(world: Database) -> None:
    new_year = date(2027, 1, 1)
    with world.write(1) as session:
        organisation.save_holiday(session, new_year, "ปีใหม่", "staff:1")
        organisation.save_holiday(session, new_year, "วันขึ้นปีใหม่", "staff:1")
        assert organisation.add_holidays(session, {new_year: "x", date(2027, 4, 13): "สงกรานต์"}, "staff:1") == 1
        assert organisation.add_holidays(session, {new_year: "x"}, "staff:1") == 0
        rows = session.scalars(select(Holiday).order_by(Holiday.day)).all()
        assert [(row.day, row.name) for row in rows] == [(new_year, "วันขึ้นปีใหม่"), (date(2027, 4, 13), "สงกรานต์")]
        organisation.remove_holiday(session, rows[0], "staff:1")
        with pytest.raises(PeopleError):
            organisation.save_holiday(session, new_year, "  ", "staff:1")
    with world.read(1) as session:
        assert len(session.scalars(select(Holiday)).all()) == 1


def test_fields_are_merged_and_emptied(world: Database) -> None:
    with world.write(1) as session:
        organisation.save_fields(session, {"office_phone": " 02 000 1234 ", "email": "a@example.go.th"}, "staff:1")
        organisation.save_fields(session, {"email": ""}, "staff:1")
        assert session.get_one(Agency, 1).fields == {"office_phone": "02 000 1234"}
        for wrong in ({"latitude": "เหนือ"}, {"longitude": "200"}, {"map_url": "javascript:alert(1)"}):
            with pytest.raises(PeopleError):
                organisation.save_fields(session, wrong, "staff:1")


def test_identity_and_settings(world: Database) -> None:
    hours = {"opens": time(8), "closes": time(16)}
    with world.write(1) as session:
        organisation.save_identity(
            session, name="ทต. ใหม่", short_name="ทต.", kind="เทศบาลตำบล", **hours, actor="staff:1"
        )
        with pytest.raises(PeopleError) as refused:
            late = {"opens": time(17), "closes": time(8)}
            organisation.save_identity(session, name="x", short_name="x", kind="", **late, actor="staff:1")
        assert refused.value.field == "closes"
        organisation.save_settings(session, {"a": 1}, "staff:1")
        organisation.save_settings(session, {"b": 2}, "staff:1")
        agency = session.get_one(Agency, 1)
        assert (agency.name, agency.kind, agency.opens) == ("ทต. ใหม่", "เทศบาลตำบล", time(8))
        assert agency.settings == {"a": 1, "b": 2}


def test_notices_are_versions_and_never_change(world: Database) -> None:
    with world.write(1) as session:
        first = organisation.publish_notice(session, "ย่อ " * 10, "เต็ม " * 50, "staff:1", NOW)
        second = organisation.publish_notice(session, "ย่อใหม่ " * 10, "เต็ม " * 50, "staff:1", NOW)
        assert (first.version, second.version) == (1, 2)
        for short, full in (("สั้น", "เต็ม " * 50), ("ย่อ " * 10, "สั้น")):
            with pytest.raises(PeopleError):
                organisation.publish_notice(session, short, full, "staff:1", NOW)
    with world.read(1) as session:
        assert len(session.scalars(select(PrivacyNotice)).all()) == 2


def test_canned_replies(world: Database) -> None:
    with world.write(1) as session:
        kept = {"category_id": None, "status": "", "actor": "staff:1"}
        reply = organisation.save_canned_reply(session, None, title=" รับเรื่อง ", text="ได้รับแล้วค่ะ", **kept)
        assert reply.title == "รับเรื่อง"
        with pytest.raises(PeopleError):
            organisation.save_canned_reply(session, reply, title="x", text=" ", **kept)
        organisation.remove_canned_reply(session, reply, "staff:1")
    with world.read(1) as session:
        assert session.scalars(select(CannedReply)).all() == []
