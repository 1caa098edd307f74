"""Official papers as XLSX, read again with openpyxl."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from reports.document import Cell, Column, Document, LetterHead, Photo, Photos, Table, cell
from reports.xlsx import to_xlsx, value
from tests.reports import papers


def read(document: Document) -> Workbook:
    return load_workbook(BytesIO(to_xlsx(document)))


def test_a_report() -> None:
    book = read(papers.report(50))
    (sheet,) = book.worksheets
    assert sheet.title == "เครื่องมือการประเมิน EIT"
    # Two lines of title, a caption, two rows of header.
    assert sheet.freeze_panes == "A6"
    assert sheet.print_title_rows == "$4:$5"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.max_row == 55
    assert sheet["I4"].value == "สถานะการดำเนินการ"
    assert "I4:K4" in {str(found) for found in sheet.merged_cells.ranges}
    assert "A4:A5" in {str(found) for found in sheet.merged_cells.ranges}
    assert [sheet.cell(row, 1).value for row in (6, 55)] == [1, 50]
    assert sheet["A6"].number_format == "[$-D00041E]0"
    assert sheet["L6"].alignment.wrap_text
    assert papers.ADDRESS in sheet["L6"].value
    assert "☑ ดำเนินการ\n- จัดทำคำสั่งที่ ๑๒๓/๒๕๖๕" in sheet["L6"].value
    assert sheet.column_dimensions["L"].width > 2 * sheet.column_dimensions["A"].width


def test_numbers_and_days_are_such() -> None:
    sheet = read(papers.memo()).worksheets[0]
    assert sheet["C2"].value == 91.59
    assert sheet["C12"].value == 91.04
    assert sum(sheet.cell(row, 3).value for row in range(2, 7)) == pytest.approx(411.19)
    assert "A12:B12" in {str(found) for found in sheet.merged_cells.ranges}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("91.50", (91.5, "0.00")),
        ("1,234", (1234, "#,##0")),
        ("๑,๒๓๔.๕", (1234.5, "#,##0.0")),
        ("-5", (-5, "0")),
        ("0", (0, "0")),
        ("0812345678", ("0812345678", "")),
        ("1234567890123456", ("1234567890123456", "")),
        ("12,34", ("12,34", "")),
        ("9.1.2", ("9.1.2", "")),
        ("", ("", "")),
        ("O43", ("O43", "")),
        ("99 มกราคม 2566", ("99 มกราคม 2566", "")),
    ],
)
def test_what_is_a_number(text: str, expected: tuple[object, str]) -> None:
    assert value(text) == expected


@pytest.mark.parametrize("text", ["2023-04-04", "4 เมษายน 2566", "๔ เม.ย. ๖๖"])
def test_what_is_a_day(text: str) -> None:
    sheet = read(Document("ทดสอบ", (Table((Column("วันที่"),), ((cell(text),),)),), thai_digits=False)).worksheets[0]
    assert sheet["A2"].value == datetime(2023, 4, 4)
    assert sheet["A2"].is_date
    assert sheet["A2"].number_format == "[$-107041E]d mmmm yyyy"


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "=1"])
def test_a_formula_stays_text(text: str) -> None:
    table = Table((Column(text),), ((cell(text),), (cell(text, bullet=True),)))
    sheet = read(Document(text, (table,), thai_digits=False)).worksheets[0]
    for where in ("A1", "A2", "A3"):
        assert sheet[where].data_type == "s"
        assert sheet[where].quotePrefix
    assert sheet["A2"].value == text


def test_every_table_has_its_sheet() -> None:
    table = Table((Column("ก"),), ((cell("1"),),), caption=("ตัวชี้วัดที่ 9: [การเปิดเผย]*?/ข้อมูล",))
    nameless = Table((Column("ก"),), ())
    book = read(Document("ทะเบียน", (table, table, nameless)))
    assert book.sheetnames == ["ตัวชี้วัดที่ ๙ การเปิดเผย ข้อมู", "ตัวชี้วัดที่ ๙ การเปิดเผย ข 2", "ทะเบียน"]


def test_a_document_without_tables_gives_its_lines() -> None:
    sheet = read(papers.announcement()).worksheets[0]
    lines = [sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)]
    assert lines[0] == "ประกาศองค์การบริหารส่วนตำบลสมมุติ"
    assert "(นายจำลอง ใจดี)" in lines
    assert any(line.startswith("เรื่องร้องเรียนแยกตามไตรมาส (เรื่อง): รับเข้า: ไตรมาส ๑ ๔๒") for line in lines)


@settings(max_examples=40, deadline=None)
@given(st.text(), st.text(alphabet=st.characters(min_codepoint=0xE01, max_codepoint=0xE5B)), st.booleans())
def test_any_text(one: str, two: str, thai: bool) -> None:
    table = Table((Column(one), Column(two)), ((cell(one), cell(two)), (Cell(span=9),), ()), caption=(two, one))
    sheet = read(Document("ทดสอบ", (table,), thai_digits=thai)).worksheets[0]
    for row in sheet.iter_rows():
        assert all(found.data_type != "f" for found in row)


def test_a_letter_without_a_table_is_its_lines() -> None:
    head = LetterHead("ตย 1/2", ("อบต.สมมุติ",), "4 เมษายน 2566", (("เรื่อง", "ขอส่งภาพ"),))
    (sheet,) = read(Document("หนังสือ", (head, Photos((Photo("ภาพที่ 1"),))), thai_digits=False)).worksheets
    said = [sheet.cell(row, 1).value for row in range(1, 6)]
    assert said == ["ที่ ตย 1/2", "อบต.สมมุติ", "4 เมษายน 2566", "เรื่อง ขอส่งภาพ", "ภาพที่ 1"]
