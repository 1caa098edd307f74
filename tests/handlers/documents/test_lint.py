"""Every mistake met in published reports is found, with the row where it is; a clean report has no findings."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.documents import lint
from handlers.documents.findings import in_words
from tests.reports.layouts.sample import figures, items, measure, measures, proof, scores


def found(rows: list[dict[str, Any]], **changes: Any) -> dict[str, int]:
    """Codes with the id of their row."""
    return {one["code"]: one["row"].get("id", 0) for one in lint.measures(figures("003", measures=rows, **changes))}


def test_a_clean_report_has_no_findings() -> None:
    assert lint.measures(figures("003")) == [], "the sample is meant to be right"


MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("foreign_organisation", {"results": ["ประกาศนโยบายของเทศบาลตำบลหนองสมมุติแล้วเสร็จ"]}),
    ("foreign_organisation", {"supervision": ["รายงานนายกเทศมนตรีทุกเดือน"]}),
    ("foreign_year", {"title": "ประกาศเจตนารมณ์ ประจำปี 2564"}),
    ("torn_text", {"steps": ["เสนอส านักปลัดเพื่อพิจารณา"]}),
    ("no_code", {"item_code": "", "indicator_by_code": None}),
    ("unknown_code", {"item_code": "E99", "item_known": False, "indicator_by_code": None}),
    ("other_instrument", {"item_code": "O8", "indicator_by_code": None}),
    ("no_responsible", {"units": [], "roles": []}),
    ("no_period", {"period": ""}),
    ("no_result", {"results": []}),
    ("status", {"status": "not_started", "evidence": []}),
    ("shifted", {"units": ["ต.ค. 65 - มี.ค. 66"]}),
    ("shifted", {"period": "กองช่าง"}),
    ("wrong_indicator", {"item_code": "E11", "indicator": 7, "indicator_by_code": 8}),
    ("wrong_indicator", {"item_text": "E7 คุณภาพการดำเนินงาน"}),
    ("no_evidence", {"evidence": []}),
    ("not_approved", {"evidence": [proof(1), proof(2, approved=False)]}),
    ("misspelt", {"steps": ["ตั้งกล้องรับความคิดเห็นหน้าสำนักงาน"]}),
    ("markup", {"results": ["<p>เผยแพร่ข่าวผลงานครบทุกส่วนงาน</p>"]}),
    ("broken_link", {"evidence": [proof(1, url="https://a.go.th/http://a-go-th")]}),
    ("dead_link", {"evidence": [proof(1, link_status="dead", link_detail="404")]}),
    ("unchecked_link", {"evidence": [proof(1, link_status="", link_checked_on="")]}),
    ("unchecked_link", {"evidence": [proof(1, link_checked_on="2022-11-01")]}),
    ("no_date", {"evidence": [proof(1, dated="")]}),
    ("outside_period", {"evidence_outside": [proof(1, dated="2023-05-10")]}),
]


@pytest.mark.parametrize(("code", "changes"), MISTAKES)
def test_each_mistake_is_found_with_its_row(code: str, changes: dict[str, Any]) -> None:
    assert found([measure(7, **changes)]) == {code: 7}


def test_a_missing_code_weighs_less_while_the_years_questions_are_not_known() -> None:
    row = measure(1, item_code="", indicator_by_code=None)
    for year, level in ((2566, "mend"), (2570, "look")):
        found = lint.measures(figures("003", measures=[row], fiscal_year=year))
        assert [one["level"] for one in found if one["code"] == "no_code"] == [level]


def test_the_words_say_what_and_where() -> None:
    [one] = lint.measures(figures("003", measures=[measure(7, item_code="E11", indicator=7, indicator_by_code=8)]))
    assert in_words(one) == (
        "ควรแก้ก่อนออก: E11 ประชาสัมพันธ์ผลงานของทุกส่วนงานให้เป็นปัจจุบัน: ข้อ E11 อยู่ในตัวชี้วัดที่ 8 การปรับปรุงระบบการทำงาน ไม่ใช่ตัวชี้วัดที่ 7"
    )
    assert one["row"] == {"table": "measure", "id": 7, "label": "E11 ประชาสัมพันธ์ผลงานของทุกส่วนงานให้เป็นปัจจุบัน"}


def test_a_result_pasted_under_two_items_is_found_at_the_second() -> None:
    pasted = "จัดทำคู่มือการให้บริการประชาชนและเผยแพร่ทางเว็บไซต์เรียบร้อยแล้ว"
    rows = [measure(1, item_code="E6", results=[pasted]), measure(2, results=[f"{pasted} "])]
    [one] = lint.measures(figures("003", measures=rows))
    assert (one["code"], one["row"]["id"]) == ("pasted", 2)
    assert "E6" in one["text"]


def test_short_results_may_stand_anywhere() -> None:
    assert found([measure(1, results=["ดำเนินการแล้ว"]), measure(2, item_code="E9", results=["ดำเนินการแล้ว"])]) == {}


def test_measures_of_another_period_are_named() -> None:
    left = [{"table": "measure", "id": 9, "label": "E8 รับฟังความคิดเห็น"}]
    assert found(measures(), left_out=left) == {"left_out": 9}


def test_elements_miss_items_checks_and_proof() -> None:
    codes = [one["code"] for one in lint.elements(figures())]
    assert codes == ["missing_items"]
    [missing] = lint.elements(figures())
    assert missing["text"].startswith("ไม่มีข้อ O3, O4, O5, O6,")
    wrong = items()
    wrong[0]["elements"][0]["checked_by"] = ""
    wrong[0]["elements"][1]["evidence"][0]["approved"] = False
    wrong[1]["elements"][0]["note"] = wrong[2]["elements"][0]["note"] = "เผยแพร่คู่มือการให้บริการประชาชนบนเว็บไซต์แล้ว"
    codes = sorted(one["code"] for one in lint.elements(figures(items_with_elements=wrong)))
    assert codes == ["missing_items", "no_evidence", "not_approved", "pasted", "unchecked"]


def test_a_typed_score_that_does_not_agree_is_found() -> None:
    note = "คะแนน EIT ที่กรอก 91.59 ไม่ตรงกับที่คำนวณได้ 87.88"
    [one] = lint.memo(figures(scores=scores(notes=[note])))
    assert (one["code"], one["level"], one["text"]) == ("wrong_score", "mend", note)
    assert lint.memo(figures()) == []


def test_an_announcement_needs_a_name_and_a_period_that_is_over() -> None:
    office = {**figures()["office"], "mayor_name": "", "place": ""}
    codes = {one["code"] for one in lint.announcement(figures(office=office, dated="2023-03-01"))}
    assert codes == {"no_signer", "no_place", "too_early"}
    assert lint.announcement(figures()) == []


def test_a_report_of_a_period_that_goes_on_says_so() -> None:
    assert found(measures(), dated="2023-03-31") == {"too_early": 0}


def test_an_item_of_an_unconfirmed_year_says_so() -> None:
    later = {"measures": "O27", "report": "O28", "confirmed": False}
    assert {one["code"] for one in lint.measures(figures("000", items=later))} == {"unconfirmed_item"}
