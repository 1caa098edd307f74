"""The officers' pages in a real browser with JavaScript off, on a telephone and on a desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from integrity import invitations, officers
from integrity.invitations import Invitation
from integrity.tables import AuditRow
from tests.integrity.pages.desk import AT, FILE, World
from tests.integrity.pages.test_reporter_browser import CHROMIUM, browser  # noqa: F401

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
# What is wider than the screen, the smallest type, what is hard to tap, fields without a name, doubled ids.
MEASURE = """() => {
  const shown = [...document.querySelectorAll("body *")].filter(e => e.offsetParent && !e.matches(".skip"));
  const texts = shown.filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
  const FIELD = "textarea, input:not([type=checkbox], [type=radio], [type=hidden])";
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  return {
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    small: [...texts, ...shown.filter(e => e.matches(FIELD))].some(e => parseFloat(getComputedStyle(e).fontSize) < 16),
    low: shown.filter(e => e.matches(FIELD + ", button, .button, .tap, summary, label.choice, .office-nav a, .cards a")
      && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80)),
    nameless: [...document.querySelectorAll("input:not([type=hidden]), textarea")]
      .filter(e => !e.labels.length && !e.ariaLabel).map(e => e.outerHTML.slice(0, 80)),
    doubled: ids.filter((id, at) => ids.indexOf(id) !== at),
    headings: document.querySelectorAll("h1").length,
  };
}"""
GOOD = {"wide": False, "small": False, "low": [], "nameless": [], "doubled": [], "headings": 1}


@pytest.fixture
def root(world: World) -> Iterator[str]:
    server = make_server("localhost", 0, world.app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


@pytest.fixture(params=[390, 1280])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": request.param, "height": 800}, accept_downloads=True
    )
    yield context.new_page()
    context.close()


def log_in(page: Page, root: str, world: World, name: str) -> None:
    world.later(seconds=30)
    person = world.people[name]
    page.goto(f"{root}{AT}/log-in")
    page.get_by_label("ชื่อผู้ใช้").fill(name)
    page.get_by_label("วลีรหัสผ่าน").fill(person.passphrase)
    page.get_by_label("รหัส 6 หลักจากโทรศัพท์").fill(person.code(world.moment))
    page.get_by_role("button", name="เข้าสู่ระบบ").click()


def measured(page: Page) -> object:
    page.wait_for_load_state()
    return page.evaluate(MEASURE)


def test_every_page_fits_and_can_be_used(world: World, root: str, page: Page) -> None:
    _, report_id = world.tell(files=[FILE], identity={"name": "สมหญิง"})
    page.goto(f"{root}{AT}/")
    assert measured(page) == GOOD
    log_in(page, root, world, "malee")
    assert page.get_by_role("heading", level=1).inner_text() == "เรื่องที่รับ"
    nit = world.people["nit"].id
    for where in (
        "",
        f"reports/{report_id}",
        "people",
        f"people/{nit}",
        "audit",
        "account",
        "settings",
        "reports/none",
        "recover",
    ):
        page.goto(f"{root}{AT}/{where}")
        assert measured(page) == GOOD, where
    assert page.context.cookies()[0]["path"] == AT


def test_a_day_at_the_desk(world: World, root: str, page: Page) -> None:
    receipt, report_id = world.tell(files=[FILE])
    log_in(page, root, world, "malee")
    page.get_by_role("link", name=f"เรื่อง {report_id[:8].upper()}").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="ใบเสร็จ.pdf").click()
    assert download.value.suggested_filename == "ใบเสร็จ.pdf"
    page.get_by_label("ข้อความถึงผู้แจ้ง").fill("มีพยานหรือไม่")
    page.get_by_role("button", name="ส่งถึงผู้แจ้ง").click()
    assert page.get_by_role("status").inner_text() == "ส่งข้อความถึงผู้แจ้งแล้ว"
    page.get_by_text("เปลี่ยนสถานะ").first.click()
    page.get_by_label("สอบสวน", exact=True).check()
    page.get_by_role("button", name="เปลี่ยนสถานะ").click()
    assert world.follow(receipt).status == "investigating"
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.goto(f"{root}{AT}/reports/{report_id}")
    assert page.get_by_role("heading", level=1).inner_text() == "เข้าสู่ระบบ"


def test_the_first_set_up_is_asked_for_once_and_prints_the_recovery_code_alone(
    world: World, root: str, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.database.reading() as session:
        asked = Invitation("dao", "ดารา รักดี", "นักวิชาการ", "officer", None)
        address = invitations.address(session, world.config, world.desk(session), asked)
    page.goto(address.replace("https://obt.example", root))
    assert measured(page) == GOOD
    for label in ("วลีรหัสผ่านใหม่", "พิมพ์วลีรหัสผ่านใหม่อีกครั้ง"):
        page.get_by_label(label, exact=True).fill("ตลาด นาฬิกา กระดาษ ลำธาร ดอกไม้")
    appoint, begun, go_on = officers.appoint, threading.Event(), threading.Event()

    def slowly(*args: Any, **kwargs: Any) -> Any:
        """As slow as a derivation is on a busy machine: until the second click was made."""
        begun.set()
        assert go_on.wait(60)
        return appoint(*args, **kwargs)

    monkeypatch.setattr(officers, "appoint", slowly)
    page.get_by_role("button", name="สร้างกุญแจ").scroll_into_view_if_needed()
    button = page.get_by_role("button", name="สร้างกุญแจ").bounding_box()
    assert button is not None
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.mouse.click(button["x"] + 20, button["y"] + 20)
    assert begun.wait(60)
    page.mouse.click(button["x"] + 20, button["y"] + 20)
    go_on.set()
    page.get_by_role("img").wait_for()
    assert measured(page) == GOOD
    with world.database.reading() as session:
        papers = session.scalars(select(AuditRow).where(AuditRow.action == "paper.replaced")).all()
    assert (sent, papers) == (["POST"], []), "the second click asked for nothing"
    assert page.get_by_role("img").evaluate("image => image.naturalWidth") > 0
    page.emulate_media(media="print")
    assert page.get_by_text("รหัสกู้คืนของ dao").is_visible()
    assert not page.get_by_role("img").is_visible(), "the telephone's secret has no place on the same paper"
