"""What an officer does with a report: read it, write back, note, move it on, ask for its deletion.

Whoever has no key to a report gets the same NotThere as for one that never was; nothing here counts or lists more than
the officer's own keys. Reading is logged like everything else. All verbs need a writing session.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from integrity import audit, notices, questions, sealing
from integrity.config import Config
from integrity.officers import NotAllowed
from integrity.rekey import reason_context
from integrity.reports import LONGEST_MESSAGE
from integrity.sealing import OpenEntry, OpenFile, officer_reader
from integrity.setup import setting
from integrity.tables import DONE, Approval, Desk, Identity, Officer, Report, ReportKey, SealedFile
from integrity.vault import envelope
from thai.dates import bangkok_date

STATUS_NAMES = {
    "received": "รับเรื่อง",
    "screening": "ตรวจสอบเบื้องต้น",
    "investigating": "สอบสวน",
    "closed": "ยุติเรื่อง",
    "forwarded": "ส่งต่อ ป.ป.ช./ป.ป.ท.",
    "withdrawn": "ผู้แจ้งถอนเรื่อง",
}
NEXT = {
    "received": ("screening", "investigating", "closed", "forwarded"),
    "screening": ("investigating", "closed", "forwarded"),
    "investigating": ("closed", "forwarded"),
}
KINDS = ("answers", "message", "note", "status")


class NotThere(LookupError):
    """No such report for this officer: it never was, it is gone, or it is not for them. Nobody can tell which."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request for a second officer's approval. `what`: "identity" or "deletion"."""

    id: int
    what: str
    asked_by_id: int
    approved_by_id: int | None
    day: date
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class View:
    """A report as one officer opens it: everything but who the reporter is."""

    desk: Desk
    report: Report
    officer: Officer
    data_key: bytes = field(repr=False)
    subject_key: bytes = field(repr=False)
    entries: list[OpenEntry] = field(repr=False)
    files: list[OpenFile] = field(repr=False)
    has_identity: bool
    asked: list[Asked]

    @property
    def answers(self) -> dict[str, str]:
        """The guided answers by question key; a report told in chat brings each in an entry of its own."""
        told = (entry.content["answers"] for entry in self.entries if entry.kind == "answers")
        return {key: text for answers in told for key, text in answers.items()}


# -- reading ------------------------------------------------------------------------------------------------


def visible(session: Session, officer: Officer) -> list[Report]:
    """The reports that this officer has a key to, newest first."""
    chosen = (
        select(Report)
        .join(ReportKey, ReportKey.report_id == Report.id)
        .where(Report.desk_id == officer.desk_id, ReportKey.reader == officer_reader(officer.id))
        .order_by(Report.received_on.desc(), Report.id)
    )
    return list(session.scalars(chosen))


def open_report(
    session: Session, config: Config, officer: Officer, private: bytes, report_id: str, now: datetime
) -> View:
    """Everything in the report, decrypted. Raises NotThere, envelope.Tampered."""
    view = take_up(session, config, officer, private, report_id)
    _log(session, view, "report.read", now)
    return view


def read_file(
    session: Session, config: Config, officer: Officer, private: bytes, report_id: str, file_id: str, now: datetime
) -> tuple[OpenFile, bytes]:
    """One cleaned file. Raises NotThere (also for another report's file), envelope.Tampered."""
    view = take_up(session, config, officer, private, report_id)
    about = next((file for file in view.files if file.id == file_id), None)
    if about is None:
        raise NotThere
    data = sealing.open_file(view.data_key, session.get_one(SealedFile, file_id))
    _log(session, view, "file.read", now)
    return about, data


def take_up(session: Session, config: Config, officer: Officer, private: bytes, report_id: str) -> View:
    """The report for an act on it, which is what gets logged then. Raises NotThere, envelope.Tampered."""
    # Held until the transaction ends, so that no re-keying comes between taking the data key and writing under it.
    report = session.get(Report, report_id, with_for_update={"read": True, "key_share": True})
    data_key = sealing.open_data_key(session, report_id, officer_reader(officer.id), private)
    if report is None or data_key is None or report.desk_id != officer.desk_id:
        raise NotThere
    sealing.seal_to_reporter(session, report, data_key)  # a chat reporter's receipt was made while nobody held the key
    approvals = select(Approval).where(Approval.report_id == report_id, Approval.used.is_(False)).order_by(Approval.id)
    return View(
        desk=session.get_one(Desk, report.desk_id),
        report=report,
        officer=officer,
        data_key=data_key,
        subject_key=audit.subject_key(config),
        entries=sealing.open_entries(session, report_id, data_key, KINDS),
        files=sealing.list_files(session, report_id, data_key),
        has_identity=session.get(Identity, report_id) is not None,
        asked=[_asked(row, data_key) for row in session.scalars(approvals)],
    )


