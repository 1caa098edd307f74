"""The pages of official documents: choose, look, preview, issue, download; settings and the own layout."""

from __future__ import annotations

import base64
import io
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from models.agency import Agency
from models.audit import AuditEntry
from models.db import Database
from models.document import OfficialDocument
from models.measure import Element, Evidence, Measure, RegisterEntry
from models.participation import Activity
from thai.dates import UTC
from web.console.mending import address_of

if TYPE_CHECKING:
    from tests.web.conftest import Login

CHOICE = {"kind": "measures", "fy": "2570", "period": "6m", "layout": "003", "dated": "1 เม.ย. 2570"}


@pytest.fixture
def measures(database: Database) -> list[int]:
    """Two measures of the demo agency; the second names another administration."""
    with database.write(1) as session:
        first = Measure(
            fiscal_year=2570,
            position=1,
            instrument="EIT",
            title="ประชาสัมพันธ์ผลงาน",
            responsible_units=["สำนักปลัด"],
            period_text="ต.ค. 69 - มี.ค. 70",
            starts_on=date(2026, 10, 1),
            ends_on=date(2027, 3, 31),
            status="done",
            results=["เผยแพร่ข่าว 12 เรื่อง"],
        )
        second = Measure(
            fiscal_year=2570,
            position=2,
            instrument="EIT",
            title="ตอบคำถามภายใน 3 วัน",
            responsible_units=["กองช่าง"],
            period_text="ตลอดปีงบประมาณ",
            status="in_progress",
            results=["แต่งตั้งผู้ตอบของเทศบาลตำบลหนองสมมุติแล้ว"],
        )
        session.add_all([first, second])
        session.flush()
        session.add(
            Evidence(
                kind="url",
                title="หน้าข่าว",
                url="https://example.go.th/news",
                dated=date(2026, 12, 1),
                measure_id=first.id,
                added_by_id=1,
                approved_by_id=2,
                approved_at=datetime(2026, 12, 2, tzinfo=UTC),
                link_status="dead",
            )
        )
        return [first.id, second.id]


def texts(page: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", page)


def test_choose_check_preview_issue_download(login: Login, database: Database, measures: list[int]) -> None:
    browser = login("palad")
    assert "รายงานผลการดำเนินการตามมาตรการ" in browser.get("/console/documents/").text
    page = browser.get("/console/documents/new?kind=measures")
    for name in ("fy", "period", "layout", "dated"):
        assert f'name="{name}"' in page.text
    checked = browser.get("/console/documents/check", query_string=CHOICE)
    assert checked.status_code == 200
    said = texts(checked.text)
    assert "เทศบาลตำบลหนองสมมุติ" in said
    assert "ลิงก์เปิดไม่ได้ https://example.go.th/news" in said
    assert "ลงวันที่ 1 เมษายน 2570" in said
    preview = browser.get("/console/documents/preview.pdf", query_string=CHOICE)
    assert (preview.mimetype, preview.data[:5]) == ("application/pdf", b"%PDF-")
    with database.read(1) as session:
        assert session.scalars(select(OfficialDocument)).all() == []
    issued = browser.send("/console/documents/issue", **CHOICE)
    assert issued.status_code == 302
    shown = browser.get(issued.location)
    assert "ฉบับที่" in texts(shown.text)
    assert "เทศบาลตำบลหนองสมมุติ" in texts(shown.text)  # what was said stays with the version
    for file_format, beginning in (("pdf", b"%PDF-"), ("docx", b"PK"), ("xlsx", b"PK")):
        file = browser.get(f"{issued.location}.{file_format}")
        assert file.data.startswith(beginning)
        assert f'filename="measures-2570-6m-003-v1.{file_format}"' in file.headers["Content-Disposition"]
    with database.read(1) as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "document_issued")).all()
        assert len(actions) == 1


def test_a_second_issue_is_a_second_version_and_the_first_prints_as_it_was(
    login: Login, database: Database, measures: list[int]
) -> None:
    browser = login("nayok")
    first = browser.send("/console/documents/issue", **CHOICE).location
    before = browser.get(f"{first}.pdf").data
    with database.write(1) as session:
        session.get_one(Measure, measures[0]).results = ["เผยแพร่ข่าว 99 เรื่อง"]
        agency = session.get_one(Agency, 1)
        agency.name = "อบต.ชื่อใหม่"
    second = browser.send("/console/documents/issue", **CHOICE).location
    assert browser.get(f"{first}.pdf").data == before
    assert browser.get(f"{second}.pdf").data != before
    assert "ฉบับที่ 1" in texts(browser.get(second).text)
    assert texts(browser.get("/console/documents/").text).count("รอบ 6 เดือน ปีงบประมาณ 2570") >= 2


