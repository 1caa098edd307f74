"""แบบประเมิน EIT in the chat: the code and the link while the survey runs, when it runs otherwise."""

from __future__ import annotations

import re

from handlers.dialogue import expired_button
from handlers.eit import invitations, operations, rounds
from handlers.eit.posters import address
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Picture, Say
from handlers.turn import Turn
from thai.dates import bangkok_date, format_date
from thai.text import normalise

LONGEST = 60  # characters; more is a question or a story
_WANTED = re.compile(
    r"itas|(?:ทำ|ตอบ|ขอ|สแกน|เปิด|ลิงก์|ลิ้งค์|ลิงค์|คิวอาร์|qr).{0,14}(?:แบบประเมิน|eit|อีไอที|แบบสำรวจ.{0,4}(?:ป\.?ป\.?ช|ปปช))"
)
_ELSE = re.compile(r"คือ|หมายถึง|ภาษี|ราคา|คะแนน|ผล")
WHAT = "แบบประเมิน EIT เป็นแบบสำรวจของ ป.ป.ช. ค่ะ"


def show(turn: Turn) -> list[Message]:
    """The picture of the code for somebody beside, and a button for this person."""
    today = bangkok_date(turn.now)
    round_ = rounds.current(turn.session, today)
    point = operations.own_point(turn.session, "chat")
    if round_ is None or point is None or rounds.state(round_, today) != "open":
        when = rounds.when(round_, today, turn.agency.short_name)
        later = "\nถึงวันนั้น กดเมนูเดิมได้เลยค่ะ" if rounds.state(round_, today) == "not_yet" else ""
        return [Say(f"{WHAT}\n{when}ค่ะ{later}", (OFFICER, MENU))]
    closes = f"\nเปิดรับถึง {format_date(round_.closes_on, 'long')}" if round_.closes_on else ""
    return [
        # The year in the address: LINE keeps pictures that it has seen.
        Picture(f"{turn.agency.url('/eit.png')}?y={round_.fiscal_year}", "คิวอาร์โค้ดแบบประเมิน EIT ให้คนข้าง ๆ สแกนได้ค่ะ"),
        Card(
            title="แบบประเมิน EIT",
            note=(
                f"{WHAT}\nถามทุกคนที่ติดต่อ{turn.agency.short_name}\n"
                "ไม่ต้องบอกชื่อ ใช้เวลาไม่กี่นาที\n"
                "ตอบตามที่พบจริง จะตอบหรือไม่ก็ได้\n"
                f"เราไม่เห็นว่าใครตอบค่ะ{closes}"
            ),
            buttons=(Choice("เปิดแบบประเมิน", address(turn.agency, point), "link"),),
            choices=(OFFICER, MENU),
        ),
    ]


def by_words(turn: Turn) -> list[Message] | None:
    """ "สแกนคิวอาร์ itas", "ขอทำแบบประเมิน ป.ป.ช."; None for other words, and for who asks what it is."""
    said = normalise(turn.text)
    wanted = len(said) <= LONGEST and _WANTED.search(said) and not _ELSE.search(said)
    return show(turn) if wanted else None


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "eit:stop" (under an invitation)."""
    if parts[:1] == ["stop"]:
        invitations.decline(turn.session, turn.talk.id)
        return [Say("รับทราบค่ะ จะไม่ส่งคำชวนแบบนี้อีก\nถ้าอยากประเมิน พิมพ์ แบบประเมิน ได้ทุกเมื่อค่ะ", (MENU,))]
    return [expired_button()]
