"""The reports to executives as official documents: a line each in handlers/documents/kinds.py."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from handlers.agencies import AgencyView
from handlers.documents.collect import base
from handlers.documents.findings import Finding, finding
from handlers.summaries.operations import figures_of
from handlers.summaries.periods import Period, parse
from models.agency import Unit
from models.case import Category
from models.document import Summary
from models.form import FormAnswer, FormDefinition, FormVersion
from models.measure import RegisterEntry
from reports.document import Document
from reports.layouts import half_year as half_year_layout
from reports.layouts import quarterly as quarterly_layout
from thai.dates import at_bangkok, bangkok_date

Figures = dict[str, Any]
OTHERS = "อื่น ๆ"


def quarterly(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """Figures of the report of a quarter ("q1" ...) or the year ("12m"), as known at `now` (UTC)."""
    known = base(session, agency, "quarterly", fiscal_year, period, layout, now)
    summary = figures_of(session, agency, _period(fiscal_year, period), now)
    return {**known, "summary": _for_everybody(session, summary)}


def half_year(
    session: Session, agency: AgencyView, fiscal_year: int, period: str, layout: str, now: datetime
) -> Figures:
    """Figures of the report of April ("h1": October to March) or October ("h2": April to September)."""
    days = _period(fiscal_year, period)
    known = base(session, agency, "half_year", fiscal_year, period, layout, now)
    summary = figures_of(session, agency, days, now)
    return {**known, "summary": _for_everybody(session, summary), "half": _half(session, agency, days)}


def _period(fiscal_year: int, period: str) -> Period:
    return parse(str(fiscal_year) if period in ("", "12m") else f"{fiscal_year}-{period}")


def _for_everybody(session: Session, summary: Figures) -> Figures:
    """Issued documents are read in every unit: complaints about conduct count among the others there, so that nobody
    learns that there is one about the own unit (R17). The report behind a summary names them, for ปลัด and นายก."""
    conduct = set(session.scalars(select(Category.id).where(Category.conduct)))
    kept = [dict(row) for row in summary["cases_by_category"] if row["id"] not in conduct]
    hidden = [row for row in summary["cases_by_category"] if row["id"] in conduct]
    if not hidden:
        return summary
    others = next((row for row in kept if row["label"] == OTHERS), None)
    if others is None:
        others = {**dict.fromkeys(hidden[0], 0), "id": None, "label": OTHERS}
        kept.append(others)
    for row in hidden:
        others.update({name: others[name] + row[name] for name in row if name not in ("id", "label")})
    return {**summary, "cases_by_category": kept}


def of_summary(session: Session, agency: AgencyView, summary: Summary, now: datetime) -> Document:
    """The report that goes with a summary, with the figures as they were when it was sent."""
    period = parse(summary.period)
    name = "12m" if period.kind == "year" else period.key.rpartition("-")[2]
    kind = "half_year" if period.kind == "half" else "quarterly"
    figures = base(session, agency, kind, period.fiscal_year, name, "", now)
    figures |= {"summary": summary.figures, "dated": bangkok_date(summary.created_at).isoformat()}
    if period.kind == "half":
        return half_year_layout.layout({**figures, "half": _half(session, agency, period)})
    return quarterly_layout.layout(figures)


# -- what only the half-year's report needs --------------------------------------------------------------


def _half(session: Session, agency: AgencyView, days: Period) -> Figures:
    """Registered channels, who answers for which unit (by position), publicity, opinions and improvements."""
    channels = session.scalars(
        select(RegisterEntry.title)
        .where(RegisterEntry.register == "channels", RegisterEntry.fiscal_year == days.fiscal_year)
        .order_by(RegisterEntry.id)
    )
    units = session.scalars(select(Unit).options(joinedload(Unit.answerer)).where(Unit.active).order_by(Unit.id))
    return {
        "channels": list(channels),
        "answerers": [
            {"unit": unit.name, "position": unit.answerer.position if unit.answerer else ""} for unit in units
        ],
        "publicity": _entries(session, "news", days),
        "opinions": _opinions(session, agency, days),
        "improvements": _entries(session, "improvements", days),
    }


def _entries(session: Session, register: str, days: Period) -> list[dict[str, str]]:
    rows = session.scalars(
        select(RegisterEntry)
        .options(joinedload(RegisterEntry.unit))
        .where(RegisterEntry.register == register, RegisterEntry.dated.between(days.first, days.last))
        .order_by(RegisterEntry.dated, RegisterEntry.id)
    )
    return [
        {
            "dated": row.dated.isoformat() if row.dated else "",
            "title": row.title,
            "unit": row.unit.name if row.unit else "",
        }
        for row in rows
    ]


def _opinions(session: Session, agency: AgencyView, days: Period) -> list[dict[str, Any]]:
    """How many answers each form for opinions or satisfaction got; never what anybody wrote."""
    end = at_bangkok(date.fromordinal(days.last.toordinal() + 1))
    counted = session.execute(
        select(FormDefinition.title, FormDefinition.unit_id, func.count())
        .select_from(FormAnswer)
        .join(FormVersion, FormVersion.id == FormAnswer.form_version_id)
        .join(FormDefinition, FormDefinition.id == FormVersion.form_id)
        .where(FormDefinition.kind.in_(("opinion", "survey")))
        .where(FormAnswer.at >= at_bangkok(days.first), FormAnswer.at < end)
        .group_by(FormDefinition.id, FormDefinition.title, FormDefinition.unit_id)
        .order_by(FormDefinition.id)
    )
    return [{"form": title, "unit": agency.unit_name(unit_id), "count": count} for title, unit_id, count in counted]


# -- what a person should look at ------------------------------------------------------------------------


def lint(figures: Figures) -> list[Finding]:
    """A period that is not over, or one in which nothing was recorded; for April and October also empty registers."""
    found = []
    summary = figures["summary"]
    if figures["dated"] <= summary["last"]:
        found.append(finding("period_not_over", "look", "ช่วงที่รายงานยังไม่สิ้นสุด ตัวเลขจะเปลี่ยนอีก"))
    if not (summary["cases"]["received"] or summary["questions"]["asked"] or summary["duties"]["due"]):
        found.append(finding("nothing_recorded", "look", "ไม่มีเรื่องร้องเรียน คำถาม หรืองานในช่วงนี้เลย ตรวจดูว่าเลือกช่วงถูกแล้ว"))
    if not figures["office"]["proposer_name"]:
        found.append(finding("no_proposer", "look", "ยังไม่ได้ตั้งชื่อผู้จัดทำรายงาน ช่องลงนามจะเว้นว่างไว้"))
    if half := figures.get("half"):
        if not half["channels"]:
            found.append(finding("no_channels", "mend", "ยังไม่มีช่องทางการติดต่อในทะเบียนของปีนี้"))
        if not half["publicity"]:
            found.append(finding("no_publicity", "look", "ไม่มีการประชาสัมพันธ์ในทะเบียนของช่วงนี้"))
    return found
