"""One XML part of a Word or Excel file, written anew without what tells about people and machines.

Read by expat event by event, so that prefixes and order stay as Office expects them; comments and processing
instructions are not copied; a DTD is refused. Names are compared without their prefix (ECMA-376)."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat
from xml.sax.saxutils import escape

from integrity.uploads import words
from integrity.uploads.words import Refused

NOBODY = "ผู้เขียน"  # stands where the format demands an author
_DROPPED = {  # elements that go with everything in them, and what they tell ("": nothing worth a word)
    **dict.fromkeys(("rsids", "rsid", "docId", "nsid", "tmpl", "revisionPtr", "documentId"), ""),
    **dict.fromkeys(("attachedTemplate", "absPath", "mailMerge", "docVars", "fileSharing"), words.HISTORY),
    **dict.fromkeys(("customWorkbookViews", "customSheetViews", "writeProtection", "documentProtection"), ""),
    **dict.fromkeys(("OLEObject", "oleObjects", "altChunk", "control", "controls", "subDoc"), words.ATTACHED),
    **dict.fromkeys(("externalData", "embedRegular", "embedBold", "embedItalic", "embedBoldItalic"), ""),
    **dict.fromkeys(("externalReferences", "webPublishItems", "webPublishing", "webPr"), words.LINKS),
    **dict.fromkeys(("hlinkClick", "hlinkHover", "hlinkMouseOver"), words.LINKS),
    **dict.fromkeys(("dataBinding", "smartTagPr", "customXmlPr", "svgBlip", "custDataLst", "movie"), ""),
    **dict.fromkeys(("fileVersion", "customProperties", "slicerCaches", "slicerList", "timelineCacheRefs"), ""),
    **dict.fromkeys(("timelineRefs", "tableSlicerCache"), ""),
}
_UNSAFE_FORMULA = re.compile(
    r"\[\d+\]|\||\b(WEBSERVICE|IMAGE|RTD|HYPERLINK|CALL|REGISTER(\.ID)?|FILTERXML|CUBE\w+|SQL\.REQUEST)\s*\(", re.I
)
_SAFE_FIELD = re.compile(
    r"\s*(PAGE|NUMPAGES|SECTIONPAGES|TOC|PAGEREF|REF|SEQ|FORMTEXT|FORMCHECKBOX|HYPERLINK\s+\\l)\b[\w\s\\*@#\"-]*"
)
_FIELD_OUT = re.compile(r"LINK|INCLUDE|DDE")
_DROPPED_ATTRIBUTES = {
    **dict.fromkeys(("paraId", "textId", "durableId", "uid", "anchorId", "editId", "relid", "gfxdata"), ""),
    **dict.fromkeys(("tableType", "queryTableFieldId", "connectionId"), ""),
    **dict.fromkeys(("initials", "userId", "providerId", "refreshedBy", "userName"), words.EDITORS),
    **dict.fromkeys(("dateUtc", "refreshedDate", "refreshedDateIso"), words.MADE_AT),
}
_PLAIN_KEYS = {"r", "s", "t", "w:val", "w:w", "w:type", "xml:space", "spans", "ht", "x", "y", "cx", "cy", "val"}
_FORMULAS = ("f", "calculatedColumnFormula", "totalsRowFormula")
_HELD = (*_FORMULAS, "instrText", "delInstrText", "author", "definedName")  # judged by their text
_PICTURES = ("docPr", "cNvPr", "imagedata", "shape", "shapetype")
_WITHOUT_TARGET = ("hyperlink", "pageSetup", "blip", "imagedata", "fill", "snapshot")  # may stand without relation


def elements(data: bytes) -> list[tuple[str, dict[str, str]]]:
    """All elements of a small part (relations, content types) with their attributes. Raises Refused, ExpatError."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: found.append((_local(name), attributes))
    parser.Parse(data, True)
    return found


