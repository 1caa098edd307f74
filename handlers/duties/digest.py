"""What a person is told of their duties on one day: one message, whatever is late first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.agencies import AgencyView
from handlers.duties.hearers import Person
from handlers.duties.reminders import MAYOR, OWNER
from handlers.messages import Card, Choice, Message, Row, plain
from models.duty import Duty
from thai.dates import format_date

IN_FULL = 3  # duties with buttons of their own; LINE takes five messages at once
LISTED = 10
MINE = Choice("งานของฉัน", "s:d:mine")


@dataclass(frozen=True, slots=True)
class Item:
    """A duty in somebody's digest. `level`: as whom they hear of it (0: it is theirs to do or to check)."""

    duty: Duty
    level: int


def messages(agency: AgencyView, items: Sequence[Item], people: dict[int, Person], today: date) -> list[Message]:
    """The digest as messages: a card for each of the first duties, and before them a list when there are several."""
    ordered = sorted(items, key=lambda item: (item.duty.due_on, item.level, item.duty.id))
    if not ordered:
        return []
    cards: list[Message] = [_card(agency, item, people, today) for item in ordered[:IN_FULL]]
    if len(ordered) == 1:
        return cards
    rest = len(ordered) - LISTED
    summary = Card(
        f"วันนี้มีงานตามกำหนด {len(ordered)} เรื่อง",
        tuple(Row(when(item.duty.due_on, today), name(item.duty)) for item in ordered[:LISTED]),
        note=f"และอีก {rest} เรื่อง กดดูได้ที่ งานของฉัน" if rest > 0 else "",
        choices=(MINE,),
    )
    return [summary, *cards]


def mail(agency: AgencyView, items: Sequence[Item], people: dict[int, Person], today: date) -> tuple[str, str]:
    """The digest as the title and the text of an e-mail."""
    ordered = sorted(items, key=lambda item: (item.duty.due_on, item.level, item.duty.id))
    parts = [plain(_card(agency, item, people, today)) for item in ordered]
    where = [f"เปิดดูและรายงานผลได้ที่\n{agency.public_url}/console/duties/", agency.name]
    return f"งานตามกำหนด {len(ordered)} เรื่อง - {agency.short_name}", "\n\n".join([*parts, *where])


def when(due_on: date, today: date) -> str:
    """ "เกินกำหนด 5 วัน (24 ธ.ค. 69)", "ครบกำหนดวันนี้", "ครบกำหนด 31 ธ.ค. 69 (อีก 7 วัน)"."""
    left = (due_on - today).days
    day = format_date(due_on)
    if left < 0:
        return f"เกินกำหนด {-left} วัน ({day})"
    if left < 2:
        return f"ครบกำหนด{('วันนี้', 'พรุ่งนี้')[left]} ({day})"
    return f"ครบกำหนด {day} (อีก {left} วัน)"


def name(duty: Duty) -> str:
    """Title and period in one line."""
    return f"{duty.title} ({duty.period_label})" if duty.period_label else duty.title


def link(agency: AgencyView, duty: Duty, label: str = "รายละเอียด") -> Choice:
    return Choice(label, f"{agency.public_url}/console/duties/{duty.id}", "link")


def _card(agency: AgencyView, item: Item, people: dict[int, Person], today: date) -> Card:
    """What and when first; then what this person can do about it with one tap."""
    duty, tap = item.duty, f"s:d:{item.duty.id}"
    owner = people.get(duty.owner_id) if duty.owner_id is not None else None
    rows = [Row("งาน", name(duty))]
    note = ""
    buttons: tuple[Choice, ...]
    if item.level > OWNER:
        rows.append(Row("ผู้รับผิดชอบ", owner.name if owner else agency.unit_name(duty.unit_id)))
        rows.append(Row("สถานะ", _state(duty)))
        note = "แจ้งท่านเพราะเกินกำหนดแล้วและยังไม่แล้วเสร็จ"
        if item.level < MAYOR:
            note += "\nกด รับทราบ เพื่อให้เวลาผู้รับผิดชอบก่อนแจ้งขั้นถัดไป"
        buttons = (Choice("รับทราบ", f"{tap}:ack"), Choice("รายละเอียด", f"{tap}:show"))
    elif duty.status == "submitted":
        rows.append(Row("สถานะ", "ส่งหลักฐานแล้ว รอท่านตรวจรับ"))
        buttons = (link(agency, duty, "ตรวจรับ"), Choice("รายละเอียด", f"{tap}:show"))
    else:
        if owner is None:
            rows.append(Row("ผู้รับผิดชอบ", f"ยังไม่กำหนด ({agency.unit_name(duty.unit_id)})"))
        if duty.note:
            rows.append(Row("ล่าสุด", duty.note[:200]))
        buttons = tuple(Choice(label, f"{tap}:{verb}") for verb, label in VERBS)
    return Card(when(duty.due_on, today), tuple(rows), note=note, buttons=buttons)


VERBS = (("done", "ทำแล้ว"), ("doing", "กำลังทำ"), ("postpone", "เลื่อน"), ("show", "รายละเอียด"))


def _state(duty: Duty) -> str:
    states = {"open": "ยังไม่ดำเนินการ", "in_progress": "อยู่ระหว่างดำเนินการ", "submitted": "ส่งหลักฐานแล้ว รอตรวจรับ"}
    state = states.get(duty.status, "ปิดแล้ว")
    return f"{state}: {duty.note[:200]}" if duty.note else state
