"""Activities with outsiders as figures (R34), of a period or one alone, in the shape O30 asks for.

Photos are named, not copied: a photo on our disk is never changed, so a stored document prints as it did
(handlers/documents/pictures.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import evidence
from handlers.agencies import AgencyView
from handlers.documents import lint as rules
from handlers.documents.collect import Figures, NothingToPrint, base, shown_evidence
from handlers.documents.findings import Finding, finding, in_order
from handlers.documents.periods import stretch
from handlers.participation import activities, polls, proposals, results
from models.measure import Evidence, RegisterEntry
from models.participation import Activity, Proposal
from thai.dates import at_bangkok, bangkok_date
from thai.fiscal import FiscalPeriod
from thai.fiscal import fiscal_year as fiscal_year_of

MOST_PHOTOS = 12  # of one activity; the register keeps them all


def participation(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """Every activity that began in the period, those called off too; a period without one says so."""
    days = stretch(fiscal_year, period)
    rows = [
        row
        for row in activities.of_year(session, fiscal_year)
        if days.start <= bangkok_date(row.starts_at) <= days.end and row.status != "draft"
    ]
    begun = [row for row in rows if row.starts_at <= now or row.status == "cancelled"]
    return {
        **base(session, agency, "participation", fiscal_year, period, layout, now),
        "activities": [_activity(session, agency, row) for row in begun],
        "to_come": len(rows) - len(begun),
        "proposals": _proposals(session, days),
        "polls": _polls(session, days, now),
    }


def one_activity(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """The report on the activity whose id is `layout`. Raises NothingToPrint for one that is not there, has not been
    yet, was called off, or belongs to another year."""
    row = session.get(Activity, int(layout)) if len(layout) < 10 else None
    if row is None or row.agency_id != agency.id:
        raise NothingToPrint("ไม่พบกิจกรรมนี้ เลือกที่หน้า “กิจกรรม”")
    if row.status in ("draft", "cancelled") or row.starts_at > now:
        raise NothingToPrint("กิจกรรมนี้ยังไม่ได้จัด หรือยกเลิกไปแล้ว จึงยังไม่มีผลให้รายงาน")
    year = fiscal_year_of(bangkok_date(row.starts_at))
    if year != fiscal_year:
        raise NothingToPrint(f"กิจกรรมนี้อยู่ในปีงบประมาณ {year}")
    return {
        **base(session, agency, "activity", fiscal_year, period, layout, now),
        "subject": row.title,
        "activities": [_activity(session, agency, row)],
    }


def _activity(session: Session, agency: AgencyView, row: Activity) -> dict[str, Any]:
    found = results.numbers(session, row)
    entry = session.get(RegisterEntry, row.register_entry_id) if row.register_entry_id else None
    proof = evidence.of(session, entry) if entry else []
    pictures = [one for one in proof if one.kind == "photo" and one.attachment is not None]
    approved = [one for one in pictures if one.approved_at is not None]
    done = row.status == "done"
    return {
        "id": row.id,
        "entry_id": entry.id if entry else 0,
        "title": row.title,
        "kind": activities.KIND_LABELS[row.kind],
        "when": activities.when(row),
        "dated": bangkok_date(row.starts_at).isoformat(),
        "place": row.place,
        "unit": agency.unit_name(row.unit_id) if row.unit_id else "",
        "state": "done" if done else "cancelled" if row.status == "cancelled" else "owed",
        "detail": row.detail,
        "joined": found.joined,
        "came_signed": found.came_signed,
        "came_other": found.came_other,
        "attended": found.attended,
        "opinions": dict(found.opinions),
        "average": dict(found.average),
        "who": row.who,
        "said": row.said,
        "result": row.result,
        "reason": row.reason,
        "photos": [_photo(one) for one in approved[:MOST_PHOTOS]],
        "photos_more": max(0, len(approved) - MOST_PHOTOS),
        "photos_waiting": len(pictures) - len(approved),
        "evidence": [shown_evidence(one) for one in proof if one.kind != "photo"],
    }


def _photo(one: Evidence) -> dict[str, str]:
    path = one.attachment.path if one.attachment and one.attachment.status == "stored" else ""
    return {"path": path, "caption": one.title}


def _proposals(session: Session, days: FiscalPeriod) -> dict[str, int]:
    """How many came in the period, by how they stand now ("ท่านเสนอ เราทำ")."""
    first, beyond = at_bangkok(days.start), at_bangkok(days.end + timedelta(days=1))
    counted = session.execute(
        select(Proposal.status, func.count())
        .where(Proposal.at >= first, Proposal.at < beyond)
        .group_by(Proposal.status)
    )
    counts = {status: int(number) for status, number in counted}
    return {label: counts.get(status, 0) for status, label in proposals.STATUS_LABELS.items()}


def _polls(session: Session, days: FiscalPeriod, now: datetime) -> list[dict[str, Any]]:
    """Polls that ended in the period, with their votes."""
    found = []
    for poll in polls.published(session, most=500):
        if days.start <= poll.closes_on <= days.end and polls.result_is_public(poll, now):
            result = polls.result(session, poll)
            options = [
                {"label": label, "votes": count, "share": result.percent(count)} for label, count in result.options
            ]
            found.append({"question": poll.question, "total": result.total, "options": options})
    return found[::-1]


# -- what a person should look at ------------------------------------------------------------------------


def lint(figures: Figures) -> list[Finding]:
    """Reports that are owed, photos that nobody has approved, words of another organisation or year, dead links."""
    found: list[Finding] = []
    rows: Sequence[dict[str, Any]] = figures["activities"]
    whole_period = figures["kind"] == "participation"
    for row in rows:
        at = {"table": "activity", "id": row["id"], "label": row["title"][:80]}
        if row["state"] == "cancelled":
            continue
        texts = [("ชื่อกิจกรรม", row["title"]), ("สถานที่", row["place"]), ("ผู้เข้าร่วม", row["who"]),
                 ("ความเห็น", row["said"]), ("ผล", row["result"])]  # fmt: skip
        found += rules.wording_of(figures, at, texts)
        found += rules.proof_of(figures, at, row)
        if row["state"] == "owed":
            found.append(finding("no_report", "mend", "จัดแล้ว แต่ยังไม่ได้บันทึกผล", at))
            continue
        if not row["said"]:
            found.append(finding("nothing_said", "look", "ไม่ได้สรุปความเห็นที่ได้รับ", at))
        if not row["attended"]:
            found.append(finding("nobody_came", "look", "จำนวนผู้เข้าร่วมเป็น 0 คน", at))
        if row["photos_waiting"]:
            said = f"ภาพ {row['photos_waiting']} ภาพยังไม่มีผู้ตรวจรับ จึงไม่อยู่ในเอกสาร"
            found.append(finding("not_approved", "look", said, at))
        elif not row["photos"]:
            found.append(finding("no_photo", "look", "ไม่มีภาพกิจกรรม", at))
    if whole_period and not rows:
        found.append(finding("nothing_recorded", "look", "ไม่มีกิจกรรมในรอบนี้เลย ตรวจดูว่าเลือกรอบถูกแล้ว"))
    if whole_period and figures["to_come"]:
        found.append(finding("to_come", "look", f"อีก {figures['to_come']} กิจกรรมในรอบนี้ยังไม่ถึงวันจัด จึงไม่อยู่ในเอกสาร"))
    if whole_period:
        found += rules.too_early(figures)
    found += rules.signers_of(figures, ("proposer", "clerk", "mayor"))
    return in_order(found)