def strip(data: bytes, gone: set[str]) -> tuple[bytes, list[str]]:
    """The part without names, times, revision marks and whatever the relations in `gone` led to; what was found."""
    part = _Part(gone)
    clean = part.run(data)
    if part.unsafe_formula:  # shared formulas lean on each other: all go, their results stay
        part = _Part(gone, _FORMULAS)
        clean = part.run(data)
        part.found.append(words.LINKS)
    return clean, part.found


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Refused(words.DAMAGED)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Part:
    def __init__(self, gone: set[str], dropped: tuple[str, ...] = ()) -> None:
        self.found: list[str] = []
        self.unsafe_formula = False
        self._gone = gone
        self._dropped = dropped
        self._inside_dropped = 0
        self._plain: dict[str, bool] = {}
        self._held: list[str] | None = None
        self._relations: set[str] = set()  # prefixes of the relations' namespace
        self._out = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
        self._write: Callable[[str], None] = self._out.append

    def run(self, data: bytes) -> bytes:
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(data, True)
        return "".join(self._out).encode()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._inside_dropped:
            self._inside_dropped += 1
            return
        if self._is_plain(name, attributes):
            self._write(f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>")
            return
        local = _local(name)
        for key, value in attributes.items():
            if key.startswith("xmlns:") and value.endswith("/relationships"):
                self._relations.add(key[6:])
        lost = any(self._is_gone(key, value) for key, value in attributes.items())
        if local in _DROPPED or local in self._dropped or (lost and local not in _WITHOUT_TARGET):
            self.found += [_DROPPED[local]] if _DROPPED.get(local) else []
            self._inside_dropped = 1
            return
        kept = ((key, self._attribute(local, key, value)) for key, value in attributes.items())
        self._write(f"<{name}{''.join(_attribute(key, value) for key, value in kept if value is not None)}>")
        if local in _HELD:
            self._held = []

    def _is_plain(self, name: str, attributes: dict[str, str]) -> bool:
        """True for elements, by far the most in a sheet, about which there is nothing to decide."""
        plain = self._plain.get(name)
        if plain is None:
            local = _local(name)
            plain = self._plain[name] = not any(
                local in judged for judged in (_DROPPED, self._dropped, _HELD, _PICTURES)
            )
        return plain and _PLAIN_KEYS.issuperset(attributes)

    def _end(self, name: str) -> None:
        if self._inside_dropped:
            self._inside_dropped -= 1
            return
        if self._held is not None and _local(name) in _HELD:
            text, self._held = "".join(self._held), None
            self._write(escape(self._judge(_local(name), text)))
        self._write(f"</{name}>")

    def _text(self, text: str) -> None:
        if self._inside_dropped:
            return
        if self._held is not None:
            self._held.append(text)
        else:
            self._write(escape(text).replace("\r", "&#13;"))

    def _judge(self, local: str, text: str) -> str:
        if local == "author":
            self.found += [words.EDITORS] if text not in ("", NOBODY) else []
            return NOBODY
        if local in _FORMULAS:
            self.unsafe_formula = self.unsafe_formula or bool(_UNSAFE_FORMULA.search(text))
            return text
        if local == "definedName":
            return "#REF!" if _UNSAFE_FORMULA.search(text) else text
        return self._field(text)

    def _field(self, code: str) -> str:
        """A field's code stays if it only counts; its last result stays anyhow."""
        if _SAFE_FIELD.fullmatch(code) or not code.strip():
            return code
        self.found += [words.LINKS] if _FIELD_OUT.search(code) else []
        return ""

    def _is_gone(self, key: str, value: str) -> bool:
        return value in self._gone and key.partition(":")[0] in self._relations

    def _attribute(self, element: str, key: str, value: str) -> str | None:
        """The attribute's new value; None when it goes."""
        local = _local(key)
        if key.startswith("xmlns"):
            return value
        if self._is_gone(key, value) or local.lower().startswith("rsid"):
            return None
        if local in _DROPPED_ATTRIBUTES:
            self.found += [_DROPPED_ATTRIBUTES[local]] if _DROPPED_ATTRIBUTES[local] else []
            return None
        if local == "author":
            self.found += [words.EDITORS] if value != NOBODY else []
            return NOBODY
        if local == "date" and ":" in key:
            self.found.append(words.MADE_AT)
            return None
        if local == "instr":
            return self._field(value)
        if element in _PICTURES and local in ("title", "descr", "alt", "href"):
            self.found.append(words.CAPTION)
            return None
        return "-" if element in ("docPr", "cNvPr") and local == "name" else value


def _attribute(key: str, value: str) -> str:
    if value.isalnum():
        return f' {key}="{value}"'
    escaped = escape(value, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    return f' {key}="{escaped}"'
