"""Opening a desk: default texts and settings that the agency can change, and the year's O-item numbers.

`Desk.texts` and `Desk.settings` hold only what the agency changed; `text` and `setting` know the rest.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrity.tables import Desk, YearNumber
from thai.dates import bangkok_date
from thai.digits import to_arabic

_YEAR_NUMBERS = Path(__file__).with_name("year_numbers.toml")

# What a guideline must say: how an outsider complains, the steps, the responsible unit, the time frame
# (OIT 2566 O27; later years alike). Lines that state law or custom are for the agency to confirm.
DEFAULT_TEXTS = {
    "how": (
        "แจ้งผ่านหน้านี้ได้ตลอด 24 ชั่วโมง ไม่ต้องสมัครสมาชิก ไม่ต้องบอกชื่อ\n"
        "เมื่อส่งเรื่องแล้วจะได้รหัสติดตาม 20 หลัก ใช้อ่านคำตอบและส่งข้อมูลเพิ่มภายหลัง โปรดจดไว้ เราออกรหัสให้ใหม่ไม่ได้\n"
        "เรื่องที่ไม่บอกชื่อ หน่วยงานจะรับตรวจสอบเมื่อมีพยานหลักฐานหรือพฤติการณ์แวดล้อมชัดเจน "
        "ตามมติคณะรัฐมนตรีเมื่อวันที่ 22 ธันวาคม 2541 (หน่วยงานโปรดยืนยัน)"
    ),
    "steps": (
        "รับเรื่อง: เจ้าหน้าที่ที่ได้รับมอบหมายเท่านั้นที่เปิดอ่านเรื่องได้ และคนที่คุณเลือกไว้ว่าไม่ให้อ่านจะเปิดอ่านไม่ได้\n"
        "ตรวจสอบเบื้องต้น: ดูว่าเรื่องอยู่ในอำนาจและมีข้อมูลพอหรือไม่ ถ้าไม่พอจะถามเพิ่มผ่านรหัสติดตาม\n"
        "สอบสวน: รวบรวมพยานหลักฐาน และฟังทุกฝ่าย\n"
        "ยุติหรือส่งต่อ: แจ้งผลพร้อมเหตุผลผ่านรหัสติดตาม หรือส่งต่อ ป.ป.ช. หรือ ป.ป.ท."
    ),
    "unit": "หน่วยตรวจสอบภายในหรือผู้ที่ผู้บริหารมอบหมาย (หน่วยงานโปรดระบุ)",
    "days": (
        "แจ้งความคืบหน้าครั้งแรกภายใน {answer_days} วันนับจากวันที่รับเรื่อง "
        "หากต้องใช้เวลามากกว่านั้น จะแจ้งเหตุผลและกำหนดใหม่ (หน่วยงานโปรดยืนยัน)"
    ),
    "law": (
        "ความคุ้มครองตามกฎหมายแก่ผู้แจ้งเบาะแสการทุจริตดำเนินการโดยสำนักงาน ป.ป.ช. "
        "ตามพระราชบัญญัติประกอบรัฐธรรมนูญว่าด้วยการป้องกันและปราบปรามการทุจริต (ฉบับที่ 2) พ.ศ. 2568 "
        "สอบถามได้ที่สายด่วน 1205 (หน่วยงานโปรดยืนยัน)"
    ),
    "phones": "ป.ป.ช. 1205\nป.ป.ท. 1206",
}

PERIODS = {"month": "รายเดือน", "quarter": "รายไตรมาส", "half": "ราย 6 เดือน"}
DEFAULT_SETTINGS: dict[str, Any] = {
    "chat_door": True,
    "period": "half",  # in a small agency a month with a single report would date the informant
    "answer_days": 15,  # calendar days to the first progress answer; the agency confirms
    "retention_days": 3650,  # after closing; ten years is the usual life of a file (ระเบียบงานสารบรรณ 2526 ข้อ 57)
}


def ensure_desk(session: Session, code: str, name: str, today: date | None = None) -> Desk:
    """The agency's desk, opened now (`today`, Bangkok) if it was not; the known years' O-numbers are filled in where
    the agency has none of its own. `code` is the agency's code in addresses; a changed `name` is taken over."""
    desk = session.scalar(select(Desk).where(Desk.code == code))
    if desk is None:
        desk = Desk(code=code, texts={}, settings={}, opened_on=today or bangkok_date(datetime.now(UTC)))
        session.add(desk)
    desk.name = name
    session.flush()
    for year, numbers in known_numbers().items():
        if session.get(YearNumber, (desk.id, year)) is None:
            session.add(YearNumber(desk_id=desk.id, fiscal_year=year, **numbers))
    session.flush()
    return desk


