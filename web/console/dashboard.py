"""ภาพรวม: the figures of any period, how they moved, units and หมู่ compared; every number leads to its list.

ปลัด, นายก and admins see the agency, a head the own unit; complaints about a unit's conduct are not counted for whom
they concern (R17).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from handlers.documents import executives
from handlers.eit.reach import reach
from handlers.summaries import operations, periods, rows, terms
from handlers.summaries.figures import collect
from handlers.summaries.periods import Period, PeriodUnknown
from handlers.summaries.sets import Span
from handlers.summaries.trend import back_from, trend
from models.document import Summary, SummaryReceipt
from reports import charts
from reports.document import Chart
from reports.pdf import to_pdf
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from web.console import access
from web.console.inputs import query_id

pages = Blueprint("dashboard", __name__, url_prefix="/dashboard")

LEADERS = ("clerk", "mayor")
WHOLE = (*LEADERS, "admin")
SEEN_BY = (*WHOLE, "head")
QUARTERS = 8  # in the trend
SUMMARIES = 12
LISTED = tuple(dict.fromkeys(terms.rows_of(key) for key in terms.TERMS))
GROUPS = {
    "เรื่องร้องเรียน": (
        "cases.received", "cases.closed", "cases.confirmed", "cases.open", "cases.late", "cases.paused",
        "cases.in_time_share", "cases.median_days", "cases.rated", "cases.reopened",
    ),
    "คำถาม": (
        "questions.asked", "questions.bot", "questions.person", "questions.unanswered", "questions.median_minutes",
        "questions.bot_share", "questions.missed", "questions.ended",
    ),
    "งานตามมาตรการและหน้าที่": (
        "duties.on_time_share", "duties.due", "duties.on_time", "duties.late", "duties.pending",
    ),
    "มาตรการและช่องทาง": ("measures.done", "measures.in_progress", "measures.not_started", "channels.count"),
}  # fmt: skip
UNITS = {
    "cases.in_time_share": "%", "cases.median_days": "วัน", "cases.rated": "เต็ม 5",
    "questions.median_minutes": "นาทีทำการ", "questions.bot_share": "%", "duties.on_time_share": "%",
}  # fmt: skip
ALARMING = ("cases.late", "questions.unanswered", "duties.late")
CHARTS: dict[str, tuple[str, tuple[tuple[str, str], ...], str]] = {
    "cases": ("เรื่องร้องเรียน", (("รับเรื่อง", "received"), ("ปิดเรื่อง", "closed"), ("ผู้แจ้งยืนยัน", "confirmed")), "เรื่อง"),
    "questions": ("คำถาม", (("ได้รับ", "asked"), ("ส่งถึงเจ้าหน้าที่", "handed")), "คำถาม"),
    "duties": ("งานตามมาตรการ", (("ทันเวลา", "on_time"), ("ไม่ทันเวลา", "late")), "งาน"),
}
ENDPOINTS = {
    "case": ("console.cases.show", "case_id"),
    "question": ("console.questions.show", "question_id"),
    "duty": ("console.duties.show", "duty_id"),
    "measure": ("console.measures.show", "measure_id"),
    "entry": ("console.registers.show", "entry_id"),
}


@dataclass(frozen=True, slots=True)
class Days:
    """What the page is about. `period`: "" for days that a person typed."""

    first: date
    last: date
    label: str
    period: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number. `before`: in the period before; "" where there is none to compare with."""

    title: str
    text: str
    value: str
    unit: str
    before: str
    address: str
    alarming: bool


