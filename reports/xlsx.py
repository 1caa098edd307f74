"""A Document as XLSX: a sheet for each table, numbers and days as such, so that they can be summed and sorted."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.charts import description
from reports.document import (
    Bullets,
    Cell,
    Chart,
    Document,
    Heading,
    LetterHead,
    MemoHead,
    Paragraph,
    Photos,
    Signatures,
    Table,
    Title,
)
from reports.stable_zip import settled
from reports.text import clean, digits, fitted
from thai.dates import ThaiDateError, parse_date
from thai.digits import to_arabic

FONT = "TH SarabunPSK"
_SIZE, _HEAD_FILL = 14, PatternFill("solid", fgColor="F2F2F2")
_LONGEST = 32_767  # letters in a cell
_WIDTH = 150.0  # of all columns together, in Excel's unit (about a letter)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:,\d{3}){1,4})(?:\.(?P<places>\d{1,6}))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2} [ก-์.]{3,12} (?:25)?\d{2}")
_FORMULA = ("=", "+", "-", "@")


def to_xlsx(document: Document) -> bytes:
    """The document's tables; a document without one gives a sheet with its lines. Raises ValueError for a wrong day."""
    return _Drawer(document).draw()


def value(text: str) -> tuple[str | float | date, str]:
    """What a cell holds and its number format ("" for text): "1,234.50" a number, "4 เมษายน 2566" a day.

    A number that begins with 0 (telephone, code) and one of more than 15 digits stay text.
    """
    plain = to_arabic(text).strip()
    if match := _NUMBER.fullmatch(plain):
        places = len(match["places"] or "")
        number = float(plain.replace(",", ""))
        form = ("#,##0" if "," in plain else "0") + (f".{'0' * places}" if places else "")
        return (int(number) if places == 0 else number), form
    if _DAY.fullmatch(plain):
        try:
            # Every year is written, so that the day of reading does not matter.
            return parse_date(plain, date(2000, 1, 1)), "d mmmm yyyy"
        except ThaiDateError:
            pass
    return text, ""


