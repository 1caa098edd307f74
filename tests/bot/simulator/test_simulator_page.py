"""The chat page in a real browser: a person adds the account, writes, taps, sends a photo and a place."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response, request
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from bot.simulator.platform import Persona
from bot.simulator.testing import World, running

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
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
SEND = {"type": "postback", "label": "ส่งเรื่อง", "data": "send", "displayText": "ส่งเรื่องเลย"}
CARD = {
    "type": "flex",
    "altText": "สรุป",
    "contents": {
        "type": "bubble",
        "body": {
            "type": "box",
            "layout": "vertical",
            "contents": [{"type": "text", "text": "ตรวจดูอีกครั้งนะคะ", "wrap": True, "scaling": True}],
        },
        "footer": {"type": "box", "layout": "vertical", "contents": [{"type": "button", "action": SEND}]},
    },
}


def answer_to(event: dict[str, Any]) -> dict[str, Any]:
    kind = event.get("message", {}).get("type", event["type"])
    if kind == "text":
        items = [{"type": "action", "action": {"type": "location", "label": "ส่งตำแหน่ง"}}]
        return {"type": "text", "text": "เกิดที่ไหนคะ\nกดส่งตำแหน่ง", "quickReply": {"items": items}}
    if kind == "location":
        return CARD
    return {"type": "text", "text": f"ได้ {kind} แล้วค่ะ"}


@pytest.fixture
def world() -> Iterator[World]:
    """A stand-in whose bot answers every event that it can."""
    app = Flask("answering")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    personas = [Persona("ยายบุญมี", "ผู้สูงอายุ"), Persona("ช่างวิชัย", "กองช่าง", staff=True)]
    with running(f"http://127.0.0.1:{server.server_port}/", personas=personas) as known:

        @app.post("/")
        def webhook() -> Response:
            for event in request.get_json()["events"]:
                if "replyToken" in event:
                    body = {"replyToken": event["replyToken"], "messages": [answer_to(event)]}
                    answer = known.bot("POST", "/v2/bot/message/reply", body)
                    assert answer.ok, answer.text
            return Response()

        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield known
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def page(world: World) -> Iterator[Page]:
    """A phone, 360 pixels wide, that complains about anything in its console or from elsewhere."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.on("request", lambda call: None if call.url.startswith((world.base, "data:")) else wrong.append(call.url))
        page.goto(world.base)
        yield page
        browser.close()
        assert wrong == []


def befriend(page: Page) -> None:
    page.get_by_role("button", name="เพิ่มเพื่อน").click()
    expect(page.locator(".entry.bot").last).to_contain_text("ได้ follow แล้วค่ะ")


def test_the_main_way_through(world: World, page: Page) -> None:
    grandmother = Persona("ยายบุญมี").user_id
    befriend(page)
    expect(page.locator(".how.free")).to_have_text("ตอบกลับ (ฟรี)")

    page.get_by_label("พิมพ์ข้อความ").fill("ถนนเป็นหลุม")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="ส่งตำแหน่ง", exact=True).click()
    page.locator("#places").get_by_role("button", name="หน้าวัดดอนทราย").click()
    page.get_by_role("button", name="ส่งตำแหน่งนี้").click()

    page.locator(".flex-bubble").get_by_role("button", name="ส่งเรื่อง").click()
    expect(page.locator(".entry.own").last).to_contain_text("ส่งเรื่องเลย")
    expect(page.locator("#quick button")).to_have_count(0)

    page.locator(".composer").get_by_label("ส่งรูป", exact=True).click()
    page.get_by_role("button", name="ถนนเป็นหลุม").click()
    expect(page.locator(".entry.own .picture img")).to_be_visible()

    world.bot("POST", "/v2/bot/message/push", {"to": grandmother, "messages": [{"type": "text", "text": "ซ่อมแล้วค่ะ"}]})
    expect(page.locator(".entry.bot").last).to_contain_text("push (คิดโควตา)")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    stored = [entry["message"]["type"] for entry in world.chat(grandmother) if entry["how"] == "user"]
    assert stored == ["text", "location", "image"]


def test_unsend_block_and_being_somebody_else(world: World, page: Page) -> None:
    befriend(page)
    page.get_by_label("พิมพ์ข้อความ").fill("พิมพ์ผิด")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="ยกเลิกข้อความ").click()
    expect(page.get_by_text("ยกเลิกข้อความแล้ว")).to_be_visible()
    page.get_by_label("เมนูเพิ่มเติม").click()
    page.get_by_role("button", name="บล็อกบัญชีนี้").click()
    expect(page.get_by_role("button", name="เลิกบล็อก", exact=True)).to_be_visible()

    page.get_by_role("button", name="ช่างวิชัย").click()
    expect(page.locator("#you")).to_have_text("คุณคือ ช่างวิชัย")
    befriend(page)


def test_large_letters_reach_texts_and_scaling_flex(world: World, page: Page) -> None:
    befriend(page)
    grandmother = Persona("ยายบุญมี").user_id
    world.bot("POST", "/v2/bot/message/push", {"to": grandmother, "messages": [CARD]})
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    places = [page.locator(".entry.bot .text").first, page.locator(".flex-text").first]
    before = [place.evaluate(size) for place in places]
    page.get_by_label("ตัวอักษรใหญ่พิเศษ").click()
    assert [place.evaluate(size) > was for place, was in zip(places, before, strict=True)] == [True, True]


def test_the_page_never_runs_what_a_message_says(world: World, page: Page) -> None:
    befriend(page)
    text = "<img src=x onerror=alert(1)> javascript:alert(1)"
    world.bot(
        "POST", "/v2/bot/message/push", {"to": Persona("ยายบุญมี").user_id, "messages": [{"type": "text", "text": text}]}
    )
    expect(page.locator(".entry.bot .text").last).to_have_text(text)
    policy = requests.get(world.base, timeout=5).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")
