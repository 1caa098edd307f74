"""A form's page in a real browser: fields come and go with the answers; without a script all are there with a hint."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from bot.app import create_app
from bot.settings import Settings
from handlers.people.agency_setup import add_demo
from handlers.services import exchange, operations
from models import Base
from models.db import Database
from models.form import FormDefinition, Request
from tests.axe import violations
from tests.handlers.services.forms import FIELDS, PIN, in_use, put_in_use
from tests.handlers.turns import say, view
from tests.web.conftest import TODAY

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Database, str]]:
    """The app, its database, and the address of the agency's pages."""
    folder = tmp_path_factory.mktemp("forms")
    database = Database(f"sqlite:///{folder / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        add_demo(session, "demo", TODAY)
    app = create_app(Settings(data=folder, secret_key="k" * 40), database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield app, database, f"http://127.0.0.1:{server.server_port}/demo"
    server.shutdown()
    database.close()


def publish(office: tuple[Flask, Database, str], *form: Any, **more: Any) -> int:
    """Put a form in use where the server sees it at once, not a second later; its id."""
    app, database, _ = office
    form_id, _ = put_in_use(database, *form, **more)
    app.extensions["sujarit"].agencies.refresh("demo")
    return form_id


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[390, 1440])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with browser.new_context(viewport={"width": request.param, "height": 900}) as context:
        yield context.new_page()


def test_fields_come_and_go_with_the_answers(office: tuple[Flask, Database, str], page: Page) -> None:
    *_, address = office
    publish(office)
    page.goto(f"{address}/forms/trees")
    trees, tools, road = (page.locator(f"#field-{name}-box") for name in ("trees", "tools", "crane_road"))
    for box in (trees, tools, road):
        expect(box).to_be_hidden()
    page.check("input[name=what][value=cut]")
    expect(trees).to_be_visible()
    expect(tools).to_be_hidden()
    page.fill("input[name=trees]", "๓")
    expect(tools).to_be_visible()
    page.check("input[name=tools][value=crane]")
    expect(road).to_be_visible()
    page.fill("input[name=trees]", "2")  # what hangs on a hidden field is hidden too
    expect(tools).to_be_hidden()
    expect(road).to_be_hidden()
    expect(page.locator("[data-hint]").first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_are_for_everybody_and_fit_the_screen(
    office: tuple[Flask, Database, str], browser: Browser, width: int
) -> None:
    *_, address = office
    everything = [
        *FIELDS,
        {"id": "unit", "type": "unit", "label": "ส่วนงาน", "required": False},
        {"id": "score", "type": "rating", "label": "พอใจแค่ไหน", "required": False},
        {"id": "mail", "type": "email", "label": "อีเมล", "required": False},
        {"id": "spot", "type": "location", "label": "จุดที่ขอ", "required": False, "help": "กดปุ่มเพื่อปักหมุด"},
        {"id": "pic", "type": "photo", "label": "รูปสถานที่", "required": False},
        {"id": "doc", "type": "file", "label": "สำเนาโฉนด", "required": False},
        {"id": "hi", "type": "explanation", "text": "ขั้นสุดท้าย"},
        {"id": "more", "type": "text", "label": "รายละเอียด", "longest": 2000, "required": False},
    ]
    publish(office, "all", everything, title="ทุกชนิดของช่อง")
    with browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True) as context:
        page = context.new_page()
        for path in ("/forms", "/forms/all"):
            page.goto(address + path)
            assert violations(page) == [], path
        page.check("input[name=what][value=cut]")
        page.fill("input[name=trees]", "5")
        page.get_by_role("button", name="ส่งคำขอ").click()  # much is missing
        expect(page.get_by_role("alert").first).to_contain_text("ที่กรอกไว้ยังอยู่ครบ")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_without_a_script_every_field_is_there_with_its_case(
    office: tuple[Flask, Database, str], browser: Browser
) -> None:
    *_, address = office
    publish(office)
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/forms/trees")
        expect(page.locator("#field-trees-box")).to_be_visible()
        expect(page.get_by_text("กรณี “ต้องการให้ทำอะไร” คือ ตัดต้นไม้")).to_be_visible()


def test_one_form_two_citizens_a_change_and_a_way_back(office: tuple[Flask, Database, str], browser: Browser) -> None:
    """In chat by one, in the browser by another, changed, rolled back: both stand in the table."""
    _, database, address = office
    form_id = publish(office, "both")
    number = max(version_numbers(database, form_id))
    for words in ("แบบฟอร์ม both", "ยินยอม", "ตัดต้นไม้", "2", "บุญมา", PIN, "ไม่มี", "หมู่ 5", "ไม่มี", "ยอมรับ", "ส่ง"):
        say(database, "demo", "U-boonma", words)
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/forms/both")
        page.check("input[name=what][value=insects]")
        for name, typed in (("name", "มานี"), ("pin", PIN), ("home", "9 หมู่ 2")):
            page.fill(f"input[name={name}]", typed)
        page.check("#field-agree")
        publish(office, "both", [one for one in FIELDS if one["id"] != "home"])  # changed meanwhile
        page.check("#field-consent")
        page.get_by_role("button", name="ส่งคำขอ").click()
        expect(page.locator("h1")).to_have_text("รับเรื่องแล้วค่ะ")
    in_use(database, form_id, number)
    with database.read(view(database).id) as session:
        form = session.get_one(FormDefinition, form_id)
        data = exchange.export_xlsx(session, view(database), form)
        assert len(session.scalars(select(Request)).all()) == 2
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    header, *rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(one["ชื่อ-สกุล"], one["ที่อยู่"], one["จำนวนต้น"], one["ช่องทาง"]) for one in told] == [
        ("บุญมา", "หมู่ 5", "2", "LINE"),
        ("มานี", "9 หมู่ 2", "", "เว็บไซต์"),
    ]


def version_numbers(database: Database, form_id: int) -> list[int]:
    with database.read(view(database).id) as session:
        form = session.get_one(FormDefinition, form_id)
        return [version.number for version in operations.versions(session, form)]
