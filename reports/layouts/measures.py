"""The report of measures (O43 of 2566) in the five column layouts that offices use, and the agency's own.

Each layout's columns, titles, captions and way to show the status are those of a published report; what they hold
comes from the same figures. Nothing is left out silently: rows that fit no section stand in one of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from reports.document import Block, Cell, Column, Document, Heading, Line, PageBreak, Paragraph, Table, Title, cell
from reports.layouts import announcement, memo
from reports.layouts.parts import (
    NOTHING,
    STATUS_WORDS,
    Figures,
    Row,
    bullets,
    code_and_text,
    document,
    evidence_words,
    indicator_words,
    lines,
    numbered,
    or_nothing,
    period_words,
    plain,
    responsible,
    results,
    two_boxes,
    year_words,
)
from reports.layouts.super_schema import FIELDS, TICKS, USUAL_OWN, progress, three_ticks

TITLE = "รายงานการดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน"
OTHERS = "มาตรการอื่น"
NARROW = 0.75  # width of a status column
COVER_SPACE = 4  # empty lines above the cover's, so that these stand in the middle of the page
LINE = 55  # characters of a title's line


def layout(figures: Figures, layout: str) -> Document:
    """The report. `layout`: "000" to "004" or "own"; raises KeyError for another."""
    return LAYOUTS[layout](figures)


def _place(figures: Figures) -> tuple[str, ...]:
    office = figures["office"]
    return (office["full"], *([office["place"]] if office["place"] else []))


def _one_line_or_two(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Together where a portrait page has room for it: a place's name should not be parted."""
    together = " ".join(parts)
    return (together,) if len(together) <= LINE else parts


def _by_instrument(figures: Figures) -> dict[str, list[Row]]:
    """Rows by instrument, in the official order; "" comes last. Instruments without rows are not there."""
    found = {
        name: [row for row in figures["measures"] if row["instrument"] == name] for name in ("IIT", "EIT", "OIT", "")
    }
    return {name: rows for name, rows in found.items() if rows}


def _by_indicator(rows: Iterable[Row]) -> list[tuple[str, int | None, list[Row]]]:
    """(instrument, indicator, rows), in the order of the instruments and indicators; what names none comes last."""
    order = {"IIT": 0, "EIT": 1, "OIT": 2, "": 3}

    def key(row: Row) -> tuple[int, int]:
        return order[row["instrument"]], row["indicator"] or 99

    groups = groupby(sorted(rows, key=key), key=lambda row: (row["instrument"], row["indicator"]))
    return [(instrument, indicator, list(found)) for (instrument, indicator), found in groups]


# -- 000: twelve columns, landscape -----------------------------------------------------------------------


def _layout_000(figures: Figures) -> Document:
    item = figures["items"]["measures"]
    blocks: list[Block] = [
        Title(
            (
                "รายงานการดำเนินการ",
                "ตามมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน",
                " ".join(words for words in (year_words(figures), period_words(figures)) if words),
                *_place(figures),
            )
        )
    ]
    heading = (
        "องค์ประกอบที่ 1 แสดงความก้าวหน้าหรือผลการดำเนินการตามมาตรการเพื่อส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน "
        f"ตามข้อ {item} ไปสู่การปฏิบัติอย่างเป็นรูปธรรม โดยมีข้อมูลรายละเอียดการนำมาตรการเพื่อส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน"
    )
    sections = _by_instrument(figures) or {"": []}
    for instrument, rows in sections.items():
        columns = (
            Column("ลำดับที่", 0.55, "center"),
            Column(f"ตัวชี้วัดการประเมิน {instrument}".strip(), 1),
            Column("หัวข้อย่อยการประเมิน", 1.25),
            Column(f"การกำหนดแนวทางฯ หรือมาตรการเพื่อขับเคลื่อนตามข้อ {item}", 1.35),
            Column("(1) ผู้รับผิดชอบหรือผู้เกี่ยวข้อง", 1.05),
            Column("ระยะเวลาดำเนินการ กำหนดแล้วเสร็จ", 0.95),
            Column("(2) การกำหนดขั้นตอนหรือวิธีการปฏิบัติ", 1.5),
            Column("(3) แนวทางการกำกับติดตามให้นำไปสู่การปฏิบัติ", 1.25),
            *(Column(words, NARROW, "center") for words in STATUS_WORDS.values()),
            Column("(4) การรายงานผลการดำเนินการ", 1.75),
        )
        cells = (
            (
                cell(str(no)),
                cell(indicator_words(figures, row["indicator"])),
                cell(code_and_text(row)),
                cell(row["title"]),
                lines(plain(responsible(row))),
                cell(row["period"]),
                lines(numbered(row["steps"])),
                lines(bullets(row["supervision"])),
                *three_ticks(row),
                lines(bullets(results(row))),
            )
            for no, row in enumerate(rows, 1)
        )
        section = (heading, instrument or OTHERS) if rows else (heading,)
        blocks.append(or_nothing(columns, list(cells), caption=section, repeat=(0, 2)))
    return document(figures, TITLE, blocks, landscape=True)


