"""From the cells of a row to a measure: which text is which field, and what could not be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rapidfuzz import fuzz, process

from handlers.measures import cells, scores
from handlers.measures.cells import CONTINUED, Proof
from handlers.measures.headings import TICKS, Heading
from handlers.measures.items import Code, bracketed_code, items, leading_code, read_code
from handlers.measures.operations import STATUS_LABELS, MeasureDetails, MeasureError, Progress, checked, read_period
from handlers.measures.tables import Row
from thai.dates import format_date
from thai.digits import to_arabic


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that did not become part of a measure, and why (Thai)."""

    place: str
    column: str
    text: str
    why: str

    def __str__(self) -> str:
        where = f"{self.place} ({self.column})" if self.column else self.place
        return f"{where}: {self.why} “{self.text[:200]}”"


@dataclass(frozen=True, slots=True)
class Draft:
    """A measure as it would be stored. `doubts`: what was read but should be looked at (Thai)."""

    place: str
    details: MeasureDetails
    progress: Progress
    proofs: tuple[Proof, ...]
    doubts: tuple[str, ...]

    @property
    def days(self) -> str:
        """The period as it was read ("1 ต.ค. 65 - 31 มี.ค. 66"), for a person to compare with what was written."""
        period = read_period(self.details.period_text, self.details.fiscal_year)
        if period.starts_on and period.ends_on:
            return f"{format_date(period.starts_on)} - {format_date(period.ends_on)}"
        return f"ถึง {format_date(period.ends_on)}" if period.ends_on else ""

    def as_dict(self) -> dict[str, Any]:
        details, progress = self.details, self.progress
        period = read_period(details.period_text, details.fiscal_year)
        return {
            "place": self.place,
            "title": details.title,
            "instrument": details.instrument,
            "indicator": details.indicator,
            "item_code": details.item_code,
            "item_text": details.item_text,
            "issue": details.issue,
            "steps": list(details.steps),
            "responsible_units": list(details.responsible_units),
            "responsible_roles": list(details.responsible_roles),
            "period_text": details.period_text,
            "starts_on": period.starts_on.isoformat() if period.starts_on else None,
            "ends_on": period.ends_on.isoformat() if period.ends_on else None,
            "supervision": list(details.supervision),
            "cadence": details.cadence,
            "status": progress.status,
            "results": list(progress.results),
            "outcome": progress.outcome,
            "suggestion": progress.suggestion,
            "evidence": [
                {
                    "kind": proof.kind,
                    "url": proof.url,
                    "order_number": proof.order_number,
                    "dated": proof.dated.isoformat() if proof.dated else None,
                }
                for proof in self.proofs
            ],
            "notes": details.notes,
            "doubts": list(self.doubts),
        }


# -- what stands around a row ----------------------------------------------------------------------------

_INSTRUMENT = re.compile(r"(?<![A-Za-z])(IIT|EIT|OIT)(?![A-Za-z])", re.IGNORECASE)
_INDICATOR = re.compile(r"ตัวชี้วัด(?:ย่อย)?\s*ที่\s*([0-9๐-๙]{1,2})(?:\s*[.．]\s*[0-9๐-๙]{1,2})?(?![0-9๐-๙])")


@dataclass(frozen=True, slots=True)
class Context:
    """The instrument and indicator that captions said; what is said later counts."""

    instrument: str = ""
    indicator: int | None = None

    def __bool__(self) -> bool:
        return bool(self.instrument or self.indicator)

    def then(self, later: Context) -> Context:
        if later.instrument and later.instrument != self.instrument:
            return later  # another instrument: the indicator before is not its own
        return Context(later.instrument or self.instrument, later.indicator or self.indicator)


def context_of(text: str) -> Context:
    """What a caption or heading says: "เครื่องมือประเมิน EIT ตัวชี้วัดที่ ๗ ..."."""
    instruments = {match.upper() for match in _INSTRUMENT.findall(text)}
    indicators = {int(to_arabic(match)) for match in _INDICATOR.findall(text)}
    indicator = next(iter(indicators)) if len(indicators) == 1 else None
    if indicator is not None and not 1 <= indicator <= 10:
        indicator = None
    instrument = next(iter(instruments)) if len(instruments) == 1 else ""
    return Context(instrument or (scores.instrument_of(indicator) if indicator and not instruments else ""), indicator)


