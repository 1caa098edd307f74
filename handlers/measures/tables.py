"""The tables of an XLSX, CSV or DOCX file as plain text, with merged cells and check boxes read out.

A hostile or broken file ends in a SheetError in Thai, never in something else and never in much memory.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.sheet import LARGEST_FILE, SheetError, decode

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 2_000  # a year's report has less than a hundred
MOST_COLUMNS = 40
LARGEST_PART = 40_000_000  # bytes that a part of an Office file may unpack to
LARGEST_XML = 30_000_000  # and all that is parsed together: in memory it is ten times as much
MOST_TABLES = 200
MOST_TEXT = 2_000_000  # characters in all cells
TICKED, UNTICKED = "☑", "☐"


@dataclass(frozen=True, slots=True)
class Row:
    """`number` counts as the file does (from 1). `below`: columns that are merged with the cell above, whose text
    stands here again. `single`: all of the row is one merged cell (a caption within the table)."""

    number: int
    cells: tuple[str, ...]
    below: frozenset[int] = frozenset()
    single: bool = False


@dataclass(frozen=True, slots=True)
class RawTable:
    """`place`: where it is, in Thai; `captions`: the lines right above it."""

    place: str
    rows: tuple[Row, ...]
    captions: tuple[str, ...] = ()


@dataclass(slots=True)
class RawFile:
    """The tables of a file, and how many paragraphs outside of tables were passed over."""

    tables: list[RawTable] = field(default_factory=list)
    paragraphs: int = 0


def read(data: bytes) -> RawFile:
    """What is in the file; its content tells its kind. Raises SheetError."""
    if not data.strip():
        raise SheetError("ไฟล์ว่าง ไม่มีข้อมูลให้นำเข้า")
    if len(data) > LARGEST_FILE:
        raise SheetError("ไฟล์ใหญ่เกิน 20 MB แบ่งเป็นหลายไฟล์แล้วนำเข้าทีละไฟล์")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError("ไฟล์เป็น Word หรือ Excel รุ่นเก่า (.doc .xls) เปิดแล้วบันทึกเป็น .docx หรือ .xlsx ก่อน")
    if data.startswith(b"%PDF-"):
        raise SheetError("นำเข้าจาก PDF ไม่ได้ ใช้ไฟล์ Word หรือ Excel ต้นฉบับ หรือคัดลอกตารางลง Excel")
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise SheetError("ไฟล์เป็นรูปภาพ ใช้ไฟล์ Word หรือ Excel ต้นฉบับ")
    found = _read_office(data) if data.startswith(b"PK") else _read_text(data)
    if sum(len(table.rows) for table in found.tables) > MOST_ROWS or len(found.tables) > MOST_TABLES:
        raise SheetError(f"ไฟล์มีมากกว่า {MOST_ROWS:,} แถว ลบแถวว่างท้ายตาราง หรือแบ่งเป็นหลายไฟล์")
    if sum(len(text) for table in found.tables for row in table.rows for text in row.cells) > MOST_TEXT:
        raise SheetError("เนื้อหาในตารางยาวเกินไป แบ่งเป็นหลายไฟล์แล้วนำเข้าทีละไฟล์")
    found.tables = [cleaned for table in found.tables if (cleaned := _cleaned(table)).rows]
    if not found.tables:
        raise SheetError("ไม่พบตารางในไฟล์นี้")
    return found


def _cleaned(table: RawTable) -> RawTable:
    rows = (Row(row.number, tuple(map(clean, row.cells)), row.below, row.single) for row in table.rows)
    kept = tuple(row for row in rows if any(row.cells))
    return RawTable(table.place, kept, tuple(caption for text in table.captions if (caption := clean(text[:2_000]))))


# -- text ------------------------------------------------------------------------------------------------

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff]")
# Every repetition has an end: a hostile cell must not make a search of a search.
_INPUT = re.compile(r"<input\b[^>]{0,300}>", re.IGNORECASE)
_LINK = re.compile(
    r"<a\b[^>]{0,300}?href\s{0,5}=\s{0,5}[\"']?([^\"'\s>]{1,2000})[^>]{0,300}>(.{0,1000}?)</a\s{0,5}>",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(r"<br\s{0,5}/?>|</?(?:p|div|ul|ol|tr)\b[^>]{0,300}>|</li\s{0,5}>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^>]{0,300}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,500}>", re.IGNORECASE)


def clean(text: str) -> str:
    """A cell's text: no control characters, markup as people see it (check boxes, links, lists), lines trimmed."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    if "<" in text:
        text = _INPUT.sub(lambda match: TICKED if re.search(r"\bchecked\b", match[0], re.I) else UNTICKED, text)
        text = _LINK.sub(lambda match: match[2] if match[1] in match[2] else f"{match[2]} {match[1]}", text)
        text = _ITEM.sub("\n- ", _BREAK.sub("\n", text))
        text = html.unescape(_TAG.sub("", text))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _read_text(data: bytes) -> RawFile:
    text = decode(data)
    if _CONTROL.search(text[:4000].lstrip("\ufeff")) and "\x00" in text[:4000]:
        raise SheetError("ไฟล์นี้ไม่ใช่ตาราง ใช้ไฟล์ .xlsx .csv หรือ .docx")
    if text.count("\n") > 20 * MOST_ROWS:
        raise SheetError(f"ไฟล์มีมากกว่า {MOST_ROWS:,} แถว แบ่งเป็นหลายไฟล์")
    sample = text[:20_000]
    separator = max(",;\t|", key=lambda one: (sample.count(one), one == ","))
    try:
        parsed = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise SheetError("อ่านไฟล์ CSV ไม่ได้ เปิดด้วย Excel แล้วบันทึกใหม่เป็น .xlsx") from None
    rows = []
    for number, cells in enumerate(parsed, 1):
        if separator == "|":  # a table of a text page: | a | b |, ruled with dashes
            cells = cells[1:-1] if len(cells) > 2 and not cells[0].strip() and not cells[-1].strip() else cells
            if all(set(cell.strip()) <= set("-:") for cell in cells):
                continue
        if any(cell.strip() for cell in cells):
            rows.append(Row(number, tuple(cells[:MOST_COLUMNS])))
    return RawFile([RawTable("ไฟล์", tuple(rows))] if rows else [])


