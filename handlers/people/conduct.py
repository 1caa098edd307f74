"""What the staff ask the chat about their own conduct: do and don't (O39-O41, R65). Citizens have answers of their own.

Source: พ.ร.บ. มาตรฐานทางจริยธรรม พ.ศ. 2562 มาตรา 5, in plain words; the agency's own code is behind the link."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.agencies import AgencyView
from handlers.messages import MENU, Card, Choice, Row
from thai.text import fold_command

ASKED = {
    fold_command(words)
    for words in (
        "จริยธรรม", "ประมวลจริยธรรม", "มาตรฐานจริยธรรม", "ควรทำ", "ควรทำไม่ควรทำ", "ควรทำและไม่ควรทำ", "ข้อควรทำ", "ข้อห้าม",
        "ไม่ควรทำ", "do and don't", "do & don't", "do don't", "dos and don'ts", "ผลประโยชน์ทับซ้อน",
    )
}  # fmt: skip
DO = (
    "บริการทุกคนเท่ากัน ตามลำดับและเวลาที่ประกาศ",
    "ซื่อตรง รับผิดชอบ เอาประโยชน์ส่วนรวมมาก่อน",
    "มีส่วนได้เสียในเรื่องใด แจ้งหัวหน้าและไม่พิจารณาเอง",
    "ได้ของขวัญมา ลงทะเบียนของขวัญและรายงาน",
)
DONT = (
    "รับหรือเรียกของขวัญ เงิน หรือประโยชน์จากงาน",
    "ใช้รถ ของ เวลา หรือข้อมูลของราชการเพื่อตัวเอง",
    "เลือกปฏิบัติ กลั่นแกล้ง หรือช่วยพวกพ้อง",
    "เปิดเผยชื่อผู้ร้องเรียนหรือผู้แจ้งเบาะแส",
)


def card(agency: AgencyView) -> Card:
    """Do and don't on one card, with the agency's own code where its address is known."""
    link = agency.fields.get("ethics_url", "")
    buttons = (Choice("ประมวลจริยธรรม", link, "link"),) if link.startswith("https://") else ()
    rows = (
        Row("ควรทำ", _listed(DO)),
        Row("ไม่ควรทำ", _listed(DONT)),
    )
    return Card("ควรทำ ไม่ควรทำ", rows, note="ไม่แน่ใจ ถามหัวหน้าหรือสำนักปลัดก่อนนะคะ", buttons=buttons, choices=(MENU,))


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)
