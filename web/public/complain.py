"""The complaint form as one page: the same form as in the chat, nothing typed is lost, nothing is filed twice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from handlers import numbers
from handlers.complaints import operations
from handlers.complaints.form import FORM, to_new_case
from handlers.forms import Given, PhotosField, PlaceField
from handlers.questions import guard
from handlers.questions.packs import replies
from models.case import Case
from web.public import form_page, once, photos
from web.public.site import agency, keeps_typed, line_address, now, pages, private_page
from web.security import limiter
from web.services import services

MOST_BYTES = 60_000_000  # five photos as phones take them
PHOTOS = next(item for item in FORM.fields if isinstance(item, PhotosField))
PLACE = next(item for item in FORM.fields if isinstance(item, PlaceField))
NOTES = {
    "accused_unit": "ใส่เฉพาะเมื่อร้องเรียนเจ้าหน้าที่ค่ะ เรื่องจะไม่ไปถึงส่วนงานนั้น",
    "place": "เรื่องที่ไม่มีสถานที่ เว้นว่างได้ค่ะ",
    "photos": f"ไม่เกิน {PHOTOS.most} รูป รูปละไม่เกิน 10 MB",
    "phone": "เผื่อเจ้าหน้าที่ต้องถามเพิ่มค่ะ",
}
TRAP = "sujarit_note"  # an input that people do not see
TRAPPED = "กรุณากดส่งอีกครั้งนะคะ"
STALE = "หน้านี้เปิดไว้นาน กดส่งอีกครั้งนะคะ ที่กรอกไว้ยังอยู่ครบค่ะ"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to think about before filing: `kind` is "emergency", "integrity", "similar" or "place"."""

    kind: str
    text: str = ""
    cases: tuple[Case, ...] = ()


@pages.get("/complain")
def complain() -> str:
    """The empty form."""
    return _page({}, {})


@pages.get("/complain/same")
def same_matter() -> str:
    """For who found that their matter has been told already."""
    return render_template("public/same.html")


@pages.post("/complain", endpoint="send_complaint")
@keeps_typed
@limiter.limit("12/minute;120/hour")
def send() -> ResponseReturnValue:
    """File the complaint, or show the form again with what was typed and what is wrong."""
    view = agency()
    token = request.form.get("once", "") or once.new_token()
    given = form_page.read_typed(FORM, request.form)
    answers, errors = FORM.read_all(form_page.for_reading(FORM, given), view)
    key = _key(token, answers)
    if not errors and (done := _already(key)):
        return done
    # Words about corruption are not kept before the person has chosen this way.
    detail = " ".join(item.text for item in given.values() if item.text)
    warning = guard.classify(detail)
    seen = set(request.form.getlist("seen"))
    if warning and warning.kind == "integrity" and "integrity" not in seen:
        return _page(given, errors, token, notices=[Notice("integrity")]), 200
    kept = photos.kept(request.form.getlist(photos.TOKENS), request.form.getlist(photos.DROP), view.id)
    fresh, problem = photos.store(request.files.getlist(PHOTOS.name), view.id, PHOTOS.most - len(kept))
    kept += fresh
    if problem:
        errors[PHOTOS.name] = problem
    message = STALE if g.get("stale_token") else TRAPPED if request.form.get(TRAP) else ""
    if errors or message:
        return _page(given, errors, token, kept, message=message), 422
    with services().database.read(view.id) as session:
        if request.form.get("photo_place") and (spot := photos.place_of(session, kept)):
            given[PLACE.name] = replace(given[PLACE.name], latitude=spot[0], longitude=spot[1])
            answers, _ = FORM.read_all(form_page.for_reading(FORM, given), view)
        notices = [n for n in _notices(session, answers, warning, kept) if n.kind not in seen]
    if notices:
        # The similar case may be this one: another press of the same button has filed it meanwhile.
        return _already(key) or (_page(given, {}, token, kept, notices=notices), 200)
    return _file(key, {**answers, PHOTOS.name: kept})


def _page(
    given: dict[str, Given],
    errors: dict[str, str],
    token: str = "",
    kept: list[int] | None = None,
    notices: list[Notice] | None = None,
    message: str = "",
) -> str:
    view = agency()
    conduct = ",".join(category.code for category in view.categories if category.conduct)
    shown = photos.shown(kept or [], view.id)
    return render_template(
        "public/complain.html",
        form=FORM,
        controls=form_page.controls(
            FORM, view, given, errors, shown, NOTES, only_when={"accused_unit": f"category={conduct}"}
        ),
        errors=errors,
        notices=notices or [],
        seen=sorted({*request.form.getlist("seen"), *(n.kind for n in notices or [])}),
        once=token or once.new_token(),
        message=message,
    )


def _notices(session: Session, answers: dict[str, Any], warning: guard.Guard | None, kept: list[int]) -> list[Notice]:
    """What the person should see before the case is filed."""
    view = agency()
    found = []
    if warning and warning.kind in ("emergency", "crisis"):
        topic = warning.topic if warning.topic in replies.EMERGENCY else "crisis"
        found.append(Notice("emergency", view.fill(replies.EMERGENCY[topic])))
    new = to_new_case(answers, view)
    category = view.category(new.category_code)
    if category and (similar := operations.similar_open(session, view, category.id, new.place, new.detail, now())):
        found.append(Notice("similar", cases=tuple(similar)))
    place = answers.get(PLACE.name)
    if place and place.get("latitude") is None and photos.place_of(session, kept):
        found.append(Notice("place"))
    return found


def _key(token: str, answers: dict[str, Any]) -> str:
    """What makes this filing this filing: the page's token and what was typed. Somebody who goes back and writes of
    another matter files another case."""
    typed = {name: value for name, value in answers.items() if name != PHOTOS.name}
    return f"{token}|{hashlib.sha256(json.dumps(typed, sort_keys=True).encode()).hexdigest()}"


def _already(key: str) -> ResponseReturnValue | None:
    with services().database.read(agency().id) as session:
        subject = once.became(session, key)
        case = session.get(Case, int(subject.removeprefix("case:"))) if subject else None
        return _sent(case, key) if case else None


def _file(key: str, answers: dict[str, Any]) -> ResponseReturnValue:
    view, known, moment = agency(), services(), now()
    try:
        with known.database.write(view.id) as session:
            if once.take(session, view.id, key, moment):
                new = to_new_case(answers, view, channel="web")
                case, _ = operations.open_case(session, view, new, "web", moment, known.secret_key)
                # The same press of the button twice must show the same secret, so it comes from the form's key.
                secret = once.secret_of(known.secret_key, key)
                case.secret_hash = numbers.hash_secret(known.secret_key, case.number, secret)
                once.remember(session, key, f"case:{case.id}")
    except operations.CaseError as error:
        given = form_page.read_typed(FORM, request.form)
        return _page(given, {}, request.form.get("once", ""), answers[PHOTOS.name], message=str(error)), 422
    done = _already(key)
    if done is None:
        raise RuntimeError("a form was taken and no case is known for it")
    return done


def _sent(case: Case, key: str) -> ResponseReturnValue:
    secret = once.secret_of(services().secret_key, key)
    shown = f"{secret[:4]}-{secret[4:]}"
    return private_page("public/sent.html", case=case, secret=shown, line_url=line_address(agency()))


send.most_bytes = MOST_BYTES
