"""Counting at the desk in the console, and what the transparency pages make of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from models.db import Database
from models.question import ServiceEntry
from models.walkin import WalkinCount
from tests.handlers.turns import view
from tests.web.conftest import Browser, Login

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 3, tzinfo=UTC), tick=True):
        yield


def ids(database: Database) -> dict[str, int]:
    with database.read(view(database).id) as session:
        return dict(session.execute(select(ServiceEntry.key, ServiceEntry.id)).all())


def unit_id(database: Database, name: str = "กองคลัง") -> int:
    return next(unit.id for unit in view(database).units.values() if unit.name == name)


def counted(database: Database) -> dict[str, int]:
    with database.read(view(database).id) as session:
        return dict(session.execute(select(WalkinCount.service, WalkinCount.count)).all())


def test_a_tap_counts_and_comes_back_to_its_line(database: Database, login: Login) -> None:
    desk, known, unit = login("khlang"), ids(database), unit_id(database)
    page = desk.get("/console/walkins/").text
    assert "ชำระภาษีที่ดินและสิ่งปลูกสร้าง" in page
    assert "ขออนุญาตก่อสร้าง" not in page, "another unit's"
    tapped = known["pay-land-tax"]
    for _ in range(3):
        answer = desk.send(f"/console/walkins/{unit}/tap", more=str(tapped))
        assert answer.status_code == 302
        assert answer.location == f"/console/walkins/?unit={unit}#s-{tapped}"
    desk.send(f"/console/walkins/{unit}/tap", fewer=str(tapped))
    desk.send(f"/console/walkins/{unit}/tap", fewer=str(known["pay-sign-tax"]))
    desk.send(f"/console/walkins/{unit}/tap", more="0")
    for _ in range(2):
        desk.get("/console/walkins/")  # loading it again counts nobody
    assert counted(database) == {"pay-land-tax": 2, "": 1}
    assert "3 คน" in desk.get("/console/walkins/").text


def test_nobody_counts_at_another_unit_or_what_it_does_not_do(database: Database, login: Login) -> None:
    desk, known, unit = login("khlang"), ids(database), unit_id(database)
    works = unit_id(database, "กองช่าง")
    assert desk.get(f"/console/walkins/?unit={works}").status_code == 404
    assert desk.send(f"/console/walkins/{works}/tap", more="0").status_code == 404
    assert desk.send(f"/console/walkins/{works}/tally", day=str(TODAY), **{"count-0": "5"}).status_code == 404
    for wrong in (str(known["construction-permit"]), "x", ""):
        assert desk.send(f"/console/walkins/{unit}/tap", more=wrong).status_code == 404
    assert counted(database) == {}
    assert login("palad").send(f"/console/walkins/{works}/tap", more="0").status_code == 302
    assert counted(database) == {"": 1}


def test_the_paper_tally_is_typed_in_and_kept_after_a_slip(database: Database, login: Login) -> None:
    desk, known, unit = login("khlang"), ids(database), unit_id(database)
    tally, land, sign = f"/console/walkins/{unit}/tally", known["pay-land-tax"], known["pay-sign-tax"]
    sent = {"day": str(TODAY), f"shown-{land}": "0", f"count-{land}": "๑๒", "shown-0": "0", "count-0": ""}
    refused = desk.send(tally, **sent, **{f"count-{sign}": "สอง"})
    assert refused.status_code == 422
    assert "กรุณากรอกจำนวนคน" in refused.text
    assert re.search(rf'id="count-{land}"[^>]*value="๑๒"', refused.text)
    assert re.search(rf'id="count-{sign}"[^>]*value="สอง"[^>]*aria-invalid', refused.text)
    assert counted(database) == {}
    for _ in range(2):  # a double press
        assert desk.send(tally, **sent, **{f"count-{sign}": "1,000"}).status_code == 302
    assert counted(database) == {"pay-land-tax": 12, "pay-sign-tax": 1000}
    assert re.search(rf'id="count-{land}"[^>]*value="12"', desk.get(f"{tally}?day={TODAY}").text)
    for wrong in ("2020-01-01", "2099-01-01", "x"):
        assert desk.get(f"{tally}?day={wrong}").status_code == 404
        assert desk.send(tally, day=wrong, **{"count-0": "5"}).status_code == 404


def test_everybody_sees_how_many_came(app: Flask, database: Database, login: Login, client: Browser) -> None:
    desk, known, unit = login("khlang"), ids(database), unit_id(database)
    typed = {"pay-land-tax": "12", "pay-sign-tax": "1", "commercial-registration": "5", "receipt-duplicate": "2"}
    sent = {f"count-{known[key]}": count for key, count in typed.items()}
    desk.send(f"/console/walkins/{unit}/tally", day=str(TODAY), **sent, **{"count-0": "7"})
    app.extensions.pop("transparency", None)

    def table(kind: str) -> dict[str, Any]:
        found = client.get(f"/demo/transparency/{kind}.json").get_json()
        assert isinstance(found, dict)
        return found

    monthly = table("services")
    assert monthly["columns"][4:] == ["มาที่สำนักงาน", "รวม"]
    assert monthly["total"][4:] == [27, 27]
    services = table("by_service")
    assert len(services["columns"]) == 14
    assert [row[:2] for row in services["rows"]] == [
        ["ชำระภาษีที่ดินและสิ่งปลูกสร้าง", 12], ["เรื่องอื่น ๆ", 7], ["จดทะเบียนพาณิชย์", 5], ["รายการอื่นรวมกัน", 3],
    ]  # fmt: skip
    month = 2 + (TODAY.month - 10) % 12
    assert [row[month] for row in services["rows"]] == [12, 7, 5, 3]
    assert services["total"][month] == services["total"][1] == 27
    assert "มาที่สำนักงาน" in client.get("/demo/transparency/services.csv").text
