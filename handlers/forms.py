"""Forms declared once: the same fields are asked one by one in chat and shown as one page on the web.

A field knows how to read an answer and how to show it back; it stores nothing and says what is wrong in words a
villager understands. Answers are JSON values, so a draft survives anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from handlers.agencies import AgencyView
from handlers.commands import SKIP, folded
from handlers.messages import Choice
from thai.phone import PhoneError, format_phone, parse_phone
from thai.place import parse_moo
from thai.text import fold_command

Answers = Mapping[str, Any]
NONE_WORDS = SKIP | folded(
    "ไม่มี", "ไม่ระบุ", "ไม่บอก", "ไม่ใส่", "ไม่ให้", "-", "ไม่มีรูป", "ไม่มีภาพ", "ไม่ได้ถ่าย", "ถ่ายไม่เป็น", "ถ่ายรูปไม่เป็น", "ส่งไม่เป็น",
    "ส่งรูปไม่เป็น", "ไม่สะดวก", "ไม่บอกชื่อ", "ไม่ให้เบอร์", "ไม่มีเบอร์", "ไม่มีโทรศัพท์", "ไม่อยากบอก", "ไม่ประสงค์ออกนาม", "ไม่ระบุชื่อ",
    "ไม่บอกได้ไหม", "ไม่บอกได้มั้ย", "ขอไม่บอก", "ไม่ขอบอก", "บ่มี", "บ่บอก", "ไม่ออกชื่อ", "ไม่ต้อง", "no", "none",
)  # fmt: skip
# Said of a place or a thing that must be told: no answer, and no reason to scold either.
UNKNOWN_WORDS = folded(
    "ไม่รู้", "ไม่ทราบ", "ไม่รู้ที่ไหน", "ไม่แน่ใจ", "จำไม่ได้", "บ่ฮู้", "ไม่รู้ตรงไหน", "ไม่รู้เหมือนกัน", "ไม่มี", "ไม่บอก", "ไม่ระบุ",
)  # fmt: skip

LONGEST_NAME = 100  # characters; a field for no more is a name or a number, not a story
LONGEST_LINE = 300


class FieldError(ValueError):
    """An answer cannot be used; str() is what to tell the person."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave for one field: words, a tapped value, all the boxes ticked on a page, a pin, or photos and
    other files (attachment ids)."""

    text: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    place: str = ""
    photos: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What an earlier answer must be for a field to be asked. `test`: "is" (one of `values`), "contains" (a multiple
    choice holds one of them), "at_least" (a number, `values[0]` or more). No answer meets no condition."""

    field: str
    test: Literal["is", "contains", "at_least"]
    values: tuple[str | int | float, ...]

    def holds(self, answers: Answers) -> bool:
        value = answers.get(self.field)
        match self.test, value:
            case _, None:
                return False
            case "at_least", int() | float():
                return value >= float(self.values[0])
            case "contains", list():
                return any(one in value for one in self.values)
            case "is", bool():
                return ("yes" if value else "no") in self.values
            case "is", _:
                return value in self.values
        return False


@dataclass(frozen=True, slots=True)
class Intro:
    """Words that come before a field: a section's heading, or an explanation."""

    text: str
    heading: bool = False
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `ask` is said in chat, `label` heads the web field and the summary line, `example` shows what
    a good answer looks like. `optional` fields can be skipped (stored as None); a field is asked only while all of
    `when` holds."""

    name: str
    label: str
    ask: str
    example: str = ""
    optional: bool = False
    skip_label: str = "ข้าม"
    intro: tuple[Intro, ...] = ()
    when: tuple[Condition, ...] = ()

    @property
    def free(self) -> bool:
        """True where any words are an answer, a question as well."""
        return False

    def called(self) -> set[str]:
        """What people call this question when they want to mend it ("แก้เบอร์"), folded."""
        return folded(self.label)

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> Any:
        """The stored value of what was given; raises FieldError. None only for a skipped optional field."""
        raise NotImplementedError

    def skipped(self, given: Given) -> bool:
        return self.optional and not given.value and fold_command(given.text) in NONE_WORDS

    def show(self, value: Any, agency: AgencyView) -> str:
        return "ไม่ระบุ" if value in (None, "", []) else str(value)

    def question(self, agency: AgencyView) -> str:
        """What is asked in chat."""
        return self.ask

    def more(self, given: Given, value: Any, agency: AgencyView) -> str:
        """What to say after an answer to which more may be added (photos); "" when the next question follows."""
        return ""

    def choices(self, agency: AgencyView, answers: Answers) -> tuple[Option, ...]:
        """Values to tap."""
        return ()

    def chat_actions(self) -> tuple[Choice, ...]:
        """LINE's own actions that help to answer (camera, location ...)."""
        return ()


