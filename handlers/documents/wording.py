"""Words that betray a text pasted from elsewhere: another organisation, another year, a line torn by OCR. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

from thai.dates import format_date, month_number
from thai.digits import to_arabic
from thai.organisation import KINDS

# -- another organisation --------------------------------------------------------------------------------

_SPELLINGS = {spelling: kind for kind, words in KINDS.items() for spelling in words.spellings}
_BODY = re.compile(
    "|".join(
        re.escape(s[:-1]) + r"\.?" if s.endswith(".") and len(s) == 4 else re.escape(s)
        for s in sorted(_SPELLINGS, key=len, reverse=True)
    )
)
_MUNICIPAL = re.compile(r"นายกเทศมนตรี|รองนายกเทศมนตรี|สภาเทศบาล|เทศบัญญัติ|เทศบาล(?!ตำบล|เมือง|นคร)")
_OTHER_COUNCIL = re.compile(r"สภา\s?อบต\.?|สภาองค์การบริหารส่วนตำบล")
_VERBS_TOO = {"ตรวจ", "ขยาย", "สะอาด", "สามัคคี"}  # places whose names are more often ordinary words
# How names of places begin that no list has; a verb after "อบต." ("อบต. ตรวจสอบ ...") is no name.
_PLACES = re.compile(
    "บ้าน|หนอง|ห้วย|โคก|นา(?!ย)|บาง(?!ส่วน|ครั้ง|ราย|คน)|ดอน|คลอง|ท่า(?!น)|เขา|ป่า|วัง|ทุ่ง|โนน|กุด|ม่วง|ปราสาท|แม่|สัน|ดง|โพธิ์|โพน|หิน|เกาะ|แหลม|ปาก"
    "|สระ|บึง|ศรี|ไทร|เวียง|หาด|ควน|บ่อ|ถ้ำ|สวน|นิคม|เชียง|พระ|หลัก|ลำ"
)
_NAME = re.compile(r"[ก-๎]+")


def foreign_organisations(text: str, kind: str, name: str) -> Iterator[str]:
    """What names an organisation other than the `kind` and bare `name` given, as it stands in the text: another name,
    another type, or another type's officers."""
    for match in _BODY.finditer(text):
        spelling = match[0] if match[0] in _SPELLINGS else f"{match[0]}."
        other_kind = _SPELLINGS[spelling] != kind
        rest = text[match.end() :]
        following = rest[1:] if rest.startswith(" ") else rest
        named = _NAME.match(following)
        if following.startswith(name) and name:
            if other_kind:
                yield f"{match[0]}{name}"
        elif named and (other_kind or _is_place(named[0])) and not (other_kind and rest.startswith(" ")):
            yield f"{match[0]}{named[0][:30]}"
        elif other_kind:
            yield match[0]
    if not kind.startswith("เทศบาล"):
        yield from (match[0] for match in _MUNICIPAL.finditer(text))
    if kind != "อบต.":
        yield from (match[0] for match in _OTHER_COUNCIL.finditer(text))


def _is_place(word: str) -> bool:
    """Whether a word begins with a place's name."""
    return _PLACES.match(word) is not None or any(word[:length] in _subdistricts() for length in range(4, 20))


@cache
def _subdistricts() -> frozenset[str]:
    """The names of all ตำบล and แขวง (some 5,000)."""
    import geothai  # reads its tables at first use

    return frozenset(
        subdistrict.name_th
        for province in geothai.provinces()
        for district in geothai.districts(province.code)
        for subdistrict in geothai.subdistricts(district.code)
        if subdistrict.name_th not in _VERBS_TOO
    )


# -- another year ----------------------------------------------------------------------------------------

