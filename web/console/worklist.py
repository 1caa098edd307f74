"""The inbox's list: questions and cases together, soonest due first.

One query for each kind, both cut at a page (keyset, not offset), so that the hundredth thousandth row costs what
the first does. No Flask in here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, false, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from handlers.complaints import due
from handlers.complaints import operations as complaints
from handlers.questions import operations as questions
from models.agency import Staff
from models.case import OPEN_STATUSES, STATUSES, Case, Category
from models.question import Question
from thai.digits import to_arabic
from thai.place import parse_moo
from web.console.filters import Filters

PAGE = 30
QUESTION_SOON = timedelta(hours=2)
QUESTION_STATUS = {
    "answered_by_bot": "ระบบตอบแล้ว",
    "waiting": "รอตอบ",
    "answered": "ตอบแล้ว",
    "closed": "จบแล้ว",
}
_CASE_STATUSES: Mapping[str, tuple[str, ...]] = {
    "open": OPEN_STATUSES,
    "new": ("new",),
    "accepted": ("accepted",),
    "in_progress": ("in_progress",),
    "done": ("done",),
    "closed": ("confirmed", "rejected", "cancelled", "merged", "transferred"),
    "any": STATUSES,
}
_QUESTION_STATUSES: Mapping[str, tuple[str, ...]] = {
    "open": ("waiting",),
    "new": ("waiting",),
    "done": ("answered",),
    "closed": ("closed",),
    "any": ("waiting", "answered", "closed"),
}
CASE_KINDS = {"case": "complaint", "request": "request"}  # of the filter's choices
_NUMBER = re.compile(r"([CQR])\s*(\d{2})\s*-?\s*(\d{1,6})", re.IGNORECASE)
_MOO_APART = re.compile(r"(หมู่(?:ที่)?|ม\.)\s+(?=\d)")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the inbox."""

    kind: Literal["case", "question"]
    id: int
    number: str
    subject: str  # the category, or what was asked
    text: str
    moo: int | None
    status: str
    sub_status: str
    due_at: datetime
    due_state: str  # late, soon, paused, ok or ""
    unit_id: int | None
    assignee: str
    channel: str
    came_at: datetime
    direct_line: bool = False

    @property
    def cursor(self) -> str:
        return f"{self.due_at.isoformat()}~{self.kind}~{self.id}"


