"""The transparency pages: real cases in, figures out; every address and file; nothing of a person."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from handlers.transparency.parts import FEWEST
from handlers.transparency.tables import KINDS
from models.case import Case
from models.participation import Activity, ActivityOpinion, Proposal
from tests.web import work
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year

SECRET = "นายสมหมายบ้านเลขที่สิบสอง"


@pytest.fixture
def year() -> int:
    return fiscal_year(bangkok_date(datetime.now(UTC)))


def fill(app: Flask) -> None:
    """Five cases of streetlights, four of them in the village of the one of water; three are closed and rated; another
    agency's case."""
    for moo in (3, 3, 3, 3, None):
        work.file_case(app, f"ไฟดับหน้าบ้าน{SECRET}", place={**work.PLACE, "moo": moo})
    work.file_case(app, f"น้ำไม่ไหล {SECRET}", category="water")
    work.file_case(app, "ไฟดับ", code="other")
    work.ask(app, f"ถามแทน {SECRET}")
    now = datetime.now(UTC)
    with work.writing(app) as session:
        for case in session.query(Case).order_by(Case.id).limit(FEWEST):
            case.status, case.closed_at, case.confirmed_at, case.rating = "confirmed", now, now, 5
        session.query(Case).filter(Case.category.has(code="water")).one().rating = 1
        held = Activity(code="abcd2345", title="ประชาคม", kind="forum", status="done", starts_at=now, ends_at=now,
                        attended=57, said=SECRET)  # fmt: skip
        session.add(held)
        session.flush()
        session.add(ActivityOpinion(activity_id=held.id, phase="after", rating=5, text=SECRET))
        session.add(Proposal(number="P70-9", fiscal_year=2570, text=SECRET, at=now))


def test_the_figures_are_those_of_the_rows(app: Flask, client: Any, year: int) -> None:
    fill(app)

    def table(kind: str) -> dict[str, Any]:
        answer = client.get(f"/demo/transparency/{kind}.json")
        assert answer.status_code == 200, kind
        return json.loads(answer.data)

    assert table("complaints")["total"] == ["รวม", 6, 3, 3, 3]
    assert len(table("complaints")["rows"]) == 12
    assert table("services")["total"] == ["รวม", 1, 6, 0, 0, 7]
    assert table("questions")["total"][1] == 1
    assert table("categories")["rows"] == [["รายการอื่นรวมกัน", 6, 3]], "one matter of water is nobody's business"
    assert [row[1] for row in table("villages")["rows"]] == [5]
    rated = table("satisfaction")
    assert ["กองช่าง", 3, 5.0] in rated["rows"], rated
    assert table("participation")["total"] == ["รวม", 1, 57, 1, 1]
    assert table("survey")["rows"][0][:2] == ["ทุกส่วนงาน", 0], "nobody answered: that is told too"
    assert client.get("/other/transparency/complaints.json").get_json()["total"][1] == 1
    months = [row for row in table("complaints")["rows"] if row[1] is None]
    begun = bangkok_date(datetime.now(UTC))
    assert len(months) == 11 - (begun.month - 10) % 12, "months to come are not zero, they are not known"


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_and_file_opens_and_names_nobody(app: Flask, client: Any, kind: str, year: int) -> None:
    fill(app)
    page = client.get(f"/demo/transparency/{kind}")
    assert page.status_code == 200
    assert SECRET not in page.text
    assert "Set-Cookie" not in page.headers
    csv = client.get(f"/demo/transparency/{kind}.csv")
    assert csv.data.startswith(b"\xef\xbb\xbf")
    assert SECRET.encode() not in csv.data
    book = load_workbook(io.BytesIO(client.get(f"/demo/transparency/{kind}.xlsx").data))
    assert book.worksheets[0]["A1"].value
    for wrong in (year + 1, year - 50, "x"):
        assert client.get(f"/demo/transparency/{kind}?fy={wrong}").status_code in (200, 404)
    assert client.get(f"/demo/transparency/{kind}?fy={year + 1}").status_code == 404
    drawn = client.get(f"/demo/transparency/{kind}.svg")
    if f"/demo/transparency/{kind}.svg" in page.text:
        assert drawn.data.startswith(b"<svg")


def test_the_list_leads_to_all_of_them_and_to_the_other_house(client: Any) -> None:
    page = client.get("/demo/transparency/").text
    for kind in KINDS:
        assert f"/demo/transparency/{kind}" in page
    assert "/demo/integrity/statistics" in page
    assert "/demo/transparency/" in client.get("/demo/").text
    assert client.get("/demo/transparency/secrets").status_code == 404
    assert client.get("/demo/transparency/villages.svg").status_code == 404


def test_last_years_stay(app: Flask, client: Any, year: int) -> None:
    work.file_case(app, ago=timedelta(days=400))
    page = client.get("/demo/transparency/complaints").text
    assert f"ปี {year - 1}" in page
    assert client.get(f"/demo/transparency/complaints.json?fy={year - 1}").get_json()["total"][1] == 1
