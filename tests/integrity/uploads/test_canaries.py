"""No canary survives cleaning, the picture does, and the reporter is told what was found."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from xml.dom import minidom
from zipfile import ZipFile

import mutagen.mp3
import mutagen.mp4
import openpyxl
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from integrity.uploads import Refused, clean, mp4, words
from tests.integrity.uploads import corpus
from tests.integrity.uploads.second_parser import canaries, samples

pytestmark = pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")  # the corpus's own doing
FILES: dict[str, Callable[[], bytes]] = {
    "jpg": corpus.jpeg,
    "png": corpus.png,
    "pdf": corpus.pdf,
    "docx": lambda: corpus.package(corpus.docx_parts()),
    "xlsx": lambda: corpus.package(corpus.xlsx_parts()),
    "mp3": corpus.mp3,
    "mp4": corpus.movie,
    "m4a": lambda: corpus.movie(video=False, brand=b"M4A "),
    "mov": lambda: corpus.movie(brand=b"qt  ", late=True),
}


@pytest.mark.parametrize("kind", FILES)
def test_nothing_of_the_maker_is_left(kind: str) -> None:
    dirty = FILES[kind]()
    assert canaries(dirty)  # the checker sees them
    cleaned = clean(dirty, "หลักฐาน.bin")
    assert canaries(cleaned.data) == []
    assert cleaned.name == f"หลักฐาน.{kind}"
    assert len(cleaned.found) == len(set(cleaned.found)) > 0
    again = clean(cleaned.data, "x")
    assert (again.data, again.found) == (cleaned.data, [])


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
def test_exiftool_finds_nothing() -> None:
    for make in FILES.values():
        ask = ["exiftool", "-a", "-u", "-G1", "-ee3", "-"]
        told = subprocess.run(ask, input=clean(make(), "x").data, capture_output=True, check=False).stdout
        assert corpus.CANARY.encode() not in told
        assert b"GPS" not in told


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("jpg", {words.PLACE, words.DEVICE, words.TAKEN_AT, words.AUTHOR, words.CAPTION, words.APPENDED, words.COLOUR}),
        ("png", {words.PLACE, words.DEVICE, words.AUTHOR, words.MADE_AT, words.APPENDED}),
        (
            "pdf",
            {words.AUTHOR, words.ATTACHED, words.ACTIONS, words.SIGNATURE, words.PLACE, words.EDITORS, words.LINKS},
        ),
        ("docx", {words.AUTHOR, words.EDITORS, words.ATTACHED, words.LINKS, words.HISTORY, words.PLACE}),
        ("xlsx", {words.AUTHOR, words.EDITORS, words.LINKS, words.DEVICE, words.HISTORY}),
        ("mp3", {words.LABELS, words.THUMBNAIL}),
        ("mp4", {words.PLACE, words.DEVICE, words.TAKEN_AT, words.TRACKS, words.LABELS}),
    ],
)
def test_the_reporter_is_told(kind: str, expected: set[str]) -> None:
    assert expected <= set(clean(FILES[kind](), "x").found)


_MODES = {"jpg": ("RGB", "L", "CMYK"), "png": ("RGB", "L", "P", "1", "RGBA", "I;16")}


@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind, modes in _MODES.items() for mode in modes])
def test_pixels_stay(kind: str, mode: str) -> None:
    picture = corpus.picture().convert("L").convert("I;16") if mode == "I;16" else corpus.picture().convert(mode)
    out = io.BytesIO()
    picture.save(out, "JPEG" if kind == "jpg" else "PNG")
    before = Image.open(out)
    after = Image.open(io.BytesIO(clean(out.getvalue(), "x").data))
    assert after.mode == before.mode
    assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_the_way_up_and_the_colours_stay(kind: str) -> None:
    before = Image.open(io.BytesIO(FILES[kind]()))
    after = Image.open(io.BytesIO(clean(FILES[kind](), "x").data))
    assert dict(after.getexif()) == {0x0112: 6}
    profiles = [ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"])) for image in (before, after)]
    target = ImageCms.createProfile("LAB")
    picture = corpus.picture()
    shown = [ImageCms.profileToProfile(picture, profile, target, outputMode="LAB") for profile in profiles]
    assert shown[0].tobytes() == shown[1].tobytes()


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 2}, {"subsampling": 0}])
def test_every_way_to_write_a_jpeg(options: dict[str, object]) -> None:
    dirty = corpus.jpeg(**options)
    cleaned = clean(dirty, "x").data
    assert canaries(cleaned) == []
    assert Image.open(io.BytesIO(cleaned)).tobytes() == Image.open(io.BytesIO(dirty)).tobytes()


def test_a_jpeg_without_its_end_is_mended() -> None:
    out = io.BytesIO()
    corpus.picture().save(out, "JPEG")
    assert clean(out.getvalue()[:-2], "x").data.endswith(b"\xff\xd9")


def test_interlaced_and_animated_png() -> None:
    frames = [corpus.picture(), corpus.picture()]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    cleaned = clean(out.getvalue(), "x")
    assert words.ANIMATION in cleaned.found
    assert Image.open(io.BytesIO(cleaned.data)).tobytes() == frames[0].tobytes()


def test_a_pdf_still_shows_its_page() -> None:
    photo = corpus.jpeg()
    with pikepdf.open(io.BytesIO(clean(corpus.pdf(photo), "x.pdf").data)) as document:
        assert set(document.Root.keys()) == {"/Type", "/Pages", "/AcroForm"}
        assert "/Info" not in document.trailer
        (page,) = document.pages
        for name in ("/A", "/B"):
            image = Image.open(io.BytesIO(page.Resources.XObject[name].read_raw_bytes()))
            assert image.tobytes() == Image.open(io.BytesIO(photo)).tobytes()
        assert b"/A Do" in page.Contents.read_bytes()
        assert [str(mark.Subtype) for mark in page.Annots] == ["/Text", "/Link"]
        assert str(page.Annots[0].Contents) == "ความเห็น"


def test_a_photo_within_the_commands_of_a_page_is_refused() -> None:
    out = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page()
        page.Contents = document.make_stream(b"BI /W 1 /H 1 /CS /RGB /F /DCT ID " + corpus.jpeg() + b" EI")
        document.save(out)
    with pytest.raises(Refused, match="ส่วนที่ล้างไม่ได้"):
        clean(out.getvalue(), "x")


def test_a_pdf_that_only_forbids_printing_is_cleaned() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(corpus.pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="secret", user=""))
    with pikepdf.open(io.BytesIO(clean(out.getvalue(), "x").data)) as document:
        assert not document.is_encrypted


def test_word_and_excel_keep_their_text_and_every_part_is_there() -> None:
    for kind, texts in (("docx", ["ถนนดิน &amp; ทราย", "เพิ่ม", "ลิงก์", "ความเห็น"]), ("xlsx", ["เงินทอน", "ดูตรงนี้"])):
        with ZipFile(io.BytesIO(clean(FILES[kind](), "x").data)) as archive:
            names = archive.namelist()
            whole = "".join(archive.read(name).decode() for name in names if name.endswith((".xml", ".rels")))
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert all(text in whole for text in texts)
            for name in names:
                if name.endswith(".rels"):
                    targets = [e.getAttribute("Target") for e in _elements(archive.read(name), "Relationship")]
                    assert all(target.lstrip("/") in names for target in targets)
            stated = [e.getAttribute("PartName").lstrip("/") for e in _elements(archive.read(names[0]), "Override")]
            assert set(stated) <= set(names)


def _elements(part: bytes, name: str) -> list[minidom.Element]:
    return list(minidom.parseString(part).getElementsByTagName(name))


def test_a_real_workbook_opens_with_values_formulas_comment_and_picture() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"] = "เงินทอน", "=1+1"
    sheet["A1"].comment = openpyxl.comments.Comment("ดูตรงนี้", corpus.CANARY)
    sheet.add_image(openpyxl.drawing.image.Image(io.BytesIO(corpus.jpeg())), "C3")
    book.properties.creator = corpus.CANARY
    out = io.BytesIO()
    book.save(out)
    cleaned = clean(out.getvalue(), "งบ.xlsx")
    assert canaries(cleaned.data) == []
    sheet = openpyxl.load_workbook(io.BytesIO(cleaned.data)).active
    assert (sheet["A1"].value, sheet["A2"].value, sheet["A1"].comment.author) == ("เงินทอน", "=1+1", "ผู้เขียน")
    assert len(sheet._images) == 1


def test_a_package_that_states_types_by_ending_only() -> None:
    parts = corpus.docx_parts()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts["[Content_Types].xml"] = f'<Types><Default Extension="xml" ContentType="{kind}"/></Types>'
    with ZipFile(io.BytesIO(clean(corpus.package(parts), "x").data)) as archive:
        stated = {e.getAttribute("PartName"): e for e in _elements(archive.read("[Content_Types].xml"), "Override")}
    assert stated["/word/document.xml"].getAttribute("ContentType") == kind


def test_fields_that_only_count_stay() -> None:
    parts = corpus.docx_parts()
    codes = [
        r' TOC \o "1-3" \h \z ',
        r' HYPERLINK \l "_Toc1" ',
        " PAGE ",
        r' HYPERLINK "http://x" ',
        " AUTHOR ",
        " INCL",
    ]
    fields = "".join(f"<w:instrText>{code}</w:instrText>" for code in codes)
    parts["word/document.xml"] = str(parts["word/document.xml"]).replace("<w:body>", f"<w:body>{fields}")
    with ZipFile(io.BytesIO(clean(corpus.package(parts), "x").data)) as archive:
        kept = [e.firstChild for e in _elements(archive.read("word/document.xml"), "w:instrText")]
    assert [text.nodeValue if text else "" for text in kept] == [*codes[:3], "", "", "", ""]


def test_plain_files_have_nothing_to_tell() -> None:
    for kind in ("JPEG", "PNG"):
        out = io.BytesIO()
        corpus.picture().save(out, kind)
        assert clean(out.getvalue(), "x").found == []


_CHUNKS = st.lists(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=4), min_size=1, max_size=5)


@settings(deadline=None)
@given(tracks=st.lists(_CHUNKS, min_size=1, max_size=3), wide=st.booleans())
def test_every_sample_is_found_again(tracks: list[list[list[bytes]]], wide: bool) -> None:
    expected = [[sample for chunk in chunks for sample in chunk] for chunks in tracks]
    film = corpus.chunked(tracks, wide=wide)
    assert samples(film) == expected
    cleaned = mp4.strip(film)[0]
    assert samples(cleaned) == expected
    assert canaries(cleaned) == []


def test_sound_and_film_still_play_from_the_right_places() -> None:
    for late in (False, True):
        cleaned = clean(corpus.movie(late=late), "x.mp4")
        assert samples(cleaned.data) == [corpus.SAMPLES]
        assert cleaned.data.index(b"moov") < cleaned.data.index(b"mdat")
    voice = clean(corpus.movie(video=False), "x.m4a").data
    assert mutagen.mp4.MP4(io.BytesIO(voice)).info.length == pytest.approx(0.03)
    song = clean(corpus.mp3(), "x.mp3").data
    assert len(song) == 40 * 417
    assert mutagen.mp3.MP3(io.BytesIO(song)).info.bitrate == 128_000
