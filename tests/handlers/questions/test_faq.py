"""The staff's side of questions and answers, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.questions import faq, operations
from handlers.questions.faq import EntryDetails, FaqError, ServiceDetails, cluster
from models.agency import Agency, Staff
from models.audit import AuditEntry
from models.db import Database
from models.question import FaqEntry, Question
from tests.handlers.turns import choice, choices, known, new_agency, say, tap, view, words

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DETAILS = EntryDetails(
    question="ขอยืมเต็นท์ได้ไหม", answer="ยืมได้ค่ะ ⟦ครั้งละ 3 วัน⟧", alternatives="ยืมเต๊นท์งานแต่ง | เช่าเต็นท์\nขอเต็นท์|เช่าเต็นท์"
)


@pytest.fixture
def agency_id(database: Database) -> int:
    return new_agency(database)


def version(database: Database, agency_id: int) -> int:
    with database.read(agency_id) as session:
        return session.get_one(Agency, agency_id).content_version


def test_an_entry_is_written_confirmed_changed_and_taken_back(database: Database, agency_id: int) -> None:
    before = version(database, agency_id)
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "khlang")).one()
        entry = faq.save_entry(session, None, DETAILS, "staff:1")
        assert entry.alternatives == ["ยืมเต๊นท์งานแต่ง", "เช่าเต็นท์", "ขอเต็นท์"]
        assert entry.key
        faq.confirm_entry(session, entry, staff, NOW)
        key, entry_id = entry.key, entry.id
    assert version(database, agency_id) >= before + 2
    assert view(database).answers[key].confirmed
    with database.write(agency_id) as session:
        entry = session.get_one(FaqEntry, entry_id)
        reworded = EntryDetails(question="ยืมเต็นท์ได้ไหมคะ", answer=DETAILS.answer)
        assert faq.save_entry(session, entry, reworded, "staff:1").confirmed_at is not None
        changed = EntryDetails(question="ยืมเต็นท์ได้ไหมคะ", answer="ยืมได้ค่ะ ⟦5 วัน⟧")
        assert faq.save_entry(session, entry, changed, "staff:1").confirmed_at is None
        faq.draft(session, entry, "staff:1")
    assert key not in view(database).answers
    with database.write(agency_id) as session:
        faq.publish(session, session.get_one(FaqEntry, entry_id), "staff:1")
    assert key in view(database).answers
    with database.write(agency_id) as session:
        faq.remove_entry(session, session.get_one(FaqEntry, entry_id), "staff:1")
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"faq:{entry_id}")).all()
    assert key not in view(database).answers
    assert actions == [
        "faq_saved", "faq_confirmed", "faq_saved", "faq_saved", "faq_drafted", "faq_published", "faq_removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (EntryDetails(question=" ", answer="ค่ะ"), "question"),
        (EntryDetails(question="ถาม", answer=""), "answer"),
        (EntryDetails(question="ถาม" * 400, answer="ค่ะ"), "question"),
        (EntryDetails(question="ถาม", answer="ค่ะ", status="x"), "status"),
        (EntryDetails(question="ถาม", answer="ค่ะ", unit_id=999), "unit_id"),
        (EntryDetails(question="ถาม", answer="ค่ะ", key="garbage-days"), "key"),
        (EntryDetails(question="ถาม", answer="ค่ะ", key="service:x"), "key"),
    ],
)
def test_what_cannot_be_kept_says_which_field(
    database: Database, agency_id: int, details: EntryDetails, field: str
) -> None:
    with database.write(agency_id) as session:
        with pytest.raises(FaqError) as caught:
            faq.save_entry(session, None, details, "staff:1")
        assert caught.value.field == field


def test_a_service_is_kept_and_answers(database: Database, agency_id: int) -> None:
    details = ServiceDetails(name="ขอยืมเครื่องเสียง", steps="เขียนคำขอ|รับของ", documents="บัตรประชาชน", fee="⟦ไม่มี⟧")
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "khlang")).one()
        service = faq.save_service(session, None, details, "staff:1")
        faq.confirm_service(session, service, staff, NOW)
        assert faq.save_service(session, service, details, "staff:1").confirmed_at is not None
        key = f"service:{service.key}"
    assert view(database).answers[key].service["steps"] == ["เขียนคำขอ", "รับของ"]
    with database.write(agency_id) as session:
        service = session.merge(service)
        changed = ServiceDetails(name="ขอยืมเครื่องเสียง", steps="เขียนคำขอ", fee="⟦100 บาท⟧")
        assert faq.save_service(session, service, changed, "staff:1").confirmed_at is None
        with pytest.raises(FaqError):
            faq.save_service(session, None, ServiceDetails(name="ว่าง"), "staff:1")
        faq.remove_service(session, service, "staff:1")
    assert key not in view(database).answers


# -- groups ----------------------------------------------------------------------------------------------


def test_questions_that_ask_the_same_stand_together() -> None:
    asked = [
        (1, "ขอยืมเต็นท์งานแต่งได้ไหม"),
        (2, "ขอยืมเต็นท์งานแต่งได้ไหมคะ"),
        (3, "ยืมเต้นท์งานแต่งได้มั้ยคับ"),
        (4, "รถดูดโคลนเช่ากี่บาท"),
        (5, "สวัสดีค่ะ ขอยืมเตนท์งานแต่งได้ไหม"),
        (6, "วันสงกรานต์มีงานที่ไหน"),
    ]
    found = cluster(asked)
    assert found[0].count == 4
    assert found[0].question_ids == (1, 2, 3, 5)
    assert sorted(group.question_ids for group in found[1:]) == [(4,), (6,)]
    assert sorted(i for group in found for i in group.question_ids) == [1, 2, 3, 4, 5, 6], "each once"
    assert cluster([]) == []


def test_many_questions_are_grouped_in_a_page_s_time() -> None:
    import time

    asked = [(n, f"คำถามเรื่องที่ {n} ของหมู่บ้านเกี่ยวกับถนนและน้ำประปา") for n in range(2000)]
    begin = time.monotonic()
    found = cluster(asked)
    assert sum(group.count for group in found) == 2000
    assert time.monotonic() - begin < 20


def test_unanswered_ones_become_an_entry_once_and_the_bot_knows_it(database: Database, agency_id: int) -> None:
    asked = "เช่ารถดูดโคลนวันละกี่บาท"
    for user in ("U1", "U2"):
        tap(database, "demo", user, "officer")
        say(database, "demo", user, asked)
    with database.write(agency_id) as session:
        questions = session.scalars(select(Question).order_by(Question.id)).all()
        assert [q.status for q in questions] == ["waiting", "waiting"]
        staff = session.scalars(select(Staff).where(Staff.username == "chang")).one()
        operations.answer(session, view(database), questions[0], staff, "วันละ 500 บาทค่ะ", datetime.now(UTC))
    with database.write(agency_id) as session:
        (group,) = faq.groups(session)
        assert (group.representative, group.count) == (asked, 2)
        entry = faq.make_entry(session, group.question_ids, "staff:1", NOW)
        assert (entry.status, entry.answer) == ("draft", "วันละ 500 บาทค่ะ"), "the officer's words, for a look first"
        assert faq.groups(session) == []
        faq.publish(session, entry, "staff:1")
    said = say(database, "demo", "U3", "เช่ารถดูดโคลนวันละกี่บาทคับ")
    if "หมายถึงเรื่องไหน" in words(said):
        said = tap(database, "demo", "U3", next(c.value for c in choices(said) if entry.key in c.value))
    assert "วันละ 500 บาทค่ะ" in words(said)


def test_an_answer_that_was_not_the_answer_is_unanswered(database: Database, agency_id: int) -> None:
    said = say(database, "demo", "U1", known(database).question)
    with database.read(agency_id) as session:
        assert faq.groups(session) == []
    tap(database, "demo", "U1", choice(said, "ยังไม่ใช่"))
    with database.write(agency_id) as session:
        (group,) = faq.groups(session)
        details = EntryDetails(question="ภาษีใหม่", answer="ค่ะ")
        entry = faq.make_entry(session, group.question_ids, "staff:1", NOW, details)
        assert entry.status == "published"
        assert faq.groups(session) == []
        assert session.scalars(select(Question.status)).all() == ["closed"]
        with pytest.raises(LookupError):
            faq.make_entry(session, [999], "staff:1", NOW)


def test_direct_lines_and_old_questions_are_not_offered(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        now = datetime.now(UTC)
        operations.hand_over(session, view(database), "ลับถึงนายก", now, direct_line=True)
        operations.hand_over(session, view(database), "เก่าแล้ว", now - timedelta(days=200))
        assert faq.groups(session) == []


def test_new_wordings_are_learnt_from_those_who_said_yes(database: Database, agency_id: int) -> None:
    with database.write(agency_id) as session:
        entry = session.scalars(select(FaqEntry).where(FaqEntry.key == "garbage-days")).one()
        rows = [
            ("รถขยะบ้านเฮามามื้อได๋", True, NOW),
            ("รถขยะบ้านเฮามามื้อได๋ครับ", True, NOW),
            ("ขยะมาไหม", None, NOW + timedelta(minutes=1)),  # picked from the choices
            ("ถุงดำ", None, NOW),  # answered at once, nobody said whether rightly
            ("ไม่ใช่เรื่องนี้เลย", False, NOW),
            (entry.question, True, NOW),
        ]
        for text, feedback, answered_at in rows:
            session.add(
                Question(
                    text=text, status="answered_by_bot", faq_id=entry.id, feedback=feedback, asked_at=NOW,
                    answered_at=answered_at,
                )
            )  # fmt: skip
        session.flush()
        found = faq.learnt(session)
        assert [(item.entry.key, item.count) for item in found] == [("garbage-days", 2), ("garbage-days", 1)]
        assert [item.text for item in found] == ["รถขยะบ้านเฮามามื้อได๋", "ขยะมาไหม"]
        for item in found:
            faq.add_phrasing(session, item.entry, item.text, "staff:1")
        assert faq.learnt(session) == []
        assert "ขยะมาไหม" in entry.alternatives
