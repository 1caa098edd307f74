"""Which things an EXIF block tells, and the smallest block that keeps a picture upright.

Read here and not by Pillow, which writes values it meets to its debug log."""

from __future__ import annotations

import struct

from integrity.uploads import words

_EXIF_IFD, _GPS_IFD, _ORIENTATION = 0x8769, 0x8825, 0x0112
_MEANING = {
    0x010E: words.CAPTION,  # ImageDescription
    0x010F: words.DEVICE,  # Make
    0x0110: words.DEVICE,  # Model
    0x0131: words.SOFTWARE,
    0x0132: words.TAKEN_AT,  # DateTime
    0x013B: words.AUTHOR,  # Artist
    0x013C: words.DEVICE,  # HostComputer
    0x02BC: words.PROPERTIES,  # XMP
    0x8298: words.AUTHOR,  # Copyright
    0x9003: words.TAKEN_AT,
    0x9004: words.TAKEN_AT,
    0x927C: words.SERIAL,  # MakerNote
    0x9286: words.CAPTION,  # UserComment
    0x9C9B: words.CAPTION,  # XPTitle
    0x9C9C: words.CAPTION,
    0x9C9D: words.AUTHOR,  # XPAuthor
    0xA420: words.SERIAL,  # ImageUniqueID
    0xA430: words.AUTHOR,  # CameraOwnerName
    0xA431: words.SERIAL,
    0xA434: words.DEVICE,  # LensModel
    0xA435: words.SERIAL,
}


def read(tiff: bytes) -> tuple[int, list[str]]:
    """The orientation (1 to 8) and what the block tells, in words. A damaged block tells what can be read of it."""
    orientation, found = 1, []
    try:
        order = {b"II*\x00": "<", b"MM\x00*": ">"}[tiff[:4]]
        first, after = _directory(tiff, order, struct.unpack_from(order + "I", tiff, 4)[0])
        if after:
            found.append(words.THUMBNAIL)
        tags = dict(first)
        turned = tags.get(_ORIENTATION, 0) >> (16 if order == ">" else 0) & 0xFFFF  # two of the four bytes
        orientation = turned if 1 <= turned <= 8 else 1
        if _GPS_IFD in tags and len(_directory(tiff, order, tags[_GPS_IFD])[0]) > 1:  # one entry: the version only
            found.append(words.PLACE)
        if _EXIF_IFD in tags:
            tags.update(_directory(tiff, order, tags[_EXIF_IFD])[0])
        found += [_MEANING[tag] for tag in tags if tag in _MEANING]
        if not found and tags.keys() != {_ORIENTATION}:
            found.append(words.PROPERTIES)
    except (struct.error, KeyError):
        found.append(words.PROPERTIES)
    return orientation, found


def minimal(orientation: int) -> bytes:
    """A TIFF block with the orientation and nothing else."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def _directory(tiff: bytes, order: str, offset: int) -> tuple[list[tuple[int, int]], int]:
    """(tag, its four value bytes as a number) of one directory, and the offset of the next one (0: none)."""
    (count,) = struct.unpack_from(order + "H", tiff, offset)
    entries = [struct.unpack_from(order + "HHII", tiff, offset + 2 + 12 * n) for n in range(count)]
    (after,) = struct.unpack_from(order + "I", tiff, offset + 2 + 12 * count)
    return [(tag, value) for tag, _, _, value in entries], after
