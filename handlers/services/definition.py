"""A form's definition: checked with Thai words for whoever builds it, and read into fields for chat and pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from handlers.forms import Condition, ConsentField, Field, Form, Intro, Option
from handlers.services.field_types import COMMON, LINE, TYPES, Spec

ID = re.compile(r"[a-z][a-z0-9_]{0,30}")
VALUE = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")
# Names of the page's own inputs, and of what every form is asked first.
RESERVED = frozenset(
    {"consent", "once", "version", "seen", "csrf_token", "sujarit_note", "source", "line_token", "late"}
)
MOST_FIELDS = 80
MOST_OPTIONS = 60
LONGEST_LABEL = 200
LONGEST_TEXT = 2000
TESTS: tuple[Literal["is", "contains", "at_least"], ...] = ("is", "contains", "at_least")
CASE_ONLY = ("photo", "file")  # kept with the case; other answers have nowhere to keep them


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a definition. `at`: the field's place in the list (None: the form itself)."""

    at: int | None
    text: str


class DefinitionError(ValueError):
    """The definition cannot be published; `problems` says why, str() is all of it in Thai."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text for problem in problems))


@dataclass(frozen=True)
class Definition:
    """A definition that was read: the citizen's form, the desk's form (staff-only fields), and by field id the helps
    (`notes`) and what a page says of a field that is asked only in some cases (`hints`)."""

    form: Form
    staff: Form
    notes: Mapping[str, str]
    hints: Mapping[str, str]
    specs: Mapping[str, Spec]

    def fields(self) -> list[Field]:
        """Every field that holds an answer, the citizen's first."""
        return [*(item for item in self.form.fields if item.name != "consent"), *self.staff.fields]

    def of_type(self, kind: str) -> list[Field]:
        """The citizen's fields of this type."""
        return [item for item in self.form.fields if item.name in self.specs and self.specs[item.name]["type"] == kind]

    def sensitive(self, name: str) -> bool:
        """True for what stays in the console: numbers of persons, addresses, and what the form marks so."""
        spec = self.specs[name]
        return bool(spec.get("sensitive") or TYPES[spec["type"]].sensitive or spec.get("use") == "name")


# -- checking --------------------------------------------------------------------------------------------


def check(fields: Any, kind: str = "request") -> list[Problem]:
    """Everything that is wrong with a definition, for the person who builds it; [] when it can be published.

    `kind` is the form's (models/form.py)."""
    if not isinstance(fields, list) or not all(isinstance(spec, dict) for spec in fields):
        return [Problem(None, "โครงสร้างแบบฟอร์มไม่ถูกต้อง")]
    fields = without_nulls(fields)
    if len(fields) > MOST_FIELDS:
        return [Problem(None, f"แบบฟอร์มมีช่องมากเกินไป ใส่ได้ไม่เกิน {MOST_FIELDS} ช่อง")]
    problems: list[Problem] = []
    earlier: dict[str, Spec] = {}
    for at, spec in enumerate(fields):
        problems += [Problem(at, f"ช่องที่ {at + 1}: {text}") for text in _check_field(spec, earlier, kind)]
        if isinstance(spec.get("id"), str):
            earlier[spec["id"]] = spec
    asked = [spec for spec in fields if TYPES.get(str(spec.get("type"))) and TYPES[str(spec.get("type"))].make]
    if not [spec for spec in asked if not spec.get("staff")]:
        problems.append(Problem(None, "แบบฟอร์มต้องมีคำถามให้ประชาชนตอบอย่างน้อย 1 ข้อ"))
    if fields and fields[-1].get("type") in ("section", "explanation"):
        problems.append(Problem(len(fields) - 1, "หัวข้อหรือคำอธิบายต้องมีคำถามต่อท้าย"))
    return problems


