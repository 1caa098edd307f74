"""PNG with the picture's own chunks only; pixels stay as they are (PNG, third edition, section 11)."""

from __future__ import annotations

import struct
import zlib

from integrity.uploads import exif, icc, words
from integrity.uploads.words import Refused

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = {
    b"IHDR": 13,
    b"PLTE": 768,
    b"tRNS": 256,
    b"gAMA": 4,
    b"cHRM": 32,
    b"sRGB": 1,
    b"sBIT": 4,
    b"bKGD": 6,
    b"cICP": 4,
}
_MOST_CHUNKS = 50_000
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def strip(data: bytes) -> tuple[bytes, list[str]]:
    """The same picture without metadata, further frames and hidden remains, and what was found. Raises Refused."""
    before: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    found: list[str] = []
    position, name, chunks_left = len(SIGNATURE), b"", _MOST_CHUNKS
    while name != b"IEND":
        name, body = _chunk(data, position)
        chunks_left -= 1
        if not chunks_left:
            raise Refused(words.DAMAGED)
        position += 12 + len(body)
        if name == b"IDAT":
            pixels.append(body)
        elif name in _KEPT:
            if name in before or len(body) > _KEPT[name] or (not before and name != b"IHDR"):
                raise Refused(words.DAMAGED)
            before[name] = body
        elif name == b"iCCP":
            before |= _profile(body, found)
        elif name == b"eXIf":
            orientation, told = exif.read(body)
            found += told
            if orientation > 1:
                before[name] = exif.minimal(orientation)
        elif name != b"IEND":
            found += _told(name, body)
    if position < len(data):
        found.append(words.APPENDED)  # e.g. the uncropped remains of a screenshot (CVE-2023-21036)
    chunks = [*before.items(), (b"IDAT", _picture(before.get(b"IHDR", b""), b"".join(pixels), found)), (b"IEND", b"")]
    return SIGNATURE + b"".join(_write(name, body) for name, body in chunks), found


def _chunk(data: bytes, position: int) -> tuple[bytes, bytes]:
    length, name = struct.unpack_from(">I4s", data, position)  # past the end: struct.error, refused by clean()
    body = data[position + 8 : position + 8 + length]
    checksum = data[position + 8 + length : position + 12 + length]
    if checksum != struct.pack(">I", zlib.crc32(name + body)):
        raise Refused(words.DAMAGED)
    return name, body


def _write(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _picture(header: bytes, packed: bytes, found: list[str]) -> bytes:
    """The compressed pixels, exactly as many as the header promises, without what may hide behind them."""
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if not width or not height or colour not in _CHANNELS:
        raise Refused(words.DAMAGED)
    bits = depth * _CHANNELS[colour]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes]
    promised = sum(h * (1 + (w * bits + 7) // 8) for w, h in sizes if w > 0 and h > 0)
    if width * height > words.PIXELS or promised > 2 * words.INFLATED:
        raise Refused(words.UNFOLDS)
    end = _unpack(packed, promised)
    if end < len(packed):
        found.append(words.APPENDED)
    return packed[:end]


def _unpack(packed: bytes, promised: int) -> int:
    """Where the compressed stream ends, having unfolded to `promised` bytes, which are not kept."""
    unpacker, unpacked = zlib.decompressobj(), 0
    for start in range(0, len(packed), 1 << 16):
        rest = packed[start : start + (1 << 16)]
        end = start + len(rest)
        while rest and not unpacker.eof and unpacked <= promised:
            unpacked += len(unpacker.decompress(rest, 1 << 20))
            rest = unpacker.unconsumed_tail
        if unpacker.eof and unpacked == promised:
            return end - len(unpacker.unused_data)
        if unpacker.eof or unpacked > promised:
            break
    raise Refused(words.DAMAGED)


def _profile(body: bytes, found: list[str]) -> dict[bytes, bytes]:
    _, _, packed = body.partition(b"\x00")
    stripped = icc.strip(zlib.decompressobj().decompress(packed[1:], 1 << 22))
    if stripped is None:
        return {}
    clean, changed = stripped
    found += [words.COLOUR] if changed else []
    return {b"iCCP": b"icc\x00\x00" + zlib.compress(clean)}


def _told(name: bytes, body: bytes) -> list[str]:
    if name in _TEXTS:
        return words.in_xmp(body) if body.startswith(b"XML:com.adobe.xmp") else [words.CAPTION]
    if name == b"tIME":
        return [words.MADE_AT]
    if name in (b"acTL", b"fcTL", b"fdAT"):
        return [words.ANIMATION]
    if name == b"pHYs":
        return []
    if not name[0] & 0x20:
        raise Refused(words.UNKNOWN)  # a critical chunk that we do not know
    return [words.PROPERTIES]
