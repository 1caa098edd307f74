"""The pages of measures, scores, O-items and registers in a real browser, narrow and wide, and an import on a phone."""

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
from handlers.evidence import EvidenceDetails
from handlers.measures import elements
from handlers.people.agency_setup import DEMO_PASSWORD, add_demo
from models import Base
from models.agency import Staff
from models.base import utc_now
from models.db import Database
from models.measure import Measure
from tests.handlers.measures.shapes import SHAPES, as_docx
from thai.dates import bangkok_date

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
LONG = "https://www.example.go.th/ข่าวประชาสัมพันธ์/2569/สรุปผลการจัดซื้อจัดจ้างประจำเดือนตุลาคมพุทธศักราช2569ฉบับสมบูรณ์.pdf"
MEASURE = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  low: [...document.querySelectorAll("main button, main .btn, main select, main .chip, main summary")]
    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 80)),
  nameless: [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")]
    .filter(e => !e.labels.length).map(e => e.outerHTML.slice(0, 80)),
  twice: [...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i),
})"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """(address, a measure with a long link)."""
    folder = tmp_path_factory.mktemp("measures")
    database = Database(f"sqlite:///{folder / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    now = utc_now()
    with database.write() as session:
        add_demo(session, "demo", bangkok_date(now))
    agency = Agencies(database, "http://localhost").get("demo")
    assert agency is not None
    with database.write(agency.id) as session:
        people = {person.username: person for person in session.scalars(select(Staff))}
        measure = session.scalars(select(Measure).order_by(Measure.id.desc())).first()
        assert measure is not None
        evidence.add_evidence(session, measure, EvidenceDetails("url", url=LONG), people["admin"], now)
        elements.load_elements(session, agency, 2566)
        measure_id = measure.id
    app = create_app(Settings(data=folder, secret_key="k" * 40, public_url="http://localhost"), database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}", measure_id
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
def test_nothing_overflows_and_everything_can_be_tapped_and_named(
    house: tuple[str, int], browser: Browser, width: int
) -> None:
    address, measure = house
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    _sign_in(page, address)
    for path in (
        "measures/",
        f"measures/{measure}",
        f"measures/{measure}/edit",
        "measures/new",
        "measures/import",
        "measures/copy",
        "measures/weak",
        "ita/scores",
        "ita/elements?fy=2566",
        "ita/elements/item?fy=2566&code=O26",
        "registers/",
        "registers/channels/",
        "registers/procurement/",
        "registers/procurement/new",
        "registers/gifts/import",
        "registers/1",
    ):
        page.goto(f"{address}/console/{path}")
        for details in page.locator("main details").all():
            details.evaluate("details => details.open = true")
        found = page.evaluate(MEASURE)
        assert found.pop("wide") <= 0, path
        assert found == {"low": [], "nameless": [], "twice": []}, (path, found)
    assert errors == []
    context.close()


def test_a_clerk_imports_a_report_on_a_phone_without_javascript(
    house: tuple[str, int], browser: Browser, tmp_path: Path
) -> None:
    address, _ = house
    report = tmp_path / "รายงาน.docx"
    report.write_bytes(as_docx(*SHAPES.values()))
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, address)
    page.click(".bottom summary")
    page.click(".more a:has-text('มาตรการ')")
    page.click(".chip:has-text('นำเข้าจากรายงานเดิม')")
    page.set_input_files("#file", report)
    page.select_option("#fiscal_year", "2566")
    page.click("button:has-text('ตรวจไฟล์')")
    assert "อ่านได้ 11 มาตรการ" in page.inner_text("main")
    page.click("button:has-text('นำเข้า 11 มาตรการ')")
    assert "นำเข้าแล้ว 11 มาตรการ" in page.inner_text("main")
    assert "เพิ่มการเผยแพร่ผลงานของทุกกอง" in page.inner_text("main")
    context.close()
