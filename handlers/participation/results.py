"""What came of an activity (R34): how many took part, what they said, the report, the year's list. No verb commits.

A report is owed for every activity with outsiders: what, when, where, who and how many, what they said, what came of
it. It becomes the entry of the register "activities", whose evidence holds the photos.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.participation.activities import (
    KIND_LABELS,
    LONGEST_TEXT,
    MOST_SEATS,
    STATUS_LABELS,
    ParticipationError,
    actor_of,
    of_year,
    when,
    whole,
)
from handlers.registers import operations as registers
from models.agency import Staff
from models.measure import RegisterEntry
from models.participation import Activity, ActivityOpinion, SignUp
from thai.dates import bangkok_date, format_datetime

HEADER = (
    "โครงการ/กิจกรรม", "ประเภท", "วันที่", "สถานที่", "ส่วนงาน", "สถานะ", "ลงชื่อ (คน)", "ร่วมจริง (คน)", "ผู้เข้าร่วม",
    "ความเห็นที่ได้รับ", "ผลที่ได้", "คะแนนหลังร่วม (เต็ม 5)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many: signed up (people), waiting, and came. `came_signed` of those who signed up, `came_other` without;
    `attended`: the typed number if there is one, else all who were counted."""

    joined: int
    waiting: int
    came_signed: int
    came_other: int
    attended: int
    opinions: Mapping[str, int]
    average: Mapping[str, float]


def numbers(session: Session, activity: Activity) -> Numbers:
    """Count what is known of an activity."""
    rows = session.execute(
        select(SignUp.status, SignUp.attended_at.is_not(None), func.sum(SignUp.people))
        .where(SignUp.activity_id == activity.id)
        .group_by(SignUp.status, SignUp.attended_at.is_not(None))
    ).all()
    by_status = {name: sum(n for status, _, n in rows if status == name) for name in ("joined", "waiting", "walk_in")}
    came_signed = sum(n for status, came, n in rows if came and status != "walk_in")
    came_other = by_status["walk_in"] + activity.walk_ins
    counted = came_signed + came_other
    said = session.execute(
        select(ActivityOpinion.phase, func.count(), func.avg(ActivityOpinion.rating))
        .where(ActivityOpinion.activity_id == activity.id)
        .group_by(ActivityOpinion.phase)
    ).all()
    return Numbers(
        joined=by_status["joined"],
        waiting=by_status["waiting"],
        came_signed=came_signed,
        came_other=came_other,
        attended=counted if activity.attended is None else activity.attended,
        opinions={phase: count for phase, count, _ in said},
        average={phase: round(float(average), 2) for phase, _, average in said if average is not None},
    )


def report(
    session: Session,
    activity: Activity,
    staff: Staff,
    now: datetime,
    *,
    attended: str,
    who: str,
    said: str,
    result: str,
) -> RegisterEntry:
    """Keep the result; the activity is done then, and stands in the register "activities". It may be mended later.
    Raises ParticipationError."""
    if activity.status == "cancelled":
        raise ParticipationError("result", "กิจกรรมนี้ยกเลิกไปแล้ว")
    if activity.starts_at > now:
        raise ParticipationError("result", f"ยังไม่ถึงเวลาจัด ({format_datetime(activity.starts_at)})")
    if not who.strip():
        raise ParticipationError("who", "กรุณาบอกว่าใครเข้าร่วมบ้าง เช่น ผู้นำชุมชน 12 คน ชาวบ้านหมู่ 3")
    if not result.strip():
        raise ParticipationError("result", "กรุณาบอกผลที่ได้ และจะนำไปทำอะไรต่อ")
    for name, text in (("who", who), ("said", said), ("result", result)):
        if len(text) > LONGEST_TEXT:
            raise ParticipationError(name, f"ยาวเกิน {LONGEST_TEXT:,} ตัวอักษร")
    activity.attended = whole("attended", attended, MOST_SEATS)
    activity.who, activity.said, activity.result = who.strip(), said.strip(), result.strip()
    activity.status, activity.remind_at = "done", None
    session.flush()
    entry = session.get(RegisterEntry, activity.register_entry_id) if activity.register_entry_id else None
    details = registers.EntryDetails(
        title=activity.title,
        dated=bangkok_date(activity.starts_at).isoformat(),
        unit_id=activity.unit_id,
        values={
            "kind": "participation",
            "place": activity.place,
            "attendees": str(numbers(session, activity).attended),
            "who": activity.who,
            "said": activity.said,
            "result": activity.result,
            "url": str(entry.data.get("url", "")) if entry else "",
        },
    )
    entry = registers.save_entry(session, "activities", entry, details, staff, now)
    activity.register_entry_id = entry.id
    audit.record(session, actor_of(staff), "activity_reported", f"activity:{activity.id}")
    return entry


def table(session: Session, agency: AgencyView, year: int) -> list[list[str]]:
    """The yearly list as O30 asks for it, with its header: for CSV and XLSX."""
    rows = [list(HEADER)]
    for activity in of_year(session, year):
        if activity.status == "draft":
            continue
        found = numbers(session, activity)
        rows.append(
            [
                activity.title,
                KIND_LABELS[activity.kind],
                when(activity),
                activity.place,
                agency.unit_name(activity.unit_id) if activity.unit_id else "",
                STATUS_LABELS[activity.status],
                str(found.joined),
                str(found.attended) if activity.status == "done" else "",
                activity.who,
                activity.said,
                activity.result,
                str(found.average.get("after", "")),
            ]
        )
    return rows
