"""The complaint form, declared once: asked one by one in chat (chat.py) and shown as one page on the web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.agencies import AgencyView
from handlers.complaints import categories
from handlers.complaints.operations import NewCase
from handlers.forms import (
    Answers,
    ChoiceField,
    ConsentField,
    FieldError,
    Form,
    Given,
    Option,
    PhoneField,
    PhotosField,
    PlaceField,
    TextField,
)
from thai.text import fold_command

LIKELIEST = 4
COMMON = ("road", "streetlight", "water", "garbage")  # offered when the words say nothing
OTHER = "other"


def is_conduct(agency: AgencyView, answers: Answers) -> bool:
    """True when the chosen category is about staff (R17)."""
    category = agency.category(answers.get("category") or "")
    return category is not None and category.conduct


def wants_place(answers: Answers) -> bool:
    return categories.needs_place(answers.get("category"))


def _every_category(agency: AgencyView) -> tuple[Option, ...]:
    return tuple(Option(c.code, c.label) for c in agency.categories)


def likeliest(agency: AgencyView, answers: Answers) -> tuple[Option, ...]:
    """The categories that the words speak of, with labels for buttons; the commonest where they say little."""
    known = {c.code: c for c in agency.categories}
    suggested = [code for code, _ in categories.suggest(answers.get("detail") or "", agency.categories)]
    codes = [code for code in dict.fromkeys((*suggested, *COMMON, *known)) if code in known and code != OTHER]
    wanted = [*codes[:LIKELIEST], *((OTHER,) if OTHER in known else ())]
    return tuple(Option(code, categories.short_label(code, known[code].label)) for code in wanted)


@dataclass(frozen=True, kw_only=True)
class CategoryField(ChoiceField):
    def read(self, given: Given, agency: AgencyView, answers: Answers) -> str | None:
        """As ChoiceField; words that name no category are taken for what they are most likely about."""
        try:
            return super().read(given, agency, answers)
        except FieldError:
            folded = fold_command(given.text)
            for category in agency.categories:
                if folded and folded == fold_command(categories.short_label(category.code, category.label)):
                    return category.code
            likely = categories.suggest(given.text, agency.categories)
            if not likely:
                raise
            return likely[0][0]


@dataclass(frozen=True, kw_only=True)
class AccusedField(ChoiceField):
    """The unit complained of: asked only about conduct; stored as the unit's id in words."""

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> str | None:
        return super().read(given, agency, answers) if is_conduct(agency, answers) else None


@dataclass(frozen=True, kw_only=True)
class CasePlaceField(PlaceField):
    """The place; may stay empty for complaints that happen at no place (help, borrowing, manners)."""

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> dict[str, Any] | None:
        if not wants_place(answers) and not given.text.strip() and given.latitude is None:
            return None
        return super().read(given, agency, answers)


FORM = Form(
    name="complaint",
    title="เรื่องร้องเรียน",
    fields=(
        ConsentField(
            name="consent",
            label="ความยินยอม",
            ask="ขอเก็บข้อมูลที่คุณส่ง เพื่อดูแลเรื่องนี้ให้ค่ะ\nชื่อและเบอร์ เห็นเฉพาะเจ้าหน้าที่\nยินยอมไหมคะ",
        ),
        TextField(
            name="detail",
            label="เรื่องที่แจ้ง",
            ask="เกิดอะไรขึ้นคะ เล่าได้เลยค่ะ",
            example="ไฟทางหน้าบ้านดับมา 3 คืนแล้ว",
            shortest=4,
            longest=4000,
            too_short="ขอเล่าเพิ่มอีกนิดนะคะ\nจะได้ส่งเจ้าหน้าที่ได้ถูกค่ะ",
        ),
        CategoryField(
            name="category",
            label="ประเภท",
            ask="เป็นเรื่องประเภทไหนคะ",
            options=_every_category,
            suggest=likeliest,
        ),
        AccusedField(
            name="accused_unit",
            label="ส่วนงานที่ร้องเรียน",
            ask="เจ้าหน้าที่อยู่ส่วนงานไหนคะ\nเรื่องจะไม่ไปถึงส่วนงานนั้นค่ะ",
            optional=True,
            skip_label="ไม่ทราบ",
            options=lambda agency: tuple(Option(str(unit.id), unit.name) for unit in agency.units.values()),
        ),
        PhotosField(
            name="photos",
            label="รูปถ่าย",
            ask="มีรูปไหมคะ ส่งได้ถึง 5 รูป\nถ้าไม่มี กด “ข้าม” ได้ค่ะ",
            optional=True,
        ),
        CasePlaceField(
            name="place",
            label="สถานที่",
            ask="เกิดที่ไหนคะ\nกด “ส่งตำแหน่ง” หรือพิมพ์บอกก็ได้ค่ะ",
            example="หมู่ 3 หน้าวัด",
        ),
        TextField(
            name="name",
            label="ชื่อผู้แจ้ง",
            ask="ขอทราบชื่อคุณค่ะ\nไม่บอกก็แจ้งเรื่องได้เหมือนกันค่ะ",
            example="สมศรี ใจดี",
            optional=True,
            skip_label="ไม่ระบุ",
            longest=100,
        ),
        PhoneField(
            name="phone",
            label="เบอร์โทร",
            ask="ขอเบอร์โทร เผื่อต้องถามเพิ่มค่ะ\nไม่ให้ก็ได้ค่ะ",
            example="081-234-5678",
            optional=True,
        ),
    ),
)


def to_new_case(
    answers: Mapping[str, Any],
    agency: AgencyView,
    *,
    channel: str = "line",
    conversation_id: int | None = None,
) -> NewCase:
    """What operations.open_case needs, from complete answers to FORM."""
    name = (answers.get("name") or "").strip()
    unit = answers.get("accused_unit") if is_conduct(agency, answers) else None
    late: Sequence[str] = answers.get("late") or ()  # words that LINE delivered out of order
    return NewCase(
        category_code=answers["category"],
        detail="\n".join((answers["detail"], *late)),
        place=answers.get("place"),
        photos=tuple(answers.get("photos") or ()),
        name=name,
        phone=answers.get("phone") or "",
        anonymous=not name,
        channel=channel,
        conversation_id=conversation_id,
        accused_unit_id=int(unit) if unit else None,
        notice_version=answers.get("consent"),
    )
