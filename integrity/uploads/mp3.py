"""MP3 as bare frames: every tag (ID3, APE, Lyrics3) lies around or between them and is not copied (ISO/IEC 11172-3).

Runs in the process apart (apart.py)."""

from __future__ import annotations

from integrity.uploads import words
from integrity.uploads.words import Refused

_RATES = {  # kbit/s by (MPEG 1?, layer III?)
    (True, True): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (True, False): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (False, True): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, False): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_FREQUENCIES = (44_100, 48_000, 32_000)
_FEWEST = 3  # frames in a row that make us believe it is MP3


def strip(data: bytes) -> tuple[bytes, list[str], str]:
    """The frames one after the other, what was found around them, and "mp3". Raises Refused."""
    found: list[str] = []
    frames: list[bytes] = []
    position = _after_id3(data, 0)
    if position:
        found += [words.LABELS, *([words.THUMBNAIL] if b"APIC" in data[:position] else [])]
    while position < len(data):
        length = _frame_length(data, position)
        if length and position + length <= len(data):
            frames.append(data[position : position + length])
            position += length
            continue
        if not frames:
            raise Refused(words.UNKNOWN)
        found.append(words.LABELS if _is_tag(data, position) else words.APPENDED)
        position = _next_run(data, position)
    if len(frames) < _FEWEST:
        raise Refused(words.UNKNOWN)
    return b"".join([_without_maker(frames[0]), *frames[1:]]), found, "mp3"


def _after_id3(data: bytes, position: int) -> int:
    """Behind all ID3v2 tags that stand here."""
    while data[position : position + 3] == b"ID3" and position + 10 <= len(data):
        size = 0
        for byte in data[position + 6 : position + 10]:
            size = size << 7 | byte & 0x7F
        position += 10 + size + (10 if data[position + 5] & 0x10 else 0)
        while data[position : position + 1] == b"\x00":  # padding that is not counted
            position += 1
    return position


def _is_tag(data: bytes, position: int) -> bool:
    return data.startswith((b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3"), position)


def _next_run(data: bytes, position: int) -> int:
    """Where frames go on behind something that is none; the end if they do not."""
    position = data.find(b"\xff", position + 1)
    while position >= 0:
        ahead, count = position, 0
        while count < _FEWEST and (length := _frame_length(data, ahead)):
            ahead, count = ahead + length, count + 1
        if count == _FEWEST:
            return position
        position = data.find(b"\xff", position + 1)
    return len(data)


def _frame_length(data: bytes, position: int) -> int:
    """Bytes of the frame at `position`; 0 when there is none."""
    head = data[position : position + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3  # 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5; 1: III, 2: II
    rate, frequency, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer not in (1, 2) or not 0 < rate < 15 or frequency == 3:
        return 0
    samples = 72 if version != 3 and layer == 1 else 144
    hertz = _FREQUENCIES[frequency] >> {3: 0, 2: 1, 0: 2}[version]
    return samples * _RATES[version == 3, layer == 1][rate] * 1000 // hertz + padding


def _without_maker(frame: bytes) -> bytes:
    """The first frame may hold the table for seeking (Xing), which stays, and the encoder's name and settings."""
    for sign in (b"Xing", b"Info"):
        at = frame.find(sign, 4, 44)
        if at > 0:
            flags = frame[at + 7]
            end = at + 8 + 4 * (flags & 1) + 4 * (flags >> 1 & 1) + 100 * (flags >> 2 & 1) + 4 * (flags >> 3 & 1)
            return frame[:end] + bytes(max(0, len(frame) - end))
    return frame