@pages.get("/")
@access.roles(*SEEN_BY)
def index() -> ResponseReturnValue:
    now, me, agency = access.now(), access.me(), access.agency()
    try:
        days = _days(bangkok_date(now))
    except (PeriodUnknown, ThaiDateError) as error:
        known = str(error) if isinstance(error, ThaiDateError) else "ไม่รู้จักช่วงเวลานี้"
        flash(known, "bad")
        return redirect(url_for("console.dashboard.index"))
    with access.reading() as session:
        figures = collect(session, agency, days.first, days.last, now, me)
        until = periods.holding("quarter", min(days.last, bangkok_date(now)))
        moved = trend(session, agency, back_from(until, QUARTERS), now, me)
        return render_template(
            "console/dashboard/index.html",
            days=days,
            figures=figures,
            tiles={title: [_tile(key, figures) for key in keys] for title, keys in GROUPS.items()},
            decisions=[(row, figures["definitions"][row["key"]]) for row in figures["decisions"]],
            charts=CHARTS,
            trend=moved,
            drawn=[
                name for name, (_, series, _) in CHARTS.items() if any(row[key] for row in moved for _, key in series)
            ],
            until=until.key,
            eit=reach(session, figures["fiscal_year"], now) if me.role in WHOLE else None,
            choices=_choices(bangkok_date(now)),
            summaries=_summaries(session) if me.role in WHOLE else [],
            leads=me.role in LEADERS,
            whole=me.role in WHOLE,
            link=_link(days),
        )


def _days(today: date) -> Days:
    """From the address: a period's key, or two days; this quarter otherwise. Raises PeriodUnknown, ThaiDateError."""
    first, last = request.args.get("first", "").strip(), request.args.get("last", "").strip()
    if first or last:
        begin = parse_date(first or last, today)
        end = parse_date(last or first, today)
        begin, end = min(begin, end), max(begin, end)
        return Days(begin, end, f"{format_date(begin)} ถึง {format_date(end)}")
    key = request.args.get("period", "")
    period = periods.parse(key) if key else periods.holding("quarter", today)
    return Days(period.first, period.last, period.label, period.key)


def _choices(today: date) -> dict[str, list[Period]]:
    """The periods that one picks from, the latest first."""
    counts = {"ไตรมาส": ("quarter", QUARTERS), "ครึ่งปี": ("half", 4), "ปีงบประมาณ": ("year", 4), "เดือน": ("month", 12)}
    return {title: back_from(periods.holding(kind, today), count)[::-1] for title, (kind, count) in counts.items()}


def _tile(key: str, figures: Mapping[str, Any]) -> Tile:
    group, _, name = key.partition(".")
    name = "rating" if key == "cases.rated" else name
    before = figures["previous"].get(group)
    definition = figures["definitions"][key]
    return Tile(
        title=definition["title"],
        text=definition["text"],
        value=amount(figures[group][name]),
        unit=UNITS.get(key, ""),
        before=amount(before[name]) if before else "",
        address=definition["address"],
        alarming=key in ALARMING and bool(figures[group][name]),
    )


@pages.app_template_filter()
def amount(value: float | None) -> str:
    """ "1,234", "91.3"; "–" where there is nothing to divide by."""
    return "–" if value is None else charts.number(value)


def _link(days: Days) -> Any:
    """For the template: the address of a list of these days, narrowed to a unit, a category or a หมู่."""

    def link(key: str, **narrow: int | None) -> str:
        chosen = {name: rows.NONE if value is None else value for name, value in narrow.items()}
        return terms.address(key, days.first, days.last, **chosen)

    return link


# -- the rows behind a number ----------------------------------------------------------------------------


@pages.get(f"/list/<any({', '.join(map(repr, LISTED))}):key>")
@access.roles(*SEEN_BY)
def listing(key: str) -> str:
    now = access.now()
    try:
        first, last = (date.fromisoformat(request.args.get(name, "")) for name in ("first", "last"))
    except ValueError:
        abort(404)
    span = Span(access.agency().id, first, last, now)
    narrow = {name: request.args.get(name, "") for name in ("unit", "category", "moo")}
    with access.reading() as session:
        found = rows.listing(session, span, access.me(), key, narrow, query_id("after") or 0)
        return render_template(
            "console/dashboard/list.html",
            term=terms.TERMS[key],
            key=key,
            first=first,
            last=last,
            found=found,
            narrowed=_narrowed(narrow),
            narrow={name: value for name, value in narrow.items() if value},
            address_of=address_of,
        )


