"""Photos before and after for everybody: only marked ones, where switched on, nothing attached, gone at a click."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from PIL.ExifTags import GPS, IFD
from sqlalchemy import select

from handlers import files
from handlers.complaints import operations, showing
from handlers.people import organisation, public_face
from models.audit import AuditEntry
from models.case import Case
from models.thread import Attachment
from tests.web import work

LABEL = "ไฟฟ้าสาธารณะ/ไฟส่องสว่างดับ"
SHOWN = re.compile(r'<img src="(/demo/photos/[^"]+)" alt="([^"]+)" width="400" height="300" loading="lazy"')


def taken_at_home(colour: str) -> bytes:
    """A photo as a telephone makes it, with the place and the maker's name in it."""
    exif = Image.Exif()
    exif[0x010F] = "กล้องของสมศรี"
    gps = exif.get_ifd(IFD.GPSInfo)
    gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "N", (13.0, 45.0, 30.0)
    gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "E", (100.0, 30.0, 15.0)
    data = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(data, "JPEG", exif=exif)
    return data.getvalue()


def finished(app: Flask, moo: int = 3, photos: bool = True, days: int = 1) -> tuple[int, list[int]]:
    """A complaint that was done so many days ago, with its photos of before and after: (case id, their ids)."""
    case_id = work.file_case(app, place={**work.PLACE, "moo": moo}, ago=timedelta(days=9))
    ids = []
    with work.writing(app) as session:
        agency, now = work.agency_of(app), datetime.now(UTC)
        case = session.get_one(Case, case_id)
        if photos:
            for role, colour in (("before", "black"), ("after", "yellow")):
                source = taken_at_home(colour)
                stored = files.store_upload(
                    session, work.known(app).data, agency.id, source, case_id=case_id, role=role
                )
                ids.append(stored.id)
        head = work.person(session, "changhead")
        operations.done(session, agency, case, head, now - timedelta(days=days), "เปลี่ยนหลอดแล้ว")
    return case_id, ids


def mark(browser: Any, case_id: int, marks: dict[int, str]) -> Any:
    form = {f"photo-{number}": value for number, value in marks.items()}
    return browser.send(f"/console/cases/{case_id}/photos", **form)


def switch(app: Flask, login: Any, *names: str) -> None:
    assert login("admin").send("/console/settings/public/switches", **dict.fromkeys(names, "1")).status_code == 302
    work.agency_of(app)


