"""The reports of April and October (R02, R22, R51): how people could ask and say what they think, what came in and what
was answered, in the half-year that has just ended.

`figures["summary"]` is as in quarterly.py; `figures["half"]` holds channels, answerers, publicity, opinions and
improvements (handlers/documents/executives.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.document import Block, Cell, Column, Document, Heading, PageBreak, Paragraph, cell
from reports.layouts import quarterly
from reports.layouts.parts import Figures, day_words, document, or_nothing, period_words
from reports.layouts.quarterly import amount

TITLE = "รายงานผลการประชาสัมพันธ์ช่องทางถาม-ตอบและการรับฟังความคิดเห็น"


def layout(figures: Figures, layout: str = "") -> Document:
    subject = f"{TITLE} {period_words(figures)} ปีงบประมาณ พ.ศ. {figures['fiscal_year']}"
    summary, half = figures["summary"], figures["half"]
    first, last = (day_words(summary[name], "long") for name in ("first", "last"))
    intro = (
        f"ตามมาตรการของ{figures['office']['full']} เจ้าหน้าที่ต้องรายงานผลการประชาสัมพันธ์ช่องทางการถาม-ตอบ"
        "และผลการรับฟังความคิดเห็นให้ผู้บริหารทราบทุก 6 เดือน ภายในเดือนเมษายนและเดือนตุลาคมของทุกปี "
        f"ขอรายงานผลระหว่างวันที่ {first} ถึงวันที่ {last} ดังนี้"
    )
    return document(
        figures,
        subject,
        [
            *quarterly.memo_head(figures, subject),
            Paragraph(intro),
            *_channels(half, "1. ช่องทางการถาม-ตอบและการประชาสัมพันธ์"),
            *quarterly.questions(summary, "2. ผลการตอบคำถาม"),
            *quarterly.trend_chart(summary, "คำถาม", (("ได้รับ", "asked"), ("ส่งถึงเจ้าหน้าที่", "handed")), "คำถาม"),
            *_opinions(half, "3. การรับฟังความคิดเห็น"),
            *quarterly.complaints(summary, "4. เรื่องร้องเรียนร้องทุกข์"),
            *quarterly.decisions(summary, "5. เรื่องที่ขอให้พิจารณา"),
            *quarterly.closing(figures),
            PageBreak(),
            *quarterly.definitions(summary, "ภาคผนวก ความหมายของตัวเลข"),
        ],
    )


def _channels(half: dict[str, Any], title: str) -> list[Block]:
    return [
        Heading(title),
        or_nothing(
            [Column("ลำดับ", 0.8, "center"), Column("ช่องทาง", 5)],
            [(cell(str(no)), cell(name)) for no, name in enumerate(half["channels"], 1)],
            caption=("ช่องทางที่ขึ้นทะเบียนไว้",),
        ),
        or_nothing(
            [Column("ส่วนราชการ", 3), Column("ผู้ตอบคำถาม (ตำแหน่ง)", 3)],
            [(cell(row["unit"]), cell(row["position"] or "ยังไม่แต่งตั้ง")) for row in half["answerers"]],
            caption=("เจ้าหน้าที่ผู้รับผิดชอบตอบข้อซักถาม",),
        ),
        or_nothing(
            [Column("วันที่", 1.3), Column("เรื่อง", 4), Column("ส่วนราชการ", 2)],
            _dated(half["publicity"]),
            caption=("การประชาสัมพันธ์ในช่วงนี้",),
        ),
    ]


def _opinions(half: dict[str, Any], title: str) -> list[Block]:
    """What people filled in, form by form, and what was improved."""
    return [
        Heading(title),
        or_nothing(
            [Column("แบบรับฟังความคิดเห็น", 4), Column("ส่วนราชการ", 2.5), Column("จำนวน", 1.2, "right")],
            [(cell(row["form"]), cell(row["unit"]), cell(amount(row["count"]))) for row in half["opinions"]],
            caption=("ความคิดเห็นและแบบประเมินที่ได้รับ",),
        ),
        or_nothing(
            [Column("วันที่", 1.3), Column("การปรับปรุง", 4), Column("ส่วนราชการ", 2)],
            _dated(half["improvements"]),
            caption=("การปรับปรุงจากความคิดเห็นและข้อร้องเรียน",),
        ),
    ]


def _dated(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Cell, ...]]:
    return [(cell(day_words(row["dated"])), cell(row["title"]), cell(row["unit"])) for row in rows]
