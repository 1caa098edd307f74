"""Thai telephone numbers, kept as national digits ("0956648316", "032123456", "1669")."""

import re

from thai.digits import to_arabic

# Mobile 06/08/09 + 8 digits, land line 02-07 + 7 digits, free call 1800, hotlines of 3 or 4 digits. The
# library's own lists lag behind newly opened blocks, and a citizen's real number must not be refused.
_NATIONAL = re.compile(r"0[689]\d{8}|0[2-7]\d{7}|1800\d{6}|1\d{2,3}")
_HOTLINE = re.compile(r"(?<!\d)1\d{2,3}(?!\d)")


class PhoneError(ValueError):
    """A phone number that could not be read. The message is Thai and can be shown to a citizen as it is."""


def parse_phone(text: str) -> str:
    """National digits of the first Thai number in `text`.

    Takes Thai digits, spaces, dashes, dots, +66 and words around the number ("โทร 095-664-8316 ค่ะ"); an
    extension is left out. Raises PhoneError with words for the citizen.
    """
    import phonenumbers  # its tables take a while, and start-up does not need them

    arabic = to_arabic(text)
    abroad = False
    for match in phonenumbers.PhoneNumberMatcher(arabic, "TH", leniency=phonenumbers.Leniency.POSSIBLE):
        if match.number.country_code != 66:
            abroad = True
            continue
        significant = phonenumbers.national_significant_number(match.number)
        digits = significant if significant.startswith("1") else f"0{significant}"
        if _NATIONAL.fullmatch(digits):
            return digits
    if hotline := _HOTLINE.search(arabic):
        return hotline[0]
    if abroad:
        raise PhoneError("ตอนนี้รับได้เฉพาะเบอร์ในประเทศไทยค่ะ\nมีเบอร์ไทยที่ติดต่อได้ไหมคะ")
    raise PhoneError("ขอเบอร์โทรอีกครั้งนะคะ\nมือถือ 10 ตัว เช่น 081-234-5678\nเบอร์บ้าน 9 ตัว เช่น 032-123-456 ค่ะ")


def format_phone(digits: str) -> str:
    """ "095-664-8316", "032-123-456", "02-123-4567", "1669". Other text comes back as it is."""
    import phonenumbers

    if not _NATIONAL.fullmatch(digits):
        return digits
    number = phonenumbers.parse(digits, "TH")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL).replace(" ", "-")