# -- 001: three tables and the memo ----------------------------------------------------------------------


def _layout_001(figures: Figures) -> Document:
    blocks: list[Block] = [
        Title(
            (
                f"รายงานผลการดำเนินการเพื่อส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน ประจำปีงบประมาณ {figures['fiscal_year']}",
                *([period_words(figures)] if period_words(figures) else []),
                *_one_line_or_two(_place(figures)),
            )
        ),
        Paragraph(_preamble(figures)),
        _measures_001(figures),
        _indicators_001(figures),
        *_items_001(figures),
    ]
    if figures["scores"]["complete"]:
        blocks += [PageBreak(), *memo.blocks(figures)]
    return document(figures, TITLE, blocks)


def _preamble(figures: Figures) -> str:
    scores, office = figures["scores"], figures["office"]
    year = scores["fiscal_year"] if scores["complete"] else figures["fiscal_year"]
    said = (
        "จากการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ (ITA) "
        f"ประจำปีงบประมาณ พ.ศ. {year} ของ{office['full']}"
    )
    if scores["complete"]:
        said += f" โดยภาพรวมได้คะแนน {scores['total']} อยู่ในระดับ {scores['level']}"
    return f"{said} {office['full']}ได้ดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน ดังนี้"


def _measures_001(figures: Figures) -> Table:
    """Table A: the measures that answer a weak point; all of them where none names one."""
    rows = [row for row in figures["measures"] if row["issue"]] or figures["measures"]
    columns = (
        Column("ลำดับ", 0.6, "center"),
        Column("มาตรการ/กิจกรรม", 1.2),
        Column("วิธีดำเนินการ", 2),
        Column("ระยะเวลาในการดำเนินการ", 1),
        Column("ผู้รับผิดชอบ", 1),
        Column("สรุปผลการดำเนินการตามมาตรการหรือกิจกรรม", 1.7),
        Column("ผลลัพธ์หรือความสำเร็จในการดำเนินการ", 1.3),
    )
    cells = [
        (
            cell(str(no)),
            cell(row["title"]),
            lines(plain([_reason(row)]), numbered(row["steps"])),
            cell(row["period"]),
            lines(plain(responsible(row))),
            lines(bullets(results(row))),
            cell(row["outcome"]),
        )
        for no, row in enumerate(rows, 1)
    ]
    return or_nothing(columns, cells, caption=("มาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน",), repeat=(0, 1))


def _reason(row: Row) -> str:
    """ "จากผลการประเมิน ITA ตัวชี้วัดที่ 7 ประเด็น ..."; nothing for a measure that answers no weak point."""
    indicator = f" ตัวชี้วัดที่ {row['indicator']}" if row["indicator"] else ""
    return f"จากผลการประเมิน ITA{indicator} ประเด็น {row['issue']}" if row["issue"] else ""


def _indicators_001(figures: Figures) -> Table:
    """Table B: indicators 1 to 8, each with its measures; one without says so."""
    columns = (
        Column("ตัวชี้วัด", 1.4),
        Column("แนวทางในการยกระดับการประเมิน", 2.1),
        Column("ผู้รับผิดชอบ", 1.1),
        Column("ระยะเวลา", 1.2),
        Column("ความก้าวหน้าผลการดำเนินการ", 2.4),
    )
    cells: list[tuple[Cell, ...]] = []
    for number in range(1, 9):
        name = cell(f"{number}. {figures['indicators'].get(str(number), '')}".strip())
        rows = [row for row in figures["measures"] if row["indicator"] == number]
        cells += [
            (
                name,
                lines(plain([row["title"]]), numbered(row["steps"])),
                lines(plain(responsible(row))),
                cell(row["period"]),
                lines(two_boxes(row["status"] != "not_started"), bullets(results(row))),
            )
            for row in rows
        ] or [(name, Cell((Line(NOTHING),), align="center", span=4))]
    return Table(columns, tuple(cells), caption=("ประเด็นการประเมิน IIT และ EIT (ตัวชี้วัดที่ 1 - 8)",), repeat=(0,))