_MONTHS = [format_date(date(2023, no, 1), style).split()[1] for style in ("long", "short") for no in range(1, 13)]
_MONTH = "|".join(re.escape(name).replace(r"\.", r"\.?\s?") for name in _MONTHS)
_MONTH_YEAR = re.compile(rf"(?P<month>{_MONTH})\s*(?:พ\.\s?ศ\.\s*)?(?P<year>25\d\d|[4-9]\d)(?!\d)")
_YEAR = re.compile(r"(?P<month>{_MONTHS})\s*(?:พ\.\s?ศ\.\s*)?(?P<year>25\d\d|[4-9]\d)(?!\d)")
_YEAR = re.compile(r"(?<![\d/])25\d\d(?!\d)")
_FISCAL = re.compile(r"ปีงบประมาณ\s*(?:พ\.\s?ศ\.\s*)?$")
_RANGE = re.compile(r"25\d\d\s*(?:-|–|ถึง)\s*25\d\d")
_LAW = re.compile(
    r"พระราช|พ\.ร\.|ระเบียบ|กฎหมาย|กฎกระทรวง|มติ|ข้อบังคับ|ประมวล|หลักเกณฑ์|แผนพัฒนา|แผนแม่บท"
    r"|ประกาศ(?:คณะกรรมการ|กระทรวง|สำนัก|กรม)"
)
_LOOKS_BACK = re.compile(r"ผลการประเมิน|วิเคราะห์|ที่ผ่านมา|ปีก่อน|เปรียบเทียบ|เทียบกับ|สำรวจ|คะแนน")
_REACH = 90  # characters before a year in which a law's name may stand


def foreign_years(text: str, fiscal_year: int) -> Iterator[str]:
    """Years that do not belong to the fiscal year (Buddhist): a month of another one ("ธันวาคม 2564"), "ปีงบประมาณ"
    of another one, any year but it and the one before. Laws, plans that reach over it and looks back at the last
    assessment are left alone."""
    text = to_arabic(text)
    taken: list[tuple[int, int]] = [match.span() for match in _RANGE.finditer(text) if _reaches(match[0], fiscal_year)]
    for match in _MONTH_YEAR.finditer(text):
        taken.append(match.span())
        year = int(match["year"]) + (2500 if len(match["year"]) == 2 else 0)
        if (
            year + ((month_number(match["month"]) or 0) >= 10) != fiscal_year
            and not _is_law(text, match.start())
            and not _looks_back(text)
        ):
            yield match[0]
    for match in _YEAR.finditer(text):
        if any(first <= match.start() < last for first, last in taken) or _is_law(text, match.start()):
            continue
        year = int(match[0])
        fiscal = _FISCAL.search(text[: match.start()])
        if year not in (fiscal_year, fiscal_year - 1) or (fiscal and year != fiscal_year and not _looks_back(text)):
            yield f"{fiscal[0] if fiscal else ''}{match[0]}"


def _reaches(found: str, fiscal_year: int) -> bool:
    first, last = (int(year) for year in re.findall(r"25\d\d", found))
    return first <= fiscal_year <= last


def _is_law(text: str, at: int) -> bool:
    return _LAW.search(text[max(0, at - _REACH) : at]) is not None


def _looks_back(text: str) -> bool:
    return _LOOKS_BACK.search(text) is not None


# -- torn letters, slips, broken links --------------------------------------------------------------------------

_TORN = re.compile(r"[ก-ฮ] [ะาำ็่-๎ัิ-ฺ]|(?:(?<![ก-๎])[ก-ฮ] ){4,}")


def torn(text: str) -> str:
    """A piece of a text whose letters were torn apart by OCR or a PDF ("ส านักงาน", "ก ร ก ฎ า"); "" for none."""
    match = _TORN.search(text)
    return text[max(0, match.start() - 8) : match.end() + 8].strip() if match else ""


@cache
def _misspelt() -> dict[str, str]:
    lines = files("handlers.documents").joinpath("packs/misspelt.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def misspelt(text: str) -> Iterator[tuple[str, str]]:
    """Slips that published reports have made: (as it stands, what is meant)."""
    yield from ((wrong, right) for wrong, right in _misspelt().items() if wrong in text)


_MARKUP = re.compile(r"</?(?:p|br|ul|ol|li|a|b|i|u|div|span|input|table|tr|td|th|img|strong|em)\b[^>]*>", re.IGNORECASE)


def markup(text: str) -> str:
    """The first piece of HTML that was pasted with a text; "" for none."""
    match = _MARKUP.search(text)
    return match[0] if match else ""


_ADDRESS = re.compile(r"https?://(?P<host>[^\s/:?#]+)(?P<rest>\S*)", re.IGNORECASE)


def broken_address(url: str) -> bool:
    """Whether an address cannot be right whatever the network says: no host with a dot, or two addresses in one."""
    match = _ADDRESS.fullmatch(url.strip())
    return match is None or "." not in match["host"].strip(".") or "http" in match["rest"].lower().partition("?")[0]
