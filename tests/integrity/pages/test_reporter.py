"""A report from the first question to the answer, without cookie or script, as a browser without memory does it."""

from __future__ import annotations

import logging
import re
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from integrity import casework, drafts, gate, reports, uploads
from integrity.config import Config
from integrity.database import Database
from integrity.pages import app as app_module
from integrity.tables import Desk, Entry, Identity, Officer, Report, ReportKey, SealedFile
from integrity.vault import receipt
from tests.integrity.conftest import NOW, KnownDesk, new_officer
from tests.integrity.pages.visitor import BASE, BOTH, STORY, Visitor, forms_of, receipt_on, words

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def open_as(session: Session, config: Config, desk: KnownDesk, officer: int = 0) -> casework.View:
    """The only report, as an officer sees it."""
    known = desk.officers[officer]
    row = session.get_one(Officer, known.id)
    report_id = session.scalars(select(Report.id)).one()
    return casework.open_report(session, config, row, known.private, report_id, NOW)


@BOTH
def test_told_and_followed_by_the_receipt(
    visitor: Visitor, desk_database: Database, desk: KnownDesk, config: Config
) -> None:
    page = visitor.file_report(q_who="นายก", q_where="หมู่ 3")
    code = receipt_on(page)
    assert receipt.parse(code)
    with desk_database.writing() as session:
        casework.reply(session, open_as(session, config, desk), "มีเอกสารไหมคะ", NOW)
    read = visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=code)
    said = words(read)
    assert "มีเอกสารไหมคะ" in said
    assert STORY in said
    assert "รับเรื่องไว้แล้ว" in said
    sent = visitor.press(read, "ส่ง", text="มีสัญญาเลขที่ 5 ค่ะ")
    assert "ส่งแล้วค่ะ" in sent.text
    assert "มีสัญญาเลขที่ 5 ค่ะ" in words(visitor.press(sent, "กลับไปที่เรื่อง"))


def test_no_page_sets_a_cookie_or_puts_the_receipt_into_an_address(visitor: Visitor) -> None:
    page = visitor.file_report()
    code = receipt_on(page).replace(" ", "")
    pages = [page, visitor.press(page, "ตรวจว่าจดถูก", last_group=code[-4:])]
    pages.append(visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=code))
    pages.append(visitor.press(pages[-1], "ขอถอนเรื่อง"))
    for answer in pages:
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text
        addresses = re.findall(r'(?:href|action|src)="([^"]*)"', answer.text)
        assert not any(code in address or "://" in address for address in addresses)


def test_the_last_group_typed_back(visitor: Visitor) -> None:
    page = visitor.file_report()
    code = receipt_on(page)
    wrong = visitor.press(page, "ตรวจว่าจดถูก", last_group="0000" if code[-4:] != "0000" else "1111")
    assert "ยังไม่ตรง" in wrong.text
    assert receipt_on(wrong) == code
    thai = code[-4:].translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert "จดถูกต้องแล้ว" in visitor.press(wrong, "ตรวจว่าจดถูก", last_group=thai).text


def test_the_day_of_the_first_answer_is_named_and_when_it_is_over_where_else_to_go(
    app: Flask, visitor: Visitor
) -> None:
    page = visitor.file_report()
    number = receipt_on(page)
    assert "ภายใน 5 ธันวาคม 2569" in words(visitor.press(page, "ตรวจว่าจดถูก", last_group=number[-4:]))
    for days, late in ((15, False), (16, True)):
        app.extensions["integrity"].clock = lambda days=days: NOW + timedelta(days=days)
        read = visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=number)
        assert ("เลยกำหนดแล้วค่ะ" in words(read)) == late
        assert ("1205" in read.text) == late


def test_receipts_in_thai_digits_and_with_slips(visitor: Visitor) -> None:
    code = receipt_on(visitor.file_report())
    ask = visitor.get(f"{BASE}/follow")
    thai = code.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")).replace(" ", "  ")
    assert "เรื่องของคุณ" in visitor.press(ask, "เปิดอ่าน", receipt=thai).text
    slip = str((int(code[0]) + 1) % 10) + code[1:]
    answer = visitor.press(ask, "เปิดอ่าน", receipt=slip)
    assert "ตัวเลขผิดหรือสลับ" in answer.text
    assert dict(forms_of(answer)[0].fields)["receipt"] == slip
    unknown = receipt.show(receipt.new_receipt())
    assert "ไม่พบเรื่องของรหัสนี้" in visitor.press(ask, "เปิดอ่าน", receipt=unknown).text


