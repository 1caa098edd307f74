"""Word and Excel files packed anew: only the parts that show something, each cleaned, nothing embedded (ECMA-376).

Runs in the process apart (apart.py)."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile

from integrity.uploads import jpeg, office_xml, png, words
from integrity.uploads.words import Refused

_ENTRIES = 3_000
_PARTS = re.compile(
    r"word/(document|styles|settings|webSettings|fontTable|numbering|footnotes|endnotes|comments|header|footer)\d*\.xml"
    r"|xl/(workbook|styles|sharedStrings|metadata|comments)\d*\.xml"
    r"|xl/(worksheets|chartsheets|comments|tables|pivotTables|pivotCache)/[A-Za-z]+\d*\.xml"
    r"|(word|xl)/(theme|charts|diagrams|drawings)/[A-Za-z]+\d*\.xml"
    r"|xl/drawings/[A-Za-z]+\d*\.vml"
)
_MEDIA = re.compile(r"(word|xl)/media/[^/]+")
_MAIN = re.compile(r"(word/document|xl/workbook)\d*\.xml")
_DEFAULTS = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
    "vml": "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
_TOLD = (  # what parts that go tell, by a piece of their name
    ("docProps/thumbnail", words.THUMBNAIL),
    ("docProps/custom", words.PROPERTIES),
    ("docProps/", words.AUTHOR),
    ("customXml/", words.PROPERTIES),
    ("people", words.EDITORS),
    ("persons/", words.EDITORS),
    ("revisions/", words.EDITORS),
    ("printerSettings", words.DEVICE),
    ("embeddings/", words.ATTACHED),
    ("activeX/", words.ATTACHED),
    ("externalLinks/", words.LINKS),
    ("connections", words.LINKS),
)
_MACRO = re.compile(r"vbaProject|vbaData|macrosheets|dialogsheets|macroEnabled", re.I)


def strip(data: bytes) -> tuple[bytes, list[str], str]:
    """The document without properties, names, revision marks, macros and embedded files; what was found; its ending.

    Raises Refused for macros, passwords, bombs, damaged files and other kinds of ZIP."""
    parts = _unpack(data)
    types = _types(parts)
    if any(_MACRO.search(name) for name in parts) or any(_MACRO.search(kind) for kind in types.values()):
        raise Refused(words.MACROS)
    main = [name for name in parts if _MAIN.fullmatch(name)]
    if len(main) != 1:
        raise Refused(words.UNKNOWN)
    found = [word for name in parts for word in _told(name)]
    kept, names = _media(parts, found)
    kept |= {name: body for name, body in parts.items() if _PARTS.fullmatch(name)}
    names |= {name: name for name in parts if _PARTS.fullmatch(name)}
    clean = {"[Content_Types].xml": _write_types({name: types[name] for name in kept if _PARTS.fullmatch(name)})}
    clean["_rels/.rels"] = _write_relations([("rId1", _kind_of_main(parts), main[0])])
    for name, body in kept.items():
        if _MEDIA.fullmatch(name):
            clean[name] = body
            continue
        relations, gone, told = _relations(name, parts, names)
        stripped, more = office_xml.strip(body, gone)
        clean[name] = stripped
        found += told + more
        if relations:
            clean[_relations_of(name)] = _write_relations(relations)
    return _pack(clean), found, "docx" if main[0].startswith("word/") else "xlsx"


def _unpack(data: bytes) -> dict[str, bytes]:
    """All parts, by name. Their sizes are counted while unpacking, not believed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > _ENTRIES:
            raise Refused(words.UNFOLDS)
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused(words.PASSWORD)
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise Refused(words.DAMAGED)
        parts: dict[str, bytes] = {}
        left = words.INFLATED
        for entry in entries:
            name = entry.filename.replace("\\", "/").lstrip("/")
            if name in parts:
                raise Refused(words.DAMAGED)
            with archive.open(entry) as part:
                parts[name] = part.read(left + 1)
            left -= len(parts[name])
            if left < 0:
                raise Refused(words.UNFOLDS)
    return parts


