"""The answers to a form: the list by month and state, the table as a file, and what was counted."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from flask import Response, render_template, request
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from handlers import audit
from handlers.complaints.labels import CHANNEL_LABEL, STATUS_LABEL, status_text
from handlers.complaints.rules import visible_to
from handlers.services import exchange, operations, statistics, tallies
from handlers.services.definition import Definition
from handlers.services.operations import KIND_LABELS, definition_of
from models.case import Case
from models.form import AnonymousAnswers, FormAnswer, FormDefinition, FormVersion, Request
from reports import charts
from reports.document import Chart
from thai.dates import at_bangkok, bangkok_date, format_date
from web.console import access
from web.console.form_builder import EDITORS, READERS, edits, form_of, pages
from web.console.inputs import query_id

PAGE = 40
MOST_ANONYMOUS = 200  # on a page: these have no ids to page by, the file has all of them
MONTHS = 24  # that the filter offers
CHARTED = 12  # months of a chart
MIME = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in Bangkok: "2026-11" in addresses, "พ.ย. 69" on the page."""

    first: date

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def label(self) -> str:
        return format_date(self.first).split(" ", 1)[1]

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months(count: int) -> list[Month]:
    """The present month and those before it, the newest first."""
    first = bangkok_date(access.now()).replace(day=1)
    found = []
    for _ in range(count):
        found.append(Month(first))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _month() -> Month | None:
    """The month that the address names."""
    wanted = request.args.get("month", "")
    return next((month for month in months(MONTHS) if month.code == wanted), None)


# -- the list --------------------------------------------------------------------------------------------


@pages.get("/<int:form_id>/answers")
@access.roles(*READERS)
def answers(form_id: int) -> str:
    with access.reading() as session:
        form = form_of(session, form_id)
        month, status = _month(), request.args.get("status", "")
        rows, older = _rows(session, form, month, status if status in STATUS_LABEL else "")
        return render_template(
            "console/forms/answers.html",
            form=form,
            kinds=KIND_LABELS,
            rows=rows,
            older=older,
            first=query_id("before") is None,
            months=[(one.code, one.label) for one in months(MONTHS)],
            month=month,
            status=status,
            statuses=list(STATUS_LABEL.items()),
            total=sum(tallies.by_version(session).get(version.id, 0) for version in operations.versions(session, form)),
            edits=edits(),
            cut=form.kind == "anonymous" and len(rows) == MOST_ANONYMOUS,
        )


def _rows(session: Session, form: FormDefinition, month: Month | None, status: str) -> tuple[list[Any], int | None]:
    """(a page of answers, the id below which older ones begin)."""
    if form.kind == "anonymous":
        return _boxes(session, form, month), None
    if form.kind == "request":
        return _requests(session, form, month, status)
    return _given(session, form, month)


def _requests(
    session: Session, form: FormDefinition, month: Month | None, status: str
) -> tuple[list[dict[str, Any]], int | None]:
    query = (
        select(Request)
        .join(Case, Case.id == Request.case_id)
        .join(FormVersion, FormVersion.id == Request.form_version_id)
        .options(joinedload(Request.case), joinedload(Request.version))
        .where(FormVersion.form_id == form.id)
        .order_by(Request.id.desc())
    )
    if status:
        query = query.where(Case.status == status)
    if month is not None:
        query = query.where(Case.opened_at >= at_bangkok(month.first),
                            Case.opened_at < at_bangkok(month.last + timedelta(days=1)))  # fmt: skip
    found, older = _page(session, query, Request.id)
    ids = [one.case_id for one in found]
    mine = set(session.scalars(select(Case.id).where(Case.id.in_(ids), visible_to(access.me()))))
    return [
        {
            "case": one.case if one.case_id in mine else None,
            "number": one.case.number,
            "day": bangkok_date(one.case.opened_at),
            "channel": CHANNEL_LABEL[one.case.channel],
            "status": status_text(one.case.status, one.case.sub_status),
            "version": one.version.number,
            # Whoever may not open the case learns nothing of it here either.
            "lines": _lines(definition_of(one.version), one.answers) if one.case_id in mine else [],
        }
        for one in found
    ], older


