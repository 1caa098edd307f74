"""A form with branching built on a phone, answered in chat by one citizen and on the web by another, changed and rolled
back; and the builder without a script."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from werkzeug.serving import make_server

from bot.app import create_app
from bot.settings import Settings
from handlers.people.agency_setup import DEMO_PASSWORD, add_demo
from models import Base
from models.db import Database
from tests import axe
from tests.handlers.turns import choice, say, tap, words
from tests.web.conftest import TODAY

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, str]]:
    """The database and the address of the whole app."""
    folder = tmp_path_factory.mktemp("builder")
    database = Database(f"sqlite:///{folder / 'test.sqlite3'}")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        add_demo(session, "demo", TODAY)
    app = create_app(Settings(data=folder, secret_key="k" * 40), database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield database, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/console/login")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.locator("main form button").click()


def new_form(page: Page, address: str, key: str) -> None:
    page.goto(f"{address}/console/forms/")
    page.get_by_role("link", name="สร้างแบบฟอร์ม").click()
    page.fill("[name=title]", f"ขอยืมของ {key}")
    page.fill("[name=key]", key)
    page.get_by_role("button", name="สร้างและใส่คำถาม").click()


def settled(page: Page) -> None:
    """Everything that was typed has been stored."""
    expect(page.locator("[data-builder]:not([aria-busy])")).to_be_visible()


def add(page: Page, kind: str, label: str) -> None:
    page.locator(f"button[value='add:{kind}']").click()
    settled(page)
    page.fill("#f_label", label)


def done(page: Page) -> None:
    page.get_by_role("button", name="เสร็จแล้ว").click()
    settled(page)


def build(page: Page) -> None:
    """What? (a tent or a table); how many tents, for who wants a tent; the name."""
    add(page, "choice", "ต้องการยืมอะไร")
    for at, option in enumerate(("เต็นท์", "โต๊ะ")):
        page.locator("[name=f_option]").nth(at).fill(option)
    add(page, "number", "จำนวนหลัง")
    page.get_by_text("ถามเฉพาะเมื่อ…").click()
    page.get_by_label("เต็นท์", exact=True).check()
    add(page, "text", "ชื่อผู้ยืม")
    page.get_by_label("ช่องนี้คือชื่อผู้ยื่น").check()
    done(page)


def publish(page: Page, note: str) -> None:
    page.get_by_role("link", name="ตรวจและเผยแพร่").click()
    page.fill("#note", note)
    page.get_by_role("button", name="เผยแพร่").click()
    expect(page.get_by_text("แล้ว ใช้ได้ทันทีทั้งในแชตและบนเว็บ")).to_be_visible()


def fits(page: Page) -> None:
    """Nothing sticks out, and axe finds nothing serious."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
    assert axe.violations(page) == [], page.url


def exported(page: Page, builder: str) -> list[tuple[str, ...]]:
    """(what, how many, who, channel, version) of each row of the workbook."""
    data = page.request.get(builder.replace("/edit", "/answers.xlsx")).body()
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    header, *rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    wanted = ("ต้องการยืมอะไร", "จำนวนหลัง", "ชื่อผู้ยืม", "ช่องทาง", "แบบฟอร์มรุ่นที่")
    return [tuple(row[header.index(name)] for name in wanted) for row in rows]