def test_who_must_not_see_gets_no_key(visitor: Visitor, desk_database: Database, desk: KnownDesk) -> None:
    excluded = desk.officers[0].id
    visitor.file_report(excluded=[str(excluded)])
    with desk_database.reading() as session:
        readers = set(session.scalars(select(ReportKey.reader)))
    assert readers == {"reporter", *(f"officer:{officer.id}" for officer in desk.officers[1:])}


def test_who_joined_after_the_list_was_shown_gets_no_key(
    visitor: Visitor, desk_database: Database, desk: KnownDesk
) -> None:
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    page = visitor.press(page, "ต่อไป", excluded=[str(desk.officers[0].id)])
    with desk_database.writing() as session:
        new_officer(session, desk)
    visitor.press(page, "ส่งเรื่อง")
    with desk_database.reading() as session:
        readers = set(session.scalars(select(ReportKey.reader)))
    assert readers == {"reporter", *(f"officer:{officer.id}" for officer in desk.officers[1:])}


def test_nothing_is_sent_before_the_list_was_shown(visitor: Visitor, desk_database: Database) -> None:
    form = forms_of(visitor.get(f"{BASE}/report"))[0]
    answer = visitor.post(form.action, data=dict(form.fields) | {"q_what": STORY, "go": "file"})
    assert "ใครต้องไม่เห็นเรื่องนี้" in words(answer)
    assert count(desk_database, Report) == 0


def test_without_somebody_to_keep_names_none_is_asked_for(
    visitor: Visitor, desk_database: Database, desk: KnownDesk
) -> None:
    read = visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=receipt_on(visitor.file_report()))
    with desk_database.writing() as session:
        session.get_one(Officer, desk.custodian.id).role = "officer"
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    assert "id_name" not in page.text
    assert "ยังรับชื่อไม่ได้" in words(page)
    again = visitor.press(read, "ปิดผนึกและส่ง", id_name="สมหญิง")
    assert "id_name" not in again.text
    assert count(desk_database, Identity) == 0


def test_somebody_must_be_able_to_read(visitor: Visitor, desk_database: Database, desk: KnownDesk) -> None:
    everybody = [str(officer.id) for officer in desk.officers]
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    page = visitor.press(page, "ต่อไป", excluded=everybody)
    assert "1205" in page.text
    assert count(desk_database, Report) == 0
    assert ("q_what", STORY) in forms_of(page)[0].fields


def test_the_name_is_sealed_apart(visitor: Visitor, desk_database: Database, desk: KnownDesk) -> None:
    visitor.file_report(id_name="สมหญิง", id_phone="081")
    assert count(desk_database, Identity) == 1
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    page = visitor.press(page, "ต่อไป", excluded=[str(desk.custodian.id)], id_name="สมหญิง")
    assert "ส่งเรื่องโดยไม่บอกชื่อ" in page.text
    assert ("id_name", "สมหญิง") in forms_of(page)[0].fields


def test_steps_go_back_and_lose_nothing(visitor: Visitor, desk: KnownDesk) -> None:
    typed = {"q_what": STORY, "q_who": 'นาย "ก" <b> & พวก', "q_where": "บรรทัดหนึ่ง\r\nบรรทัดสอง"}
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", **typed)
    page = visitor.press(page, "ต่อไป", excluded=[str(desk.officers[0].id)], id_phone="081 234")
    assert "<b> &" not in page.text
    page = visitor.press(page, "แก้เรื่องที่เล่า")
    fields = forms_of(page)[0].fields
    assert ("q_who", typed["q_who"]) in fields
    assert ("q_where", "บรรทัดหนึ่ง\nบรรทัดสอง") in fields
    assert ("excluded", str(desk.officers[0].id)) in fields
    assert ("id_phone", "081 234") in fields


def test_an_empty_story_keeps_the_other_answers(visitor: Visitor) -> None:
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_who="นายก")
    assert "ข้อนี้จำเป็นค่ะ" in page.text
    assert ("q_who", "นายก") in forms_of(page)[0].fields


