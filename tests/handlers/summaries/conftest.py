"""The invented agency of the complaints' tests, and short ways to put rows into it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.agency import Agency, Unit
from models.case import Case, Category
from models.db import Database
from models.question import Question
from models.thread import ThreadMessage
from tests.handlers.complaints.conftest import Office, office

__all__ = ["Office", "add_case", "add_question", "fresh_agency", "moment", "office", "past"]

_numbers = itertools.count(1)


def moment(text: str) -> datetime:
    """ "2026-12-31 16:00", Bangkok's clock."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def fresh_agency(database: Database, created_at: datetime) -> int:
    """An agency with two units and two categories and nothing else; its id."""
    with database.write() as session:
        agency = Agency(code=f"a{next(_numbers)}", name="อบต.สมมุติ", short_name="อบต.สมมุติ", created_at=created_at)
        session.add(agency)
        session.flush()
        session.info["agency_id"] = agency.id
        units = [Unit(name="สำนักปลัด"), Unit(name="กองช่าง")]
        session.add_all(units)
        session.flush()
        session.add_all(
            [
                Category(code=code, label=code, unit_id=units[1].id, conduct=code == "conduct")
                for code in ("road", "conduct")
            ]
        )
        return agency.id


def add_case(session: Session, **given: Any) -> Case:
    """A street light of กองช่าง, unless `given` says otherwise."""
    known: dict[str, Any] = {
        "number": f"C70-{next(_numbers):06d}", "fiscal_year": 2570, "secret_hash": "", "detail": "ไฟดับ",
        "channel": "line", "opened_at": moment("2026-10-05 09:00"), "due_at": moment("2026-10-12 16:30"), **given,
    }  # fmt: skip
    if "category_id" not in known:
        known["category_id"] = session.scalars(select(Category.id).order_by(Category.id)).first()
    case = Case(**known)
    session.add(case)
    session.flush()
    return case


def add_question(
    session: Session, answers: list[datetime] | None = None, person: bool = True, **given: Any
) -> Question:
    """One for an officer, with these answers; `person=False`: the bot's alone."""
    number = f"Q70-{next(_numbers):06d}" if person else None
    question = Question(text="ถาม", number=number, **given)
    session.add(question)
    session.flush()
    for at in answers or ():
        session.add(ThreadMessage(question_id=question.id, direction="out", text="ตอบ", at=at))
        question.answered_at = max(at, question.answered_at or at)
    session.flush()
    return question


@pytest.fixture
def past(office: Office) -> Office:
    """The agency as if it had been there long before fiscal year 2570."""
    with office.database.write() as session:
        session.get_one(Agency, office.agency.id).created_at = datetime(2025, 1, 1, tzinfo=UTC)
    return office
