"""What the cells of a report say: lists, who is responsible, ticks and status, links and orders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from handlers.evidence import EvidenceError, clean_url
from thai.dates import ThaiDateError, parse_date
from thai.digits import to_arabic
from thai.period import Period, PeriodError, parse_period

CONTINUED = re.compile(r"[(\[]\s*ต่อ\s*[)\]]")
_BULLET = re.compile(r"^\s*(?:[-–—•●▪◦·*»→]+|\(?[0-9๐-๙]{1,2}[.)](?![0-9๐-๙]))\s*")
_BULLET_LINE = re.compile(r"^\s*(?:[-–•●▪◦*]|\(?[0-9๐-๙]{1,2}[.)](?![0-9๐-๙]))")

# -- lists and people ------------------------------------------------------------------------------------


def lines(text: str) -> list[str]:
    """The items of a list: one a line, without bullets and numbers."""
    found = (_BULLET.sub("", line).strip() for line in text.split("\n"))
    return [line for line in found if line]


def split_title(text: str) -> tuple[str, list[str]]:
    """A title and the list below it. Lines that are no list go on with the title."""
    title: list[str] = []
    rest: list[str] = []
    for line in text.split("\n"):
        if not title or (not rest and not _BULLET_LINE.match(line)):
            title.append(_BULLET.sub("", line) if not title else line)
        else:
            rest.append(line)
    return " ".join(part.strip() for part in title if part.strip()), lines("\n".join(rest))


_UNIT = re.compile(r"^(?:สำนัก|กอง|งาน|ฝ่าย|ส่วน|หน่วย|ทุกส่วน|ทุกกอง|ทุกสำนัก|ทุกภารกิจ|ศูนย์|โรงเรียน|สถาน)(?!ตรวจ)")
_PARTS = re.compile(r"[\n,/;:]|\s\+\s")


def responsible(text: str) -> tuple[list[str], list[str]]:
    """Units and roles, as the document names them."""
    units: list[str] = []
    roles: list[str] = []
    for line in lines(text):
        for part in _PARTS.split(line):
            name = " ".join(part.split()).strip(" -")
            if name:
                (units if _UNIT.match(name) else roles).append(name)
    return list(dict.fromkeys(units)), list(dict.fromkeys(roles))


# -- ticks and status ------------------------------------------------------------------------------------

_BOX = re.compile(r"(?P<box>☐|□|▢|◻|❏|❑|○|☑|☒|✓|✔|√|■|●|🗹|\[\s*[xX✓/]?\s*\]|\(\s*[xX✓/]\s*\))")
_EMPTY = frozenset("☐□▢◻❏❑○")
_TICK_MARKS = frozenset(("☑", "☒", "✓", "✔", "√", "■", "●", "🗹", "/", "x", "X", "P", "ü", "1", "v", "V", "ใช่"))
_NO_MARKS = frozenset(("", "-", "–", "0", "☐", "□", "▢", "◻", "❏", "❑", "○", "ไม่ใช่"))
_STATUS_WORDS = (
    (re.compile(r"(?:ยัง)?ไม่(?:ได้|มีการ)?ดำเนินการ"), "not_started"),
    (re.compile(r"(?:อยู่)?ระหว่าง(?:การ)?ดำเนินการ|กำลังดำเนินการ"), "in_progress"),
    (re.compile(r"(?:ได้)?ดำเนินการ(?:แล้ว)?(?:เสร็จ)?(?:เรียบร้อย)?(?:แล้ว)?|แล้วเสร็จ|เสร็จแล้ว|เสร็จสิ้น"), "done"),
)


@dataclass(frozen=True, slots=True)
class Status:
    """`status`: of MEASURE_STATUSES or "" for none said. `left`: the text without boxes and bare status words.
    `doubt`: Thai."""

    status: str
    left: str
    doubt: str = ""


def ticked(text: str) -> bool | None:
    """Whether a tick column's cell is ticked; None for a text that says neither."""
    mark = "".join(text.split())
    if mark in _TICK_MARKS:
        return True
    if mark in _NO_MARKS:
        return False
    boxes = _BOX.findall(mark)
    if boxes and not _BOX.sub("", mark):
        return any(not _is_empty(box) for box in boxes)
    return None


def from_ticks(marks: Mapping[str, str]) -> Status:
    """The status of three tick columns ("not_started" ...: the cell's text)."""
    found = {status: ticked(text) for status, text in marks.items()}
    on = [status for status, tick in found.items() if tick]
    odd = "\n".join(text for status, text in marks.items() if found[status] is None)
    if len(on) == 1:
        return Status(on[0], odd, "")
    return Status("", odd, "ติ๊กสถานะมากกว่าหนึ่งช่อง" if on else "ไม่ได้ติ๊กสถานะ")


def from_text(text: str) -> Status:
    """The status in a text with boxes ("☐ ยังไม่ได้ดำเนินการ ☑ ดำเนินการ") or with a line that is only a status."""
    pieces = _BOX.split(text)
    if len(pieces) > 1:
        return _from_boxes(pieces)
    kept, status = [], ""
    for line in text.split("\n"):
        word = status_word(_BULLET.sub("", line))
        if word and not status:
            status = word
        else:
            kept.append(line)
    return Status(status, "\n".join(kept).strip())


