"""The words of a local administration by its kind: what it, its head and its clerk are called on official papers.

Nothing here knows a particular organisation: a name comes from the agency's own row.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organisation:
    """One administration. `name` is bare ("บ้านตัวอย่าง"), without the words of its kind."""

    body: str  # องค์การบริหารส่วนตำบล, เทศบาลตำบล ...
    name: str
    head_title: str  # นายกองค์การบริหารส่วนตำบล, นายกเทศมนตรี ...
    clerk_title: str  # ปลัดองค์การบริหารส่วนตำบล, ปลัดเทศบาล ...
    rank: str  # what stands between a title and the name: "" or, of a municipality, ตำบล, เมือง, นคร

    @property
    def full(self) -> str:
        """ "องค์การบริหารส่วนตำบลบ้านตัวอย่าง"."""
        return f"{self.body}{self.name}"

    @property
    def head(self) -> str:
        """ "นายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง", "นายกเทศมนตรีตำบลบ้านตัวอย่าง"."""
        return f"{self.head_title}{self.rank}{self.name}"

    @property
    def clerk(self) -> str:
        """ "ปลัดองค์การบริหารส่วนตำบลบ้านตัวอย่าง", "ปลัดเทศบาลตำบลบ้านตัวอย่าง"."""
        return f"{self.clerk_title}{self.rank}{self.name}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of administration. `spellings`: every way in which papers write it, longest first."""

    body: str
    head_title: str
    clerk_title: str
    rank: str
    spellings: tuple[str, ...]


_MUNICIPAL_HEAD, _MUNICIPAL_CLERK = "นายกเทศมนตรี", "ปลัดเทศบาล"
KINDS: dict[str, Kind] = {
    "อบต.": Kind(
        "องค์การบริหารส่วนตำบล",
        "นายกองค์การบริหารส่วนตำบล",
        "ปลัดองค์การบริหารส่วนตำบล",
        "",
        ("องค์การบริหารส่วนตำบล", "อบต."),
    ),
    "เทศบาลตำบล": Kind("เทศบาลตำบล", _MUNICIPAL_HEAD, _MUNICIPAL_CLERK, "ตำบล", ("เทศบาลตำบล", "ทต.")),
    "เทศบาลเมือง": Kind("เทศบาลเมือง", _MUNICIPAL_HEAD, _MUNICIPAL_CLERK, "เมือง", ("เทศบาลเมือง", "ทม.")),
    "เทศบาลนคร": Kind("เทศบาลนคร", _MUNICIPAL_HEAD, _MUNICIPAL_CLERK, "นคร", ("เทศบาลนคร", "ทน.")),
    "อบจ.": Kind(
        "องค์การบริหารส่วนจังหวัด",
        "นายกองค์การบริหารส่วนจังหวัด",
        "ปลัดองค์การบริหารส่วนจังหวัด",
        "",
        ("องค์การบริหารส่วนจังหวัด", "อบจ."),
    ),
}  # fmt: skip


def organisation(kind: str, name: str) -> Organisation:
    """The organisation of an agency's `kind` and `name` ("อบต.บ้านตัวอย่าง" or written out); an unknown kind is
    taken for a tambon administration."""
    words = KINDS.get(kind, KINDS["อบต."])
    return Organisation(words.body, bare_name(name), words.head_title, words.clerk_title, words.rank)


def bare_name(name: str) -> str:
    """The name without the words of its kind: "อบต. บ้านตัวอย่าง" -> "บ้านตัวอย่าง"."""
    spellings = sorted((s for kind in KINDS.values() for s in kind.spellings), key=len, reverse=True)
    pattern = "|".join(re.escape(s).replace(r"\.", r"\.?") if s.endswith(".") else re.escape(s) for s in spellings)
    return re.sub(rf"^\s*(?:{pattern})\s*", "", name).strip()
