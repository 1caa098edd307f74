"""Figures of an invented agency, as handlers/documents/collect.py makes them. Every name and number is made up."""

from __future__ import annotations

from typing import Any

NAMES = {
    "1": "การปฏิบัติหน้าที่",
    "2": "การใช้งบประมาณ",
    "3": "การใช้อำนาจ",
    "4": "การใช้ทรัพย์สินของราชการ",
    "5": "การแก้ไขปัญหาการทุจริต",
    "6": "คุณภาพการดำเนินงาน",
    "7": "ประสิทธิภาพการสื่อสาร",
    "8": "การปรับปรุงระบบการทำงาน",
    "9": "การเปิดเผยข้อมูล",
    "10": "การป้องกันการทุจริต",
    "9.1": "ข้อมูลพื้นฐาน",
    "10.1": "การดำเนินการเพื่อป้องกันการทุจริต",
}
SCORES = ("91.59", "80.48", "85.64", "77.01", "76.47", "87.70", "84.67", "91.27", "100.00", "100.00")


def proof(number: int, **changes: Any) -> dict[str, Any]:
    one = {
        "id": number,
        "kind": "url",
        "title": "ภาพประชาสัมพันธ์บนเว็บไซต์",
        "url": f"https://example.go.th/ita/news-{number}",
        "order_number": "",
        "dated": "2023-01-20",
        "approved": True,
        "link_status": "alive",
        "link_checked_on": "2023-04-03",
        "link_detail": "",
    }
    return {**one, **changes}


def measure(number: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": number,
        "instrument": "EIT",
        "indicator": 7,
        "indicator_by_code": 7,
        "item_code": "E7",
        "item_known": True,
        "item_text": "หน่วยงานที่ท่านติดต่อ มีการเผยแพร่ผลงานหรือข้อมูลที่สาธารณชนควรรับทราบอย่างชัดเจน มากน้อยเพียงใด",
        "issue": "ประชาชนยังไม่ทราบผลงานของหน่วยงานอย่างทั่วถึง",
        "title": "ประชาสัมพันธ์ผลงานของทุกส่วนงานให้เป็นปัจจุบัน",
        "steps": [
            "ทุกส่วนงานส่งข่าวให้ผู้ดูแลเว็บไซต์ภายใน 3 วันทำการหลังจัดกิจกรรม",
            "เผยแพร่ทางเว็บไซต์ LINE และหอกระจายข่าว",
            "สรุปจำนวนข่าวเสนอผู้บริหารทุกไตรมาส",
        ],
        "units": ["สำนักปลัด", "กองคลัง", "กองช่าง"],
        "roles": ["ผู้ดูแลเว็บไซต์"],
        "period": "ต.ค. 65 - มี.ค. 66",
        "supervision": ["รายงานผลให้ผู้บริหารทราบไตรมาสละ 1 ครั้ง"],
        "cadence": "quarter",
        "status": "done",
        "results": ["เผยแพร่ข่าวผลงาน 24 เรื่อง ครบทุกส่วนงาน", "แต่งตั้งเจ้าหน้าที่รับผิดชอบการเผยแพร่ข้อมูล"],
        "outcome": "ประชาชนเข้าถึงข้อมูลผลงานได้หลายช่องทาง",
        "suggestion": "ควรเพิ่มภาพประกอบที่อ่านง่าย",
        "evidence": [
            proof(number * 10),
            proof(
                number * 10 + 1, kind="order", title="คำสั่งแต่งตั้ง", url="", order_number="777/2565", dated="2022-12-29"
            ),
        ],
        "evidence_outside": [],
    }
    return {**row, **changes}


