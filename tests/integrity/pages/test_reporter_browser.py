"""The desk in a real browser with JavaScript off, on a screen of 320 px, and on paper."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from integrity import casework
from integrity.config import Config
from integrity.database import Database
from integrity.pages.app import create_app
from integrity.tables import Officer, Report
from tests.integrity.conftest import NOW, KnownDesk
from tests.integrity.pages.visitor import BASE, STORY

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=30_000)  # a busy machine
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
# The smallest type in use, what is wider than the screen, what is hard to tap, fields without a name.
MEASURE = """() => {
  const shown = [...document.querySelectorAll("body *")].filter(e => e.offsetParent && !e.matches(".skip"));
  const texts = shown.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  const fields = shown.filter(e => e.matches("input, textarea, select"));
  return {
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    type: Math.min(...texts.map(e => parseFloat(getComputedStyle(e).fontSize))),
    low: shown.filter(e => e.matches("button, .button, summary, label.choice, input:not([type=checkbox])")
      && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80)),
    nameless: fields.filter(e => !e.labels.length).map(e => e.outerHTML.slice(0, 80)),
    headings: document.querySelectorAll("h1").length,
  };
}"""


@pytest.fixture
def app(config: Config, desk_database: Database, desk: KnownDesk) -> Flask:
    app = create_app(config, desk_database)
    app.extensions["integrity"].clock = lambda: NOW
    return app


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{BASE}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(params=[320, 1280])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """JavaScript off; fails when anything is asked of another host or a cookie is there at the end."""
    # evaluate() works with JavaScript off: it is the debugger's, not the page's.
    context = browser.new_context(java_script_enabled=False, viewport={"width": request.param, "height": 720})
    page = context.new_page()
    strangers: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((address, "data:")) else strangers.append(r.url))
    yield page
    assert strangers == []
    assert context.cookies() == []
    context.close()


def look(page: Page, name: str, folder: Path) -> None:
    """Fits, can be read, can be tapped; with LOOK in the environment a picture below --basetemp."""
    page.wait_for_load_state()
    found = page.evaluate(MEASURE)
    assert found["wide"] <= 0, name
    assert found["type"] >= 17, name
    assert found["low"] == [], name
    assert found["nameless"] == [], name
    assert found["headings"] == 1, name
    if os.environ.get("LOOK"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


def test_from_the_first_page_to_the_answer(
    page: Page, address: str, desk_database: Database, desk: KnownDesk, config: Config, tmp_path: Path
) -> None:
    Image.new("RGB", (80, 60), "navy").save(tmp_path / "ใบเสร็จ.jpg", quality=80)
    page.goto(address + "/")
    look(page, "landing", tmp_path)
    page.get_by_role("link", name="เริ่มแจ้งเรื่อง").click()
    look(page, "story", tmp_path)
    page.fill("#q_who", "นายกและช่าง")
    page.evaluate("document.querySelector('form').noValidate = true")
    page.get_by_role("button", name="ต่อไป").click()
    expect(page.locator("#q_what-problem")).to_be_visible()
    look(page, "story-problem", tmp_path)
    page.fill("#q_what", STORY)
    page.get_by_role("button", name="ต่อไป").click()
    look(page, "people", tmp_path)
    page.get_by_label("มาลี ใจตรง").check()
    page.get_by_text("ฉันต้องการบอกชื่อหรือที่ติดต่อ").click()
    look(page, "identity", tmp_path)
    page.get_by_role("button", name="ต่อไป").click()
    look(page, "send", tmp_path)
    expect(page.get_by_text("นายกและช่าง")).to_be_visible()
    page.set_input_files("#files", tmp_path / "ใบเสร็จ.jpg")
    page.get_by_role("button", name="ส่งเรื่อง").click()
    expect(page.get_by_role("heading", name="รับเรื่องแล้วค่ะ")).to_be_visible()
    expect(page.get_by_text("ใบเสร็จ.jpg")).to_be_visible()
    look(page, "receipt", tmp_path)
    groups = page.locator(".receipt li").all_inner_texts()
    assert len(groups) == 5
    page.fill("#last-group", groups[-1])
    page.get_by_role("button", name="ตรวจว่าจดถูก").click()
    look(page, "kept", tmp_path)

    with desk_database.writing() as session:
        known = desk.officers[1]
        row, report_id = session.get_one(Officer, known.id), session.scalars(select(Report.id)).one()
        view = casework.open_report(session, config, row, known.private, report_id, NOW)
        casework.reply(session, view, "ขอบคุณค่ะ มีสัญญาเลขที่เท่าไรคะ", NOW)

    page.get_by_role("link", name="ไปหน้าติดตามเรื่อง").click()
    look(page, "ask-receipt", tmp_path)
    page.fill("#receipt", "  ".join(groups))
    page.get_by_role("button", name="เปิดอ่าน").click()
    expect(page.get_by_text("มีสัญญาเลขที่เท่าไรคะ")).to_be_visible()
    look(page, "follow", tmp_path)
    page.fill("#text", "เลขที่ 5/2570 ค่ะ")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    look(page, "done", tmp_path)
    page.get_by_role("button", name="กลับไปที่เรื่อง").click()
    expect(page.get_by_text("เลขที่ 5/2570 ค่ะ")).to_be_visible()
    page.get_by_text("ถอนเรื่อง", exact=True).click()
    page.get_by_role("button", name="ขอถอนเรื่อง").click()
    look(page, "withdraw", tmp_path)
    assert "".join(groups) not in page.url


def test_the_other_pages_fit(page: Page, address: str, tmp_path: Path) -> None:
    for name in ("limits", "statistics", "poster", "claim/abc", "nothing"):
        page.goto(f"{address}/{name}")
        look(page, name.replace("/", "-"), tmp_path)


def test_in_a_flood_a_browser_with_scripts_works_by_itself(app: Flask, browser: Browser, address: str) -> None:
    """Without scripts the sum is on the page; see test_reporter.py."""
    page = browser.new_page()
    page.goto(f"{address}/report")
    page.fill("#q_what", STORY)
    page.get_by_role("button", name="ต่อไป").click()
    page.get_by_role("button", name="ต่อไป").click()
    app.extensions["integrity"].door.calm = 0
    page.get_by_role("button", name="ส่งเรื่อง").click()
    expect(page.get_by_role("heading", name="รับเรื่องแล้วค่ะ")).to_be_visible(timeout=60_000)
    page.close()


def test_paper(browser: Browser, address: str, tmp_path: Path) -> None:
    """One sheet for the poster, and its code leads to the desk, out of LINE."""
    page = browser.new_page()
    page.goto(f"{address}/poster")
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))) == 1
    page.screenshot(path=tmp_path / "poster.png", full_page=True)
    codes = zxingcpp.read_barcodes(Image.open(tmp_path / "poster.png"))
    assert [code.text for code in codes] == ["https://obt.example/obt/integrity/?openExternalBrowser=1"]
    page.close()
