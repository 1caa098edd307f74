"""Who can open which report: keys sealed to others, moved to a new key pair, taken away, or made anew.

A reader's row lets its owner read and shows that the report exists. So no verb here gives a row to somebody whom the
reporter may have excluded, and none tells its caller, or the log, of a report that the caller has no row for.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from integrity import audit, sealing
from integrity.reports import identity_context, identity_key_context
from integrity.sealing import REPORTER, key_context, officer_reader
from integrity.tables import (
    Approval,
    Desk,
    Draft,
    Entry,
    Identity,
    IdentityKey,
    Officer,
    Report,
    ReportKey,
    SealedFile,
)  # fmt: skip
from integrity.vault.envelope import (
    BLOCK,
    FILE_BLOCK,
    Context,
    box_public,
    decrypt,
    encrypt,
    new_data_key,
    open_from_box,
    open_key,
    seal_key,
)  # fmt: skip

_TITLE = re.compile(r"^(นางสาว|น\.ส\.|นาย|นาง|ดร\.)")
_BATCH = 100  # reports whose texts are in memory at a time; files are taken one by one


def share(
    session: Session, desk: Desk, officer: Officer, report_ids: Collection[str], by: Officer, by_private: bytes,
    now: datetime,
) -> int:  # fmt: skip
    """Let `officer` read older reports that `by` reads; how many were handed on.

    Only reports from before the officer's appointment (see `known_since`): who was there already and has no key was
    excluded by the reporter, and stays so. One custodian hands on the identity's key to another."""
    reader, giver = officer_reader(officer.id), officer_reader(by.id)
    has_it = select(ReportKey.report_id).where(ReportKey.reader == reader)
    mine = session.execute(
        select(ReportKey.report_id, ReportKey.sealed)
        .join(Report, Report.id == ReportKey.report_id)
        .where(
            ReportKey.reader == giver, ReportKey.report_id.in_(list(report_ids)), Report.desk_id == desk.id,
            Report.received_on < known_since(session, officer, officer.joined_on), ReportKey.report_id.not_in(has_it),
        )
    ).all()  # fmt: skip
    for report_id, sealed in mine:
        again = _for_another(sealed, key_context, report_id, giver, by_private, reader, officer.public_key)
        session.add(ReportKey(report_id=report_id, reader=reader, sealed=again))
        identity = session.get(IdentityKey, (report_id, giver)) if officer.role == "custodian" else None
        if identity:
            again = _for_another(
                identity.sealed, identity_key_context, report_id, giver, by_private, reader, officer.public_key
            )
            session.add(IdentityKey(report_id=report_id, reader=reader, sealed=again))
    session.flush()
    audit.append(session, desk, giver, "reports.shared", b"", now=now, officer=officer.id)
    return len(mine)


def known_since(session: Session, officer: Officer, joined_on: date) -> date:
    """From when reporters may have excluded this person: `joined_on`, or the day on which an earlier officer of the
    same name joined. Nobody gets around an exclusion by leaving and coming back with a new name to log in."""
    others = select(Officer).where(Officer.desk_id == officer.desk_id, Officer.id != officer.id)
    same = [other.joined_on for other in session.scalars(others) if _person(other) == _person(officer)]
    return min([joined_on, *same])


def _person(officer: Officer) -> str:
    return _TITLE.sub("", "".join(unicodedata.normalize("NFKC", officer.name).split()))


def reseal_to(session: Session, officer: Officer, private: bytes, new_public: bytes) -> None:
    """Everything that the officer's old key opens, sealed to the new one instead."""
    reader = officer_reader(officer.id)
    for table, context in ((ReportKey, key_context), (IdentityKey, identity_key_context)):
        rows = session.execute(select(table.report_id, table.sealed).where(table.reader == reader)).all()
        _change(session, table, [
            {"report_id": report_id, "reader": reader,
             "sealed": _for_another(sealed, context, report_id, reader, private, reader, new_public)}
            for report_id, sealed in rows
        ])  # fmt: skip
    for draft in _drafts(session, officer):
        sealed = base64.b64decode(draft.keys[reader])
        again = _for_another(sealed, key_context, draft.report_id, reader, private, reader, new_public)
        draft.keys = {**draft.keys, reader: base64.b64encode(again).decode()}


