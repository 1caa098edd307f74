"""The verbs that change the register of measures (R44, R45). None commits; each is in the audit log."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from handlers import audit
from handlers.evidence import WHOLE_AGENCY
from handlers.measures import items, scores
from handlers.measures.items import INSTRUMENT, read_code
from models.agency import Staff, Unit
from models.measure import MEASURE_STATUSES, Measure
from thai.dates import format_date
from thai.period import Period, PeriodError, parse_period

STATUS_LABELS = {"not_started": "ยังไม่ดำเนินการ", "in_progress": "อยู่ระหว่างดำเนินการ", "done": "ดำเนินการแล้ว"}
INSTRUMENTS = ("IIT", "EIT", "OIT")
CADENCES = {
    "": "ไม่ได้กำหนด",
    "month": "ทุกเดือน",
    "quarter": "ทุกไตรมาส",
    "half": "ทุก 6 เดือน",
    "year": "ปีละครั้ง",
    "once": "ครั้งเดียว",
}
LONGEST_TITLE = 1_000
LONGEST_TEXT = 10_000


class MeasureError(ValueError):
    """A measure that cannot be kept so. The message is Thai, for staff; `field`: the input it is about."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class MeasureDetails:
    """What a person fills in. Lists are lines, in order; `period_text` as people write it."""

    fiscal_year: int
    title: str
    instrument: str = ""
    indicator: int | None = None
    item_code: str = ""
    item_text: str = ""
    issue: str = ""
    steps: Sequence[str] = ()
    responsible_units: Sequence[str] = ()
    responsible_roles: Sequence[str] = ()
    unit_id: int | None = None
    owner_id: int | None = None
    period_text: str = ""
    supervision: Sequence[str] = ()
    cadence: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a measure is, in words for the report."""

    status: str
    results: Sequence[str] = ()
    outcome: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """A measure as it would stand in another year. `known`: that year has one of this title; `code_lost`: its item
    has no known number there."""

    measure: Measure
    item_code: str
    code_lost: bool
    period: Period | None
    known: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A measure that a weak indicator asks for (R44)."""

    weak: scores.Weak
    title: str
    issue: str


# -- who -------------------------------------------------------------------------------------------------


def editable_by(staff: Staff) -> ColumnElement[bool]:
    """The measures that this person may change: an officer and a head their unit's and their own, the others all."""
    if staff.role in WHOLE_AGENCY:
        return true()
    own = Measure.owner_id == staff.id
    return or_(own, Measure.unit_id == staff.unit_id) if staff.unit_id is not None else own


def may_edit(staff: Staff, measure: Measure) -> bool:
    """As editable_by, for one measure."""
    if staff.role in WHOLE_AGENCY or measure.owner_id == staff.id:
        return True
    return staff.unit_id is not None and measure.unit_id == staff.unit_id


def check_may_edit(staff: Staff, measure: Measure) -> None:
    """Raise MeasureError unless this person may change the measure."""
    if not may_edit(staff, measure):
        raise MeasureError("", "มาตรการนี้เป็นของส่วนงานอื่น แก้ไขได้เฉพาะส่วนงานเจ้าของ ปลัด นายก และผู้ดูแลระบบ")


# -- saving ----------------------------------------------------------------------------------------------


def read_period(text: str, fiscal_year: int) -> Period:
    """The period of a measure; one that cannot be read keeps its words and has no days."""
    try:
        return parse_period(text, fiscal_year)
    except PeriodError:
        return Period(None, None, False, " ".join(text.split()))


