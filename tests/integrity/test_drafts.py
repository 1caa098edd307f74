"""A report told in chat: sealed at once, gone when cancelled, claimed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from integrity import drafts, reports, sealing
from integrity.config import Config
from integrity.database import Database
from integrity.questions import AnswersRefused
from integrity.sealing import NobodyLeft
from integrity.tables import AuditRow, Draft, DraftPiece, Entry, Notice, Report, ReportKey
from tests.integrity.conftest import NOW, KnownDesk, bytes_on_disk

STORY = "นายกรับเงินทอนจากผู้รับเหมา"
WORDS = (STORY, "ห้องพัสดุชั้นสอง", "ยามเห็นเหตุการณ์")


def _told(database: Database, desk: KnownDesk, excluded: set[int] | None = None) -> str:
    with database.writing() as session:
        draft_id = drafts.begin(session, desk.row, excluded or set(), NOW)
    for step, text in (("where", WORDS[1]), ("what", "ผิด"), ("witnesses", WORDS[2]), ("what", STORY)):
        with database.writing() as session:
            drafts.put(session, draft_id, step, text, NOW)
    return draft_id


def _submitted(database: Database, config: Config, desk: KnownDesk, excluded: set[int] | None = None) -> str:
    draft_id = _told(database, desk, excluded)
    with database.writing() as session:
        return drafts.submit(session, config, desk.row, draft_id, NOW)


def _claim(database: Database, config: Config, token: str, after: timedelta = timedelta(minutes=5)) -> str | None:
    with database.writing() as session:
        return drafts.claim(session, config, token, NOW + after)


def test_from_chat_to_the_officer_to_the_receipt(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = _claim(desk_database, config, _submitted(desk_database, config, desk))
    assert number
    with desk_database.reading() as session:
        waiting = reports.find(session, config, desk.row, number)
    assert waiting
    assert (waiting.data_key, waiting.entries, waiting.status) == (None, [], "received")
    with desk_database.writing() as session:
        reports.add_message(session, waiting, "เพิ่มเติมค่ะ", NOW)  # sealed to the box: nobody holds the key

    officer = desk.officers[0]
    with desk_database.writing() as session:  # the officer opens the report
        reader = sealing.officer_reader(officer.id)
        data_key = sealing.open_data_key(session, waiting.report.id, reader, officer.private)
        assert data_key
        entries = sealing.open_entries(session, waiting.report.id, data_key, ["answers", "message"])
        assert [entry.content for entry in entries] == [
            {"answers": {"what": STORY}},
            {"answers": {"where": WORDS[1]}},
            {"answers": {"witnesses": WORDS[2]}},
            {"text": "เพิ่มเติมค่ะ"},
        ]
        sealing.seal_to_reporter(session, session.get_one(Report, waiting.report.id), data_key)
        sealing.seal_to_reporter(session, session.get_one(Report, waiting.report.id), data_key)

    with desk_database.reading() as session:
        opened = reports.find(session, config, desk.row, number)
    assert opened
    assert [entry.content.get("text") for entry in opened.entries] == [None, None, None, "เพิ่มเติมค่ะ"]


def test_nothing_leads_from_the_draft_to_the_report(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    draft_id = _told(desk_database, desk)
    with desk_database.writing() as session:
        drafts.submit(session, config, desk.row, draft_id, NOW)
    desk_database.shred()
    with desk_database.reading() as session:
        assert not session.scalars(select(Draft)).all()
        assert not session.scalars(select(DraftPiece)).all()
        assert session.scalars(select(Report.id)).one() != draft_id
    assert draft_id not in bytes_on_disk(desk_database).decode("latin-1")


@pytest.mark.parametrize("end", ["open", "submitted", "cancelled"])
def test_no_clear_byte_in_any_file(desk_database: Database, config: Config, desk: KnownDesk, end: str) -> None:
    draft_id = _told(desk_database, desk)
    with desk_database.writing() as session:
        if end == "submitted":
            drafts.submit(session, config, desk.row, draft_id, NOW)
        elif end == "cancelled":
            drafts.cancel(session, draft_id)
            drafts.cancel(session, draft_id)
    raw = bytes_on_disk(desk_database)
    for word in WORDS:
        assert word.encode() not in raw
        assert word.encode("utf-16-le") not in raw
        assert word.encode("unicode_escape") not in raw
    if end == "cancelled":
        with desk_database.reading() as session:
            tables = (Draft, DraftPiece, Report, Entry, ReportKey, Notice, AuditRow)
            assert not any(session.scalars(select(table)).all() for table in tables)


# PostgreSQL keeps dead rows until its vacuum.
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_cancelled_ciphertext_is_gone_too(desk_database: Database, desk: KnownDesk) -> None:
    draft_id = _told(desk_database, desk)
    with desk_database.reading() as session:
        sealed = session.scalars(select(DraftPiece.sealed)).all()
    with desk_database.writing() as session:
        drafts.cancel(session, draft_id)
    desk_database.shred()
    raw = bytes_on_disk(desk_database)
    assert sealed
    assert not any(piece[:64] in raw for piece in sealed)


def test_excluded_officer_has_no_row(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    excluded = desk.officers[0].id
    draft_id = _told(desk_database, desk, {excluded})
    readers = {sealing.officer_reader(officer.id) for officer in desk.officers[1:]}
    with desk_database.reading() as session:
        assert set(session.get_one(Draft, draft_id).keys) == readers
    with desk_database.writing() as session:
        drafts.submit(session, config, desk.row, draft_id, NOW)
    with desk_database.reading() as session:
        assert set(session.scalars(select(ReportKey.reader))) == readers
        assert set(session.scalars(select(Notice.officer_id))) == {officer.id for officer in desk.officers[1:]}


def test_claimed_once_only(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    token = _submitted(desk_database, config, desk)
    assert token.encode() not in bytes_on_disk(desk_database)
    assert _claim(desk_database, config, "something else") is None
    assert _claim(desk_database, config, token)
    assert _claim(desk_database, config, token) is None
    with desk_database.reading() as session:
        report = session.scalars(select(Report)).one()
        assert (report.claim_hash, report.claim_until) == (None, None)


def test_claim_ends_after_an_hour(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    token = _submitted(desk_database, config, desk)
    assert _claim(desk_database, config, token, drafts.CLAIM_LIFE) is None
    with desk_database.writing() as session:
        drafts.drop_old(session, NOW + drafts.CLAIM_LIFE)
    with desk_database.reading() as session:
        assert session.scalars(select(Report)).one().claim_until is None
    assert _claim(desk_database, config, token) is None


def test_drafts_left_alone_are_dropped(desk_database: Database, desk: KnownDesk) -> None:
    draft_id = _told(desk_database, desk)
    with desk_database.writing() as session:
        assert drafts.drop_old(session, NOW + timedelta(days=drafts.DRAFT_DAYS)) == 0
        assert drafts.answered(session, draft_id) == {"what", "where", "witnesses"}
        assert drafts.drop_old(session, NOW + timedelta(days=drafts.DRAFT_DAYS + 1)) == 1
        with pytest.raises(drafts.DraftGone):
            drafts.put(session, draft_id, "who", "ก", NOW)
        assert not session.scalars(select(DraftPiece)).all()


def test_a_draft_is_submitted_once_and_not_without_its_story(
    desk_database: Database, config: Config, desk: KnownDesk
) -> None:
    with desk_database.writing() as session:
        empty = drafts.begin(session, desk.row, set(), NOW)
        with pytest.raises(AnswersRefused):
            drafts.submit(session, config, desk.row, empty, NOW)
        drafts.put(session, empty, "what", STORY, NOW)
        drafts.put(session, empty, "who", "ก", NOW)
        drafts.put(session, empty, "who", " ", NOW)  # thought better of it
        assert drafts.answered(session, empty) == {"what"}
        drafts.submit(session, config, desk.row, empty, NOW)
        with pytest.raises(drafts.DraftGone):
            drafts.submit(session, config, desk.row, empty, NOW)


def test_a_draft_submitted_twice_at_once_is_one_report(
    desk_database: Database, desk_database_url: str, config: Config, desk: KnownDesk
) -> None:
    draft_id = _told(desk_database, desk)
    processes = [Database(desk_database_url) for _ in range(3)]

    def submit(database: Database) -> bool:
        try:
            with database.writing() as session:
                return bool(drafts.submit(session, config, desk.row, draft_id, NOW))
        except drafts.DraftGone:
            return False

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(submit, processes)) == [False, False, True]
    with desk_database.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 1
    for database in processes:
        database.close()


def test_nobody_left_to_read(desk_database: Database, desk: KnownDesk) -> None:
    with desk_database.writing() as session, pytest.raises(NobodyLeft):
        drafts.begin(session, desk.row, {officer.id for officer in desk.officers}, NOW)
