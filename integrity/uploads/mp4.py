"""MP4, M4A and MOV written anew: the boxes that playing needs, and of the media data only what the kept tracks use.

Runs in the process apart (apart.py). Nothing is decoded; samples are copied and their places written anew (ISO/IEC
14496-12). The movie's description comes first in the result, so that it plays while it loads."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import accumulate, pairwise

from integrity.uploads import nal, words
from integrity.uploads.words import Refused

_INSIDE = {  # the boxes that are opened, and what is kept in each
    b"moov": {b"mvhd", b"trak"},
    b"trak": {b"tkhd", b"edts", b"mdia"},
    b"edts": {b"elst"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"minf": {b"vmhd", b"smhd", b"dinf", b"stbl"},
    b"stbl": {
        b"stsd",
        b"stts",
        b"ctts",
        b"cslg",
        b"stss",
        b"stsc",
        b"stsz",
        b"stco",
        b"co64",
        b"sdtp",
        b"sgpd",
        b"sbgp",
    },
}
_CODEC = {  # what may follow a sample entry's fixed fields
    *(b"avcC", b"hvcC", b"av1C", b"vpcC", b"dvcC", b"dvvC", b"esds", b"dac3", b"dec3", b"dOps", b"dfLa", b"alac"),
    *(b"colr", b"pasp", b"clap", b"fiel", b"btrt", b"mdcv", b"clli", b"chan", b"damr", b"d263"),
}
_WAVE = (b"frma", b"esds", b"alac", b"mp4a", bytes(4))
_TOLD = {b"udta": words.LABELS, b"meta": words.LABELS, b"uuid": words.PROPERTIES, b"XMP_": words.PROPERTIES}
_PLACES = (b"\xa9xyz", b"loci", b"location.ISO6709")
_MAKERS = (b"\xa9mak", b"\xa9mod", b"com.apple.quicktime.model", b"com.android")
_UNDETERMINED = b"\x55\xc4"  # the language "und"
_VIDEO, _SOUND = b"vide", b"soun"
_MOST_SAMPLES = 1_000_000  # five hours of sound, nine of pictures

Box = tuple[bytes, bytes]  # name, body
Tree = list[tuple[bytes, "bytes | Tree"]]  # the same, opened


def strip(data: bytes) -> tuple[bytes, list[str], str]:
    """The same sound and pictures without anything else, what was found, and "mp4", "mov" or "m4a". Raises Refused."""
    found: list[str] = []
    top = list(_boxes(data))
    names = [name for name, _ in top]
    if b"moof" in names or names.count(b"moov") != 1:
        raise Refused(words.FRAGMENTS if b"moof" in names else words.DAMAGED)
    movie = dict(top)[b"moov"]
    found += [_TOLD[name] for name in names if name in _TOLD]
    found += [words.PLACE] if any(sign in movie for sign in _PLACES) else []
    found += [words.DEVICE] if any(sign in movie for sign in _MAKERS) else []
    tracks, head = [], b""
    for name, body in _boxes(movie):
        if name == b"mvhd":
            head = _without_times(body, found)
        elif name == b"trak":
            track = _Track(body, data, found)
            if track.handler in (_VIDEO, _SOUND):
                tracks.append(track)
            else:
                found.append(words.TRACKS)
        elif name == b"mvex":
            raise Refused(words.FRAGMENTS)
        elif name in _TOLD:
            found.append(_TOLD[name])
    if not head or not tracks:
        raise Refused(words.DAMAGED)
    seen = any(track.handler == _VIDEO for track in tracks)
    kind = "m4a" if not seen else "mov" if data[8:12] == b"qt  " else "mp4"
    media = bytearray(data)
    hidden = [track.redact(media) for track in tracks]  # all of them, so no lazy any()
    if any(hidden):
        found.append(words.TRACKS)
    return _write(_brand(kind), head, tracks, media), found, kind


class _Track:
    """A track without private parts, and where in the file its chunks of samples lie."""

    def __init__(self, body: bytes, data: bytes, found: list[str]) -> None:
        self.handler = b""
        self.tables: dict[bytes, bytes] = {}
        self._found = found
        self._coding: nal.Coding | None = None
        self._tree = self._clean(b"trak", body)
        self.chunks: list[tuple[int, int]] = []  # place, size
        self.samples: list[tuple[int, int]] = []
        if self.handler in (_VIDEO, _SOUND):
            self.chunks = self._find_chunks(len(data))

    def written(self, places: list[int]) -> bytes:
        """The track's box, its chunks lying at these places."""
        table = struct.pack(f">II{len(places)}I", 0, len(places), *places)
        return _box(b"trak", _join(self._tree, table))

    def redact(self, media: bytearray) -> bool:
        """Overwrite what is hidden within the pictures; True when there was something."""
        coding = self._coding
        if coding is None:
            return False
        hidden = [nal.redact(media, place, place + size, coding) for place, size in self.samples]
        return any(hidden)

    def _clean(self, parent: bytes, body: bytes) -> Tree:
        kept: Tree = []
        for name, inside in _boxes(body):
            if name not in _INSIDE[parent]:
                self._found += [_TOLD[name]] if name in _TOLD else []
            elif name in _INSIDE:
                kept.append((name, self._clean(name, inside)))
            else:
                kept.append((name, self._clean_leaf(name, inside)))
        return kept

    def _clean_leaf(self, name: bytes, body: bytes) -> bytes:
        if name in (b"tkhd", b"mdhd"):
            return _without_times(body, self._found)
        if name == b"hdlr":
            self.handler = body[8:12]
            family = body[4:8] if body[4:8] == b"mhlr" else bytes(4)  # QuickTime's own
            return bytes(4) + family + self.handler + bytes(13)  # without maker and name
        if name == b"dinf":
            return _box(b"dref", struct.pack(">II", 0, 1) + _box(b"url ", b"\x00\x00\x00\x01"))  # in this file
        if name == b"stsd":
            self._coding = _coding(body) if self.handler == _VIDEO else None
            return _descriptions(body, self.handler)
        self.tables[name] = body
        return body

    def _find_chunks(self, most: int) -> list[tuple[int, int]]:
        places = _numbers(self.tables[b"stco"]) if b"stco" in self.tables else _numbers(self.tables[b"co64"], "Q")
        first_and_count = _numbers(self.tables[b"stsc"], "I", 3)
        runs = list(zip(first_and_count[0::3], first_and_count[1::3], strict=True))
        last = len(places) + 1
        ends = [*(first for first, _ in runs[1:]), last]
        counts = [count for (first, count), end in zip(runs, ends, strict=True) for _ in range(first, min(end, last))]
        same, samples = struct.unpack_from(">II", self.tables[b"stsz"], 4)
        if len(counts) != len(places) or not samples <= sum(counts) <= most or samples > _MOST_SAMPLES:
            raise Refused(words.DAMAGED)
        firsts = list(accumulate(counts, initial=0))
        if same:
            if self.handler == _SOUND and same == 1:
                raise Refused(words.UNKNOWN)  # uncompressed QuickTime sound counts its samples in another way
            sizes = [same * count for count in counts]
        else:
            sums = list(accumulate(_numbers(self.tables[b"stsz"][4:]), initial=0))
            bounds = [(min(start, samples), min(end, samples)) for start, end in pairwise(firsts)]
            sizes = [sums[end] - sums[start] for start, end in bounds]
            self.samples = [
                (place + sums[n] - sums[start], sums[n + 1] - sums[n])
                for place, (start, end) in zip(places, bounds, strict=True)
                for n in range(start, end)
            ]
        if sum(sizes) > most or any(place + size > most for place, size in zip(places, sizes, strict=True)):
            raise Refused(words.DAMAGED)
        return list(zip(places, sizes, strict=True))


