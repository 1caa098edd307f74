"""Any form of handlers/forms.py as one page: the same fields, the same checks, the same words as in the chat."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from handlers.agencies import AgencyView
from handlers.forms import (
    ChoiceField,
    ConsentField,
    Field,
    Form,
    Given,
    Option,
    PhoneField,
    PhotosField,
    PlaceField,
    TextField,
)

MULTILINE = 300  # a text that may be longer gets a box of several lines
KINDS: tuple[tuple[type[Field], str], ...] = (
    (ChoiceField, "choice"),
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
    only_when: str = ""  # "category=conduct": the script hides the field otherwise

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
    """A photo that is on our side already: `token` comes back with the form, `address` shows it."""

    token: str
    address: str


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
    photos: tuple[Photo, ...] = (),
    notes: Mapping[str, str] | None = None,
    only_when: Mapping[str, str] | None = None,
) -> list[Control]:
    """The page's fields in order, agreement last; `notes` are further helps by field name, `only_when` says of which
    fields the script hides which (see Control)."""
    typed = {name: one.text for name, one in given.items() if one.text}
    drawn = [
        Control(
            item,
            kind := kind_of(item),
            given.get(item.name, Given()),
            errors.get(item.name, ""),
            options=item.options(agency) if isinstance(item, ChoiceField) else (),
            multiline=isinstance(item, TextField) and item.longest > MULTILINE,
            photos=photos if kind == "photos" else (),
            note=(notes or {}).get(item.name, ""),
            likely=item.suggest(agency, typed) if isinstance(item, ChoiceField) and item.suggest and typed else (),
            only_when=(only_when or {}).get(item.name, ""),
        )
        for item in form.fields
    ]
    return sorted(drawn, key=lambda control: control.kind == "consent")


def _given(item: Field, typed: MultiDict[str, str]) -> Given:
    value = typed.get(item.name, "").replace("\r\n", "\n")
    match kind_of(item):
        case "choice" | "consent":
            return Given(value=value)
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
    return not (given.text.strip() or given.value or given.photos or given.latitude is not None)
