"""The items of a year, and their codes as people and scanners write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.measures import items
from thai.digits import to_thai


@pytest.mark.parametrize(
    ("text", "instrument", "code", "doubted"),
    [
        ("O๒๘", "", "O28", False),
        ("I11", "", "I11", False),
        ("E ๗", "EIT", "E7", False),
        ("๐๘", "", "O8", True),
        ("0๑", "OIT", "O1", True),
        ("๐๔๒", "", "O42", True),
        ("O08", "", "O8", True),
        ("e๖", "", "E6", True),
        ("o12", "OIT", "O12", True),
        ("๑๑๑", "IIT", "I11", True),
        ("111", "", "I11", True),
        ("l11", "", "I11", True),
        ("๑๐๐", "EIT", "E10", True),
        ("7", "EIT", "E7", True),
        ("Е7", "", "E7", True),  # a Cyrillic letter
    ],
)
def test_a_code_is_made_regular_and_doubted_when_it_was_not(
    text: str, instrument: str, code: str, doubted: bool
) -> None:
    found = items.read_code(text, instrument)
    assert found is not None
    assert (found.code, bool(found.doubt)) == (code, doubted)
    if doubted:
        assert code in found.doubt


@pytest.mark.parametrize("text", ["", "7", "O44", "E16", "I31", "O0", "สำนักปลัด", "O1234", "2566", "9.1"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert items.read_code(text) is None


@pytest.mark.parametrize(
    ("text", "instrument", "code", "rest"),
    [
        ("I๑๑ หน่วยงานของท่าน", "IIT", "I11", "หน่วยงานของท่าน"),
        ("E๑๑. มีการปรับปรุง", "", "E11", "มีการปรับปรุง"),
        ("๐๘ Q&A", "", "O8", "Q&A"),
        ("๑๑๑ หน่วยงาน", "IIT", "I11", "หน่วยงาน"),
        ("ข้อ O42", "", "O42", ""),
        ("1. ประชุมคณะทำงาน", "EIT", "", "1. ประชุมคณะทำงาน"),
        ("100 คน เข้าร่วม", "", "", "100 คน เข้าร่วม"),
        ("หน่วยงาน E7", "", "", "หน่วยงาน E7"),
    ],
)
def test_a_cell_may_begin_with_its_code(text: str, instrument: str, code: str, rest: str) -> None:
    found, left = items.leading_code(text, instrument)
    assert ((found.code if found else ""), left) == (code, rest)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("เพิ่มช่องทางร้องเรียน (E๑๑)", "E11"),
        ("ปรับโครงสร้าง [ข้อ O ๑]", "O1"),
        ("เพิ่มช่องทาง (E6) และประชาสัมพันธ์ (E6)", "E6"),
        ("ช่องทาง (E6) และข่าว (E7)", ""),
        ("จัดงาน (ครั้งที่ 2)", ""),
        ("ทำรายงาน (O99)", ""),
    ],
)
def test_a_title_may_hold_its_code_in_brackets(text: str, code: str) -> None:
    found = items.bracketed_code(text)
    assert (found.code if found else "") == code
    assert found is None or code in found.doubt


@given(st.text(max_size=12), st.sampled_from(["", "IIT", "EIT", "OIT"]))
def test_any_text_is_a_code_of_the_lists_or_none(text: str, instrument: str) -> None:
    found = items.read_code(text, instrument)
    if found:
        assert items.read_code(found.code) == items.Code(found.code)
        assert items.read_code(to_thai(found.code)) == items.Code(found.code)


def test_2566_has_its_43_items_and_says_so() -> None:
    known = items.open_data_items(2566)
    assert list(known) == [f"O{no}" for no in range(1, 44)]
    assert all(item.elements and item.confirmed and item.indicator in _SUB_INDICATORS for item in known.values())
    assert "ปี 2565" in known["O38"].elements[0]
    assert len([code for code in items.items(2566) if code[0] == "I"]) == 30
    assert len([code for code in items.items(2566) if code[0] == "E"]) == 15


_SUB_INDICATORS = ("9.1", "9.2", "9.3", "9.4", "9.5", "10.1", "10.2")


@pytest.mark.parametrize("fiscal_year", [2565, 2567, 2568, 2569, 2570, 2580])
def test_other_years_follow_the_crosswalk_and_wait_for_confirmation(fiscal_year: int) -> None:
    known = items.open_data_items(fiscal_year)
    assert known
    assert not any(item.confirmed for item in known.values())
    assert all(item.elements and item.title and code == item.code for code, item in known.items())
    assert not any("{" in text for item in known.values() for text in item.elements)


def test_the_same_matter_has_another_number_in_another_year() -> None:
    assert items.carried("O11", 2565, 2566) == "O12"  # six months' monitoring
    assert items.carried("O28", 2565, 2566) == "O26"  # the yearly report on personnel
    assert items.carried("O28", 2566, 2569) == "O17"
    assert items.carried("O43", 2566, 2570) == "O26"
    assert items.carried("O10", 2566, 2568) == ""  # no item of its own any more
    assert items.carried("E7", 2565, 2566) == "E7"
    assert items.carried("E7", 2566, 2567) == ""  # fewer questions: not known which
    assert items.carried("O7", 2566, 2566) == "O7"


def test_joined_items_bring_the_elements_of_all() -> None:
    gifts = items.open_data_items(2569)["O20"]
    assert gifts.bases == ("O31", "O32", "O33", "N1")
    assert len(gifts.elements) > len(items.open_data_items(2566)["O31"].elements)
