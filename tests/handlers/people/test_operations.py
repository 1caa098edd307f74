"""Staff, passwords and LINE accounts, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView, load_agency
from handlers.people import operations as people
from handlers.people.operations import PeopleError, StaffDetails
from models.agency import Agency, LinkCode, Staff, Unit
from models.audit import AuditEntry
from models.db import Database

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
PASSWORD = "ฝนตกที่บ้านนา 12"
LINE = "U" + "1" * 32


@pytest.fixture
def world(database: Database) -> Database:
    with database.write() as session:
        for agency_id, code in ((1, "demo"), (2, "other")):
            session.add(Agency(id=agency_id, code=code, name=f"อบต. {code}", short_name=code))
    for agency_id in (1, 2):
        with database.write(agency_id) as session:
            unit = Unit(name="กองช่าง")
            session.add(unit)
            session.flush()
            for username, role, unit_id in (("boss", "admin", None), ("chang", "officer", unit.id)):
                details = StaffDetails(username=username, name=f"คุณ {username}", role=role, unit_id=unit_id)
                people.add_staff(session, details, PASSWORD, "cli")
    return database


@contextmanager
def staff(world: Database, username: str = "chang", agency_id: int = 1) -> Iterator[tuple[Session, Staff]]:
    with world.write(agency_id) as session:
        yield session, session.scalars(select(Staff).where(Staff.username == username)).one()


def view(world: Database, agency_id: int) -> AgencyView:
    with world.read(agency_id) as session:
        return load_agency(session, session.get_one(Agency, agency_id), "http://localhost")


def details_of(person: Staff) -> StaffDetails:
    return StaffDetails(username=person.username, name=person.name, role=person.role, unit_id=person.unit_id)


def actions(world: Database) -> list[tuple[str, str]]:
    with world.read(1) as session:
        return [(row.actor, row.action) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "ช่าง"}, "username"),
        ({"username": "a"}, "username"),
        ({"username": "BOSS"}, "username"),
        ({"name": "  "}, "name"),
        ({"role": "king"}, "role"),
        ({"unit_id": None}, "unit_id"),
        ({"unit_id": 999}, "unit_id"),
    ],
)
def test_what_cannot_be_a_person(world: Database, change: dict[str, str], field: str) -> None:
    with staff(world) as (session, chang):
        details = replace(details_of(chang), **{"username": "new", **change})
        with pytest.raises(PeopleError) as refused:
            people.add_staff(session, details, PASSWORD, "staff:1")
    assert refused.value.field == field
    with world.read(1) as session:
        assert len(session.scalars(select(Staff)).all()) == 2


def test_a_unit_of_another_agency_is_unknown(world: Database) -> None:
    with world.read(2) as session:
        theirs = session.scalars(select(Unit.id)).one()
    with staff(world) as (session, chang), pytest.raises(PeopleError) as refused:
        people.edit_staff(session, chang, replace(details_of(chang), unit_id=theirs), "staff:1")
    assert refused.value.field == "unit_id"


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "chang-1234567", "x" * 201])
def test_passwords_that_are_easy_to_guess(world: Database, password: str) -> None:
    with staff(world) as (session, chang):
        before = chang.password_hash
        with pytest.raises(PeopleError):
            people.set_password(session, chang, password, "staff:1")
        assert chang.password_hash == before


def test_log_in_needs_the_right_password_an_active_person_and_the_right_agency(world: Database) -> None:
    with world.write(2) as session:
        session.add(Staff(username="only-other", name="คุณอื่น", role="admin", password_hash="not a hash"))
    with world.read(1) as session:
        found = people.verify_login(session, " CHANG ", PASSWORD)
        assert found is not None
        assert (found.username, found.agency_id) == ("chang", 1)
        assert people.verify_login(session, "chang", PASSWORD + "x") is None
        assert people.verify_login(session, "nobody", PASSWORD) is None
        assert people.verify_login(session, "only-other", PASSWORD) is None
    with staff(world) as (session, chang):
        people.deactivate(session, chang, "staff:1")
    with world.read(1) as session:
        assert people.verify_login(session, "chang", PASSWORD) is None


def test_a_log_in_is_noted_and_an_old_hash_renewed(world: Database) -> None:
    from argon2 import PasswordHasher

    with staff(world) as (session, chang):
        chang.password_hash = PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD)
        weak = chang.password_hash
        people.record_login(session, chang, PASSWORD, NOW)
    with staff(world) as (session, chang):
        assert chang.last_login_at == NOW
        assert chang.password_hash != weak
        assert people.verify_login(session, "chang", PASSWORD)


def test_ones_own_password_change_ends_the_other_log_ins(world: Database) -> None:
    new = "ข้าวเหนียวมะม่วง 9"
    with staff(world) as (session, chang):
        with pytest.raises(PeopleError) as refused:
            people.change_password(session, chang, "wrong", new)
        assert refused.value.field == "old"
        people.change_password(session, chang, PASSWORD, new)
        assert (chang.session_version, chang.must_change_password) == (2, False)
        assert people.verify_login(session, "chang", new)
        assert people.verify_login(session, "chang", PASSWORD) is None


def test_a_password_set_by_an_admin_must_be_changed(world: Database) -> None:
    with staff(world) as (session, chang):
        chang.must_change_password = False
        people.set_password(session, chang, "กล้วยตากบางกระทุ่ม", "staff:1")
        assert (chang.session_version, chang.must_change_password) == (2, True)


def test_the_last_admin_stays(world: Database) -> None:
    with staff(world, "boss") as (session, boss):
        with pytest.raises(PeopleError):
            people.deactivate(session, boss, "staff:1")
        with pytest.raises(PeopleError):
            people.edit_staff(session, boss, replace(details_of(boss), role="mayor"), "staff:1")
        second = people.add_staff(session, StaffDetails(username="b2", name="คุณสอง", role="admin"), PASSWORD, "cli")
        people.deactivate(session, boss, f"staff:{second.id}")
        assert not boss.active


def test_who_leaves_no_longer_answers_for_a_unit(world: Database) -> None:
    with staff(world) as (session, chang):
        chang.line_user_id = LINE
        unit = session.scalars(select(Unit)).one()
        unit.answerer_id = chang.id
        session.flush()
        people.deactivate(session, chang, "staff:1")
        session.refresh(unit)
        assert unit.answerer_id is None
        assert people.linked_staff(session, LINE) is None
        people.reactivate(session, chang, "staff:1")
        assert chang.active


def test_a_link_code_works_once_in_its_agency_for_fifteen_minutes(world: Database) -> None:
    demo, other = view(world, 1), view(world, 2)
    with staff(world) as (session, chang):
        code = people.new_link_code(session, chang, NOW)
    assert len(code) == 6
    with world.write(2) as session:
        assert people.redeem_link_code(session, other, code, LINE, NOW) is None
    with world.write(1) as session:
        assert session.scalars(select(LinkCode)).one().used_at is None
        assert people.redeem_link_code(session, demo, code, LINE, NOW + timedelta(minutes=15)) is None
        linked = people.redeem_link_code(session, demo, code, LINE, NOW + timedelta(minutes=14))
        assert linked is not None
        assert linked.username == "chang"
        assert people.redeem_link_code(session, demo, code, "U" + "2" * 32, NOW) is None
    with world.read(1) as session:
        found = people.linked_staff(session, LINE)
        assert found is not None
        assert found.username == "chang"
    assert ("staff:2", "line_linked") in actions(world)


def test_a_newer_code_voids_the_older(world: Database) -> None:
    with staff(world) as (session, chang):
        first = people.new_link_code(session, chang, NOW)
        second = people.new_link_code(session, chang, NOW, "staff:1")
        if first != second:
            assert people.redeem_link_code(session, view(world, 1), first, LINE, NOW) is None
        assert people.redeem_link_code(session, view(world, 1), second, LINE, NOW)
    made = [actor for actor, action in actions(world) if action == "link_code_made"]
    assert made == ["staff:2", "staff:1"]


def test_a_line_account_belongs_to_one_person(world: Database) -> None:
    demo = view(world, 1)
    for username in ("chang", "boss"):
        with staff(world, username) as (session, person):
            code = people.new_link_code(session, person, NOW)
        with world.write(1) as session:
            assert people.redeem_link_code(session, demo, code, LINE, NOW)
    with world.read(1) as session:
        linked = session.scalars(select(Staff.username).where(Staff.line_user_id == LINE)).all()
    assert linked == ["boss"]
    with staff(world, "boss") as (session, boss):
        people.unlink(session, boss, "staff:1")
    with world.read(1) as session:
        assert people.linked_staff(session, LINE) is None


def test_a_code_of_somebody_who_left_does_nothing(world: Database) -> None:
    with staff(world) as (session, chang):
        code = people.new_link_code(session, chang, NOW)
        people.deactivate(session, chang, "staff:1")
    with world.write(1) as session:
        assert people.redeem_link_code(session, view(world, 1), code, LINE, NOW) is None


def test_every_change_is_audited_without_content(world: Database) -> None:
    with staff(world) as (session, chang):
        people.edit_staff(session, chang, replace(details_of(chang), name="ชื่อใหม่", phone="0812345678"), "staff:1")
        people.end_sessions(session, chang, "staff:1")
    assert [action for _, action in actions(world)][-2:] == ["staff_edited", "sessions_ended"]
    with world.read(1) as session:
        kept = " ".join(str(row.detail) for row in session.scalars(select(AuditEntry)))
    assert "ชื่อใหม่" not in kept
    assert "0812345678" not in kept
