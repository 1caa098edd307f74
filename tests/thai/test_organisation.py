"""What an administration, its head and its clerk are called, by its kind."""

import pytest

from thai.organisation import KINDS, bare_name, organisation


@pytest.mark.parametrize(
    ("kind", "name", "full", "head", "clerk"),
    [
        (
            "อบต.",
            "อบต.บ้านตัวอย่าง",
            "องค์การบริหารส่วนตำบลบ้านตัวอย่าง",
            "นายกองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
            "ปลัดองค์การบริหารส่วนตำบลบ้านตัวอย่าง",
        ),
        (
            "เทศบาลตำบล",
            "เทศบาลตำบลบ้านตัวอย่าง",
            "เทศบาลตำบลบ้านตัวอย่าง",
            "นายกเทศมนตรีตำบลบ้านตัวอย่าง",
            "ปลัดเทศบาลตำบลบ้านตัวอย่าง",
        ),
        ("เทศบาลเมือง", "ทม.ตัวอย่าง", "เทศบาลเมืองตัวอย่าง", "นายกเทศมนตรีเมืองตัวอย่าง", "ปลัดเทศบาลเมืองตัวอย่าง"),
        (
            "อบจ.",
            "อบจ. ตัวอย่าง",
            "องค์การบริหารส่วนจังหวัดตัวอย่าง",
            "นายกองค์การบริหารส่วนจังหวัดตัวอย่าง",
            "ปลัดองค์การบริหารส่วนจังหวัดตัวอย่าง",
        ),
    ],
)
def test_words_follow_the_kind(kind: str, name: str, full: str, head: str, clerk: str) -> None:
    found = organisation(kind, name)
    assert (found.full, found.head, found.clerk) == (full, head, clerk)


@pytest.mark.parametrize("written", ["อบต.ดี", "อบต ดี", "องค์การบริหารส่วนตำบลดี", "  อบต. ดี ", "ดี"])
def test_a_name_is_freed_of_its_kind_however_it_is_written(written: str) -> None:
    assert bare_name(written) == "ดี"


def test_every_kind_is_found_by_each_of_its_spellings() -> None:
    for kind, words in KINDS.items():
        for spelling in words.spellings:
            assert organisation(kind, f"{spelling}ตัวอย่าง").full == f"{words.body}ตัวอย่าง"
