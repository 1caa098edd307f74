"""The FAQ manager: entries, services, import with a look first, export, try-it, groups."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import openpyxl
from flask import Flask
from sqlalchemy import delete, func, select

from models.agency import Unit
from models.db import Database
from models.question import FaqEntry, Question, ServiceEntry
from tests.web import work

FAQ = "/console/faq/"
ENTRY = {
    "question": "สนามกีฬาเปิดกี่โมง",
    "answer": "เปิด ⟦05.00-20.00 น.⟧ ค่ะ",
    "alternatives": "สนามบอลเปิดกี่โมง",
    "status": "published",
}


def entry(app: Flask, **wanted: Any) -> FaqEntry | None:
    with work.known(app).database.read(work.agency_of(app).id) as session:
        return session.scalars(select(FaqEntry).filter_by(**wanted)).first()


def questions_shown(page: str) -> list[str]:
    return re.findall(r'class="tap" href="[^"]+">([^<]+)</a>', page)


def test_write_confirm_draft_publish_remove(app: Flask, login: Any) -> None:
    head = login("changhead")
    refused = head.send(FAQ + "new", **{**ENTRY, "question": " ", "review_by": "เมื่อไรก็ได้"})
    assert refused.status_code == 422
    assert "05.00-20.00" in refused.text
    assert "อ่านวันที่ไม่ได้" in refused.text
    filed = head.send(FAQ + "new", **ENTRY, review_by="30 ก.ย. 2571")
    assert filed.status_code == 302
    made = entry(app, question=ENTRY["question"])
    assert made
    assert str(made.review_by) == "2028-09-30"
    address = f"{FAQ}{made.id}"
    # The bot answers from it at once, and says that the fact waits to be confirmed.
    tried = head.get(FAQ + "try", query_string={"q": "สนามบอลเปิดกี่โมง"}).text
    assert "ระบบจะตอบทันที" in tried
    assert "(รอยืนยัน)" in tried
    assert head.send(f"{address}/confirm").status_code == 302
    assert "(รอยืนยัน)" not in head.get(FAQ + "try", query_string={"q": "สนามบอลเปิดกี่โมง"}).text.split("ที่มา")[0]
    assert head.send(address, **{**ENTRY, "answer": "เปิด ⟦06.00-20.00 น.⟧ ค่ะ"}).status_code == 302
    assert "ยืนยันว่าถูกต้อง" in head.get(address).text  # changed: to be confirmed again
    assert head.send(f"{address}/draft").status_code == 302
    assert questions_shown(head.get(FAQ, query_string={"show": "draft"}).text) == [ENTRY["question"]]
    assert head.send(f"{address}/publish").status_code == 302
    assert login("chang").send(f"{address}/remove").status_code == 403
    assert head.send(f"{address}/remove").status_code == 302
    assert entry(app, question=ENTRY["question"]) is None


def test_the_mayor_reads_and_another_agency_does_not(app: Flask, login: Any) -> None:
    made = entry(app)
    assert made
    mayor, stranger = login("nayok"), login("admin", agency="other")
    page = mayor.get(f"{FAQ}{made.id}")
    assert page.status_code == 200
    assert ">บันทึก</button>" not in page.text
    assert mayor.send(f"{FAQ}{made.id}", **ENTRY).status_code == 403
    assert mayor.get(FAQ + "new").status_code == 403
    assert stranger.get(f"{FAQ}{made.id}").status_code == 404
    assert stranger.send(f"{FAQ}{made.id}/remove").status_code == 404
    assert stranger.send(f"{FAQ}{made.id}", **ENTRY).status_code == 404


def test_list_search_and_filters(app: Flask, login: Any) -> None:
    officer = login("khlang")
    shown = questions_shown(officer.get(FAQ, query_string={"q": "ภาษีป้าย"}).text)
    assert shown
    assert len(shown) < 20
    finance = work.unit_id(app, "กองคลัง")
    for question in questions_shown(officer.get(FAQ, query_string={"unit": finance}).text):
        found = entry(app, question=question)
        assert found
        assert found.unit_id == finance
    first = questions_shown(officer.get(FAQ).text)
    second = questions_shown(officer.get(FAQ, query_string={"page": 1}).text)
    assert first
    assert second
    assert not set(first) & set(second)
    assert "ไม่พบข้อที่ตรงกัน" in officer.get(FAQ, query_string={"q": "ไม่มีคำนี้แน่นอน"}).text


def test_a_question_becomes_an_entry(app: Flask, login: Any) -> None:
    question_id = work.ask(app, "ขอยืมเต็นท์งานบวชได้ไหมคะ", unit_id=work.unit_id(app, "กองช่าง"))
    head = login("changhead")
    head.send(f"/console/questions/{question_id}/answer", text="ยืมได้ค่ะ ยื่นคำขอก่อน 3 วัน")
    page = head.get(FAQ + "new", query_string={"question": question_id}).text
    assert "ขอยืมเต็นท์งานบวช" in page
    assert "ยืมได้ค่ะ ยื่นคำขอก่อน 3 วัน" in page
    form = {"question": "ขอยืมเต็นท์", "answer": "ยืมได้ค่ะ ยื่นคำขอก่อน 3 วัน", "status": "published"}
    assert head.send(FAQ + "new", **form, asked=question_id).status_code == 302
    made = entry(app, question="ขอยืมเต็นท์")
    assert made
    assert work.question(app, question_id).faq_id == made.id
    # Not of a question that one may not see.
    assert login("khlang").get(FAQ + "new", query_string={"question": question_id}).status_code == 404


def test_groups_of_what_was_asked_in_vain(app: Flask, login: Any) -> None:
    for _ in range(3):
        work.ask(app, "โดรนพ่นยาเช่าได้ที่ไหน")
    palad = login("palad")
    page = palad.get(FAQ + "asked").text
    assert "ถาม 3 ครั้ง" in page
    ids = re.findall(r'name="question" value="(\d+)"', page)
    assert len(ids) == 3
    made = palad.send(FAQ + "asked/make", question=ids)
    assert made.status_code == 302
    assert "โดรนพ่นยา" in palad.get(made.location).text
    with work.writing(app) as session:
        draft = session.scalars(select(FaqEntry).where(FaqEntry.question.contains("โดรน"))).one()
        assert draft.status == "draft"
        assert set(session.scalars(select(Question.faq_id))) == {draft.id}
    assert "โดรนพ่นยา" not in palad.get(FAQ + "asked").text
    assert palad.send(FAQ + "asked/make", question="999999").status_code == 302
    assert login("chang").get(FAQ + "asked").status_code == 403


SHEET = (
    "id,question,answer,unit\nland-tax-pay,จ่ายภาษีที่ดินที่ไหน,ที่กองคลังค่ะ,กองคลัง\n"
    "new-one,ตลาดนัดมีวันไหน,วันพุธค่ะ,กองใหม่\n,ไม่มีรหัส,x,\n"
)


def test_import_looks_first_and_then_takes_over(app: Flask, login: Any) -> None:
    head = login("changhead")
    assert head.send(FAQ + "import").status_code == 422
    before = entry(app, key="land-tax-pay")
    assert before
    sent = head.send(FAQ + "import", file=(io.BytesIO(SHEET.encode()), "คำถาม.csv"))
    assert sent.location.endswith("/import/preview")
    page = head.get(sent.location).text
    for shown in ("คำถาม.csv", "พร้อมนำเข้า 2 ข้อ", "ใหม่ 1", "ทับข้อเดิม 1", "กองใหม่", "แถว 4"):
        assert shown in page
    unchanged = entry(app, key="land-tax-pay")
    assert unchanged
    assert unchanged.answer == before.answer
    # The file waits for this person only.
    assert login("khlang").send(FAQ + "import/apply").location.endswith("/import")
    assert head.send(FAQ + "import/apply").status_code == 302
    after, fresh = entry(app, key="land-tax-pay"), entry(app, key="new-one")
    assert after
    assert fresh
    assert after.answer == "ที่กองคลังค่ะ"
    with work.writing(app) as session:
        assert session.scalars(select(Unit.suggested).where(Unit.name == "กองใหม่")).one()
    assert not list((work.known(app).data / "imports").iterdir())
    # Twice is no harm.
    assert head.send(FAQ + "import/apply").location.endswith("/import")
    assert login("nayok").get(FAQ + "import").status_code == 403


def test_a_file_that_is_no_table_is_told_and_can_be_dropped(app: Flask, login: Any) -> None:
    head = login("changhead")
    head.send(FAQ + "import", file=(io.BytesIO(b"\xd0\xcf\x11\xe0 old"), "old.xls"))
    page = head.get(FAQ + "import/preview").text
    assert "Excel รุ่นเก่า" in page
    assert "import/apply" not in page
    assert head.send(FAQ + "import/drop").status_code == 302
    assert not list((work.known(app).data / "imports").iterdir())


def test_export_comes_back_in_unchanged(app: Flask, login: Any) -> None:
    head = login("changhead")
    with work.writing(app) as session:
        count = session.scalar(select(func.count()).select_from(FaqEntry))
    table = list(csv.reader(io.StringIO(head.get(FAQ + "export.csv").data.decode("utf-8-sig"))))
    assert len(table) == 1 + (count or 0)
    book = openpyxl.load_workbook(io.BytesIO(head.get(FAQ + "export.xlsx").data))
    assert book.worksheets[0].max_row == 1 + (count or 0)
    data = io.BytesIO(head.get(FAQ + "export.xlsx").data)
    head.send(FAQ + "import", file=(data, "faq.xlsx"))
    assert head.send(FAQ + "import/apply").status_code == 302
    assert f"เหมือนเดิม {count:,} ข้อ" in head.get(FAQ).text


def test_try_it_stores_nothing(app: Flask, login: Any) -> None:
    chang = login("chang")
    for words, expected in (("ไฟไหม้บ้าน", "เหตุฉุกเฉิน"), ("สวัสดีค่ะ", "ทักทาย"), ("จ่ายภาษีที่ดินที่ไหน", "คะแนน")):
        assert expected in chang.get(FAQ + "try", query_string={"q": words}).text
    with work.writing(app) as session:
        assert session.scalar(select(func.count()).select_from(Question)) == 0


def test_services(app: Flask, login: Any) -> None:
    head = login("changhead")
    form = {"name": "ขอใช้หอประชุม", "steps": "ยื่นคำขอ\nรออนุมัติ", "documents": "บัตรประชาชน", "fee": "⟦500 บาท⟧"}
    assert head.send(FAQ + "services/new", **{**form, "name": ""}).status_code == 422
    filed = head.send(FAQ + "services/new", **form)
    assert filed.status_code == 302
    assert "รอยืนยัน" in head.get(filed.location).text
    assert head.send(filed.location + "/confirm").status_code == 302
    with work.writing(app) as session:
        made = session.scalars(select(ServiceEntry).where(ServiceEntry.name == form["name"])).one()
        assert made.steps == ["ยื่นคำขอ", "รออนุมัติ"]
        assert made.confirmed_at
    assert questions_shown(head.get(FAQ + "services", query_string={"q": "หอประชุม"}).text) == [form["name"]]
    assert head.send(filed.location, **{**form, "fee": "600 บาท"}).status_code == 302
    assert head.send(filed.location + "/remove").status_code == 302
    assert head.get(filed.location).status_code == 404


def test_an_agency_without_answers_takes_the_starter_pack(database: Database, login: Any) -> None:
    with database.write(1) as session:
        session.execute(delete(FaqEntry))
    browser = login("palad")
    assert "ใช้ชุดตั้งต้น" in browser.get("/console/faq/").text
    assert "ใช้ชุดตั้งต้น" in browser.get("/console/faq/import").text
    assert browser.send("/console/faq/starter").status_code == 302
    with database.read(1) as session:
        assert len(session.scalars(select(FaqEntry)).all()) >= 80
