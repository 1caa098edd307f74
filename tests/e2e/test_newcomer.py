"""A newcomer's first five minutes, in a real browser, with everything running as `sujarit serve` runs it:
ask three sloppy questions, complain with a photo and a pin, answer as staff, close with an after-photo, confirm.

With SUJARIT_PICTURES=docs/pictures the screens of README are taken on the way.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.house import free_port

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 860}
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


@dataclass
class Running:
    console: str
    chat: str
    web: str


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """What `script/server` runs, on free ports with an empty data folder."""
    port = free_port()
    chat = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SUJARIT_")}
    environment |= {"PORT": str(port), "SUJARIT_SIMULATOR_PORT": str(chat), "SUJARIT_DATA": str(tmp_path / "var")}
    log = (tmp_path / "log.txt").open("wb")
    process = subprocess.Popen([sys.executable, "-m", "bot.cli", "serve"], env=environment, stdout=log, stderr=log)
    web = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{web}/healthz", tmp_path / "log.txt")
        _wait_for(f"http://127.0.0.1:{chat}/", tmp_path / "log.txt")
        yield Running(f"{web}/console/", f"http://127.0.0.1:{chat}/", web)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


def _picture(page: Page, name: str, whole: bool = False) -> None:
    folder = os.environ.get("SUJARIT_PICTURES")
    if folder:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)


class Chat:
    """The chat page, as one of its people."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.page = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        self.page.goto(address)

    def be(self, name: str) -> None:
        self.page.locator("#persons").get_by_role("button", name=name).click()

    def befriend(self) -> None:
        self.page.get_by_role("button", name="เพิ่มเพื่อน").click()
        self.hears("สวัสดีค่ะ")

    def says(self, words: str) -> None:
        self.page.get_by_label("พิมพ์ข้อความ").fill(words)
        self.page.keyboard.press("Enter")

    def hears(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator(".entry.bot").filter(has_text=words).last).to_be_visible(timeout=15_000)

    def taps(self, label: str) -> None:
        """A quick reply."""
        self.page.locator("#quick").get_by_role("button", name=label, exact=True).click(timeout=15_000)

    def presses(self, label: str) -> None:
        """A button of the newest card that has it."""
        self.page.locator(".entry.bot").get_by_role("button", name=label, exact=True).last.click(timeout=15_000)


def test_the_main_job(running: Running, browser: Browser) -> None:
    chat = Chat(browser, running.chat)
    chat.be("ยายบุญมี")
    chat.befriend()

    chat.says("เบี้ยคนแก่ได้เดือนละกี่บาท")
    chat.hears("งานสวัสดิการสังคม")
    chat.says("ขยะเกบวันใหน")
    chat.hears("วันจันทร์และวันพฤหัสบดี")
    _picture(chat.page, "chat-answer")
    chat.says("ขอบคุนค่ะ")
    chat.hears("ยินดีค่ะ")

    number = _complain(chat)
    _staff_at_the_desk(running, browser, number)

    chat.hears("เรียบร้อยไหมคะ")
    _picture(chat.page, "chat-done")
    chat.presses("เรียบร้อย")
    chat.taps("5 ดีมาก")
    chat.hears("ขอบคุณ")

    desk = _log_in(browser, running, "palad", DESK)
    desk.goto(f"{running.console}inbox/?status=any")
    expect(desk.get_by_role("row").filter(has_text=number)).to_contain_text("ยืนยัน")


def _complain(chat: Chat) -> str:
    chat.says("แจ้งเรื่องร้องเรียน")
    chat.taps("ยินยอม")
    chat.hears(re.compile(r"\(1/\d\)|\(2/\d\)"))
    chat.says("ไฟถนนหน้าบ้านดับมาสามคืนแล้ว มืดมาก")
    chat.taps("ไฟทางดับ")
    chat.page.locator(".composer").get_by_label("ส่งรูป", exact=True).click()
    chat.page.locator("#photo .samples button").nth(1).click()
    chat.hears("ได้รับรูปแล้ว")
    chat.taps("พอแล้ว")
    chat.page.locator("#quick").get_by_role("button", name="ส่งตำแหน่ง", exact=True).click()
    chat.page.locator("#places").get_by_role("button").first.click()
    chat.page.get_by_role("button", name="ส่งตำแหน่งนี้").click()
    chat.hears("ชื่อ")
    _picture(chat.page, "chat-form")
    chat.taps("ไม่ระบุ")
    chat.hears("เบอร์")
    chat.says("081 234 5678")
    chat.hears("ตรวจดูอีกครั้งนะคะ")
    _picture(chat.page, "chat-review")
    chat.presses("ส่งเรื่อง")
    chat.hears(re.compile(r"C\d\d-000001"))
    _picture(chat.page, "chat")
    found = re.search(r"C\d\d-\d{6}", chat.page.locator("#said").inner_text())
    assert found
    return found[0]


def _log_in(browser: Browser, running: Running, username: str, size: dict[str, int]) -> Page:
    page = browser.new_page(viewport=size, device_scale_factor=1 if size is DESK else 2)  # type: ignore[arg-type]
    page.goto(running.console)
    page.get_by_label("ชื่อผู้ใช้").fill(username)
    page.get_by_label("รหัสผ่าน").fill("sujarit-demo")
    page.get_by_role("button", name="เข้าระบบ").click()
    return page


def _staff_at_the_desk(running: Running, browser: Browser, number: str) -> None:
    phone = _log_in(browser, running, "chang", PHONE)
    phone.goto(f"{running.console}inbox/")
    _picture(phone, "inbox-phone")
    phone.get_by_role("link", name=number).click()
    _picture(phone, "case-phone")

    desk = _log_in(browser, running, "chang", DESK)
    desk.goto(f"{running.console}inbox/")
    _picture(desk, "inbox-desktop")
    desk.get_by_role("link", name=number).click()
    desk.locator("#accept textarea").fill("จะเข้าไปดูพื้นที่พรุ่งนี้เช้าค่ะ")
    desk.locator("#accept").get_by_role("button", name="รับเรื่อง").click()
    expect(desk.locator(".case-top")).to_contain_text("รับเรื่องแล้ว")
    desk.locator("#answer summary").click()
    desk.locator("#answer textarea").fill("ช่างขอเบอร์เสาไฟด้วยนะคะ")
    desk.locator("#answer").get_by_role("button", name="ตอบผู้แจ้ง").click()
    expect(desk.locator("#thread")).to_contain_text("ช่างขอเบอร์เสาไฟด้วยนะคะ")
    desk.evaluate("scrollTo(0, 0)")
    _picture(desk, "case-desktop")
    desk.locator("#done summary").click()
    desk.locator("#done textarea").fill("เปลี่ยนหลอดไฟใหม่แล้วค่ะ")
    photo = requests.get(f"{running.chat}_control/sample/lamp-repaired.jpg", timeout=10).content
    desk.locator("#done-photos").set_input_files([{"name": "หลังซ่อม.jpg", "mimeType": "image/jpeg", "buffer": photo}])
    desk.locator("#done").get_by_role("button", name="ดำเนินการแล้ว").click()
    expect(desk.locator(".case-top")).to_contain_text("ดำเนินการแล้ว")

    page = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page.goto(f"{running.web}/demo/complain")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    _picture(page, "complain-phone")
