"""The reports to executives as official documents: from rows to paper, and again from a stored summary."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.documents import executives
from handlers.documents.executives import lint
from handlers.documents.operations import DocumentError, drawn, issue
from handlers.summaries import operations
from models.agency import Agency, Staff
from models.case import Category
from models.document import OfficialDocument, Summary
from models.form import FormAnswer, FormDefinition, FormVersion
from models.measure import RegisterEntry
from reports.document import Document, Table
from tests.handlers.complaints.conftest import Office
from tests.handlers.summaries.conftest import add_case, moment

AFTER = moment("2027-01-04 08:30")


def _texts(document: Document) -> list[str]:
    return [
        " ".join(line.text for cell in row for line in cell.lines)
        for block in document.blocks
        if isinstance(block, Table)
        for row in block.rows
    ]


def _issue(session: Session, office: Office, kind: str, period: str) -> OfficialDocument:
    staff = office.staff(session, "palad")
    return issue(session, office.agency, kind, 2570, period, "", staff, AFTER)


def test_a_quarters_report_is_issued_with_its_figures(office: Office) -> None:
    with office.session() as session:
        add_case(session, opened_at=moment("2026-11-05 09:00"))
        first = _issue(session, office, "quarterly", "q1")
        add_case(session, opened_at=moment("2026-11-06 09:00"))
        second = _issue(session, office, "quarterly", "q1")
        assert (first.version, second.version) == (1, 2)
        assert "รับเรื่อง (เรื่อง) 1 0 +1" in _texts(drawn(first))
        assert "รับเรื่อง (เรื่อง) 2 0 +2" in _texts(drawn(second))


def test_the_reports_of_april_and_october_cover_the_half_that_ended(office: Office) -> None:
    with office.session() as session:
        works = office.unit("กองช่าง")
        session.add(RegisterEntry(register="channels", fiscal_year=2570, title="โทรศัพท์สายตรง"))
        for day, title in (("2027-03-31", "ข่าวครึ่งแรก"), ("2027-04-01", "ข่าวครึ่งหลัง")):
            dated = moment(f"{day} 12:00").date()
            session.add(RegisterEntry(register="news", fiscal_year=2570, title=title, dated=dated, unit_id=works))
        form = FormDefinition(key="opinion", title="กล่องความคิดเห็น", kind="opinion", unit_id=works)
        session.add(form)
        session.flush()
        version = FormVersion(form_id=form.id, number=1)
        session.add(version)
        session.flush()
        for at in ("2026-10-01 00:00", "2027-03-31 23:59", "2027-04-01 00:00"):
            session.add(FormAnswer(form_version_id=version.id, answers={"words": "ความลับ"}, at=moment(at)))
        session.flush()
        april = _texts(drawn(_issue(session, office, "half_year", "h1")))
        october = _texts(drawn(_issue(session, office, "half_year", "h2")))
    assert "กล่องความคิดเห็น กองช่าง 2" in april
    assert "กล่องความคิดเห็น กองช่าง 1" in october
    assert [("ข่าวครึ่งแรก" in " ".join(told), "ข่าวครึ่งหลัง" in " ".join(told)) for told in (april, october)] == [
        (True, False),
        (False, True),
    ]
    assert "1 โทรศัพท์สายตรง" in april
    assert "ความลับ" not in " ".join(april + october)


def test_what_everybody_reads_names_no_complaint_of_conduct(office: Office) -> None:
    with office.session() as session:
        session.get_one(Agency, office.agency.id).created_at = moment("2026-10-01 08:00")
        conduct = session.scalars(select(Category).where(Category.conduct)).one()
        other = session.scalars(select(Category.id).where(Category.code == "other")).one()
        for category_id in (conduct.id, conduct.id, other):
            add_case(session, category_id=category_id, opened_at=moment("2026-11-05 09:00"), due_at=AFTER)
        issued = _texts(drawn(_issue(session, office, "quarterly", "q1")))
        operations.send_summaries(session, office.agency, AFTER)
        sent = session.scalars(select(Summary)).one()
        leaders = _texts(executives.of_summary(session, office.agency, sent, AFTER))
    assert not [row for row in issued if row.startswith(conduct.label)]
    assert "อื่น ๆ 3 0 0 3 0" in issued
    assert f"{conduct.label} 2 0 0 2 0" in leaders
    assert "อื่น ๆ 1 0 0 1 0" in leaders


def test_what_does_not_fit_is_refused(office: Office) -> None:
    with office.session() as session, pytest.raises(DocumentError):
        _issue(session, office, "half_year", "q1")


def test_a_summarys_report_keeps_the_figures_that_were_sent(office: Office) -> None:
    with office.session() as session:
        session.get_one(Agency, office.agency.id).created_at = moment("2026-10-01 08:00")
        add_case(session, opened_at=moment("2026-11-05 09:00"))
        operations.send_summaries(session, office.agency, moment("2027-10-01 09:00"))
        add_case(session, opened_at=moment("2026-11-06 09:00"))
        made = {row.period: row for row in session.scalars(select(Summary))}
        assert made.keys() == {"2570-q4", "2570-h2", "2570"}
        for key, received in (("2570-q4", "0 0 0"), ("2570", "1 0 +1")):
            told = _texts(executives.of_summary(session, office.agency, made[key], moment("2027-12-01 09:00")))
            assert f"รับเรื่อง (เรื่อง) {received}" in told
        half = executives.of_summary(session, office.agency, made["2570-h2"], moment("2027-12-01 09:00"))
        assert "รอบ 6 เดือนหลัง" in half.name


def test_the_linter_names_what_to_look_at(office: Office) -> None:
    with office.session() as session:
        early = executives.quarterly(session, office.agency, 2570, "q1", "", moment("2026-12-31 10:00"))
        assert {one["code"] for one in lint(early)} == {"period_not_over", "nothing_recorded", "no_proposer"}
        add_case(session, opened_at=moment("2026-11-05 09:00"))
        late = executives.half_year(session, office.agency, 2570, "h1", "", moment("2027-04-01 10:00"))
        assert {one["code"] for one in lint(late)} == {"no_channels", "no_publicity", "no_proposer"}


def test_the_reports_name_nobody_who_complained(office: Office) -> None:
    with office.session() as session:
        add_case(
            session, reporter_name="นางลับ มากมาย", reporter_phone="0812345678", opened_at=moment("2026-11-05 09:00")
        )
        figures = executives.half_year(session, office.agency, 2570, "h1", "", AFTER)
        names = {person.name for person in session.scalars(select(Staff))} - {"นายสมมุติ ใจดี", "นางสมศรี ตัวอย่าง"}
    said = str(figures)
    assert "ลับ มากมาย" not in said
    assert "0812345678" not in said
    assert not [name for name in names if name in said]