def test_a_pair_is_marked_shown_and_taken_back(app: Flask, login: Any, client: Any) -> None:
    case_id, (before, after) = finished(app)
    for _ in range(2):
        finished(app, photos=False)
    head = login("changhead")
    page = head.get(f"/console/cases/{case_id}").text
    assert "ต้องไม่เห็นใบหน้า ป้ายทะเบียนรถ หรือเลขที่บ้าน" in page
    assert "หน่วยงานยังไม่เปิดแสดงรูป" in page
    assert mark(head, case_id, {before: "before", after: "elsewhere"}).status_code == 422
    switch(app, login, "public_map", "public_photos")
    assert SHOWN.findall(client.get("/demo/map").text) == [], "nothing is shown that nobody has marked"

    assert mark(head, case_id, {before: "before"}).status_code == 302
    assert SHOWN.findall(client.get("/demo/map").text) == [], "half a pair shows nothing"
    assert mark(head, case_id, {before: "before", after: "after"}).status_code == 302
    page = client.get("/demo/map").text
    (first, first_alt), (second, second_alt) = SHOWN.findall(page)
    assert (first_alt, second_alt) == (f"ก่อน: {LABEL} หมู่ 3", f"หลัง: {LABEL} หมู่ 3")
    assert work.case(app, case_id).number not in page
    assert "หน้าวัด" not in page
    for address in (first, second):
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert len(answer.data) < 40_000
        picture = Image.open(io.BytesIO(answer.data))
        assert max(picture.size) == 400
        assert not dict(picture.getexif())
        assert "กล้องของสมศรี".encode() not in answer.data
        assert "public" in answer.headers["Cache-Control"]
        assert "max-age=3600" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        assert client.get(address.replace("/demo/", "/other/")).status_code == 404
    assert client.get("/demo/photos/nothing.jpg").status_code == 404
    with work.writing(app) as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "case_photo_shown")).all()
        assert [entry.detail["photo"] for entry in acts] == [before, after]

    # Taken back: the address is dead, and a new mark has a new one.
    assert mark(head, case_id, {before: ""}).status_code == 302
    assert client.get(first).status_code == 404
    assert SHOWN.findall(client.get("/demo/map").text) == []
    mark(head, case_id, {before: "before"})
    (again, _), _ = SHOWN.findall(client.get("/demo/map").text)
    assert again != first
    # Switched off: nothing of it, by whatever address.
    for names in (("public_map",), ("public_photos",)):
        switch(app, login, *names)
        assert SHOWN.findall(client.get("/demo/map").text) == []
        assert client.get(again).status_code == 404


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_photos_go_with_their_case_and_with_small_numbers(app: Flask, login: Any, client: Any) -> None:
    switch(app, login, "public_map", "public_photos")
    head, palad = login("changhead"), login("palad")
    first, second, third = (finished(app, days=days) for days in (1, 2, 3))
    for case_id, (before, after) in (first, second, third):
        mark(head, case_id, {before: "before", after: "after"})
    few, (few_before, few_after) = finished(app, moo=8)
    mark(head, few, {few_before: "before", few_after: "after"})
    page = client.get("/demo/map").text
    assert "moo-3" in page
    assert "moo-8" not in page, "one complaint of a village could point at a household"
    assert client.get("/demo/map/8").status_code == 404
    assert len(SHOWN.findall(page)) == 4, "the last two; all on the village's own page"
    assert "ดูรูปของหมู่ 3 ทั้งหมด 3 เรื่อง" in page
    shown = [address for address, _ in SHOWN.findall(client.get("/demo/map/3").text)]
    assert len(shown) == 6
    assert [client.get(address).status_code for address in shown] == [200] * 6
    # One is about staff after all, one about corruption, one is open again: none is left.
    assert palad.send(f"/console/cases/{first[0]}/categorise", category="conduct").status_code == 302
    assert [client.get(address).status_code for address in shown] == [404, 404, 200, 200, 200, 200]
    assert head.send(f"/console/cases/{second[0]}/forget", sure="yes").status_code == 302
    assert [client.get(address).status_code for address in shown] == [404] * 4 + [200] * 2
    for _ in range(3):
        finished(app, photos=False)
    assert len(SHOWN.findall(client.get("/demo/map").text)) == 2
    with work.writing(app) as session:
        operations.not_done(session, work.agency_of(app), session.get_one(Case, third[0]), "web", datetime.now(UTC))
    assert SHOWN.findall(client.get("/demo/map").text) == []
    # A complaint about staff has no such panel, and no photo of it can be marked.
    assert "รูปสำหรับแผนที่สาธารณะ" not in palad.get(f"/console/cases/{first[0]}").text
    assert mark(palad, first[0], {first[1][0]: "before"}).status_code == 422
    # Nor can a photo of another case.
    mark(head, third[0], {few_before: ""})
    with work.writing(app) as session:
        assert session.get_one(Attachment, few_before).shown_as == "before"


def test_open311_names_the_marked_photo_only(app: Flask, client: Any, login: Any) -> None:
    case_id, (before, after) = finished(app)
    with work.writing(app) as session:
        public_face.switch_open311(session, True, "test")
        showing.show_photos(
            session, session.get_one(Case, case_id), work.person(session, "chang"),
            {before: "before", after: "after"}, datetime.now(UTC),
        )  # fmt: skip
        keys = dict(session.execute(select(Attachment.shown_as, Attachment.shown_key)).all())
    address = f"/demo/open311/v2/requests/{work.case(app, case_id).number}.json"
    work.agency_of(app)
    assert client.get(address).json[0]["media_url"] is None, "photos are a switch of their own"
    with work.writing(app) as session:
        organisation.save_settings(session, {"public_photos": True}, "test")
    work.agency_of(app)
    assert client.get(address).json[0]["media_url"] == f"http://localhost/demo/photos/{keys['after']}.jpg"
    assert client.get(f"/demo/photos/{keys['after']}.jpg").status_code == 200
    with work.writing(app) as session:
        operations.not_done(session, work.agency_of(app), session.get_one(Case, case_id), "web", datetime.now(UTC))
    assert client.get(address).json[0]["media_url"] == f"http://localhost/demo/photos/{keys['before']}.jpg"
