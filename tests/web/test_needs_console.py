"""The ranking of needs in the console, from answers given on the web."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from flask import Flask
from sqlalchemy import select

from handlers.services import starter
from models.agency import Staff
from models.base import utc_now
from models.db import Database
from tests.handlers.turns import view
from tests.web.conftest import Browser
from tests.web.test_forms_public import carried


def test_ranked_and_downloaded(app: Flask, client: Browser, login: Any, database: Database) -> None:
    palad = login("palad")
    assert "ยังไม่มีผู้เสนอ" in palad.get("/console/forms/needs").text
    agency = view(database)
    with database.write(agency.id) as session:
        admin = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        starter.publish_packs(session, agency, admin, utc_now())
    app.extensions["sujarit"].agencies.refresh("demo")
    for moo, wish in ((5, "ถนนซอยหลังวัด"), (5, "=HYPERLINK(1)")):
        page = client.get("/demo/forms/needs").text
        typed = {"moo": str(moo), "topic": "road", "wish": wish, "need": "4", "consent": "yes"}
        assert client.post("/demo/forms/needs", data={**carried(page), **typed}).status_code == 200
    assert "/console/forms/needs" in palad.get("/console/forms/").text
    shown = palad.get("/console/forms/needs").text
    assert "หมู่ 5" in shown
    assert "ถนนซอยหลังวัด" in shown
    assert "8 คะแนน" in shown
    rows = list(openpyxl.load_workbook(io.BytesIO(palad.get("/console/forms/needs.xlsx").data)).worksheets[0].values)
    assert rows[1][:5] == ("5", "1", "ถนนและสะพาน", "2", "8")
    assert "ถนนซอยหลังวัด" in palad.get("/console/forms/needs.csv").data.decode("utf-8-sig")
    assert login("khlang").get("/console/forms/needs").status_code == 404  # another unit's form


def test_the_years_satisfaction(app: Flask, client: Browser, login: Any, database: Database) -> None:
    agency = view(database)
    with database.write(agency.id) as session:
        admin = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        starter.publish_packs(session, agency, admin, utc_now())
    app.extensions["sujarit"].agencies.refresh("demo")
    palad = login("palad")
    assert "ยังไม่มีผู้ตอบ" in palad.get("/console/forms/satisfaction").text
    unit_id = next(unit.id for unit in agency.units.values() if unit.name == "กองช่าง")
    for number in range(5):
        page = client.get(f"/demo/forms/satisfaction?unit={unit_id}").text
        typed = {"unit": str(unit_id), "suggestion": f"ขอที่จอดรถ {number}",
                 **dict.fromkeys(("manner", "steps", "fair", "place", "overall"), "4")}  # fmt: skip
        assert client.post("/demo/forms/satisfaction", data={**carried(page), **typed}).status_code == 200
    assert "/console/forms/satisfaction" in palad.get("/console/forms/").text
    shown = palad.get("/console/forms/satisfaction").text
    assert "กองช่าง" in shown
    assert "4.00" in shown
    assert "ขอที่จอดรถ 3" in shown
    assert "ข้อเสนอแนะ,กองช่าง: ขอที่จอดรถ 3" in palad.get("/console/forms/satisfaction.csv").data.decode("utf-8-sig")
    assert palad.get("/console/forms/satisfaction.xlsx").data.startswith(b"PK")
