"""The year's survey: is its link known, and does it answer today?

Facts from the domain notes (3.6), all data and none a rule of ours: the shape of ITAS's links, a window from 1 January
to 30 June (2566), and that one year's link is not the next one's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.eit import EitRound
from thai.dates import format_date
from thai.fiscal import fiscal_year, year_period

State = Literal["unknown", "not_yet", "open", "closed"]

ITAS_LINK = re.compile(r"https://itas\.nacc\.go\.th/go/eit/[a-z0-9]{6}")
_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?")
_IIT = re.compile(r"https?://itas\.nacc\.go\.th/go/iit/")


def state(round_: EitRound | None, today: date) -> State:
    """Whether the link answers on `today` (Bangkok): both ends of the window are inside."""
    if round_ is None or not round_.url or round_.opens_on is None or round_.closes_on is None:
        return "unknown"
    if today < round_.opens_on:
        return "not_yet"
    return "open" if today <= round_.closes_on else "closed"


def of_year(session: Session, year: int) -> EitRound | None:
    """The round of a fiscal year (BE), or None."""
    return session.scalars(select(EitRound).where(EitRound.fiscal_year == year)).first()


def current(session: Session, today: date) -> EitRound | None:
    """The round that concerns people on `today`: the one that is open, else that of the fiscal year."""
    chosen = None
    for round_ in session.scalars(select(EitRound).order_by(EitRound.fiscal_year.desc())):
        if state(round_, today) == "open":
            return round_
        if round_.fiscal_year == fiscal_year(today):
            chosen = round_
    return chosen


def is_address(url: str) -> bool:
    """Can a browser open it at all?"""
    return bool(_ADDRESS.fullmatch(url))


def warnings(round_: EitRound, others: Sequence[EitRound] = ()) -> list[str]:
    """What staff should look at again before printing, in Thai; nothing of it is refused. `others`: other years."""
    found = []
    if not round_.url:
        found.append(f"ยังไม่มีลิงก์ EIT ปีงบประมาณ {round_.fiscal_year}")
    elif _IIT.match(round_.url):
        found.append("ลิงก์นี้เป็นของแบบ IIT (บุคลากรภายใน) ประชาชนต้องใช้ลิงก์แบบ EIT")
    elif not ITAS_LINK.fullmatch(round_.url):
        found.append("ลิงก์ไม่เหมือนที่ระบบ ITAS ออกให้ (https://itas.nacc.go.th/go/eit/ ตามด้วยรหัส 6 ตัว) กรุณาเปิดลองดูก่อนพิมพ์ป้าย")
    found += [
        f"ลิงก์เหมือนของปีงบประมาณ {other.fiscal_year} กรุณาตรวจว่าเป็นลิงก์ของปี {round_.fiscal_year} แล้ว"
        for other in others
        if round_.url and other.url == round_.url and other.fiscal_year != round_.fiscal_year
    ]
    if round_.opens_on is None or round_.closes_on is None:
        found.append("ยังไม่ทราบวันเปิดและวันปิดรับแบบประเมิน")
    else:
        year = year_period(round_.fiscal_year)
        if round_.opens_on < year.start or round_.closes_on > year.end:
            found.append(
                f"ช่วงเวลาไม่อยู่ในปีงบประมาณ {round_.fiscal_year} "
                f"({format_date(year.start)} ถึง {format_date(year.end)}) กรุณาตรวจปี พ.ศ. อีกครั้ง"
            )
    return found


def when(round_: EitRound | None, today: date, office: str) -> str:
    """One line for citizens while the survey is not open, to be followed by nothing."""
    match state(round_, today):
        case "not_yet" if round_ is not None and round_.opens_on is not None:
            return f"แบบประเมินจะเปิดวันที่ {format_date(round_.opens_on, 'long')}"
        case "closed" if round_ is not None and round_.closes_on is not None:
            return f"แบบประเมินปีนี้ปิดรับแล้ว เมื่อวันที่ {format_date(round_.closes_on, 'long')}"
        case "open":
            return ""
    return f"{office}ยังไม่ได้เปิดแบบประเมินของปีนี้"
