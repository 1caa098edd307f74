"""The chat door's talk, against a door of paper: what is asked, what is kept (nothing), how one leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.integrity_desk import with_door
from handlers.agencies import Agencies
from handlers.integrity import words as fixed
from handlers.integrity.door import Gone, Refused
from handlers.router import route
from handlers.turn import SEALED
from models.base import Base
from models.conversation import Conversation
from models.db import Database
from models.outbox import OutboxMessage
from models.question import Question
from models.thread import Attachment
from tests.handlers import turns
from tests.handlers.turns import choice, choices, new_agency, say, send, tap, told, words

STORY = "ผู้ใหญ่เอกสิทธิ์เอาปูนหลวงไปเทลานบ้านตัวเอง"


class PaperDoor:
    """Remembers what was put in, as no real door could say."""

    def __init__(self) -> None:
        self.open = True
        self.begun: list[tuple[str, set[int]]] = []
        self.drafts: dict[str, dict[str, str]] = {}
        self.submitted: list[dict[str, str]] = []

    def chat_open(self, code: str) -> bool:
        return self.open

    def officers(self, code: str) -> list[tuple[int, str]]:
        return [(3, "มาลี ใจตรง"), (4, "สมศรี รักษา"), (9, "ประสิทธิ์ มั่นคง ผู้ตรวจการจังหวัด")]

    def questions(self) -> list[tuple[str, str, bool]]:
        return [("what", "เกิดอะไรขึ้นคะ\nเล่าได้เลย", True), ("who", "ใครเกี่ยวข้องบ้างคะ", False), ("when", "เมื่อไรคะ", False)]

    def begin(self, code: str, readers: set[int]) -> str:
        if not readers:
            raise Refused("ไม่เหลือใคร")
        self.begun.append((code, readers))
        draft = f"{len(self.begun):06x}rest-of-the-id"
        self.drafts[draft] = {}
        return draft

    def put(self, draft: str, step: str, text: str) -> None:
        answers = self._get(draft)
        if len(text) > 4000:
            raise Refused("ยาวเกินไปค่ะ")
        answers[step] = text

    def answered(self, draft: str) -> set[str]:
        return set(self._get(draft))

    def submit(self, code: str, draft: str) -> str:
        self._get(draft)
        self.submitted.append(self.drafts.pop(draft))
        return "https://example.test/demo/integrity/claim/once?openExternalBrowser=1"

    def cancel(self, draft: str) -> None:
        self.drafts.pop(draft, None)

    def _get(self, draft: str) -> dict[str, str]:
        if draft not in self.drafts:
            raise Gone
        return self.drafts[draft]


@pytest.fixture
def door(database: Database, monkeypatch: pytest.MonkeyPatch) -> PaperDoor:
    new_agency(database)
    turns._agencies[database] = Agencies(database, "https://example.test", lambda code: True)
    paper = PaperDoor()
    monkeypatch.setattr(turns, "route", with_door(route, paper))
    return paper


Chat = tuple[Callable[..., Any], Callable[..., Any]]


@pytest.fixture
def chat(database: Database) -> Chat:
    """(say, tap) of one person."""
    return (
        lambda text, **event: say(database, "demo", "U1", text, **event),
        lambda data: tap(database, "demo", "U1", data),
    )


def state(database: Database) -> dict[str, Any]:
    with database.read() as session:
        kept = turns.json.loads(session.scalars(select(Conversation.state)).one() or "{}")
    return kept.get(SEALED, {})


def begin(chat: Chat, *excluded: str) -> list[Any]:
    """Up to the first question."""
    _, press = chat
    said = press("i:start")
    said = press(choice(said, "เข้าใจ"))
    for label in excluded:
        said = press(choice(said, label))
    return press(choice(said, "พอแล้ว" if excluded else "ไม่มี"))


def everything(database: Database) -> str:
    """All rows of all tables."""
    with database.engine.connect() as connection:
        return "\n".join(
            str(tuple(row)) for table in Base.metadata.sorted_tables for row in connection.execute(select(table))
        )


def test_offered_only_where_the_door_is_open(database: Database, door: PaperDoor, chat: Chat) -> None:
    _, press = chat
    labels = [c.label for c in choices(press("menu:integrity"))]
    assert labels.index("เปิดแบบฟอร์มปิดผนึก") < labels.index("เล่าในแชตต่อ")
    door.open = False
    said = press("menu:integrity")
    assert "เล่าในแชตต่อ" not in [c.label for c in choices(said)]
    said = press("i:start")  # an old button
    assert words(said) == fixed.CLOSED
    assert state(database) == {}


def test_the_warning_comes_first_and_the_safe_form_before_the_chat(
    database: Database, door: PaperDoor, chat: Chat
) -> None:
    talk, press = chat
    said = press("i:start")
    for truth in ("LINE และผู้ดูแลบัญชี", "ปลอดภัยกว่า", "ส่งรูป"):
        assert truth in words(said)
    assert choices(said)[0].action == "link"
    assert "openExternalBrowser=1" in choices(said)[0].value
    assert door.begun == []
    assert words(talk(STORY)) == fixed.CHOOSE_DOOR
    assert words(press(choice(talk("ก"), "ไม่แจ้งแล้ว"))) == fixed.NOTHING_TOLD
    assert state(database) == {}
    assert STORY not in everything(database)


def test_from_the_warning_to_the_one_time_link(database: Database, door: PaperDoor, chat: Chat) -> None:
    talk, press = chat
    said = begin(chat, "มาลี", "ประสิทธิ์")
    assert door.begun == [("demo", {4})]
    assert "ข้อ 1 จาก 3" in words(said)
    assert "ข้าม" not in [c.label for c in choices(said)]
    said = talk(STORY)
    assert STORY not in words(said)
    assert set(state(database)) == {"d", "s"}
    said = press(choice(said, "ข้าม"))
    said = talk("ต้นเดือนตุลาคม")
    assert "ตอบแล้ว · เกิดอะไรขึ้นคะ" in words(said)
    assert "ไม่ได้ตอบ · ใครเกี่ยวข้อง" in words(said)
    assert STORY not in words(said)
    said = press(choice(said, "ข้อ 2"))
    said = talk("ผู้ใหญ่บ้าน")
    said = press(choice(said, "ส่งเรื่อง"))
    assert door.submitted == [{"what": STORY, "who": "ผู้ใหญ่บ้าน", "when": "ต้นเดือนตุลาคม"}]
    assert len(said) == 1
    assert "/integrity/claim/once?openExternalBrowser=1" in words(said)
    assert "1 ชั่วโมง" in words(said)
    assert "จะไม่ส่งข้อความใดเกี่ยวกับเรื่องนี้" in words(said)
    assert state(database) == {}
    assert told(database, "demo", "U1") == []
    kept = everything(database)
    assert STORY not in kept
    assert "ต้นเดือนตุลาคม" not in kept
    with database.read() as session:
        assert set(session.scalars(select(OutboxMessage.subject))) == {SEALED}
        assert not session.scalars(select(Question)).all()


@pytest.mark.parametrize("word", ["ยกเลิก", "cancel"])
def test_leaving_deletes_what_was_told(database: Database, door: PaperDoor, chat: Chat, word: str) -> None:
    talk, press = chat
    begin(chat)
    talk(STORY)
    said = talk(word)
    assert [c.label for c in choices(said)] == ["ทำต่อ", "ยกเลิกและลบ"]
    assert "ข้อ 2" in words(press(choice(said, "ทำต่อ")))
    assert words(press(choice(said, "ลบ"))) == fixed.CANCELLED
    assert door.drafts == {}
    assert state(database) == {}
    assert fixed.OLD_BUTTON in words(press(choice(said, "ทำต่อ")))


@pytest.mark.parametrize("away", ["เมนู", "คุยกับเจ้าหน้าที่", "tap menu", "tap officer", "tap start:complaint", "tap q:ok:1"])
def test_going_elsewhere_is_asked_about_first(database: Database, door: PaperDoor, chat: Chat, away: str) -> None:
    talk, press = chat

    def go() -> list[Any]:
        return press(away.removeprefix("tap ")) if away.startswith("tap ") else talk(away)

    press("i:start")
    assert words(go()) != fixed.ASK_TO_LEAVE  # nothing was told yet: the way is free
    assert state(database) == {}
    begin(chat)
    talk(STORY)
    before = state(database)
    assert words(go()) == fixed.ASK_TO_LEAVE
    assert state(database) == before


def test_things_are_neither_fetched_nor_stored(database: Database, door: PaperDoor, chat: Chat) -> None:
    begin(chat)
    before = state(database)
    for kind in ("image", "video", "audio", "file", "sticker"):
        said = send(database, "demo", "U1", kind)
        assert fixed.NO_FILES in words(said)
        assert "ข้อ 1" in words(said)
    said = send(database, "demo", "U1", "location", latitude=13.7, longitude=100.5, title="หลังเมรุเก่า", address="ม.2")
    assert fixed.NO_FILES in words(said)
    assert send(database, "demo", "U1", "unsend", message_id="m1") == []
    assert state(database) == before
    assert "หลังเมรุเก่า" not in everything(database)
    with database.read() as session:
        assert not session.scalars(select(Attachment)).all()


def test_words_of_danger_get_the_number_and_are_sealed(database: Database, door: PaperDoor, chat: Chat) -> None:
    talk, _ = chat
    begin(chat)
    said = talk("ไฟไหม้บ้าน")
    assert "199" in words(said)
    assert "ข้อ 2" in words(said)
    assert [*door.drafts.values()] == [{"what": "ไฟไหม้บ้าน"}]
    assert "1323" in words(talk("อยากตาย"))
    assert "อยากตาย" not in everything(database)


def test_a_draft_that_is_gone_says_so(database: Database, door: PaperDoor, chat: Chat) -> None:
    talk, _ = chat
    begin(chat)
    door.drafts.clear()
    assert words(talk(STORY)) == fixed.GONE
    assert state(database) == {}
    assert STORY not in everything(database)


def test_old_buttons_and_back(database: Database, door: PaperDoor, chat: Chat) -> None:
    talk, press = chat
    who = press(choice(press("i:start"), "เข้าใจ"))
    first = press(choice(who, "ไม่มี"))
    assert fixed.OLD_BUTTON in words(press(choice(who, "ไม่มี")))  # tapped twice
    assert len(door.begun) == 1
    second = talk(STORY)
    third = press(choice(second, "ข้าม"))
    assert "ข้อ 3" in words(third)
    assert fixed.OLD_BUTTON in words(press(choice(second, "ข้าม")))
    assert state(database)["s"] == "when"
    assert "ข้อ 2" in words(talk("ย้อนกลับ"))
    said = talk("ย้อนกลับ")
    assert "มีคำตอบปิดผนึกไว้แล้ว" in words(said)
    press(choice(said, "ลบ"))
    begin(chat)
    assert fixed.OLD_BUTTON in words(press(choice(first, "ลบ")))  # of the telling before
    assert len(door.drafts) == 1
    for data in ("i:", "i:go", "i:send:", f"i:send:{state(database)['d'][:6]}", "i:not:new:x,,"):
        assert fixed.OLD_BUTTON in words(press(data))


def test_typed_names_are_not_kept_and_nobody_left_is_said(database: Database, door: PaperDoor, chat: Chat) -> None:
    talk, press = chat
    said = press(choice(press("i:start"), "เข้าใจ"))
    assert fixed.CHOOSE_PEOPLE in words(talk("ห้ามให้มาลีเห็น"))
    assert state(database) == {"d": "", "s": "!who"}
    for label in ("มาลี", "สมศรี", "ประสิทธิ์"):
        said = press(choice(said, label))
    said = press(choice(said, "พอแล้ว"))
    assert words(said) == "ไม่เหลือใคร"
    assert "มีคนที่ไม่ควรเห็น" in words(press(choice(said, "ทำต่อ")))


def test_refused_and_late_answers_leave_the_question_open(database: Database, door: PaperDoor, chat: Chat) -> None:
    talk, _ = chat
    begin(chat)
    assert "ยาวเกินไป" in words(talk("ก" * 4500))
    assert state(database)["s"] == "what"
    said = talk(STORY, at=datetime.now(UTC) - timedelta(hours=1))
    assert fixed.LATE in words(said)
    assert [*door.drafts.values()] == [{}]


def test_without_a_door_the_state_is_dropped(database: Database, chat: Chat) -> None:
    new_agency(database)
    _, press = chat
    assert words(press("i:start")) == fixed.CLOSED
