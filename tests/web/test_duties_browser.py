"""The pages of duties in a real browser, narrow and wide: nothing overflows, everything can be tapped, no script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from bot.app import create_app
from bot.settings import Settings
from handlers import evidence
from handlers.agencies import Agencies
from handlers.duties import moves, operations
from handlers.evidence import EvidenceDetails
from handlers.people.agency_setup import DEMO_PASSWORD, add_demo
from models import Base
from models.agency import Staff
from models.base import utc_now
from models.db import Database
from models.duty import Duty
from thai.dates import bangkok_date

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
LONG = "https://www.example.go.th/ข่าวประชาสัมพันธ์/2569/สรุปผลการจัดซื้อจัดจ้างประจำเดือนตุลาคมพุทธศักราช2569ฉบับสมบูรณ์.pdf"
MEASURE = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  bar: [...document.querySelectorAll(".bottom > *")].filter(e => e.offsetParent &&
    e.getBoundingClientRect().right > innerWidth + 1).length,
  low: [...document.querySelectorAll("main button, main .btn, main select, main .chip, main summary")]
    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 80)),
})"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int, int]]:
    """(address, a duty with much evidence, ปลัด's measures pack)."""
    folder = tmp_path_factory.mktemp("duties")
    database = Database(f"sqlite:///{folder / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    now = utc_now()
    with database.write() as session:
        add_demo(session, "demo", bangkok_date(now))
    agency = Agencies(database, "http://localhost").get("demo")
    assert agency is not None
    with database.write(agency.id) as session:
        people = {person.username: person for person in session.scalars(select(Staff))}
        duty = session.scalars(select(Duty).where(Duty.unit_id == people["khlang"].unit_id)).first()
        assert duty is not None
        evidence.add_evidence(session, duty, EvidenceDetails("url", url=LONG), people["khlang"], now)
        operations.record_progress(session, agency, duty, people["khlang"], "ก" * 300, now)
        operations.submit(session, agency, duty, people["khlang"], now)
        pack = moves.give_pack(session, agency, people["palad"], "joined", "cli", now)
        ids = duty.id, pack.id
    app = create_app(Settings(data=folder, secret_key="k" * 40, public_url="http://localhost"), database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}", *ids
    server.shutdown()
    thread.join()
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/console/login")
    page.fill("[name=username]", "palad")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main button")
    page.wait_for_url("**/console/**")


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_overflows_and_everything_can_be_tapped(
    house: tuple[str, int, int], browser: Browser, width: int
) -> None:
    address, duty, pack = house
    context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    _sign_in(page, address)
    for path in ("", str(duty), "rules", "rules/1", "rules/new", "year", "people", "new", f"pack/{pack}", "?when=all"):
        page.goto(f"{address}/console/duties/{path}")
        for details in page.locator("main details").all():
            details.evaluate("details => details.open = true")
        found = page.evaluate(MEASURE)
        assert found["wide"] <= 0, (path, found)
        assert found["bar"] == 0, (path, found)
        assert found["low"] == [], (path, found)
    assert errors == []
    context.close()


def test_a_clerk_closes_a_duty_on_a_phone_without_javascript(house: tuple[str, int, int], browser: Browser) -> None:
    address, duty, _ = house
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, address)
    page.click(".bottom a:has-text('งานตามกำหนด')")
    page.click(".chip:has-text('รอตรวจรับ')")
    page.click(f"a[href='/console/duties/{duty}']")
    page.click("button:has-text('ตรวจรับ ปิดงาน')")
    assert "ตรวจรับแล้ว งานนี้เสร็จสมบูรณ์" in page.inner_text("main")
    context.close()
