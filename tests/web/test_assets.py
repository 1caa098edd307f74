"""ยืม-คืนพัสดุ in the console: assets, a request from the web decided, given back, the year as tables."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from handlers.services import starter
from models.agency import Staff
from models.asset import Asset, Loan
from models.base import utc_now
from models.case import Case
from models.db import Database
from tests.handlers.turns import view
from tests.web.conftest import Browser
from tests.web.test_forms_public import carried, hidden
from thai.dates import bangkok_date, format_date
from thai.fiscal import fiscal_year

sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TENT = {"name": "เต็นท์", "number": "T-1", "quantity": "๓", "kind": "tent", "counter": "หลัง", "condition": "good",
        "note": "", "active": "1"}  # fmt: skip


@pytest.fixture
def office(app: Flask, database: Database) -> Database:
    agency = view(database)
    with database.write(agency.id) as session:
        admin = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        starter.publish_packs(session, agency, admin, utc_now())
    app.extensions["sujarit"].agencies.refresh("demo")
    view(database)
    return database


def unit_id(database: Database) -> int:
    return next(unit.id for unit in view(database).units.values() if unit.name == "กองคลัง")


def day(days: int) -> str:
    return format_date(bangkok_date(utc_now()) + timedelta(days=days))


def wanted() -> dict[str, Any]:
    """What a citizen types who wants two tents from today on."""
    return {"items": ["tent"], "tent": "2", "out_on": day(0), "due_on": day(2), "purpose": "งานบุญ",
            "borrower": "village", "name": "สมศรี ใจดี", "phone": "0812345678", "promise": "yes",
            "consent": "yes"}  # fmt: skip


def ask(client: Browser, database: Database) -> int:
    page = client.get("/demo/forms/borrow").text
    sent = client.post("/demo/forms/borrow", data={**carried(page), **wanted()})
    assert "R7" in sent.text, sent.text
    with database.read(view(database).id) as session:
        return session.scalars(select(Case.id).where(Case.kind == "request").order_by(Case.id.desc())).first() or 0


def test_from_the_asset_to_the_figures(office: Database, client: Browser, login: Any) -> None:
    head = login("khlanghead")
    asked = {**TENT, "unit_id": str(unit_id(office))}
    refused = head.send("/console/assets/new", **{**asked, "quantity": "สาม"})
    assert refused.status_code == 422
    assert 'value="เต็นท์"' in refused.text
    assert head.send("/console/assets/new", **asked).status_code == 302
    assert "มีพัสดุเลขนี้แล้ว" in head.send("/console/assets/new", **asked).text
    with office.read(view(office).id) as session:
        asset_id = session.scalars(select(Asset.id)).one()
    assert "เต็นท์" in head.get(f"/console/assets/{asset_id}").text

    case_id = ask(client, office)
    overview = head.get("/console/assets/").text
    assert "สมศรี ใจดี" in overview
    assert "3 จาก 3 หลัง" in overview
    assert f"/console/assets/requests/{case_id}" in head.get(f"/console/cases/{case_id}").text
    page = head.get(f"/console/assets/requests/{case_id}").text
    assert f'name="count_{asset_id}" value="2"' in page
    days = {"first": day(0), "last": day(2)}
    address = f"/console/assets/requests/{case_id}"
    looked = head.send(address, do="look", **days, **{f"count_{asset_id}": "4"})
    assert looked.status_code == 200
    too_many = head.send(address, do="approve", **days, **{f"count_{asset_id}": "4"})
    assert too_many.status_code == 422
    assert "ว่างในช่วงนี้ 3 หลัง" in too_many.text
    assert 'value="4"' in too_many.text
    assert head.send(address, do="approve", first="พรุ่งนี้เช้า", last=day(2)).status_code == 422
    assert login("khlang").send(address, do="approve", **days).status_code == 403
    assert head.send(address, do="approve", **days, **{f"count_{asset_id}": "2"}).status_code == 302

    officer = login("khlang")
    assert "สมศรี ใจดี" in officer.get("/console/assets/loans").text
    assert "1 จาก 3 หลัง" in officer.get("/console/assets/").text
    # Another unit sees neither who borrowed nor may it take things back.
    stranger = login("chang")
    assert "สมศรี" not in stranger.get("/console/assets/loans").text
    with office.read(view(office).id) as session:
        loan_id = session.scalars(select(Loan.id)).one()
    assert stranger.send(f"/console/assets/loans/{loan_id}/return", condition="good").status_code == 404
    assert login("khlanghead", "other").get(address).status_code == 404
    bad = officer.send(f"/console/assets/loans/{loan_id}/return", condition="damaged", returned_on=day(0), note="")
    assert bad.status_code == 422
    too_many = officer.send(
        f"/console/assets/loans/{loan_id}/return", condition="good", returned_on=day(0), quantity="๓"
    )
    assert too_many.status_code == 422
    assert 'value="๓"' in too_many.text
    back = {"returned_on": day(0), "quantity": "1"}
    assert officer.send(f"/console/assets/loans/{loan_id}/return", **back, condition="good").status_code == 302
    assert "จากที่ยืม 2" in officer.get("/console/assets/loans").text
    damaged = {**back, "condition": "damaged", "note": "ผ้าใบขาด"}
    assert officer.send(f"/console/assets/loans/{loan_id}/return", **damaged).status_code == 302
    assert "ไม่มีของที่ยืมอยู่" in officer.get("/console/assets/loans").text

    year = fiscal_year(bangkok_date(utc_now()))
    assert "หมู่บ้านหรือชุมชน" in officer.get("/console/assets/statistics").text
    book = openpyxl.load_workbook(io.BytesIO(officer.get(f"/console/assets/register.xlsx?fy={year}").data))
    assert [cell.value for cell in list(book.worksheets[0])[1]][1:4] == ["สมศรี ใจดี", "หมู่บ้านหรือชุมชน", "เต็นท์"]
    table = officer.get(f"/console/assets/statistics.csv?fy={year}").data.decode("utf-8-sig")
    assert "เต็นท์,หมู่บ้านหรือชุมชน,1,2,1,0,0,0,1,0,0,1" in table
    assert "ยังไม่มีการยืม" in officer.get(f"/console/assets/statistics?fy={year - 1}").text


def test_a_thing_that_was_not_fetched_is_free_again(office: Database, client: Browser, login: Any) -> None:
    head = login("khlanghead")
    head.send("/console/assets/new", **TENT, unit_id=str(unit_id(office)))
    case_id = ask(client, office)
    with office.read(view(office).id) as session:
        asset_id = session.scalars(select(Asset.id)).one()
    head.send(
        f"/console/assets/requests/{case_id}", do="approve", first=day(0), last=day(2), **{f"count_{asset_id}": "3"}
    )
    assert "0 จาก 3 หลัง" in head.get("/console/assets/").text
    with office.read(view(office).id) as session:
        loan_id = session.scalars(select(Loan.id)).one()
    assert head.send(f"/console/assets/loans/{loan_id}/cancel").status_code == 302
    assert "3 จาก 3 หลัง" in head.get("/console/assets/").text
    assert head.send(f"/console/assets/loans/{loan_id}/cancel").status_code == 422


@sqlite_only
def test_the_borrower_asks_on_the_web(office: Database, client: Browser, login: Any) -> None:
    head = login("khlanghead")
    head.send("/console/assets/new", **TENT, unit_id=str(unit_id(office)))
    page = client.get("/demo/forms/borrow").text
    sent = client.post("/demo/forms/borrow", data={**carried(page), **wanted()}).text
    with office.read(view(office).id) as session:
        number, case_id = session.execute(select(Case.number, Case.id).where(Case.kind == "request")).one()
        asset_id = session.scalars(select(Asset.id)).one()
    longer = f"/demo/status/{number}/longer"
    assert client.get(longer).status_code == 303  # not without the secret
    (secret,) = re.findall(r"\b[A-Z0-9]{4}-?[A-Z0-9]{4}\b", sent.replace(number, ""))[:1]
    token = {"csrf_token": hidden(client.get("/demo/status").text, "csrf_token")}
    opened = client.post("/demo/status", data={**token, "number": number, "secret": secret})
    assert opened.status_code == 303
    assert "ขอยืมต่อ" not in client.get(f"/demo/status/{number}").text  # nothing is lent yet
    head.send(
        f"/console/assets/requests/{case_id}", do="approve", first=day(0), last=day(2), **{f"count_{asset_id}": "2"}
    )
    assert longer in client.get(f"/demo/status/{number}").text
    page = client.get(longer).text
    typed = {**{name: hidden(page, name) for name in ("csrf_token", "once")}, "reason": "ฝนตก"}
    refused = client.post(longer, data={**typed, "until": day(1)})
    assert refused.status_code == 422
    assert "ต้องหลัง" in refused.text
    assert "ฝนตก" in refused.text
    for _ in range(2):  # pressed twice
        assert client.post(longer, data={**typed, "until": day(4)}).status_code == 303
    assert f"ขอคืน {day(4)} รอคำตอบค่ะ" in client.get(f"/demo/status/{number}").text
    assert "ฝนตก" in head.get(f"/console/assets/loans/{case_id}/longer").text
    with office.read(view(office).id) as session:
        assert [one.status for one in session.scalars(select(Loan)).one().extensions] == ["asked"]


@sqlite_only
def test_kept_longer(office: Database, client: Browser, login: Any) -> None:
    head = login("khlanghead")
    head.send("/console/assets/new", **TENT, unit_id=str(unit_id(office)))
    case_id, other = ask(client, office), ask(client, office)
    with office.read(view(office).id) as session:
        asset_id = session.scalars(select(Asset.id)).one()
    for request, first, last in ((case_id, 0, 2), (other, 6, 8)):
        address = f"/console/assets/requests/{request}"
        head.send(address, do="approve", first=day(first), last=day(last), **{f"count_{asset_id}": "2"})
    with office.read(view(office).id) as session:
        loan_id = session.scalars(select(Loan.id).where(Loan.case_id == case_id)).one()
    longer = f"/console/assets/loans/{case_id}/longer"
    officer = login("khlang")
    assert "ส่งให้ผู้อนุมัติ" in officer.get(longer).text
    assert officer.send(longer, do="extend", until=day(3), loan=str(loan_id)).status_code == 422
    assert officer.send(longer, do="ask", until=day(9), note="งานเลื่อน").status_code == 302
    assert login("chang").get(longer).status_code == 404
    assert f"ขอคืน {day(9)}" in head.get("/console/assets/loans").text
    assert longer in head.get("/console/assets/").text
    page = head.get(longer).text
    assert "งานเลื่อน" in page
    assert f"ยืมต่อได้ถึง {day(5)}" in page
    refused = head.send(longer, do="extend", until=day(9), loan=str(loan_id), note="ถึงวันเสาร์")
    assert refused.status_code == 422
    assert 'value="ถึงวันเสาร์"' in refused.text
    assert f'name="loan" value="{loan_id}" checked' in refused.text
    assert head.send(longer, do="extend", until=day(5), loan=str(loan_id)).status_code == 302
    history = head.get(f"/console/assets/requests/{case_id}").text
    assert f"ขอเลื่อนจาก {day(2)} เป็น {day(9)} (งานเลื่อน) · ให้ยืมต่อ ถึง {day(5)}" in history
    assert head.send(longer, do="refuse", note="ซ้ำ").status_code == 422
