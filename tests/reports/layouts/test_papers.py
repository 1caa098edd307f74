"""Memo, announcement, element table and registers: what they say, from figures alone."""

from __future__ import annotations

from reports.document import Cell, Document, Emblem, Heading, MemoHead, Paragraph, Signatures, Table, Title
from reports.layouts import announcement, elements, memo, registers
from tests.reports.layouts.sample import figures, proof, scores


def words(cell: Cell) -> str:
    return "\n".join(line.text for line in cell.lines)


def paragraphs(document: Document) -> str:
    return "\n".join(block.text for block in document.blocks if isinstance(block, Paragraph))


def table(document: Document) -> Table:
    return next(block for block in document.blocks if isinstance(block, Table))


def test_the_memo_is_addressed_scored_and_signed() -> None:
    document = memo.layout(figures())
    head = next(block for block in document.blocks if isinstance(block, MemoHead))
    assert head.office == "สำนักปลัด องค์การบริหารส่วนตำบลบ้านตัวอย่าง โทร. 02-000-1234"
    assert (head.number, head.dated) == ("ตย 99901/", "4 เมษายน 2566")
    assert head.to == "นายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง"
    said = paragraphs(document)
    assert "มีคะแนน 91.04 คะแนน อยู่ในระดับผ่าน" in said
    for sum_of in ("คะแนนรวม 82.24 คะแนน", "คะแนนรวม 87.88 คะแนน", "คะแนนรวม 100.00 คะแนน", "จึงเรียนมาเพื่อโปรดทราบ"):
        assert sum_of in said
    assert [words(row[2]) for row in table(document).rows] == figures()["scores"]["indicators"]
    signed = next(block for block in document.blocks if isinstance(block, Signatures))
    assert [block[0] for block in signed.blocks] == ["(นางสาวสมใจ ตัวอย่าง)", "(นางสมศรี ตัวอย่าง)", "(นายสมมุติ ใจดี)"]
    assert signed.blocks[1][2] == "รักษาราชการแทนปลัดองค์การบริหารส่วนตำบลบ้านตัวอย่าง"
    assert signed.opinions == (
        "",
        "ความเห็นของปลัดองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
        "ความเห็นนายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
    )


def test_a_typed_figure_that_is_wrong_is_noted_and_not_copied() -> None:
    note = "คะแนน EIT ที่กรอก 91.59 ไม่ตรงกับที่คำนวณได้ 87.88"
    said = paragraphs(memo.layout(figures(scores=scores(notes=[note]))))
    assert f"หมายเหตุ {note}" in said
    assert "คะแนนรวม 87.88 คะแนน" in said
    assert "คะแนนรวม 91.59" not in said


def test_the_announcement_is_dated_and_signed_by_the_head() -> None:
    document = announcement.layout(figures())
    assert document.blocks[0] == Emblem(3)
    title = next(block for block in document.blocks if isinstance(block, Title))
    assert title.lines[0] == "ประกาศองค์การบริหารส่วนตำบลบ้านตัวอย่าง"
    assert title.lines[2] == "ประจำปีงบประมาณ พ.ศ. 2566 รอบ 6 เดือน"
    assert "ประกาศ ณ วันที่ 4 เมษายน พ.ศ. 2566" in paragraphs(document)
    assert document.blocks[-1] == Signatures((("(นายสมมุติ ใจดี)", "นายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง"),))
    assert not document.landscape


def test_the_element_table_counts_and_names_who_checked() -> None:
    document = elements.layout(figures())
    assert "รวม 3 ข้อ 5 องค์ประกอบ มีครบแล้ว 4 องค์ประกอบ ยังไม่ครบ 1 องค์ประกอบ" in paragraphs(document)
    rows = table(document).rows
    assert [words(row[0]) for row in rows] == ["O1", "O1", "O2", "O2"]
    assert words(rows[0][6]) == "นางสมศรี ตัวอย่าง\n14 มี.ค. 66"
    assert words(rows[3][4]) == "ยังไม่ครบ"
    assert "https://example.go.th/ita/news-101" in words(rows[0][5])


def test_a_register_without_entries_says_none() -> None:
    def register(sections: list[dict[str, object]]) -> Document:
        found = {
            "title": "ทะเบียนของขวัญ",
            "dated_label": "วันที่",
            "title_label": "รายการ",
            "ends_label": "",
            "columns": [{"title": "ผู้ให้", "width": 1.0}],
            "sections": sections,
        }
        return registers.layout(figures(register=found))

    empty = register([{"heading": "", "rows": []}])
    assert words(table(empty).rows[0][0]) == "ไม่มี (0)"
    assert "รวม 0 รายการ" in paragraphs(empty)
    row = {
        "dated": "2022-12-29",
        "title": "กระเช้า",
        "unit": "กองคลัง",
        "values": ["ผู้รับบริการ"],
        "ends_on": "",
        "links": ["https://example.go.th/gift"],
        "evidence": [proof(1)],
    }
    filled = register([{"heading": "ธันวาคม 2565", "rows": [row]}, {"heading": "มกราคม 2566", "rows": []}])
    assert [block.text for block in filled.blocks if isinstance(block, Heading)] == ["ธันวาคม 2565", "มกราคม 2566"]
    assert filled.blocks[-1] == Paragraph("ไม่มี (0)", indent=False)  # January
    assert [words(cell) for cell in table(filled).rows[0][:5]] == ["1", "29 ธ.ค. 65", "กระเช้า", "กองคลัง", "ผู้รับบริการ"]
    assert words(table(filled).rows[0][-1]).startswith("https://example.go.th/gift")
