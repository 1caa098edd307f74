"""Putting a form's definition together, step by step: pure functions from a list of fields to the next one.

A field id is given once: the numbers of fields that were removed are not used again, since answers under older
versions stand in the same column of every table. The same holds for the options of a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from handlers.services import definition
from handlers.services.definition import CASE_ONLY, Problem
from handlers.services.field_types import TYPES, FieldType

Fields = list[dict[str, Any]]
_NUMBER = re.compile(r"[a-z]+(\d+)")
# What a new field is called until somebody says it better; a question of one's own has no name yet.
FIRST_LABELS = {
    "unit": "ส่วนงานที่ใช้บริการ",
    "date": "วันที่",
    "phone": "เบอร์โทร",
    "email": "อีเมล",
    "citizen_id": "เลขประจำตัวประชาชน",
    "address": "ที่อยู่",
    "location": "สถานที่",
    "photo": "รูปถ่าย",
    "file": "เอกสารแนบ",
    "rating": "ความพึงพอใจ",
    "consent": "รับรองข้อมูล",
}
FIRST_TEXTS = {"consent": "ข้าพเจ้าขอรับรองว่าข้อมูลนี้เป็นความจริง"}


def offered(form_kind: str) -> list[FieldType]:
    """The kinds of field that a form of this kind may have."""
    return [
        kind
        for kind in TYPES.values()
        if not (kind.name in CASE_ONLY and form_kind != "request") and not (kind.sensitive and form_kind == "anonymous")
    ]


def position(fields: Sequence[Mapping[str, Any]], name: str) -> int | None:
    """Where the field with this id stands; None if there is none."""
    return next((at for at, spec in enumerate(fields) if spec.get("id") == name), None)


def next_number(names: Iterable[object]) -> int:
    """One more than the highest number among such names as "q12"."""
    found = (_NUMBER.fullmatch(name) for name in names if isinstance(name, str))
    return max((int(match[1]) for match in found if match), default=0) + 1


def add(fields: Sequence[Mapping[str, Any]], kind: str, name: str, after: str = "") -> Fields:
    """A new field of this kind, behind the field `after` or at the end."""
    spec: dict[str, Any] = {"id": name, "type": kind}
    if TYPES[kind].make is None:
        spec["text"] = ""
    else:
        spec["label"] = FIRST_LABELS.get(kind, "")
    if kind in FIRST_TEXTS:
        spec["text"] = FIRST_TEXTS[kind]
    if "options" in TYPES[kind].keys:
        spec["options"] = [{"value": "o1", "label": ""}, {"value": "o2", "label": ""}]
    if kind in CASE_ONLY:
        spec["required"] = False
    at = position(fields, after)
    place = len(fields) if at is None else at + 1
    return [*map(dict, fields[:place]), spec, *map(dict, fields[place:])]


def remove(fields: Sequence[Mapping[str, Any]], name: str) -> Fields:
    return [dict(spec) for spec in fields if spec.get("id") != name]


def place(fields: Sequence[Mapping[str, Any]], name: str, at: int) -> Fields:
    """The field moved to this place (0 is the first); as before for an unknown field."""
    now = position(fields, name)
    moved = [dict(spec) for spec in fields]
    if now is not None:
        spec = moved.pop(now)
        moved.insert(max(0, min(at, len(moved))), spec)
    return moved


def replace(fields: Sequence[Mapping[str, Any]], spec: Mapping[str, Any]) -> Fields:
    """The field with this id as it is now; put at the end when somebody else has removed it meanwhile."""
    at = position(fields, spec["id"])
    kept = [dict(one) for one in fields]
    if at is None:
        return [*kept, dict(spec)]
    kept[at] = dict(spec)
    return kept


def problems(fields: Fields, form_kind: str) -> tuple[dict[int, list[str]], list[str]]:
    """(what is wrong with each field by its place, what is wrong with the whole form)."""
    by_field: dict[int, list[str]] = {}
    whole: list[str] = []
    for problem in definition.check(fields, form_kind):
        if problem.at is None:
            whole.append(problem.text)
        else:
            by_field.setdefault(problem.at, []).append(_short(problem))
    return by_field, whole


def _short(problem: Problem) -> str:
    """The words without "ช่องที่ 3: ": they stand at the field."""
    return problem.text.removeprefix(f"ช่องที่ {(problem.at or 0) + 1}: ")


def sound(fields: Fields, form_kind: str) -> Fields:
    """What of an unfinished definition can be shown: the fields that are in order without the others."""
    kept = [dict(spec) for spec in fields]
    while kept:
        wrong = {problem.at for problem in definition.check(kept, form_kind)} - {None}
        if not wrong:
            break
        kept = [spec for at, spec in enumerate(kept) if at not in wrong]
    return kept if not definition.check(kept, form_kind) else []


# -- what changed ----------------------------------------------------------------------------------------

PARTS = {
    "label": "ชื่อช่อง",
    "text": "ข้อความ",
    "ask": "คำถามในแชต",
    "help": "คำอธิบาย",
    "example": "ตัวอย่างคำตอบ",
    "required": "จำเป็นต้องตอบ",
    "staff": "เจ้าหน้าที่กรอก",
    "when": "เงื่อนไขการถาม",
    "options": "ตัวเลือก",
    "least": "ค่าต่ำสุด",
    "most": "จำนวนสูงสุด",
    "whole": "จำนวนเต็ม",
    "unit": "หน่วยนับ",
    "shortest": "ความยาวต่ำสุด",
    "longest": "ความยาวสูงสุด",
    "in_time": "ช่วงวันที่",
    "use": "ใช้เป็นชื่อผู้ยื่น",
    "sensitive": "ข้อมูลอ่อนไหว",
    "type": "ชนิด",
}


def title_of(spec: Mapping[str, Any]) -> str:
    """What the field is called in lists; "" for one without a name yet."""
    return " ".join(str(spec.get("label") or spec.get("text") or "").split())[:80]


def changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a new version changes, a line each, for who publishes it; [] when nothing does."""
    old = {str(spec.get("id")): spec for spec in before}
    new = {str(spec.get("id")): spec for spec in after}
    lines = [f"เพิ่ม “{_name(spec)}”" for name, spec in new.items() if name not in old]
    lines += [f"เอาออก “{_name(spec)}”" for name, spec in old.items() if name not in new]
    for name, spec in new.items():
        if name in old and (parts := _parts(old[name], spec)):
            lines.append(f"แก้ “{_name(spec)}”: {', '.join(parts)}")
    stayed_before = [name for name in old if name in new]
    stayed_after = [name for name in new if name in old]
    if stayed_before != stayed_after:
        lines.append("เปลี่ยนลำดับช่อง")
    return lines


