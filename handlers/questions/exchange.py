"""Questions and answers in and out as CSV and XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers import audit, sheet
from handlers.agencies import content_changed
from models.agency import Unit
from models.base import utc_now
from models.question import FaqEntry
from thai.dates import ThaiDateError, bangkok_date, parse_date

COLUMNS = ("id", "question", "alternatives", "answer", "unit", "owner", "source", "review_by", "status")
REQUIRED = ("id", "question", "answer")
LONGEST = {"id": 100, "question": 500, "alternatives": 5000, "answer": 5000, "unit": 100, "owner": 200, "source": 500}
STATUSES = {"": "published", "published": "published", "draft": "draft", "เผยแพร่": "published"} | dict.fromkeys(
    ("ร่าง", "ฉบับร่าง", "แบบร่าง", "ไม่เผยแพร่"), "draft"
)
_THAI_HEADERS = {
    "id": ("รหัส", "รหัสคำถาม", "ไอดี"),
    "question": ("คำถาม", "คำถามหลัก"),
    "alternatives": ("คำถามอื่น", "ถามแบบอื่น", "คำถามใกล้เคียง", "คำถามที่คล้ายกัน", "คำพ้อง"),
    "answer": ("คำตอบ",),
    "unit": ("ส่วนงาน", "หน่วยงาน", "กอง", "หน่วยงานที่รับผิดชอบ", "ส่วนงานที่รับผิดชอบ"),
    "owner": ("ผู้รับผิดชอบ", "เจ้าของข้อมูล"),
    "source": ("ที่มา", "แหล่งที่มา", "แหล่งข้อมูล", "อ้างอิง"),
    "review_by": ("ทบทวนภายใน", "วันทบทวน", "วันที่ทบทวน"),
    "status": ("สถานะ",),
}
HEADERS = {name: name for name in COLUMNS} | {thai: name for name, words in _THAI_HEADERS.items() for thai in words}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file. `row` counts as Excel does (the header is 1; 0: the whole file); `message` is Thai."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"แถว {self.row}" if self.row else "ทั้งไฟล์"
        return f"{place} ({self.column}): {self.message}" if self.column else f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A row that can be imported. `number` counts as Excel does."""

    number: int
    key: str
    question: str
    alternatives: tuple[str, ...]
    answer: str
    unit: str = ""
    owner: str = ""
    source: str = ""
    review_by: date | None = None
    status: str = "published"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring: good rows, and every problem. A problem never keeps other rows out."""

    rows: tuple[EntryRow, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import did: numbers of entries, and the names of units that it suggested."""

    added: int
    changed: int
    unchanged: int
    new_units: tuple[str, ...]


def preview(data: bytes, filename: str) -> Preview:
    """Read a file without storing anything. The content tells CSV from XLSX; `filename` is only for people."""
    try:
        table = sheet.read(data, HEADERS)
    except sheet.SheetError as error:
        return Preview((), (Problem(0, "", str(error)),))
    numbered = [(number, row) for number, row in enumerate(table, 1) if any(row)]
    names = [HEADERS.get(cell.strip().lower(), "") for cell in numbered[0][1]] if numbered else []
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        wanted = ", ".join(missing)
        return Preview((), (Problem(0, wanted, f"ไม่พบคอลัมน์ {wanted} ในแถวแรก (ต้องมี id, question, answer)"),))
    if len(numbered) == 1:
        return Preview((), (Problem(0, "", "มีแต่หัวตาราง ไม่มีข้อมูลให้นำเข้า"),))

    rows: dict[str, EntryRow] = {}
    problems: list[Problem] = []
    for number, cells in numbered[1:]:
        # The first of two columns with one name counts.
        values = {name: cell for name, cell in reversed(list(zip(names, cells, strict=False))) if name}
        row, found = _read_row(number, values)
        problems += found
        if row is None:
            continue
        if first := rows.get(row.key):
            problems.append(Problem(number, "id", f"รหัสซ้ำกับแถว {first.number} ใช้แถว {first.number} และข้ามแถวนี้"))
            continue
        rows[row.key] = row
    return Preview(tuple(rows.values()), tuple(problems))


