"""What an admin keeps up: units, categories, holidays, the agency's own fields, office hours, the privacy notice.

Each change renews the pictures that the bot answers from (content_changed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import content_changed
from handlers.people.operations import PeopleError
from handlers.walkins import operations as walkins
from models.agency import Agency, Holiday, PrivacyNotice, Staff, Unit
from models.base import Base
from models.case import CannedReply, Case, Category

SLA_UNITS = {"hours": "ชั่วโมง (นับทุกวัน)", "working_days": "วันทำการ", "days": "วัน (นับทุกวัน)"}
# The fields that answers use by name in braces, with what each is. Others can be added as {name} in an answer.
FIELD_LABELS = {
    "office_phone": "โทรศัพท์สำนักงาน",
    "office_hours": "เวลาทำการ (ว่างไว้: ใช้เวลาที่ตั้งด้านบน)",
    "address": "ที่อยู่สำนักงาน",
    "name_en": "ชื่อหน่วยงานภาษาอังกฤษ (หน้าแรกภาษาอังกฤษ)",
    "address_en": "ที่อยู่ภาษาอังกฤษ (หน้าแรกภาษาอังกฤษ)",
    "subdistrict": "ตำบล (ใช้หารหัสไปรษณีย์ในแบบฟอร์ม)",
    "district": "อำเภอ",
    "province": "จังหวัด",
    "email": "อีเมล",
    "fax": "โทรสาร",
    "website": "เว็บไซต์",
    "line_id": "LINE ID ของหน่วยงาน",
    "liff_id": "LIFF ID (เปิดแบบฟอร์มใน LINE เช่น 1234567890-AbcdEfgh)",
    "ethics_url": "ลิงก์ประมวลจริยธรรมของหน่วยงาน (https://…)",
    "map_url": "ลิงก์แผนที่ (https://…)",
    "latitude": "ละติจูดสำนักงาน",
    "longitude": "ลองจิจูดสำนักงาน",
    "mayor_title": "ตำแหน่งผู้บริหาร (เช่น นายก อบต.)",
    "mayor_name": "ชื่อผู้บริหาร",
    "mayor_phone": "โทรศัพท์ผู้บริหาร",
    "clerk_title": "ตำแหน่งปลัด (เช่น ปลัด อบต.)",
    "clerk_name": "ชื่อปลัด",
    "unit_phone_office": "โทร. สำนักปลัด",
    "unit_phone_finance": "โทร. กองคลัง",
    "unit_phone_works": "โทร. กองช่าง",
    "unit_phone_education": "โทร. กองการศึกษา",
    "unit_phone_health": "โทร. กองสาธารณสุข",
    "unit_phone_welfare": "โทร. กองสวัสดิการสังคม",
    "garbage_days": "วันเก็บขยะ",
    "hotline_fire": "สายด่วนดับเพลิง",
    "hotline_medical": "สายด่วนการแพทย์ฉุกเฉิน",
    "hotline_police": "สายด่วนตำรวจ",
    "hotline_disaster": "สายด่วนภัยพิบัติ",
    "hotline_mental": "สายด่วนสุขภาพจิต",
    "hotline_social": "ศูนย์ช่วยเหลือสังคม",
    "hotline_electric": "สายด่วนไฟฟ้า",
    "hotline_nacc": "สายด่วน ป.ป.ช.",
}


def _agency(session: Session) -> Agency:
    return session.get_one(Agency, session.info["agency_id"])


def _changed(session: Session, actor: str, action: str, subject: str = "", **detail: Any) -> None:
    session.flush()
    audit.record(session, actor, action, subject, **detail)
    content_changed(session, session.info["agency_id"])


# -- units -----------------------------------------------------------------------------------------------


def save_unit(
    session: Session,
    unit: Unit | None,
    *,
    name: str,
    phone: str,
    answerer_id: int | None,
    active: bool,
    actor: str,
) -> Unit:
    """A new unit (None) or a change; saving one that an import suggested keeps it. Raises PeopleError."""
    name = name.strip()
    if not name:
        raise PeopleError("name", "กรุณากรอกชื่อส่วนงาน")
    same = session.scalar(select(Unit.id).where(Unit.name == name))
    if same is not None and (unit is None or same != unit.id):
        raise PeopleError("name", "มีส่วนงานชื่อนี้แล้ว")
    if answerer_id is not None and not session.scalar(select(Staff.id).where(Staff.id == answerer_id, Staff.active)):
        raise PeopleError("answerer_id", "ไม่พบเจ้าหน้าที่คนนี้")
    unit = unit or Unit()
    unit.name, unit.phone, unit.answerer_id, unit.active = name, phone.strip(), answerer_id, active
    unit.suggested = False
    session.add(unit)
    session.flush()
    _changed(session, actor, "unit_saved", f"unit:{unit.id}", answerer=answerer_id, active=active)
    return unit


def keep_unit(session: Session, unit: Unit, actor: str) -> None:
    """Keep a unit that an import suggested."""
    unit.suggested = False
    _changed(session, actor, "unit_kept", f"unit:{unit.id}")


def merge_unit(session: Session, unit: Unit, into: Unit, actor: str) -> None:
    """Move all that belongs to `unit` to `into` and put `unit` away. Raises PeopleError."""
    if unit.id == into.id:
        raise PeopleError("into", "เลือกส่วนงานอื่นที่จะรวมเข้าไป")
    if not into.active:
        raise PeopleError("into", "ส่วนงานที่จะรวมเข้าไปปิดใช้อยู่")
    walkins.move(session, unit.id, into.id)  # both may have counted on the same day
    owners: list[type[Any]] = [mapper.class_ for mapper in Base.registry.mappers if "unit_id" in mapper.columns]
    for owner in owners:
        session.execute(update(owner).where(owner.unit_id == unit.id).values(unit_id=into.id))
    session.execute(update(Case).where(Case.accused_unit_id == unit.id).values(accused_unit_id=into.id))
    unit.active, unit.suggested, unit.answerer_id = False, False, None
    _changed(session, actor, "unit_merged", f"unit:{unit.id}", into=into.id)


# -- categories and canned replies -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDetails:
    """`sla_value` counts `sla_unit` ("hours", "working_days", "days"); `conduct` marks staff conduct (R17)."""

    code: str
    label: str
    unit_id: int | None
    sla_value: int
    sla_unit: str
    keywords: tuple[str, ...] = ()
    conduct: bool = False
    position: int = 0
    active: bool = True


def save_category(session: Session, category: Category | None, details: CategoryDetails, actor: str) -> Category:
    """A new category (None) or a change; cases that are open keep what was promised. Raises PeopleError."""
    code = details.code.strip().lower()
    if not code.replace("_", "").isalnum() or not code.isascii() or len(code) > 40:
        raise PeopleError("code", "รหัสใช้ตัวอักษร a-z ตัวเลข และ _")
    if not details.label.strip():
        raise PeopleError("label", "กรุณากรอกชื่อประเภท")
    if details.sla_unit not in SLA_UNITS or not 1 <= details.sla_value <= 999:
        raise PeopleError("sla_value", "เวลาดำเนินการต้องเป็นตัวเลข 1-999")
    if details.unit_id is not None and session.scalar(select(Unit.id).where(Unit.id == details.unit_id)) is None:
        raise PeopleError("unit_id", "ไม่พบส่วนงานนี้")
    same = session.scalar(select(Category.id).where(Category.code == code))
    if same is not None and (category is None or same != category.id):
        raise PeopleError("code", "มีประเภทที่ใช้รหัสนี้แล้ว")
    category = category or Category()
    category.code, category.label, category.unit_id = code, details.label.strip(), details.unit_id
    category.sla_value, category.sla_unit = details.sla_value, details.sla_unit
    category.keywords, category.conduct = list(details.keywords), details.conduct
    category.position, category.active = details.position, details.active
    session.add(category)
    session.flush()
    sla = f"{details.sla_value} {details.sla_unit}"
    _changed(session, actor, "category_saved", f"category:{category.id}", sla=sla, unit=details.unit_id)
    return category


def save_canned_reply(
    session: Session,
    reply: CannedReply | None,
    *,
    title: str,
    text: str,
    category_id: int | None,
    status: str,
    actor: str,
) -> CannedReply:
    """A text that staff reuse. Raises PeopleError."""
    if not title.strip():
        raise PeopleError("title", "กรุณาตั้งชื่อข้อความ")
    if not text.strip():
        raise PeopleError("text", "กรุณากรอกข้อความ")
    reply = reply or CannedReply()
    reply.title, reply.text, reply.category_id, reply.status = title.strip(), text.strip(), category_id, status
    session.add(reply)
    session.flush()
    audit.record(session, actor, "canned_reply_saved", f"canned_reply:{reply.id}")
    return reply


def remove_canned_reply(session: Session, reply: CannedReply, actor: str) -> None:
    audit.record(session, actor, "canned_reply_removed", f"canned_reply:{reply.id}")
    session.delete(reply)


# -- holidays --------------------------------------------------------------------------------------------


def save_holiday(session: Session, day: date, name: str, actor: str) -> Holiday:
    """The office is closed on `day`; a second save renames it. Raises PeopleError."""
    if not name.strip():
        raise PeopleError("name", "กรุณากรอกชื่อวันหยุด")
    holiday = session.scalars(select(Holiday).where(Holiday.day == day)).first() or Holiday(day=day)
    holiday.name = name.strip()
    session.add(holiday)
    _changed(session, actor, "holiday_saved", f"holiday:{day.isoformat()}")
    return holiday


def remove_holiday(session: Session, holiday: Holiday, actor: str) -> None:
    """The office is open on that day after all."""
    session.delete(holiday)
    _changed(session, actor, "holiday_removed", f"holiday:{holiday.day.isoformat()}")


def add_holidays(session: Session, days: Mapping[date, str], actor: str) -> int:
    """Add the days that are not known yet (thai.holidays); returns how many."""
    known = set(session.scalars(select(Holiday.day)))
    fresh = [Holiday(day=day, name=name) for day, name in days.items() if day not in known]
    session.add_all(fresh)
    if fresh:
        _changed(session, actor, "holidays_added", count=len(fresh))
    return len(fresh)


# -- the agency itself -----------------------------------------------------------------------------------


def save_fields(session: Session, fields: Mapping[str, str], actor: str) -> None:
    """The agency's phones, names and so on that answers put in for {placeholders}; "" removes one.

    Raises PeopleError for a place that is no place and a map that is no web address."""
    for name, limit in (("latitude", 90.0), ("longitude", 180.0)):
        value = fields.get(name, "").strip()
        try:
            outside = value and not -limit <= float(value) <= limit
        except ValueError:
            outside = True
        if outside:
            raise PeopleError(name, "กรุณากรอกเป็นตัวเลข เช่น 12.57012")
    if (address := fields.get("map_url", "").strip()) and not address.startswith("https://"):
        raise PeopleError("map_url", "ลิงก์แผนที่ต้องขึ้นต้นด้วย https://")
    agency = _agency(session)
    merged = {**agency.fields, **{name: value.strip() for name, value in fields.items()}}
    before, agency.fields = agency.fields, {name: value for name, value in merged.items() if value}
    names = sorted(n for n in merged if before.get(n, "") != merged[n])
    _changed(session, actor, "fields_saved", fields=names)


def save_identity(
    session: Session, *, name: str, short_name: str, kind: str, opens: time, closes: time, actor: str
) -> None:
    """Name and office hours (Bangkok's clock). Raises PeopleError."""
    if not name.strip() or not short_name.strip():
        raise PeopleError("name", "กรุณากรอกชื่อหน่วยงานและชื่อย่อ")
    if opens >= closes:
        raise PeopleError("closes", "เวลาปิดต้องอยู่หลังเวลาเปิด")
    agency = _agency(session)
    agency.name, agency.short_name, agency.kind = name.strip(), short_name.strip(), kind.strip() or agency.kind
    agency.opens, agency.closes = opens, closes
    _changed(session, actor, "identity_saved")


def save_settings(session: Session, settings: Mapping[str, Any], actor: str) -> None:
    """Switches of the agency; those not named stay as they are."""
    agency = _agency(session)
    agency.settings = {**agency.settings, **settings}
    _changed(session, actor, "settings_saved", names=sorted(settings))


def publish_notice(session: Session, short_text: str, full_text: str, actor: str, now: datetime) -> PrivacyNotice:
    """A new version of the privacy notice; consents given to earlier versions keep naming those.

    Raises PeopleError. Source of the duty: พ.ร.บ.คุ้มครองข้อมูลส่วนบุคคล พ.ศ. 2562 ม.23."""
    if len(short_text.strip()) < 20:
        raise PeopleError("short_text", "กรุณาเขียนประกาศฉบับย่อ สองประโยค")
    if len(full_text.strip()) < 100:
        raise PeopleError("full_text", "กรุณาเขียนประกาศฉบับเต็ม")
    last = session.scalar(select(PrivacyNotice.version).order_by(PrivacyNotice.version.desc()).limit(1)) or 0
    notice = PrivacyNotice(
        version=last + 1, short_text=short_text.strip(), full_text=full_text.strip(), published_at=now
    )
    session.add(notice)
    _changed(session, actor, "notice_published", f"notice:{notice.version}")
    return notice
