"""Colour profiles without their story.

A profile says how colours look, and often which screen or camera, whose copyright, calibrated when and by whom. Only
the parts that change colours are kept (ICC.1:2022, sections 7.2 and 9.2)."""

from __future__ import annotations

import struct

_COLOUR_TAGS = {
    *(b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt", b"chad", b"cicp", b"gamt"),
    *(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"D2B0", b"D2B1", b"D2B2", b"B2D0", b"B2D1", b"B2D2"),
}
_TYPES = {b"XYZ ", b"curv", b"para", b"sf32", b"mft1", b"mft2", b"mAB ", b"mBA ", b"cicp", b"mpet"}
_MOST = 4_000_000  # bytes; a press profile has about one million


def strip(profile: bytes) -> tuple[bytes, bool] | None:
    """The profile with colour data only, and whether something else was in it. None: not a profile to be trusted."""
    if not 132 <= len(profile) <= _MOST or profile[36:40] != b"acsp":
        return None
    try:
        (count,) = struct.unpack_from(">I", profile, 128)
        table = [struct.unpack_from(">4sII", profile, 132 + 12 * n) for n in range(min(count, 100))]
    except struct.error:
        return None
    kept = [(tag, profile[at : at + size]) for tag, at, size in table if tag in _COLOUR_TAGS]
    kept = [(tag, value) for tag, value in kept if value[:4] in _TYPES]
    if not kept:
        return None
    clean = _write(profile, [(b"desc", _text(profile, "colour")), (b"cprt", _text(profile, "none")), *kept])
    return clean, clean != profile


def _text(profile: bytes, text: str) -> bytes:
    """The two texts that a profile must have, saying nothing: old form for version 2, new form from version 4."""
    if profile[8] >= 4:
        encoded = text.encode("utf-16-be")
        return b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, len(encoded), 28) + encoded
    ascii_text = text.encode() + b"\x00"
    return b"desc\x00\x00\x00\x00" + struct.pack(">I", len(ascii_text)) + ascii_text + bytes(78)


def _write(profile: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    places: dict[bytes, int] = {}  # equal values (the three curves, mostly) are stored once
    body, table, start = bytearray(), bytearray(struct.pack(">I", len(tags))), 132 + 12 * len(tags)
    for tag, value in tags:
        if value not in places:
            places[value] = start + len(body)
            body += value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", tag, places[value], len(value))
    header = bytearray(128)  # without maker, model, creator, date and identity
    header[8:24] = profile[8:24]  # version, class, colour spaces
    header[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    header[36:40] = b"acsp"
    header[64:80] = profile[64:80]  # rendering intent, white of the connection space
    header[0:4] = struct.pack(">I", len(header) + len(table) + len(body))
    return bytes(header + table + body)
