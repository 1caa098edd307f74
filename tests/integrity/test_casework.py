"""An officer reads, writes back and moves a report on; who has no key cannot tell that there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from integrity import audit, casework, drafts, reports, setup
from integrity.casework import NotThere, View
from integrity.config import Config
from integrity.database import Database
from integrity.officers import NotAllowed
from integrity.tables import DONE, STATUSES, AuditRow, Desk, Entry, Notice, Report, SealedFile
from integrity.vault.envelope import Tampered
from tests.integrity.conftest import NOW
from tests.integrity.people import Person, open_desk, tell
from tests.integrity.vault_costs import quick_vault  # noqa: F401


@dataclass(frozen=True)
class Clean:
    data: bytes
    name: str = "ภาพถ่าย.jpg"
    content_type: str = "image/jpeg"
    found: list[str] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", self.found or [])


class House:
    """A desk with four officers, and what happens in it."""

    def __init__(self, session: Session, config: Config) -> None:
        self.session, self.config = session, config
        self.desk: Desk = setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())
        self.one, self.two, self.custodian, self.outside = open_desk(session, self.desk, NOW)

    def tell(self, **new: object) -> tuple[str, str]:
        return tell(self.session, self.config, self.desk, NOW, **new)

    def open(self, person: Person, report_id: str, days: int = 0) -> View:
        now = NOW + timedelta(days=days)
        return casework.open_report(
            self.session, self.config, person.row(self.session), person.private(self.session), report_id, now
        )

    def reporter(self, receipt: str) -> reports.Opened:
        opened = reports.find(self.session, self.config, self.desk, receipt)
        assert opened is not None
        return opened

    def actions(self) -> list[str]:
        return list(self.session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


@pytest.fixture
def house(desk_database: Database, config: Config) -> Iterator[House]:
    with desk_database.writing() as session:
        yield House(session, config)


def test_officers_and_reporter_write_to_each_other(house: House) -> None:
    receipt, report_id = house.tell()
    casework.reply(house.session, house.open(house.one, report_id), "ถนนสายไหนคะ", NOW)
    opened = house.reporter(receipt)
    assert [entry.content["text"] for entry in opened.entries if entry.kind == "message"] == ["ถนนสายไหนคะ"]
    reports.add_message(house.session, opened, "สายหน้าวัด", NOW)
    casework.note(house.session, house.open(house.two, report_id), "ขอสัญญาจากกองช่าง", NOW)
    view = house.open(house.outside, report_id)
    assert view.answers == {"what": "นายกเรียกเงินทอนโครงการถนน"}
    assert [(entry.kind, entry.author) for entry in view.entries] == [
        ("answers", "reporter"), ("message", house.one.reader), ("message", "reporter"), ("note", house.two.reader),
    ]  # fmt: skip
    assert all(entry.kind != "note" for entry in house.reporter(receipt).entries)


@pytest.mark.parametrize("text", ["", " \n", "ก" * (reports.LONGEST_MESSAGE + 1)])
def test_texts_that_cannot_be_sent(house: House, text: str) -> None:
    _, report_id = house.tell()
    view = house.open(house.one, report_id)
    for verb in (casework.reply, casework.note):
        with pytest.raises(ValueError, match="ข้อความ"):
            verb(house.session, view, text, NOW)


def test_who_was_excluded_cannot_tell_it_from_nothing(house: House) -> None:
    _, others = house.tell()
    _, secret = house.tell(excluded={house.one.id})
    assert [report.id for report in casework.visible(house.session, house.one.row(house.session))] == [others]
    failures = []
    for report_id in (secret, "0" * 32, "", "x|y"):
        with pytest.raises(NotThere) as failure:
            house.open(house.one, report_id)
        failures.append((type(failure.value), failure.value.args))
        with pytest.raises(NotThere) as failure:
            casework.read_file(
                house.session, house.config, house.one.row(house.session), house.one.private(house.session),
                report_id, "f", NOW,
            )  # fmt: skip
        failures.append((type(failure.value), failure.value.args))
    assert len(set(failures)) == 1
    assert house.open(house.two, secret).report.id == secret
    assert house.session.scalars(select(Notice.officer_id)).all()


def test_nothing_moves_for_who_was_excluded(house: House) -> None:
    _, secret = house.tell(excluded={house.one.id})
    casework.reply(house.session, house.open(house.two, secret), "รับทราบค่ะ", NOW)
    told = set(house.session.scalars(select(Notice.officer_id)))
    assert house.one.id not in told
    assert house.outside.id in told


def test_another_desks_officer_gets_in_nowhere(house: House) -> None:
    _, report_id = house.tell()
    other = setup.ensure_desk(house.session, "other", "เทศบาลอื่น", NOW.date())
    house.session.execute(update(Report).where(Report.id == report_id).values(desk_id=other.id))
    house.session.expire_all()
    with pytest.raises(NotThere):
        house.open(house.one, report_id)
    assert casework.visible(house.session, house.one.row(house.session)) == []


def test_reading_leaves_exactly_one_row_and_a_failed_try_none(house: House) -> None:
    _, report_id = house.tell(files=[Clean(b"jpeg")], excluded={house.two.id})
    before = len(house.actions())
    view = house.open(house.one, report_id)
    assert house.actions()[before:] == ["report.read"]
    about, data = casework.read_file(
        house.session, house.config, house.one.row(house.session), house.one.private(house.session), report_id,
        view.files[0].id, NOW,
    )  # fmt: skip
    assert (about.name, data) == ("ภาพถ่าย.jpg", b"jpeg")
    with pytest.raises(NotThere):
        house.open(house.two, report_id)
    assert house.actions()[before:] == ["report.read", "file.read"]
    assert audit.verify(house.session, house.desk) == []


def test_another_reports_file_is_not_there(house: House) -> None:
    _, mine = house.tell()
    _, secret = house.tell(files=[Clean(b"x")], excluded={house.one.id})
    file_id = house.open(house.two, secret).files[0].id
    with pytest.raises(NotThere):
        casework.read_file(
            house.session, house.config, house.one.row(house.session), house.one.private(house.session), mine, file_id,
            NOW,
        )  # fmt: skip


def test_what_was_moved_or_changed_does_not_open(house: House) -> None:
    _, report_id = house.tell()
    casework.reply(house.session, house.open(house.one, report_id), "ถึงผู้แจ้ง", NOW)
    house.session.execute(update(Entry).where(Entry.kind == "message").values(author="reporter"))
    house.session.expire_all()
    with pytest.raises(Tampered):
        house.open(house.one, report_id)


def test_the_first_officer_hands_a_chat_report_to_its_reporter(house: House) -> None:
    draft = drafts.begin(house.session, house.desk, {house.two.id}, NOW)
    drafts.put(house.session, draft, "what", "เก็บเงินใต้โต๊ะ", NOW)
    drafts.put(house.session, draft, "who", "หัวหน้ากอง", NOW)
    token = drafts.submit(house.session, house.config, house.desk, draft, NOW)
    receipt = drafts.claim(house.session, house.config, token, NOW)
    assert receipt
    opened = house.reporter(receipt)
    assert opened.data_key is None
    reports.add_message(house.session, opened, "เพิ่มเติมค่ะ", NOW)
    view = house.open(house.one, opened.report.id)
    assert view.answers == {"what": "เก็บเงินใต้โต๊ะ", "who": "หัวหน้ากอง"}
    assert [entry.kind for entry in house.reporter(receipt).entries] == ["answers", "answers", "message"]
    with pytest.raises(NotThere):
        house.open(house.two, opened.report.id)


# -- status ---


def test_from_receipt_to_the_end_and_back(house: House) -> None:
    receipt, report_id = house.tell()
    for status in ("screening", "investigating", "closed"):
        casework.set_status(house.session, house.open(house.one, report_id), status, "เพราะตรวจแล้ว", NOW)
    report = house.session.get_one(Report, report_id)
    assert report.closed_on == NOW.date()
    assert report.retain_until == NOW.date() + timedelta(days=3650)
    opened = house.reporter(receipt)
    assert opened.entries[-1].content == {"status": "closed", "text": "เพราะตรวจแล้ว"}
    casework.reply(house.session, house.open(house.one, report_id), "ยังตอบได้หลังยุติ", NOW)
    casework.reopen(house.session, house.open(house.one, report_id), "มีพยานใหม่", NOW)
    assert (report.status, report.closed_on, report.retain_until) == ("screening", None, None)


def test_a_withdrawn_report_is_taken_up_only_with_words_for_the_reporter(house: House) -> None:
    receipt, report_id = house.tell()
    reports.withdraw(house.session, house.reporter(receipt), NOW)
    later = NOW + timedelta(days=30)
    with pytest.raises(ValueError, match="ผู้แจ้งถอนเรื่อง"):
        casework.reopen(house.session, house.open(house.one, report_id), " ", later)
    casework.reopen(house.session, house.open(house.one, report_id), "มีพยานหลักฐานอื่นยืนยัน", later)
    opened = house.reporter(receipt)
    assert (opened.status, opened.report.retain_until) == ("screening", None)
    assert opened.report.due_on == later.date() + timedelta(days=15), "due anew, not overdue at once"
    assert opened.entries[-1].content["text"] == "มีพยานหลักฐานอื่นยืนยัน"
    with pytest.raises(NotAllowed):
        casework.reopen(house.session, house.open(house.one, report_id), "อีกครั้ง", later)


def test_moves_that_cannot_be(house: House) -> None:
    allowed = {(before, after) for before, nexts in casework.NEXT.items() for after in nexts}
    _, report_id = house.tell()
    for before in STATUSES:
        for after in STATUSES:
            if (before, after) in allowed:
                continue
            house.session.get_one(Report, report_id).status = before
            house.session.flush()
            with pytest.raises(NotAllowed):
                casework.set_status(house.session, house.open(house.one, report_id), after, "เหตุผล", NOW)
    assert not any(before in DONE for before, _ in allowed)
    assert not any(after == "withdrawn" for _, after in allowed)
    house.session.get_one(Report, report_id).status = "received"
    with pytest.raises(ValueError, match="ผลและเหตุผล"):  # an end without a reason
        casework.set_status(house.session, house.open(house.one, report_id), "closed", " ", NOW)
    with pytest.raises(NotAllowed):
        casework.reopen(house.session, house.open(house.one, report_id), "", NOW)


def test_a_new_deadline_is_told_to_the_reporter(house: House) -> None:
    receipt, report_id = house.tell()
    view = house.open(house.one, report_id)
    with pytest.raises(NotAllowed):
        casework.set_due(house.session, view, NOW.date(), "รอเอกสาร", NOW)
    casework.set_due(house.session, view, NOW.date() + timedelta(days=45), "รอเอกสาร", NOW)
    opened = house.reporter(receipt)
    assert opened.report.due_on == NOW.date() + timedelta(days=45)
    assert opened.entries[-1].content == {"text": "รอเอกสาร"}


def test_a_view_never_shows_content_when_printed(house: House) -> None:
    _, report_id = house.tell(files=[Clean(b"x")])
    shown = repr(house.open(house.one, report_id))
    assert "เงินทอน" not in shown
    assert "ภาพถ่าย" not in shown
    assert house.session.scalar(select(func.count()).select_from(SealedFile)) == 1
