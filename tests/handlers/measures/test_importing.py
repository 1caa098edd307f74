"""Reports of all published shapes are read back from XLSX, CSV and DOCX; what cannot be read is said."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handlers.measures import importing, operations
from handlers.measures.importing import Preview
from handlers.measures.tables import MOST_ROWS
from models.audit import AuditEntry
from models.measure import Evidence, Measure
from tests.handlers.measures.conftest import NOW, Office
from tests.handlers.measures.shapes import SHAPES, Shape, as_csv, as_docx, as_xlsx

TODAY = date(2026, 11, 21)
KINDS: dict[str, Callable[[Shape], bytes]] = {"csv": as_csv, "xlsx": as_xlsx, "docx": as_docx}


def read(data: bytes, name: str = "report", **mapping: str) -> Preview:
    return importing.preview(data, name, 2566, TODAY, mapping)


@pytest.fixture(params=list(KINDS))
def make(request: pytest.FixtureRequest) -> Callable[[Shape], bytes]:
    return KINDS[request.param]


def facts(found: Preview) -> list[dict[str, object]]:
    """The measures as plain data, without where they stood."""
    return [{name: value for name, value in one.as_dict().items() if name != "place"} for one in found.drafts]


@pytest.mark.parametrize("layout", SHAPES)
def test_a_shape_is_the_same_in_every_kind_of_file(layout: str) -> None:
    found = {kind: read(make(SHAPES[layout])) for kind, make in KINDS.items()}
    assert facts(found["csv"]) == facts(found["xlsx"]) == facts(found["docx"])
    for one in found.values():
        assert one.trouble == ""
        assert all(column.field for table in one.tables for column in table.columns)


def test_layout_000_ticks_continued_rows_repeated_header(make: Callable[[Shape], bytes]) -> None:
    found = read(make(SHAPES["000"]))
    first, second = found.drafts
    assert first.details.title == "เพิ่มการเผยแพร่ผลงานของทุกกอง"
    assert (first.details.instrument, first.details.indicator, first.details.item_code) == ("EIT", 7, "E7")
    assert first.details.item_text == "หน่วยงานเผยแพร่ผลงานชัดเจน"
    assert first.details.responsible_units == ["สำนักปลัด", "กองช่าง"]
    assert first.details.responsible_roles == ["ผอ.กอง", "นักวิเคราะห์"]
    assert first.details.steps == ["ตั้งคณะทำงาน", "เผยแพร่บนเว็บไซต์"]
    assert first.details.cadence == "quarter"
    assert first.progress.status == "done"
    assert first.progress.results[-1] == "เผยแพร่ทาง LINE ทุกเดือน"  # from the row with (ต่อ)
    assert [(proof.kind, proof.url or proof.order_number) for proof in first.proofs] == [
        ("url", "https://www.example.go.th/ผลงาน"),
        ("order", "123/2565"),
    ]
    # The report gives E14 the name of indicator 7; it belongs to 8.
    assert (second.details.item_code, second.details.indicator, second.progress.status) == ("E14", 8, "in_progress")
    assert any("E14" in doubt for doubt in second.doubts)
    assert any("หัวตารางที่ซ้ำ 1 แถว" in note for note in found.notes)
    assert not any("ผู้รับผิดชอบ" in unread.text for unread in found.unread)  # the upper of two header rows is no loss


def test_layout_001_issue_out_of_the_steps_and_check_boxes(make: Callable[[Shape], bytes]) -> None:
    (one,) = read(make(SHAPES["001"])).drafts
    assert (one.details.indicator, one.details.instrument) == (2, "IIT")
    assert one.details.issue.startswith("จากผลการประเมิน")
    assert one.details.steps == ["ชี้แจงแผน", "เปิดให้ซักถาม"]
    assert one.progress.outcome == "บุคลากรรับรู้แผนการใช้จ่าย"
    first, second = read(make(SHAPES["001B"])).drafts
    assert (first.details.indicator, first.progress.status, list(first.progress.results)) == (
        3,
        "done",
        ["มีคำสั่งมอบหมายงานครบทุกกอง"],
    )
    assert (second.details.indicator, second.progress.status, second.progress.results) == (4, "not_started", ())


def test_layout_001_the_items_of_the_open_data(make: Callable[[Shape], bytes]) -> None:
    first, second = read(make(SHAPES["001C"])).drafts
    assert (first.details.item_code, first.details.indicator, first.details.title) == ("O1", 9, "โครงสร้าง")
    assert first.details.item_text == "- แผนผังโครงสร้าง\n- ตำแหน่งสำคัญ"
    assert (first.progress.status, list(first.progress.results), len(first.proofs)) == ("done", ["เผยแพร่แล้ว"], 1)
    assert (second.details.item_code, second.details.instrument, second.progress.status) == ("O8", "OIT", "not_started")
    assert any("๐๘" in doubt for doubt in second.doubts)


def test_layout_002_a_misspelt_heading_and_suggestions(make: Callable[[Shape], bytes]) -> None:
    found = read(make(SHAPES["002"]))
    (one,) = found.drafts
    assert (list(one.progress.results), one.progress.suggestion) == (["ประกาศเมื่อ ๗ ธันวาคม ๒๕๖๕"], "ควรประกาศทุกปี")
    assert [column.sure for column in found.tables[0].columns] == [True, True, True, True, False, True]
    assert any("ไม่มีสถานะ" in doubt for doubt in one.doubts)


def test_layout_003_captions_broken_links_and_no_title_column(make: Callable[[Shape], bytes]) -> None:
    found = read(make(SHAPES["003"]))
    first, second = found.drafts
    assert (first.details.title, first.details.steps) == ("เพิ่มช่องทางติดต่อมากกว่า ๑ ช่องทาง", ["ตรวจทุกไตรมาส"])
    assert (first.details.item_code, first.details.issue) == ("E6", "ช่องทางเผยแพร่เข้าถึงง่าย")
    assert (first.details.period_text, first.days) == ("ภายในเดือนมีนาคม ๒๕๖๖", "ถึง 31 มี.ค. 66")
    assert [proof.url for proof in first.proofs] == ["https://www.example.go.th/a"]
    assert list(first.progress.results) == ["www.example.go.th/http://ผิด"]
    assert any("ลิงก์ไม่ถูกรูปแบบ" in unread.why for unread in found.unread)
    assert (second.details.indicator, second.details.item_code, second.progress.status) == (8, "E11", "in_progress")
    assert any("e๑๑" in doubt for doubt in second.doubts)


def test_a_file_of_another_year_than_the_one_chosen_is_pointed_out() -> None:
    def warned(*periods: str, year: int = 2566) -> str:
        rows = "".join(f"ตรวจช่องทางที่ {n},กองช่าง,{period}\n" for n, period in enumerate(periods))
        return importing.preview(f"มาตรการ,ผู้รับผิดชอบ,ระยะเวลา\n{rows}".encode(), "a.csv", year, TODAY).warning

    old = "ต.ค. ๖๔ - มี.ค ๖๕"
    assert "ปีงบประมาณ 2565 (2 จาก 3" in warned(old, "มกราคม 2565", "มกราคม 2566", "เมื่อพร้อม")
    assert warned(old, "มกราคม 2566") == ""  # one of two is a slip of the pen, not the wrong year
    assert warned("มกราคม", "ตลอดปีงบประมาณ", "เมื่อพร้อม") == ""
    assert warned("ต.ค. ๖๔ - ก.ย. ๖๖") == ""  # the chosen year lies inside it
    assert warned(old, year=2565) == ""


def test_layout_004(make: Callable[[Shape], bytes]) -> None:
    (one,) = read(make(SHAPES["004"])).drafts
    assert one.details.responsible_units == ["งานกฎหมาย"]
    assert one.details.period_text == "ตุลาคม ๒๕๖๕ - เมษายน ๒๕๖๖"
    assert one.days == "1 ต.ค. 65 - 30 เม.ย. 66"
    assert one.progress.outcome == "ประชาชนทราบขั้นตอน"


def test_what_is_said_of_one_table_does_not_hold_for_the_next() -> None:
    drafts = {one.details.title: one.details for one in read(as_docx(*SHAPES.values())).drafts}
    assert drafts["ประกาศไม่เรียกรับผลประโยชน์"].instrument == ""
    assert drafts["ยกระดับการใช้งบประมาณ"].instrument == "IIT"
    assert drafts["มอบหมายงานเป็นลายลักษณ์อักษร"].instrument == "IIT"
    assert drafts["ทบทวนขั้นตอน"].instrument == "EIT"


# -- what Word does --------------------------------------------------------------------------------------


def test_a_table_that_goes_on_overleaf_without_its_header() -> None:
    shape = SHAPES["004"]
    overleaf = Shape(header=(shape.rows[0],), rows=(("ข้อสอง", "ทำ", "กองช่าง", "มี.ค ๖๖", "เสร็จ", "ดี"),))
    found = read(as_docx(shape, overleaf))
    assert [one.details.title for one in found.drafts] == ["จัดทำคู่มือบริการ", "จัดทำคู่มือบริการ", "ข้อสอง"]


def test_merged_cells_join_or_fill_down() -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=5)
    for texts in (
        SHAPES["003"].header[0],
        ("E๘ ช่องทางติชม", "สำนักปลัด", "ตั้งกล่อง", "ทุก ๖ เดือน", "ดำเนินการแล้ว"),
        ("", "", "เปิดกล่องทุกสัปดาห์", "", "สรุปผลแล้ว"),
        ("", "กองคลัง", "ทำแบบสอบถาม", "", "ยังไม่ดำเนินการ"),
    ):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(3, 0))
    table.cell(1, 1).merge(table.cell(2, 1))
    first, second = read(_saved(document)).drafts
    assert (first.details.title, first.details.steps) == ("ตั้งกล่อง", ["เปิดกล่องทุกสัปดาห์"])
    assert list(first.progress.results) == ["สรุปผลแล้ว"]
    assert (second.details.item_code, second.details.issue) == ("E8", "ช่องทางติชม")  # the merged cell counts for it too
    assert (second.details.title, second.progress.status) == ("ทำแบบสอบถาม", "not_started")


def test_check_boxes_symbols_bullets_and_links_of_word() -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=5)
    for cell, text in zip(table.rows[0].cells, SHAPES["001B"].header[0], strict=True):
        cell.text = text
    for cell, text in zip(table.rows[1].cells, ("๕", "ประกาศนโยบาย", "สำนักปลัด", "มี.ค ๖๖", ""), strict=True):
        cell.text = text
    last = table.cell(1, 4)
    for char, label in (("F0A8", " ยังไม่ได้ดำเนินการ "), ("F0FE", " ดำเนินการ")):
        run = last.paragraphs[0].add_run()
        run._r.append(run._r.makeelement(f"{{{W}}}sym", {f"{{{W}}}font": "Wingdings", f"{{{W}}}char": char}))
        last.paragraphs[0].add_run(label)
    last.add_paragraph("ประกาศแล้ว", style="List Bullet")
    target = document.part.relate_to("https://www.example.go.th/p", LINK, is_external=True)
    link = last.add_paragraph()._p
    hyperlink = link.makeelement(f"{{{W}}}hyperlink", {f"{{{R}}}id": target})
    hyperlink.append(_run(hyperlink, "อ่านประกาศ"))
    link.append(hyperlink)
    (one,) = read(_saved(document)).drafts
    assert one.progress.status == "done"
    assert list(one.progress.results) == ["ประกาศแล้ว", "อ่านประกาศ"]
    assert [proof.url for proof in one.proofs] == ["https://www.example.go.th/p"]


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINK = f"{R}/hyperlink"


def _run(parent: object, text: str) -> object:
    run = parent.makeelement(f"{{{W}}}r", {})  # type: ignore[attr-defined]  # lxml's elements have no types
    words = run.makeelement(f"{{{W}}}t", {})
    words.text = text
    run.append(words)
    return run


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]  # python-docx's Document is a function
    return out.getvalue()


# -- the clerk decides -----------------------------------------------------------------------------------


def test_unknown_columns_are_kept_as_notes_until_the_clerk_says_what_they_are() -> None:
    data = "โครงการ/กิจกรรม,ผู้รับผิดชอบ,ระยะเวลา,งบประมาณ (บาท),ผลเป็นอย่างไร\nอบรม,สำนักปลัด,มี.ค ๖๖,5000,ครบ\n".encode()
    found = read(data)
    (one,) = found.drafts
    assert one.details.notes == "งบประมาณ (บาท): 5000\nผลเป็นอย่างไร: ครบ"
    assert [(unread.column, unread.text) for unread in found.unread] == [
        ("งบประมาณ (บาท)", "5000"),
        ("ผลเป็นอย่างไร", "ครบ"),
    ]

    (one,) = read(data, **{"0.4": "results", "0.1": "", "0.0": "title", "0.3": "no such field"}).drafts
    assert list(one.progress.results) == ["ครบ"]
    assert one.details.notes == "ผู้รับผิดชอบ: สำนักปลัด\nงบประมาณ (บาท): 5000"


def test_a_table_of_something_else_is_listed_and_can_be_mapped() -> None:
    data = "ชื่อ,สถานที่,จำนวน\nอบรมจริยธรรม,ห้องประชุม,30\n".encode()
    found = read(data)
    assert found.trouble
    assert found.drafts == ()
    assert ["อบรมจริยธรรม" in unread.text for unread in found.unread] == [False, True]
    assert [column.heading for column in found.tables[0].columns] == ["ชื่อ", "สถานที่", "จำนวน"]
    (one,) = read(data, **{"0.0": "title", "0.1": "steps", "0.2": "results"}).drafts
    assert (one.details.title, one.details.steps, list(one.progress.results)) == ("อบรมจริยธรรม", ["ห้องประชุม"], ["30"])


def test_periods_and_codes_that_cannot_be_read_are_kept_as_they_stand() -> None:
    data = "ข้อ,มาตรการ,ผู้รับผิดชอบ,ระยะเวลา\nข้อแปด,ทำ,กองช่าง,ตามความเหมาะสม\n๐๘,ตอบคำถาม,กองช่าง,มี.ค ๖๖\n".encode()
    found = read(data)
    first, second = found.drafts
    assert (first.details.period_text, first.details.notes) == ("ตามความเหมาะสม", "รหัสข้อ: ข้อแปด")
    assert {unread.column for unread in found.unread} == {"ข้อ", "ระยะเวลา"}
    assert (second.details.item_code, second.details.indicator, second.details.instrument) == ("O8", 9, "OIT")
    assert any("๐๘" in doubt for doubt in second.doubts)


def test_a_row_that_says_there_is_none_is_no_measure() -> None:
    data = "ตัวชี้วัด,แนวทาง,ผู้รับผิดชอบ\n๑,ไม่มี (๐),\n๒,-,\n๓,มอบงานเป็นหนังสือ,สำนักปลัด\n".encode()
    found = read(data)
    assert [one.details.title for one in found.drafts] == ["มอบงานเป็นหนังสือ"]
    assert len(found.unread) == 2


# -- storing ---------------------------------------------------------------------------------------------


def test_what_was_previewed_is_stored_once_with_its_evidence(office: Office) -> None:
    found = read(as_docx(*SHAPES.values()), "รายงาน 6 เดือน.docx")
    with office.write() as session:
        khlang = office.staff(session, "khlang")
        done = importing.apply(session, found, f"staff:{khlang.id}", khlang, NOW)
        assert (done.added, done.known) == (len(found.drafts), 0)
        again = importing.apply(session, found, f"staff:{khlang.id}", khlang, NOW)
        assert (again.added, again.known) == (0, len(found.drafts))
    with office.read() as session:
        rows = operations.listed(session, 2566)
        assert [row.title for row in rows] == [one.details.title for one in found.drafts]
        first = rows[0]
        assert (first.status, first.source, first.ends_on) == ("done", "รายงาน 6 เดือน.docx", date(2023, 1, 31))
        assert first.unit_id == office.unit(session, "สำนักปลัด")
        proofs = session.scalars(select(Evidence).where(Evidence.measure_id == first.id)).all()
        assert [(row.kind, row.approved_at, row.added_by_id) for row in proofs] == [
            ("url", None, khlang.id),
            ("order", None, khlang.id),
        ]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "measures_imported")).first()
        assert entry is not None
        assert entry.detail == {"added": len(rows), "evidence": 4}


def test_the_preview_is_json(make: Callable[[Shape], bytes]) -> None:
    dumped = json.loads(json.dumps(read(make(SHAPES["000"])).as_dict(), ensure_ascii=False))
    assert dumped["measures"][0]["ends_on"] == "2023-01-31"
    assert dumped["tables"][0]["columns"][3]["field"] == "title"


WORDS = st.text("กขคงจฉชabc 12", min_size=1, max_size=12).map(lambda text: f"ค{text.strip()}ค")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(WORDS, min_size=7, max_size=7), min_size=1, max_size=5))
def test_no_cell_is_lost(rows: list[list[str]]) -> None:
    header = (*SHAPES["004"].header[0], "คอลัมน์แปลก")
    found = read(as_csv(Shape((header,), rows)))
    kept = json.dumps(found.as_dict(), ensure_ascii=False)
    for row in rows:
        for text in row:
            assert " ".join(text.split()) in kept


# -- files that are none ---------------------------------------------------------------------------------


def bomb(inner: str, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(inner, text)
    return out.getvalue()


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "ว่าง"),
        (b"   \n", "ว่าง"),
        (b"\xd0\xcf\x11\xe0 old", "รุ่นเก่า"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "รูปภาพ"),
        (b"PK\x03\x04 broken", "เสียหาย"),
        (bomb("xl/workbook.xml", b"<not xml"), "เสียหาย"),
        (bomb("word/document.xml", b"<not xml"), "เสียหาย"),
        (bomb("other.txt", b"x"), "ไม่ใช่ Word หรือ Excel"),
        (bomb("word/document.xml", b"0" * 31_000_000), "ใหญ่เกินไป"),
        (truncated(as_xlsx(SHAPES["004"])), "เสียหาย"),
        (truncated(as_docx(SHAPES["004"])), "เสียหาย"),
        ("ก,ข\n".encode() * (MOST_ROWS + 1), "มากกว่า 2,000 แถว"),
        (b"\x00\x01\x02\x03" * 100, "ไม่"),
        (b"x" * (21 * 1024 * 1024), "20 MB"),
    ],
)
def test_what_is_no_report_is_said_in_thai(data: bytes, said: str) -> None:
    found = read(data)
    assert said in found.trouble
    assert found.drafts == ()


def test_ten_thousand_rows_are_too_many_in_every_kind() -> None:
    many = Shape(SHAPES["004"].header, [SHAPES["004"].rows[0]] * 10_000)
    for data in (as_csv(many), as_xlsx(many)):
        assert "แถว" in read(data).trouble


def test_csv_as_thai_excel_writes_it() -> None:
    for encoding, delimiter in (("cp874", ","), ("utf-16", "\t"), ("utf-8", ";")):
        found = read(as_csv(SHAPES["004"], encoding, delimiter))
        assert [one.details.title for one in found.drafts] == ["จัดทำคู่มือบริการ"]


def test_a_table_ruled_with_pipes() -> None:
    text = "| มาตรการ | ผู้รับผิดชอบ | ระยะเวลา |\n|---|:---:|---|\n| จัดทำคู่มือ | กองช่าง | มี.ค ๖๖ |\n"
    assert [one.details.title for one in read(text.encode()).drafts] == ["จัดทำคู่มือ"]


def test_hidden_sheets_and_cells_far_away_are_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(SHAPES["004"])))
    hidden = book.create_sheet("ซ่อน")
    hidden.append(list(SHAPES["004"].header[0]))
    hidden.append(["ไม่ควรเห็น", "ก", "ข", "ค", "ง", "จ"])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert [one.details.title for one in read(out.getvalue()).drafts] == ["จัดทำคู่มือบริการ"]
    book.worksheets[0].cell(1_000_000, 1, "ไกล")
    out = io.BytesIO()
    book.save(out)
    assert "แถว" in read(out.getvalue()).trouble


@pytest.mark.parametrize(
    "piece", ["<a href=x>", "<a ", "<input ", "<li ", "https://", "(ต่อ)", "ภายใน ก ", "☑ดำเนินการ", "1.\n", "คำสั่งที่"]
)
def test_a_hostile_cell_comes_to_an_end(piece: str) -> None:
    # A search within a search would take hours here.
    cell = piece * (50_000 // len(piece))
    header = SHAPES["004"].header
    data = as_docx(Shape(header, ([cell] * len(header[0]), ["(ต่อ)", *[cell] * 5])))
    assert read(data).unread


def test_more_text_than_any_report_has_is_refused() -> None:
    header = SHAPES["004"].header
    shape = Shape(header, [["ก" * 90_000] * len(header[0])] * 4)
    for data in (as_csv(shape), as_docx(shape)):
        assert "ยาวเกินไป" in read(data).trouble


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", "มาตรการ,ผู้รับผิดชอบ,ระยะเวลา\n".encode()):
        read(start + data)


def test_two_measures_of_another_agency_do_not_meet(office: Office) -> None:
    with office.write() as session:
        importing.apply(session, read(as_csv(SHAPES["004"])), "cli", None, NOW)
        assert session.scalars(select(Measure.agency_id)).all() == [office.agency_id]