def forget_reader(session: Session, officer: Officer) -> None:
    """Take the officer's keys away, but for reports that no other active officer could open then."""
    others = [
        officer_reader(other)
        for other in session.scalars(
            select(Officer.id).where(
                Officer.desk_id == officer.desk_id, Officer.status == "active", Officer.id != officer.id
            )
        )
    ]
    for table in (ReportKey, IdentityKey):
        kept_by_others = select(table.report_id).where(table.reader.in_(others))
        session.execute(
            delete(table).where(table.reader == officer_reader(officer.id), table.report_id.in_(kept_by_others))
        )
    for draft in _drafts(session, officer):
        kept = {reader: sealed for reader, sealed in draft.keys.items() if reader != officer_reader(officer.id)}
        draft.keys = kept or draft.keys


def _drafts(session: Session, officer: Officer) -> list[Draft]:
    """Reports that are being told in chat, to be read by this officer too."""
    drafts = session.scalars(select(Draft).where(Draft.desk_id == officer.desk_id))
    return [draft for draft in drafts if officer_reader(officer.id) in draft.keys]


def reason_context(report_id: str, what: str, asked_by: int) -> Context:
    """Of the reason for which an officer asked a second one (Approval.reason)."""
    return Context(report_id, f"{what}-reason", "", officer_reader(asked_by))


def rekey_reports(session: Session, desk: Desk, by: Officer, by_private: bytes, now: datetime) -> int:
    """New data keys, and everything encrypted anew, for all reports that `by` reads; how many there were.

    To be run after somebody left: keys that were copied before open nothing that is stored from now on. Each remaining
    officer runs it, since each may read reports that the others do not. Raises Tampered (and then changes nothing)."""
    session.flush()
    reader = officer_reader(by.id)
    mine = select(ReportKey.report_id).join(Report, Report.id == ReportKey.report_id)
    ids = session.scalars(mine.where(ReportKey.reader == reader, Report.desk_id == desk.id).order_by(Report.id)).all()
    publics = {
        officer_reader(officer_id): public
        for officer_id, public in session.execute(
            select(Officer.id, Officer.public_key).where(Officer.desk_id == desk.id, Officer.status != "left")
        )
    }
    for start in range(0, len(ids), _BATCH):
        _rekey_batch(session, ids[start : start + _BATCH], reader, by_private, publics)
    for row in list(session.identity_map.values()):
        if isinstance(row, (Report, ReportKey, Entry, SealedFile, Approval, Identity, IdentityKey)):
            session.expire(row)
    audit.append(session, desk, reader, "reports.rekeyed", b"", now=now)
    return len(ids)