def test_what_would_help_is_asked_once_more(visitor: Visitor) -> None:
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    assert "ใครเกี่ยวข้องบ้างคะ" in words(visitor.press(page, "ต่อไป"))


@BOTH
def test_a_form_sent_twice_is_one_report_and_one_receipt(visitor: Visitor, desk_database: Database) -> None:
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    page = visitor.press(page, "ต่อไป")
    first, second = (receipt_on(visitor.press(page, "ส่งเรื่อง", [(PNG, "รูป.png")])) for _ in range(2))
    assert first == second
    assert count(desk_database, Report) == 1
    assert receipt_on(visitor.press(page, "ส่งเรื่อง", q_what=STORY + " แก้แล้ว")) != first
    assert count(desk_database, Report) == 2


@BOTH
def test_files_are_cleaned_and_what_was_found_is_told(visitor: Visitor, desk_database: Database) -> None:
    page = visitor.file_report(files=[(PNG, "หลักฐาน.png")])
    assert "หลักฐาน.png" in page.text
    assert count(desk_database, SealedFile) == 1


def test_a_refused_file_loses_no_word(visitor: Visitor, desk_database: Database) -> None:
    page = visitor.file_report(files=[(b"<svg onload=x>", "ภาพ.svg")], q_who="นายก")
    assert "ภาพ.svg" in page.text
    assert ("q_who", "นายก") in forms_of(page)[0].fields
    assert count(desk_database, Report) == 0
    read = visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=receipt_on(visitor.file_report()))
    again = visitor.press(read, "ส่ง", [(b"<svg>", "ภาพ.svg")], text="ข้อความยาว")
    assert ("text", "ข้อความยาว") in forms_of(again)[0].fields
    assert "ส่งแล้วค่ะ" in visitor.press(again, "ส่งอีกครั้ง").text


def test_six_files_are_too_many(visitor: Visitor, desk_database: Database) -> None:
    page = visitor.file_report(files=[(PNG, f"{n}.png") for n in range(6)])
    assert "ไม่เกิน 5 ไฟล์" in page.text
    assert count(desk_database, Report) == 0


def test_a_message_sent_twice_is_one_message(visitor: Visitor, desk_database: Database) -> None:
    read = visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=receipt_on(visitor.file_report()))
    before = count(desk_database, Entry)
    for _ in range(2):
        visitor.press(read, "ส่ง", text="เพิ่มเติมค่ะ")
    assert count(desk_database, Entry) == before + 1
    for _ in range(2):
        assert "หลักฐาน.png" in visitor.press(read, "ส่ง", [(PNG, "หลักฐาน.png")]).text
    assert count(desk_database, SealedFile) == 1
    assert "ยังไม่มีข้อความหรือไฟล์" in visitor.press(read, "ส่ง", text=" ").text


def test_name_later_and_withdrawal(visitor: Visitor, desk_database: Database) -> None:
    read = visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=receipt_on(visitor.file_report()))
    assert "ปิดผนึกชื่อและที่ติดต่อแล้ว" in visitor.press(read, "ปิดผนึกและส่ง", id_name="สมหญิง").text
    assert count(desk_database, Identity) == 1
    sure = visitor.press(read, "ขอถอนเรื่อง")
    with desk_database.reading() as session:
        assert session.scalars(select(Report.status)).one() == "received"
    done = visitor.press(sure, "ยืนยันถอนเรื่อง")
    assert "ถอนเรื่องแล้ว" in done.text
    back = visitor.press(done, "กลับไปที่เรื่อง")
    assert "คุณขอถอนเรื่องแล้ว" in back.text
    assert "ส่งแล้วค่ะ" in visitor.press(back, "ส่ง", text="เปลี่ยนใจค่ะ").text


