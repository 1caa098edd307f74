"""The officers' side for tests: two agencies with people, and browsers in which officers log in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from integrity import officers, reports, setup
from integrity.config import Config
from integrity.database import Database
from integrity.pages import access
from integrity.pages.app import create_app
from integrity.tables import Desk
from integrity.uploads import CleanFile
from tests.integrity import people
from tests.integrity.conftest import NOW, secrets_of
from tests.integrity.pages.visitor import Visitor, forms_of
from tests.integrity.people import Person

AT = "/obt/integrity/desk"
FILE = CleanFile(b"%PDF-1.7 evidence", "ใบเสร็จ.pdf", "application/pdf", ["ชื่อผู้จัดทำ"])


@dataclass
class World:
    """`malee` and `prasit` are officers, `somsri` the custodian, `jangwat` from outside; `nit` waits for approval,
    `boon` left. `stranger` is an officer of another agency, with `theirs` as report."""

    app: Flask
    config: Config
    database: Database
    moment: datetime = NOW
    people: dict[str, Person] = field(default_factory=dict)
    theirs: str = ""

    def later(self, **delta: float) -> None:
        self.moment += timedelta(**delta)

    def desk(self, session: Session, code: str = "obt") -> Desk:
        return session.query(Desk).filter_by(code=code).one()

    def tell(self, *excluded: str, code: str = "obt", **new: object) -> tuple[str, str]:
        """A report that these officers must not see; its receipt and id."""
        new = {"excluded": {self.people[name].id for name in excluded}, **new}
        with self.database.writing() as session:
            return people.tell(session, self.config, self.desk(session, code), self.moment, **new)

    def follow(self, receipt: str) -> reports.Opened:
        with self.database.reading() as session:
            opened = reports.find(session, self.config, self.desk(session), receipt)
        assert opened is not None
        return opened

    def browser(self) -> Desktop:
        self.app.test_client_class = Desktop
        client = self.app.test_client()
        assert isinstance(client, Desktop)
        return client

    def logged_in(self, name: str, at: str = AT) -> Desktop:
        """A browser in which this officer has logged in, half a minute later, since a code works once."""
        self.later(seconds=30)
        browser = self.browser()
        person = self.people[name]
        answer = browser.log_in(person.username, person.passphrase, person.code(self.moment), at)
        assert answer.status_code == 303, answer.text
        return browser


class Desktop(Visitor):
    """An officer's browser: it keeps cookies."""

    def log_in(self, username: str, passphrase: str, code: str, at: str = AT) -> TestResponse:
        return self.press(self.get(f"{at}/log-in"), "เข้าสู่ระบบ", username=username, passphrase=passphrase, code=code)

    def token(self, at: str = AT) -> str:
        """The hidden field of this session's forms."""
        fields = [field for form in forms_of(self.get(f"{at}/people")) for field in form.fields]
        return dict(reversed(fields))["form_token"]

    def send(self, path: str, **typed: object) -> TestResponse:
        """Post to a page of the desk with this session's token."""
        return self.post(f"{AT}{path}", data={"form_token": self.token(), **typed})

    def cookie(self) -> str:
        found = self.get_cookie(access.COOKIE, path=AT)
        return found.value if found else ""


def build(config: Config, database: Database, filled: Filled | None = None) -> World:
    """`filled`: what `fill` said of this database; without it nobody has been appointed anywhere."""
    app = create_app(config, database)
    world = World(app, config, database)
    app.extensions["integrity"].clock = lambda: world.moment
    if filled:
        world.people, world.theirs = filled.people, filled.theirs
    return world


@dataclass
class Filled:
    people: dict[str, Person]
    theirs: str


def fill(database: Database) -> Filled:
    """The two agencies with their people."""
    config = secrets_of("")
    with database.writing() as session:
        desk = setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())
        four = people.open_desk(session, desk, NOW)
        everybody = {person.username: person for person in four}
        malee, prasit = four[0], four[1]
        everybody["nit"] = people.appoint(session, desk, "nit", NOW, by=malee)
        everybody["boon"] = people.appoint(session, desk, "boon", NOW, by=malee)
        people.approve(session, desk, everybody["boon"], prasit, NOW)
        officers.leave(session, desk, everybody["boon"].row(session), prasit.row(session), NOW)
        other = setup.ensure_desk(session, "other", "เทศบาลอื่น", NOW.date())
        theirs = people.open_desk(session, other, NOW)
        everybody["stranger"] = theirs[0]
        return Filled(everybody, people.tell(session, config, other, NOW)[1])


def scrubbed(page: TestResponse, *typed: str) -> bytes:
    """The whole answer, without the tokens that are new on every page for those who are not logged in, and without
    what was `typed` and stands in its fields again."""
    body = re.sub(rb'name="form_token" value="[^"]*"', b"", page.data)
    if body == page.data:
        body += str(sorted(page.headers.items())).encode()
    for value in typed:
        body = body.replace(f'value="{value}"'.encode(), b'value="typed"')
    return str(page.status_code).encode() + body
