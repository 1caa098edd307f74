"""Where a duty is done: the console's pages for the systems (numbers of the scope list) that its rule belongs to."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, url_for

from models.duty import Duty
from thai.fiscal import fiscal_year
from web.console import access

PAGES = {
    "R22": ("ความเห็นและข้อเสนอ", "console.participation.proposal_list"),
    "R23": ("ผู้แทนภาคประชาชน", "console.representatives.index"),
    "R24": ("คู่มือและบริการ", "console.faq.services"),
    "R25": ("คู่มือและบริการ", "console.faq.services"),
    "R26": ("คู่มือและบริการ", "console.faq.services"),
    "R34": ("กิจกรรมการมีส่วนร่วม", "console.participation.index"),
    "R35": ("ผู้แทนภาคประชาชน", "console.representatives.index"),
    "R37": ("ประกาศทาง LINE", "console.announcements.index"),
    "R38": ("คิวอาร์โค้ด EIT", "console.eit.index"),
    "R39": ("คิวอาร์โค้ด EIT", "console.eit.index"),
    "R41": ("คิวอาร์โค้ด EIT", "console.eit.index"),
    "R68": ("ยืม-คืนพัสดุ", "console.assets.index"),
    "R69": ("ยืม-คืนพัสดุ", "console.assets.index"),
    "R70": ("ทะเบียนที่ยืมอยู่", "console.assets.lent"),
    "R71": ("สถิติการยืม", "console.assets.figures"),
}
JUST_BEFORE = timedelta(days=31)  # what is due in October is about the year that has just ended


def of(duty: Duty) -> list[tuple[str, str]]:
    """(label, address) of the pages that whoever is logged in may open, each once."""
    role, year = access.me().role, fiscal_year(duty.due_on - JUST_BEFORE)
    found: dict[str, str] = {}
    for system in duty.rule.systems if duty.rule else ():
        label, endpoint = PAGES.get(system, ("", ""))
        roles = access.declared(current_app, endpoint) if endpoint else frozenset()
        if label and (roles is None or role in roles):
            found.setdefault(label, url_for(endpoint, fy=year))
    return list(found.items())