def test_officers_see_what_was_issued_and_issue_nothing(login: Login, measures: list[int]) -> None:
    where = login("khlanghead").send("/console/documents/issue", **CHOICE).location
    officer = login("chang")
    assert officer.get(where).status_code == 200
    assert officer.get(f"{where}.pdf").status_code == 200
    assert "ออกเอกสารใหม่" not in officer.get("/console/documents/").text
    for page in ("new?kind=measures", "check?kind=measures", "preview.pdf?kind=measures", "settings", "layout"):
        assert officer.get(f"/console/documents/{page}").status_code == 403
    assert officer.send("/console/documents/issue", **CHOICE).status_code == 403


def test_the_report_on_an_activity_begins_on_its_page(login: Login, database: Database) -> None:
    with database.write(1) as session:
        began = datetime(2026, 11, 2, 2, tzinfo=UTC)
        row = Activity(code="abcd2345", title="ประชาคมหมู่ 3", kind="forum", status="done", starts_at=began,
                       ends_at=began + timedelta(hours=3), attended=57, who="ชาวบ้าน", result="ได้แผน")  # fmt: skip
        session.add(row)
        session.flush()
        where = f"/console/participation/{row.id}"
    officer, clerk = login("chang"), login("palad")
    (link,) = re.findall(r'href="([^"]+/of-activity/[^"]+)"', officer.get(where).text)
    page = officer.get(officer.get(link).location)
    assert "รายงานผลการจัดกิจกรรม “ประชาคมหมู่ 3” ปีงบประมาณ 2570" in texts(page.text)
    assert "ไม่มีภาพกิจกรรม" in texts(page.text)
    assert f'href="{where}"' in page.text  # where it is mended
    (preview,) = re.findall(r'href="([^"]+preview[.]pdf[^"]+)"', page.text)
    assert officer.get(preview.replace("&amp;", "&")).data.startswith(b"%PDF-")
    choice = {"kind": "activity", "fy": "2570", "layout": where.rpartition("/")[2]}
    assert 'action="/console/documents/issue"' not in page.text
    assert officer.send("/console/documents/issue", **choice).status_code == 403
    issued = clerk.send("/console/documents/issue", **choice).location
    assert clerk.get(f"{issued}.docx").data.startswith(b"PK")
    assert clerk.get("/console/documents/of-activity/999").status_code == 404
    # Without an activity there is nothing to print: it is chosen in their list.
    assert clerk.get("/console/documents/check?kind=activity&fy=2570").location == "/console/participation/"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fy": "2572"}, "ยังไม่มีมาตรการของปีงบประมาณ 2572"),
        ({"fy": "สองพัน"}, "ปีงบประมาณต้องเป็นปี พ.ศ."),
        ({"period": "q1"}, "ทำรอบ ไตรมาส 1"),
        ({"layout": "999"}, "ไม่มีแบบ 999"),
        ({"dated": "32 ม.ค. 70"}, "วันที่ของเอกสาร"),
        ({"kind": "memo", "fy": "2572", "period": "", "layout": ""}, "ยังไม่มีคะแนน ITA ปี 2572"),
        ({"kind": "elements", "fy": "2572", "period": "", "layout": ""}, "ยังไม่มีรายการองค์ประกอบ OIT"),
    ],
)
def test_what_cannot_be_made_is_said_and_what_was_typed_stays(
    login: Login, measures: list[int], changes: dict[str, str], words: str
) -> None:
    browser = login("palad")
    wanted = CHOICE | changes
    for answer in (
        browser.get("/console/documents/check", query_string=wanted),
        browser.get("/console/documents/preview.pdf", query_string=wanted),
        browser.send("/console/documents/issue", **wanted),
    ):
        assert answer.status_code == 400
        assert words in answer.text
        assert f'value="{wanted["fy"]}"' in answer.text


def test_links_are_looked_at_and_the_dead_ones_named(login: Login, database: Database, measures: list[int]) -> None:
    with database.write(1) as session:
        link = session.scalars(select(Evidence).where(Evidence.measure_id == measures[0])).one()
        link.url, link.link_status = "http://127.0.0.1:9/news", ""  # inside the network: refused without asking
    browser = login("palad")
    assert "ยังไม่ได้ตรวจลิงก์ http://127.0.0.1:9/news" in browser.get("/console/documents/check", query_string=CHOICE).text
    answer = browser.send("/console/documents/links", **CHOICE)
    assert answer.status_code == 302
    page = texts(browser.get(answer.location).text)
    assert "ตรวจแล้ว 1 ลิงก์ เปิดไม่ได้ 1 ลิงก์" in page
    assert "เป็นที่อยู่ภายในเครือข่าย" in page
    with database.read(1) as session:
        link = session.scalars(select(Evidence).where(Evidence.measure_id == measures[0])).one()
        assert link.link_status == "dead"
        assert link.link_checked_at is not None
    again = browser.send("/console/documents/links", **CHOICE)
    assert "ตรวจแล้ว 0 ลิงก์" in browser.get(again.location).text  # looked at just now
    assert browser.send("/console/documents/links", **CHOICE | {"fy": "2571"}).status_code == 400


