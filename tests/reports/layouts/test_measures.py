"""The five published layouts and an agency's own: columns, captions and marks, from one set of figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.document import Cell, Document, Emblem, MemoHead, PageBreak, Signatures, Table, Title
from reports.layouts.measures import LAYOUTS, layout
from reports.layouts.super_schema import FIELDS, TICKS
from tests.reports.layouts.sample import figures, measure, proof, scores

FIVE = [
    "ประเด็นที่ต้องปรับปรุงแก้ไข/ประเด็นที่ต้องพัฒนา",
    "ผู้รับผิดชอบ",
    "ขั้นตอนหรือวิธีการ/มาตรการ",
    "การรายงานผลและการกำกับติดตาม กำหนดเวลาแล้วเสร็จ",
    "การดำเนินการ",
]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def heads(table: Table) -> list[str]:
    return [column.title for column in table.columns]


def words(cell: Cell) -> str:
    return "\n".join(line.text for line in cell.lines)


def all_words(document: Document) -> str:
    return "\n".join(words(cell) for table in tables(document) for row in table.rows for cell in row)


def title(document: Document) -> list[str]:
    return [line for block in document.blocks if isinstance(block, Title) for line in block.lines]


def test_every_row_of_every_table_fills_its_columns() -> None:
    for name in LAYOUTS:
        for table in tables(layout(figures(name), name)):
            for row in table.rows:
                assert sum(cell.span for cell in row) == len(table.columns), name
            assert all(no < len(table.columns) for no in table.repeat)


def test_000_has_twelve_columns_a_section_for_each_instrument_and_one_tick_a_row() -> None:
    document = layout(figures("000"), "000")
    assert document.landscape
    iit, eit, oit, other = tables(document)
    assert heads(eit) == [
        "ลำดับที่",
        "ตัวชี้วัดการประเมิน EIT",
        "หัวข้อย่อยการประเมิน",
        "การกำหนดแนวทางฯ หรือมาตรการเพื่อขับเคลื่อนตามข้อ O42",
        "(1) ผู้รับผิดชอบหรือผู้เกี่ยวข้อง",
        "ระยะเวลาดำเนินการ กำหนดแล้วเสร็จ",
        "(2) การกำหนดขั้นตอนหรือวิธีการปฏิบัติ",
        "(3) แนวทางการกำกับติดตามให้นำไปสู่การปฏิบัติ",
        "ยังไม่ดำเนินการ",
        "อยู่ระหว่างดำเนินการ",
        "ดำเนินการแล้ว",
        "(4) การรายงานผลการดำเนินการ",
    ]
    assert [table.caption[1] for table in (iit, eit, oit, other)] == ["IIT", "EIT", "OIT", "มาตรการอื่น"]
    assert "ตามข้อ O42" in iit.caption[0]
    for table in tables(document):
        for row in table.rows:
            assert [words(cell) for cell in row[8:11]].count("✓") == 1
    assert [[words(cell) for cell in row[8:11]].index("✓") for row in eit.rows] == [2, 1, 2, 0]
    assert [words(row[0]) for row in eit.rows] == ["1", "2", "3", "4"]
    assert eit.repeat == (0, 2)  # a row that goes on overleaf says its number and "... (ต่อ)"
    assert not [block for block in document.blocks if isinstance(block, Signatures)]


def test_the_item_is_that_of_the_documents_own_year() -> None:
    later = figures("000", items={"measures": "O27", "report": "O28", "confirmed": False}, fiscal_year=2568)
    document = layout(later, "000")
    assert "ตามข้อ O27" in tables(document)[0].caption[0]
    assert "O42" not in " ".join(heads(tables(document)[0]))


def test_001_has_three_tables_and_ends_with_the_memo() -> None:
    document = layout(figures("001"), "001")
    first, second, *items, memo = tables(document)
    assert heads(first) == [
        "ลำดับ",
        "มาตรการ/กิจกรรม",
        "วิธีดำเนินการ",
        "ระยะเวลาในการดำเนินการ",
        "ผู้รับผิดชอบ",
        "สรุปผลการดำเนินการตามมาตรการหรือกิจกรรม",
        "ผลลัพธ์หรือความสำเร็จในการดำเนินการ",
    ]
    assert len(first.rows) == 6  # the measures that answer a weak point
    assert words(first.rows[1][2]).startswith("จากผลการประเมิน ITA ตัวชี้วัดที่ 7 ประเด็น ประชาชนยังไม่ทราบ")
    assert heads(second) == [
        "ตัวชี้วัด",
        "แนวทางในการยกระดับการประเมิน",
        "ผู้รับผิดชอบ",
        "ระยะเวลา",
        "ความก้าวหน้าผลการดำเนินการ",
    ]
    named = list(dict.fromkeys(words(row[0]) for row in second.rows))
    assert [name.partition(".")[0] for name in named] == [str(no) for no in range(1, 9)]
    assert words(second.rows[0][1]) == "ไม่มี (0)"  # an indicator without measures says so
    boxes = [(line.text, line.tick) for line in second.rows[1][4].lines[:2]]
    assert boxes == [("ยังไม่ได้ดำเนินการ", False), ("ดำเนินการ", True)]
    assert [table.caption for table in items] == [
        ("ตัวชี้วัดย่อยที่ 9.1 ข้อมูลพื้นฐาน",),
        ("ตัวชี้วัดย่อยที่ 10.1 การดำเนินการเพื่อป้องกันการทุจริต",),
    ]
    assert heads(items[0]) == ["ข้อ", "ข้อมูล", "องค์ประกอบด้านข้อมูล", "ผู้รับผิดชอบ", "ความก้าวหน้าผลการดำเนินการ"]
    assert [line.tick for line in items[0].rows[1][4].lines[:2]] == [True, False]  # O2 is not complete
    assert heads(memo) == ["ตัวชี้วัด", "รายละเอียดตัวชี้วัด", "คะแนน"]
    assert [type(block) for block in document.blocks].index(PageBreak) < [
        type(block) for block in document.blocks
    ].index(MemoHead)


def test_001_names_the_score_only_when_it_is_known() -> None:
    def preamble(changes: dict[str, object]) -> str:
        return next(block.text for block in layout(figures("001", **changes), "001").blocks if hasattr(block, "indent"))

    assert "โดยภาพรวมได้คะแนน 91.04 อยู่ในระดับ ผ่าน" in preamble({})
    assert "พ.ศ. 2565 ของ" in preamble({"scores": scores(fiscal_year=2565)})
    unknown = {"scores": scores(complete=False, total="", level="")}
    assert "โดยภาพรวม" not in preamble(unknown)
    assert not [block for block in layout(figures("001", **unknown), "001").blocks if isinstance(block, MemoHead)]


def test_002_is_announcement_then_eit_then_results_with_nothing_twice() -> None:
    document = layout(figures("002"), "002")
    assert isinstance(document.blocks[0], Emblem)
    seven, eight, results = tables(document)
    assert heads(seven) == heads(eight) == FIVE
    assert seven.caption == ("เครื่องมือการประเมิน EIT", "ตัวชี้วัดที่ 7 ประสิทธิภาพการสื่อสาร")
    assert eight.caption == ("เครื่องมือการประเมิน EIT", "ตัวชี้วัดที่ 8 การปรับปรุงระบบการทำงาน")
    assert heads(results) == ["มาตรการ", "วิธีดำเนินการ", "ผู้รับผิดชอบ", "ระยะเวลา", "ผลการดำเนินการ", "ข้อเสนอแนะ"]
    assert sum(len(table.rows) for table in (seven, eight, results)) == 8


def test_003_captions_each_indicator_by_its_own_name() -> None:
    document = layout(figures("003"), "003")
    assert title(document) == [
        "รายงานการดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน",
        "ประจำปีงบประมาณ พ.ศ. 2566 รอบ 6 เดือน (เดือนตุลาคม 2565 - มีนาคม 2566)",
        "องค์การบริหารส่วนตำบลบ้านตัวอย่าง",
        "อำเภอตัวอย่าง จังหวัดตัวอย่าง",
    ]
    assert [table.caption for table in tables(document)] == [
        ("เครื่องมือประเมิน IIT ตัวชี้วัดที่ 2 การใช้งบประมาณ",),
        ("เครื่องมือประเมิน EIT ตัวชี้วัดที่ 7 ประสิทธิภาพการสื่อสาร",),
        ("เครื่องมือประเมิน EIT ตัวชี้วัดที่ 8 การปรับปรุงระบบการทำงาน",),
        ("เครื่องมือประเมิน OIT ตัวชี้วัดที่ 9 การเปิดเผยข้อมูล",),
        ("เครื่องมือประเมิน OIT ตัวชี้วัดที่ 10 การป้องกันการทุจริต",),
        ("มาตรการอื่น",),
    ]
    assert all(heads(table) == FIVE for table in tables(document))
    done = words(tables(document)[1].rows[0][4])
    assert done.startswith("ดำเนินการแล้ว\n")
    assert "https://example.go.th/ita/news-20" in done
    assert "คำสั่งแต่งตั้ง ที่ 777/2565 ลงวันที่ 29 ธ.ค. 65" in done


def test_004_has_a_cover_and_six_columns() -> None:
    document = layout(figures("004", period={**figures()["period"], "name": "รอบ 12 เดือน"}), "004")
    assert title(document) == [
        "รายงานผลการดำเนินการ",
        "เพื่อส่งเสริมคุณธรรมและความโปร่งใส",
        "ภายในหน่วยงาน",
        "ประจำปีงบประมาณ 2566",
        "รอบ (12 เดือน)",
        "องค์การบริหารส่วนตำบลบ้านตัวอย่าง",
        "อำเภอตัวอย่าง จังหวัดตัวอย่าง",
    ]
    assert heads(tables(document)[0]) == [
        "มาตรการ/แนวทาง",
        "ขั้นตอน/วิธีปฏิบัติ",
        "หน่วยงานผู้รับผิดชอบ",
        "ระยะเวลาดำเนินการ",
        "สรุปผลดำเนินการ",
        "ผลลัพธ์/ความสำเร็จ",
    ]
    assert len(tables(document)[0].rows) == 8


def test_own_has_the_columns_that_the_agency_chose_in_its_order() -> None:
    chosen = [{"key": "title", "title": "เรื่อง"}, {"key": TICKS, "title": ""}, {"key": "evidence", "title": ""}]
    table = tables(layout(figures("own", own_columns=chosen), "own"))[0]
    assert heads(table) == ["เรื่อง", "ยังไม่ดำเนินการ", "อยู่ระหว่างดำเนินการ", "ดำเนินการแล้ว", "หลักฐาน"]
    assert words(table.rows[0][0]).startswith("เผยแพร่ข้อมูลการจัดซื้อจัดจ้าง")


@given(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=8, unique=True))
def test_any_choice_of_columns_can_be_drawn(keys: list[str]) -> None:
    chosen = [{"key": key, "title": ""} for key in keys]
    table = tables(layout(figures("own", own_columns=chosen), "own"))[0]
    assert len(table.columns) == len(keys) + 2 * (TICKS in keys)
    assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_a_period_without_measures_says_so(name: str) -> None:
    document = layout(figures(name, measures=[], items_with_elements=[]), name)
    assert "ไม่มี (0)" in all_words(document)


@pytest.mark.parametrize("name", ["000", "003", "004", "own"])
def test_no_measure_is_left_out_silently(name: str) -> None:
    rows = [
        measure(1, instrument="", indicator=None, title="มาตรการหนึ่ง"),
        measure(2, indicator=None, title="มาตรการสอง"),
    ]
    said = all_words(layout(figures(name, measures=rows), name))
    assert "มาตรการหนึ่ง" in said
    assert "มาตรการสอง" in said


def test_evidence_outside_the_period_is_not_printed() -> None:
    row = measure(1, evidence=[], evidence_outside=[proof(5, title="ภาพเดือนพฤษภาคม", dated="2023-05-10")])
    for name in LAYOUTS:
        assert "ภาพเดือนพฤษภาคม" not in all_words(layout(figures(name, measures=[row]), name))
