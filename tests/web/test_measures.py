"""Measures, scores, O-items and registers in the console, as clerks and officers use them."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from handlers.measures import operations, scores
from handlers.registers.kinds import REGISTERS
from models.db import Database
from models.measure import Element, Evidence, ItaScore, Measure, RegisterEntry
from tests.handlers.measures.shapes import SHAPES, as_docx
from tests.web.conftest import Browser, Login

YEAR = 2570


def first_measure(database: Database, title: str, year: int = YEAR) -> Measure:
    with database.read(1) as session:
        return session.scalars(select(Measure).where(Measure.fiscal_year == year, Measure.title.contains(title))).one()


def count(database: Database, table: type) -> int:
    with database.read(1) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# -- measures --------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_year_instrument_status_unit_and_words(login: Login) -> None:
    browser = login("palad")
    page = browser.get("/console/measures/").text
    assert f"มาตรการ ปีงบประมาณ {YEAR}" in page
    assert "ทะเบียนยืมคืน" in page
    assert "ทะเบียนยืมคืน" in browser.get("/console/measures/?fy=2569").text
    assert "ทะเบียนยืมคืน" not in browser.get("/console/measures/?instrument=EIT").text
    assert "ทะเบียนยืมคืน" not in browser.get("/console/measures/?status=done").text
    assert "ทะเบียนยืมคืน" in browser.get("/console/measures/?q=ยืม").text
    assert "ยังไม่มีมาตรการของปีงบประมาณ 2580" in browser.get("/console/measures/?fy=2580").text


def test_a_measure_is_added_changed_and_nothing_typed_is_lost(database: Database, login: Login) -> None:
    browser = login("palad")
    form = {
        "fiscal_year": "2570",
        "title": "จัดอบรมจริยธรรม",
        "indicator": "๕",
        "item_code": "O8",
        "steps": "ประชุม\r\nอบรม",
        "period_text": "ม.ค. - มี.ค. 70",
        "responsible_units": "กองช่าง",
    }
    refused = browser.send("/console/measures/new", **form)
    assert refused.status_code == 422
    for words in ("จัดอบรมจริยธรรม", "ไม่ใช่ข้อของ IIT", "ประชุม\nอบรม", "ม.ค. - มี.ค. 70"):
        assert words in refused.text.replace("\r\n", "\n")
    saved = browser.send("/console/measures/new", **{**form, "item_code": ""})
    assert saved.status_code == 302
    measure = first_measure(database, "จัดอบรมจริยธรรม")
    assert (measure.indicator, measure.instrument, measure.steps) == (5, "IIT", ["ประชุม", "อบรม"])
    assert measure.unit_id is not None
    shown = browser.get(saved.location).text
    assert "1 ม.ค. 70" in shown
    edited = browser.send(f"/console/measures/{measure.id}/edit", **{**form, "item_code": "", "period_text": "เมื่อพร้อม"})
    assert edited.status_code == 302
    assert "อ่านวันที่ไม่ได้" in browser.get(edited.location).text


def test_officers_change_their_units_measures_only(database: Database, login: Login) -> None:
    theirs, others = first_measure(database, "ขออนุญาตก่อสร้าง"), first_measure(database, "ยืมทรัพย์สิน")
    browser = login("chang")
    assert "ดูได้แต่แก้ไขไม่ได้" in browser.get(f"/console/measures/{others.id}").text
    for where, form in (
        ("progress", {"status": "in_progress"}),
        ("edit", {"title": "ขโมย", "fiscal_year": "2570"}),
    ):
        assert browser.send(f"/console/measures/{others.id}/{where}", **form).status_code == 422
    refused = browser.send(f"/console/proofs/measures/{others.id}/add", kind="url", url="https://example.go.th")
    assert refused.status_code == 422
    assert (
        browser.send(
            "/console/measures/new", title="ของกองอื่น", fiscal_year="2570", responsible_units="กองคลัง"
        ).status_code
        == 422
    )
    assert browser.send(f"/console/measures/{theirs.id}/remove", sure="1").status_code == 403
    done = browser.send(f"/console/measures/{theirs.id}/progress", status="done", results="")
    assert done.status_code == 422
    assert "ผลการดำเนินการก่อน" in done.text
    assert browser.send(f"/console/measures/{theirs.id}/progress", status="done", results="ปรับผังแล้ว").status_code == 302
    assert first_measure(database, "ขออนุญาตก่อสร้าง").results == ["ปรับผังแล้ว"]
    assert first_measure(database, "ยืมทรัพย์สิน").title == others.title


def test_evidence_is_added_and_a_second_person_approves_it(database: Database, login: Login) -> None:
    measure = first_measure(database, "ขออนุญาตก่อสร้าง")
    officer, head = login("chang"), login("changhead")
    where = f"/console/proofs/measures/{measure.id}/add"
    bad = officer.send(where, kind="order", order_number="", title="เรื่องนี้", dated="")
    assert bad.status_code == 422
    assert "เรื่องนี้" in bad.text
    for form in (
        {"kind": "url", "url": "https://www.example.go.th/p"},
        {"kind": "order", "order_number": "๑๒/๒๕๗๐", "dated": "1 พ.ย. 69"},
        {"kind": "file", "file": (io.BytesIO(b"%PDF-1.7 text"), "รายงาน.pdf")},
    ):
        assert officer.send(where, **form).status_code == 302, form
    with database.read(1) as session:
        pieces = session.scalars(select(Evidence).where(Evidence.measure_id == measure.id).order_by(Evidence.id)).all()
        assert [piece.kind for piece in pieces] == ["url", "order", "file"]
    first = pieces[0].id
    assert officer.send(f"/console/proofs/{first}/approve").status_code == 422
    assert head.send(f"/console/proofs/{first}/approve").status_code == 302
    assert head.send(f"/console/proofs/{first}/remove").status_code == 422
    assert officer.send(f"/console/proofs/{pieces[1].id}/remove").status_code == 302
    page = officer.get(f"/console/measures/{measure.id}").text
    assert "ตรวจรับแล้ว" in page
    assert "รายงาน.pdf" in page
    assert "12/2570" not in page


def test_links_are_looked_at_from_the_page(database: Database, login: Login) -> None:
    measure = first_measure(database, "ขออนุญาตก่อสร้าง")
    browser = login("changhead")
    where = f"/console/proofs/measures/{measure.id}"
    browser.send(f"{where}/add", kind="url", url="http://127.0.0.1.nip.invalid/x")
    assert browser.send(f"{where}/links").status_code == 302
    page = browser.get(f"/console/measures/{measure.id}").text
    assert "เปิดไม่ได้: ไม่พบเว็บไซต์ชื่อนี้" in page
    assert browser.send(f"{where}/links").status_code == 302
    assert "ภายใน 12 ชั่วโมง" in browser.get(f"/console/measures/{measure.id}").text


def test_order_and_removal_are_the_clerks(database: Database, login: Login) -> None:
    measure = first_measure(database, "ขออนุญาตก่อสร้าง")
    browser = login("palad")
    assert browser.send(f"/console/measures/{measure.id}/move", place="๑").status_code == 302
    with database.read(1) as session:
        assert operations.listed(session, YEAR)[0].id == measure.id
    assert browser.send(f"/console/measures/{measure.id}/remove").status_code == 422
    assert browser.send(f"/console/measures/{measure.id}/remove", sure="1").status_code == 302
    assert browser.get(f"/console/measures/{measure.id}").status_code == 404


def test_a_year_is_copied_after_a_look(database: Database, login: Login) -> None:
    browser = login("palad")
    page = browser.get("/console/measures/copy?source=2570&target=2571").text
    ids = re.findall(r'name="measure" value="(\d+)"', page)
    assert len(ids) == 5
    assert browser.send("/console/measures/copy", source="2570", target="2571", measure=ids[:2]).status_code == 302
    with database.read(1) as session:
        assert [row.status for row in operations.listed(session, 2571)] == ["not_started"] * 2
    assert browser.get("/console/measures/copy?source=2570&target=2571").text.count("ปี 2571 มีแล้ว") == 2
    assert browser.get("/console/measures/copy?source=2570&target=2570").status_code == 200


def test_weak_scores_become_measures(database: Database, login: Login) -> None:
    browser = login("palad")
    page = browser.get("/console/measures/weak").text
    assert "79.32" in page
    assert "ต่ำกว่า 85" in page
    before = count(database, Measure)
    form = {"source": "2569", "indicator": ["4", "10"], "title-4": "ทะเบียนทรัพย์สินใหม่"}
    assert browser.send("/console/measures/weak", **form).status_code == 302
    assert browser.send("/console/measures/weak", source="2569").status_code == 302
    assert count(database, Measure) == before + 2
    assert first_measure(database, "ทะเบียนทรัพย์สินใหม่").indicator == 4


# -- import ----------------------------------------------------------------------------------------------


def upload(browser: Browser, data: bytes, name: str = "รายงาน.docx", **form: str) -> str:
    answer = browser.send("/console/measures/import", file=(io.BytesIO(data), name), **form)
    assert answer.status_code == 302, answer.text
    return browser.get(answer.location).text


def test_a_report_is_looked_at_mapped_and_taken_over(database: Database, login: Login) -> None:
    browser = login("palad")
    before = count(database, Measure)
    page = upload(browser, as_docx(*SHAPES.values()), fiscal_year="2566")
    for words in ("อ่านได้ 11 มาตรการ", "เพิ่มการเผยแพร่ผลงานของทุกกอง", "E14", "ลิงก์ไม่ถูกรูปแบบ", "เดา"):
        assert words in page, words
    assert count(database, Measure) == before
    # The sixth table's first column is the title after all.
    assert browser.send("/console/measures/import/columns", **{"column-5.0": "title"}).status_code == 302
    page = browser.get("/console/measures/import/preview").text
    assert "ช่องทางเผยแพร่เข้าถึงง่าย" in page
    assert browser.send("/console/measures/import/apply").status_code == 302
    assert count(database, Measure) == before + 11
    assert first_measure(database, "ช่องทางเผยแพร่เข้าถึงง่าย", 2566).item_code == "E6"
    assert browser.get("/console/measures/import/preview").status_code == 302  # taken over


def test_a_file_that_is_none_says_so_and_can_be_dropped(login: Login) -> None:
    browser = login("palad")
    assert browser.send("/console/measures/import").status_code == 422
    assert "PDF ไม่ได้" in upload(browser, b"%PDF-1.7")
    assert browser.send("/console/measures/import/apply").status_code == 302
    assert browser.send("/console/measures/import/drop").status_code == 302
    assert browser.get("/console/measures/import/preview").status_code == 302
    assert login("chang").get("/console/measures/import").status_code == 403


# -- scores ----------------------------------------------------------------------------------------------


def test_scores_are_recomputed_flagged_and_kept_as_typed(database: Database, login: Login) -> None:
    browser = login("palad")
    page = browser.get("/console/ita/scores").text
    assert "คะแนน ITA ปี 2569" in page
    published = "91.59 80.48 85.64 77.01 76.47 87.70 84.67 91.27 100 100".split()
    form = {f"score-{no}": score for no, score in enumerate(published, 1)} | {
        "fiscal_year": "2566",
        "score-eit": "91.59",
    }
    refused = browser.send("/console/ita/scores", **{**form, "score-2": "แปดสิบ"})
    assert refused.status_code == 422
    for words in ("แปดสิบ", "อ่านคะแนน", "91.27"):
        assert words in refused.text
    saved = browser.send("/console/ita/scores", **form)
    assert saved.status_code == 302
    page = browser.get(saved.location).text
    for words in ("82.24", "87.88", "91.04", "ผ่าน", "EIT ที่กรอก 91.59", "ตัวชี้วัดที่ 1"):
        assert words in page, words
    assert login("chang").send("/console/ita/scores", **form).status_code == 403
    assert "readonly" in login("chang").get("/console/ita/scores").text


def test_scores_come_from_a_file(database: Database, login: Login) -> None:
    browser = login("palad")
    before = count(database, ItaScore)
    data = b"indicator,score\n1,90\n2,99x\n"
    where = "/console/ita/scores/import"
    answer = browser.send(where, fiscal_year="2567", file=(io.BytesIO(data), "s.csv"))
    page = browser.get(answer.location).text
    assert "แถว 3" in page
    assert "ยังไม่มีคะแนนตัวชี้วัดที่ 2, 3" in page
    assert count(database, ItaScore) == before + 1
    assert browser.send(where, fiscal_year="2567").status_code == 302
    assert browser.send(where, fiscal_year="1", file=(io.BytesIO(data), "s.csv")).status_code == 302
    with database.read(1) as session:
        assert scores.years(session) == [2569, 2567]


# -- O-items ---------------------------------------------------------------------------------------------


def test_the_items_of_a_year_from_the_list_to_a_checked_element(database: Database, login: Login) -> None:
    clerk, admin, officer = login("palad"), login("admin"), login("chang")
    assert "ยังไม่มีรายการข้อ OIT" in clerk.get("/console/ita/elements?fy=2566").text
    assert officer.send("/console/ita/elements/load", fiscal_year="2566").status_code == 403
    assert clerk.send("/console/ita/elements/load", fiscal_year="2566").status_code == 302
    page = clerk.get("/console/ita/elements?fy=2566").text
    assert page.count("<progress") == 8
    with database.read(1) as session:
        element = session.scalars(
            select(Element.id).where(Element.item_code == "O8", Element.text.contains("สอบถาม"))
        ).one()
    where = f"/console/ita/elements/{element}"
    assert clerk.send(f"{where}/met").status_code == 422
    assert clerk.send(f"/console/proofs/elements/{element}/add", kind="url", url="x").status_code == 422
    assert (
        clerk.send(f"/console/proofs/elements/{element}/add", kind="url", url="https://example.go.th/q").status_code
        == 302
    )
    assert clerk.send(f"{where}/met", note="หน้าแรก").status_code == 302
    assert clerk.send(f"{where}/check").status_code == 422
    assert admin.send(f"{where}/check").status_code == 302
    page = clerk.get("/console/ita/elements/item?fy=2566&code=o8").text
    assert "ตรวจแล้ว" in page
    assert "หน้าแรก" in page
    assert clerk.send(f"{where}/reopen").status_code == 302
    refused = clerk.send(f"{where}/skip", note="")
    assert refused.status_code == 422
    assert "เหตุผล" in refused.text
    for missing in ("/console/ita/elements/item?fy=2566&code=O99", "/console/ita/elements/item"):
        assert clerk.get(missing).status_code == 404


def test_what_the_list_lacks_is_added_by_hand(database: Database, login: Login) -> None:
    browser = login("palad")
    browser.send("/console/ita/elements/load", fiscal_year="2570")
    assert "รอยืนยัน" in browser.get("/console/ita/elements?fy=2570").text
    form = {"fiscal_year": "2570", "code": "O1", "title": "โครงสร้าง", "indicator": "9.1", "text": "แผนผัง"}
    refused = browser.send("/console/ita/elements/add", **{**form, "code": "ข้อหนึ่ง"})
    assert refused.status_code == 422
    assert "โครงสร้าง" in refused.text
    assert browser.send("/console/ita/elements/add", **form).status_code == 302
    assert "แผนผัง" in browser.get("/console/ita/elements/item?fy=2570&code=O1").text


# -- registers -------------------------------------------------------------------------------------------


def fill(browser: Browser, where: str, form: dict[str, str]) -> TestResponse:
    """Send a form that has a field called "address"."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/console/account/password").text)
    assert token
    return browser.post(where, data={"csrf_token": token[1], **form})


