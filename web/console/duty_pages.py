"""Where a duty is done: the console's pages for the systems (numbers of the scope list) that its rule belongs to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, url_for

from models.duty import Duty
from thai.fiscal import fiscal_year
from web.console import access

Page = tuple[str, str] | tuple[str, str, dict[str, str]]  # label, endpoint, further parts of the address


def _register(label: str, name: str) -> Page:
    return label, "console.registers.register", {"name": name}


def _document(label: str, kind: str) -> Page:
    return label, "console.documents.new", {"kind": kind}


_ELEMENTS: Page = ("ข้อ OIT ของปี", "console.ita.elements")
PAGES: dict[str, Page] = {
    "R01": ("คลังคำตอบ", "console.faq.index"),
    "R02": _register("ทะเบียนคำสั่ง", "orders"),
    "R04": _register("ทะเบียนช่องทางติดต่อ", "channels"),
    "R07": _register("ทะเบียนข่าว", "news"),
    "R08": _register("ทะเบียนข่าว", "news"),
    "R11": _register("ทะเบียนคำสั่ง", "orders"),
    "R12": _register("ทะเบียนช่องทางติดต่อ", "channels"),
    "R13": _register("ทะเบียนช่องทางติดต่อ", "channels"),
    "R22": ("ความเห็นและข้อเสนอ", "console.participation.proposal_list"),
    "R23": ("ผู้แทนภาคประชาชน", "console.representatives.index"),
    "R24": ("คู่มือและบริการ", "console.faq.services"),
    "R25": ("คู่มือและบริการ", "console.faq.services"),
    "R26": ("คู่มือและบริการ", "console.faq.services"),
    "R27": _ELEMENTS,
    "R28": ("นับผู้มาติดต่อและสถิติการให้บริการ", "console.walkins.index"),
    "R32": _register("ทะเบียนการปรับปรุงบริการ", "improvements"),
    "R34": ("กิจกรรมการมีส่วนร่วม", "console.participation.index"),
    "R35": ("ผู้แทนภาคประชาชน", "console.representatives.index"),
    "R37": ("ประกาศทาง LINE", "console.announcements.index"),
    "R38": ("คิวอาร์โค้ด EIT", "console.eit.index"),
    "R39": ("คิวอาร์โค้ด EIT", "console.eit.index"),
    "R40": _register("ทะเบียนกิจกรรม", "activities"),
    "R41": ("คิวอาร์โค้ด EIT", "console.eit.index"),
    "R42": ("ยอดผู้ตอบ IIT และ EIT", "console.eit.index"),
    "R44": ("มาตรการจากคะแนนที่ต่ำ", "console.measures.weak"),
    "R45": ("มาตรการ", "console.measures.index"),
    "R46": _register("ทะเบียนคำสั่ง", "orders"),
    "R47": _ELEMENTS,
    "R48": _ELEMENTS,
    "R49": _document("ออกบันทึกข้อความ", "memo"),
    "R50": _document("ออกรายงานรายไตรมาส", "quarterly"),
    "R51": _document("ออกรายงานเมษายน/ตุลาคม", "half_year"),
    "R52": _document("ออกประกาศ", "announcement"),
    "R53": _document("ออกรายงานตามมาตรการ", "measures"),
    "R54": ("ภาพรวม", "console.dashboard.index"),
    "R56": _ELEMENTS,
    "R57": _ELEMENTS,
    "R60": _register("ทะเบียนกิจกรรม", "activities"),
    "R61": _register("ทะเบียนของขวัญ", "gifts"),
    "R63": _ELEMENTS,
    "R64": _ELEMENTS,
    "R65": _ELEMENTS,
    "R66": _register("ทะเบียนกิจกรรม", "activities"),
    "R68": ("ยืม-คืนพัสดุ", "console.assets.index"),
    "R69": ("ยืม-คืนพัสดุ", "console.assets.index"),
    "R70": ("ทะเบียนที่ยืมอยู่", "console.assets.lent"),
    "R71": ("สถิติการยืม", "console.assets.figures"),
    "R72": ("ยืม-คืนพัสดุ", "console.assets.index"),
    "R73": _register("ทะเบียนคณะกรรมการ", "committees"),
    "R75": _register("ทะเบียนจัดซื้อจัดจ้าง", "procurement"),
    "R78": ("โอนงานเมื่อคนย้าย", "console.duties.people"),
    "R79": _register("ทะเบียนคำสั่ง", "orders"),
    "R80": _register("ทะเบียนกิจกรรม", "activities"),
    "R81": _ELEMENTS,
    "R82": _ELEMENTS,
    "R83": _ELEMENTS,
}
OF_THE_YEAR_BEFORE = ("console.assets.figures",)  # due in October, about the year that has just ended
JUST_BEFORE = timedelta(days=31)


def of(duty: Duty) -> list[tuple[str, str]]:
    """(label, address) of the pages that whoever is logged in may open, each once."""
    role = access.me().role
    found: dict[str, str] = {}
    for system in duty.rule.systems if duty.rule else ():
        label, endpoint, *more = PAGES.get(system, ("", ""))
        roles = access.declared(current_app, endpoint) if endpoint else frozenset()
        if label and (roles is None or role in roles):
            ended = endpoint in OF_THE_YEAR_BEFORE
            year = fiscal_year(duty.due_on - JUST_BEFORE) if ended else duty.fiscal_year
            parts: dict[str, Any] = dict(more[0]) if more else {}
            if "kind" not in parts:  # a document proposes the year and the period that ended last
                parts["fy"] = str(year)
            found.setdefault(label, url_for(endpoint, **parts))
    return list(found.items())
