"""Letters that answer a request for information: from the case to paper, with the ground, the reason and the appeal."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from flask import Flask
from sqlalchemy import select

from handlers.services import answering, starter
from models.agency import Staff
from models.audit import AuditEntry
from models.base import utc_now
from models.case import Case
from models.db import Database
from models.form import FormVersion, Request
from tests.handlers.turns import SECRET_KEY, view
from tests.reports.papers import text_pages
from tests.web import work
from tests.web.conftest import Browser

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
WANTED = "สัญญาจ้างทำถนนหมู่ 3 ปี 2569"
REFUSAL = {
    "result": "refused",
    "to": "นางสมมุติ ตัวอย่าง",
    "number": "ตย 99901/๑๒",
    "withheld": "รายงานการสอบข้อเท็จจริง",
    "ground": "s15-3",
    "reason": "ยังไม่ได้เสนอผู้มีอำนาจสั่ง",
    "signer": "mayor",
    "dated": "24 พ.ย. 2569",
}


@pytest.fixture
def asked(app: Flask, database: Database) -> int:
    """A request for information, put in on the web; its case's id."""
    agency = view(database)
    with database.write(agency.id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "admin")).one()
        starter.publish_packs(session, agency, staff, utc_now())
    agency = view(database)
    with database.write(agency.id) as session:
        form = starter.form_for(session, "information")
        assert form is not None
        version = session.scalars(select(FormVersion).where(FormVersion.form_id == form.id)).one()
        answers = {"wanted": WANTED, "manner": "read", "name": "นางสมมุติ ตัวอย่าง", "phone": "0812345678"}
        given = answering.Submission(answers=answers)
        answering.submit(session, agency, version, given, "web", utc_now(), SECRET_KEY)
        return session.scalars(select(Case.id).where(Case.kind == "request")).one()


def _words(file: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(file)).paragraphs)


def test_a_refusal_says_what_why_and_how_to_appeal(
    app: Flask, login: Any, database: Database, asked: int, tmp_path: Path
) -> None:
    browser: Browser = login("palad")
    where = f"/console/cases/{asked}/letter/"
    assert f'href="{where}"' in browser.get(f"/console/cases/{asked}").text
    page = browser.get(where).text
    assert "นางสมมุติ ตัวอย่าง" in page
    assert WANTED in page
    page = browser.send(where, turn="refused", result="given", to="นางสาวพิมพ์ไว้", withheld=WANTED).text
    for shown in ("นางสาวพิมพ์ไว้", WANTED, "หน่วยงานโปรดยืนยัน", "อุทธรณ์ต่อคณะกรรมการวินิจฉัย"):
        assert shown in page
    for missing in ("withheld", "ground", "reason"):
        refused = browser.send(f"{where}pdf", **{**REFUSAL, missing: ""})
        assert refused.status_code == 422
        assert f'id="{missing}-error"' in refused.text
        assert 'value="ตย 99901/๑๒"' in refused.text  # what was typed stays
    with database.read(1) as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "information_letter_made")).all() == []
    letter = browser.send(f"{where}docx", **REFUSAL)
    said = _words(letter.data)
    for words in (
        "ที่ ตย ๙๙๙๐๑/๑๒",
        "๒๔ พฤศจิกายน ๒๕๖๙",
        "แจ้งคำสั่งไม่เปิดเผยข้อมูลข่าวสารของราชการ",
        "มาตรา ๑๕ (๓) แห่งพระราชบัญญัติข้อมูลข่าวสารของราชการ พ.ศ. ๒๕๔๐",
        "ประโยชน์สาธารณะ",
        "เหตุผลที่ไม่เปิดเผย: ยังไม่ได้เสนอผู้มีอำนาจสั่ง",
        "ภายใน ๑๕ วันนับแต่วันที่ได้รับแจ้งคำสั่งนี้ ตามมาตรา ๑๘",
        "(หน่วยงานโปรดยืนยัน)",
        "ขอแสดงความนับถือ",
        "(นายสมมุติ ใจดี)",
    ):
        assert words in said
    printed = browser.send(f"{where}pdf", **{**REFUSAL, "law": "ข้อกฎหมายที่นิติกรตรวจแล้ว", "recourse": "อุทธรณ์ได้ใน 15 วัน"})
    pages = "".join(text_pages(printed.data, tmp_path))
    assert "ข้อกฎหมายที่นิติกรตรวจแล้ว" in pages
    assert "โปรดยืนยัน" not in pages
    with database.read(1) as session:
        answers = session.scalars(select(Request)).one().answers
        assert {name: answers[name] for name in ("result", "grounds", "answer", "answered_on", "wanted")} == {
            "result": "refused",
            "grounds": "s15-3",
            "answer": REFUSAL["reason"],
            "answered_on": "2026-11-24",
            "wanted": WANTED,
        }
        made = session.scalars(select(AuditEntry).where(AuditEntry.action == "information_letter_made")).all()
        assert [entry.detail for entry in made] == [{"kind": "letter_refused"}] * 2  # not what it says
    assert 'name="result" value="refused"' in browser.get(where).text  # it is remembered


