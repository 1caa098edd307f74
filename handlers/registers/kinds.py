"""What each register holds: its columns, declared once for the page, the files and the counts.

Every entry has a title, a day, a unit and, where a term or a contract ends, the last day; the columns below are kept in
`RegisterEntry.data` under their names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# text and long: words; lines: one a line; whole: a count; money: baht; choice: one of `choices` by its key; url: a link
ColumnKind = Literal["text", "long", "lines", "whole", "money", "choice", "url"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a register. `choices`: key to label."""

    name: str
    label: str
    kind: ColumnKind = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""

    def label_of(self, key: str) -> str:
        return dict(self.choices).get(key, key)


@dataclass(frozen=True, slots=True)
class Register:
    """A register. `ends`: what the last day means, "" where there is none. `standing`: its entries count until they
    are taken out, not only in their fiscal year."""

    name: str
    label: str
    about: str
    title: str
    dated: str
    columns: tuple[Column, ...]
    ends: str = ""
    standing: bool = False

    def column(self, name: str) -> Column:
        """Raises KeyError."""
        return {column.name: column for column in self.columns}[name]


def _choices(**pairs: str) -> tuple[tuple[str, str], ...]:
    return tuple(pairs.items())


CHANNEL_ALIVE = _choices(unchecked="ยังไม่ได้ตรวจ", alive="ใช้ได้", dead="ใช้ไม่ได้")
GIFT_OUTCOMES = _choices(refused="ปฏิเสธ", returned="ส่งคืน", received="รับไว้ (รายงานแล้ว)", none="ไม่มี (รายงานเป็นศูนย์)")