def _from_boxes(pieces: list[str]) -> Status:
    """`pieces`: text, box, text, box, text ... as re.split gives them."""
    left, on = [pieces[0]], []
    for box, label in zip(pieces[1::2], pieces[2::2], strict=True):
        word, rest = _leading_status(label)
        if word:
            left.append(rest)
            if not _is_empty(box):
                on.append(word)
        else:
            left.append(f"{box}{label}")  # a box about something else
    doubt = "" if len(on) == 1 else "ติ๊กสถานะมากกว่าหนึ่งช่อง" if on else "ไม่ได้ติ๊กสถานะ"
    kept = [line.strip() for line in "\n".join(left).split("\n")]
    return Status(on[0] if len(on) == 1 else "", "\n".join(line for line in kept if line), doubt)


def _is_empty(box: str) -> bool:
    return box in _EMPTY or (box[0] == "[" and not box.strip("[] "))


def status_word(text: str) -> str:
    """The status that the text is, "" for any other text."""
    word = "".join(text.split()).strip(".")
    return next((status for pattern, status in _STATUS_WORDS if pattern.fullmatch(word)), "")


def _leading_status(label: str) -> tuple[str, str]:
    """The status with which a box's label begins, and the text that is not the status itself."""
    text = label.lstrip()
    for pattern, status in _STATUS_WORDS:
        if match := pattern.match(text):
            rest = text[match.end() :]
            return status, rest if not rest or rest[0] in " \n-–:•.,)" else label
    return "", label


# -- evidence --------------------------------------------------------------------------------------------

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'“”‘’「」|]+", re.IGNORECASE)
_TRAILING = ".,;:)]}»”’"
_ORDER = re.compile(
    r"คำสั่ง(?P<name>[^\n0-9๐-๙]{0,60}?)\s*(?:ที่|เลขที่)\s*(?P<number>[0-9๐-๙]{1,6}\s?/\s?[0-9๐-๙]{2,4})"
    r"(?:\s*(?:ลง)?วันที่\s*(?P<dated>[0-9๐-๙]{1,2}\s*[ก-์.]+\s*(?:พ\.?ศ\.?)?\s*[0-9๐-๙]{2,4}))?"
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A link ("url") or an order ("order") that a text names."""

    kind: str
    url: str = ""
    order_number: str = ""
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class Proofs:
    """The proofs of a text; `left`: the text without the links that were taken; `broken`: links that are none."""

    found: tuple[Proof, ...]
    left: str
    broken: tuple[str, ...]


def proofs(text: str, today: date) -> Proofs:
    """Links and numbered orders in a text. A link that no browser could open stays in the text."""
    found: list[Proof] = []
    broken: list[str] = []

    def take(match: re.Match[str]) -> str:
        url = match[0].rstrip(_TRAILING)
        tail = match[0][len(url) :]
        address = url if url.lower().startswith("http") else f"http://{url}"
        try:
            if address.lower().count("http://") + address.lower().count("https://") > 1:
                raise EvidenceError("สองลิงก์ติดกัน")
            found.append(Proof("url", url=clean_url(address)))
        except EvidenceError:
            broken.append(url)
            return match[0]
        return tail if tail.strip(_TRAILING) else ""

    left = _URL.sub(take, text)
    for match in _ORDER.finditer(text):
        number = to_arabic(re.sub(r"\s", "", match["number"]))
        if dated := _day(match["dated"], today):
            found.append(Proof("order", order_number=number, dated=dated))
    kept = (" ".join(line.split()) for line in left.split("\n"))
    left = "\n".join(line for line in kept if line.strip("-–•* :"))
    return Proofs(tuple(dict.fromkeys(found)), left, tuple(broken))


def _day(text: str | None, today: date) -> date | None:
    try:
        return parse_date(text, today) if text else None
    except ThaiDateError:
        return None


# -- time ------------------------------------------------------------------------------------------------

_CADENCES = (
    (re.compile(r"ทุก\s*(?:1\s*)?เดือน|รายเดือน|ประจำเดือน|เดือนละ"), "month"),
    (re.compile(r"ไตรมาส|ทุก\s*3\s*เดือน"), "quarter"),
    (re.compile(r"(?:ทุก|ราย|รอบ)\s*6\s*เดือน|ปีละ\s*2"), "half"),
    (re.compile(r"ปีละ\s*(?:1|หนึ่ง)|ทุกปี|ประจำปี|รายปี"), "year"),
)
LONGEST_PERIOD = 2_000  # characters of a cell in which a period is looked for
_DEADLINE = re.compile(r"ภายใน[^\n,;]{3,40}")


def cadence(texts: Iterable[str]) -> str:
    """How often it is to be reported, by the first of the usual words; "" for none."""
    plain = to_arabic("\n".join(texts))
    found = [(match.start(), name) for pattern, name in _CADENCES if (match := pattern.search(plain))]
    return min(found)[1] if found else ""


def period_in(text: str, fiscal_year: int) -> Period | None:
    """A period that stands among other words: on a line of its own, or "ภายใน..." in a sentence."""
    for line in lines(text[:LONGEST_PERIOD]):
        for candidate in (line, *(match[0] for match in _DEADLINE.finditer(line))):
            words = candidate.split(" ")
            for length in range(len(words), 0, -1):  # a deadline in a sentence has more words behind it
                try:
                    return parse_period(" ".join(words[:length]), fiscal_year)
                except PeriodError:
                    if candidate is line:
                        break
    return None