def save_measure(
    session: Session, measure: Measure | None, details: MeasureDetails, actor: str, now: datetime
) -> Measure:
    """Add or change a measure; a new one stands last. Raises MeasureError."""
    title = " ".join(details.title.split())
    instrument, code = checked(details)
    new = measure is None
    if measure is None:
        measure = Measure(title=title, position=_next_position(session, details.fiscal_year), created_at=now)
        session.add(measure)
    period = read_period(details.period_text, details.fiscal_year)
    measure.fiscal_year, measure.title = details.fiscal_year, title
    measure.instrument, measure.indicator = instrument, details.indicator
    measure.item_code, measure.item_text = code, details.item_text.strip()
    measure.issue, measure.notes = details.issue.strip(), details.notes.strip()
    measure.steps, measure.supervision = _texts(details.steps), _texts(details.supervision)
    measure.responsible_units = _texts(details.responsible_units)
    measure.responsible_roles = _texts(details.responsible_roles)
    measure.unit_id = details.unit_id if details.unit_id is not None else unit_named(session, details.responsible_units)
    measure.owner_id, measure.cadence = details.owner_id, details.cadence
    measure.period_text, measure.starts_on, measure.ends_on = period.text, period.starts_on, period.ends_on
    measure.updated_at = now
    session.flush()
    audit.record(session, actor, "measure_added" if new else "measure_edited", f"measure:{measure.id}")
    return measure


def checked(details: MeasureDetails) -> tuple[str, str]:
    """The instrument and the code of what was filled in. Raises MeasureError."""
    title = " ".join(details.title.split())
    if not title:
        raise MeasureError("title", "กรุณากรอกชื่อมาตรการ")
    if len(title) > LONGEST_TITLE:
        raise MeasureError("title", f"ชื่อมาตรการยาวเกิน {LONGEST_TITLE:,} ตัวอักษร")
    if not 2500 <= details.fiscal_year < 2700:
        raise MeasureError("fiscal_year", "ปีงบประมาณต้องเป็นปี พ.ศ. เช่น 2570")
    if details.indicator is not None and not 1 <= details.indicator <= 10:
        raise MeasureError("indicator", "ตัวชี้วัดมี 1 ถึง 10")
    if details.cadence not in CADENCES:
        raise MeasureError("cadence", "กรุณาเลือกรอบการรายงาน")
    texts = {name: getattr(details, name) for name in ("issue", "item_text", "notes", "period_text")}
    lists = {name: "\n".join(getattr(details, name)) for name in ("steps", "supervision", "responsible_units")}
    for name, text in {**texts, **lists}.items():
        if len(text) > LONGEST_TEXT:
            raise MeasureError(name, f"ข้อความยาวเกิน {LONGEST_TEXT:,} ตัวอักษร")
    instrument = details.instrument or (
        scores.instrument_of(details.indicator) if details.indicator is not None else ""
    )
    if instrument not in ("", *INSTRUMENTS):
        raise MeasureError("instrument", "กรุณาเลือกเครื่องมือ IIT, EIT หรือ OIT")
    if not details.item_code.strip():
        return instrument, ""
    code = read_code(details.item_code, instrument)
    if code is None:
        raise MeasureError("item_code", "รหัสข้อพิมพ์แบบ I11, E7 หรือ O42")
    if instrument and INSTRUMENT[code.code[0]] != instrument:
        raise MeasureError("item_code", f"รหัส {code.code} ไม่ใช่ข้อของ {instrument}")
    return instrument or INSTRUMENT[code.code[0]], code.code


def record_progress(session: Session, measure: Measure, progress: Progress, actor: str, now: datetime) -> None:
    """Note how far the measure is. Done needs a result in words. Raises MeasureError."""
    if progress.status not in MEASURE_STATUSES:
        raise MeasureError("status", "กรุณาเลือกสถานะ")
    results = _texts(progress.results)
    if progress.status == "done" and not results:
        raise MeasureError("results", "กรุณาเขียนผลการดำเนินการก่อนเปลี่ยนเป็นดำเนินการแล้ว")
    if max(len("\n".join(results)), len(progress.outcome), len(progress.suggestion)) > LONGEST_TEXT:
        raise MeasureError("results", f"ข้อความยาวเกิน {LONGEST_TEXT:,} ตัวอักษร")
    before = measure.status
    measure.status, measure.results = progress.status, results
    measure.outcome, measure.suggestion = progress.outcome.strip(), progress.suggestion.strip()
    measure.updated_at = now
    session.flush()
    audit.record(
        session, actor, "measure_progress", f"measure:{measure.id}", status=progress.status, was=before
    )  # fmt: skip


