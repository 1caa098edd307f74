"""The rows behind a number: the list to which it leads, made with the very condition that counted it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from handlers.complaints.labels import status_text
from handlers.duties.operations import STATUS_LABELS
from handlers.evidence import KIND_LABELS
from handlers.summaries import sets
from handlers.summaries.sets import Span
from models.agency import Staff
from models.case import Case
from models.duty import Duty
from models.measure import Evidence, Measure, RegisterEntry
from models.question import Question
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year

PAGE = 50
NONE = "none"  # of a narrowing: the rows without a unit, a หมู่
QUESTION_STATUS = {"answered_by_bot": "ระบบตอบแล้ว", "waiting": "รอตอบ", "answered": "ตอบแล้ว", "closed": "จบแล้ว"}
MEASURE_STATUS = {"not_started": "ยังไม่ดำเนินการ", "in_progress": "อยู่ระหว่างดำเนินการ", "done": "ดำเนินการแล้ว"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. `kind`: case, question, duty, measure, entry; `on`: the day it came in, or is due. `id` is 0
    where there is no page to open. `text`: what was written, for the eyes of those who may see the row."""

    kind: str
    id: int
    number: str
    title: str
    state: str
    unit_id: int | None
    on: date | None
    moo: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """`total`: rows of the whole list; `after`: the id to go on from, 0 at the end."""

    rows: tuple[Row, ...]
    total: int
    after: int = 0


def listing(
    session: Session, span: Span, viewer: Staff | None, key: str, narrow: Mapping[str, str], after: int = 0
) -> Listing:
    """A page of the rows that `key` (terms.TERMS) counts, latest first. `narrow`: unit, category and moo, each an id,
    a number or NONE. Raises KeyError for a key without rows."""
    group = key.partition(".")[0]
    if key in (decisions := sets.case_decisions()):
        return _cases(session, span, viewer, decisions[key], narrow, after)
    if key in (decisions := sets.question_decisions()):
        return _questions(session, span, viewer, decisions[key], narrow, after)
    if key in (decisions := sets.duty_decisions()):
        return _duties(session, span, viewer, decisions[key], "", narrow)
    if key == "decide.evidence":
        return _evidence(session, span, viewer)
    match group:
        case "cases":
            return _cases(session, span, viewer, sets.case_conditions(span)[key], narrow, after)
        case "questions":
            return _questions(session, span, viewer, sets.question_conditions(span)[key], narrow, after)
        case "duties" if key in ("duties.due", "duties.on_time", "duties.late", "duties.pending"):
            standing = key.partition(".")[2]
            return _duties(session, span, viewer, sets.duties_due(span), "" if standing == "due" else standing, narrow)
        case "measures" if key.partition(".")[2] in MEASURE_STATUS:
            return _measures(session, span, viewer, key.partition(".")[2])
        case "channels" if key == "channels.count":
            return _channels(session, span)
    raise KeyError(key)


