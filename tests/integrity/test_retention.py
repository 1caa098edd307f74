"""Kept as long as needed, deleted by two, down to the bytes in the file; a reopened report starts anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrity import audit, casework, retention, setup
from integrity.config import Config
from integrity.database import Database
from integrity.officers import NotAllowed
from integrity.tables import (
    Approval,
    AuditRow,
    Base,
    Desk,
    Draft,
    Entry,
    Identity,
    Officer,
    OfficerSession,
    Report,
    SealedFile,
)  # fmt: skip
from tests.integrity.conftest import NOW
from tests.integrity.test_casework import Clean, House
from tests.integrity.vault_costs import quick_vault  # noqa: F401

KEPT = timedelta(days=3650)
OVER = NOW + KEPT


def close(house: House, report_id: str, now: datetime = NOW) -> None:
    casework.set_status(house.session, house.open(house.one, report_id), "closed", "ไม่พบมูล", now)


def agree(house: House, report_id: str, now: datetime = OVER) -> None:
    casework.ask_deletion(house.session, house.open(house.one, report_id), "พ้นกำหนดเก็บรักษา", now)
    casework.approve_deletion(house.session, house.open(house.two, report_id), now)


def remaining(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Report)) or 0


def test_two_approvals_after_the_time_and_not_before(desk_database: Database, config: Config) -> None:
    with desk_database.writing() as session:
        house = House(session, config)
        _, report_id = house.tell(identity={"name": "สมชาย"}, files=[Clean(b"x" * 5000)])
        _, open_still = house.tell()
        close(house, report_id)
        view = house.open(house.one, report_id)
        with pytest.raises(NotAllowed):
            casework.ask_deletion(session, view, "อยากลบ", OVER - timedelta(days=1))
        with pytest.raises(NotAllowed):
            casework.ask_deletion(session, house.open(house.one, open_still), "อยากลบ", OVER)
        assert retention.proposed(session, house.one.row(session), (OVER - timedelta(days=1)).date()) == []
    assert retention.run(desk_database, config, OVER) == 0  # proposed, never deleted by itself
    with desk_database.writing() as session:
        house.session = session
        assert [report.id for report in retention.proposed(session, house.one.row(session), OVER.date())] == [report_id]
        casework.ask_deletion(session, house.open(house.one, report_id), "พ้นกำหนด", OVER)
    assert retention.run(desk_database, config, OVER) == 0  # one is not two
    with desk_database.writing() as session:
        house.session = session
        with pytest.raises(NotAllowed, match="ตนเอง"):
            casework.approve_deletion(session, house.open(house.one, report_id), OVER)
        casework.approve_deletion(session, house.open(house.two, report_id), OVER)
    assert retention.run(desk_database, config, OVER) == 1
    assert retention.run(desk_database, config, OVER) == 0
    with desk_database.writing() as session:
        house.session = session
        assert session.get(Report, report_id) is None
        assert session.get(Report, open_still) is not None
        for table in (Identity, SealedFile, Approval):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert session.scalar(select(func.count()).select_from(Entry)) == 1
        with pytest.raises(casework.NotThere):
            house.open(house.one, report_id)
        assert audit.verify(session, house.desk) == []  # the log survives
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "report.deleted"))
        assert (row.actor, row.detail) == ("clock", {"asked_by": house.one.id, "approved_by": house.two.id})
        assert report_id not in str([vars(row) for row in session.scalars(select(AuditRow))])


def test_a_reopened_report_is_not_deleted(desk_database: Database, config: Config) -> None:
    """OpenWhistle deleted cases that had been closed, approved for deletion and opened again."""
    with desk_database.writing() as session:
        house = House(session, config)
        _, report_id = house.tell()
        close(house, report_id)
        agree(house, report_id)
        casework.reopen(session, house.open(house.one, report_id), "มีพยานใหม่", OVER)
    assert retention.run(desk_database, config, OVER + KEPT) == 0
    with desk_database.writing() as session:
        house.session = session
        close(house, report_id, OVER)  # the clock starts anew, and the old approvals do not count
        assert session.get_one(Report, report_id).retain_until == (OVER + KEPT).date()
    for now in (OVER, OVER + KEPT):
        assert retention.run(desk_database, config, now) == 0
    with desk_database.writing() as session:
        house.session = session
        agree(house, report_id, OVER + KEPT)
    assert retention.run(desk_database, config, OVER + KEPT) == 1


def test_a_longer_time_of_keeping_holds_even_after_two_agreed(desk_database: Database, config: Config) -> None:
    with desk_database.writing() as session:
        house = House(session, config)
        _, report_id = house.tell()
        close(house, report_id)
        agree(house, report_id)
        session.get_one(Report, report_id).retain_until = (OVER + KEPT).date()  # a court asks for it
    assert retention.run(desk_database, config, OVER) == 0
    assert retention.run(desk_database, config, OVER + KEPT) == 1


def test_withdrawn_reports_are_kept_as_long(desk_database: Database, config: Config) -> None:
    from integrity import reports

    with desk_database.writing() as session:
        house = House(session, config)
        receipt, report_id = house.tell()
        reports.withdraw(session, house.reporter(receipt), NOW)
        assert retention.proposed(session, house.one.row(session), NOW.date()) == []
        assert [report.id for report in retention.proposed(session, house.one.row(session), OVER.date())] == [report_id]


def test_leftovers_go_too(desk_database: Database, config: Config) -> None:
    from integrity import drafts

    with desk_database.writing() as session:
        house = House(session, config)
        drafts.begin(session, house.desk, set(), NOW)
        house.one.log_in(session, config, house.desk, NOW)
    assert retention.run(desk_database, config, NOW + timedelta(days=30)) == 0
    with desk_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0
        assert session.scalar(select(func.count()).select_from(OfficerSession)) == 0
        assert session.scalar(select(func.count()).select_from(Officer)) == 4


def test_nothing_of_a_deleted_report_is_left_in_the_files(tmp_path: Path, config: Config) -> None:
    database = Database(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    with database.writing() as session:
        house = House(session, config)
        _, report_id = house.tell(identity={"name": "สมชาย"}, files=[Clean(b"\xff\xd8" * 300_000)])
        _, other = house.tell()
        close(house, report_id)
        agree(house, report_id)
    with database.reading() as session:
        sealed = []
        for table in Base.metadata.sorted_tables:
            if "report_id" in table.columns and table.name != "draft":
                for row in session.execute(select(table).where(table.c.report_id == report_id)):
                    sealed += [value for value in row if isinstance(value, bytes) and len(value) >= 64]
        kept = session.scalars(select(Entry.sealed).where(Entry.report_id == other)).one()
    assert len(sealed) >= 10

    def found() -> int:
        raw = [path.read_bytes() for path in tmp_path.iterdir()]
        return sum(any(piece in data for data in raw) for value in sealed for piece in (value[:32], value[-32:]))

    assert found()
    assert retention.run(database, config, OVER) == 1
    assert found() == 0
    assert any(kept[:32] in path.read_bytes() for path in tmp_path.iterdir())
    assert all(report_id.encode() not in path.read_bytes() for path in tmp_path.iterdir())
    database.close()


def test_the_agency_chooses_how_long(desk_database: Database, config: Config) -> None:
    with desk_database.writing() as session:
        house = House(session, config)
        setup.change(session.get_one(Desk, house.desk.id), settings={"retention_days": 90})
        _, report_id = house.tell()
        close(house, report_id)
        assert session.get_one(Report, report_id).retain_until == (NOW + timedelta(days=90)).date()