# -- writing ------------------------------------------------------------------------------------------------


def reply(session: Session, view: View, text: str, now: datetime) -> None:
    """A message that the reporter reads with the receipt, after closing too. Raises ValueError (Thai)."""
    _write(session, view, "message", {"text": _checked(text)}, now)
    _moved(session, view, "report.replied", now)


def note(session: Session, view: View, text: str, now: datetime) -> None:
    """For officers only. Raises ValueError (Thai)."""
    _write(session, view, "note", {"text": _checked(text)}, now)
    _moved(session, view, "report.noted", now)


def set_status(session: Session, view: View, status: str, text: str, now: datetime) -> None:
    """Move the report on; `text` (may be empty unless it ends) is what the reporter reads with it.

    An end starts the clock of retention. Raises NotAllowed, ValueError (Thai)."""
    report, today = view.report, bangkok_date(now)
    if status not in NEXT.get(report.status, ()):
        raise NotAllowed("เปลี่ยนสถานะเช่นนี้ไม่ได้")
    if status in DONE:
        _checked(text, "กรุณาเขียนผลและเหตุผลให้ผู้แจ้งอ่าน")
        report.closed_on, report.retain_until = today, today + timedelta(days=setting(view.desk, "retention_days"))
    report.status = status
    _write(session, view, "status", {"status": status, "text": questions.tidy(text)}, now)
    _moved(session, view, "report.status", now, status=status)


def set_due(session: Session, view: View, due_on: date, text: str, now: datetime) -> None:
    """A new day by which the reporter hears more; `text` tells the reporter why. Raises ValueError (Thai)."""
    if due_on <= bangkok_date(now) or view.report.status in DONE:
        raise NotAllowed("กำหนดใหม่ต้องเป็นวันข้างหน้า และเรื่องต้องยังไม่สิ้นสุด")
    content = {"text": _checked(text, "กรุณาเขียนเหตุผลที่ขยายเวลาให้ผู้แจ้งอ่าน")}
    view.report.due_on = due_on
    _write(session, view, "message", content, now)
    _moved(session, view, "report.due", now, due=due_on.isoformat())


def reopen(session: Session, view: View, text: str, now: datetime) -> None:
    """Take up a report again that had ended: the clock of retention stops, the first answer is due anew, and approvals
    of its deletion are void (OpenWhistle kept them, and deleted reopened cases). One that the reporter withdrew may be
    true all the same, or withdrawn under a threat: `text` then says why. Raises NotAllowed, ValueError (Thai)."""
    report = view.report
    if report.status not in DONE:
        raise NotAllowed("เปิดเรื่องใหม่ได้เฉพาะเรื่องที่สิ้นสุดแล้ว")
    if report.status == "withdrawn":
        _checked(text, "ผู้แจ้งถอนเรื่องนี้แล้ว กรุณาเขียนเหตุผลที่ตรวจสอบต่อให้ผู้แจ้งอ่าน")
    report.status, report.closed_on, report.retain_until = "screening", None, None
    report.due_on = bangkok_date(now) + timedelta(days=setting(view.desk, "answer_days"))
    session.execute(delete(Approval).where(Approval.report_id == view.report.id, Approval.what == "deletion"))
    _write(session, view, "status", {"status": "screening", "text": questions.tidy(text)}, now)
    _moved(session, view, "report.reopened", now)


# -- deletion needs four eyes -------------------------------------------------------------------------------


def may_be_deleted(report: Report, today: date) -> bool:
    """Done, and its time of keeping is over: officers are shown a proposal, and nothing more happens by itself."""
    return report.status in DONE and report.retain_until is not None and report.retain_until <= today


def ask_deletion(session: Session, view: View, reason: str, now: datetime) -> None:
    """The first of two. Raises NotAllowed, ValueError (Thai)."""
    if not may_be_deleted(view.report, bangkok_date(now)):
        raise NotAllowed("ลบได้เฉพาะเรื่องที่สิ้นสุดแล้วและพ้นกำหนดเก็บรักษา")
    ask(session, view, "deletion", reason, now)


