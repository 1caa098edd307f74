"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2) for general complaints: off until the agency switches it on.

Programs read without a key and file with one. Answers and errors are bare arrays as the specification has them, in
JSON or XML by the address's ending; words are Thai. What may be read is decided in handlers/complaints/published.py,
what is photographed in showing.py. An address serves one agency, so jurisdiction_id is not needed and not looked at,
as the specification allows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from xml.etree import ElementTree

from flask import Response, request
from flask_limiter import RequestLimit
from sqlalchemy.orm import Session

from handlers.complaints import operations, published, showing
from handlers.complaints.form import FORM
from handlers.complaints.lookup import find_number
from handlers.complaints.operations import NewCase
from handlers.complaints.published import Published
from handlers.forms import FieldError, Given
from handlers.people import public_face
from handlers.questions import guard
from handlers.questions.packs import replies
from thai.dates import BANGKOK, bangkok_date, format_date
from web.public.site import agency, now, pages, without_token
from web.security import limiter
from web.services import services

FORMS = "<any(json, xml):form>"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"  # its name in the discovery document
SPAN = timedelta(days=90)  # the longest stretch of one question
MIME = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
MOO = {
    "variable": True,
    "code": "moo",
    "datatype": "number",
    "required": False,
    "datatype_description": "ตัวเลข 1-99",
    "order": 1,
    "description": "หมู่ที่",
}
Item = Mapping[str, Any]


class Refused(Exception):
    """The specification's error: an HTTP status with words."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


def _answering(view: Callable[..., Response]) -> Callable[..., Response]:
    """Refuse while Open311 is off, and turn Refused into the specification's array."""

    @wraps(view)
    def checked(*, form: str, **values: Any) -> Response:
        try:
            if not public_face.open311_on(agency().settings):
                raise Refused(404, "หน่วยงานนี้ไม่ได้เปิด Open311")
            return view(form=form, **values)
        except Refused as refused:
            return _error(refused.code, refused.description, form)

    return checked


def _too_often(limit: RequestLimit) -> Response:
    return _error(429, "ส่งถี่เกินไป พักสักครู่แล้วลองใหม่", request.path.rsplit(".", 1)[-1])


# -- where it is (wiki.open311.org/Service_Discovery) ----------------------------------------------------


@pages.get(f"/open311/discovery.{FORMS}")
@_answering
def open311_discovery(form: str) -> Response:
    """Where this agency's Open311 is, in which formats, and since when the kinds of complaint are as they are."""
    view = agency()
    with services().database.read(view.id) as session:
        changed = public_face.open311_changed_at(session).astimezone(BANGKOK).strftime("%Y-%m-%d %H:%M")
    phone, mail = view.fields.get("office_phone", ""), view.fields.get("email", "")
    contact = " ".join(word for word in (view.name, phone, mail, view.url("/contact")) if word)
    formats = [MIME[name].split(";")[0] for name in ("xml", "json")]
    endpoint = {
        "specification": SPECIFICATION,
        "url": view.url("/open311/v2"),
        "changeset": changed,
        "type": "production",
    }
    head = {"changeset": changed, "contact": contact, "key_service": f"ขอคีย์สำหรับส่งเรื่องได้ที่ {contact}"}
    if form == "json":
        return _respond(json.dumps({**head, "endpoints": [{**endpoint, "formats": formats}]}, ensure_ascii=False), form)
    root = ElementTree.Element("discovery")
    _fill(root, head)
    element = ElementTree.SubElement(ElementTree.SubElement(root, "endpoints"), "endpoint")
    _fill(element, endpoint)
    listed = ElementTree.SubElement(element, "formats")
    for one in formats:
        ElementTree.SubElement(listed, "format").text = one
    return _respond(_text(root), form)


# -- what can be filed -----------------------------------------------------------------------------------


@pages.get(f"/open311/v2/services.{FORMS}")
@_answering
def open311_services(form: str) -> Response:
    view = agency()
    listed = [
        {
            "service_code": category.code,
            "service_name": category.label,
            "description": category.label,
            "metadata": True,
            "type": "realtime",
            "keywords": ",".join(word for word in category.keywords if "+" not in word),
            "group": view.unit_name(category.unit_id),
        }
        for category in published.categories(view)
    ]
    return _array("services", "service", listed, form)


