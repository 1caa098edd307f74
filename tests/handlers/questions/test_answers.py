"""What the bot says for an entry: facts with a reservation, the side of a service that was asked for, short labels."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from handlers.agencies import AgencyView, AnswerView, UnitView
from handlers.messages import Card, Say
from handlers.questions import answers
from handlers.questions.packs import replies
from thai.working_time import WorkCalendar

AGENCY = AgencyView(
    id=1, code="demo", name="อบต.ตัวอย่าง", short_name="อบต.ตัวอย่าง", kind="อบต.", version=1,
    public_url="https://example.test", fields={"office_phone": "02-000-1234", "agency_short": "อบต.ตัวอย่าง"},
    settings={}, calendar=WorkCalendar(), units={1: UnitView(1, "กองคลัง", "02-000-1202")}, categories=(),
    notice_version=1, notice_text="", answers={},
)  # fmt: skip


def faq(answer: str, confirmed: bool = False, source: str = "คู่มือ (รอยืนยัน)") -> AnswerView:
    return AnswerView("tax", "faq", 1, "จ่ายภาษีที่ไหน", ("เสียภาษี",), answer, 1, source, confirmed)


def service(**changes: object) -> AnswerView:
    known = {"steps": ["ยื่นคำขอ", "รับใบ"], "documents": ["บัตรประชาชน", "ทะเบียนบ้าน"], "fee": "⟦50 บาท⟧", "days": "⟦1 วัน⟧"}
    return AnswerView(
        "service:shop", "service", 2, "จดทะเบียนพาณิชย์", (), "", 1, "⟦พ.ร.บ. 2499⟧", False, {**known, **changes}
    )


def said(entry: AnswerView, asked: str = "ถาม") -> str:
    (message,) = answers.answer(AGENCY, entry, asked, 7)
    assert isinstance(message, Say)
    return message.text


def test_the_answer_comes_first_then_source_and_unit() -> None:
    text = said(faq("จ่ายที่กองคลังค่ะ\n⟦ภายในเดือนเมษายน⟧\nโทร {office_phone}"))
    assert text.split("\n") == [
        "จ่ายที่กองคลังค่ะ",
        "ภายในเดือนเมษายน (รอยืนยัน)",
        "โทร 02-000-1234",
        "",
        "ส่วนที่เขียนว่า (รอยืนยัน)",
        "ขอให้ถามเจ้าหน้าที่อีกครั้งก่อนนะคะ",
        "",
        "ที่มา คู่มือ",
    ]


def test_a_confirmed_entry_has_no_reservation_at_all() -> None:
    text = said(faq("⟦ภายในเดือนเมษายน⟧ค่ะ", confirmed=True))
    assert text == "ภายในเดือนเมษายนค่ะ\n\nที่มา คู่มือ · กองคลัง"


def test_an_answer_without_marked_facts_needs_no_reservation() -> None:
    assert "รอยืนยัน" not in said(faq("จ่ายที่กองคลังค่ะ", source="เว็บไซต์"))


def test_an_unfilled_field_says_whom_to_ask() -> None:
    assert "(สอบถามเจ้าหน้าที่)" in said(faq("โทร {unit_phone_works}"))


@pytest.mark.parametrize(
    ("asked", "side"),
    [
        ("ใช้เอกสารอะไรบ้าง", "documents"), ("ใช้อะไรบ้างคะ", "documents"), ("เอกสานอะไร", "documents"),
        ("ต้องเตรียมอะไรไปบ้าง", "documents"), ("หลักฐานมีไร", "documents"),
        ("กี่วันได้", "days"), ("กีวันเส็จ", "days"), ("นานไหมคับ", "days"), ("ใช้เวลานานเท่าไหร่", "days"),
        ("เสียเท่าไหร่", "fee"), ("เสียเทาไหร", "fee"), ("กี่บาท", "fee"), ("จ่ายเท่าไร", "fee"), ("ฟรีไหม", "fee"),
        ("ทำยังไง", "steps"), ("ขั้นตอนมีอะไรบ้าง", "steps"),
        ("จดทะเบียนพาณิชย์", None), ("ขอถังขยะ", None),
    ],
)  # fmt: skip
def test_which_side_of_a_service_is_asked_for(asked: str, side: str | None) -> None:
    assert answers.aspect_of(asked) == side


@pytest.mark.parametrize(
    ("asked", "alone"),
    [
        ("กี่วันคะ", True), ("ใช้เอกสารอะไรบ้าง", True), ("แล้วเสียเท่าไหร่", True), ("ใช้เวลานานไหมครับ", True), ("ทำยังไง", True),
        ("จดทะเบียนกี่วัน", False), ("ภาษีเสียเท่าไหร่", False), ("ขยะ", False), ("ถังขยะกี่บาท", False),
    ],
)  # fmt: skip
def test_a_side_without_a_subject_is_known(asked: str, alone: bool) -> None:
    assert answers.is_only_aspect(asked) is alone


def test_a_service_answers_just_what_was_asked() -> None:
    papers = said(service(), "ใช้เอกสารอะไร")
    assert "• บัตรประชาชน\n• ทะเบียนบ้าน" in papers
    assert "50 บาท" not in papers
    assert "50 บาท (รอยืนยัน)" in said(service(), "เสียเท่าไหร่")
    assert "1 วัน (รอยืนยัน)" in said(service(), "กี่วัน")
    assert "1. ยื่นคำขอ\n2. รับใบ" in said(service(), "ทำยังไง")


def test_a_side_that_is_not_known_shows_the_whole() -> None:
    (card,) = answers.answer(AGENCY, service(fee=""), "เสียเท่าไหร่", 7)
    assert isinstance(card, Card)
    assert [row.label for row in card.rows] == ["ขั้นตอน", "เอกสาร", "ใช้เวลา", "ติดต่อ", "กฎหมาย"]


def test_choices_are_three_at_most_and_fit_on_a_button() -> None:
    entries = [faq("x"), service(), faq("y"), faq("z")]
    (card,) = answers.clarify(entries, 7)
    assert isinstance(card, Card)
    assert len(card.rows) == 3
    assert [b.value for b in card.buttons] == ["q:pick:7:tax", "q:pick:7:service:shop", "q:pick:7:tax", "q:none:7"]
    assert all(len(b.label) <= 20 for b in card.buttons)


def test_a_label_speaks_of_the_question_not_of_a_detail() -> None:
    contact = AnswerView(
        "c", "faq", 1, "ติดต่อ อบต. เบอร์โทร ที่อยู่ อีเมล", ("แฟกซ์ที่ไหน", "เบอร์โทร อบต"), "", 1, "", True
    )  # fmt: skip
    assert answers.short_label(contact) == "เบอร์โทร อบต"
    long = AnswerView("l", "faq", 1, "เบี้ยผู้สูงอายุเข้าวันไหน ได้เดือนละเท่าไร", (), "", 1, "", True)
    assert answers.short_label(long) == "เบี้ยผู้สูงอายุ…"


def test_every_entry_of_the_pack_has_a_label_that_fits() -> None:
    with (Path(replies.__file__).parent / "faq.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            entry = AnswerView(
                row["id"], "faq", 1, row["question"], tuple(row["alternatives"].split("|")), "", 1, "", True
            )
            assert 3 <= len(answers.short_label(entry)) <= 17
