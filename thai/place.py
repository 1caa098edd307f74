"""Places as they are told inside one sub-district: the village number (หมู่ที่) and the postcode."""

import re

from thai.digits import to_arabic

# "หมู" without its tone mark is both a hasty หมู่ and a pig; before a counter of animals it is the pig.
# A lone "ม." counts only where no Thai letter stands before it (กม. is a kilometre).
_MOO = re.compile(r"(?:ห(?:มู่+|มุ่|มู)(?:บ้าน)?|(?<![ก-๎])ม)\s*\.?\s*(?:ที่)?\s*(?P<number>\d{1,2})(?!\d|\s*(?:ตัว|กิโล|กก))")
_BARE_NUMBER = re.compile(r"\s*(?P<number>\d{1,2})\s*")
_POSTCODE = re.compile(r"(?<![\d-])[1-9]\d{4}(?![\d-])")


def parse_moo(text: str) -> int | None:
    """The village number in `text`: "หมู่ 3", "ม.๓", "หมุ่3", "12/3 หมู่ที่ 5", or a bare number; else None."""
    arabic = to_arabic(text)
    match = _BARE_NUMBER.fullmatch(arabic) or _MOO.search(arabic)
    return (int(match["number"]) or None) if match else None


def find_postcode(text: str) -> str | None:
    """The first 5-digit postcode in `text`, in Arabic digits; else None."""
    match = _POSTCODE.search(to_arabic(text))
    return match[0] if match else None