def _types(parts: dict[str, bytes]) -> dict[str, str]:
    """Each part's content type: its own, or that of its ending."""
    if "[Content_Types].xml" not in parts:
        raise Refused(words.UNKNOWN)
    stated = office_xml.elements(parts["[Content_Types].xml"])
    own = {values["PartName"].lstrip("/"): values["ContentType"] for name, values in stated if name == "Override"}
    by_ending = {values["Extension"].lower(): values["ContentType"] for name, values in stated if name == "Default"}
    return {name: own.get(name) or by_ending.get(name.rpartition(".")[2].lower(), "") for name in parts}


def _told(name: str) -> list[str]:
    return next(([word] for piece, word in _TOLD if piece in name), [])


def _media(parts: dict[str, bytes], found: list[str]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The pictures, stripped, under new names (old ones may be file names of the maker's), and old name to new."""
    pictures: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for name, body in parts.items():
        if not _MEDIA.fullmatch(name):
            continue
        if body.startswith(b"\xff\xd8\xff"):
            ending, (picture, told) = "jpeg", jpeg.strip(body)
        elif body.startswith(png.SIGNATURE):
            ending, (picture, told) = "png", png.strip(body)
        else:
            found.append(words.OTHER_PICTURES)
            continue
        names[name] = f"{posixpath.dirname(name)}/image{len(names) + 1}.{ending}"
        pictures[names[name]] = picture
        found += told
    return pictures, names


def _relations_of(name: str) -> str:
    folder, file = posixpath.split(name)
    return f"{folder}/_rels/{file}.rels"


def _relations(
    name: str, parts: dict[str, bytes], names: dict[str, str]
) -> tuple[list[tuple[str, str, str]], set[str], list[str]]:
    """The part's relations (id, type, target) that stay, the ids of those that go, and what was found."""
    stay, gone, found = [], set(), []
    for element, values in office_xml.elements(parts.get(_relations_of(name), b"<none/>")):
        if element != "Relationship":
            continue
        target = values["Target"]
        path = posixpath.normpath(posixpath.join("/" + posixpath.dirname(name), target)).lstrip("/")
        if values.get("TargetMode") != "External" and path in names:
            stay.append((values["Id"], values["Type"], names[path]))
        else:
            gone.add(values["Id"])
            found += [words.LINKS] if values.get("TargetMode") == "External" else []
    return stay, gone, found


def _kind_of_main(parts: dict[str, bytes]) -> str:
    """The type of the relation that leads to the main part; the strict form of the format has its own."""
    stated = office_xml.elements(parts["_rels/.rels"])
    return next(values["Type"] for _, values in stated if values.get("Type", "").endswith("/officeDocument"))


def _write_relations(relations: list[tuple[str, str, str]]) -> bytes:
    lines = [
        f'<Relationship Id="{_quoted(key)}" Type="{_quoted(kind)}" Target="/{target}"/>'
        for key, kind, target in relations
    ]
    return _document("Relationships", "relationships", lines)


def _write_types(types: dict[str, str]) -> bytes:
    lines = [f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in _DEFAULTS.items()]
    lines += [f'<Override PartName="/{name}" ContentType="{_quoted(kind)}"/>' for name, kind in types.items()]
    return _document("Types", "content-types", lines)


def _document(root: str, namespace: str, lines: list[str]) -> bytes:
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    space = f"http://schemas.openxmlformats.org/package/2006/{namespace}"
    return f'{start}<{root} xmlns="{space}">{"".join(lines)}</{root}>'.encode()


def _quoted(text: str) -> str:
    return office_xml.escape(text, {'"': "&quot;"})


def _pack(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr, entry.compress_type = 0, 0, zipfile.ZIP_DEFLATED
            archive.writestr(entry, body)
    return out.getvalue()
