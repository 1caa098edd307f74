"""What a person should look at before signing: rules over a document's figures. Warnings only, each with its row.

The rules come from what five published reports got wrong: another administration's name left in, results pasted under
two items, columns shifted by one, captions of another indicator, years of an older report, dead links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz

from handlers.documents import facts, wording
from handlers.documents.findings import Finding, finding, in_order
from thai.dates import format_date
from thai.period import PeriodError, parse_period
from thai.text import normalise

Row = Mapping[str, Any]
LINK_CHECK_DAYS = 30  # a link that was looked at longer ago counts as not looked at
SAME = 95  # per cent of two results from which one counts as pasted
LONG_ENOUGH = 25  # characters of a result that can be pasted; "ดำเนินการเรียบร้อยแล้ว" may stand anywhere
UNITS = ("สำนัก", "กอง", "งาน", "ฝ่าย", "ส่วน", "หน่วยตรวจสอบ", "ศูนย์", "เจ้าหน้าที่", "ทุกส่วน", "ทุกกอง")


def measures(figures: Row) -> list[Finding]:
    """The report of measures."""
    rows: Sequence[Row] = figures["measures"]
    found: list[Finding] = []
    for row in rows:
        found += wording_of(figures, _at(row), _texts(row))
        found += _gaps(figures, row)
        found += _code(figures, row)
        found += proof_of(figures, _at(row), row)
        if row["status"] == "done" and not any(one["approved"] for one in row["evidence"]):
            found.append(finding("no_evidence", "mend", "ดำเนินการแล้ว แต่ไม่มีหลักฐานที่ตรวจรับแล้วในรอบนี้", _at(row)))
    found += _pasted([(_at(row), " ".join(row["results"]), row["item_code"]) for row in rows])
    found += [finding("left_out", "look", "ไม่อยู่ในเอกสาร เพราะระยะเวลาอยู่นอกรอบนี้", row) for row in figures["left_out"]]
    if figures["layout"] == "001":
        found += _items(figures)
        if not figures["scores"]["complete"]:
            found.append(finding("no_scores", "look", "คะแนน ITA ยังไม่ครบ 10 ตัวชี้วัด เอกสารจึงไม่มีบันทึกข้อความและคะแนนรวม"))
        found += _scores(figures)
    found += [*_unconfirmed(figures), *too_early(figures)]
    if figures["layout"] in ("001", "002"):
        found += signers_of(figures, ("mayor",) if figures["layout"] == "002" else ("mayor", "clerk", "proposer"))
    return in_order(found)


def announcement(figures: Row) -> list[Finding]:
    """The announcement prints none of the rows: only what it says itself."""
    return in_order([*signers_of(figures, ("mayor",)), *too_early(figures)])


def memo(figures: Row) -> list[Finding]:
    return in_order([*_scores(figures), *signers_of(figures, ("mayor", "clerk", "proposer"))])


def elements(figures: Row) -> list[Finding]:
    return in_order(_items(figures))


def register(figures: Row) -> list[Finding]:
    found: list[Finding] = []
    for section in figures["register"]["sections"]:
        for row in section["rows"]:
            at = {"table": "register", "id": row["id"], "label": row["title"]}
            found += wording_of(
                figures, at, [("รายการ", row["title"]), *(("รายการ", value) for value in row["values"])]
            )
            found += proof_of(figures, at, row)
            if row["dated_needed"] and not row["dated"]:
                found.append(finding("no_date", "look", "ไม่มีวันที่", at))
    return in_order(found)


# -- rules -----------------------------------------------------------------------------------------------


def _at(row: Row) -> dict[str, Any]:
    label = " ".join(words for words in (row["item_code"], row["title"]) if words)
    return {"table": "measure", "id": row["id"], "label": label[:80]}


def _texts(row: Row) -> list[tuple[str, str]]:
    """(what it is, text) of everything that a person wrote in a measure."""
    single = (("หัวข้อ", "item_text"), ("ประเด็น", "issue"), ("มาตรการ", "title"), ("ระยะเวลา", "period"))
    several = (
        ("ขั้นตอน", "steps"),
        ("ผู้รับผิดชอบ", "units"),
        ("ผู้รับผิดชอบ", "roles"),
        ("การกำกับ", "supervision"),
        ("ผล", "results"),
    )
    texts = [(what, row[name]) for what, name in single]
    texts += [(what, text) for what, name in several for text in row[name]]
    texts += [("ผลลัพธ์", row["outcome"]), ("ข้อเสนอแนะ", row["suggestion"])]
    return [*texts, *(("หลักฐาน", one["title"]) for one in row["evidence"])]


def wording_of(figures: Row, at: dict[str, Any], texts: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    office, year = figures["office"], figures["fiscal_year"]
    said: set[tuple[str, str]] = set()
    for what, text in texts:
        for words in wording.foreign_organisations(text, office["kind"], office["name"]):
            if ("org", words) not in said:
                said.add(("org", words))
                yield finding("foreign_organisation", "mend", f"{what}มี “{words}” ซึ่งไม่ใช่{office['full']}", at)
        for words in wording.foreign_years(text, year):
            if ("year", words) not in said:
                said.add(("year", words))
                yield finding("foreign_year", "mend", f"{what}มี “{words}” ไม่ตรงกับปีงบประมาณ {year}", at)
        if piece := wording.torn(text):
            yield finding("torn_text", "look", f"{what}มีตัวอักษรแยกจากกัน “{piece}”", at)
        for wrong, right in wording.misspelt(text):
            yield finding("misspelt", "look", f"{what}มี “{wrong}” น่าจะเป็น “{right}”", at)
        if piece := wording.markup(text):
            yield finding("markup", "mend", f"{what}มีรหัสหน้าเว็บติดมา “{piece}”", at)


def _gaps(figures: Row, row: Row) -> Iterator[Finding]:
    """What a row has to have, and cells that stand one column too far."""
    at = _at(row)
    if row["instrument"] and not row["item_code"]:
        listed = facts.codes(figures["fiscal_year"], row["instrument"][0])  # none: that year's questions are not known
        yield finding("no_code", "mend" if listed else "look", f"ไม่มีรหัสข้อของ {row['instrument']}", at)
    if not row["units"] and not row["roles"]:
        yield finding("no_responsible", "mend", "ไม่มีผู้รับผิดชอบ", at)
    if not row["period"]:
        yield finding("no_period", "mend", "ไม่มีระยะเวลา", at)
    if row["status"] != "not_started" and not row["results"]:
        yield finding("no_result", "mend", "ยังไม่ได้เขียนผลการดำเนินการ", at)
    if row["status"] == "not_started" and row["results"]:
        yield finding("status", "look", "มีผลการดำเนินการแล้ว แต่สถานะยังเป็น “ยังไม่ดำเนินการ”", at)
    if row["period"].startswith(UNITS) and not _is_period(row["period"]):
        yield finding("shifted", "mend", f"ช่องระยะเวลาเป็น “{row['period'][:40]}” อาจเลื่อนไปหนึ่งช่อง", at)
    for text in (*row["units"], *row["roles"]):
        if _is_period(text):
            yield finding("shifted", "mend", f"ช่องผู้รับผิดชอบเป็นระยะเวลา “{text[:40]}” อาจเลื่อนไปหนึ่งช่อง", at)


def _is_period(text: str) -> bool:
    try:
        parse_period(text, 2566)  # any year: only whether it can be read matters
    except PeriodError:
        return False
    return True


def _code(figures: Row, row: Row) -> Iterator[Finding]:
    """The code is one of this year's, of this instrument, under its own indicator."""
    at, code, year = _at(row), row["item_code"], figures["fiscal_year"]
    if not code:
        return
    if not row["item_known"]:
        yield finding("unknown_code", "mend", f"ปี {year} ไม่มีข้อ {code} อาจเป็นเลขของปีอื่น", at)
    elif row["instrument"] and code[0].upper() != row["instrument"][0]:
        yield finding("other_instrument", "mend", f"ข้อ {code} ไม่ใช่ของ {row['instrument']}", at)
    right = row["indicator_by_code"]
    names = figures["indicators"]
    if right is not None and row["indicator"] != right:
        said = f"ข้อ {code} อยู่ในตัวชี้วัดที่ {right} {names[str(right)]} ไม่ใช่ตัวชี้วัดที่ {row['indicator']}"
        yield finding("wrong_indicator", "mend", said, at)
    elif right is not None:
        for number in map(str, range(1, 11)):
            if number != str(right) and names[number] in row["item_text"]:
                said = f"หัวข้อของ {code} เขียนชื่อตัวชี้วัด “{names[number]}” แต่ {code} อยู่ในตัวชี้วัดที่ {right} {names[str(right)]}"
                yield finding("wrong_indicator", "mend", said, at)


