"""JPEG without anything but the picture. Nothing is decoded, so no pixel changes (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
import struct

from integrity.uploads import exif, icc, words
from integrity.uploads.words import Refused

_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP13, _APP14, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
_FRAMES = (0xC0, 0xC1, 0xC2)  # the three kinds that browsers show
_TABLES = (0xC4, 0xDB, 0xDC, 0xDD)  # Huffman, quantization, number of lines, restart interval
_MOST_SEGMENTS = 5_000  # some dozens are usual
_EXIF, _XMP, _ICC = b"Exif\x00", b"http://ns.adobe.com/x", b"ICC_PROFILE\x00"
_FILL = re.compile(rb"\xff+")  # a marker may begin with more than one
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # the next marker that does not belong to the scan


def strip(data: bytes) -> tuple[bytes, list[str]]:
    """The same picture without metadata, and what was found. Kept: the way up, and the colours.

    Raises Refused for damaged, huge and unusual JPEGs."""
    picture: list[bytes] = []
    head = [b"\xff\xd8"]
    found: list[str] = []
    profile: dict[int, bytes] = {}
    orientation, position, scans, segments = 1, 2, 0, 0
    if data[:2] != b"\xff\xd8":
        raise Refused(words.DAMAGED)
    while position < len(data):  # a missing end marker is put back
        if fill := _FILL.match(data, position):
            position = fill.end() - 1
        marker = _marker(data, position)
        if marker == _EOI:
            break
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        body = data[position + 4 : end]
        segments += 1
        if end < position + 4 or end > len(data) or segments > _MOST_SEGMENTS:
            raise Refused(words.DAMAGED)
        if marker == _SOS:
            after = _SCAN_END.search(data, end)
            end = after.start() if after else len(data)
            scans += 1
        if marker in _FRAMES:
            _check_size(body)
        if marker in _FRAMES or marker in _TABLES or marker == _SOS:
            picture.append(data[position:end])
        elif marker == _APP0 and body.startswith(b"JFIF\x00"):
            head.append(b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
        elif marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            head.append(b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + body[11:12])  # how colours are coded
        elif marker == _APP2 and body.startswith(_ICC) and len(body) > 14:
            profile.setdefault(body[12], body[14:])
        elif marker == _APP1 and body.startswith(_EXIF):
            turned, told = exif.read(body[6:])
            orientation = orientation if orientation > 1 else turned
            found += told
        else:
            found += _told(marker, body)
        position = end
    if not scans:
        raise Refused(words.DAMAGED)
    if len(data) > position + 2:
        found.append(words.APPENDED)
    if orientation > 1:
        head.append(_segment(_APP1, b"Exif\x00\x00" + exif.minimal(orientation)))
    if profile and (stripped := icc.strip(b"".join(profile[n] for n in sorted(profile)))):
        clean, changed = stripped
        found += [words.COLOUR] if changed else []
        parts = [clean[n : n + 65_000] for n in range(0, len(clean), 65_000)]
        head += [_segment(_APP2, _ICC + bytes([n, len(parts)]) + part) for n, part in enumerate(parts, 1)]
    return b"".join([*dict.fromkeys(head), *picture, b"\xff\xd9"]), found


def _marker(data: bytes, position: int) -> int:
    if data[position : position + 1] != b"\xff" or position + 1 >= len(data):
        raise Refused(words.DAMAGED)
    return data[position + 1]


def _check_size(frame: bytes) -> None:
    if len(frame) < 6:
        raise Refused(words.DAMAGED)
    height, width = struct.unpack_from(">HH", frame, 1)
    if not width:
        raise Refused(words.DAMAGED)
    if width * height > words.PIXELS:
        raise Refused(words.UNFOLDS)


def _told(marker: int, body: bytes) -> list[str]:
    if marker == _APP1 and body.startswith(_XMP):
        return words.in_xmp(body)
    if marker == _APP13:
        return [words.CAPTION, words.AUTHOR]  # IPTC: the press agencies' captions and names
    if marker == _COM:
        return [words.CAPTION]
    if marker == _APP2 and body.startswith(b"MPF\x00"):
        return [words.THUMBNAIL]
    if _APP0 <= marker <= 0xEF:
        return [words.PROPERTIES]
    raise Refused(words.UNKNOWN)  # arithmetic coding, lossless and hierarchical JPEGs


def _segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body
