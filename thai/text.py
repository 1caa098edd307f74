"""One spelling for text that people type in many: for comparing and searching, never for showing back."""

import re
import unicodedata
from functools import lru_cache

from thai.digits import to_arabic

# Lao letters stand 0x80 above their Thai sisters; the vowel mark ົ and the ligatures have none.
_LAO = re.compile("[\u0e80-\u0eff]")
_FROM_LAO = {
    **{code: code - 0x80 for code in range(0x0E81, 0x0EDA)},
    0x0EBB: None,
    0x0EBC: "ล",
    0x0EBD: "ย",
    0x0EDC: "หน",
    0x0EDD: "หม",
}
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}")
# A mark that stands after a vowel sign belongs before it ("น้ํา" and "จะ๊" are finger slips).
_LATE_MARK = re.compile("([\u0e30\u0e32\u0e33])([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+)")
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_REPEATS = re.compile(r"([^\s\dw])\1{2,}")
_DOUBLED_VOWEL = re.compile("([\u0e30\u0e32\u0e33\u0e40-\u0e45])\\1+")
_SPACES = re.compile(r"\s+")
_TONES = re.compile("[\u0e48-\u0e4b]")
_CLUSTER = re.compile(
    "[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]*[\u0e30\u0e32\u0e33\u0e45]?|[a-z0-9]+|\\S"
)


def _mark_class(mark: str) -> int:
    if "\u0e48" <= mark <= "\u0e4b":
        return 1
    return 2 if mark >= "\u0e4c" else 0


def _order_marks(match: re.Match[str]) -> str:
    """One vowel, one tone, one other, in that order: what a reader sees whatever the typing order."""
    kept = {_mark_class(mark): mark for mark in match[0]}
    return "".join(kept[place] for place in sorted(kept))


@lru_cache(maxsize=512)  # a turn comes here several times with one text
def normalise(text: str) -> str:
    """Return `text` with every way of typing the same thing made one.

    Lao letters as Thai; NFC; nothing invisible; เเ -> แ; ํา -> ำ; marks in one order and single; Thai digits -> Arabic;
    lower case; ๆ out; three or more of one character -> one (digits stay); single spaces.
    Doing it twice changes nothing. Any string is accepted.
    """
    if _LAO.search(text):
        text = text.translate(_FROM_LAO)
    text = unicodedata.normalize("NFC", to_arabic(_INVISIBLE.sub("", text)).lower())
    text = _CONTROL.sub(" ", text).replace("ๆ", " ")
    while True:  # each rule can make work for another; every pass shortens or orders, so this ends
        before = text
        text = text.replace("เเ", "แ")
        text = _LATE_MARK.sub(r"\2\1", text)
        text = _MARKS.sub(_order_marks, text)
        text = _SARA_AM.sub("\\1\u0e33", text)
        text = _DOUBLED_VOWEL.sub(r"\1", text)
        text = _REPEATS.sub(r"\1", text)
        if text == before:
            break
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip())