def _items_001(figures: Figures) -> list[Block]:
    """Table C: the O-items of each sub-indicator with their required elements."""
    columns = (
        Column("ข้อ", 0.6, "center"),
        Column("ข้อมูล", 1.2),
        Column("องค์ประกอบด้านข้อมูล", 2.6),
        Column("ผู้รับผิดชอบ", 1),
        Column("ความก้าวหน้าผลการดำเนินการ", 2.2),
    )
    blocks: list[Block] = [Heading("ประเด็นการประเมิน (OIT)")]
    for indicator, items in groupby(figures["items_with_elements"], key=lambda item: item["indicator"]):
        cells = [
            (
                cell(item["code"]),
                cell(item["title"]),
                lines(bullets([element["text"] for element in item["elements"]])),
                cell(*item["units"]),
                lines(two_boxes(item["met"]), bullets(_item_progress(item))),
            )
            for item in items
        ]
        name = figures["indicators"].get(indicator, "")
        blocks.append(Table(columns, tuple(cells), caption=(f"ตัวชี้วัดย่อยที่ {indicator} {name}".strip(),), repeat=(0, 1)))
    if not figures["items_with_elements"]:
        blocks.append(or_nothing(columns, []))
    return blocks


def _item_progress(item: Row) -> list[str]:
    """What was noted for an item's elements, then its evidence, each once."""
    said = [element["note"] for element in item["elements"]]
    said += [words for element in item["elements"] for words in evidence_words(element["evidence"])]
    return list(dict.fromkeys(words for words in said if words))


# -- 002 and 003: five columns ---------------------------------------------------------------------------

FIVE = (
    Column("ประเด็นที่ต้องปรับปรุงแก้ไข/ประเด็นที่ต้องพัฒนา", 1.7),
    Column("ผู้รับผิดชอบ", 1),
    Column("ขั้นตอนหรือวิธีการ/มาตรการ", 1.9),
    Column("การรายงานผลและการกำกับติดตาม กำหนดเวลาแล้วเสร็จ", 1.6),
    Column("การดำเนินการ", 1.9),
)


def _five(row: Row) -> tuple[Cell, ...]:
    return (
        lines(plain([code_and_text(row), row["issue"]])),
        lines(plain(responsible(row))),
        lines(plain([row["title"]]), numbered(row["steps"])),
        lines(plain([*row["supervision"], row["period"]])),
        progress(row),
    )


def _five_tables(figures: Figures, rows: Iterable[Row], one_line: bool) -> list[Block]:
    """A table for each indicator, under its captions: the tool and the indicator, in one line or in two."""
    blocks: list[Block] = []
    for instrument, indicator, found in _by_indicator(rows):
        tool = "เครื่องมือประเมิน" if one_line else "เครื่องมือการประเมิน"
        named = (f"{tool} {instrument}" if instrument else OTHERS, indicator_words(figures, indicator))
        caption = tuple(words for words in named if words)
        caption = (" ".join(caption),) if one_line else caption
        blocks.append(Table(FIVE, tuple(_five(row) for row in found), caption=caption, repeat=(0,)))
    return blocks


