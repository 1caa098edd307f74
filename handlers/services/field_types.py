"""The kinds of field that a form may have, as data: what the builder offers, what each understands, how it is made.

A field of a definition is an object with `id` and `type`, and as its type allows:

    label     what heads it on the page and in the summary (text of a section or explanation: `text`)
    ask       what is asked in chat (else the label)          help, example   shown with the question
    required  True unless said otherwise                      staff           True: filled in at the desk
    when      [{"field": id, "is": value or [values]} | {"field", "contains"} | {"field", "at_least": number}]
    options   [{"value": id, "label": words}, ...]            use             "name": the applicant's name
    and least, most, whole, unit, shortest, longest, in_time, text, sensitive

A condition of a section holds for every field up to the next section.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.agencies import AgencyView
from handlers.forms import Field, Option, PhoneField, PlaceField
from handlers.services import fields

Spec = Mapping[str, Any]
COMMON = frozenset({"id", "type", "label", "ask", "help", "example", "required", "staff", "when", "sensitive"})
MOST_FILES = 5
LINE = 300  # characters of a text that says nothing else; one that may be longer gets a box of several lines


@dataclass(frozen=True, slots=True)
class FieldType:
    """One kind. `label`: its Thai name in the builder; `keys`: what it understands beside COMMON; `tests`: conditions
    that may look at its answer; `sensitive`: left out of notices to staff; `example`: of a good answer, where the form
    gives none; `make` builds it from the specification and the arguments that all fields share (None: it asks nothing).
    """

    name: str
    label: str
    make: Callable[[Spec, dict[str, Any]], Field] | None
    keys: frozenset[str] = frozenset()
    tests: tuple[str, ...] = ()
    sensitive: bool = False
    example: str = ""


def _options(spec: Spec) -> Callable[[AgencyView], tuple[Option, ...]]:
    known = tuple(Option(str(option["value"]), str(option["label"]).strip()) for option in spec["options"])
    return lambda agency: known


def _units(agency: AgencyView) -> tuple[Option, ...]:
    return tuple(Option(str(unit.id), unit.name) for unit in agency.units.values())


def _text(spec: Spec, shared: dict[str, Any]) -> Field:
    return fields.LongTextField(**shared, shortest=spec.get("shortest", 1), longest=spec.get("longest", LINE))


def _number(spec: Spec, shared: dict[str, Any]) -> Field:
    return fields.NumberField(
        **shared,
        least=spec.get("least"),
        most=spec.get("most"),
        whole=bool(spec.get("whole")),
        unit=spec.get("unit", ""),
    )


def _agreement(spec: Spec, shared: dict[str, Any]) -> Field:
    return fields.AgreementField(**{**shared, "ask": spec.get("text") or shared["ask"]})


def _files(documents: bool) -> Callable[[Spec, dict[str, Any]], Field]:
    takes = frozenset({"image", "file"} if documents else {"image"})
    return lambda spec, shared: fields.FilesField(
        **shared, most=int(spec.get("most", MOST_FILES)), documents=documents, takes=takes
    )


TYPES: dict[str, FieldType] = {
    kind.name: kind
    for kind in (
        FieldType("text", "ข้อความ", _text, frozenset({"shortest", "longest", "use"})),
        FieldType("number", "ตัวเลข", _number, frozenset({"least", "most", "whole", "unit"}), ("at_least", "is")),
        FieldType(
            "choice",
            "เลือก 1 ข้อ",
            lambda spec, shared: fields.OptionField(**shared, options=_options(spec)),
            frozenset({"options"}),
            ("is",),
        ),
        FieldType(
            "choices",
            "เลือกหลายข้อ",
            lambda spec, shared: fields.MultiChoiceField(
                **shared, options=_options(spec), most=int(spec.get("most", 0))
            ),
            frozenset({"options", "most"}),
            ("contains",),
        ),
        FieldType("unit", "ส่วนงาน", lambda spec, shared: fields.OptionField(**shared, options=_units)),
        FieldType(
            "date",
            "วันที่",
            lambda spec, shared: fields.DateField(**shared, in_time=spec.get("in_time", "any")),
            frozenset({"in_time"}),
            example="20 ธ.ค. 69",
        ),
        FieldType(
            "phone", "เบอร์โทร", lambda spec, shared: PhoneField(**shared), sensitive=True, example="081-234-5678"
        ),
        FieldType(
            "email",
            "อีเมล",
            lambda spec, shared: fields.EmailField(**shared),
            sensitive=True,
            example="somsri@example.com",
        ),
        FieldType(
            "citizen_id",
            "เลขประจำตัวประชาชน",
            lambda spec, shared: fields.PinField(**shared),
            sensitive=True,
            example="1-2345-67890-12-1",
        ),
        FieldType(
            "address",
            "ที่อยู่",
            lambda spec, shared: fields.AddressField(**shared),
            sensitive=True,
            example="12/3 หมู่ 5",
        ),
        FieldType("location", "ตำแหน่งบนแผนที่", lambda spec, shared: PlaceField(**shared), example="หมู่ 3 หน้าวัด"),
        FieldType("photo", "รูปถ่าย", _files(documents=False), frozenset({"most"})),
        FieldType("file", "ไฟล์เอกสาร", _files(documents=True), frozenset({"most"})),
        FieldType("rating", "ให้คะแนน 1-5", lambda spec, shared: fields.RatingField(**shared), tests=("at_least", "is")),
        FieldType("consent", "ข้อความให้ยอมรับ", _agreement, frozenset({"text"}), ("is",)),
        FieldType("section", "หัวข้อ", None, frozenset({"text"})),
        FieldType("explanation", "คำอธิบาย", None, frozenset({"text"})),
    )
}
