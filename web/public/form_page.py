"""Any form of handlers/forms.py as one page: the same fields, the same checks, the same words as in the chat."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from handlers.agencies import AgencyView
from handlers.forms import (
    ChoiceField,
    Condition,
    ConsentField,
    Field,
    Form,
    Given,
    Intro,
    Option,
    PhoneField,
    PhotosField,
    PlaceField,
    TextField,
)
from handlers.services.fields import (
    AddressField,
    AgreementField,
    DateField,
    EmailField,
    FilesField,
    MultiChoiceField,
    NumberField,
    PinField,
)

MULTILINE = 300  # a text that may be longer gets a box of several lines
KINDS: tuple[tuple[type[Field], str], ...] = (
    (ChoiceField, "choice"),
    (MultiChoiceField, "choices"),
    (NumberField, "number"),
    (DateField, "line"),
    (EmailField, "email"),
    (PinField, "digits"),
    (AddressField, "line"),
    (AgreementField, "agree"),
    (PlaceField, "place"),
    (PhotosField, "photos"),
    (PhoneField, "phone"),
    (ConsentField, "consent"),
    (TextField, "text"),
)


@dataclass(frozen=True, slots=True)
class Control:
    """One field of the page: what to draw, what was typed, what is wrong with it."""

    item: Field
    kind: str
    given: Given
    error: str = ""
    options: tuple[Option, ...] = ()
    multiline: bool = False
    photos: tuple[Photo, ...] = ()
    note: str = ""
    likely: tuple[Option, ...] = ()  # what the form suggests for this choice from the other answers
    only_when: str = ""  # "category=conduct": the script hides the field otherwise (see `script_words`)
    hint: str = ""  # in which case the field is meant, for who has no script

    @property
    def intro(self) -> tuple[tuple[Intro, str], ...]:
        """What stands before the field, each with its own `only_when`."""
        return tuple((intro, script_words(intro.when)) for intro in self.item.intro)

    @property
    def documents(self) -> bool:
        """True for files of other kinds than photos."""
        return isinstance(self.item, FilesField) and self.item.documents

    @property
    def kept_name(self) -> str:
        """The input that carries files along that were sent before."""
        return kept_name(self.item)

    @property
    def drop_name(self) -> str:
        """The box that leaves one of them out."""
        return drop_name(self.item)

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def id(self) -> str:
        return f"field-{self.item.name}"

    @property
    def described_by(self) -> str:
        parts = [f"{self.id}-help"] if self.item.example or self.note else []
        return " ".join([*parts, f"{self.id}-error"] if self.error else parts)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo or file that is on our side already: `token` comes back with the form, `address` shows it."""

    token: str
    address: str
    name: str = ""
    is_image: bool = True


def kind_of(item: Field) -> str:
    return next(kind for cls, kind in KINDS if isinstance(item, cls))


def read_typed(form: Form, typed: MultiDict[str, str]) -> dict[str, Given]:
    """What the page sent for each field; photos are read elsewhere (web/public/photos.py)."""
    return {item.name: _given(item, typed) for item in form.fields if kind_of(item) != "photos"}


def for_reading(form: Form, given: Mapping[str, Given]) -> dict[str, Given]:
    """The same for Form.read_all: a field left empty is skipped where that is allowed."""
    return {
        item.name: Given(text="ข้าม") if item.optional and _empty(given.get(item.name, Given())) else given[item.name]
        for item in form.fields
        if item.name in given or item.optional
    }


def controls(
    form: Form,
    agency: AgencyView,
    given: Mapping[str, Given],
    errors: Mapping[str, str],
    photos: tuple[Photo, ...] | Mapping[str, tuple[Photo, ...]] = (),
    notes: Mapping[str, str] | None = None,
    only_when: Mapping[str, str] | None = None,
    hints: Mapping[str, str] | None = None,
) -> list[Control]:
    """The page's fields in order, consent last; `photos` are what was sent already, for all file fields or by field
    name; `notes` are further helps by field name, `only_when` says of which fields the script hides which beside those
    that say it themselves, `hints` in which case a field is meant."""
    typed = {name: one.text for name, one in given.items() if one.text}
    drawn = [
        Control(
            item,
            kind := kind_of(item),
            given.get(item.name, Given()),
            _error(kind, given.get(item.name, Given()), errors.get(item.name, ""), agency),
            options=item.options(agency) if isinstance(item, ChoiceField | MultiChoiceField) else (),
            multiline=isinstance(item, TextField) and item.longest > MULTILINE,
            photos=() if kind != "photos" else photos if isinstance(photos, tuple) else photos.get(item.name, ()),
            note=(notes or {}).get(item.name, ""),
            likely=item.suggest(agency, typed) if isinstance(item, ChoiceField) and item.suggest and typed else (),
            only_when=(only_when or {}).get(item.name, "") or script_words(item.when),
            hint=(hints or {}).get(item.name, ""),
        )
        for item in form.fields
    ]
    return sorted(drawn, key=lambda control: control.kind == "consent")


def _error(kind: str, given: Given, error: str, agency: AgencyView) -> str:
    """What is wrong, for who sees boxes to tick: in the chat one presses a button or types a number."""
    if error and kind == "choice" and not given.value:
        return "เลือก 1 ข้อนะคะ"
    if error and kind == "choices" and not given.values:
        return "เลือกอย่างน้อย 1 ข้อนะคะ"
    if error and kind == "agree":
        return "อ่านแล้วติ๊กช่องนี้ก่อนส่งนะคะ"
    if error and kind == "consent":
        phone = agency.fields.get("office_phone", "")
        return "ติ๊กช่องยินยอมก่อนส่งนะคะ" + (f"\nไม่สะดวกให้เก็บข้อมูล โทรแจ้งได้ที่ {phone}" if phone else "")
    return error


def script_words(when: tuple[Condition, ...]) -> str:
    """Conditions as web/static/public.js reads them: "what=cut,insects&trees>=3&tools~crane"."""
    signs = {"is": "=", "contains": "~", "at_least": ">="}
    return "&".join(f"{one.field}{signs[one.test]}{','.join(str(value) for value in one.values)}" for one in when)


def kept_name(item: Field) -> str:
    return f"kept_{item.name}" if isinstance(item, FilesField) else "kept_photo"


def drop_name(item: Field) -> str:
    return f"drop_{item.name}" if isinstance(item, FilesField) else "drop_photo"


def _given(item: Field, typed: MultiDict[str, str]) -> Given:
    value = typed.get(item.name, "").replace("\r\n", "\n")
    match kind_of(item):
        case "choice" | "consent" | "agree":
            return Given(value=value)
        case "choices":
            return Given(values=tuple(typed.getlist(item.name)))
        case "place":
            latitude, longitude = (_degrees(typed.get(f"{item.name}_{axis}", "")) for axis in ("latitude", "longitude"))
            if latitude is None or longitude is None:
                return Given(text=value)
            return Given(text=value, latitude=latitude, longitude=longitude)
        case _:
            return Given(text=value)


def _degrees(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _empty(given: Given) -> bool:
    there = given.text.strip() or given.value or given.values or given.photos
    return not there and given.latitude is None
