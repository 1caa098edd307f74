"""The kinds of question that only forms built by an agency have, beside those of handlers/forms.py.

Each reads what people really write (Thai digits, missing tone marks, words around a number) and stores a JSON value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from handlers.agencies import AgencyView
from handlers.forms import Answers, ChoiceField, Field, FieldError, Given, Option, PhotosField, TextField
from handlers.services.address import AddressError, parse_address
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from thai.digits import to_arabic
from thai.text import fold_command, normalise

BUTTON = 20  # code points of a LINE button
RATINGS = {5: "ดีมาก", 4: "ดี", 3: "พอใช้", 2: "ควรปรับปรุง", 1: "ไม่ดี"}
PIN_DIGITS = 13
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
_ORDINAL = re.compile(r"(?:ข้อ|ที่|ข้อที่)?\s*(\d{1,2})")
_EMAIL = re.compile(r"[^\s@,;<>()\[\]\\\"]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;\n/+]|และ|กับ)\s*")


def today() -> date:
    """The Bangkok day."""
    return bangkok_date(datetime.now(UTC))


# -- choices ---------------------------------------------------------------------------------------------


def option_named(text: str, options: tuple[Option, ...]) -> Option | None:
    """The option that these words mean: its label, its number in the list, or the only label that sounds so (tone marks
    may be missing) or in which they stand."""
    plain, folded = normalise(text).strip(), fold_command(text)
    if not folded:
        return None
    for option in options:
        if plain in (option.value, normalise(option.label).strip()):
            return option
    alike = [option for option in options if folded == fold_command(option.label)]
    if len(alike) == 1:
        return alike[0]
    ordinal = _ORDINAL.fullmatch(to_arabic(text).strip())
    if ordinal and 1 <= int(ordinal[1]) <= len(options):
        return options[int(ordinal[1]) - 1]
    close = [option for option in options if folded in fold_command(option.label)]
    return close[0] if len(close) == 1 else None


def _listed(question: str, options: tuple[Option, ...]) -> str:
    """The question with its numbered options, where buttons would cut them short."""
    if all(len(option.label) <= BUTTON for option in options) and len(options) <= 10:
        return question
    return "\n".join([question, *(f"{at}. {option.label}" for at, option in enumerate(options, 1))])


@dataclass(frozen=True, kw_only=True)
class OptionField(ChoiceField):
    """One of several options; a number of the list will do."""

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> str | None:
        if self.skipped(given):
            return None
        found = option_named(given.value or given.text, self.options(agency))
        if found is None:
            raise FieldError("กดเลือกจากรายการ หรือพิมพ์ตัวเลขหน้าข้อก็ได้ค่ะ")
        return found.value

    def question(self, agency: AgencyView) -> str:
        return _listed(self.ask, self.options(agency))

    def choices(self, agency: AgencyView, answers: Answers) -> tuple[Option, ...]:
        return tuple(Option(o.value, o.label[:BUTTON]) for o in self.options(agency))


@dataclass(frozen=True, kw_only=True)
class RatingField(ChoiceField):
    """1 (poor) to 5 (very good); stored as the number."""

    options: Callable[[AgencyView], tuple[Option, ...]] = lambda agency: tuple(
        Option(str(value), f"{value} {word}") for value, word in RATINGS.items()
    )

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> Any:
        if self.skipped(given):
            return None
        words = to_arabic(given.value or given.text).strip()
        number = _NUMBER.search(words)
        if number and number[0] in ("1", "2", "3", "4", "5"):
            return int(number[0])
        named = {fold_command(word): value for value, word in RATINGS.items()}
        if (value := named.get(fold_command(words))) is not None:
            return value
        raise FieldError("ให้คะแนนเป็นตัวเลข 1 ถึง 5 ค่ะ\n5 คือดีมาก 1 คือไม่ดี")

    def show(self, value: Any, agency: AgencyView) -> str:
        return f"{value} {RATINGS[value]}" if value in RATINGS else super().show(None, agency)


@dataclass(frozen=True, kw_only=True)
class MultiChoiceField(Field):
    """Some of several options; stored as a list of their values, in the order of the options. A tap adds one or takes
    it out again; words name all of them at once."""

    options: Callable[[AgencyView], tuple[Option, ...]]
    most: int = 0  # 0: as many as there are

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> list[str] | None:
        if not given.values and self.skipped(given):
            return None
        options = self.options(agency)
        chosen = set(given.values)
        if given.value:
            chosen = set(answers.get(self.name) or ()) ^ {given.value}
        elif given.text.strip():
            chosen = {self._named(part, options) for part in self._parts(given.text, options)}
        found = [option.value for option in options if option.value in chosen]
        if self.most and len(found) > self.most:
            raise FieldError(f"เลือกได้ไม่เกิน {self.most} ข้อค่ะ")
        if not found and not given.value and not self.optional:
            raise FieldError("เลือกอย่างน้อย 1 ข้อค่ะ")
        return found

    @staticmethod
    def _parts(text: str, options: tuple[Option, ...]) -> list[str]:
        """The words one by one; numbers may stand with spaces between ("1 3 4")."""
        if option_named(text, options):
            return [text]
        arabic = to_arabic(text).strip()
        parts = arabic.split() if not arabic.replace(" ", "").strip("0123456789") else _BETWEEN.split(text)
        return [part for part in parts if part.strip()]

    @staticmethod
    def _named(part: str, options: tuple[Option, ...]) -> str:
        option = option_named(part, options)
        if option is None:
            raise FieldError("กดเลือกได้หลายข้อ แล้วกด “พอแล้ว” ค่ะ\nหรือพิมพ์ตัวเลขหน้าข้อ เช่น 1, 3")
        return option.value

    def more(self, given: Given, value: Any, agency: AgencyView) -> str:
        if not given.value:
            return ""
        if not value:
            return "เอาออกแล้วค่ะ เลือกข้ออื่นได้เลยค่ะ"
        return f"เลือกแล้ว: {self.show(value, agency)}\nเลือกเพิ่มได้ หรือกด “พอแล้ว” ค่ะ"

    def question(self, agency: AgencyView) -> str:
        return _listed(f"{self.ask}\n(เลือกได้หลายข้อ)", self.options(agency))

    def show(self, value: Any, agency: AgencyView) -> str:
        labels = {option.value: option.label for option in self.options(agency)}
        return ", ".join(labels.get(one, one) for one in value) if value else super().show(None, agency)

    def choices(self, agency: AgencyView, answers: Answers) -> tuple[Option, ...]:
        chosen = answers.get(self.name) or ()
        return tuple(
            Option(o.value, (f"✓ {o.label}" if o.value in chosen else o.label)[:BUTTON]) for o in self.options(agency)
        )


# -- words, numbers, days --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WordsField(Field):
    """A field that is typed: what is left empty is skipped where that is allowed."""

    empty: str = "ขอข้อมูลข้อนี้ด้วยนะคะ"

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> Any:
        text = (given.text or given.value).strip()
        if self.skipped(given) or (self.optional and not text):
            return None
        if not text:
            raise FieldError(self.empty)
        return self.parse(text, agency)

    def parse(self, text: str, agency: AgencyView) -> Any:
        """The stored value of these words; raises FieldError."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NumberField(WordsField):
    """A number between `least` and `most`; `whole` takes no fraction, `unit` ("บาท") is shown after it."""

    least: float | None = None
    most: float | None = None
    whole: bool = False
    unit: str = ""

    def parse(self, text: str, agency: AgencyView) -> int | float:
        found = _NUMBER.findall(to_arabic(text))
        if len(found) != 1:
            raise FieldError("ขอเป็นตัวเลขค่ะ เช่น 10")
        number = float(found[0].replace(",", ""))
        if self.whole and not number.is_integer():
            raise FieldError("ขอเป็นจำนวนเต็มค่ะ ไม่มีจุดทศนิยม")
        if self.least is not None and number < self.least:
            raise FieldError(f"ขอตั้งแต่ {self.amount(self.least)} ขึ้นไปค่ะ")
        if self.most is not None and number > self.most:
            raise FieldError(f"ขอไม่เกิน {self.amount(self.most)} ค่ะ")
        return int(number) if number.is_integer() else number

    def amount(self, number: float) -> str:
        return f"{number:,g} {self.unit}".strip() if abs(number) < 1e6 else f"{number:,.10g} {self.unit}".strip()

    def show(self, value: Any, agency: AgencyView) -> str:
        return super().show(None, agency) if value is None else self.amount(value)


