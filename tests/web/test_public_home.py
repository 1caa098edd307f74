"""The agency's front door: light, in two languages, framed only by the sites that the agency names."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from models.agency import Agency
from models.audit import AuditEntry
from tests import axe
from tests.web.conftest import Login
from tests.web.public_forms import known
from web.public.home_words import TILES, WORDS

SITE = "https://www.example.go.th"
OPEN, CLOSED = (
    datetime(2026, 11, 20, 3, tzinfo=UTC),
    datetime(2026, 11, 20, 10, tzinfo=UTC),
)  # a Friday, 10.00 and 17.00


def change(app: Flask, fields: dict[str, str] | None = None, settings: dict[str, object] | None = None) -> None:
    with known(app).database.write() as session:
        row = session.scalars(select(Agency).where(Agency.code == "demo")).one()
        row.fields = {**row.fields, **(fields or {})}
        row.settings = {**row.settings, **(settings or {})}
        row.content_version += 1
    known(app).agencies.refresh("demo")


def test_one_page_leads_to_everything(client: FlaskClient) -> None:
    page = client.get("/demo/").text
    for path in ("complain", "ask", "status", "integrity/", "eit", "transparency/", "contact", "privacy"):
        assert f'href="/demo/{path}"' in page, path
    for words in ("02-000-1234", "demo@example.go.th", "maps.google.com", "เวลาทำการ", "เราเก็บเท่าที่จำเป็น", "1669"):
        assert words in page
    for address in set(re.findall(r'(?:href|src)="(/demo/(?!integrity)[^"#]*)"', page)):
        assert client.get(address, follow_redirects=True).status_code == 200, address


def test_english_is_complete_and_every_word_has_both(client: FlaskClient) -> None:
    page = client.get("/demo/?lang=en").text
    assert '<html lang="en">' in page
    main = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    thai = {line.strip() for line in main.splitlines() if re.search("[ก-๙]", line)}
    assert thai == {"99 หมู่ 1 ต.บ้านตัวอย่าง (ข้อมูลสมมุติ)"}  # the agency's own words, marked as Thai
    assert '<dd lang="th">99' in page
    assert all(tile.th[0] and tile.en[0] for tile in TILES)
    assert [name for name, (_, english) in WORDS.items() if not english] == []
    assert 'href="/demo/"' in page
    assert 'href="/demo/?lang=en"' in client.get("/demo/").text


def test_english_name_and_address_of_the_agency(app: Flask, client: FlaskClient) -> None:
    change(app, {"name_en": "Example Subdistrict Office", "address_en": "99 Moo 1 (invented)"})
    page = client.get("/demo/?lang=en").text
    assert "<title>Example Subdistrict Office</title>" in page
    assert "<dd>99 Moo 1 (invented)</dd>" in page
    assert "Example Subdistrict Office" not in client.get("/demo/").text


def test_open_now_or_when(client: FlaskClient) -> None:
    with time_machine.travel(OPEN, tick=False):
        assert "ตอนนี้เปิดทำการ</span> ถึง 16.30 น." in client.get("/demo/").text
        assert "Open now</span> until 16:30" in client.get("/demo/?lang=en").text
    with time_machine.travel(CLOSED, tick=False):
        assert re.search(r"ตอนนี้ปิดทำการ</span> เปิดอีกครั้ง วันจันทร์ที่ 23", client.get("/demo/").text)
        assert "Closed now</span> Opens Monday 23 November 2026, 08:30" in client.get("/demo/?lang=en").text


def test_under_100_kb_without_images_compressed_or_not(client: FlaskClient) -> None:
    for headers, most in (({"Accept-Encoding": "gzip"}, 20_000), ({}, 60_000)):
        answer = client.get("/demo/", headers=headers)
        page = gzip.decompress(answer.data).decode() if headers else answer.text
        files = re.findall(r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]*(?:href|src)="([^"]+)"', page)
        assert len(files) >= 3
        sizes = [len(client.get(file, headers=headers).data) for file in files]
        assert len(answer.data) + sum(sizes) < most
        styles = "".join(client.get(file).text for file in files if ".css" in file)
        assert "url(" not in styles  # no typeface to wait for
        assert "<script" not in page


def test_files_are_kept_by_browsers_and_pages_with_tokens_never_compressed(client: FlaskClient) -> None:
    asked = {"Accept-Encoding": "gzip"}
    style = re.findall(r'href="([^"]+sujarit.css[^"]*)"', client.get("/demo/").text)[0]
    answer = client.get(style, headers=asked)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    tag = answer.headers["ETag"]
    assert client.get(style, headers={**asked, "If-None-Match": tag}).status_code == 304
    for address in ("/demo/complain", "/console/login"):
        assert "Content-Encoding" not in client.get(address, headers=asked).headers


def test_only_named_sites_may_frame_the_home_page_alone(app: Flask, client: FlaskClient, login: Login) -> None:
    assert "frame-ancestors 'none'" in client.get("/demo/").headers["Content-Security-Policy"]
    admin = login("admin")
    page = admin.get("/console/settings/public").text
    assert "&lt;iframe" not in page
    assert admin.send("/console/settings/public/embed", embed_hosts=f"{SITE}/\n").status_code == 302
    known(app).agencies.refresh("demo")
    page = admin.get("/console/settings/public").text
    assert '&lt;iframe src="http://localhost/demo/?embed=1" title="บริการประชาชน อบต.บ้านตัวอย่าง"' in page
    policy = client.get("/demo/").headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {SITE}")
    for path in ("/demo/complain", "/demo/contact", "/other/", "/console/login"):
        assert "frame-ancestors 'none'" in client.get(path).headers["Content-Security-Policy"], path
    framed = client.get("/demo/?embed=1").text
    leaves = re.findall(r'<a [^>]*href="/demo/(?!\?)[^"]+"[^>]*>', framed)
    assert leaves
    assert all('target="_blank"' in link for link in leaves)
    with known(app).database.read() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "settings_saved")).all()


@pytest.mark.parametrize(
    "host",
    ["http://www.example.go.th", "https://*.go.th", "https://a.th/page", "https://a.th; script-src *", "example.go.th"],
)
def test_what_is_no_site_is_refused_and_kept_on_the_page(client: FlaskClient, login: Login, host: str) -> None:
    admin = login("admin")
    answer = admin.send("/console/settings/public/embed", embed_hosts=host)
    assert answer.status_code == 400
    assert "ไม่ใช่ที่อยู่เว็บไซต์" in answer.text
    assert host in answer.text
    assert "frame-ancestors 'none'" in client.get("/demo/").headers["Content-Security-Policy"]


# -- in a browser ----------------------------------------------------------------------------------------


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.browser
@pytest.mark.skipif(not Path("/usr/bin/chromium").exists(), reason="no Chromium on this machine")
def test_without_javascript_on_any_width_and_for_everybody(address: str) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        for width in (320, 390, 1440):
            context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
            page = context.new_page()
            for path in ("/demo/", "/demo/?lang=en", "/demo/transparency/complaints"):
                page.goto(address + path)
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, (path, width)
                assert axe.violations(page) == [], (path, width)
            context.close()
        plain = browser.new_context(java_script_enabled=False)
        page = plain.new_page()
        page.goto(f"{address}/demo/")
        page.get_by_role("link", name="English").click()
        page.get_by_role("link", name="Report a problem").click()
        assert page.url == f"{address}/demo/complain?lang=en"
        expect(page.get_by_text("You may write in English")).to_be_visible()
        browser.close()
