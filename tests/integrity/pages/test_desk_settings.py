"""The agency's own words on the public pages, the desk's choices, and an officer's e-mail address."""

from __future__ import annotations

import pytest

from integrity import audit
from integrity.tables import Officer
from tests.integrity.pages.desk import AT, World

CHOICES = {"period": "quarter", "answer_days": "๗", "retention_years": "5"}


def test_what_officers_write_stands_on_the_public_pages(world: World) -> None:
    browser = world.logged_in("malee")
    page = browser.get(f"{AT}/settings")
    assert "แจ้งผ่านหน้านี้ได้ตลอด 24 ชั่วโมง" in page.text
    answer = browser.send("/settings", **CHOICES, unit="หน่วยตรวจสอบภายใน โทร 02-000-0000", statistics="O18")
    assert answer.status_code == 303, answer.text
    public = world.browser()
    landing = public.get("/obt/integrity/").text
    assert "หน่วยตรวจสอบภายใน โทร 02-000-0000" in landing
    assert "ภายใน 7 วัน" in landing
    assert "แจ้งผ่านหน้านี้ได้ตลอด 24 ชั่วโมง" in landing, "an empty text brings the default back"
    statistics = public.get("/obt/integrity/statistics").text
    assert "รายไตรมาส" in statistics
    assert "O18" in statistics
    with world.database.reading() as session:
        desk = world.desk(session)
        assert desk.settings["retention_days"] == 5 * 365
        assert desk.settings["chat_door"] is False, "the box was not ticked"
        assert not audit.verify(session, desk)
    assert "แก้ไขข้อความหรือการตั้งค่าของช่องทาง" in browser.get(f"{AT}/audit").text


@pytest.mark.parametrize(
    ("name", "value"), [("period", "day"), ("answer_days", "0"), ("answer_days", "สิบ"), ("retention_years", "99")]
)
def test_what_cannot_be_used_is_said_and_what_was_typed_stays(world: World, name: str, value: str) -> None:
    browser = world.logged_in("somsri")
    page = browser.send("/settings", **{**CHOICES, name: value}, how="คำของเราเอง")
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "คำของเราเอง" in page.text
    assert "คำของเราเอง" not in world.browser().get("/obt/integrity/").text


def test_an_officer_gives_an_address_for_notices(world: World) -> None:
    browser = world.logged_in("jangwat")
    for wrong in ("ไม่มี", "a@b", "a@example.go.th\nBcc: x@example.com"):
        page = browser.send("/account/email", email=wrong)
        assert "ที่อยู่อีเมลไม่ถูกต้อง" in page.text
    assert browser.send("/account/email", email=" jangwat@example.go.th ").status_code == 303
    with world.database.reading() as session:
        assert session.get_one(Officer, world.people["jangwat"].id).email == "jangwat@example.go.th"
    assert "jangwat@example.go.th" in browser.get(f"{AT}/account").text
    assert "jangwat@example.go.th" not in world.logged_in("malee").get(f"{AT}/people").text
