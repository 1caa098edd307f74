"""ความพึงพอใจ (R29): marks by unit and question, stars after each service, suggestions, what was changed.

Figures as handlers/documents/satisfaction.py makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.document import Block, Bullets, Cell, Chart, Column, Document, Heading, Paragraph, cell
from reports.layouts.parts import NOTHING, Figures, Row, day_words, document, or_nothing, period_words
from reports.layouts.quarterly import amount, closing, memo_head

TITLE = "รายงานผลสำรวจความพึงพอใจต่อการให้บริการ"
# As Thai surveys with five marks usually read a mean; the least that is still of the level, in hundredths.
LEVELS = ((451, "มากที่สุด"), (351, "มาก"), (251, "ปานกลาง"), (151, "น้อย"), (0, "น้อยที่สุด"))
SCALE = "เกณฑ์แปลผล: 4.51-5.00 มากที่สุด 3.51-4.50 มาก 2.51-3.50 ปานกลาง 1.51-2.50 น้อย 1.00-1.50 น้อยที่สุด (หน่วยงานโปรดยืนยัน)"


def layout(figures: Figures, layout: str = "") -> Document:
    survey, after = figures["survey"], figures["after_service"]
    subject = f"{TITLE} {period_words(figures)} ปีงบประมาณ พ.ศ. {figures['fiscal_year']}"
    first, last = (day_words(figures["period"][name], "long") for name in ("starts_on", "ends_on"))
    intro = (
        f"{figures['office']['full']}ได้สำรวจความพึงพอใจของผู้รับบริการโดยไม่เก็บว่าใครเป็นผู้ตอบ ระหว่างวันที่ {first} ถึงวันที่ {last} "
        f"{_how_many(figures, survey)} ขอรายงานผล ดังนี้"
    )
    blocks: list[Block] = [
        *memo_head(figures, subject),
        Paragraph(intro),
        Heading("1. ผลสำรวจจำแนกตามส่วนราชการ"),
        _table("ส่วนราชการ", survey["by_unit"], survey["total"], people=True),
        Heading("2. ผลสำรวจจำแนกตามข้อคำถาม"),
        _table("ข้อคำถาม", survey["by_question"], survey["total"], people=False),
        Paragraph(SCALE, indent=False),
        *_chart(survey["by_unit"]),
        Heading("3. คะแนนที่ผู้รับบริการให้เมื่อเรื่องแล้วเสร็จ"),
        Paragraph(_stars(figures, after), indent=False),
        _table("ส่วนราชการ", after["by_unit"], after["total"], people=True),
        Heading("4. ข้อเสนอแนะ"),
        *_suggestions(figures["suggestions"]),
        Heading("5. สิ่งที่ปรับปรุงจากผลสำรวจและข้อเสนอแนะ"),
        or_nothing(
            [Column("เรื่อง", 1.5), Column("สิ่งที่พบ", 1.6), Column("สิ่งที่ปรับปรุง", 1.8), Column("ผล", 1.4)],
            [tuple(cell(*one[name].split("\n")) for name in ("title", "found", "changed", "result"))
             for one in figures["improvements"]],
        ),
        *closing(figures),
    ]  # fmt: skip
    return document(figures, subject, blocks)


def _how_many(figures: Figures, survey: Row) -> str:
    if survey["answers"] is None:
        return f"มีผู้ตอบน้อยกว่า {figures['few']} คน จึงไม่แสดงคะแนน เพื่อไม่ให้ทราบว่าใครเป็นผู้ตอบ"
    if not survey["answers"]:
        return "ไม่มีผู้ตอบแบบสำรวจ (0 คน)"
    mean = survey["total"]["mean_hundredths"]
    words = f"มีผู้ตอบ {survey['answers']:,} คน"
    return words if mean is None else f"{words} คะแนนเฉลี่ย {mean / 100:.2f} จากคะแนนเต็ม 5 ระดับ{level(mean)}"


def _stars(figures: Figures, after: Row) -> str:
    if after["answers"] is None:
        return f"มีผู้ให้คะแนนน้อยกว่า {figures['few']} คน จึงไม่แสดงคะแนน"
    return f"ผู้ให้คะแนน {after['answers']:,} คน"


def level(mean_hundredths: int) -> str:
    """ "มาก" for 4.12."""
    return next(word for least, word in LEVELS if mean_hundredths >= least)


def _table(what: str, rows: Sequence[Row], total: Row, people: bool) -> Any:
    """Marks from 5 to 1. With `people` there is a column of how many they are of, and a total."""
    columns = [
        Column(what, 3),
        *([Column("ผู้ตอบ (คน)", 0.9, "right")] if people else []),
        *(Column(str(mark), 0.7, "right", "จำนวนคำตอบตามคะแนน") for mark in (5, 4, 3, 2, 1)),
        Column("เฉลี่ย", 0.9, "right"),
        Column("ร้อยละ ที่ให้ 4-5", 0.9, "right"),
        Column("ระดับ", 1.2, "center"),
    ]
    shown = [*rows, total] if people and rows else rows
    return or_nothing(columns, [_row(one, people) for one in shown], total=bool(people and rows))


def _row(one: Row, people: bool) -> tuple[Cell, ...]:
    mean, satisfied = one["mean_hundredths"], one["satisfied"]
    return (
        cell(one["label"]),
        *((cell(amount(one["people"])),) if people else ()),
        *(cell(amount(count)) for count in reversed(one["counts"])),
        cell("-" if mean is None else f"{mean / 100:.2f}"),
        cell(amount(satisfied)),
        cell("-" if mean is None else level(mean)),
    )


def _chart(rows: Sequence[Row]) -> list[Block]:
    """Of one unit a picture says nothing more."""
    if len(rows) < 2:
        return []
    means = tuple((one["mean_hundredths"] or 0) / 100 for one in rows)
    labels = tuple(one["label"] for one in rows)
    return [Chart("คะแนนเฉลี่ยตามส่วนราชการ", labels, (("คะแนนเฉลี่ย", means),), "เต็ม 5")]


def _suggestions(groups: Sequence[Row]) -> list[Block]:
    if not groups:
        return [Paragraph(NOTHING, indent=False)]
    return [
        block
        for group in groups
        for block in (
            Paragraph(f"{group['unit']} ({len(group['words'])} ข้อ)", indent=False, bold=True),
            Bullets(tuple(" ".join(words.split()) for words in group["words"])),
        )
    ]