_GREETINGS = [
    "สวัสดีตอนเช้า",
    "สวัสดีตอนเย็น",
    "สวัสดี",
    "สวัดดี",
    "หวัดดี",
    "ดีค่ะ",
    "ดีคับ",
    "ดีครับ",
    "ดีจ้า",
    "ดีจ้ะ",
    "อรุณสวัสดิ์",
    "ฮัลโหล",
    "ฮาโหล",
    "hello",
    "hi",
    "เรียนท่าน",
    "แอดมิน",
    "แอดคะ",
    "แอดครับ",
    "แอดค่ะ",
    "แอดจ๋า",
    "แอด",
    "admin",
    "ad",
    "คุณเจ้าหน้าที่",
    "เจ้าหน้าที่คะ",
    "เจ้าหน้าที่ครับ",
    "เจ้าหน้าที่ค่ะ",
    "น้องคะ",
    "น้องครับ",
    "พี่คะ",
    "พี่ครับ",
    "พี่จ๋า",
    "คุณพี่",
    "เอ่อ",
    "เออ",
    "คือว่า",
    "คือ",
    "โทษนะ",
    "ขอโทษ",
    "ขออภัย",
    "ขออนุญาต",
    "รบกวน",
    "เรียนสอบถาม",
    "สอบถามเรื่อง",
    "สอบถามข้อมูล",
    "สอบถามเกี่ยวกับ",
    "สอบถามว่า",
    "สอบถาม",
    "สอบภาม",
    "ขอสอบถาม",
    "ขอถาม",
    "ถามหน่อย",
    "ถามว่า",
    "ถามนิด",
    "มีเรื่องจะถาม",
    "มีเรื่องถาม",
    "มีคำถาม",
    "อยากสอบถาม",
    "อยากจะถาม",
    "อยากถาม",
    "อยากจะทราบ",
    "อยากทราบ",
    "อยากจะรู้",
    "อยากรู้",
    "ขอทราบ",
    "ขอรู้",
    "ช่วยบอก",
    "ช่วยตอบ",
    "ช่วยแนะนำ",
    "บอกหน่อย",
    "แจ้งหน่อย",
    "ไม่ทราบว่า",
    "ไม่ทราบ",
    "พอจะทราบ",
    "ไม่รู้ว่า",
    "ว่า",
    "เรื่อง",
    "เกี่ยวกับ",
    "ดิฉัน",
    "เดี๊ยน",
    "ข้าเจ้า",
    "หน่อย",
    "นิดนึง",
    "นิดหนึ่ง",
    "ด้วย",
    "ครับ",
    "คับ",
    "ค่ะ",
    "คะ",
    "จ้า",
    "จ้ะ",
    "นะ",
]
_PARTICLES = [
    "ขอบคุณล่วงหน้า",
    "ขอบคุณมาก",
    "ขอบคุณ",
    "ขอบใจ",
    "ครับผม",
    "ครับ",
    "คับผม",
    "คับ",
    "คร้าบ",
    "คร๊าบ",
    "ค้าบ",
    "ค๊าบ",
    "คั๊บ",
    "ครัช",
    "คัช",
    "งับ",
    "ฮับ",
    "ฮะ",
    "ค่ะ",
    "คะ",
    "ค๊ะ",
    "ค้ะ",
    "คร่ะ",
    "ขา",
    "ค่า",
    "จ้า",
    "จ๊า",
    "จ้ะ",
    "จ๊ะ",
    "จ๋า",
    "จ๋ะ",
    "จร้า",
    "เด้อ",
    "เด้อค่า",
    "เด้อจ้า",
    "เด้",
    "เน้อ",
    "เน่อ",
    "แหน่",
    "แน่",
    "เจ้า",
    "นะ",
    "น่ะ",
    "น้า",
    "นะจ๊ะ",
    "หน่อย",
    "ด้วย",
    "ที",
    "สิ",
    "ซิ",
    "ล่ะ",
    "ละ",
    "อ่ะ",
    "อะ",
    "อ้ะ",
    "เนี่ย",
    "เนี้ย",
    "นี่",
    "วะ",
    "ว่ะ",
    "โว้ย",
    "เว้ย",
    "เฮ้ย",
    "ป่าวคะ",
    "นิ",
    "หว่า",
    "ง่ะ",
    "แอด",
    "แอดมิน",
    "please",
    "pls",
    "plz",
]
# A word for oneself or the clerk, where a verb follows; alone it may be the topic (หนู is also a rat).
_PERSON = "(?:ผม|หนู|ฉัน|เฮา|เรา|ยาย|ป้า|ลุง|ตา|แม่)(?=อยาก|จะ|ขอ|สอบถาม|ต้องการ)|เรียน(?=ท่าน|แอด|เจ้าหน้าที่|สอบถาม|ถาม)"
_LEAD = re.compile(rf"(?:{_PERSON}|{'|'.join(sorted(map(re.escape, _GREETINGS), key=len, reverse=True))})[\s,.!?]*")
_LATIN_WORD = re.compile("[a-z]+")
_TAIL = re.compile(rf"(?:{'|'.join(sorted(map(re.escape, _PARTICLES), key=len, reverse=True))})(?=[\s,.!?…]|$)")
# These are a particle wherever they stand, even glued to the next word.
_ANYWHERE = re.compile("ครับผม|ครับ|คร้าบ|ค่ะ|ค๊ะ|จ้า(?!ง)|จ้ะ|จ๊ะ|นะคะ|เด้อ(?!ส)")
_PUNCTUATION = re.compile(r"[^\w\u0e00-\u0e7f./%+@-]+")
_SHORTEST_QUESTION = 3


