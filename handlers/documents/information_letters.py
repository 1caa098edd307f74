"""Letters that answer a request for information (R14): what is given, or what is not, on which ground, why, and how to
appeal (พ.ร.บ.ข้อมูลข่าวสารของราชการ พ.ศ. 2540 มาตรา 11, 13-15, 18, 33).

A letter is drawn from the case and from what is typed; only the result goes into the request's own fields, so that the
person's data stay where they are deleted in time. Sentences of law that the agency has to confirm end with CONFIRM.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView, content_changed
from handlers.complaints.rules import allowed
from handlers.documents import office
from handlers.documents.collect import Figures
from handlers.services import answering
from handlers.services.operations import definition_of
from models.agency import Agency, Staff
from models.case import Case
from models.form import Request
from thai.dates import ThaiDateError, bangkok_date, parse_date

SETTINGS = "information_letters"  # Agency.settings: the sentences of law that the agency has confirmed
USE = "information"  # FormDefinition.settings["use"]
CONFIRMERS = ("admin", "clerk")
CONFIRM = "หน่วยงานโปรดยืนยัน"
RESULTS = {
    "given": "เปิดเผยทั้งหมด (หนังสือนำส่ง)",
    "part": "เปิดเผยบางส่วน",
    "refused": "ไม่เปิดเผย",
    "not_held": "ไม่มีข้อมูลนี้อยู่ในครอบครอง",
}
GROUNDS = {
    "s14": "ม.14 อาจเสียหายต่อสถาบันพระมหากษัตริย์",
    "s15-1": "ม.15 (1) ความมั่นคง เศรษฐกิจ การคลังของประเทศ",
    "s15-2": "ม.15 (2) การบังคับใช้กฎหมายเสื่อมประสิทธิภาพ",
    "s15-3": "ม.15 (3) ความเห็นหรือคำแนะนำภายใน",
    "s15-4": "ม.15 (4) อันตรายต่อชีวิตหรือความปลอดภัย",
    "s15-5": "ม.15 (5) รายงานแพทย์หรือข้อมูลส่วนบุคคล",
    "s15-6": "ม.15 (6) กฎหมายคุ้มครองหรือผู้ให้ข้อมูลไม่ประสงค์ให้เปิด",
    "s15-7": "ม.15 (7) กรณีอื่นตามพระราชกฤษฎีกา",
}
SIGNERS = {"mayor": "นายก", "clerk": "ปลัด"}
WITHHELD = ("part", "refused")
LONGEST = 2_000  # as the request's own field of the answer


class LetterError(ValueError):
    """The letter cannot be drawn yet; Thai words. `field`: the input."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """As typed. `number`: ที่, may be left to be written in; `withheld`: which information, a line each; `law`: on what
    ground, "" for that of `ground`; `recourse`: what the person can do about it, "" for the usual words; `given`: what
    comes with the letter, a line each; `dated` as people write a day, "" for today."""

    result: str
    to: str
    number: str = ""
    withheld: str = ""
    ground: str = ""
    law: str = ""
    reason: str = ""
    recourse: str = ""
    given: str = ""
    signer: str = "mayor"
    dated: str = ""


@cache
def _pack() -> dict[str, Any]:
    return tomllib.loads(files("handlers.documents").joinpath("packs/information_letters.toml").read_text("utf-8"))


def law_of(agency: AgencyView, ground: str) -> str:
    """The sentence of law for a ground: as the agency confirmed it, else as the pack has it."""
    pack = _pack()
    section, words = pack["grounds"][ground]
    said = str(pack["words"]["law"]).format(section=section, words=words)
    usual = said if ground == "s14" else f"{said} {pack['words']['weighed']}"
    return str(_confirmed(agency).get(ground) or usual)


def recourse_of(agency: AgencyView, result: str) -> str:
    """What the person can do about a result; "" where everything was given."""
    name = "not_held" if result == "not_held" else "appeal" if result in WITHHELD else ""
    return str(_confirmed(agency).get(name) or _pack()["words"][name]) if name else ""


def _confirmed(agency: AgencyView) -> Mapping[str, Any]:
    """By ground, "appeal" and "not_held"."""
    found: Mapping[str, Any] = agency.settings.get(SETTINGS, {})
    return found


def confirm(session: Session, letter: Letter, staff: Staff) -> None:
    """Use the letter's sentences of law from now on: whoever says so has looked them up. Raises LetterError while one
    still asks to be confirmed."""
    names = {"law": letter.ground, "recourse": "not_held" if letter.result == "not_held" else "appeal"}
    typed = {name: getattr(letter, name) for name in names if letter.result != "given" and getattr(letter, name)}
    for name, words in typed.items():
        if CONFIRM in words:
            raise LetterError(name, f"ตรวจแล้วลบคำว่า “{CONFIRM}” ออกก่อน จึงใช้เป็นข้อความของหน่วยงานได้")
    agency = session.get_one(Agency, session.info["agency_id"])
    known = {names[name]: words for name, words in typed.items()}
    agency.settings = {**agency.settings, SETTINGS: {**agency.settings.get(SETTINGS, {}), **known}}
    session.flush()
    audit.record(
        session, f"staff:{staff.id}", "information_letter_words_saved", f"agency:{agency.id}", fields=sorted(known)
    )
    content_changed(session, agency.id)


def request_for(session: Session, case: Case) -> Request | None:
    """The request behind a case when it asks for information; None for any other."""
    request = answering.request_of(session, case) if case.kind == "request" else None
    return request if request is not None and request.version.form.settings.get("use") == USE else None


def begun(case: Case, request: Request) -> Letter:
    """The letter as far as the case tells it."""
    answers = request.answers
    result, ground = str(answers.get("result") or ""), str(answers.get("grounds") or "")
    result = result if result in RESULTS else "given"
    wanted = str(answers.get("wanted") or "")
    return Letter(
        result=result,
        to=case.reporter_name,
        withheld=wanted,
        ground=ground if ground in GROUNDS else "",
        reason=str(answers.get("answer") or ""),
        given=wanted,
    )


def checked(letter: Letter, now: datetime) -> date:
    """The day that the letter bears. Raises LetterError for what is missing: an order not to disclose has to say which
    information, on what ground and why (มาตรา 15)."""
    if letter.result not in RESULTS:
        raise LetterError("result", "เลือกผลการพิจารณา")
    if not letter.to:
        raise LetterError("to", "กรอกชื่อผู้ขอ")
    if letter.signer not in SIGNERS:
        raise LetterError("signer", "เลือกผู้ลงนาม")
    for name, value in asdict(letter).items():
        if len(value) > LONGEST:
            raise LetterError(name, f"ยาวเกิน {LONGEST:,} ตัวอักษร")
    if letter.result in WITHHELD:
        if not letter.withheld:
            raise LetterError("withheld", "ระบุว่าไม่เปิดเผยข้อมูลข่าวสารรายการใด")
        if letter.ground not in GROUNDS:
            raise LetterError("ground", "เลือกเหตุตามกฎหมาย")
        if not letter.reason:
            raise LetterError("reason", "เขียนเหตุผลของเรื่องนี้ ว่าเปิดเผยแล้วจะเกิดผลอย่างไร")
    if letter.result in ("given", "part") and not letter.given:
        raise LetterError("given", "ระบุสิ่งที่ส่งมาด้วย")
    today = bangkok_date(now)
    try:
        return parse_date(letter.dated, today) if letter.dated else today
    except ThaiDateError as error:
        raise LetterError("dated", str(error)) from error


def figures(
    session: Session, agency: AgencyView, case: Case, request: Request, letter: Letter, now: datetime
) -> Figures:
    """What the letter's layout prints. Raises LetterError."""
    dated = checked(letter, now)
    settings = office.office_of(session, agency)
    withheld = letter.result in WITHHELD
    unit = agency.units.get(case.unit_id) if case.unit_id else None
    return {
        "kind": "information_letter",
        "dated": dated.isoformat(),
        "office": office.on_paper(session, agency),
        "thai_digits": settings.thai_digits,
        "garuda": settings.garuda,
        "address": agency.fields.get("address", ""),
        "unit": {"name": unit.name if unit else "", "phone": (unit.phone if unit else "") or settings.memo_phone},
        "request": {
            "number": case.number,
            "on": bangkok_date(case.opened_at).isoformat(),
            "wanted": str(request.answers.get("wanted") or ""),
        },
        "letter": {
            **asdict(letter),
            "withheld": _lines(letter.withheld) if withheld else [],
            "given": _lines(letter.given) if letter.result in ("given", "part") else [],
            "law": (letter.law or law_of(agency, letter.ground)) if withheld else "",
            "reason": letter.reason if letter.result != "given" else "",
            "recourse": letter.recourse or recourse_of(agency, letter.result),
        },
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def keep(session: Session, case: Case, request: Request, letter: Letter, dated: date, staff: Staff) -> None:
    """Put the result into the request's own fields, as far as its form has them and the case is still worked on, and
    the making of a letter into the audit log (without what it says)."""
    names = {item.name for item in definition_of(request.version).staff.fields}
    said = {
        "result": letter.result,
        "grounds": letter.ground if letter.result in WITHHELD else None,
        "answered_on": dated.isoformat(),
        **({"answer": letter.reason} if letter.reason else {}),
    }
    if names and "note" in allowed(case, staff):
        answering.fill_in(session, case, {name: value for name, value in said.items() if name in names}, staff)
    audit.record(
        session, f"staff:{staff.id}", "information_letter_made", f"case:{case.id}", kind=f"letter_{letter.result}"
    )