def _layout_002(figures: Figures) -> Document:
    outside = [row for row in figures["measures"] if row["instrument"] == "EIT"]
    others = [row for row in figures["measures"] if row["instrument"] != "EIT"]
    blocks: list[Block] = [*announcement.blocks(figures), PageBreak()]
    if outside:
        blocks.append(
            Paragraph(
                f"จากการวิเคราะห์ผลการประเมินคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ (ITA) "
                f"ประจำปีงบประมาณ พ.ศ. {figures['fiscal_year'] - 1} นำมาสู่ข้อเสนอแนะเพื่อปรับปรุงการดำเนินงาน"
                f"ในปีงบประมาณ พ.ศ. {figures['fiscal_year']} ดังนี้"
            )
        )
        blocks += _five_tables(figures, outside, one_line=False)
    columns = (
        Column("มาตรการ", 1.3),
        Column("วิธีดำเนินการ", 1.8),
        Column("ผู้รับผิดชอบ", 1),
        Column("ระยะเวลา", 0.9),
        Column("ผลการดำเนินการ", 1.8),
        Column("ข้อเสนอแนะ", 1.1),
    )
    cells = [
        (
            cell(row["title"]),
            lines(numbered(row["steps"])),
            lines(plain(responsible(row))),
            cell(row["period"]),
            lines(bullets(results(row))),
            cell(row["suggestion"]),
        )
        for row in others
    ]
    if others or not outside:
        blocks.append(
            or_nothing(columns, cells, caption=("รายงานผลการดำเนินการตามมาตรการ", period_words(figures)), repeat=(0,))
        )
    return document(figures, TITLE, blocks)


def _layout_003(figures: Figures) -> Document:
    title = Title((TITLE, f"{year_words(figures)} {period_words(figures)}".strip(), *_place(figures)))
    tables = _five_tables(figures, figures["measures"], one_line=True)
    return document(figures, TITLE, [title, *(tables or [or_nothing(FIVE, [])])], landscape=True)


# -- 004: cover and six columns --------------------------------------------------------------------------


def _layout_004(figures: Figures) -> Document:
    above = [Paragraph("\u00a0") for _ in range(COVER_SPACE)]
    cover = Title(
        (
            "รายงานผลการดำเนินการ",
            "เพื่อส่งเสริมคุณธรรมและความโปร่งใส",
            "ภายในหน่วยงาน",
            f"ประจำปีงบประมาณ {figures['fiscal_year']}",
            *([f"รอบ ({figures['period']['name'].removeprefix('รอบ ')})"] if figures["period"]["name"] else []),
            *_place(figures),
        )
    )
    columns = (
        Column("มาตรการ/แนวทาง", 1.5),
        Column("ขั้นตอน/วิธีปฏิบัติ", 2),
        Column("หน่วยงานผู้รับผิดชอบ", 1.1),
        Column("ระยะเวลาดำเนินการ", 1.1),
        Column("สรุปผลดำเนินการ", 2),
        Column("ผลลัพธ์/ความสำเร็จ", 1.5),
    )
    cells = [
        (
            cell(row["title"]),
            lines(numbered(row["steps"])),
            lines(plain(row["units"])),
            cell(row["period"]),
            lines(bullets(results(row))),
            cell(row["outcome"]),
        )
        for row in figures["measures"]
    ]
    return document(
        figures, TITLE, [*above, cover, PageBreak(), or_nothing(columns, cells, repeat=(0,))], landscape=True
    )


# -- the agency's own ------------------------------------------------------------------------------------


def _layout_own(figures: Figures) -> Document:
    """The columns that the agency chose from the super-schema, with its own titles, in its own order."""
    chosen: Sequence[dict[str, Any]] = figures["own_columns"] or [{"key": key, "title": ""} for key in USUAL_OWN]
    columns: list[Column] = []
    for one in chosen:
        field = FIELDS[one["key"]]
        if one["key"] == TICKS:
            columns += [Column(words, NARROW, "center") for words in STATUS_WORDS.values()]
        else:
            columns.append(Column(one["title"] or field.title, field.width, field.align))
    cells: list[tuple[Cell, ...]] = []
    for no, row in enumerate(figures["measures"], 1):
        shown: list[Cell] = []
        for one in chosen:
            shown += three_ticks(row) if one["key"] == TICKS else (FIELDS[one["key"]].show(figures, {**row, "no": no}),)
        cells.append(tuple(shown))
    title = Title((TITLE, f"{year_words(figures)} {period_words(figures)}".strip(), *_place(figures)))
    return document(figures, TITLE, [title, or_nothing(columns, cells, repeat=(0,))], landscape=len(columns) > 5)


LAYOUTS: dict[str, Callable[[Figures], Document]] = {
    "000": _layout_000,
    "001": _layout_001,
    "002": _layout_002,
    "003": _layout_003,
    "004": _layout_004,
    "own": _layout_own,
}