@lru_cache(maxsize=512)
def strip_courtesy(text: str) -> str:
    """Return normalised `text` without greeting, lead-in ("ขอสอบถามเรื่อง") and polite particles.

    When fewer than three characters would remain, the courtesy was the message: it is returned whole.
    """
    whole = _PUNCTUATION.sub(" ", normalise(text)).strip()
    stripped = _SPACES.sub(" ", _ANYWHERE.sub(" ", whole)).strip()
    while True:
        before = stripped
        if lead := _LEAD.match(stripped):
            latin = _LATIN_WORD.match(stripped)
            if not latin or latin[0] in _GREETINGS:
                stripped = stripped[lead.end() :].strip()
        # Only the last particles of a run of words: "ขา" alone in the middle is a leg.
        stripped = _SPACES.sub(" ", _TAIL.sub(" ", stripped)).strip()
        if stripped == before:
            break
    return stripped if len(stripped) >= _SHORTEST_QUESTION else whole


def detone(text: str) -> str:
    """Return `text` without the four tone marks, which people drop first."""
    return _TONES.sub("", text)


def clusters(text: str) -> list[str]:
    """Return the Thai character clusters of normalised `text` ("กา", "แข็", "น้ำ"), with a word of
    Latin letters or a number as one cluster each. Spaces separate and are not returned."""
    return _CLUSTER.findall(text)


_SILENCED = re.compile("[ก-ฮ][ิุ]?์")
_SAME_SOUND = str.maketrans(
    {
        **dict.fromkeys("ขฃฆฅค", "ค"),
        **dict.fromkeys("ฉฌช", "ช"),
        **dict.fromkeys("ศษสซ", "ส"),
        **dict.fromkeys("ฎดฏต", "ต"),
        **dict.fromkeys("ฐฑฒธถท", "ท"),
        **dict.fromkeys("ผพภ", "พ"),
        **dict.fromkeys("ฝฟ", "ฟ"),
        **dict.fromkeys("ฬรล", "ล"),
        **dict.fromkeys("หฮ", "ห"),
        "ณ": "น",
        "ญ": "ย",
        "ใ": "ไ",
        "ิ": "ี",
        "ึ": "ื",
        "ุ": "ู",
        "็": "",
        "ฺ": "",
        "ำ": "ัม",
        "ๅ": "า",
    }
)
_DOUBLED = re.compile(r"(\D)\1+")


def sound(text: str) -> str:
    """Return normalised `text` as it sounds, roughly: letters of one sound become one, vowel length, tone marks
    and silenced letters go. `sound("ภาสี") == sound("ภาษี")`."""
    return _SILENCED.sub("", detone(text)).translate(_SAME_SOUND)


@lru_cache(maxsize=2048)  # people type the same commands
def fold_command(text: str) -> str:
    """Return `text` folded so far that sloppy typing of a command word still equals it.

    For comparing with a short list folded the same way, never for search (it would merge too much): letters
    of one sound become one, vowel length, tone marks, silenced letters, doubled letters, spaces,
    punctuation and particles go. `fold_command("เมณู ค่ะ") == fold_command("เมนู")`.
    """
    folded = sound(strip_courtesy(text))
    letters = "".join(c for c in folded if c.isalnum() or "\u0e30" <= c <= "\u0e4e")
    return _DOUBLED.sub(r"\1", letters)


def forget() -> None:
    """Empty this module's memory of recent texts: called after words that must be kept nowhere."""
    for remembering in (normalise, strip_courtesy, fold_command):
        remembering.cache_clear()
