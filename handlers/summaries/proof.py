"""An acknowledged summary proves that the executives were told: evidence of the duties that ask for it (R50, R51, R54).

A second person approves it as any other evidence (R47).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from handlers.evidence import EvidenceDetails, add_evidence
from handlers.summaries import periods
from handlers.summaries.periods import Period
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyRule
from models.measure import Evidence
from thai.dates import bangkok_date

# The starter calendar's keys (handlers/duties/packs/starter.toml).
RULES = {"quarter": ("quarter.executives",), "half": ("half.opinion", "half.qna"), "month": ("month.follow_up",)}


def prove(session: Session, period: Period, staff: Staff, now: datetime) -> int:
    """Put the acknowledgement to the period's duties that are still open, once each; how many."""
    covered = [period]
    if period.kind == "quarter":
        covered.append(periods.holding("month", period.last))  # its last month has no digest of its own
    asked = [
        and_(DutyRule.key.in_(RULES[one.kind]), Duty.period_key == one.key) for one in covered if one.kind in RULES
    ]
    title = f"ผู้บริหารรับทราบสรุปผลงาน {period.label}"
    told_before = select(Evidence.duty_id).where(
        Evidence.duty_id.is_not(None), Evidence.kind == "event", Evidence.title.startswith(title)
    )
    duties = session.scalars(
        select(Duty)
        .join(DutyRule, DutyRule.id == Duty.rule_id)
        .where(or_(False, *asked), Duty.status.in_(LIVE_DUTY_STATUSES), Duty.id.not_in(told_before))
        .order_by(Duty.id)
    ).all()
    details = EvidenceDetails("event", f"{title} ({staff.position or 'ผู้บริหาร'})", dated=bangkok_date(now))
    for duty in duties:
        add_evidence(session, duty, details, staff, now)
    return len(duties)