@dataclass(frozen=True, kw_only=True)
class DateField(WordsField):
    """A day as Thai people write it; stored as ISO. `in_time`: "past" and "future" refuse the other."""

    in_time: Literal["any", "past", "future"] = "any"

    def parse(self, text: str, agency: AgencyView) -> str:
        now = today()
        try:
            day = parse_date(text, now, prefer="past" if self.in_time == "past" else "future")
        except ThaiDateError as error:
            raise FieldError(str(error)) from None
        if self.in_time == "past" and day > now:
            raise FieldError("วันนี้ยังมาไม่ถึงค่ะ ขอวันที่ผ่านมาแล้วนะคะ")
        if self.in_time == "future" and day < now:
            raise FieldError("วันที่นี้ผ่านไปแล้วค่ะ ขอวันตั้งแต่วันนี้ไปนะคะ")
        return day.isoformat()

    def show(self, value: Any, agency: AgencyView) -> str:
        return format_date(date.fromisoformat(value)) if value else super().show(None, agency)


@dataclass(frozen=True, kw_only=True)
class EmailField(WordsField):
    def parse(self, text: str, agency: AgencyView) -> str:
        found = _EMAIL.fullmatch(re.sub(r"\s+", "", to_arabic(text)))
        if found is None:
            raise FieldError("ขออีเมลอีกครั้งนะคะ เช่น somsri@example.com")
        return found[0]