def known_numbers() -> dict[int, dict[str, str]]:
    """Fiscal year (B.E.) -> {"guideline": "O16", "channel": "O17", "statistics": "O18"}, as shipped."""
    years = tomllib.loads(_YEAR_NUMBERS.read_text(encoding="utf-8"))
    return {int(year): numbers for year, numbers in years.items()}


def year_number(session: Session, desk: Desk, fiscal_year: int) -> YearNumber | None:
    """The year's O-items; None while nobody has entered them (then pages show none, never another year's)."""
    return session.get(YearNumber, (desk.id, fiscal_year))


def set_year_number(
    session: Session, desk: Desk, fiscal_year: int, guideline: str, channel: str, statistics: str
) -> YearNumber:
    """Enter or correct a year's O-items."""
    numbers = year_number(session, desk, fiscal_year) or YearNumber(desk_id=desk.id, fiscal_year=fiscal_year)
    numbers.guideline, numbers.channel, numbers.statistics = guideline.strip(), channel.strip(), statistics.strip()
    session.add(numbers)
    session.flush()
    return numbers


def text(desk: Desk, key: str) -> str:
    """The agency's own words or the default ones; `key` is one of DEFAULT_TEXTS. Numbers from settings filled in."""
    words = str(desk.texts.get(key) or DEFAULT_TEXTS[key])
    return words.replace("{answer_days}", str(setting(desk, "answer_days")))


def texts(desk: Desk) -> dict[str, str]:
    """Every text by its key."""
    return {key: text(desk, key) for key in DEFAULT_TEXTS}


def setting(desk: Desk, key: str) -> Any:
    """The agency's choice or the default one; `key` is one of DEFAULT_SETTINGS."""
    return desk.settings.get(key, DEFAULT_SETTINGS[key])


class BadSetting(ValueError):
    """What was typed cannot be used. The message is Thai, for the officer."""


def read_settings(typed: dict[str, str]) -> dict[str, Any]:
    """The choices of the officers' page: "period", "answer_days", "retention_years", "chat_door". Raises BadSetting."""
    if typed.get("period") not in PERIODS:
        raise BadSetting("โปรดเลือกช่วงเวลาของสถิติ")
    days, years = (to_arabic(typed.get(name, "")).strip() for name in ("answer_days", "retention_years"))
    if not days.isdecimal() or not 1 <= int(days) <= 60:
        raise BadSetting("วันตอบครั้งแรกต้องเป็นตัวเลข 1-60 วัน")
    if not years.isdecimal() or not 1 <= int(years) <= 50:
        raise BadSetting("ระยะเวลาเก็บเรื่องต้องเป็นตัวเลข 1-50 ปี")
    return {
        "period": typed["period"],
        "answer_days": int(days),
        "retention_days": int(years) * 365,
        "chat_door": typed.get("chat_door") == "yes",
    }


def change(desk: Desk, texts: dict[str, str] | None = None, settings: dict[str, Any] | None = None) -> None:
    """Take over the agency's own words and choices; an empty text brings the default back. Raises KeyError for a key
    that is not ours."""
    for key in texts or {}:
        DEFAULT_TEXTS[key]
    for key in settings or {}:
        DEFAULT_SETTINGS[key]
    # New dicts: a change inside a JSON column would not be noticed.
    desk.texts = {key: words for key, words in {**desk.texts, **(texts or {})}.items() if words.strip()}
    desk.settings = {**desk.settings, **(settings or {})}