def _read_row(number: int, values: dict[str, str]) -> tuple[EntryRow | None, list[Problem]]:
    """The row if it can be imported, and its problems; a wrong date or status alone does not keep it out."""
    fatal = [Problem(number, name, "ไม่ได้กรอก ข้ามแถวนี้") for name in REQUIRED if not values.get(name)]
    fatal += [
        Problem(number, name, f"ยาวเกิน {longest:,} ตัวอักษร ข้ามแถวนี้")
        for name, longest in LONGEST.items()
        if len(values.get(name, "")) > longest
    ]
    if values.get("id", "").startswith("service:"):
        fatal.append(Problem(number, "id", "รหัสขึ้นต้นด้วย service: ไม่ได้ (ใช้กับงานบริการ) ข้ามแถวนี้"))
    if fatal:
        return None, fatal
    problems = []
    review_by = None
    if wanted := values.get("review_by"):
        try:
            review_by = parse_date(wanted.split("T")[0], bangkok_date(utc_now()), prefer="future")
        except ThaiDateError:
            problems.append(Problem(number, "review_by", "อ่านวันที่ไม่ได้ จะนำเข้าโดยไม่กำหนดวันทบทวน (ใช้แบบ 2027-12-31)"))
    status = STATUSES.get(values.get("status", "").lower())
    if status is None:
        problems.append(Problem(number, "status", "ต้องเป็น published หรือ draft จะนำเข้าเป็นฉบับร่าง"))
    row = EntryRow(
        number=number,
        key=values["id"],
        question=values["question"],
        alternatives=split_phrasings(values.get("alternatives", "")),
        answer=values["answer"],
        unit=" ".join(values.get("unit", "").split()),
        owner=values.get("owner", ""),
        source=values.get("source", ""),
        review_by=review_by,
        status=status or "draft",
    )
    return row, problems


def split_phrasings(text: str) -> tuple[str, ...]:
    """Phrasings separated by "|" or lines, each once."""
    parts = (" ".join(part.split()) for part in text.replace("\n", "|").split("|"))
    return tuple(dict.fromkeys(part for part in parts if part))


def apply(session: Session, agency_id: int, found: Preview, actor: str) -> Applied:
    """Store the preview's good rows: new keys are added, known ones overwritten. An unknown unit is suggested.

    A changed answer loses its confirmation: somebody must look at it again."""
    units = {unit.name: unit for unit in session.scalars(select(Unit))}
    known = {entry.key: entry for entry in session.scalars(select(FaqEntry))}
    new_units: list[str] = []
    added = changed = 0
    for row in found.rows:
        if row.unit and row.unit not in units:
            units[row.unit] = Unit(name=row.unit, suggested=True)
            session.add(units[row.unit])
            new_units.append(row.unit)
        entry = known.get(row.key)
        if entry is None:
            entry = FaqEntry(key=row.key, answer=row.answer)
            session.add(entry)
            added += 1
        elif _same(entry, row):
            continue
        else:
            changed += 1
        if entry.answer != row.answer:
            entry.confirmed_at = entry.confirmed_by_id = None
        entry.question, entry.alternatives, entry.answer = row.question, list(row.alternatives), row.answer
        entry.unit, entry.owner, entry.source = units.get(row.unit), row.owner, row.source
        entry.review_by, entry.status = row.review_by, row.status
    session.flush()
    counts = Applied(added, changed, len(found.rows) - added - changed, tuple(new_units))
    audit.record(session, actor, "faq_imported", added=added, changed=changed, units=len(new_units))
    content_changed(session, agency_id)
    return counts


def _same(entry: FaqEntry, row: EntryRow) -> bool:
    unit = entry.unit.name if entry.unit else ""
    return (
        (entry.question, tuple(entry.alternatives), entry.answer, unit) ==
        (row.question, row.alternatives, row.answer, row.unit)
        and (entry.owner, entry.source, entry.review_by, entry.status) ==
        (row.owner, row.source, row.review_by, row.status)
    )  # fmt: skip


def _export_rows(session: Session) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for entry in session.scalars(select(FaqEntry).options(joinedload(FaqEntry.unit)).order_by(FaqEntry.id)):
        yield (
            entry.key,
            entry.question,
            "|".join(entry.alternatives),
            entry.answer,
            entry.unit.name if entry.unit else "",
            entry.owner,
            entry.source,
            entry.review_by.isoformat() if entry.review_by else "",
            entry.status,
        )


def export_csv(session: Session) -> bytes:
    """All entries of the session's agency, as `preview` reads them and Excel opens them."""
    return sheet.write_csv(_export_rows(session))


def export_xlsx(session: Session) -> bytes:
    """As export_csv, as an Excel file."""
    return sheet.write_xlsx(_export_rows(session), "ถาม-ตอบ")