FORMS = {
    "orders": {"number": "777/2569"},
    "committees": {"expires_on": "30 ก.ย. 2570"},
    "activities": {"kind": "training"},
    "channels": {"kind": "phone", "address": "02-000-9999"},
    "news": {"medium": "line"},
    "gifts": {"outcome": "refused", "value": "๑,๕๐๐"},
    "procurement": {"budget": "1000", "method": "specific", "winner": "ร้านสมมุติ", "price": "900"},
    "improvements": {"source": "survey", "changed": "เพิ่มเก้าอี้"},
}


@pytest.mark.parametrize("name", REGISTERS)
def test_every_register_has_its_pages(database: Database, login: Login, name: str) -> None:
    browser = login("palad")
    assert REGISTERS[name].label in browser.get("/console/registers/").text
    assert browser.get(f"/console/registers/{name}/").status_code == 200
    assert browser.get(f"/console/registers/{name}/new").status_code == 200
    form = {"title": "รายการสมมุติใหม่", "dated": "10 ต.ค. 69", **FORMS[name]}
    refused = fill(browser, f"/console/registers/{name}/new", {**form, "dated": "วันไหนดี"})
    assert refused.status_code == 422
    assert "รายการสมมุติใหม่" in refused.text
    assert "วันไหนดี" in refused.text
    saved = fill(browser, f"/console/registers/{name}/new", form)
    assert saved.status_code == 302, saved.text
    assert "รายการสมมุติใหม่" in browser.get(saved.location).text
    entry = saved.location.rsplit("/", 1)[1]
    edit = browser.get(f"/console/registers/{entry}/edit").text
    assert "10 ตุลาคม 2569" in edit
    assert fill(browser, f"/console/registers/{entry}/edit", {**form, "title": "เปลี่ยนชื่อ"}).status_code == 302
    assert "เปลี่ยนชื่อ" in browser.get(f"/console/registers/{name}/?fy=2570").text
    csv = browser.get(f"/console/registers/{name}/export.csv?fy=all").data.decode("utf-8-sig")
    assert "เปลี่ยนชื่อ" in csv
    assert browser.get(f"/console/registers/{name}/export.xlsx?fy=2570").data.startswith(b"PK")
    assert (
        browser.send(f"/console/proofs/entries/{entry}/add", kind="url", url="https://example.go.th/e").status_code
        == 302
    )
    assert browser.send(f"/console/registers/{entry}/remove").status_code == 422
    assert browser.send(f"/console/registers/{entry}/remove", sure="1").status_code == 302
    assert browser.get(f"/console/registers/{entry}").status_code == 404