@dataclass(frozen=True, kw_only=True)
class TextField(Field):
    shortest: int = 1
    longest: int = 2000
    too_short: str = "ขอรายละเอียดอีกสักนิดนะคะ"

    @property
    def free(self) -> bool:
        return self.longest > LONGEST_NAME

    def called(self) -> set[str]:
        more = folded("รายละเอียด", "ข้อความ", "เรื่อง", "เนื้อหา") if self.longest > LONGEST_LINE else set()
        return super().called() | more | (folded("ชื่อ") if self.label.startswith("ชื่อ") else set())

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> str | None:
        if self.skipped(given):
            return None
        text = (given.text or given.value).strip()
        if len(text) < self.shortest:
            if self.optional and not text:
                return None
            raise FieldError(self.too_short)
        if len(text) > self.longest:
            raise FieldError(
                f"ข้อความยาวไปนิดค่ะ ({len(text):,} ตัวอักษร)\nขอไม่เกิน {self.longest:,} ตัวอักษรนะคะ ส่วนที่เหลือส่งเพิ่มภายหลังได้ค่ะ"
            )
        return text


@dataclass(frozen=True, kw_only=True)
class ChoiceField(Field):
    """One of several options. In chat `suggest` may put the likeliest first; the web page shows all `options`."""

    options: Callable[[AgencyView], tuple[Option, ...]]
    suggest: Callable[[AgencyView, Answers], tuple[Option, ...]] | None = None

    def called(self) -> set[str]:
        return super().called() | folded("หมวด", "ประเภทเรื่อง") if self.label == "ประเภท" else super().called()

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> str | None:
        found = self.named(given.value or given.text.strip(), agency)
        if found is None and self.skipped(given):
            return None
        if found is None:
            raise FieldError("กดเลือกจากรายการด้านล่างได้เลยค่ะ")
        return found

    def named(self, wanted: str, agency: AgencyView) -> str | None:
        """The value of the one option that `wanted` names, by value or label; else None."""
        options = self.options(agency)
        said = fold_command(wanted)
        for option in options:
            if wanted == option.value or said == fold_command(option.label):
                return option.value
        close = [option for option in options if said and said in fold_command(option.label)]
        return close[0].value if len(close) == 1 else None

    def show(self, value: Any, agency: AgencyView) -> str:
        return next((o.label for o in self.options(agency) if o.value == value), super().show(value, agency))

    def choices(self, agency: AgencyView, answers: Answers) -> tuple[Option, ...]:
        return self.suggest(agency, answers) if self.suggest else self.options(agency)


@dataclass(frozen=True, kw_only=True)
class PlaceField(Field):
    """Where it is: a pin, or words such as "หมู่ 3 หน้าวัด". Stored as moo, landmark, latitude, longitude."""

    def called(self) -> set[str]:
        return super().called() | folded("สถานที่", "ที่", "ที่เกิดเหตุ", "ตำแหน่ง", "จุด", "จุดเกิดเหตุ", "หมุด", "หมู่")

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> dict[str, Any] | None:
        if self.skipped(given):
            return None
        text = given.text.strip()
        if given.latitude is not None and given.longitude is not None:
            if not (-90 <= given.latitude <= 90 and -180 <= given.longitude <= 180):
                raise FieldError("ตำแหน่งนี้อ่านไม่ได้ค่ะ ลองส่งใหม่ หรือพิมพ์บอกสถานที่ก็ได้ค่ะ")
            words = text or given.place.strip()
            return {
                "latitude": given.latitude,
                "longitude": given.longitude,
                "landmark": words[:300],
                "moo": parse_moo(words),
            }
        if len(text) < 2 or fold_command(text) in NONE_WORDS | UNKNOWN_WORDS:
            raise FieldError("บอกคร่าว ๆ ก็ได้ค่ะ ช่างจะได้ไปถูก\nเช่น หมู่ 3 หรือ ใกล้โรงเรียน")
        return {"latitude": None, "longitude": None, "landmark": text[:300], "moo": parse_moo(text)}

    def show(self, value: Any, agency: AgencyView) -> str:
        if not value:
            return "ไม่ระบุ"
        parts = []
        if value.get("moo") and "หมู่" not in value.get("landmark", ""):
            parts.append(f"หมู่ {value['moo']}")
        if value.get("landmark"):
            parts.append(value["landmark"])
        if value.get("latitude") is not None:
            parts.append(f"(ปักหมุด {value['latitude']:.5f}, {value['longitude']:.5f})")
        return " ".join(parts)

    def chat_actions(self) -> tuple[Choice, ...]:
        return (Choice("ส่งตำแหน่ง", action="location"),)