def _join(tree: Tree, places: bytes) -> bytes:
    """The boxes of a track, with this table of its chunks' places instead of its old one."""
    joined = []
    for name, inside in tree:
        if name in (b"stco", b"co64"):
            joined.append(_box(b"stco", places))
        else:
            joined.append(_box(name, inside if isinstance(inside, bytes) else _join(inside, places)))
    return b"".join(joined)


def _write(brand: bytes, head: bytes, tracks: list[_Track], data: bytearray) -> bytes:
    chunks = sorted({chunk for track in tracks for chunk in track.chunks})
    if sum(size for _, size in chunks) > len(data):
        raise Refused(words.DAMAGED)  # chunks that overlap to unfold into something larger

    def described(start: int) -> bytes:
        starts = accumulate((size for _, size in chunks), initial=start)
        moved = dict(zip(chunks, starts, strict=False))  # the last start is the end
        written = [track.written([moved[chunk] for chunk in track.chunks]) for track in tracks]
        return _box(b"moov", _box(b"mvhd", head) + b"".join(written))

    start = len(brand) + len(described(0)) + 8
    media = b"".join(data[place : place + size] for place, size in chunks)
    return brand + described(start) + _box(b"mdat", media)


def _boxes(data: bytes) -> Iterator[Box]:
    position = 0
    while position + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        start = position + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        elif length == 0:
            length = len(data) - position
        if position + length > len(data) or start > position + length:
            raise Refused(words.DAMAGED)
        yield name, data[start : position + length]
        position += length


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, name) + body


