"""What people write into a field, and what it becomes."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from stdnum.th import pin

from handlers.agencies import AgencyView
from handlers.forms import Field, FieldError, Given
from handlers.services import definition
from handlers.services.address import parse_address
from thai.digits import to_thai
from thai.working_time import WorkCalendar

AGENCY = AgencyView(
    id=1, code="demo", name="อบต.ตัวอย่าง", short_name="อบต.", kind="อบต.", version=1, public_url="https://example.test",
    fields={"subdistrict": "หนองแก", "district": "หัวหิน", "province": "ประจวบคีรีขันธ์"}, settings={},
    calendar=WorkCalendar(holidays={}), units={}, categories=(), notice_version=1, notice_text="", answers={},
)  # fmt: skip
OPTIONS = [
    {"value": "cut", "label": "ตัดต้นไม้"},
    {"value": "dig", "label": "ขุดลอกคลอง"},
    {"value": "other", "label": "เรื่องอื่น ๆ ที่ยาวเกินกว่าปุ่มของไลน์จะรับได้"},
]


def field(kind: str, **spec: Any) -> Field:
    fields = [{"id": "f", "type": kind, "label": "ช่อง", **spec}]
    return definition.read(fields, key="k", title="t", kind="request", version=None).form["f"]


def read(kind: str, typed: str, **spec: Any) -> Any:
    return field(kind, **spec).read(Given(text=typed), AGENCY, {})


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "spec"),
    [
        ("number", "๑,๒๕๐ บาท", 1250, {}),
        ("number", "ประมาณ 2.5 ไร่ค่ะ", 2.5, {}),
        ("number", "0", 0, {}),
        ("choice", "ตัดตนไม", "cut", {"options": OPTIONS}),
        ("choice", "ข้อ ๒", "dig", {"options": OPTIONS}),
        ("choice", "ขุดลอก", "dig", {"options": OPTIONS}),
        ("choices", "1, 3", ["cut", "other"], {"options": OPTIONS}),
        ("choices", "๒ ๑", ["cut", "dig"], {"options": OPTIONS}),
        ("choices", "ตัดต้นไม้และขุดลอกคลอง", ["cut", "dig"], {"options": OPTIONS}),
        ("date", "๑ ธ.ค. ๖๙", "2026-12-01", {}),
        ("date", "1/12/2569", "2026-12-01", {}),
        ("email", " Somsri @Example.com", "Somsri@Example.com", {}),
        ("phone", "โทร ๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678", {}),
        ("citizen_id", "๑-๒๓๔๕-๖๗๘๙๐-๑๒-๑", "1234567890121", {}),
        ("rating", "๕", 5, {}),
        ("rating", "ดีมาก", 5, {}),
        ("rating", "พอใช้ค่ะ", 3, {}),
        ("consent", "ตกลงค่ะ", True, {"text": "ยอมรับเงื่อนไข"}),
        ("text", "ไม่มี", "ไม่มี", {}),
        ("text", "ไมมี", None, {"required": False}),
        ("number", "ไม่มีค่ะ", None, {"required": False}),
        ("choices", "ไม่มี", None, {"required": False, "options": OPTIONS}),
        ("citizen_id", "ไม่ให้", None, {"required": False}),
    ],
)
@time_machine.travel("2026-11-23T03:00Z", tick=False)
def test_sloppy_answers_are_understood(kind: str, typed: str, stored: Any, spec: dict[str, Any]) -> None:
    assert read(kind, typed, **spec) == stored


@pytest.mark.parametrize(
    ("kind", "typed", "spec"),
    [
        ("number", "หลายต้น", {}),
        ("number", "5", {"most": 3}),
        ("number", "1", {"least": 2}),
        ("number", "1.5", {"whole": True}),
        ("choice", "ซ่อมถนน", {"options": OPTIONS}),
        ("choices", "1 2 3", {"options": OPTIONS, "most": 2}),
        ("date", "31 ก.พ. 70", {}),
        ("date", "1 ม.ค. 60", {"in_time": "future"}),
        ("date", "1 ม.ค. 80", {"in_time": "past"}),
        ("email", "สมศรี", {}),
        ("citizen_id", "1234567890122", {}),
        ("citizen_id", "12345", {}),
        ("rating", "7", {}),
        ("consent", "ไม่", {"text": "ยอมรับเงื่อนไข"}),
        ("address", "แถววัด", {}),
        ("photo", "ไม่มีรูป", {}),
        ("text", "", {}),
        ("text", "ก" * 11, {"longest": 10}),
    ],
)
@time_machine.travel("2026-11-23T03:00Z", tick=False)
def test_what_cannot_be_used_is_said_in_thai(kind: str, typed: str, spec: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match=r"[ก-๎]"):
        read(kind, typed, **spec)


@given(st.text("0123456789", min_size=12, max_size=12), st.booleans())
def test_every_number_with_a_right_check_digit_is_taken(twelve: str, thai: bool) -> None:
    digits = twelve + pin.calc_check_digit(twelve)
    assert read("citizen_id", to_thai(digits) if thai else digits) == digits
    wrong = twelve + str((int(pin.calc_check_digit(twelve)) + 1) % 10)
    with pytest.raises(FieldError):
        read("citizen_id", wrong)


def test_a_number_that_no_card_has_is_marked_for_staff() -> None:
    digits = "012345678901" + pin.calc_check_digit("012345678901")
    item = field("citizen_id")
    assert "ตรวจอีกครั้ง" in item.show(item.read(Given(text=digits), AGENCY, {}), AGENCY)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("๑๒/๓ ม.๕", ("12/3", 5, "หนองแก", "77110")),
        ("บ้านเลขที่ 99 หมุ่ 2 ต.หนองแก", ("99", 2, "หนองแก", "77110")),
        ("44 ต.เกาะเต่า อ.เกาะพะงัน จ.สุราษฎร์ธานี", ("44", None, "เกาะเต่า", "84360")),
        ("หมู่ 7", (None, 7, "หนองแก", "77110")),
        ("12 หมู่ 3 ต.ไม่มีจริง 10110", ("12", 3, "ไม่มีจริง", "10110")),
    ],
)
def test_an_address_finds_its_postcode(typed: str, expected: tuple[Any, ...]) -> None:
    found = parse_address(typed, AGENCY.fields)
    assert (found["house"], found["moo"], found["subdistrict"], found["postcode"]) == expected


def test_long_options_are_listed_with_numbers_and_fit_on_buttons() -> None:
    item = field("choice", options=OPTIONS)
    assert "3. เรื่องอื่น ๆ ที่ยาวเกินกว่าปุ่มของไลน์จะรับได้" in item.question(AGENCY)
    assert all(len(option.label) <= 20 for option in item.choices(AGENCY, {}))
