"""The year's satisfaction and the figures of lending as official documents."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from handlers.documents import operations
from handlers.documents.operations import drawn, issue, prepare
from handlers.services import answering, satisfaction, starter
from handlers.transparency import tables
from models.asset import Asset, Loan
from models.case import Case
from models.form import FormVersion
from reports.document import Document, Paragraph, Table
from tests.handlers.complaints.conftest import Office
from tests.handlers.summaries.conftest import add_case, moment
from tests.handlers.turns import SECRET_KEY

AFTER = moment("2027-10-04 09:00")
# What reads the rows is tested on both kinds beside its slice; here it is what becomes of the figures.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def rows(document: Document) -> list[str]:
    """Every row of every table, its cells parted by a space."""
    return [
        " ".join(line.text for cell in row for line in cell.lines)
        for block in document.blocks
        if isinstance(block, Table)
        for row in block.rows
    ]


def said(document: Document) -> str:
    return " ".join(block.text for block in document.blocks if isinstance(block, Paragraph))


def _answer(office: Office, unit: str, count: int, marks: int, words: str = "") -> None:
    with office.session() as session:
        if satisfaction.form_of(session) is None:
            starter.load_packs(session, office.agency.id)
            starter.publish_packs(session, office.agency, office.staff(session, "admin"), moment("2026-10-02 09:00"))
        form = satisfaction.form_of(session)
        assert form is not None
        version = session.scalars(select(FormVersion).where(FormVersion.form_id == form.id)).one()
        for number in range(count):
            answers = {"unit": str(office.unit(unit)), **dict.fromkeys(("manner", "steps", "fair", "place"), marks)}
            answers |= {"overall": marks, **({"suggestion": words} if words and not number else {})}
            given = answering.Submission(answers=answers)
            answering.submit(session, office.agency, version, given, "web", moment("2026-11-05 09:00"), SECRET_KEY)


def test_satisfaction_is_told_by_unit_and_nobody_is_found(office: Office) -> None:
    _answer(office, "กองช่าง", 6, 4, "โทรหาคุณสมมุติ 081-234-5678")
    _answer(office, "สำนักปลัด", 7, 5)
    _answer(office, "กองคลัง", 1, 1, "ขอที่จอดรถ")
    with office.session() as session:
        for rating in (5, 5, 4, 3, 5):
            add_case(session, opened_at=moment("2026-11-05 09:00"), closed_at=moment("2026-11-07 09:00"),
                     unit_id=office.unit("กองช่าง"), rating=rating)  # fmt: skip
        issued = issue(session, office.agency, "satisfaction", 2570, "12m", "", office.staff(session, "palad"), AFTER)
        public = tables.KINDS["survey"].make(session, office.agency, 2570, AFTER)
    assert public.rows == (
        ("สำนักปลัด", 7, 35, 0, 0, 0, 0, 5.0, 100),
        ("ส่วนงานอื่นรวมกัน", 7, 0, 30, 0, 0, 5, 3.57, 85),
    )
    assert public.total == ("รวม", 14, 35, 30, 0, 0, 5, 4.29, 92)
    found, words = rows(drawn(issued)), said(drawn(issued))
    assert "สำนักปลัด 7 35 0 0 0 0 5.00 100 มากที่สุด" in found
    assert "ส่วนงานอื่นรวมกัน 7 0 30 0 0 5 3.57 85 มาก" in found, "the one of กองคลัง with those of กองช่าง"
    assert "รวม 14 35 30 0 0 5 4.29 92 มาก" in found
    assert "กองช่าง 5 3 1 1 0 0 4.40 80 มาก" in found
    assert "มีผู้ตอบ 14 คน คะแนนเฉลี่ย 4.29" in words
    assert {"personal_number", "read_suggestions", "nothing_changed"} <= {one["code"] for one in issued.findings}
    for file_format in ("pdf", "docx", "xlsx"):
        assert operations.rendered(issued, file_format)


def test_nobody_and_too_few_are_told_apart(office: Office) -> None:
    for answers in (0, 4):
        _answer(office, "กองช่าง", answers, 2)
        with office.session() as session:
            figures, findings = prepare(session, office.agency, "satisfaction", 2570, "12m", "", AFTER)
        document = operations.KINDS["satisfaction"].draw(figures, "")
        assert ("มีผู้ตอบน้อยกว่า 5 คน" if answers else "ไม่มีผู้ตอบแบบสำรวจ (0 คน)") in said(document)
        assert rows(document)[:2] == ["ไม่มี (0)", "ไม่มี (0)"]
        assert ("few_answers" if answers else "nothing_recorded") in {one["code"] for one in findings}


def test_lending_is_counted_by_item_and_borrower(office: Office) -> None:
    with office.session() as session:
        figures, findings = prepare(session, office.agency, "borrowing", 2570, "", "", AFTER)
        assert "ไม่มีการยืมทรัพย์สินของราชการ (0 ครั้ง)" in said(operations.KINDS["borrowing"].draw(figures, ""))
        assert "nothing_recorded" in {one["code"] for one in findings}
        tents = Asset(name="เต็นท์", number="1", kind="tent", counter="หลัง", quantity=9, unit_id=office.unit("กองคลัง"))
        chairs = Asset(name="เก้าอี้", number="2", kind="chair", counter="ตัว", quantity=99, unit_id=office.unit("กองคลัง"))
        session.add_all([tents, chairs])
        add_case(session, opened_at=moment("2026-11-01 09:00"))
        session.flush()
        case_id = session.scalars(select(Case.id)).one()
        for asset, quantity, returned_on in ((tents, 2, 5), (chairs, 40, 9), (chairs, 10, None)):
            session.add(
                Loan(case_id=case_id, asset_id=asset.id, quantity=quantity, out_on=date(2026, 11, 2),
                     due_on=date(2026, 11, 6), borrower="citizen",
                     returned_on=date(2026, 11, returned_on) if returned_on else None,
                     condition="good" if returned_on else "",
                     approved_by_id=office.staff(session, "palad").id)
            )  # fmt: skip
        session.flush()
        issued = issue(session, office.agency, "borrowing", 2570, "", "", office.staff(session, "palad"), AFTER)
    found = rows(drawn(issued))
    assert found[0].startswith("1 เก้าอี้ 2 50 0 1 1 1 0")
    assert found[1].startswith("2 เต็นท์ 1 2 1 0 0 0 0")
    assert found[2].startswith("รวม 3 52 1 1 1 1 0")
    assert "คืนช้า 1 ครั้ง" in said(drawn(issued))
    assert "overdue" in {one["code"] for one in issued.findings}
    assert "เอกสารลงวันที่ก่อน" not in str(issued.findings)
    for file_format in ("pdf", "docx", "xlsx"):
        assert operations.rendered(issued, file_format)