def test_a_form_built_on_a_phone_answered_changed_and_rolled_back(
    office: tuple[Database, str], browser: Browser
) -> None:
    database, address = office
    with browser.new_context(viewport=PHONE, bypass_csp=True) as context:
        page = context.new_page()
        sign_in(page, address)
        new_form(page, address, "lend")
        build(page)
        builder = page.url.partition("?")[0]
        chat = page.locator(".fb-phone[data-swap=chat]")
        expect(chat).to_contain_text("ต้องการยืมอะไรคะ")
        expect(chat).to_contain_text("กรณี “ต้องการยืมอะไร” คือ เต็นท์")
        real = page.frame_locator("[data-page]")
        expect(real.locator("#field-q3")).to_be_visible()
        expect(real.locator("#field-q2-box")).to_be_hidden()
        fits(page)
        page.get_by_role("button", name="จำนวนหลัง").click()
        settled(page)
        fits(page)
        done(page)
        publish(page, "รุ่นแรก")
        fits(page)

        # In chat: the question of the tents comes only after the tent.
        say(database, "demo", "U-lend", "แบบฟอร์ม lend")
        asked = say(database, "demo", "U-lend", "ยินยอม")
        asked = tap(database, "demo", "U-lend", choice(asked, "เต็นท์"))
        assert "จำนวนหลัง" in words(asked)
        for answer in ("๓", "บุญมา"):
            say(database, "demo", "U-lend", answer)
        assert "R70-" in words(say(database, "demo", "U-lend", "ส่ง"))

        # On the web, by somebody else.
        with browser.new_context(viewport=PHONE) as other:
            citizen = other.new_page()
            citizen.goto(f"{address}/demo/forms/lend")
            citizen.get_by_label("โต๊ะ").check()
            expect(citizen.locator("#field-q2-box")).to_be_hidden()
            citizen.fill("#field-q3", "มานี")
            citizen.check("#field-consent")
            citizen.get_by_role("button", name="ส่งคำขอ").click()
            expect(citizen.locator("h1")).to_have_text("รับเรื่องแล้วค่ะ")
        both = [("เต็นท์", "3", "บุญมา", "LINE", "1"), ("โต๊ะ", "", "มานี", "เว็บไซต์", "1")]
        assert exported(page, builder) == both

        # Changed: how many is no longer asked, and the table has another name.
        page.goto(f"{builder}?open=q2")
        page.get_by_role("button", name="เอาช่องนี้ออก").click()
        settled(page)
        page.get_by_role("button", name="ต้องการยืมอะไร").click()
        settled(page)
        page.locator("[name=f_option]").nth(1).fill("โต๊ะพับ")
        done(page)
        publish(page, "ไม่ถามจำนวนแล้ว")
        assert exported(page, builder) == both  # each answer as its own version says it

        # And rolled back.
        page.get_by_role("button", name="กลับไปใช้รุ่นนี้").click()
        expect(page.get_by_text("กลับไปใช้รุ่นที่ 1 แล้ว")).to_be_visible()
        say(database, "demo", "U-lend2", "แบบฟอร์ม lend")
        asked = say(database, "demo", "U-lend2", "ยินยอม")
        assert "จำนวนหลัง" in words(tap(database, "demo", "U-lend2", choice(asked, "เต็นท์")))
        assert exported(page, builder) == both
        for tab in ("ตั้งค่า", "คำตอบ", "สถิติ"):
            page.get_by_role("navigation", name="แบบฟอร์มนี้").get_by_role("link", name=tab, exact=True).click()
            fits(page)
        page.goto(builder.replace("/edit", "/try"))
        page.get_by_role("button", name="ยินยอม", exact=True).click()
        page.get_by_role("button", name="โต๊ะ", exact=True).click()
        expect(page.locator("#last")).to_contain_text("ชื่อผู้ยืม")
        fits(page)


def test_without_a_script_the_builder_does_the_same(office: tuple[Database, str], browser: Browser) -> None:
    _, address = office
    with browser.new_context(viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, address)
        new_form(page, address, "plain")
        build(page)
        expect(page.locator(".fb-field")).to_have_count(3)
        page.get_by_role("button", name="เลื่อนช่องที่ 3 ขึ้น").click()
        expect(page.locator(".fb-field").nth(1)).to_contain_text("ชื่อผู้ยืม")
        publish(page, "")
        page.goto(f"{address}/demo/forms/plain")
        expect(page.get_by_text("กรณี “ต้องการยืมอะไร” คือ เต็นท์")).to_be_visible()


def test_what_is_typed_is_stored_before_any_button_is_pressed(office: tuple[Database, str], browser: Browser) -> None:
    _, address = office
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        sign_in(page, address)
        new_form(page, address, "kept")
        add(page, "text", "ความเห็น")
        page.locator("#f_label").blur()
        settled(page)
        expect(page.locator(".fb-phone[data-swap=chat]")).to_contain_text("ความเห็นค่ะ")
        expect(page.locator("#f_label")).to_have_value("ความเห็น")  # its inputs were left alone
        page.reload()
        expect(page.locator("#f_label")).to_have_value("ความเห็น")
