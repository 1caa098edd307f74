"""All answers to a form as a table: one column for each field that any version had, under its newest name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers import sheet
from handlers.agencies import AgencyView
from handlers.complaints.labels import CHANNEL_LABEL, status_text
from handlers.forms import Field
from handlers.services.definition import Definition
from handlers.services.operations import definition_of, versions
from models.case import Case
from models.form import AnonymousAnswers, FormAnswer, FormDefinition, FormVersion, Request
from thai.dates import bangkok_date, format_date

CASE_COLUMNS = ("เลขที่", "วันที่", "ช่องทาง", "สถานะ", "ส่วนงาน", "กำหนดแล้วเสร็จ", "คะแนนที่ได้รับ")
ANSWER_COLUMNS = ("วันที่", "ช่องทาง", "จุดบริการ")
ANONYMOUS_COLUMNS = ("วันที่",)
STAFF = " (เจ้าหน้าที่)"
VERSION = "แบบฟอร์มรุ่นที่"


@dataclass(frozen=True, slots=True)
class Column:
    """A field over all versions. `label`: in the newest version that has it; `staff`: filled in at the desk."""

    name: str
    label: str
    staff: bool


def columns(session: Session, form: FormDefinition) -> list[Column]:
    """The fields of all published versions: those of the version in use in its order, then what others had."""
    known = [v for v in versions(session, form) if v.published_at is not None]
    known.sort(key=lambda v: (not v.in_use, -v.number))
    found: dict[str, Column] = {}
    labels: dict[str, str] = {}
    for version in sorted(known, key=lambda v: -v.number):
        for item in definition_of(version).fields():
            labels.setdefault(item.name, item.label)
    for version in known:
        definition = definition_of(version)
        staff = {item.name for item in definition.staff.fields}
        for item in definition.fields():
            found.setdefault(item.name, Column(item.name, labels[item.name], item.name in staff))
    return list(found.values())


def rows(
    session: Session, agency: AgencyView, form: FormDefinition, first: date | None = None, last: date | None = None
) -> Iterator[tuple[str, ...]]:
    """The table: a header, then an answer a row, the oldest first; `first` and `last` are Bangkok days.

    Each answer is shown as its own version shows it, so that none is lost to a change. Anonymous answers come by day,
    in no order of their arrival."""
    known = columns(session, form)
    definitions = {v.id: (v, definition_of(v)) for v in versions(session, form) if v.published_at is not None}
    yield (*_leading(form.kind), *(f"{c.label}{STAFF if c.staff else ''}" for c in known), VERSION)
    for lead, version_id, answers in every_answer(session, agency, form):
        if (first is None or lead[0] >= first) and (last is None or lead[0] <= last):
            version, definition = definitions[version_id]
            shown = _shown(definition, answers, agency)
            cells = (shown.get(column.name, "") for column in known)
            yield (*lead[1], *cells, str(version.number))


def _leading(kind: str) -> tuple[str, ...]:
    return {"request": CASE_COLUMNS, "anonymous": ANONYMOUS_COLUMNS}.get(kind, ANSWER_COLUMNS)


Lead = tuple[date, tuple[str, ...]]


def every_answer(
    session: Session, agency: AgencyView, form: FormDefinition
) -> Iterator[tuple[Lead, int, Mapping[str, Any]]]:
    """((day, what comes before the answers), version id, answers), the oldest first."""
    of_form = select(FormVersion.id).where(FormVersion.form_id == form.id)
    if form.kind == "request":
        found = (
            select(Request)
            .join(Case, Case.id == Request.case_id)
            .options(joinedload(Request.case))
            .where(Request.form_version_id.in_(of_form))
            .order_by(Case.opened_at, Case.id)
        )
        for request in session.scalars(found):
            yield _case_lead(agency, request.case), request.form_version_id, request.answers
    elif form.kind == "anonymous":
        boxes = (
            select(AnonymousAnswers)
            .where(AnonymousAnswers.form_version_id.in_(of_form))
            .order_by(AnonymousAnswers.day, AnonymousAnswers.form_version_id)
        )
        for box in session.scalars(boxes):
            for answers in box.answers:
                yield (box.day, (format_date(box.day),)), box.form_version_id, answers
    else:
        given = select(FormAnswer).where(FormAnswer.form_version_id.in_(of_form)).order_by(FormAnswer.at, FormAnswer.id)
        for row in session.scalars(given):
            day = bangkok_date(row.at)
            lead = (format_date(day), CHANNEL_LABEL.get(row.channel, row.channel), row.source)
            yield (day, lead), row.form_version_id, row.answers


def _case_lead(agency: AgencyView, case: Case) -> Lead:
    day = bangkok_date(case.opened_at)
    return day, (
        case.number,
        format_date(day),
        CHANNEL_LABEL[case.channel],
        status_text(case.status, case.sub_status),
        agency.unit_name(case.unit_id),
        format_date(bangkok_date(case.due_at)),
        str(case.rating or ""),
    )


def _shown(definition: Definition, answers: Mapping[str, Any], agency: AgencyView) -> dict[str, str]:
    return {item.name: _cell(item, answers[item.name], agency) for item in definition.fields() if item.name in answers}


def _cell(item: Field, value: Any, agency: AgencyView) -> str:
    """The value in words; a number stays a number that a spreadsheet can add up."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return item.show(value, agency)


def export_xlsx(
    session: Session, agency: AgencyView, form: FormDefinition, first: date | None = None, last: date | None = None
) -> bytes:
    """The table as an Excel file; what would be a formula is made harmless."""
    return sheet.write_xlsx(rows(session, agency, form, first, last), "คำตอบ")


def export_csv(
    session: Session, agency: AgencyView, form: FormDefinition, first: date | None = None, last: date | None = None
) -> bytes:
    """The table as CSV that Excel opens (UTF-8 with its mark)."""
    return sheet.write_csv(rows(session, agency, form, first, last))