# -- rows ------------------------------------------------------------------------------------------------

_WHAT = ("title", "issue", "steps", "item")
_JOINED_LIKE = 90  # of 100: a cell of a "(ต่อ)" row that says again what is there


@dataclass(slots=True)
class Record:
    """The cells of a measure by field. `extra`: cells of columns without a field, as (heading, text). `below`: fields
    whose cells are merged with the row above."""

    place: str
    context: Context
    texts: dict[str, str] = field(default_factory=dict)
    extra: list[tuple[str, str]] = field(default_factory=list)
    below: set[str] = field(default_factory=set)
    columns: dict[str, str] = field(default_factory=dict)  # field: heading
    goes_on: bool = False

    @classmethod
    def of(cls, place: str, row: Row, heading: Heading, context: Context) -> Record:
        record = cls(place, context)
        for column in heading.columns:
            text = row.cells[column.place] if column.place < len(row.cells) else ""
            record.goes_on |= bool(CONTINUED.search(text))
            text = CONTINUED.sub("", text).strip()
            if column.field:
                record.columns.setdefault(column.field, column.heading)
                if text:
                    before = record.texts.get(column.field, "")
                    record.texts[column.field] = f"{before}\n{text}" if before else text
                    if column.place in row.below:
                        record.below.add(column.field)
            elif text and column.place not in row.below:
                record.extra.append((column.heading, text))
        for place_beyond in range(len(heading.columns), len(row.cells)):
            if row.cells[place_beyond]:
                record.extra.append(("", row.cells[place_beyond]))
        return record

    @property
    def is_lonely(self) -> bool:
        """Only one cell holds something."""
        return len(self.texts) + len(self.extra) == 1

    @property
    def has_what(self) -> bool:
        """It says at least what the measure is about."""
        return any(self._own(name) for name in _WHAT)

    def _own(self, name: str) -> str:
        return "" if name in self.below else self.texts.get(name, "")

    def continues(self, before: Record) -> bool:
        """Whether this row goes on with the measure of the row before."""
        if self.goes_on:
            return True
        if "title" in self.columns:
            # A merged or empty title; a number of its own begins a measure that forgot its title.
            return not self._own("title") and not self._own("no") and not self._own("item_code")
        return not self._own("issue") and not self._own("item") and not self._own("responsible")

    def join(self, more: Record) -> None:
        """Take in the row below: only what is not here yet."""
        for name, text in more.texts.items():
            here = self.texts.get(name, "")
            if name in more.below or _said_again(text, here):
                continue
            self.texts[name] = f"{here}\n{text}" if here else text
        self.extra += [pair for pair in more.extra if pair not in self.extra]


def _said_again(text: str, here: str) -> bool:
    """Whether the cell of a "(ต่อ)" row only repeats what is there."""
    return text in here or (len(text) + len(here) < 5_000 and fuzz.ratio(text, here) >= _JOINED_LIKE)


# -- the measure -----------------------------------------------------------------------------------------

_NOTHING = re.compile(r"(?:ไม่มี(?:ข้อมูล|มาตรการ)?|[-–—]+)\s*(?:\([0๐]\))?")
_FROM_RESULT = re.compile(r"^(?:จาก)?(?:การวิเคราะห์)?\s*ผลการ(?:วิเคราะห์|ประเมิน)")


def draft(record: Record, fiscal_year: int, today: date) -> tuple[Draft | None, list[Unread]]:
    """The measure of a record, and what of it could not be read."""
    return _Drafting(record, fiscal_year, today).make()


