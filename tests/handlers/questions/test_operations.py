"""The verbs of a handed-over question: who gets it, by when, who hears of it, who may see it; on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.files import check_link
from handlers.messages import Picture
from handlers.questions import operations
from handlers.questions.operations import QuestionError
from models.agency import Staff, Unit
from models.audit import AuditEntry
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage
from models.question import Question
from models.thread import Attachment, ThreadMessage
from tests.handlers.turns import link, new_agency, told, view, words

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10.00 in Bangkok
HOUR = timedelta(hours=1)


@pytest.fixture
def agency_id(database: Database) -> int:
    agency_id = new_agency(database)
    with database.write(agency_id) as session:
        session.add(Conversation(line_user_id="U1"))
    return agency_id


def person(session: Session, username: str) -> Staff:
    return session.scalars(select(Staff).where(Staff.username == username)).one()


def unit_id(session: Session, name: str) -> int:
    return session.scalars(select(Unit.id).where(Unit.name == name)).one()


def handed_over(database: Database, agency_id: int, unit: str = "กองคลัง", **more: object) -> int:
    with database.write(agency_id) as session:
        conversation = session.scalars(select(Conversation).where(Conversation.line_user_id == "U1")).one()
        question = operations.hand_over(
            session,
            view(database),
            "ยอดภาษีไม่ตรง",
            MONDAY,
            **{"conversation_id": conversation.id, "unit_id": unit_id(session, unit), **more},  # type: ignore[arg-type]
        )
        if not more:
            conversation.handoff_id = question.id
        return question.id


def the_question(database: Database, agency_id: int, question_id: int) -> Question:
    with database.read(agency_id) as session:
        return session.get_one(Question, question_id)


def test_numbers_run_by_fiscal_year_and_the_named_officer_gets_it(database: Database, agency_id: int) -> None:
    ids = [handed_over(database, agency_id) for _ in range(2)]
    found = [the_question(database, agency_id, i) for i in ids]
    assert [q.number for q in found] == ["Q70-000001", "Q70-000002"]
    with database.read(agency_id) as session:
        assert {q.assignee_id for q in found} == {person(session, "khlang").id}
    assert found[0].due_at == MONDAY + timedelta(days=1), "eight office hours: the same hour of the next working day"


def test_without_a_named_officer_the_head_answers_and_without_a_unit_the_office(
    database: Database, agency_id: int
) -> None:
    with database.write(agency_id) as session:
        session.get_one(Unit, unit_id(session, "กองคลัง")).answerer_id = None
    first = the_question(database, agency_id, handed_over(database, agency_id))
    second = the_question(database, agency_id, handed_over(database, agency_id, conversation_id=None, unit_id=None))
    with database.read(agency_id) as session:
        assert first.assignee_id == person(session, "khlanghead").id
        assert second.unit_id == unit_id(session, "สำนักปลัด")
        assert second.assignee_id == person(session, "palad").id


def test_an_empty_question_or_answer_is_refused(database: Database, agency_id: int) -> None:
    question_id = handed_over(database, agency_id)
    with database.write(agency_id) as session:
        question, staff = session.get_one(Question, question_id), person(session, "khlang")
        with pytest.raises(QuestionError):
            operations.hand_over(session, view(database), "  ", MONDAY)
        with pytest.raises(QuestionError):
            operations.answer(session, view(database), question, staff, " \n", MONDAY)
        with pytest.raises(QuestionError):
            operations.note(session, question, staff, "", MONDAY)


def test_the_answer_goes_to_the_citizen_and_notes_do_not(database: Database, agency_id: int) -> None:
    question_id = handed_over(database, agency_id)
    with database.write(agency_id) as session:
        question, staff = session.get_one(Question, question_id), person(session, "khlang")
        operations.note(session, question, staff, "โทรถามกรมแล้ว", MONDAY)
        message = operations.answer(session, view(database), question, staff, "แก้ยอดให้แล้วค่ะ", MONDAY + HOUR)
        assert session.get_one(OutboxMessage, message.outbox_id).subject == f"question:{question_id}"
    said = words(told(database, "demo", "U1"))
    assert "แก้ยอดให้แล้วค่ะ" in said
    assert "โทรถามกรมแล้ว" not in said
    question = the_question(database, agency_id, question_id)
    assert (question.status, question.answered_at) == ("answered", MONDAY + HOUR)


def test_a_photo_can_be_the_answer(database: Database, agency_id: int) -> None:
    question_id = handed_over(database, agency_id)
    with database.write(agency_id) as session:
        photo = Attachment(kind="image", status="stored")
        session.add(photo)
        session.flush()
        question, staff = session.get_one(Question, question_id), person(session, "khlang")
        operations.answer(session, view(database), question, staff, "", MONDAY, photo.id, secret_key="k")
    picture = told(database, "demo", "U1")[0]
    assert isinstance(picture, Picture)
    token = picture.url.removeprefix("https://example.test/files/")
    assert check_link("k", token, MONDAY + timedelta(days=29)) == photo.id


def test_two_officers_answer_at_once_and_both_are_heard(database: Database, agency_id: int) -> None:
    question_id = handed_over(database, agency_id)
    ready = threading.Barrier(3)
    errors: list[BaseException] = []

    def act(username: str, close: bool) -> None:
        try:
            with database.write(agency_id) as session:
                question, staff = session.get_one(Question, question_id), person(session, username)
                if not database.sqlite:  # on SQLite there is one writer at a time
                    ready.wait(10)
                if close:
                    operations.close(session, view(database), question, f"staff:{staff.id}", MONDAY)
                else:
                    operations.answer(session, view(database), question, staff, f"ตอบโดย {username}", MONDAY)
        except BaseException as error:
            errors.append(error)

    view(database)
    threads = [
        threading.Thread(target=act, args=args)
        for args in (("khlang", False), ("khlanghead", False), ("palad", True))
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    said = words(told(database, "demo", "U1"))
    assert "ตอบโดย khlang\n" in said
    assert "ตอบโดย khlanghead" in said
    question = the_question(database, agency_id, question_id)
    assert (question.status == "closed") == (question.closed_at is not None), "status and times belong together"
    with database.read(agency_id) as session:
        assert len(session.scalars(select(ThreadMessage).where(ThreadMessage.direction == "out")).all()) == 2


def test_further_words_reach_the_officer_in_one_notice_and_reopen(database: Database, agency_id: int) -> None:
    link(database, "demo", "khlang", "S1")
    question_id = handed_over(database, agency_id)
    with database.write(agency_id) as session:
        question, staff = session.get_one(Question, question_id), person(session, "khlang")
        operations.answer(session, view(database), question, staff, "ตรงแล้วค่ะ", MONDAY)
        operations.hear(session, view(database), question, MONDAY + HOUR, text="ขอบคุณค่ะ")
        assert question.status == "answered"
        operations.hear(session, view(database), question, MONDAY + HOUR, text="แต่ใบเสร็จหาย")
        operations.hear(session, view(database), question, MONDAY + HOUR, text="ขอใหม่ได้ไหม")
        assert question.status == "waiting"
        assert question.due_at == MONDAY + HOUR + timedelta(days=1)
        later = MONDAY + 2 * HOUR
        operations.hear(session, view(database), question, later, text="ใช้บัตรประชาชนไหม")
    notices = [words([m]) for m in told(database, "demo", "S1")]
    assert len(notices) == 3, "asked; one for a burst of words; one an hour later"
    assert "แต่ใบเสร็จหาย" in notices[2]
    assert "ใช้บัตรประชาชนไหม" in notices[2]


def test_it_can_be_given_to_another_unit_or_person(database: Database, agency_id: int) -> None:
    link(database, "demo", "chang", "S-chang")
    question_id = handed_over(database, agency_id)
    with database.write(agency_id) as session:
        question, palad = session.get_one(Question, question_id), person(session, "palad")
        works = unit_id(session, "กองช่าง")
        operations.assign(session, view(database), question, palad, works, None, MONDAY)
        assert (question.unit_id, question.assignee_id) == (works, person(session, "chang").id)
        person(session, "sattharana").active = False
        with pytest.raises(QuestionError):
            gone = person(session, "sattharana").id
            operations.assign(session, view(database), question, palad, works, gone, MONDAY)
    assert "มอบหมาย" in words(told(database, "demo", "S-chang"))


def test_unanswered_ones_climb_to_the_head_and_then_the_clerk_each_once(database: Database, agency_id: int) -> None:
    for username in ("khlanghead", "palad"):
        link(database, "demo", username, f"S-{username}")
    question_id = handed_over(database, agency_id)
    due = MONDAY + timedelta(days=1)

    def climb(now: datetime) -> int:
        with database.write(agency_id) as session:
            return operations.escalate_waiting(session, view(database), now)

    assert climb(due - timedelta(minutes=1)) == 0
    assert [climb(due), climb(due), climb(due + HOUR)] == [1, 0, 0]
    assert "เกินกำหนด" in words(told(database, "demo", "S-khlanghead"))
    assert told(database, "demo", "S-palad") == []
    assert [climb(due + timedelta(days=1)), climb(due + timedelta(days=9))] == [1, 0]
    assert len(told(database, "demo", "S-palad")) == 1
    assert len(told(database, "demo", "S-khlanghead")) == 1
    with database.read(agency_id) as session:
        assert all(row.urgent for row in session.scalars(select(OutboxMessage)))
    assert the_question(database, agency_id, question_id).escalation == 2


def test_an_answered_or_closed_question_does_not_climb(database: Database, agency_id: int) -> None:
    question_id = handed_over(database, agency_id)
    with database.write(agency_id) as session:
        question, staff = session.get_one(Question, question_id), person(session, "khlang")
        operations.answer(session, view(database), question, staff, "ค่ะ", MONDAY)
        assert operations.escalate_waiting(session, view(database), MONDAY + timedelta(days=9)) == 0
        operations.give_feedback(session, question, False, "citizen:1", MONDAY)
        operations.reopen(session, view(database), question, "citizen:1", MONDAY + timedelta(days=9))
        assert (question.status, question.escalation) == ("waiting", 0)
        assert operations.escalate_waiting(session, view(database), MONDAY + timedelta(days=30)) == 1


def test_who_may_see_what(database: Database, agency_id: int) -> None:
    finance = handed_over(database, agency_id)
    direct = handed_over(database, agency_id, direct_line=True)
    with database.write(agency_id) as session:
        stray = Staff(username="stray", name="ไม่มีกอง", role="officer", unit_id=None, password_hash="x")
        session.add(stray)
        seen = {
            s.username: set(session.scalars(select(Question.id).where(operations.visible_to(s))))
            for s in [*session.scalars(select(Staff)), stray]
        }
    assert seen["khlang"] == seen["khlanghead"] == {finance}
    assert seen["chang"] == seen["stray"] == set()
    assert seen["palad"] == seen["nayok"] == seen["admin"] == {finance, direct}
    with database.write(agency_id) as session:
        question, palad = session.get_one(Question, direct), person(session, "palad")
        with pytest.raises(QuestionError):
            khlang = person(session, "khlang")
            operations.assign(session, view(database), question, palad, khlang.unit_id, khlang.id, MONDAY)


def test_closing_gives_the_chat_back_and_leaves_another_talk_alone(database: Database, agency_id: int) -> None:
    first = handed_over(database, agency_id)
    second = handed_over(database, agency_id)
    with database.write(agency_id) as session:
        operations.close(session, view(database), session.get_one(Question, first), "staff:1", MONDAY)
        conversation = session.scalars(select(Conversation).where(Conversation.line_user_id == "U1")).one()
        assert conversation.handoff_id == second
        operations.close(session, view(database), session.get_one(Question, second), "staff:1", MONDAY)
        assert conversation.handoff_id is None


def test_every_change_is_in_the_audit_log_without_content(database: Database, agency_id: int) -> None:
    question_id = handed_over(database, agency_id)
    with database.write(agency_id) as session:
        question, staff = session.get_one(Question, question_id), person(session, "khlang")
        operations.answer(session, view(database), question, staff, "คำตอบลับ", MONDAY)
        operations.hear(session, view(database), question, MONDAY, text="คำถามลับ")
        operations.close(session, view(database), question, f"staff:{staff.id}", MONDAY)
        operations.reopen(session, view(database), question, f"staff:{staff.id}", MONDAY)
        operations.give_feedback(session, question, True, "citizen:1", MONDAY)
    with database.read(agency_id) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"question:{question_id}")).all()
        assert [row.action.removeprefix("question_") for row in rows] == [
            "handed_over", "answered", "heard", "closed", "reopened", "feedback",
        ]  # fmt: skip
        assert "ลับ" not in str([row.detail for row in rows])