def _given(session: Session, form: FormDefinition, month: Month | None) -> tuple[list[dict[str, Any]], int | None]:
    query = (
        select(FormAnswer)
        .join(FormVersion, FormVersion.id == FormAnswer.form_version_id)
        .options(joinedload(FormAnswer.version))
        .where(FormVersion.form_id == form.id)
        .order_by(FormAnswer.id.desc())
    )
    if month is not None:
        query = query.where(FormAnswer.at >= at_bangkok(month.first),
                            FormAnswer.at < at_bangkok(month.last + timedelta(days=1)))  # fmt: skip
    found, older = _page(session, query, FormAnswer.id)
    return [
        {
            "day": bangkok_date(one.at),
            "channel": CHANNEL_LABEL.get(one.channel, one.channel),
            "source": one.source,
            "version": one.version.number,
            "lines": _lines(definition_of(one.version), one.answers),
        }
        for one in found
    ], older


def _page(session: Session, query: Select[Any], row_id: Any) -> tuple[list[Any], int | None]:
    before = query_id("before")
    if before is not None:
        query = query.where(row_id < before)
    found = session.scalars(query.limit(PAGE + 1)).all()
    return list(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None


def _boxes(session: Session, form: FormDefinition, month: Month | None) -> list[dict[str, Any]]:
    """Anonymous answers, day by day; within a day they have no order."""
    query = (
        select(AnonymousAnswers)
        .join(FormVersion, FormVersion.id == AnonymousAnswers.form_version_id)
        .options(joinedload(AnonymousAnswers.version))
        .where(FormVersion.form_id == form.id)
        .order_by(AnonymousAnswers.day.desc(), AnonymousAnswers.form_version_id)
    )
    if month is not None:
        query = query.where(AnonymousAnswers.day >= month.first, AnonymousAnswers.day <= month.last)
    rows = (
        {
            "day": box.day,
            "channel": "",
            "version": box.version.number,
            "lines": _lines(definition_of(box.version), one),
        }
        for box in session.scalars(query)
        for one in box.answers
    )
    return list(islice(rows, MOST_ANONYMOUS))


def _lines(known: Definition, given: dict[str, Any]) -> list[tuple[str, str]]:
    """What was asked of this person and what was answered, as the version says it."""
    agency = access.agency()
    return [(item.label, item.show(given[item.name], agency)) for item in known.fields() if item.name in given]


@pages.get("/<int:form_id>/answers.<any(csv, xlsx):kind>")
@access.roles(*EDITORS)
def export(form_id: int, kind: str) -> Response:
    """All answers, or those of a month, as a file; who took it stands in the audit log."""
    month = _month()
    first, last = (month.first, month.last) if month else (None, None)
    with access.writing() as session:
        form = form_of(session, form_id)
        write = exchange.export_csv if kind == "csv" else exchange.export_xlsx
        data = write(session, access.agency(), form, first, last)
        audit.record(session, access.actor(), "form_exported", f"form:{form.id}", kind=kind)
        name = f"{form.key}{f'-{month.code}' if month else ''}.{kind}"
    return Response(data, mimetype=MIME[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


# -- statistics ------------------------------------------------------------------------------------------


@pages.get("/<int:form_id>/statistics")
@access.roles(*READERS)
def numbers(form_id: int) -> str:
    span = list(reversed(months(CHARTED)))
    first, last = span[0].first, span[-1].last
    with access.reading() as session:
        form = form_of(session, form_id)
        agency = access.agency()
        counted = next((one for one in statistics.per_month(session, first, last) if one.key == form.key), None)
        by_month = [(one.label, counted.by_month.get((one.first.year, one.first.month), 0) if counted else 0)
                    for one in span]  # fmt: skip
        ratings = statistics.ratings_by_unit(session, first, last, form)
        return render_template(
            "console/forms/statistics.html",
            form=form,
            counted=counted,
            since=span[0].label,
            by_month=by_month,
            month_chart=_chart("จำนวนคำตอบรายเดือน", by_month, "คำตอบ"),
            ratings=[(agency.unit_name(one.unit_id), one) for one in ratings],
            rating_chart=_chart(
                "คะแนนเฉลี่ยตามส่วนงาน",
                [(agency.unit_name(one.unit_id), one.mean_hundredths / 100) for one in ratings],
                "คะแนนเต็ม 5",
            ),
            tallies=[
                (one, _chart(one.label, one.counts, "คำตอบ"))
                for one in tallies.choices(session, agency, form, first, last)
                if one.answered
            ],
            edits=edits(),
        )


def _chart(title: str, values: Iterable[tuple[str, float]], unit: str) -> str:
    """Bars as an address of a picture; "" while there is nothing to draw."""
    rows = list(values)
    if not any(value for _, value in rows):
        return ""
    labels, heights = tuple(label for label, _ in rows), tuple(float(value) for _, value in rows)
    picture = charts.svg(Chart(title, labels, ((unit, heights),), unit))
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"
