"""Every word of the agency's home page, Thai beside English, so that both can be read and corrected in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from thai.dates import format_date, format_time, to_bangkok

LANGUAGES = ("th", "en")


@dataclass(frozen=True, slots=True)
class Tile:
    """A button: where it leads (an endpoint of the public pages), its icon, (name, what it is for) in both."""

    endpoint: str
    picture: str
    th: tuple[str, str]
    en: tuple[str, str]

    def words(self, language: str) -> tuple[str, str]:
        return self.en if language == "en" else self.th


TILES = (
    Tile(
        "public.complain", "megaphone",
        ("แจ้งเรื่องร้องเรียน", "ไฟดับ ถนนพัง ขยะ น้ำไม่ไหล"),
        ("Report a problem", "Street lights, roads, rubbish, water"),
    ),
    Tile(
        "public.ask", "chat-dots",
        ("ถาม-ตอบ", "ภาษี เบี้ยยังชีพ เอกสารที่ต้องใช้"),
        ("Ask a question", "Taxes, allowances, documents to bring"),
    ),
    Tile(
        "public.status", "search",
        ("ติดตามเรื่อง", "ดูว่าเรื่องที่แจ้งถึงไหนแล้ว"),
        ("Follow your case", "With its number and its secret code"),
    ),
    Tile(
        "public.forms", "pencil-square",
        ("บริการออนไลน์", "ยื่นคำขอจากที่บ้าน ไม่ต้องเดินทาง"),
        ("Online services", "Apply from home"),
    ),
    Tile(
        "public.activities", "people",
        ("กิจกรรมและการมีส่วนร่วม", "เข้าร่วม เสนอความเห็น ดูผล"),
        ("Activities", "Take part, give your opinion"),
    ),
    Tile(
        "public.map", "geo-alt",
        ("เรื่องในแต่ละหมู่", "แจ้งอะไรกันบ้าง ถึงไหนแล้ว"),
        ("Problems by village", "What was reported and how far it is"),
    ),
    Tile(
        "public.transparency", "bar-chart",
        ("ข้อมูลเปิดเผย", "สถิติการทำงานของเรา ดาวน์โหลดได้"),
        ("Open data", "Our work in figures, to download"),
    ),
    Tile(
        "public.eit", "ui-checks",
        ("แบบประเมิน EIT", "แบบสำรวจของ ป.ป.ช. ไม่ต้องบอกชื่อ"),
        ("EIT survey", "By the anti-corruption commission; no name needed"),
    ),
    Tile(
        "public.contact", "telephone",
        ("เบอร์ทุกส่วนงาน", "ที่อยู่ สายด่วน เวลาทำการ"),
        ("All phone numbers", "Every division, and hotlines"),
    ),
    Tile(
        "public.guide", "book",
        ("วิธีใช้ LINE", "คู่มือหนึ่งหน้า พิมพ์ติดบ้านได้"),
        ("How to use LINE here", "One page to print"),
    ),
)  # fmt: skip

WORDS: dict[str, tuple[str, str]] = {
    "skip": ("ข้ามไปเนื้อหา", "Skip to content"),
    "heading": ("มีอะไรให้ช่วยคะ", "How can we help?"),
    "other_language": ("English", "ภาษาไทย"),
    "thai_only": ("", "The pages behind these buttons are in Thai. An officer can help you by phone."),
    "services": ("บริการ", "Services"),
    "urgent": ("เหตุด่วน โทรก่อนเลยค่ะ", "Emergency? Call first"),
    "police": ("ตำรวจ", "Police"),
    "ambulance": ("รถพยาบาล", "Ambulance"),
    "fire": ("ดับเพลิง", "Fire"),
    "open": ("ตอนนี้เปิดทำการ", "Open now"),
    "until": ("ถึง {time}", "until {time}"),
    "closed": ("ตอนนี้ปิดทำการ", "Closed now"),
    "opens": ("เปิดอีกครั้ง {moment}", "Opens {moment}"),
    "integrity": ("แจ้งเบาะแสทุจริต", "Report corruption"),
    "integrity_more": ("ช่องทางแยก ปิดผนึก ไม่ต้องบอกชื่อ", "A separate, sealed channel; no name needed"),
    "line": ("คุยกับเราทาง LINE", "Talk to us on LINE"),
    "line_more": (
        "เพิ่มเพื่อน {line_id} แล้วพิมพ์ถามได้เลยค่ะ แจ้งเรื่องพร้อมรูปและตำแหน่งได้ และเราจะแจ้งข่าวกลับทางแชต",
        "Add {line_id} as a friend and ask, in Thai. You can report with photos and a location; we answer in the chat.",
    ),
    "line_add": ("เพิ่มเพื่อนใน LINE", "Add us on LINE"),
    "line_code": ("คิวอาร์โค้ดเพิ่มเพื่อน LINE", "QR code to add us on LINE"),
    "eit": ("ประเมินเราได้", "Rate our work"),
    "eit_more": (
        "แบบสำรวจ EIT ของสำนักงาน ป.ป.ช. ไม่ต้องบอกชื่อ สแกนภาพนี้ หรือกดปุ่มได้เลยค่ะ",
        "The EIT survey of the National Anti-Corruption Commission. Anonymous. Scan the picture or use the button.",
    ),
    "eit_open": ("ดูแบบประเมิน EIT", "About the EIT survey"),
    "eit_code": ("คิวอาร์โค้ดแบบประเมิน EIT", "QR code of the EIT survey"),
    "contact": ("ติดต่อเรา", "Contact"),
    "office_phone": ("โทรศัพท์", "Phone"),
    "email": ("อีเมล", "E-mail"),
    "address": ("ที่อยู่", "Address"),
    "hours": ("เวลาทำการ", "Office hours"),
    "hours_value": ("", "Working days, {opens} to {closes}"),
    "website": ("เว็บไซต์", "Website"),
    "map": ("เปิดแผนที่", "Open the map"),
    "privacy": ("ข้อมูลส่วนบุคคลของคุณ", "Your personal data"),
    "privacy_text": (
        "",
        "We keep what you send us only as far as it is needed to help you, and do not disclose who you are. You may "
        "ask to see, correct or delete your data at any time (Personal Data Protection Act B.E. 2562). The notice in "
        "Thai is the one in force.",
    ),
    "privacy_more": ("อ่านนโยบายความเป็นส่วนตัว", "Read the full notice (in Thai)"),
    "other_pages": ("หน้าอื่น ๆ", "Other pages"),
}


def words(language: str) -> Mapping[str, str]:
    """All of WORDS in "th" or "en"."""
    at = LANGUAGES.index(language)
    return {name: both[at] for name, both in WORDS.items()}


def moment(when: datetime, language: str) -> str:
    """Day and time by Bangkok's clock: "วันจันทร์ที่ 23 พฤศจิกายน 2569 08.30 น.", "Monday 23 November 2026, 08:30"."""
    local = to_bangkok(when)
    if language == "en":
        return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"
    return f"{format_date(local.date(), 'weekday')} {format_time(local)}"


def clock(when: datetime, language: str) -> str:
    """A time of the day by Bangkok's clock: "16.30 น.", "16:30"."""
    return f"{to_bangkok(when):%H:%M}" if language == "en" else format_time(when)
