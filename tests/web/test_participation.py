"""Taking part on the web and in the console."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select

from handlers import sheet
from handlers.participation import activities, polls, results
from handlers.participation.activities import ActivityDetails
from models.agency import Staff
from models.db import Database
from models.participation import Activity, ActivityOpinion, Poll, Proposal, SignUp
from tests import codes
from tests.web.conftest import Browser, Login
from thai.dates import bangkok_date, format_date

VISITOR = {"name": "นางสมมุติ ตัวอย่าง", "phone": "081 234 5678", "people": "2", "consent": "yes"}


def _staff(database: Database) -> int:
    with database.read(1) as session:
        return session.scalars(select(Staff.id).where(Staff.username == "palad")).one()


def _plan(database: Database, days: int = 7, seats: str = "") -> int:
    now = datetime.now(UTC)
    day = format_date(bangkok_date(now) + timedelta(days=days), "long")
    staff_id = _staff(database)
    with database.write(1) as session:
        staff = session.get_one(Staff, staff_id)
        details = ActivityDetails(title="ปลูกต้นไม้ (สมมุติ)", kind="activity", day=day, starts="00.01", seats=seats)
        activity = activities.save(session, None, details, staff, now)
        activity.status = "open"
        return activity.id


def _send(client: Browser, page: str, address: str, **form: str) -> tuple[int, str]:
    """Send a form of a public page, with its tokens."""
    text = client.get(page).text
    tokens = {name: re.findall(f'name="{name}" value="([^"]+)"', text) for name in ("csrf_token", "once")}
    answer = client.post(address, data={name: found[0] for name, found in tokens.items()} | form)
    return answer.status_code, answer.text


def test_a_visitor_signs_up_once(database: Database, client: Browser) -> None:
    activity_id = _plan(database, seats="2")
    page = f"/demo/activities/{activity_id}"
    assert f'href="{page}"' in client.get("/demo/activities").text
    status, text = _send(client, page, f"{page}/join", **{**VISITOR, "phone": "12"})
    assert status == 422
    assert VISITOR["name"] in text
    form = {"once": "a" * 30, **VISITOR}
    for _ in range(2):
        status, text = _send(client, page, f"{page}/join", **form)
        assert status == 200, text
        assert "ลงชื่อให้แล้ว 2 คน" in text
    assert "สำรองให้ 2 คน" in _send(client, page, f"{page}/join", **VISITOR)[1]
    with database.read(1) as session:
        rows = session.scalars(select(SignUp).order_by(SignUp.id)).all()
        assert [(row.name, row.phone, row.status) for row in rows] == [
            (VISITOR["name"], "0812345678", "joined"),
            (VISITOR["name"], "0812345678", "waiting"),
        ]
    assert VISITOR["name"] not in client.get(page).text


def test_the_code_at_the_door_counts_on_the_day(database: Database, client: Browser) -> None:
    today, later = _plan(database, days=0), _plan(database, days=3)
    with database.read(1) as session:
        codes = {one.id: one.code for one in session.scalars(select(Activity))}
    assert "ไม่ใช่วันจัด" in client.get(f"/a/{codes[later]}").text
    assert client.get("/a/nothere1").status_code == 404
    address = f"/demo/activities/came/{codes[today]}"
    for token in ("a" * 30, "a" * 30, "b" * 30):
        counted = _send(client, f"/a/{codes[today]}", address, once=token)[1]
        assert "นับว่าคุณมาแล้ว" in counted
        assert f"/demo/activities/{today}" in counted
    with database.read(1) as session:
        assert session.get_one(Activity, today).walk_ins == 2
    # Another agency's address does not count it.
    assert _send(client, f"/a/{codes[today]}", f"/other/activities/came/{codes[today]}", once="c" * 30)[0] == 404


def test_an_opinion_from_the_web_has_no_person(database: Database, client: Browser) -> None:
    activity_id = _plan(database)
    page = f"/demo/activities/{activity_id}"
    assert _send(client, page, f"{page}/opinion")[0] == 422
    assert _send(client, page, f"{page}/opinion", rating="4", words="ดีค่ะ")[0] == 200
    with database.read(1) as session:
        row = session.scalars(select(ActivityOpinion)).one()
        assert (row.rating, row.text, row.phase, row.conversation_id) == (4, "ดีค่ะ", "before", None)


def test_drafts_are_not_shown(database: Database, client: Browser) -> None:
    activity_id = _plan(database)
    with database.write(1) as session:
        session.get_one(Activity, activity_id).status = "draft"
    assert client.get(f"/demo/activities/{activity_id}").status_code == 404
    assert client.get(f"/demo/activities/{10**12}").status_code == 404
    assert client.get(f"/other/activities/{activity_id}").status_code == 404


def test_a_proposal_from_the_web_is_public_once_answered(database: Database, client: Browser, login: Login) -> None:
    page = "/demo/proposals/new"
    assert _send(client, page, page, words="ขอ", consent="yes")[0] == 422
    status, text = _send(client, page, page, words="ขอไฟทางหน้าวัด", moo="หมู่ 3", contact="นายลับ", consent="yes")
    assert status == 200
    assert "P70-000001" in text
    assert "ไฟทาง" not in client.get("/demo/proposals").text
    with database.read(1) as session:
        proposal_id = session.scalars(select(Proposal.id)).one()
    browser = login("palad")
    address = f"/console/participation/proposals/{proposal_id}"
    assert "นายลับ" in browser.get(address).text
    refused = browser.send(address, status="cannot", summary="ไฟทางหน้าวัด", answer="")
    assert refused.status_code == 422
    assert "ไฟทางหน้าวัด" in refused.text
    assert browser.send(address, status="will_do", summary="ไฟทางหน้าวัด", answer="ติดตั้งเดือนหน้า").status_code == 302
    shown = client.get("/demo/proposals").text
    assert "ไฟทางหน้าวัด" in shown
    assert "ติดตั้งเดือนหน้า" in shown
    assert "นายลับ" not in shown


def test_words_of_corruption_are_not_kept_at_once(database: Database, client: Browser) -> None:
    page = "/demo/proposals/new"
    text = _send(client, page, page, words="เจ้าหน้าที่เรียกรับสินบน ช่วยจัดการด้วย", consent="yes")[1]
    assert "ยังไม่ได้เก็บ" in text
    with database.read(1) as session:
        assert session.scalars(select(Proposal)).all() == []


def test_a_poll_shows_its_result_after_the_last_day(database: Database, client: Browser) -> None:
    staff_id, now = _staff(database), datetime.now(UTC)
    with database.write(1) as session:
        staff = session.get_one(Staff, staff_id)
        poll = polls.save(
            session, None, staff, now, question="ทาสีอะไร", options=["ขาว", "ฟ้า"], opens="วันนี้", closes="วันนี้"
        )
        polls.publish(session, poll, staff, now)
        polls.vote(session, 1, poll, 1, "U1", "key", now)
        poll_id = poll.id
    page = client.get(f"/demo/polls/{poll_id}").text
    assert "พิมพ์ “ออกเสียง”" in page
    assert "ร้อยละ" not in page
    assert client.get(f"/demo/polls/{poll_id}.svg").status_code == 404
    with database.write(1) as session:
        row = session.get_one(Poll, poll_id)
        row.opens_on = row.closes_on = bangkok_date(now) - timedelta(days=1)
    page = client.get(f"/demo/polls/{poll_id}").text
    assert "ออกเสียง 1 คน" in page
    assert "100.0" in page
    assert client.get(f"/demo/polls/{poll_id}.svg").text.startswith("<svg")


def test_forms_without_a_token_are_forms_of_their_own(database: Database, client: Browser) -> None:
    activity_id = _plan(database)
    page = f"/demo/activities/{activity_id}"
    for _ in range(2):
        assert _send(client, page, f"{page}/join", **{**VISITOR, "once": ""})[0] == 200
    with database.read(1) as session:
        assert len(session.scalars(select(SignUp)).all()) == 2


# -- in the console --------------------------------------------------------------------------------------

TYPED = {"title": "ประชาคมหมู่ 9 (สมมุติ)", "kind": "forum", "starts": "0.01", "place": "วัดสมมุติ", "seats": "๓๐"}


def _id(location: str) -> int:
    return int(location.rstrip("/").rpartition("/")[2])


def test_an_activity_from_its_plan_to_its_report(database: Database, client: Browser, login: Login) -> None:
    browser = login("palad")
    refused = browser.send("/console/participation/new", **TYPED, day="32 ธ.ค. 69")
    assert refused.status_code == 422
    assert TYPED["title"] in refused.text
    made = browser.send("/console/participation/new", **TYPED, day="วันนี้")
    assert made.status_code == 302
    page = f"/console/participation/{_id(made.location)}"
    public = f"/demo/activities/{_id(made.location)}"
    assert client.get(public).status_code == 404
    assert browser.send(f"{page}/publish").status_code == 302
    assert TYPED["title"] in client.get(public).text
    assert browser.send(f"{page}/publish").status_code == 422
    assert "รายงานผล" in browser.get(page).text
    typed = {"attended": "25", "who": "ชาวบ้านหมู่ 9", "said": "ขอไฟทาง"}
    refused = browser.send(f"{page}/report", **typed, result="")
    assert refused.status_code == 422
    assert "ขอไฟทาง" in refused.text
    assert browser.send(f"{page}/report", **typed, result="เข้าแผนพัฒนา").status_code == 302
    assert "ภาพและหลักฐาน" in browser.get(page).text
    assert "เข้าแผนพัฒนา" in client.get(public).text
    rows = sheet.read(browser.get("/console/participation/list.xlsx").data, ["โครงการ/กิจกรรม"])
    assert list(results.HEADER) == rows[0]
    line = dict(zip(rows[0], next(row for row in rows if row[0] == TYPED["title"]), strict=True))
    assert (line["ร่วมจริง (คน)"], line["ความเห็นที่ได้รับ"], line["ผลที่ได้"]) == ("25", "ขอไฟทาง", "เข้าแผนพัฒนา")
    assert TYPED["title"] in browser.get("/console/participation/list.csv").data.decode("utf-8-sig")


def test_the_check_in_code_leads_to_its_activity(database: Database, client: Browser, login: Login) -> None:
    activity_id = _plan(database, days=0)
    browser = login("palad")
    shown = browser.get(f"/console/participation/{activity_id}").text
    png, svg = (browser.get(f"/console/participation/{activity_id}/qr.{kind}").data for kind in ("png", "svg"))
    (address,) = codes.read(png)
    assert codes.read(codes.drawn(svg)) == codes.read(codes.drawn(svg, centimetres=2)) == [address]
    for size in ("a4", "cards"):
        poster = browser.get(f"/console/participation/{activity_id}/poster.pdf?sheet={size}").data
        assert set(codes.read(codes.printed(poster, 200)[0])) == {address}
    begun = browser.get(re.findall(r'href="(/console/announcements/new[^"]*)"', shown)[0].replace("&amp;", "&")).text
    assert "ขอเชิญร่วม “ปลูกต้นไม้" in begun
    assert "ประกาศทาง LINE</a>" not in login("chang").get(f"/console/participation/{activity_id}").text
    page = client.get(urlsplit(address).path)
    assert page.status_code == 200
    assert "ปลูกต้นไม้" in page.text


def test_another_units_officer_looks_but_does_not_touch(database: Database, login: Login) -> None:
    activity_id = _plan(database)
    with database.write(1) as session:
        units = {staff.username: staff.unit_id for staff in session.scalars(select(Staff))}
        session.get_one(Activity, activity_id).unit_id = units["khlang"]
    assert login("chang").get(f"/console/participation/{activity_id}").status_code == 200
    assert login("chang").send(f"/console/participation/{activity_id}/cancel", reason="ก").status_code == 403
    assert login("khlang").send(f"/console/participation/{activity_id}/cancel", reason="ฝนตก").status_code == 302


def test_somebody_rings_up_to_step_back_and_the_next_moves_up(
    database: Database, client: Browser, login: Login
) -> None:
    activity_id = _plan(database, seats="2")
    page = f"/demo/activities/{activity_id}"
    for token in ("a" * 30, "b" * 30):
        _send(client, page, f"{page}/join", **{**VISITOR, "once": token})
    with database.read(1) as session:
        first = session.scalars(select(SignUp.id).order_by(SignUp.id)).first()
    browser = login("palad")
    assert browser.send(f"/console/participation/sign-ups/{first}/leave").status_code == 302
    with database.read(1) as session:
        assert list(session.scalars(select(SignUp.status).order_by(SignUp.id))) == ["cancelled", "joined"]


def test_a_poll_is_written_then_published(database: Database, client: Browser, login: Login) -> None:
    browser = login("palad")
    typed = {"question": "ทาสีอะไร", "opens": "วันนี้", "closes": "พรุ่งนี้"}
    assert browser.send("/console/participation/polls/new", **typed, options="ขาว").status_code == 422
    made = browser.send("/console/participation/polls/new", **typed, options="ขาว\nฟ้า")
    poll_id = _id(made.location)
    assert client.get(f"/demo/polls/{poll_id}").status_code == 404
    browser.send(f"/console/participation/polls/{poll_id}/publish")
    assert "ฟ้า" in client.get(f"/demo/polls/{poll_id}").text
    assert browser.send(f"/console/participation/polls/{poll_id}/edit", **typed, options="ก\nข").status_code == 422
