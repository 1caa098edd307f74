"""Setting up an agency: units, holidays, the starter packs, the first privacy notice; and the invented demo agency."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import load_agency
from handlers.complaints import categories
from handlers.duties.year import begin_year
from handlers.measures import demo as measures_demo
from handlers.people import operations as people
from handlers.questions import starter
from handlers.registers import demo as registers_demo
from handlers.services import starter as forms_starter
from models.agency import Agency, Holiday, PrivacyNotice, Staff, Unit
from thai.dates import at_bangkok
from thai.fiscal import fiscal_year
from thai.holidays import seed_holidays

UNITS = ("สำนักปลัด", "กองคลัง", "กองช่าง", "กองการศึกษา", "งานสวัสดิการสังคม", "งานสาธารณสุข", "งานป้องกันและบรรเทาสาธารณภัย")

NOTICE_SHORT = "เราเก็บเท่าที่จำเป็นเพื่อช่วยเรื่องของคุณ และไม่เปิดเผยชื่อคุณค่ะ\nคุณขอดู แก้ไข หรือลบข้อมูลของคุณได้ทุกเมื่อค่ะ"
NOTICE_FULL = """ผู้ควบคุมข้อมูล
{agency} โทร {office_phone}

เราเก็บอะไร
- ข้อความ รูป ตำแหน่ง ชื่อ และเบอร์โทรที่คุณส่งให้ในเรื่องที่คุณแจ้ง
- รหัสผู้ใช้ LINE เพื่อส่งคำตอบกลับถึงคุณ

ใช้ทำอะไร
- ตอบคำถาม ดำเนินการเรื่องร้องเรียน และแจ้งความคืบหน้าให้คุณทราบ
- ทำสถิติที่ไม่ระบุตัวบุคคล

ใครเห็นบ้าง
- เฉพาะเจ้าหน้าที่ที่รับผิดชอบเรื่องนั้น และผู้บังคับบัญชา

เก็บนานเท่าไร
- ตามระยะเวลาที่หน่วยงานกำหนด แล้วลบหรือทำให้ระบุตัวไม่ได้

