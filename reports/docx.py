"""A Document as DOCX that an officer goes on editing in Word: TH SarabunPSK, header rows that repeat, real tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import docx
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.image.exceptions import UnrecognizedImageError
from docx.image.image import Image
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from reports import charts
from reports.document import (
    NO_PHOTO,
    Bullets,
    Cell,
    Chart,
    Document,
    Emblem,
    Heading,
    LetterHead,
    MemoHead,
    PageBreak,
    Paragraph,
    Photo,
    Photos,
    Signatures,
    Table,
    Title,
)
from reports.stable_zip import settled
from reports.text import digits, fitted

FONT = "TH SarabunPSK"  # on every government computer; Word shows another Thai typeface where it is missing
BODY, TITLE, MEMO_HEADING, MEMO_LABEL = 16.0, 18.0, 29.0, 20.0
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_INDENT = Cm(2.5)
_SHORT_FACT, _FACT = Cm(1.5), Cm(3.0)  # where the text behind "เรื่อง" and behind "สิ่งที่ส่งมาด้วย" begins


def to_docx(document: Document) -> bytes:
    """The document as a .docx file. Raises ValueError when `dated` is no ISO day."""
    return _Drawer(document).draw()


class _Drawer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.file: WordFile = docx.Document()
        self.width: Length = Cm(0)

    def draw(self) -> bytes:
        self._page()
        for number, block in enumerate(self.document.blocks):
            following = self.document.blocks[number + 1 : number + 2]
            if isinstance(block, Emblem) and following and isinstance(following[0], MemoHead):
                continue  # drawn beside the heading
            self._block(block)
        out = BytesIO()
        self.file.save(out)
        return settled(out.getvalue(), self.document.dated)

    # ---------- the page ----------

    def _page(self) -> None:
        section = self.file.sections[0]
        width, height = Cm(21), Cm(29.7)
        left, right = (Cm(2), Cm(2)) if self.document.landscape else (Cm(3), Cm(2))
        if self.document.landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            width, height = height, width
        section.page_width, section.page_height = width, height
        section.left_margin, section.right_margin = left, right
        section.top_margin, section.bottom_margin = Cm(2.5), Cm(2)
        section.header_distance = section.footer_distance = Cm(1.25)
        self.width = Length(width - left - right)

        style: Any = self.file.styles["Normal"]
        properties = style.element.get_or_add_rPr()
        _typeface(properties, BODY)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:bidi"), "th-TH")
        properties.append(language)
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE

        # The first page bears no number; the others "- ๒ -" in the middle of the head.
        section.different_first_page_header_footer = True
        number = section.header.paragraphs[0]
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(number, "- ")
        _field(number, r"PAGE \* THAIARABIC" if self.document.thai_digits else "PAGE")
        self._run(number, " -")
        if self.document.footer:
            for footer in (section.footer, section.first_page_footer):
                self._run(footer.paragraphs[0], self.document.footer, size=12)

        about = self.file.core_properties
        about.title, about.author, about.language = self.document.name, self.document.author, "th"
        about.comments = ""
        if self.document.dated:
            moment = datetime.combine(date.fromisoformat(self.document.dated), time(), UTC)
            about.created = about.modified = moment

    # ---------- text ----------

    def _run(self, paragraph: WordParagraph, text: str, *, bold: bool = False, size: float = BODY) -> None:
        run = paragraph.add_run(digits(text, self.document.thai_digits))
        if bold:
            run.bold = True
            _switch(run._r.get_or_add_rPr(), "w:bCs")
        if size != BODY:
            _typeface(run._r.get_or_add_rPr(), size)

    def _line(
        self, text: str, *, align: str = "left", bold: bool = False, size: float = BODY, after: float = 0
    ) -> WordParagraph:
        paragraph = self.file.add_paragraph()
        paragraph.alignment = _ALIGN[align]
        paragraph.paragraph_format.space_after = Pt(after)
        self._run(paragraph, text, bold=bold, size=size)
        return paragraph

    # ---------- blocks ----------

    def _block(self, block: object) -> None:
        match block:
            case Title():
                for text in block.lines:
                    self._line(text, align="center", bold=True, size=TITLE).paragraph_format.keep_with_next = True
                self._line("", size=8)
            case Heading():
                line = self._line(block.text, align=block.align, bold=True, after=3)
                line.paragraph_format.space_before = Pt(6)
                line.paragraph_format.keep_with_next = True
            case Paragraph():
                line = self._line(block.text, align=block.align, bold=block.bold, after=6)
                if block.indent and block.align == "left":
                    line.paragraph_format.first_line_indent = _INDENT
            case Bullets():
                for number, item in enumerate(block.items, 1):
                    line = self._line(f"{number}." if block.numbered else "-")
                    self._run(line, "\t" + item)
                    line.paragraph_format.left_indent = _INDENT
                    line.paragraph_format.first_line_indent = Cm(-1.25)
                    line.paragraph_format.tab_stops.add_tab_stop(_INDENT)
            case Emblem():
                self._emblem(block)
            case MemoHead():
                self._memo(block)
            case LetterHead():
                self._letter(block)
            case Signatures():
                self._signatures(block)
            case Chart():
                picture = BytesIO(charts.png(block, 1600, self.document.thai_digits))
                self._line("", align="center").add_run().add_picture(picture, width=min(self.width, Cm(16)))
            case Table():
                self._table(block)
            case Photos():
                self._photos(block)
            case PageBreak():
                self.file.add_page_break()
            case _:
                raise TypeError(f"no drawing for {type(block).__name__}")

    def _picture(self, paragraph: WordParagraph, height: Length) -> bool:
        """The Garuda, if it is a picture that Word can hold (PNG or JPEG)."""
        if not self.document.garuda:
            return False
        try:
            paragraph.add_run().add_picture(BytesIO(self.document.garuda), height=height)
        except UnrecognizedImageError:
            return False
        return True

    def _emblem(self, block: Emblem) -> None:
        line = self._line("", align=block.align, after=6)
        if not self._picture(line, Cm(block.height_cm)):
            line.paragraph_format.line_spacing = Cm(block.height_cm)

    def _memo(self, block: MemoHead) -> None:
        head = self._line("", after=2)
        tabs = head.paragraph_format.tab_stops
        tabs.add_tab_stop(Length(self.width // 2), WD_TAB_ALIGNMENT.CENTER)
        if not self._picture(head, Cm(1.5)):
            head.paragraph_format.line_spacing = Cm(1.5)
        self._run(head, "\tบันทึกข้อความ", bold=True, size=MEMO_HEADING)
        half = Length(self.width // 2)
        for fields in (
            (("ส่วนราชการ", block.office),),
            (("ที่", block.number), ("วันที่", block.dated)),
            (("เรื่อง", block.subject),),
        ):
            line = self._line("")
            stops = [self.width] if len(fields) == 1 else [half, self.width]
            for stop, (label, text) in zip(stops, fields, strict=True):
                line.paragraph_format.tab_stops.add_tab_stop(stop, WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.DOTS)
                self._run(line, label, bold=True, size=MEMO_LABEL)
                self._run(line, f" {text}\t")
        to = self._line("เรียน  " + block.to, after=6)
        to.paragraph_format.space_before = Pt(6)

    def _letter(self, block: LetterHead) -> None:
        half = Length(self.width // 2)
        for number, text in enumerate(block.office or ("",)):
            line = self._line(f"ที่ {block.number}" if number == 0 else "")
            line.paragraph_format.tab_stops.add_tab_stop(half)
            self._run(line, f"\t{text}")
        day = self._line("", after=6)
        day.paragraph_format.tab_stops.add_tab_stop(half)
        self._run(day, f"\t{block.dated}")
        for label, text in block.facts:
            indent = _FACT if len(label) > 8 else _SHORT_FACT
            for number, one in enumerate(text.split("\n")):
                line = self._line(label if number == 0 else "", after=3)
                line.paragraph_format.left_indent = indent
                line.paragraph_format.first_line_indent = Length(-indent)
                line.paragraph_format.tab_stops.add_tab_stop(indent)
                self._run(line, f"\t{one}")

    def _signatures(self, block: Signatures) -> None:
        opinions = block.opinions or ("",) * len(block.blocks)
        if block.side_by_side and block.blocks:
            across = min(len(block.blocks), 3 if self.document.landscape else 2)
            table = self.file.add_table(rows=-(-len(block.blocks) // across), cols=across)
            cells = [cell for row in table.rows for cell in row.cells]
            for cell, lines, opinion in zip(cells, block.blocks, opinions, strict=False):
                self._signature(cell, lines, opinion, Length(self.width // across), block.closing)
            return
        for lines, opinion in zip(block.blocks, opinions, strict=True):
            self._signature(None, lines, opinion, self.width, block.closing)

    def _signature(
        self, cell: WordCell | None, lines: tuple[str, ...], opinion: str, width: Length, closing: str = ""
    ) -> None:
        def add() -> WordParagraph:
            paragraph = cell.add_paragraph() if cell is not None else self.file.add_paragraph()
            paragraph.paragraph_format.keep_with_next = True
            return paragraph

        if opinion:
            self._run(add(), opinion, bold=True)
            for _ in range(2):
                dotted = add()
                dotted.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.DOTS)
                self._run(dotted, "\t")

        def centred(text: str) -> WordParagraph:
            paragraph = add()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            if cell is None:
                paragraph.paragraph_format.left_indent = Length(self.width * 2 // 5)
            self._run(paragraph, text)
            return paragraph

        if closing:
            centred(closing)
        add()
        add()
        for number, text in enumerate(lines):
            centred(text).paragraph_format.keep_with_next = number < len(lines) - 1

    # ---------- photos ----------

    def _photos(self, block: Photos) -> None:
        """A table without rules, a photo and its caption in each cell; no row is torn."""
        if not block.photos:
            return
        across = 3 if self.document.landscape else 2
        room = Length(self.width // across)
        table = self.file.add_table(rows=-(-len(block.photos) // across), cols=across)
        for row in table.rows:
            _switch(row._tr.get_or_add_trPr(), "w:cantSplit")
        cells = [cell for row in table.rows for cell in row.cells]
        for cell, photo in zip(cells, block.photos, strict=False):
            line = cell.paragraphs[0]
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            line.paragraph_format.space_before = Pt(6)
            line.paragraph_format.keep_with_next = True
            self._photo(line, photo, Length(room - Cm(0.6)))
            caption = cell.add_paragraph()
            caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(caption, photo.caption, size=14)

    def _photo(self, line: WordParagraph, photo: Photo, room: Length) -> None:
        """As wide as the room, but no higher than three quarters of it."""
        if not photo.data:
            self._run(line, NO_PHOTO, size=14)
            return
        found = Image.from_blob(photo.data)
        width = min(room, int(room * 0.75 * found.px_width / found.px_height))
        line.add_run().add_picture(BytesIO(photo.data), width=Length(width))

    # ---------- tables ----------

    def _table(self, table: Table) -> None:
        for text in table.caption:
            self._line(text, bold=True).paragraph_format.keep_with_next = True
        columns = table.columns
        grouped = any(column.group for column in columns)
        heads = 2 if grouped else 1
        size = BODY if len(columns) <= 4 else 14.0 if len(columns) <= 8 else 12.0
        drawn = self.file.add_table(rows=heads + len(table.rows), cols=len(columns))
        drawn.style = "Table Grid"
        drawn.alignment = WD_TABLE_ALIGNMENT.CENTER
        drawn.autofit = False
        # The grid of cells is taken once: `table.cell(r, c)` walks through the whole table each time.
        cells = drawn._cells
        self._widths(drawn, cells, table)

        for number, column in enumerate(columns):
            first, last = cells[number], cells[(heads - 1) * len(columns) + number]
            if grouped and column.group:
                if number == 0 or columns[number - 1].group != column.group:
                    end = number
                    while end + 1 < len(columns) and columns[end + 1].group == column.group:
                        end += 1
                    self._head(first.merge(cells[end]), column.group, size)
                self._head(last, column.title, size)
            else:
                self._head(first.merge(last) if grouped else first, column.title, size)
        for row in drawn.rows[:heads] if len(table.rows) else drawn.rows:
            _switch(row._tr.get_or_add_trPr(), "w:tblHeader")

        for place, row in enumerate(table.rows, heads):
            bold = table.total and place == heads + len(table.rows) - 1
            number = 0
            for cell, span in fitted(row, len(columns)):
                where = cells[place * len(columns) + number]
                if span > 1:
                    where = where.merge(cells[place * len(columns) + number + span - 1])
                self._cell(where, cell, cell.align or columns[number].align, bold, size)
                number += span
        self._line("", size=8)

    def _widths(self, drawn: WordTable, cells: list[WordCell], table: Table) -> None:
        total = sum(max(column.width, 0.05) for column in table.columns)
        widths = [Length(int(self.width * max(column.width, 0.05) / total)) for column in table.columns]
        for column, width in zip(drawn.columns, widths, strict=True):
            column.width = width
        for number, cell in enumerate(cells):
            cell.width = widths[number % len(widths)]

    def _head(self, cell: WordCell, text: str, size: float) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, text, bold=True, size=size)

    def _cell(self, where: WordCell, cell: Cell, align: str, bold: bool, size: float) -> None:
        for number, line in enumerate(cell.lines):
            paragraph = where.paragraphs[0] if number == 0 else where.add_paragraph()
            paragraph.alignment = _ALIGN[align]
            mark = "" if line.tick is None else "☑ " if line.tick else "☐ "
            text = mark + ("- " if line.bullet else "") + line.text
            self._run(paragraph, text, bold=bold or cell.bold or line.bold, size=size)


def _typeface(properties: Any, size: float) -> None:
    """Typeface and size for Latin and for Thai, which Word counts as "complex script" with a size of its own."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    for name in ("w:sz", "w:szCs"):
        old = properties.find(qn(name))
        if old is not None:
            properties.remove(old)
        element = OxmlElement(name)
        element.set(qn("w:val"), str(round(size * 2)))
        properties.append(element)


def _switch(properties: Any, name: str) -> None:
    properties.append(OxmlElement(name))


def _field(paragraph: WordParagraph, instruction: str) -> None:
    """A field that Word computes, such as the page's number."""
    for kind, text in (("begin", ""), ("", instruction), ("end", "")):
        run = paragraph.add_run()
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)
