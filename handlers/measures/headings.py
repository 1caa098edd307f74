"""Which column of a report holds what: the headings of the known layouts, and spellings near them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from handlers.measures.tables import RawTable, Row
from thai.text import normalise

# What a column can hold, as the clerk chooses it on the page; "" is a column that is only kept as a note.
FIELDS = {
    "no": "ลำดับที่",
    "indicator": "ตัวชี้วัด",
    "item": "หัวข้อย่อย/คำถาม",
    "item_code": "รหัสข้อ (I, E, O)",
    "issue": "ประเด็นที่ต้องแก้ไขหรือพัฒนา",
    "title": "มาตรการ",
    "steps": "ขั้นตอน/วิธีดำเนินการ",
    "responsible": "ผู้รับผิดชอบ",
    "period": "ระยะเวลา",
    "supervision": "การกำกับติดตามและรายงาน",
    "not_started": "ช่องติ๊ก: ยังไม่ดำเนินการ",
    "in_progress": "ช่องติ๊ก: อยู่ระหว่างดำเนินการ",
    "done": "ช่องติ๊ก: ดำเนินการแล้ว",
    "status": "สถานะ (ข้อความ)",
    "progress": "สถานะและผลในช่องเดียว",
    "results": "ผลการดำเนินการ",
    "outcome": "ผลลัพธ์/ความสำเร็จ",
    "suggestion": "ข้อเสนอแนะ",
    "evidence": "หลักฐาน/ลิงก์",
    "": "ไม่ใช้ (เก็บไว้เป็นหมายเหตุ)",
}
TICKS = ("not_started", "in_progress", "done")

# Headings met in published reports, and common ones; compared without spaces, marks and numbering.
_HEADINGS = {
    "no": ("ลำดับ", "ลำดับที่", "ที่", "no"),
    "indicator": ("ตัวชี้วัด", "ตัวชี้วัดการประเมิน", "ตัวชี้วัดที่", "ตัวชี้วัดการประเมินiit", "ตัวชี้วัดการประเมินeit", "ตัวชี้วัดการประเมินoit"),
    "item": ("หัวข้อย่อยการประเมิน", "หัวข้อย่อย", "องค์ประกอบด้านข้อมูล", "คำถาม", "ข้อคำถาม", "ประเด็นการประเมิน"),
    "item_code": ("ข้อ", "รหัสข้อ", "รหัส", "ข้อที่"),
    "issue": (
        "ประเด็นที่ต้องปรับปรุงแก้ไขประเด็นที่ต้องพัฒนา",
        "ประเด็นที่ต้องปรับปรุงแก้ไข",
        "ประเด็นที่ต้องพัฒนา",
        "ประเด็น",
        "จุดอ่อน",
        "ปัญหา",
    ),
    "title": (
        "มาตรการ",
        "มาตรการกิจกรรม",
        "มาตรการแนวทาง",
        "การกำหนดแนวทางหรือมาตรการเพื่อขับเคลื่อนตามข้อ042",
        "การกำหนดแนวทางฯหรือมาตรการเพื่อขับเคลื่อน",
        "แนวทางในการยกระดับการประเมิน",
        "แนวทาง",
        "โครงการกิจกรรม",
        "ข้อมูล",
    ),
    "steps": (
        "วิธีดำเนินการ",
        "ขั้นตอนวิธีปฏิบัติ",
        "ขั้นตอนหรือวิธีการมาตรการ",
        "การกำหนดขั้นตอนหรือวิธีการปฏิบัติ",
        "ขั้นตอนการดำเนินงาน",
        "ขั้นตอนหรือวิธีการ",
        "ขั้นตอน",
    ),
    "responsible": (
        "ผู้รับผิดชอบ",
        "ผู้รับผิดชอบหรือผู้เกี่ยวข้อง",
        "หน่วยงานผู้รับผิดชอบ",
        "หน่วยงานที่รับผิดชอบ",
        "หน่วยงาน",
        "ส่วนราชการที่รับผิดชอบ",
    ),
    "period": (
        "ระยะเวลา",
        "ระยะเวลาดำเนินการ",
        "ระยะเวลาในการดำเนินการ",
        "ระยะเวลาดำเนินการกำหนดแล้วเสร็จ",
        "กำหนดแล้วเสร็จ",
        "กำหนดเวลา",
    ),
    "supervision": (
        "แนวทางการกำกับติดตามให้นำไปสู่การปฏิบัติ",
        "การรายงานผลและการกำกับติดตามกำหนดเวลาแล้วเสร็จ",
        "การรายงานผลและการกำกับติดตาม",
        "การกำกับติดตาม",
        "การติดตามผล",
    ),
    "not_started": ("ยังไม่ดำเนินการ", "ยังไม่ได้ดำเนินการ"),
    "in_progress": ("อยู่ระหว่างดำเนินการ", "อยู่ระหว่างการดำเนินการ", "กำลังดำเนินการ"),
    "done": ("ดำเนินการแล้ว", "ดำเนินการแล้วเสร็จ", "แล้วเสร็จ"),
    "status": ("สถานะ", "สถานะการดำเนินการ"),
    "progress": ("การดำเนินการ", "ความก้าวหน้าผลการดำเนินการ", "ความก้าวหน้า", "ความก้าวหน้าการดำเนินการ"),
    "results": (
        "ผลการดำเนินการ",
        "ผลการดำเนินงาน",
        "สรุปผลดำเนินการ",
        "สรุปผลการดำเนินการ",
        "สรุปผลการดำเนินการตามมาตรการหรือกิจกรรม",
        "การรายงานผลการดำเนินการ",
        "รายงานผลการดำเนินการ",
    ),
    "outcome": ("ผลลัพธ์ความสำเร็จ", "ผลลัพธ์หรือความสำเร็จในการดำเนินการ", "ผลลัพธ์", "ความสำเร็จ", "ผลที่ได้รับ"),
    "suggestion": ("ข้อเสนอแนะ", "ปัญหาและข้อเสนอแนะ", "ข้อเสนอแนะเพิ่มเติม"),
    "evidence": ("หลักฐาน", "เอกสารหลักฐาน", "ลิงก์", "link", "url", "หลักฐานเชิงประจักษ์", "เอกสารอ้างอิง"),
}
NEAR = 82  # of 100: how like a known heading a misspelt one must be
_NOISE = re.compile(r"\([0-9a-z]{1,2}\)|^[0-9]{1,2}[.)]|[\s()\[\]/\\.,:;\"'“”‘’ฯ*_–-]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as it was understood. `sure`: its heading is a known one."""

    place: int
    heading: str
    field: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """The header of a table: its rows by position, its columns."""

    rows: tuple[int, ...]
    columns: tuple[Column, ...]

    @property
    def fields(self) -> set[str]:
        return {column.field for column in self.columns} - {""}


