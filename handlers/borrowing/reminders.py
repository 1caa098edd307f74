"""The clock's words about loans: the day before they are due, and while they are late (R70)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from handlers import notify
from handlers.agencies import AgencyView
from handlers.borrowing import loans
from handlers.messages import MENU, OFFICER, Card, Choice, Row, Say
from models.asset import Loan
from thai.dates import bangkok_date, format_date, to_bangkok

FROM, UNTIL = time(8, 30), time(18)  # a farmer's day too, but nobody's night
AGAIN = timedelta(days=7)  # while it is late
SHOWN = 6


def remind_of_loans_due(session: Session, now: datetime) -> list[int]:
    """Agencies with loans to speak of at `now` (UTC). `session` is not scoped."""
    clock = to_bangkok(now)
    if not FROM <= clock.time() < UNTIL:
        return []
    due = (
        select(Loan.agency_id)
        .where(Loan.remind_on <= clock.date(), Loan.returned_on.is_(None), Loan.cancelled_at.is_(None))
        .distinct()
    )
    return sorted(session.scalars(due))


def remind_of_loans(session: Session, agency: AgencyView, now: datetime) -> int:
    """Tell borrowers (in LINE) and the officers of the assets' units; how many loans were spoken of."""
    today = bangkok_date(now)
    due = session.scalars(
        select(Loan)
        .options(joinedload(Loan.asset), joinedload(Loan.case))
        .where(Loan.remind_on <= today, Loan.returned_on.is_(None), Loan.cancelled_at.is_(None))
        .order_by(Loan.case_id, Loan.id)
    ).all()
    together: dict[tuple[int, date], list[Loan]] = defaultdict(list)
    for loan in due:
        together[loan.case_id, loan.due_on].append(loan)
    for found in together.values():
        _tell(session, agency, found, today)
        for loan in found:
            loan.remind_on = today + AGAIN if loan.due_on < today else loan.due_on + timedelta(days=1)
    return len(due)


def _tell(session: Session, agency: AgencyView, found: list[Loan], today: date) -> None:
    """Speak of the loans of one request that are due on one day: of what is still out."""
    case, due_on = found[0].case, found[0].due_on
    things = loans.things(found)
    when = format_date(due_on)
    late = (today - due_on).days
    wish = next((loan.wish for loan in found if loan.wish), None)
    phone = agency.unit_phone(found[0].asset.unit_id)
    about = f"{due_on.isoformat()}:{today.isoformat()}"
    if case.conversation_id is not None:
        if late > 0:
            said = [f"ของที่ยืมเลยกำหนดคืนแล้ว {late} วันค่ะ", *things, f"กำหนดคืน {when}", "ช่วยนำมาคืนด้วยนะคะ"]
        else:
            said = ["ใกล้ถึงวันคืนของที่ยืมแล้วค่ะ", *things, f"คืนภายใน {when}"]
        if wish is not None:
            said.append(f"ที่ขอคืน {format_date(wish.until)} ยังรอคำตอบค่ะ")
        said.append(f"ถ้ายังไม่สะดวก กดขอยืมต่อ หรือโทร\n{phone}" if phone else "ถ้ายังไม่สะดวก กดขอยืมต่อได้ค่ะ")
        key = f"loan:{case.id}:due:{about}:c{case.conversation_id}"
        choices = (Choice("ขอยืมต่อ", f"b:longer:{case.id}"), OFFICER, MENU)
        notify.tell(session, case.conversation_id, [Say("\n".join(said), choices)], key, f"case:{case.id}")
    for unit_id in sorted({one.asset.unit_id or 0 for one in found}):
        person = notify.answerer(session, unit_id or None)
        if person is None:
            continue
        card = Card(
            title=f"พัสดุเลยกำหนดคืน {late} วัน" if late > 0 else "พัสดุใกล้ครบกำหนดคืน",
            rows=(
                Row("กำหนดคืน", when),
                Row("คำขอ", case.number),
                *(Row("พัสดุ", thing) for thing in things[:SHOWN]),
                *((Row("ขอยืมต่อ", f"ถึง {format_date(wish.until)} รอพิจารณา"),) if wish is not None else ()),
                *((Row("ผู้ยืม", "ไม่มี LINE กรุณาโทรแจ้ง"),) if case.conversation_id is None else ()),
            ),
            note="",
            buttons=(Choice("เปิดทะเบียนยืม", f"{agency.public_url}/console/assets/loans", "link"),),
        )
        key = f"loan:{case.id}:officer:{unit_id}:{about}"
        notify.tell_staff(session, [person], [card], key, f"case:{case.id}")
