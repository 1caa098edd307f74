"""The year's figures of lending the agency's property (R71), at the end of the fiscal year and at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.borrowing import statistics
from handlers.borrowing.statistics import Count
from handlers.documents import lint as rules
from handlers.documents.collect import Figures, base
from handlers.documents.findings import Finding, finding, in_order
from thai.dates import bangkok_date


def borrowing(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """Counts by item and by kind of borrower, as known at `now` (UTC). No loans is a result too."""
    found = statistics.of_year(session, fiscal_year, bangkok_date(now))
    return {
        **base(session, agency, "borrowing", fiscal_year, period, layout, now),
        "collected_on": bangkok_date(now).isoformat(),
        "headings": list(statistics.STATISTICS[2:]),
        "by_asset": _rows(found.by_asset),
        "by_borrower": _rows(found.by_borrower),
        "by_both": [{"labels": list(key), "counts": _counts(count)} for key, count in found.by_both.items()],
        "total": _counts(found.total),
        "summary": {
            "times": found.total.times,
            "pieces": found.total.pieces,
            "in_time": found.total.in_time,
            "late": found.total.late,
            "waiting": found.total.waiting,
            "overdue": found.total.overdue,
            "harmed": found.total.harmed,
        },
    }


def _rows(counted: Mapping[str, Count]) -> list[dict[str, Any]]:
    return [{"labels": [label], "counts": _counts(count)} for label, count in counted.items()]


def _counts(count: Count) -> list[int]:
    return [int(figure) for figure in count.cells()]


def lint(figures: Figures) -> list[Finding]:
    """Property that is still out or overdue, and a year in which nothing was lent."""
    found: list[Finding] = []
    summary = figures["summary"]
    if not summary["times"]:
        found.append(finding("nothing_recorded", "look", "ไม่มีการยืมในปีนี้เลย ตรวจดูว่าเลือกปีถูกแล้ว"))
    if summary["overdue"]:
        found.append(finding("overdue", "mend", f"ยังไม่คืนและเลยกำหนด {summary['overdue']} ครั้ง ติดตามหรือบันทึกรับคืนก่อนสรุป"))
    elif summary["waiting"]:
        found.append(finding("still_out", "look", f"ยังคืนไม่ครบ {summary['waiting']} ครั้ง ตัวเลขจะเปลี่ยนอีก"))
    return in_order([*found, *rules.too_early(figures), *rules.signers_of(figures, ("proposer", "clerk", "mayor"))])
