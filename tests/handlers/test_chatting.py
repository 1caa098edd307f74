"""People as they chat: each line is a turn that a kind officer would handle so. All of it invented.

One database for the whole file, a person of their own for each test: nothing here depends on the kind of database.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from handlers.messages import Message
from handlers.people import operations as people
from models.agency import Staff
from models.db import Database
from models.question import Question
from tests.conftest import Copies
from tests.handlers.turns import choice, choices, link, new_agency, say, send, tap, told, view, words

_people = itertools.count(1)
DOORS = {"เมนู", "คุยกับเจ้าหน้าที่"}


@pytest.fixture(scope="module")
def chat(empty_databases: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = empty_databases.copy("sqlite", tmp_path_factory.mktemp("chat"))
    new_agency(database)
    yield database
    database.close()


class Person:
    """Somebody new in the chat."""

    def __init__(self, database: Database) -> None:
        self.database, self.user, self.last = database, f"U-chatting-{next(_people)}", list[Message]()

    def say(self, text: str) -> str:
        return self._heard(say(self.database, "demo", self.user, text))

    def tap(self, label: str) -> str:
        return self._heard(tap(self.database, "demo", self.user, choice(self.last, label)))

    def send(self, kind: str) -> str:
        place = {"latitude": 13.7, "longitude": 100.5, "title": "หน้าวัด", "address": "หมู่ 3"}
        return self._heard(send(self.database, "demo", self.user, kind, **(place if kind == "location" else {})))

    def labels(self) -> list[str]:
        return [tap.label for tap in choices(self.last)]

    def _heard(self, messages: list[Message]) -> str:
        assert not messages or choices(messages), "every answer has a way on"
        self.last = messages
        return words(messages)

    def past_similar(self) -> str:
        """The summary: what others of this file told of is another matter."""
        return self.tap("ไม่ใช่ แจ้งใหม่") if "ไม่ใช่ แจ้งใหม่" in self.labels() else words(self.last)

    def file_case(self) -> str:
        """Tell of a broken light, and return the number of the case."""
        for text in ("แจ้งเรื่อง", "ยินยอม", "ไฟทางดับหน้าวัด", "ไฟทางดับ", "ไม่มี", "หมู่ 3", "ข้าม", "ข้าม"):
            self.say(text)
        self.past_similar()
        return next(word for word in self.tap("ส่งเรื่อง").split() if word.startswith("C70-"))


@pytest.fixture
def person(chat: Database) -> Person:
    return Person(chat)


def questions(database: Database, user: str) -> int:
    """How many questions of theirs were given to a person."""
    with database.read(view(database).id) as session:
        from models.conversation import Conversation

        mine = select(Question.id).join(Conversation, Conversation.id == Question.conversation_id)
        return len(session.scalars(mine.where(Conversation.line_user_id == user, Question.number.is_not(None))).all())


# -- one message -----------------------------------------------------------------------------------------

ONE = [
    # what is typed, words of the answer, a button below it
    ("โทรไปไม่มีใครรับเลย", "ขอโทษที่ทำให้คุณต้องรอ", "ติดตามเรื่อง"),
    ("ช้ามากกกกกก", "ขอโทษที่ทำให้คุณต้องรอ", "คุยกับเจ้าหน้าที่"),
    ("ด่าไปก็เท่านั้น ไม่มีใครทำอะไร", "ขอโทษ", "คุยกับเจ้าหน้าที่"),
    ("ตอบช้าจัง", "ขอโทษที่ทำให้คุณต้องรอ", "คุยกับเจ้าหน้าที่"),
    ("ขอโทษ พิมพ์ผิดค่ะ", "พิมพ์ใหม่ได้เลย", "เมนู"),
    ("ขอบ่นหน่อย", "เล่าต่อได้เลย", "คุยกับเจ้าหน้าที่"),
    ("โทรหาได้ไหม", "โทรได้เลย", "คุยกับเจ้าหน้าที่"),
    ("นายกชื่ออะไร", "ผู้บริหาร", "สายตรงนายก"),
    ("อยากคุยกับนายก", "ยินยอม", "ไม่ยินยอม"),
    ("3วันแล้ว", "ขอโทษที่ทำให้คุณต้องรอ", "ติดตามเรื่อง"),
    ("มึงตอบกูดิ", "ไม่พอใจ", "คุยกับเจ้าหน้าที่"),
    ("โครตห่วย ไม่ได้เรื่องเลย อบต นี้", "ไม่พอใจ", "คุยกับเจ้าหน้าที่"),
    ("ไม่รู้หนังสือ", "อัดเสียง", "คุยกับเจ้าหน้าที่"),
    ("ยายพิมพ์ไม่เก่ง", "อัดเสียง", "คุยกับเจ้าหน้าที่"),
    ("งง", "ค่อย ๆ", "แจ้งเรื่องร้องเรียน"),
    ("ขอบใจหลานเอ๊ย", "ยินดีค่ะ", "เมนู"),
    ("ก", "พิมพ์บอกอีกนิด", "คุยกับเจ้าหน้าที่"),
    ("?", "พิมพ์บอกอีกนิด", "คุยกับเจ้าหน้าที่"),
    ("😀", "พิมพ์บอกอีกนิด", "คุยกับเจ้าหน้าที่"),
    ("555", "ยิ้ม", "เมนู"),
    ("0812345678", "โทรกลับเรื่องอะไร", "คุยกับเจ้าหน้าที่"),
    ("1-1037-00123-45-6", "อย่าเพิ่งส่ง", "คุยกับเจ้าหน้าที่"),
    ("https://www.example.com/xxxx", "เปิดลิงก์เองไม่ได้", "คุยกับเจ้าหน้าที่"),
    ("เครียดมากเลยค่ะ", "1323", "คุยกับเจ้าหน้าที่"),
    ("ป้าอยู่คนเดียว ไม่มีใครดูแล ท้อมากเลย", "1323", "คุยกับเจ้าหน้าที่"),
    ("ไม่มีข้าวกินมาสองวันแล้ว", "1300", "โทร 1300"),
    ("ผัวตีทุกวันเลยค่ะ", "1300", "ตำรวจ 191"),
    ("ลูกชายป่วยจิตเวช ทำร้ายแม่", "191", "โทร 191"),
    ("แม่หายออกจากบ้านตั้งแต่เช้า", "ไม่ต้องรอให้ครบวัน", "โทร 191"),
    ("help me please fire", "199", "โทร 199"),
    ("เบอร์กู้ภัย", "199", "ตำรวจ 191"),
    ("ตำรวจเบอร์อะไร", "191", "ตำรวจ 191"),
    ("อย่าส่งมาอีก", "เลิกรับได้", "ไม่รับข่าวเลย"),
    ("unsubscribe", "เลิกรับได้", "ไม่รับข่าวเลย"),
    ("ไม่รับข่าว", "จะไม่ส่งข่าว", "รับข่าวอีก"),
    ("เดี๋ยวก่อนนะ", "ไม่ต้องรีบ", "คุยกับเจ้าหน้าที่"),
    ("สแกนคิวอาร์ itas", "ป.ป.ช.", "คุยกับเจ้าหน้าที่"),
    ("ขอทำแบบประเมิน ปปช", "ป.ป.ช.", "คุยกับเจ้าหน้าที่"),
    ("สมัครกิจกรรม", "กิจกรรม", "เสนอเรื่อง"),
    ("ออกเสียงประชาคม", "ออกเสียง", "ดูผลที่ผ่านมา"),
    ("My street light is broken", "passed your message to our staff", "เมนู"),
    ("เลขที่ 000123", "C70-000123", "ติดตามเรื่อง"),
]


@pytest.mark.parametrize(("text", "answer", "button"), ONE, ids=[text for text, _, _ in ONE])
def test_one_message(person: Person, text: str, answer: str, button: str) -> None:
    assert answer in person.say(text)
    assert button in person.labels()
    assert DOORS & set(person.labels()), "no dead end"
    assert all(len(label) <= 20 for label in person.labels())


@pytest.mark.parametrize(
    "text",
    [
        "อยากคุยกับคนไม่เอาบอท",
        "ขอคุยกับเจ้าหน้าที่หน่อยได้ไหมคะ",
        "เว้ากับคนได้บ่",
        "อยากอู้กับเจ้าหน้าที่เจ้า",
        "อยากแหลงกับเจ้าหน้าที่",
        "ติดต่อเจ้าหน้าที่ อบต",
        "เจ้าหน้าที่อยู่ไหม",
        "Can I speak to a person?",
    ],
)
def test_a_person_is_asked_for_in_many_words(person: Person, text: str) -> None:
    assert "อยากสอบถามเรื่องอะไร" in person.say(text)
    assert "ส่งคำถามให้" in person.say("น้ำที่บ้านไหลอ่อนมาก")


@pytest.mark.parametrize("text", ["สวัสดีค่ะ", "คือว่า", "เดี๋ยวก่อน", "ค่ะ"])
def test_courtesy_is_not_the_question_for_the_officer(person: Person, text: str) -> None:
    person.say("คุยกับเจ้าหน้าที่")
    assert "จะส่งให้เจ้าหน้าที่" in person.say(text)
    assert questions(person.database, person.user) == 0
    assert "ส่งคำถามให้" in person.say("อยากรู้เรื่องผังเมืองแถวบ้าน")


def test_talking_of_people_is_no_wish_for_one(person: Person) -> None:
    assert "อยากสอบถามเรื่องอะไร" not in person.say("คุยกับคนข้างบ้านแล้วทะเลาะกัน")


def test_words_in_lao_script_are_read_as_thai(person: Person) -> None:
    assert person.say("ເມນູ") == person.say("เมนู")


def test_words_that_lead_up_to_something_wait_for_the_rest(person: Person) -> None:
    assert "เล่าต่อได้เลย" in person.say("คือว่า")
    assert "เล่าต่อได้เลย" in person.say("ที่บ้าน")
    assert questions(person.database, person.user) == 0
    assert "เล่าต่อ" not in person.say("น้ำประปาไม่ไหลมา 3 วันแล้ว")
    assert questions(person.database, person.user) == 0


def test_danger_told_in_two_messages_is_danger(person: Person) -> None:
    person.say("ที่บ้าน")
    assert "199" in person.say("ไหม้แล้ว")


# -- things ----------------------------------------------------------------------------------------------


def test_photos_and_a_pin_sent_before_a_word_are_in_the_complaint(person: Person) -> None:
    assert "ได้รับรูปแล้วค่ะ\n" in person.send("image")
    assert "(2 รูป)" in person.send("image")
    person.send("location")
    said = person.say("แจ้งเรื่อง")
    assert "รูป 2 รูป" in said
    assert "ตำแหน่งที่ส่งมา" in said
    for text in ("ยินยอม", "ไฟทางดับมาหลายคืน", "ไฟทางดับ", "ข้าม"):
        person.say(text)
    person.say("ข้าม")
    said = person.past_similar()
    assert "รูปถ่าย: 2 รูป" in said
    assert "ปักหมุด 13.70000" in said


def test_a_typed_yes_answers_the_question_about_the_photo(person: Person) -> None:
    person.send("image")
    assert "ยินยอมไหมคะ" in person.say("ใช่ค่ะ")


def test_a_yes_to_the_consent_is_consent_and_a_no_is_none(person: Person) -> None:
    person.say("แจ้งเรื่อง")
    assert "เกิดอะไรขึ้น" in person.say("ใช่")
    other = Person(person.database)
    other.say("แจ้งเรื่อง")
    assert "ไม่ได้เก็บอะไรไว้" in other.say("ไม่ค่ะ")


def test_a_label_that_stands_on_two_buttons_is_no_choice(chat: Database) -> None:
    somebody = Person(chat)
    numbers = [somebody.file_case(), somebody.file_case()]
    said = somebody.say("ติดตามเรื่อง")
    assert all(number in said for number in numbers)
    assert "ที่แจ้งไว้:" not in somebody.say("ดูเรื่องนี้")


def test_a_label_may_be_typed_where_no_button_is_shown(person: Person) -> None:
    person.send("location")
    assert "ยินยอมไหมคะ" in person.say("แจ้งเรื่องที่จุดนี้")
    assert "ไม่ได้เก็บอะไรไว้" in person.say("ไม่ยินยอม")


@pytest.mark.parametrize("kind", ["sticker", "audio", "video", "file", "location", "image"])
def test_a_thing_out_of_the_blue_gets_a_way_on(person: Person, kind: str) -> None:
    assert person.send(kind)
    assert set(person.labels()) >= DOORS


def test_the_words_of_a_question_become_the_complaint(person: Person) -> None:
    person.say("น้ำไมไหลมา3วันแลว")
    said = person.tap("แจ้งเรื่องร้องเรียน")
    assert "“น้ำไมไหลมา3วันแลว”" in said
    assert "ประเภทไหนคะ" in person.say("ยินยอม")


def test_a_general_question_does_not_become_the_complaint(person: Person) -> None:
    person.say("ร้องเรียนหรือแจ้งปัญหาอย่างไร")
    assert "“" not in person.tap("แจ้งเรื่องร้องเรียน")


# -- inside a form ---------------------------------------------------------------------------------------


@pytest.fixture
def at_category(person: Person) -> Person:
    for text in ("แจ้งเรื่อง", "ยินยอม", "ไฟทางหน้าบ้านดับ"):
        person.say(text)
    return person


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("เดี๋ยวก่อนนะ", "ไม่ต้องรีบ"),
        ("รอแป๊บนึง ไปถ่ายรูปก่อน", "ไม่ต้องรีบ"),
        ("เบี้ยคนแก่เข้าวันไหน", "งานสวัสดิการ"),
        ("ใครจะเห็นชื่อบ้าง", "เฉพาะเจ้าหน้าที่"),
        ("ทำไมต้องเก็บข้อมูล", "เฉพาะเจ้าหน้าที่"),
        ("ดวงวันนี้เป็นไง", "ยังตอบเองไม่ได้"),
        ("แก้เบอร์", "เดี๋ยวดิฉันจะถาม"),
    ],
)
def test_what_is_no_answer_leaves_the_question_where_it_was(at_category: Person, text: str, answer: str) -> None:
    said = at_category.say(text)
    assert answer in said
    assert "(3/7) เป็นเรื่องประเภทไหนคะ" in said
    assert "คุยกับเจ้าหน้าที่" in at_category.labels()
    assert "(4/7)" in at_category.say("ไฟทางดับ")


def test_mending_in_the_middle_offers_what_was_answered(at_category: Person) -> None:
    assert "อยากแก้ข้อไหน" in at_category.say("ขอแก้ไขค่ะ")
    assert "เรื่องที่แจ้ง" in at_category.labels()
    assert "เบอร์โทร" not in at_category.labels()
    assert "ประเภทไหนคะ" in at_category.say("ทำต่อ")


@pytest.mark.parametrize("opener", ["แจ้งเรื่อง", "ถึงนายก", "เสนอเรื่อง"])
def test_every_consent_may_be_refused(person: Person, opener: str) -> None:
    person.say(opener)
    assert {"ยินยอม", "ไม่ยินยอม", "คุยกับเจ้าหน้าที่"} <= set(person.labels())
    person.say("ไม่ยินยอม")
    assert "ยินยอม" not in person.labels()


@pytest.mark.parametrize("text", ["ไม่เอาแล้ว", "ไม่ทำแล้ว", "เปลี่ยนใจ", "ขอยกเลิก"])
def test_many_ways_to_leave(at_category: Person, text: str) -> None:
    assert "เก็บไว้ทำต่อทีหลัง หรือทิ้ง" in at_category.say(text)
    assert "ประเภทไหนคะ" in at_category.say("ทำต่อ")
    at_category.say(text)
    at_category.say("เมนู")
    assert "ประเภทไหนคะ" in at_category.say("กรอกต่อ")


def test_the_photos_step_understands_words(at_category: Person) -> None:
    at_category.say("ไฟทางดับ")
    assert "เก็บข้อความนี้ไว้ในเรื่องแล้ว" in at_category.say("มันดับตั้งแต่เสาต้นที่สองถึงวัด")
    assert "(1 รูป)" in at_category.send("image")
    assert "เกิดที่ไหนคะ" in at_category.say("พอ")


def test_a_pin_before_its_question_is_the_place(at_category: Person) -> None:
    assert "เก็บตำแหน่งไว้" in at_category.send("location")
    at_category.say("ไฟทางดับ")
    assert "ชื่อคุณ" in at_category.say("ไม่มีรูป")


@pytest.mark.parametrize("text", ["ข้าม", "ไม่รู้", "ไม่ทราบ", "-"])
def test_the_place_must_be_told_roughly(at_category: Person, text: str) -> None:
    at_category.say("ไฟทางดับ")
    at_category.say("ถ่ายไม่เป็น")
    assert "เกิดที่ไหนคะ" in at_category.say(text)
    assert "ชื่อคุณ" in at_category.say("หมู่ 3 หน้าวัด")


@pytest.fixture
def at_summary(at_category: Person) -> Person:
    for text in ("ไฟทางดับ", "ไม่มีรูป", "หมู่ 3 หน้าวัด", "สมศรี", "ไม่ให้เบอร์"):
        at_category.say(text)
    at_category.past_similar()
    return at_category


@pytest.mark.parametrize(
    ("asked", "now", "given", "line"),
    [
        ("แก้เบอร์", "", "0812345678", "เบอร์โทร: 081-234-5678"),
        ("เบอร์โทร", "", "๐๘๑ ๒๓๔ ๕๖๗๘", "เบอร์โทร: 081-234-5678"),
        ("ขอแก้ชื่อใหม่ค่ะ", "ตอนนี้คือ สมศรี", "สมหญิง", "ชื่อผู้แจ้ง: สมหญิง"),
        ("ชื่อผิด", "ตอนนี้คือ สมศรี", "ใช้ตามเดิม", "ชื่อผู้แจ้ง: สมศรี"),
        ("เปลี่ยนสถานที่", "ตอนนี้คือ หมู่ 3 หน้าวัด", "หมู่ 5", "สถานที่: หมู่ 5"),
        ("แก้รายละเอียด", "ไฟทางหน้าบ้านดับ", "ไฟทางหน้าบ้านดับสามดวง", "สามดวง"),
    ],
)
def test_the_summary_is_mended_in_words(at_summary: Person, asked: str, now: str, given: str, line: str) -> None:
    assert now in at_summary.say(asked)
    said = at_summary.say(given)
    assert line in said
    assert "ตรวจดูอีกครั้ง" in said


def test_unclear_words_at_the_summary_offer_each_line(at_summary: Person) -> None:
    assert "อยากแก้ข้อไหน" in at_summary.say("ยังไม่ถูกต้อง")
    assert {"ส่งเรื่อง", "ชื่อผู้แจ้ง", "เบอร์โทร", "คุยกับเจ้าหน้าที่"} <= set(at_summary.labels())
    assert "ชื่อคุณ" in at_summary.tap("ชื่อผู้แจ้ง")


def test_a_number_at_the_summary_is_the_phone(at_summary: Person) -> None:
    assert "เบอร์โทร: 081-234-5678" in at_summary.say("๐๘๑-๒๓๔-๕๖๗๘")
    assert "รับเรื่องแล้วค่ะ" in at_summary.say("ไม่แก้แล้วค่ะ ส่งเลย") or "รับเรื่องแล้วค่ะ" in at_summary.say("ส่งเลย")


# -- following -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filed(chat: Database) -> tuple[Person, str]:
    somebody = Person(chat)
    return somebody, somebody.file_case()


@pytest.mark.parametrize(
    "shape",
    [
        "C70-{0:06d}",
        "c70 {0}",
        "ซี 70 {0}",
        "C70{0:06d}",
        "c2570-{0}",
        "ร-๒๕๗๐/{0:03d}",
        "เลขที่ {0:06d}",
        "70/{0}",
        "{0:06d}",
    ],
)
def test_a_case_number_is_read_in_many_shapes(filed: tuple[Person, str], shape: str) -> None:
    somebody, number = filed
    assert "รอรับเรื่อง" in somebody.say(shape.format(int(number.split("-")[1])))
    assert number in words(somebody.last)


@pytest.mark.parametrize("text", ["เรื่องของยายไปถึงไหนแล้วลูก", "แจ้งไปแล้วเงียบเลย", "เมื่อไหร่จะมาซ่อม", "ขอดูเรื่องที่แจ้ง"])
def test_who_has_a_case_and_asks_after_it_sees_it(filed: tuple[Person, str], text: str) -> None:
    somebody, number = filed
    assert number in somebody.say(text)


def test_a_lost_secret_is_no_dead_end(person: Person, filed: tuple[Person, str]) -> None:
    assert "รหัสลับ 8 ตัว" in person.say(filed[1])
    assert "ค้นเรื่อง" in person.say("รหัสหาย")
    assert "คุยกับเจ้าหน้าที่" in person.labels()


def test_waiting_for_an_officer_whom_the_bot_called_does_not_silence_the_bot(chat: Database) -> None:
    somebody = Person(chat)
    number = somebody.file_case()
    assert "ส่งคำถามให้" in somebody.say("อยากได้ของที่ระลึกจากงานเมื่อปีกลายมาฝากญาติ")
    assert number in somebody.say(number)
    assert number in somebody.say("เมื่อไหร่จะมาซ่อม")
    assert "ยินดีค่ะ" in somebody.say("ขอบคุณค่ะ")
    assert "ส่งต่อให้เจ้าหน้าที่" in somebody.say("อยากได้สองชิ้นค่ะ ฝากแม่ด้วย")


# -- staff -----------------------------------------------------------------------------------------------


def test_staff_open_a_case_by_its_number_and_are_asked_for_the_photo(chat: Database) -> None:
    reporter, officer = Person(chat), Person(chat)
    number = reporter.file_case()
    link(chat, "demo", "chang", officer.user)
    try:
        assert number in officer.say("เรื่องที่รอ")
        said = officer.say(f"รับเรื่อง {number}")
        assert "ไฟทางดับหน้าวัด" in said
        assert "รับเรื่องแล้ว" in officer.tap("รับเรื่อง")
        officer.tap("ทำเสร็จแล้ว")
        assert "ยังไม่ได้ส่ง" in officer.say("เปลี่ยนหลอดแล้วครับ")
        assert "ดำเนินการแล้ว" in officer.tap("ปิดโดยไม่มีรูป")
        assert "เปลี่ยนหลอดแล้วครับ" in words(told(chat, "demo", reporter.user))
        assert "ให้คะแนน" in reporter.say("เรียบร้อยแล้วครับ")
    finally:
        with chat.write(view(chat).id) as session:
            people.unlink(session, session.scalars(select(Staff).where(Staff.username == "chang")).one(), "test")


def test_the_photo_after_the_words_closes_the_case(chat: Database) -> None:
    reporter, officer = Person(chat), Person(chat)
    number = reporter.file_case()
    link(chat, "demo", "chang", officer.user)
    try:
        officer.say(number)
        officer.tap("รับเรื่อง")
        officer.tap("ทำเสร็จแล้ว")
        officer.say("เปลี่ยนหลอดแล้วครับ")
        assert "ดำเนินการแล้ว" in officer.send("image")
    finally:
        with chat.write(view(chat).id) as session:
            people.unlink(session, session.scalars(select(Staff).where(Staff.username == "chang")).one(), "test")


def test_a_case_of_another_unit_stays_closed_to_staff(chat: Database, filed: tuple[Person, str]) -> None:
    officer = Person(chat)
    link(chat, "demo", "khlang", officer.user)
    try:
        assert "รหัสลับ" in officer.say(filed[1])
    finally:
        with chat.write(view(chat).id) as session:
            people.unlink(session, session.scalars(select(Staff).where(Staff.username == "khlang")).one(), "test")