@dataclass(frozen=True, kw_only=True)
class PinField(WordsField):
    """The 13-digit number of a person, with its check digit (กรมการปกครอง)."""

    def parse(self, text: str, agency: AgencyView) -> str:
        from stdnum.th import pin

        digits = re.sub(r"[\s.\-–_]", "", to_arabic(text))
        if len(digits) != PIN_DIGITS or not digits.isascii() or not digits.isdigit():
            raise FieldError("เลขประจำตัวมี 13 หลักค่ะ\nเช่น 1-2345-67890-12-1")
        if digits[-1] != pin.calc_check_digit(digits):
            raise FieldError("เลขประจำตัวไม่ถูกต้องค่ะ\nดูที่หน้าบัตร แล้วพิมพ์ใหม่อีกครั้งนะคะ")
        return digits

    def show(self, value: Any, agency: AgencyView) -> str:
        from stdnum.th import pin

        if not value:
            return super().show(None, agency)
        # No card begins so, but people without Thai nationality (0) have such numbers; 9 is a temporary one.
        odd = " (ขึ้นต้นด้วย 0 หรือ 9 เจ้าหน้าที่จะตรวจอีกครั้ง)" if value[0] in "09" else ""
        return f"{pin.format(value)}{odd}"


@dataclass(frozen=True, kw_only=True)
class AddressField(WordsField):
    """House number, village and sub-district, with the postcode where geothai knows the place; the agency's own
    sub-district where none is named. Stored as house, moo, subdistrict, district, province, postcode and the words."""

    empty: str = "ขอบ้านเลขที่และหมู่นะคะ เช่น 12/3 หมู่ 5"

    def parse(self, text: str, agency: AgencyView) -> dict[str, Any]:
        try:
            return parse_address(text, agency.fields)
        except AddressError as error:
            raise FieldError(str(error)) from None

    def show(self, value: Any, agency: AgencyView) -> str:
        if not value:
            return super().show(None, agency)
        code = value.get("postcode") or ""
        return value["text"] if code and code in to_arabic(value["text"]) else f"{value['text']} {code}".strip()


@dataclass(frozen=True, kw_only=True)
class LongTextField(TextField):
    """Words; what must be given may not be left empty."""

    too_short: str = "ขอข้อมูลข้อนี้ด้วยนะคะ"


# -- files and agreement ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FilesField(PhotosField):
    """Photos, or photos and documents; one at least where the field must be given."""

    documents: bool = False

    @property
    def what(self) -> str:
        return "ไฟล์" if self.documents else "รูป"

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> list[int] | None:
        have = list(answers.get(self.name) or [])
        if given.photos:
            if len(have) + len(given.photos) > self.most:
                raise FieldError(f"รับ{self.what}ได้ {self.most} {self.what}ค่ะ ที่เกินส่งเพิ่มหลังส่งคำขอแล้วได้ค่ะ")
            return have + list(given.photos)
        if self.skipped(given) or (self.optional and not given.text):
            return have or None
        raise FieldError(f"ข้อนี้ขอเป็น{self.what}นะคะ" + (" ถ้าไม่มีกด “ข้าม” ได้ค่ะ" if self.optional else ""))

    def more(self, given: Given, value: Any, agency: AgencyView) -> str:
        return f"ได้รับแล้วค่ะ ({len(value)} {self.what}) ส่งเพิ่มได้อีก หรือกด “พอแล้ว” ค่ะ" if given.photos else ""

    def show(self, value: Any, agency: AgencyView) -> str:
        return f"{len(value)} {self.what}" if value else "ไม่มี"


@dataclass(frozen=True, kw_only=True)
class AgreementField(Field):
    """Agreement to the form's own words (`ask` holds them); stored as True."""

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> bool | None:
        folded = fold_command(given.text)
        if given.value == "yes" or folded in _YES:
            return True
        if self.optional and (self.skipped(given) or folded in _NO or not (given.text or given.value)):
            return None
        raise FieldError("ถ้าเห็นด้วย กด “ยอมรับ” เพื่อทำต่อค่ะ\nถ้าไม่สะดวก คุยกับเจ้าหน้าที่ได้ค่ะ")

    def show(self, value: Any, agency: AgencyView) -> str:
        return "ยอมรับ" if value else "ไม่ได้ยอมรับ"

    def choices(self, agency: AgencyView, answers: Answers) -> tuple[Option, ...]:
        return (Option("yes", "ยอมรับ"),)


_YES = {fold_command(w) for w in ("ยอมรับ", "ยินยอม", "ตกลง", "ได้", "โอเค", "ok", "ใช่", "รับทราบ", "เห็นด้วย")}
_NO = {fold_command(w) for w in ("ไม่ยอมรับ", "ไม่ยินยอม", "ไม่", "ไม่ตกลง", "ไม่เห็นด้วย")}
