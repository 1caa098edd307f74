"""What is sealed where: the contexts of every ciphertext in the tables, and the few ways to write and open one.

Both sides (reports.py for the reporter, casework.py for officers) go through here, so that nobody seals what the other
cannot open. A data key is only ever in memory.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrity.tables import Desk, Entry, Officer, Report, ReportKey, SealedFile
from integrity.vault import envelope
from integrity.vault.envelope import FILE_BLOCK, Context

REPORTER = "reporter"


class NobodyLeft(ValueError):
    """No officer may read this. The message is Thai, for the reporter."""


class FileToSeal(Protocol):
    """As integrity.uploads.CleanFile: cleaned bytes, name, MIME type, Thai words for what was removed."""

    @property
    def data(self) -> bytes: ...
    @property
    def name(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def found(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An entry in clear, in memory only. `content`: {"answers": {key: text}}, or {"text": ...} and for a status also
    {"status": ...}."""

    id: str
    kind: str
    author: str
    day: date
    content: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """What a sealed file says about itself. `size`: bytes."""

    id: str
    author: str
    day: date
    name: str = field(repr=False)
    content_type: str
    size: int
    found: list[str]


# --- who reads ---


def officer_reader(officer_id: int) -> str:
    """As reader of a key and as author: "officer:3"."""
    return f"officer:{officer_id}"


def allowed_officers(session: Session, desk: Desk, excluded: set[int], shown: set[int] | None = None) -> list[Officer]:
    """The desk's active officers (custodian and outside recipient too) but for those whom the reporter excluded.

    `shown`: whom the reporter was asked about; who joined since is nobody's choice and left out. Raises NobodyLeft."""
    active = select(Officer).where(Officer.desk_id == desk.id, Officer.status == "active").order_by(Officer.id)
    officers = [
        officer
        for officer in session.scalars(active)
        if officer.id not in excluded and (shown is None or officer.id in shown)
    ]
    if not officers:
        raise NobodyLeft("ขณะนี้ไม่มีเจ้าหน้าที่ที่จะเปิดอ่านเรื่องนี้ได้ค่ะ แจ้ง ป.ป.ช. ได้ที่สายด่วน 1205")
    return officers


# --- the data key ---


def key_context(report_id: str, reader: str) -> Context:
    return Context(report_id, "key", "", reader)


def sealed_for(officers: Iterable[Officer], report_id: str, data_key: bytes) -> dict[str, bytes]:
    """The data key for each of the officers: reader -> sealed key."""
    return {
        (reader := officer_reader(officer.id)): envelope.seal_key(
            data_key, officer.public_key, key_context(report_id, reader)
        )
        for officer in officers
    }


def seal_to_reporter(session: Session, report: Report, data_key: bytes) -> None:
    """Let the reporter read, if they have a receipt and cannot yet. (A chat reporter takes the receipt while nobody
    holds the data key; the first officer who opens the report passes it on.)"""
    if report.reporter_public is None or session.get(ReportKey, (report.id, REPORTER)) is not None:
        return
    sealed = envelope.seal_key(data_key, report.reporter_public, key_context(report.id, REPORTER))
    session.add(ReportKey(report_id=report.id, reader=REPORTER, sealed=sealed))
    session.flush()


def open_data_key(session: Session, report_id: str, reader: str, private: bytes) -> bytes | None:
    """The data key as this reader ("officer:3", "reporter") opens it; None who has none. Raises Tampered."""
    row = session.get(ReportKey, (report_id, reader))
    return envelope.open_key(row.sealed, private, key_context(report_id, reader)) if row else None


# --- entries ---


def entry_context(report_id: str, kind: str, entry_id: str, author: str) -> Context:
    return Context(report_id, kind, entry_id, author)


def pack(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def add_entry(
    session: Session, report: Report, data_key: bytes | None, kind: str, author: str, content: dict[str, Any], day: date
) -> Entry:
    """Seal `content` under the data key, or to the report's box while `data_key` is None."""
    entry_id = secrets.token_hex(16)
    context = entry_context(report.id, kind, entry_id, author)
    entry = Entry(
        id=entry_id,
        report_id=report.id,
        position=next_position(session, report.id),
        kind=kind,
        author=author,
        day=day,
        sealed=_seal(report, data_key, pack(content), context),
        boxed=data_key is None,
    )
    session.add(entry)
    session.flush()
    return entry


def next_position(session: Session, report_id: str) -> int:
    return (session.scalar(select(func.max(Entry.position)).where(Entry.report_id == report_id)) or 0) + 1


def open_entry(data_key: bytes, entry: Entry) -> OpenEntry:
    """Raises Tampered."""
    context = entry_context(entry.report_id, entry.kind, entry.id, entry.author)
    content = json.loads(_open(data_key, entry.sealed, context, entry.boxed))
    return OpenEntry(entry.id, entry.kind, entry.author, entry.day, content)


def open_entries(session: Session, report_id: str, data_key: bytes, kinds: Iterable[str]) -> list[OpenEntry]:
    """The report's entries of these kinds in the order in which they came. Raises Tampered."""
    chosen = select(Entry).where(Entry.report_id == report_id, Entry.kind.in_(list(kinds))).order_by(Entry.position)
    return [open_entry(data_key, entry) for entry in session.scalars(chosen)]


# --- files ---


def add_file(
    session: Session, report: Report, data_key: bytes | None, file: FileToSeal, author: str, day: date
) -> SealedFile:
    """Seal a cleaned file and what is to be known about it, each with its own padding."""
    file_id = secrets.token_hex(16)
    about = {"name": file.name, "type": file.content_type, "size": len(file.data), "found": list(file.found)}
    row = SealedFile(
        id=file_id,
        report_id=report.id,
        author=author,
        day=day,
        about=_seal(report, data_key, pack(about), Context(report.id, "about", file_id, author)),
        sealed=_seal(report, data_key, file.data, Context(report.id, "file", file_id, author), FILE_BLOCK),
        boxed=data_key is None,
    )
    session.add(row)
    session.flush()
    return row


def list_files(session: Session, report_id: str, data_key: bytes) -> list[OpenFile]:
    """What the report's files are, without reading them. Raises Tampered."""
    columns = SealedFile.id, SealedFile.author, SealedFile.day, SealedFile.about, SealedFile.boxed
    files = []
    for file_id, author, day, about, boxed in session.execute(
        select(*columns).where(SealedFile.report_id == report_id).order_by(SealedFile.day, SealedFile.id)
    ):
        known = json.loads(_open(data_key, about, Context(report_id, "about", file_id, author), boxed))
        files.append(OpenFile(file_id, author, day, known["name"], known["type"], known["size"], known["found"]))
    return files


def open_file(data_key: bytes, file: SealedFile) -> bytes:
    """Raises Tampered."""
    return _open(data_key, file.sealed, Context(file.report_id, "file", file.id, file.author), file.boxed)


def _seal(
    report: Report, data_key: bytes | None, plaintext: bytes, context: Context, block: int = envelope.BLOCK
) -> bytes:
    if data_key is None:
        return envelope.seal_to_box(report.box_public, plaintext, context, block)
    return envelope.encrypt(data_key, plaintext, context, block)


def _open(data_key: bytes, blob: bytes, context: Context, boxed: bool) -> bytes:
    opener = envelope.open_from_box if boxed else envelope.decrypt
    return opener(data_key, blob, context)
