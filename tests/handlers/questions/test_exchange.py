"""Import and export: whatever office staff's Excel writes is read, and what is wrong is told row by row."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy import select

from handlers import sheet
from handlers.questions import exchange
from handlers.questions.exchange import EntryRow, Preview, preview
from models.agency import Agency, Unit
from models.audit import AuditEntry
from models.base import utc_now
from models.db import Database
from models.question import FaqEntry

HEADER = "id,question,alternatives,answer,unit,owner,source,review_by,status\n"
TAX = "tax,จ่ายภาษีที่ไหน,เสียภาษี|ภาษีที่ดิน,จ่ายที่กองคลังค่ะ,กองคลัง,น.ส.บัญชี,คู่มือ,2027-12-31,published\n"


def add_agency(database: Database) -> int:
    with database.write() as session:
        agency = Agency(code="demo", name="อบต.ตัวอย่าง", short_name="อบต.ตัวอย่าง")
        session.add(agency)
        session.flush()
        return agency.id


def xlsx(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# -- reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_separator(encoding: str, separator: str) -> None:
    data = (HEADER + TAX).replace(",", separator).encode(encoding)
    found = preview(data, "faq.csv")
    assert found.problems == ()
    (row,) = found.rows
    assert row == EntryRow(
        number=2, key="tax", question="จ่ายภาษีที่ไหน", alternatives=("เสียภาษี", "ภาษีที่ดิน"), answer="จ่ายที่กองคลังค่ะ",
        unit="กองคลัง", owner="น.ส.บัญชี", source="คู่มือ", review_by=date(2027, 12, 31), status="published",
    )  # fmt: skip


def test_only_three_columns_are_needed_and_others_are_ignored() -> None:
    found = preview("หมายเหตุ,answer,id,question\nx,ค่ะ,a,ถาม\n".encode(), "faq.csv")
    assert [(r.key, r.question, r.answer, r.status, r.alternatives) for r in found.rows] == [
        ("a", "ถาม", "ค่ะ", "published", ())
    ]
    assert found.problems == ()


def test_thai_headers_and_words_are_read() -> None:
    found = preview("รหัส,คำถาม,คำตอบ,สถานะ,ทบทวนภายใน\na,ถาม,ตอบ,ร่าง,31 ธ.ค. 2570\n".encode(), "faq.csv")
    assert (found.rows[0].status, found.rows[0].review_by) == ("draft", date(2027, 12, 31))


def test_xlsx_is_read_whatever_it_is_called_with_dates_and_numbers_as_cells() -> None:
    data = xlsx(
        ["ID", "Question", "Answer", "review_by", None],
        [101, "ถาม", "บรรทัดหนึ่ง\nบรรทัดสอง", datetime(2027, 1, 15), None],
        [None, None, None, None, None],
        [102.0, "ถามสอง", 1129, "15/1/70", "x"],
    )
    found = preview(data, "file.csv")
    assert found.problems == ()
    assert [(r.number, r.key, r.answer, r.review_by) for r in found.rows] == [
        (2, "101", "บรรทัดหนึ่ง\nบรรทัดสอง", date(2027, 1, 15)),
        (4, "102", "1129", date(2027, 1, 15)),
    ]


def test_bad_rows_are_told_and_never_stop_good_ones() -> None:
    data = (
        HEADER
        + "a,ถามหนึ่ง,,ตอบหนึ่ง,,,,,\n"
        + ",ไม่มีรหัส,,ตอบ,,,,,\n"
        + "b,ไม่มีคำตอบ,,,,,,,\n"
        + "a,ซ้ำ,,ตอบซ้ำ,,,,,\n"
        + "c,วันที่ผิด,,ตอบ,,,,31/31/2570,\n"
        + "d,สถานะผิด,,ตอบ,,,,,maybe\n"
        + f"e,{'ย' * 501},,ตอบ,,,,,\n"
        + "f,สุดท้าย\n"
        + "g,ดี,,ตอบดี,,,,,draft\n"
    )
    found = preview(data.encode(), "faq.csv")
    assert [(r.key, r.answer, r.status, r.review_by) for r in found.rows] == [
        ("a", "ตอบหนึ่ง", "published", None),
        ("c", "ตอบ", "published", None),
        ("d", "ตอบ", "draft", None),
        ("g", "ตอบดี", "draft", None),
    ]
    assert [(p.row, p.column) for p in found.problems] == [
        (3, "id"), (4, "answer"), (5, "id"), (6, "review_by"), (7, "status"), (8, "question"), (9, "answer"),
    ]  # fmt: skip
    assert str(found.problems[0]) == "แถว 3 (id): ไม่ได้กรอก ข้ามแถวนี้"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ไฟล์ว่าง"),
        (b"  \n ", "ไฟล์ว่าง"),
        (HEADER.encode(), "มีแต่หัวตาราง"),
        ("ชื่อ,ที่อยู่\nก,ข\n".encode(), "ไม่พบคอลัมน์"),
        (b"PK\x03\x04 broken", "เปิดไฟล์ Excel ไม่ได้"),
        (b"\xd0\xcf\x11\xe0 old", ".xlsx"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\xfc", "ไม่ได้"),
    ],
)
def test_a_file_that_is_none_says_what_is_wrong(data: bytes, words: str) -> None:
    found = preview(data, "faq.csv")
    assert found.rows == ()
    assert len(found.problems) == 1
    assert found.problems[0].row == 0
    assert words in found.problems[0].message


@given(st.binary(max_size=300))
def test_any_bytes_give_a_preview(data: bytes) -> None:
    for file in (data, HEADER.encode() + data, b"PK\x03\x04" + data):
        found = preview(file, "x")
        assert found.rows or found.problems


# -- storing ---------------------------------------------------------------------------------------------


def test_an_import_adds_changes_and_suggests_units(database: Database) -> None:
    agency_id = add_agency(database)
    with database.write(agency_id) as session:
        session.add(Unit(name="กองคลัง"))
        done = exchange.apply(session, agency_id, preview((HEADER + TAX).encode(), "f"), "staff:1")
        assert (done.added, done.changed, done.new_units) == (1, 0, ())
        session.scalars(select(FaqEntry)).one().confirmed_at = utc_now()
    changed = (HEADER + TAX + "dog,หมาจรจัด,,แจ้งที่นี่ค่ะ,กองสาธารณสุข,,,,\n").replace("ภาษีที่ดิน", "ภาษีที่นา")
    with database.write(agency_id) as session:
        before = session.get_one(Agency, agency_id).content_version
        done = exchange.apply(session, agency_id, preview(changed.encode(), "f"), "staff:1")
        assert (done.added, done.changed, done.unchanged, done.new_units) == (1, 1, 0, ("กองสาธารณสุข",))
    with database.write(agency_id) as session:
        assert exchange.apply(session, agency_id, preview(changed.encode(), "f"), "staff:1").unchanged == 2
        tax, dog = session.scalars(select(FaqEntry).order_by(FaqEntry.id)).all()
        assert tax.alternatives == ["เสียภาษี", "ภาษีที่นา"]
        assert tax.confirmed_at is not None, "the answer is the same: still confirmed"
        assert dog.unit is not None
        assert (dog.unit.name, dog.unit.suggested, dog.confirmed_at) == ("กองสาธารณสุข", True, None)
        assert session.get_one(Agency, agency_id).content_version > before
        actions = session.scalars(select(AuditEntry.action)).all()
        assert list(actions) == ["faq_imported"] * 3


def test_a_changed_answer_must_be_confirmed_again(database: Database) -> None:
    agency_id = add_agency(database)
    with database.write(agency_id) as session:
        exchange.apply(session, agency_id, preview((HEADER + TAX).encode(), "f"), "cli")
        session.scalars(select(FaqEntry)).one().confirmed_at = utc_now()
    with database.write(agency_id) as session:
        exchange.apply(session, agency_id, preview((HEADER + TAX.replace("ค่ะ", "นะคะ")).encode(), "f"), "cli")
        assert session.scalars(select(FaqEntry)).one().confirmed_at is None


def test_what_was_exported_comes_back_the_same(database: Database) -> None:
    agency_id = add_agency(database)
    rows = [
        EntryRow(2, "=cmd", "=SUM(A1)", ("+66", "-ลบ", "@ที่"), '\'=ก\n- ข้อ "หนึ่ง"; สอง,\tสาม', "กองคลัง", "@x", "-"),
        EntryRow(3, "b", "'''=x", (), "จ่าย {office_phone} ⟦50 บาท⟧", review_by=date(2027, 1, 5), status="draft"),
    ]
    with database.write(agency_id) as session:
        exchange.apply(session, agency_id, Preview(tuple(rows), ()), "cli")
    with database.read(agency_id) as session:
        files = exchange.export_csv(session), exchange.export_xlsx(session)
    for data in files:
        assert preview(data, "export") == Preview(tuple(rows), ())
    assert files[0].startswith(b"\xef\xbb\xbf"), "Excel opens Thai only with the mark"
    cells = [cell for row in csv.reader(io.StringIO(files[0].decode("utf-8-sig"))) for cell in row]
    book = openpyxl.load_workbook(io.BytesIO(files[1]))
    cells += [str(cell.value or "") for row in book.worksheets[0].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))], "a formula in an export"


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), min_size=1, max_size=4))
def test_any_cells_survive_csv_and_xlsx(rows: list[list[str]]) -> None:
    """What the reader trims (spaces around, control characters) goes; everything else comes back."""
    header = ["id", "question", "answer"]
    trimmed = [[ILLEGAL_CHARACTERS_RE.sub("", c.encode("utf-8", "ignore").decode()) for c in r] for r in rows]
    clean = [[c.replace("\r\n", "\n").replace("\r", "\n").strip() for c in r] for r in trimmed]
    for data in (sheet.write_csv([header, *clean]), sheet.write_xlsx([header, *clean], "t")):
        back = sheet.read(data, header)
        assert [row for row in back[1:] if any(row)] == [row for row in clean if any(row)]


def test_another_agency_is_left_alone(database: Database) -> None:
    mine = add_agency(database)
    with database.write() as session:
        other = Agency(code="other", name="ทต.อื่น", short_name="ทต.อื่น")
        session.add(other)
        session.flush()
        others = other.id
    for agency_id in (mine, others):
        with database.write(agency_id) as session:
            exchange.apply(session, agency_id, preview((HEADER + TAX).encode(), "f"), "cli")
    with database.write(mine) as session:
        exchange.apply(session, mine, preview((HEADER + TAX.replace("กองคลังค่ะ", "อบต.ค่ะ")).encode(), "f"), "cli")
    with database.read(others) as session:
        assert session.scalars(select(FaqEntry.answer)).all() == ["จ่ายที่กองคลังค่ะ"]
