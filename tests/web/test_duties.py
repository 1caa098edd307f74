"""Duties in the console: from the list to the close by a second person, rules, the year, staff who move."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from models.agency import Staff, Unit
from models.conversation import Conversation
from models.db import Database
from models.duty import Duty, DutyEvent, DutyRule
from models.measure import Evidence, Measure, PackReceipt
from models.outbox import OutboxMessage
from models.thread import Attachment
from tests.web.conftest import Browser, Login
from thai.dates import bangkok_date, format_date
from thai.fiscal import fiscal_year
from web.console import access, duty_list
from web.console.duty_list import Filters

sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
HERE, OTHER = 1, 2


def _duty(
    database: Database, agency: int = HERE, unit: str = "กองช่าง", owner: str | None = "chang", **given: Any
) -> int:
    """A duty due in 20 days, as one row."""
    day = bangkok_date(access.now()) + timedelta(days=20)
    with database.write(agency) as session:
        fields: dict[str, Any] = {
            "fiscal_year": fiscal_year(day),
            "title": "รายงานช่องทางติดต่อ",
            "planned_on": day,
            "due_on": day,
            "unit_id": session.scalar(select(Unit.id).where(Unit.name == unit)),
            "owner_id": session.scalar(select(Staff.id).where(Staff.username == owner)),
        }
        duty = Duty(**{**fields, **given})
        session.add(duty)
        session.flush()
        return duty.id


def _row(database: Database, duty_id: int) -> Duty:
    with database.read(HERE) as session:
        return session.get_one(Duty, duty_id)


def _id(database: Database, username: str, agency: int = HERE) -> int:
    with database.read(agency) as session:
        return session.scalars(select(Staff.id).where(Staff.username == username)).one()


def _photo() -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "JPEG")
    out.seek(0)
    return out, "ป้าย.jpg"


def test_a_duty_goes_from_the_list_to_its_close_by_a_second_person(
    database: Database, login: Login, tmp_path: Path
) -> None:
    duty = _duty(database)
    officer, head = login("chang"), login("changhead")
    page = officer.get("/console/duties/").text
    assert "รายงานช่องทางติดต่อ" in page
    address = f"/console/duties/{duty}"
    assert officer.send(f"{address}/progress", note="ร่างแล้ว").status_code == 302

    refused = officer.send(f"{address}/submit")
    assert refused.status_code == 422
    assert "ยังไม่มีหลักฐาน" in refused.text
    wrong = officer.send(f"{address}/evidence/url", url="www.example.go.th/ข่าว", title="ข่าวของเรา")
    assert wrong.status_code == 422
    assert "ต้องขึ้นต้นด้วย https://" in wrong.text
    assert 'value="www.example.go.th/ข่าว"' in wrong.text  # what was typed stays
    assert 'value="ข่าวของเรา"' in wrong.text

    assert officer.send(f"{address}/evidence/url", url="https://www.example.go.th/1", title="ข่าว").status_code == 302
    assert officer.send(f"{address}/evidence/order", number="๑๒/๒๕๖๙", dated="2 พ.ย. 69", title="").status_code == 302
    assert officer.send(f"{address}/evidence/event", title="ประชุม", dated="2 พ.ย. 69").status_code == 302
    assert officer.send(f"{address}/evidence/file", file=_photo(), title="ภาพป้าย").status_code == 302
    with database.read(HERE) as session:
        photo = session.scalars(select(Attachment).join(Evidence).where(Evidence.duty_id == duty)).one()
        assert (photo.kind, photo.role, len(photo.sha256)) == ("image", "evidence", 64)
        kinds = session.scalars(select(Evidence.kind).where(Evidence.duty_id == duty).order_by(Evidence.id)).all()
        assert kinds == ["url", "order", "event", "photo"]
    assert officer.get(f"/console/files/{photo.id}").status_code == 200
    assert login("khlang").get(f"/console/files/{photo.id}").status_code == 404

    assert officer.send(f"{address}/submit").status_code == 302
    assert officer.send(f"{address}/approve").status_code == 403
    seen = re.findall(r'name="seen" value="(\d+)"', head.get(address).text)
    assert len(seen) == 4
    late = officer.send(f"{address}/evidence/url", url="https://www.example.go.th/2")
    assert late.status_code == 302
    unseen = head.send(f"{address}/approve", seen=seen)
    assert unseen.status_code == 422
    assert "หลักฐานเพิ่มเข้ามาใหม่" in unseen.text
    seen = re.findall(r'name="seen" value="(\d+)"', head.get(address).text)
    assert head.send(f"{address}/approve", seen=seen).status_code == 302
    row = _row(database, duty)
    assert (row.status, row.approved_by_id) == ("done", _id(database, "changhead"))
    assert "ดำเนินการแล้ว" in officer.get("/console/duties/?status=done").text
    assert "รายงานช่องทางติดต่อ" not in officer.get("/console/duties/").text


@sqlite_only
def test_a_duty_leads_to_the_page_where_it_is_done(database: Database, login: Login) -> None:
    """The statistics of lending (R71) are those of the year that has just ended, whoever looks when."""
    october = date(2026, 10, 30)
    with database.write(HERE) as session:
        rules = [
            DutyRule(fiscal_year=2570, key=key, title=key, schedule={"kind": "year", "month": 10}, systems=systems)
            for key, systems in (("lending", ["R71"]), ("publicity", ["R37", "R99"]))
        ]
        session.add_all(rules)
        session.flush()
        lending, publicity = (rule.id for rule in rules)
    first = _duty(database, rule_id=lending, due_on=october)
    page = login("chang").get(f"/console/duties/{first}").text
    assert "/console/assets/statistics?fy=2569" in page
    assert login("chang").get("/console/assets/statistics?fy=2569").status_code == 200
    second = _duty(database, rule_id=publicity, due_on=october)
    assert "ทำได้ที่" not in login("chang").get(f"/console/duties/{second}").text  # not a page of theirs
    assert "/console/announcements/" in login("palad").get(f"/console/duties/{second}").text


def test_every_page_that_a_duty_leads_to_is_there(database: Database, login: Login) -> None:
    systems = [f"R{number:02}" for number in range(1, 84)]
    with database.write(HERE) as session:
        rule = DutyRule(fiscal_year=2570, key="own.all", title="ทุกอย่าง", schedule={"kind": "half"}, systems=systems)
        session.add(rule)
        session.flush()
        rule_id = rule.id
    clerk = login("palad")
    page = clerk.get(f"/console/duties/{_duty(database, rule_id=rule_id)}").text
    found = re.findall(r'class="tap" href="([^"]+)"', page.partition("ทำได้ที่")[2].partition("</p>")[0])
    assert len(found) > 20
    assert {"/console/registers/orders/?fy=2570", "/console/walkins/?fy=2570"} <= set(found)
    for address in found:
        assert clerk.get(address.replace("&amp;", "&")).status_code == 200, address


def test_telling_the_staff_is_evidence_of_the_duty(database: Database, login: Login) -> None:
    clerk = login("palad")
    duty = _duty(database, detail="ประชุม\nข้อความพร้อมใช้:\nวาระ: ขอความร่วมมือ")
    assert "วาระ: ขอความร่วมมือ</textarea>" in clerk.get(f"/console/duties/{duty}").text
    alone = clerk.send(f"/console/duties/{duty}/tell", words="ขอความร่วมมือ")
    assert alone.status_code == 422  # nobody has linked LINE
    assert "ขอความร่วมมือ</textarea>" in alone.text
    with database.write(HERE) as session:
        for username in ("chang", "khlang", "palad"):
            session.scalars(select(Staff).where(Staff.username == username)).one().line_user_id = f"U-{username}"
            session.add(Conversation(line_user_id=f"U-{username}"))
    assert clerk.send(f"/console/duties/{duty}/tell", words=" ").status_code == 422
    assert clerk.send(f"/console/duties/{duty}/tell", words="ขอความร่วมมือ\nตอบแบบวัด").status_code == 302
    with database.read(HERE) as session:
        sent = session.scalars(select(OutboxMessage).where(OutboxMessage.dedupe_key.like(f"duty:{duty}:told:%"))).all()
        assert len(sent) == 2  # not to the person who sends it
        proof = session.scalars(select(Evidence).where(Evidence.duty_id == duty)).one()
        assert proof.title == "แจ้งบุคลากรทาง LINE 2 คน: ขอความร่วมมือ"
    head = login("changhead")  # hears and is heard in the own unit only
    assert head.send(f"/console/duties/{duty}/tell", words="ถึงกองช่าง").status_code == 302
    with database.read(HERE) as session:
        assert session.scalar(select(func.count()).where(OutboxMessage.dedupe_key.like(f"duty:{duty}:told:%"))) == 3
    assert login("chang").send(f"/console/duties/{duty}/tell", words="ลอง").status_code == 403


def test_a_file_that_cannot_be_evidence_leaves_nothing_behind(database: Database, login: Login, tmp_path: Path) -> None:
    duty = _duty(database)
    officer = login("chang")
    address = f"/console/duties/{duty}/evidence/file"
    assert "กรุณาเลือกไฟล์" in officer.send(address, title="ว่าง").text
    bad = officer.send(address, file=(io.BytesIO(b"MZ\x90" * 50), "เกม.exe"), title="โปรแกรม")
    assert bad.status_code == 422
    assert 'value="โปรแกรม"' in bad.text
    future = officer.send(address, file=_photo(), dated="1 ม.ค. 2580")
    assert future.status_code == 422
    assert "ต้องไม่เกินวันนี้" in future.text
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Evidence.duty_id == duty)) == 0
        assert session.scalar(select(func.count()).where(Attachment.role == "evidence")) == 0
    assert not list((tmp_path / "data").rglob("*.jpg"))


def test_what_a_head_or_the_clerk_decides(database: Database, login: Login) -> None:
    duty = _duty(database)
    head = login("changhead")
    address = f"/console/duties/{duty}"
    late = bangkok_date(access.now()) + timedelta(days=60)
    empty = head.send(f"{address}/postpone", day=format_date(late), reason="")
    assert empty.status_code == 422
    assert "เหตุผล" in empty.text
    assert head.send(f"{address}/postpone", day=format_date(late), reason="รอเอกสาร").status_code == 302
    assert _row(database, duty).due_on >= late
    chosen = f"staff-{_id(database, 'khlang')}"
    moved = head.send(f"{address}/edit", title="รายงานใหม่", detail="ทำให้ครบ", to=chosen)
    assert moved.status_code == 302
    assert moved.headers["Location"] == "/console/duties/"  # it is another unit's now
    row = _row(database, duty)
    assert (row.title, row.owner_id) == ("รายงานใหม่", _id(database, "khlang"))
    assert head.get(address).status_code == 404
    clerk = login("palad")
    assert clerk.send(f"{address}/cancel", reason="").status_code == 422
    assert clerk.send(f"{address}/cancel", reason="ไม่มีโครงการ").status_code == 302
    assert "ไม่มีโครงการ" in clerk.get(address).text
    assert clerk.send(f"{address}/reopen", reason="กดผิด").status_code == 302
    assert _row(database, duty).status == "open"


def test_a_head_sends_back_with_the_reason(database: Database, login: Login) -> None:
    duty = _duty(database)
    officer, head = login("chang"), login("changhead")
    address = f"/console/duties/{duty}"
    officer.send(f"{address}/evidence/url", url="https://www.example.go.th/1")
    officer.send(f"{address}/submit")
    assert head.send(f"{address}/send-back", reason="").status_code == 422
    assert head.send(f"{address}/send-back", reason="ลิงก์ผิดหน้า").status_code == 302
    assert "ลิงก์ผิดหน้า" in officer.get(address).text
    piece = re.search(rf"{address}/evidence/(\d+)/remove", officer.get(address).text)
    assert piece
    assert officer.send(piece[0]).status_code == 302
    with database.read(HERE) as session:
        assert session.scalar(select(func.count()).where(Evidence.duty_id == duty)) == 0


def test_another_units_and_another_agencys_duties_are_not_there(database: Database, login: Login) -> None:
    theirs = _duty(database, OTHER)
    others = _duty(database, unit="กองคลัง", owner="khlang")
    with database.write(OTHER) as session:
        rule = session.scalars(select(DutyRule.id)).first()
        session.add(pack := PackReceipt(staff_id=_id(database, "admin", OTHER), fiscal_year=2570, reason="joined"))
        session.flush()
        pack_id = pack.id
    officer, admin = login("chang"), login("admin")
    for browser, duty in ((officer, others), (officer, theirs), (admin, theirs)):
        assert browser.get(f"/console/duties/{duty}").status_code == 404
        for verb in ("progress", "submit", "postpone", "evidence/url", "evidence/file"):
            assert browser.send(f"/console/duties/{duty}/{verb}").status_code == 404, verb
    for verb in ("approve", "send-back", "cancel", "reopen", "edit"):
        assert admin.send(f"/console/duties/{theirs}/{verb}", reason="x").status_code == 404, verb
    assert admin.get(f"/console/duties/rules/{rule}").status_code == 404
    assert admin.send(f"/console/duties/rules/{rule}", title="x", kind="half").status_code == 404
    assert admin.get(f"/console/duties/pack/{pack_id}").status_code == 404
    assert admin.send(f"/console/duties/pack/{pack_id}").status_code == 404
    leaver = _id(database, "chang", OTHER)
    moved = admin.send("/console/duties/people", leaver=leaver, successor=_id(database, "chang"))
    assert moved.status_code == 422
    foreign = admin.send(f"/console/duties/{_duty(database)}/edit", title="x", to=f"staff-{leaver}")
    assert foreign.status_code == 422
    with database.read(OTHER) as session:
        assert session.get_one(Duty, theirs).status == "open"
        assert session.scalar(select(func.count()).select_from(DutyEvent)) == 0


def test_the_list_shows_ones_own_units_and_all_and_what_is_late_first(database: Database, login: Login) -> None:
    with database.write(HERE) as session:
        session.execute(update(Duty).values(status="done"))
    today = bangkok_date(access.now())
    _duty(database, title="งานช่าง")
    _duty(database, title="งานคลัง", unit="กองคลัง", owner="khlang")
    _duty(database, title="งานช้า", owner=None, due_on=today - timedelta(days=3))
    _duty(database, title="งานไกล", due_on=today + timedelta(days=120))
    officer, clerk = login("chang"), login("palad")
    page = officer.get("/console/duties/").text
    assert page.index("งานช้า") < page.index("งานช่าง")
    assert "งานคลัง" not in page
    assert "งานไกล" not in page
    assert "งานช้า" not in officer.get("/console/duties/?scope=mine").text
    assert "งานไกล" in officer.get("/console/duties/?when=all").text
    assert "งานช่าง" not in officer.get("/console/duties/?when=late").text
    page = clerk.get("/console/duties/").text
    assert all(title in page for title in ("งานช่าง", "งานคลัง", "งานช้า"))
    with database.read(HERE) as session:
        finance = session.scalar(select(Unit.id).where(Unit.name == "กองคลัง"))
    page = clerk.get(f"/console/duties/?unit={finance}").text
    assert "งานคลัง" in page
    assert "งานช่าง" not in page
    assert "ไม่มีงานตามตัวกรองนี้" in clerk.get("/console/duties/?fy=2560").text
    assert re.search(r'count">1<', page)  # one is late: beside the menu's line


@pytest.mark.parametrize("query", ["fy=x&unit=-1", "unit=99999999999&status=zzz", "when=never&scope=%00"])
def test_a_mistyped_filter_shows_the_usual_list(database: Database, login: Login, query: str) -> None:
    assert login("palad").get(f"/console/duties/?{query}").status_code == 200


def test_the_coming_month_ends_on_its_last_day() -> None:
    ends = {duty_list.near_end(day) for day in (date(2027, 12, 1), date(2027, 12, 31))}
    assert ends == {date(2028, 1, 31)}
    assert duty_list.near_end(date(2028, 1, 31)) == date(2028, 2, 29)
    assert Filters.read(Filters(scope="mine", when="late", year=2570, unit=3).query()) == Filters(
        scope="mine", when="late", year=2570, unit=3
    )


# -- rules and years -------------------------------------------------------------------------------------


def _form(**given: Any) -> dict[str, Any]:
    return {"title": "ตรวจถังดับเพลิง", "detail": "", "codes": "o๔๓, O 20 ไม่รู้", "active": "1", **given}


@pytest.mark.parametrize(
    ("typed", "schedule"),
    [
        ({"kind": "month", "month_day": "5", "month_next": "1"}, {"kind": "month", "day": 5, "next": True}),
        (
            {"kind": "month", "month_day": "last", "months": ["10", "1"]},
            {"kind": "month", "day": "last", "next": False, "months": [10, 1]},
        ),
        ({"kind": "quarter", "quarter_after": "๕"}, {"kind": "quarter", "after": 5}),
        ({"kind": "half", "half_day": "10"}, {"kind": "half", "day": 10}),
        (
            {"kind": "year", "year_month": "1", "year_day": "last"},
            {"kind": "year", "month": 1, "day": "last", "next": False},
        ),
        ({"kind": "date", "date_on": "12 ธ.ค. 2580"}, {"kind": "date", "on": "2037-12-12"}),
        (
            {"kind": "expiry", "expiry_register": "channels", "expiry_before": "45"},
            {"kind": "expiry", "register": "channels", "before": 45},
        ),
        (
            {"kind": "event", "event_event": "new_mayor", "event_days": "15"},
            {"kind": "event", "event": "new_mayor", "days": 15},
        ),
    ],
)
def test_a_rule_is_typed_in_shown_again_and_saved(
    database: Database, login: Login, typed: dict[str, Any], schedule: dict[str, Any]
) -> None:
    head = login("changhead")
    with database.read(HERE) as session:
        works = session.scalar(select(Unit.id).where(Unit.name == "กองช่าง"))
    answer = head.send("/console/duties/rules/new", **_form(to=f"unit-{works}", **typed))
    assert answer.status_code == 302, answer.text
    with database.read(HERE) as session:
        rule = session.scalars(select(DutyRule).where(DutyRule.origin == "own")).one()
        assert rule.schedule == schedule
        assert rule.item_codes == ["O43", "O20"]
    page = head.get(f"/console/duties/rules/{rule.id}").text
    assert f'value="{schedule["kind"]}" checked' in page
    # Sent again as the page shows it, it is the same rule.
    fields = {name: value for name, value in typed.items() if name != "months"}
    again = head.send(
        f"/console/duties/rules/{rule.id}", **_form(to=f"unit-{works}", **fields, months=typed.get("months", []))
    )
    assert again.status_code == 302
    with database.read(HERE) as session:
        assert session.get_one(DutyRule, rule.id).schedule == schedule


def test_a_rule_that_cannot_be_read_keeps_what_was_typed(database: Database, login: Login) -> None:
    clerk = login("palad")
    answer = clerk.send("/console/duties/rules/new", **_form(to="", kind="quarter", quarter_after="99"))
    assert answer.status_code == 422
    assert "ตรวจถังดับเพลิง" in answer.text
    with database.read(HERE) as session:
        works = session.scalar(select(Unit.id).where(Unit.name == "กองช่าง"))
    answer = clerk.send("/console/duties/rules/new", **_form(to=f"unit-{works}", kind="quarter", quarter_after="99"))
    assert "0 ถึง 60" in answer.text
    assert 'value="99"' in answer.text
    answer = clerk.send("/console/duties/rules/new", **_form(to=f"unit-{works}", kind="date", date_on="วันไหนดี"))
    assert answer.status_code == 422
    assert "วันไหนดี" in answer.text
    with database.read(HERE) as session:
        assert session.scalar(select(func.count()).where(DutyRule.origin == "own")) == 0


def test_a_head_sees_other_units_rules_and_cannot_save_them(database: Database, login: Login) -> None:
    with database.read(HERE) as session:
        rule = session.scalars(select(DutyRule).where(DutyRule.key == "month.procurement")).one()
    head = login("changhead")
    assert "เป็นของส่วนงานอื่น" in head.get(f"/console/duties/rules/{rule.id}").text
    answer = head.send(
        f"/console/duties/rules/{rule.id}", **_form(to=f"unit-{rule.unit_id}", kind="half", half_day="5")
    )
    assert answer.status_code == 422
    with database.read(HERE) as session:
        assert session.get_one(DutyRule, rule.id).schedule["kind"] == "month"


def test_a_rule_for_each_unit_is_made_by_the_clerk_and_follows_the_units(database: Database, login: Login) -> None:
    typed = {"to": "each", "kind": "quarter", "quarter_after": "0"}
    assert login("changhead").send("/console/duties/rules/new", **_form(**typed)).status_code == 422
    assert 'value="each"' not in login("changhead").get("/console/duties/rules/new").text
    clerk = login("palad")
    assert clerk.send("/console/duties/rules/new", **_form(**typed)).status_code == 302

    def units() -> list[int | None]:
        with database.read(HERE) as session:
            last = select(func.max(DutyRule.id)).scalar_subquery()
            found = select(Duty.unit_id).where(Duty.rule_id == last, Duty.period_label.like("ไตรมาส 4%"))
            return list(session.scalars(found.order_by(Duty.unit_id)))

    with database.read(HERE) as session:
        rule_id = session.scalar(select(func.max(DutyRule.id)))
        before = list(session.scalars(select(Unit.id).order_by(Unit.id)))
    assert units() == before
    page = clerk.get(f"/console/duties/rules/{rule_id}").text
    assert '<option value="each" selected>' in page
    assert "ทุกส่วนงาน" in clerk.get("/console/duties/rules").text
    assert "ไตรมาส 4/" in clerk.get("/console/duties/?when=all").text
    admin = login("admin")
    admin.send("/console/units/new", name="กองใหม่", phone="", active="1")
    assert len(units()) == len(before) + 1
    admin.send(f"/console/units/{before[-1]}", name="งานที่เลิกแล้ว", phone="", answerer_id="")
    assert before[-1] not in units()


def test_the_rules_say_what_is_to_be_confirmed(database: Database, login: Login) -> None:
    page = login("chang").get("/console/duties/rules").text
    assert "ปีละครั้ง ภายในวันที่ 9 ธันวาคม" in page
    assert page.count("รอยืนยัน") > 20
    assert "/console/duties/rules/new" not in page


def test_an_agency_without_a_calendar_begins_one_with_a_button(database: Database, login: Login) -> None:
    with database.write(HERE) as session:
        for table in (Duty, DutyRule):
            for row in session.scalars(select(table)):
                session.delete(row)
            session.flush()
    clerk = login("palad")
    assert "เริ่มปฏิทินปีงบประมาณ" in clerk.get("/console/duties/").text
    assert "เริ่มปฏิทินปีงบประมาณ" not in login("chang").get("/console/duties/").text
    assert clerk.send("/console/duties/year/begin").status_code == 302
    assert "เพิ่มงาน" in clerk.get("/console/duties/").text
    with database.read(HERE) as session:
        made = session.scalar(select(func.count()).select_from(Duty)) or 0
        assert made > 50
    clerk.send("/console/duties/year/begin")
    with database.read(HERE) as session:
        assert session.scalar(select(func.count()).select_from(Duty)) == made


def test_the_next_year_is_shown_before_it_is_made(database: Database, login: Login) -> None:
    present = fiscal_year(bangkok_date(access.now()))
    clerk = login("palad")
    with database.write(HERE) as session:
        session.execute(
            update(DutyRule).where(DutyRule.key == "year.risk").values(owner_id=_id(database, "sattharana"))
        )
        session.execute(update(Staff).where(Staff.username == "sattharana").values(active=False))
    page = clerk.get("/console/duties/year").text
    assert f"ยืนยันขึ้นปีงบประมาณ {present + 1}" in page
    assert "ผู้รับผิดชอบปิดบัญชีแล้ว" in page
    with database.read(HERE) as session:
        assert session.scalar(select(func.count()).where(DutyRule.fiscal_year == present + 1)) == 0
    assert "ตรวจดูอีกครั้ง" in clerk.get(clerk.send("/console/duties/year/next", **{"from": present - 1}).location).text
    assert clerk.send("/console/duties/year/next", **{"from": present}).status_code == 302
    with database.read(HERE) as session:
        years = dict(session.execute(select(DutyRule.fiscal_year, func.count()).group_by(DutyRule.fiscal_year)).all())
        assert years[present] == years[present + 1]
    assert "มีกำหนดครบแล้ว" in clerk.get("/console/duties/year").text


def test_a_year_that_nobody_began_is_copied_from_the_last_and_not_begun_anew(database: Database, login: Login) -> None:
    present = fiscal_year(bangkok_date(access.now()))
    with database.write(HERE) as session:
        session.execute(update(DutyRule).values(fiscal_year=present - 1))
        session.execute(update(DutyRule).where(DutyRule.key == "year.risk").values(title="ความเสี่ยงของเรา"))
        session.execute(update(Duty).values(fiscal_year=present - 1))
    clerk = login("palad")
    assert f"ขึ้นปีงบประมาณ {present}" in clerk.get("/console/duties/").text
    refused = clerk.send("/console/duties/year/begin")
    assert "ปีก่อนมีปฏิทินที่แก้ไว้แล้ว" in clerk.get(refused.location).text
    assert clerk.send("/console/duties/year/next", **{"from": present - 1}).status_code == 302
    with database.read(HERE) as session:
        copied = select(DutyRule.title).where(DutyRule.fiscal_year == present, DutyRule.key == "year.risk")
        assert session.scalars(copied).one() == "ความเสี่ยงของเรา"
    assert f"ยืนยันขึ้นปีงบประมาณ {present + 1}" in clerk.get("/console/duties/year").text


def test_what_happened_gives_a_duty(database: Database, login: Login) -> None:
    clerk = login("palad")
    yesterday = format_date(bangkok_date(access.now()) - timedelta(days=1))
    clerk.send("/console/duties/year/event", event="new_mayor", happened=yesterday)
    with database.read(HERE) as session:
        duty = session.scalars(select(Duty).where(Duty.period_key.like("event:new_mayor:%"))).one()
        assert "No Gift Policy" in duty.title
    for event, day in (("flood", yesterday), ("new_mayor", ""), ("new_mayor", "1 ม.ค. 2580")):
        page = clerk.get(clerk.send("/console/duties/year/event", event=event, happened=day).location).text
        assert "alert" in page
    with database.read(HERE) as session:
        assert session.scalar(select(func.count()).where(Duty.period_key.like("event:%"))) == 1


def test_an_officer_adds_work_of_the_own_unit_only(database: Database, login: Login) -> None:
    officer = login("chang")
    day = format_date(bangkok_date(access.now()) + timedelta(days=9))
    mine, theirs = f"staff-{_id(database, 'changhead')}", f"staff-{_id(database, 'khlang')}"
    refused = officer.send("/console/duties/new", title="ซ่อมป้าย", due=day, to=theirs)
    assert refused.status_code == 422
    assert 'value="ซ่อมป้าย"' in refused.text
    assert officer.send("/console/duties/new", title="ซ่อมป้าย", due="", to=mine).status_code == 422
    answer = officer.send("/console/duties/new", title="ซ่อมป้าย", due=day, to=mine)
    assert answer.status_code == 302
    assert "งานครั้งเดียว" in officer.get(answer.location).text


# -- staff who move --------------------------------------------------------------------------------------


def test_a_new_person_gets_the_pack_and_acknowledges_it_in_the_console(
    database: Database, login: Login, client: Browser
) -> None:
    admin = login("admin")
    with database.write(HERE) as session:
        session.add(Measure(fiscal_year=fiscal_year(bangkok_date(access.now())), title="ประชาสัมพันธ์ทุกเดือน"))
        works = session.scalar(select(Unit.id).where(Unit.name == "กองช่าง"))
    details = {"username": "chang3", "name": "นายใหม่ ตัวอย่าง", "role": "officer", "unit_id": works}
    assert admin.send("/console/staff/new", password="Long-enough-77", **details).status_code == 302
    with database.write(HERE) as session:
        person = session.scalars(select(Staff).where(Staff.username == "chang3")).one()
        person.must_change_password = False
        receipt = session.scalars(select(PackReceipt)).one()
        assert (receipt.staff_id, receipt.reason) == (person.id, "joined")
        assert session.scalar(select(func.count()).where(Duty.period_key.like("event:staff_joined:%"))) == 1
    client.send("/console/login", username="chang3", password="Long-enough-77", agency="demo")
    address = f"/console/duties/pack/{receipt.id}"
    assert address in client.get("/console/duties/").text
    assert "ประชาสัมพันธ์ทุกเดือน" in client.get(address).text
    assert admin.send(address).status_code == 404  # nobody acknowledges for another
    assert client.send(address).status_code == 302
    assert "ท่านรับทราบแล้ว" in client.get(address).text
    assert address not in client.get("/console/duties/").text
    assert "ยังไม่รับทราบ" not in admin.get("/console/duties/people").text


def test_whoever_leaves_hands_over_in_one_step(database: Database, login: Login) -> None:
    duty = _duty(database)
    with database.write(HERE) as session:
        session.add(Conversation(line_user_id="U-head"))
        session.execute(update(Staff).where(Staff.username == "changhead").values(line_user_id="U-head"))
    admin = login("admin")
    leaver, successor = _id(database, "chang"), _id(database, "changhead")
    closed = admin.send(f"/console/staff/{leaver}/active", active="0")
    assert closed.location == f"/console/duties/people?leaver={leaver}"
    page = admin.get(closed.location).text
    assert re.search(rf'value="{leaver}" checked', page)
    assert "ให้" in admin.send("/console/duties/people", leaver=leaver, successor="").text
    assert admin.send("/console/duties/people", leaver=leaver, successor=leaver).status_code == 422
    done = admin.send("/console/duties/people", leaver=leaver, successor=successor)
    assert "งานตามกำหนด 1" in admin.get(done.location).text
    assert _row(database, duty).owner_id == successor
    with database.read(HERE) as session:
        assert session.scalar(select(func.count()).where(OutboxMessage.subject.like("pack:%"))) == 1


def test_a_person_who_changes_units_gets_the_pack_and_one_whose_phone_changes_does_not(
    database: Database, login: Login
) -> None:
    admin, person = login("admin"), _id(database, "chang")
    with database.read(HERE) as session:
        units = dict(session.execute(select(Unit.name, Unit.id)).all())
    details = {"username": "chang", "name": "นายวิชัย ตัวอย่าง", "role": "officer"}
    admin.send(f"/console/staff/{person}", unit_id=units["กองช่าง"], phone="0812345678", **details)
    with database.read(HERE) as session:
        assert session.scalar(select(func.count()).select_from(PackReceipt)) == 0
    admin.send(f"/console/staff/{person}", unit_id=units["กองคลัง"], **details)
    with database.read(HERE) as session:
        assert session.scalars(select(PackReceipt.reason)).all() == ["moved"]
        assert session.scalar(select(func.count()).where(Duty.period_key.like("event:staff_moved:%"))) == 1
