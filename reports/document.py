"""An official document described once, in plain data; reports/pdf.py, docx.py and xlsx.py draw it.

A layout (reports/layouts/) is a pure function from figures to a Document. Texts are Unicode with Arabic digits; the
drawers turn digits Thai where `Document.thai_digits` says so, but never inside a web address or an e-mail address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a cell. `tick`: None no box, True ☑, False ☐; `bullet`: begins with "- "."""

    text: str
    bold: bool = False
    bullet: bool = False
    tick: bool | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell of a table."""

    lines: tuple[Line, ...] = ()
    align: Align | None = None  # None: as the column
    span: int = 1  # columns it covers
    bold: bool = False


def cell(*texts: str, bullet: bool = False, bold: bool = False) -> Cell:
    """A cell of plain lines; empty texts are left out."""
    return Cell(tuple(Line(text, bullet=bullet, bold=bold) for text in texts if text))


def tick(ticked: bool) -> Cell:
    """A cell with "✓" or nothing, centred (the status columns of layout 000)."""
    return Cell((Line("✓"),) if ticked else (), align="center")


@dataclass(frozen=True, slots=True)
class Column:
    """`width` is relative to the other columns'; `group` is a heading above several neighbours with the same group."""

    title: str
    width: float = 1.0
    align: Align = "left"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table; its header is repeated on every page. A row that does not fit goes on overleaf: the cells of
    `repeat` (column numbers) stand there again, the last of them with "(ต่อ)"."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: tuple[str, ...] = ()  # lines above it, bold
    repeat: tuple[int, ...] = ()
    total: bool = False  # the last row is a total: bold


@dataclass(frozen=True, slots=True)
class Title:
    """The document's title, centred and bold."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`indent`: the first line begins 2.5 cm in, as official papers do."""

    text: str
    indent: bool = True
    align: Align = "left"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Emblem:
    """The Garuda above an announcement (3 cm) or beside a memo's heading (1.5 cm). Where the agency has not given its
    picture, the space is left free for paper that has it printed."""

    height_cm: float
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class MemoHead:
    """บันทึกข้อความ with its labelled lines (ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. 2526, แบบที่ 2)."""

    office: str  # ส่วนราชการ
    number: str  # ที่
    dated: str  # วันที่
    subject: str  # เรื่อง
    to: str  # เรียน


@dataclass(frozen=True, slots=True)
class LetterHead:
    """The head of a letter to somebody outside (the same rules, แบบที่ 1): number and office beside each other, the
    day below the middle, then labelled lines such as ("เรื่อง", "..."). Above it stands an Emblem."""

    number: str  # ที่
    office: tuple[str, ...]
    dated: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Blocks to sign, each a stack of lines such as ("(นายสมมุติ ใจดี)", "นายก อบต."); `opinion` is a heading above
    the block with dotted lines to write on ("ความเห็นของปลัด ..."); `closing` ("ขอแสดงความนับถือ") stands above the
    room for each signature."""

    blocks: tuple[tuple[str, ...], ...]
    opinions: tuple[str, ...] = ()  # as long as blocks, "" for none; or empty
    side_by_side: bool = False
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over periods. `series`: (name, values); the table beside it is its caption's duty."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo (JPEG or PNG) with the words below it. `data` b"": the file is not there any more; the page says so."""

    caption: str
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Photos:
    """Photos beside each other, two on an upright page and three on one that lies, none torn from its caption."""

    photos: tuple[Photo, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


NO_PHOTO = "(ไม่พบไฟล์ภาพ)"

Block = (
    Table | Title | Heading | Paragraph | Bullets | Emblem | MemoHead | LetterHead
    | Signatures | Chart | Photos | PageBreak
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """`name`: for the file and the PDF's metadata. `dated`: ISO day it bears. A4, margins by the rules of สารบรรณ."""

    name: str
    blocks: tuple[Block, ...]
    landscape: bool = False
    thai_digits: bool = True
    footer: str = ""
    author: str = ""
    dated: str = ""
    garuda: bytes = field(default=b"", repr=False)  # the agency's own picture (PNG or SVG), if it gave one
