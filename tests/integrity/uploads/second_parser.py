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
    """The samples of each track, read through its tables as a player does."""
    start, name, length = 0, b"", 0
    while name != b"moov":  # what looks like a table may lie in the media too
        start += length
        length, name = struct.unpack_from(">I4s", movie, start)
    return [_samples(movie, match.start()) for match in re.compile(b"stbl").finditer(movie, start, start + length)]


def _samples(movie: bytes, at: int) -> list[bytes]:
    def table(name: bytes, form: str) -> list[tuple[int, ...]]:
        start = movie.index(name, at) + 8
        (count,) = struct.unpack_from(">I", movie, start)
        step = struct.calcsize(form)
        return [struct.unpack_from(form, movie, start + 4 + n * step) for n in range(count)]

    size_at = movie.index(b"stsz", at) + 8
    same, count = struct.unpack_from(">II", movie, size_at)
    sizes = [same] * count if same else list(struct.unpack_from(f">{count}I", movie, size_at + 8))
    wide = b"co64" in movie[at : at + struct.unpack_from(">I", movie, at - 4)[0]]
    places = [place for (place,) in (table(b"co64", ">Q") if wide else table(b"stco", ">I"))]
    runs = {first: many for first, many, _ in table(b"stsc", ">III")}
    found, many = [], 0
    for number, place in enumerate(places, 1):
        many = runs.get(number, many)
        for _ in range(many):
            if not sizes:
                break
            size = sizes.pop(0)
            found.append(movie[place : place + size])
            place += size
    return found
