"""The O-items of a year with every required element: what is there, by what evidence, who checked it (R48, R47)."""

from __future__ import annotations

from itertools import groupby

from reports.document import Block, Cell, Column, Document, Paragraph, Table, Title, cell
from reports.layouts.parts import (
    Figures,
    bullets,
    day_words,
    document,
    evidence_words,
    lines,
    or_nothing,
    period_words,
    plain,
    year_words,
)

TITLE = "ตารางแสดงองค์ประกอบด้านข้อมูลตามแบบตรวจการเปิดเผยข้อมูลสาธารณะ (OIT)"
STATUS = {"open": "ยังไม่ครบ", "met": "ครบ", "not_applicable": "ไม่เกี่ยวข้อง"}
COLUMNS = (
    Column("ข้อ", 0.6, "center"),
    Column("ข้อมูล", 1.5),
    Column("องค์ประกอบด้านข้อมูล", 2.8),
    Column("ผู้รับผิดชอบ", 1.1),
    Column("สถานะ", 0.95, "center"),
    Column("หลักฐาน", 2.4),
    Column("ผู้ตรวจสอบ", 1.2),
)


def layout(figures: Figures, layout: str = "") -> Document:
    items = figures["items_with_elements"]
    elements = [element for item in items for element in item["elements"]]
    met = sum(element["status"] == "met" for element in elements)
    needed = sum(element["status"] != "not_applicable" for element in elements)
    title = (TITLE, f"{year_words(figures)} {period_words(figures)}".strip(), figures["office"]["full"])
    blocks: list[Block] = [
        Title(title),
        Paragraph(
            f"รวม {len(items)} ข้อ {needed} องค์ประกอบ มีครบแล้ว {met} องค์ประกอบ ยังไม่ครบ {needed - met} องค์ประกอบ",
            indent=False,
        ),
    ]
    for indicator, found in groupby(items, key=lambda item: item["indicator"]):
        name = figures["indicators"].get(indicator, "")
        rows: list[tuple[Cell, ...]] = []
        for item in found:
            for element in item["elements"]:
                first = element is item["elements"][0]
                rows.append(
                    (
                        cell(item["code"]),
                        cell(item["title"] if first else ""),
                        cell(element["text"]),
                        cell(element["unit"]),
                        cell(STATUS[element["status"]]),
                        lines(plain([element["note"]]), bullets(evidence_words(element["evidence"]))),
                        cell(element["checked_by"], day_words(element["checked_on"])),
                    )
                )
        caption = (f"ตัวชี้วัดย่อยที่ {indicator} {name}".strip(),) if indicator else ()
        blocks.append(Table(COLUMNS, tuple(rows), caption=caption, repeat=(0, 1)))
    if not items:
        blocks.append(or_nothing(COLUMNS, []))
    return document(figures, TITLE, blocks, landscape=True)