สิทธิของคุณ
- ขอดู ขอสำเนา แก้ไข คัดค้าน หรือขอลบ ติดต่อที่ {office_phone}
- ร้องเรียนต่อสำนักงานคณะกรรมการคุ้มครองข้อมูลส่วนบุคคลได้
"""

# All names and numbers of the demo agency are invented.
DEMO_FIELDS = {
    "agency": "อบต.บ้านตัวอย่าง",
    "agency_short": "อบต.บ้านตัวอย่าง",
    "office_phone": "02-000-1234",
    "fax": "02-000-1235",
    "email": "demo@example.go.th",
    "website": "https://example.go.th",
    "address": "99 หมู่ 1 ต.บ้านตัวอย่าง (ข้อมูลสมมุติ)",
    "latitude": "13.7563",
    "longitude": "100.5018",
    "map_url": "https://maps.google.com/?q=13.7563,100.5018",
    "mayor_title": "นายก อบต.",
    "mayor_name": "นายสมมุติ ใจดี",
    "mayor_phone": "02-000-1200",
    "clerk_title": "ปลัด อบต.",
    "clerk_name": "นางสมศรี ตัวอย่าง",
    "unit_phone_finance": "02-000-1202",
    "unit_phone_works": "02-000-1203",
    "unit_phone_welfare": "02-000-1204",
    "unit_phone_health": "02-000-1205",
    "unit_phone_office": "02-000-1201",
    "unit_phone_education": "02-000-1206",
    "garbage_days": "วันจันทร์และวันพฤหัสบดี",
    "line_id": "@demo",
}
DEMO_UNIT_PHONES = {
    "สำนักปลัด": "unit_phone_office",
    "กองคลัง": "unit_phone_finance",
    "กองช่าง": "unit_phone_works",
    "กองการศึกษา": "unit_phone_education",
    "งานสวัสดิการสังคม": "unit_phone_welfare",
    "งานสาธารณสุข": "unit_phone_health",
}
# username, name, position, role, unit
DEMO_STAFF = (
    ("admin", "นายแอดมิน ตัวอย่าง", "นักวิชาการคอมพิวเตอร์", "admin", "สำนักปลัด"),
    ("palad", "นางสมศรี ตัวอย่าง", "ปลัด อบต.", "clerk", "สำนักปลัด"),
    ("nayok", "นายสมมุติ ใจดี", "นายก อบต.", "mayor", None),
    ("chang", "นายวิชัย ตัวอย่าง", "นายช่างโยธา", "officer", "กองช่าง"),
    ("changhead", "นายช่างใหญ่ ตัวอย่าง", "ผู้อำนวยการกองช่าง", "head", "กองช่าง"),
    ("khlang", "นางสาวบัญชี ตัวอย่าง", "นักวิชาการจัดเก็บรายได้", "officer", "กองคลัง"),
    ("khlanghead", "นางการเงิน ตัวอย่าง", "ผู้อำนวยการกองคลัง", "head", "กองคลัง"),
    ("sattharana", "นางอนามัย ตัวอย่าง", "นักวิชาการสาธารณสุข", "officer", "งานสาธารณสุข"),
    ("sawatdikan", "นางสาวพัฒนา ตัวอย่าง", "นักพัฒนาชุมชน", "officer", "งานสวัสดิการสังคม"),
)
DEMO_PASSWORD = "sujarit-demo"  # noqa: S105 - the invented agency's, printed at every start


def add_agency(
    session: Session, code: str, name: str, today: date, kind: str = "อบต.", starter_answers: bool = False
) -> Agency:
    """A new agency with units, holidays of this and the next two years, complaint categories, a notice and what is left
    of this fiscal year's calendar of duties. The ready-made forms wait as drafts.

    `starter_answers`: also the starter questions and services; an agency that has its own brings them by import.
    `session` must not be scoped. Raises ValueError if the code is taken."""
    if session.scalars(select(Agency).where(Agency.code == code)).first():
        raise ValueError(f"มีหน่วยงานรหัส {code} อยู่แล้ว")
    agency = Agency(code=code, name=name, short_name=name, kind=kind)
    session.add(agency)
    session.flush()
    session.info["agency_id"] = agency.id
    for unit in UNITS:
        session.add(Unit(name=unit))
    for day, label in seed_holidays(today.year, today.year + 2):
        session.add(Holiday(day=day, name=label))
    session.add(PrivacyNotice(version=1, short_text=NOTICE_SHORT, full_text=NOTICE_FULL))
    session.flush()
    units = {unit.name: unit.id for unit in session.scalars(select(Unit))}
    categories.load_starter(session, agency.id, units)
    begin_year(session, load_agency(session, agency, ""), fiscal_year(today), at_bangkok(today), "cli")
    if starter_answers:
        starter.load(session, agency.id)
    forms_starter.load_packs(session, agency.id)  # drafts: nobody is asked anything before they are published
    audit.record(session, "cli", "agency_added", f"agency:{agency.id}")
    return agency


def add_demo(session: Session, code: str, today: date) -> Agency:
    """The invented agency that a newcomer meets: people to log in as, answers to ask for."""
    agency = add_agency(session, code, DEMO_FIELDS["agency"], today, starter_answers=True)
    agency.fields = dict(DEMO_FIELDS)
    agency.settings = {"demo": True}
    units = {unit.name: unit for unit in session.scalars(select(Unit))}
    for division, field in DEMO_UNIT_PHONES.items():
        units[division].phone = DEMO_FIELDS[field]
    for username, name, position, role, unit_name in DEMO_STAFF:
        details = people.StaffDetails(
            username=username,
            name=name,
            position=position,
            role=role,
            unit_id=units[unit_name].id if unit_name else None,
        )
        people.add_staff(session, details, DEMO_PASSWORD, "cli", must_change_password=False)
    session.flush()
    staff = {person.username: person for person in session.scalars(select(Staff))}
    for unit_name, username in (
        ("กองช่าง", "chang"),
        ("กองคลัง", "khlang"),
        ("งานสาธารณสุข", "sattharana"),
        ("งานสวัสดิการสังคม", "sawatdikan"),
    ):
        units[unit_name].answerer_id = staff[username].id
    measures_demo.load(session, today)
    registers_demo.load(session, today)
    return agency
