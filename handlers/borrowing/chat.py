"""What a borrower does in the chat: see what is to be brought back when, and ask to keep it longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from handlers import dialogue
from handlers.borrowing import extensions, loans
from handlers.borrowing.assets import BorrowingError
from handlers.borrowing.form import LONGER
from handlers.dialogue import Flow, expired_button
from handlers.forms import Field
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Row, Say
from handlers.turn import Turn
from models.asset import Loan
from models.case import Case
from thai.dates import bangkok_date, format_date

SHOWN = 4  # requests
DAYS = (1, 2, 3, 7)  # later than the due day, one tap each
LIST = Choice("ของที่ยืม", "b:list")


def listing(turn: Turn) -> list[Message]:
    """What this person has borrowed and not brought back, a card for each request."""
    out = turn.session.scalars(
        select(Loan)
        .join(Case, Case.id == Loan.case_id)
        .where(Case.conversation_id == turn.talk.id, Loan.returned_on.is_(None), Loan.cancelled_at.is_(None))
        .order_by(Loan.due_on, Loan.case_id, Loan.id)
    ).all()
    requests: dict[int, list[Loan]] = {}
    for loan in out:
        requests.setdefault(loan.case_id, []).append(loan)
    if not requests:
        borrow = (Choice("ขอยืมของ", "start:form:borrow"),) if "borrow" in turn.agency.forms else ()
        words = "ยังไม่มีของที่ยืมผ่านแชตนี้ค่ะ\nถ้ายื่นไว้ทางอื่น คุยกับเจ้าหน้าที่ได้เลยค่ะ"
        return [Say(words, (*borrow, OFFICER, MENU))]
    return [_card(turn, found) for found in list(requests.values())[:SHOWN]]


def _card(turn: Turn, out: list[Loan]) -> Card:
    case, today = out[0].case, bangkok_date(turn.now)
    rows = [Row(thing, _when(loan, today)) for loan in out for thing in loans.things([loan])]
    if (wish := next((loan.wish for loan in out if loan.wish), None)) is not None:
        rows.append(Row("ขอคืน", f"{format_date(wish.until)} รอคำตอบค่ะ"))
    phone = turn.agency.unit_phone(out[0].asset.unit_id)
    return Card(
        title=f"ของที่ยืม {case.number}",
        rows=tuple(rows),
        note="คืนไม่ครบในวันเดียวก็ได้ค่ะ เจ้าหน้าที่จะลงไว้ให้",
        buttons=(
            Choice("ขอยืมต่อ", f"b:longer:{case.id}"),
            *((Choice("โทรนัดคืน", phone, "call"),) if phone else ()),
            Choice("ดูเรื่องนี้", f"c:show:{case.id}"),
        ),
        choices=(OFFICER, MENU),
    )


def _when(loan: Loan, today: date) -> str:
    late = (today - loan.due_on).days
    return f"คืนภายใน {format_date(loan.due_on)}" + (f" (เลยมา {late} วัน)" if late > 0 else "")


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "b:list" or "b:longer:<case>"."""
    match parts:
        case ["list"]:
            dialogue.pause(turn)
            return listing(turn)
        case ["longer", case_id]:
            case = _own(turn, case_id)
            if case is None:
                return [expired_button()]
            if not loans.still_out(turn.session, case):
                return [Say(f"คำขอ {case.number}\nคืนครบแล้วค่ะ ขอบคุณนะคะ", (LIST, MENU))]
            draft = turn.state.get("form")
            if draft and draft["name"] == FLOW.form.name:
                turn.state.pop("form")  # another request, or asked anew
            return dialogue.start(turn, FLOW, {"case": case.id})
    return [expired_button()]


def _own(turn: Turn, case_id: object) -> Case | None:
    """The request, if this conversation is the borrower's."""
    digits = str(case_id)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return None
    own = select(Case).where(Case.id == int(digits), Case.conversation_id == turn.talk.id)
    return turn.session.scalars(own).first()


def _options(turn: Turn, field: Field) -> Sequence[Choice]:
    """A few days later, as far as nobody else waits for the things."""
    draft = turn.state["form"]
    case = _own(turn, draft["answers"].get("case"))
    out = loans.still_out(turn.session, case) if case is not None and field.name == "until" else []
    if not out:
        return ()
    today = bangkok_date(turn.now)
    first = max(today, max(loan.due_on for loan in out))
    last = first + timedelta(days=max(DAYS))
    free = min((extensions.latest(turn.session, loan, last, today) or first for loan in out), default=first)
    days = (first + timedelta(days=count) for count in DAYS)
    return [Choice(format_date(day), f"f:{draft['id']}:until:{day.isoformat()}") for day in days if day <= free]


def _asked(turn: Turn, answers: dict[str, Any]) -> list[Message]:
    """Both answers are there: two lines need no summary."""
    turn.state.pop("form", None)
    case = _own(turn, answers.get("case"))
    if case is None:
        return [expired_button()]
    turn.subject = f"case:{case.id}"
    until = date.fromisoformat(answers["until"])
    try:
        extensions.ask(turn.session, turn.agency, case, until, answers.get("reason") or "", turn.now)
    except BorrowingError as error:
        return [Say(f"{error}ค่ะ", (Choice("เลือกวันใหม่", f"b:longer:{case.id}"), OFFICER, MENU))]
    words = f"ส่งคำขอยืมต่อแล้วค่ะ\nขอคืน {format_date(until)}\nเจ้าหน้าที่จะตอบทางแชตนี้ ระหว่างนี้ยังเป็นกำหนดเดิมค่ะ"
    return [Say(words, (LIST, OFFICER, MENU))]


FLOW = Flow(LONGER, submit=_asked, review=_asked, options=_options)
