"""What the tests of the public pages share: a browser's forms, a photo, a filed complaint."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from PIL.ExifTags import GPS, IFD
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.agency import Agency
from models.case import Case
from web.services import Services

COMPLAINT = {
    "detail": "ไฟทางหน้าวัดดับมาสามคืนแล้วค่ะ",
    "category": "streetlight",
    "place": "หมู่ 3 หน้าวัด",
    "name": "สมศรี ใจดี",
    "phone": "081-234-5678",
    "consent": "yes",
}


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return unescape(found[1])


def photo(size: tuple[int, int] = (64, 48), place: bool = False) -> bytes:
    image = Image.new("RGB", size, "olive")
    exif = Image.Exif()
    if place:
        gps = exif.get_ifd(IFD.GPSInfo)
        gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "N", (12.0, 34.0, 12.0)
        gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "E", (99.0, 57.0, 36.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def upload(*pictures: bytes) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(data), f"photo{n}.jpg") for n, data in enumerate(pictures)]


def fill_in(client: FlaskClient, page: str = "", agency: str = "demo", **changes: Any) -> TestResponse:
    """Send the complaint form: a fresh one, or `page` as it came back."""
    page = page or client.get(f"/{agency}/complain").text
    data = {"csrf_token": hidden(page, "csrf_token"), "once": hidden(page, "once"), **COMPLAINT, **changes}
    seen = re.findall(r'name="seen" value="([^"]*)"', page)
    return client.post(f"/{agency}/complain", data={**data, "seen": seen})


def filed(client: FlaskClient, **changes: Any) -> tuple[str, str]:
    """Number and secret of a complaint that was filed."""
    return ticket(fill_in(client, **changes))


def ticket(answer: TestResponse) -> tuple[str, str]:
    assert answer.status_code == 200, answer.text
    found = re.findall(r'<dd class="big-number">([^<]+)</dd>', answer.text)
    assert len(found) == 2, answer.text
    return found[0], found[1]


def unlock(client: FlaskClient, number: str, secret: str) -> TestResponse:
    page = client.get("/demo/status").text
    data = {"csrf_token": hidden(page, "csrf_token"), "number": number, "secret": secret}
    return client.post("/demo/status", data=data)


def known(app: Flask) -> Services:
    services: Services = app.extensions["sujarit"]
    return services


def cases(app: Flask, agency: str = "demo") -> list[Case]:
    with known(app).database.read() as session:
        owner = select(Agency.id).where(Agency.code == agency).scalar_subquery()
        return list(session.scalars(select(Case).where(Case.agency_id == owner).order_by(Case.id)))
