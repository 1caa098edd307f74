"""Who steals the whole database, its write-ahead log and every secret of the server, but no passphrase, recovery code
or receipt, opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, text

from integrity import drafts, reports, sealing
from integrity.config import Config
from integrity.database import Database
from integrity.reports import NewReport
from integrity.tables import Base, Entry, Identity, IdentityKey, Officer, Report, ReportKey, SealedFile
from integrity.vault import envelope, receipt
from integrity.vault.envelope import Context, Tampered
from integrity.vault.kdf import branch
from integrity.vault.officer import WrongPassphrase, unwrap, unwrap_by_code
from integrity.vault.reporter import derive
from tests.integrity.conftest import NOW, KnownDesk, bytes_on_disk

CANARIES = {
    "what": "นกขมิ้นเหลืองอ่อน canary-what-71c",
    "who": "นายกคนนั้น canary-who-52a",
    "where": "ศาลาริมน้ำ canary-where-9d0",
    "evidence": "สมุดบัญชีเล่มแดง canary-evidence-e44",
    "fears": "กลัวถูกย้าย canary-fears-0b7",
}
NAME, PHONE, MESSAGE, FILE_NAME = "สมหญิง canary-name", "0812345678", "ข้อความ canary-message", "โฉนด canary-file.pdf"
FILE_DATA = b"%PDF-1.7 canary-bytes " * 500
CHAT = "เล่าในแชต canary-chat-3f9"


@dataclass
class Clean:
    data: bytes = FILE_DATA
    name: str = FILE_NAME
    content_type: str = "application/pdf"
    found: list[str] = field(default_factory=lambda: ["ผู้จัดทำ canary-author"])


@pytest.fixture
def receipts(desk_database: Database, config: Config, desk: KnownDesk) -> list[str]:
    """A full report by the safe door, one by chat and a draft left open."""
    new = NewReport(CANARIES, {desk.officers[2].id}, {"name": NAME, "phone": PHONE}, [Clean()])
    with desk_database.writing() as session:
        first = reports.submit(session, config, desk.row, new, NOW)
    with desk_database.writing() as session:
        opened = reports.find(session, config, desk.row, first)
        assert opened
        reports.add_message(session, opened, MESSAGE, NOW)
        reports.add_files(session, opened, [Clean()], NOW)
    with desk_database.writing() as session:
        draft, left_open = (drafts.begin(session, desk.row, set(), NOW) for _ in range(2))
        drafts.put(session, draft, "what", CHAT, NOW)
        drafts.put(session, left_open, "what", CHAT, NOW)
        token = drafts.submit(session, config, desk.row, draft, NOW)
    with desk_database.writing() as session:
        second = drafts.claim(session, config, token, NOW)
    assert second
    return [first, second]


def test_no_canary_in_any_byte(desk_database: Database, desk: KnownDesk, receipts: list[str]) -> None:
    raw = bytes_on_disk(desk_database)
    assert "ประสิทธิ์ มั่นคง".encode() in raw  # an officer's name is in clear, and so is found
    words = [*CANARIES.values(), NAME, PHONE, MESSAGE, FILE_NAME, CHAT, "canary", *receipts]
    words += [receipt.show(number) for number in receipts]
    for officer in desk.officers:
        words += [officer.passphrase, officer.recovery_code, officer.totp_secret]
    for word in words:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "tis-620", "unicode_escape"):
            assert word.encode(encoding) not in raw, (word, encoding)
    assert FILE_DATA[:20] not in raw
    for officer in desk.officers:
        assert officer.private not in raw
        assert officer.private.hex().encode() not in raw


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_no_canary_in_the_files_of_postgresql(desk_database: Database, receipts: list[str]) -> None:
    """Its write-ahead log and temporary files too; not the other tests' databases beside it."""
    with desk_database.engine.connect() as connection:
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        own = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
    needles = [
        word.encode(encoding) for word in (*CANARIES.values(), NAME, CHAT) for encoding in ("utf-8", "utf-16-le")
    ]
    needles += [word.encode("unicode_escape") for word in (*CANARIES.values(), NAME, CHAT)]
    needles += [number.encode() for number in receipts]
    searched, control = set(), False
    began = min(path.stat().st_mtime for path in (folder / "base" / str(own)).iterdir())
    others = {path for path in (folder / "base").iterdir() if path.name != str(own)}
    for path in folder.rglob("*"):
        try:  # what was not written since this database was made holds nothing of it
            if path.parent in others or not path.is_file() or path.stat().st_mtime < began:
                continue
            raw = path.read_bytes()
        except FileNotFoundError:  # the running server renews its cache files
            continue
        assert not any(needle in raw for needle in needles), path
        searched.add(path.relative_to(folder).parts[0])
        control = control or "ประสิทธิ์ มั่นคง".encode() in raw  # an officer's name is in clear, and so is found
    assert {"pg_wal", "base"} <= searched
    assert control


