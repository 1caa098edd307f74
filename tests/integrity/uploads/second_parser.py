"""A checker that shares nothing with the cleaners: unfolds whatever can be unfolded and looks for canaries."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from tests.integrity.uploads.corpus import CANARY

_NEEDLES = [
    CANARY.encode(),
    CANARY.encode("utf-16-le"),
    CANARY.encode("utf-16-be"),
    CANARY.encode().hex().encode(),
    CANARY.encode("utf-16-be").hex().encode(),
]
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")


def unfolded(data: bytes, depth: int = 4) -> Iterator[bytes]:
    """The data and everything compressed in it, at any place, however deep."""
    yield data
    if not depth:
        return
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive.comment
            for entry in archive.infolist():
                yield entry.filename.encode() + entry.comment + entry.extra
                yield from unfolded(archive.read(entry), depth - 1)
        return
    for start in _ZLIB.finditer(data):
        try:
            inner = zlib.decompressobj().decompress(data[start.start() :])
        except zlib.error:
            continue
        if inner:
            yield from unfolded(inner, depth - 1)


def canaries(data: bytes) -> list[bytes]:
    """What is around every canary that is left (for the failure's message)."""
    hits = []
    for piece in unfolded(data):
        low = piece.lower()
        for needle in _NEEDLES:
            at = low.find(needle.lower())
            if at >= 0:
                hits.append(piece[max(0, at - 60) : at + 20])
    return hits


def samples(movie: bytes) -> list[list[bytes]]:
    """The samples of each track, read through its tables (one chunk for each sample)."""
    found = []
    for at in (m.start() for m in re.finditer(b"stco", movie)):
        sizes_at = movie.rindex(b"stsz", 0, at)
        count = struct.unpack_from(">I", movie, at + 8)[0]
        places = struct.unpack_from(f">{count}I", movie, at + 12)
        sizes = struct.unpack_from(f">{count}I", movie, sizes_at + 16)
        found.append([movie[place : place + size] for place, size in zip(places, sizes, strict=True)])
    return found
