"""Issuing: versions, what is kept with them, and that an old one prints again byte for byte."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.documents import operations
from handlers.documents.operations import DocumentError
from models.agency import Agency, Staff
from models.audit import AuditEntry
from models.document import OfficialDocument
from models.measure import Measure
from tests.handlers.documents.conftest import NOW, Place, add_measure, add_proof


def issue(place: Place, **changes: Any) -> OfficialDocument:
    given = {"kind": "measures", "fiscal_year": 2566, "period": "6m", "layout": "003", **changes}

    def act(session: Session, agency: AgencyView) -> OfficialDocument:
        return operations.issue(session, agency, staff=place.clerk(session), now=NOW, **given)

    found: OfficialDocument = place.does(act)
    return found


@pytest.fixture
def measure_id(place: Place) -> int:
    def act(session: Session, agency: AgencyView) -> int:
        row = add_measure(session, item_code="E11")
        add_proof(session, place, row, date(2023, 1, 20), link_status="dead")
        return row.id

    found: int = place.does(act)
    return found


def test_two_issues_are_two_versions_and_the_first_prints_again_as_it_was(place: Place, measure_id: int) -> None:
    first = issue(place)
    before = {name: operations.rendered(first, name) for name in ("pdf", "docx", "xlsx")}

    def change(session: Session, agency: AgencyView) -> None:
        session.get_one(Measure, measure_id).results = ["เปลี่ยนทีหลัง"]
        session.get_one(Agency, place.agency_id).name = "อบต.ชื่อใหม่"
        session.get_one(Staff, place.other_id).name = "คนใหม่ ตัวอย่าง"

    place.does(change)
    second = issue(place)
    assert (first.version, second.version) == (1, 2)
    with place.database.read(place.agency_id) as session:  # as it comes back from the database
        stored = session.get_one(OfficialDocument, first.id)
        again = {name: operations.rendered(stored, name) for name in before}
        assert again == before
        assert operations.rendered(session.get_one(OfficialDocument, second.id), "pdf") != before["pdf"]
        assert stored.title == "รายงานผลการดำเนินการตามมาตรการ รอบ 6 เดือน ปีงบประมาณ 2566"
        assert stored.dated == date(2023, 4, 4)
        assert {one["code"] for one in stored.findings} == {"wrong_indicator", "dead_link"}
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "document_issued")).all()
        assert [entry.detail["version"] for entry in entries] == [1, 2]
        assert "ประชาสัมพันธ์" not in str([entry.detail for entry in entries])


def test_each_period_and_layout_counts_its_own_versions(place: Place, measure_id: int) -> None:
    versions = [
        issue(place, layout=layout, period=period).version
        for layout, period in (("003", "6m"), ("000", "6m"), ("003", "12m"), ("003", "6m"))
    ]
    assert versions == [1, 1, 1, 2]


def test_the_usual_period_and_layout_stand_for_none(place: Place, measure_id: int) -> None:
    document = issue(place, period="", layout="")
    assert (document.period, document.layout) == ("6m", "000")


def test_a_document_bears_the_day_that_was_asked_for(place: Place, measure_id: int) -> None:
    document = issue(place, kind="announcement", layout="", dated=date(2023, 4, 5))
    assert document.dated == date(2023, 4, 5)
    assert operations.drawn(document).dated == "2023-04-05"
    assert operations.file_name(document, "pdf") == "announcement-2566-6m-v1.pdf"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "novel"},
        {"fiscal_year": 2023},
        {"period": "q1"},
        {"layout": "005"},
        {"fiscal_year": 2567},  # no measures
        {"kind": "memo", "period": "", "layout": ""},  # no scores
        {"kind": "memo", "period": "6m", "layout": ""},
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_kept(
    place: Place, measure_id: int, changes: dict[str, Any]
) -> None:
    with pytest.raises(DocumentError):
        issue(place, **changes)
    with place.database.read(place.agency_id) as session:
        assert session.scalars(select(OfficialDocument)).all() == []
