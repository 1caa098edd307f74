"""A request at the desk: in the inbox beside complaints, its answers, the part that staff fill in, the paper."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.audit import AuditEntry
from models.case import Case
from models.db import Database
from models.form import Request
from tests.handlers.services.forms import put_in_use
from tests.handlers.turns import view
from tests.web import work
from tests.web.conftest import Browser
from tests.web.test_forms_public import TYPED, carried, hidden


def file_request(app: Flask, client: Browser, database: Database) -> int:
    put_in_use(database)
    app.extensions["sujarit"].agencies.refresh("demo")
    page = client.get("/demo/forms/trees").text
    assert "R70-" in client.post("/demo/forms/trees", data={**carried(page), **TYPED}).text
    with database.read(view(database).id) as session:
        return session.scalars(select(Case.id).where(Case.kind == "request")).one()


def test_in_the_inbox_apart_from_complaints(app: Flask, client: Browser, login: Any, database: Database) -> None:
    file_request(app, client, database)
    work.file_case(app)
    browser = login("chang")
    everything = browser.get("/console/inbox/").text
    assert "R70-000001" in everything
    assert "C70-000001" in everything
    requests, complaints = (browser.get(f"/console/inbox/?kind={kind}").text for kind in ("request", "case"))
    assert "R70-000001" in requests
    assert "C70-000001" not in requests
    assert "C70-000001" in complaints
    assert "R70-000001" not in complaints
    assert "R70-000001" in browser.get("/console/inbox/?q=R70-1", follow_redirects=True).text
    # A form keeps its own category: neither the complaint form nor the list of categories has it.
    assert "ขอตัดต้นไม้" not in client.get("/demo/complain").text
    assert "ขอตัดต้นไม้" not in login("admin").get("/console/categories/").text


def test_answers_the_desks_part_and_the_paper(app: Flask, client: Browser, login: Any, database: Database) -> None:
    case_id = file_request(app, client, database)
    browser = login("chang")
    page = browser.get(f"/console/cases/{case_id}").text
    for shown in ("1-2345-67890-12-1", "เลื่อย, รถกระเช้า", "12/3 หมู่ 5", "สมศรี ใจดี", "ค่าธรรมเนียม"):
        assert shown in page
    refused = browser.send(f"/console/cases/{case_id}/fill", fee="แพง")
    assert refused.status_code == 422
    assert 'value="แพง"' in refused.text
    assert browser.send(f"/console/cases/{case_id}/fill", fee="๑,๒๕๐ บาท").status_code == 302
    with database.read(view(database).id) as session:
        request = session.scalars(select(Request)).one()
        assert request.answers["fee"] == 1250
        assert request.answers["trees"] == 5
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "request_filled")).one()
        assert entry.detail == {"fields": ["fee"]}
    paper = browser.get(f"/console/cases/{case_id}/sheet").text
    assert "1,250 บาท" in paper
    assert "ผู้ยื่นคำขอ" in paper


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_of_one_about_corruption_no_answer_is_left(app: Flask, client: Browser, login: Any, database: Database) -> None:
    case_id = file_request(app, client, database)
    assert b"1234567890121" in work.everything_stored(app)
    browser = login("chang")
    assert 'id="categorise"' not in browser.get(f"/console/cases/{case_id}").text, "its kind is its form"
    assert browser.send(f"/console/cases/{case_id}/forget", sure="yes").status_code == 302
    assert b"1234567890121" not in work.everything_stored(app)
    page = browser.get(f"/console/cases/{case_id}").text
    assert "R70-000001" in page
    assert "เมื่อเปิดดูเรื่องด้วยเลขเรื่องและรหัส" in page
    assert browser.get(f"/console/cases/{case_id}/sheet").status_code == 200


def test_other_units_and_complaints_have_no_sheet(app: Flask, client: Browser, login: Any, database: Database) -> None:
    case_id = file_request(app, client, database)
    stranger = login("chang", "other")
    assert stranger.get(f"/console/cases/{case_id}/sheet").status_code == 404
    assert stranger.send(f"/console/cases/{case_id}/fill", fee="1").status_code == 404
    complaint = work.file_case(app)
    assert login("admin").get(f"/console/cases/{complaint}/sheet").status_code == 404


def test_a_request_and_a_complaint_are_not_merged(app: Flask, client: Browser, login: Any, database: Database) -> None:
    case_id = file_request(app, client, database)
    work.file_case(app)
    refused = login("admin").send(f"/console/cases/{case_id}/merge", into="C70-000001")
    assert refused.status_code == 422
    assert "รวมกันไม่ได้" in refused.text


def test_typed_in_at_the_counter_with_a_slip(app: Flask, login: Any, database: Database) -> None:
    form_id, _ = put_in_use(database)
    app.extensions["sujarit"].agencies.refresh("demo")
    address = f"/console/requests/new/{form_id}"
    browser = login("chang")
    assert "รับคำขอ" in browser.get("/console/inbox/").text
    assert f'href="{address}">ขอตัดต้นไม้' in browser.get("/console/requests/new/").text
    page = browser.get(address).text
    typed = {**TYPED, "once": hidden(page, "once"), "channel": "walk_in"}
    wrong = browser.send(address, **{**typed, "home": "แถววัด"})
    assert wrong.status_code == 422
    assert 'value="แถววัด"' in wrong.text
    sent = [browser.send(address, **typed) for _ in range(2)]
    assert [answer.headers["Location"] for answer in sent] == ["/console/cases/new/slip"] * 2
    slip = browser.get("/console/cases/new/slip").text
    assert "ใบรับคำขอ" in slip
    assert "R70-000001" in slip
    with database.read(view(database).id) as session:
        (case,) = session.scalars(select(Case)).all()
        assert (case.channel, case.kind, case.reporter_name) == ("walk_in", "request", "สมศรี ใจดี")
    assert browser.get("/console/requests/new/999").status_code == 404
