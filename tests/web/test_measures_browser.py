"""The pages of measures, scores, O-items and registers in a real browser, narrow and wide, and an import on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import evidence
from handlers.agencies import AgencyView
from handlers.evidence import EvidenceDetails
from handlers.measures import elements
from models.agency import Staff
from models.base import utc_now
from models.measure import Measure
from tests.handlers.measures.shapes import SHAPES, as_docx
from tests.web.served import chromium, in_browser, served, sign_in

pytestmark = in_browser
LONG = "https://www.example.go.th/ข่าวประชาสัมพันธ์/2569/สรุปผลการจัดซื้อจัดจ้างประจำเดือนตุลาคมพุทธศักราช2569ฉบับสมบูรณ์.pdf"
MEASURE = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  low: [...document.querySelectorAll("main button, main .btn, main select, main .chip, main summary")]
    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 80)),
  nameless: [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")]
    .filter(e => !e.labels.length).map(e => e.outerHTML.slice(0, 80)),
  twice: [...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i),
})"""


def _prepare(session: Session, agency: AgencyView) -> int:
    """A measure with a long link; its id."""
    admin = session.scalars(select(Staff).where(Staff.username == "admin")).one()
    measure = session.scalars(select(Measure).order_by(Measure.id.desc())).first()
    assert measure is not None
    evidence.add_evidence(session, measure, EvidenceDetails("url", url=LONG), admin, utc_now())
    elements.load_elements(session, agency, 2566)
    return measure.id


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """(address, a measure with a long link)."""
    with served(tmp_path_factory.mktemp("measures"), _prepare) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_overflows_and_everything_can_be_tapped_and_named(
    house: tuple[str, int], browser: Browser, width: int
) -> None:
    address, measure = house
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    sign_in(page, address, "palad")
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
    sign_in(page, address, "palad")
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
