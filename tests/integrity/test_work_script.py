"""The script that does the proof of work, in a real browser, against the real door."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, Response, render_template_string, request, send_from_directory
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

import integrity
from integrity.gate import Door

CHROMIUM = Path("/usr/bin/chromium")
STATIC = Path(integrity.__file__).parent / "static"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]
PAGE = """<!doctype html><form method="post">
<input type="hidden" name="challenge" value="{{ challenge.token }}"><input type="hidden" name="said" value="ข้อความ">
<div class="field"><label>{{ challenge.question }} <input name="challenge_answer" required></label></div>
{% if files %}<input type="file" name="files">{% endif %}<button>ส่ง</button></form>
<script src="/work.js" data-bits="{{ challenge.bits }}"></script>"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = Flask("work")
    door = Door(b"k" * 32, calm=0)

    @app.route("/", methods=["GET", "POST"])
    def home() -> Response:
        form = request.form
        challenge = door.ask(form.get("challenge", ""), form.get("challenge_answer", ""), datetime.now(UTC))
        page = f"<p>เข้าได้ {form['said']}</p>" if challenge is None else render_template_string(
            PAGE, challenge=challenge, files="files" in request.args
        )  # fmt: skip
        policy = "default-src 'none'; script-src 'self'; form-action 'self'"
        return Response(page, headers={"Content-Security-Policy": policy})

    app.add_url_rule("/work.js", "script", lambda: send_from_directory(STATIC, "work.js"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page()
        browser.close()


def test_the_work_is_done_and_what_was_typed_goes_along(page: Page, address: str) -> None:
    page.goto(address)

    expect(page.locator("p")).to_have_text("เข้าได้ ข้อความ", timeout=60_000)


def test_files_are_waited_for(page: Page, address: str) -> None:
    page.goto(f"{address}?files=yes")

    expect(page.locator(".field")).to_be_hidden(timeout=60_000)
    assert page.locator("[type=file]").count() == 1
    page.locator("button").click()
    expect(page.locator("p")).to_have_text("เข้าได้ ข้อความ", timeout=60_000)