def set_status(session: Session, measure: Measure, status: str, actor: str, now: datetime) -> None:
    """Change the status alone. Raises MeasureError."""
    kept = Progress(status, measure.results, measure.outcome, measure.suggestion)
    record_progress(session, measure, kept, actor, now)


def remove(session: Session, measure: Measure, actor: str) -> None:
    """Take a measure out, with its evidence."""
    audit.record(session, actor, "measure_removed", f"measure:{measure.id}", fiscal_year=measure.fiscal_year)
    session.delete(measure)
    session.flush()


def reorder(session: Session, measure: Measure, place: int, actor: str) -> None:
    """Move a measure to a place (1 is the first) among those of its year."""
    rows = listed(session, measure.fiscal_year)
    rows.remove(measure)
    rows.insert(min(max(place - 1, 0), len(rows)), measure)
    for position, row in enumerate(rows, 1):
        row.position = position
    session.flush()
    audit.record(session, actor, "measure_moved", f"measure:{measure.id}", place=place)


# -- looking ---------------------------------------------------------------------------------------------


def listed(session: Session, fiscal_year: int) -> list[Measure]:
    """The measures of a year in their order."""
    return list(
        session.scalars(
            select(Measure).where(Measure.fiscal_year == fiscal_year).order_by(Measure.position, Measure.id)
        )
    )


def years(session: Session) -> list[int]:
    """The fiscal years that have measures, newest first."""
    return list(session.scalars(select(Measure.fiscal_year).distinct().order_by(Measure.fiscal_year.desc())))


def unit_named(session: Session, names: Iterable[str]) -> int | None:
    """The first active unit that one of these texts names ("สำนักปลัด อบต.", "กองคลัง/กองช่าง")."""
    units = session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.id)).all()
    for text in names:
        places = [(text.find(name), unit_id) for unit_id, name in units if name in text]
        if places:
            return int(min(places)[1])
    return None


# -- a new year ------------------------------------------------------------------------------------------


def preview_copy(session: Session, from_year: int, to_year: int) -> list[Copy]:
    """What copying a year's measures would bring, re-dated; nothing is changed."""
    known = {row.title for row in listed(session, to_year)}
    copies = []
    for measure in listed(session, from_year):
        code = items.carried(measure.item_code, from_year, to_year)
        lost = bool(measure.item_code) and not code
        copies.append(Copy(measure, code, lost, _redated(measure, to_year), measure.title in known))
    return copies


def copy_year(
    session: Session, from_year: int, to_year: int, measure_ids: Iterable[int], actor: str, now: datetime
) -> list[Measure]:
    """Copy these measures into another year: not started, without results and evidence. Raises MeasureError."""
    if from_year == to_year:
        raise MeasureError("to_year", "เลือกปีปลายทางที่ต่างจากปีต้นทาง")
    wanted, position = set(measure_ids), _next_position(session, to_year)
    made: list[Measure] = []
    for copy in preview_copy(session, from_year, to_year):
        old = copy.measure
        if old.id not in wanted or copy.known:
            continue
        made.append(
            Measure(
                fiscal_year=to_year,
                position=position + len(made),
                instrument=old.instrument,
                indicator=old.indicator,
                item_code=copy.item_code,
                item_text=old.item_text,
                issue=old.issue,
                title=old.title,
                steps=list(old.steps),
                responsible_units=list(old.responsible_units),
                responsible_roles=list(old.responsible_roles),
                unit_id=old.unit_id,
                owner_id=old.owner_id,
                period_text=copy.period.text if copy.period else old.period_text,
                starts_on=copy.period.starts_on if copy.period else None,
                ends_on=copy.period.ends_on if copy.period else None,
                supervision=list(old.supervision),
                cadence=old.cadence,
                source=f"ปี {from_year}",
                created_at=now,
                updated_at=now,
            )
        )
    session.add_all(made)
    session.flush()
    audit.record(session, actor, "measures_copied", f"measures:{to_year}", from_year=from_year, copied=len(made))
    return made


