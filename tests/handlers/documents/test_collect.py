"""Rows become figures: what falls into the period, scores computed, names by the agency's kind."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.documents import collect, kinds, lint
from handlers.measures import scores
from handlers.measures.elements import load_elements
from models.agency import Agency
from models.measure import Element
from tests.handlers.documents.conftest import NOW, Place, add_measure, add_proof

VECTOR = ("91.59", "80.48", "85.64", "77.01", "76.47", "87.70", "84.67", "91.27", "100", "100")


def save_scores(session: Session, **typed: str) -> None:
    given = {str(no): Decimal(score) for no, score in enumerate(VECTOR, 1)}
    scores.save(session, 2566, given | {what: Decimal(score) for what, score in typed.items()}, "cli", NOW)


def test_only_what_falls_into_the_period_is_printed(place: Place) -> None:
    def act(session: Session, agency: AgencyView) -> tuple[dict[str, Any], dict[str, Any]]:
        first = add_measure(session)
        for dated in (date(2023, 1, 20), date(2023, 5, 10), date(2022, 9, 30), None):
            add_proof(session, place, first, dated)
        add_measure(session, title="รับฟังความคิดเห็น", starts_on=date(2023, 4, 1), ends_on=date(2023, 9, 30))
        add_measure(session, title="ไม่บอกระยะเวลา", starts_on=None, ends_on=None, period_text="")
        add_measure(session, title="ของปีก่อน", fiscal_year=2565)
        half = collect.measures(session, agency, 2566, "6m", "003", NOW)
        return half, collect.measures(session, agency, 2566, "12m", "003", NOW)

    half, year = place.does(act)
    assert [row["title"] for row in half["measures"]] == ["ประชาสัมพันธ์ผลงาน", "ไม่บอกระยะเวลา"]
    assert [row["label"] for row in half["left_out"]] == ["E7 รับฟังความคิดเห็น"]
    assert [one["dated"] for one in half["measures"][0]["evidence"] if one["dated"]] == ["2023-01-20"]
    assert {one["dated"] for one in half["measures"][0]["evidence_outside"]} == {"2023-05-10", "2022-09-30"}
    assert [row["title"] for row in year["measures"]][1] == "รับฟังความคิดเห็น"
    assert [one["dated"] for one in year["measures"][0]["evidence_outside"]] == ["2022-09-30"]
    assert half["period"]["months"] == "เดือนตุลาคม 2565 - มีนาคม 2566"
    assert year["period"]["months"] == "เดือนตุลาคม 2565 - กันยายน 2566"
    assert json.loads(json.dumps(half)) == half


def test_the_codes_own_indicator_comes_from_the_years_list(place: Place) -> None:
    def act(session: Session, agency: AgencyView) -> dict[str, Any]:
        add_measure(session, item_code="E11", indicator=7)
        add_measure(session, item_code="O28", instrument="OIT", indicator=None)
        add_measure(session, item_code="E99", indicator=None)
        return collect.measures(session, agency, 2566, "6m", "003", NOW)

    first, second, third = place.does(act)["measures"]
    assert (first["indicator"], first["indicator_by_code"]) == (7, 8)
    assert (second["indicator"], second["item_known"]) == (9, True)
    assert (third["indicator"], third["item_known"]) == (None, False)


def test_the_memo_recomputes_the_published_vector_and_flags_what_was_typed(place: Place) -> None:
    def act(session: Session, agency: AgencyView) -> dict[str, Any]:
        save_scores(session, eit="91.59", total="91.04")
        return collect.memo(session, agency, 2566, "", "", NOW)

    figures = place.does(act)
    found = figures["scores"]
    assert [found[what] for what in ("iit", "eit", "oit", "total", "level")] == [
        "82.24",
        "87.88",
        "100.00",
        "91.04",
        "ผ่าน",
    ]
    [note] = found["notes"]
    assert "EIT ที่กรอก 91.59 ไม่ตรงกับที่คำนวณได้ 87.88" in note
    assert [one["code"] for one in lint.memo(figures) if one["level"] == "mend"] == ["wrong_score"]


def test_until_the_years_result_is_out_the_report_names_last_years(place: Place) -> None:
    def act(session: Session, agency: AgencyView) -> list[dict[str, Any]]:
        add_measure(session)
        add_measure(session, fiscal_year=2567)
        save_scores(session)
        return [collect.measures(session, agency, year, "6m", "001", NOW)["scores"] for year in (2566, 2567)]

    own, last = place.does(act)
    assert (own["fiscal_year"], last["fiscal_year"], last["total"]) == (2566, 2566, "91.04")


def test_names_and_titles_follow_the_agency(place: Place) -> None:
    def act(session: Session, agency: AgencyView) -> dict[str, Any]:
        save_scores(session)
        row = session.get_one(Agency, place.agency_id)
        row.name, row.kind = "เทศบาลตำบลบ้านตัวอย่าง", "เทศบาลตำบล"
        row.settings = {
            "documents": {
                "district": "ตัวอย่าง",
                "province": "สมมุติ",
                "clerk_acting": True,
                "clerk_own_position": "รองปลัดเทศบาล",
            }
        }
        session.flush()
        return collect.memo(session, place.view(session), 2566, "", "", NOW)

    office = place.does(act)["office"]
    assert office["head"] == "นายกเทศมนตรีตำบลบ้านตัวอย่าง"
    assert office["place"] == "อำเภอตัวอย่าง จังหวัดสมมุติ"
    assert office["signers"]["mayor"] == ["(นายสมมุติ ใจดี)", "นายกเทศมนตรีตำบลบ้านตัวอย่าง"]
    assert office["signers"]["clerk"] == [
        "(นางสมศรี ตัวอย่าง)",
        "รองปลัดเทศบาล",
        "รักษาราชการแทนปลัดเทศบาลตำบลบ้านตัวอย่าง",
    ]
    assert office["signers"]["proposer"][0].startswith("(....")


def test_elements_come_in_the_order_of_their_items(place: Place) -> None:
    def act(session: Session, agency: AgencyView) -> dict[str, Any]:
        load_elements(session, agency, 2566)
        row = session.query(Element).filter_by(item_code="O2").first()
        assert row is not None
        row.status, row.checked_by_id, row.checked_at = "met", place.other_id, NOW
        return collect.elements(session, agency, 2566, "", "", NOW)

    items = place.does(act)["items_with_elements"]
    assert [item["code"] for item in items] == [f"O{no}" for no in range(1, 44)]
    second = items[1]
    assert (second["indicator"], second["met"]) == ("9.1", False)
    met = next(one for one in second["elements"] if one["status"] == "met")
    assert (met["checked_by"], met["checked_on"]) == ("นายสมมุติ ใจดี", "2023-04-04")


@pytest.mark.parametrize("kind", ["measures", "memo", "announcement", "elements"])
def test_nothing_to_print_says_where_it_comes_from(place: Place, kind: str) -> None:
    def act(session: Session, agency: AgencyView) -> None:
        with pytest.raises(collect.NothingToPrint, match="2566"):
            kinds.KINDS[kind].collect(session, agency, 2566, kinds.KINDS[kind].periods[0], "003", NOW)

    place.does(act)


def test_another_agencys_rows_stay_out(place: Place) -> None:
    from handlers.people.agency_setup import add_agency

    with place.database.write() as session:
        other = add_agency(session, "other", "อบต.หนองสมมุติ", date(2023, 4, 4))
        add_measure(session, title="ของหน่วยงานอื่น")
        assert other.id != place.agency_id

    def act(session: Session, agency: AgencyView) -> dict[str, Any]:
        add_measure(session)
        return collect.measures(session, agency, 2566, "6m", "003", NOW)

    assert [row["title"] for row in place.does(act)["measures"]] == ["ประชาสัมพันธ์ผลงาน"]