class _Drafting:
    def __init__(self, record: Record, fiscal_year: int, today: date) -> None:
        self.record, self.fiscal_year, self.today = record, fiscal_year, today
        self.doubts: list[str] = []
        self.unread: list[Unread] = []
        self.notes: list[str] = []
        self.proofs: list[Proof] = []

    def text(self, name: str) -> str:
        return self.record.texts.get(name, "")

    def cannot(self, name: str, text: str, why: str) -> None:
        column = self.record.columns.get(name, "")
        self.unread.append(Unread(self.record.place, column, text, why))

    def make(self) -> tuple[Draft | None, list[Unread]]:
        place = self.record.place
        instrument, indicator, code, rest = self._item()
        title, steps, issue = self._what(rest["issue"], rest["title"])
        if not title or _NOTHING.fullmatch(title):
            words = " | ".join([*self.record.texts.values(), *(text for _, text in self.record.extra)])
            why = "แถวที่บอกว่าไม่มี ไม่ได้นำเข้า" if title else "ไม่พบชื่อมาตรการ ไม่ได้นำเข้าแถวนี้"
            self.unread.append(Unread(place, "", words, why))
            return None, self.unread
        units, roles = cells.responsible(self.text("responsible"))
        period, supervision = self._when()
        progress = self._progress()
        self._keep_extra()
        said = context_of(issue)
        details = MeasureDetails(
            fiscal_year=self.fiscal_year,
            title=title,
            instrument=instrument or said.instrument,
            indicator=indicator or (said.indicator if not instrument or said.instrument == instrument else None),
            item_code=code,
            item_text=rest["item"],
            issue=issue,
            steps=steps,
            responsible_units=units,
            responsible_roles=roles,
            period_text=period,
            supervision=supervision,
            cadence=cells.cadence((*supervision, period)),
            notes="\n".join(self.notes),
        )
        try:
            checked(details)
        except MeasureError as error:
            self.unread.append(Unread(place, "", title, f"{error} ไม่ได้นำเข้าแถวนี้"))
            return None, self.unread
        return Draft(place, details, progress, tuple(dict.fromkeys(self.proofs)), tuple(self.doubts)), self.unread

    # -- which item

    def _item(self) -> tuple[str, int | None, str, dict[str, str]]:
        """Instrument, indicator, code, and the cells that may begin with a code, without it."""
        around = self.record.context.then(context_of(self.text("indicator")))
        number = _indicator(self.text("indicator"))
        indicator = number or around.indicator
        # An indicator says its instrument, whatever the table is called ("ประเด็นการประเมิน IIT" above EIT's rows).
        instrument = scores.instrument_of(indicator) if indicator else around.instrument
        rest = {name: self.text(name) for name in ("item", "issue", "title")}
        found: Code | None = None
        if self.text("item_code"):
            found = read_code(self.text("item_code").split("\n")[0], instrument)
            if found is None:
                self.cannot("item_code", self.text("item_code"), "อ่านรหัสข้อไม่ได้ เก็บไว้ในหมายเหตุ")
                self.notes.append(f"รหัสข้อ: {self.text('item_code')}")
        for name in rest:
            if found is None:
                found, rest[name] = leading_code(rest[name], instrument)
        found = found or next((code for text in rest.values() if (code := bracketed_code(text, instrument))), None)
        if found is None:
            return instrument, indicator, "", rest
        if found.doubt:
            self.doubts.append(found.doubt)
        if known := items(self.fiscal_year).get(found.code):
            own = int(known.indicator.split(".")[0])
            if indicator and own != indicator:
                self.doubts.append(f"{found.code} เป็นข้อของตัวชี้วัดที่ {own} แต่ไฟล์เขียนตัวชี้วัดที่ {indicator}")
            indicator = own
        elif found.code[0] == "O" and self.fiscal_year != 2566:
            self.doubts.append(f"ไม่มีข้อ {found.code} ในรายการของปี {self.fiscal_year} ที่ระบบรู้จัก โปรดตรวจ")
        own_instrument = {"I": "IIT", "E": "EIT", "O": "OIT"}[found.code[0]]
        if instrument and instrument != own_instrument:
            self.doubts.append(f"{found.code} เป็นข้อของ {own_instrument} แต่ไฟล์เขียน {instrument}")
        return own_instrument, indicator, found.code, rest

    # -- what to do

    def _what(self, issue: str, title_text: str) -> tuple[str, list[str], str]:
        """Title, steps and issue. Where no column is the title, the first step is."""
        steps = cells.lines(self.text("steps"))
        if steps and not issue and _FROM_RESULT.match(steps[0]):
            issue = steps.pop(0)
        title, more = cells.split_title(title_text)
        steps = [*more, *steps]
        if not title and steps:
            if "title" in self.record.columns:
                self.doubts.append("ไม่มีชื่อมาตรการ ใช้ขั้นตอนแรกแทน")
            title = steps.pop(0)
        if not title:
            title, issue = " ".join(issue.split()), ""
            if title:
                self.doubts.append("ไม่มีชื่อมาตรการ ใช้ประเด็นแทน")
        if not title:
            title = " ".join(self.text("item").split())
        return title, steps, issue

    def _when(self) -> tuple[str, list[str]]:
        supervision = cells.lines(self.text("supervision"))
        text = " ".join(self.text("period").split())
        if text and read_period(text, self.fiscal_year).ends_on is None:
            found = cells.period_in(self.text("period"), self.fiscal_year)
            if found is None:
                self.cannot("period", text, "อ่านช่วงเวลาไม่ได้ เก็บเป็นข้อความ")
            elif found.text != text:
                self.doubts.append(f"ใช้ช่วงเวลา “{found.text}” จาก “{text[:100]}”")
                self.notes.append(f"ระยะเวลา: {text}")
                text = found.text
        elif not text and (found := cells.period_in(self.text("supervision"), self.fiscal_year)):
            text = found.text
        return text, supervision

    # -- how far

    def _progress(self) -> Progress:
        status, doubts = "", []
        results: list[str] = []
        if any(name in self.record.columns for name in TICKS):
            marks = {name: self.text(name) for name in TICKS if name in self.record.columns}
            ticks = cells.from_ticks(marks)
            status, doubts = ticks.status, [ticks.doubt]
            if ticks.left:
                self.cannot(TICKS[0], ticks.left, "อ่านช่องสถานะไม่ได้ เก็บไว้ในหมายเหตุ")
                self.notes.append(f"สถานะ: {ticks.left}")
        if said := self.text("status"):
            word = cells.from_text(said)
            status = status or word.status
            doubts.append(word.doubt)
            if word.left:
                self.notes.append(f"สถานะ: {word.left}")
                if not word.status:
                    self.cannot("status", said, "อ่านสถานะไม่ได้ เก็บไว้ในหมายเหตุ")
        for name in ("progress", "results"):
            if text := self.text(name):
                word = cells.from_text(text)
                status = status or word.status
                doubts.append(word.doubt if not status else "")
                results += cells.lines(self._proven(name, word.left))
        outcome = self._proven("outcome", self.text("outcome"))
        suggestion = self.text("suggestion")
        if left := self._proven("evidence", self.text("evidence")):
            self.notes.append(f"หลักฐาน: {left}")
        if not status:
            status = "done" if results or outcome or self.proofs else "not_started"
            doubts.append(f"ไม่มีสถานะในไฟล์ ตั้งเป็น{STATUS_LABELS[status]}")
        self.doubts += [doubt for doubt in dict.fromkeys(doubts) if doubt]
        return Progress(status, tuple(results), outcome, suggestion)

    def _proven(self, name: str, text: str) -> str:
        """The text without its links, which become evidence."""
        found = cells.proofs(text, self.today)
        self.proofs += found.found
        for url in found.broken:
            self.cannot(name, url, "ลิงก์ไม่ถูกรูปแบบ เก็บไว้ในข้อความ")
        return found.left

    def _keep_extra(self) -> None:
        for heading, text in self.record.extra:
            self.unread.append(Unread(self.record.place, heading, text, "คอลัมน์ที่ไม่รู้จัก เก็บไว้ในหมายเหตุ"))
            self.notes.append(f"{heading}: {text}" if heading else text)
        number = self.text("no")
        if number and not re.fullmatch(r"[0-9๐-๙]{1,3}\s*[.)]?", number):
            self.notes.append(f"ลำดับ: {number}")


def _indicator(text: str) -> int | None:
    """The indicator that a cell names by its number or by its name."""
    if match := re.match(r"\s*(?:ตัวชี้วัด(?:ย่อย)?\s*ที่\s*)?([0-9๐-๙]{1,2})(?:[.．][0-9๐-๙]+)?(?![0-9๐-๙])", text):
        number = int(to_arabic(match[1]))
        return number if 1 <= number <= 10 else None
    names = {name: no for no, name in scores.indicator_names().items()}
    if not 8 < len(text) < 300:
        return None
    near = process.extractOne("".join(text.split()), list(names), scorer=fuzz.partial_ratio, score_cutoff=85)
    return names[near[0]] if near else None
