"""The year's satisfaction as figures (R29; O17 of the years that had it): the survey, the stars after each service,
what people suggest and what was changed. It is published: small units stand together."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.documents import lint as rules
from handlers.documents.collect import Figures, base
from handlers.documents.findings import Finding, finding, in_order
from handlers.documents.periods import stretch
from handlers.services import satisfaction as yearly
from handlers.services.statistics import UnitRating

_NUMBER = re.compile(r"[0-9๐-๙](?:[ -]?[0-9๐-๙]){8,}")  # of a telephone or an identity card


def satisfaction(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """Nobody answered is a result too. `answers`: people, None where they are too few to be told; "" marks: none."""
    days = stretch(fiscal_year, period)
    form = yearly.form_of(session)
    found = yearly.Satisfaction(0, [], [], [], [])
    if form is not None:
        found = yearly.figures(session, agency, form, days.start, days.end, fiscal_year)
    shown = yearly.for_everybody(found)
    stars = yearly.after_service(session, agency, days.start, days.end)
    given = sum(people for _, people, _ in stars)
    after = yearly.put_together(stars)
    suggestions: dict[str, list[str]] = {}
    for unit, words in shown.suggestions:
        suggestions.setdefault(unit, []).append(words)
    return {
        **base(session, agency, "satisfaction", fiscal_year, period, layout, now),
        "few": yearly.FEW,
        "survey": {
            "there": form is not None,
            "answers": None if found.answers and not shown.by_unit else found.answers,
            "by_unit": [_marks(unit, people, rating) for unit, people, rating in shown.by_unit],
            "by_question": [_marks(label, rating.answers, rating) for label, rating in shown.by_question],
            "total": _marks("รวม", found.answers, yearly.total(shown.by_unit)),
        },
        "after_service": {
            "answers": None if given and not after else given,
            "by_unit": [_marks(unit, people, rating) for unit, people, rating in after],
            "total": _marks("รวม", given, yearly.total(after)),
        },
        "suggestions": [{"unit": unit, "words": words} for unit, words in suggestions.items()],
        "improvements": [
            {"title": one.title, "found": one.found, "changed": one.changed, "result": one.result}
            for one in found.improvements
        ],
    }


def _marks(label: str, people: int, rating: UnitRating) -> dict[str, Any]:
    """`counts`: how many marks of 1, 2, 3, 4, 5."""
    return {
        "label": label,
        "people": people,
        "counts": list(rating.counts),
        "mean_hundredths": rating.mean_hundredths if rating.answers else None,
        "satisfied": rating.satisfied_percent if rating.answers else None,
    }


def lint(figures: Figures) -> list[Finding]:
    """No survey, too few answers, suggestions that name somebody, nothing that was changed."""
    found: list[Finding] = []
    survey = figures["survey"]
    if not survey["there"]:
        found.append(finding("no_survey", "mend", "ยังไม่มีแบบสำรวจความพึงพอใจประจำปี เปิดใช้ที่หน้า “แบบฟอร์ม”"))
    elif survey["answers"] is None:
        found.append(finding("few_answers", "look", f"ผู้ตอบน้อยกว่า {figures['few']} คน จึงไม่แสดงคะแนน"))
    elif not survey["answers"]:
        found.append(finding("nothing_recorded", "look", "ไม่มีผู้ตอบแบบสำรวจในรอบนี้ ตรวจดูว่าเลือกรอบถูกแล้ว"))
    count = 0
    for group in figures["suggestions"]:
        count += len(group["words"])
        found += rules.wording_of(figures, {}, [("ข้อเสนอแนะ", words) for words in group["words"]])
        for words in group["words"]:
            if _NUMBER.search(words):
                said = f"ข้อเสนอแนะมีเบอร์โทรหรือเลขประจำตัว “{words[:60]}” ลบก่อนเผยแพร่"
                found.append(finding("personal_number", "mend", said))
    if count:
        found.append(finding("read_suggestions", "look", f"อ่านข้อเสนอแนะ {count} ข้อก่อนเผยแพร่ ว่าไม่กล่าวถึงชื่อบุคคล"))
    if not figures["improvements"]:
        found.append(finding("nothing_changed", "mend", "ยังไม่ได้ลงทะเบียนสิ่งที่ปรับปรุงจากข้อเสนอแนะของปีนี้"))
    return in_order([*found, *rules.too_early(figures), *rules.signers_of(figures, ("proposer", "clerk", "mayor"))])