@pages.get(f"/open311/v2/services/<code>.{FORMS}")
@_answering
def open311_service(code: str, form: str) -> Response:
    if code not in {category.code for category in published.categories(agency())}:
        raise Refused(404, "ไม่พบ service_code นี้")
    if form == "json":
        return _respond(json.dumps({"service_code": code, "attributes": [MOO]}, ensure_ascii=False), form)
    root = ElementTree.Element("service_definition")
    ElementTree.SubElement(root, "service_code").text = code
    _put(ElementTree.SubElement(root, "attributes"), "attribute", MOO)
    return _respond(_text(root), form)


# -- reading ---------------------------------------------------------------------------------------------


@pages.get(f"/open311/v2/requests.{FORMS}")
@limiter.limit("120/minute", on_breach=_too_often)
@_answering
def open311_requests(form: str) -> Response:
    """Those with the numbers in `service_request_id`, whatever else is asked, or of at most 90 days (the last, when no
    day is given)."""
    view = agency()
    numbers = [find_number(text) or "" for text in _listed("service_request_id")]
    if numbers:
        with services().database.read(view.id) as session:
            return _requests(session, published.of_numbers(session, view, numbers), form)
    known = {category.code for category in published.categories(view)}
    codes, states = [code if code in known else "" for code in _listed("service_code")], _listed("status")
    if not set(states) <= {"open", "closed"}:
        raise Refused(400, "status ต้องเป็น open หรือ closed")
    first, last = _stretch()
    wanted: list[published.State] = ["open" if state == "open" else "closed" for state in states]
    with services().database.read(view.id) as session:
        return _requests(session, published.opened_between(session, view, first, last, codes, wanted), form)


@pages.get(f"/open311/v2/requests/<number>.{FORMS}")
@limiter.limit("120/minute", on_breach=_too_often)
@_answering
def open311_request(number: str, form: str) -> Response:
    view = agency()
    with services().database.read(view.id) as session:
        found = published.of_numbers(session, view, [find_number(number) or ""])
        if not found:
            raise Refused(404, "ไม่พบเรื่องเลขที่นี้ หรือเป็นเรื่องที่ไม่เปิดเผย")
        return _requests(session, found, form)


def _requests(session: Session, found: Sequence[Published], form: str) -> Response:
    photos = {}
    if found and public_face.photos_on(agency().settings):
        photos = showing.of_numbers(session, [one.number for one in found])
    return _array("service_requests", "request", [_request(one, photos.get(one.number)) for one in found], form)


def _request(one: Published, photo: str | None) -> dict[str, Any]:
    place = f"หมู่ {one.moo}" if one.moo else ""
    return {
        "service_request_id": one.number,
        "status": one.state,
        "status_notes": one.status,
        "service_name": one.label,
        "service_code": one.code,
        "description": f"{one.label} {place}".strip(),
        "agency_responsible": one.unit,
        "service_notice": None,
        "requested_datetime": _moment(one.opened_at),
        "updated_datetime": _moment(one.updated_at),
        "expected_datetime": _moment(one.due_at),
        "address": place or None,
        "address_id": None,
        "zipcode": None,
        "lat": one.latitude,
        "long": one.longitude,
        "media_url": agency().url(f"/photos/{photo}.jpg") if photo else None,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(BANGKOK).isoformat(timespec="seconds")


def _listed(name: str) -> list[str]:
    return [word.strip() for word in request.args.get(name, "").split(",") if word.strip()]


def _stretch() -> tuple[datetime, datetime]:
    first, last = _given_moment("start_date"), _given_moment("end_date")
    if last is None:
        last = min(first + SPAN, now()) if first else now()
    first = first or last - SPAN
    if not timedelta() <= last - first <= SPAN:
        raise Refused(400, "ช่วง start_date ถึง end_date ต้องไม่เกิน 90 วัน และเริ่มก่อนสิ้นสุด")
    return first, last


def _given_moment(name: str) -> datetime | None:
    """W3C date and time; without a zone it is Bangkok's. A plus sign may have come as a space."""
    text = request.args.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)
    except ValueError:
        raise Refused(400, f"{name} ต้องเป็นวันเวลาแบบ 2026-11-21T09:00:00+07:00") from None


# -- filing ----------------------------------------------------------------------------------------------