def without_nulls(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields without what was left empty: null says nothing."""
    return [{key: value for key, value in spec.items() if value is not None} for spec in fields]


def _check_field(spec: Spec, earlier: Mapping[str, Spec], form_kind: str) -> list[str]:
    known = TYPES.get(str(spec.get("type")))
    if known is None:
        return ["ไม่รู้จักชนิดของช่องนี้"]
    wrong: list[str] = []
    name = spec.get("id")
    if not isinstance(name, str) or not ID.fullmatch(name) or name in RESERVED:
        wrong.append("รหัสช่องใช้ a-z ตัวเลข และ _ ขึ้นต้นด้วยตัวอักษร และไม่ใช่คำที่ระบบใช้อยู่")
    elif name in earlier:
        wrong.append(f"รหัสช่อง {name} ซ้ำกับช่องก่อนหน้า")
    if extra := sorted(set(spec) - COMMON - known.keys):
        wrong.append(f"ช่องชนิด “{known.label}” ไม่มีส่วน {', '.join(map(str, extra))}")
    wrong += _check_words(spec, known.make is None)
    wrong += _check_limits(spec)
    if "options" in known.keys:
        wrong += _check_options(spec.get("options"))
    if known.name in CASE_ONLY and form_kind != "request":
        wrong.append("รูปและไฟล์ใช้ได้เฉพาะแบบฟอร์มคำขอ")
    if spec.get("staff") and (known.name in CASE_ONLY or known.make is None or form_kind != "request"):
        wrong.append("ช่องนี้ให้เจ้าหน้าที่กรอกไม่ได้")
    if form_kind == "anonymous" and known.sensitive:
        wrong.append("แบบไม่ระบุตัวตนถามข้อมูลที่บอกตัวบุคคลไม่ได้")
    return wrong + _check_when(spec.get("when", []), earlier, bool(spec.get("staff")))


def _check_words(spec: Spec, is_text: bool) -> list[str]:
    wrong = []
    title = "text" if is_text else "label"
    if not str(spec.get(title) or "").strip():
        wrong.append("ยังไม่มีข้อความ" if is_text else "ยังไม่มีชื่อช่อง")
    for key, longest in (
        ("label", LONGEST_LABEL),
        ("ask", 500),
        ("help", 500),
        ("example", 200),
        ("text", LONGEST_TEXT),
    ):
        value = spec.get(key, "")
        if not isinstance(value, str):
            wrong.append(f"{key} ต้องเป็นข้อความ")
        elif len(value) > longest:
            wrong.append(f"ข้อความยาวเกินไป ({key} ไม่เกิน {longest} ตัวอักษร)")
    wrong += [f"{key} ต้องเป็นจริงหรือเท็จ" for key in ("required", "staff", "whole", "sensitive")
              if not isinstance(spec.get(key, False), bool)]  # fmt: skip
    if spec.get("in_time", "any") not in ("any", "past", "future"):
        wrong.append("ช่วงเวลาของวันที่ไม่ถูกต้อง")
    if spec.get("use", "name") != "name":
        wrong.append("ค่า use ไม่ถูกต้อง")
    if not isinstance(spec.get("unit", ""), str) or len(spec.get("unit", "")) > 30:
        wrong.append("หน่วยนับไม่ถูกต้อง")
    return wrong


def _check_limits(spec: Spec) -> list[str]:
    wrong = []
    for key in ("least", "most", "shortest", "longest"):
        value = spec.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            return ["ขีดจำกัดต้องเป็นตัวเลข"]
    if spec.get("least") is not None and spec.get("most") is not None and spec["least"] > spec["most"]:
        wrong.append("ค่าต่ำสุดมากกว่าค่าสูงสุด")
    if spec.get("type") == "choices" and not 0 <= (spec.get("most") or 0) <= MOST_OPTIONS:
        wrong.append(f"จำนวนที่เลือกได้ต้องอยู่ระหว่าง 0 ถึง {MOST_OPTIONS}")
    if spec.get("type") in CASE_ONLY and not 1 <= spec.get("most", 1) <= 10:
        wrong.append("จำนวนไฟล์ต้องอยู่ระหว่าง 1 ถึง 10")
    if spec.get("type") == "text":
        shortest, longest = spec.get("shortest", 1), spec.get("longest", LINE)
        if not (1 <= shortest <= longest <= 4000 and float(shortest).is_integer() and float(longest).is_integer()):
            wrong.append("ความยาวข้อความต้องอยู่ระหว่าง 1 ถึง 4,000 ตัวอักษร")
    return wrong


def _check_options(options: Any) -> list[str]:
    if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
        return [f"ตัวเลือกต้องมี 2 ถึง {MOST_OPTIONS} ข้อ"]
    values, labels = [], []
    for option in options:
        value, label = (option.get("value"), option.get("label")) if isinstance(option, dict) else (None, None)
        if not isinstance(value, str) or not VALUE.fullmatch(value):
            return ["รหัสตัวเลือกใช้ a-z ตัวเลข - และ _"]
        if not isinstance(label, str) or not label.strip() or len(label) > LONGEST_LABEL:
            return ["ตัวเลือกต้องมีข้อความ และไม่ยาวเกินไป"]
        values.append(value)
        labels.append(label.strip())
    if len(set(values)) < len(values) or len(set(labels)) < len(labels):
        return ["ตัวเลือกซ้ำกัน"]
    return []


def _check_when(when: Any, earlier: Mapping[str, Spec], staff: bool) -> list[str]:
    if not isinstance(when, list):
        return ["เงื่อนไขไม่ถูกต้อง"]
    wrong = []
    for condition in when:
        tests = [test for test in TESTS if isinstance(condition, dict) and test in condition]
        if len(tests) != 1 or set(condition) != {"field", tests[0]}:
            wrong.append("เงื่อนไขไม่ถูกต้อง")
            continue
        other = earlier.get(str(condition["field"]))
        if other is None:
            wrong.append("เงื่อนไขต้องดูจากช่องที่อยู่ก่อนหน้า")
        elif bool(other.get("staff")) != staff:
            wrong.append("เงื่อนไขต้องดูจากช่องของผู้กรอกคนเดียวกัน")
        elif (kind := TYPES.get(str(other.get("type")))) is None or tests[0] not in kind.tests:
            wrong.append("ช่องที่ใช้เป็นเงื่อนไขต้องเป็นตัวเลือก ตัวเลข คะแนน หรือข้อความให้ยอมรับ")
        elif not _possible(condition[tests[0]], tests[0], other):
            wrong.append(f"คำตอบในเงื่อนไขไม่มีในช่อง “{other.get('label') or other.get('text')}”")
    return wrong


def _possible(wanted: Any, test: str, other: Spec) -> bool:
    values = wanted if isinstance(wanted, list) else [wanted]
    if not values:
        return False
    if test == "at_least" or other["type"] in ("number", "rating"):
        return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values) and (
            test != "at_least" or len(values) == 1
        )
    if other["type"] == "consent":
        return values == ["yes"]
    options = other.get("options")
    known = {o.get("value") for o in options if isinstance(o, dict)} if isinstance(options, list) else set()
    return all(isinstance(v, str) and v in known for v in values)


# -- reading ---------------------------------------------------------------------------------------------


def read(fields: Any, *, key: str, title: str, kind: str, version: int | None) -> Definition:
    """The definition as forms: named "form:<key>", the citizen's beginning with the privacy notice unless the form is
    anonymous. Raises DefinitionError."""
    return read_text(json.dumps(fields, ensure_ascii=False), key, title, kind, version)


@lru_cache(maxsize=512)  # published versions never change
def read_text(text: str, key: str, title: str, kind: str, version: int | None) -> Definition:
    """The same, from JSON text."""
    fields = json.loads(text)
    if problems := check(fields, kind):
        raise DefinitionError(problems)
    fields = without_nulls(fields)
    citizen: list[Field] = []
    staff: list[Field] = []
    intro: list[Intro] = []
    section: tuple[Condition, ...] = ()
    labels = {spec["id"]: spec for spec in fields}
    hints = {}
    for spec in fields:
        when = tuple(_condition(one) for one in spec.get("when", ()))
        if spec["type"] == "section":
            section, when = when, ()
        make = TYPES[spec["type"]].make
        if make is None:
            intro.append(Intro(spec["text"].strip(), spec["type"] == "section", when))
            continue
        by_staff = bool(spec.get("staff"))
        conditions = when if by_staff else (*section, *when)
        shared = _shared(spec, conditions, () if by_staff else tuple(intro))
        (staff if by_staff else citizen).append(make(spec, shared))
        if conditions:
            hints[spec["id"]] = f"กรณี {' และ '.join(_words(one, labels[one.field]) for one in conditions)}"
        if not by_staff:
            intro.clear()
    if kind != "anonymous":
        citizen.insert(0, CONSENT)
    name = f"form:{key}"
    return Definition(
        form=Form(name, title, tuple(citizen), version),
        staff=Form(name, title, tuple(staff), version),
        notes={spec["id"]: spec["help"] for spec in fields if spec.get("help")},
        hints=hints,
        specs={spec["id"]: spec for spec in fields},
    )


CONSENT = ConsentField(
    name="consent",
    label="ความยินยอม",
    ask="ขอเก็บข้อมูลที่คุณส่ง เพื่อดูแลเรื่องนี้ให้ค่ะ\nเห็นเฉพาะเจ้าหน้าที่ที่เกี่ยวข้อง\nยินยอมไหมคะ",
)


def _shared(spec: Spec, when: tuple[Condition, ...], intro: tuple[Intro, ...]) -> dict[str, Any]:
    """What every field is made with."""
    asked = (spec.get("ask") or _politely(spec["label"].strip(), spec["type"])).strip()
    return {
        "name": spec["id"],
        "label": spec["label"].strip(),
        "ask": f"{asked}\n{spec['help'].strip()}" if spec.get("help") else asked,
        "example": spec.get("example") or TYPES[spec["type"]].example,
        "optional": not spec.get("required", True),
        "when": when,
        "intro": intro,
    }


_QUESTION = re.compile("กี่|ไหน|อะไร|ใคร|ไหม|เท่าไร|เท่าไหร่|เมื่อไร|เมื่อไหร่|อย่างไร|ยังไง|ทำไม")


def _politely(label: str, kind: str) -> str:
    """The label as the bot says it."""
    if label.endswith(("คะ", "ค่ะ", "?")):
        return label
    asks = kind in ("choice", "choices", "unit", "rating") or _QUESTION.search(label)
    return f"{label}คะ" if asks else f"{label}ค่ะ"


def _condition(one: Mapping[str, Any]) -> Condition:
    test = next(test for test in TESTS if test in one)
    wanted = one[test]
    return Condition(one["field"], test, tuple(wanted) if isinstance(wanted, list) else (wanted,))


def _words(condition: Condition, spec: Spec) -> str:
    """ "“ประเภท” คือ ตัดต้นไม้"."""
    label = spec.get("label") or spec.get("text", "")
    if condition.test == "at_least":
        return f"“{label}” ตั้งแต่ {float(condition.values[0]):g} ขึ้นไป"
    if spec["type"] == "consent":
        return f"ยอมรับ “{label}”"
    named = {Option(o["value"], o["label"]).value: o["label"] for o in spec.get("options", ())}
    values = " หรือ ".join(str(named.get(str(value), value)) for value in condition.values)
    return f"“{label}” {'มี' if condition.test == 'contains' else 'คือ'} {values}"
