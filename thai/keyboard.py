"""Thai typed with the keyboard still on the Latin layout (Kedmanee, TIS 820-2538, over US QWERTY)."""

import re

from thai.text import normalise

_LATIN_KEYS = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"
_THAI_KEYS = '_ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ%+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_TO_THAI = str.maketrans(_LATIN_KEYS, _THAI_KEYS)
_THAI = re.compile("[\u0e01-\u0e5b]")
_CONSONANTS = "\u0e01-\u0e2e"
# Thai that can be read: each vowel or mark where a consonant carries it.
_READABLE = re.compile(f'(?:[เแโใไ]?[{_CONSONANTS}](?:[ัิ-ฺ็][่-๋]?|[่-๋])?์?[ะาำๅ]?ะ?|[ฤฦ]ๅ?|[ๆฯ๐-๙0-9.,()/?"\\s+%_-])+')
# Words so common that one of them decides whether a readable result was meant.
_COMMON = re.compile(
    "สวัส|หวัดดี|ครับ|คับ|ค่ะ|ขอ|การ|ที่|ไม่|ได้|อยาก|แจ้ง|จ่าย|ภาษี|บ้าน|น้ำ|ถนน|ขยะ|เบี้ย|เงิน|ทำ|อะไร|ไหน|ยัง|ไง|เท่า|เมื่อ|"
    "เปิด|ปิด|เบอร์|โทร|ทะเบียน|บัตร|เด็ก|พิการ|เมนู|ยกเลิก|ติดต่อ|ช่วย|มาก|ต้อง|ใช้|เอกสาร|วัน|หมู่|ซอย|ร้อง|ติดตาม|เรื่อง|แบบ|"
    "อบต|เทศบาล|เจ้าหน้าที่|โกง|ทุจริต|ตาย|ไหม้|ชน|งู|หมา|แมว|ไฟ"
)
_KEYS_INSIDE = re.compile(r"[a-z0-9][;'\[\],./\\=`][a-z0-9]|[a-z][0-9;\[\]=-][a-z]|[a-z][A-Z]")
_VOWELS = re.compile("[aeiouy]")


def from_latin_layout(text: str) -> str | None:
    """Return the Thai that the keys of `text` would have typed (`"l;ylfu"` -> `"สวัสดี"`).

    None when `text` has Thai in it already, or when the result is not readable Thai or the keys look
    like a word, number or address meant in Latin letters.
    """
    keys = text.strip()
    if len(keys) < 3 or _THAI.search(keys) or not re.search("[A-Za-z]", keys):
        return None
    for candidate in (keys, keys.swapcase()):  # caps lock on
        thai = normalise(candidate.translate(_TO_THAI))
        if _READABLE.fullmatch(thai) and (_COMMON.search(thai) or _unlike_latin(candidate)):
            return thai
    return None


def _unlike_latin(keys: str) -> bool:
    if "://" in keys or "@" in keys or "www." in keys.lower():
        return False
    letters = [c for c in keys if c.isalpha()]
    vowels = sum(bool(_VOWELS.match(c.lower())) for c in letters)
    return len(keys) >= 5 and bool(_KEYS_INSIDE.search(keys)) and vowels / len(letters) < 0.3
