"""Promised dates, honest pauses, and the clock that warns and escalates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from handlers.agencies import AgencyView
from handlers.complaints import due, operations
from models.case import Case, CaseEvent, CasePause
from tests.handlers.complaints.conftest import NOW, Office
from thai.dates import at_bangkok, bangkok_date, to_bangkok
from thai.holidays import seed_holidays
from thai.working_time import WorkCalendar

CALENDAR = WorkCalendar(holidays=dict(seed_holidays(2026, 2028)))
AGENCY = cast(AgencyView, SimpleNamespace(calendar=CALENDAR))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(lambda d: d.replace(tzinfo=UTC))
SPANS = st.integers(1, 60)


def promise(value: int, unit: str) -> Any:
    return SimpleNamespace(sla_value=value, sla_unit=unit)


# -- due_of ----------------------------------------------------------------------------------------------


@given(MOMENTS, SPANS, st.sampled_from(["working_days", "days"]))
def test_a_promised_day_is_a_working_day_and_ends_when_the_office_closes(at: datetime, span: int, unit: str) -> None:
    found = due.due_of(AGENCY, promise(span, unit), at)
    assert found > at
    assert CALENDAR.is_working_day(bangkok_date(found))
    assert to_bangkok(found).time() == CALENDAR.closes


@given(MOMENTS, SPANS)
def test_working_days_are_counted_and_hours_run_round_the_clock(at: datetime, span: int) -> None:
    by_days = due.due_of(AGENCY, promise(span, "working_days"), at)
    assert CALENDAR.working_days_between(bangkok_date(at), bangkok_date(by_days)) == span
    assert due.due_of(AGENCY, promise(span, "hours"), at) - at == timedelta(hours=span)
    calendar_days = due.due_of(AGENCY, promise(span, "days"), at)
    last = bangkok_date(at) + timedelta(days=span)
    assert bangkok_date(calendar_days) == CALENDAR.next_working_day(last)


@given(MOMENTS, SPANS, st.sampled_from(["hours", "working_days", "days"]), st.integers(0, 500))
def test_who_files_later_is_never_promised_earlier(at: datetime, span: int, unit: str, wait: int) -> None:
    later = at + timedelta(hours=wait)
    assert due.due_of(AGENCY, promise(span, unit), at) <= due.due_of(AGENCY, promise(span, unit), later)


@given(MOMENTS, SPANS, st.sampled_from(["hours", "working_days", "days"]))
def test_the_reminder_comes_between(at: datetime, span: int, unit: str) -> None:
    found = due.due_of(AGENCY, promise(span, unit), at)
    assert at < due.warn_at(AGENCY, at, found) <= found


def test_three_working_days_over_a_long_weekend() -> None:
    friday = at_bangkok(date(2026, 12, 4)) + timedelta(hours=10)  # Monday 7 December is the substitute holiday
    assert bangkok_date(due.due_of(AGENCY, promise(3, "working_days"), friday)) == date(2026, 12, 11)


# -- state and pauses ------------------------------------------------------------------------------------


def progress(office: Office, case_id: int, sub_status: str, now: datetime) -> None:
    with office.session() as session:
        case = session.get_one(Case, case_id)
        operations.progress(session, office.agency, case, office.staff(session, "chang"), now, sub_status, "")


def state(office: Office, case_id: int, now: datetime) -> str:
    with office.session() as session:
        case = session.get_one(Case, case_id)
        found = due.state_of(case, now)
        late = session.scalars(select(Case.id).where(due.is_late(now))).first() is not None
        soon = session.scalars(select(Case.id).where(due.is_soon(now))).first() is not None
        assert (late, soon) == (found == "late", found == "soon")  # the lists agree with the page
        return found


def test_states_of_a_case(office: Office) -> None:
    case_id = office.file(category_code="road")  # 7 working days
    due_at = office.case(case_id).due_at
    assert bangkok_date(due_at) == date(2026, 12, 2)
    assert state(office, case_id, NOW) == "ok"
    assert state(office, case_id, due_at - timedelta(hours=30)) == "soon"
    assert state(office, case_id, due_at + timedelta(minutes=1)) == "late"
    progress(office, case_id, "procurement", NOW + timedelta(days=1))
    assert state(office, case_id, due_at + timedelta(days=9)) == "paused"
    with office.session() as session:
        session.get_one(Case, case_id).status = "done"
    assert state(office, case_id, due_at + timedelta(days=9)) == ""


def test_a_wait_moves_the_due_date_by_the_office_time_it_took(office: Office) -> None:
    case_id = office.file(category_code="road")
    before = office.case(case_id).due_at
    progress(office, case_id, "budget", NOW)  # Monday 10.00
    assert office.case(case_id).due_at == before
    progress(office, case_id, "procurement", NOW + timedelta(days=1))  # still waiting, for something else
    progress(office, case_id, "", NOW + timedelta(days=2))
    after = office.case(case_id).due_at
    assert CALENDAR.office_time_between(before, after) == timedelta(hours=16)  # two office days
    with office.session() as session:
        pauses = session.scalars(select(CasePause).order_by(CasePause.id)).all()
        assert [p.reason for p in pauses] == ["budget", "procurement"]
        assert all(p.ended_at for p in pauses)


def test_a_survey_is_work_and_moves_nothing(office: Office) -> None:
    case_id = office.file(category_code="road")
    before = office.case(case_id).due_at
    progress(office, case_id, "survey", NOW)
    progress(office, case_id, "", NOW + timedelta(days=3))
    assert office.case(case_id).due_at == before


def test_a_wait_that_begins_too_late_excuses_nothing(office: Office) -> None:
    case_id = office.file(category_code="road")
    before = office.case(case_id).due_at
    progress(office, case_id, "budget", before + timedelta(days=1))
    assert state(office, case_id, before + timedelta(days=2)) == "late"
    progress(office, case_id, "", before + timedelta(days=5))
    assert office.case(case_id).due_at == before


# -- the clock -------------------------------------------------------------------------------------------


def tick(office: Office, now: datetime) -> int:
    with office.session() as session:
        return operations.warn_and_escalate(session, office.agency, now)


def heard(office: Office, username: str, what: str) -> int:
    return sum(what in row.messages for row in office.outbox(f"U-{username}"))


def test_officer_then_head_then_clerk_each_once(office: Office) -> None:
    case_id = office.file(category_code="road")
    due_at = office.case(case_id).due_at  # Wednesday 2 December, closing time
    assert tick(office, NOW) == 0
    tuesday = at_bangkok(date(2026, 12, 1)) + timedelta(hours=9)
    assert [tick(office, tuesday) for _ in range(3)] == [1, 0, 0]
    assert (heard(office, "chang", "ใกล้ครบกำหนด"), heard(office, "changhead", "กำหนดแล้ว")) == (1, 0)
    assert [tick(office, due_at + timedelta(minutes=5)) for _ in range(2)] == [1, 0]
    assert (heard(office, "chang", "เกินกำหนด"), heard(office, "changhead", "เกินกำหนด")) == (1, 1)
    assert heard(office, "palad", "เกินกำหนด") == 0
    assert [tick(office, due_at + timedelta(days=1)) for _ in range(2)] == [1, 0]
    assert heard(office, "palad", "เกินกำหนด") == 1
    with office.session() as session:
        events = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)).all()
        assert [e.action for e in events] == ["opened", "warned", "escalated", "escalated"]


def test_after_a_long_sleep_the_clock_catches_up_without_a_late_reminder(office: Office) -> None:
    case_id = office.file(category_code="road")
    assert tick(office, office.case(case_id).due_at + timedelta(days=20)) == 2
    assert heard(office, "chang", "ใกล้ครบกำหนด") == 0
    assert heard(office, "changhead", "เกินกำหนด") == heard(office, "palad", "เกินกำหนด") == 1


@pytest.mark.parametrize("ended", ["done", "rejected"])
def test_what_is_over_or_waits_is_left_in_peace(office: Office, ended: str) -> None:
    over, waits = office.file(category_code="road"), office.file(category_code="road")
    with office.session() as session:
        session.get_one(Case, over).status = ended
    progress(office, waits, "legal", NOW)
    assert tick(office, NOW + timedelta(days=60)) == 0
