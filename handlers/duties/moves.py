"""Staff who come, move and leave (R78): what somebody had in hand goes to a successor in one step, and whoever comes or
moves receives the measures pack, on LINE and in the console, and acknowledges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from handlers import audit, notify
from handlers.agencies import AgencyView
from handlers.complaints.rules import accused
from handlers.complaints.timeline import actor_of
from handlers.complaints.timeline import step as case_step
from handlers.duties.events import record_event
from handlers.duties.operations import DutyError, step, wake
from handlers.messages import Card, Choice, Row
from handlers.questions.operations import WIDE_ROLES
from models.agency import Staff, Unit
from models.case import OPEN_STATUSES, Case
from models.duty import LIVE_DUTY_STATUSES, Duty, DutyRule
from models.measure import Measure, PackReceipt
from models.question import Question
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year

REASONS = {"joined": "เข้ามาปฏิบัติงานใหม่", "moved": "ย้ายหรือรับช่วงงาน"}


@dataclass(frozen=True, slots=True)
class InHand:
    """How much a person has in hand, or has handed over. `kept`: cases and questions that the successor may not have
    (a complaint about the own unit, the direct line) and that a person has to assign."""

    duties: int = 0
    rules: int = 0
    measures: int = 0
    cases: int = 0
    questions: int = 0
    kept: int = 0

    @property
    def work(self) -> int:
        """What somebody waits for."""
        return self.duties + self.measures + self.cases + self.questions


def in_hand(session: Session) -> dict[int, InHand]:
    """What each person, by id, would hand over; whoever has nothing in hand is left out."""

    def count(owner: InstrumentedAttribute[int | None], *conditions: ColumnElement[bool]) -> dict[int, int]:
        query = select(owner, func.count()).select_from(owner.class_).where(owner.is_not(None), *conditions)
        return {staff_id: number for staff_id, number in session.execute(query.group_by(owner)) if staff_id is not None}

    counts = {
        "duties": count(Duty.owner_id, Duty.status.in_(LIVE_DUTY_STATUSES)),
        "rules": count(DutyRule.owner_id),
        "measures": count(Measure.owner_id, Measure.status != "done"),
        "cases": count(Case.assignee_id, Case.status.in_(OPEN_STATUSES)),
        "questions": count(Question.assignee_id, Question.status == "waiting"),
    }
    people = {staff_id for found in counts.values() for staff_id in found}
    return {staff_id: InHand(**{name: found.get(staff_id, 0) for name, found in counts.items()}) for staff_id in people}


def move_staff(
    session: Session, agency: AgencyView, leaver: Staff, successor: Staff, staff: Staff, now: datetime
) -> InHand:
    """Everything that `leaver` has in hand becomes `successor`'s, who gets the measures pack with the counts. Done
    again it finds nothing to do. `staff` is who does it. Raises DutyError."""
    if leaver.id == successor.id:
        raise DutyError("กรุณาเลือกผู้รับช่วงเป็นอีกคนหนึ่ง")
    if not successor.active:
        raise DutyError("ผู้รับช่วงปิดบัญชีไปแล้ว กรุณาเลือกคนอื่น")
    duties = _duties(session, agency, leaver, successor, staff, now)
    rules = session.scalars(
        update(DutyRule).where(DutyRule.owner_id == leaver.id).values(owner_id=successor.id).returning(DutyRule.id)
    ).all()
    measures = session.scalars(
        update(Measure)
        .where(Measure.owner_id == leaver.id, Measure.status != "done")
        .values(owner_id=successor.id, updated_at=now)
        .returning(Measure.id)
    ).all()
    cases, cases_kept = _cases(session, leaver, successor, staff, now)
    questions, questions_kept = _questions(session, leaver, successor, staff)
    if successor.unit_id is not None:
        session.execute(
            update(Unit)
            .where(Unit.answerer_id == leaver.id, Unit.id == successor.unit_id)
            .values(answerer_id=successor.id)
        )
    moved = InHand(duties, len(rules), len(measures), cases, questions, cases_kept + questions_kept)
    audit.record(
        session, actor_of(staff), "staff_moved", f"staff:{leaver.id}",
        to=successor.id, duties=moved.duties, rules=moved.rules, measures=moved.measures, cases=moved.cases,
        questions=moved.questions, kept=moved.kept,
    )  # fmt: skip
    if moved.work or moved.rules:
        give_pack(session, agency, successor, "moved", actor_of(staff), now, moved)
    return moved


def _duties(session: Session, agency: AgencyView, leaver: Staff, successor: Staff, staff: Staff, now: datetime) -> int:
    rows = session.scalars(
        select(Duty)
        .where(Duty.owner_id == leaver.id, Duty.status.in_(LIVE_DUTY_STATUSES))
        .order_by(Duty.id)
        .with_for_update(of=Duty, key_share=True)
    ).all()
    for duty in rows:
        duty.owner_id = successor.id
        wake(duty, agency.calendar, now)
        step(session, duty, "moved", now, staff, detail={"from": leaver.id, "to": successor.id})
    return len(rows)


def _cases(session: Session, leaver: Staff, successor: Staff, staff: Staff, now: datetime) -> tuple[int, int]:
    """(moved, kept): a complaint about the conduct of the successor's unit is not for them (R17)."""
    rows = session.scalars(
        select(Case)
        .where(Case.assignee_id == leaver.id, Case.status.in_(OPEN_STATUSES))
        .order_by(Case.id)
        .with_for_update(of=Case, key_share=True)
    ).all()
    mine = [case for case in rows if not accused(case, successor)]
    for case in mine:
        case.assignee_id = successor.id
        case_step(session, case, actor_of(staff), "assigned", now, unit=case.unit_id, assignee=successor.id)
    return len(mine), len(rows) - len(mine)


