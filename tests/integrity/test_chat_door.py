"""The chat door with the real desk behind it: a story leaves no byte anywhere, and reaches those who may read it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.integrity_commands import integrity
from bot.integrity_desk import ChatDoor, with_door
from bot.outbox import OutboxWorker
from bot.sender import Outcome
from bot.settings import Settings
from handlers.agencies import Agencies
from handlers.integrity import words as fixed
from handlers.integrity.door import Refused
from handlers.router import route
from integrity import casework, drafts, reports, setup
from integrity.config import Config
from integrity.database import Database as DeskDatabase
from integrity.tables import Desk, Draft, DraftPiece, Entry, Officer, Report
from models.base import Base
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage
from models.question import Question
from tests.conftest import new_postgres_database
from tests.handlers import turns
from tests.handlers.turns import choice, choices, new_agency, say, tap, told, words
from tests.integrity.conftest import KnownDesk, bytes_on_disk, new_officer

CODE, USER = "obt", "U-reporter"
CANARY = "นกขมิ้นเหลืองอ่อน"
STORY = f"นายกรับเงินทอนจากผู้รับเหมา {CANARY}"


@pytest.fixture
def desk_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Beside the case desk's, not in it."""
    if database_kind == "sqlite":
        (tmp_path / "desk").mkdir()
        return f"sqlite:///{tmp_path / 'desk' / 'desk.sqlite3'}"
    return new_postgres_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def door(
    database: Database, desk_database: DeskDatabase, config: Config, desk: KnownDesk, monkeypatch: pytest.MonkeyPatch
) -> ChatDoor:
    new_agency(database, CODE)
    turns._agencies[database] = Agencies(database, "https://obt.example", lambda code: True)
    real = ChatDoor(config, desk_database)
    monkeypatch.setattr(turns, "route", with_door(route, real))
    return real


class Person:
    def __init__(self, database: Database) -> None:
        self.database = database

    def say(self, text: str) -> list[Any]:
        return say(self.database, CODE, USER, text)

    def tap(self, data: str) -> list[Any]:
        return tap(self.database, CODE, USER, data)

    def begin(self, *excluded: str) -> list[Any]:
        said = self.tap(choice(self.tap("menu:integrity"), "เล่าในแชตต่อ"))
        said = self.tap(choice(said, "เข้าใจ"))
        for name in excluded:
            said = self.tap(choice(said, name))
        return self.tap(choice(said, "พอแล้ว" if excluded else "ไม่มี"))

    def answer_all(self) -> list[Any]:
        said = self.say(STORY)
        while not any(c.label == "ส่งเรื่อง" for c in choices(said)):
            said = self.say(f"ข้อต่อไป {CANARY}") if "ข้อ 3" in words(said) else self.tap(choice(said, "ข้าม"))
        return said

    def submit(self, *excluded: str) -> str:
        """The token of the one-time link."""
        self.begin(*excluded)
        said = self.tap(choice(self.answer_all(), "ส่งเรื่อง"))
        address = choice(said, "รับรหัส")
        assert address.startswith(f"https://obt.example/{CODE}/integrity/claim/")
        assert address.endswith("?openExternalBrowser=1")
        return address.removesuffix("?openExternalBrowser=1").rsplit("/", 1)[1]


@pytest.fixture
def person(database: Database, door: ChatDoor) -> Person:
    return Person(database)


def main_bytes(database: Database) -> bytes:
    """As bytes_on_disk, of the case desk's database."""
    if database.sqlite:
        path = Path(database.engine.url.database or "")
        return b"".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())
    raw = []
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                raw += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\0".join(raw)


def outside(person: Person) -> None:
    person.say(STORY)


def unfinished(person: Person) -> None:
    person.begin()
    person.say(STORY)


def warned(person: Person) -> None:
    person.tap("i:start")
    person.say(STORY)


def cancelled(person: Person) -> None:
    unfinished(person)
    person.tap(choice(person.say("ยกเลิก"), "ลบ"))


def submitted(person: Person) -> None:
    person.submit()


