"""Taking in what somebody answered: a request becomes a case, a survey a row, an anonymous answer one among many."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.complaints import operations as desk
from handlers.forms import PhotosField
from handlers.messages import Card, Choice, Row
from handlers.services.definition import Definition
from handlers.services.operations import FormError, definition_of
from models.agency import Staff
from models.case import Case
from models.form import AnonymousAnswers, AnsweredMarks, FormAnswer, FormVersion, Request
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year

LONGEST_SUMMARY = 4000
Shared = TypeVar("Shared", AnonymousAnswers, AnsweredMarks)
_shuffle = random.SystemRandom().shuffle


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a person gave. `answers`: by field id, as Form.read_all or the chat's draft has them. `person`: who it is,
    for an anonymous form's mark (LINE user id; "" not known). `source`: the counter whose QR led here. `late`: words
    that LINE delivered out of order."""

    answers: Mapping[str, Any]
    channel: str = "line"
    conversation_id: int | None = None
    person: str = field(default="", repr=False)
    source: str = ""
    notice_version: int | None = None
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What it became: a request's case with its secret (known only now), or nothing to follow. `already`: this person
    has answered this anonymous form before; nothing was stored."""

    case: Case | None = None
    secret: str = ""
    already: bool = False


def submit(
    session: Session,
    agency: AgencyView,
    version: FormVersion,
    given: Submission,
    actor: str,
    now: datetime,
    secret_key: str,
) -> Taken:
    """Store the answers under `version`, which need not be in use any more. Raises FormError."""
    known = definition_of(version)
    answers = known.form.stored(given.answers)
    answers.pop("consent", None)
    match version.form.kind:
        case "request":
            return _request(session, agency, version, known, answers, given, actor, now, secret_key)
        case "anonymous":
            return _anonymous(session, agency, version, answers, given.person, bangkok_date(now), secret_key)
    row = FormAnswer(
        form_version_id=version.id,
        conversation_id=given.conversation_id,
        channel=given.channel,
        source=given.source[:60],
        answers=answers,
        at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "form_answered", f"form:{version.form_id}", version=version.number)
    if version.form.kind == "opinion":
        _tell_unit(session, agency, version, known, answers, row.id)
    return Taken()


# -- requests --------------------------------------------------------------------------------------------


def _request(
    session: Session,
    agency: AgencyView,
    version: FormVersion,
    known: Definition,
    answers: dict[str, Any],
    given: Submission,
    actor: str,
    now: datetime,
    secret_key: str,
) -> Taken:
    name = next((answers.get(f) or "" for f, spec in known.specs.items() if spec.get("use") == "name"), "")
    phone = next((answers.get(f.name) or "" for f in known.of_type("phone")), "")
    new = desk.NewCase(
        category_code=f"form:{version.form.key}",
        detail="\n".join([summary(known, answers, agency) or version.form.title, *given.late])[:LONGEST_SUMMARY],
        place=place_of(known, answers),
        photos=tuple(files_of(known, answers)),
        name=name[:100],
        phone=phone,
        anonymous=not name,
        channel=given.channel,
        conversation_id=given.conversation_id,
        notice_version=given.notice_version,
    )
    try:
        case, secret = desk.open_case(session, agency, new, actor, now, secret_key)
    except desk.CaseError as error:
        raise FormError(str(error)) from None
    session.add(Request(case_id=case.id, form_version_id=version.id, answers=answers))
    session.flush()
    return Taken(case, secret)


def summary(known: Definition, answers: Mapping[str, Any], agency: AgencyView, most: int = 0) -> str:
    """The answers as lines, without what tells who it is: for lists, cards and search. `most` lines (0: all)."""
    lines = [
        f"{item.label}: {item.show(answers[item.name], agency)}"
        for item in known.form.fields
        if answers.get(item.name) is not None and item.name in known.specs and not known.sensitive(item.name)
    ]
    return "\n".join(lines[:most] if most else lines)


def place_of(known: Definition, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where it is: the first place on the map that was given, else the village of the first address."""
    for item in known.of_type("location"):
        if answers.get(item.name):
            return dict(answers[item.name])
    for item in known.of_type("address"):
        if (address := answers.get(item.name)) and address.get("moo"):
            return {"moo": address["moo"], "landmark": "", "latitude": None, "longitude": None}
    return None


