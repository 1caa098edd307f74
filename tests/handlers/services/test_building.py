"""Putting a definition together, and trying it out as a chat without storing anything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handlers.services import building, definition, rehearsal
from models.db import Database
from models.form import FORM_KINDS
from tests.handlers.services.forms import FIELDS, PIN
from tests.handlers.turns import new_agency, view

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


def ids(fields: list[dict[str, Any]]) -> list[str]:
    return [spec["id"] for spec in fields]


def test_a_new_field_goes_behind_the_open_one_or_to_the_end() -> None:
    fields = building.add(FIELDS, "text", "q40", after="what")
    assert ids(fields)[1:3] == ["what", "q40"]
    assert ids(building.add(FIELDS, "choice", "q41", after="nobody"))[-1] == "q41"


def test_numbers_of_removed_fields_do_not_come_back() -> None:
    assert building.next_number(["what", "q7", "q12", None, "o3"]) == 13
    assert building.next_number([]) == 1


@given(st.permutations(range(5)), st.integers(0, 4), st.integers(-3, 9))
def test_moving_loses_and_makes_nothing(order: list[int], moved: int, to: int) -> None:
    fields = [{"id": f"q{n}"} for n in order]
    after = building.place(fields, f"q{moved}", to)
    assert sorted(ids(after)) == sorted(ids(fields))
    assert ids(after).index(f"q{moved}") == max(0, min(to, 4))
    assert [n for n in ids(after) if n != f"q{moved}"] == [n for n in ids(fields) if n != f"q{moved}"]


def test_what_somebody_else_removed_comes_back_when_it_is_edited() -> None:
    fields = building.replace(building.remove(FIELDS, "tel"), {"id": "tel", "type": "phone", "label": "โทร"})
    assert fields[-1] == {"id": "tel", "type": "phone", "label": "โทร"}
    assert len(fields) == len(FIELDS)


def test_every_kind_that_is_offered_can_be_published_once_it_is_named() -> None:
    for kind in FORM_KINDS:
        for offered in building.offered(kind):
            (spec,) = building.add([], offered.name, "q1")
            for option, label in zip(spec.get("options", []), "กข", strict=False):
                option["label"] = label
            spec["label" if offered.make else "text"] = "ชื่อ"
            fields = [spec, {"id": "q2", "type": "text", "label": "ต่อ"}]
            assert definition.check(fields, kind) == [], offered.name


def test_problems_stand_at_their_field_without_its_number() -> None:
    by_field, whole = building.problems([*FIELDS, {"id": "q9", "type": "text", "label": ""}], "request")
    assert by_field == {len(FIELDS): ["ยังไม่มีชื่อช่อง"]}
    assert whole == []
    assert building.problems([], "request")[1]


def test_what_is_in_order_can_be_shown_without_the_rest() -> None:
    wrong = {"id": "q9", "type": "choice", "label": "เลือก", "options": []}
    hanging = {"id": "q10", "type": "text", "label": "ต่อ", "when": [{"field": "q9", "is": "o1"}]}
    assert ids(building.sound([*FIELDS, wrong, hanging], "request")) == ids(FIELDS)
    assert building.sound([wrong], "request") == []


def test_changes_are_said_in_words() -> None:
    assert building.changes(FIELDS, FIELDS) == []
    after = building.remove(FIELDS, "tel")
    after = building.replace(after, {**after[1], "label": "ให้ทำอะไร", "required": False, "options": [
        {"value": "cut", "label": "ตัดต้นไม้ใหญ่"}, {"value": "dig", "label": "ขุดตอ"}]})  # fmt: skip
    after = building.place(building.add(after, "email", "q20"), "home", 0)
    assert building.changes(FIELDS, after) == [
        "เพิ่ม “อีเมล”",
        "เอาออก “เบอร์โทร”",
        "แก้ “ให้ทำอะไร”: เดิมชื่อ “ต้องการให้ทำอะไร”, ไม่บังคับตอบแล้ว, "
        "ตัวเลือก (เพิ่ม ขุดตอ; เอา กำจัดแมลง ออก; ตัดต้นไม้ เป็น ตัดต้นไม้ใหญ่)",
        "เปลี่ยนลำดับช่อง",
    ]


def test_a_form_is_tried_out_with_the_chats_own_words(database: Database) -> None:
    new_agency(database)
    agency = view(database)
    known = definition.read(FIELDS, key="trees", title="ขอตัดต้นไม้", kind="request", version=1)
    lines = rehearsal.converse(known, "request", agency, [], NOW)
    assert "ยินยอมไหมคะ" in lines[-1].text
    said = ["tap:consent:yes", "tap:what:insects"]
    lines = rehearsal.converse(known, "request", agency, said, NOW)
    assert [line.text for line in lines if line.mine] == ["ยินยอม", "กำจัดแมลง"]
    assert "ชื่อ-สกุล" in lines[-1].text  # the number of trees is not asked
    said += ["text:สมศรี", "text:12"]
    assert "13 หลัก" in rehearsal.converse(known, "request", agency, said, NOW)[-1].text
    said += [f"text:{PIN}", "tap:!skip", "text:หมู่ 5", "tap:!skip", "tap:agree:yes"]
    lines = rehearsal.converse(known, "request", agency, said, NOW)
    assert "ตรวจดูอีกครั้ง" in lines[-1].heading
    lines = rehearsal.converse(known, "request", agency, [*said, "tap:!send", "text:อีกครั้ง"], NOW)
    assert lines[-1].text == rehearsal.DONE
