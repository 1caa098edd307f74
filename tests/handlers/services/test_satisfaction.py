"""The yearly survey's figures: by unit and question, small units together, with what was changed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from handlers.services import answering, satisfaction, starter
from handlers.services.statistics import UnitRating
from models.agency import Staff
from models.db import Database
from models.form import FormVersion
from models.measure import RegisterEntry
from tests.handlers.turns import SECRET_KEY, new_agency, view

FIRST, LAST = date(2026, 10, 1), date(2027, 9, 30)


def test_by_unit_and_question_with_what_was_changed(database: Database) -> None:
    new_agency(database)
    agency = view(database)
    now = datetime(2026, 11, 23, 3, tzinfo=UTC)
    works, finance = (next(u.id for u in agency.units.values() if u.name == name) for name in ("กองช่าง", "กองคลัง"))
    with database.write(agency.id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        starter.publish_packs(session, agency, staff, now)
        form = satisfaction.form_of(session)
        assert form is not None
        version = session.scalars(select(FormVersion).where(FormVersion.form_id == form.id)).one()
        for number in range(6):
            marks = {"manner": 5, "steps": 4, "fair": 5, "place": 4, "overall": 2 if number else 5}
            answers = {"unit": str(works if number else finance), **marks, "suggestion": f"ข้อเสนอ {number}"}
            answering.submit(session, agency, version, answering.Submission(answers=answers), "web", now, SECRET_KEY)
        session.add(
            RegisterEntry(register="improvements", fiscal_year=2570, title="เพิ่มเก้าอี้รอ", dated=date(2026, 11, 1),
                          data={"source": "survey", "found": "ที่นั่งไม่พอ", "changed": "เพิ่มเก้าอี้ 10 ตัว"})
        )  # fmt: skip
        session.flush()
        found = satisfaction.figures(session, agency, form, FIRST, LAST, 2570)
        assert found.answers == 6
        assert [(unit, people, rating.mean_hundredths) for unit, people, rating in found.by_unit] == [
            ("กองช่าง", 5, 400),
            ("ส่วนงานอื่นรวมกัน", 1, 460),
        ]
        questions = {label: rating.satisfied_percent for label, rating in found.by_question}
        assert questions["ความพึงพอใจโดยรวม"] == 16
        assert questions["ความสุภาพและเอาใจใส่"] == 100
        assert ("ส่วนงานอื่นรวมกัน", "ข้อเสนอ 0") in found.suggestions
        assert len(found.suggestions) == 6
        (changed,) = [one for one in found.improvements if one.title == "เพิ่มเก้าอี้รอ"]
        assert changed.changed == "เพิ่มเก้าอี้ 10 ตัว"
        rows = list(satisfaction.table(found))
        assert rows[1] == ("ส่วนงาน", "กองช่าง", "5", "10", "10", "0", "5", "0", "4.00", "80")
        assert satisfaction.figures(session, agency, form, date(2025, 10, 1), date(2026, 9, 30), 2569).answers == 0
        assert satisfaction.after_service(session, agency, FIRST, LAST) == []
        # For everybody the one visitor of กองคลัง stands with the others, in marks and in words.
        public = satisfaction.for_everybody(found)
        assert [(unit, people) for unit, people, _ in public.by_unit] == [(satisfaction.OTHERS, 6)]
        assert {unit for unit, _ in public.suggestions} == {satisfaction.OTHERS}


ROWS = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 9), st.integers(0, 9)), max_size=8).map(
    lambda rows: [
        (f"ส่วน {at}", people, UnitRating(at, (low, 0, 0, 0, high))) for at, (people, low, high) in enumerate(rows)
    ]
)


@given(ROWS)
def test_no_small_unit_is_shown_nor_found_by_subtraction(rows: satisfaction.ByUnit) -> None:
    shown = satisfaction.put_together(rows)
    assert all(people >= satisfaction.FEW for _, people, _ in shown)
    names = {unit for unit, _, _ in shown}
    hidden = [people for unit, people, _ in rows if unit not in names]
    if shown:
        assert len(hidden) != 1
        assert sum(people for _, people, _ in shown) == sum(people for _, people, _ in rows)
        assert satisfaction.total(shown).counts == satisfaction.total(rows).counts
    else:
        assert sum(hidden) < satisfaction.FEW
