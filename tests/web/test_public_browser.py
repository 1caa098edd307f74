"""The public pages in a real browser: narrow and wide, with and without JavaScript, on paper."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from bot.app import create_app
from bot.settings import Settings
from handlers.people.agency_setup import add_demo
from models import Base
from models.db import Database
from models.thread import Attachment
from tests.web.conftest import TODAY
from tests.web.public_forms import COMPLAINT, cases, known

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
PAGES = (
    "/", "/complain", "/status", "/ask", "/ask?q=ไฟไหม้บ้าน", "/ask?q=ทำไมดวงจันทร์กลม", "/services", "/services/1",
    "/ask/officer", "/contact", "/privacy", "/guide", "/nothing",
)  # fmt: skip
# The smallest type in use, and what is wider than the screen or hard to tap.
MEASURE = """() => {
  const shown = [...document.querySelectorAll("body *")].filter(e => e.offsetParent && !e.closest(".trap, .skip"));
  const texts = shown.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  return {
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    type: Math.min(...texts.map(e => parseFloat(getComputedStyle(e).fontSize))),
    low: shown.filter(e => e.matches("button, .btn, .tile, select, input:not([type=checkbox], [type=radio])")
      && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80)),
    family: getComputedStyle(document.body).fontFamily,
  };
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("public")
    database = Database(f"sqlite:///{folder / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        add_demo(session, "demo", TODAY)
    yield create_app(Settings(data=folder, secret_key="k" * 40), database)
    database.close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/demo"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def fill_in(page: Page, address: str) -> None:
    page.goto(f"{address}/complain")
    page.fill("#field-detail", COMPLAINT["detail"])
    page.select_option("#field-category", COMPLAINT["category"])
    page.check("#field-consent")


def send(page: Page) -> None:
    page.get_by_role("button", name="ส่งเรื่อง").last.click()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_page_fits_and_can_be_read_and_tapped(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    strangers: list[str] = []
    page.on(
        "request", lambda r: None if r.url.startswith((address[:-5], "data:", "blob:")) else strangers.append(r.url)
    )
    for path in PAGES:
        page.goto(address + path)
        found = page.evaluate(MEASURE)
        assert found["wide"] <= 0, path
        assert found["type"] >= 17, path
        assert found["low"] == [], path
        assert found["family"].startswith("Sarabun")
    assert strangers == []
    page.close()


def test_the_form_works_without_javascript(app: Flask, browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    fill_in(page, address)
    page.fill("#field-place", "หมู่ 7 ข้างโรงเรียน")
    page.fill("#field-phone", "12")
    send(page)
    expect(page.locator("#field-phone-error")).to_be_visible()
    expect(page.locator("#field-detail")).to_have_value(COMPLAINT["detail"])
    page.fill("#field-phone", "")
    send(page)
    expect(page.get_by_role("heading", name="รับเรื่องแล้วค่ะ")).to_be_visible()
    assert cases(app)[-1].moo == 7
    context.close()


def test_helps_of_the_script(app: Flask, browser: Browser, address: str, tmp_path: Path) -> None:
    """My position, a photo made smaller, the field about staff, one press only."""
    Image.effect_noise((4000, 3000), 90).convert("RGB").save(tmp_path / "large.jpg", quality=90)
    assert (tmp_path / "large.jpg").stat().st_size > 4_000_000
    context = browser.new_context(
        geolocation={"latitude": 12.57, "longitude": 99.96},
        permissions=["geolocation"],
        viewport={"width": 390, "height": 800},
    )
    page = context.new_page()
    fill_in(page, address)
    expect(page.locator("#field-accused_unit")).to_be_hidden()
    page.select_option("#field-category", "conduct")
    expect(page.locator("#field-accused_unit")).to_be_visible()
    page.select_option("#field-category", "road")
    page.get_by_role("button", name="ใช้ตำแหน่งของฉัน").click()
    expect(page.locator(".pin [role=status]")).to_have_text(re.compile("ได้ตำแหน่งแล้ว"))
    page.set_input_files("#field-photos", tmp_path / "large.jpg")
    expect(page.locator("[data-photo-note]")).to_have_text("เลือกแล้ว 1 รูป", timeout=20_000)
    sent = page.evaluate("document.querySelector('#field-photos').files[0].size")
    assert sent < (tmp_path / "large.jpg").stat().st_size / 2
    button = page.get_by_role("button", name="ส่งเรื่อง").last
    button.dblclick()
    expect(page.get_by_role("heading", name="รับเรื่องแล้วค่ะ")).to_be_visible()
    case = cases(app)[-1]
    assert (case.latitude, case.longitude) == (12.57, 99.96)
    assert len([c for c in cases(app) if c.latitude]) == 1
    with known(app).database.read(case.agency_id) as session:
        assert session.scalars(select(Attachment).where(Attachment.case_id == case.id)).one().status == "stored"
    context.close()


def test_paper_takes_one_sheet(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/guide")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
    page.close()
