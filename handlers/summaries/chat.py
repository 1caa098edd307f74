"""Summaries in the chat: the button "รับทราบ", and the newest card again for an executive who asks for it."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from handlers.messages import MENU, Choice, Message, Say
from handlers.summaries import card, operations, terms
from handlers.summaries.periods import parse
from handlers.turn import Turn
from models.agency import Staff
from models.document import SummaryReceipt
from thai.dates import format_datetime


def acknowledged(turn: Turn, staff: Staff, receipt_id: int) -> list[Message]:
    """Keep when this person took note, and say so; a second tap says when it was."""
    receipt = operations.own_receipt(turn.session, receipt_id, staff)
    if receipt is None:
        return [Say("การ์ดนี้ส่งถึงผู้บริหารท่านอื่นค่ะ\nท่านดูรายงานได้ที่หน้าภาพรวม", (MENU,))]
    first = operations.acknowledge(turn.session, receipt, staff, turn.now)
    assert receipt.acknowledged_at is not None
    when = format_datetime(receipt.acknowledged_at)
    said = f"บันทึกการรับทราบแล้วค่ะ\n{parse(receipt.summary.period).label}\n{when}"
    details = f"{turn.agency.public_url}{terms.DASHBOARD}?period={receipt.summary.period}"
    return [Say(said if first else f"ท่านรับทราบไว้แล้วเมื่อ\n{when}ค่ะ", (Choice("ดูรายละเอียด", details, "link"), MENU))]


def newest(turn: Turn, staff: Staff) -> list[Message] | None:
    """ "ภาพรวม", "สรุป": the newest summary that this executive received, or the way to the figures of today; None for
    other staff, whose page is another."""
    if not any(person.id == staff.id for person in operations.executives(turn.session)):
        return None
    last = select(SummaryReceipt).where(SummaryReceipt.staff_id == staff.id).order_by(SummaryReceipt.id.desc())
    receipt = turn.session.scalars(last.limit(1)).first()
    today = Choice("ภาพรวมวันนี้", f"{turn.agency.public_url}{terms.DASHBOARD}", "link")
    if receipt is None:
        return [Say("ยังไม่มีสรุปที่ส่งถึงท่านค่ะ\nดูตัวเลขของวันนี้ได้ที่หน้าภาพรวม", (today, MENU))]
    made = card.card(turn.agency, parse(receipt.summary.period), receipt.summary.figures, receipt.id)
    return [msgspec.structs.replace(made, choices=(today, MENU))]
