"""Anonymous answers: who answered and what was answered cannot be brought together, by any column or order."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from handlers.services import answering
from handlers.turn import SEALED
from models import Base
from models.audit import AuditEntry
from models.conversation import Conversation
from models.db import Database
from models.form import AnonymousAnswers, AnsweredMarks, FormVersion
from models.outbox import OutboxMessage
from tests.handlers.services.forms import put_in_use
from tests.handlers.turns import SECRET_KEY, choice, new_agency, say, tap, view, words
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year, year_period

FIELDS: list[dict[str, Any]] = [
    {"id": "score", "type": "rating", "label": "พอใจแค่ไหน"},
    {"id": "why", "type": "text", "label": "เพราะอะไร"},
]
PEOPLE = [f"U-person-{n}" for n in range(12)]


@pytest.fixture
def answered(database: Database) -> int:
    """Twelve people answer one after the other, each in own words; the agency's id."""
    agency_id = new_agency(database)
    put_in_use(database, "secret", FIELDS, kind="anonymous", title="ความพึงพอใจ")
    for n, user in enumerate(PEOPLE):
        answer(database, user, f"เหตุผลเฉพาะ-{n}")
    return agency_id


def answer(database: Database, user: str, why: str) -> str:
    say(database, "demo", user, "แบบฟอร์ม secret")
    say(database, "demo", user, "4")
    review = say(database, "demo", user, why)
    return words(tap(database, "demo", user, choice(review, "ส่งเรื่อง")))


def test_all_is_kept_and_nobody_answers_twice(database: Database, answered: int) -> None:
    with database.read(answered) as session:
        (box,) = session.scalars(select(AnonymousAnswers)).all()
        assert {one["why"] for one in box.answers} == {f"เหตุผลเฉพาะ-{n}" for n in range(len(PEOPLE))}
        assert box.day == bangkok_date(datetime.now(UTC))
        assert len(session.scalars(select(AnsweredMarks)).one().people) == len(PEOPLE)
    assert "ตอบแบบนี้ไปแล้ว" in words(say(database, "demo", PEOPLE[3], "แบบฟอร์ม secret"))


def test_there_is_nothing_to_join(database: Database, answered: int) -> None:
    answers, marks = (table.__table__ for table in (AnonymousAnswers, AnsweredMarks))
    # Besides the agency, the two tables share no column and refer to no common row of a person or a moment.
    assert {c.name for c in answers.columns} & {c.name for c in marks.columns} == {"agency_id"}
    assert {c.name for c in answers.columns} == {"agency_id", "form_version_id", "day", "answers"}
    assert {c.name for c in marks.columns} == {"agency_id", "form_id", "people"}
    referring = [
        (table.name, key.target_fullname)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table in (answers, marks)
    ]
    assert referring == []
    assert {c["name"] for c in inspect(database.engine).get_columns("anonymous_answers")} == {
        c.name for c in answers.columns
    }


def test_next_fiscal_year_the_same_people_are_asked_again(database: Database, answered: int) -> None:
    today = bangkok_date(datetime.now(UTC))
    with database.read(answered) as session:
        form_id = session.scalars(select(AnsweredMarks.form_id)).one()
        assert answering.has_answered(session, form_id, PEOPLE[3], SECRET_KEY, today)
        assert not answering.has_answered(
            session, form_id, PEOPLE[3], SECRET_KEY, year_period(fiscal_year(today) + 1).start
        )


def test_neither_order_nor_the_databases_own_marks_tell(database: Database, answered: int) -> None:
    """One row for all answers of a day, one for all people: a row number or transaction id names nobody; within the
    rows, people stand by hash and answers in random order."""
    with database.read(answered) as session:
        box = session.scalars(select(AnonymousAnswers)).one()
        people = session.scalars(select(AnsweredMarks)).one().people
        arrived = [f"เหตุผลเฉพาะ-{n}" for n in range(len(PEOPLE))]
        assert people == sorted(people)
        stored = [one["why"] for one in box.answers]
    assert sorted(stored) == sorted(arrived)
    # Twelve answers in the order of arrival: once in 479,001,600 shuffles.
    assert stored != arrived


def test_the_order_changes_with_every_answer(database: Database, answered: int) -> None:
    def stored() -> list[str]:
        with database.read(answered) as session:
            return [one["why"] for one in session.scalars(select(AnonymousAnswers)).one().answers]

    before = stored()
    answer(database, "U-late", "คนสุดท้าย")
    after = [why for why in stored() if why != "คนสุดท้าย"]
    assert after != before


def test_no_other_table_remembers_an_answer(database: Database, answered: int) -> None:
    """What the bot said back repeats answers: those rows are marked to be deleted as soon as they are sent."""
    with database.read(answered) as session:
        for row in session.scalars(select(OutboxMessage)):
            if "เหตุผลเฉพาะ" in row.messages:
                assert row.subject == SEALED
        for talk in session.scalars(select(Conversation)):
            assert "เหตุผลเฉพาะ" not in talk.state
            assert "form" not in json.loads(talk.state)
        for entry in session.scalars(select(AuditEntry)):
            assert "เหตุผลเฉพาะ" not in json.dumps(entry.detail, ensure_ascii=False)
            assert not (entry.actor.startswith("citizen:") and entry.subject.startswith("form:"))
    sealed = {"anonymous_answers", "outbox_message"}
    with database.engine.connect() as connection:
        for table in Base.metadata.tables.values():
            rows = connection.execute(text(f'SELECT * FROM "{table.name}"')).all()
            if table.name not in sealed:
                assert not any("เหตุผลเฉพาะ" in str(value) for row in rows for value in row), table.name


def test_answers_at_the_same_moment_are_all_kept(database: Database) -> None:
    agency_id = new_agency(database)
    _, version_id = put_in_use(database, "secret", FIELDS, kind="anonymous")
    agency = view(database)

    def submit(n: int) -> None:
        with database.write(agency_id) as session:
            version = session.get_one(FormVersion, version_id)
            given = answering.Submission(answers={"score": 5, "why": f"{n}"}, person=f"U-{n}")
            answering.submit(session, agency, version, given, "web", datetime.now(UTC), SECRET_KEY)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(submit, range(24)))
    with database.read(agency_id) as session:
        answers = [one["why"] for box in session.scalars(select(AnonymousAnswers)) for one in box.answers]
        assert sorted(answers, key=int) == [str(n) for n in range(24)]
        assert len(session.scalars(select(AnsweredMarks)).one().people) == 24
