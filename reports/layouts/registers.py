"""A register of the year (orders, committees, channels ...) as it stands; one without entries says so."""

from __future__ import annotations

from reports.document import Block, Column, Document, Heading, Paragraph, Title, cell
from reports.layouts.parts import (
    Figures,
    bullets,
    day_words,
    document,
    evidence_words,
    lines,
    or_nothing,
    period_words,
    year_words,
)


def layout(figures: Figures, layout: str = "") -> Document:
    """`figures["register"]`: {"title", "columns": [{"title", "width"}], "sections": [{"heading", "rows"}]}; a row is
    {"dated", "title", "unit", "values": [text, ...], "evidence"}."""
    register = figures["register"]
    columns = (
        Column("ลำดับ", 0.5, "center"),
        Column("วันที่", 0.9),
        Column("รายการ", 2.2),
        Column("ส่วนงาน", 1.1),
        *(Column(one["title"], one["width"]) for one in register["columns"]),
        Column("หลักฐาน", 1.8),
    )
    title = (register["title"], f"{year_words(figures)} {period_words(figures)}".strip(), figures["office"]["full"])
    count = sum(len(section["rows"]) for section in register["sections"])
    blocks: list[Block] = [Title(title), Paragraph(f"รวม {count} รายการ", indent=False)]
    for section in register["sections"]:
        if section["heading"]:
            blocks.append(Heading(section["heading"]))
        rows = [
            (
                cell(str(no)),
                cell(day_words(row["dated"])),
                cell(row["title"]),
                cell(row["unit"]),
                *(cell(value) for value in row["values"]),
                lines(bullets(evidence_words(row["evidence"]))),
            )
            for no, row in enumerate(section["rows"], 1)
        ]
        blocks.append(or_nothing(columns, rows, repeat=(0, 2)))
    return document(figures, register["title"], blocks, landscape=True)