def _redated(measure: Measure, to_year: int) -> Period | None:
    """The measure's period in another year; None where it has no days."""
    shift = to_year - measure.fiscal_year
    first, last = _in_year(measure.starts_on, shift), _in_year(measure.ends_on, shift, last=True)
    if first is None and last is None:
        return None
    same = read_period(measure.period_text, to_year)
    if (same.starts_on, same.ends_on) == (first, last):
        return same  # it names no year: "ตลอดปีงบประมาณ"
    if first is None and last is not None:
        text = f"ภายใน {format_date(last)}"
    elif last is None and first is not None:
        text = f"ตั้งแต่ {format_date(first)} เป็นต้นไป"
    else:
        assert first is not None
        assert last is not None
        text = format_date(first) if first == last else f"{format_date(first)} - {format_date(last)}"
    return read_period(text, to_year)


def _in_year(day: date | None, shift: int, last: bool = False) -> date | None:
    if day is None:
        return None
    try:
        moved = day.replace(year=day.year + shift)
    except ValueError:  # 29 February
        return date(day.year + shift, 2, 28)
    if last and (day.month, day.day) == (2, 28) and calendar.isleap(moved.year):
        return date(moved.year, 2, 29)  # the end of February stays its end
    return moved


# -- out of weak scores ----------------------------------------------------------------------------------


def proposals(session: Session, score_year: int) -> list[Proposal]:
    """What the scores of a year ask for: a measure for each indicator below the mark and the lowest of each
    instrument (R44)."""
    found = []
    for weak in scores.weak_indicators(scores.load(session, score_year), score_year):
        mark = scores.pass_mark(score_year).normalize()
        why = f"ต่ำกว่า {mark:f} คะแนน" if weak.below else f"ต่ำที่สุดใน {weak.instrument}"
        issue = f"ผลการประเมิน ITA ปี {score_year} ตัวชี้วัดที่ {weak.indicator} {weak.name} ได้ {weak.score} คะแนน {why}"
        found.append(Proposal(weak, f"ยกระดับตัวชี้วัดที่ {weak.indicator} {weak.name}", issue))
    return found


def create_proposed(
    session: Session, score_year: int, fiscal_year: int, chosen: Sequence[tuple[int, str]], actor: str, now: datetime
) -> list[Measure]:
    """Measures of `fiscal_year` for the chosen weak indicators: pairs (indicator, title). Raises MeasureError."""
    by_indicator = {one.weak.indicator: one for one in proposals(session, score_year)}
    made = []
    for indicator, title in chosen:
        if (one := by_indicator.get(indicator)) is None:
            raise MeasureError("indicator", f"ตัวชี้วัดที่ {indicator} ไม่อยู่ในรายการที่ควรพัฒนา")
        details = MeasureDetails(
            fiscal_year=fiscal_year,
            title=title or one.title,
            instrument=one.weak.instrument,
            indicator=indicator,
            issue=one.issue,
            period_text="ตลอดปีงบประมาณ",
        )
        made.append(save_measure(session, None, details, actor, now))
    return made


def _next_position(session: Session, fiscal_year: int) -> int:
    last = session.scalar(select(func.max(Measure.position)).where(Measure.fiscal_year == fiscal_year))
    return (last or 0) + 1


def _texts(lines: Iterable[str]) -> list[str]:
    return [text for line in lines if (text := line.strip())]
