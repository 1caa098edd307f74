"""Milliseconds to draw a twelve-column Thai report of 8 and of 50 rows, after a first one that loads typefaces."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

from reports.document import Cell, Column, Document, Line, Table, Title, cell, tick
from reports.docx import to_docx
from reports.pdf import to_pdf
from reports.xlsx import to_xlsx

ROWS = (8, 50)
DRAWERS: dict[str, Callable[[Document], bytes]] = {"pdf": to_pdf, "docx": to_docx, "xlsx": to_xlsx}
COLUMNS = (
    Column("ลำดับที่", 0.6, "center"),
    Column("ตัวชี้วัดการประเมิน EIT", 1.1),
    Column("หัวข้อย่อยการประเมิน", 1.3),
    Column("การกำหนดแนวทางฯ หรือมาตรการเพื่อขับเคลื่อนตามข้อ O42", 1.6),
    Column("(1) ผู้รับผิดชอบหรือผู้เกี่ยวข้อง", 1.1),
    Column("ระยะเวลาดำเนินการ กำหนดแล้วเสร็จ", 1),
    Column("(2) การกำหนดขั้นตอนหรือวิธีการปฏิบัติ", 1.7),
    Column("(3) แนวทางการกำกับติดตามให้นำไปสู่การปฏิบัติ", 1.2),
    Column("ยังไม่ดำเนินการ", 0.6, "center"),
    Column("อยู่ระหว่างดำเนินการ", 0.6, "center"),
    Column("ดำเนินการแล้ว", 0.6, "center"),
    Column("(4) การรายงานผลการดำเนินการ", 2),
)


def report(rows: int) -> Document:
    """An invented administration's report; no two rows are alike, or the engine would remember them."""
    return Document(
        "รายงานผลการดำเนินการตามมาตรการ",
        (Title(("รายงานการดำเนินการ", "องค์การบริหารส่วนตำบลสมมุติ")), Table(COLUMNS, _rows(rows), repeat=(0, 1, 2))),
        landscape=True,
        dated="2023-04-04",
    )


def _rows(count: int) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (
            cell(str(number)),
            cell(f"ตัวชี้วัดที่ {number} ประสิทธิภาพการสื่อสาร"),
            cell(f"E{number} หน่วยงานมีช่องทางรับฟังคำติชมหรือความคิดเห็นเกี่ยวกับการให้บริการ"),
            cell(f"มาตรการที่ {number} เผยแพร่ข้อมูลข่าวสารให้เข้าถึงง่าย ไม่ซับซ้อน และมีช่องทางหลากหลาย"),
            cell("สำนักปลัด", f"คณะทำงานชุดที่ {number}"),
            cell("1 ต.ค. 65 - 31 มี.ค. 66"),
            cell(f"1. แต่งตั้งคณะทำงานชุดที่ {number}", "2. รวบรวมข้อมูลและตรวจสอบความถูกต้องก่อนเผยแพร่"),
            cell(f"ปลัดกำกับติดตาม และรายงานในที่ประชุมครั้งที่ {number}"),
            tick(number % 3 == 0),
            tick(number % 3 == 1),
            tick(number % 3 == 2),
            Cell(
                (
                    Line("ดำเนินการ", tick=True),
                    Line(f"คำสั่งที่ {number}/2565 แต่งตั้งคณะทำงานแล้ว", bullet=True),
                    Line(f"เผยแพร่ที่ https://www.sommut.go.th/ita/{number} แล้ว", bullet=True),
                )
            ),
        )
        for number in range(1, count + 1)
    )


def measure(rounds: int = 5) -> dict[str, float]:
    """Milliseconds, the median of `rounds`. Every drawing has another title, so that none is remembered."""
    found = {}
    for name, draw in DRAWERS.items():
        draw(report(1))
        for rows in ROWS:
            taken = []
            for turn in range(rounds):
                paper = report(rows)
                title = Title((f"รายงานครั้งที่ {turn} {name} {rows}",) * (turn + 1))
                paper = replace(paper, blocks=(title, *paper.blocks[1:]))
                began = time.perf_counter()
                draw(paper)
                taken.append(time.perf_counter() - began)
            found[f"document_{name}_{rows}_rows_ms"] = round(median(taken) * 1000, 1)
    return found


if __name__ == "__main__":
    for figure, milliseconds in measure().items():
        print(f"{figure}\t{milliseconds}")
