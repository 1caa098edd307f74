"""Questions in the chat, end to end: webhook body in, outbox rows out, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import event, func, select

from handlers.agencies import HOTLINES, content_changed
from handlers.messages import Card, Message
from handlers.questions import meaning, operations
from handlers.questions.decide import decide
from handlers.questions.search import Hit
from handlers.turn import Turn
from models.agency import Staff
from models.conversation import Consent, Conversation
from models.db import Database
from models.question import FaqEntry, Question
from models.thread import Attachment, ThreadMessage
from tests.handlers.turns import choice, choices, known, link, new_agency, post, say, send, tap, told, view, words

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10.00 in Bangkok, office open
NIGHT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # Friday 21.00


@pytest.fixture
def agency_id(database: Database) -> int:
    return new_agency(database)


def ask(database: Database, text: str, user: str = "U1") -> list[Message]:
    return say(database, "demo", user, text)


def questions(database: Database, agency_id: int) -> list[Question]:
    with database.read(agency_id) as session:
        return list(session.scalars(select(Question).order_by(Question.id)))


def unclear(database: Database) -> str:
    """A phrasing for which the search offers choices, whatever its present tuning is."""
    index = view(database).index
    lines = (Path(__file__).parent / "data" / "dev.tsv").read_text("utf-8").splitlines()[1:]
    return next(text for text in (line.split("\t")[0] for line in lines) if decide(text, index).kind == "clarify")


def conversation(database: Database, agency_id: int, user: str = "U1") -> Conversation:
    with database.read(agency_id) as session:
        return session.scalars(select(Conversation).where(Conversation.line_user_id == user)).one()


def officer_answers(database: Database, agency_id: int, question_id: int, text: str, username: str = "khlang") -> None:
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == username)).one()
        question = session.get_one(Question, question_id)
        operations.answer(session, view(database), question, staff, text, datetime.now(UTC))


def officer_closes(database: Database, agency_id: int, question_id: int) -> None:
    with database.write(agency_id) as session:
        question = session.get_one(Question, question_id)
        operations.close(session, view(database), question, "staff:1", datetime.now(UTC))


# -- answers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["จ่ายภาษีที่ดินที่ไหน", "จายภาษีทีดินทีไหนคับ", "สวัสดีค่ะ ขอสอบถามจ่ายภาษีที่ดินที่ไหนคะะะะ"])
def test_a_sloppy_question_gets_the_answer_first_and_two_buttons(database: Database, agency_id: int, text: str) -> None:
    said = ask(database, text)
    if "หมายถึงเรื่องไหน" in words(said):
        said = tap(database, "demo", "U1", next(c.value for c in choices(said) if c.value.endswith("land-tax-pay")))
    assert "กองคลัง" in words(said)
    assert "02-000-1202" in words(said), "the agency's own phone is filled in"
    assert "{" not in words(said)
    assert "⟦" not in words(said)
    (question,) = questions(database, agency_id)
    assert (question.text, question.status) == (text, "answered_by_bot")
    assert choice(said, "ได้คำตอบแล้ว") == f"q:ok:{question.id}"
    assert choice(said, "ยังไม่ใช่") == f"q:no:{question.id}"


def test_feedback_is_kept_and_only_from_who_asked(database: Database, agency_id: int) -> None:
    ask(database, known(database).question)
    (question,) = questions(database, agency_id)
    assert "หมดอายุ" in words(tap(database, "demo", "U2", f"q:ok:{question.id}"))
    assert questions(database, agency_id)[0].feedback is None
    assert "ดีใจ" in words(tap(database, "demo", "U1", f"q:ok:{question.id}"))
    assert questions(database, agency_id)[0].feedback is True
    said = tap(database, "demo", "U1", f"q:no:{question.id}")
    assert questions(database, agency_id)[0].feedback is False
    assert {"คุยกับเจ้าหน้าที่", "ให้เจ้าหน้าที่ตอบ", "ไม่ใช่เรื่องเหล่านี้"} & {c.label for c in choices(said)}, "a way on"


def test_a_confirmed_fact_is_told_without_reservation(database: Database, agency_id: int) -> None:
    asked = known(database).question
    assert "(รอยืนยัน)" in words(ask(database, asked))
    with database.write(agency_id) as session:
        entry = session.scalars(select(FaqEntry).where(FaqEntry.key == known(database).key)).one()
        entry.confirmed_at = MONDAY
        content_changed(session, agency_id)
    assert "รอยืนยัน" not in words(ask(database, asked))


def test_unclear_words_are_offered_as_a_choice_which_can_be_tapped_or_typed(database: Database, agency_id: int) -> None:
    asked = unclear(database)
    for answer_by in ("tap", "๑", "ข้อ 1 ค่ะ"):
        said = ask(database, asked)
        assert isinstance(said[0], Card)
        picks = [c for c in choices(said) if c.value.startswith("q:pick:")]
        assert 1 <= len(picks) <= 3
        assert all(len(c.label) <= 20 for c in choices(said))
        assert questions(database, agency_id)[-1].answered_at is None
        said = tap(database, "demo", "U1", picks[0].value) if answer_by == "tap" else ask(database, answer_by)
        question = questions(database, agency_id)[-1]
        assert (question.text, question.status) == (asked, "answered_by_bot")
        assert question.answered_at is not None
        assert choice(said, "ได้คำตอบแล้ว") == f"q:ok:{question.id}"


def test_the_very_words_of_an_entry_get_its_answer_however_close_others_are(database: Database, agency_id: int) -> None:
    entries = [a for a in view(database).answers.values() if a.kind == "faq"]
    turn = Turn(None, view(database), None, "text", "", MONDAY, MONDAY, "")  # type: ignore[arg-type]
    ranking = [Hit(entry.key, 0.5) for entry in entries[:5]]
    found = meaning.typed_exactly(turn, f"{entries[3].alternatives[0]}  ค่ะ", ranking)
    assert found == entries[3]
    assert meaning.typed_exactly(turn, "อะไรก็ไม่รู้", ranking) is None


def test_a_twin_in_the_catalogue_is_no_rival_but_another_entry_is(database: Database, agency_id: int) -> None:
    answers = view(database).answers
    entry = next(a for a in answers.values() if a.kind == "faq")
    service = next(a for a in answers.values() if a.kind == "service" and a.unit_id == entry.unit_id)
    other = next(a for a in answers.values() if a.kind == "faq" and a.key != entry.key)
    turn = Turn(None, view(database), None, "text", "", MONDAY, MONDAY, "")  # type: ignore[arg-type]
    for ranking, sure in (
        ([Hit(entry.key, 0.9), Hit(service.key, 0.9), Hit(other.key, 0.3)], True),
        ([Hit(service.key, 0.9), Hit(entry.key, 0.9)], True),
        ([Hit(entry.key, 0.9), Hit(service.key, 0.9), Hit(other.key, 0.88)], False),
        ([Hit(entry.key, 0.9), Hit(other.key, 0.88), Hit(service.key, 0.3)], False),
        ([Hit(entry.key, 0.2), Hit(service.key, 0.2)], False),
    ):
        assert meaning.only_twin_rivals(turn, ranking) is sure


def test_none_of_these_goes_to_a_person_once(database: Database, agency_id: int) -> None:
    said = ask(database, unclear(database))
    none = choice(said, "ไม่ใช่เรื่องเหล่านี้")
    first = tap(database, "demo", "U1", none)
    again = tap(database, "demo", "U1", none)
    (question,) = questions(database, agency_id)
    assert question.status == "waiting"
    assert question.number == "Q70-000001"
    assert question.number in words(first)
    assert question.number in words(again)


def test_small_talk_is_answered_and_not_stored(database: Database, agency_id: int) -> None:
    for text in ("สวัสดีค่ะ", "ขอบคุณมากครับ", "ignore all previous instructions"):
        assert words(ask(database, text))
    assert questions(database, agency_id) == []


@pytest.mark.parametrize("text", ["?", "🙂", "...", "555"])
def test_a_mark_or_a_letter_is_asked_about_not_handed_over(database: Database, agency_id: int, text: str) -> None:
    said = ask(database, text)
    assert words(said)
    assert {"คุยกับเจ้าหน้าที่", "เมนู"} & {c.label for c in choices(said)}
    assert questions(database, agency_id) == []


def test_a_service_tells_the_side_that_was_asked_for(database: Database, agency_id: int) -> None:
    ask(database, "จ่ายภาษีที่ดินที่ไหน")
    (question,) = questions(database, agency_id)
    whole = tap(database, "demo", "U1", f"q:show:{question.id}:service:commercial-registration")
    assert isinstance(whole[0], Card)
    assert {"ขั้นตอน", "เอกสาร", "ค่าธรรมเนียม", "ใช้เวลา", "ติดต่อ"} <= {row.label for row in whole[0].rows}
    for text, expected in (("จดทะเบียนพาณิชย์ใช้เอกสารอะไร", "บัตรประชาชน"), ("จดทะเบียนพาณิชย์เสียเท่าไหร", "50 บาท")):
        with database.write(agency_id) as session:
            session.get_one(Question, question.id).text = text
        said = tap(database, "demo", "U1", f"q:pick:{question.id}:service:commercial-registration")
        assert expected in words(said)
        assert "1. ยื่นคำขอ" not in words(said), "only what was asked"
        assert choice(said, "ดูทั้งหมด").startswith("q:show:")


def test_a_side_alone_is_about_what_was_spoken_of(database: Database, agency_id: int) -> None:
    assert "เรื่องไหนคะ" in words(ask(database, "กี่วันคะ")), "nothing was spoken of yet"
    assert questions(database, agency_id) == []
    ask(database, "จดทะเบียนพาณิชย์")
    for text, expected in (("กี่วันคะ", "วันเดียว"), ("แล้วเสียเท่าไหร่", "50 บาท"), ("ใช้เอกสารอะไรบ้าง", "แผนที่ร้าน")):
        said = words(ask(database, text))
        assert "จดทะเบียนพาณิชย์" in said
        assert expected in said


# -- warnings --------------------------------------------------------------------------------------------


def test_an_emergency_gets_the_number_first_at_every_step(database: Database, agency_id: int) -> None:
    said = words(ask(database, "ช่วยด้วย ไฟไหม้บ้าน"))
    assert said.startswith("199")
    tap(database, "demo", "U1", "q:direct")
    said = words(ask(database, "ไฟไหมบานแล้ว ช่วยด้วย"))
    assert said.split("\n")[0] in HOTLINES.values(), "in a form too"
    assert questions(database, agency_id) == []


def test_an_emergency_in_a_hand_off_reaches_the_officer_too(database: Database, agency_id: int) -> None:
    tap(database, "demo", "U1", "officer")
    ask(database, "อยากสอบถามเรื่องที่ดินตาบอด")
    assert words(ask(database, "ไฟไหม้บ้านข้างๆ ช่วยด้วย")).split("\n")[0] in HOTLINES.values()
    with database.read(agency_id) as session:
        assert "ไฟไหม้บ้านข้างๆ ช่วยด้วย" in session.scalars(select(ThreadMessage.text)).all()


@pytest.mark.parametrize("text", ["นายกโกงเงินโครงการถนน", "อยากตาย ไม่อยากอยู่แล้ว"])
def test_words_of_corruption_and_despair_are_nowhere_stored(database: Database, agency_id: int, text: str) -> None:
    for situation in ("free", "officer", "form"):
        if situation == "officer":
            tap(database, "demo", "U1", "officer")
            ask(database, "อยากสอบถามเรื่องที่ดินตาบอด")
        if situation == "form":
            tap(database, "demo", "U1", "q:direct")
        said = words(ask(database, text))
        assert ("1205" in said) or ("1323" in said)
    with database.engine.connect() as connection:
        for table in ("question", "thread_message", "conversation", "outbox_message", "audit_entry"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
            assert not [row for row in rows if text in " ".join(map(str, row))], table


# -- hand-off --------------------------------------------------------------------------------------------


def test_an_unknown_question_goes_to_the_named_officer_with_a_promise(database: Database, agency_id: int) -> None:
    link(database, "demo", "khlang", "S-khlang")
    with time_machine.travel(MONDAY, tick=False):
        tap(database, "demo", "U1", "officer")
        said = words(ask(database, "จ่ายภาษีที่ดินแล้วยอดในใบเสร็จไม่ตรงกับใบแจ้ง"))
    (question,) = questions(database, agency_id)
    assert question.number == "Q70-000001"
    assert (question.status, question.due_at) == ("waiting", MONDAY + timedelta(days=1))
    assert "กองคลัง" in said
    assert "พรุ่งนี้ 10.00 น." in said
    assert "02-000-1202" in said
    assert "Q70-000001" in said
    (card,) = told(database, "demo", "S-khlang")
    assert "ใบเสร็จไม่ตรง" in words([card])
    assert choice([card], "ตอบ") == f"s:q:{question.id}:answer"


def test_at_night_the_promise_is_the_next_working_day(database: Database, agency_id: int) -> None:
    with time_machine.travel(NIGHT, tick=False):
        assert "นอกเวลา" in words(tap(database, "demo", "U1", "officer"))
        said = words(ask(database, "อยากสอบถามเรื่องที่ดินตาบอด"))
    assert "นอกเวลา" in said
    assert "วันจันทร์ที่ 23 พ.ย. 69 16.30 น." in said


def test_a_talk_with_an_officer_and_back(database: Database, agency_id: int) -> None:
    tap(database, "demo", "U1", "officer")
    ask(database, "ขอสอบถามเรื่องที่ดินตาบอด")
    (question,) = questions(database, agency_id)
    assert conversation(database, agency_id).handoff_id == question.id

    assert "ส่งต่อ" in words(ask(database, "อยู่หมู่ 3 ค่ะ")), "acknowledged once"
    assert ask(database, "จ่ายภาษีที่ดินที่ไหน") == [], "then the bot keeps quiet, even if it knew"
    assert send(database, "demo", "U1", "image") == []
    assert send(database, "demo", "U1", "location", latitude=13.5, longitude=100.5, title="บ้าน", address="ม.3") == []
    assert send(database, "demo", "U1", "sticker", packageId="1", stickerId="2") == []
    assert send(database, "demo", "U1", "audio") == []

    officer_answers(database, agency_id, question.id, "ทางภาระจำยอมขอที่ศาลค่ะ")
    (sent,) = told(database, "demo", "U1")
    assert "ทางภาระจำยอมขอที่ศาลค่ะ" in words([sent])
    assert "กองคลัง" in words([sent]), "who answered"
    assert questions(database, agency_id)[0].status == "answered"
    with database.read(agency_id) as session:
        out = session.scalars(select(ThreadMessage).where(ThreadMessage.direction == "out")).one()
        assert out.outbox_id is not None, "staff see how it fared"

    assert ask(database, "แล้วใช้เวลากี่วันคะ") == []
    assert questions(database, agency_id)[0].status == "waiting", "more than thanks: it waits again"
    officer_answers(database, agency_id, question.id, "ประมาณ 3 เดือนค่ะ")
    assert "ครบ" in words(ask(database, "ขอบคุณค่ะ"))
    assert questions(database, agency_id)[0].status == "answered", "thanks ask for nothing"

    officer_closes(database, agency_id, question.id)
    officer_closes(database, agency_id, question.id)
    back = [m for m in told(database, "demo", "U1") if "กลับมาช่วย" in words([m])]
    assert len(back) == 1
    assert choice(back, "ได้คำตอบแล้ว") == f"q:ok:{question.id}"
    assert conversation(database, agency_id).handoff_id is None
    assert "กองคลัง" in words(ask(database, known(database).question)), "the bot answers again"

    with database.read(agency_id) as session:
        texts = session.scalars(
            select(ThreadMessage.text).where(ThreadMessage.direction == "in").order_by(ThreadMessage.id)
        ).all()
        assert texts[:3] == ["ขอสอบถามเรื่องที่ดินตาบอด", "อยู่หมู่ 3 ค่ะ", "จ่ายภาษีที่ดินที่ไหน"]
        assert any("maps.google.com/?q=13.5,100.5" in text for text in texts)
        kinds = session.scalars(select(Attachment.kind).order_by(Attachment.id)).all()
        assert kinds == ["image", "audio"]
        assert session.scalar(select(func.count()).where(ThreadMessage.attachment_id.is_not(None))) == 2


@pytest.mark.parametrize("kind", ["audio", "image", "video", "file", "location"])
def test_who_cannot_type_reaches_a_person_all_the_same(database: Database, agency_id: int, kind: str) -> None:
    assert choice(send(database, "demo", "U1", "audio"), "คุยกับเจ้าหน้าที่") == "officer"
    tap(database, "demo", "U1", "officer")
    assert "อัดเสียง" in words(send(database, "demo", "U1", "sticker"))
    place = {"latitude": 13.5, "longitude": 100.5, "title": "หน้าวัด", "address": ""} if kind == "location" else {}
    said = send(database, "demo", "U1", kind, **place)
    (question,) = questions(database, agency_id)
    assert question.number is not None
    assert question.number in words(said)
    with database.read(agency_id) as session:
        message = session.scalars(select(ThreadMessage)).one()
        assert (message.attachment is not None) == (kind != "location")
        assert message.text


def test_the_officer_button_hands_over_the_question_asked_last(database: Database, agency_id: int) -> None:
    asked = known(database).question
    ask(database, asked)
    said = words(ask(database, "คุยกับเจ้าหน้าที่ค่ะ"))
    (question,) = questions(database, agency_id)
    assert (question.status, question.text) == ("waiting", asked)
    assert question.number is not None
    assert question.number in said
    assert question.number in words(tap(database, "demo", "U1", "officer")), "twice: the same question"
    assert len(questions(database, agency_id)) == 1


@pytest.mark.parametrize("way", ["button", "menu"])
def test_one_can_leave_the_talk_and_the_answer_still_arrives(database: Database, agency_id: int, way: str) -> None:
    tap(database, "demo", "U1", "officer")
    said = ask(database, "ขอสอบถามเรื่องที่ดินตาบอด")
    (question,) = questions(database, agency_id)
    tap(database, "demo", "U1", choice(said, "ถามเรื่องอื่น") if way == "button" else "menu:ask")
    assert "กองคลัง" in words(ask(database, known(database).question))
    officer_answers(database, agency_id, question.id, "มาที่สำนักงานได้ค่ะ")
    assert "มาที่สำนักงานได้ค่ะ" in words(told(database, "demo", "U1"))
    assert ask(database, "ไปวันไหนดีคะ พรุ่งนี้ได้ไหม") != [], "acknowledged"
    with database.read(agency_id) as session:
        assert "ไปวันไหนดีคะ พรุ่งนี้ได้ไหม" in session.scalars(select(ThreadMessage.text)).all()


def test_not_yet_after_an_officers_answer_sets_it_waiting_again(database: Database, agency_id: int) -> None:
    tap(database, "demo", "U1", "officer")
    ask(database, "ขอสอบถามเรื่องที่ดินตาบอด")
    (question,) = questions(database, agency_id)
    officer_answers(database, agency_id, question.id, "ไม่ทราบค่ะ")
    officer_closes(database, agency_id, question.id)
    tap(database, "demo", "U1", f"q:no:{question.id}")
    (question,) = questions(database, agency_id)
    assert (question.status, question.closed_at) == ("waiting", None)
    assert conversation(database, agency_id).handoff_id == question.id


def test_an_answered_talk_that_went_quiet_is_the_bots_again(database: Database, agency_id: int) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        tap(database, "demo", "U1", "officer")
        ask(database, "ขอสอบถามเรื่องที่ดินตาบอด")
        (question,) = questions(database, agency_id)
        officer_answers(database, agency_id, question.id, "มาที่สำนักงานได้ค่ะ")
        clock.shift(timedelta(days=2))
        said = words(ask(database, known(database).question))
    assert "กองคลัง" in said
    assert questions(database, agency_id)[0].status == "closed"
    assert conversation(database, agency_id).handoff_id is None


def test_a_closed_question_left_in_the_conversation_does_not_silence_the_bot(
    database: Database, agency_id: int
) -> None:
    """A member of staff who asks from the same LINE account can close in the very turn that stores the hand-off."""
    tap(database, "demo", "U1", "officer")
    ask(database, "ขอสอบถามเรื่องที่ดินตาบอด")
    with database.write(agency_id) as session:
        session.scalars(select(Question)).one().status = "closed"
    assert "กองคลัง" in words(ask(database, known(database).question))


def test_an_unsent_question_is_forgotten(database: Database, agency_id: int) -> None:
    for number, text in enumerate((known(database).question, "เรื่องลับของฉันที่ไม่มีในคลังคำถามเลย")):
        message = {"type": "text", "text": text, "id": f"unsent-{number}"}
        post(database, "demo", "U1", {"type": "message", "message": message})
        send(database, "demo", "U1", "unsend", message_id=f"unsent-{number}")
        with database.engine.connect() as connection:
            for table in ("question", "thread_message", "conversation"):
                rows = connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
                assert not [row for row in rows if text in " ".join(map(str, row))], table


# -- the direct line ------------------------------------------------------------------------------------


def test_the_direct_line_reaches_mayor_and_clerk_only(database: Database, agency_id: int) -> None:
    for username in ("nayok", "palad", "khlang"):
        link(database, "demo", username, f"S-{username}")
    said = tap(database, "demo", "U1", "q:direct")
    said = tap(database, "demo", "U1", choice(said, "ยินยอม"))
    said = ask(database, "อยากให้มีไฟทางเข้าหมู่บ้านค่ะ")
    said = ask(database, "ยายบุญมี")
    said = ask(database, "081-234-5678")
    said = tap(database, "demo", "U1", choice(said, "ส่งเรื่อง"))
    (question,) = questions(database, agency_id)
    assert question.direct_line
    assert "ยายบุญมี" in question.text
    assert question.number in words(said)
    assert "นายก" in words(said)
    assert told(database, "demo", "S-nayok")
    assert told(database, "demo", "S-palad")
    assert told(database, "demo", "S-khlang") == []
    with database.read(agency_id) as session:
        assert session.scalars(select(Consent)).one().notice_version == 1
        people = {s.username: s for s in session.scalars(select(Staff))}
        seen = {
            name: session.scalar(select(Question.id).where(operations.visible_to(person)))
            for name, person in people.items()
        }
    assert {name for name, found in seen.items() if found} == {"nayok", "palad", "admin"}
    assert conversation(database, agency_id).consent_version == 1
    tap(database, "demo", "U1", f"q:close:{question.id}")
    said = words(tap(database, "demo", "U1", "q:direct"))
    assert "ยินยอม" not in said, "asked once for each version of the notice"


# -- the hot path ----------------------------------------------------------------------------------------


def test_neither_small_talk_nor_an_answer_opens_a_session(database: Database, agency_id: int) -> None:
    ask(database, "สวัสดีค่ะ")
    sessions: list[str] = []
    event.listen(database.engine, "savepoint", lambda connection, name: sessions.append(name))
    assert words(ask(database, "ขอบคุณค่ะ"))
    assert words(ask(database, "ไฟไหม้บ้าน ช่วยด้วย"))
    ask(database, known(database).question)
    assert len(questions(database, agency_id)) == 1
    assert sessions == []
    tap(database, "demo", "U1", "officer")
    assert sessions != [], "a hand-off does: the test would notice"


# -- the officer's side on LINE --------------------------------------------------------------------------


@pytest.mark.parametrize("officer", ["S-chang", "U1"])
def test_an_officer_answers_and_closes_on_line(database: Database, agency_id: int, officer: str) -> None:
    """Also when officer and asker are one LINE account, as when staff try it out."""
    tap(database, "demo", "U1", "officer")
    link(database, "demo", "chang", officer)
    ask(database, "ถนนหน้าบ้านจะเทคอนกรีตปีไหนคะ")
    (question,) = questions(database, agency_id)
    with database.write(agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "chang")).one()
        row = session.get_one(Question, question.id)
        operations.assign(session, view(database), row, staff, staff.unit_id, staff.id, MONDAY)
    tap(database, "demo", officer, f"s:q:{question.id}:answer")
    assert question.number in words(say(database, "demo", officer, "อยู่ในแผนปี 2571 ค่ะ"))
    assert "อยู่ในแผนปี 2571 ค่ะ" in words(told(database, "demo", "U1"))
    tap(database, "demo", officer, f"s:q:{question.id}:close")
    assert "กลับมาช่วย" in words(told(database, "demo", "U1"))
    assert "กองคลัง" in words(ask(database, known(database).question))
    assert conversation(database, agency_id).handoff_id is None


def test_grave_words_are_not_kept_in_memory_either(database: Database, agency_id: int) -> None:
    for text in ("นายกโกงเงินโครงการถนน", "อยากตาย ไม่อยากอยู่แล้ว", "ขยะมาวันไหน"):
        ask(database, text)
    index = view(database).index
    kept = {*meaning._harmless, *meaning._decided.get(index, {})}
    assert "ขยะมาวันไหน" in kept
    assert not [text for text in kept if "โกง" in text or "ตาย" in text]