# -- Office files ----------------------------------------------------------------------------------------


def _read_office(data: bytes) -> RawFile:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            parsed = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
            if len(parts) > 5_000 or parsed > LARGEST_XML or any(part.file_size > LARGEST_PART for part in parts):
                raise SheetError("ไฟล์ใหญ่เกินไป แบ่งเป็นหลายไฟล์แล้วนำเข้าทีละไฟล์")
            names = {part.filename for part in parts}
        if "word/document.xml" in names:
            return _read_docx(data)
        if "xl/workbook.xml" in names:
            return _read_xlsx(data)
    except SheetError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # a hostile file makes the readers fail in every way there is
        raise SheetError("เปิดไฟล์ไม่ได้ ไฟล์อาจเสียหาย ลองเปิดด้วย Word หรือ Excel แล้วบันทึกใหม่") from error
    raise SheetError("ไฟล์นี้ไม่ใช่ Word หรือ Excel ใช้ไฟล์ .xlsx .csv หรือ .docx")


def _read_xlsx(data: bytes) -> RawFile:
    import openpyxl  # 15 MB that a web process seldom needs

    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    found = RawFile()
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if (rows := tuple(_sheet_rows(sheet))):  # fmt: skip
            found.tables.append(RawTable(f"แผ่นงาน {sheet.title}", rows))
    book.close()
    return found


def _sheet_rows(sheet: Worksheet) -> Iterator[Row]:
    if sheet.max_row > 10 * MOST_ROWS:
        raise SheetError(f"แผ่นงาน {sheet.title} มีมากกว่า {MOST_ROWS:,} แถว ลบแถวว่างท้ายตาราง หรือแบ่งเป็นหลายไฟล์")
    width = min(sheet.max_column, MOST_COLUMNS)
    above: dict[tuple[int, int], tuple[int, int]] = {}  # a merged cell to the one that holds the text
    wide: set[int] = set()
    for area in sheet.merged_cells.ranges:
        if area.max_row - area.min_row > MOST_ROWS:
            continue
        if area.min_col == 1 and area.max_col >= width > 1:
            wide.add(area.min_row)
        for row in range(area.min_row + 1, area.max_row + 1):
            above[row, area.min_col] = (area.min_row, area.min_col)
    for cells in sheet.iter_rows(max_row=sheet.max_row, max_col=width):
        texts: list[str] = []
        below: set[int] = set()
        for place, cell in enumerate(cells):
            if (source := above.get((int(cell.row or 0), int(cell.column or 0)))) is not None:
                texts.append(_cell_text(sheet.cell(*source)))
                below.add(place)
            else:
                texts.append(_cell_text(cell))
        if any(text.strip() for place, text in enumerate(texts) if place not in below):
            number = int(cells[0].row or 0)
            yield Row(number, tuple(texts), frozenset(below), single=number in wide)


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return TICKED if value else UNTICKED
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    elif hasattr(value, "isoformat"):
        text = value.isoformat().removesuffix("T00:00:00")
    else:
        text = str(value)
    link = getattr(cell.hyperlink, "target", None) if cell.hyperlink else None
    return f"{text}\n{link}" if link and link.startswith("http") and link not in text else text