@pages.post(f"/open311/v2/requests.{FORMS}")
@without_token
@limiter.limit("60/minute", on_breach=_too_often)
@_answering
def open311_file(form: str) -> Response:
    """File a complaint as the web form does. The reporter needs the number and the secret: both are in the notice."""
    view, known, moment = agency(), services(), now()
    key = public_face.holder_of(view.settings, request.form.get("api_key", ""))
    if key is None:
        raise Refused(403, "ไม่มี api_key หรือ api_key ไม่ถูกต้อง")
    new, notice = _read_new()
    try:
        with known.database.write(view.id) as session:
            case, secret = operations.open_case(session, view, new, f"open311:{key}", moment, known.secret_key)
            number, due = case.number, format_date(bangkok_date(case.due_at))
    except operations.CaseError as error:
        raise Refused(400, str(error)) from None
    words = f"รับเรื่องแล้ว เลขที่ {number} รหัสติดตาม {secret} จะแจ้งผลภายใน {due} ติดตามที่ {view.url('/status')}"
    filed = {"service_request_id": number, "service_notice": f"{notice}{words}", "account_id": None}
    answer = _array("service_requests", "request", [filed], form)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _read_new() -> tuple[NewCase, str]:
    """The complaint, and what its reporter must read first. Raises Refused."""
    view, given = agency(), _typed()
    code = given.get("service_code", "")
    if not code:
        raise Refused(400, "ไม่มี service_code")
    if code not in {category.code for category in published.categories(view)}:
        raise Refused(400, "ไม่พบ service_code นี้")
    warning = guard.classify(given.get("description", ""))
    if warning and warning.kind == "integrity":  # not kept, not even for a moment
        raise Refused(400, f"เรื่องทุจริตไม่รับทางนี้ และไม่ได้เก็บข้อความไว้ แจ้งช่องทางปิดผนึกได้ที่ {view.fields['integrity_url']}")
    try:
        detail = FORM["detail"].read(Given(text=given.get("description", "")), view, {})
        place = FORM["place"].read(_place(given), view, {"category": code})
        phone = (
            FORM["phone"].read(Given(text=given.get("phone", "")), view, {}) if given.get("phone", "").strip() else ""
        )
    except FieldError as error:
        raise Refused(400, str(error).replace("\n", " ")) from None
    if place is not None and (moo := given.get("attribute[moo]", "")):
        if not (moo.isascii() and moo.isdigit() and 1 <= int(moo) <= 99):
            raise Refused(400, "attribute[moo] ต้องเป็นตัวเลข 1-99")
        place["moo"] = int(moo)
    further = (("อีเมลผู้แจ้ง", given.get("email", "")), ("รูปจากผู้แจ้ง", given.get("media_url", "")))
    lines = [f"{label}: {text[:500]}" for label, text in further if text]
    name = f"{given.get('first_name', '')} {given.get('last_name', '')}".strip()[:100]
    new = NewCase(
        category_code=code, detail="\n".join((detail, *lines)), place=place, name=name, phone=phone, anonymous=not name,
        channel="web",
    )  # fmt: skip
    if warning and warning.kind in ("emergency", "crisis"):
        topic = warning.topic if warning.topic in replies.EMERGENCY else "crisis"
        return new, view.fill(replies.EMERGENCY[topic]).replace("\n", " ") + " "
    return new, ""


def _typed() -> dict[str, str]:
    """What was sent, without what PostgreSQL cannot keep."""
    return {name: text.replace("\0", "").strip() for name, text in request.form.items()}


def _place(given: Mapping[str, str]) -> Given:
    words = given.get("address_string", "") or given.get("address_id", "")
    latitude, longitude = given.get("lat", ""), given.get("long", "")
    if not latitude and not longitude:
        return Given(text=words)
    try:
        return Given(text=words, latitude=float(latitude), longitude=float(longitude))
    except ValueError:
        raise Refused(400, "lat และ long ต้องเป็นตัวเลของศา WGS84") from None


# -- JSON and XML ----------------------------------------------------------------------------------------


def _array(root: str, item: str, found: Sequence[Item], form: str) -> Response:
    if form == "json":
        return _respond(json.dumps(list(found), ensure_ascii=False), form)
    element = ElementTree.Element(root)
    for one in found:
        _put(element, item, one)
    return _respond(_text(element), form)


def _error(code: int, description: str, form: str) -> Response:
    answer = _array("errors", "error", [{"code": code, "description": description}], form)
    answer.status_code = code
    return answer


def _put(parent: ElementTree.Element, name: str, item: Item) -> None:
    _fill(ElementTree.SubElement(parent, name), item)


def _fill(element: ElementTree.Element, item: Item) -> None:
    for key, value in item.items():
        words = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
        ElementTree.SubElement(element, key).text = words


def _text(root: ElementTree.Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _respond(text: str, form: str) -> Response:
    answer = Response(text, content_type=MIME[form])
    answer.headers["Access-Control-Allow-Origin"] = "*"  # public data; a key is no cookie
    return answer
