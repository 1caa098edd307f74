"""The reports to executives, from plain figures alone."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handlers.summaries import terms
from reports.document import Block, Chart, Document, Heading, Signatures, Table
from reports.layouts import half_year, quarterly
from reports.pdf import to_pdf
from tests.poppler import poppler

SIGNERS = {who: [f"({who})", who] for who in ("mayor", "clerk", "proposer")}
CASES = {
    "received": 42, "closed": 37, "finished": 35, "confirmed": 29, "open": 5, "late": 2, "paused": 1, "in_time": 33,
    "reopened": 1, "rated": 12, "in_time_share": 89.2, "median_days": 3.4, "rating": 4.25,
}  # fmt: skip
ASKED = {
    "asked": 138, "bot": 110, "missed": 6, "person": 20, "ended": 1, "unanswered": 1, "bot_share": 84.6,
    "median_minutes": 95,
}  # fmt: skip
DUE = {"due": 23, "on_time": 21, "late": 2, "pending": 0, "on_time_share": 91.3}


def _row(label: str, **numbers: int) -> dict[str, Any]:
    return {"id": 1, "label": label, **dict.fromkeys((*CASES, *ASKED, *DUE), 0), **numbers}


def figures() -> dict[str, Any]:
    """What collect gives, invented."""
    summary = {
        "first": "2026-10-01", "last": "2026-12-31", "made_at": "2027-01-04T01:30:00+00:00", "fiscal_year": 2570,
        "cases": CASES, "questions": ASKED, "duties": DUE,
        "cases_by_unit": [_row("กองช่าง", received=30, late=2), _row("ยังไม่มอบหมาย", received=12)],
        "cases_by_category": [_row("ไฟฟ้าสาธารณะดับ", received=42)],
        "cases_by_moo": [_row(f"หมู่ {n}", received=n) for n in range(1, 9)],
        "cases_by_channel": [_row("LINE", received=40), _row("โทรศัพท์", received=2), _row("จดหมาย")],
        "questions_by_unit": [_row("กองคลัง", asked=138, bot=110, person=20, unanswered=1)],
        "duties_by_unit": [_row("กองคลัง", due=23, on_time=21, late=2)],
        "measures": {"not_started": 1, "in_progress": 5, "done": 9}, "channels": {"count": 4},
        "decisions": [{"key": "decide.waiting", "label": terms.TERMS["decide.waiting"].title, "count": 1}],
        "previous": {"cases": {**CASES, "received": 40, "rating": None}, "questions": ASKED, "duties": DUE},
        "definitions": terms.definitions(date(2026, 10, 1), date(2026, 12, 31)),
        "trend": [
            {"label": f"ไตรมาส {n}/69", **dict.fromkeys(("received", "closed", "asked", "handed"), n * 10)}
            for n in (2, 3, 4)
        ],
        "eit": {"target": 100, "reported": 61, "reported_on": "2026-12-20", "scans": {"total": 88}},
    }  # fmt: skip
    office = {
        "full": "องค์การบริหารส่วนตำบลบ้านตัวอย่าง", "head": "นายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
        "clerk": "ปลัดองค์การบริหารส่วนตำบลบ้านตัวอย่าง", "memo_unit": "สำนักปลัด", "memo_phone": "02-000-1234",
        "memo_code": "ตย 12345", "signers": SIGNERS, "proposer_name": "",
    }  # fmt: skip
    half = {
        "channels": ["เว็บไซต์", "LINE", "โทรศัพท์"],
        "answerers": [{"unit": "กองช่าง", "position": "นายช่างโยธา"}, {"unit": "กองคลัง", "position": ""}],
        "publicity": [{"dated": "2026-11-03", "title": "ประชาสัมพันธ์ช่องทางถาม-ตอบ", "unit": "สำนักปลัด"}],
        "opinions": [{"form": "กล่องความคิดเห็น", "unit": "สำนักปลัด", "count": 7}],
        "improvements": [],
    }
    period = {"key": "q1", "name": "ไตรมาสที่ 1", "months": "เดือนตุลาคม 2569 - ธันวาคม 2569"}
    return {
        "fiscal_year": 2570, "period": period, "dated": "2027-01-04", "office": office, "thai_digits": True,
        "garuda": "", "summary": summary, "half": half,
    }  # fmt: skip


def _said(document: Document) -> str:
    return json.dumps([_plain(block) for block in document.blocks], ensure_ascii=False, default=str)


def _plain(block: Block) -> Any:
    return {name: getattr(block, name) for name in block.__slots__}


def _tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def _cells(table: Table) -> list[list[str]]:
    return [["".join(line.text for line in cell.lines) for cell in row] for row in table.rows]


def test_the_decision_stands_first_and_room_for_opinions_before_the_annex() -> None:
    document = quarterly.layout(figures())
    headings = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert headings[0] == "1. เรื่องที่ขอให้พิจารณา"
    assert "จำนวน 1 รายการ" in _said(document)
    assert headings[-1] == "ภาคผนวก ความหมายของตัวเลข"
    signatures = next(block for block in document.blocks if isinstance(block, Signatures))
    assert signatures.opinions[1:] == (
        "ความเห็นของปลัดองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
        "ความเห็น/ข้อสั่งการของนายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
    )


def test_every_number_stands_beside_the_period_before() -> None:
    rows = _cells(_tables(quarterly.layout(figures()))[0])
    assert rows[0] == ["รับเรื่อง (เรื่อง)", "42", "40", "+2"]
    assert rows[-1] == ["คะแนนเฉลี่ยจากผู้แจ้ง (เต็ม 5)", "4.25", "-", "-"]
    assert next(row for row in rows if row[0].startswith("ปิดเรื่อง"))[3] == "0"


def test_a_chart_has_its_table_beside_it() -> None:
    document = quarterly.layout(figures())
    at, chart = next((n, block) for n, block in enumerate(document.blocks) if isinstance(block, Chart))
    table = document.blocks[at + 1]
    assert isinstance(table, Table)
    assert [row[0] for row in _cells(table)] == list(chart.labels)
    assert [row[1] for row in _cells(table)] == [f"{value:g}" for value in chart.series[0][1]]


def test_nothing_is_a_result() -> None:
    empty = copy.deepcopy(figures())
    for group in ("unit", "category", "moo", "channel"):
        empty["summary"][f"cases_by_{group}"] = []
    empty["summary"] |= {"duties_by_unit": [], "decisions": []}
    said = _said(quarterly.layout(empty))
    assert "ไม่มีเรื่องที่รอการตัดสินใจ (0 เรื่อง)" in said
    assert said.count("ไม่มี (0)") == 5


def test_each_number_is_explained() -> None:
    document = quarterly.layout(figures())
    meanings = _cells(_tables(document)[-1])
    explained = {row[0] for row in meanings}
    for key, term in terms.TERMS.items():
        if key.startswith(("cases.", "questions.", "duties.", "decide.")):
            assert term.title in explained


def test_the_half_years_report_tells_of_channels_answers_and_opinions() -> None:
    said = _said(half_year.layout(figures()))
    for words in ("กล่องความคิดเห็น", "นายช่างโยธา", "ยังไม่แต่งตั้ง", "ประชาสัมพันธ์ช่องทางถาม-ตอบ", "ภายในเดือนเมษายนและเดือนตุลาคม"):
        assert words in said


@pytest.mark.parametrize("layout", [quarterly.layout, half_year.layout])
def test_it_prints(layout: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(to_pdf(layout(figures())))
    words = poppler("pdftotext", "-layout", path, "-").decode()
    assert "บันทึกข้อความ" in words
    assert "๔๒" in words  # 42, as the agency wants its digits
    assert "42" not in words
