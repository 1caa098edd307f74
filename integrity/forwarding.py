"""The packet for another authority (ป.ป.ช., ป.ป.ท.): one file, encrypted in the age format (age-encryption.org).

It holds what the officer chose to hand on, and neither who the reporter is nor any id of ours.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from pathlib import PurePosixPath

import pyrage
from sqlalchemy.orm import Session

from integrity import audit, sealing
from integrity.casework import View
from integrity.questions import QUESTIONS
from integrity.sealing import REPORTER, OpenEntry, officer_reader
from integrity.tables import SealedFile
from thai.dates import bangkok_date, format_date

SHORTEST_PASSPHRASE = 20  # characters
FILE_NAME = "report.zip.age"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # no moment of ours


def forward_packet(
    session: Session, view: View, recipient: str, entries: Collection[str], files: Collection[str], now: datetime
) -> bytes:
    """An age file around a ZIP: the answers, the chosen messages and notes (ids in `entries`), the chosen files.

    `recipient`: the authority's age key ("age1...") or a passphrase to be told by telephone. Ids that are not this
    report's are passed over. To mark the report as forwarded is another step. Raises ValueError (Thai)."""
    lock = _lock(recipient)
    chosen = [entry for entry in view.entries if entry.id in entries and entry.kind in ("message", "note")]
    contents = []
    for number, file in enumerate((file for file in view.files if file.id in files), start=1):
        data = sealing.open_file(view.data_key, session.get_one(SealedFile, file.id))
        contents.append((f"files/{number:02d} {_plain_name(file.name)}", data))
    text = _letter(view, chosen, contents, bangkok_date(now))
    packet = lock(_zip([("report.txt", text.encode("utf-8-sig")), *contents]))
    audit.append(
        session, view.desk, officer_reader(view.officer.id), "report.packed", view.subject_key, view.report.id, now=now,
        entries=len(chosen), files=len(contents),
    )  # fmt: skip
    return packet


def _lock(recipient: str) -> Callable[[bytes], bytes]:
    recipient = recipient.strip()
    if recipient.lower().startswith("age1"):
        try:
            key = pyrage.x25519.Recipient.from_str(recipient.lower())
        except pyrage.RecipientError:
            raise ValueError("กุญแจของหน่วยงานผู้รับไม่ถูกต้อง โปรดคัดลอกใหม่ทั้งบรรทัด (ขึ้นต้นด้วย age1)") from None
        return lambda data: pyrage.encrypt(data, [key])
    if len(recipient) < SHORTEST_PASSPHRASE:
        raise ValueError(f"รหัสผ่านของแฟ้มต้องยาวอย่างน้อย {SHORTEST_PASSPHRASE} ตัวอักษร และแจ้งผู้รับทางอื่นที่ไม่ใช่ทางเดียวกับแฟ้ม")
    return lambda data: pyrage.passphrase.encrypt(data, recipient)


def _letter(view: View, chosen: Sequence[OpenEntry], files: Sequence[tuple[str, bytes]], today: date) -> str:
    answers = view.answers
    lines = [
        f"เรื่องแจ้งเบาะแสการทุจริต ส่งต่อจาก{view.desk.name}",
        f"วันที่รับเรื่อง {format_date(view.report.received_on, 'long')}",
        f"วันที่จัดทำแฟ้มนี้ {format_date(today, 'long')}",
        "แฟ้มนี้ไม่มีข้อมูลที่ผู้แจ้งให้ไว้เพื่อระบุตัวตน",
        "",
    ]
    for question in QUESTIONS:
        if question.key in answers:
            lines += [f"[{question.title}]", answers[question.key], ""]
    for entry in chosen:
        if entry.kind == "note":
            title = "บันทึกของเจ้าหน้าที่"
        else:
            title = "ข้อความจากผู้แจ้ง" if entry.author == REPORTER else "ข้อความจากเจ้าหน้าที่ถึงผู้แจ้ง"
        lines += [f"[{title} {format_date(entry.day, 'long')}]", entry.content["text"], ""]
    if files:
        lines += ["[แฟ้มแนบ และค่า SHA-256 สำหรับตรวจว่าไม่ถูกแก้ไข]"]
        lines += [f"{name}\n  {hashlib.sha256(data).hexdigest()}" for name, data in files]
    return "\n".join(lines).rstrip() + "\n"


def _zip(contents: Sequence[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents:
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()


def _plain_name(name: str) -> str:
    """Nothing that leads out of the folder into which the packet is unpacked."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(". ") or "file"
