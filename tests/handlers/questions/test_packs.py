"""The starter pack is data that goes out to people: its form is checked here, its facts by the agency's staff."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from handlers.questions.packs import replies

PACKS = Path(replies.__file__).parent
DATA = Path(__file__).parent / "data"

UNITS = {
    "สำนักปลัด",
    "กองคลัง",
    "กองช่าง",
    "กองการศึกษา",
    "งานสวัสดิการสังคม",
    "งานสาธารณสุข",
    "งานป้องกันและบรรเทาสาธารณภัย",
}
AGENCY_FIELDS = {
    *("agency", "agency_short", "office_phone", "office_hours", "address", "email", "fax", "website", "map_url"),
    *("mayor_title", "mayor_name", "mayor_phone", "clerk_title", "clerk_name", "garbage_days", "line_id"),
    *(f"unit_phone_{unit}" for unit in ("finance", "works", "welfare", "health", "office", "education")),
}
HOTLINES = {
    f"hotline_{line}" for line in ("fire", "medical", "police", "disaster", "mental", "social", "electric", "nacc")
}
LATIN_NAMES = {"LINE", "EIT", "ITA", "QR", "OTP", "PDF", "PDPA", "CCTV", "EMS", "PM", "No", "Gift", "Policy"}
DECISIONS = {"handoff", "smalltalk", "emergency", "integrity"}
# A question about how to report corruption never reaches the search: its phrasings are expected as "integrity".
CAUGHT_BEFORE_SEARCH = {"report-corruption"}
LONGEST_LINE = 62
PAYMENT_OR_TIME = re.compile(r"\d[\d,–]*\s*(บาท|วัน|ปี|ชั่วโมง|เดือน|%|ตร\.ม\.|เมตร)")
# Advice for the moment itself (first aid, prevention, service at any hour), which staff need not confirm.
ADVICE = {"15 นาที", "24 ชั่วโมง", "7 วัน"}


def rows(name: str) -> list[dict[str, str]]:
    with (PACKS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def queries(name: str) -> list[tuple[str, str]]:
    lines = (DATA / f"{name}.tsv").read_text("utf-8").splitlines()
    assert lines[0] == "query\texpected"
    pairs = [tuple(line.split("\t")) for line in lines[1:]]
    assert all(len(pair) == 2 and all(pair) for pair in pairs)
    return [(pair[0], pair[1]) for pair in pairs]


FAQ = rows("faq.csv")
SERVICES = rows("services.csv")
ANSWERS = [pytest.param(row["answer"], id=row["id"]) for row in FAQ]
REPLIES = [
    *(pytest.param(text, id=f"smalltalk-{topic}") for topic, text in replies.SMALLTALK.items()),
    *(pytest.param(text, id=f"emergency-{topic}") for topic, text in replies.EMERGENCY.items()),
    pytest.param(replies.INTEGRITY_NOTICE, id="integrity"),
    pytest.param(replies.INTEGRITY_NOTICE_NO_DOOR, id="integrity-no-door"),
]


def fields_of(text: str) -> set[str]:
    fields = re.findall(r"\{([a-z_]+)\}", text)
    assert text.count("{") == text.count("}") == len(fields), "a brace that is no field"
    return set(fields)


def facts_of(text: str) -> list[str]:
    """The texts between ⟦ and ⟧, which must pair up on one line and never nest."""
    facts = re.findall(r"⟦([^⟦⟧\n]+)⟧", text)
    assert text.count("⟦") == text.count("⟧") == len(facts), "a fact mark without its other half"
    return facts


def latin_words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]+", re.sub(r"\{[a-z_]+\}", "", text)))


def people_texts() -> Iterator[str]:
    for row in FAQ:
        yield from (row["question"], row["answer"])
    for row in SERVICES:
        yield from (row[column] for column in row if column != "id")


def test_files_are_plain_utf8_with_the_agreed_columns() -> None:
    columns = {
        "faq.csv": "id,question,alternatives,answer,unit,owner,source,review_by,status",
        "services.csv": "id,name,alternatives,steps,documents,fee,days,unit,legal_note",
    }
    for name, header in columns.items():
        assert (PACKS / name).read_bytes().startswith(header.encode() + b"\r\n"), name


def test_enough_entries_each_with_its_own_kebab_id() -> None:
    assert len(FAQ) >= 90
    assert len(SERVICES) >= 25
    for table in (FAQ, SERVICES):
        ids = [row["id"] for row in table]
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry) for entry in ids)


def test_the_manuals_that_are_asked_for_by_name_are_in_the_catalogue() -> None:
    """R25: the allowances for the elderly and for people with AIDS, and how reports of corruption are handled."""
    names = {row["id"]: row["name"] for row in SERVICES}
    for entry, word in (
        ("elderly-registration", "ผู้สูงอายุ"),
        ("aids-registration", "เอดส์"),
        ("report-corruption", "ทุจริต"),
    ):
        assert word in names[entry]


@pytest.mark.parametrize("row", FAQ, ids=lambda row: row["id"])
def test_every_entry_is_complete(row: dict[str, str]) -> None:
    assert row["question"]
    assert row["source"]
    assert row["unit"] in UNITS
    assert row["status"] == "published"
    assert date.fromisoformat(row["review_by"]).year == 2027
    alternatives = row["alternatives"].split("|")
    assert 2 <= len(alternatives) <= 6
    assert all(text == text.strip() and text for text in alternatives)


def test_no_phrasing_belongs_to_two_entries() -> None:
    owners: dict[str, set[str]] = {}
    for row in FAQ:
        for text in (row["question"], *row["alternatives"].split("|")):
            owners.setdefault(text.replace(" ", ""), set()).add(row["id"])
    assert {text: ids for text, ids in owners.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("answer", ANSWERS)
def test_answers_are_short_polite_and_leave_a_way_on(answer: str) -> None:
    lines = answer.split("\n")
    assert 3 <= len(lines) <= 7
    assert all(line.strip() == line and 0 < len(line) <= LONGEST_LINE for line in lines)
    assert re.search("ค่ะ|คะ", answer)
    assert not re.search("ครับ|ท่าน|ไม่เข้าใจคำสั่ง", answer)
    assert re.search(r"\{\w*phone\w*\}|\b1\d{2,3}\b|คุยกับเจ้าหน้าที่|\{website\}", answer), "nobody to turn to"


@pytest.mark.parametrize("answer", ANSWERS)
def test_answers_use_only_fields_that_an_agency_fills_in(answer: str) -> None:
    assert fields_of(answer) <= AGENCY_FIELDS


@pytest.mark.parametrize("answer", ANSWERS)
def test_money_and_time_limits_stand_inside_a_fact_to_confirm(answer: str) -> None:
    assert all(not fields_of(fact) for fact in facts_of(answer))
    outside = re.sub(r"⟦[^⟧]*⟧", "", answer)
    assert {match.group(0) for match in PAYMENT_OR_TIME.finditer(outside)} <= ADVICE


@pytest.mark.parametrize("row", SERVICES, ids=lambda row: row["id"])
def test_every_service_tells_steps_papers_fee_and_days(row: dict[str, str]) -> None:
    assert row["name"]
    assert row["unit"] in UNITS
    assert all(row[column] for column in ("alternatives", "steps", "documents", "fee", "days"))
    for column in ("alternatives", "steps", "documents"):
        assert all(part == part.strip() and part for part in row[column].split("|")), column
        assert all(len(part) <= LONGEST_LINE for part in row[column].split("|")), column
    for column in ("fee", "days", "legal_note"):
        assert row[column] == "" or facts_of(row[column]) == [row[column][1:-1]], column
    assert all(not fields_of(text) for text in row.values())


def test_no_foreign_word_is_left_over() -> None:
    found = {word for text in people_texts() for word in latin_words(text)}
    assert found <= LATIN_NAMES


@pytest.mark.parametrize("text", REPLIES)
def test_replies_are_polite_short_and_fill_in(text: str) -> None:
    known = AGENCY_FIELDS | HOTLINES | {"integrity_url"}
    assert fields_of(text) <= known
    assert "{" not in text.format_map(dict.fromkeys(known, "0"))
    assert all(len(line) <= LONGEST_LINE for line in text.split("\n"))
    assert re.search("ค่ะ|คะ", text)
    assert "ครับ" not in text
    assert latin_words(text) <= LATIN_NAMES


def test_emergencies_begin_with_the_number_alone_on_its_line() -> None:
    first = {
        "fire": "{hotline_fire}",
        "medical": "{hotline_medical}",
        "police": "{hotline_police}",
        "missing": "{hotline_police}",
        "disaster": "{hotline_disaster}",
        "rescue": "{hotline_fire}",
        "electric": "{hotline_electric}",
    }
    for topic, number in first.items():
        assert replies.EMERGENCY[topic].split("\n")[0] == number
    assert set(replies.EMERGENCY) == {*first, "crisis"}


def test_a_crisis_gets_warmth_and_a_person_and_no_menu() -> None:
    lines = replies.EMERGENCY["crisis"].split("\n")
    assert "เป็นห่วง" in lines[0]
    assert lines[1] == "{hotline_mental}"
    assert "เมนู" not in replies.EMERGENCY["crisis"]


def test_the_integrity_notice_offers_the_sealed_form_only_when_it_is_open() -> None:
    assert fields_of(replies.INTEGRITY_NOTICE) == {"integrity_url", "hotline_nacc"}
    assert fields_of(replies.INTEGRITY_NOTICE_NO_DOOR) == {"hotline_nacc"}
    for text in (replies.INTEGRITY_NOTICE, replies.INTEGRITY_NOTICE_NO_DOOR):
        assert "ไม่ได้เก็บข้อความ" in text
        assert not re.search("ปลอดภัยแน่นอน|ไม่มีใครรู้|คุ้มครองโดยกฎหมาย", text), "more than can be promised"


@pytest.mark.parametrize("name", ["dev", "heldout"])
def test_queries_cover_every_entry_and_every_other_decision(name: str) -> None:
    counts = Counter(expected for _, expected in queries(name))
    ids = {row["id"] for row in FAQ} - CAUGHT_BEFORE_SEARCH
    assert set(counts) == ids | DECISIONS
    assert all(counts[entry] >= 3 for entry in ids)
    assert counts["handoff"] >= 40
    assert counts["smalltalk"] >= 25
    assert counts["emergency"] >= 30
    assert counts["integrity"] >= 30


def test_no_query_is_in_both_sets_or_in_the_pack() -> None:
    def plain(text: str) -> str:
        return re.sub(r"[\s็-๎?.,]", "", text).lower()

    dev, heldout = ([plain(query) for query, _ in queries(name)] for name in ("dev", "heldout"))
    pack = {plain(text) for row in FAQ for text in (row["question"], *row["alternatives"].split("|"))}
    assert set(dev) & set(heldout) == set()
    assert len(dev) == len(set(dev))
    assert len(heldout) == len(set(heldout))
    assert pack & {*dev, *heldout} == set()
