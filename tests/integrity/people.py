"""Officers of a desk as the program itself makes them, and what each carries in head, pocket and envelope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from integrity import credentials, officers, reports, sessions
from integrity.config import Config
from integrity.sealing import officer_reader
from integrity.tables import Desk, Officer
from integrity.vault import officer as keys


@dataclass
class Person:
    id: int
    username: str
    passphrase: str
    recovery_code: str
    totp_secret: str

    @property
    def reader(self) -> str:
        return officer_reader(self.id)

    def row(self, session: Session) -> Officer:
        return session.get_one(Officer, self.id)

    def private(self, session: Session) -> bytes:
        return keys.unwrap(self.row(session).private_by_passphrase, self.passphrase)

    def code(self, now: datetime) -> str:
        return pyotp.TOTP(self.totp_secret).at(now)

    def log_in(self, session: Session, config: Config, desk: Desk, now: datetime, **changed: str) -> str | None:
        typed = {"passphrase": self.passphrase, "code": self.code(now), **changed}
        return sessions.log_in(session, config, desk, self.username, now=now, **typed)

    def take(self, paper: credentials.Paper) -> None:
        self.recovery_code, self.totp_secret = paper.recovery_code, secret_of(paper.totp_uri)


def secret_of(uri: str) -> str:
    parsed = pyotp.parse_uri(uri)
    assert isinstance(parsed, pyotp.TOTP)
    return parsed.secret


def appoint(
    session: Session, desk: Desk, username: str, now: datetime, role: str = "officer", by: Person | None = None
) -> Person:
    passphrase = f"ข้าวเหนียว มะม่วง สะพาน แม่น้ำ {username}"
    made = officers.appoint(
        session, desk, username, f"คุณ{username}", role, passphrase, by.row(session) if by else None, now
    )
    return Person(made.officer.id, username, passphrase, made.recovery_code, secret_of(made.totp_uri))


def approve(session: Session, desk: Desk, person: Person, by: Person, now: datetime, **how: list[str]) -> None:
    officers.approve(session, desk, person.row(session), by.row(session), by.private(session), now, **how)


def open_desk(session: Session, desk: Desk, now: datetime) -> tuple[Person, Person, Person, Person]:
    """Two officers, a custodian and one from outside, all approved."""
    first = appoint(session, desk, "malee", now)
    people = [first]
    for username, role in (("prasit", "officer"), ("somsri", "custodian"), ("jangwat", "outside")):
        person = appoint(session, desk, username, now, role)
        approve(session, desk, person, first, now)
        people.append(person)
    approve(session, desk, first, people[1], now)
    one, two, custodian, outside = people
    return one, two, custodian, outside


def tell(session: Session, config: Config, desk: Desk, now: datetime, **new: object) -> tuple[str, str]:
    """A report; its receipt and its id."""
    answers = {"what": "นายกเรียกเงินทอนโครงการถนน"}
    receipt = reports.submit(session, config, desk, reports.NewReport(answers=answers, **new), now)  # type: ignore[arg-type]
    opened = reports.find(session, config, desk, receipt)
    assert opened is not None
    return receipt, opened.report.id
