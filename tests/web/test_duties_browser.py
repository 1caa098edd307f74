"""The pages of duties in a real browser, narrow and wide: nothing overflows, everything can be tapped, no script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import evidence
from handlers.agencies import AgencyView
from handlers.duties import moves, operations
from handlers.evidence import EvidenceDetails
from models.agency import Staff
from models.base import utc_now
from models.duty import Duty
from tests.web.served import chromium, in_browser, served, sign_in

pytestmark = in_browser
LONG = "https://www.example.go.th/ข่าวประชาสัมพันธ์/2569/สรุปผลการจัดซื้อจัดจ้างประจำเดือนตุลาคมพุทธศักราช2569ฉบับสมบูรณ์.pdf"
MEASURE = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  bar: [...document.querySelectorAll(".bottom > *")].filter(e => e.offsetParent &&
    e.getBoundingClientRect().right > innerWidth + 1).length,
  low: [...document.querySelectorAll("main button, main .btn, main select, main .chip, main summary")]
    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 80)),
})"""


def _prepare(session: Session, agency: AgencyView) -> tuple[int, int]:
    """A duty with much evidence, and ปลัด's measures pack; their ids."""
    now = utc_now()
    people = {person.username: person for person in session.scalars(select(Staff))}
    duty = session.scalars(select(Duty).where(Duty.unit_id == people["khlang"].unit_id)).first()
    assert duty is not None
    evidence.add_evidence(session, duty, EvidenceDetails("url", url=LONG), people["khlang"], now)
    operations.record_progress(session, agency, duty, people["khlang"], "ก" * 300, now)
    operations.submit(session, agency, duty, people["khlang"], now)
    return duty.id, moves.give_pack(session, agency, people["palad"], "joined", "cli", now).id


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int, int]]:
    """(address, a duty with much evidence, ปลัด's measures pack)."""
    with served(tmp_path_factory.mktemp("duties"), _prepare) as (address, ids):
        yield address, *ids


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_overflows_and_everything_can_be_tapped(
    house: tuple[str, int, int], browser: Browser, width: int
) -> None:
    address, duty, pack = house
    context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    sign_in(page, address, "palad")
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
    sign_in(page, address, "palad")
    page.click(".bottom a:has-text('งานตามกำหนด')")
    page.click(".chip:has-text('รอตรวจรับ')")
    page.click(f"a[href='/console/duties/{duty}']")
    page.click("button:has-text('ตรวจรับ ปิดงาน')")
    assert "ตรวจรับแล้ว งานนี้เสร็จสมบูรณ์" in page.inner_text("main")
    context.close()
