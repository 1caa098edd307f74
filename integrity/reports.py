"""What a reporter does: send a report, come back with the receipt, write, add files, say who they are, withdraw."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from integrity import audit, notices, questions, sealing
from integrity.config import Config
from integrity.sealing import REPORTER, FileToSeal, NobodyLeft, OpenEntry, OpenFile
from integrity.setup import setting
from integrity.tables import DONE, Desk, Identity, IdentityKey, Officer, Report, ReportKey
from integrity.upsert import insert_into
from integrity.vault import envelope, receipt
from integrity.vault.envelope import Context
from integrity.vault.reporter import ReporterKeys, derive
from thai.dates import bangkok_date

LONGEST_MESSAGE = 10_000  # characters
# Officers' notes stay among officers.
_SHOWN_TO_REPORTER = ("answers", "message", "status")


@dataclass(frozen=True, slots=True)
class NewReport:
    """`answers`: by question key. `excluded`: ids of officers who must not learn of it. `identity`: what the reporter
    says about who they are ({"name", "phone", ...}), or None. `shown`: as for sealing.allowed_officers."""

    answers: dict[str, str] = field(repr=False)
    excluded: set[int] = field(default_factory=set)
    identity: dict[str, str] | None = field(default=None, repr=False)
    files: Sequence[FileToSeal] = ()
    shown: set[int] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A report as its receipt opens it. `data_key` is None for a chat reporter until the first officer has looked:
    then `entries` and `files` are empty, and what is written is sealed to the report's box."""

    desk: Desk
    report: Report
    data_key: bytes | None = field(repr=False)
    subject_key: bytes = field(repr=False)
    entries: list[OpenEntry] = field(repr=False)
    files: list[OpenFile] = field(repr=False)

    @property
    def status(self) -> str:
        """One of tables.STATUSES."""
        return self.report.status


def submit(
    session: Session,
    config: Config,
    desk: Desk,
    new: NewReport,
    now: datetime,
    number: str | None = None,
    keys: ReporterKeys | None = None,
) -> str:
    """Seal and store a report; the receipt that comes back exists nowhere else.

    `number`: a fresh receipt, if the caller has made one so that the same form sent twice gives the same: the second
    time nothing is stored. `keys`: what it derives to, for who would rather not derive while the database waits.

    Raises questions.AnswersRefused, sealing.NobodyLeft."""
    answers = questions.check(new.answers)
    officers = sealing.allowed_officers(session, desk, new.excluded, new.shown)
    number = number or receipt.new_receipt()
    keys = keys or derive(number, config.pepper, config.site_salt)
    data_key = envelope.new_data_key()
    report = open_new(
        session,
        desk,
        secrets.token_hex(16),
        envelope.box_public(data_key),
        now,
        lookup=keys.lookup,
        reporter_public=keys.public,
    )
    if report is None:
        return number
    for reader, sealed in sealing.sealed_for(officers, report.id, data_key).items():
        session.add(ReportKey(report_id=report.id, reader=reader, sealed=sealed))
    sealing.seal_to_reporter(session, report, data_key)
    sealing.add_entry(session, report, data_key, "answers", REPORTER, {"answers": answers}, report.received_on)
    for file in new.files:
        sealing.add_file(session, report, data_key, file, REPORTER, report.received_on)
    if new.identity:
        _seal_identity(session, report, new.identity, now)
    audit.append(session, desk, REPORTER, "report.submitted", audit.subject_key(config), report.id, now=now)
    notices.touch(session, desk, report, now)
    return number


def open_new(
    session: Session, desk: Desk, report_id: str, box_public: bytes, now: datetime, **columns: Any
) -> Report | None:
    """A new report's row, received today (Bangkok) with its first deadline; nobody can read it yet. None if there is
    one with the same id or `lookup` already, even one that is being stored at this moment."""
    today = bangkok_date(now)
    due = today + timedelta(days=setting(desk, "answer_days"))
    row = insert_into(session, Report).values(
        id=report_id, desk_id=desk.id, box_public=box_public, received_on=today, due_on=due, **columns
    )
    return session.scalars(row.on_conflict_do_nothing().returning(Report)).one_or_none()


def find(session: Session, config: Config, desk: Desk, number: str, keys: ReporterKeys | None = None) -> Opened | None:
    """The report that a receipt (from receipt.parse) belongs to; None when there is none, after as long a time.
    `keys` as for submit().

    Raises envelope.Tampered when the database was changed under it."""
    keys = keys or derive(number, config.pepper, config.site_salt)
    found = select(Report).where(Report.lookup == keys.lookup, Report.desk_id == desk.id)
    # Held until the transaction ends, so that no re-keying comes between taking the data key and writing under it.
    report = session.scalar(found.with_for_update(read=True, key_share=True))
    if report is None:
        envelope.open_nothing(keys.private)
        return None
    data_key = sealing.open_data_key(session, report.id, REPORTER, keys.private)
    entries: list[OpenEntry] = []
    files: list[OpenFile] = []
    if data_key is not None:
        entries = sealing.open_entries(session, report.id, data_key, _SHOWN_TO_REPORTER)
        files = sealing.list_files(session, report.id, data_key)
    return Opened(desk, report, data_key, audit.subject_key(config), entries, files)