def proof_of(figures: Row, at: dict[str, Any], row: Row) -> Iterator[Finding]:
    """Links that answer, days inside the period."""
    for one in row["evidence"]:
        name = one["title"] or one["order_number"] or one["url"]
        if one["url"]:
            yield from _link(figures, at, one)
        if not one["approved"]:
            yield finding("not_approved", "look", f"หลักฐาน “{name[:60]}” ยังไม่มีผู้ตรวจรับ", at)
        if not one["dated"]:
            yield finding("no_date", "look", f"หลักฐาน “{name[:60]}” ไม่มีวันที่", at)
    for one in row.get("evidence_outside", ()):
        name = one["title"] or one["order_number"] or one["url"]
        day = format_date(date.fromisoformat(one["dated"]))
        yield finding("outside_period", "mend", f"หลักฐาน “{name[:60]}” ลงวันที่ {day} อยู่นอกรอบ จึงไม่พิมพ์ในเอกสาร", at)


def _link(figures: Row, at: dict[str, Any], one: Row) -> Iterator[Finding]:
    if wording.broken_address(one["url"]):
        yield finding("broken_link", "mend", f"ที่อยู่เว็บเขียนผิด {one['url']}", at)
    elif one["link_status"] == "dead":
        reason = f" ({one['link_detail']})" if one["link_detail"] else ""
        yield finding("dead_link", "mend", f"ลิงก์เปิดไม่ได้ {one['url']}{reason}", at)
    else:
        checked = one["link_checked_on"]
        latest = date.fromisoformat(figures["collected_at"][:10]) - timedelta(days=LINK_CHECK_DAYS)
        if not checked or date.fromisoformat(checked) < latest:
            yield finding("unchecked_link", "look", f"ยังไม่ได้ตรวจลิงก์ {one['url']}", at)


