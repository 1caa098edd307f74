"""The register of measures: saving, progress, order, a new year, measures out of weak scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.measures import operations, scores
from handlers.measures.operations import MeasureDetails, MeasureError, Progress
from models.audit import AuditEntry
from models.measure import Measure
from tests.handlers.measures.conftest import NOW, Office

DETAILS = MeasureDetails(
    fiscal_year=2566,
    title="จัดทำแผนผังการให้บริการ",
    indicator=7,
    item_code="e๖",
    issue="ประชาชนไม่ทราบขั้นตอน",
    steps=("สำรวจ", " ", "จัดทำ"),
    responsible_units=("กองช่าง/กองคลัง",),
    period_text="ต.ค. ๖๕ - มี.ค ๖๖",
    cadence="quarter",
)


def save(session: Session, details: MeasureDetails = DETAILS) -> Measure:
    return operations.save_measure(session, None, details, "staff:1", NOW)


def changed(**fields: object) -> MeasureDetails:
    return replace(DETAILS, **fields)


def test_a_measure_is_kept_with_what_its_words_mean(office: Office) -> None:
    with office.write() as session:
        measure = save(session)
        assert (measure.instrument, measure.item_code, measure.steps) == ("EIT", "E6", ["สำรวจ", "จัดทำ"])
        assert (measure.starts_on, measure.ends_on) == (date(2022, 10, 1), date(2023, 3, 31))
        assert measure.unit_id == office.unit(session, "กองช่าง")  # the first that is named
        assert measure.status == "not_started"
        second = save(session, changed(title="อื่น", period_text="ตามความเหมาะสม", responsible_units=()))
        assert (second.position, second.period_text, second.starts_on) == (2, "ตามความเหมาะสม", None)
        operations.save_measure(session, measure, changed(title="ชื่อใหม่"), "staff:1", NOW)
        assert measure.title == "ชื่อใหม่"
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"measure:{measure.id}")).all()
        assert actions == ["measure_added", "measure_edited"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "ก" * 1001}, "title"),
        ({"fiscal_year": 2023}, "fiscal_year"),
        ({"indicator": 11}, "indicator"),
        ({"cadence": "weekly"}, "cadence"),
        ({"indicator": None, "instrument": "XIT"}, "instrument"),
        ({"item_code": "ข้อแปด"}, "item_code"),
        ({"item_code": "O8"}, "item_code"),
        ({"issue": "ก" * 10_001}, "issue"),
        ({"steps": ("ก" * 10_001,)}, "steps"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(office: Office, fields: dict[str, object], field: str) -> None:
    with office.write() as session:
        with pytest.raises(MeasureError, match=r"[ก-๙]") as refused:
            save(session, changed(**fields))
        assert refused.value.field == field
        assert session.scalars(select(Measure)).all() == []


def test_done_needs_a_result(office: Office) -> None:
    with office.write() as session:
        measure = save(session)
        with pytest.raises(MeasureError, match="ผลการดำเนินการ"):
            operations.set_status(session, measure, "done", "staff:1", NOW)
        operations.set_status(session, measure, "in_progress", "staff:1", NOW)
        operations.record_progress(
            session, measure, Progress("done", ["ติดตั้งแล้ว", ""], "ประชาชนทราบ", "ทำต่อ"), "staff:1", NOW
        )
        assert (measure.status, measure.results, measure.outcome) == ("done", ["ติดตั้งแล้ว"], "ประชาชนทราบ")
        operations.set_status(session, measure, "in_progress", "staff:1", NOW)
        assert measure.results == ["ติดตั้งแล้ว"]
        with pytest.raises(MeasureError):
            operations.set_status(session, measure, "finished", "staff:1", NOW)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "measure_progress")).first()
        assert entry is not None
        assert entry.detail == {"status": "in_progress", "was": "not_started"}


def test_order_and_removal(office: Office) -> None:
    with office.write() as session:
        first, second, third = (save(session, changed(title=title)) for title in ("หนึ่ง", "สอง", "สาม"))
        operations.reorder(session, third, 1, "staff:1")
        assert [row.title for row in operations.listed(session, 2566)] == ["สาม", "หนึ่ง", "สอง"]
        operations.reorder(session, third, 99, "staff:1")
        operations.remove(session, first, "staff:1")
        assert [row.title for row in operations.listed(session, 2566)] == ["สอง", "สาม"]
        assert session.get_one(Measure, second.id).position == 2


def test_officers_change_their_units_measures_and_their_own(office: Office) -> None:
    with office.write() as session:
        chang, khlang, palad = (office.staff(session, name) for name in ("chang", "khlang", "palad"))
        works, own = save(session), save(session, changed(title="ของฉัน", owner_id=khlang.id))
        assert [operations.may_edit(person, works) for person in (chang, khlang, palad)] == [True, False, True]
        assert [operations.may_edit(person, own) for person in (chang, khlang, palad)] == [True, True, True]
        for person in (chang, khlang, palad):
            seen = set(session.scalars(select(Measure.id).where(operations.editable_by(person))))
            assert seen == {row.id for row in (works, own) if operations.may_edit(person, row)}
        with pytest.raises(MeasureError, match="ส่วนงานอื่น"):
            operations.check_may_edit(khlang, works)


def test_a_year_is_copied_and_redated_with_a_preview(office: Office) -> None:
    with office.write() as session:
        measure = save(session, changed(item_code="", indicator=9, instrument="OIT"))
        operations.save_measure(
            session, measure, changed(item_code="O28", indicator=9, instrument="OIT"), "staff:1", NOW
        )
        operations.record_progress(session, measure, Progress("done", ["เสร็จ"]), "staff:1", NOW)
        whole = save(session, changed(title="ตลอดปี", period_text="ตลอดปีงบประมาณ"))
        by = save(session, changed(title="ภายใน", period_text="ภายในเดือน กุมภาพันธ์ ๒๕๖๖"))
        loose = save(session, changed(title="ไม่มีวัน", period_text="ตามเหมาะสม"))
        preview = operations.preview_copy(session, 2566, 2567)
        assert [(copy.item_code, copy.code_lost) for copy in preview] == [("O23", False)] + [("", True)] * 3
        assert session.scalars(select(Measure).where(Measure.fiscal_year == 2567)).all() == []

        ids = [row.id for row in (measure, whole, by, loose)]
        made = operations.copy_year(session, 2566, 2567, ids, "staff:1", NOW)
        assert [(row.period_text, row.ends_on) for row in made] == [
            ("1 ต.ค. 66 - 31 มี.ค. 67", date(2024, 3, 31)),
            ("ตลอดปีงบประมาณ", date(2024, 9, 30)),
            ("ภายใน 29 ก.พ. 67", date(2024, 2, 29)),
            ("ตามเหมาะสม", None),
        ]
        assert (made[0].status, made[0].results, made[0].item_code) == ("not_started", [], "O23")
        assert all(copy.known for copy in operations.preview_copy(session, 2566, 2567))
        assert operations.copy_year(session, 2566, 2567, ids, "staff:1", NOW) == []
        assert operations.years(session) == [2567, 2566]
        with pytest.raises(MeasureError):
            operations.copy_year(session, 2566, 2566, ids, "staff:1", NOW)


def test_weak_scores_become_measures(office: Office) -> None:
    given = dict(zip(scores.INDICATORS, map(Decimal, "91 90 92 90 76.47 95 84.67 96 100 100".split()), strict=True))
    with office.write() as session:
        scores.save(session, 2569, given, "staff:1", NOW)
        found = operations.proposals(session, 2569)
        assert [(one.weak.indicator, one.weak.below) for one in found] == [(5, True), (7, True)]
        assert "76.47" in found[0].issue
        made = operations.create_proposed(session, 2569, 2570, [(5, ""), (7, "เพิ่มช่องทาง")], "staff:1", NOW)
        assert [(row.indicator, row.instrument, row.title) for row in made] == [
            (5, "IIT", found[0].title),
            (7, "EIT", "เพิ่มช่องทาง"),
        ]
        assert made[0].ends_on == date(2027, 9, 30)
        with pytest.raises(MeasureError, match="ไม่อยู่"):
            operations.create_proposed(session, 2569, 2570, [(1, "")], "staff:1", NOW)
