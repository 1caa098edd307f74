"""A Document as PDF: official papers by templates/official.typ."""

from __future__ import annotations

from datetime import date
from typing import Any

from reports import charts
from reports.document import (
    NO_PHOTO,
    Bullets,
    Cell,
    Chart,
    Document,
    Emblem,
    Heading,
    LetterHead,
    MemoHead,
    PageBreak,
    Paragraph,
    Photos,
    Signatures,
    Table,
    Title,
)
from reports.text import clean, fitted, pieces, with_breaks
from reports.typeset import TypesetError, compile_pdf

TEMPLATE = "official.typ"
_MEMO_EMBLEM_CM = 1.5

Shown = str | list[str | dict[str, str]]


def to_pdf(document: Document) -> bytes:
    """The document on A4 pages. The same document gives the same bytes; metadata are its name, author and date.

    PDF/A-2a where the document bears a date and the typefaces hold all its letters, plain tagged PDF otherwise. Raises
    TypesetError, for instance when `garuda` is no picture.
    """
    data, files = as_data(document)
    if document.dated:
        try:
            return compile_pdf(TEMPLATE, data, files, standards=["a-2a"])
        except TypesetError:
            # A letter that no typeface has (an emoji in a citizen's words) is no reason to print nothing.
            return compile_pdf(TEMPLATE, data, files)
    return compile_pdf(TEMPLATE, data, files)


def as_data(document: Document) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What the template reads: plain JSON values, and pictures by file name."""
    drawer = _Drawer(document)
    day = date.fromisoformat(document.dated) if document.dated else None
    data: dict[str, Any] = {
        "name": "".join(document.name.split("\n")),
        "author": document.author,
        "dated": {"year": day.year, "month": day.month, "day": day.day} if day else None,
        "landscape": document.landscape,
        "thai_digits": document.thai_digits,
        "footer": drawer.text(document.footer),
        "garuda": drawer.garuda,
        "blocks": drawer.blocks(),
    }
    return data, drawer.files


class _Drawer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.garuda = f"garuda.{_picture_kind(document.garuda)}" if document.garuda else ""
        self.files: dict[str, bytes] = {self.garuda: document.garuda} if self.garuda else {}

    def text(self, text: str) -> Shown:
        """A text without addresses is a string, one with them a list of strings and {"text", "address"}."""
        found = pieces(text, self.document.thai_digits)
        shown: list[str | dict[str, str]] = [
            {"text": with_breaks(piece), "address": piece.address} if piece.address else with_breaks(piece)
            for piece in found
        ]
        if not shown:
            return ""
        return shown[0] if len(shown) == 1 and isinstance(shown[0], str) else shown

    def texts(self, texts: tuple[str, ...]) -> list[Shown]:
        return [self.text(text) for text in texts]

    def blocks(self) -> list[dict[str, Any]]:
        drawn: list[dict[str, Any]] = []
        all_blocks = self.document.blocks
        for number, block in enumerate(all_blocks):
            following = all_blocks[number + 1] if number + 1 < len(all_blocks) else None
            before = all_blocks[number - 1] if number else None
            # The Garuda of a memo stands beside its heading, not above it.
            if isinstance(block, Emblem) and isinstance(following, MemoHead):
                continue
            if isinstance(block, Table) and not block.columns:
                continue
            one = self.block(block, before)
            # Nobody signs a page that holds only signatures.
            one["sticky"] = isinstance(following, Signatures) and isinstance(block, Paragraph)
            drawn.append(one)
        return drawn

    def block(self, block: object, before: object) -> dict[str, Any]:
        match block:
            case Title():
                return {"kind": "title", "lines": self.texts(block.lines)}
            case Heading():
                return {"kind": "heading", "text": self.text(block.text), "align": block.align}
            case Paragraph():
                return {
                    "kind": "paragraph",
                    "text": self.text(block.text),
                    "indent": block.indent,
                    "align": block.align,
                    "bold": block.bold,
                }
            case Bullets():
                return {"kind": "bullets", "items": self.texts(block.items), "numbered": block.numbered}
            case Emblem():
                return {"kind": "emblem", "height_cm": block.height_cm, "align": block.align}
            case MemoHead():
                names = ("office", "number", "dated", "subject", "to")
                shown: dict[str, Any] = {name: self.text(getattr(block, name)) for name in names}
                height = before.height_cm if isinstance(before, Emblem) else _MEMO_EMBLEM_CM
                return {"kind": "memo", "emblem_cm": height, **shown}
            case LetterHead():
                return {
                    "kind": "letter",
                    "number": self.text(block.number),
                    "office": self.texts(block.office),
                    "dated": self.text(block.dated),
                    "facts": [{"label": label, "text": self.text(text)} for label, text in block.facts],
                }
            case Signatures():
                opinions = block.opinions or ("",) * len(block.blocks)
                return {
                    "kind": "signatures",
                    "side_by_side": block.side_by_side,
                    "closing": self.text(block.closing),
                    "blocks": [
                        {"opinion": self.text(opinion), "lines": self.texts(lines)}
                        for lines, opinion in zip(block.blocks, opinions, strict=True)
                    ],
                }
            case Chart():
                return {"kind": "chart", "chart": charts.as_data(block, self.document.thai_digits)}
            case Table():
                return self.table(block)
            case Photos():
                return {"kind": "photos", "photos": [self.photo(one.caption, one.data) for one in block.photos]}
            case PageBreak():
                return {"kind": "page_break"}
        raise TypeError(f"no drawing for {type(block).__name__}")

    def photo(self, caption: str, picture: bytes) -> dict[str, Any]:
        """`alt` is for those who cannot see it; `file` "" where the picture is lost."""
        name = f"photo-{len(self.files)}.{_picture_kind(picture)}" if picture else ""
        if name:
            self.files[name] = picture
        alt = " ".join(clean(caption).split()) or "ภาพถ่าย"
        return {"file": name, "alt": alt, "caption": self.text(caption), "lost": self.text(NO_PHOTO)}

    def table(self, table: Table) -> dict[str, Any]:
        return {
            "kind": "table",
            "columns": [
                {
                    "title": self.text(column.title),
                    "width": column.width,
                    "align": column.align,
                    "group": self.text(column.group),
                }
                for column in table.columns
            ],
            "rows": [[self.cell(cell, span) for cell, span in fitted(row, len(table.columns))] for row in table.rows],
            "caption": self.texts(table.caption),
            "repeat": sorted(number for number in set(table.repeat) if 0 <= number < len(table.columns)),
            "total": table.total,
        }

    def cell(self, cell: Cell, span: int) -> dict[str, Any]:
        return {
            "span": span,
            "align": cell.align,
            "bold": cell.bold,
            "lines": [
                {"text": self.text(line.text), "bold": line.bold, "bullet": line.bullet, "tick": line.tick}
                for line in cell.lines
            ],
        }


def _picture_kind(picture: bytes) -> str:
    head = picture[:256].lstrip()
    if head.startswith(b"\x89PNG"):
        return "png"
    if head.startswith(b"\xff\xd8"):
        return "jpg"
    if head.startswith((b"<svg", b"<?xml", b"<!DOCTYPE")):
        return "svg"
    raise TypesetError("a picture is neither PNG, JPEG nor SVG")
