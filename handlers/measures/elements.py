"""What each O-item of a year must show, element by element (R48), checked by a second person (R47)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit, evidence
from handlers.agencies import AgencyView
from handlers.evidence import WHOLE_AGENCY, EvidenceError
from handlers.measures.items import open_data_items, read_code
from models.agency import Staff
from models.measure import Element

STATUS_LABELS = {"open": "ยังไม่ครบ", "met": "มีแล้ว", "not_applicable": "ไม่เกี่ยวข้อง"}
# Parts that a report must have and that are forgotten most (R81): its report counts only together with them, and what
# they say has to be written down.
DEMANDED = {"ปัญหา": "ปัญหาและอุปสรรค", "ข้อเสนอแนะ": "ข้อเสนอแนะ"}
LONGEST = 2_000


class ElementError(ValueError):
    """The step cannot be taken. The message is Thai and can be shown as it is."""


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """An item of the year with its elements. `needed` leaves out what does not apply."""

    code: str
    title: str
    indicator: str
    confirmed: bool
    elements: tuple[Element, ...]

    @property
    def needed(self) -> int:
        return sum(one.status != "not_applicable" for one in self.elements)

    @property
    def met(self) -> int:
        return sum(one.status == "met" for one in self.elements)

    @property
    def checked(self) -> int:
        return sum(one.checked_by_id is not None for one in self.elements)

    @property
    def done(self) -> bool:
        """All that applies is there, and a second person looked at everything."""
        return self.met == self.needed and self.checked == len(self.elements)


@dataclass(frozen=True, slots=True)
class IndicatorProgress:
    """The items of one indicator ("9.1")."""

    indicator: str
    items: tuple[ItemProgress, ...]

    @property
    def needed(self) -> int:
        return sum(item.needed for item in self.items)

    @property
    def met(self) -> int:
        return sum(item.met for item in self.items)

    @property
    def percent(self) -> int:
        """Of the elements that apply; rounded down, so that 100 means all."""
        return 100 * self.met // self.needed if self.needed else 100


def may_edit(staff: Staff, element: Element) -> bool:
    """Officers and heads their unit's (and what has no unit), the others all."""
    return staff.role in WHOLE_AGENCY or element.unit_id is None or element.unit_id == staff.unit_id


def load_elements(session: Session, agency: AgencyView, fiscal_year: int, actor: str = "cli") -> int:
    """Add what the year's pack asks for and the agency has not got yet; how many elements were added. What is there
    stays as it is."""
    units = {unit.name: unit.id for unit in agency.units.values()}
    known: set[tuple[str, str]] = set()
    last: dict[str, int] = {}
    for code, text, no in session.execute(
        select(Element.item_code, Element.text, Element.no).where(Element.fiscal_year == fiscal_year)
    ):
        known.add((code, text))
        last[code] = max(no, last.get(code, 0))
    added = 0
    for item in open_data_items(fiscal_year).values():
        for text in item.elements:
            if (item.code, text) in known:
                continue
            last[item.code] = last.get(item.code, 0) + 1
            session.add(
                Element(
                    fiscal_year=fiscal_year,
                    item_code=item.code,
                    item_title=item.title,
                    indicator=item.indicator,
                    no=last[item.code],
                    text=text,
                    confirmed=item.confirmed,
                    unit_id=units.get(item.unit),
                )
            )
            added += 1
    session.flush()
    if added:
        audit.record(session, actor, "elements_loaded", f"elements:{fiscal_year}", added=added)
    return added


def add_element(
    session: Session,
    fiscal_year: int,
    code: str,
    title: str,
    indicator: str,
    text: str,
    unit_id: int | None,
    actor: str,
) -> Element:
    """An element of the agency's own: of an item that the pack lacks, or one more of an item. Raises ElementError."""
    found = read_code(code, "OIT")
    if found is None:
        raise ElementError("รหัสข้อไม่ถูกต้อง พิมพ์แบบ O12")
    if not text.strip() or len(text) > LONGEST:
        raise ElementError("กรุณากรอกสิ่งที่ข้อนี้ต้องมี")
    same = session.scalars(
        select(Element)
        .where(Element.fiscal_year == fiscal_year, Element.item_code == found.code)
        .order_by(Element.no.desc())
    ).first()
    if same is None and not title.strip():
        raise ElementError("กรุณากรอกชื่อข้อ")
    element = Element(
        fiscal_year=fiscal_year,
        item_code=found.code,
        item_title=same.item_title if same else title.strip(),
        indicator=same.indicator if same else indicator.strip(),
        no=same.no + 1 if same else 1,
        text=text.strip(),
        confirmed=True,
        unit_id=unit_id,
    )
    session.add(element)
    session.flush()
    audit.record(session, actor, "element_added", f"element:{element.id}")
    return element


def demanded_part(element: Element) -> str:
    """Which of the demanded parts this element is, "" for others."""
    return next((part for word, part in DEMANDED.items() if word in element.text), "")