def approve_deletion(session: Session, view: View, now: datetime) -> None:
    """The second of two, another officer who reads the report; retention.run deletes it then. Raises NotAllowed."""
    if not may_be_deleted(view.report, bangkok_date(now)):
        raise NotAllowed("ลบได้เฉพาะเรื่องที่สิ้นสุดแล้วและพ้นกำหนดเก็บรักษา")
    approve(session, view, "deletion", now)


# -- parts that identity.py shares --------------------------------------------------------------------------


def ask(session: Session, view: View, what: str, reason: str, now: datetime) -> None:
    """Ask the other readers for approval of `what`, once. Raises NotAllowed, ValueError (Thai)."""
    sealed = envelope.encrypt(
        view.data_key,
        _checked(reason, "กรุณาเขียนเหตุผล").encode(),
        reason_context(view.report.id, what, view.officer.id),
    )
    if _unused(session, view, what) is not None:
        raise NotAllowed("มีคำขออยู่แล้ว รอการอนุมัติจากเจ้าหน้าที่อีกคนหนึ่ง")
    session.add(
        Approval(
            report_id=view.report.id,
            what=what,
            asked_by_id=view.officer.id,
            reason=sealed,
            day=bangkok_date(now),
        )
    )
    session.flush()
    _moved(session, view, f"{what}.asked", now)


def approve(session: Session, view: View, what: str, now: datetime) -> None:
    """Raises NotAllowed when nothing was asked for, or by the same officer."""
    asked = _unused(session, view, what)
    if asked is None or asked.approved_by_id is not None:
        raise NotAllowed("ไม่มีคำขอที่รออนุมัติ")
    if asked.asked_by_id == view.officer.id:
        raise NotAllowed("อนุมัติคำขอของตนเองไม่ได้ ต้องเป็นเจ้าหน้าที่อีกคนหนึ่ง")
    asked.approved_by_id = view.officer.id
    session.flush()
    _moved(session, view, f"{what}.approved", now, asked_by=asked.asked_by_id)


def refuse(session: Session, view: View, what: str, now: datetime) -> None:
    """Turn down what was asked for, or take one's own request back. Raises NotAllowed when there is none."""
    asked = _unused(session, view, what)
    if asked is None:
        raise NotAllowed("ไม่มีคำขอที่รออนุมัติ")
    asked_by = asked.asked_by_id
    session.delete(asked)
    session.flush()
    _moved(session, view, f"{what}.refused", now, asked_by=asked_by)


def _unused(session: Session, view: View, what: str) -> Approval | None:
    chosen = select(Approval).where(
        Approval.report_id == view.report.id, Approval.what == what, Approval.used.is_(False)
    )
    return session.scalar(chosen.with_for_update().execution_options(populate_existing=True))


# -- inner parts --------------------------------------------------------------------------------------------


def _asked(row: Approval, data_key: bytes) -> Asked:
    reason = envelope.decrypt(data_key, row.reason, reason_context(row.report_id, row.what, row.asked_by_id))
    return Asked(row.id, row.what, row.asked_by_id, row.approved_by_id, row.day, reason.decode())


def _checked(text: str, if_empty: str = "ยังไม่ได้พิมพ์ข้อความ") -> str:
    tidied = questions.tidy(text)
    if not tidied:
        raise ValueError(if_empty)
    if len(tidied) > LONGEST_MESSAGE:
        raise ValueError(f"ข้อความยาวเกิน {LONGEST_MESSAGE:,} ตัวอักษร")
    return tidied


def _write(session: Session, view: View, kind: str, content: dict[str, str], now: datetime) -> None:
    author = officer_reader(view.officer.id)
    sealing.add_entry(session, view.report, view.data_key, kind, author, content, bangkok_date(now))


def _log(session: Session, view: View, action: str, now: datetime, **detail: int | str) -> None:
    actor = officer_reader(view.officer.id)
    audit.append(session, view.desk, actor, action, view.subject_key, view.report.id, now=now, **detail)


def _moved(session: Session, view: View, action: str, now: datetime, **detail: int | str) -> None:
    _log(session, view, action, now, **detail)
    notices.touch(session, view.desk, view.report, now, but=view.officer.id)