def _name(spec: Mapping[str, Any]) -> str:
    kind = TYPES.get(str(spec.get("type")))
    return title_of(spec) or (kind.label if kind else "?")


def _parts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    found = []
    for part, words in PARTS.items():
        was, now = old.get(part), new.get(part)
        if part == "label" and was != now:
            found.append(f"เดิมชื่อ “{title_of(old)}”")
        elif part == "options" and was != now:
            found.append(_options_changed(was or [], now or []))
        elif part == "required":
            if (was is not False) != (now is not False):
                found.append("จำเป็นต้องตอบ" if now is not False else "ไม่บังคับตอบแล้ว")
        elif _said(was) != _said(now):
            found.append(words)
    return found


def _said(value: Any) -> Any:
    """The value of a part; None for what says nothing, as does a part that is not there."""
    return None if value is False or value in ("", []) else value


def _options_changed(was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> str:
    old, new = ({str(one.get("value")): str(one.get("label")) for one in options} for options in (was, now))
    said = [f"เพิ่ม {label}" for value, label in new.items() if value not in old]
    said += [f"เอา {label} ออก" for value, label in old.items() if value not in new]
    said += [f"{old[value]} เป็น {label}" for value, label in new.items() if value in old and old[value] != label]
    return f"ตัวเลือก ({'; '.join(said) or 'ลำดับ'})"