REGISTERS: dict[str, Register] = {
    register.name: register
    for register in (
        Register(
            "orders",
            "คำสั่ง",
            "คำสั่งแต่งตั้งและมอบหมายงาน ใช้เป็นหลักฐานของมาตรการ",
            "เรื่อง",
            "ลงวันที่",
            (
                Column("number", "คำสั่งที่", required=True, help="เช่น 777/2569"),
                Column("people", "ผู้ได้รับแต่งตั้งหรือมอบหมาย", "lines", help="บรรทัดละ 1 คน"),
                Column("url", "ลิงก์คำสั่ง", "url"),
            ),
        ),
        Register(
            "committees",
            "คณะกรรมการ",
            "คณะกรรมการและคณะทำงาน พร้อมวาระ ระบบเตือนก่อนครบวาระ",
            "ชื่อคณะ",
            "แต่งตั้งเมื่อ",
            (
                Column("order_number", "คำสั่งที่"),
                Column("members", "กรรมการ", "lines", help="บรรทัดละ 1 คน เช่น นายสมมุติ ใจดี - ประธาน"),
                Column("citizens", "จำนวนกรรมการภาคประชาชน", "whole"),
                Column("duty", "หน้าที่", "long"),
            ),
            ends="ครบวาระ",
            standing=True,
        ),
        Register(
            "activities",
            "กิจกรรมและการอบรม",
            "การประชุม อบรม และกิจกรรมที่ประชาชนมีส่วนร่วม",
            "ชื่อกิจกรรม",
            "วันที่จัด",
            (
                Column(
                    "kind",
                    "ประเภท",
                    "choice",
                    required=True,
                    choices=_choices(
                        meeting="ประชุม",
                        training="อบรม",
                        participation="กิจกรรมมีส่วนร่วม",
                        orientation="ปฐมนิเทศ/แลกเปลี่ยนเรียนรู้",
                        other="อื่น ๆ",
                    ),
                ),
                Column("place", "สถานที่"),
                Column("attendees", "จำนวนผู้เข้าร่วม", "whole"),
                Column("who", "ผู้เข้าร่วม", "long", help="กลุ่มใดบ้าง เช่น ผู้นำชุมชน 12 คน"),
                Column("said", "ความเห็นที่ได้รับ", "long"),
                Column("result", "ผลที่ได้", "long"),
                Column("url", "ลิงก์ภาพหรือข่าว", "url"),
            ),
        ),
        Register(
            "channels",
            "ช่องทางติดต่อ",
            "ช่องทางที่ประชาชนติดต่อได้ นับจำนวนรายงานผู้บริหารทุกไตรมาส",
            "ชื่อช่องทาง",
            "ตรวจล่าสุด",
            (
                Column(
                    "kind",
                    "ประเภท",
                    "choice",
                    required=True,
                    choices=_choices(
                        website="เว็บไซต์",
                        facebook="Facebook",
                        line="LINE",
                        phone="โทรศัพท์",
                        email="อีเมล",
                        office="ที่ทำการ",
                        box="กล่องรับความคิดเห็น",
                        post="ไปรษณีย์",
                        other="อื่น ๆ",
                    ),
                ),
                Column("address", "ที่อยู่หรือเบอร์", required=True, help="ลิงก์ เบอร์โทร หรือที่ตั้ง"),
                Column("owner", "ผู้ดูแล"),
                Column("alive", "ใช้ได้หรือไม่", "choice", choices=CHANNEL_ALIVE),
                Column("publicity", "การประชาสัมพันธ์", "long", help="บอกประชาชนทางใด เมื่อใด"),
                Column("budget", "งบประมาณที่ขอ", "money"),
            ),
            ends="หมดอายุ (เช่น โดเมน)",
            standing=True,
        ),
        Register(
            "news",
            "ข่าวและการประชาสัมพันธ์",
            "สิ่งที่แต่ละส่วนงานเผยแพร่ ผู้บริหารติดตามทุกเดือน",
            "เรื่อง",
            "วันที่เผยแพร่",
            (
                Column(
                    "medium",
                    "สื่อ",
                    "choice",
                    required=True,
                    choices=_choices(
                        website="เว็บไซต์",
                        facebook="Facebook",
                        line="LINE",
                        leaflet="แผ่นพับ",
                        sign="ป้าย/บอร์ด",
                        speaker="เสียงตามสาย",
                        other="อื่น ๆ",
                    ),
                ),
                Column("place", "ติดหรือเผยแพร่ที่ใด"),
                Column("url", "ลิงก์", "url"),
            ),
        ),
        Register(
            "gifts",
            "ของขวัญ (No Gift Policy)",
            "ของขวัญที่ปฏิเสธ ส่งคืน หรือรับไว้ ไม่มีก็บันทึกเป็นศูนย์",
            "รายการ",
            "วันที่",
            (
                Column("outcome", "การจัดการ", "choice", required=True, choices=GIFT_OUTCOMES),
                Column("giver", "ผู้ให้ (ประเภท)", help="เช่น ผู้รับบริการ ผู้ประกอบการ ไม่ต้องระบุชื่อ"),
                Column("count", "จำนวน", "whole"),
                Column("value", "มูลค่าโดยประมาณ (บาท)", "money"),
                Column("handled", "ดำเนินการอย่างไร", "long"),
            ),
        ),
        Register(
            "procurement",
            "จัดซื้อจัดจ้าง",
            "สรุปผลรายเดือนตามแบบ สขร.1",
            "งานที่ซื้อหรือจ้าง",
            "วันที่ของสัญญาหรือข้อตกลง",
            (
                Column("budget", "วงเงินที่จะซื้อหรือจ้าง", "money", required=True),
                Column("reference_price", "ราคากลาง", "money"),
                Column(
                    "method",
                    "วิธีซื้อหรือจ้าง",
                    "choice",
                    required=True,
                    choices=_choices(
                        specific="เฉพาะเจาะจง",
                        selection="คัดเลือก",
                        bidding="ประกวดราคาอิเล็กทรอนิกส์ (e-bidding)",
                        market="ตลาดอิเล็กทรอนิกส์ (e-market)",
                        other="อื่น ๆ",
                    ),
                ),
                Column("bidders", "ผู้เสนอราคาและราคาที่เสนอ", "lines", help="บรรทัดละ 1 ราย เช่น ร้านสมมุติ 12,000"),
                Column("winner", "ผู้ได้รับการคัดเลือก", required=True),
                Column("price", "ราคาที่ตกลง", "money", required=True),
                Column("reason", "เหตุผลที่คัดเลือกโดยสรุป"),
                Column("contract_number", "เลขที่สัญญาหรือข้อตกลง"),
                Column("url", "ลิงก์ประกาศ", "url"),
            ),
            ends="สิ้นสุดสัญญา",
        ),
        Register(
            "improvements",
            "การปรับปรุงบริการ",
            "สิ่งที่ปรับปรุงจากผลสำรวจ ข้อร้องเรียน หรือผลประเมิน",
            "ปรับปรุงเรื่อง",
            "วันที่",
            (
                Column(
                    "source",
                    "มาจาก",
                    "choice",
                    required=True,
                    choices=_choices(
                        survey="แบบสำรวจความพึงพอใจ",
                        complaint="เรื่องร้องเรียน",
                        opinion="ความคิดเห็นและข้อเสนอแนะ",
                        ita="ผลประเมิน ITA",
                        review="ทบทวนเอง",
                    ),
                ),
                Column("found", "สิ่งที่พบ", "long"),
                Column("changed", "สิ่งที่ปรับปรุง", "long", required=True),
                Column("result", "ผลหลังปรับปรุง", "long"),
                Column("url", "ลิงก์", "url"),
            ),
        ),
    )
}
