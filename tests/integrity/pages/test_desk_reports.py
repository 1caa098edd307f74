"""What officers do with reports, through the pages, and what the reporter reads of it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pyrage
import pytest
from sqlalchemy import select

import integrity
from integrity import audit, reports, retention
from integrity.logbook import ACTIONS
from integrity.pages import desk_reports
from integrity.tables import AuditRow, Report
from tests.integrity.pages.desk import AT, FILE, World
from tests.integrity.pages.visitor import BOTH, words


def acts(world: World, action: str) -> list[AuditRow]:
    with world.database.reading() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action)))


# -- the list -----------------------------------------------------------------------------------------------


def test_the_list_shows_states_and_no_content(world: World) -> None:
    _, first = world.tell()
    world.later(days=1)
    _, second = world.tell()
    malee = world.logged_in("malee")
    assert malee.send(f"/reports/{first}/status", status="screening").status_code == 303
    page = malee.get(f"{AT}/")
    assert page.text.index(second[:8].upper()) < page.text.index(first[:8].upper()), "newest first"
    assert "เงินทอน" not in page.text
    assert "20 พฤศจิกายน 2569" in page.text
    for status, shown, hidden in (("screening", first, second), ("received", second, first)):
        filtered = malee.get(f"{AT}/?status={status}").text
        assert shown[:8].upper() in filtered
        assert hidden[:8].upper() not in filtered
        assert "ทั้งหมด 2" in filtered
    assert "ไม่มีเรื่องที่ท่านอ่านได้ในสถานะนี้" in malee.get(f"{AT}/?status=closed").text


def test_keys_that_wait_for_this_officers_approval_are_said(world: World) -> None:
    """`nit` was appointed by malee, who therefore may not approve."""
    assert "รอท่านรับรอง" not in world.logged_in("malee").get(f"{AT}/").text
    prasit, nit = world.logged_in("prasit"), f"{AT}/people/{world.people['nit'].id}"
    assert f'href="{nit}"' in prasit.get(f"{AT}/").text
    assert prasit.press(prasit.get(nit), "รับรองกุญแจ", compared="yes").status_code == 303
    assert "รอท่านรับรอง" not in prasit.get(f"{AT}/").text


def test_a_long_list_has_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_reports, "PER_PAGE", 2)
    ids = [world.tell()[1] for _ in range(3)]
    malee = world.logged_in("malee")
    first, second = malee.get(f"{AT}/?status=received"), malee.get(f"{AT}/?status=received&page=2")
    assert sum(report_id in first.text for report_id in ids) == 2
    assert sum(report_id in second.text for report_id in ids) == 1
    assert "status=received&amp;page=2" in first.text
    assert all(report_id in first.text + second.text for report_id in ids)
    for page in ("0", "-1", "x", "99", str(2**70)):
        assert malee.get(f"{AT}/?page={page}").status_code == 200


def test_a_report_is_new_until_it_is_read_and_again_when_something_moves(world: World) -> None:
    receipt, report_id = world.tell()
    malee, prasit = world.logged_in("malee"), world.logged_in("prasit")
    new = "มีสิ่งที่ยังไม่ได้อ่าน"
    assert new in malee.get(f"{AT}/").text
    malee.get(f"{AT}/reports/{report_id}")
    assert new not in malee.get(f"{AT}/").text
    assert new in prasit.get(f"{AT}/").text, "each officer has an own mark"
    prasit.get(f"{AT}/reports/{report_id}")
    assert new not in malee.get(f"{AT}/").text, "that others read it is nothing new"
    with world.database.writing() as session:
        opened = reports.find(session, world.config, world.desk(session), receipt)
        assert opened is not None
        reports.add_message(session, opened, "มีสลิปด้วย", world.moment)
    assert new in malee.get(f"{AT}/").text


def test_what_is_late_is_marked(world: World) -> None:
    world.tell()
    world.later(days=15)
    assert "เลยกำหนด" not in world.logged_in("malee").get(f"{AT}/").text
    world.later(days=1)
    assert "เลยกำหนด" in world.logged_in("malee").get(f"{AT}/").text


def test_what_is_missing_before_the_desk_may_open_is_said(world: World) -> None:
    malee = world.logged_in("malee")
    assert "ยังเปิดรับเรื่องไม่ได้" not in malee.get(f"{AT}/").text
    malee.send(f"/people/{world.people['jangwat'].id}/leave", sure="yes")
    for page in ("", "people"):
        assert "ต้องมีผู้รับเรื่องจากนอกหน่วยงาน" in malee.get(f"{AT}/{page}").text


# -- a report -----------------------------------------------------------------------------------------------


@BOTH
def test_officer_and_reporter_write_to_each_other(world: World) -> None:
    receipt, report_id = world.tell()
    malee = world.logged_in("malee")
    page = malee.get(f"{AT}/reports/{report_id}")
    assert "นายกเรียกเงินทอนโครงการถนน" in page.text
    sent = malee.press(page, "ส่งถึงผู้แจ้ง", text="มีพยาน <i>คนอื่น</i> หรือไม่")
    assert sent.status_code == 303
    assert "ส่งข้อความถึงผู้แจ้งแล้ว" in malee.get(sent.location).text
    noted = malee.press(page, "บันทึก", text="น่าจะจริง")
    assert noted.status_code == 303
    assert "มีพยาน &lt;i&gt;คนอื่น" in malee.get(noted.location).text
    assert "น่าจะจริง" in malee.get(noted.location).text
    told = [entry.content.get("text") for entry in world.follow(receipt).entries]
    assert "มีพยาน <i>คนอื่น</i> หรือไม่" in told
    assert "น่าจะจริง" not in told


def test_what_is_wrong_is_said_and_the_text_stays(world: World) -> None:
    _, report_id = world.tell()
    malee = world.logged_in("malee")
    at = f"/reports/{report_id}"
    assert "ยังไม่ได้พิมพ์ข้อความ" in malee.send(f"{at}/reply", text=" ").text
    long = malee.send(f"{at}/reply", text="ย" * 10_001)
    assert "ยาวเกิน" in long.text
    assert "ย" * 10_001 in long.text
    assert "กรุณาเขียนผลและเหตุผล" in malee.send(f"{at}/status", status="closed").text
    assert "เปลี่ยนสถานะเช่นนี้ไม่ได้" in malee.send(f"{at}/status", status="withdrawn", text="x").text
    wrong_day = malee.send(f"{at}/due", due_on="วันไหนก็ได้", text="รอเอกสาร").text
    assert "ขอวันที่อีกครั้ง" in wrong_day
    assert 'value="วันไหนก็ได้"' in wrong_day
    assert 'value="closed" required checked' in malee.send(f"{at}/status", status="closed").text
    entry = re.search(r'name="entry" value="(\w+)"', malee.get(malee.send(f"{at}/note", text="ก").location).text)
    assert entry
    packet = malee.send(f"{at}/packet", recipient="สั้นไป", entry=entry[1]).text
    assert 'value="สั้นไป"' in packet
    assert f'value="{entry[1]}" checked' in packet
    past = malee.send(f"{at}/due", due_on="1/1/2569", text="รอเอกสาร")
    assert "ต้องเป็นวันข้างหน้า" in past.text
    assert "รอเอกสาร" in past.text
    assert acts(world, "report.status") == []


def test_status_due_day_end_and_reopening(world: World) -> None:
    receipt, report_id = world.tell()
    malee, at = world.logged_in("malee"), f"/reports/{report_id}"
    assert malee.send(f"{at}/status", status="screening").status_code == 303
    assert malee.send(f"{at}/due", due_on="๑๕/๑/๒๕๗๐", text="รอเอกสารจากอำเภอ").status_code == 303
    assert "15 มกราคม 2570" in malee.get(f"{AT}{at}").text
    assert malee.send(f"{at}/status", status="closed", text="ไม่พบมูลความผิด").status_code == 303
    assert world.follow(receipt).status == "closed"
    page = malee.get(f"{AT}{at}")
    assert "เปลี่ยนวันครบกำหนด" not in page.text
    assert malee.press(page, "เปิดเรื่องขึ้นใหม่", text="มีหลักฐานใหม่").status_code == 303
    assert world.follow(receipt).status == "screening"
    assert [row.detail["status"] for row in acts(world, "report.status")] == ["screening", "closed"]


def test_files_are_saved_not_shown(world: World) -> None:
    _, report_id = world.tell(files=[FILE])
    other = world.tell("malee", files=[FILE])[1]
    malee = world.logged_in("malee")
    page = malee.get(f"{AT}/reports/{report_id}")
    assert "ชื่อผู้จัดทำ" in page.text
    link = re.search(rf"{AT}/reports/{report_id}/files/([0-9a-f]+)", page.text)
    assert link is not None
    got = malee.get(link[0])
    assert got.data == FILE.data
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert "ใบเสร็จ.pdf" in unquote(got.headers["Content-Disposition"])
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"
    assert len(acts(world, "file.read")) == 1
    own = world.tell()[1]
    assert malee.get(f"{AT}/reports/{own}/files/{link[1]}").status_code == 404, "another report's file"
    assert malee.get(f"{AT}/reports/{other}/files/{link[1]}").status_code == 404


def test_the_packet_for_another_authority(world: World) -> None:
    receipt, report_id = world.tell(files=[FILE], identity={"name": "คนบอก"})
    malee = world.logged_in("malee")
    malee.send(f"/reports/{report_id}/note", text="บันทึกที่ส่งต่อ")
    malee.send(f"/reports/{report_id}/note", text="บันทึกที่ไม่ส่งต่อ")
    page = malee.get(f"{AT}/reports/{report_id}").text
    entries = re.findall(r'name="entry" value="(\w+)"', page)
    file = re.search(r'name="file" value="(\w+)"', page)
    assert file is not None
    for recipient in ("สั้นไป", "age1ไม่ใช่กุญแจ"):
        refused = malee.send(f"/reports/{report_id}/packet", recipient=recipient)
        assert refused.mimetype == "text/html"
        assert 'role="alert"' in refused.text
    authority = pyrage.x25519.Identity.generate()
    recipient = str(authority.to_public())
    got = malee.send(f"/reports/{report_id}/packet", recipient=recipient, entry=entries[0], file=file[1])
    assert got.mimetype == "application/octet-stream"
    assert "attachment" in got.headers["Content-Disposition"]
    packed = zipfile.ZipFile(io.BytesIO(pyrage.decrypt(got.data, [authority])))
    letter = packed.read("report.txt").decode("utf-8-sig")
    assert "บันทึกที่ส่งต่อ" in letter
    for absent in ("บันทึกที่ไม่ส่งต่อ", "คนบอก", report_id, receipt):
        assert absent not in letter
    assert any(packed.read(name) == FILE.data for name in packed.namelist())


def test_a_page_lists_nobody_who_was_excluded(world: World) -> None:
    _, report_id = world.tell("prasit")
    page = world.logged_in("malee").get(f"{AT}/reports/{report_id}").text
    assert "คุณprasit" not in page


# -- identity -----------------------------------------------------------------------------------------------


@BOTH
def test_identity_needs_a_reason_a_second_person_and_the_custodian(world: World) -> None:
    _, report_id = world.tell(identity={"name": "สมหญิง", "phone": "081"})
    somsri, malee = world.logged_in("somsri"), world.logged_in("malee")
    at = f"/reports/{report_id}"
    assert "ปิดผนึกแยกจากเรื่อง" in malee.get(f"{AT}{at}").text
    assert malee.send(f"{at}/identity/ask", text="อยากรู้").status_code == 403
    assert "ต้องมีเหตุผล" in somsri.send(f"{at}/identity").text
    assert "กรุณาเขียนเหตุผล" in somsri.send(f"{at}/identity/ask", text="").text
    assert somsri.press(somsri.get(f"{AT}{at}"), "ส่งคำขอ", text="ต้องคุ้มครองพยาน").status_code == 303
    assert "รอการอนุมัติจากท่าน" in malee.get(f"{AT}/").text
    assert "รอการอนุมัติจากท่าน" not in somsri.get(f"{AT}/").text
    assert "ต้องคุ้มครองพยาน" in malee.get(f"{AT}{at}").text
    assert "ของตนเองไม่ได้" in somsri.send(f"{at}/identity/approve").text
    assert malee.press(malee.get(f"{AT}{at}"), "อนุมัติ").status_code == 303
    assert malee.send(f"{at}/identity").status_code == 403, "who approved does not get to see it"
    assert acts(world, "identity.read") == []
    told = somsri.press(somsri.get(f"{AT}{at}"), "เปิดข้อมูลตัวตน (ครั้งเดียว มีการบันทึก)")
    assert "สมหญิง" in told.text
    assert len(acts(world, "identity.read")) == 1
    again = somsri.send(f"{at}/identity")
    assert "สมหญิง" not in again.text
    assert "ต้องมีเหตุผล" in again.text


def test_a_request_can_be_refused_or_taken_back(world: World) -> None:
    _, report_id = world.tell(identity={"name": "สมหญิง"})
    somsri, malee = world.logged_in("somsri"), world.logged_in("malee")
    at = f"/reports/{report_id}"
    for browser, button in ((malee, "ไม่อนุมัติ"), (somsri, "ถอนคำขอ")):
        somsri.send(f"{at}/identity/ask", text="เหตุผล")
        assert browser.press(browser.get(f"{AT}{at}"), button).status_code == 303
        assert "ต้องมีเหตุผล" in somsri.send(f"{at}/identity").text


# -- deletion -----------------------------------------------------------------------------------------------


@BOTH
def test_deletion_takes_two_officers_and_time(world: World) -> None:
    _, report_id = world.tell()
    at = f"/reports/{report_id}"
    malee = world.logged_in("malee")
    malee.send(f"{at}/status", status="closed", text="ไม่พบมูล")
    assert "พ้นกำหนดเก็บรักษา" in malee.send(f"{at}/deletion/ask", text="หมดเวลา").text
    world.later(days=3651)
    malee, prasit = world.logged_in("malee"), world.logged_in("prasit")
    assert "พ้นกำหนดเก็บรักษา" in malee.get(f"{AT}/").text
    assert malee.press(malee.get(f"{AT}{at}"), "ส่งคำขอ", text="หมดเวลา").status_code == 303
    assert "ของตนเองไม่ได้" in malee.send(f"{at}/deletion/approve").text
    assert prasit.press(prasit.get(f"{AT}{at}"), "อนุมัติ").status_code == 303
    assert retention.run(world.database, world.config, world.moment) == 1
    with world.database.reading() as session:
        assert session.get(Report, report_id) is None
        assert audit.verify(session, world.desk(session)) == []
    assert malee.get(f"{AT}{at}").status_code == 404
    assert report_id[:8].upper() not in malee.get(f"{AT}/audit").text


# -- people and the log -------------------------------------------------------------------------------------


def test_older_reports_go_to_a_new_officer_only_when_chosen(world: World) -> None:
    given, kept = world.tell()[1], world.tell()[1]
    world.later(days=2)
    nit, prasit = world.people["nit"], world.logged_in("prasit")
    page = prasit.get(f"{AT}/people/{nit.id}")
    assert given in page.text
    assert kept in page.text
    assert prasit.send(f"/people/{nit.id}/approve", compared="yes", share=given).status_code == 303
    browser = world.logged_in("nit")
    assert browser.get(f"{AT}/reports/{given}").status_code == 200
    assert browser.get(f"{AT}/reports/{kept}").status_code == 404
    assert "share" not in prasit.get(f"{AT}/people/{nit.id}").text


def test_who_left_can_come_back_with_a_second_officers_approval(world: World) -> None:
    boon, malee, prasit = world.people["boon"], world.logged_in("malee"), world.logged_in("prasit")
    assert malee.press(malee.get(f"{AT}/people/{boon.id}"), "ให้กลับเข้าหน้าที่").status_code == 303
    assert "ยังไม่ได้พ้นหน้าที่" in malee.send(f"/people/{boon.id}/readmit").text
    assert prasit.send(f"/people/{boon.id}/approve", compared="yes").status_code == 303


def test_leaving_needs_to_be_meant(world: World) -> None:
    malee = world.logged_in("malee")
    assert "โปรดทำเครื่องหมายยืนยัน" in malee.send(f"/people/{world.people['prasit'].id}/leave").text
    assert malee.send(f"/people/{world.people['malee'].id}/leave", sure="yes").location.endswith("log-in?done=out")
    assert malee.get(f"{AT}/").status_code == 401


@BOTH
def test_rekeying_keeps_everything_readable(world: World) -> None:
    receipt, report_id = world.tell(files=[FILE])
    malee = world.logged_in("malee")
    assert malee.press(malee.get(f"{AT}/people"), "เข้ารหัสเรื่องที่ข้าพเจ้าอ่านได้ใหม่").status_code == 303
    assert "เงินทอน" in malee.get(f"{AT}/reports/{report_id}").text
    assert len(world.follow(receipt).files) == 1


def test_the_log_says_who_did_what_without_content(world: World) -> None:
    _, report_id = world.tell()
    malee = world.logged_in("malee")
    malee.get(f"{AT}/reports/{report_id}")
    malee.send(f"/reports/{report_id}/reply", text="ขอหลักฐานเพิ่ม")
    page = malee.get(f"{AT}/audit")
    assert "ไม่พบการแก้ไข" in page.text
    for said in ("ผู้แจ้งส่งเรื่อง", "เปิดอ่านเรื่อง", "ตอบผู้แจ้ง", "เข้าสู่ระบบ", "คุณmalee", report_id[:8].upper()):
        assert said in words(page)
    for content in ("เงินทอน", "ขอหลักฐานเพิ่ม"):
        assert content not in page.text


def test_every_act_has_thai_words(world: World) -> None:
    """Whatever the code logs is named in logbook.ACTIONS."""
    code = "\n".join(path.read_text() for path in Path(integrity.__file__).parent.glob("*.py"))
    family = r"session|code|officer|passphrase|paper|phone|key|escrow|reports?|file|identity|deletion"
    logged = set(re.findall(rf'"((?:{family})\.[a-z_]+)"', code)) - {
        "report.deleted",
        "report.txt",
        "report.id",
        "officer.id",
    }
    assert logged <= set(ACTIONS), logged - set(ACTIONS)


def test_a_broken_chain_is_said(world: World) -> None:
    malee = world.logged_in("malee")
    with world.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_head SET number = number + 1")
    assert "สายบันทึกผิดปกติ" in malee.get(f"{AT}/audit").text