@BOTH
def test_a_report_from_chat_gets_its_receipt_here(
    visitor: Visitor, desk_database: Database, desk: KnownDesk, config: Config
) -> None:
    with desk_database.writing() as session:
        draft = drafts.begin(session, session.get_one(Desk, desk.row.id), set(), NOW)
        drafts.put(session, draft, "what", STORY, NOW)
        token = drafts.submit(session, config, desk.row, draft, NOW)
    page = visitor.get(f"{BASE}/claim/{token}")
    assert visitor.get(f"{BASE}/claim/{token}").status_code == 200  # looking takes nothing
    code = receipt_on(visitor.press(page, "พร้อมจดแล้ว ขอรหัส"))
    assert receipt_on(visitor.press(page, "พร้อมจดแล้ว ขอรหัส")) == code  # pressed twice
    elsewhere = visitor.press(visitor.get(f"{BASE}/claim/{token}"), "พร้อมจดแล้ว ขอรหัส")
    assert "ลิงก์นี้ใช้ไม่ได้แล้ว" in elsewhere.text
    assert "อาจมีคนอื่นเห็นลิงก์" in elsewhere.text
    read = visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=code)
    assert "เจ้าหน้าที่ยังไม่ได้เปิดอ่าน" in read.text
    visitor.press(read, "ส่ง", text="เพิ่มอีกนิดค่ะ")
    with desk_database.writing() as session:
        open_as(session, config, desk)
    said = words(visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt=code))
    assert STORY in said
    assert "เพิ่มอีกนิดค่ะ" in said


# --- forms ---


@pytest.mark.parametrize("token", ["", "nonsense", "other page"])
def test_a_form_that_is_not_ours_is_asked_to_be_sent_again(
    visitor: Visitor, desk_database: Database, token: str
) -> None:
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    page = visitor.press(page, "ต่อไป")
    if token == "other page":
        token = dict(forms_of(visitor.get(f"{BASE}/follow"))[0].fields)["form_token"]
    again = visitor.press(page, "ส่งเรื่อง", form_token=token)
    assert count(desk_database, Report) == 0
    assert receipt_on(visitor.press(again, "ส่งอีกครั้ง"))