def files_of(known: Definition, answers: Mapping[str, Any]) -> list[int]:
    """All attachment ids among the answers."""
    holders = (item for item in known.form.fields if isinstance(item, PhotosField))
    return [one for item in holders for one in answers.get(item.name) or ()]


def request_of(session: Session, case: Case) -> Request | None:
    """What a case of kind "request" asks for."""
    return session.scalars(select(Request).where(Request.case_id == case.id)).first()


def fill_in(session: Session, case: Case, answers: Mapping[str, Any], staff: Staff) -> None:
    """The desk's own part: answers to the staff-only fields, as Definition.staff reads them. Raises FormError."""
    request = request_of(session, case)
    if request is None or "note" not in desk.allowed(case, staff):
        raise FormError("ไม่พบคำขอนี้ หรือคุณไม่มีสิทธิ์กรอก")
    known = definition_of(request.version).staff
    filled = known.stored({**request.answers, **answers})
    citizen = {name: value for name, value in request.answers.items() if name not in {f.name for f in known.fields}}
    request.answers = {**citizen, **filled}
    audit.record(session, f"staff:{staff.id}", "request_filled", f"case:{case.id}", fields=sorted(answers))


# -- opinions --------------------------------------------------------------------------------------------


def _tell_unit(
    session: Session, agency: AgencyView, version: FormVersion, known: Definition, answers: dict[str, Any], row_id: int
) -> None:
    """Whoever answers for the form's unit hears of a new opinion, without who gave it."""
    person = notify.answerer(session, version.form.unit_id)
    if person is None:
        return
    card = Card(
        title=f"มีความเห็นใหม่ · {version.form.title}"[:100],
        rows=(Row("ส่วนงาน", agency.unit_name(version.form.unit_id)),),
        note=summary(known, answers, agency, most=6)[:300],
        buttons=(Choice("เปิดในระบบ", f"{agency.public_url}/console/", "link"),),
    )
    notify.tell_staff(session, [person], [card], f"form_answer:{row_id}:new", f"form:{version.form_id}")


# -- anonymous answers -----------------------------------------------------------------------------------


def person_hash(secret_key: str, form_id: int, person: str, day: date) -> str:
    """Who answered, for this form and this fiscal year only: nobody without the installation's key can tell or try.
    The yearly survey (R29) asks the same people again."""
    words = f"answered|{form_id}|{fiscal_year(day)}|{person}"
    return hmac.new(secret_key.encode(), words.encode(), hashlib.sha256).hexdigest()[:32]


def has_answered(session: Session, form_id: int, person: str, secret_key: str, day: date) -> bool:
    """True when this person has answered this anonymous form in the fiscal year of `day` (Bangkok)."""
    marks = session.get(AnsweredMarks, form_id)
    return marks is not None and person_hash(secret_key, form_id, person, day) in marks.people


def _anonymous(
    session: Session,
    agency: AgencyView,
    version: FormVersion,
    answers: dict[str, Any],
    person: str,
    day: date,
    secret_key: str,
) -> Taken:
    """Who and what go into two tables, each into a row that many share; neither the audit log nor an id says more."""
    if person:
        marks = _locked(session, AnsweredMarks, agency.id, {"form_id": version.form_id}, people=[])
        mark = person_hash(secret_key, version.form_id, person, day)
        if mark in marks.people:
            return Taken(already=True)
        marks.people = sorted([*marks.people, mark])
    box = _locked(session, AnonymousAnswers, agency.id, {"form_version_id": version.id, "day": day}, answers=[])
    mixed = [*box.answers, answers]
    _shuffle(mixed)
    box.answers = mixed
    return Taken()


def _locked(session: Session, table: type[Shared], agency_id: int, key: dict[str, Any], **empty: Any) -> Shared:
    """The row with this key, made if it is not there, and nobody else's until the transaction ends."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(table).values(agency_id=agency_id, **key, **empty).on_conflict_do_nothing())
    found = select(table).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).one()
