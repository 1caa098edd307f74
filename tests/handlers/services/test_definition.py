"""What makes a definition bad, in words for whoever builds the form; and how a good one is read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.forms import Given
from handlers.services import definition
from handlers.services.definition import DefinitionError
from handlers.services.field_types import TYPES
from tests.handlers.services.forms import FIELDS
from tests.handlers.services.test_fields import AGENCY

YES_NO = [{"value": "yes", "label": "มี"}, {"value": "no", "label": "ไม่มี"}]
TEXT = {"id": "a", "type": "text", "label": "ก"}


def known(fields: list[dict[str, Any]], kind: str = "request") -> definition.Definition:
    return definition.read(fields, key="k", title="t", kind=kind, version=7)


def test_the_sample_is_in_order() -> None:
    assert definition.check(FIELDS) == []
    read = known(FIELDS)
    assert [f.name for f in read.form.fields][:3] == ["consent", "what", "trees"]
    assert [f.name for f in read.staff.fields] == ["fee"]
    assert [intro.text for intro in read.form["name"].intro] == ["ผู้ขอ"]
    assert read.hints["trees"] == "กรณี “ต้องการให้ทำอะไร” คือ ตัดต้นไม้"
    assert read.hints["tools"] == "กรณี “จำนวนต้น” ตั้งแต่ 3 ขึ้นไป"
    assert read.hints["crane_road"] == "กรณี “เครื่องมือที่ต้องใช้” มี รถกระเช้า"


@pytest.mark.parametrize(("label", "asked"), [("กี่คน", "กี่คนคะ"), ("ชื่อ", "ชื่อค่ะ"), ("มากี่โมง?", "มากี่โมง?")])
def test_a_label_is_asked_as_one_speaks(label: str, asked: str) -> None:
    assert known([{"id": "a", "type": "text", "label": label}]).form["a"].ask == asked


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([], "อย่างน้อย 1 ข้อ"),
        ([{"id": "a", "type": "section", "text": "หัวข้อ"}], "อย่างน้อย 1 ข้อ"),
        ([TEXT, {"id": "b", "type": "explanation", "text": "ท้าย"}], "ต้องมีคำถามต่อท้าย"),
        ([{**TEXT, "type": "poem"}], "ไม่รู้จักชนิด"),
        ([{**TEXT, "id": "Ünder"}], "รหัสช่อง"),
        ([{**TEXT, "id": "consent"}], "รหัสช่อง"),
        ([TEXT, TEXT], "ซ้ำ"),
        ([{**TEXT, "label": " "}], "ยังไม่มีชื่อช่อง"),
        ([{**TEXT, "label": 5}], "ต้องเป็นข้อความ"),
        ([{**TEXT, "options": YES_NO}], "ไม่มีส่วน options"),
        ([{**TEXT, "required": "yes"}], "จริงหรือเท็จ"),
        ([{**TEXT, "longest": 9000}], "ความยาวข้อความ"),
        ([{"id": "a", "type": "choice", "label": "ก", "options": YES_NO[:1]}], "ตัวเลือกต้องมี 2"),
        ([{"id": "a", "type": "choice", "label": "ก", "options": [YES_NO[0], YES_NO[0]]}], "ตัวเลือกซ้ำ"),
        ([{"id": "a", "type": "choice", "label": "ก",
           "options": [{"value": "a:b", "label": "x"}, YES_NO[0]]}], "รหัสตัวเลือก"),
        ([{"id": "a", "type": "number", "label": "ก", "least": 5, "most": 2}], "ต่ำสุดมากกว่า"),
        ([{"id": "a", "type": "number", "label": "ก", "least": "5"}], "ต้องเป็นตัวเลข"),
        ([{**TEXT, "when": [{"field": "z", "is": "yes"}]}], "ช่องที่อยู่ก่อนหน้า"),
        ([{**TEXT, "when": "yes"}], "เงื่อนไขไม่ถูกต้อง"),
        ([TEXT, {**TEXT, "id": "b", "when": [{"field": "a", "is": "yes"}]}], "ต้องเป็นตัวเลือก"),
        ([{"id": "a", "type": "choice", "label": "ก", "options": YES_NO},
          {**TEXT, "id": "b", "when": [{"field": "a", "is": "perhaps"}]}], "คำตอบในเงื่อนไข"),
        ([{"id": "a", "type": "choice", "label": "ก", "options": YES_NO, "staff": True}, TEXT | {"id": "c"},
          {**TEXT, "id": "b", "when": [{"field": "a", "is": "yes"}]}], "ผู้กรอกคนเดียวกัน"),
        ("nonsense", "โครงสร้าง"),
        ([TEXT, "nonsense"], "โครงสร้าง"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_thai(fields: Any, words: str) -> None:
    problems = definition.check(fields)
    assert words in "\n".join(problem.text for problem in problems)
    with pytest.raises(DefinitionError, match=r"[ก-๎]"):
        known(fields)


@pytest.mark.parametrize(("kind", "type_name"), [("survey", "photo"), ("anonymous", "phone"), ("opinion", "file")])
def test_what_a_kind_of_form_cannot_ask(kind: str, type_name: str) -> None:
    assert definition.check([{"id": "a", "type": type_name, "label": "ก"}], kind)


def test_an_anonymous_form_asks_for_no_consent() -> None:
    assert [f.name for f in known([TEXT], "anonymous").form.fields] == ["a"]


def test_the_condition_of_a_section_holds_for_its_fields() -> None:
    read = known(
        [
            {"id": "a", "type": "choice", "label": "มีบุตรไหม", "options": YES_NO},
            {"id": "s", "type": "section", "text": "บุตร", "when": [{"field": "a", "is": "yes"}]},
            {"id": "n", "type": "number", "label": "กี่คน"},
            {"id": "x", "type": "text", "label": "ชื่อ", "when": [{"field": "n", "at_least": 2}]},
            {"id": "e", "type": "section", "text": "จบ"},
            {"id": "z", "type": "text", "label": "อื่น ๆ"},
        ]
    )
    assert set(read.form.stored({"a": "no", "n": 3, "x": "ก", "z": "ข"})) == {"consent", "a", "z"}
    assert set(read.form.stored({"a": "yes", "n": 3, "x": "ก", "z": "ข"})) == {"consent", "a", "n", "x", "z"}
    answers, errors = read.form.read_all({"consent": Given(value="yes"), "a": Given(value="no")}, AGENCY)
    assert answers == {"consent": 1, "a": "no"}
    assert set(errors) == {"z"}


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
almost = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", "A"]) | junk, "type": st.sampled_from(sorted(TYPES)) | junk},
    optional={
        "label": st.text(max_size=5) | junk,
        "text": st.text(max_size=5) | junk,
        "options": st.just(YES_NO) | junk,
        "least": junk,
        "most": junk,
        "shortest": junk,
        "longest": junk,
        "unit": junk,
        "in_time": junk,
        "required": junk,
        "staff": junk,
        "use": junk,
        "when": st.lists(st.dictionaries(st.sampled_from(["field", "is", "contains", "at_least"]), junk), max_size=2)
        | junk,
    },
)


@given(st.lists(almost, max_size=4) | junk, st.sampled_from(["request", "survey", "opinion", "anonymous"]))
def test_any_nonsense_is_refused_or_read_but_never_breaks(fields: Any, kind: str) -> None:
    if definition.check(fields, kind):
        with pytest.raises(DefinitionError):
            known(fields, kind)
    else:
        read = known(fields, kind)
        read.form.read_all({}, AGENCY)
        read.form.stored({})
