"""What a reporter does, from sending to withdrawing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from integrity import audit, notices, reports, sealing
from integrity.config import Config
from integrity.database import Database
from integrity.questions import AnswersRefused
from integrity.reports import NewReport
from integrity.tables import AuditRow, Entry, Identity, IdentityKey, Notice, Report, ReportKey, SealedFile
from integrity.vault import envelope, receipt
from tests.integrity.conftest import NOW, KnownDesk

ANSWERS = {"what": "นายกรับเงินทอน", "who": "นายก", "amount": "๕๐,๐๐๐ บาท", "where": ""}


@dataclass
class Clean:
    data: bytes = b"\x89PNG" + b"x" * 100_000
    name: str = "ใบเสร็จ.png"
    content_type: str = "image/png"
    found: list[str] = field(default_factory=lambda: ["พิกัด"])


def _send(database: Database, config: Config, desk: KnownDesk, new: NewReport) -> str:
    with database.writing() as session:
        return reports.submit(session, config, desk.row, new, NOW)


def _find(database: Database, config: Config, desk: KnownDesk, number: str) -> reports.Opened:
    with database.reading() as session:
        found = reports.find(session, config, desk.row, number)
    assert found
    return found


def test_report_comes_back_with_its_receipt_only(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS, files=[Clean()]))
    assert receipt.parse(number) == number
    opened = _find(desk_database, config, desk, number)
    assert opened.status == "received"
    assert opened.report.received_on == date(2026, 11, 20)
    assert opened.report.due_on == date(2026, 12, 5)
    assert [entry.content for entry in opened.entries] == [
        {"answers": {"what": "นายกรับเงินทอน", "who": "นายก", "amount": "๕๐,๐๐๐ บาท"}}
    ]
    (file,) = opened.files
    assert (file.name, file.content_type, file.size, file.found) == ("ใบเสร็จ.png", "image/png", 100_004, ["พิกัด"])
    with desk_database.reading() as session:
        assert reports.find(session, config, desk.row, receipt.new_receipt()) is None
        row = session.scalars(select(SealedFile)).one()
        assert opened.data_key
        assert sealing.open_file(opened.data_key, row) == Clean().data


def test_the_same_form_twice_is_one_report(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = receipt.new_receipt()
    for _ in range(2):
        with desk_database.writing() as session:
            assert reports.submit(session, config, desk.row, NewReport(ANSWERS), NOW, number) == number
    with desk_database.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 1
        assert session.scalars(select(AuditRow.action)).all() == ["report.submitted"]


def test_the_same_form_at_the_same_moment_is_one_report(
    desk_database: Database, desk_database_url: str, config: Config, desk: KnownDesk
) -> None:
    number = receipt.new_receipt()
    processes = [Database(desk_database_url) for _ in range(4)]

    def send(database: Database) -> str:
        with database.writing() as session:
            return reports.submit(session, config, desk.row, NewReport(ANSWERS), NOW, number)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, processes)) == {number}
    with desk_database.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 1
        assert session.scalars(select(AuditRow.action)).all() == ["report.submitted"]
    for database in processes:
        database.close()


def test_every_allowed_officer_can_open(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    _send(desk_database, config, desk, NewReport(ANSWERS))
    with desk_database.reading() as session:
        report = session.scalars(select(Report)).one()
        for officer in desk.officers:
            reader = sealing.officer_reader(officer.id)
            data_key = sealing.open_data_key(session, report.id, reader, officer.private)
            assert data_key
            (entry,) = sealing.open_entries(session, report.id, data_key, ["answers"])
            assert entry.content["answers"]["what"] == "นายกรับเงินทอน"
        assert sealing.open_data_key(session, report.id, "officer:999", desk.officers[0].private) is None


def test_excluded_officer_has_no_row_anywhere(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    """Not in any table, not for any later movement: exclusion itself is nowhere written down either."""
    excluded = desk.custodian.id  # there is no other custodian, so no identity either
    number = _send(desk_database, config, desk, NewReport(ANSWERS, excluded={excluded}, files=[Clean()]))
    opened = _find(desk_database, config, desk, number)
    with desk_database.writing() as session:
        reports.add_message(session, opened, "เพิ่มเติม", NOW)
        reports.add_files(session, opened, [Clean()], NOW)
        with pytest.raises(sealing.NobodyLeft):
            reports.reveal_identity(session, opened, {"name": "ก"}, NOW)
        reports.withdraw(session, opened, NOW)
    with desk_database.reading() as session:
        readers = set(session.scalars(select(ReportKey.reader)))
        assert readers == {"reporter", *(f"officer:{o.id}" for o in desk.officers if o.id != excluded)}
        assert excluded not in set(session.scalars(select(Notice.officer_id)))
        assert not session.scalars(select(IdentityKey)).all()
        assert not session.scalars(select(Identity)).all()
        assert all(
            f"officer:{excluded}" not in str((row.actor, row.detail)) for row in session.scalars(select(AuditRow))
        )


def test_nobody_left_to_read(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    with pytest.raises(sealing.NobodyLeft):
        _send(desk_database, config, desk, NewReport(ANSWERS, excluded={o.id for o in desk.officers}))
    with desk_database.reading() as session:
        assert not session.scalars(select(Report)).all()


@pytest.mark.parametrize("answers", [{}, {"what": " \x00 "}, {"what": "ก" * 10_001}, {"what": "ก", "who": "ข" * 5_001}])
def test_answers_that_cannot_be_taken(
    desk_database: Database, config: Config, desk: KnownDesk, answers: dict[str, str]
) -> None:
    with pytest.raises(AnswersRefused):
        _send(desk_database, config, desk, NewReport(answers))


def test_reporter_writes_before_and_after_closing(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS))
    for text in ("หนึ่ง", "สอง"):
        with desk_database.writing() as session:
            reports.add_message(session, _find(desk_database, config, desk, number), text, NOW)
            session.scalars(select(Report)).one().status = "closed"
    opened = _find(desk_database, config, desk, number)
    assert [e.content.get("text") for e in opened.entries] == [None, "หนึ่ง", "สอง"]
    assert {e.author for e in opened.entries} == {"reporter"}
    with desk_database.writing() as session, pytest.raises(ValueError):
        reports.add_message(session, opened, " \n", NOW)


def test_notes_stay_among_officers(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS))
    opened = _find(desk_database, config, desk, number)
    with desk_database.writing() as session:
        for kind in ("note", "message"):
            content = {"text": kind}
            sealing.add_entry(session, opened.report, opened.data_key, kind, "officer:1", content, NOW.date())
    assert [e.kind for e in _find(desk_database, config, desk, number).entries] == ["answers", "message"]


@pytest.mark.parametrize("change", [{"author": "reporter"}, {"kind": "note"}, {"id": "0" * 32}])
def test_relabelled_entry_does_not_open(
    desk_database: Database, config: Config, desk: KnownDesk, change: dict[str, str]
) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS))
    opened = _find(desk_database, config, desk, number)
    with desk_database.writing() as session:
        entry = sealing.add_entry(
            session, opened.report, opened.data_key, "message", "officer:1", {"text": "ก"}, NOW.date()
        )
        for column, value in change.items():
            setattr(entry, column, value)
        session.flush()
        assert opened.data_key
        with pytest.raises(envelope.Tampered):
            sealing.open_entry(opened.data_key, entry)


def test_swapped_rows_and_flipped_bytes_do_not_open(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS))
    _send(desk_database, config, desk, NewReport(ANSWERS))
    with desk_database.writing() as session:
        one, other = session.scalars(select(Entry).order_by(Entry.id)).all()
        one.sealed, other.sealed = other.sealed, one.sealed
    with pytest.raises(envelope.Tampered):
        _find(desk_database, config, desk, number)
    with desk_database.writing() as session:
        key = session.scalars(select(ReportKey).where(ReportKey.reader == "reporter")).first()
        assert key
        key.sealed = key.sealed[:-1] + bytes([key.sealed[-1] ^ 1])
    with desk_database.reading() as session:
        assert any(_refuses(session, key.report_id, officer) for officer in desk.officers) is False


def _refuses(session, report_id, officer) -> bool:  # type: ignore[no-untyped-def]
    try:
        sealing.open_data_key(session, report_id, sealing.officer_reader(officer.id), officer.private)
    except envelope.Tampered:
        return True
    return False


def test_identity_is_for_the_custodian_alone(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS, identity={"name": "สมชาย", "phone": "081"}))
    opened = _find(desk_database, config, desk, number)
    with desk_database.writing() as session:
        reports.reveal_identity(session, opened, {"name": "สมชาย ใจดี"}, NOW)  # anew
    with desk_database.reading() as session:
        row = session.scalars(select(IdentityKey)).one()
        assert row.reader == sealing.officer_reader(desk.custodian.id)
        context = reports.identity_key_context(row.report_id, row.reader)
        key = envelope.open_key(row.sealed, desk.custodian.private, context)
        sealed = session.scalars(select(Identity)).one().sealed
        opened_identity = envelope.decrypt(key, sealed, reports.identity_context(row.report_id))
        assert "สมชาย ใจดี" in opened_identity.decode()
        with pytest.raises(envelope.Tampered):
            envelope.open_key(row.sealed, desk.officers[0].private, context)
        with pytest.raises(envelope.Tampered):  # nor does the report's own key open it
            envelope.decrypt(opened.data_key or b"", sealed, reports.identity_context(row.report_id))


def test_withdrawing_once(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS))
    for _ in range(2):
        opened = _find(desk_database, config, desk, number)
        with desk_database.writing() as session:
            reports.withdraw(session, opened, NOW)
    opened = _find(desk_database, config, desk, number)
    assert opened.status == "withdrawn"
    assert opened.report.closed_on == date(2026, 11, 20)
    assert opened.report.retain_until == date(2026, 11, 20) + timedelta(days=3650)
    assert [e.kind for e in opened.entries] == ["answers", "status"]


def test_each_act_leaves_one_row_and_one_notice(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    number = _send(desk_database, config, desk, NewReport(ANSWERS))
    opened = _find(desk_database, config, desk, number)
    with desk_database.writing() as session:
        reports.add_message(session, opened, "ก", NOW)
        reports.add_files(session, opened, [Clean()], NOW)
        reports.reveal_identity(session, opened, {"name": "ก"}, NOW)
        reports.withdraw(session, opened, NOW)
        reports.withdraw(session, opened, NOW)
    with desk_database.reading() as session:
        actions = session.scalars(select(AuditRow.action).order_by(AuditRow.number)).all()
        assert actions == ["report.submitted", "report.message", "report.files", "identity.given", "report.withdrawn"]
        assert audit.verify(session, desk.row) == []
        later = NOW + timedelta(hours=1)
        assert [o.id for o in notices.due(session, later)] == [o.id for o in desk.officers]


def test_the_log_survives_the_report(desk_database: Database, config: Config, desk: KnownDesk) -> None:
    _send(desk_database, config, desk, NewReport(ANSWERS))
    with desk_database.writing() as session:
        session.delete(session.scalars(select(Report)).one())
    with desk_database.reading() as session:
        assert not session.scalars(select(Entry)).all()
        assert not session.scalars(select(ReportKey)).all()
        assert session.scalars(select(AuditRow.action)).all() == ["report.submitted"]
        assert audit.verify(session, desk.row) == []