def missing_parts(session: Session, element: Element) -> list[str]:
    """The demanded parts of this element's item that are not met yet, but for the element itself."""
    others = session.scalars(
        select(Element).where(
            Element.fiscal_year == element.fiscal_year,
            Element.item_code == element.item_code,
            Element.id != element.id,
            Element.status != "met",
        )
    )
    return list(dict.fromkeys(part for other in others if (part := demanded_part(other))))


def set_met(session: Session, element: Element, staff: Staff, note: str, now: datetime) -> None:
    """It is there: evidence shows it. Raises ElementError, also for a report whose problems and suggestions are not
    there yet (R81)."""
    _may(staff, element)
    if not evidence.of(session, element):
        raise ElementError("แนบลิงก์หรือไฟล์ที่แสดงเรื่องนี้ก่อน")
    if demanded_part(element):
        if len(note.strip()) < 5:
            raise ElementError(f"เขียนสั้น ๆ ว่ารายงานกล่าวถึง{demanded_part(element)}อย่างไร หรืออยู่หน้าใด")
    elif element.no == 1 and (missing := missing_parts(session, element)):
        raise ElementError(f"รายงานนี้ต้องมี{'และ'.join(missing)}ด้วย บันทึกส่วนนั้นให้ครบก่อน")
    _set(session, element, "met", note, staff, now)


def set_not_applicable(session: Session, element: Element, staff: Staff, reason: str, now: datetime) -> None:
    """It does not apply to this agency, and why. Raises ElementError."""
    _may(staff, element)
    if demanded_part(element):
        raise ElementError(f"{demanded_part(element)}เป็นส่วนที่ต้องมีในรายงาน")
    if not reason.strip():
        raise ElementError("กรุณาบอกเหตุผลที่ไม่เกี่ยวข้อง")
    _set(session, element, "not_applicable", reason, staff, now)


def reopen(session: Session, element: Element, staff: Staff, now: datetime) -> None:
    """It is open again; the check falls away."""
    _may(staff, element)
    _set(session, element, "open", element.note, staff, now)


def check(session: Session, element: Element, staff: Staff, now: datetime) -> None:
    """A second person looked at it and at its evidence, which is approved with it (R47). Raises ElementError."""
    if element.status == "open":
        raise ElementError("ข้อนี้ยังไม่ครบ จึงยังตรวจไม่ได้")
    if element.checked_by_id is not None:
        raise ElementError("ข้อนี้ตรวจแล้ว")
    if element.met_by_id == staff.id:
        raise ElementError("ผู้บันทึกตรวจเองไม่ได้ ต้องให้อีกคนหนึ่งตรวจ")
    if not evidence.may_approve(staff, element.unit_id):
        raise ElementError("ผู้ตรวจคือหัวหน้าส่วนงานนั้น ปลัด นายก หรือผู้ดูแลระบบ")
    try:
        for row in evidence.of(session, element):
            if row.approved_at is None:
                evidence.approve_evidence(session, row, staff, now)
    except EvidenceError as error:
        raise ElementError(str(error)) from None
    element.checked_by_id, element.checked_at = staff.id, now
    audit.record(session, f"staff:{staff.id}", "element_checked", f"element:{element.id}")


def _may(staff: Staff, element: Element) -> None:
    if not may_edit(staff, element):
        raise ElementError("ข้อนี้เป็นของส่วนงานอื่น")


def _set(session: Session, element: Element, status: str, note: str, staff: Staff, now: datetime) -> None:
    if len(note) > LONGEST:
        raise ElementError(f"ข้อความยาวเกิน {LONGEST:,} ตัวอักษร")
    element.status, element.note = status, note.strip()
    element.met_by_id = staff.id
    element.checked_by_id = element.checked_at = None
    session.flush()
    audit.record(session, f"staff:{staff.id}", "element_set", f"element:{element.id}", status=status)


def progress(session: Session, fiscal_year: int) -> list[IndicatorProgress]:
    """The year's items by indicator, in order, with how far each is."""
    rows = session.scalars(
        select(Element).where(Element.fiscal_year == fiscal_year).order_by(Element.item_code, Element.no)
    )
    return group(rows)


def group(rows: Iterable[Element]) -> list[IndicatorProgress]:
    """Elements by item and indicator, in their order."""
    by_item: dict[str, list[Element]] = {}
    for row in rows:
        by_item.setdefault(row.item_code, []).append(row)
    by_indicator: dict[str, list[ItemProgress]] = {}
    for code in sorted(by_item, key=lambda code: int(code[1:])):
        first, *_ = elements = by_item[code]
        item = ItemProgress(
            code, first.item_title, first.indicator, all(e.confirmed for e in elements), tuple(elements)
        )
        by_indicator.setdefault(first.indicator, []).append(item)
    return [
        IndicatorProgress(indicator, tuple(items))
        for indicator, items in sorted(by_indicator.items(), key=lambda pair: _order(pair[0]))
    ]


def _order(indicator: str) -> tuple[int, ...]:
    """ "9.1" before "9.2" before "10.1"; what is no number stands last."""
    parts = indicator.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else (99,)


def years(session: Session) -> list[int]:
    """The fiscal years that have elements, newest first."""
    return list(session.scalars(select(Element.fiscal_year).distinct().order_by(Element.fiscal_year.desc())))