def _questions(session: Session, leaver: Staff, successor: Staff, staff: Staff) -> tuple[int, int]:
    """(moved, kept): the direct line is only for ปลัด, นายก and admins."""
    rows = session.scalars(
        select(Question)
        .where(Question.assignee_id == leaver.id, Question.status == "waiting")
        .order_by(Question.id)
        .with_for_update(of=Question, key_share=True)
    ).all()
    mine = [question for question in rows if not question.direct_line or successor.role in WIDE_ROLES]
    for question in mine:
        question.assignee_id = successor.id
        audit.record(
            session, actor_of(staff), "question_assigned", f"question:{question.id}",
            unit=question.unit_id, assignee=successor.id,
        )  # fmt: skip
    return len(mine), len(rows) - len(mine)


# -- the measures pack -----------------------------------------------------------------------------------


def arrived(session: Session, agency: AgencyView, person: Staff, actor: str, now: datetime) -> None:
    """A person joined the agency: the pack, and the duties that the calendar gives for it."""
    give_pack(session, agency, person, "joined", actor, now)
    _happened(session, agency, "staff_joined", person, actor, now)
    if person.role == "mayor":
        _happened(session, agency, "new_mayor", person, actor, now)


def changed_place(
    session: Session, agency: AgencyView, person: Staff, before: tuple[str, int | None], actor: str, now: datetime
) -> None:
    """A person's role or unit was `before`: if it is another now, the pack and the calendar's duties."""
    if before == (person.role, person.unit_id):
        return
    give_pack(session, agency, person, "moved", actor, now)
    _happened(session, agency, "staff_moved", person, actor, now)
    if person.role == "mayor" and before[0] != "mayor":
        _happened(session, agency, "new_mayor", person, actor, now)


def _happened(session: Session, agency: AgencyView, event: str, person: Staff, actor: str, now: datetime) -> None:
    record_event(session, agency, event, bangkok_date(now), f"staff:{person.id}", person.name, actor, now)


