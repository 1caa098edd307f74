"""Files that reporters send: known by content, cleaned in memory, or refused.

    clean(data, name) -> CleanFile(data, name, content_type, found)

Nothing here touches a disk, and no error says anything of a file but a fixed Thai sentence."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from integrity.uploads import apart, jpeg, png, words
from integrity.uploads.sniff import kind_of
from integrity.uploads.words import Refused

__all__ = ["CleanFile", "Refused", "clean", "clean_name"]

_LONGEST_NAME = 100  # characters
_OFFICE = "application/vnd.openxmlformats-officedocument."
_HERE = {"jpeg": jpeg.strip, "png": png.strip}  # quick and simple enough to stay in this process
_TYPES = {
    "jpeg": ("image/jpeg", ".jpg"),
    "png": ("image/png", ".png"),
    "pdf": ("application/pdf", ".pdf"),
    "mp3": ("audio/mpeg", ".mp3"),
    "docx": (_OFFICE + "wordprocessingml.document", ".docx"),
    "xlsx": (_OFFICE + "spreadsheetml.sheet", ".xlsx"),
    "m4a": ("audio/mp4", ".m4a"),
    "mp4": ("video/mp4", ".mp4"),
    "mov": ("video/quicktime", ".mov"),
}


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file fit to be sealed. `found`: what was in it and is not any more, in Thai words for the reporter."""

    data: bytes = field(repr=False)
    name: str = field(repr=False)
    content_type: str
    found: list[str]


def clean(data: bytes, name: str) -> CleanFile:
    """Take everything out of a file that tells who made it, where, when or with what.

    Raises Refused, with a Thai message for the reporter, for whatever cannot be cleaned, and nothing else."""
    try:
        stripped, found, kind = _clean(data)
    except Refused as refused:
        reason = str(refused)
    except Exception:  # hostile files break parsers in every way there is
        reason = words.DAMAGED
    else:
        content_type, ending = _TYPES[kind]
        return CleanFile(stripped, clean_name(name, ending), content_type, list(dict.fromkeys(found)))
    raise Refused(reason)  # out here, so that the parser's error with pieces of the file is not chained to it


def _clean(data: bytes) -> tuple[bytes, list[str], str]:
    if not data:
        raise Refused(words.EMPTY)
    if len(data) > words.BIGGEST:
        raise Refused(words.TOO_BIG)
    kind = kind_of(data)
    return (*_HERE[kind](data), kind) if kind in _HERE else apart.strip(kind, data)


def clean_name(name: str, ending: str) -> str:
    """A name that is safe to show and to save under: the last part of a path, no invisible or reserved characters,
    the ending that fits the content. Thai stays as it is."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join("_" if c in '<>:"|?*%' else c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    stem, dot, old_ending = shown.rpartition(".")
    stem = stem if dot and len(old_ending) <= 5 and old_ending.isascii() else shown
    stem = stem.strip(" ._")[: _LONGEST_NAME - len(ending)].strip(" .")
    return (stem or "file") + ending