def _narrowed(narrow: Mapping[str, str], **columns: InstrumentedAttribute[Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, column in columns.items():
        value = narrow.get(name, "")
        if value == NONE:
            found.append(column.is_(None))
        elif value.isascii() and value.isdigit():
            found.append(column == int(value))
    return found


def _page(
    session: Session, row_id: InstrumentedAttribute[int], where: ColumnElement[bool], after: int
) -> tuple[list[int], int]:
    """The ids of one page, one more than fit if there is another, and how many there are in all."""
    total = session.scalar(select(func.count(row_id)).where(where)) or 0
    if after:
        where = and_(where, row_id < after)
    return list(session.scalars(select(row_id).where(where).order_by(row_id.desc()).limit(PAGE + 1))), total


def _made(rows: list[Row], ids: list[int], total: int) -> Listing:
    return Listing(tuple(rows), total, ids[PAGE - 1] if len(ids) > PAGE else 0)


def _cases(
    session: Session, span: Span, viewer: Staff | None, condition: ColumnElement[bool], narrow: Mapping[str, str],
    after: int,
) -> Listing:  # fmt: skip
    chosen = _narrowed(narrow, unit=Case.unit_id, category=Case.category_id, moo=Case.moo)
    ids, total = _page(session, Case.id, and_(sets.cases_of(span, viewer), condition, *chosen), after)
    cases = session.scalars(
        select(Case).options(joinedload(Case.category)).where(Case.id.in_(ids[:PAGE])).order_by(Case.id.desc())
    )
    rows = [
        Row("case", case.id, case.number, case.category.label, status_text(case.status, case.sub_status), case.unit_id,
            bangkok_date(case.opened_at), case.moo, case.detail)
        for case in cases
    ]  # fmt: skip
    return _made(rows, ids, total)


def _questions(
    session: Session, span: Span, viewer: Staff | None, condition: ColumnElement[bool], narrow: Mapping[str, str],
    after: int,
) -> Listing:  # fmt: skip
    chosen = _narrowed(narrow, unit=Question.unit_id)
    ids, total = _page(session, Question.id, and_(sets.questions_of(span, viewer), condition, *chosen), after)
    questions = session.scalars(select(Question).where(Question.id.in_(ids[:PAGE])).order_by(Question.id.desc()))
    rows = [
        Row("question", question.id, question.number or f"#{question.id}", "คำถาม", QUESTION_STATUS[question.status],
            question.unit_id, bangkok_date(question.asked_at), None, question.text)
        for question in questions
    ]  # fmt: skip
    return _made(rows, ids, total)


def _duties(
    session: Session, span: Span, viewer: Staff | None, condition: ColumnElement[bool], standing: str,
    narrow: Mapping[str, str],
) -> Listing:  # fmt: skip
    """All on one page: an agency has some dozens in a quarter."""
    chosen = _narrowed(narrow, unit=Duty.unit_id)
    duties = session.scalars(
        select(Duty).where(sets.duties_of(span, viewer), condition, *chosen).order_by(Duty.due_on, Duty.id)
    )
    rows = tuple(
        Row("duty", duty.id, "", duty.title, STATUS_LABELS[duty.status], duty.unit_id, duty.due_on)
        for duty in duties
        if standing in ("", sets.standing(duty.status, duty.due_on, duty.submitted_at, duty.done_at, span.today))
    )
    return Listing(rows, len(rows))


def _measures(session: Session, span: Span, viewer: Staff | None, status: str) -> Listing:
    measures = session.scalars(
        select(Measure)
        .where(sets.measures_of(span, fiscal_year(span.last), viewer), Measure.status == status)
        .order_by(Measure.position, Measure.id)
    )
    rows = tuple(
        Row("measure", one.id, one.item_code, one.title, MEASURE_STATUS[one.status], one.unit_id, one.ends_on)
        for one in measures
    )
    return Listing(rows, len(rows))


def _channels(session: Session, span: Span) -> Listing:
    entries = session.scalars(
        select(RegisterEntry).where(sets.channels_of(span, fiscal_year(span.last))).order_by(RegisterEntry.id)
    )
    rows = tuple(Row("entry", one.id, "", one.title, "", one.unit_id, one.dated) for one in entries)
    return Listing(rows, len(rows))


def _evidence(session: Session, span: Span, viewer: Staff | None) -> Listing:
    """Each leads to the duty, the measure or the register's entry that it proves."""
    pieces = session.scalars(
        select(Evidence)
        .options(joinedload(Evidence.duty), joinedload(Evidence.measure))
        .where(sets.old_evidence(span, viewer))
        .order_by(Evidence.added_at, Evidence.id)
    )
    rows = []
    for one in pieces:
        target = one.duty or one.measure
        kind, row_id = "duty", one.duty_id or 0
        if one.measure_id or one.entry_id:
            kind, row_id = ("measure", one.measure_id) if one.measure_id else ("entry", one.entry_id or 0)
        title = " ".join(part for part in (one.title or KIND_LABELS[one.kind], target.title if target else "") if part)
        unit_id = target.unit_id if target else None
        rows.append(Row(kind, row_id, one.order_number, title, "รอตรวจรับ", unit_id, bangkok_date(one.added_at)))
    return Listing(tuple(rows), len(rows))