def give_pack(
    session: Session,
    agency: AgencyView,
    person: Staff,
    reason: str,
    actor: str,
    now: datetime,
    moved: InHand | None = None,
) -> PackReceipt:
    """The measures of this fiscal year to one person; the console asks for the acknowledgement until it is there, LINE
    tells it too where the account is linked. One that is still open is not given twice."""
    year = fiscal_year(bangkok_date(now))
    receipt = pending_pack(session, person)
    if receipt is None or receipt.fiscal_year != year:
        receipt = PackReceipt(staff_id=person.id, fiscal_year=year, reason=reason, given_at=now)
        session.add(receipt)
        session.flush()
        audit.record(session, actor, "pack_given", f"staff:{person.id}", pack=receipt.id, reason=reason)
    measures, duties = len(pack_measures(session, person, year)), len(pack_duties(session, person, year))
    rows = [Row("มาตรการ", f"{measures} ข้อ ปีงบประมาณ {year}"), Row("งานตามกำหนด", f"{duties} งาน")]
    if moved is not None:
        parts = (
            ("งาน", moved.duties),
            ("มาตรการ", moved.measures),
            ("เรื่องร้องเรียน", moved.cases),
            ("คำถาม", moved.questions),
        )
        rows.append(Row("รับช่วงต่อ", " · ".join(f"{label} {count}" for label, count in parts if count) or "กำหนดประจำปี"))
    card = Card(
        "มาตรการที่ต้องทราบ",
        tuple(rows),
        note="อ่านแล้วกดรับทราบนะคะ จะบันทึกเป็นหลักฐานการแจ้ง",
        buttons=(
            Choice("รับทราบ", f"s:pack:{receipt.id}"),
            Choice("เปิดอ่าน", f"{agency.public_url}/console/duties/pack/{receipt.id}", "link"),
        ),
    )
    key = f"pack:{receipt.id}:{int(now.timestamp())}"
    notify.tell_staff(session, [person], [card], key, f"pack:{receipt.id}")
    return receipt


def pending_pack(session: Session, person: Staff) -> PackReceipt | None:
    """The latest pack that this person has not acknowledged."""
    return session.scalars(
        select(PackReceipt)
        .where(PackReceipt.staff_id == person.id, PackReceipt.acknowledged_at.is_(None))
        .order_by(PackReceipt.id.desc())
    ).first()


def acknowledge(session: Session, receipt_id: int, person: Staff, now: datetime) -> PackReceipt | None:
    """The person read the pack; None when it is not theirs. The first time counts."""
    receipt = session.scalars(
        select(PackReceipt)
        .where(PackReceipt.id == receipt_id, PackReceipt.staff_id == person.id)
        .with_for_update(key_share=True)
    ).first()
    if receipt is not None and receipt.acknowledged_at is None:
        receipt.acknowledged_at = now
        audit.record(session, actor_of(person), "pack_acknowledged", f"staff:{person.id}", pack=receipt.id)
    return receipt


def pack_measures(session: Session, person: Staff, year: int) -> list[Measure]:
    """All measures of that year, as R78 asks that everybody knows of them; one's own and the unit's come first."""
    rows = session.scalars(
        select(Measure).where(Measure.fiscal_year == year).order_by(Measure.position, Measure.id)
    ).all()
    return sorted(
        rows, key=lambda row: (row.owner_id != person.id, row.unit_id is None or row.unit_id != person.unit_id)
    )


def pack_duties(session: Session, person: Staff, year: int) -> list[Duty]:
    """The person's own and their unit's duties that are not closed, soonest first."""
    mine = Duty.owner_id == person.id
    theirs = mine if person.unit_id is None else or_(mine, Duty.unit_id == person.unit_id)
    return list(
        session.scalars(
            select(Duty)
            .where(Duty.fiscal_year == year, Duty.status.in_(LIVE_DUTY_STATUSES), theirs)
            .order_by(Duty.due_on, Duty.id)
        )
    )
