"""An address as people tell it: "12/3 ม.5 ต.หนองแก", with the postcode from geothai where the place is clear."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from thai.digits import to_arabic
from thai.place import find_postcode, parse_moo

_HOUSE = re.compile(r"(?:บ้าน)?(?:เลข)?(?:ที่)?\s*(\d{1,5}(?:\s*/\s*\d{1,5}(?:-\d{1,5})?)?)(?!\d)")
_NAME = r"\s*([ก-๎]{2,40})"
_PARTS = {
    "subdistrict": re.compile(rf"(?:(?<![ก-๎])ต\s*\.|ตำบล|แขวง){_NAME}"),
    "district": re.compile(rf"(?:(?<![ก-๎])อ\s*\.|อำเภอ|เขต){_NAME}"),
    "province": re.compile(rf"(?:(?<![ก-๎])จ\s*\.|จังหวัด){_NAME}"),
}
_VILLAGE = re.compile(r"(?:ห(?:มู่+|มุ่|มู)(?:บ้าน)?|(?<![ก-๎])ม)\s*\.?\s*(?:ที่)?\s*\d")
LONGEST = 300


class AddressError(ValueError):
    """The words hold neither a house number nor a village; the message is Thai and for a citizen."""


def parse_address(text: str, own: Mapping[str, str]) -> dict[str, Any]:
    """house, moo, subdistrict, district, province, postcode (each None when not known) and the words themselves.

    `own` is AgencyView.fields: its subdistrict, district and province (or those in its address) are meant where none is
    named. Raises AddressError."""
    words = " ".join(to_arabic(text).split())[:LONGEST]
    village = _VILLAGE.search(words)
    before = words[: village.start()] if village else words
    house = _HOUSE.search(before)
    moo = parse_moo(words[village.start() :]) if village else None
    if house is None and moo is None:
        raise AddressError("ขอบ้านเลขที่และหมู่นะคะ\nเช่น 12/3 หมู่ 5")
    named = {part: found[1] for part, pattern in _PARTS.items() if (found := pattern.search(words))}
    home = own_area(own)
    area = named if "subdistrict" in named else {**home, **named}
    place = _lookup(area.get("subdistrict", ""), area.get("district", ""), area.get("province", ""))
    if place is None and not {"district", "province"} & set(named):  # many places have that name: the nearest is meant
        place = _lookup(area.get("subdistrict", ""), home.get("district", ""), home.get("province", ""))
    return {
        "house": house[1].replace(" ", "") if house else None,
        "moo": moo,
        "subdistrict": area.get("subdistrict"),
        "district": place[0] if place else area.get("district"),
        "province": place[1] if place else area.get("province"),
        "postcode": find_postcode(words) or (place[2] if place else None),
        "text": " ".join(text.split())[:LONGEST],
    }


def own_area(own: Mapping[str, str]) -> dict[str, str]:
    """The agency's own sub-district, district and province, as far as its fields say."""
    address = own.get("address", "")
    found = {part: match[1] for part, pattern in _PARTS.items() if (match := pattern.search(address))}
    return {**found, **{part: own[part] for part in _PARTS if own.get(part)}}


@lru_cache(maxsize=256)
def _lookup(subdistrict: str, district: str, province: str) -> tuple[str, str, str | None] | None:
    """(district, province, postcode) when the names mean one place in Thailand, and only one."""
    import geothai  # reads its tables at first use

    if not subdistrict:
        return None
    places = geothai.match(subdistrict, district=district or None, province=province or None)
    if len(places) != 1:
        return None
    place = places[0]
    codes = place.subdistrict.postal_codes
    return place.district.name_th, place.province.name_th, codes[0] if len(codes) == 1 else None