def measures() -> list[dict[str, Any]]:
    """Eight measures of all three instruments and statuses."""
    return [
        measure(
            1,
            instrument="IIT",
            indicator=2,
            indicator_by_code=2,
            item_code="I11",
            item_text="หน่วยงานของท่าน เปิดโอกาสให้ท่านมีส่วนร่วมในการตรวจสอบการใช้จ่ายงบประมาณ มากน้อยเพียงใด",
            issue="บุคลากรบางส่วนไม่ทราบแผนการใช้งบประมาณ",
            title="เผยแพร่ข้อมูลการจัดซื้อจัดจ้างและแผนการใช้จ่ายต่อบุคลากรทุกเดือน",
            steps=["แต่งตั้งคณะทำงานเผยแพร่ข้อมูล", "สรุปการใช้จ่ายเป็นภาพให้เข้าใจง่าย"],
            units=["กองคลัง"],
            roles=["ผู้อำนวยการกองคลัง"],
            results=["สรุปการใช้จ่ายในการประชุมประจำเดือน 6 ครั้ง"],
        ),
        measure(2),
        measure(
            3,
            item_code="E9",
            item_text="หน่วยงานที่ท่านติดต่อ มีการชี้แจงและตอบคำถามได้อย่างชัดเจน มากน้อยเพียงใด",
            issue="คำถามทางเว็บไซต์ได้รับคำตอบช้า",
            title="แต่งตั้งผู้ตอบคำถามของแต่ละส่วนงาน",
            status="in_progress",
            results=["แต่งตั้งแล้ว 4 ส่วนงาน อยู่ระหว่างแต่งตั้งอีก 3 ส่วนงาน"],
            evidence=[],
        ),
        measure(
            4,
            indicator=8,
            indicator_by_code=8,
            item_code="E11",
            item_text="เจ้าหน้าที่ของหน่วยงานที่ท่านติดต่อ มีการปรับปรุงคุณภาพการปฏิบัติงานให้ดีขึ้น มากน้อยเพียงใด",
            issue="ขั้นตอนขออนุญาตก่อสร้างใช้เวลานาน",
            title="ทบทวนและปรับปรุงขั้นตอนการให้บริการของทุกส่วนงาน",
            units=["กองช่าง"],
            results=["ลดขั้นตอนการขออนุญาตก่อสร้างจาก 7 ขั้นตอนเหลือ 5 ขั้นตอน"],
        ),
        measure(
            5,
            indicator=8,
            indicator_by_code=8,
            item_code="E14",
            item_text="หน่วยงานเปิดโอกาสให้ผู้มีส่วนได้ส่วนเสียเข้าไปมีส่วนร่วมในการปรับปรุงการให้บริการ มากน้อยเพียงใด",
            issue="ภาคประชาชนมีส่วนร่วมในโครงการน้อย",
            title="เชิญผู้แทนหมู่บ้านร่วมเป็นกรรมการตรวจรับงานจ้าง",
            status="not_started",
            results=[],
            evidence=[],
        ),
        measure(
            6,
            instrument="OIT",
            indicator=9,
            indicator_by_code=9,
            item_code="O8",
            item_text="Q&A",
            issue="ยังไม่มีช่องทางถามตอบสองทาง",
            title="เปิดช่องทางถามตอบทาง LINE และเว็บไซต์",
            units=["สำนักปลัด"],
            results=["เปิดช่องทางถามตอบเมื่อวันที่ 11 ม.ค. 66"],
        ),
        measure(
            7,
            instrument="OIT",
            indicator=10,
            indicator_by_code=10,
            item_code="O32",
            item_text="การสร้างวัฒนธรรม No Gift Policy",
            issue="",
            title="ประกาศและอบรมเรื่องการไม่รับของขวัญ",
            period="ธ.ค. 65",
            results=["ประกาศเจตนารมณ์เมื่อวันที่ 7 ธ.ค. 65", "อบรมในการประชุมประจำเดือนเมื่อวันที่ 11 ม.ค. 66"],
        ),
        measure(
            8,
            instrument="",
            indicator=None,
            indicator_by_code=None,
            item_code="",
            item_text="",
            issue="",
            title="ทำทะเบียนควบคุมการใช้ทรัพย์สินของแต่ละส่วนงาน",
            units=["กองคลัง"],
            results=["จัดทำทะเบียนครบ 7 ส่วนงาน"],
        ),
    ]