# -- Word ------------------------------------------------------------------------------------------------

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_OFF = ("0", "false", "off")
# The private characters of Wingdings that forms use for boxes and ticks.
_SYMBOLS = {
    "F0FE": TICKED,
    "F0FD": TICKED,
    "F0FC": "✓",
    "F052": TICKED,
    "F0A8": UNTICKED,
    "F06F": UNTICKED,
    "F071": UNTICKED,
}


def _read_docx(data: bytes) -> RawFile:
    import docx

    document = docx.Document(io.BytesIO(data))
    links = {key: rel.target_ref for key, rel in document.part.rels.items() if rel.is_external}
    found, captions = RawFile(), []
    for block in _blocks(document.element.body):
        if block.tag == f"{_W}p":
            text = _paragraph(block, links)
            if text.strip():
                captions.append(text)
                found.paragraphs += 1
            continue
        rows = tuple(_docx_rows(block, links))
        if rows:
            table = RawTable(f"ตารางที่ {len(found.tables) + 1}", rows, tuple(captions[-4:]))
            found.tables.append(table)
        captions = []
    return found


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, also those inside content controls."""
    for child in parent.iterchildren():
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent"):
            yield from _blocks(child)


def _docx_rows(table: Any, links: dict[str, str]) -> Iterator[Row]:
    above: dict[int, str] = {}  # by grid column, the text of a cell that may go on below
    for number, row in enumerate((r for r in table.iter(f"{_W}tr") if _table_of(r) is table), 1):
        texts: list[str] = []
        below: set[int] = set()
        cells = 0
        for cell in (c for c in row.iter(f"{_W}tc") if _row_of(c) is row):
            cells += 1
            properties = cell.find(f"{_W}tcPr")
            span, merge = _number(properties, "gridSpan"), _vertical_merge(properties)
            place = len(texts)
            if merge == "continue":
                text = above.get(place, "")
                below.add(place)
            else:
                text = "\n".join(_cell_lines(cell, links))
                above[place] = text
            texts += [text] + [""] * (min(span, MOST_COLUMNS) - 1)
        width = len(texts)
        if any(text.strip() for place, text in enumerate(texts) if place not in below):
            yield Row(number, tuple(texts[:MOST_COLUMNS]), frozenset(below), single=cells == 1 and width > 1)


def _table_of(row: Any) -> Any:
    return next(row.iterancestors(f"{_W}tbl"))


def _row_of(cell: Any) -> Any:
    return next(cell.iterancestors(f"{_W}tr"))


def _number(properties: Any, name: str) -> int:
    found = properties.find(f"{_W}{name}") if properties is not None else None
    value = found.get(f"{_W}val", "1") if found is not None else "1"
    return max(int(value), 1) if value.isdecimal() else 1


def _vertical_merge(properties: Any) -> str:
    found = properties.find(f"{_W}vMerge") if properties is not None else None
    return "" if found is None else str(found.get(f"{_W}val", "continue"))


def _cell_lines(cell: Any, links: dict[str, str]) -> Iterator[str]:
    for paragraph in cell.iter(f"{_W}p"):
        text = _paragraph(paragraph, links)
        if text.strip() and paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
            text = f"- {text}"
        yield text


def _paragraph(paragraph: Any, links: dict[str, str]) -> str:
    """Its text with check boxes, breaks and the addresses behind links."""
    parts: list[str] = []
    for node in paragraph.iter():
        tag = node.tag
        if tag == f"{_W}t":
            parts.append(node.text or "")
        elif tag == f"{_W}tab":
            if node.getparent().tag == f"{_W}r":
                parts.append(" ")
        elif tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif tag == f"{_W}sym":
            parts.append(_SYMBOLS.get(node.get(f"{_W}char", "").upper(), ""))
        elif tag == f"{_W}checkBox":  # a form field
            state = node.find(f"{_W}checked")
            state = node.find(f"{_W}default") if state is None else state
            on = state is not None and state.get(f"{_W}val", "1") not in _OFF
            parts.append(TICKED if on else UNTICKED)
        elif tag == f"{_W}hyperlink":
            target = links.get(node.get(f"{_R}id", ""), "")
            shown = "".join(text.text or "" for text in node.iter(f"{_W}t"))
            if target.startswith("http") and target not in shown:
                parts.append(f"{target} ")
    return "".join(parts)
