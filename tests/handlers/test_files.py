"""Files are judged by content, cleaned, written whole, and shown by signed links only."""

from __future__ import annotations

import io
import os
import random
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from handlers import files
from handlers.files import FileRefused, LinkRefused, check_link, locate, sign_link, store_file, store_image, thumbnail

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def photo(size: tuple[int, int] = (640, 480), kind: str = "JPEG", gps: bool = False, orientation: int = 1) -> bytes:
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = "SECRET-CAMERA"
    if gps:
        place = exif.get_ifd(IFD.GPSInfo)
        place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (12.0, 34.0, 12.0)
        place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "E", (99.0, 57.0, 36.0)
    out = io.BytesIO()
    more = {"comment": b"SECRET-COMMENT"} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif, icc_profile=b"SECRET-PROFILE", **more)
    return out.getvalue()


def office(part: str, *extra: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", part, *extra):
            archive.writestr(name, "<x/>")
    return out.getvalue()


OPENXML = "application/vnd.openxmlformats-officedocument"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\0" * 64
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A isom" + b"\0" * 64
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 64


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_written_anew_without_what_it_carried(tmp_path: Path, kind: str) -> None:
    stored = store_image(photo(kind=kind, gps=True), tmp_path, 7)
    data = locate(tmp_path, stored.path).read_bytes()
    assert b"SECRET" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (640, 480), {})
    assert (stored.gps_latitude, stored.gps_longitude) == (12.57, 99.96)
    assert stored.size == len(data)
    assert stored.path.startswith("7/20")
    with Image.open(locate(tmp_path, thumbnail(stored.path))) as small:
        assert max(small.size) == 400


def test_a_large_photo_is_made_smaller_and_turned_upright(tmp_path: Path) -> None:
    stored = store_image(photo((4000, 2000), orientation=6), tmp_path, 1)  # 6: taken with the phone on its side
    with Image.open(locate(tmp_path, stored.path)) as image:
        assert image.size == (1280, 2560)
        red, _, blue = image.convert("RGB").getpixel((640, 100))
        assert blue > red  # what was left is now on top


def test_what_is_seen_through_becomes_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    stored = store_image(out.getvalue(), tmp_path, 1)
    with Image.open(locate(tmp_path, stored.path)) as image:
        assert image.getpixel((25, 25)) == (255, 255, 255)


def test_only_our_own_user_may_read_it_and_nothing_half_written_stays(tmp_path: Path) -> None:
    stored = store_image(photo(), tmp_path, 1)
    assert stat.S_IMODE(locate(tmp_path, stored.path).stat().st_mode) == 0o600
    assert not list(tmp_path.rglob("*.part"))


def test_a_full_disk_is_an_os_error_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store_image(photo(), tmp_path, 1)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("side", [8_000, 20_000])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, side: int) -> None:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(FileRefused, match="ขนาดใหญ่"):
        store_image(out.getvalue(), tmp_path, 1)


def test_too_many_bytes_are_refused_without_reading_them_all(tmp_path: Path) -> None:
    stream = io.BytesIO(b"\xff\xd8\xff" + b"\0" * 11_000_000)
    with pytest.raises(FileRefused, match="10 MB"):
        store_image(stream, tmp_path, 1)
    assert stream.tell() == files.IMAGE_BYTES + 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"MZ\x90\x00",
        b"<html>",
        office("evil.txt"),
        office("word/document.xml", "word/vbaProject.bin"),
        b"PK\x03\x04broken",
        HEIC,
        photo()[:300],
    ],
    ids=["empty", "svg", "exe", "html", "zip", "macro", "broken zip", "heic", "cut photo"],
)
def test_what_is_not_on_the_list_is_refused_in_thai(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(FileRefused, match=r"ค่ะ|นะคะ"):
        store_file(data, tmp_path, 1)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("data", "said", "kind", "content_type"),
    [
        (MP4, "video", "video", "video/mp4"),
        (MP4, "audio", "audio", "audio/mp4"),
        (M4A, "file", "audio", "audio/mp4"),
        (b"ID3\x03" + b"\0" * 20, "audio", "audio", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio", "audio", "audio/aac"),
        (b"%PDF-1.7\n", "file", "file", "application/pdf"),
        (office("word/document.xml"), "file", "file", f"{OPENXML}.wordprocessingml.document"),
        (office("xl/workbook.xml"), "file", "file", f"{OPENXML}.spreadsheetml.sheet"),
        (photo(kind="PNG"), "file", "image", "image/jpeg"),
    ],
)  # fmt: skip
def test_the_content_decides_the_type(tmp_path: Path, data: bytes, said: str, kind: str, content_type: str) -> None:
    stored = store_file(data, tmp_path, 1, said)
    assert (stored.kind, stored.content_type) == (kind, content_type)
    assert locate(tmp_path, stored.path).is_file()


def test_damaged_photos_are_refused_and_never_raise_anything_else(tmp_path: Path) -> None:
    chance = random.Random(70)
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        out = io.BytesIO()
        Image.effect_noise((60, 40), 50).save(out, kind)
        for _ in range(60):
            data = bytearray(out.getvalue())
            for _ in range(chance.randint(1, 20)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                store_file(bytes(data[: chance.randint(20, len(data))]), tmp_path, 1)
            except FileRefused:
                continue


def test_removing_takes_the_thumbnail_along_and_may_be_repeated(tmp_path: Path) -> None:
    stored = store_image(photo(), tmp_path, 1)
    for _ in range(2):
        files.remove(tmp_path, stored.path)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("path", ["../secret_key", "/etc/passwd", "1/../../secret_key", ""])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="below"):
        locate(tmp_path, path)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("C:\\Users\\me\\รูป.jpg", "รูป.jpg"), ("../../x.pdf", "x.pdf"), ("a\u202egpj.exe\n", "agpj.exe"), ("", "")],
)
def test_names_are_only_for_showing(name: str, shown: str) -> None:
    assert files.clean_name(name) == shown


def test_a_link_opens_one_file_until_its_time() -> None:
    token = sign_link("k" * 32, 12, NOW + timedelta(hours=1))
    assert token == sign_link("k" * 32, 12, NOW + timedelta(hours=1))
    assert check_link("k" * 32, token, NOW) == 12
    with pytest.raises(LinkRefused, match="หมดอายุ"):
        check_link("k" * 32, token, NOW + timedelta(hours=1, seconds=1))


@pytest.mark.parametrize("token", ["", "x", "WzEzLDFd.abc", sign_link("other" * 8, 12, NOW + timedelta(hours=1))])
def test_a_forged_link_opens_nothing(token: str) -> None:
    with pytest.raises(LinkRefused, match="ไม่ถูกต้อง"):
        check_link("k" * 32, token, NOW)


def test_every_changed_sign_of_a_link_is_noticed() -> None:
    token = sign_link("k" * 32, 12, NOW + timedelta(hours=1))
    for at in range(len(token) - 1):  # the last sign of base64 has bits without meaning
        forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(LinkRefused):
            check_link("k" * 32, forged, NOW)
