"""Staff who come, move and leave: what they had in hand, and the measures pack."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import content_changed
from handlers.complaints import categories
from handlers.complaints import operations as complaints
from handlers.complaints.operations import NewCase
from handlers.duties import moves, rules
from handlers.duties.operations import DutyError
from handlers.questions import operations as questions
from models.agency import Staff, Unit
from models.audit import AuditEntry
from models.case import Case
from models.conversation import Conversation
from models.duty import Duty, DutyEvent, DutyRule
from models.measure import Measure, PackReceipt
from models.question import Question
from tests.handlers.duties.conftest import NOW, Office
from tests.handlers.turns import SECRET_KEY, choice, tap, told, view, words


def _someone(office: Office, session: Session) -> Staff:
    """A new officer of กองช่าง with a linked LINE account."""
    person = Staff(
        username="chang2", name="นายมาใหม่ ตัวอย่าง", role="officer", unit_id=office.unit("กองช่าง"),
        password_hash="", line_user_id="U-chang2",
    )  # fmt: skip
    session.add_all([person, Conversation(line_user_id="U-chang2")])
    session.flush()
    return person


def test_all_that_a_leaver_has_in_hand_becomes_the_successors_in_one_step(office: Office) -> None:
    works = office.unit("กองช่าง")
    with office.session() as session:
        session.get_one(Unit, works).answerer_id = office.staff(session, "chang").id
        categories.load_starter(
            session, office.agency.id, {unit.name: unit.id for unit in office.agency.units.values()}
        )
        content_changed(session, office.agency.id)
    office.agency = view(office.database)
    with office.session() as session:
        admin, chang, new = office.staff(session, "admin"), office.staff(session, "chang"), _someone(office, session)
        live, done = office.duty(session), office.duty(session, status="done")
        session.add(DutyRule(fiscal_year=2570, key="own.1", title="ตรวจถัง", owner_id=chang.id))
        session.add(Measure(fiscal_year=2570, title="ประชาสัมพันธ์", owner_id=chang.id))
        session.add(Measure(fiscal_year=2570, title="เสร็จแล้ว", owner_id=chang.id, status="done"))
        for code in ("streetlight", "conduct"):
            case, _ = complaints.open_case(
                session, office.agency, NewCase(code, "ไฟดับหน้าวัด", None, accused_unit_id=works), "web", NOW, SECRET_KEY
            )
            case.assignee_id = chang.id
        asked = questions.hand_over(session, office.agency, "ขอถามเรื่องถนน", NOW, unit_id=works)
        direct = questions.hand_over(session, office.agency, "ถึงนายก", NOW, direct_line=True)
        asked.assignee_id = direct.assignee_id = chang.id
        session.flush()

        moved = moves.move_staff(session, office.agency, chang, new, admin, NOW)
        assert moved == moves.InHand(duties=1, rules=1, measures=1, cases=1, questions=1, kept=2)
        assert (live.owner_id, done.owner_id) == (new.id, chang.id)
        assert session.scalars(select(DutyEvent.action).where(DutyEvent.duty_id == live.id)).all() == ["moved"]
        held = {case.accused_unit_id: case.assignee_id for case in session.scalars(select(Case))}
        assert held == {None: new.id, works: chang.id}  # nobody gets the complaint about their own unit
        assert (asked.assignee_id, direct.assignee_id) == (new.id, chang.id)
        assert session.get_one(Unit, works).answerer_id == new.id
        assert moves.move_staff(session, office.agency, chang, new, admin, NOW).work == 0
        logged = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "staff_moved")).all()
        assert (logged[0]["duties"], logged[0]["kept"]) == (1, 2)
    packs = [text for text in office.told("chang2") if "มาตรการที่ต้องทราบ" in text]
    assert len(packs) == 1
    assert "งาน 1 · มาตรการ 1 · เรื่องร้องเรียน 1 · คำถาม 1" in packs[0]
    with office.session() as session:
        assert session.scalars(select(Question.assignee_id)).all()


def test_nothing_is_handed_to_oneself_or_to_somebody_who_has_left(office: Office) -> None:
    with office.session() as session:
        admin, chang, new = office.staff(session, "admin"), office.staff(session, "chang"), _someone(office, session)
        duty = office.duty(session)
        new.active = False
        for successor in (chang, new):
            with pytest.raises(DutyError):
                moves.move_staff(session, office.agency, chang, successor, admin, NOW)
        assert duty.owner_id == chang.id


def test_a_newcomer_receives_the_pack_and_acknowledges_it_in_the_chat_once(office: Office) -> None:
    with office.session() as session:
        rules.load_starter(session, office.agency, 2570, NOW)
        session.add(Measure(fiscal_year=2570, title="ประชาสัมพันธ์"))
        office.duty(session)
        new = _someone(office, session)
        moves.arrived(session, office.agency, new, "staff:1", NOW)
        given = session.scalars(select(Duty).where(Duty.period_key.like("event:staff_joined:%"))).one()
        assert (given.title, given.period_label) == ("แจ้งมาตรการและปฐมนิเทศบุคลากรใหม่", new.name)
        assert given.due_on == date(2026, 11, 30)
    sent = told(office.database, "demo", "U-chang2")
    assert "1 ข้อ ปีงบประมาณ 2570" in words(sent)
    button = choice(sent, "รับทราบ")
    assert "ไม่" not in words(tap(office.database, "demo", "U-chang2", button))
    with office.session() as session:
        receipt = session.scalars(select(PackReceipt)).one()
        first = receipt.acknowledged_at
        assert first is not None
    tap(office.database, "demo", "U-chang2", button)
    # Another person's button, and a forwarded one, change nothing.
    assert "หมดอายุ" in words(tap(office.database, "demo", "U-khlang", button))
    with office.session() as session:
        receipt = session.scalars(select(PackReceipt)).one()
        assert (receipt.acknowledged_at, receipt.reason) == (first, "joined")
        assert moves.pending_pack(session, office.staff(session, "chang2")) is None


def test_a_moved_officer_and_a_new_mayor_are_told_what_holds_here(office: Office) -> None:
    with office.session() as session:
        rules.load_starter(session, office.agency, 2570, NOW)
        chang = office.staff(session, "chang")
        moves.changed_place(session, office.agency, chang, ("officer", chang.unit_id), "staff:1", NOW)
        assert moves.pending_pack(session, chang) is None
        before, chang.unit_id = ("officer", chang.unit_id), office.unit("กองคลัง")
        moves.changed_place(session, office.agency, chang, before, "staff:1", NOW)
        receipt = moves.pending_pack(session, chang)
        assert receipt is not None
        before, chang.role = ("officer", chang.unit_id), "mayor"
        moves.changed_place(session, office.agency, chang, before, "staff:1", NOW)
        assert moves.pending_pack(session, chang) is receipt  # one that is open is not given twice
        events = session.scalars(select(Duty.period_key).order_by(Duty.period_key)).all()
        assert [key.split(":")[1] for key in events] == ["new_mayor", "staff_moved"]


def test_the_pack_begins_with_ones_own_measures_and_holds_all(office: Office) -> None:
    with office.session() as session:
        chang = office.staff(session, "chang")
        session.add(Measure(fiscal_year=2570, position=1, title="ของกองคลัง", unit_id=office.unit("กองคลัง")))
        session.add(Measure(fiscal_year=2570, position=2, title="ของกองช่าง", unit_id=office.unit("กองช่าง")))
        session.add(Measure(fiscal_year=2570, position=3, title="ของฉัน", owner_id=chang.id))
        session.add(Measure(fiscal_year=2569, position=4, title="ปีก่อน", owner_id=chang.id))
        session.flush()
        titles = [measure.title for measure in moves.pack_measures(session, chang, 2570)]
        assert titles == ["ของฉัน", "ของกองช่าง", "ของกองคลัง"]