def _pasted(results: Sequence[tuple[dict[str, Any], str, str]]) -> Iterator[Finding]:
    """The same result under two items: (row, text, code)."""
    long = [(at, normalise(text), code) for at, text, code in results if len(text) >= LONG_ENOUGH]
    for (first, text, code), (second, again, other) in combinations(long, 2):
        if fuzz.ratio(text, again, score_cutoff=SAME):
            where = (other and code != other and code) or first["label"]
            yield finding("pasted", "mend", f"ผลการดำเนินการเหมือนกับของ “{where}”", second)


def _items(figures: Row) -> Iterator[Finding]:
    """O-items: all there, none met without proof and a second person, no pasted notes."""
    items: Sequence[Row] = figures["items_with_elements"]
    year = figures["fiscal_year"]
    wanted = facts.codes(year, "O")
    there = {item["code"] for item in items}
    if items and (missing := [code for code in wanted if code not in there]):
        at = {"table": "elements", "id": 0, "label": f"องค์ประกอบ OIT ปี {year}", "fy": year}
        yield finding("missing_items", "mend", f"ไม่มีข้อ {', '.join(missing)}", at)
    notes = []
    for item in items:
        for element in item["elements"]:
            label = f"{item['code']} {element['text']}"[:80]
            at = {"table": "element", "id": element["id"], "label": label, "code": item["code"], "fy": year}
            yield from wording_of(figures, at, [("องค์ประกอบ", element["text"]), ("ผล", element["note"])])
            yield from proof_of(figures, at, element)
            notes.append((at, element["note"], item["code"]))
            if element["status"] == "met" and not element["checked_by"]:
                yield finding("unchecked", "look", "ครบแล้ว แต่ยังไม่มีผู้ตรวจสอบคนที่สอง", at)
            if element["status"] == "met" and not any(one["approved"] for one in element["evidence"]):
                yield finding("no_evidence", "mend", "ครบแล้ว แต่ไม่มีหลักฐานที่ตรวจรับแล้วในรอบนี้", at)
    yield from _pasted(notes)


def _scores(figures: Row) -> Iterator[Finding]:
    scores, year = figures["scores"], figures["scores"]["fiscal_year"]
    at = {"table": "score", "id": 0, "label": f"คะแนน ITA ปี {year}", "fy": year}
    for note in scores["notes"]:
        yield finding("wrong_score", "mend", note, at)
    if scores["complete"] and not scores["rule_confirmed"]:
        yield finding("unconfirmed_rule", "look", f"เกณฑ์ระดับของปี {year} รอยืนยัน", at)


def _unconfirmed(figures: Row) -> Iterator[Finding]:
    if figures["layout"] == "000" and not figures["items"]["confirmed"]:
        said = f"เลขข้อ {figures['items']['measures']} ของปี {figures['fiscal_year']} รอยืนยันกับคู่มือ ITA ปีนั้น"
        yield finding("unconfirmed_item", "look", said)


def signers_of(figures: Row, who: Sequence[str]) -> Iterator[Finding]:
    """Names that are still to be filled in."""
    names = {"mayor": "นายก", "clerk": "ปลัด", "proposer": "ผู้เสนอ"}
    at = {"table": "office", "id": 0, "label": "ข้อมูลหัวเอกสารและผู้ลงนาม"}
    for one in who:
        if not figures["office"][f"{one}_name"]:
            yield finding("no_signer", "look", f"ยังไม่ได้กรอกชื่อ{names[one]} เอกสารเว้นที่ไว้ให้เขียน", at)
    if not figures["office"]["place"]:
        yield finding("no_place", "look", "ยังไม่ได้กรอกอำเภอและจังหวัด", at)


def too_early(figures: Row) -> Iterator[Finding]:
    """A document of a period that is not over yet."""
    if figures["dated"] <= figures["period"]["ends_on"]:
        last = format_date(date.fromisoformat(figures["period"]["ends_on"]))
        yield finding("too_early", "look", f"เอกสารลงวันที่ก่อนสิ้นรอบ (สิ้นรอบ {last})")