@dataclass(frozen=True, kw_only=True)
class PhotosField(Field):
    """Photos, several times over until "พอแล้ว". Stored as a list of attachment ids. `takes`: kinds of LINE message."""

    most: int = 5
    takes: frozenset[str] = frozenset({"image"})

    def called(self) -> set[str]:
        return super().called() | folded("รูป", "ภาพ", "รูปภาพ")

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> list[int] | None:
        have = list(answers.get(self.name) or [])
        if given.photos:
            if len(have) + len(given.photos) > self.most:
                raise FieldError(f"รับรูปได้ {self.most} รูปค่ะ รูปที่เกินส่งเพิ่มหลังแจ้งเรื่องแล้วได้ค่ะ")
            return have + list(given.photos)
        if self.skipped(given) or not given.text:
            return have
        raise FieldError("ขั้นนี้ขอเป็นรูปนะคะ ถ้าไม่มีกด “ข้าม” ได้เลยค่ะ")

    def more(self, given: Given, value: Any, agency: AgencyView) -> str:
        return f"ได้รับรูปแล้วค่ะ ({len(value)} รูป) ส่งเพิ่มได้อีก หรือกด “พอแล้ว” ค่ะ" if given.photos else ""

    def show(self, value: Any, agency: AgencyView) -> str:
        return f"{len(value)} รูป" if value else "ไม่มี"

    def chat_actions(self) -> tuple[Choice, ...]:
        return (Choice("ถ่ายรูป", action="camera"), Choice("เลือกรูป", action="album"))


@dataclass(frozen=True, kw_only=True)
class PhoneField(Field):
    def called(self) -> set[str]:
        return super().called() | folded("เบอร์", "เบอร์โทร", "โทรศัพท์", "เบอร์โทรศัพท์", "หมายเลข", "เบอร์มือถือ")

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> str | None:
        if self.skipped(given) or (self.optional and not given.text.strip()):
            return None
        try:
            return parse_phone(given.text)
        except PhoneError as error:
            raise FieldError(str(error)) from None

    def show(self, value: Any, agency: AgencyView) -> str:
        return format_phone(value) if value else "ไม่ระบุ"


@dataclass(frozen=True, kw_only=True)
class ConsentField(Field):
    """Agreement to the privacy notice; stored as the notice's version."""

    yes_words: frozenset[str] = field(
        default=frozenset(
            fold_command(w)
            for w in ("ยินยอม", "ตกลง", "ได้", "ได้เลย", "โอเค", "ok", "ใช่", "ยอมรับ", "ยอม", "เอา", "yes", "ได้จ้ะ")
        )
    )

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> int:
        if given.value == "yes" or fold_command(given.text) in self.yes_words:
            return agency.notice_version
        raise FieldError(
            f"ถ้าคุณไม่สะดวกให้เก็บข้อมูล โทรแจ้งเรื่องได้ที่\n{agency.fields.get('office_phone', '')}\nหรือกด “ยินยอม” เพื่อแจ้งที่นี่ต่อค่ะ"
        )

    def show(self, value: Any, agency: AgencyView) -> str:
        return "ยินยอม" if value is not None else "ยังไม่ยินยอม"

    def choices(self, agency: AgencyView, answers: Answers) -> tuple[Option, ...]:
        return (Option("yes", "ยินยอม"),)


@dataclass(frozen=True)
class Form:
    """`name` is used in postbacks and stored drafts (a-z), `title` is shown to people. `version` is that of a form
    that can change while somebody fills it in: the draft remembers it."""

    name: str
    title: str
    fields: tuple[Field, ...]
    version: int | None = None

    def __getitem__(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)

    def stored(self, answers: Answers) -> dict[str, Any]:
        """The answers that count: those to fields that are asked, given the answers before them."""
        found: dict[str, Any] = {}
        for item in self.fields:
            if all(condition.holds(found) for condition in item.when):
                value = answers.get(item.name)
                found[item.name] = None if value in ("", []) else value
        return found

    def read_all(self, given: Mapping[str, Given], agency: AgencyView) -> tuple[dict[str, Any], dict[str, str]]:
        """Read a whole page at once: (answers, errors by field name). What stands in fields that are not asked, given
        the other answers, is left aside."""
        answers: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for item in self.fields:
            if not all(condition.holds(answers) for condition in item.when):
                continue
            try:
                answers[item.name] = item.read(given.get(item.name, Given()), agency, answers)
            except FieldError as error:
                errors[item.name] = str(error)
        return answers, errors