def test_no_stolen_key_opens_anything(desk_database: Database, config: Config, receipts: list[str]) -> None:
    keys = set(_stolen_keys(desk_database, config))
    assert len(keys) > 100
    with desk_database.reading() as session:
        sealed_keys = [
            (row.sealed, sealing.key_context(row.report_id, row.reader)) for row in session.scalars(select(ReportKey))
        ]
        sealed_keys += [
            (row.sealed, reports.identity_key_context(row.report_id, row.reader))
            for row in session.scalars(select(IdentityKey))
        ]
        contents = list(_contents(session.scalars(select(Entry)), session.scalars(select(SealedFile))))
        contents += [
            (row.sealed, reports.identity_context(row.report_id), False) for row in session.scalars(select(Identity))
        ]
        officers = session.scalars(select(Officer)).all()
    assert len(sealed_keys) == 7
    assert len(contents) == 8
    for key in keys:
        for sealed, context in sealed_keys:
            with pytest.raises(Tampered):
                envelope.open_key(sealed, key, context)
        for sealed, context, boxed in contents:
            with pytest.raises(Tampered):
                (envelope.open_from_box if boxed else envelope.decrypt)(key, sealed, context)
    for officer in officers:
        for guess in _words(config, officer):
            with pytest.raises(WrongPassphrase):
                unwrap(officer.private_by_passphrase, guess)
            with pytest.raises(WrongPassphrase):
                unwrap_by_code(officer.private_by_recovery, guess)


def test_the_thief_test_can_fail(desk_database: Database, config: Config, desk: KnownDesk, receipts: list[str]) -> None:
    """With one receipt or one officer's key in hand the very same calls do open."""
    with desk_database.reading() as session:
        keys = derive(receipts[0], config.pepper, config.site_salt)
        report = session.scalars(select(Report).where(Report.lookup == keys.lookup)).one()
        data_key = sealing.open_data_key(session, report.id, "reporter", keys.private)
        assert data_key
        assert data_key == sealing.open_data_key(session, report.id, "officer:1", desk.officers[0].private)
        assert sealing.open_file(data_key, session.scalars(select(SealedFile)).first() or SealedFile()) == FILE_DATA


def test_without_the_pepper_a_known_receipt_does_not_even_find(config: Config, receipts: list[str]) -> None:
    right = derive(receipts[0], config.pepper, config.site_salt)
    assert derive(receipts[0], b"\0" * 32, config.site_salt).lookup != right.lookup


def _contents(entries, files) -> Iterator[tuple[bytes, Context, bool]]:  # type: ignore[no-untyped-def]
    for entry in entries:
        context = sealing.entry_context(entry.report_id, entry.kind, entry.id, entry.author)
        yield entry.sealed, context, entry.boxed
    for file in files:
        yield file.sealed, Context(file.report_id, "file", file.id, file.author), file.boxed
        yield file.about, Context(file.report_id, "about", file.id, file.author), file.boxed


def _stolen_keys(database: Database, config: Config) -> Iterator[bytes]:
    """Whatever could pass for a 32-byte key: the server's secrets, every value of every row and what derives from
    them, with the branches that the vault uses."""
    raw = [config.pepper, config.site_salt * 2, config.cookie_key]
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                for value in row:
                    if isinstance(value, bytes):
                        raw += [value[:32], value[-32:], value[32:64]]
                    elif isinstance(value, str) and re.fullmatch("[0-9a-f]{32,64}", value):
                        raw += [bytes.fromhex(value).ljust(32, b"\0")[:32], value.encode()[:32]]
    for key in raw:
        if len(key) == 32:
            yield key
            for purpose in ("entries", "box", "lookup", "wrap", "recovery"):
                yield branch(key, purpose)


def _words(config: Config, officer: Officer) -> Iterator[str]:
    yield from (config.pepper.hex(), config.site_salt.hex(), config.cookie_key.hex(), officer.username, officer.name)
