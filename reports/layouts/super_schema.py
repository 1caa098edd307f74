"""What a measure can show: the columns from which an agency makes its own layout, and their cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reports.document import Align, Cell, Line, cell, tick
from reports.layouts.parts import (
    STATUS_WORDS,
    Figures,
    Row,
    bullets,
    code_and_text,
    evidence_words,
    indicator_words,
    lines,
    numbered,
    plain,
    responsible,
    results,
)

CADENCE_WORDS = {
    "month": "รายเดือน",
    "quarter": "รายไตรมาส",
    "half": "ทุก 6 เดือน",
    "year": "ปีละครั้ง",
    "once": "ครั้งเดียว",
    "": "",
}
TICKS = "ticks"  # stands for three columns, one for each status


@dataclass(frozen=True, slots=True)
class Field:
    """A column to choose. `title`: as the agency may change it; `width` is relative."""

    title: str
    width: float
    show: Callable[[Figures, Row], Cell]
    align: Align = "left"


FIELDS: dict[str, Field] = {
    "no": Field("ลำดับ", 0.6, lambda figures, row: cell(str(row["no"])), "center"),
    "instrument": Field("เครื่องมือ", 0.7, lambda figures, row: cell(row["instrument"]), "center"),
    "indicator": Field("ตัวชี้วัด", 1.5, lambda figures, row: cell(indicator_words(figures, row["indicator"]))),
    "item": Field("หัวข้อย่อยการประเมิน", 2, lambda figures, row: cell(code_and_text(row))),
    "issue": Field("ประเด็นที่ต้องปรับปรุงแก้ไข/ประเด็นที่ต้องพัฒนา", 2, lambda figures, row: cell(row["issue"])),
    "title": Field("มาตรการ/แนวทาง", 2, lambda figures, row: cell(row["title"])),
    "steps": Field("ขั้นตอน/วิธีปฏิบัติ", 2.4, lambda figures, row: lines(numbered(row["steps"]))),
    "units": Field("หน่วยงานผู้รับผิดชอบ", 1.3, lambda figures, row: lines(plain(row["units"]))),
    "responsible": Field("ผู้รับผิดชอบ", 1.4, lambda figures, row: lines(plain(responsible(row)))),
    "period": Field("ระยะเวลาดำเนินการ", 1.2, lambda figures, row: cell(row["period"])),
    "supervision": Field("การกำกับติดตาม", 1.8, lambda figures, row: lines(plain(row["supervision"]))),
    "cadence": Field("รอบการรายงาน", 1, lambda figures, row: cell(CADENCE_WORDS[row["cadence"]])),
    "status": Field("สถานะ", 1.1, lambda figures, row: cell(STATUS_WORDS[row["status"]])),
    TICKS: Field("สถานะ (3 ช่องทำเครื่องหมาย)", 0.8, lambda figures, row: Cell()),
    "results": Field("ผลการดำเนินการ", 2.4, lambda figures, row: lines(bullets(results(row)))),
    "evidence": Field("หลักฐาน", 2, lambda figures, row: lines(bullets(evidence_words(row["evidence"])))),
    "outcome": Field("ผลลัพธ์/ความสำเร็จ", 1.6, lambda figures, row: cell(row["outcome"])),
    "suggestion": Field("ข้อเสนอแนะ", 1.4, lambda figures, row: cell(row["suggestion"])),
}
USUAL_OWN = ("no", "title", "steps", "responsible", "period", "status", "results")  # until the agency chooses


def three_ticks(row: Row) -> tuple[Cell, Cell, Cell]:
    """The three status columns, exactly one of them ticked."""
    not_started, in_progress, done = (tick(row["status"] == status) for status in STATUS_WORDS)
    return not_started, in_progress, done


def progress(row: Row) -> Cell:
    """The status in words, then what was done with its evidence."""
    return lines([Line(STATUS_WORDS[row["status"]])], bullets(results(row)))
