"""The button "รับทราบ" of a summary's card."""

from __future__ import annotations

from handlers.dialogue import MENU
from handlers.messages import Choice, Message, Say
from handlers.summaries import operations, terms
from handlers.summaries.periods import parse
from handlers.turn import Turn
from models.agency import Staff
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