@dataclass(frozen=True, slots=True)
class Listing:
    rows: tuple[Row, ...]
    next_cursor: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is open among what the person may see."""

    open: int = 0
    mine: int = 0
    late: int = 0
    soon: int = 0
    paused: int = 0


def _case_due(now: datetime) -> dict[str, ColumnElement[bool]]:
    """The conditions behind handlers.complaints.due.state_of."""
    late = due.is_late(now)
    return {
        "late": late,
        "soon": due.is_soon(now),
        "paused": and_(due.is_open(), Case.sub_status.in_(due.PAUSING), not_(late)),
    }


def _question_due(now: datetime) -> dict[str, ColumnElement[bool]]:
    waiting = Question.status == "waiting"
    return {
        "late": and_(waiting, Question.due_at < now),
        "soon": and_(waiting, Question.due_at >= now, Question.due_at <= now + QUESTION_SOON),
        "paused": false(),  # a question's clock never stands still
    }


def question_state(question: Question, now: datetime) -> str:
    """ "late", "soon", "ok", or "" when nothing is due any more."""
    if question.status != "waiting" or question.due_at is None:
        return ""
    if now > question.due_at:
        return "late"
    return "soon" if question.due_at - now <= QUESTION_SOON else "ok"


def listing(session: Session, staff: Staff, filters: Filters, now: datetime) -> Listing:
    """One page of what `staff` may see."""
    rows: list[Row] = []
    if filters.kind != "question":
        rows += _cases(session, staff, filters, now)
    if filters.kind in ("", "question") and filters.category is None:
        rows += _questions(session, staff, filters, now)
    rows.sort(key=lambda row: (row.due_at, row.kind, row.id), reverse=filters.descending)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Listing(tuple(rows), rows[-1].cursor if more else "")


def counts(session: Session, staff: Staff, now: datetime) -> Counts:
    """The chips above the list."""
    in_case, in_question = _case_due(now), _question_due(now)
    case_row = session.execute(
        select(func.count(), _how_many(Case.assignee_id == staff.id), *map(_how_many, in_case.values()))
        .select_from(Case)
        .where(due.is_open(), complaints.visible_to(staff))
    ).one()
    question_row = session.execute(
        select(func.count(), _how_many(Question.assignee_id == staff.id), *map(_how_many, in_question.values()))
        .select_from(Question)
        .where(Question.status == "waiting", questions.visible_to(staff))
    ).one()
    return Counts(*(a + b for a, b in zip(case_row, question_row, strict=True)))


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def find_number(session: Session, staff: Staff, words: str) -> tuple[str, int] | None:
    """("case" | "question", id) when the words are a whole number of something this person may see."""
    match = _NUMBER.fullmatch(to_arabic(words).strip())
    if not match:
        return None
    number = f"{match[1].upper()}{match[2]}-{int(match[3]):06d}"
    if match[1].upper() != "Q":
        found = session.scalar(select(Case.id).where(Case.number == number, complaints.visible_to(staff)))
        return ("case", found) if found else None
    found = session.scalar(select(Question.id).where(Question.number == number, questions.visible_to(staff)))
    return ("question", found) if found else None


# -- cases -----------------------------------------------------------------------------------------------


def _cases(session: Session, staff: Staff, filters: Filters, now: datetime) -> list[Row]:
    query = select(Case.id).where(
        Case.status.in_(_CASE_STATUSES[filters.status]),
        complaints.visible_to(staff),
        _scope(filters.scope, staff, Case.unit_id, Case.assignee_id),
        _page(filters, "case", Case.due_at, Case.id),
        *_words(filters.words, _case_word),
    )
    if filters.kind in CASE_KINDS:
        query = query.where(Case.kind == CASE_KINDS[filters.kind])
    if filters.due:
        query = query.where(_case_due(now)[filters.due])
    if filters.category is not None:
        query = query.where(Case.category_id == filters.category)
    if filters.channel:
        query = query.where(Case.channel == filters.channel)
    rows = session.scalars(
        select(Case)
        .options(joinedload(Case.category), joinedload(Case.assignee))
        .where(Case.id.in_(_cut(query, filters, Case.due_at, Case.id)))
    )
    return [
        Row(
            kind="case",
            id=row.id,
            number=row.number,
            subject=row.category.label,
            text=row.detail,
            moo=row.moo,
            status=row.status,
            sub_status=row.sub_status,
            due_at=row.due_at,
            due_state=due.state_of(row, now),
            unit_id=row.unit_id,
            assignee=row.assignee.name if row.assignee else "",
            channel=row.channel,
            came_at=row.opened_at,
        )
        for row in rows
    ]


def _case_word(word: str) -> ColumnElement[bool]:
    places = [
        Case.detail.contains(word, autoescape=True),
        Case.landmark.contains(word, autoescape=True),
        Case.reporter_name.contains(word, autoescape=True),
        Case.category_id.in_(select(Category.id).where(Category.label.contains(word, autoescape=True))),
    ]
    digits = "".join(c for c in word if c.isdigit())
    if len(digits) >= 4 and not word.strip("0123456789-"):
        places += [Case.reporter_phone.contains(digits)]
    if digits and word == digits:
        places += [Case.number.endswith(f"-{digits[-6:]:0>6}")]
    elif (moo := parse_moo(word)) is not None:
        places += [Case.moo == moo]
    return or_(*places)


# -- questions -------------------------------------------------------------------------------------------


def _questions(session: Session, staff: Staff, filters: Filters, now: datetime) -> list[Row]:
    statuses = _QUESTION_STATUSES.get(filters.status, ())
    if not statuses:
        return []
    query = select(Question.id).where(
        Question.status.in_(statuses),
        Question.due_at.is_not(None),  # a question that a person took over always has one
        questions.visible_to(staff),
        _scope(filters.scope, staff, Question.unit_id, Question.assignee_id),
        _page(filters, "question", Question.due_at, Question.id),
        *_words(filters.words, _question_word),
    )
    if filters.due:
        query = query.where(_question_due(now)[filters.due])
    if filters.channel:
        query = query.where(Question.channel == filters.channel)
    rows = session.scalars(
        select(Question)
        .options(joinedload(Question.assignee))
        .where(Question.id.in_(_cut(query, filters, Question.due_at, Question.id)))
    )
    return [
        Row(
            kind="question",
            id=row.id,
            number=row.number or "",
            subject="สายตรงผู้บริหาร" if row.direct_line else "คำถาม",
            text=row.text,
            moo=None,
            status=row.status,
            sub_status="",
            due_at=row.due_at,
            due_state=question_state(row, now),
            unit_id=row.unit_id,
            assignee=row.assignee.name if row.assignee else "",
            channel=row.channel,
            came_at=row.asked_at,
            direct_line=row.direct_line,
        )
        for row in rows
        if row.due_at is not None
    ]


def _question_word(word: str) -> ColumnElement[bool]:
    places = [Question.text.contains(word, autoescape=True)]
    if word.isascii() and word.isdigit():
        places.append(Question.number.endswith(f"-{word[-6:]:0>6}"))
    return or_(*places)


# -- both ------------------------------------------------------------------------------------------------


def _scope(
    scope: str, staff: Staff, unit: InstrumentedAttribute[int | None], assignee: InstrumentedAttribute[int | None]
) -> ColumnElement[bool]:
    if scope == "mine":
        return assignee == staff.id
    if scope == "unit":
        return unit == staff.unit_id if staff.unit_id is not None else false()
    return true()


def _words(words: str, condition: Any) -> list[ColumnElement[bool]]:
    """All words must be found; "หมู่ 3" is one word."""
    arabic = _MOO_APART.sub(r"\1", to_arabic(words))
    return [condition(word) for word in arabic.split()]


def _page(
    filters: Filters, kind: str, due_at: InstrumentedAttribute[Any], row_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Only what comes after the cursor, in the order (due, kind, id)."""
    try:
        moment, last_kind, last_id = filters.after.split("~")
        at, last = datetime.fromisoformat(moment), int(last_id)
    except ValueError:
        return true()
    if at.tzinfo is None:
        return true()
    beyond = due_at < at if filters.descending else due_at > at
    if kind == last_kind:
        same = and_(due_at == at, row_id < last if filters.descending else row_id > last)
        return or_(beyond, same)
    if (kind > last_kind) != filters.descending:
        return or_(beyond, due_at == at)
    return beyond


def _cut(
    query: Select[Any], filters: Filters, due_at: InstrumentedAttribute[Any], row_id: InstrumentedAttribute[int]
) -> Select[Any]:
    """The ids of one page: sorting ids is far cheaper than sorting whole rows."""
    order = (due_at.desc(), row_id.desc()) if filters.descending else (due_at, row_id)
    return query.order_by(*order).limit(PAGE + 1)
