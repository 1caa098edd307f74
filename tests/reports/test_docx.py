"""Official papers as DOCX, read again with python-docx."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reports.document import Cell, Column, Document, Line, Paragraph, Table, cell
from reports.docx import FONT, to_docx
from tests.reports import papers


def read(document: Document) -> WordFile:
    return docx.Document(BytesIO(to_docx(document)))


def test_a_report_on_its_side() -> None:
    file = read(papers.report(50))
    section = file.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert section.page_width > section.page_height
    (table,) = file.tables
    assert len(table.columns) == 12
    assert len(table.rows) == 2 + 50
    repeated = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert repeated == [True, True] + [False] * 50
    first, second = table.rows[0].cells, table.rows[1].cells
    assert first[8].text == first[10].text == "สถานะการดำเนินการ"
    assert [one.text for one in second[8:11]] == ["ยังไม่ดำเนินการ", "อยู่ระหว่างดำเนินการ", "ดำเนินการแล้ว"]
    assert first[0]._tc is second[0]._tc, "a column without a group has one heading over both rows"
    last = table.rows[-1].cells
    assert last[0].text == "๕๐"
    assert [one.text for one in last[8:11]] == ["", "", "✓"]
    assert last[11].text.split("\n")[:2] == ["☐ ยังไม่ได้ดำเนินการ", "☑ ดำเนินการ"]
    assert papers.ADDRESS in last[11].text, "digits of an address stay"
    # Widths follow the columns' and fill the page.
    widths = [one.width for one in table.columns]
    assert widths[11] > 3 * widths[0]
    assert abs(sum(widths) - (section.page_width - section.left_margin - section.right_margin)) < 10_000  # EMU


def test_the_typeface_is_set_for_thai_too() -> None:
    file = read(papers.memo())
    properties = file.styles["Normal"].element.rPr
    assert properties.find(qn("w:rFonts")).get(qn("w:cs")) == FONT
    assert properties.find(qn("w:szCs")).get(qn("w:val")) == "32"
    heading = next(one for one in file.paragraphs if "บันทึกข้อความ" in one.text)
    run = heading.runs[-1]._r.rPr
    assert run.find(qn("w:szCs")).get(qn("w:val")) == "58"
    assert run.find(qn("w:bCs")) is not None
    order = [child.tag.split("}")[1] for child in run]
    assert order == ["rFonts", "b", "bCs", "sz", "szCs"], "Word wants them in the order of the standard"


def test_a_memo() -> None:
    file = read(papers.memo())
    text = "\n".join(one.text for one in file.paragraphs)
    assert "https://itas.nacc.go.th/home/result2566" in text
    assert "๔ สิงหาคม ๒๕๖๖" in text
    assert "รักษาราชการแทนปลัดองค์การบริหารส่วนตำบลสมมุติ" in text
    (table,) = file.tables
    assert [one.text for one in table.rows[-1].cells] == ["คะแนนรวม", "คะแนนรวม", "๙๑.๐๔"]
    assert table.rows[-1].cells[2].paragraphs[0].runs[0].bold
    assert file.core_properties.title == "บันทึกข้อความ รายงานผลการประเมิน ITA"
    assert file.core_properties.created is not None
    assert file.core_properties.created.date().isoformat() == "2023-08-04"
    header = file.sections[0].header._element.xml
    assert "THAIARABIC" in header
    assert "THAIARABIC" not in read(replace(papers.memo(), thai_digits=False)).sections[0].header._element.xml


def test_pictures() -> None:
    square = BytesIO()
    Image.new("RGB", (60, 60), "black").save(square, "PNG")
    assert len(read(papers.announcement()).inline_shapes) == 1, "the chart"
    assert len(read(replace(papers.announcement(), garuda=square.getvalue())).inline_shapes) == 2
    # What Word cannot hold leaves the space free.
    assert len(read(replace(papers.announcement(), garuda=b"<svg/>")).inline_shapes) == 1


@settings(max_examples=30, deadline=None)
@given(st.text(), st.text(alphabet=st.characters(min_codepoint=0xE01, max_codepoint=0xE5B)), st.booleans())
def test_any_text(one: str, two: str, thai: bool) -> None:
    table = Table((Column(one), Column(two)), ((cell(one), Cell((Line(two, tick=True),))), (Cell(span=9),), ()))
    file = read(Document("ทดสอบ", (Paragraph(one), Paragraph(two), table), thai_digits=thai, footer=one))
    assert len(file.tables[0].rows) == 4
