"""Open311 GeoReport v2: off by default, general complaints only, nothing of a person, bare arrays, real cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from handlers.complaints import operations
from handlers.complaints.operations import NewCase
from handlers.complaints.published import Village
from handlers.numbers import secret_matches
from handlers.people import public_face
from models.audit import AuditEntry
from models.case import Case
from models.db import Database
from models.form import FormDefinition
from tests.web.conftest import Login
from tests.web.public_forms import known
from web.public.map import HEIGHT, WIDTH, points

V2 = "/demo/open311/v2"
SECRETS = ("สมศรี", "0812345678", "081-234-5678", "บ้านนายดำ", "เสียงดังทุกคืน")


def switched_on(app: Flask) -> str:
    """A key of the demo agency, with Open311 open."""
    view = known(app).agencies.get("demo")
    assert view
    with known(app).database.write(view.id) as session:
        public_face.switch_open311(session, True, "test")
        key = public_face.issue_open311_key(session, "แอปทดสอบ", "test", datetime.now(UTC))
    known(app).agencies.refresh("demo")
    return key


def file(app: Flask, code: str = "streetlight", days: int = 0, **changes: Any) -> str:
    view = known(app).agencies.get("demo")
    assert view
    place = {"moo": 5, "landmark": "บ้านนายดำ", "latitude": 12.345678, "longitude": 99.876543}
    new = NewCase(code, "เสียงดังทุกคืน", place, name="สมศรี ใจดี", phone="0812345678", channel="web", **changes)
    moment = datetime.now(UTC) - timedelta(days=days)
    with known(app).database.write(view.id) as session:
        return operations.open_case(session, view, new, "web", moment, known(app).secret_key)[0].number


def body(answer: TestResponse) -> Any:
    return answer.json


def numbers(answer: TestResponse) -> set[str]:
    assert answer.status_code == 200, answer.text
    assert isinstance(body(answer), list)
    return {one["service_request_id"] for one in body(answer)}


def test_off_until_the_agency_switches_it_on(app: Flask, client: FlaskClient, login: Login) -> None:
    answer = client.get(f"{V2}/services.json")
    assert answer.status_code == 404
    assert body(answer) == [{"code": 404, "description": "หน่วยงานนี้ไม่ได้เปิด Open311"}]
    admin = login("admin")
    assert admin.send("/console/settings/public/switches", open311="1").status_code == 302
    known(app).agencies.refresh("demo")
    assert client.get(f"{V2}/services.json").status_code == 200
    assert client.get("/other/open311/v2/services.json").status_code == 404


def test_where_it_is_can_be_discovered(app: Flask, client: FlaskClient, login: Login) -> None:
    at = "/demo/open311/discovery"
    assert client.get(f"{at}.json").status_code == 404, "off as the rest"
    switched_on(app)
    found = body(client.get(f"{at}.json"))
    assert list(found) == ["changeset", "contact", "key_service", "endpoints"]
    (endpoint,) = found["endpoints"]
    assert list(endpoint) == ["specification", "url", "changeset", "type", "formats"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert (endpoint["type"], endpoint["formats"]) == ("production", ["text/xml", "application/json"])
    assert client.get(f"{endpoint['url']}/services.json?jurisdiction_id=demo.go.th").status_code == 200
    assert "02-000-1234" in found["contact"]
    answer = client.get(f"{at}.xml")
    assert answer.content_type == "text/xml; charset=utf-8"
    tree = ElementTree.fromstring(answer.text)
    assert (tree.tag, tree.findtext("endpoints/endpoint/url")) == ("discovery", endpoint["url"])
    assert [one.text for one in tree.iterfind("endpoints/endpoint/formats/format")] == endpoint["formats"]
    # The changeset rises with a change of what can be filed, and with nothing of another agency.
    later = datetime.now(UTC) + timedelta(days=400)
    for code, rises in (("other", False), ("demo", True)):
        view = known(app).agencies.get(code)
        assert view
        subject = f"category:{view.categories[0].id}"
        with known(app).database.write(view.id) as session:
            session.add(AuditEntry(actor="test", action="category_saved", subject=subject, at=later))
        assert (body(client.get(f"{at}.json"))["changeset"] > found["changeset"]) == rises, code


def test_services_without_conduct_and_forms(app: Flask, client: FlaskClient) -> None:
    switched_on(app)
    listed = body(client.get(f"{V2}/services.json"))
    assert isinstance(listed, list)
    codes = {one["service_code"] for one in listed}
    assert {"road", "streetlight", "garbage"} <= codes
    assert "conduct" not in codes
    assert not any(code.startswith("form:") for code in codes)
    with known(app).database.read() as session:
        assert session.scalars(select(FormDefinition)).first() is not None
    answer = client.get(f"{V2}/services.xml")
    assert answer.content_type == "text/xml; charset=utf-8"
    tree = ElementTree.fromstring(answer.text)
    assert tree.tag == "services"
    assert {one.findtext("service_code") for one in tree.iterfind("service")} == codes
    definition = body(client.get(f"{V2}/services/road.json"))
    assert definition["service_code"] == "road"
    assert [item["code"] for item in definition["attributes"]] == ["moo"]
    tree = ElementTree.fromstring(client.get(f"{V2}/services/road.xml").text)
    assert tree.findtext("attributes/attribute/code") == "moo"
    assert client.get(f"{V2}/services/conduct.json").status_code == 404


def test_nothing_of_a_person_and_no_exact_place(app: Flask, client: FlaskClient) -> None:
    switched_on(app)
    number = file(app)
    for form in ("json", "xml"):
        for path in (f"requests.{form}", f"requests/{number}.{form}"):
            page = client.get(f"{V2}/{path}").text
            assert number in page
            assert not [word for word in SECRETS if word in page]
    (one,) = body(client.get(f"{V2}/requests/{number}.json"))
    assert (one["lat"], one["long"], one["address"]) == (12.35, 99.88, "หมู่ 5")
    assert (one["status"], one["service_code"], one["media_url"]) == ("open", "streetlight", None)
    assert datetime.fromisoformat(one["requested_datetime"]).utcoffset() == timedelta(hours=7)


def test_conduct_requests_and_other_agencies_are_never_read(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    switched_on(app)
    kept = file(app)
    hidden = file(app, "conduct", accused_unit_id=1)
    assert numbers(client.get(f"{V2}/requests.json")) == {kept}
    assert numbers(client.get(f"{V2}/requests.json?service_request_id={hidden},{kept}")) == {kept}
    answer = client.get(f"{V2}/requests/{hidden}.json")
    assert (answer.status_code, body(answer)[0]["code"]) == (404, 404)


def test_filters(app: Flask, client: FlaskClient) -> None:
    switched_on(app)
    light, road, old = file(app), file(app, "road", days=3), file(app, "road", days=120)
    with known(app).database.write() as session:
        session.scalars(select(Case).where(Case.number == road)).one().status = "confirmed"
    every = f"{V2}/requests.json"
    assert numbers(client.get(every)) == {light, road}
    assert numbers(client.get(f"{every}?status=open")) == {light}
    assert numbers(client.get(f"{every}?status=closed")) == {road}
    assert numbers(client.get(f"{every}?status=open,closed")) == {light, road}
    assert numbers(client.get(f"{every}?service_code=road,garbage")) == {road}
    assert numbers(client.get(f"{every}?service_code=nothing")) == set()
    assert numbers(client.get(f"{every}?service_request_id={old}")) == {old}
    assert numbers(client.get(f"{every}?service_request_id={old}&status=done&start_date=x")) == {old}, "overrides all"
    assert numbers(client.get(f"{every}?service_request_id=%00")) == set()
    since = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    assert numbers(client.get(every, query_string={"start_date": since})) == {light}
    assert numbers(client.get(f"{every}?start_date={since}")) == {light}  # its plus sign read as a space
    assert numbers(client.get(every, query_string={"end_date": since})) == {road}
    for wrong in ("status=done", "start_date=yesterday", "start_date=2020-01-01&end_date=2026-01-01"):
        answer = client.get(f"{every}?{wrong}")
        assert answer.status_code == 400
        assert body(answer)[0]["code"] == 400
        assert list(body(answer)[0]) == ["code", "description"]


COMPLAINT = {
    "service_code": "streetlight", "description": "ไฟทางหน้าวัดดับมาสามคืนแล้ว", "lat": "12.57", "long": "99.96",
    "address_string": "หน้าวัด", "attribute[moo]": "3", "first_name": "สมศรี", "last_name": "ใจดี", "phone": "081-234-5678",
    "email": "somsri@example.com",
}  # fmt: skip


def test_a_real_complaint_is_filed(app: Flask, client: FlaskClient) -> None:
    key = switched_on(app)
    answer = client.post(f"{V2}/requests.json", data={**COMPLAINT, "api_key": key})
    assert answer.status_code == 200, answer.text
    (filed,) = body(answer)
    assert list(filed) == ["service_request_id", "service_notice", "account_id"]
    with known(app).database.read() as session:
        case = session.scalars(select(Case).where(Case.number == filed["service_request_id"])).one()
        assert (case.moo, case.landmark, case.latitude, case.channel) == (3, "หน้าวัด", 12.57, "web")
        assert (case.reporter_name, case.reporter_phone) == ("สมศรี ใจดี", "0812345678")
        assert "somsri@example.com" in case.detail
        secret = filed["service_notice"].split("รหัสติดตาม ")[1].split()[0]
        assert secret_matches(known(app).secret_key, case.number, secret, case.secret_hash)
        opened = session.scalars(select(AuditEntry).where(AuditEntry.action == "case_opened")).all()
        assert opened[-1].actor.startswith("open311:")
    tree = ElementTree.fromstring(client.post(f"{V2}/requests.xml", data={**COMPLAINT, "api_key": key}).text)
    assert tree.tag == "service_requests"
    assert tree.findtext("request/service_request_id") != filed["service_request_id"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"api_key": "wrong"}, 403),
        ({"api_key": ""}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "conduct"}, 400),
        ({"description": ""}, 400),
        ({"lat": "", "long": "", "address_string": ""}, 400),
        ({"lat": "north"}, 400),
        ({"attribute[moo]": "ห้า"}, 400),
        ({"phone": "12"}, 400),
        ({"description": "นายกโกงเงินค่าก่อสร้าง เรียกรับสินบน"}, 400),
    ],
)
def test_errors_are_bare_arrays_and_nothing_is_filed(
    app: Flask, client: FlaskClient, change: dict[str, str], code: int
) -> None:
    key = switched_on(app)
    answer = client.post(f"{V2}/requests.json", data={**COMPLAINT, "api_key": key, **change})
    assert answer.status_code == code, answer.text
    assert [list(one) for one in body(answer)] == [["code", "description"]]
    assert body(answer)[0]["code"] == code
    tree = ElementTree.fromstring(client.post(f"{V2}/requests.xml", data={**COMPLAINT, "api_key": key, **change}).text)
    assert tree.findtext("error/code") == str(code)
    with known(app).database.read() as session:
        assert session.scalars(select(Case)).all() == []


def test_a_key_is_shown_once_and_can_be_withdrawn(app: Flask, client: FlaskClient, login: Login) -> None:
    switched_on(app)
    admin = login("admin")
    assert "กรุณากรอกว่าออกคีย์ให้" in admin.send("/console/settings/public/keys", holder=" ").text
    page = admin.send("/console/settings/public/keys", holder="ระบบจังหวัด").text
    key = page.split('id="fresh_key" value="')[1].split('"')[0]
    assert key not in admin.get("/console/settings/public").text
    known(app).agencies.refresh("demo")
    assert client.post(f"{V2}/requests.json", data={**COMPLAINT, "api_key": key}).status_code == 200
    view = known(app).agencies.get("demo")
    assert view
    issued = public_face.open311_keys(view.settings)[-1]
    assert key not in str(issued)
    admin.send("/console/settings/public/keys/withdraw", key=issued["id"])
    known(app).agencies.refresh("demo")
    assert client.post(f"{V2}/requests.json", data={**COMPLAINT, "api_key": key}).status_code == 403


# -- the page for people ---------------------------------------------------------------------------------


def test_villages_are_shown_only_when_switched_on_and_few_stay_unknown(
    app: Flask, client: FlaskClient, login: Login
) -> None:
    for _ in range(3):
        file(app)
    file(app, "road", days=400)
    file(app, "conduct", accused_unit_id=1)
    with known(app).database.write() as session:
        session.scalars(select(Case).order_by(Case.id)).all()[0].status = "confirmed"
    assert client.get("/demo/map").status_code == 404
    assert "/demo/map" not in client.get("/demo/").text
    login("admin").send("/console/settings/public/switches", public_map="1")
    known(app).agencies.refresh("demo")
    assert 'href="/demo/map"' in client.get("/demo/").text
    page = client.get("/demo/map").text
    assert "<td>2</td><td>1</td><td>ไฟฟ้าสาธารณะ/ไฟส่องสว่างดับ</td>" in page
    assert not [word for word in SECRETS if word in page]
    with known(app).database.write() as session:
        session.delete(session.scalars(select(Case).order_by(Case.id)).all()[1])
    page = client.get("/demo/map").text
    assert "น้อยกว่า 3 เรื่อง" in page
    assert "ไฟฟ้าสาธารณะ" not in page


def test_villages_are_drawn_where_they_lie() -> None:
    here = [Village(1, 4, 0, "ไฟ", (12.60, 99.90)), Village(2, 0, 1, "ไฟ", (12.50, 100.00)), Village(3)]
    north, south = points(here)
    assert (north.moo, south.moo) == (1, 2)
    assert north.y < south.y
    assert north.x < south.x
    assert north.radius == 2 * south.radius
    assert all(0 < one.x < WIDTH and 0 < one.y < HEIGHT for one in (north, south))
    assert points(here[1:]) == []
