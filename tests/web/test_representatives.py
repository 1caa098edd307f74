"""Inviting a citizen to help with a complaint, from the case's page to the register's file."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import openpyxl
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select

from handlers.representatives import inviting
from models.representative import Representative
from reports import qr
from tests.web import work
from thai.dates import bangkok_date, format_date

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Login

NAME = "นายสมมุติ ช่วยงาน"
sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def form(**changes: str) -> dict[str, str]:
    ends = format_date(bangkok_date(datetime.now(UTC)) + timedelta(days=60), "long")
    return {"name": NAME, "ends_on": ends, "order_number": "77/2569", "place": "village", "agreed": "1", **changes}


def invite(browser: Browser, case_id: int, **changes: str) -> str:
    """The address of the new representative's page."""
    answer = browser.send(f"/console/representatives/case/{case_id}", **form(**changes))
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def accept(app: Flask, code: str, user: str = "U-helper") -> None:
    talk = work.citizen(app, user)
    with work.writing(app) as session:
        agency, now = work.agency_of(app), datetime.now(UTC)
        row = inviting.open_invitation(session, agency.id, code, talk, now, work.known(app).secret_key)
        assert row is not None
        inviting.accept(session, agency, row, now)


def test_from_the_cases_page_to_the_file(app: Flask, login: Login) -> None:
    case_id = work.file_case(app, name="สมศรี ใจดี", phone="0812345678")
    browser = login("chang")
    assert browser.get(f"/console/cases/{case_id}").text.count(f'"/console/representatives/case/{case_id}"') == 1
    page = browser.get(f"/console/representatives/case/{case_id}").text
    assert "ผู้ร้องทราบและยินยอมแล้ว หรือเรื่องนี้ไม่มีข้อมูลที่ระบุตัวผู้ร้อง" in page

    refused = browser.send(f"/console/representatives/case/{case_id}", **form(agreed="", task="ดูไฟ"))
    assert refused.status_code == 422
    assert "ติ๊กยืนยัน" in refused.text
    assert NAME in refused.text
    assert "ดูไฟ" in refused.text

    address = invite(browser, case_id)
    shown = browser.get(address).text
    found = re.search(r'class="code">ผู้แทน ([A-Z0-9]{4}-[A-Z0-9]{4})<', shown)
    assert found
    link = re.search(r'href="(https://line\.me/R/oaMessage/[^"]+)"', shown)
    assert link
    picture = Image.open(io.BytesIO(qr.draw(link[1], "png")))
    assert zxingcpp.read_barcodes(picture)[0].text.endswith(found[1])
    assert found[1] not in login("changhead").get(address).text  # only for whoever made it

    accept(app, found[1])
    assert found[1] not in browser.get(address).text
    assert "กำลังช่วย" in browser.get(f"/console/cases/{case_id}").text
    assert browser.send(f"{address}/write", text="พบกันพรุ่งนี้ค่ะ").status_code == 302
    assert "พบกันพรุ่งนี้ค่ะ" in browser.get(f"/console/cases/{case_id}").text

    listed = browser.get("/console/representatives/").text
    assert NAME in listed
    assert "77/2569" in listed
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/console/representatives/export.xlsx?shown=all").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[1][1:3] == (NAME, work.case(app, case_id).number)
    assert NAME in browser.get("/console/representatives/export.csv").data.decode("utf-8-sig")

    assert browser.send(f"{address}/forget", sure="1").status_code == 422
    assert browser.send(f"{address}/end").status_code == 302
    assert NAME not in browser.get("/console/representatives/").text
    assert NAME in browser.get("/console/representatives/?shown=past").text
    assert browser.send(f"{address}/forget").status_code == 422
    assert browser.send(f"{address}/forget", sure="1").status_code == 302
    assert NAME not in browser.get("/console/representatives/?shown=all").text


@sqlite_only
def test_a_new_code_ends_the_old_one(app: Flask, login: Login) -> None:
    browser = login("palad")
    address = invite(browser, work.file_case(app))
    codes = []
    for _ in range(2):
        found = re.search(r'class="code">ผู้แทน ([A-Z0-9-]{9})<', browser.get(address).text)
        assert found
        codes.append(found[1])
        assert browser.send(f"{address}/again").status_code == 302
    assert codes[0] != codes[1]
    with work.writing(app) as session:
        row, key = session.scalars(select(Representative)).one(), work.known(app).secret_key
        assert inviting.open_invitation(session, row.agency_id, codes[1], 1, datetime.now(UTC), key) is None


@sqlite_only
def test_only_those_who_see_the_case(app: Flask, login: Login) -> None:
    case_id = work.file_case(app)
    address = invite(login("palad"), case_id)
    other = login("khlang")
    assert other.get(address).status_code == 404
    assert other.get(f"/console/representatives/case/{case_id}").status_code == 404
    assert other.send(f"{address}/end").status_code == 404
    assert NAME not in other.get("/console/representatives/?shown=all").text
    assert NAME not in other.get("/console/representatives/export.csv?shown=all").data.decode("utf-8-sig")


@sqlite_only
def test_a_complaint_about_conduct_offers_nothing(app: Flask, login: Login) -> None:
    case_id = work.file_case(app, category=work.conduct_code(app), accused_unit_id=work.unit_id(app, "กองคลัง"))
    browser = login("palad")
    assert "เพิ่มผู้แทน" not in browser.get(f"/console/cases/{case_id}").text
    answer = browser.send(f"/console/representatives/case/{case_id}", **form())
    assert answer.status_code == 422
    assert "เกี่ยวกับเจ้าหน้าที่" in answer.text


@sqlite_only
def test_the_registers_lead_to_it(login: Login) -> None:
    browser = login("khlang")
    for address in ("/console/registers/", "/console/registers/committees/"):
        assert 'href="/console/representatives/"' in browser.get(address).text