def test_a_page_left_open_for_days_loses_nothing(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    page = visitor.get(f"{BASE}/report")
    monkeypatch.setattr("integrity.pages.forms.OPEN_FOR", -1)
    again = visitor.press(page, "ต่อไป", q_what=STORY)
    monkeypatch.undo()
    assert ("q_what", STORY) in forms_of(again)[0].fields
    assert "ใครต้องไม่เห็นเรื่องนี้" in visitor.press(again, "ส่งอีกครั้ง").text


def test_in_a_flood_a_sum_is_asked_and_nothing_lost(app: Flask, visitor: Visitor, desk_database: Database) -> None:
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    page = visitor.press(page, "ต่อไป")
    house = app.extensions["integrity"]
    house.door.calm = 1
    visitor.press(visitor.get(f"{BASE}/follow"), "เปิดอ่าน", receipt="1")
    asked = visitor.press(page, "ส่งเรื่อง", [(PNG, "ก.png")])
    assert count(desk_database, Report) == 0
    assert asked.headers["Content-Security-Policy"].endswith("script-src 'self'")
    question = words(asked)
    tens = next(n for n, word in gate._THAI_TENS.items() if f"{word} บวก" in question)
    ones = next(n for n, word in gate._THAI_ONES.items() if f"บวก {word} ได้" in question)
    house.clock = lambda: NOW + timedelta(seconds=10)
    answered = visitor.press(asked, "ส่งอีกครั้ง", [(PNG, "ก.png")], challenge_answer=str(tens * 10 + ones))
    assert receipt_on(answered)
    assert count(desk_database, SealedFile) == 1


def test_when_the_gate_is_full_the_words_stay(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> str:
        raise gate.Busy

    monkeypatch.setattr(reports, "submit", busy)
    page = visitor.file_report()
    assert page.status_code == 503
    assert ("q_what", STORY) in forms_of(page)[0].fields
    monkeypatch.undo()


# --- every page ---


def test_every_page_of_the_safe_door_is_without_cookie_and_script(app: Flask, visitor: Visitor) -> None:
    """A route that is added later is walked too."""
    walked = set()
    for rule in app.url_map.iter_rules():
        if "/desk" in rule.rule or rule.endpoint == "static":
            continue
        values = {"code": "obt", "token": "t", "kind": "csv"}
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<([^<>]*:)?{name}>", values[name], path)
        for method in {"GET", "POST"} & (rule.methods or set()):
            answer = visitor.open(path, method=method, data={"receipt": "1"} if method == "POST" else None)
            assert answer.status_code == 200, (method, path)
            assert "Set-Cookie" not in answer.headers, path
            assert "script-src" not in answer.headers["Content-Security-Policy"]
            assert "<script" not in answer.text, path
            assert "http" not in "".join(re.findall(r'(?:action|src)="([^"]*)"', answer.text)), path
            walked.add((method, rule.endpoint))
    assert len(walked) >= 15, walked


# --- traces ---


def test_an_error_leaves_its_class_in_the_log_and_nothing_else(
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    canary = "นกขมิ้น-canary-4711"

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError(f"went wrong with {canary}")

    monkeypatch.setattr(reports, "submit", fail)
    with caplog.at_level(logging.DEBUG):
        page = visitor.file_report(q_what=canary)
    assert page.status_code == 500
    assert ("q_what", canary) in forms_of(page)[0].fields  # the person has it still
    incident = re.search(r"รหัส <b>([0-9a-f]{8})</b>", page.text)
    assert incident
    logged = caplog.text + "".join(capfd.readouterr())
    assert f"incident {incident[1]} RuntimeError" in logged
    assert canary not in logged
    assert "went wrong" not in logged


def test_words_survive_when_the_database_is_gone(visitor: Visitor, desk_database: Database) -> None:
    page = visitor.get(f"{BASE}/report")
    with desk_database.engine.begin() as raw:
        raw.execute(text("ALTER TABLE desk RENAME TO gone"))
    lost = visitor.press(page, "ต่อไป", q_what=STORY)
    assert lost.status_code == 500
    with desk_database.engine.begin() as raw:
        raw.execute(text("ALTER TABLE gone RENAME TO desk"))
    assert "ใครต้องไม่เห็นเรื่องนี้" in visitor.press(lost, "ส่งอีกครั้ง").text


def test_thirty_megabytes_touch_no_disk(visitor: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_file(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, no_file)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", no_file)
    large = b"\x89PNG\r\n\x1a\n" + b"canary" * (29 * 1024 * 1024 // 6)
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    page = visitor.press(page, "ต่อไป")
    form = forms_of(page)[0]
    boundary = "b0undary"
    parts = [*form.fields, ("go", "file")]
    body = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts
    ).encode()
    body += f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'.encode()
    body += large + f"\r\n--{boundary}--\r\n".encode()
    answer = visitor.post(form.action, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 200
    assert "a.png" in answer.text  # refused, since it is no picture


def test_too_much_at_once_is_refused_in_words(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module.MemoryRequest, "max_content_length", 1000)
    page = visitor.post(f"{BASE}/report", data={"q_what": "x" * 5000}, content_type="multipart/form-data")
    assert page.status_code == 413
    assert "ไฟล์รวมกันใหญ่เกินไป" in page.text
    assert "Set-Cookie" not in page.headers


def test_uploads_at_once_are_bounded_and_words_pass(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "LARGEST_TEXT", 3000)
    monkeypatch.setattr(app_module, "UPLOAD_PATIENCE", 0.01)
    reading, go_on = threading.Barrier(app_module.UPLOADS + 1), threading.Event()
    check = uploads.clean

    def slow(data: bytes, name: str) -> uploads.CleanFile:
        reading.wait(10)
        go_on.wait(10)
        return check(data, name)

    monkeypatch.setattr("integrity.pages.forms.clean", slow)
    page = visitor.press(visitor.get(f"{BASE}/report"), "ต่อไป", q_what=STORY)
    page = visitor.press(page, "ต่อไป")
    large = [(PNG + bytes(4000), "ก.png")]
    status: list[int] = []

    def upload() -> None:
        status.append(app.test_client().press(page, "ส่งเรื่อง", large).status_code)  # type: ignore[attr-defined]

    threads = [threading.Thread(target=upload) for _ in range(app_module.UPLOADS)]
    for thread in threads:
        thread.start()
    reading.wait(10)
    refused = visitor.press(page, "ส่งเรื่อง", large)
    assert refused.status_code == 429
    assert "ส่งไฟล์พร้อมกันมาก" in refused.text
    assert receipt_on(visitor.press(page, "ส่งเรื่อง"))
    go_on.set()
    for thread in threads:
        thread.join()
    assert status == [200] * app_module.UPLOADS
    monkeypatch.setattr("integrity.pages.forms.clean", check)
    assert visitor.press(page, "ส่งเรื่อง", large).status_code == 200


def test_pages_that_are_only_sent_to_say_so(visitor: Visitor) -> None:
    page = visitor.get(f"{BASE}/follow/message")
    assert page.status_code == 405
    assert "รหัสติดตามใหม่" in page.text
