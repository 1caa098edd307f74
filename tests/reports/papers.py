"""Sample documents of an invented administration, shaped like published reports, and looks at a PDF with poppler."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from reports.document import (
    Bullets,
    Cell,
    Chart,
    Column,
    Document,
    Emblem,
    Heading,
    Line,
    MemoHead,
    PageBreak,
    Paragraph,
    Signatures,
    Table,
    Title,
    cell,
    tick,
)
from tests.poppler import poppler

UNITS = ("สำนักปลัด", "กองคลัง", "กองช่าง", "กองการศึกษา ศาสนาและวัฒนธรรม")
ADDRESS = "https://www.sommut.go.th/news/2566/ita/o43/report-page-001.html"
COLUMNS = (
    Column("ลำดับที่", 0.6, "center"),
    Column("ตัวชี้วัดการประเมิน EIT", 1.1),
    Column("หัวข้อย่อยการประเมิน", 1.3),
    Column("การกำหนดแนวทางฯ หรือมาตรการเพื่อขับเคลื่อนตามข้อ O42", 1.6),
    Column("(1) ผู้รับผิดชอบหรือผู้เกี่ยวข้อง", 1.1),
    Column("ระยะเวลาดำเนินการ กำหนดแล้วเสร็จ", 1),
    Column("(2) การกำหนดขั้นตอนหรือวิธีการปฏิบัติ", 1.7),
    Column("(3) แนวทางการกำกับติดตามให้นำไปสู่การปฏิบัติ", 1.2),
    Column("ยังไม่ดำเนินการ", 0.6, "center", "สถานะการดำเนินการ"),
    Column("อยู่ระหว่างดำเนินการ", 0.6, "center", "สถานะการดำเนินการ"),
    Column("ดำเนินการแล้ว", 0.6, "center", "สถานะการดำเนินการ"),
    Column("(4) การรายงานผลการดำเนินการ", 2),
)
LONG_RESULT = (
    "ประชุมชี้แจงผู้ที่เกี่ยวข้องทุกหน่วยงาน และให้ทุกหน่วยงานรายงานผลการดำเนินการเป็นลายลักษณ์อักษร"
    "ภายในวันที่ 5 ของเดือนถัดไป พร้อมภาพถ่ายกิจกรรมและหลักฐานที่เกี่ยวข้อง"
)


def row(number: int) -> tuple[Cell, ...]:
    """A row of twelve cells; every fifth is long enough to go on overleaf."""
    results = [
        Line("ยังไม่ได้ดำเนินการ", tick=False),
        Line("ดำเนินการ", tick=True),
        Line("จัดทำคำสั่งที่ 123/2565 ลงวันที่ 7 ธันวาคม 2565 แต่งตั้งคณะทำงานแล้ว", bullet=True),
        Line(f"เผยแพร่ที่ {ADDRESS} แล้ว", bullet=True),
    ]
    results += [Line(LONG_RESULT, bullet=True)] * (4 if number % 5 == 3 else 0)
    return (
        cell(str(number)),
        cell("ตัวชี้วัดที่ 7 ประสิทธิภาพการสื่อสาร"),
        cell(f"E{number} หน่วยงานมีช่องทางรับฟังคำติชมหรือความคิดเห็นเกี่ยวกับการดำเนินงานหรือการให้บริการ"),
        cell("มาตรการเผยแพร่ข้อมูลข่าวสารให้เข้าถึงง่าย ไม่ซับซ้อน และมีช่องทางหลากหลาย เช่น เว็บไซต์ เฟซบุ๊ก"),
        cell(UNITS[number % 4], "คณะทำงานประเมินคุณธรรมและความโปร่งใส"),
        cell("1 ต.ค. 65 - 31 มี.ค. 66"),
        cell(
            "1. แต่งตั้งคณะทำงานผู้รับผิดชอบข้อมูลบนเว็บไซต์ขององค์การบริหารส่วนตำบล",
            "2. รวบรวมข้อมูลที่ต้องเผยแพร่และตรวจสอบความถูกต้องก่อนเผยแพร่",
        ),
        cell("ปลัดองค์การบริหารส่วนตำบลกำกับติดตาม และรายงานในที่ประชุมประจำเดือน"),
        tick(number % 3 == 0),
        tick(number % 3 == 1),
        tick(number % 3 == 2),
        Cell(tuple(results)),
    )


def report(rows: int, columns: tuple[Column, ...] = COLUMNS) -> Document:
    """The twelve-column report, on its side."""
    return Document(
        "รายงานผลการดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใส ปีงบประมาณ 2566",
        (
            Title(("รายงานการดำเนินการ", "องค์การบริหารส่วนตำบลสมมุติ อำเภอตัวอย่าง จังหวัดจำลอง")),
            Paragraph("องค์ประกอบที่ 1 แสดงความก้าวหน้าหรือผลการดำเนินการตามมาตรการ", bold=True, indent=False),
            Table(
                columns,
                tuple(row(number) for number in range(1, rows + 1)),
                caption=("เครื่องมือการประเมิน EIT",),
                repeat=(0, 1, 2),
            ),
        ),
        landscape=True,
        author="องค์การบริหารส่วนตำบลสมมุติ",
        dated="2023-04-04",
        footer="ข้อมูล ณ วันที่ 4 เมษายน 2566",
    )


INDICATORS = (
    ("การปฏิบัติหน้าที่", "91.59"),
    ("การใช้งบประมาณ", "80.48"),
    ("การใช้อำนาจ", "85.64"),
    ("การใช้ทรัพย์สินของราชการ", "77.01"),
    ("การแก้ไขปัญหาการทุจริต", "76.47"),
    ("คุณภาพการดำเนินงาน", "87.70"),
    ("ประสิทธิภาพการสื่อสาร", "84.67"),
    ("การปรับปรุงระบบการทำงาน", "91.27"),
    ("การเปิดเผยข้อมูล", "100.00"),
    ("การป้องกันการทุจริต", "100.00"),
)


def memo() -> Document:
    return Document(
        "บันทึกข้อความ รายงานผลการประเมิน ITA",
        (
            Emblem(1.5, "left"),
            MemoHead(
                "สำนักปลัด องค์การบริหารส่วนตำบลสมมุติ โทร. 0 4200 0000",
                "สม 70001/123",
                "4 สิงหาคม 2566",
                "รายงานผลการประเมินระดับคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ (ITA)",
                "นายกองค์การบริหารส่วนตำบลสมมุติ",
            ),
            Paragraph("ตามที่สำนักงาน ป.ป.ช. ได้ประกาศผลการประเมิน ที่ https://itas.nacc.go.th/home/result2566 นั้น"),
            Bullets(("แบบวัด IIT คะแนนรวม 82.24 คะแนน", "แบบวัด EIT คะแนนรวม 87.88 คะแนน"), numbered=True),
            Table(
                (
                    Column("ตัวชี้วัด", 0.6, "center"),
                    Column("รายละเอียดตัวชี้วัด", 3),
                    Column("คะแนน", 0.8, "center"),
                ),
                (
                    *((cell(str(at)), cell(name), cell(score)) for at, (name, score) in enumerate(INDICATORS, 1)),
                    (Cell((Line("คะแนนรวม"),), span=2), cell("91.04")),
                ),
                total=True,
            ),
            Paragraph("จึงเรียนมาเพื่อโปรดทราบ"),
            Signatures(
                (
                    ("(นางสาวสมมุติ ตั้งใจ)", "นักวิเคราะห์นโยบายและแผนปฏิบัติการ"),
                    (
                        "(นายตัวอย่าง รอบคอบ)",
                        "รองปลัดองค์การบริหารส่วนตำบล",
                        "รักษาราชการแทนปลัดองค์การบริหารส่วนตำบลสมมุติ",
                    ),
                ),
                ("", "ความเห็นของปลัดองค์การบริหารส่วนตำบลสมมุติ"),
            ),
        ),
        dated="2023-08-04",
    )


CHART = Chart(
    "เรื่องร้องเรียนแยกตามไตรมาส",
    ("ไตรมาส 1", "ไตรมาส 2", "ไตรมาส 3", "ไตรมาส 4"),
    (("รับเข้า", (42, 38, 51, 12)), ("เสร็จแล้ว", (40, 35, 48, 10)), ("เกินกำหนด", (0, 0, 3, 1))),
    "เรื่อง",
)


def announcement() -> Document:
    return Document(
        "ประกาศองค์การบริหารส่วนตำบลสมมุติ",
        (
            Emblem(3),
            Title(("ประกาศองค์การบริหารส่วนตำบลสมมุติ", "เรื่อง รายงานผลการดำเนินการ รอบ 6 เดือน")),
            Paragraph("ตามที่องค์การบริหารส่วนตำบลสมมุติได้ดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใส นั้น"),
            Paragraph("ประกาศ ณ วันที่ 4 เมษายน พ.ศ. 2566"),
            Signatures((("(นายจำลอง ใจดี)", "นายกองค์การบริหารส่วนตำบลสมมุติ"),)),
            PageBreak(),
            Heading("สถิติเรื่องร้องเรียน"),
            CHART,
            Signatures((("(นางสาวสมมุติ ตั้งใจ)", "ผู้รายงาน"), ("(นายตัวอย่าง รอบคอบ)", "ผู้ตรวจ")), side_by_side=True),
        ),
        dated="2023-04-04",
    )


# ---------- looking at a PDF ----------


def text_pages(pdf: bytes, folder: Path) -> list[str]:
    """What pdftotext reads on each page, white space left out (the text layer of Thai has none to rely on)."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    found = poppler("pdftotext", "-layout", path, "-").decode()
    return [re.sub(r"\s+", "", page) for page in found.split("\f")[:-1]]


def pictures(pdf: bytes, folder: Path, dpi: int = 50) -> list[Image.Image]:
    """The pages, grey."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    for old in folder.glob("page-*.png"):
        old.unlink()
    poppler("pdftoppm", "-gray", "-png", "-r", str(dpi), path, folder / "page")
    return [Image.open(BytesIO(page.read_bytes())) for page in sorted(folder.glob("page-*.png"))]


def ink(page: Image.Image) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom edge of all that is drawn, in cm, for a page of 50 dpi."""
    box = ImageOps.invert(page.convert("L")).point(lambda level: 255 if level > 40 else 0).getbbox()
    return None if box is None else (box[0] * CM, box[1] * CM, box[2] * CM, box[3] * CM)


CM = 2.54 / 50