def _narrowed(narrow: Mapping[str, str]) -> list[str]:
    """The narrowing in words."""
    agency, said = access.agency(), []
    if unit := narrow["unit"]:
        known = {str(one.id): one.name for one in agency.units.values()}
        said.append("ยังไม่มอบหมายส่วนงาน" if unit == rows.NONE else known.get(unit, ""))
    if narrow["category"].isdigit() and (category := agency.category(int(narrow["category"]))):
        said.append(category.label)
    if moo := narrow["moo"]:
        said.append("ไม่ระบุหมู่" if moo == rows.NONE else f"หมู่ {moo}")
    return [words for words in said if words]


def address_of(row: rows.Row) -> str:
    """The page of a row; "" where there is none."""
    if not row.id or row.kind not in ENDPOINTS:
        return ""
    endpoint, name = ENDPOINTS[row.kind]
    values: dict[str, Any] = {name: row.id}
    return url_for(endpoint, **values)


# -- charts ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _drawn(chart: Chart) -> str:
    return charts.svg(chart)


@pages.get(f"/chart/<any({', '.join(CHARTS)}):name>.svg")
@access.roles(*SEEN_BY)
def chart(name: str) -> Response:
    """The trend as bars; the page has the same numbers in a table beside it."""
    try:
        until = periods.parse(request.args.get("until", ""))
    except PeriodUnknown:
        abort(404)
    title, series, unit = CHARTS[name]
    with access.reading() as session:
        moved = trend(session, access.agency(), back_from(until, QUARTERS), access.now(), access.me())
    picture = Chart(
        title=title,
        labels=tuple(row["label"].removeprefix("ไตรมาส ") for row in moved),
        series=tuple((label, tuple(float(row[key]) for row in moved)) for label, key in series),
        unit=unit,
    )
    return Response(_drawn(picture), mimetype="image/svg+xml")


# -- summaries -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A summary, who received it, and this person's receipt that still waits."""

    summary: Summary
    label: str
    receipts: list[SummaryReceipt]
    waiting: SummaryReceipt | None


def _summaries(session: Session) -> list[Told]:
    shown = session.scalars(
        select(Summary).options(defer(Summary.figures)).order_by(Summary.id.desc()).limit(SUMMARIES)
    ).all()
    receipts: dict[int, list[SummaryReceipt]] = {}
    for receipt in session.scalars(
        select(SummaryReceipt)
        .options(joinedload(SummaryReceipt.staff))
        .where(SummaryReceipt.summary_id.in_([one.id for one in shown]))
        .order_by(SummaryReceipt.id)
    ):
        receipts.setdefault(receipt.summary_id, []).append(receipt)
    mine = access.me().id
    return [
        Told(
            one,
            periods.parse(one.period).label,
            receipts.get(one.id, []),
            next((r for r in receipts.get(one.id, []) if r.staff_id == mine and r.acknowledged_at is None), None),
        )
        for one in shown
    ]


@pages.post("/receipts/<int:receipt_id>/acknowledge")
@access.roles(*WHOLE)
def acknowledge(receipt_id: int) -> ResponseReturnValue:
    """ "รับทราบ" in the console; somebody else's receipt is not there."""
    with access.writing() as session:
        me = access.me(session)
        receipt = operations.own_receipt(session, receipt_id, me)
        if receipt is None:
            abort(404)
        period = receipt.summary.period
        operations.acknowledge(session, receipt, me, access.now())
    flash("บันทึกการรับทราบแล้ว", "good")
    return redirect(url_for("console.dashboard.index", period=period))


@pages.get("/summaries/<int:summary_id>.pdf")
@access.roles(*WHOLE)
def report(summary_id: int) -> Response:
    """The report with the figures as they were sent. Only for ปลัด and นายก: it counts what units may not see, and
    admins sit in units (R17)."""
    with access.reading() as session:
        summary = access.found(session, select(Summary).where(Summary.id == summary_id))
        if access.me().role not in LEADERS:
            abort(403)
        document = executives.of_summary(session, access.agency(), summary, access.now())
        name = f"{summary.period}.pdf"
    response = Response(to_pdf(document), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