def add_message(session: Session, opened: Opened, text: str, now: datetime) -> None:
    """The reporter writes, before or after closing. Raises ValueError (Thai) for an empty or too long message."""
    message = questions.tidy(text)
    if not message:
        raise ValueError("ยังไม่ได้พิมพ์ข้อความค่ะ")
    if len(message) > LONGEST_MESSAGE:
        raise ValueError(f"ข้อความยาวเกินไปค่ะ ครั้งหนึ่งส่งได้ {LONGEST_MESSAGE:,} ตัวอักษร")
    content = {"text": message}
    sealing.add_entry(session, opened.report, opened.data_key, "message", REPORTER, content, bangkok_date(now))
    _moved(session, opened, "report.message", now)


def add_files(session: Session, opened: Opened, files: Sequence[FileToSeal], now: datetime) -> None:
    """The reporter adds cleaned files, before or after closing."""
    for file in files:
        sealing.add_file(session, opened.report, opened.data_key, file, REPORTER, bangkok_date(now))
    _moved(session, opened, "report.files", now, files=len(files))


def can_take_identity(session: Session, desk: Desk, excluded: set[int], shown: set[int] | None = None) -> bool:
    """Is there a custodian among `sealing.allowed_officers`, who may keep the reporter's identity?"""
    try:
        allowed = sealing.allowed_officers(session, desk, excluded, shown)
    except NobodyLeft:
        return False
    return any(officer.role == "custodian" for officer in allowed)


def can_reveal_identity(session: Session, report: Report) -> bool:
    """Is there a custodian among those who read this report?"""
    return bool(_keepers(session, report))


def reveal_identity(session: Session, opened: Opened, identity: dict[str, str], now: datetime) -> None:
    """The reporter says who they are, at last or anew. Raises sealing.NobodyLeft without a custodian."""
    _seal_identity(session, opened.report, identity, now)
    _moved(session, opened, "identity.given", now)


def withdraw(session: Session, opened: Opened, now: datetime) -> None:
    """The reporter takes the report back: no more is asked of them. It is kept as long as any closed one, since what
    it tells may be true all the same. Nothing happens to a report that is done."""
    report, today = session.get_one(Report, opened.report.id), bangkok_date(now)  # `opened` may be from before
    if report.status in DONE:
        return
    report.status = "withdrawn"
    report.closed_on = today
    report.retain_until = today + timedelta(days=setting(opened.desk, "retention_days"))
    content = {"status": "withdrawn", "text": ""}
    sealing.add_entry(session, report, opened.data_key, "status", REPORTER, content, today)
    _moved(session, opened, "report.withdrawn", now)


def identity_context(report_id: str) -> Context:
    return Context(report_id, "identity", "", REPORTER)


def identity_key_context(report_id: str, reader: str) -> Context:
    return Context(report_id, "identity-key", "", reader)


def _seal_identity(session: Session, report: Report, identity: dict[str, str], now: datetime) -> None:
    """Under a fresh key, sealed to the custodians among those who may read the report."""
    keepers = _keepers(session, report)
    if not keepers:
        raise NobodyLeft("ขณะนี้ไม่มีผู้รักษาข้อมูลชื่อผู้แจ้งค่ะ ส่งเรื่องโดยไม่บอกชื่อได้")
    for table in (IdentityKey, Identity):
        session.execute(delete(table).where(table.report_id == report.id))
    key = envelope.new_data_key()
    told = {name: questions.tidy(value) for name, value in identity.items()}
    sealed = envelope.encrypt(key, sealing.pack(told), identity_context(report.id))
    session.add(Identity(report_id=report.id, sealed=sealed, day=bangkok_date(now)))
    for keeper in keepers:
        reader = sealing.officer_reader(keeper.id)
        key_for_keeper = envelope.seal_key(key, keeper.public_key, identity_key_context(report.id, reader))
        session.add(IdentityKey(report_id=report.id, reader=reader, sealed=key_for_keeper))
    session.flush()


def _keepers(session: Session, report: Report) -> list[Officer]:
    readers = set(session.scalars(select(ReportKey.reader).where(ReportKey.report_id == report.id)))
    custodians = select(Officer).where(
        Officer.desk_id == report.desk_id, Officer.role == "custodian", Officer.status == "active"
    )
    return [officer for officer in session.scalars(custodians) if sealing.officer_reader(officer.id) in readers]


def _moved(session: Session, opened: Opened, action: str, now: datetime, **detail: int | str) -> None:
    audit.append(session, opened.desk, REPORTER, action, opened.subject_key, opened.report.id, now=now, **detail)
    notices.touch(session, opened.desk, opened.report, now)
