"""ภาพรวม: each number's list holds exactly its rows, for whoever looks; periods, charts, receipts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.summaries import operations, terms
from models.agency import Agency, Staff, Unit
from models.case import CaseEvent, CasePause, Category
from models.db import Database
from models.document import Summary, SummaryReceipt
from models.duty import Duty
from models.measure import Evidence, Measure, RegisterEntry
from tests.handlers.summaries.conftest import add_case, add_question
from tests.web.conftest import Browser, Login
from thai.dates import at_bangkok
from thai.fiscal import fiscal_year
from web.services import services_of

NOW = datetime.now(UTC)
TODAY = NOW.date()
WEEK_AGO = NOW - timedelta(days=7)
SPAN = f"first={TODAY - timedelta(days=30)}&last={TODAY}"
TILES = re.compile(
    r'<a href="(?P<address>/console/dashboard/list/[^"]+)"><span class="tile-name">(?P<name>[^<]+)</span>\s*'
    r'<span class="tile-value">(?P<value>[^< ]+)'
)


def _agency(app: Flask) -> AgencyView:
    agency = services_of(app).agencies.refresh("demo")
    assert agency is not None
    return agency


def _unit(session: Session, name: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.name == name)).one()


@pytest.fixture
def busy(database: Database, app: Flask) -> AgencyView:
    """A month with some of everything that is counted."""
    agency = _agency(app)
    with database.write(agency.id) as session:
        works = _unit(session, "กองช่าง")
        recent = {"opened_at": WEEK_AGO, "due_at": NOW + timedelta(days=3), "unit_id": works, "moo": 4}
        add_case(session, **recent)
        add_case(session, **{**recent, "due_at": NOW - timedelta(days=1), "moo": None, "escalation": 3})
        waits = add_case(session, **recent, status="in_progress", sub_status="budget")
        session.add(CasePause(case_id=waits.id, reason="budget", started_at=WEEK_AGO + timedelta(hours=1)))
        done = {"done_at": NOW - timedelta(days=2), "closed_at": NOW - timedelta(days=2)}
        add_case(session, **recent, **done, status="done")
        add_case(session, **recent, **done, status="confirmed", confirmed_at=NOW - timedelta(days=1), rating=4)
        again = add_case(session, **recent, reopened=1, status="in_progress")
        session.add(CaseEvent(case_id=again.id, at=NOW - timedelta(days=1), action="reopened"))
        asked = {"asked_at": WEEK_AGO, "unit_id": works}
        add_question(session, [WEEK_AGO + timedelta(hours=1)], **asked, status="answered")
        add_question(session, **asked, due_at=NOW - timedelta(days=1), escalation=2)
        add_question(session, **asked, status="closed", closed_at=WEEK_AGO)
        for answered in (WEEK_AGO, None):
            add_question(session, person=False, **asked, status="answered_by_bot", answered_at=answered)
        for days, given in (
            (2, {"status": "done", "submitted_at": NOW - timedelta(days=4), "done_at": NOW}),
            (3, {"status": "open", "escalation": 3}),
            (0, {"status": "in_progress"}),
        ):
            due = TODAY - timedelta(days=days)
            duty = Duty(fiscal_year=2570, title=f"งาน {days}", planned_on=due, due_on=due, unit_id=works, **given)
            session.add(duty)
        session.flush()
        session.add(
            Evidence(kind="url", url="https://example.go.th", duty_id=duty.id, added_at=NOW - timedelta(days=20))
        )
        year = fiscal_year(TODAY)
        for status in ("done", "in_progress", "not_started"):
            session.add(Measure(fiscal_year=year, title=f"มาตรการ {status}", status=status, unit_id=works))
        session.add(RegisterEntry(register="channels", fiscal_year=year, title="โทรศัพท์"))
    return agency


def _tiles(page: str) -> dict[str, tuple[str, str]]:
    """key → (value, address)."""
    found = {}
    for match in TILES.finditer(page):
        address = unescape(match["address"])
        found[f"{match['name']} {urlsplit(address).path.rpartition('/')[2]}"] = (match["value"], address)
    return found


def _listed(browser: Browser, address: str) -> int:
    page = browser.get(address)
    assert page.status_code == 200
    total = re.search(r"<strong>([\d,]+) รายการ</strong>", page.text)
    assert total
    shown = page.text.count("<tr>") - 1 if "<tbody>" in page.text else 0
    assert shown == int(total[1])
    return shown


@pytest.mark.parametrize("who", ["palad", "nayok", "admin", "changhead", "khlanghead"])
def test_each_number_leads_to_exactly_its_rows(busy: AgencyView, login: Login, who: str) -> None:
    browser = login(who)
    page = browser.get(f"/console/dashboard/?{SPAN}").text
    tiles = _tiles(page)
    assert len(tiles) == 27
    for name, (value, address) in tiles.items():
        if any(words in name for words in ("ร้อยละ", "ค่ากลาง", "คะแนน")):
            assert browser.get(address).status_code == 200
        else:
            assert _listed(browser, address) == int(value), name
    received = next(value for name, (value, _) in tiles.items() if name.endswith("cases.received"))
    assert received == ("0" if who == "khlanghead" else "6")
    for address, count in re.findall(r'<a href="([^"]+decide[^"]+)"><strong>(\d+)</strong>', page):
        assert _listed(browser, unescape(address)) == int(count)


@pytest.mark.parametrize(
    "key", ["cases.received", "questions.asked", "duties.due", "measures.done", "channels.count", "decide.evidence"]
)
def test_each_row_opens_its_page(busy: AgencyView, login: Login, key: str) -> None:
    browser = login("palad")
    page = browser.get(f"/console/dashboard/list/{key}?{SPAN}").text
    links = re.findall(r'<a class="tap" href="([^"]+)"', page)
    assert links
    assert browser.get(links[0]).status_code == 200


def test_units_and_moos_are_compared_and_lead_to_their_lists(busy: AgencyView, login: Login) -> None:
    browser = login("palad")
    page = browser.get(f"/console/dashboard/?{SPAN}").text
    cells = re.findall(r'<td><a href="([^"]+/dashboard/list/[^"]+)"[^>]*>(\d+)</a>', page)
    assert len(cells) >= 12
    for address, count in cells:
        assert _listed(browser, unescape(address)) == int(count), address
    assert any("moo=none" in address for address, _ in cells)
    assert "กองช่าง" in page
    narrowed = next(unescape(address) for address, _ in cells if "moo=4" in address)
    assert "หมู่ 4" in browser.get(narrowed).text


def test_a_head_sees_the_own_unit_and_no_summaries(busy: AgencyView, login: Login) -> None:
    page = login("changhead").get(f"/console/dashboard/?{SPAN}").text
    assert "ภาพรวม กองช่าง" in page
    assert "สรุปที่ส่งถึงผู้บริหาร" not in page
    assert "เทียบส่วนงาน" not in page


def test_officers_stay_out(login: Login) -> None:
    browser = login("chang")
    assert browser.get("/console/dashboard/").status_code == 403
    assert browser.get(f"/console/dashboard/list/cases.late?{SPAN}").status_code == 403
    assert 'href="/console/dashboard/"' not in browser.get("/console/inbox/").text
    assert 'href="/console/dashboard/"' in login("palad").get("/console/inbox/").text


def test_a_complaint_of_conduct_is_not_in_the_numbers_of_whom_it_concerns(
    database: Database, app: Flask, login: Login
) -> None:
    agency = _agency(app)
    with database.write(agency.id) as session:
        works = _unit(session, "กองช่าง")
        conduct = session.scalars(select(Category.id).where(Category.conduct)).first()
        add_case(session, category_id=conduct, accused_unit_id=works, unit_id=works, opened_at=WEEK_AGO, due_at=NOW)
    for who, count in (("changhead", 0), ("palad", 1)):
        browser = login(who)
        assert _listed(browser, f"/console/dashboard/list/cases.received?{SPAN}") == count
        page = browser.get(f"/console/dashboard/?{SPAN}").text
        assert ("การปฏิบัติงาน" in page) is bool(count)


def test_another_agencys_rows_are_not_there(busy: AgencyView, login: Login) -> None:
    page = login("palad", agency="other").get(f"/console/dashboard/?{SPAN}").text
    counts = {value for name, (value, _) in _tiles(page).items() if name.split()[-1].startswith(("cases.", "duties."))}
    assert counts <= {"0", "–"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "ไตรมาส"),
        ("period=2570-q1", "ไตรมาส 1/2570"),
        ("period=2569", "ปีงบประมาณ 2569"),
        ("period=2570-m11", "เดือนพฤศจิกายน 2569"),
        ("first=1 ต.ค. 69&last=๑๕ ต.ค. ๖๙", "1 ต.ค. 69 ถึง 15 ต.ค. 69"),
        ("first=15/10/2569&last=1/10/2569", "1 ต.ค. 69 ถึง 15 ต.ค. 69"),
    ],
)
def test_any_period(login: Login, query: str, words: str) -> None:
    page = login("palad").get(f"/console/dashboard/?{query}")
    assert page.status_code == 200
    assert words in page.text


@pytest.mark.parametrize("query", ["period=2570-q9", "period=x", "first=วันไหน", "first=31/2/2570"])
def test_what_is_no_period_is_said(login: Login, query: str) -> None:
    browser = login("palad")
    answer = browser.get(f"/console/dashboard/?{query}")
    assert answer.status_code == 302
    assert browser.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "list/cases.nothing?first=2026-10-01&last=2026-10-02",
        "list/cases.late?first=2026-10-01",
        "list/cases.in_time_share?first=2026-10-01&last=2026-10-02",
        "chart/none.svg?until=2570-q1",
        "chart/cases.svg?until=x",
        "summaries/99999.pdf",
    ],
)
def test_what_is_not_there(login: Login, address: str) -> None:
    assert login("palad").get(f"/console/dashboard/{address}").status_code == 404


def test_every_definition_leads_to_a_page(app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    for key in terms.TERMS:
        address = terms.address(key, date(2026, 10, 1), date(2026, 12, 31))
        assert routes.match(urlsplit(address).path)[0] == "console.dashboard.listing"
    assert routes.match(terms.DASHBOARD)[0] == "console.dashboard.index"


@pytest.mark.parametrize("name", ["cases", "questions", "duties"])
def test_charts_are_drawn_on_the_server(busy: AgencyView, login: Login, name: str) -> None:
    browser = login("palad")
    page = browser.get("/console/dashboard/").text
    address = re.search(rf'src="([^"]+/chart/{name}\.svg[^"]+)"', page)
    assert address
    picture = browser.get(unescape(address[1]))
    assert picture.mimetype == "image/svg+xml"
    assert "<svg" in picture.text


def test_a_long_list_has_pages(database: Database, app: Flask, login: Login) -> None:
    agency = _agency(app)
    with database.write(agency.id) as session:
        numbers = [add_case(session, opened_at=WEEK_AGO, due_at=NOW).number for _ in range(70)]
    browser, address, seen = login("palad"), f"/console/dashboard/list/cases.received?{SPAN}", []
    for _ in range(2):
        page = browser.get(address).text
        seen += re.findall(r"C70-\d{6}(?=</a>)", page)
        if following := re.search(r'rel="next" href="\?([^"]+)"', page):
            address = f"/console/dashboard/list/cases.received?{unescape(following[1])}"
    assert sorted(seen) == sorted(numbers)
    assert following is None


# -- summaries -------------------------------------------------------------------------------------------


@pytest.fixture
def told(database: Database, app: Flask) -> dict[str, Any]:
    """Quarter 1 of 2570 has been told to ปลัด and นายก, neither of whom has LINE."""
    agency = _agency(app)
    with database.write(agency.id) as session:
        session.get_one(Agency, agency.id).created_at = at_bangkok(date(2026, 11, 1))
        assert operations.send_summaries(session, agency, at_bangkok(date(2027, 1, 5))) == 1
        receipts = session.scalars(select(SummaryReceipt)).all()
        return {session.get_one(Staff, receipt.staff_id).username: receipt.id for receipt in receipts}


def _acknowledged(database: Database) -> dict[str, bool]:
    with database.read() as session:
        return {r.staff.username: r.acknowledged_at is not None for r in session.scalars(select(SummaryReceipt))}


def test_an_executive_without_line_takes_note_in_the_console(
    told: dict[str, Any], database: Database, login: Login
) -> None:
    browser = login("nayok")
    page = browser.get("/console/dashboard/").text
    assert "รอท่านรับทราบ" in page
    assert page.count("ยังไม่รับทราบ (ไม่มี LINE)") == 2
    address = f"/console/dashboard/receipts/{told['nayok']}/acknowledge"
    assert address in page
    assert browser.send(address).status_code == 302
    assert _acknowledged(database) == {"nayok": True, "palad": False}
    page = browser.get("/console/dashboard/").text
    assert "รอท่านรับทราบ" not in page
    assert page.count("ยังไม่รับทราบ (ไม่มี LINE)") == 1


def test_nobody_takes_note_for_somebody_else(told: dict[str, Any], database: Database, login: Login) -> None:
    for who, agency in (("palad", "demo"), ("nayok", "other")):
        answer = login(who, agency=agency).send(f"/console/dashboard/receipts/{told['nayok']}/acknowledge")
        assert answer.status_code == 404
    assert login("chang").send(f"/console/dashboard/receipts/{told['nayok']}/acknowledge").status_code == 403
    assert not any(_acknowledged(database).values())


def test_the_report_as_it_was_is_for_the_leaders(told: dict[str, Any], database: Database, login: Login) -> None:
    with database.read() as session:
        address = f"/console/dashboard/summaries/{session.scalars(select(Summary.id)).one()}.pdf"
    report = login("palad").get(address)
    assert report.mimetype == "application/pdf"
    assert report.data.startswith(b"%PDF")
    assert login("admin").get(address).status_code == 403
    assert login("palad", agency="other").get(address).status_code == 404
