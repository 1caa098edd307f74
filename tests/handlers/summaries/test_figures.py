"""Each number against an independent count, by hand for a few rows and row by row for made-up ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView, load_agency
from handlers.summaries import periods, terms
from handlers.summaries.figures import collect
from handlers.summaries.office_time import OfficeTime
from models.agency import Agency, Staff, Unit
from models.case import CHANNELS, OPEN_STATUSES, STATUSES, Case, CaseEvent, CasePause, Category
from models.db import Database
from models.duty import Duty
from models.measure import Evidence, Measure, RegisterEntry
from tests.handlers.summaries import slow
from tests.handlers.summaries.conftest import Office, add_case, add_question, fresh_agency, moment
from thai.working_time import WorkCalendar

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
AFTER = moment("2027-01-04 08:30")  # the first working day after quarter 1
INTS = ("received", "closed", "finished", "confirmed", "open", "late", "paused", "in_time", "reopened", "rated")


def _view(session: Session, agency_id: int) -> AgencyView:
    return load_agency(session, session.get_one(Agency, agency_id), "https://example.test")


# -- by hand ---------------------------------------------------------------------------------------------


def test_a_quarter_by_hand(office: Office) -> None:
    with office.session() as session:
        works = office.unit("กองช่าง")
        kept = {"unit_id": works, "moo": 3}
        add_case(session, **kept)  # open and late
        add_case(session, due_at=moment("2027-01-10 16:30"), **kept)  # open, still in time
        waits = add_case(session, status="in_progress", sub_status="budget")
        session.add(CasePause(case_id=waits.id, reason="budget", started_at=moment("2026-10-06 09:00")))
        done = {"status": "done", "done_at": moment("2026-10-07 09:00"), "closed_at": moment("2026-10-07 09:00")}
        add_case(
            session, rating=5, **{**done, "status": "confirmed", "confirmed_at": moment("2026-10-08 09:00")}, **kept
        )
        add_case(session, rating=2, **{**done, "closed_at": moment("2026-10-20 09:00")})  # 15 days, too late
        add_case(session, **{**done, "status": "rejected"})
        add_case(session, opened_at=moment("2026-09-30 23:59"), **done)  # came in the quarter before
        add_case(session, opened_at=moment("2027-01-01 00:00"))  # came after
        again = add_case(session, status="accepted", reopened=2, due_at=moment("2027-02-01 16:30"))
        for at in ("2026-11-01 09:00", "2026-11-09 09:00"):
            session.add(CaseEvent(case_id=again.id, at=moment(at), action="reopened"))
        add_case(session, kind="request")  # a request of the form service is no complaint

        add_question(session, [moment("2026-11-02 09:30")], asked_at=moment("2026-10-31 20:00"), status="answered")
        # 8 working hours; answered again later, which does not make it slower
        answers = [moment("2026-11-04 09:00"), moment("2026-11-05 15:00")]
        add_question(session, answers, asked_at=moment("2026-11-03 09:00"), status="answered")
        add_question(session, asked_at=moment("2026-11-03 09:00"))
        closed = moment("2026-11-03 09:05")
        add_question(session, asked_at=moment("2026-11-03 09:00"), closed_at=closed, status="closed")
        for feedback, answered in ((None, closed), (True, closed), (False, closed), (None, None)):
            asked = {"asked_at": moment("2026-11-03 09:00"), "status": "answered_by_bot", "answered_at": answered}
            add_question(session, person=False, feedback=feedback, **asked)

        def duty(due: str, **given: Any) -> Duty:
            day = date.fromisoformat(due)
            made = Duty(fiscal_year=2570, title="งาน", planned_on=day, due_on=day, unit_id=works, **given)
            session.add(made)
            return made

        approved = {"status": "done", "done_at": moment("2027-01-03 09:00")}
        duty("2026-12-31", submitted_at=moment("2026-12-31 23:00"), **approved)  # sent in time, approved later
        duty("2026-12-30", submitted_at=moment("2026-12-31 00:10"), **approved)  # a day late
        duty("2026-12-15", status="submitted", submitted_at=moment("2026-12-01 09:00"))  # nobody approved it: late
        duty("2026-12-15", status="cancelled")
        high = duty("2026-11-15", escalation=3)  # open and overdue
        session.flush()
        session.add(
            Evidence(kind="url", url="https://example.go.th", duty_id=high.id, added_at=moment("2026-12-01 09:00"))
        )
        session.add(Measure(fiscal_year=2570, title="มาตรการ", status="done"))
        session.add(Measure(fiscal_year=2569, title="ปีก่อน", status="done"))
        session.add(RegisterEntry(register="channels", fiscal_year=2570, title="โทรศัพท์"))
        session.flush()
        found = collect(session, office.agency, FIRST, LAST, AFTER)

    assert {name: found["cases"][name] for name in INTS} == {
        "received": 7, "closed": 4, "finished": 3, "confirmed": 1, "open": 4, "late": 1, "paused": 1, "in_time": 2,
        "reopened": 1, "rated": 2,
    }  # fmt: skip
    assert found["cases"]["in_time_share"] == 50.0  # two of three finished and one that is late and open
    assert found["cases"]["median_days"] == 6.4  # 2, 6.4 and 15 days
    assert found["cases"]["rating"] == 3.5
    assert [(row["label"], row["received"]) for row in found["cases_by_moo"]] == [("หมู่ 3", 3), ("ไม่ระบุหมู่", 4)]
    assert [(row["label"], row["received"]) for row in found["cases_by_unit"]] == [("กองช่าง", 3), ("ยังไม่มอบหมาย", 4)]
    assert found["questions"] == {
        "asked": 8,
        "bot": 2,
        "missed": 2,
        "person": 2,
        "unanswered": 1,
        "ended": 1,
        "bot_share": 50.0,
        "median_minutes": 270,
    }  # fmt: skip - 60 and 480 working minutes
    assert found["duties"] == {"due": 4, "on_time": 1, "late": 3, "pending": 0, "on_time_share": 25.0}
    assert found["measures"] == {"not_started": 0, "in_progress": 0, "done": 1}
    assert found["channels"] == {"count": 1}
    assert {row["key"]: row["count"] for row in found["decisions"]} == {
        "decide.waiting": 1, "decide.duties": 1, "decide.evidence": 1,
    }  # fmt: skip
    assert found["previous"]["first"] == "2026-07-01"
    assert found["previous"]["cases"]["received"] == 1


def test_nothing_is_nought_and_no_share(office: Office) -> None:
    with office.database.read(office.agency.id) as session:
        found = collect(session, office.agency, FIRST, LAST, AFTER)
    assert {found["cases"][name] for name in INTS} == {0}
    assert found["cases"]["in_time_share"] is None
    assert found["questions"]["median_minutes"] is None
    assert found["duties"]["on_time_share"] is None
    assert found["decisions"] == []


def test_a_complaint_of_conduct_is_not_counted_for_whom_it_concerns(office: Office) -> None:
    with office.session() as session:
        works, finance = office.unit("กองช่าง"), office.unit("กองคลัง")
        conduct = session.scalars(select(Category.id).where(Category.conduct)).first()
        chang, khlang = office.staff(session, "changhead"), office.staff(session, "khlanghead")
        add_case(session, category_id=conduct, accused_unit_id=works, unit_id=finance, assignee_id=chang.id)
        add_case(session, category_id=conduct, accused_unit_id=works, unit_id=works)
        for viewer, count in ((chang, 0), (khlang, 1), (office.staff(session, "palad"), 2), (None, 2)):
            found = collect(session, office.agency, FIRST, LAST, AFTER, viewer)
            assert found["cases"]["received"] == count
            assert sum(row["received"] for row in found["cases_by_category"]) == count


def test_every_number_is_defined_and_leads_somewhere(office: Office) -> None:
    with office.database.read(office.agency.id) as session:
        found = collect(session, office.agency, FIRST, LAST, AFTER)
    numbers = {
        f"{group}.{name}" for group in ("cases", "questions", "duties", "measures", "channels") for name in found[group]
    }
    assert numbers - {"cases.rating"} <= set(found["definitions"])
    for definition in found["definitions"].values():
        assert definition["text"]
        assert parse_qs(urlsplit(definition["address"]).query) == {"first": ["2026-10-01"], "last": ["2026-12-31"]}
    assert terms.address("cases.late", FIRST, LAST, moo=3, unit=None).endswith("&moo=3")


# -- row by row ------------------------------------------------------------------------------------------

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
hours = st.integers(0, 180 * 24)  # to the end of February: before, in and after the quarter


def _at(hour: int) -> datetime:
    return BEGIN + timedelta(hours=hour)


@st.composite
def made_cases(draw: st.DrawFn) -> dict[str, Any]:
    opened = draw(hours)
    status = draw(st.sampled_from(STATUSES))
    row: dict[str, Any] = {
        "opened_at": _at(opened), "due_at": _at(opened + draw(st.integers(1, 900))), "status": status,
        "channel": draw(st.sampled_from(CHANNELS)), "moo": draw(st.sampled_from([None, 1, 2])),
        "unit": draw(st.sampled_from([None, 0, 1])), "category": draw(st.sampled_from([0, 1])),
        "kind": draw(st.sampled_from(["complaint", "complaint", "request"])),
    }  # fmt: skip
    if status not in OPEN_STATUSES:
        row["closed_at"] = _at(opened + draw(st.integers(0, 2000)))
        if status in ("done", "confirmed"):
            row["rating"] = draw(st.sampled_from([None, 1, 5]))
        if status == "confirmed":
            row["confirmed_at"] = row["closed_at"] + timedelta(hours=draw(st.integers(0, 800)))
    row["again"] = draw(st.lists(st.integers(0, 2000), max_size=2))
    row["pauses"] = draw(st.lists(st.tuples(st.integers(0, 1500), st.none() | st.integers(1, 900)), max_size=2))
    return row


@st.composite
def made_questions(draw: st.DrawFn) -> dict[str, Any]:
    asked = draw(hours)
    person = draw(st.booleans())
    row: dict[str, Any] = {
        "asked_at": _at(asked), "person": person, "unit": draw(st.sampled_from([None, 0, 1])),
        "feedback": draw(st.sampled_from([None, True, False])),
    }  # fmt: skip
    if person:
        row["answers"] = [_at(asked + h) for h in draw(st.lists(st.integers(0, 400), max_size=3))]
        row["closed_at"] = draw(st.none() | st.integers(0, 900).map(lambda h: _at(asked + h)))
    else:
        row["status"], row["answered_at"] = "answered_by_bot", draw(st.sampled_from([None, _at(asked)]))
    return row


@st.composite
def made_duties(draw: st.DrawFn) -> dict[str, Any]:
    due = date(2026, 9, 15) + timedelta(days=draw(st.integers(0, 130)))
    status = draw(st.sampled_from(["open", "in_progress", "submitted", "done", "done", "cancelled"]))
    row: dict[str, Any] = {
        "due_on": due,
        "planned_on": due,
        "status": status,
        "unit": draw(st.sampled_from([None, 0, 1])),
    }
    near = datetime.combine(due, datetime.min.time(), UTC)
    if status in ("submitted", "done"):
        row["submitted_at"] = near + timedelta(hours=draw(st.integers(-300, 300)))
    if status == "done":
        row["done_at"] = near + timedelta(hours=draw(st.integers(0, 400)))
        row["submitted_at"] = draw(st.sampled_from([None, row["submitted_at"]]))
    return row


def _put(session: Session, rows: tuple[list[dict[str, Any]], ...]) -> None:
    units = session.scalars(select(Unit).order_by(Unit.id)).all()
    categories = session.scalars(select(Category).order_by(Category.id)).all()

    def unit_of(row: dict[str, Any]) -> int | None:
        at = row.pop("unit")
        return None if at is None else units[at].id

    cases, questions, duties = ([dict(row) for row in some] for some in rows)
    for row in cases:
        again, pauses = row.pop("again"), row.pop("pauses")
        category = categories[row.pop("category")]
        case = add_case(session, unit_id=unit_of(row), category_id=category.id, reopened=len(again), **row)
        for hour in again:  # what is closed was opened again before: opening again takes closed_at away
            at = case.opened_at + timedelta(hours=hour)
            session.add(CaseEvent(case_id=case.id, at=min(at, case.closed_at or at), action="reopened"))
        for begin, length in pauses:
            started = case.opened_at + timedelta(hours=begin)
            ended = None if length is None else started + timedelta(hours=length)
            session.add(CasePause(case_id=case.id, reason="budget", started_at=started, ended_at=ended))
    for row in questions:
        add_question(session, unit_id=unit_of(row), **row)
    session.add_all(Duty(fiscal_year=2570, title="งาน", unit_id=unit_of(row), **row) for row in duties)
    session.flush()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.tuples(
        st.lists(made_cases(), max_size=12),
        st.lists(made_questions(), max_size=10),
        st.lists(made_duties(), max_size=8),
    ),
    now=st.sampled_from([AFTER, moment("2026-11-20 13:00"), moment("2026-09-20 10:00"), moment("2027-08-01 10:00")]),
)
def test_made_up_rows_count_the_same_row_by_row(
    database: Database, rows: tuple[list[dict[str, Any]], ...], now: datetime
) -> None:
    agency_id = fresh_agency(database, BEGIN)  # each example its own: the neighbours' rows must not count
    with database.write(agency_id) as session:
        _put(session, rows)
        agency = _view(session, agency_id)
        found = collect(session, agency, FIRST, LAST, now)
        cases = slow.cases(session, FIRST, LAST, now)
        ids = cases.pop("ids")
        median_days, expected_median = found["cases"].pop("median_days"), cases.pop("median_days")
        assert found["cases"] == cases
        assert median_days == pytest.approx(expected_median, abs=0.1001)  # the rounding may fall to the other side
        assert found["questions"] == slow.questions(session, agency.calendar, FIRST, LAST, now)
        assert found["duties"] == slow.duties(session, FIRST, LAST, now)
        known = {case.id: case for case in session.scalars(select(Case))}
    for table, column in (("cases_by_moo", "moo"), ("cases_by_unit", "unit_id"), ("cases_by_category", "category_id")):
        for row in found[table]:
            for name in INTS:
                assert row[name] == sum(getattr(known[i], column) == row["id"] for i in ids[name]), (table, name)
        assert sum(row["received"] for row in found[table]) == cases["received"]


@given(
    a=st.datetimes(datetime(2026, 9, 1), datetime(2027, 3, 1)), hours_later=st.floats(-50, 2000, allow_nan=False),
    more=st.datetimes(datetime(2026, 9, 1), datetime(2027, 3, 1)),
)  # fmt: skip
def test_office_time_is_the_calendars(a: datetime, hours_later: float, more: datetime) -> None:
    calendar = WorkCalendar(holidays={date(2026, 10, 13), date(2026, 12, 7)})
    office = OfficeTime(calendar)
    for begin in (a.replace(tzinfo=UTC), more.replace(tzinfo=UTC)):
        end = begin + timedelta(hours=hours_later)
        expected = calendar.office_time_between(begin, end).total_seconds()
        assert office.between(begin, end) == pytest.approx(expected, abs=1e-5)


# -- periods ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "first", "last", "label"),
    [
        ("2570-q1", "2026-10-01", "2026-12-31", "ไตรมาส 1/2570"),
        ("2566-q2", "2023-01-01", "2023-03-31", "ไตรมาส 2/2566"),
        ("2570-h2", "2027-04-01", "2027-09-30", "รอบ 6 เดือนหลัง ปีงบประมาณ 2570"),
        ("2570", "2026-10-01", "2027-09-30", "ปีงบประมาณ 2570"),
        ("2570-m10", "2026-10-01", "2026-10-31", "เดือนตุลาคม 2569"),
        ("2567-m02", "2024-02-01", "2024-02-29", "เดือนกุมภาพันธ์ 2567"),
    ],
)
def test_keys(key: str, first: str, last: str, label: str) -> None:
    period = periods.parse(key)
    assert (period.first.isoformat(), period.last.isoformat(), period.label) == (first, last, label)


@pytest.mark.parametrize("key", ["", "2570-q5", "2570-q", "q1", "2570-m13", "2026-q1", "2570-h1 "])
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(periods.PeriodUnknown):
        periods.parse(key)


@given(day=st.dates(date(2020, 1, 1), date(2040, 12, 31)), kind=st.sampled_from(periods.KINDS))
def test_periods_follow_each_other_without_a_gap(day: date, kind: str) -> None:
    period = periods.holding(kind, day)
    assert period.first <= day <= period.last
    assert periods.parse(period.key) == period
    assert periods.after(period).first == period.last + timedelta(days=1)
    assert periods.before(periods.after(period)) == period


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),
    holidays=st.sets(st.dates(date(2026, 1, 1), date(2028, 3, 1)), max_size=30),
)
def test_the_next_report_is_the_first_moment_at_which_more_is_due(now: datetime, holidays: set[date]) -> None:
    calendar = WorkCalendar(holidays=holidays)
    upcoming = periods.next_report_at(calendar, now)
    assert upcoming > now
    already = {period.key for period in periods.due(calendar, now)}
    assert {period.key for period in periods.due(calendar, upcoming)} - already
    assert {period.key for period in periods.due(calendar, upcoming - timedelta(seconds=1))} <= already


def test_staff_of_another_agency_sees_nothing_of_this_one(office: Office, database: Database) -> None:
    other = fresh_agency(database, BEGIN)
    with office.session() as session:
        add_case(session)
    with database.write(other) as session:
        stranger = Staff(username="x", name="x", role="mayor", password_hash="-")
        session.add(stranger)
        session.flush()
        found = collect(session, _view(session, other), FIRST, LAST, AFTER, stranger)
    assert found["cases"]["received"] == 0