def test_a_register_comes_in_from_a_file(database: Database, login: Login) -> None:
    browser = login("palad")
    before = count(database, RegisterEntry)
    text = "วันที่,รายการ,การจัดการ\n1 พ.ย. 69,ผลไม้,ปฏิเสธ\n2 พ.ย. 69,ขนม,กินแล้ว\n"
    where = "/console/registers/gifts/import"
    assert browser.send(where).status_code == 422
    answer = browser.send(where, file=(io.BytesIO(text.encode()), "gifts.csv"))
    page = browser.get(answer.location).text
    assert "พร้อมนำเข้า 1 รายการ" in page
    assert "แถว 3" in page
    assert browser.get("/console/registers/news/import/preview").status_code == 302  # another register's file
    assert browser.send(f"{where}/apply").status_code == 302
    assert count(database, RegisterEntry) == before + 1
    browser.send(where, file=(io.BytesIO(b"a,b\n1,2\n"), "x.csv"))
    assert browser.get(f"{where}/preview").status_code == 422
    assert login("chang").get(where).status_code == 403


def test_officers_leave_other_units_entries_alone(database: Database, login: Login) -> None:
    with database.read(1) as session:
        order = session.scalars(select(RegisterEntry).where(RegisterEntry.register == "procurement")).one()
    browser = login("chang")
    assert browser.get(f"/console/registers/{order.id}").status_code == 200
    form = {"title": "ขโมย", "dated": "1 ต.ค. 69", **FORMS["procurement"]}
    assert browser.send(f"/console/registers/{order.id}/edit", **form).status_code == 422
    assert browser.send(f"/console/registers/{order.id}/remove", sure="1").status_code == 422
    with database.read(1) as session:
        assert session.get_one(RegisterEntry, order.id).title == order.title


def test_channels_that_are_pages_are_asked_whether_they_are_there(database: Database, login: Login) -> None:
    with database.write(1) as session:
        for entry in session.scalars(select(RegisterEntry).where(RegisterEntry.register == "channels")):
            if str(entry.data["address"]).startswith("https"):
                entry.data = {**entry.data, "address": "http://127.0.0.1:9/"}
    browser = login("palad")
    answer = browser.send("/console/registers/channels/check")
    page = browser.get(answer.location).text
    assert "ตรวจแล้ว 1 ช่องทาง ใช้ไม่ได้ 1 ช่องทาง" in page
    with database.read(1) as session:
        states = [
            entry.data.get("alive")
            for entry in session.scalars(select(RegisterEntry).where(RegisterEntry.register == "channels"))
        ]
        assert sorted(states) == ["alive", "alive", "dead"]
