"""What stands on the agency's posters: the survey at its points, and the other doors to the agency.

The words about the survey never steer, promise or praise (domain README 3.6): whose it is, how long it takes, that no
name is asked, and that one answers as one found it.
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.agencies import AgencyView, FormView
from models.eit import EitPoint, EitRound
from reports.posters import Poster
from thai.dates import format_date

EIT_FACTS = ("ป.ป.ช. เป็นผู้ถาม", "ใช้เวลาราว 5 นาที", "ไม่ต้องบอกชื่อ", "ตอบตามที่พบจริง")
DOORS = {
    "line": "เพิ่มเพื่อน LINE",
    "complain": "แจ้งเรื่องร้องเรียน",
    "integrity": "แจ้งเบาะแสทุจริต",
    "ask": "ถาม-ตอบ",
}


def address(agency: AgencyView, point: EitPoint) -> str:
    """The point's short address, as it is printed; it stays the same every year."""
    return f"{agency.public_url}/e/{point.code}"


def for_points(agency: AgencyView, round_: EitRound, points: Iterable[EitPoint]) -> list[Poster]:
    """A poster of the year's survey for each point."""
    window = (
        f"เปิดรับ {format_date(round_.opens_on)} ถึง {format_date(round_.closes_on)}"
        if round_.opens_on and round_.closes_on
        else ""
    )
    return [
        Poster(
            agency=agency.name,
            title="ประเมินการทำงาน\nของเรา",
            subtitle="แบบประเมิน EIT ของสำนักงาน ป.ป.ช.",
            facts=EIT_FACTS,
            address=address(agency, point),
            point=point.name,
            foot=window,
        )
        for point in points
    ]


def for_door(agency: AgencyView, door: str, line_url: str) -> Poster | None:
    """A poster of another door (DOORS); None for one that the agency does not have. `line_url`: where one adds its LINE
    account as a friend, or ""."""
    phone = agency.fields.get("office_phone", "")
    foot = f"โทร {phone}" if phone else ""
    line_id = agency.fields.get("line_id", "").strip()
    match door:
        case "line" if line_url:
            return Poster(
                agency=agency.name,
                title="เพิ่มเพื่อน LINE \nของเรา",
                subtitle="ถามได้ แจ้งเรื่องได้ ทุกวัน",
                facts=("ถามได้ 24 ชั่วโมง", "แจ้งเรื่อง แนบรูปได้", "ติดตามเรื่องได้เอง", "คุยกับเจ้าหน้าที่ได้"),
                address=line_url,
                typed=f"ค้นหา {line_id} ใน LINE",
                foot=foot,
                colour="#04603a",
            )
        case "complain":
            return Poster(
                agency=agency.name,
                title="แจ้งเรื่องร้องเรียน",
                subtitle="ไฟดับ ถนนพัง ขยะ น้ำไม่ไหล",
                facts=("ไม่ต้องมี LINE ก็ได้", "แนบรูป ปักหมุดได้", "ได้เลขที่เรื่องทันที", "ดูได้ว่าถึงไหนแล้ว"),
                address=agency.url("/complain"),
                foot=foot,
                colour="#8a3b12",
            )
        case "integrity" if agency.integrity_open:
            return Poster(
                agency=agency.name,
                title="แจ้งเบาะแสทุจริต",
                subtitle="ช่องทางปิดผนึก แยกจากเรื่องอื่น",
                facts=("ไม่ต้องบอกชื่อ", "ไม่ผ่านแชต LINE", "ปิดผนึกทันทีที่ส่ง", "มีรหัสติดตามเรื่อง"),
                address=agency.fields["integrity_url"],
                call="ส่องภาพนี้ หรือจดไว้เปิดทีหลังก็ได้",
                foot=f"หรือโทร ป.ป.ช. {agency.fields['hotline_nacc']}",
                colour="#4a2c6d",
            )
        case "ask":
            return Poster(
                agency=agency.name,
                title="ถามเราได้เลย",
                subtitle="ภาษี เบี้ยยังชีพ เอกสารที่ต้องใช้",
                facts=("ตอบเรื่องที่ถามบ่อย", "ถามได้ 24 ชั่วโมง", "ไม่ต้องสมัคร", "ส่งต่อเจ้าหน้าที่ได้"),
                address=agency.url("/ask"),
                foot=foot,
                colour="#1c4f82",
            )
    return None


def for_form(agency: AgencyView, form: FormView) -> Poster:
    """A poster that opens one of the agency's forms."""
    phone = agency.fields.get("office_phone", "")
    return Poster(
        agency=agency.name,
        title=form.title,
        subtitle=form.about or "กรอกได้จากมือถือ",
        facts=(
            "กรอกได้ 24 ชั่วโมง",
            "ไม่ต้องมี LINE ก็ได้",
            *(("ได้เลขที่เรื่องทันที", "ดูได้ว่าถึงไหนแล้ว") if form.kind == "request" else ()),
            *(("ไม่ต้องบอกชื่อ",) if form.kind == "anonymous" else ()),
        ),
        address=agency.url(f"/forms/{form.key}"),
        foot=f"โทร {phone}" if phone else "",
        colour="#1c4f82",
    )
