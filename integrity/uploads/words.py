"""What reporters are told about their files: why one is refused, and what was found inside and taken out."""

from __future__ import annotations

BIGGEST = 30_000_000  # bytes of one file
PIXELS = 110_000_000  # of one picture
INFLATED = 200_000_000  # bytes that one file may unfold to


class Refused(ValueError):
    """The file is not taken. The message is Thai, fit for the reporter, and holds nothing of the file."""


TAKEN = "รับรูปภาพ JPEG และ PNG เอกสาร PDF, Word (.docx), Excel (.xlsx) เสียง MP3 และ M4A วิดีโอ MP4 ค่ะ"
UNKNOWN = f"ไฟล์ชนิดนี้ยังรับไม่ได้ค่ะ {TAKEN}"
EMPTY = "ไฟล์นี้ว่างเปล่าค่ะ"
TOO_BIG = f"ไฟล์นี้ใหญ่เกินไปค่ะ รับได้ไม่เกินไฟล์ละ {BIGGEST // 1_000_000} MB"
UNFOLDS = "ไฟล์นี้ขยายแล้วมีขนาดใหญ่ผิดปกติ จึงรับไม่ได้ค่ะ ลองย่อรูปหรือแบ่งเอกสารก่อนส่งนะคะ"
DAMAGED = "เปิดไฟล์นี้ไม่ได้ หรือไฟล์ไม่สมบูรณ์ค่ะ ลองบันทึกใหม่แล้วส่งอีกครั้ง หรือส่งเป็นภาพหน้าจอก็ได้นะคะ"
BUSY = "ขณะนี้มีไฟล์รอตรวจอยู่หลายไฟล์ กรุณาลองส่งอีกครั้งในอีกสักครู่นะคะ"
HEIC = (
    "รูปนี้เป็นแบบ HEIC ของ iPhone ซึ่งยังล้างข้อมูลที่ซ่อนอยู่ให้ไม่ได้ค่ะ ให้เปิดรูปแล้วจับภาพหน้าจอ แล้วส่งภาพนั้นแทน "
    "หรือไปที่ การตั้งค่า > กล้อง > รูปแบบ แล้วเลือก “ใช้งานร่วมกันได้มากที่สุด” เพื่อถ่ายครั้งต่อไปเป็น JPEG นะคะ"
)
PICTURE_KIND = "รูปชนิดนี้ยังรับไม่ได้ค่ะ ให้จับภาพหน้าจอ หรือบันทึกเป็น JPEG หรือ PNG แล้วส่งใหม่นะคะ"
WEB_PAGE = "ไฟล์หน้าเว็บและ SVG อาจมีคำสั่งซ่อนอยู่ จึงรับไม่ได้ค่ะ ให้จับภาพหน้าจอ หรือบันทึกเป็น PDF แล้วส่งแทนนะคะ"
PASSWORD = "ไฟล์นี้ใส่รหัสผ่านไว้ จึงตรวจและล้างข้อมูลที่ซ่อนอยู่ไม่ได้ค่ะ กรุณาบันทึกแบบไม่ใส่รหัสผ่านแล้วส่งใหม่นะคะ"  # noqa: S105
OLD_OFFICE = (
    "ไฟล์ Word หรือ Excel รุ่นเก่า (.doc .xls) หรือที่ใส่รหัสผ่านไว้ ยังรับไม่ได้ค่ะ "
    "กรุณาบันทึกเป็น .docx .xlsx หรือ PDF แบบไม่ใส่รหัสผ่าน แล้วส่งใหม่นะคะ"
)
MACROS = "ไฟล์นี้มีชุดคำสั่ง (มาโคร) อยู่ข้างใน จึงรับไม่ได้ค่ะ กรุณาบันทึกเป็น .docx .xlsx หรือ PDF แล้วส่งใหม่นะคะ"
FRAGMENTS = "วิดีโอหรือเสียงแบบแยกส่วนยังรับไม่ได้ค่ะ ลองบันทึกหรือส่งออกเป็น MP4 หรือ M4A ธรรมดาแล้วส่งใหม่นะคะ"
HIDDEN = "เอกสารนี้มีข้อมูลซ่อนอยู่ในส่วนที่ล้างไม่ได้ค่ะ ให้สั่งพิมพ์เป็น PDF ใหม่ หรือจับภาพหน้าจอ แล้วส่งแทนนะคะ"

PLACE = "ตำแหน่งที่ถ่าย"
DEVICE = "รุ่นโทรศัพท์หรือกล้อง"
SERIAL = "หมายเลขเครื่องหรือรหัสประจำไฟล์"
TAKEN_AT = "วันเวลาที่ถ่าย"
AUTHOR = "ชื่อผู้เขียน"
EDITORS = "ชื่อผู้แก้ไขหรือผู้แสดงความเห็น"
SOFTWARE = "โปรแกรมที่ใช้"
MADE_AT = "วันเวลาที่สร้างหรือแก้ไขไฟล์"
CAPTION = "คำบรรยายหรือข้อความที่ซ่อนอยู่"
THUMBNAIL = "ภาพย่อที่อาจเป็นภาพก่อนตัดแต่ง"
COLOUR = "รายละเอียดของจอภาพหรือกล้องในข้อมูลสี"
APPENDED = "ข้อมูลที่ต่อท้ายหรือแทรกอยู่ในไฟล์"
ANIMATION = "ภาพเคลื่อนไหว (เหลือไว้ภาพแรก)"
ATTACHED = "ไฟล์ที่แนบหรือฝังอยู่ข้างใน"
ACTIONS = "คำสั่งอัตโนมัติ"
LINKS = "ลิงก์ออกไปภายนอก"
SIGNATURE = "ลายเซ็นดิจิทัล"
PROPERTIES = "ข้อมูลประจำเอกสาร"
HISTORY = "ประวัติการแก้ไขหรือพื้นที่เก็บไฟล์ในเครื่อง"
OTHER_PICTURES = "รูปข้างในที่ล้างข้อมูลไม่ได้ (ถูกนำออก)"
LABELS = "ชื่อ ผู้จัดทำ หรือข้อความที่ติดมากับไฟล์เสียงหรือวิดีโอ"
TRACKS = "ข้อมูลที่บันทึกควบคู่กับวิดีโอ เช่น ตำแหน่ง"


def in_xmp(packet: bytes) -> list[str]:
    """What an XMP packet (Adobe's metadata in XML) tells, in words."""
    signs = (
        (b"GPS", PLACE),
        (b"tiff:Make", DEVICE),
        (b"tiff:Model", DEVICE),
        (b"creator>", AUTHOR),
        (b"CreatorTool", SOFTWARE),
        (b"Date", MADE_AT),
        (b"DocumentID", SERIAL),
        (b"description", CAPTION),
    )
    return [word for sign, word in signs if sign in packet] or [PROPERTIES]
