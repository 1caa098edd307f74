"""Words that betray a pasted text. All names are invented."""

from __future__ import annotations

import pytest

from handlers.documents.wording import broken_address, foreign_organisations, foreign_years, torn


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("ตามที่เทศบาลตำบลหนองสมมุติ ได้ดำเนินการ", "อบต.", ["เทศบาลตำบลหนองสมมุติ"]),
        ("นายกเทศมนตรีลงนามแล้ว", "อบต.", ["นายกเทศมนตรี"]),
        ("ระเบียบของเทศบาล", "อบต.", ["เทศบาล"]),
        ("ขององค์การบริหารส่วนตำบลหนองสมมุติ", "อบต.", ["องค์การบริหารส่วนตำบลหนองสมมุติ"]),
        ("อบต หนองสมมุติ จัดประชุม", "อบต.", ["อบตหนองสมมุติ"]),
        ("องค์การบริหารส่วนตำบลบ้านตัวอย่าง อำเภอสมมุติ", "อบต.", []),
        ("โครงการ อบต เคลื่อนที่พบประชาชน", "อบต.", []),
        ("ทุกส่วนงานของ อบต. ได้ปฏิบัติตาม", "อบต.", []),
        ("อบต. ตรวจสอบแล้ว องค์การบริหารส่วนตำบลเห็นชอบ", "อบต.", []),
        ("ประชุมร่วมกับ อบต.ชะอำ", "อบต.", ["อบต.ชะอำ"]),
        ("นายกเทศมนตรีตำบลบ้านตัวอย่าง มอบนโยบาย", "เทศบาลตำบล", []),
        ("ปลัด อบต. ตรวจสอบ", "เทศบาลตำบล", ["อบต."]),
        ("สภาองค์การบริหารส่วนตำบลเห็นชอบ", "เทศบาลเมือง", ["องค์การบริหารส่วนตำบลเห็นชอบ", "สภาองค์การบริหารส่วนตำบล"]),
    ],
)
def test_another_organisation(text: str, kind: str, found: list[str]) -> None:
    assert list(foreign_organisations(text, kind, "บ้านตัวอย่าง")) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ประจำปี 2564", ["2564"]),
        ("จัดอบรมเมื่อเดือนธันวาคม 2564", ["ธันวาคม 2564"]),
        ("เมื่อวันที่ ๒๘ ก.พ. ๒๕๖๕", ["ก.พ. 2565"]),  # of fiscal year 2565
        ("ลงวันที่ 4 ต.ค. 66", ["ต.ค. 66"]),  # of fiscal year 2567
        ("แผนงานปีงบประมาณ พ.ศ. 2565", ["ปีงบประมาณ พ.ศ. 2565"]),
        ("เมื่อวันที่ 29 ธ.ค. ๖๕ และ มี.ค ๖๖", []),
        ("จากผลการประเมินปีงบประมาณ พ.ศ. 2565", []),
        ("ตามพระราชบัญญัติข้อมูลข่าวสารของราชการ พ.ศ. 2540", []),
        ("แผนพัฒนาท้องถิ่น (พ.ศ. 2566 - 2570)", []),
        ("คำสั่งที่ 777/2565", []),
    ],
)
def test_another_year(text: str, found: list[str]) -> None:
    assert list(foreign_years(text, 2566)) == found


@pytest.mark.parametrize(
    ("text", "piece"), [("โดยส านักงาน", "โดยส านักงาน"), ("เดือน ก ร ก ฎ า ค ม", "เดือน ก ร ก ฎ า ค ม")]
)
def test_letters_torn_apart_are_found(text: str, piece: str) -> None:
    assert torn(text) == piece


@pytest.mark.parametrize("text", ["สำนักปลัด กองคลัง", "นาย ก ข ค", "3 ก.ค. 2566", ""])
def test_whole_words_are_left_alone(text: str) -> None:
    assert torn(text) == ""


@pytest.mark.parametrize(
    ("url", "broken"),
    [
        ("https://example.go.th/ita/ข่าว 1".replace(" ", "-"), False),
        ("https://example.go.th/?next=https://other.go.th", False),
        ("www.example.go.th/http://www.example-go-th-1", True),
        ("http://www-example-go-th/page", True),
        ("https://example.go.th/https://example.go.th/a", True),
    ],
)
def test_addresses_that_cannot_be_right(url: str, broken: bool) -> None:
    assert broken_address(url) is broken