def test_findings_lead_to_the_page_where_they_are_mended(
    app: Flask, login: Login, database: Database, measures: list[int]
) -> None:
    browser = login("palad")
    page = browser.get("/console/documents/check", query_string=CHOICE).text
    assert f'href="/console/measures/{measures[1]}"' in page
    with database.write(1) as session:
        element = Element(fiscal_year=2570, item_code="O1", item_title="โครงสร้าง", indicator="9.1", no=1, text="แผนผัง")
        entry = RegisterEntry(register="news", fiscal_year=2570, dated=date(2026, 12, 1), title="ข่าว")
        session.add_all([element, entry])
        session.flush()
        rows = [
            {"table": "measure", "id": measures[0]},
            {"table": "element", "id": element.id, "code": "O1", "fy": 2570},
            {"table": "elements", "id": 0, "fy": 2570},
            {"table": "register", "id": entry.id},
            {"table": "score", "id": 0, "fy": 2570},
            {"table": "office", "id": 0},
        ]
    for row in rows:
        with app.test_request_context():
            where = address_of(row)
        assert browser.get(where).status_code == 200, row
    with app.test_request_context():
        assert address_of({}) == ""


def test_an_unknown_kind_leads_back(login: Login) -> None:
    browser = login("palad")
    for page in ("new", "check", "preview.pdf"):
        assert browser.get(f"/console/documents/{page}?kind=x").location == "/console/documents/"


def picture(size: tuple[int, int] = (300, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("L", size, 255).save(out, "PNG")
    return out.getvalue()


OFFICE: dict[str, Any] = {
    "district": "ตัวอย่าง",
    "province": "สมมุติ",
    "memo_unit": "สำนักปลัด",
    "memo_code": "ตย 99901",
    "memo_phone": "02-000-1234",
    "mayor_name": "นายสมมุติ ใจดี",
    "clerk_name": "นางสาวรอง ตัวอย่าง",
    "clerk_acting": "1",
    "clerk_own_position": "รองปลัด",
    "proposer_name": "นายแผน ตัวอย่าง",
    "proposer_position": "นักวิเคราะห์นโยบายและแผน",
}


def test_settings_are_kept_with_the_garuda_and_can_take_it_away(login: Login, database: Database) -> None:
    browser = login("admin")
    page = browser.get("/console/documents/settings").text
    assert "นายสมมุติ ใจดี" in page  # from the agency's own fields until something is typed
    assert "องค์การบริหารส่วนตำบลบ้านตัวอย่าง" in page
    answer = browser.send("/console/documents/settings", **OFFICE, picture=(io.BytesIO(picture()), "garuda.png"))
    assert answer.status_code == 302, texts(answer.text)
    with database.read(1) as session:
        kept = session.get_one(Agency, 1).settings["documents"]
    assert kept["clerk_acting"] is True
    assert kept["thai_digits"] is False
    with Image.open(io.BytesIO(base64.b64decode(kept["garuda"]))) as image:
        assert image.format == "PNG"
    assert "data:image/png;base64," in browser.get("/console/documents/settings").text
    browser.send("/console/documents/settings", **OFFICE, no_garuda="1")
    with database.read(1) as session:
        settings = session.get_one(Agency, 1).settings
    assert settings["documents"]["garuda"] == ""
    assert settings["demo"] is True  # other settings stay


def test_wrong_settings_are_refused_and_stay_typed(login: Login) -> None:
    browser = login("palad")
    acting = browser.send("/console/documents/settings", **OFFICE | {"clerk_own_position": ""})
    assert acting.status_code == 400
    assert "ผู้รักษาราชการแทนต้องมีตำแหน่งของตนเอง" in acting.text
    assert "นักวิเคราะห์นโยบายและแผน" in acting.text
    broken = browser.send("/console/documents/settings", **OFFICE, picture=(io.BytesIO(b"no picture"), "x.png"))
    assert broken.status_code == 400
    assert "เปิดรูปนี้ไม่ได้" in broken.text


def test_the_own_layout_is_chosen_with_titles_and_order(login: Login, database: Database, measures: list[int]) -> None:
    browser = login("admin")
    chosen = {"place.results": "๒", "place.title": "1", "title.title": "เรื่องที่ทำ", "place.ticks": "3"}
    assert browser.send("/console/documents/layout", **chosen).status_code == 302
    with database.read(1) as session:
        kept = session.get_one(Agency, 1).settings["documents"]["own_columns"]
    assert [one["key"] for one in kept] == ["title", "results", "ticks"]
    assert 'value="เรื่องที่ทำ"' in browser.get("/console/documents/layout").text
    assert browser.send("/console/documents/issue", **CHOICE | {"layout": "own"}).status_code == 302
    with database.read(1) as session:
        document = session.scalars(select(OfficialDocument)).one()
        assert document.figures["own_columns"] == kept
    for wrong, words in (({}, "อย่างน้อย 1 ช่อง"), ({"place.title": "ก"}, "ต้องเป็นตัวเลข")):
        answer = browser.send("/console/documents/layout", **wrong)
        assert answer.status_code == 400
        assert words in answer.text
