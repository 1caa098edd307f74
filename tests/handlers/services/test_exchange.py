"""The table of all answers over versions, and what is counted."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
import time_machine
from sqlalchemy import select

from handlers.complaints import operations as desk
from handlers.services import answering, exchange, statistics
from handlers.services.operations import definition_of
from models.agency import Staff
from models.case import Case
from models.db import Database
from models.form import FormDefinition, FormVersion
from tests.handlers.services.forms import in_use, put_in_use
from tests.handlers.turns import SECRET_KEY, new_agency, view

SPAN = date(2026, 10, 1), date(2027, 9, 30)


@pytest.fixture
def agency_id(database: Database) -> int:
    return new_agency(database)


def answer(database: Database, version_id: int, at: str = "2026-11-23T03:00Z", **answers: Any) -> int | None:
    """Store these answers; the case's id, if one was made."""
    agency = view(database)
    with database.write(agency.id) as session:
        version = session.get_one(FormVersion, version_id)
        given = answering.Submission(answers=answers, channel="web", person=str(len(str(answers))))
        moment = datetime.fromisoformat(at)
        taken = answering.submit(session, agency, version, given, "web", moment, SECRET_KEY)
        return taken.case.id if taken.case else None


def table(database: Database, form_id: int) -> list[list[str]]:
    agency = view(database)
    with database.read(agency.id) as session:
        form = session.get_one(FormDefinition, form_id)
        data = exchange.export_xlsx(session, agency, form)
        text = exchange.export_csv(session, agency, form).decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows == list(csv.reader(io.StringIO(text)))
    return rows


def test_no_answer_is_lost_to_a_change_or_a_roll_back(database: Database, agency_id: int) -> None:
    first_fields = [
        {"id": "what", "type": "choice", "label": "ขออะไร",
         "options": [{"value": "a", "label": "เต็นท์"}, {"value": "b", "label": "เก้าอี้"}]},
        {"id": "old", "type": "text", "label": "ถามไว้เดิม"},
        {"id": "fee", "type": "number", "label": "ค่าธรรมเนียม", "staff": True, "required": False},
    ]  # fmt: skip
    second_fields = [
        {"id": "what", "type": "choice", "label": "ยืมอะไร",
         "options": [{"value": "b", "label": "เก้าอี้พลาสติก"}, {"value": "c", "label": "โต๊ะ"}]},
        {"id": "new", "type": "number", "label": "กี่ตัว"},
    ]  # fmt: skip
    form_id, first = put_in_use(database, "lend", first_fields)
    answer(database, first, what="a", old="=HYPERLINK(0)")
    _, second = put_in_use(database, "lend", second_fields)
    answer(database, second, what="c", new=20)
    rows = table(database, form_id)
    assert rows[0][7:] == ["ยืมอะไร", "กี่ตัว", "ถามไว้เดิม", "ค่าธรรมเนียม (เจ้าหน้าที่)", "แบบฟอร์มรุ่นที่"]
    assert [row[7:] for row in rows[1:]] == [["เต็นท์", "", "'=HYPERLINK(0)", "", "1"], ["โต๊ะ", "20", "", "", "2"]]
    assert [row[0] for row in rows[1:]] == ["R70-000001", "R70-000002"]
    in_use(database, form_id, 1)
    answer(database, first, what="b", old="อีกครั้ง")
    rows = table(database, form_id)
    assert rows[0][7:9] == ["ยืมอะไร", "ถามไว้เดิม"]  # in the order of the version in use, under the newest names
    assert [row[7] for row in rows[1:]] == ["เต็นท์", "โต๊ะ", "เก้าอี้"]
    with database.read(agency_id) as session:
        form = session.get_one(FormDefinition, form_id)
        december = exchange.rows(session, view(database), form, date(2026, 12, 1), date(2026, 12, 31))
        assert len(list(december)) == 1  # the header
        kept = session.get_one(FormVersion, second)
        assert definition_of(kept).form["new"].label == "กี่ตัว"
        assert not kept.in_use


