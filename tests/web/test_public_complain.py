"""The complaint page: nothing typed is lost, nothing is filed twice, what needs a second look gets one."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from handlers.complaints import operations
from models.conversation import Consent
from models.thread import Attachment
from tests.web.public_forms import COMPLAINT, cases, filed, fill_in, hidden, known, photo, ticket, upload


def test_a_complaint_becomes_a_case_with_number_secret_and_due_date(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, photos=upload(photo()))
    number, secret = ticket(answer)
    assert re.fullmatch(r"C\d\d-000001", number)
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", secret)
    assert "ภายใน" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    (case,) = cases(app)
    assert (case.channel, case.reporter_name, case.reporter_phone) == ("web", "สมศรี ใจดี", "0812345678")
    assert (case.moo, case.landmark, case.anonymous) == (3, "หมู่ 3 หน้าวัด", False)
    with known(app).database.read(case.agency_id) as session:
        kept = session.scalars(select(Attachment).where(Attachment.case_id == case.id)).one()
        assert (kept.role, kept.status) == ("before", "stored")
        assert session.scalars(select(Consent)).one().notice_version == 1


def test_nothing_typed_is_lost_when_a_field_is_wrong(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, phone="12", category="", photos=upload(photo(), photo()))
    assert answer.status_code == 422
    for typed in (COMPLAINT["detail"], COMPLAINT["place"], COMPLAINT["name"], 'value="12"'):
        assert typed in answer.text
    assert re.search(r'name="consent" value="yes" checked', answer.text)
    assert 'id="field-phone-error"' in answer.text
    assert 'id="field-category-error"' in answer.text
    assert "เลือก 1 ข้อนะคะ" in answer.text  # there is no number to type here
    assert 'id="field-detail-error"' not in answer.text
    photos = re.findall(r'name="kept_photo" value="([^"]+)"', answer.text)
    assert len(photos) == 2
    thumbnail = re.search(r'src="(/files/[^"]+)"', answer.text)
    assert thumbnail
    assert client.get(thumbnail[1]).status_code == 200
    assert cases(app) == []
    # One photo is taken out, the mistakes are mended: the other photo is still there.
    answer = fill_in(client, answer.text, kept_photo=photos, drop_photo=photos[:1])
    ticket(answer)
    with known(app).database.read(cases(app)[0].agency_id) as session:
        assert len(session.scalars(select(Attachment).where(Attachment.case_id.is_not(None))).all()) == 1


def test_without_a_name_the_reporter_is_anonymous(app: Flask, client: FlaskClient) -> None:
    filed(client, name="", phone="")
    (case,) = cases(app)
    assert (case.anonymous, case.reporter_name, case.reporter_phone) == (True, "", "")


def test_without_consent_nothing_is_filed(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, consent="")
    assert answer.status_code == 422
    assert "ติ๊กช่องยินยอม" in answer.text
    assert 'id="field-consent-error"' in answer.text
    assert cases(app) == []


def test_the_button_pressed_twice_files_once_and_shows_the_same(app: Flask, client: FlaskClient) -> None:
    page = client.get("/demo/complain").text
    first = ticket(fill_in(client, page))
    assert ticket(fill_in(client, page)) == first
    assert len(cases(app)) == 1


def test_two_presses_at_the_same_moment_file_once(app: Flask, client: FlaskClient) -> None:
    page = client.get("/demo/complain").text
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie

    def press(_: int) -> tuple[str, str]:
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value)
        return ticket(fill_in(browser, page))

    with ThreadPoolExecutor(4) as pool:
        shown = set(pool.map(press, range(4)))
    assert len(shown) == 1
    assert len(cases(app)) == 1


def test_a_second_press_never_meets_its_own_case_as_a_similar_one(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get("/demo/complain").text
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    first: list[tuple[str, str]] = []
    similar_open = operations.similar_open

    def after_the_other_press(*given: Any) -> Any:
        monkeypatch.undo()
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value)
        first.append(ticket(fill_in(browser, page)))
        return similar_open(*given)

    monkeypatch.setattr(operations, "similar_open", after_the_other_press)
    assert ticket(fill_in(client, page)) == first[0]
    assert len(cases(app)) == 1


def test_going_back_and_writing_of_another_matter_files_another_case(app: Flask, client: FlaskClient) -> None:
    page = client.get("/demo/complain").text
    first = ticket(fill_in(client, page))
    second = ticket(fill_in(client, page, detail="รถขยะไม่มาเก็บสองอาทิตย์แล้ว", category="garbage", place="หมู่ 9"))
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert len(cases(app)) == 2


def test_a_stale_page_keeps_what_was_typed(app: Flask, client: FlaskClient) -> None:
    page = client.get("/demo/complain").text
    client.delete_cookie(app.config["SESSION_COOKIE_NAME"])
    answer = fill_in(client, page, photos=upload(photo()))
    assert answer.status_code == 422
    assert COMPLAINT["detail"] in answer.text
    assert cases(app) == []
    ticket(fill_in(client, answer.text, kept_photo=hidden(answer.text, "kept_photo")))
    assert len(cases(app)) == 1


def test_what_machines_fill_in_is_not_filed(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, sujarit_note="http://spam.example")
    assert answer.status_code == 422
    assert cases(app) == []


def test_a_photo_that_cannot_be_read_is_named_and_the_rest_is_kept(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, photos=upload(photo(), b"not a photo"))
    assert answer.status_code == 422
    assert "photo1.jpg" in answer.text
    assert len(re.findall('name="kept_photo"', answer.text)) == 1
    assert cases(app) == []


def test_more_than_five_photos_keep_the_first_five(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, photos=upload(*[photo()] * 6))
    assert answer.status_code == 422
    assert len(re.findall('name="kept_photo"', answer.text)) == 5


def test_an_upload_that_is_far_too_large_is_refused_in_thai(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, photos=upload(b"x" * 61_000_000))
    assert answer.status_code == 413
    assert "ใหญ่เกินไป" in answer.text
    assert cases(app) == []


def test_a_photo_over_ten_megabytes_does_not_lose_the_form(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, photos=upload(b"\xff\xd8\xff" + b"x" * 11_000_000))
    assert answer.status_code == 422
    assert "10 MB" in answer.text
    assert COMPLAINT["detail"] in answer.text


def test_somebody_elses_photo_cannot_be_attached(app: Flask, client: FlaskClient) -> None:
    other = fill_in(client, agency="other", phone="12", photos=upload(photo()))
    theirs = hidden(other.text, "kept_photo")
    ticket(fill_in(client, kept_photo=[theirs, "forged"]))
    (case,) = cases(app)
    with known(app).database.read(case.agency_id) as session:
        assert session.scalars(select(Attachment).where(Attachment.case_id == case.id)).all() == []


def test_the_same_matter_is_offered_before_filing(app: Flask, client: FlaskClient) -> None:
    filed(client)
    answer = fill_in(client, detail="หน้าวัดไฟทางดับ มืดมาก")
    assert "มีคนแจ้งเรื่องคล้ายกันแล้ว" in answer.text
    assert COMPLAINT["name"] in answer.text  # this person's own form, kept
    assert cases(app)[0].number not in answer.text  # another's number is not for everyone
    assert len(cases(app)) == 1
    ticket(fill_in(client, answer.text, detail="หน้าวัดไฟทางดับ มืดมาก"))
    assert len(cases(app)) == 2


def test_danger_is_answered_with_a_number_before_filing(app: Flask, client: FlaskClient) -> None:
    answer = fill_in(client, detail="ไฟไหม้บ้านข้างวัด", category="disaster")
    assert cases(app) == []
    assert 'href="tel:199"' in answer.text.split("notice-emergency")[1]
    ticket(fill_in(client, answer.text, detail="ไฟไหม้บ้านข้างวัด", category="disaster"))


def test_words_about_corruption_are_not_kept_before_the_person_chooses(app: Flask, client: FlaskClient) -> None:
    words = "นายช่างเรียกสินบนแลกใบอนุญาต"
    answer = fill_in(client, detail=words, photos=upload(photo()))
    assert "1205" in answer.text.split("notice-integrity")[1]
    assert cases(app) == []
    with known(app).database.read() as session:
        assert session.scalars(select(Attachment)).all() == []
    ticket(fill_in(client, answer.text, detail=words))


def test_the_place_in_a_photo_is_offered_and_used_only_with_a_yes(app: Flask, client: FlaskClient) -> None:
    for answer_yes in ({}, {"photo_place": "yes"}):
        words = f"ถนนเป็นหลุมลึกมาก {len(answer_yes)}"
        answer = fill_in(client, detail=words, category="road", place=f"ซอย {words}", photos=upload(photo(place=True)))
        assert "รูปของคุณบอกตำแหน่งไว้" in answer.text
        kept = hidden(answer.text, "kept_photo")
        ticket(
            fill_in(
                client, answer.text, detail=words, category="road", place=f"ซอย {words}", kept_photo=kept, **answer_yes
            )
        )
    without, with_place = cases(app)
    assert without.latitude is None
    assert (with_place.latitude, with_place.longitude) == (12.57, 99.96)


def test_my_position_from_the_browser_is_taken(app: Flask, client: FlaskClient) -> None:
    filed(client, place="", place_latitude="12.570117", place_longitude="99.961")
    (case,) = cases(app)
    assert (case.latitude, case.longitude) == (12.570117, 99.961)


def test_a_complaint_about_staff_never_reaches_their_unit(app: Flask, client: FlaskClient) -> None:
    agency = known(app).agencies.get("demo")
    assert agency
    works = next(unit.id for unit in agency.units.values() if unit.name == "กองช่าง")
    filed(client, detail="เจ้าหน้าที่พูดจาไม่ดี ให้รอนานมาก", category="conduct", place="", accused_unit=str(works))
    (case,) = cases(app)
    assert case.accused_unit_id == works
    assert case.unit_id != works


def test_the_form_is_limited_in_number(app: Flask, client: FlaskClient) -> None:
    page = client.get("/demo/complain").text
    codes = [fill_in(client, page, consent="").status_code for _ in range(13)]
    assert codes[:12] == [422] * 12
    assert codes[12] == 429
