"""A duty from its first progress to its close by a second person, in the database."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import evidence
from handlers.duties import operations
from handlers.duties.operations import DutyError
from handlers.evidence import EvidenceDetails, EvidenceError
from models.audit import AuditEntry
from models.duty import Duty, DutyEvent
from models.measure import Measure
from models.thread import Attachment
from tests.handlers.duties.conftest import DUE, NOW, Office

LINK = EvidenceDetails("url", "หน้าเว็บ", url="https://www.example.go.th/news/1")


def _sent_in(office: Office, session: Session, by: str = "chang", **given: Any) -> Duty:
    duty = office.duty(session, **given)
    staff = office.staff(session, by)
    evidence.add_evidence(session, duty, LINK, staff, NOW)
    operations.submit(session, office.agency, duty, staff, NOW)
    return duty


def test_a_duty_goes_from_progress_over_evidence_to_a_second_person(office: Office) -> None:
    with office.session() as session:
        chang, head = office.staff(session, "chang"), office.staff(session, "changhead")
        duty = office.duty(session)
        operations.record_progress(session, office.agency, duty, chang, "ร่างรายงานแล้ว", NOW)
        assert (duty.status, duty.note, duty.started_at) == ("in_progress", "ร่างรายงานแล้ว", NOW)
        assert duty.wake_at is not None
        with pytest.raises(DutyError, match="ยังไม่มีหลักฐาน"):
            operations.submit(session, office.agency, duty, chang, NOW)
        piece = evidence.add_evidence(session, duty, LINK, chang, NOW)
        assert piece.dated == date(2026, 11, 23)
        operations.submit(session, office.agency, duty, chang, NOW)
        assert (duty.status, duty.submitted_by_id) == ("submitted", chang.id)
        with pytest.raises(DutyError, match="อีกคนหนึ่ง"):
            operations.approve(session, office.agency, duty, chang, NOW)
        operations.approve(session, office.agency, duty, head, NOW)
        assert (duty.status, duty.approved_by_id, duty.done_at) == ("done", head.id, NOW)
        assert duty.wake_at is None
        assert (piece.approved_by_id, piece.approved_at) == (head.id, NOW)
        story = session.scalars(select(DutyEvent.action).where(DutyEvent.duty_id == duty.id).order_by(DutyEvent.id))
        assert list(story) == ["progress", "evidence", "submitted", "evidence_approved", "approved"]
        logged = set(session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"duty:{duty.id}")))
        assert logged >= {"duty_progress", "evidence_added", "duty_submitted", "evidence_approved", "duty_approved"}
    assert "รอตรวจรับ" in office.told("changhead")[0]
    assert "ตรวจรับแล้ว" in office.told("chang")[0]


def test_nobody_closes_what_they_sent_in_or_proved_themselves(office: Office) -> None:
    with office.session() as session:
        head, palad = office.staff(session, "changhead"), office.staff(session, "palad")
        own = _sent_in(office, session, by="changhead")
        with pytest.raises(DutyError, match="อีกคนหนึ่ง"):
            operations.approve(session, office.agency, own, head, NOW)
        mixed = _sent_in(office, session)
        evidence.add_evidence(session, mixed, LINK, head, NOW)  # after it was sent in, by the one who would close it
        with pytest.raises(DutyError, match="ตรวจรับเองไม่ได้"):
            operations.approve(session, office.agency, mixed, head, NOW)
        assert (mixed.status, own.status) == ("submitted", "submitted")
        for duty in (own, mixed):
            operations.approve(session, office.agency, duty, palad, NOW)
            assert duty.status == "done"
    assert office.told("palad"), "a head's own work is laid before ปลัด"


@pytest.mark.parametrize("username", ["chang", "khlanghead", "khlang"])
def test_who_does_not_answer_for_the_work_cannot_close_cancel_or_send_it_back(office: Office, username: str) -> None:
    with office.session() as session:
        duty, person = _sent_in(office, session, by="changhead"), office.staff(session, username)
        for act in (
            lambda: operations.approve(session, office.agency, duty, person, NOW),
            lambda: operations.send_back(session, office.agency, duty, person, "ไม่ครบ", NOW),
            lambda: operations.cancel(session, office.agency, duty, person, "ไม่มีงานนี้", NOW),
        ):
            with pytest.raises(DutyError):
                act()
        assert duty.status == "submitted"


def test_evidence_that_came_in_after_the_look_is_not_approved_unseen(office: Office) -> None:
    with office.session() as session:
        duty, head = _sent_in(office, session), office.staff(session, "changhead")
        seen = [piece.id for piece in evidence.of(session, duty)]
        late = evidence.add_evidence(session, duty, LINK, office.staff(session, "chang"), NOW)
        with pytest.raises(DutyError, match="เพิ่มเข้ามาใหม่"):
            operations.approve(session, office.agency, duty, head, NOW, seen)
        assert late.approved_at is None
        operations.approve(session, office.agency, duty, head, NOW, [*seen, late.id])
        assert late.approved_at == NOW


def test_sent_back_with_a_reason_it_can_be_sent_in_again(office: Office) -> None:
    with office.session() as session:
        duty = _sent_in(office, session)
        chang, head = office.staff(session, "chang"), office.staff(session, "changhead")
        with pytest.raises(DutyError, match="ต้องแก้ไขอะไร"):
            operations.send_back(session, office.agency, duty, head, " ", NOW)
        operations.send_back(session, office.agency, duty, head, "ลิงก์เปิดไม่ได้", NOW)
        assert (duty.status, duty.submitted_by_id) == ("in_progress", None)
        operations.submit(session, office.agency, duty, chang, NOW)
        assert duty.status == "submitted"
    assert "ลิงก์เปิดไม่ได้" in office.told("chang")[0]


def test_a_postponed_day_is_a_working_day_and_the_planned_one_stays(office: Office) -> None:
    with office.session() as session:
        chang, duty = office.staff(session, "chang"), office.duty(session)
        woken = duty.wake_at
        operations.postpone(session, office.agency, duty, chang, date(2026, 12, 31), "รอเอกสาร", NOW)
        # 31 December to 3 January are closed days.
        assert (duty.due_on, duty.planned_on) == (date(2027, 1, 4), DUE)
        assert duty.wake_at not in (None, woken)
        for day, message in ((date(2026, 11, 23), "หลังวันนี้"), (date(2027, 1, 3), "กำหนดเดิม")):
            with pytest.raises(DutyError, match=message):
                operations.postpone(session, office.agency, duty, chang, day, "อีกครั้ง", NOW)
        with pytest.raises(DutyError, match="เหตุผล"):
            operations.postpone(session, office.agency, duty, chang, date(2027, 2, 1), "", NOW)
    assert "รอเอกสาร" in office.told("changhead")[0]


def test_cancelled_with_a_reason_and_opened_again(office: Office) -> None:
    with office.session() as session:
        duty, head = _sent_in(office, session), office.staff(session, "changhead")
        operations.cancel(session, office.agency, duty, head, "ปีนี้ไม่มีโครงการ", NOW)
        assert (duty.status, duty.cancel_reason, duty.wake_at) == ("cancelled", "ปีนี้ไม่มีโครงการ", None)
        with pytest.raises(EvidenceError, match="ปิดไปแล้ว"):
            evidence.add_evidence(session, duty, LINK, head, NOW)
        with pytest.raises(DutyError):
            operations.submit(session, office.agency, duty, head, NOW)
        operations.reopen(session, office.agency, duty, head, "กดผิด", NOW)
        assert (duty.status, duty.cancel_reason) == ("in_progress", "")
        assert duty.wake_at is not None


def test_people_see_their_own_and_their_units_duties(office: Office) -> None:
    with office.session() as session:
        works = office.duty(session).id
        mine = office.duty(session, unit_id=office.unit("กองช่าง"), owner_id=office.staff(session, "khlang").id).id
        nobodys = office.duty(session, unit_id=None, owner_id=None).id
        expected = {
            "chang": {works, mine},
            "khlang": {mine},
            "khlanghead": set(),
            "palad": {works, mine, nobodys},
            "nayok": {works, mine, nobodys},
            "admin": {works, mine, nobodys},
        }
        for username, ids in expected.items():
            person = office.staff(session, username)
            assert set(session.scalars(select(Duty.id).where(operations.visible_to(person)))) == ids, username
            assert {duty.id for duty in session.scalars(select(Duty)) if operations.may_see(duty, person)} == ids


def test_two_people_who_close_at_the_same_moment_close_it_once(office: Office) -> None:
    with office.session() as session:
        duty_id = _sent_in(office, session).id
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def close(username: str) -> None:
        start.wait()
        try:
            with office.session() as session:
                duty = session.get_one(Duty, duty_id)
                operations.approve(session, office.agency, duty, office.staff(session, username), NOW)
            outcomes.append("closed")
        except DutyError:
            outcomes.append("refused")

    threads = [threading.Thread(target=close, args=(name,)) for name in ("changhead", "palad")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["closed", "refused"]
    with office.session() as session:
        story = session.scalars(select(DutyEvent.action).where(DutyEvent.duty_id == duty_id)).all()
        assert story.count("approved") == 1


# -- evidence --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "www.example.go.th",
        "ftp://example.go.th/a.pdf",
        "javascript:alert(1)",
        "https://localhost/x",
        "https://exa mple.go.th/",
        "https://user:pass@example.go.th/",
        "https://example..go.th/",
        "https://[example.go.th/",
        "https://example.go.th:99999/",
        "https://example.go.th/" + "x" * 2000,
    ],
)
def test_a_link_that_no_browser_opens_is_refused(url: str) -> None:
    with pytest.raises(EvidenceError):
        evidence.clean_url(url)


@pytest.mark.parametrize(
    "url", ["https://www.example.go.th/ข่าว/แผนปี-๒๕๗๐.pdf?id=1", " http://example.go.th ", "https://xn--o3cw4h.ไทย/x"]
)
def test_links_as_offices_have_them_are_taken(url: str) -> None:
    assert evidence.clean_url(url) == url.strip()


@pytest.mark.parametrize(
    "details",
    [
        EvidenceDetails("letter"),
        EvidenceDetails("order", order_number="12/2569"),
        EvidenceDetails("order", dated=date(2026, 11, 1)),
        EvidenceDetails("event", title="ประชุมประจำเดือน"),
        EvidenceDetails("event", dated=date(2026, 11, 1)),
        EvidenceDetails("event", title="ประชุม", dated=date(2026, 11, 24)),
        EvidenceDetails("photo"),
        EvidenceDetails("file", attachment_id=12345),
    ],
)
def test_evidence_without_what_makes_it_evidence_is_refused(office: Office, details: EvidenceDetails) -> None:
    with office.session() as session:
        duty = office.duty(session)
        with pytest.raises(EvidenceError):
            evidence.add_evidence(session, duty, details, office.staff(session, "chang"), NOW)
        assert evidence.of(session, duty) == []
        assert duty.status == "open"


def test_a_file_that_has_not_arrived_is_not_approved(office: Office) -> None:
    with office.session() as session:
        chang, head = office.staff(session, "chang"), office.staff(session, "changhead")
        photo = Attachment(kind="image", status="waiting")
        session.add(photo)
        session.flush()
        duty = office.duty(session)
        piece = evidence.add_evidence(session, duty, EvidenceDetails("photo", attachment_id=photo.id), chang, NOW)
        with pytest.raises(EvidenceError, match="ยังเปิดดูไม่ได้"):
            evidence.approve_evidence(session, piece, head, NOW)
        photo.status, photo.sha256 = "stored", "0" * 64
        evidence.approve_evidence(session, piece, head, NOW)
        assert piece.approved_by_id == head.id


def test_evidence_of_a_measure_is_approved_by_a_second_person_too(office: Office) -> None:
    with office.session() as session:
        measure = Measure(fiscal_year=2570, title="ประชาสัมพันธ์ผลงาน", unit_id=office.unit("กองช่าง"))
        session.add(measure)
        session.flush()
        chang, head = office.staff(session, "chang"), office.staff(session, "changhead")
        order = EvidenceDetails("order", "แต่งตั้งผู้รับผิดชอบ", order_number="๑๒/๒๕๖๙", dated=date(2026, 11, 2))
        piece = evidence.add_evidence(session, measure, order, head, NOW)
        assert piece.order_number == "12/2569"
        for person in (head, chang, office.staff(session, "khlanghead")):
            with pytest.raises(EvidenceError):
                evidence.approve_evidence(session, piece, person, NOW)
        evidence.approve_evidence(session, piece, office.staff(session, "palad"), NOW)
        with pytest.raises(EvidenceError, match="แล้ว"):
            evidence.approve_evidence(session, piece, office.staff(session, "nayok"), NOW)
        with pytest.raises(EvidenceError, match="ลบไม่ได้"):
            evidence.remove_evidence(session, piece, head, NOW)


def test_whoever_added_evidence_can_take_it_back_and_others_cannot(office: Office) -> None:
    with office.session() as session:
        duty = office.duty(session)
        chang = office.staff(session, "chang")
        piece = evidence.add_evidence(session, duty, LINK, chang, NOW + timedelta(minutes=1))
        with pytest.raises(EvidenceError):
            evidence.remove_evidence(session, piece, office.staff(session, "khlang"), NOW)
        evidence.remove_evidence(session, piece, chang, NOW)
        assert evidence.of(session, duty) == []