def items() -> list[dict[str, Any]]:
    """Two sub-indicators with three items."""

    def element(number: int, text: str, **changes: Any) -> dict[str, Any]:
        one = {
            "id": number,
            "no": number,
            "text": text,
            "unit": "สำนักปลัด",
            "status": "met",
            "note": "",
            "checked_by": "นางสมศรี ตัวอย่าง",
            "checked_on": "2023-03-14",
            "evidence": [proof(100 + number, title="หน้าเว็บไซต์")],
            "evidence_outside": [],
        }
        return {**one, **changes}

    return [
        {
            "code": "O1",
            "title": "โครงสร้าง",
            "indicator": "9.1",
            "units": ["สำนักปลัด"],
            "met": True,
            "elements": [
                element(1, "แสดงแผนผังโครงสร้างการแบ่งส่วนราชการ"),
                element(2, "แสดงตำแหน่งสำคัญและการแบ่งส่วนงานภายใน"),
            ],
        },
        {
            "code": "O2",
            "title": "ข้อมูลผู้บริหาร",
            "indicator": "9.1",
            "units": ["สำนักปลัด"],
            "met": False,
            "elements": [
                element(3, "แสดงชื่อ ตำแหน่ง รูปถ่าย และช่องทางการติดต่อของผู้บริหารแต่ละคน"),
                element(4, "แสดงผู้ดำรงตำแหน่งทางการบริหาร", status="open", checked_by="", checked_on="", evidence=[]),
            ],
        },
        {
            "code": "O33",
            "title": "รายงานผลตามนโยบาย No Gift Policy",
            "indicator": "10.1",
            "units": ["สำนักปลัด"],
            "met": True,
            "elements": [element(5, "แสดงการประเมินผลตามนโยบาย", note="ไม่มีการรับของขวัญ (0 ครั้ง)")],
        },
    ]


def scores(**changes: Any) -> dict[str, Any]:
    """The memo's vector."""
    found: dict[str, Any] = {
        "fiscal_year": 2566,
        "complete": True,
        "missing": [],
        "indicators": list(SCORES),
        "iit": "82.24",
        "eit": "87.88",
        "oit": "100.00",
        "total": "91.04",
        "level": "ผ่าน",
        "rule_confirmed": True,
        "notes": [],
    }
    return {**found, **changes}


def figures(layout: str = "", **changes: Any) -> dict[str, Any]:
    """A document's figures of the first half of fiscal year 2566."""
    found: dict[str, Any] = {
        "kind": "measures",
        "layout": layout,
        "fiscal_year": 2566,
        "period": {
            "key": "6m",
            "starts_on": "2022-10-01",
            "ends_on": "2023-03-31",
            "name": "รอบ 6 เดือน",
            "months": "เดือนตุลาคม 2565 - มีนาคม 2566",
        },
        "dated": "2023-04-04",
        "collected_at": "2023-04-04T02:00:00+00:00",
        "office": {
            "kind": "อบต.",
            "name": "บ้านตัวอย่าง",
            "full": "องค์การบริหารส่วนตำบลบ้านตัวอย่าง",
            "head": "นายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
            "clerk": "ปลัดองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
            "place": "อำเภอตัวอย่าง จังหวัดตัวอย่าง",
            "district": "ตัวอย่าง",
            "province": "ตัวอย่าง",
            "memo_unit": "สำนักปลัด",
            "memo_phone": "02-000-1234",
            "memo_code": "ตย 99901",
            "mayor_name": "นายสมมุติ ใจดี",
            "mayor_acting": False,
            "mayor_own_position": "",
            "clerk_name": "นางสมศรี ตัวอย่าง",
            "clerk_acting": True,
            "clerk_own_position": "รองปลัดองค์การบริหารส่วนตำบล",
            "proposer_name": "นางสาวสมใจ ตัวอย่าง",
            "proposer_position": "นักวิเคราะห์นโยบายและแผนปฏิบัติการ",
            "signers": {
                "mayor": ["(นายสมมุติ ใจดี)", "นายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง"],
                "clerk": [
                    "(นางสมศรี ตัวอย่าง)",
                    "รองปลัดองค์การบริหารส่วนตำบล",
                    "รักษาราชการแทนปลัดองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
                ],
                "proposer": ["(นางสาวสมใจ ตัวอย่าง)", "นักวิเคราะห์นโยบายและแผนปฏิบัติการ"],
            },
        },
        "thai_digits": True,
        "garuda": "",
        "indicators": dict(NAMES),
        "items": {"measures": "O42", "report": "O43", "confirmed": True},
        "measures": measures(),
        "left_out": [],
        "scores": scores(),
        "items_with_elements": items(),
        "own_columns": [],
    }
    return {**found, **changes}
