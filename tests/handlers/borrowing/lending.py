"""What the tests of lending share: an office with tents and chairs, a citizen who asks, the desk that decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.borrowing import loans, reminders, returns
from handlers.messages import plain
from handlers.services import answering
from models.agency import Staff
from models.asset import Asset, Loan
from models.case import Case
from models.conversation import Conversation
from models.db import Database
from models.form import FormVersion
from tests.handlers.turns import SECRET_KEY, told, view
from thai.dates import at_bangkok

NOW = at_bangkok(date(2026, 11, 23)) + timedelta(hours=10)  # a Monday
OUT, DUE = date(2026, 12, 4), date(2026, 12, 6)
ASKED = {"items": ["tent", "chair"], "tent": 2, "chair": 50, "out_on": OUT.isoformat(), "due_on": DUE.isoformat(),
         "purpose": "งานบุญ", "borrower": "village", "name": "สมศรี ใจดี", "phone": "0812345678",
         "promise": True}  # fmt: skip


@contextmanager
def desk(database: Database, username: str = "khlanghead") -> Iterator[tuple[Session, Staff]]:
    with database.write(view(database).id) as session:
        yield session, session.scalars(select(Staff).where(Staff.username == username)).one()


def ask(database: Database, **changes: Any) -> int:
    agency = view(database)
    with database.write(agency.id) as session:
        talk = session.scalars(select(Conversation).where(Conversation.line_user_id == "U1")).one()
        version = session.get_one(FormVersion, agency.forms["borrow"].version_id)
        given = answering.Submission(answers={**ASKED, **changes}, conversation_id=talk.id)
        taken = answering.submit(session, agency, version, given, f"citizen:{talk.id}", NOW, SECRET_KEY)
        assert taken.case is not None
        return taken.case.id


def approve(database: Database, case_id: int, username: str = "khlanghead", first: date = OUT, last: date = DUE,
            now: datetime = NOW, **quantities: int) -> list[int]:  # fmt: skip
    with desk(database, username) as (session, staff):
        ids = {asset.kind: asset.id for asset in session.scalars(select(Asset))}
        wanted = {ids[kind]: count for kind, count in quantities.items()}
        case = session.get_one(Case, case_id)
        return [one.id for one in loans.approve(session, view(database), case, wanted, first, last, staff, now)]


def give_back(
    database: Database, ids: list[int], day: date, condition: str = "good", note: str = "", quantity: int | None = None
) -> None:
    part = returns.Part(returned_on=day, condition=condition, note=note, quantity=quantity)
    moment = at_bangkok(day) + timedelta(hours=11)
    with desk(database, "khlang") as (session, staff):
        for loan_id in ids:
            returns.give_back(session, view(database), session.get_one(Loan, loan_id), part, staff, moment)


def remind(database: Database, day: date, hour: int = 9) -> int:
    """What the clock does on this day at this hour; how many loans it spoke of."""
    now: datetime = at_bangkok(day) + timedelta(hours=hour)
    with database.read() as session:
        due = reminders.remind_of_loans_due(session, now)
    if not due:
        return 0
    with database.write(due[0]) as session:
        return reminders.remind_of_loans(session, view(database), now)


def link_line(database: Database, username: str, user: str) -> None:
    """This member of staff hears on LINE from now on."""
    with desk(database, username) as (session, staff):
        staff.line_user_id = user
        session.add(Conversation(line_user_id=user, display_name=username))


def free(database: Database, kind: str, first: date, last: date, today: date) -> int:
    """How many of this kind are free on all of these days."""
    with desk(database) as (session, _):
        asset = session.scalars(select(Asset).where(Asset.kind == kind)).one()
        return loans.free_between(session, asset, first, last, today)


def words_to(database: Database, user: str) -> str:
    return "\n".join(plain(message) for message in told(database, "demo", user))
