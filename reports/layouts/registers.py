"""A register of the year (orders, committees, channels ...) as it stands; one without entries says so."""

from __future__ import annotations

from reports.document import Block, Column, Document, Heading, Paragraph, Title, cell
from reports.layouts.parts import (
    NOTHING,
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
    """`figures["register"]`: {"title", "dated_label", "title_label", "ends_label", "columns": [{"title", "width"}],
    "sections": [{"heading", "rows"}]}; a row is {"dated", "title", "unit", "values": [text, ...], "ends_on", "links",
    "evidence"}. Without an `ends_label` there is no such column."""
    register = figures["register"]
    ends = register["ends_label"]
    columns = (
        Column("ลำดับ", 0.55, "center"),
        Column(register["dated_label"], 0.9),
        Column(register["title_label"], 1.9),
        Column("ส่วนงาน", 1),
        *(Column(one["title"], one["width"]) for one in register["columns"]),
        *((Column(ends, 0.9),) if ends else ()),
        Column("หลักฐาน", 1.5),
    )
    title = (register["title"], f"{year_words(figures)} {period_words(figures)}".strip(), figures["office"]["full"])
    count = sum(len(section["rows"]) for section in register["sections"])
    blocks: list[Block] = [Title(title), Paragraph(f"รวม {count} รายการ", indent=False)]
    for section in register["sections"]:
        if section["heading"]:
            blocks.append(Heading(section["heading"]))
            if not section["rows"]:
                blocks.append(Paragraph(NOTHING, indent=False))
                continue
        rows = [
            (
                cell(str(no)),
                cell(day_words(row["dated"])),
                cell(row["title"]),
                cell(row["unit"]),
                *(cell(*value.split("\n")) for value in row["values"]),
                *((cell(day_words(row["ends_on"])),) if ends else ()),
                lines(bullets([*row["links"], *evidence_words(row["evidence"])])),
            )
            for no, row in enumerate(section["rows"], 1)
        ]
        blocks.append(or_nothing(columns, rows, repeat=(0, 2)))
    return document(figures, register["title"], blocks, landscape=True)
