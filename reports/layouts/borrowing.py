"""รายงานสถิติการยืม-คืนทรัพย์สินของราชการ (R71): by item, by kind of borrower, and by both.

Figures as handlers/documents/lending.py makes them; their headings come with them.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.document import Block, Cell, Column, Document, Heading, Line, Paragraph, Title, cell
from reports.layouts.parts import Figures, Row, attested, day_words, document, or_nothing, reported
from reports.layouts.quarterly import amount

TITLE = "รายงานสถิติการยืม-คืนทรัพย์สินของราชการ"


def layout(figures: Figures, layout: str = "") -> Document:
    year = f"ประจำปีงบประมาณ พ.ศ. {figures['fiscal_year']}"
    first, last = (day_words(figures["period"][name], "long") for name in ("starts_on", "ends_on"))
    counted = f"ระหว่างวันที่ {first} ถึงวันที่ {last} นับถึงวันที่ {day_words(figures['collected_on'], 'long')}"
    blocks: list[Block] = [
        Title((TITLE, year, figures["office"]["full"])),
        Paragraph(_intro(figures["summary"], counted)),
        Heading("1. จำแนกตามทรัพย์สิน"),
        _table(figures, ("ทรัพย์สิน",), figures["by_asset"]),
        Heading("2. จำแนกตามประเภทผู้ยืม"),
        _table(figures, ("ประเภทผู้ยืม",), figures["by_borrower"]),
        *_by_both(figures),
        reported(figures),
        attested(figures),
    ]
    return document(figures, f"{TITLE} {year}", blocks, landscape=True)


def _by_both(figures: Figures) -> list[Block]:
    """Of a single item lent to one kind of borrower it says nothing more."""
    if len(figures["by_both"]) < 2:
        return []
    table = _table(figures, ("ทรัพย์สิน", "ประเภทผู้ยืม"), figures["by_both"])
    return [Heading("3. จำแนกตามทรัพย์สินและประเภทผู้ยืม"), table]


def _intro(summary: Row, counted: str) -> str:
    if not summary["times"]:
        return f"{counted} ไม่มีการยืมทรัพย์สินของราชการ (0 ครั้ง)"
    return (
        f"{counted} มีการยืม {summary['times']:,} ครั้ง รวม {summary['pieces']:,} ชิ้น คืนตรงเวลา {summary['in_time']:,} ครั้ง "
        f"คืนช้า {summary['late']:,} ครั้ง ยังคืนไม่ครบ {summary['waiting']:,} ครั้ง "
        f"ในจำนวนนี้เลยกำหนด {summary['overdue']:,} ครั้ง และคืนในสภาพชำรุดหรือสูญหาย {summary['harmed']:,} ครั้ง"
    )


def _table(figures: Figures, labels: Sequence[str], rows: Sequence[Row]) -> Block:
    columns = [
        Column("ที่", 0.5, "center"),
        *(Column(label, 2.2) for label in labels),
        *(Column(heading, 1, "right") for heading in figures["headings"]),
    ]
    shown: list[tuple[Cell, ...]] = [
        (cell(str(no)), *(cell(label) for label in row["labels"]), *(cell(amount(count)) for count in row["counts"]))
        for no, row in enumerate(rows, 1)
    ]
    if shown:
        total = Cell((Line("รวม"),), span=1 + len(labels), align="center")
        shown.append((total, *(cell(amount(count)) for count in figures["total"])))
    return or_nothing(columns, shown, total=bool(rows))
