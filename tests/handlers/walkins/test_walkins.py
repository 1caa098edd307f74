"""The desk's counter: every tap counts once, on both databases; nothing goes below none; the months add up."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from handlers.people import organisation
from handlers.walkins import counts, operations
from handlers.walkins.operations import OTHER, WalkinError
from models.agency import Staff, Unit
from models.audit import AuditEntry
from models.db import Database
from models.question import ServiceEntry
from models.walkin import WalkinCount
from tests.handlers.turns import new_agency

DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)
PAY, SIGN = "pay-land-tax", "pay-sign-tax"


@pytest.fixture
def agency_id(database: Database) -> int:
    return new_agency(database)


def unit(session: Session, name: str = "กองคลัง") -> Unit:
    return session.scalars(select(Unit).where(Unit.name == name)).one()


def stored(session: Session) -> dict[tuple[str, date, str], int]:
    rows = session.execute(
        select(Unit.name, WalkinCount.day, WalkinCount.service, WalkinCount.count).join(
            Unit, Unit.id == WalkinCount.unit_id
        )
    )
    return {(name, day, service): count for name, day, service, count in rows}


def typed(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == "walkins_typed")))


def test_taps_that_come_at_once_are_all_counted(database: Database, agency_id: int) -> None:
    with database.read(agency_id) as session:
        unit_id = unit(session).id
    ready = threading.Barrier(4)

    def desk() -> None:
        ready.wait()
        for _ in range(10):
            with database.write(agency_id) as session:
                operations.tap(session, agency_id, unit_id, PAY, DAY)

    people = [threading.Thread(target=desk) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with database.read(agency_id) as session:
        assert stored(session) == {("กองคลัง", DAY, PAY): 40}
        assert typed(session) == []


def test_one_fewer_is_never_below_none(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        unit_id = unit(session).id

        def tap(service: str, fewer: bool) -> None:
            operations.tap(session, agency_id, unit_id, service, DAY, fewer=fewer)

        tap(PAY, True)
        assert stored(session) == {}
        for fewer in (False, False, True, True, True, False):
            tap(PAY, fewer)
        tap(OTHER, False)
        assert stored(session) == {("กองคลัง", DAY, PAY): 1, ("กองคลัง", DAY, OTHER): 1}


def test_a_typed_number_stands_however_often_it_is_sent(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        desk = unit(session)
        operations.tap(session, agency_id, desk.id, OTHER, DAY)
        sent = {PAY: (0, 12), SIGN: (0, 0), OTHER: (0, 0)}  # somebody tapped since the page was shown
        for _ in range(2):
            assert operations.type_in(session, agency_id, desk, DAY, sent, "staff:1") == 1
        assert stored(session) == {("กองคลัง", DAY, PAY): 12, ("กองคลัง", DAY, OTHER): 1}
        assert operations.type_in(session, agency_id, desk, DAY, {PAY: (12, 12)}, "staff:1") == 0
        assert operations.type_in(session, agency_id, desk, DAY, {PAY: (12, 0)}, "staff:1") == 1
        for wrong in (-1, operations.MOST_A_DAY + 1):
            with pytest.raises(WalkinError) as refused:
                operations.type_in(session, agency_id, desk, DAY, {SIGN: (0, 5), PAY: (0, wrong)}, "staff:1")
            assert refused.value.field == PAY
        assert stored(session) == {("กองคลัง", DAY, PAY): 0, ("กองคลัง", DAY, OTHER): 1}
        assert [(row.subject, row.detail) for row in typed(session)] == [
            (f"unit:{desk.id}", {"day": "2026-11-23", "rows": 1})
        ] * 3


def test_units_that_become_one_add_up(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        money, works = unit(session), unit(session, "กองช่าง")
        for desk, day, count in ((money, DAY, 2), (works, DAY, 3), (works, NEXT, 4)):
            operations.type_in(session, agency_id, desk, day, {PAY: (0, count)}, "cli")
        organisation.merge_unit(session, works, money, "staff:1")
        session.expire_all()
        assert stored(session) == {("กองคลัง", DAY, PAY): 5, ("กองคลัง", NEXT, PAY): 4}


def test_the_months_and_the_services_add_up(database: Database, agency_id: int) -> None:
    other_id = new_agency(database, "other")
    for owner, number in ((other_id, 100), (agency_id, 1)):
        with database.write(owner) as session:
            for name, service, day, count in (
                ("กองคลัง", PAY, DAY, 5), ("กองช่าง", PAY, NEXT, 2), ("กองคลัง", OTHER, date(2026, 12, 1), 3),
                ("กองคลัง", "gone", date(2026, 12, 31), 4), ("กองคลัง", PAY, date(2027, 1, 1), 6),
            ):  # fmt: skip
                operations.type_in(session, owner, unit(session, name), day, {service: (0, count * number)}, "cli")
    with database.read(agency_id) as session:
        november, december = (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 12, 1), date(2026, 12, 31))
        assert counts.by_month(session, [november, december]) == [7, 7]
        found = counts.by_service(session, november[0], december[1])
        name = session.scalars(select(ServiceEntry.name).where(ServiceEntry.key == PAY)).one()
        assert found == {name: {(2026, 11): 7}, counts.OTHER_LABEL: {(2026, 12): 7}}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_unit_counts_its_own_services_and_whatever_else(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        money, palad = unit(session), unit(session, "สำนักปลัด")
        free, put_away = session.scalars(
            select(ServiceEntry).where(ServiceEntry.key.in_(("boundary-check", SIGN))).order_by(ServiceEntry.key)
        )
        free.unit_id, put_away.status = None, "draft"
        operations.tap(session, agency_id, money.id, PAY, DAY)
        operations.tap(session, agency_id, money.id, PAY, NEXT)
        session.flush()
        lines = counts.lines(session, money.id, NEXT)
        keys = [line.key for line in lines]
        assert {PAY, "boundary-check"} < set(keys)
        assert not {SIGN, "construction-permit"} & set(keys)
        assert keys[-1] == OTHER
        assert [(line.count, line.month) for line in lines if line.key == PAY] == [(1, 2)]
        operations.tap(session, agency_id, money.id, SIGN, NEXT)
        assert SIGN in [line.key for line in counts.lines(session, money.id, NEXT)]
        at_palad = [line.key for line in counts.lines(session, palad.id, DAY)]
        assert "general-petition" in at_palad
        assert "report-corruption" not in at_palad, "that somebody came for that is nobody's to know"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_who_counts_where(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        everybody = {row.username: row for row in session.scalars(select(Staff))}
        works = unit(session, "กองช่าง")
        assert [one.id for one in operations.units_for(session, everybody["chang"])] == [works.id]
        at_palad = operations.units_for(session, everybody["palad"])
        assert len(at_palad) > 3
        everybody["palad"].unit_id = works.id
        assert operations.units_for(session, everybody["palad"])[0].id == works.id
        everybody["chang"].unit_id = None
        assert operations.units_for(session, everybody["chang"]) == []


def test_how_far_back_one_may_type() -> None:
    assert operations.first_day(date(2026, 11, 23)) == date(2026, 11, 1)
    assert operations.first_day(date(2026, 12, 1)) == date(2026, 11, 24)


def test_a_count_is_a_unit_a_service_and_a_day_and_nothing_else() -> None:
    columns = {column.name for column in inspect(WalkinCount).columns}
    assert columns == {"id", "agency_id", "unit_id", "service", "day", "count"}
