"""Cutting text to LINE's limits without cutting through anything a reader sees as one sign."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
_JOINER = "\u200d"
_BEFORE_CONSONANT = "เแโใไ"
# Thai signs that belong to what stands before them, though Unicode calls them letters: ะ า ำ ๅ ๆ ฯ.
_AFTER_CONSONANT = "\u0e30\u0e32\u0e33\u0e45\u0e46\u0e2f"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Where a long text is best cut, best first: paragraph, line, end of a sentence, space.
_BORDERS = tuple(map(re.compile, (r"\n\s*\n", r"\n", r"(?:ค่ะ|คะ|ครับ|[.!?…”])\s", r"\s")))


def units(text: str) -> int:
    """Length in UTF-16 code units, as LINE counts a text message."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """`text` without control characters and half characters, which LINE refuses; lines end in \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LONE_SURROGATE.sub("\ufffd", _CONTROLS.sub("", text))


def blank(text: str) -> bool:
    """True when a reader would see nothing."""
    return all(c.isspace() or unicodedata.category(c) in ("Cf", "Mn", "Me") for c in text)


def may_cut(text: str, at: int) -> bool:
    """True when no grapheme cluster, emoji or Thai syllable's cluster lies across position `at`."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before == _JOINER or before in _BEFORE_CONSONANT or _extends(after):
        return False
    if _is_flag_half(before) and _is_flag_half(after):
        start = at
        while start > 0 and _is_flag_half(text[start - 1]):
            start -= 1
        return (at - start) % 2 == 0
    return True


def _extends(character: str) -> bool:
    return (
        character in _AFTER_CONSONANT
        or character == _JOINER
        or unicodedata.category(character) in ("Mn", "Mc", "Me")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags of regional flags
        or "\u1160" <= character <= "\u11ff"  # Korean vowels and finals
    )


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def shorten(text: str, most: int) -> str:
    """`text` in at most `most` code points, the last of them "…" when something is left out."""
    if len(text) <= most:
        return text
    return text[: _whole(text, most - len(ELLIPSIS))].rstrip() + ELLIPSIS


def pieces(text: str, most: int) -> list[str]:
    """`text` in parts of at most `most` UTF-16 units, cut where it reads best; white space at a cut goes."""
    found = []
    while units(text) > most:
        end = _reach(text, most)
        at = next(filter(None, (_last_border(border, text, end) for border in _BORDERS)), 0) or _whole(text, end)
        found.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [part for part in (*found, text) if not blank(part)]


def _reach(text: str, most: int) -> int:
    """How many code points of `text` fit into `most` UTF-16 units."""
    used = 0
    for at, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > most:
            return at
    return len(text)


def _last_border(border: re.Pattern[str], text: str, end: int) -> int:
    """The last such place in the second half of what fits; 0 when there is none."""
    found = [match.end() for match in border.finditer(text, end // 2, end) if may_cut(text, match.end())]
    return found[-1] if found else 0


def _whole(text: str, end: int) -> int:
    """`end`, or the nearest place before it that cuts nothing (`end` itself when one cluster fills everything)."""
    return next((at for at in range(end, 0, -1) if may_cut(text, at)), end)