@time_machine.travel("2026-11-23T03:00Z", tick=False)
def test_what_is_counted(database: Database, agency_id: int) -> None:
    units = sorted(view(database).units)
    rating = [
        {"id": "unit", "type": "unit", "label": "ส่วนงาน", "required": False},
        {"id": "score", "type": "rating", "label": "พอใจแค่ไหน"},
    ]
    _, request = put_in_use(database, "ask", [{"id": "a", "type": "text", "label": "อะไร"}])
    _, survey = put_in_use(database, "rate", rating, kind="survey", unit_id=units[2])
    _, secret = put_in_use(database, "quiet", rating, kind="anonymous", unit_id=None)
    case_id = answer(database, request, at="2026-10-31T18:00Z", a="ก")  # the first of November in Bangkok
    answer(database, request, a="ข")
    answer(database, survey, at="2026-12-01T03:00Z", unit=str(units[0]), score=5)
    answer(database, survey, at="2026-12-01T03:00Z", unit=None, score=2)
    answer(database, survey, at="2027-10-01T03:00Z", unit=None, score=1)  # another fiscal year
    answer(database, secret, unit=None, score=4)
    agency = view(database)
    with database.write(agency_id) as session:
        case = session.get_one(Case, case_id)
        chief = session.scalars(select(Staff).where(Staff.username == "palad")).one()
        now = datetime.now(UTC)
        desk.done(session, agency, case, chief, now, "เสร็จแล้ว")
        desk.rate(session, case, 3, "web", now)
    with database.read(agency_id) as session:
        counted = {one.key: one for one in statistics.per_month(session, *SPAN)}
        assert counted["ask"].by_month == {(2026, 11): 2}
        assert (counted["ask"].total, counted["ask"].finished, counted["ask"].in_time) == (2, 1, 0)
        assert counted["rate"].by_month == {(2026, 12): 2}
        assert counted["quiet"].by_month == {(2026, 11): 1}
        rated = {one.unit_id: one for one in statistics.ratings_by_unit(session, *SPAN)}
        assert rated[units[0]].counts == (0, 0, 0, 0, 1)
        assert rated[None].counts == (0, 0, 0, 1, 0)
        works = next(unit.id for unit in agency.units.values() if unit.name == "กองช่าง")
        everything = [one.answers for one in rated.values()]
        assert sum(everything) == 4
        assert rated[works].counts[2] == 1  # the stars of the request
        form = session.scalars(select(FormDefinition).where(FormDefinition.key == "rate")).one()
        only = statistics.ratings_by_unit(session, *SPAN, form=form)
        assert [(one.unit_id, one.mean_hundredths, one.satisfied_percent) for one in only] == [
            (units[0], 500, 100),
            (units[2], 200, 0),
        ]
        assert statistics.UnitRating(None, (0, 0, 1, 1, 1)).mean_hundredths == 400
        assert statistics.UnitRating(None, (1, 0, 0, 0, 1)).mean_hundredths == 300
        assert statistics.UnitRating(None, (2, 0, 0, 0, 1)).mean_hundredths == 233


def test_complaint_numbers_do_not_count_requests(database: Database, agency_id: int) -> None:
    _, version = put_in_use(database, "ask", [{"id": "a", "type": "text", "label": "อะไร"}])
    answer(database, version, a="ก")
    with database.read(agency_id) as session:
        assert [(case.kind, case.number[0]) for case in session.scalars(select(Case))] == [("request", "R")]
    agency = view(database)
    new = desk.NewCase(category_code="road", detail="ถนนพังมาก", place={"moo": 1, "landmark": "หน้าวัด"})
    with database.write(agency_id) as session:
        desk.open_case(session, agency, new, "web", datetime.now(UTC), SECRET_KEY)
    with database.read(agency_id) as session:
        assert session.scalars(select(Case.number).where(Case.kind == "complaint")).one().startswith("C")
        assert all(category.kind == "complaint" for category in view(database).categories)
