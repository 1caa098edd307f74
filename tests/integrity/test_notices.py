"""Officers learn that something moved, never what, when or of which report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from integrity import drafts, notices, reports
from integrity.config import Config
from integrity.database import Database
from integrity.reports import NewReport
from integrity.tables import Notice, Officer
from tests.integrity.conftest import NOW, KnownDesk

HOUR = timedelta(hours=1)
ANSWERS = {"what": "ก"}
EVENTS = ("submitted", "message", "files", "identity", "withdrawn", "chat")


def _send(database: Database, config: Config, desk: KnownDesk, new: NewReport, now=NOW) -> str:  # type: ignore[no-untyped-def]
    with database.writing() as session:
        return reports.submit(session, config, desk.row, new, now)


def _due(database: Database, now=NOW + HOUR) -> list[int]:  # type: ignore[no-untyped-def]
    with database.reading() as session:
        return [officer.id for officer in notices.due(session, now)]


@pytest.mark.parametrize("happened", EVENTS)
def test_notice_is_the_same_whatever_happened(
    desk_database: Database, config: Config, desk: KnownDesk, happened: str
) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS))
    if happened != "submitted":
        with desk_database.writing() as session:
            notices.told(session, notices.due(session, NOW + HOUR))
    now = NOW + 2 * HOUR + timedelta(minutes=17, seconds=3)
    with desk_database.writing() as session:
        opened = reports.find(session, config, desk.row, number)
        assert opened
        if happened == "message":
            reports.add_message(session, opened, "ข", now)
        elif happened == "files":
            reports.add_files(session, opened, [], now)
        elif happened == "identity":
            reports.reveal_identity(session, opened, {"name": "ค"}, now)
        elif happened == "withdrawn":
            reports.withdraw(session, opened, now)
        elif happened == "chat":
            draft = drafts.begin(session, desk.row, set(), now)
            drafts.put(session, draft, "what", "ง", now)
            drafts.submit(session, config, desk.row, draft, now)
    assert _due(desk_database, NOW + 3 * HOUR) == [officer.id for officer in desk.officers]
    with desk_database.reading() as session:
        assert all(
            (row.since.minute, row.since.second, row.since.microsecond) == (0, 0, 0)
            for row in session.scalars(select(Notice))
        )
    assert notices.SENTENCE == "มีความเคลื่อนไหวในช่องทางแจ้งเบาะแสการทุจริต โปรดเข้าสู่ระบบเพื่อตรวจดู"
    assert "{" not in notices.SENTENCE


def test_once_an_hour_when_it_is_over(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    for minute in (1, 20, 59):
        _send(desk_database, config, desk, NewReport(ANSWERS), NOW + timedelta(minutes=minute))
        assert _due(desk_database, NOW + timedelta(minutes=minute)) == []
    assert len(_due(desk_database)) == 3
    with desk_database.writing() as session:
        notices.told(session, notices.due(session, NOW + HOUR))
    assert _due(desk_database) == []
    _send(desk_database, config, desk, NewReport(ANSWERS), NOW + HOUR + timedelta(minutes=5))
    assert _due(desk_database, NOW + HOUR + timedelta(minutes=59)) == []
    assert len(_due(desk_database, NOW + 2 * HOUR)) == 3


def test_not_the_excluded_nor_who_did_it_nor_who_left(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    first, second, third = (officer.id for officer in desk.officers)
    number = _send(desk_database, config, desk, NewReport(ANSWERS, excluded={first}))
    assert _due(desk_database) == [second, third]
    with desk_database.writing() as session:
        notices.told(session, notices.due(session, NOW + HOUR))
        opened = reports.find(session, config, desk.row, number)
        assert opened
        notices.touch(session, desk.row, opened.report, NOW, but=second)
    assert _due(desk_database) == [third]
    with desk_database.writing() as session:
        session.get_one(Officer, third).status = "left"
    assert _due(desk_database) == []


def test_what_goes_out_is_the_one_sentence_and_only_to_readers(
    desk_database: Database, config: Config, desk: KnownDesk
) -> None:
    first, second, _ = (officer.id for officer in desk.officers)
    with desk_database.writing() as session:
        for officer_id in (first, second):
            session.get_one(Officer, officer_id).email = f"o{officer_id}@example.go.th"
    sent: list[tuple[str, str, str]] = []

    def send(*mail: str) -> bool:
        sent.append(mail)  # type: ignore[arg-type]
        return working

    _send(desk_database, config, desk, NewReport(ANSWERS, excluded={first}))
    working = False
    assert notices.deliver(desk_database, send, NOW + HOUR) == 0
    assert _due(desk_database) == [second], "third gave no address and sees it at the next log-in"
    working = True
    assert notices.deliver(desk_database, send, NOW + 2 * HOUR) == 1
    assert sent == [(f"o{second}@example.go.th", notices.SENTENCE, notices.SENTENCE)] * 2
    assert notices.deliver(desk_database, send, NOW + 3 * HOUR) == 0
    assert len(sent) == 2
    _send(desk_database, config, desk, NewReport(ANSWERS), NOW + 3 * HOUR)
    assert notices.deliver(desk_database, None, NOW + 4 * HOUR) == 0, "no mail is set up: nobody is told"
    assert _due(desk_database, NOW + 4 * HOUR) == [first, second]
