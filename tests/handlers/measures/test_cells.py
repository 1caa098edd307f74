"""What the cells of a report say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.measures import cells
from handlers.measures.cells import Proof
from handlers.measures.tables import clean

TODAY = date(2026, 11, 21)


def test_markup_becomes_what_people_see() -> None:
    markup = (
        '<p><input type="checkbox" checked> ดำเนินการ</p><input type="checkbox"> ไม่'
        '<ul><li>หนึ่ง</li><li>สอง</li></ul><a href="https://example.go.th/ก">ข่าว</a> 3 < 5'
    )
    assert clean(markup) == "☑ ดำเนินการ\n☐ ไม่\n- หนึ่ง\n- สอง\nข่าว https://example.go.th/ก 3 < 5"
    assert clean("a\x00\u200bb\r\n\n  ค\xa0ง ") == "ab\nค ง"


def test_lists_lose_their_bullets_and_numbers_only() -> None:
    text = "๑. ประชุม\n(๒) แต่งตั้ง\n- รายงาน\n• ติดตาม\n9.1 เผยแพร่ข้อมูล\n๒๕๖๖ เป็นต้นไป\n-"
    assert cells.lines(text) == ["ประชุม", "แต่งตั้ง", "รายงาน", "ติดตาม", "9.1 เผยแพร่ข้อมูล", "๒๕๖๖ เป็นต้นไป"]


def test_a_title_ends_where_its_list_begins() -> None:
    assert cells.split_title("มาตรการ\nข้อหนึ่ง\n- ก\n- ข") == ("มาตรการ ข้อหนึ่ง", ["ก", "ข"])
    assert cells.split_title("1. มาตรการแรก") == ("มาตรการแรก", [])


def test_units_and_roles_are_told_apart() -> None:
    text = "สำนักปลัด/กองคลัง: ผอ.กอง, นักวิเคราะห์\nกองการศึกษา ศาสนาและวัฒนธรรม\nเจ้าหน้าที่ฝ่ายประชาสัมพันธ์/นิติกร, ผู้บริหาร"
    units, roles = cells.responsible(text)
    assert units == ["สำนักปลัด", "กองคลัง", "กองการศึกษา ศาสนาและวัฒนธรรม"]
    assert roles == ["ผอ.กอง", "นักวิเคราะห์", "เจ้าหน้าที่ฝ่ายประชาสัมพันธ์", "นิติกร", "ผู้บริหาร"]


@pytest.mark.parametrize(
    ("text", "status", "left", "doubted"),
    [
        ("☐ ยังไม่ได้ดำเนินการ ☑ ดำเนินการ\n- ทำแล้ว", "done", "- ทำแล้ว", False),
        ("☑ ยังไม่ได้ดำเนินการ ☐ ดำเนินการ", "not_started", "", False),
        ("☐ ยังไม่ดำเนินการ ☒ อยู่ระหว่างดำเนินการ ☐ ดำเนินการแล้ว", "in_progress", "", False),
        ("[ ] ยังไม่ได้ดำเนินการ [x] ดำเนินการ\nผล", "done", "ผล", False),
        ("☐ ยังไม่ได้ดำเนินการ ☐ ดำเนินการ", "", "", True),
        ("☑ ยังไม่ได้ดำเนินการ ☑ ดำเนินการ", "", "", True),
        ("☑ ดำเนินการติดตั้งกล่อง", "done", "ดำเนินการติดตั้งกล่อง", False),
        ("ดำเนินการแล้ว\nมีคู่มือ", "done", "มีคู่มือ", False),
        ("- อยู่ระหว่างการดำเนินการ", "in_progress", "", False),
        ("ยังไม่ดำเนินการ", "not_started", "", False),
        ("ดำเนินการแล้วเสร็จ", "done", "", False),
        ("ได้ดำเนินการจัดทำคู่มือแล้ว", "", "ได้ดำเนินการจัดทำคู่มือแล้ว", False),
        ("ติดกล่อง ☑ หน้าอาคาร", "", "ติดกล่อง\n☑ หน้าอาคาร", True),
    ],
)
def test_the_status_is_read_and_the_rest_is_left(text: str, status: str, left: str, doubted: bool) -> None:
    found = cells.from_text(text)
    assert (found.status, found.left, bool(found.doubt)) == (status, left, doubted)


def test_one_of_three_ticks() -> None:
    assert cells.from_ticks({"not_started": "", "in_progress": "☐", "done": " / "}).status == "done"
    assert cells.from_ticks({"not_started": "-", "in_progress": "√", "done": ""}).status == "in_progress"
    assert cells.from_ticks({"not_started": "✓", "in_progress": "", "done": "✓"}).doubt
    assert cells.from_ticks({"not_started": "", "in_progress": "", "done": ""}).doubt
    odd = cells.from_ticks({"not_started": "", "in_progress": "", "done": "เสร็จครึ่งหนึ่ง"})
    assert (odd.status, odd.left) == ("", "เสร็จครึ่งหนึ่ง")


def test_links_and_orders_become_evidence() -> None:
    text = (
        "ตามคำสั่งที่ ๗๗๗/๒๕๖๕ ลงวันที่ ๒๙ ธ.ค. ๖๕\nhttps://www.example.go.th/ข่าว.\n(www.example.go.th/a)\n"
        "www.example.go.th/http://www.example.go.th/b\nคำสั่งที่ 12/2566"
    )
    found = cells.proofs(text, TODAY)
    assert found.found == (
        Proof("url", url="https://www.example.go.th/ข่าว"),
        Proof("url", url="http://www.example.go.th/a"),
        Proof("order", order_number="777/2565", dated=date(2022, 12, 29)),  # the other has no date
    )
    assert found.broken == ("www.example.go.th/http://www.example.go.th/b",)
    assert "คำสั่งที่ ๗๗๗/๒๕๖๕" in found.left
    assert "http://www.example.go.th/b" in found.left
    assert "ข่าว" not in found.left


def test_cadence_and_a_deadline_in_a_sentence() -> None:
    assert cells.cadence(["รายงานอย่างน้อยไตรมาสละ ๑ ครั้ง"]) == "quarter"
    assert cells.cadence(["ติดตามทุกเดือน", "รายไตรมาส"]) == "month"
    assert cells.cadence(["ทุก ๖ เดือน ภายในเดือนเมษายน"]) == "half"
    assert cells.cadence(["ตามโอกาส"]) == ""
    found = cells.period_in("รายงานผู้บริหารภายในเดือน มกราคม ๒๕๖๖ เพื่อพิจารณา", 2566)
    assert found is not None
    assert (found.starts_on, found.ends_on) == (None, date(2023, 1, 31))
    assert cells.period_in("รายงานผู้บริหาร", 2566) is None


@given(st.text(max_size=200))
def test_no_text_breaks_a_reader(text: str) -> None:
    cells.from_text(text)
    cells.proofs(clean(text), TODAY)
    cells.responsible(text)
    cells.period_in(text, 2566)
    cells.ticked(text)


@given(st.lists(st.sampled_from(["ฆฆ", "ฌฌ", "ดำเนินการ", "☑", "☐", "\n", " ", "https://a.go.th/x", "-"]), max_size=12))
def test_no_word_is_lost_between_status_and_rest(parts: list[str]) -> None:
    left = cells.from_text(clean("".join(parts))).left
    for word in ("ฆฆ", "ฌฌ", "https://a.go.th/x"):
        assert "".join(parts).count(word) == left.count(word)
