"""The year's link and window, points, scans and ITAS's count."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from handlers.eit import operations, rounds, scans
from handlers.eit.operations import EitError, RoundDetails
from handlers.eit.reach import reach
from models.agency import Agency, Staff
from models.audit import AuditEntry
from models.db import Database
from models.eit import EitPoint, EitRound, EitScan
from tests.handlers import turns

URL = "https://itas.nacc.go.th/go/eit/u4gpi2"
DETAILS = RoundDetails(fiscal_year=2570, url=URL, opens_on=date(2027, 1, 1), closes_on=date(2027, 6, 30), target=400)
TODAY = date(2027, 3, 10)
NOW = datetime(2027, 3, 10, 3, tzinfo=UTC)


@pytest.fixture
def agency_id(database: Database) -> int:
    agency_id = turns.new_agency(database)
    with database.write(agency_id) as session:
        operations.set_round(session, DETAILS, "cli", TODAY)
    return agency_id


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_the_window_holds_both_its_ends(day: date) -> None:
    round_ = EitRound(fiscal_year=2570, url=URL, opens_on=DETAILS.opens_on, closes_on=DETAILS.closes_on)
    expected = "not_yet" if day < date(2027, 1, 1) else "open" if day <= date(2027, 6, 30) else "closed"
    assert rounds.state(round_, day) == expected


def test_without_a_link_or_a_window_nothing_is_known() -> None:
    assert rounds.state(None, TODAY) == "unknown"
    assert rounds.state(EitRound(fiscal_year=2570, url=""), TODAY) == "unknown"
    assert rounds.state(EitRound(fiscal_year=2570, url=URL), TODAY) == "unknown"


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://itas.nacc.go.th/go/iit/u4gpi2", "IIT"),
        ("https://itas.nacc.go.th/go/eit/U4GPI2", "ITAS"),
        ("https://itas.nacc.go.th/go/eit/u4gpi", "ITAS"),
        ("https://forms.example.com/eit", "ITAS"),
        ("http://itas.nacc.go.th/go/eit/u4gpi2", "ITAS"),
    ],
)
def test_a_link_of_another_shape_is_kept_with_a_warning(database: Database, url: str, word: str) -> None:
    agency_id = turns.new_agency(database)
    with database.write(agency_id) as session:
        details = RoundDetails(fiscal_year=2570, url=url, opens_on=date(2027, 1, 1), closes_on=date(2027, 6, 30))
        round_, found = operations.set_round(session, details, "cli", TODAY)
        assert round_.url == url
        assert [word in line for line in found] == [True]


def test_last_years_link_and_a_window_of_another_year_are_warned_of(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        again = RoundDetails(fiscal_year=2571, url=URL, opens_on=date(2027, 1, 1), closes_on=date(2027, 6, 30))
        _, found = operations.set_round(session, again, "cli", TODAY)
        assert ["2570" in found[0], "ไม่อยู่ในปีงบประมาณ 2571" in found[1]] == [True, True]
        _, found = operations.set_round(session, DETAILS, "cli", TODAY)
        assert len(found) == 1  # now both years have it


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "u4gpi2"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"closes_on": date(2026, 12, 31)}, "closes_on"),
        ({"opens_on": None}, "opens_on"),
        ({"target": 0}, "target"),
        ({"fiscal_year": 2027}, "fiscal_year"),
    ],
)
def test_what_would_lead_nowhere_is_refused(
    database: Database, agency_id: int, change: dict[str, object], field: str
) -> None:
    kept = {name: getattr(DETAILS, name) for name in ("fiscal_year", "url", "opens_on", "closes_on", "target")}
    with database.write(agency_id) as session, pytest.raises(EitError) as refused:
        operations.set_round(session, RoundDetails(**{**kept, **change}), "cli", TODAY)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_the_open_round_counts_whatever_the_fiscal_year_says(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        next_year = RoundDetails(fiscal_year=2571, url=URL, opens_on=date(2027, 9, 1), closes_on=date(2027, 9, 30))
        operations.set_round(session, next_year, "cli", TODAY)
        found = [rounds.current(session, day) for day in (TODAY, date(2027, 8, 1), date(2027, 9, 9), date(2028, 10, 1))]
    assert [round_ and round_.fiscal_year for round_ in found] == [2570, 2570, 2571, None]


def test_every_agency_has_its_own_points_and_codes_of_its_own(database: Database) -> None:
    codes = set()
    for code in ("demo", "other"):
        agency_id = turns.new_agency(database, code)
        with database.write(agency_id) as session:
            operations.set_round(session, DETAILS, "cli", TODAY)
            operations.set_round(session, DETAILS, "cli", TODAY)
            operations.add_point(session, "เคาน์เตอร์กองคลัง", "cli")
            points = session.scalars(select(EitPoint).order_by(EitPoint.id)).all()
            assert [point.kind for point in points] == ["website", "chat", "counter"]
            codes |= {point.code for point in points}
    assert len(codes) == 6
    assert all(len(code) == 6 and not set(code) & set("01ilo") for code in codes)


def test_names_are_needed_and_given_once(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        point = operations.add_point(session, "  รถ  กู้ชีพ ", "cli", kind="vehicle")
        assert point.name == "รถ กู้ชีพ"
        for name in ("", "รถ กู้ชีพ", "ก" * 61):
            with pytest.raises(EitError):
                operations.add_point(session, name, "cli")
        operations.save_point(session, point, "cli", name="รถ กู้ชีพ", kind="vehicle", unit_id=None, active=False)
        operations.add_point(session, "รถ กู้ชีพ", "cli")  # the name is free again
        website = operations.own_point(session, "website")
        assert website is not None
        with pytest.raises(EitError):
            operations.save_point(session, website, "cli", name="x", kind="desk", unit_id=None, active=True)


def test_a_desk_is_made_once_for_a_person(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        chang = session.scalars(select(Staff).where(Staff.username == "chang")).one()
        point = operations.desk_of(session, chang, "cli")
        assert operations.desk_of(session, chang, "cli").id == point.id
        assert (point.kind, point.unit_id, point.name) == ("officer", chang.unit_id, "โต๊ะนายช่างโยธา")
        head = session.scalars(select(Staff).where(Staff.username == "changhead")).one()
        head.position = chang.position
        assert operations.desk_of(session, head, "cli").name == "โต๊ะนายช่างโยธา 2"


def test_scans_that_come_at_once_are_counted_exactly(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        point_id = operations.add_point(session, "เคาน์เตอร์", "cli").id

    def scan() -> None:
        for _ in range(10):
            with database.write(agency_id) as session:
                scans.count(session, agency_id, point_id, TODAY)

    people = [threading.Thread(target=scan) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with database.write(agency_id) as session:
        scans.count(session, agency_id, point_id, TODAY + timedelta(days=7))
        rows = session.execute(select(EitScan.day, EitScan.count).order_by(EitScan.day)).all()
    assert [tuple(row) for row in rows] == [(TODAY, 80), (TODAY + timedelta(days=7), 1)]


def test_a_scan_is_a_point_and_a_day_and_nothing_else() -> None:
    assert {column.name for column in inspect(EitScan).columns} == {"id", "agency_id", "point_id", "day", "count"}


def test_a_code_leads_to_its_own_agency(database: Database, agency_id: int) -> None:
    other_id = turns.new_agency(database, "other")
    with database.write(other_id) as session:
        code = operations.add_point(session, "เคาน์เตอร์", "cli").code
    with database.read() as session:
        opened = scans.find(session, code.upper(), TODAY)
        assert opened is not None
        assert (opened.agency_id, opened.agency_code, opened.state) == (other_id, "other", "unknown")
    with database.read() as session:
        assert scans.find(session, "zzzzzz", TODAY) is None


def test_the_reach_of_a_year(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        round_ = rounds.of_year(session, 2570)
        assert round_ is not None
        empty = reach(session, 2570, NOW)
        assert (empty["scans"]["total"], empty["scans"]["by_week"], empty["left"]) == (0, [], None)
        one = operations.add_point(session, "เคาน์เตอร์", "cli")
        two = operations.add_point(session, "รถ", "cli", kind="vehicle")
        for point, day, times in ((one, date(2027, 2, 22), 2), (two, date(2027, 2, 28), 5), (two, TODAY, 1)):
            for _ in range(times):
                scans.count(session, agency_id, point.id, day)
        operations.save_point(session, one, "cli", name="เก่า", kind="desk", unit_id=None, active=False)
        operations.record_count(session, round_, date(2027, 3, 8), 120, "cli", TODAY)
        operations.record_count(session, round_, date(2027, 3, 1), 90, "cli", TODAY)
        operations.record_count(session, round_, date(2027, 3, 8), 130, "cli", TODAY)
        session.flush()
        figures = reach(session, 2570, NOW)
    assert [figures[name] for name in ("state", "target", "reported", "left", "percent", "days_left")] == [
        "open", 400, 130, 270, 32, 113,
    ]  # fmt: skip
    assert figures["reported_on"] == "2027-03-08"
    assert figures["counts"] == [{"day": "2027-03-01", "count": 90}, {"day": "2027-03-08", "count": 130}]
    assert figures["scans"]["total"] == 8
    assert [(p["name"], p["count"], p["active"]) for p in figures["scans"]["by_point"]][:2] == [
        ("รถ", 6, True),
        ("เก่า", 2, False),
    ]
    assert figures["scans"]["by_week"] == [
        {"week": "2027-02-22", "count": 7},
        {"week": "2027-03-01", "count": 0},
        {"week": "2027-03-08", "count": 1},
    ]
    assert reach_of_another_year(database, agency_id) == 0


def reach_of_another_year(database: Database, agency_id: int) -> int:
    with database.read(agency_id) as session:
        return int(reach(session, 2569, NOW)["scans"]["total"])


@pytest.mark.parametrize(("day", "count"), [(TODAY, -1), (TODAY + timedelta(days=1), 5), (date(2026, 9, 30), 5)])
def test_a_count_of_another_day_is_refused(database: Database, agency_id: int, day: date, count: int) -> None:
    with database.write(agency_id) as session:
        round_ = rounds.of_year(session, 2570)
        assert round_ is not None
        with pytest.raises(EitError):
            operations.record_count(session, round_, day, count, "cli", TODAY)


def test_the_ita_admin_is_chosen_or_the_admins_are(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        palad = session.scalars(select(Staff).where(Staff.username == "palad")).one()
        assert [person.username for person in operations.ita_admins(session)] == ["admin"]
        operations.choose_ita_admin(session, palad.id, "cli")
        assert [person.username for person in operations.ita_admins(session)] == ["palad"]
        assert session.get_one(Agency, agency_id).settings == {"demo": True, "ita_admin": palad.id}
        palad.active = False
        assert [person.username for person in operations.ita_admins(session)] == ["admin"]
        operations.choose_ita_admin(session, None, "cli")
        assert session.get_one(Agency, agency_id).settings == {"demo": True}
        with pytest.raises(EitError):
            operations.choose_ita_admin(session, 10**6, "cli")


def test_the_audit_log_names_acts_but_no_link(database: Database, agency_id: int) -> None:
    with database.read(agency_id) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "eit_round_saved")).one()
    assert (entry.subject, entry.detail) == ("eit:2570", {"link": True})
