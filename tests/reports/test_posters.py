"""Every code on paper is read again from the paper as poppler rasters it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from reports import posters, qr
from reports.posters import SHEETS, Poster, Sheet
from reports.typeset import TypesetError
from tests import codes

POSTER = Poster(
    agency="องค์การบริหารส่วนตำบลบ้านตัวอย่าง",
    title="ประเมินการทำงาน\nของเรา",
    subtitle="แบบประเมิน EIT ของสำนักงาน ป.ป.ช.",
    facts=("ป.ป.ช. เป็นผู้ถาม", "ใช้เวลาราว 5 นาที", "ไม่ต้องบอกชื่อ", "ตอบตามที่พบจริง"),
    address="https://line.bantuayang.go.th/e/k7m2xq",
    point="เคาน์เตอร์กองคลัง",
    foot="เปิดรับ 1 ม.ค. 70 ถึง 30 มิ.ย. 70",
)
LONG = replace(
    POSTER,
    agency="องค์การบริหารส่วนตำบลหนองบัวศาลาพัฒนาสามัคคีธรรมเจริญ",
    address="https://sujarit.nongbuasala-phatthana.go.th/service/e/k7m2xq",
    point="ศูนย์พัฒนาเด็กเล็กบ้านหนองบัวศาลาใต้ หมู่ 12 ห้องประชาสัมพันธ์",
)
# Pages and codes of one poster, and the page in millimetres.
EXPECTED: dict[Sheet, tuple[int, tuple[int, int]]] = {
    "a4": (1, (210, 297)),
    "a5": (1, (148, 210)),
    "tent": (4, (297, 210)),
    "cards": (10, (210, 297)),
}


def logo(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "#7a1f1f").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("poster", [POSTER, LONG], ids=["short", "long"])
def test_codes_are_read_from_the_paper(sheet: Sheet, poster: Poster) -> None:
    count, size = EXPECTED[sheet]
    pages = codes.printed(posters.draw([poster], sheet))
    assert [codes.read(page) for page in pages] == [[poster.address] * count]
    assert tuple(round(pixels * 25.4 / 150) for pixels in pages[0].size) == size


def test_a_card_is_read_from_a_poor_printer() -> None:
    (page,) = codes.printed(posters.draw([LONG], "cards"), dots_per_inch=100)
    assert codes.read(page) == [LONG.address] * 10


@pytest.mark.parametrize("sheet", SHEETS)
def test_one_pdf_holds_all_points_in_their_order(sheet: Sheet) -> None:
    many = [replace(POSTER, address=f"https://line.bantuayang.go.th/e/k7m{n:03d}") for n in range(3)]
    heard: list[tuple[int, int]] = []
    pages = codes.printed(posters.draw(many, sheet, progress=lambda *step: heard.append(step)))
    assert [set(codes.read(page)) for page in pages] == [{poster.address} for poster in many]
    assert heard == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_stands_beside_the_name(kind: str) -> None:
    red = (0x7A, 0x1F, 0x1F)

    def reds(picture: bytes) -> int:
        (page,) = codes.printed(posters.draw([POSTER], "a4", picture), 40)
        return sum(
            count
            for count, colour in page.convert("RGB").getcolors(1 << 20) or ()
            if isinstance(colour, tuple) and all(abs(a - b) < 12 for a, b in zip(colour, red, strict=True))
        )

    assert reds(b"") == 0
    assert reds(logo(kind)) > 200


def test_nothing_to_print_and_broken_logos_are_refused() -> None:
    with pytest.raises(ValueError):
        posters.draw([], "a4")
    with pytest.raises(TypesetError):
        posters.draw([POSTER], "a4", b"\x89PNG but broken")


@pytest.mark.parametrize("level", ["Q", "H"])
@pytest.mark.parametrize("address", [POSTER.address, LONG.address, "https://line.me/R/ti/p/%40demo"])
def test_the_images_hold_the_address(address: str, level: str) -> None:
    assert codes.read(qr.draw(address, "png", level)) == [address]  # type: ignore[arg-type]
    assert codes.read(codes.drawn(qr.draw(address, "svg", level), 3)) == [address]  # type: ignore[arg-type]


def test_a_code_survives_a_torn_corner() -> None:
    picture = Image.open(io.BytesIO(qr.draw(POSTER.address, "png", "H"))).convert("RGB")
    side = picture.width
    picture.paste("white", (side - side // 3, side - side // 3, side, side))
    assert codes.read(picture) == [POSTER.address]


def test_no_code_without_an_address() -> None:
    with pytest.raises(ValueError):
        qr.draw("", "png")
    with pytest.raises(ValueError):
        qr.draw(POSTER.address, "gif")
