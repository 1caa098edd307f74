"""The guided questions and the texts and choices that an agency can change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import handlers.integrity
import integrity
from integrity import questions, setup
from integrity.database import Database
from integrity.questions import QUESTIONS, AnswersRefused
from integrity.tables import Desk, YearNumber

LINE_TEXT = 5_000


def test_questions_draw_out_what_an_unsigned_report_needs() -> None:
    keys = [question.key for question in QUESTIONS]
    assert keys == ["what", "who", "where", "when", "amount", "evidence", "witnesses", "how_known", "fears"]
    assert [question.key for question in QUESTIONS if question.required] == ["what"]
    for question in QUESTIONS:
        assert question.longest >= LINE_TEXT  # whatever LINE lets through is taken
        assert len(question.ask_chat) <= 200
        assert question.ask_chat.startswith((question.ask_web.rstrip("คะ"), "ข้อสุดท้าย"))


def test_answers_are_tidied_and_put_in_order() -> None:
    given = {"who": "  นายก\r\nปลัด\x07 ", "fears": " ", "what": "เรื่อง"}
    assert list(questions.check(given).items()) == [("what", "เรื่อง"), ("who", "นายก\nปลัด")]


def test_refusals_name_every_question_and_repeat_nothing() -> None:
    with pytest.raises(AnswersRefused) as raised:
        questions.check({"who": "ลับ" * 2_000})
    assert set(raised.value.problems) == {"what", "who"}
    assert "ลับ" not in str(raised.value) + "".join(raised.value.problems.values())
    with pytest.raises(KeyError):
        questions.check({"what": "ก", "line_user": "U123"})


def test_what_would_help_is_said_once() -> None:
    assert [q.key for q in questions.still_missing({"what": "ก"})] == ["who", "where", "when", "evidence"]
    full = {"who": "ก", "where": "ข", "when": "ค", "witnesses": "ง"}
    assert questions.still_missing(full) == []


def test_a_desk_is_opened_once_and_follows_its_name(desk_database: Database) -> None:
    with desk_database.writing() as session:
        first = setup.ensure_desk(session, "obt", "อบต.เก่า", date(2026, 11, 20))
        setup.change(first, {"unit": "สำนักปลัด"}, {"chat_door": False})
        setup.set_year_number(session, first, 2569, "O16", "O17", " O99 ")
        setup.set_year_number(session, first, 2570, "O1", "", "")
    with desk_database.writing() as session:
        again = setup.ensure_desk(session, "obt", "อบต.ใหม่", date(2027, 1, 1))
        assert (again.id, again.name, again.opened_on) == (first.id, "อบต.ใหม่", date(2026, 11, 20))
        assert setup.text(again, "unit") == "สำนักปลัด"
        assert setup.setting(again, "chat_door") is False
        assert setup.setting(again, "period") == "half"
        numbers = setup.year_number(session, again, 2569)
        assert numbers
        assert (numbers.guideline, numbers.channel, numbers.statistics) == ("O16", "O17", "O99")
        assert (setup.year_number(session, again, 2570) or YearNumber()).guideline == "O1"
        assert setup.year_number(session, again, 2571) is None


def test_texts_can_be_changed_and_put_back() -> None:
    desk = Desk(code="obt", name="อบต.", texts={}, settings={})
    assert "15 วัน" in setup.text(desk, "days")
    setup.change(desk, {"days": "ภายใน {answer_days} วันทำการ"}, {"answer_days": 7})
    assert setup.texts(desk)["days"] == "ภายใน 7 วันทำการ"
    setup.change(desk, {"days": " "})
    assert "7 วันนับ" in setup.text(desk, "days")
    for wrong in ({"texts": {"nothing": "ก"}}, {"settings": {"nothing": 1}}):
        with pytest.raises(KeyError):
            setup.change(desk, **wrong)  # type: ignore[arg-type]


def test_no_text_promises_what_nobody_can_keep() -> None:
    """Every page, every message of the chat door, every text that an agency begins with."""
    said = {"texts": "\n".join(setup.DEFAULT_TEXTS.values())}
    said["questions"] = "".join(q.help + q.ask_chat + q.ask_web for q in QUESTIONS)
    folder = Path(integrity.__file__).parent
    places = [*folder.rglob("*.html"), *folder.rglob("*.py"), *Path(handlers.integrity.__file__).parent.glob("*.py")]
    said |= {str(path): path.read_text(encoding="utf-8") for path in places}
    assert len(said) > 60
    for place, words in said.items():
        for promise in (
            "พ.ร.บ.คุ้มครองผู้แจ้งเบาะแส", "พระราชบัญญัติคุ้มครองผู้แจ้งเบาะแส", "ปลอดภัย 100", "100%", "ไม่มีใครรู้",
            "ปลอดภัยแน่", "ไม่มีทางรู้", "รับรองว่า", "แน่นอน", "ลบออกจากแชต", "คุ้มครองคุณ",
            "อย่างปลอดภัย", "ขอให้มั่นใจ", "รับประกัน",
        ):  # fmt: skip
            assert promise not in words, (place, promise)
    assert "1205" in said["texts"]
    for key in ("how", "days", "law"):
        assert "(หน่วยงานโปรดยืนยัน)" in setup.DEFAULT_TEXTS[key]
