"""Report tables of the five published shapes, with invented text, as XLSX, CSV and DOCX files."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import docx
import openpyxl
from docx.oxml.ns import qn

COPY = "\x00above"  # the cell is merged with the one above


@dataclass(frozen=True)
class Shape:
    """A table as a report prints it: captions, header rows, rows. A row of one text is a caption within the table."""

    header: Sequence[Sequence[str]]
    rows: Sequence[Sequence[str]]
    captions: Sequence[str] = ()
    ticks: tuple[int, int] | None = field(default=None)  # columns below one merged heading


HEADER_000 = (
    (
        "ลำดับที่",
        "ตัวชี้วัดการประเมิน EIT",
        "หัวข้อย่อยการประเมิน",
        "การกำหนดแนวทางฯ หรือมาตรการเพื่อขับเคลื่อนตามข้อ ๐๔๒",
        "(๑) ผู้รับผิดชอบหรือผู้เกี่ยวข้อง",
        "ระยะเวลาดำเนินการ กำหนดแล้วเสร็จ",
        "(๒) การกำหนดขั้นตอนหรือวิธีการปฏิบัติ",
        "(๓) แนวทางการกำกับติดตามให้นำไปสู่การปฏิบัติ",
        "สถานะการดำเนินการ",
        COPY,
        COPY,
        "(๔) การรายงานผลการดำเนินการ",
    ),
    (*[COPY] * 8, "ยังไม่ดำเนินการ", "อยู่ระหว่างดำเนินการ", "ดำเนินการแล้ว", COPY),
)
SHAPES = {
    "000": Shape(
        HEADER_000,
        (
            (
                "๑",
                "ตัวชี้วัดที่ ๗ ประสิทธิภาพการสื่อสาร",
                "E๗ หน่วยงานเผยแพร่ผลงานชัดเจน",
                "เพิ่มการเผยแพร่ผลงานของทุกกอง",
                "สำนักปลัด/กองช่าง: ผอ.กอง, นักวิเคราะห์",
                "ภายในเดือน มกราคม ๒๕๖๖",
                "๑. ตั้งคณะทำงาน\n๒. เผยแพร่บนเว็บไซต์",
                "- รายงานผู้บริหารรายไตรมาส",
                "",
                "",
                "✓",
                "- ตั้งคณะทำงานตามคำสั่งที่ ๑๒๓/๒๕๖๕ ลงวันที่ ๒๖ ธ.ค. ๖๕\nhttps://www.example.go.th/ผลงาน",
            ),
            ("๑", "", "E๗ (ต่อ)", "", "", "", "", "", "", "", "", "- เผยแพร่ทาง LINE ทุกเดือน"),
            HEADER_000[0],
            (
                "๒",
                "ประสิทธิภาพการสื่อสาร",
                "E๑๔ เปิดโอกาสให้มีส่วนร่วม",
                "ให้ประชาชนร่วมทุกโครงการ",
                "ทุกส่วนราชการ",
                "ตลอดปีงบประมาณ",
                "เชิญผู้แทนหมู่บ้าน",
                "รายงานทุกโครงการ",
                "",
                "/",
                "",
                "",
            ),
        ),
        ("องค์ประกอบที่ ๑ ความก้าวหน้าตามข้อ ๐๔๒", "แบบวัด EIT"),
        ticks=(8, 10),
    ),
    "001": Shape(
        (
            (
                "ลำดับ",
                "มาตรการ/กิจกรรม",
                "วิธีดำเนินการ",
                "ระยะเวลาในการดำเนินการ",
                "ผู้รับผิดชอบ",
                "สรุปผลการดำเนินการตามมาตรการหรือกิจกรรม",
                "ผลลัพธ์หรือความสำเร็จในการดำเนินการ",
            ),
        ),
        (
            (
                "๑",
                "ยกระดับการใช้งบประมาณ",
                "จากผลการประเมิน ITA ตัวชี้วัดที่ ๒ ประเด็นการใช้งบประมาณ\n๑) ชี้แจงแผน\n๒) เปิดให้ซักถาม",
                "ต.ค. ๖๕ ถึง ก.ย. ๖๖",
                "กองคลัง",
                "- ชี้แจงแล้วในที่ประชุมประจำเดือน",
                "บุคลากรรับรู้แผนการใช้จ่าย",
            ),
        ),
    ),
    "001B": Shape(
        (("ตัวชี้วัด", "แนวทางในการยกระดับการประเมิน", "ผู้รับผิดชอบ", "ระยะเวลา", "ความก้าวหน้าผลการดำเนินการ"),),
        (
            (
                "๓ การใช้อำนาจ",
                "มอบหมายงานเป็นลายลักษณ์อักษร",
                "สำนักปลัด",
                "ต.ค. ๖๕ - มี.ค ๖๖",
                "☐ ยังไม่ได้ดำเนินการ ☑ ดำเนินการ\n- มีคำสั่งมอบหมายงานครบทุกกอง",
            ),
            (
                "๔ การใช้ทรัพย์สินของราชการ",
                "ประกาศระเบียบการยืม",
                "กองคลัง",
                "ต.ค. ๖๕ - มี.ค ๖๖",
                '<input type="checkbox" checked> ยังไม่ได้ดำเนินการ<br><input type="checkbox"> ดำเนินการ',
            ),
        ),
    ),
    "001C": Shape(
        (("ข้อ", "ข้อมูล", "องค์ประกอบด้านข้อมูล", "ผู้รับผิดชอบ", "ความก้าวหน้าผลการดำเนินการ"),),
        (
            (
                "O๑",
                "โครงสร้าง",
                "- แผนผังโครงสร้าง\n- ตำแหน่งสำคัญ",
                "สำนักปลัด",
                "☐ ยังไม่ได้ดำเนินการ ☑ ดำเนินการ\n- เผยแพร่แล้ว https://www.example.go.th/o1",
            ),
            ("๐๘", "Q&A", "- ถามตอบสองทาง", "สำนักปลัด", "☑ ยังไม่ได้ดำเนินการ ☐ ดำเนินการ"),
        ),
        ("ประเด็นการประเมิน (OIT)", "ตัวชี้วัดย่อยที่ 9.1 ข้อมูลพื้นฐาน"),
    ),
    "002": Shape(
        (("มาตรการ", "วิธีดำเนินการ", "ผู้รับผิดชอบ", "ระยะเวลา", "ผลกาดำเนินการ", "ข้อเสนอแนะ"),),
        (
            (
                "ประกาศไม่เรียกรับผลประโยชน์",
                "จัดทำประกาศ\nปิดประกาศ",
                "สำนักงานปลัด อบต.",
                "(๑ ต.ค ๖๕ - ๓๑ มี.ค. ๖๖)",
                "ประกาศเมื่อ ๗ ธันวาคม ๒๕๖๕",
                "ควรประกาศทุกปี",
            ),
        ),
    ),
    "003": Shape(
        (
            (
                "ประเด็นที่ต้องปรับปรุงแก้ไข/ประเด็นที่ต้องพัฒนา",
                "ผู้รับผิดชอบ",
                "ขั้นตอนหรือวิธีการ/มาตรการ",
                "การรายงานผลและการกำกับติดตาม กำหนดเวลาแล้วเสร็จ",
                "การดำเนินการ",
            ),
        ),
        (
            (
                "E๖ ช่องทางเผยแพร่เข้าถึงง่าย",
                "สำนักปลัด, กองคลัง",
                "เพิ่มช่องทางติดต่อมากกว่า ๑ ช่องทาง\n- ตรวจทุกไตรมาส",
                "รายงานผู้บริหารอย่างน้อยไตรมาสละ ๑ ครั้ง\nภายในเดือนมีนาคม ๒๕๖๖",
                "ดำเนินการแล้ว\nhttps://www.example.go.th/a\nwww.example.go.th/http://ผิด",
            ),
            ("เครื่องมือประเมิน EIT ตัวชี้วัดที่ ๘ การปรับปรุงระบบการทำงาน",),
            ("e๑๑ ปรับปรุงคุณภาพ", "ทุกกอง", "ทบทวนขั้นตอน", "ทุก ๖ เดือน", "อยู่ระหว่างดำเนินการ"),
        ),
        ("เครื่องมือประเมิน EIT ตัวชี้วัดที่ ๗ ประสิทธิภาพการสื่อสาร (E๖–E๑๐)",),
    ),
    "004": Shape(
        (
            (
                "มาตรการ/แนวทาง",
                "ขั้นตอน/วิธีปฏิบัติ",
                "หน่วยงานผู้รับผิดชอบ",
                "ระยะเวลาดำเนินการ",
                "สรุปผลดำเนินการ",
                "ผลลัพธ์/ความสำเร็จ",
            ),
        ),
        (
            (
                "จัดทำคู่มือบริการ",
                "รวบรวมขั้นตอนจากทุกกอง",
                "งานกฎหมาย\nเจ้าหน้าที่ฝ่ายประชาสัมพันธ์/นิติกร",
                "ตุลาคม ๒๕๖๕ - เมษายน ๒๕๖๖",
                "มีคู่มือ ๓ เล่ม",
                "ประชาชนทราบขั้นตอน",
            ),
        ),
    ),
}


def as_csv(shape: Shape, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    width = len(shape.header[-1])
    # A CSV file has one header row: the lower heading where there is one.
    flat = [_lowest(shape, place) for place in range(width)]
    for caption in shape.captions:
        writer.writerow([caption])
    writer.writerow(flat)
    for row in shape.rows:
        writer.writerow(flat if COPY in row else row)
    return out.getvalue().encode(encoding)


def _lowest(shape: Shape, place: int) -> str:
    return next(row[place] for row in reversed(shape.header) if row[place] != COPY)


def as_xlsx(*shapes: Shape) -> bytes:
    book = openpyxl.Workbook()
    for number, shape in enumerate(shapes):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        width = len(shape.header[-1])
        line = 0
        for caption in shape.captions:
            line += 1
            sheet.cell(line, 1, caption)
            sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=width)
        first = line + 1
        for texts in (*shape.header, *shape.rows):
            line += 1
            for place, text in enumerate(texts, 1):
                if text != COPY:
                    sheet.cell(line, place, text)
            if len(texts) == 1:
                sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=width)
        if shape.ticks:
            low, high = shape.ticks
            sheet.merge_cells(start_row=first, end_row=first, start_column=low + 1, end_column=high + 1)
            for place in range(1, width + 1):
                if not low < place <= high + 1:
                    sheet.merge_cells(start_row=first, end_row=first + 1, start_column=place, end_column=place)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_docx(*shapes: Shape) -> bytes:
    document = docx.Document()
    document.add_paragraph("รายงานผลการดำเนินการ อบต.สมมุติ")
    for shape in shapes:
        for caption in shape.captions:
            document.add_paragraph(caption)
        width = len(shape.header[-1])
        table = document.add_table(rows=0, cols=width)
        for texts in (*shape.header, *shape.rows):
            cells = table.add_row().cells
            for place, text in enumerate(texts):
                if text != COPY:
                    cells[place].text = text
            if len(texts) == 1:
                cells[0].merge(cells[-1])
        if shape.ticks:
            low, high = shape.ticks
            table.cell(0, low).merge(table.cell(0, high))
            for place in range(width):
                if not low <= place <= high:
                    table.cell(0, place).merge(table.cell(1, place))
        for row in table.rows[: len(shape.header)]:
            properties = row._tr.get_or_add_trPr()
            properties.append(properties.makeelement(qn("w:tblHeader"), {}))
        document.add_paragraph("ลงชื่อ ........")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