def _key(text: str) -> str:
    return _NOISE.sub("", normalise(text))


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {_key(words): field for field, headings in _HEADINGS.items() for words in headings}


@lru_cache(maxsize=512)
def guess(heading: str) -> tuple[str, bool]:
    """The field of a heading and whether the heading is a known one; ("", False) for none near enough."""
    key = _key(heading)
    if not key or len(heading) > 200:
        return "", False
    if key in _known():
        return _known()[key], True
    long = [known for known in _known() if len(known) >= 5]
    near = process.extractOne(key, long, scorer=fuzz.ratio, score_cutoff=NEAR)
    if near:
        return _known()[near[0]], False
    # "ตัวชี้วัดการประเมิน IIT ปี 2566": a known heading with more behind it.
    begins = [known for known in long if key.startswith(known) and len(key) < 2.5 * len(known)]
    return (_known()[max(begins, key=len)], False) if begins else ("", False)


def find(table: RawTable) -> Heading | None:
    """The header among the first rows of a table; None for a table of something else."""
    best: Heading | None = None
    for start in range(min(12, len(table.rows))):
        if table.rows[start].single:
            continue
        for rows in ((start,), (start, start + 1)):
            if rows[-1] >= len(table.rows) or table.rows[rows[-1]].single:
                continue
            heading = _heading(table, rows)
            if is_measures(heading.fields) and (best is None or _worth(heading) > _worth(best)):
                best = heading
    return best


def _worth(heading: Heading) -> tuple[int, int]:
    return len(heading.fields), -len(heading.rows)


def is_measures(fields: set[str]) -> bool:
    """A measure says what, and at least two things more."""
    return len(fields) >= 3 and bool(fields & {"title", "steps", "issue"})


def _heading(table: RawTable, rows: Sequence[int]) -> Heading:
    width = max(len(table.rows[row].cells) for row in rows)
    columns = []
    taken: set[str] = set()
    for place in range(width):
        texts = [_cell(table.rows[row], place) for row in rows]
        upper = texts[0] if len(texts) > 1 else ""
        own = texts[-1] or texts[0]
        field, sure = guess(own)
        if len(texts) > 1 and texts[-1] and upper and texts[-1] != upper and field not in TICKS:
            together, known = guess(f"{upper}{texts[-1]}")  # a heading that was broken over two rows
            field, sure = (together, known) if together else (field, sure)
            own = f"{upper} {texts[-1]}"
        if field in taken and field not in ("", "evidence"):
            field, sure = "", False
        taken.add(field)
        columns.append(Column(place, " ".join(own.split()), field, sure))
    return Heading(tuple(rows), tuple(columns))


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def repeats(row: Row, heading: Heading) -> bool:
    """Whether this row is the header again (it is printed on every page)."""
    own = [column for column in heading.columns if column.field and _cell(row, column.place)]
    same = sum(guess(_cell(row, column.place))[0] == column.field for column in own)
    return len(own) >= 2 and same >= max(2, len(own) * 2 // 3)


def find_any(table: RawTable) -> int | None:
    """The first row of which two cells or more are known headings, of whatever table; None if there is none."""
    for place, row in enumerate(table.rows[:12]):
        if sum(guess(text)[1] for text in row.cells) >= 2:
            return place
    return None


def plain(table: RawTable) -> Heading:
    """The row that may be the header of a table of something else, for the clerk to say what its columns are."""
    start = next((place for place, row in enumerate(table.rows[:12]) if sum(map(bool, row.cells)) >= 3), 0)
    return _heading(table, (start,))
