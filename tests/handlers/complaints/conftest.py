"""The invented agency, its people by user name, and a complaint about a broken street light."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.complaints import categories, operations
from handlers.complaints.operations import NewCase
from handlers.messages import Message
from handlers.people.agency_setup import DEMO_FIELDS, DEMO_STAFF, NOTICE_FULL, NOTICE_SHORT, UNITS
from models.agency import Agency, Holiday, PrivacyNotice, Staff, Unit
from models.case import Case
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage
from tests.handlers.turns import SECRET_KEY, choice, choices, send, tap, view, words
from tests.handlers.turns import say as say_to
from thai.holidays import seed_holidays

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # Monday 10.00 in Bangkok


@dataclass
class Office:
    """The agency at work: short words for what every test needs."""

    database: Database
    agency: AgencyView

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.database.write(self.agency.id) as session:
            yield session

    def staff(self, session: Session, username: str) -> Staff:
        return session.scalars(select(Staff).where(Staff.username == username)).one()

    def unit(self, name: str) -> int:
        return next(unit.id for unit in self.agency.units.values() if unit.name == name)

    def citizen(self, user: str = "U-citizen") -> int:
        """The conversation of this LINE user."""
        with self.session() as session:
            known = session.scalars(select(Conversation.id).where(Conversation.line_user_id == user)).first()
            if known is not None:
                return known
            person = Conversation(line_user_id=user)
            session.add(person)
            session.flush()
            return person.id

    def file(self, now: datetime = NOW, **given: object) -> int:
        """A case's id; the reporter is the citizen unless `given` says otherwise."""
        fields: dict[str, object] = {
            "category_code": "streetlight",
            "detail": "ไฟทางหน้าวัดดับ 3 คืนแล้ว",
            "place": {"moo": 3, "landmark": "หน้าวัด", "latitude": None, "longitude": None},
            "name": "สมศรี ใจดี",
            "phone": "0812345678",
        }
        if "conversation_id" not in given:
            fields["conversation_id"] = self.citizen()
        new = NewCase(**{**fields, **given})  # type: ignore[arg-type]
        with self.session() as session:
            case, _ = operations.open_case(session, self.agency, new, "citizen:1", now, SECRET_KEY)
            return case.id

    def case(self, case_id: int) -> Case:
        """A fresh look."""
        with self.database.read(self.agency.id) as session:
            return session.get_one(Case, case_id)

    def outbox(self, user: str) -> list[OutboxMessage]:
        """What lies in the outbox for this person, oldest first."""
        with self.database.read(self.agency.id) as session:
            rows = select(OutboxMessage).join(Conversation).where(Conversation.line_user_id == user)
            return list(session.scalars(rows.order_by(OutboxMessage.id)))


class Person:
    """Somebody in front of the chat, who taps what they see."""

    def __init__(self, office: Office, user: str = "U-somchai") -> None:
        self.office, self.user = office, user
        self.seen: list[Message] = []

    def say(self, text: str) -> str:
        self.seen = say_to(self.office.database, "demo", self.user, text)
        return words(self.seen)

    def tap(self, label: str) -> str:
        return self.tap_data(choice(self.seen, label))

    def tap_data(self, data: str) -> str:
        self.seen = tap(self.office.database, "demo", self.user, data)
        return words(self.seen)

    def send(self, kind: str, **message: object) -> str:
        self.seen = send(self.office.database, "demo", self.user, kind, **message)
        return words(self.seen)

    def labels(self) -> list[str]:
        return [c.label for c in choices(self.seen)]

    def begin(self, detail: str) -> str:
        """Up to the question after the detail."""
        said = self.say("แจ้งเรื่องร้องเรียน")
        if "ยินยอม" in said:
            self.tap("ยินยอม")
        return self.say(detail)

    def fill(self, detail: str = "ไฟทางดับ 3 คืนแล้ว", category: str = "ไฟทางดับ", place: str = "หมู่ 3 หน้าวัด") -> str:
        """Up to the summary."""
        self.begin(detail)
        self.tap(category)
        self.say("ไม่มี")
        self.say(place)
        self.say("ไม่ระบุ")
        return self.say("ไม่ให้")


@pytest.fixture
def office(database: Database) -> Office:
    """Units, people with linked LINE accounts, categories, holidays and a notice; no answers: they cost time."""
    with database.write() as session:
        agency = Agency(code="demo", name="อบต.บ้านตัวอย่าง", short_name="อบต.บ้านตัวอย่าง", fields=dict(DEMO_FIELDS))
        session.add(agency)
        session.flush()
        session.info["agency_id"] = agency.id
        session.add_all([Unit(name=name) for name in UNITS])
        session.add_all([Holiday(day=day, name=name) for day, name in seed_holidays(2026, 2027)])
        session.add(PrivacyNotice(version=1, short_text=NOTICE_SHORT, full_text=NOTICE_FULL))
        session.flush()
        units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
        categories.load_starter(session, agency.id, units)
        for username, name, position, role, unit in DEMO_STAFF:
            session.add(
                Staff(
                    username=username,
                    name=name,
                    position=position,
                    role=role,
                    unit_id=units[unit] if unit else None,
                    password_hash="-",
                    line_user_id=f"U-{username}",
                )
            )
            session.add(Conversation(line_user_id=f"U-{username}"))
        session.flush()
        works = session.get_one(Unit, units["กองช่าง"])
        works.answerer_id = session.scalars(select(Staff.id).where(Staff.username == "chang")).one()
    return Office(database, view(database))
