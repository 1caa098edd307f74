"""Thai and Arabic digits, in both directions. Everything else in the text stays as it is."""

_ARABIC = "0123456789"
_THAI = "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = str.maketrans(_THAI, _ARABIC)
_TO_THAI = str.maketrans(_ARABIC, _THAI)


def to_arabic(text: str) -> str:
    """`"๐๙๕-๖๖๔"` -> `"095-664"`."""
    return text.translate(_TO_ARABIC)


def to_thai(text: str) -> str:
    """`"12/3"` -> `"๑๒/๓"`."""
    return text.translate(_TO_THAI)
