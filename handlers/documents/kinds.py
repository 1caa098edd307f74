"""The kinds of official documents. Another slice's kind joins by a line in KINDS.

`collect` looks rows up and gives plain JSON figures; `draw` makes the document of figures alone, so that a stored one
prints again exactly as it was; `lint` says what a person should look at before signing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.documents import collect, executives, lending, lint, register_figures, satisfaction, taking_part
from handlers.documents.findings import Finding
from handlers.registers.kinds import REGISTERS
from reports.document import Document
from reports.layouts import (
    announcement,
    borrowing,
    elements,
    half_year,
    measures,
    memo,
    participation,
    quarterly,
    registers,
)
from reports.layouts import satisfaction as satisfaction_layout

Figures = dict[str, Any]
Collect = Callable[[Session, AgencyView, int, str, str, datetime], Figures]  # ..., fiscal year, period, layout, now
Draw = Callable[[Figures, str], Document]  # figures, layout
Lint = Callable[[Figures], list[Finding]]

MEASURE_LAYOUTS = {
    "000": "12 ช่อง แนวนอน มีช่องทำเครื่องหมายสถานะ",
    "001": "3 ตาราง (มาตรการ ตัวชี้วัด รายข้อ OIT) พร้อมบันทึกข้อความ",
    "002": "ประกาศ พร้อมตาราง EIT และตารางผล 6 ช่อง",
    "003": "5 ช่อง แยกตามตัวชี้วัด",
    "004": "ปก และตาราง 6 ช่อง",
    "own": "ช่องที่หน่วยงานเลือกเอง",
}
PERIODS = {
    "": "ทั้งปี",
    "6m": "รอบ 6 เดือน",
    "12m": "รอบ 12 เดือน",
    "h1": "รอบเดือนเมษายน (ต.ค. - มี.ค.)",
    "h2": "รอบเดือนตุลาคม (เม.ย. - ก.ย.)",
    "q1": "ไตรมาส 1 (ต.ค. - ธ.ค.)",
    "q2": "ไตรมาส 2 (ม.ค. - มี.ค.)",
    "q3": "ไตรมาส 3 (เม.ย. - มิ.ย.)",
    "q4": "ไตรมาส 4 (ก.ค. - ก.ย.)",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """`periods`: keys of PERIODS that it can be made for, the usual one first; `layouts`: key -> label, empty where
    there is one only (its key is then ""). `one_of`: what it tells of where that is one row ("กิจกรรม"): its layout is
    then the row's id, and figures["subject"] what the row is called. `for_all`: whoever works here may look at it
    before it is issued."""

    label: str
    periods: tuple[str, ...]
    collect: Collect
    draw: Draw
    lint: Lint
    layouts: Mapping[str, str]
    one_of: str = ""
    for_all: bool = False


HALVES = ("6m", "12m")
QUARTERS = ("q1", "q2", "q3", "q4")
KINDS: dict[str, Kind] = {
    "measures": Kind(
        "รายงานผลการดำเนินการตามมาตรการ", HALVES, collect.measures, measures.layout, lint.measures, MEASURE_LAYOUTS
    ),
    "memo": Kind("บันทึกข้อความรายงานผลคะแนน ITA", ("",), collect.memo, memo.layout, lint.memo, {}),
    "announcement": Kind(
        "ประกาศรายงานผลการดำเนินการตามมาตรการ", HALVES, collect.announcement, announcement.layout, lint.announcement, {}
    ),
    "elements": Kind("ตารางองค์ประกอบด้านข้อมูล OIT", ("", *HALVES), collect.elements, elements.layout, lint.elements, {}),
    "register": Kind(
        "ทะเบียน",
        ("", *HALVES, *QUARTERS),
        register_figures.register,
        registers.layout,
        lint.register,
        {name: one.label for name, one in REGISTERS.items()},
    ),
    "quarterly": Kind(
        "รายงานผลการดำเนินงานต่อผู้บริหาร รายไตรมาส",
        (*QUARTERS, "12m"),
        executives.quarterly,
        quarterly.layout,
        executives.lint,
        {},
    ),
    "half_year": Kind(
        "รายงานการถาม-ตอบและรับฟังความคิดเห็น เมษายน/ตุลาคม",
        ("h1", "h2"),
        executives.half_year,
        half_year.layout,
        executives.lint,
        {},
    ),
    "participation": Kind(
        "รายงานผลการเปิดโอกาสให้ประชาชนมีส่วนร่วม",
        ("12m", "6m", *QUARTERS),
        taking_part.participation,
        participation.layout,
        taking_part.lint,
        {},
        for_all=True,
    ),
    "activity": Kind(
        "รายงานผลการจัดกิจกรรม",
        ("",),
        taking_part.one_activity,
        participation.one_activity,
        taking_part.lint,
        {},
        one_of="กิจกรรม",
        for_all=True,
    ),
    "satisfaction": Kind(
        satisfaction_layout.TITLE,
        ("12m", "6m", *QUARTERS),
        satisfaction.satisfaction,
        satisfaction_layout.layout,
        satisfaction.lint,
        {},
    ),
    "borrowing": Kind(borrowing.TITLE, ("12m",), lending.borrowing, borrowing.layout, lending.lint, {}),
}
