"""Passphrase, then a code that works once; guessing is slow, and a stranger keeps nobody out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity import sessions, setup, telephone
from integrity.config import Config
from integrity.database import Database
from integrity.tables import AuditRow, Desk, Officer, OfficerSession
from integrity.vault import officer as keys
from tests.integrity.conftest import NOW
from tests.integrity.people import Person, open_desk
from tests.integrity.vault_costs import quick_vault  # noqa: F401

SECOND = timedelta(seconds=1)


@pytest.fixture
def session(desk_database: Database) -> Iterator[Session]:
    with desk_database.writing() as session:
        yield session


@pytest.fixture
def desk_row(session: Session) -> Desk:
    return setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())


@pytest.fixture
def malee(session: Session, desk_row: Desk) -> Person:
    return open_desk(session, desk_row, NOW)[0]


def test_the_cookie_opens_the_key_and_nothing_else_does(
    session: Session, desk_row: Desk, config: Config, malee: Person
) -> None:
    token = malee.log_in(session, config, desk_row, NOW)
    assert token
    unlocked = sessions.session_of(session, token, NOW)
    assert unlocked is not None
    assert (unlocked.officer.id, unlocked.private) == (malee.id, malee.private(session))
    assert "private" not in repr(unlocked)
    row = session.scalars(select(OfficerSession)).one()
    assert token.encode() not in row.token_hash + row.private_sealed
    assert unlocked.private not in row.private_sealed
    assert sessions.session_of(session, token + "A", NOW) is None
    assert sessions.session_of(session, token, NOW + sessions.LASTS) is None
    sessions.log_out(session, token)
    assert sessions.session_of(session, token, NOW) is None


def test_old_sessions_are_dropped(session: Session, desk_row: Desk, config: Config, malee: Person) -> None:
    malee.log_in(session, config, desk_row, NOW)
    sessions.drop_old(session, NOW + sessions.LASTS - SECOND)
    assert session.scalars(select(OfficerSession)).all()
    sessions.drop_old(session, NOW + sessions.LASTS)
    assert not session.scalars(select(OfficerSession)).all()


@pytest.mark.parametrize("changed", [{"passphrase": "ผิด"}, {"passphrase": ""}, {"code": "000000"}, {"code": ""}])
def test_one_thing_wrong_is_refused(
    session: Session, desk_row: Desk, config: Config, malee: Person, changed: dict[str, str]
) -> None:
    assert malee.log_in(session, config, desk_row, NOW, **changed) is None


def test_other_peoples_things_do_not_mix(session: Session, desk_row: Desk, config: Config) -> None:
    one, two, *_ = open_desk(session, desk_row, NOW)
    assert one.log_in(session, config, desk_row, NOW, code=two.code(NOW)) is None
    assert two.log_in(session, config, desk_row, NOW, passphrase=one.passphrase) is None
    assert sessions.log_in(session, config, desk_row, "nobody", one.passphrase, one.code(NOW), NOW) is None
    other = setup.ensure_desk(session, "other", "เทศบาลอื่น", NOW.date())
    assert one.log_in(session, config, other, NOW + timedelta(minutes=1)) is None


def test_a_code_works_once(session: Session, desk_row: Desk, config: Config, malee: Person) -> None:
    assert malee.log_in(session, config, desk_row, NOW)
    assert malee.log_in(session, config, desk_row, NOW + SECOND) is None
    assert malee.log_in(session, config, desk_row, NOW + timedelta(seconds=45))


def test_thai_digits_and_a_little_drift(session: Session, desk_row: Desk, config: Config, malee: Person) -> None:
    thai = malee.code(NOW).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert malee.log_in(session, config, desk_row, NOW, code=f"{thai[:3]} {thai[3:]}")
    behind = NOW + timedelta(minutes=5)
    assert malee.log_in(session, config, desk_row, behind, code=malee.code(behind - timedelta(seconds=30)))
    ahead = NOW + timedelta(minutes=10)
    assert malee.log_in(session, config, desk_row, ahead, code=malee.code(ahead + timedelta(seconds=30)))
    late = NOW + timedelta(minutes=20)
    assert malee.log_in(session, config, desk_row, late, code=malee.code(late - timedelta(seconds=90))) is None


def test_who_has_the_passphrase_guesses_one_code_a_step_and_is_noticed(
    session: Session, desk_row: Desk, config: Config, malee: Person
) -> None:
    assert malee.log_in(session, config, desk_row, NOW, code="000000") is None
    assert malee.log_in(session, config, desk_row, NOW + SECOND) is None  # the right one, in the same step
    refused = select(AuditRow).where(AuditRow.action == "code.refused")
    assert len(session.scalars(refused).all()) == 2
    assert malee.log_in(session, config, desk_row, NOW + timedelta(seconds=31))


def test_failures_slow_down_but_nobody_waits_long(
    session: Session, desk_row: Desk, config: Config, malee: Person
) -> None:
    now = NOW
    for _ in range(sessions.FREE_FAILURES):
        assert malee.log_in(session, config, desk_row, now, passphrase="ผิด") is None
    assert malee.row(session).locked_until is None
    waits = []
    for _ in range(12):
        malee.log_in(session, config, desk_row, now, passphrase="ผิด")
        locked_until = malee.row(session).locked_until
        assert locked_until is not None
        waits.append((locked_until.replace(tzinfo=now.tzinfo) - now).total_seconds())
        now += sessions.LONGEST_WAIT
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == sessions.LONGEST_WAIT.total_seconds()

    malee.log_in(session, config, desk_row, now, passphrase="ผิด")
    locked_until, failed = malee.row(session).locked_until, malee.row(session).failed_logins
    for _ in range(50):  # somebody hammers: the wait neither grows nor starts anew
        assert malee.log_in(session, config, desk_row, now + SECOND, passphrase="ผิด") is None
    assert malee.log_in(session, config, desk_row, now + SECOND) is None
    assert (malee.row(session).locked_until, malee.row(session).failed_logins) == (locked_until, failed)
    assert malee.log_in(session, config, desk_row, now + sessions.LONGEST_WAIT)
    assert malee.row(session).failed_logins == 0


def test_a_browser_known_from_before_never_waits(
    session: Session, desk_row: Desk, config: Config, malee: Person
) -> None:
    for _ in range(10):
        malee.log_in(session, config, desk_row, NOW, passphrase="ผิด")
    mark = sessions.browser_mark(config, malee.row(session))
    other = sessions.browser_mark(config, session.scalars(select(Officer).where(Officer.id != malee.id).limit(1)).one())
    assert malee.log_in(session, config, desk_row, NOW, browser=other) is None
    assert malee.log_in(session, config, desk_row, NOW, browser="ไม่ใช่") is None
    assert malee.log_in(session, config, desk_row, NOW, browser=mark)


def test_an_unknown_name_costs_a_derivation_too(
    session: Session, desk_row: Desk, config: Config, malee: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions._nobodys_key()
    tried: list[int] = []
    real = keys.unwrap

    def unwrap(blob: bytes, passphrase: str) -> bytes:
        tried.append(len(blob))
        return real(blob, passphrase)

    monkeypatch.setattr(keys, "unwrap", unwrap)
    for username in (malee.username, "nobody"):
        sessions.try_passphrase(session, config, desk_row, username, "ผิด", NOW)
    assert len(tried) == 2
    assert tried[0] == tried[1]


@given(code=st.text(max_size=12))
def test_no_text_of_a_code_is_an_error(code: str) -> None:
    """Whatever is typed in the field is a wrong code, never an exception."""
    desk = Desk(id=1, code="obt")
    pair = keys.new_pair()
    officer = Officer(id=1, username="x", public_key=pair.public, totp_last_used=0)
    telephone.give(desk, officer)
    assert telephone.use_code(officer, pair.private, code, NOW) in (True, False)


def test_the_database_file_holds_no_key_in_clear(tmp_path: Path, config: Config) -> None:
    database = Database(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    with database.writing() as session:
        desk = setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())
        people = open_desk(session, desk, NOW)
        tokens = [person.log_in(session, config, desk, NOW) for person in people]
        secret = [person.private(session) for person in people]
    database.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for person, token, private in zip(people, tokens, secret, strict=True):
        assert token
        for canary in (private, token.encode(), person.totp_secret.encode(), person.passphrase.encode(),
                       person.recovery_code.encode()):  # fmt: skip
            assert canary not in raw