class _Drawer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.book = Workbook()
        first = self.book.active
        if first is not None:
            self.book.remove(first)
        line = Side(style="thin", color="808080")
        self.border = Border(left=line, right=line, top=line, bottom=line)

    def draw(self) -> bytes:
        titles: list[str] = []
        captions: list[str] = []
        for block in self.document.blocks:
            if isinstance(block, Title):
                titles, captions = list(block.lines), []
            elif isinstance(block, Heading):
                captions = [block.text]
            elif isinstance(block, Table):
                self._table(block, titles, [*captions, *block.caption])
                captions = []
        if not self.book.worksheets:
            self._lines()
        about = self.book.properties
        about.title, about.creator, about.language = self.document.name, self.document.author or "Sujarit", "th"
        if self.document.dated:
            about.created = about.modified = datetime.combine(
                date.fromisoformat(self.document.dated), time(), UTC
            ).replace(tzinfo=None)
        out = BytesIO()
        self.book.save(out)
        return settled(out.getvalue(), self.document.dated)

    # ---------- sheets ----------

    def _sheet(self, name: str) -> Worksheet:
        base = re.sub(r"[\[\]:*?/\\\n']", " ", digits(name, self.document.thai_digits))
        base = " ".join(base.split())[:31].strip() or "ตาราง"
        taken = {sheet.title.casefold() for sheet in self.book.worksheets}
        title, number = base, 2
        while title.casefold() in taken:
            title, number = f"{base[:27]} {number}", number + 1
        sheet: Worksheet = self.book.create_sheet(title)
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.orientation = "landscape" if self.document.landscape else "portrait"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart("หน้า &P จาก &N"))
        return sheet

    def _table(self, table: Table, titles: list[str], captions: list[str]) -> None:
        sheet = self._sheet(captions[-1] if captions else self.document.name)
        columns = table.columns
        last = max(len(columns), 1)
        row = 1
        for text in [*titles, *captions]:
            self._put(sheet, row, 1, text, bold=True, align="center" if text in titles else "left", rule=False)
            if last > 1:
                sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
            row += 1
        head = row
        row = self._head(sheet, table, row)
        sheet.freeze_panes = f"A{row}"
        sheet.print_title_rows = f"{head}:{row - 1}"

        total = sum(max(column.width, 0.05) for column in columns) or 1
        for number, column in enumerate(columns, 1):
            share = max(column.width, 0.05) / total * _WIDTH
            sheet.column_dimensions[get_column_letter(number)].width = min(max(share, 8), 70)

        for place, cells in enumerate(table.rows):
            bold = table.total and place == len(table.rows) - 1
            number = 1
            for cell, span in fitted(cells, len(columns)):
                align = cell.align or columns[number - 1].align
                self._put(sheet, row, number, self._text(cell), bold=bold or cell.bold, align=align, typed=True)
                if span > 1:
                    self._merge(sheet, row, number, row, number + span - 1)
                number += span
            row += 1

    def _head(self, sheet: Worksheet, table: Table, row: int) -> int:
        """The header's one or two rows; gives the number of the row below."""
        columns = table.columns
        grouped = any(column.group for column in columns)
        below = row + 1 if grouped else row
        for number, column in enumerate(columns, 1):
            before = columns[number - 2].group if number > 1 else ""
            where = below if column.group else row
            self._put(sheet, where, number, column.title, bold=True, align="center", head=True)
            if not grouped:
                continue
            if not column.group:
                self._merge(sheet, row, number, below, number)
            elif column.group != before:
                end = number
                while end < len(columns) and columns[end].group == column.group:
                    end += 1
                self._put(sheet, row, number, column.group, bold=True, align="center", head=True)
                if end > number:
                    self._merge(sheet, row, number, row, end)
        return below + 1

    def _lines(self) -> None:
        sheet = self._sheet(self.document.name)
        sheet.column_dimensions["A"].width = 100
        row = 1
        for block in self.document.blocks:
            for text in _said(block):
                self._put(sheet, row, 1, text, bold=isinstance(block, Title | Heading), align="left", rule=False)
                row += 1

    # ---------- cells ----------

    def _text(self, cell: Cell) -> str:
        marks = {None: "", True: "☑ ", False: "☐ "}
        return "\n".join(marks[line.tick] + ("- " if line.bullet else "") + line.text for line in cell.lines)

    def _merge(self, sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
        for line in range(top, bottom + 1):
            for column in range(left, right + 1):
                sheet.cell(line, column).border = self.border
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def _put(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        text: str,
        *,
        bold: bool = False,
        align: str = "left",
        head: bool = False,
        rule: bool = True,
        typed: bool = False,
    ) -> None:
        cell = sheet.cell(row, column)
        if isinstance(cell, MergedCell):
            return
        thai = self.document.thai_digits
        held, form = value(clean(text)) if typed else (text, "")
        if isinstance(held, str):
            shown = digits(held, thai)
            cell.value = shown[:_LONGEST] if shown else None
            if shown.startswith(_FORMULA):
                # Whoever wrote it, it is text: Excel must neither compute it now nor when it is edited.
                cell.data_type = "s"
                cell.quotePrefix = True
        else:
            cell.value = held
            day = isinstance(held, date)
            # Excel's own codes: Thai Buddhist calendar, Thai digits.
            code = ("D07" if thai else "107") if day else ("D00" if thai else "")
            cell.number_format = f"[$-{code}041E]{form}" if code else form
        cell.font = Font(name=FONT, size=_SIZE, bold=bold)
        cell.alignment = Alignment(horizontal=align, vertical="center" if head else "top", wrap_text=True)
        if rule:
            cell.border = self.border
        if head:
            cell.fill = _HEAD_FILL


def _said(block: object) -> list[str]:
    """The lines of a block that is no table."""
    match block:
        case Title():
            return list(block.lines)
        case Heading() | Paragraph():
            return [block.text]
        case Bullets():
            return [
                f"{number}. {item}" if block.numbered else f"- {item}" for number, item in enumerate(block.items, 1)
            ]
        case MemoHead():
            return [
                "บันทึกข้อความ",
                f"ส่วนราชการ {block.office}",
                f"ที่ {block.number} วันที่ {block.dated}",
                f"เรื่อง {block.subject}",
                f"เรียน {block.to}",
            ]
        case LetterHead():
            facts = (f"{label} {text}" for label, text in block.facts)
            return [f"ที่ {block.number}", *block.office, block.dated, *facts]
        case Signatures():
            return [text for lines in block.blocks for text in lines]
        case Chart():
            return [description(block)]
        case Photos():
            return [photo.caption for photo in block.photos]
    return []
