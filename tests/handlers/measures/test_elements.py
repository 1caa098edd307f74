"""The element checklist: evidence first, problems and suggestions demanded, a second person."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import evidence
from handlers.evidence import EvidenceDetails
from handlers.measures import elements
from handlers.measures.elements import ElementError
from models.agency import Staff
from models.audit import AuditEntry
from models.measure import Element
from tests.handlers.measures.conftest import NOW, Office


def one(session: Session, code: str, words: str, year: int = 2566) -> Element:
    return session.scalars(
        select(Element).where(Element.fiscal_year == year, Element.item_code == code, Element.text.contains(words))
    ).one()


def prove(session: Session, element: Element, staff: Staff) -> None:
    evidence.add_evidence(session, element, EvidenceDetails("url", url="https://www.example.go.th/o"), staff, NOW)


def test_the_year_is_loaded_once_and_marks_stay(office: Office) -> None:
    with office.write() as session:
        view, palad = office.view(session), office.staff(session, "palad")
        assert elements.load_elements(session, view, 2566) > 100
        first = one(session, "O8", "สอบถาม")
        prove(session, first, palad)
        elements.set_met(session, first, palad, "", NOW)
        assert elements.load_elements(session, view, 2566) == 0
        assert elements.load_elements(session, view, 2570) > 50
    with office.read() as session:
        assert one(session, "O8", "สอบถาม").status == "met"
        assert one(session, "O21", "วิธีซื้อ").unit is not None
        assert one(session, "O21", "วิธีซื้อ").unit.name == "กองคลัง"
        assert not one(session, "O26", "QR", 2570).confirmed
        assert elements.years(session) == [2570, 2566]


def test_nothing_is_met_without_evidence_nor_by_another_unit(office: Office) -> None:
    with office.write() as session:
        elements.load_elements(session, office.view(session), 2566)
        element = one(session, "O21", "วิธีซื้อ")
        with pytest.raises(ElementError, match="แนบ"):
            elements.set_met(session, element, office.staff(session, "khlang"), "", NOW)
        with pytest.raises(ElementError, match="ส่วนงานอื่น"):
            elements.set_met(session, element, office.staff(session, "chang"), "", NOW)
        assert element.status == "open"


def test_a_report_counts_only_with_problems_and_suggestions(office: Office) -> None:
    with office.write() as session:
        elements.load_elements(session, office.view(session), 2566)
        palad = office.staff(session, "palad")
        report, problems, suggestions = (one(session, "O26", words) for words in ("ผลการดำเนินการ", "ปัญหา", "ข้อเสนอแนะ"))
        for element in (report, problems, suggestions):
            prove(session, element, palad)
        with pytest.raises(ElementError, match="ปัญหาและอุปสรรคและข้อเสนอแนะ"):
            elements.set_met(session, report, palad, "", NOW)
        with pytest.raises(ElementError, match="เขียนสั้น"):
            elements.set_met(session, problems, palad, " ", NOW)
        with pytest.raises(ElementError, match="ต้องมี"):
            elements.set_not_applicable(session, suggestions, palad, "ไม่มี", NOW)
        elements.set_met(session, problems, palad, "หน้า 12: อัตรากำลังไม่พอ", NOW)
        with pytest.raises(ElementError, match="ต้องมีข้อเสนอแนะ"):
            elements.set_met(session, report, palad, "", NOW)
        elements.set_met(session, suggestions, palad, "หน้า 13", NOW)
        elements.set_met(session, report, palad, "", NOW)
        assert report.status == "met"


def test_a_second_person_checks_and_approves_the_evidence_with_it(office: Office) -> None:
    with office.write() as session:
        elements.load_elements(session, office.view(session), 2566)
        khlang, head, palad = (office.staff(session, name) for name in ("khlang", "khlanghead", "palad"))
        element = one(session, "O21", "วิธีซื้อ")
        with pytest.raises(ElementError, match="ยังไม่ครบ"):
            elements.check(session, element, head, NOW)
        prove(session, element, khlang)
        elements.set_met(session, element, khlang, "", NOW)
        for person, why in ((khlang, "อีกคนหนึ่ง"), (office.staff(session, "chang"), "หัวหน้าส่วนงาน")):
            with pytest.raises(ElementError, match=why):
                elements.check(session, element, person, NOW)
        elements.check(session, element, head, NOW)
        assert element.checked_by_id == head.id
        assert [row.approved_by_id for row in evidence.of(session, element)] == [head.id]
        with pytest.raises(ElementError, match="ตรวจแล้ว"):
            elements.check(session, element, palad, NOW)
        elements.reopen(session, element, khlang, NOW)
        assert (element.status, element.checked_by_id) == ("open", None)


def test_who_added_evidence_of_it_cannot_check_it(office: Office) -> None:
    with office.write() as session:
        elements.load_elements(session, office.view(session), 2566)
        khlang, head = office.staff(session, "khlang"), office.staff(session, "khlanghead")
        element = one(session, "O21", "วิธีซื้อ")
        prove(session, element, head)
        elements.set_met(session, element, khlang, "", NOW)
        with pytest.raises(ElementError, match="ตรวจรับเองไม่ได้"):
            elements.check(session, element, head, NOW)
        assert element.checked_by_id is None


def test_progress_counts_what_applies(office: Office) -> None:
    with office.write() as session:
        elements.load_elements(session, office.view(session), 2566)
        palad = office.staff(session, "palad")
        first, second = one(session, "O39", "ประมวล"), one(session, "O39", "ถ้ามี")
        prove(session, first, palad)
        elements.set_met(session, first, palad, "", NOW)
        with pytest.raises(ElementError, match="เหตุผล"):
            elements.set_not_applicable(session, second, palad, " ", NOW)
        elements.set_not_applicable(session, second, palad, "ไม่มีข้อกำหนดของหน่วยงาน", NOW)
    with office.read() as session:
        found = elements.progress(session, 2566)
        assert [part.indicator for part in found] == ["9.1", "9.2", "9.3", "9.4", "9.5", "10.1", "10.2"]
        assert [item.code for item in found[0].items][:3] == ["O1", "O2", "O3"]
        item = next(item for part in found for item in part.items if item.code == "O39")
        assert (item.needed, item.met, item.done) == (1, 1, False)
        assert sum(part.met for part in found) == 1
        assert found[-1].percent == 100 // found[-1].needed


def test_the_agency_adds_what_the_pack_lacks(office: Office) -> None:
    with office.write() as session:
        elements.load_elements(session, office.view(session), 2569)
        new = elements.add_element(session, 2569, "o1", "โครงสร้าง", "9.1", "แผนผังโครงสร้าง", None, "staff:1")
        more = elements.add_element(session, 2569, "O1", "", "", "ตำแหน่งสำคัญ", None, "staff:1")
        assert (new.item_code, new.no, more.no, more.item_title, more.indicator) == ("O1", 1, 2, "โครงสร้าง", "9.1")
        for code, title, text in (("X1", "ก", "ข"), ("O2", "", "ข"), ("O2", "ก", " ")):
            with pytest.raises(ElementError, match=r"[ก-๙]"):
                elements.add_element(session, 2569, code, title, "", text, None, "staff:1")


def test_it_is_all_in_the_audit_log_without_words(office: Office) -> None:
    with office.write() as session:
        elements.load_elements(session, office.view(session), 2566)
        palad = office.staff(session, "palad")
        element = one(session, "O39", "ถ้ามี")
        elements.set_not_applicable(session, element, palad, "ความลับ", NOW)
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.like("element%"))).all()
        assert [row.action for row in rows] == ["elements_loaded", "element_set"]
        assert "ความลับ" not in str([row.detail for row in rows])
