"""Measures out of XLSX, CSV and DOCX reports: what a file would bring is shown first; nothing is lost silently.

`preview` reads and explains, `apply` stores. What has no place among a measure's fields is listed and kept in its
notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import audit
from handlers.measures import headings, operations, tables
from handlers.measures.drafting import Context, Draft, Record, Unread, context_of, draft
from handlers.measures.headings import FIELDS, Column, Heading
from handlers.measures.operations import read_period
from handlers.measures.tables import RawTable, Row
from handlers.sheet import SheetError
from models.agency import Staff
from models.measure import Evidence, Measure
from thai.fiscal import fiscal_year as fiscal_year_of

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class TablePreview:
    """A table of the file: how its columns were understood, and how many measures it holds (0: none were read)."""

    index: int
    place: str
    columns: tuple[Column, ...]
    measures: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring. `trouble`: why it cannot be read at all (Thai), "" when it can."""

    name: str
    fiscal_year: int
    tables: tuple[TablePreview, ...] = ()
    drafts: tuple[Draft, ...] = ()
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def warning(self) -> str:
        """What a person should look at before importing (Thai): most periods are another year's than the one chosen."""
        years = Counter(filter(None, (_year_of(one, self.fiscal_year) for one in self.drafts)))
        if not years:
            return ""
        year, count = years.most_common(1)[0]
        if year == self.fiscal_year or 2 * count <= years.total():
            return ""
        return (
            f"ระยะเวลาในไฟล์เป็นของปีงบประมาณ {year} ({count} จาก {years.total()} มาตรการที่มีวันที่) "
            f"แต่จะนำเข้าเป็นปี {self.fiscal_year} โปรดตรวจปีก่อนนำเข้า"
        )

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "file": self.name,
            "fiscal_year": self.fiscal_year,
            "trouble": self.trouble,
            "warning": self.warning,
            "tables": [
                {
                    "place": table.place,
                    "measures": table.measures,
                    "columns": [
                        {"heading": column.heading, "field": column.field or None, "sure": column.sure}
                        for column in table.columns
                    ],
                }
                for table in self.tables
            ],
            "measures": [one.as_dict() for one in self.drafts],
            "unread": [
                {"place": one.place, "column": one.column, "text": one.text, "why": one.why} for one in self.unread
            ],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import did. `known`: measures that the year had already, left alone."""

    added: int
    known: int
    proofs: int


def preview(data: bytes, name: str, fiscal_year: int, today: date, mapping: Mapping[str, str] | None = None) -> Preview:
    """Read a file without storing anything. `mapping`: a clerk's changes, "table.column" to a field of FIELDS ("" for
    none). Raises nothing: a file that cannot be read is a preview with its trouble."""
    name = name[-LONGEST_NAME:]
    try:
        file = tables.read(data)
    except SheetError as error:
        return Preview(name, fiscal_year, trouble=str(error))
    reader = _Reader(fiscal_year, today, {k: v for k, v in (mapping or {}).items() if v in FIELDS})
    for index, table in enumerate(file.tables):
        reader.read(index, table)
    if file.paragraphs:
        reader.notes.append(f"ข้อความนอกตาราง {file.paragraphs} ย่อหน้า ไม่ได้นำเข้า (หัวเรื่อง คำนำ ลงนาม)")
    trouble = "" if reader.drafts else "ไม่พบมาตรการในไฟล์นี้ ตารางต้องมีหัวคอลัมน์ เช่น มาตรการ ผู้รับผิดชอบ ระยะเวลา ผลการดำเนินการ"
    return Preview(
        name,
        fiscal_year,
        tuple(reader.tables),
        tuple(reader.drafts),
        tuple(reader.unread),
        tuple(reader.notes),
        trouble,
    )


def _year_of(one: Draft, chosen: int) -> int | None:
    """The fiscal year of its period: the chosen one if that lies inside it, None if it says no days."""
    period = read_period(one.details.period_text, chosen)
    days = [day for day in (period.starts_on, period.ends_on) if day]
    if not days:
        return None
    return chosen if fiscal_year_of(days[0]) <= chosen <= fiscal_year_of(days[-1]) else fiscal_year_of(days[-1])


class _Reader:
    """Reads table after table; a table may go on where the one before ended."""

    def __init__(self, fiscal_year: int, today: date, mapping: Mapping[str, str]) -> None:
        self._fiscal_year, self._today, self._mapping = fiscal_year, today, mapping
        self.tables: list[TablePreview] = []
        self.drafts: list[Draft] = []
        self.unread: list[Unread] = []
        self.notes: list[str] = []
        self._heading: Heading | None = None
        self._context = Context()

    def read(self, index: int, table: RawTable) -> None:
        heading, rows = self._find_heading(index, table)
        if heading.rows:  # a table of its own: what was said of the one before does not hold
            self._context = Context()
        for caption in table.captions:
            self._context = self._context.then(context_of(caption))
        if not headings.is_measures(heading.fields):
            self._pass_over(index, table, heading)
            return
        self._heading = heading
        above = [
            row for row in table.rows[: heading.rows[0] if heading.rows else 0] if not headings.repeats(row, heading)
        ]
        for row in above:
            self._context = self._context.then(context_of(" ".join(row.cells)))
        if words := " ".join(dict.fromkeys(text for row in above for text in row.cells if text)):
            self.unread.append(Unread(table.place, "", words, "ข้อความเหนือหัวตาราง ไม่ได้นำเข้า"))
        context = self._context.then(context_of(" ".join(column.heading for column in heading.columns)))
        records, self._context = self._records(table.place, rows, heading, context)
        before = len(self.drafts)
        for record in records:
            found, unread = draft(record, self._fiscal_year, self._today)
            self.unread += unread
            if found:
                self.drafts.append(found)
        self.tables.append(TablePreview(index, table.place, heading.columns, len(self.drafts) - before))

    def _find_heading(self, index: int, table: RawTable) -> tuple[Heading, Sequence[Row]]:
        """The table's header, with the clerk's changes, and the rows below it."""
        heading = headings.find(table)
        width = max(len(row.cells) for row in table.rows)
        last = self._heading
        if heading is None and last and len(last.columns) == width and headings.find_any(table) is None:
            heading = Heading((), last.columns)  # the table before goes on overleaf without its header
        if heading is None:
            heading = headings.plain(table)
        columns = tuple(self._chosen(index, column) for column in heading.columns)
        heading = replace(heading, columns=columns)
        return heading, table.rows[heading.rows[-1] + 1 :] if heading.rows else table.rows

    def _chosen(self, index: int, column: Column) -> Column:
        field = self._mapping.get(f"{index}.{column.place}", column.field)
        return column if field == column.field else replace(column, field=field, sure=True)

    def _pass_over(self, index: int, table: RawTable, heading: Heading) -> None:
        """A table of something else: every row of it is listed."""
        for row in table.rows:
            words = " | ".join(text for text in row.cells if text)
            place = f"{table.place} แถว {row.number}"
            self.unread.append(Unread(place, "", words, "ไม่ใช่ตารางมาตรการ ไม่ได้นำเข้า"))
        columns = heading.columns if len(heading.columns) >= 3 else ()
        self.tables.append(TablePreview(index, table.place, columns, 0))

    def _records(
        self, place: str, rows: Iterable[Row], heading: Heading, context: Context
    ) -> tuple[list[Record], Context]:
        """The measures of the rows: repeated headers left out, captions taken to heart, "(ต่อ)" rows joined."""
        records: list[Record] = []
        repeated = 0
        for row in rows:
            if headings.repeats(row, heading):
                repeated += 1
                continue
            where = f"{place} แถว {row.number}"
            record = Record.of(where, row, heading, context)
            if row.single or record.is_lonely:
                words = " ".join(text for text in row.cells if text)
                said = context_of(words)
                if said:
                    context = context.then(said)
                    continue
                if row.single or not record.has_what:
                    self.unread.append(Unread(where, "", words, "ข้อความคั่นในตาราง ไม่ได้นำเข้า"))
                    continue
            if records and record.continues(records[-1]):
                records[-1].join(record)
            else:
                records.append(record)
        if repeated:
            self.notes.append(f"{place}: ข้ามหัวตารางที่ซ้ำ {repeated} แถว")
        return records, context


def apply(session: Session, found: Preview, actor: str, staff: Staff | None, now: datetime) -> Applied:
    """Store the preview's measures below those that the year has; links and orders become evidence that a second
    person approves. A measure that is there already (same title, item and issue) is left alone."""
    known = {_identity(row) for row in operations.listed(session, found.fiscal_year)}
    added = proofs = 0
    for one in found.drafts:
        if (one.details.title, one.details.item_code, one.details.issue) in known:
            continue
        measure = operations.save_measure(session, None, one.details, actor, now)
        known.add(_identity(measure))
        measure.status, measure.results = one.progress.status, list(one.progress.results)
        measure.outcome, measure.suggestion = one.progress.outcome, one.progress.suggestion
        measure.source = found.name
        added += 1
        for row in _evidence(measure, one, staff, now):
            session.add(row)
            proofs += 1
    session.flush()
    audit.record(session, actor, "measures_imported", f"measures:{found.fiscal_year}", added=added, evidence=proofs)
    return Applied(added, len(found.drafts) - added, proofs)


def _identity(measure: Measure) -> tuple[str, str, str]:
    return measure.title, measure.item_code, measure.issue


def _evidence(measure: Measure, one: Draft, staff: Staff | None, now: datetime) -> Iterator[Evidence]:
    for proof in one.proofs:
        yield Evidence(
            kind=proof.kind,
            url=proof.url,
            order_number=proof.order_number,
            dated=proof.dated,
            measure_id=measure.id,
            added_by_id=staff.id if staff else None,
            added_at=now,
        )