def test_what_is_given_goes_with_a_covering_letter(login: Any, database: Database, asked: int) -> None:
    browser: Browser = login("palad")
    browser.send(f"/console/cases/{asked}/letter/docx", **REFUSAL)
    given = {**REFUSAL, "result": "given", "reason": "", "given": "สำเนาสัญญา\r\nใบตรวจรับ", "signer": "clerk"}
    said = _words(browser.send(f"/console/cases/{asked}/letter/docx", **given).data)
    assert "ขอส่งข้อมูลข่าวสารตามคำขอ" in said
    assert "๑. สำเนาสัญญา" in said
    assert "๒. ใบตรวจรับ" in said
    assert "(นางสมศรี ตัวอย่าง)" in said
    assert not re.search("อุทธรณ์|ไม่เปิดเผย", said)
    with database.read(1) as session:  # no reason was asked for: the one from before stays
        assert session.scalars(select(Request)).one().answers["answer"] == REFUSAL["reason"]
    part = _words(
        browser.send(f"/console/cases/{asked}/letter/docx", **{**given, "result": "part", "reason": "x"}).data
    )
    assert "๑. สำเนาสัญญา" in part
    assert "รายงานการสอบข้อเท็จจริง" in part
    none = {**REFUSAL, "result": "not_held", "reason": "อยู่ที่แขวงทางหลวง"}
    said = _words(browser.send(f"/console/cases/{asked}/letter/docx", **none).data)
    assert "ไม่มีข้อมูลข่าวสารตามคำขออยู่ในความครอบครอง" in said
    assert "อยู่ที่แขวงทางหลวง" in said


def test_the_agency_confirms_the_sentences_of_law_once(login: Any, asked: int) -> None:
    where = f"/console/cases/{asked}/letter/"
    clerk = login("palad")
    words = {"law": "ตามมาตรา 15 (3) ตรวจแล้ว", "recourse": "อุทธรณ์ได้ใน 15 วัน (หน่วยงานโปรดยืนยัน)", "confirmed": "1"}
    assert 'name="confirmed"' in clerk.send(where, turn="refused").text
    refused = clerk.send(f"{where}docx", **REFUSAL, **words)
    assert refused.status_code == 422
    assert "ลบคำว่า" in refused.text
    words["recourse"] = "อุทธรณ์ได้ใน 15 วัน"
    assert clerk.send(f"{where}docx", **REFUSAL, **words).status_code == 200
    said = _words(clerk.send(f"{where}docx", **REFUSAL).data)
    assert "ตามมาตรา ๑๕ (๓) ตรวจแล้ว" in said
    assert "อุทธรณ์ได้ใน ๑๕ วัน" in said
    assert "โปรดยืนยัน" not in said
    assert "โปรดยืนยัน" in _words(clerk.send(f"{where}docx", **{**REFUSAL, "ground": "s15-6"}).data)
    # Others draw letters with these words and change none of them.
    mayor = login("nayok")
    assert 'name="confirmed"' not in mayor.send(where, turn="refused").text
    assert mayor.send(f"{where}docx", **REFUSAL, **{**words, "law": "อย่างอื่น"}).status_code == 200
    assert "ตรวจแล้ว" in _words(clerk.send(f"{where}docx", **REFUSAL).data)


def test_only_requests_for_information_have_it_and_only_whoever_sees_them(app: Flask, login: Any, asked: int) -> None:
    complaint = work.file_case(app)
    assert login("admin").get(f"/console/cases/{complaint}/letter/").status_code == 404
    for name, agency in (("palad", "other"), ("chang", "demo")):
        assert login(name, agency).send(f"/console/cases/{asked}/letter/pdf", **REFUSAL).status_code == 404