def _brand(kind: str) -> bytes:
    return _box(b"ftyp", b"qt  \x00\x00\x00\x00qt  " if kind == "mov" else b"mp42\x00\x00\x00\x00isommp42")


def _numbers(table: bytes, size: str = "I", columns: int = 1) -> tuple[int, ...]:
    """The numbers of a table: version and flags, count, values."""
    (count,) = struct.unpack_from(">I", table, 4)
    return struct.unpack_from(f">{count * columns}{size}", table, 8) if count * columns * 4 <= len(table) else ()


def _without_times(body: bytes, found: list[str]) -> bytes:
    """A header without the two times it begins with; the media header also without language."""
    times = slice(4, 20 if body[:1] == b"\x01" else 12)
    if any(body[times]):
        found.append(words.TAKEN_AT)
    clean = bytearray(body)
    clean[times] = bytes(times.stop - times.start)
    if len(body) in (24, 36):  # mdhd
        clean[-4:-2] = _UNDETERMINED
    return bytes(clean)


def _descriptions(body: bytes, handler: bytes) -> bytes:
    """How samples are coded: each entry's fixed fields, and of the boxes in it only the codec's own."""
    entries = []
    for name, entry in _boxes(body[8:]):
        if name in (b"encv", b"enca"):
            raise Refused(words.PASSWORD)
        fixed = 78 if handler == _VIDEO else 28 + {0: 0, 1: 16, 2: 36}.get(entry[9], 0)
        head = bytearray(entry[:fixed])
        if handler == _VIDEO:
            head[8:24], head[42:74] = bytes(16), bytes(32)  # maker, compressor's name
        entries.append(_box(name, b"\x00" * 6 + b"\x00\x01" + bytes(head[8:]) + _codec(entry[fixed:])))
    return struct.pack(">II", 0, len(entries)) + b"".join(entries)


def _coding(descriptions: bytes) -> nal.Coding | None:
    """How units lie in the samples of an H.264 or H.265 track; None for other codecs."""
    for _, entry in _boxes(descriptions[8:]):
        for name, body in _boxes(entry[78:]):
            if name == b"avcC" and len(body) > 4:
                return nal.Coding((body[4] & 3) + 1, 1)
            if name == b"hvcC" and len(body) > 21:
                return nal.Coding((body[21] & 3) + 1, 2)
    return None


def _codec(boxes: bytes) -> bytes:
    kept = []
    for name, body in _boxes(boxes):
        if name == b"wave":  # QuickTime wraps the sound's description once more
            kept.append(_box(name, b"".join(_box(*inner) for inner in _boxes(body) if inner[0] in _WAVE)))
        elif name in _CODEC and not (name == b"colr" and body[:4] in (b"prof", b"rICC")):
            kept.append(_box(name, body))
    return b"".join(kept)
