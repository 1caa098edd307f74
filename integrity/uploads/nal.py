"""User data within pictures of H.264 and H.265 films: cameras in cars write place and speed there, encoders their name.

Overwritten in its place, so that nothing moves and nothing is decoded (ITU-T H.264 and H.265, annexes D)."""

from __future__ import annotations

from dataclasses import dataclass

_USER_DATA = (4, 5)  # registered by a maker, unregistered


@dataclass(frozen=True, slots=True)
class Coding:
    """How units lie in a sample: bytes of the length before each, bytes of a unit's own head (1: H.264, 2: H.265)."""

    length: int
    head: int

    def is_message(self, unit: int) -> bool:
        """True when a unit with this first byte holds supplemental messages."""
        return unit & 0x1F == 6 if self.head == 1 else unit >> 1 & 0x3F in (39, 40)


def redact(data: bytearray, start: int, end: int, coding: Coding) -> bool:
    """Overwrite user data in the sample at start to end; True when there was some."""
    found = False
    while start + coding.length + coding.head < end:
        size = int.from_bytes(data[start : start + coding.length], "big")
        unit = start + coding.length
        start = unit + size
        if coding.is_message(data[unit]) and start <= end:
            found |= _redact_messages(data, unit + coding.head, start)
    return found


def _redact_messages(data: bytearray, start: int, end: int) -> bool:
    places, guarded, zeros = [], set(), 0
    for place in range(start, end):
        if zeros >= 2 and data[place] == 3:  # written in between so that no start code appears; not counted
            guarded |= {place - 1, place - 2}
            zeros = 0
            continue
        places.append(place)
        zeros = zeros + 1 if data[place] == 0 else 0
    found, position = False, 0
    while position + 2 < len(places):
        kind, position = _number(data, places, position)
        size, position = _number(data, places, position)
        if kind in _USER_DATA:
            for place in places[position : position + size]:
                found |= data[place] not in (0, 0xFF)
                if place not in guarded:
                    data[place] = 0xFF
        position += size
    return found


def _number(data: bytearray, places: list[int], position: int) -> tuple[int, int]:
    """A number written as so many 255 and a rest, and where it ends."""
    value = 0
    while position < len(places) and data[places[position]] == 0xFF:
        value, position = value + 255, position + 1
    return (value + data[places[position]], position + 1) if position < len(places) else (value, position)
