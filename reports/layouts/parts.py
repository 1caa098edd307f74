"""Pieces that several layouts share. Figures are plain JSON (handlers/documents/collect.py makes them)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reports.document import Cell, Column, Document, Line, Paragraph, Signatures, Table
from thai.dates import BE_OFFSET, format_date

Figures = Mapping[str, Any]
Row = Mapping[str, Any]

INSTRUMENT_NAMES = {
    "IIT": "แบบวัดการรับรู้ของผู้มีส่วนได้ส่วนเสียภายใน (IIT)",
    "EIT": "แบบวัดการรับรู้ของผู้มีส่วนได้ส่วนเสียภายนอก (EIT)",
    "OIT": "แบบตรวจการเปิดเผยข้อมูลสาธารณะ (OIT)",
}
STATUS_WORDS = {"not_started": "ยังไม่ดำเนินการ", "in_progress": "อยู่ระหว่างดำเนินการ", "done": "ดำเนินการแล้ว"}
NOTHING = "ไม่มี (0)"


def document(figures: Figures, name: str, blocks: Sequence[Any], landscape: bool = False) -> Document:
    """The document with what every one of an agency has: its author, day, digits, Garuda."""
    return Document(
        name=name,
        blocks=tuple(blocks),
        landscape=landscape,
        thai_digits=bool(figures["thai_digits"]),
        author=figures["office"]["full"],
        dated=figures["dated"],
        garuda=base64.b64decode(figures["garuda"]),
    )


def year_words(figures: Figures) -> str:
    """ "ประจำปีงบประมาณ พ.ศ. 2566"."""
    return f"ประจำปีงบประมาณ พ.ศ. {figures['fiscal_year']}"


def period_words(figures: Figures) -> str:
    """ "รอบ 6 เดือน (เดือนตุลาคม 2565 - มีนาคม 2566)"; nothing for a document of the year as a whole."""
    period = figures["period"]
    return f"{period['name']} ({period['months']})" if period["name"] else ""


def day_words(iso: str, style: str = "short") -> str:
    """An ISO day as Thai people write it, long "4 เมษายน 2566"; "" for none."""
    return format_date(date.fromisoformat(iso), "long" if style == "long" else "short") if iso else ""


def announced_day(iso: str) -> str:
    """ "4 เมษายน พ.ศ. 2566", as an announcement is dated."""
    day = date.fromisoformat(iso)
    rest = format_date(day, "long").rsplit(" ", 1)[0]
    return f"{rest} พ.ศ. {day.year + BE_OFFSET}"


def lines(*groups: Sequence[Line]) -> Cell:
    return Cell(tuple(line for group in groups for line in group))


def plain(texts: Sequence[str]) -> list[Line]:
    return [Line(text) for text in texts if text]


def bullets(texts: Sequence[str]) -> list[Line]:
    return [Line(text, bullet=True) for text in texts if text]


def numbered(texts: Sequence[str]) -> list[Line]:
    """Steps "1. ...", numbered when there is more than one."""
    given = [text for text in texts if text]
    return plain(given) if len(given) < 2 else [Line(f"{no}. {text}") for no, text in enumerate(given, 1)]


def evidence_words(evidence: Sequence[Row]) -> list[str]:
    """One line each: "คำสั่งที่ 777/2565 ลงวันที่ 29 ธ.ค. 65", "ภาพกิจกรรม https://..."."""
    said = []
    for one in evidence:
        words = [one["title"]]
        if one["order_number"] and one["order_number"] not in one["title"]:
            words.append(one["order_number"] if "ที่" in one["order_number"] else f"ที่ {one['order_number']}")
        if one["dated"]:
            words.append(f"{'ลงวันที่' if one['kind'] == 'order' else 'เมื่อวันที่'} {day_words(one['dated'])}")
        words.append(one["url"])
        said.append(" ".join(word for word in words if word))
    return said


def responsible(row: Row) -> list[str]:
    """Units, then roles."""
    return [*row["units"], *row["roles"]]


def results(row: Row) -> list[str]:
    """What was done, then the evidence for it."""
    return [*row["results"], *evidence_words(row["evidence"])]


def two_boxes(done: bool) -> list[Line]:
    """The two boxes of layout 001."""
    return [Line("ยังไม่ได้ดำเนินการ", tick=not done), Line("ดำเนินการ", tick=done)]


def code_and_text(row: Row) -> str:
    return " ".join(words for words in (row["item_code"], row["item_text"]) if words)


def indicator_words(figures: Figures, number: int | str | None) -> str:
    """ "ตัวชี้วัดที่ 7 ประสิทธิภาพการสื่อสาร"."""
    if not number:
        return ""
    return f"ตัวชี้วัดที่ {number} {figures['indicators'].get(str(number), '')}".strip()


def or_nothing(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], **table: Any) -> Table:
    """The table; without rows it says so, since zero is a result."""
    nothing = (Cell((Line(NOTHING),), align="center", span=len(columns)),)
    return Table(tuple(columns), tuple(rows) or (nothing,), **table)


def reported(figures: Figures) -> Paragraph:
    """The day of a report that has no memo's head; it keeps the signatures company where a page ends."""
    return Paragraph(f"รายงาน ณ วันที่ {day_words(figures['dated'], 'long')}", indent=False)


def attested(figures: Figures) -> Signatures:
    """Side by side: who reports, who checked, who certifies."""
    blocks = signature(figures, "proposer", "clerk", "mayor").blocks
    roles = ("ผู้รายงาน", "ผู้ตรวจสอบ", "ผู้รับรอง")
    return Signatures(tuple((*lines, role) for lines, role in zip(blocks, roles, strict=True)), side_by_side=True)


def signature(figures: Figures, *who: str, opinions: Sequence[str] = ()) -> Signatures:
    """Blocks of the office's signers ("mayor", "clerk", "proposer")."""
    signers = figures["office"]["signers"]
    return Signatures(tuple(tuple(signers[one]) for one in who), tuple(opinions))