@pytest.mark.parametrize("way", [outside, warned, unfinished, cancelled, submitted])
def test_no_byte_of_the_story_anywhere(
    database: Database, desk_database: DeskDatabase, person: Person, way: Callable[[Person], None],
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        way(person)
    out = capfd.readouterr()
    haystacks = {
        "case desk": main_bytes(database),
        "integrity desk": bytes_on_disk(desk_database),
        "log": (caplog.text + str(lines) + out.out + out.err).encode(),
    }
    for name, raw in haystacks.items():
        for form in (
            CANARY.encode(), CANARY.encode("utf-16-le"), CANARY.encode("utf-16-be"), CANARY.encode("unicode_escape"),
            "นายกรับเงินทอน".encode(),
        ):  # fmt: skip
            assert form not in raw, name
    assert told(database, CODE, USER) == []  # nothing is queued but the answers themselves
    with database.read() as session:
        assert not session.scalars(select(Question)).all()
        state = session.scalars(select(Conversation.state)).one()
        rows = session.scalars(select(OutboxMessage)).all()
    assert {row.subject for row in rows} == {"sealed"}
    assert ("sealed" in state) == (way in (warned, unfinished))
    if way is cancelled:
        with desk_database.reading() as session:
            assert not any(session.scalars(select(table)).all() for table in (Draft, DraftPiece, Report, Entry))


def test_read_by_whom_the_reporter_allows(
    desk_database: DeskDatabase, config: Config, desk: KnownDesk, person: Person
) -> None:
    person.submit("มาลี")
    malee, somsri, _ = desk.officers
    now = datetime.now(UTC)
    with desk_database.writing() as session:
        excluded, allowed = session.get_one(Officer, malee.id), session.get_one(Officer, somsri.id)
        report_id = session.scalars(select(Report.id)).one()
        view = casework.open_report(session, config, allowed, somsri.private, report_id, now)
        answers = {key: text for entry in view.entries for key, text in entry.content.get("answers", {}).items()}
        assert answers == {"what": STORY, "where": f"ข้อต่อไป {CANARY}"}
        with pytest.raises(casework.NotThere):
            casework.open_report(session, config, excluded, malee.private, report_id, now)


def test_who_joins_after_the_list_was_shown_gets_no_key(
    desk_database: DeskDatabase, desk: KnownDesk, person: Person
) -> None:
    said = person.tap(choice(person.tap("i:start"), "เข้าใจ"))
    done = choice(person.tap(choice(said, "มาลี")), "พอแล้ว")
    with desk_database.writing() as session:
        new_officer(session, desk)
    person.tap(done)
    with desk_database.reading() as session:
        (draft,) = session.scalars(select(Draft))
    assert set(draft.keys) == {f"officer:{officer.id}" for officer in desk.officers[1:]}


def test_the_link_works_once(desk_database: DeskDatabase, config: Config, desk: KnownDesk, person: Person) -> None:
    token = person.submit()
    now = datetime.now(UTC)
    with desk_database.writing() as session:
        number = drafts.claim(session, config, token, now)
        assert number
        assert drafts.claim(session, config, token, now) is None
    with desk_database.reading() as session:
        assert reports.find(session, config, desk.row, number)


def test_a_submit_tried_again_gives_the_same_link(desk_database: DeskDatabase, door: ChatDoor, person: Person) -> None:
    """The turn may be undone after the desk has committed; the webhook then tries it again."""
    draft = door.begin(CODE, {id_ for id_, _ in door.officers(CODE)})
    door.put(draft, "what", STORY)
    assert door.submit(CODE, draft) == door.submit(CODE, draft)
    with desk_database.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 1


def test_switched_off_or_unready_is_not_offered(
    desk_database: DeskDatabase, desk: KnownDesk, door: ChatDoor, person: Person
) -> None:
    assert not door.chat_open("elsewhere")
    said = person.tap(choice(person.tap("i:start"), "เข้าใจ"))
    with desk_database.writing() as session:
        setup.change(session.get_one(Desk, desk.row.id), settings={"chat_door": False})
    assert not door.chat_open(CODE)
    assert "เล่าในแชตต่อ" not in [c.label for c in choices(person.tap("menu:integrity"))]
    assert words(person.tap("i:start")) == fixed.CLOSED
    with pytest.raises(Refused):
        door.begin(CODE, {desk.officers[0].id})
    assert fixed.OLD_BUTTON in words(person.tap(choice(said, "ไม่มี")))
    with desk_database.reading() as session:
        assert not session.scalars(select(Draft)).all()


def test_three_days_later_it_says_that_it_is_gone(desk_database: DeskDatabase, person: Person) -> None:
    unfinished(person)
    with desk_database.writing() as session:
        drafts.drop_old(session, datetime.now(UTC) + timedelta(days=drafts.DRAFT_DAYS + 2))
    assert words(person.say(STORY)) == fixed.GONE
    assert words(person.say("เมนู")) != fixed.ASK_TO_LEAVE


def test_a_desk_that_is_away_is_said_and_nothing_is_lost(
    database: Database, desk_database: DeskDatabase, door: ChatDoor, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.begin()

    def away(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(drafts, "put", away)
        assert "ขัดข้อง" in words(person.say(STORY))
    assert "ข้อ 2" in words(person.say(STORY))


def test_rows_of_the_chat_door_go_once_sent(database: Database, person: Person) -> None:
    """Others stay, for staff to see how they fared."""
    person.begin()
    say(database, CODE, "U-other", "เมนู")
    with database.write() as session:
        worker = OutboxWorker(database, api=None)  # type: ignore[arg-type]
        rows = session.scalars(select(OutboxMessage)).all()
        for status, row in zip(("sent", "failed", "withdrawn", "sent", "sent", "sent", "sent"), rows, strict=False):
            row.status, row.lease_owner = "sending", worker.owner
            worker._done(Outcome(row.id, status, "reply", 1))
    with database.write() as session:
        worker._store(session, datetime.now(UTC))
    with database.read() as session:
        assert [row.subject for row in session.scalars(select(OutboxMessage))] == [""]


def test_the_agency_switches_it_off(
    desk_database: DeskDatabase, desk_database_url: str, desk: KnownDesk, door: ChatDoor, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, integrity_database_url=desk_database_url, _env_file=None)  # type: ignore[call-arg]
    for wanted in ("off", "on"):
        ran = CliRunner().invoke(integrity, ["chat-door", wanted, "--agency", CODE], obj=settings)
        assert ran.exit_code == 0, ran.output
        assert door.chat_open(CODE) == (wanted == "on")
