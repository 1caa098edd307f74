"""Each verb on both databases: what changes, who is told, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from handlers.complaints import operations
from handlers.complaints.operations import CaseError
from handlers.complaints.rules import allowed
from handlers.files import check_link
from handlers.messages import Picture
from models.audit import AuditEntry
from models.case import Case, CaseEvent, CaseSubscriber
from models.conversation import Consent, Conversation
from models.thread import Attachment, ThreadMessage
from tests.handlers.complaints.conftest import NOW, Office
from tests.handlers.turns import SECRET_KEY, told, words

CITIZEN = "U-citizen"


def said(office: Office, user: str = CITIZEN) -> str:
    return words(told(office.database, "demo", user))


def do(office: Office, case_id: int, username: str, verb: str, *args: object, **named: object) -> None:
    with office.session() as session:
        case = session.get_one(Case, case_id)
        getattr(operations, verb)(session, office.agency, case, office.staff(session, username), *args, **named)


def act(office: Office, case_id: int, verb: str, *args: object) -> None:
    with office.session() as session:
        getattr(operations, verb)(session, office.agency, session.get_one(Case, case_id), *args)


# -- filing ----------------------------------------------------------------------------------------------


def test_a_case_gets_number_unit_officer_due_date_and_a_secret(office: Office) -> None:
    with office.session() as session:
        new = operations.NewCase(
            "streetlight", "ไฟดับ", {"moo": 3, "landmark": "หน้าวัด"}, name="สมศรี", phone="0812345678"
        )
        case, secret = operations.open_case(session, office.agency, new, "web", NOW, SECRET_KEY)
        assert (case.number, case.fiscal_year, case.status) == ("C70-000001", 2570, "new")
        assert case.unit_id == office.unit("กองช่าง")
        assert case.assignee is not None
        assert case.assignee.username == "chang"
        assert case.due_at == NOW + timedelta(hours=48)
        assert secret not in (case.secret_hash, case.number)
        assert len(secret) == 8
        assert operations.find_by_secret(session, "c70-1", secret.lower(), SECRET_KEY) is case
        assert operations.find_by_secret(session, case.number, "23456789", SECRET_KEY) is None
        assert operations.find_by_secret(session, "C70-000099", secret, SECRET_KEY) is None
        # Audit: ids and states, nothing of what was written.
        entry = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"case:{case.id}")).one()
        assert entry.action == "case_opened"
        assert "ไฟ" not in str(entry.detail)
        assert "สมศรี" not in str(entry.detail)
    assert "C70-000001" in said(office, "U-chang")
    card = office.outbox("U-chang")[0].messages
    assert "0812345678" not in card
    assert "สมศรี" not in card


def test_numbers_run_without_gaps(office: Office) -> None:
    ids = [office.file() for _ in range(3)]
    assert [office.case(i).number for i in ids] == ["C70-000001", "C70-000002", "C70-000003"]


def test_photos_of_another_person_are_not_taken(office: Office) -> None:
    mine, other = office.citizen(), office.citizen("U-other")
    with office.session() as session:
        photos = [Attachment(conversation_id=who, kind="image") for who in (mine, other)]
        session.add_all(photos)
        session.flush()
        ids = tuple(photo.id for photo in photos)
    case_id = office.file(photos=ids)
    with office.session() as session:
        assert [session.get_one(Attachment, i).case_id for i in ids] == [case_id, None]


def test_a_web_case_keeps_the_consent_and_an_anonymous_one_no_name(office: Office) -> None:
    case_id = office.file(conversation_id=None, channel="web", anonymous=True, notice_version=1)
    case = office.case(case_id)
    assert case.anonymous
    assert case.reporter_name == ""
    with office.session() as session:
        assert session.scalars(select(Consent)).one().case_id == case_id


@pytest.mark.parametrize(("code", "detail"), [("nothing", "ไฟดับ"), ("streetlight", "  ")])
def test_what_cannot_be_filed(office: Office, code: str, detail: str) -> None:
    with office.session() as session, pytest.raises(CaseError):
        operations.open_case(session, office.agency, operations.NewCase(code, detail, None), "web", NOW, SECRET_KEY)


# -- the way of a case -----------------------------------------------------------------------------------


def test_from_filed_to_confirmed(office: Office) -> None:
    case_id, reporter = office.file(), f"citizen:{office.citizen()}"
    do(office, case_id, "chang", "accept", NOW, "ช่างจะไปดูพรุ่งนี้")
    assert "รับเรื่องแล้วค่ะ" in said(office)
    assert "ช่างจะไปดูพรุ่งนี้" in said(office)
    assert "25 พ.ย. 69 10.00 น." in said(office)
    do(office, case_id, "chang", "progress", NOW, "survey", "ไปดูแล้ว ต้องเปลี่ยนหลอด", date(2026, 11, 24))
    assert "24 พ.ย. 69" in said(office)
    with office.session() as session:
        photo = Attachment(kind="image", status="stored")
        session.add(photo)
        session.flush()
        photo_id = photo.id
    later = NOW + timedelta(hours=20)
    do(office, case_id, "chang", "done", later, "เปลี่ยนหลอดแล้ว", [photo_id], secret_key=SECRET_KEY)
    picture, card = told(office.database, "demo", CITIZEN)[-2:]
    assert isinstance(picture, Picture)
    assert check_link(SECRET_KEY, picture.url.removeprefix("https://example.test/files/"), later) == photo_id
    assert "เรียบร้อยไหมคะ" in words([card])
    act(office, case_id, "confirm", reporter, later)
    with office.session() as session:
        case = session.get_one(Case, case_id)
        operations.rate(session, case, 5, reporter, later)
        assert (case.status, case.confirmed_at, case.rating) == ("confirmed", later, 5)
        assert session.get_one(Attachment, photo_id).role == "after"
        actions = session.scalars(select(CaseEvent.action).order_by(CaseEvent.id)).all()
        assert actions == ["opened", "accepted", "progress", "done", "confirmed", "rated"]
        audited = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"case:{case_id}")).all()
        assert sorted(audited) == sorted(f"case_{action}" for action in actions)


def test_not_done_reopens_on_the_same_clock_and_alerts_the_head(office: Office) -> None:
    case_id, reporter = office.file(), f"citizen:{office.citizen()}"
    due_at = office.case(case_id).due_at
    do(office, case_id, "chang", "done", NOW, "เสร็จแล้ว")
    act(office, case_id, "not_done", reporter, NOW + timedelta(days=1), "ยังมืดอยู่")
    case = office.case(case_id)
    assert (case.status, case.reopened, case.done_at, case.closed_at) == ("in_progress", 1, None, None)
    assert case.due_at == due_at
    assert "ยังไม่เรียบร้อย" in said(office, "U-changhead")
    assert "ยังไม่เรียบร้อย" in said(office, "U-chang")
    assert office.outbox("U-changhead")[-1].urgent
    with office.session() as session:
        assert session.scalars(select(ThreadMessage.text)).all() == ["ยังมืดอยู่"]


def test_confirmed_and_unconfirmed_closings_are_told_apart(office: Office) -> None:
    first, second = office.file(), office.file()
    for case_id in (first, second):
        do(office, case_id, "chang", "done", NOW, "")
    act(office, first, "confirm", f"citizen:{office.citizen()}", NOW)
    assert [office.case(i).status for i in (first, second)] == ["confirmed", "done"]
    assert office.case(second).confirmed_at is None
    assert office.case(second).closed_at == NOW


ENDED = ("confirmed", "rejected", "cancelled", "merged", "transferred")
WORK: dict[str, tuple[object, ...]] = {
    "accept": (NOW,),
    "progress": (NOW, "survey", ""),
    "done": (NOW, ""),
    "reject": (NOW, "ไม่ใช่หน้าที่"),
    "transfer": (NOW, "กฟภ.", "1/2569"),
    "assign": (None, None, NOW),
}


def test_what_has_ended_stays_so(office: Office) -> None:
    case_id = office.file()
    for ended in ENDED:
        with office.session() as session:
            session.get_one(Case, case_id).status = ended
        for verb, args in WORK.items():
            with pytest.raises(CaseError, match="C70-000001"):
                do(office, case_id, "palad", verb, *args)
        for verb in ("not_done", "confirm"):
            if (verb, ended) != ("not_done", "confirmed"):
                with pytest.raises(CaseError, match="C70-000001"):
                    act(office, case_id, verb, "citizen:1", NOW)
        assert office.case(case_id).status == ended


def test_the_second_of_two_clicks_is_told_so(office: Office) -> None:
    case_id = office.file()
    do(office, case_id, "chang", "accept", NOW)
    with pytest.raises(CaseError, match="รับเรื่องแล้ว"):
        do(office, case_id, "changhead", "accept", NOW)
    with office.session() as session:
        assert len(session.scalars(select(CaseEvent).where(CaseEvent.action == "accepted")).all()) == 1


def test_reject_tells_why_and_needs_a_reason(office: Office) -> None:
    case_id = office.file()
    with pytest.raises(CaseError, match="เหตุผล"):
        do(office, case_id, "changhead", "reject", NOW, " ")
    do(office, case_id, "changhead", "reject", NOW, "ถนนสายนี้เป็นของทางหลวง")
    assert "ถนนสายนี้เป็นของทางหลวง" in said(office)
    case = office.case(case_id)
    assert (case.status, case.closed_at) == ("rejected", NOW)


def test_transfer_keeps_where_to_and_the_reference(office: Office) -> None:
    case_id = office.file()
    do(office, case_id, "changhead", "transfer", NOW, "การไฟฟ้าส่วนภูมิภาค", "ที่ 12/2569")
    assert "การไฟฟ้าส่วนภูมิภาค" in said(office)
    assert "ที่ 12/2569" in said(office)
    assert office.case(case_id).status == "transferred"


def test_cancelled_by_the_reporter_staff_are_told(office: Office) -> None:
    case_id = office.file()
    act(office, case_id, "cancel", f"citizen:{office.citizen()}", NOW, "ผู้แจ้งขอยกเลิก")
    assert office.case(case_id).status == "cancelled"
    assert "ยกเลิก" in said(office, "U-chang")
    assert said(office) == ""


def test_merge_moves_everybody_to_the_case_that_goes_on(office: Office) -> None:
    other, third = office.citizen("U-other"), office.citizen("U-third")
    into, case_id = office.file(), office.file(conversation_id=other)
    with office.session() as session:
        operations.subscribe(session, session.get_one(Case, case_id), third, NOW)
    with office.session() as session:
        case, target = session.get_one(Case, case_id), session.get_one(Case, into)
        head = office.staff(session, "changhead")
        operations.merge(session, office.agency, case, target, head, NOW)
        with pytest.raises(CaseError):
            operations.merge(session, office.agency, target, target, head, NOW)
        with pytest.raises(CaseError):
            operations.merge(session, office.agency, target, case, head, NOW)
    with office.session() as session:
        followers = session.scalars(select(CaseSubscriber.conversation_id).where(CaseSubscriber.case_id == into)).all()
        assert sorted(followers) == sorted([other, third])
    assert "C70-000001" in said(office, "U-other")
    assert "C70-000001" in said(office, "U-third")
    do(office, into, "chang", "progress", NOW, "procurement", "รอหลอดไฟ")
    assert "รอหลอดไฟ" in said(office, "U-other")
    assert "รอหลอดไฟ" in said(office)


def test_those_who_follow_are_told_but_not_asked(office: Office) -> None:
    case_id, neighbour = office.file(), office.citizen("U-neighbour")
    with office.session() as session:
        case = session.get_one(Case, case_id)
        for _ in range(2):  # a second time changes nothing
            operations.subscribe(session, case, neighbour, NOW)
        operations.subscribe(session, case, office_citizen(session), NOW)  # the reporter's own
        assert len(session.scalars(select(CaseSubscriber)).all()) == 1
    do(office, case_id, "chang", "done", NOW, "ซ่อมแล้ว")
    assert "ซ่อมแล้ว" in said(office, "U-neighbour")
    assert "เรียบร้อยไหมคะ" not in said(office, "U-neighbour")
    assert "เรียบร้อยไหมคะ" in said(office)


def office_citizen(session: object) -> int:
    return session.scalars(select(Conversation.id).where(Conversation.line_user_id == CITIZEN)).one()  # type: ignore[attr-defined]


def test_answer_and_hear_make_a_thread(office: Office) -> None:
    case_id = office.file()
    do(office, case_id, "chang", "answer", "เสาต้นไหนคะ", NOW)
    assert "เสาต้นไหนคะ" in said(office)
    with office.session() as session:
        conversation = session.get_one(Conversation, office_citizen(session))
        assert conversation.reply_case_id == case_id
        case = session.get_one(Case, case_id)
        operations.hear(session, office.agency, case, NOW, text="ต้นที่ 5")
        operations.hear(session, office.agency, case, NOW, text="ข้างร้านค้า")
        operations.note(session, case, office.staff(session, "chang"), "โทรถามแล้ว", NOW)
        thread = session.scalars(select(ThreadMessage).order_by(ThreadMessage.id)).all()
        assert [m.direction for m in thread] == ["out", "in", "in", "note"]
        assert thread[0].outbox_id is not None
    heard = [row for row in office.outbox("U-chang") if "ส่งข้อความเพิ่ม" in row.messages]
    assert len(heard) == 1  # not a push for every line
    assert "โทรถามแล้ว" not in said(office)


def test_a_case_by_phone_runs_the_same_way(office: Office) -> None:
    case_id = office.file(conversation_id=None, channel="phone")
    do(office, case_id, "chang", "accept", NOW)
    do(office, case_id, "chang", "answer", "จะโทรกลับนะคะ", NOW)
    do(office, case_id, "chang", "done", NOW, "เสร็จแล้ว")
    with office.session() as session:
        case = session.get_one(Case, case_id)
        chang, head = office.staff(session, "chang"), office.staff(session, "changhead")
        assert "confirm" not in allowed(case, chang)  # nobody confirms their own work
        assert "confirm" in allowed(case, head)
        with pytest.raises(CaseError):
            operations.confirm(session, office.agency, case, f"staff:{chang.id}", NOW)
        operations.confirm(session, office.agency, case, f"staff:{head.id}", NOW)
        assert case.status == "confirmed"


def test_assign_to_another_unit_moves_it_out_of_sight(office: Office) -> None:
    case_id = office.file()
    do(office, case_id, "chang", "assign", office.unit("กองคลัง"), None, NOW)
    with office.session() as session:
        case = session.get_one(Case, case_id)
        assert case.assignee is not None
        assert case.assignee.username == "khlanghead"
        for username, sees in (("chang", False), ("khlang", True), ("palad", True), ("nayok", True), ("admin", True)):
            who = office.staff(session, username)
            found = session.scalars(select(Case).where(operations.visible_to(who))).first()
            assert (found is not None) == sees == bool(allowed(case, who)), username
    assert "C70-000001" in said(office, "U-khlanghead")
    with pytest.raises(CaseError, match="สิทธิ์"):
        do(office, case_id, "chang", "done", NOW, "")


def test_a_rating_is_one_to_five_and_of_work_that_is_done(office: Office) -> None:
    case_id = office.file()
    with office.session() as session:
        case = session.get_one(Case, case_id)
        with pytest.raises(CaseError, match="รอรับเรื่อง"):
            operations.rate(session, case, 5, "citizen:1", NOW)
        case.status = "done"
        for rating in (0, 6, -1):
            with pytest.raises(CaseError, match="1 ถึง 5"):
                operations.rate(session, case, rating, "citizen:1", NOW)


def test_an_expected_day_is_not_past_and_is_a_working_day(office: Office) -> None:
    case_id = office.file()
    with pytest.raises(CaseError):
        do(office, case_id, "chang", "progress", NOW, "survey", "", date(2026, 11, 22))
    do(office, case_id, "chang", "progress", NOW, "survey", "", date(2026, 11, 28))  # a Saturday
    assert "30 พ.ย. 69" in said(office)