def _rekey_batch(session: Session, ids: Sequence[str], reader: str, private: bytes, publics: dict[str, bytes]) -> None:
    # On PostgreSQL: who is writing to one of these finishes first, who starts writes under the new key.
    session.execute(select(Report.id).where(Report.id.in_(ids)).order_by(Report.id).with_for_update())
    fresh = {report_id: new_data_key() for report_id in ids}
    old = _replace_keys(session, ReportKey, key_context, fresh, reader, private, publics)
    _change(session, Report, [{"id": report_id, "box_public": box_public(key)} for report_id, key in fresh.items()])

    def again(report_id: str, blob: bytes, context: Context, boxed: bool = False, block: int = BLOCK) -> bytes:
        opener = open_from_box if boxed else decrypt
        return encrypt(fresh[report_id], opener(old[report_id], blob, context), context, block)

    entries = select(Entry.id, Entry.report_id, Entry.kind, Entry.author, Entry.sealed, Entry.boxed)
    _change(session, Entry, [
        {"id": id_, "boxed": False,
         "sealed": again(report_id, sealed, sealing.entry_context(report_id, kind, id_, author), boxed)}
        for id_, report_id, kind, author, sealed, boxed in session.execute(entries.where(Entry.report_id.in_(ids)))
    ])  # fmt: skip
    for file in _one_by_one(session, ids):
        about = Context(file.report_id, "about", file.id, file.author)
        bytes_ = Context(file.report_id, "file", file.id, file.author)
        _change(session, SealedFile, [
            {"id": file.id, "boxed": False, "about": again(file.report_id, file.about, about, file.boxed),
             "sealed": again(file.report_id, file.sealed, bytes_, file.boxed, FILE_BLOCK)}
        ])  # fmt: skip
    approvals = select(Approval.id, Approval.report_id, Approval.what, Approval.asked_by_id, Approval.reason)
    _change(session, Approval, [
        {"id": id_, "reason": again(report_id, reason, reason_context(report_id, what, asked_by))}
        for id_, report_id, what, asked_by, reason in session.execute(approvals.where(Approval.report_id.in_(ids)))
    ])  # fmt: skip

    custodian_of = select(IdentityKey.report_id).where(IdentityKey.reader == reader, IdentityKey.report_id.in_(ids))
    fresh = {report_id: new_data_key() for report_id in session.scalars(custodian_of)}
    if fresh:
        old = _replace_keys(session, IdentityKey, identity_key_context, fresh, reader, private, publics)
        identities = select(Identity.report_id, Identity.sealed).where(Identity.report_id.in_(list(fresh)))
        _change(session, Identity, [
            {"report_id": report_id, "sealed": again(report_id, sealed, identity_context(report_id))}
            for report_id, sealed in session.execute(identities)
        ])  # fmt: skip


def _replace_keys(
    session: Session, table: Any, context: Any, fresh: dict[str, bytes], reader: str, private: bytes,
    publics: dict[str, bytes],
) -> dict[str, bytes]:  # fmt: skip
    """Seal each report's fresh key to every reader who has a row, but those who left; the old keys as `reader` opens
    them."""
    rows: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
    for report_id, who, sealed in session.execute(
        select(table.report_id, table.reader, table.sealed).where(table.report_id.in_(list(fresh)))
    ):
        rows[report_id][who] = sealed
    reporters = dict(session.execute(select(Report.id, Report.reporter_public).where(Report.id.in_(list(fresh)))).all())
    changes, gone = [], defaultdict(list)
    for report_id, readers in rows.items():
        for who in readers:
            public = reporters[report_id] if who == REPORTER else publics.get(who)
            if public is None:
                gone[who].append(report_id)
                continue
            sealed = seal_key(fresh[report_id], public, context(report_id, who))
            changes.append({"report_id": report_id, "reader": who, "sealed": sealed})
    _change(session, table, changes)
    for who, report_ids in gone.items():
        session.execute(delete(table).where(table.reader == who, table.report_id.in_(report_ids)))
    return {
        report_id: open_key(readers[reader], private, context(report_id, reader)) for report_id, readers in rows.items()
    }


def _for_another(
    sealed: bytes, context: Any, report_id: str, reader: str, private: bytes, new_reader: str, new_public: bytes
) -> bytes:
    key = open_key(sealed, private, context(report_id, reader))
    return seal_key(key, new_public, context(report_id, new_reader))


def _one_by_one(session: Session, ids: Sequence[str]) -> Iterator[Any]:
    """Files may be large: only one of them in memory."""
    columns = (
        SealedFile.id, SealedFile.report_id, SealedFile.author, SealedFile.boxed, SealedFile.about, SealedFile.sealed,
    )  # fmt: skip
    for file_id in session.scalars(select(SealedFile.id).where(SealedFile.report_id.in_(ids))).all():
        yield session.execute(select(*columns).where(SealedFile.id == file_id)).one()


def _change(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(update(table), rows)
