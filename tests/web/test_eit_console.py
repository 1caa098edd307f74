"""The EIT survey in the console: who keeps it up, what is printed, what is refused."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from PIL import Image
from sqlalchemy import select

from handlers.eit import operations, scans
from handlers.eit.operations import RoundDetails
from models.agency import Agency, Staff
from models.db import Database
from models.eit import EitPoint, EitRound
from tests import codes
from tests.handlers.services.forms import put_in_use
from tests.web.conftest import Login
from web.services import services_of

URL = "https://itas.nacc.go.th/go/eit/u4gpi2"
FORM = {"url": URL, "opens": "๑ ม.ค. ๒๕๗๐", "closes": "30/6/2570", "target": "๔๐๐"}
DETAILS = RoundDetails(fiscal_year=2570, url=URL, opens_on=date(2027, 1, 1), closes_on=date(2027, 6, 30), target=400)
OPEN = datetime(2027, 3, 10, 3, tzinfo=UTC)
CLOSED = datetime(2027, 7, 1, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def while_it_is_open() -> object:
    with time_machine.travel(OPEN, tick=True):
        yield


@pytest.fixture
def qr_folder(app, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # type: ignore[no-untyped-def]
    folder = tmp_path / "qr"
    object.__setattr__(services_of(app), "qr", folder)
    return folder


@pytest.fixture
def point_id(database: Database) -> int:
    """A counter of กองคลัง, in a round that is open."""
    with database.write(1) as session:
        operations.set_round(session, DETAILS, "cli", OPEN.date())
        khlang = session.scalars(select(Staff).where(Staff.username == "khlang")).one()
        return operations.add_point(session, "เคาน์เตอร์กองคลัง", "cli", unit_id=khlang.unit_id).id


def test_the_link_is_typed_in_and_the_codes_files_appear(login: Login, database: Database, qr_folder: Path) -> None:
    browser = login("admin")
    assert "ยังไม่มีลิงก์ EIT ปีงบประมาณ 2570" in browser.get("/console/eit/").text
    answer = browser.send("/console/eit/settings", **FORM)
    assert answer.status_code == 302, answer.text
    with database.read(1) as session:
        round_ = session.scalars(select(EitRound)).one()
        website = operations.own_point(session, "website")
    assert (round_.opens_on, round_.closes_on, round_.target) == (date(2027, 1, 1), date(2027, 6, 30), 400)
    assert website is not None
    picture = qr_folder / "demo/2570" / f"{website.code}.png"
    assert codes.read(picture.read_bytes()) == [f"http://localhost/e/{website.code}"]
    page = browser.get("/console/eit/").text
    assert "เปิดรับ" in page
    assert "&lt;img src=&#34;http://localhost/demo/eit.png&#34;" in page


def test_an_odd_link_is_kept_and_warned_of(login: Login, qr_folder: Path) -> None:
    browser = login("palad")
    browser.send("/console/eit/settings", **{**FORM, "url": "https://itas.nacc.go.th/go/iit/u4gpi2"})
    assert browser.get("/console/eit/").text.count("ลิงก์นี้เป็นของแบบ IIT") == 2  # said once, and kept in sight


def test_a_full_disk_is_said_and_stops_nothing(login: Login, database: Database, qr_folder: Path) -> None:
    qr_folder.write_text("a file where the folder should be")
    browser = login("admin")
    assert browser.send("/console/eit/settings", **FORM).status_code == 302
    assert "SUJARIT_QR" in browser.get("/console/eit/").text
    with database.read(1) as session:
        assert session.scalars(select(EitRound.url)).one() == URL


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "ลิงก์"}, "ขึ้นต้นด้วย https://"),
        ({"opens": "พรุ่งนี้มั้ง"}, "กรุณากรอกวันที่"),
        ({"closes": "1 ธ.ค. 2569"}, "วันปิดต้องไม่ก่อนวันเปิด"),
        ({"target": "มาก"}, "กรุณากรอกเป็นตัวเลข"),
    ],
)
def test_what_was_typed_survives_a_mistake(login: Login, qr_folder: Path, wrong: dict[str, str], words: str) -> None:
    answer = login("admin").send("/console/eit/settings", **{**FORM, **wrong})
    assert answer.status_code == 400
    assert words in answer.text
    for typed in {**FORM, **wrong}.values():
        assert f'value="{typed}"' in answer.text


def test_itass_count_is_typed_in(login: Login, point_id: int) -> None:
    browser = login("admin")
    assert browser.send("/console/eit/count?year=2570", count="๑๒๐", day="8 มี.ค. 70").status_code == 302
    page = browser.get("/console/eit/").text
    assert "30% ของเป้าหมาย" in page
    assert "ยังขาด 280 คน" in page
    wrong = browser.send("/console/eit/count?year=2570", count="x", day="8 มี.ค. 70")
    assert (wrong.status_code, "กรุณากรอกเป็นตัวเลข" in wrong.text) == (400, True)


def test_the_staff_s_own_survey_is_a_number_typed_in(login: Login, database: Database, point_id: int) -> None:
    browser = login("admin")
    assert browser.send("/console/eit/iit?year=2570", iit_target="60", iit_count="", iit_day="").status_code == 302
    assert browser.send("/console/eit/iit", iit_target="๖๐", iit_count="๔๕", iit_day="8 มี.ค. 70").status_code == 302
    page = browser.get("/console/eit/").text
    assert "ยังขาด 15 คน" in page
    assert "ณ 8 มี.ค. 70" in page
    for wrong in ({"iit_target": "0"}, {"iit_target": "x"}, {"iit_count": "9999999"}, {"iit_day": "8 มี.ค. 71"}):
        typed = {"iit_target": "70", "iit_count": "50", "iit_day": "9 มี.ค. 70", **wrong}
        answer = browser.send("/console/eit/iit?year=2570", **typed)
        assert answer.status_code == 400, wrong
        assert all(f'value="{one}"' in answer.text for one in typed.values()), wrong
    assert browser.send("/console/eit/iit?year=2570", iit_target="61", iit_count="", iit_day="").status_code == 302
    assert login("khlang").send("/console/eit/iit?year=2570", iit_target="1").status_code == 404
    with database.read(1) as session:
        round_ = session.scalars(select(EitRound)).one()
        found = (round_.iit_target, round_.iit_reported, round_.iit_reported_on, round_.target, round_.reported)
    assert found == (61, 45, date(2027, 3, 8), 400, None)


def test_points_are_added_renamed_and_put_away(login: Login, database: Database, point_id: int) -> None:
    browser = login("admin")
    assert browser.send("/console/eit/points", name="รถบริการ", kind="vehicle").status_code == 302
    again = browser.send("/console/eit/points", name="รถบริการ", kind="vehicle")
    assert (again.status_code, "มีจุดบริการชื่อนี้แล้ว" in again.text) == (400, True)
    assert browser.get(f"/console/eit/points/{point_id}").status_code == 200
    browser.send(f"/console/eit/points/{point_id}", name="ช่องหนึ่ง", kind="desk", unit_id="")
    with database.read(1) as session:
        point = session.get_one(EitPoint, point_id)
    assert (point.name, point.kind, point.unit_id, point.active) == ("ช่องหนึ่ง", "desk", None, False)
    assert "เลิกใช้" in browser.get("/console/eit/").text


@pytest.mark.parametrize(("sheet", "count"), [("a4", 1), ("a5", 1), ("tent", 4), ("cards", 10)])
def test_printed_codes_open_the_survey(login: Login, database: Database, point_id: int, sheet: str, count: int) -> None:
    browser = login("admin")
    browser.send("/console/eit/points", name="รถบริการ", kind="vehicle")
    made = browser.get(f"/console/eit/posters.pdf?sheet={sheet}")
    assert made.mimetype == "application/pdf"
    pages = [codes.read(page) for page in codes.printed(made.data)]
    assert [len(found) for found in pages] == [count, count]
    for found in pages:
        (address,) = set(found)
        assert browser.get(address.removeprefix("http://localhost")).location == URL
    one = browser.get(f"/console/eit/posters.pdf?sheet={sheet}&point={point_id}")
    assert [set(codes.read(page)) for page in codes.printed(one.data)] == [set(pages[0])]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_points_code_can_be_taken_as_a_picture(login: Login, point_id: int, kind: str) -> None:
    browser = login("admin")
    picture = browser.get(f"/console/eit/points/{point_id}.{kind}").data
    (address,) = codes.read(picture if kind == "png" else codes.drawn(picture))
    assert browser.get(address.removeprefix("http://localhost")).location == URL


def test_no_poster_once_the_survey_is_over(login: Login, point_id: int) -> None:
    with time_machine.travel(CLOSED, tick=True):
        browser = login("admin")
        answer = browser.get("/console/eit/posters.pdf", follow_redirects=True)
        assert answer.mimetype == "text/html"
        assert "จึงไม่พิมพ์ป้าย" in answer.text
        assert "posters.pdf" not in answer.text
        assert "ปิดรับแล้ว" in login("khlang").get("/console/eit/").text


def test_the_reach_is_shown_as_chart_and_table(login: Login, database: Database, point_id: int) -> None:
    with database.write(1) as session:
        for day in (date(2027, 2, 22), date(2027, 3, 9), date(2027, 3, 9)):
            scans.count(session, 1, point_id, day)
    page = login("nayok").get("/console/eit/").text
    assert 'src="data:image/svg+xml;base64,' in page
    assert re.search(r"8 มี\.ค\. 70</td><td data-label=\"สแกน\">2<", page)
    assert re.search(r"1 มี\.ค\. 70</td><td data-label=\"สแกน\">0<", page)


def test_the_mayor_looks_and_changes_nothing(login: Login, point_id: int) -> None:
    browser = login("nayok")
    page = browser.get("/console/eit/").text
    assert "เคาน์เตอร์กองคลัง" in page
    assert "/console/eit/settings" not in page
    assert browser.get("/console/eit/posters.pdf").mimetype == "application/pdf"
    assert browser.get("/console/eit/settings").status_code == 404
    for address in ("settings", "count", "points", f"points/{point_id}", "ita-admin", "logo", "logo/remove"):
        refused = 403 if address == "ita-admin" else 404
        assert browser.send(f"/console/eit/{address}", **FORM).status_code == refused, address


def test_an_officer_has_the_desk_and_the_units_points(login: Login, database: Database, point_id: int) -> None:
    browser = login("khlang")
    page = browser.get("/console/eit/").text
    assert "เคาน์เตอร์กองคลัง" in page
    assert "ป้ายของโต๊ะฉัน" in page
    assert "สแกนทั้งหมด" not in page
    assert browser.send("/console/eit/desk").status_code == 302
    page = browser.get("/console/eit/").text
    assert "โต๊ะนักวิชาการจัดเก็บรายได้" in page
    assert "ทำป้ายของโต๊ะฉัน" not in page
    assert browser.get(f"/console/eit/posters.pdf?point={point_id}&sheet=tent").mimetype == "application/pdf"
    assert browser.get("/console/eit/posters.pdf").status_code == 404
    other = login("chang")
    assert "เคาน์เตอร์กองคลัง" not in other.get("/console/eit/").text
    assert other.get(f"/console/eit/posters.pdf?point={point_id}").status_code == 404
    assert other.get(f"/console/eit/points/{point_id}.png").status_code == 404
    assert other.send("/console/eit/settings", **FORM).status_code == 404


def test_the_chosen_ita_admin_keeps_it_up(login: Login, database: Database, point_id: int) -> None:
    with database.read(1) as session:
        chang = session.scalars(select(Staff.id).where(Staff.username == "chang")).one()
    assert login("admin").send("/console/eit/ita-admin", ita_admin=str(chang)).status_code == 302
    browser = login("chang")
    assert "สแกนทั้งหมด" in browser.get("/console/eit/").text
    assert browser.send("/console/eit/points", name="ศาลา", kind="hall").status_code == 302
    assert browser.send("/console/eit/ita-admin", ita_admin="").status_code == 403
    assert login("admin").send("/console/eit/ita-admin", ita_admin="999999").status_code == 400
    with database.read(1) as session:
        assert session.get_one(Agency, 1).settings["ita_admin"] == chang


def test_another_agencys_points_are_not_there(login: Login, point_id: int) -> None:
    browser = login("admin", agency="other")
    assert "เคาน์เตอร์กองคลัง" not in browser.get("/console/eit/").text
    for address in (f"points/{point_id}", f"points/{point_id}.png", f"posters.pdf?point={point_id}"):
        assert browser.get(f"/console/eit/{address}").status_code == 404, address
    assert browser.send(f"/console/eit/points/{point_id}", name="x", kind="desk").status_code == 404


def test_the_logo_is_drawn_anew_and_stands_on_posters(login: Login, app, point_id: int) -> None:  # type: ignore[no-untyped-def]
    browser = login("admin")
    plain = browser.get("/console/eit/posters.pdf").data
    out = io.BytesIO()
    Image.new("RGB", (3000, 2000), "red").save(out, "JPEG", exif=b"Exif\x00\x00canary")
    sent = browser.send("/console/eit/logo", logo=(io.BytesIO(out.getvalue()), "logo.jpg"))
    assert sent.status_code == 302
    kept = browser.get("/console/eit/logo.png").data
    assert b"canary" not in kept
    assert Image.open(io.BytesIO(kept)).size == (600, 400)
    assert len(browser.get("/console/eit/posters.pdf").data) > len(plain)
    bad = browser.send("/console/eit/logo", logo=(io.BytesIO(b"not a picture"), "logo.jpg"))
    assert (bad.status_code, "เปิดไฟล์นี้ไม่ได้" in bad.text) == (400, True)
    assert browser.send("/console/eit/logo").status_code == 400
    browser.send("/console/eit/logo/remove")
    assert browser.get("/console/eit/logo.png").status_code == 404


@pytest.mark.parametrize(("name", "path"), [("complain", "/demo/complain"), ("ask", "/demo/ask")])
def test_posters_of_the_other_doors(login: Login, name: str, path: str) -> None:
    browser = login("khlang")
    for sheet in ("a4", "cards"):
        (page,) = codes.printed(browser.get(f"/console/eit/doors/{name}.pdf?sheet={sheet}").data)
        assert set(codes.read(page)) == {f"http://localhost{path}"}
    assert browser.get(path).status_code == 200
    (page,) = codes.printed(browser.get("/console/eit/doors/line.pdf").data)
    assert codes.read(page) == ["https://line.me/R/ti/p/%40demo"]
    assert browser.get("/console/eit/doors/nothing.pdf").status_code == 404
    assert browser.get("/console/eit/doors/ask.pdf?sheet=a0").status_code == 404


def test_a_poster_of_a_form_opens_it(login: Login, database: Database) -> None:
    form_id, _ = put_in_use(database, title="ขอตัดต้นไม้หรือกำจัดแมลงรบกวน")
    browser = login("khlang")
    (page,) = codes.printed(browser.get(f"/console/eit/forms/{form_id}.pdf?sheet=cards").data)
    (address,) = set(codes.read(page))
    assert "ขอตัดต้นไม้" in browser.get(address.removeprefix("http://localhost")).text
    assert f"/console/eit/forms/{form_id}.pdf" in login("admin").get("/console/eit/").text
    assert browser.get(f"/console/eit/forms/{form_id + 1}.pdf").status_code == 404


@pytest.mark.parametrize("year", ["2569", "2571", "1", "002570999", "9999", "๒๕๗๐", "x"])
def test_every_year_in_the_address_answers(login: Login, point_id: int, year: str) -> None:
    page = login("admin").get(f"/console/eit/?year={year}")
    assert page.status_code == 200
    assert f"แบบประเมิน EIT ปี {year if year in ('2569', '2571') else '2570'}" in page.text
