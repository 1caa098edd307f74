"""What is not taken, that the words for it help, and that nothing of a file gets out by an error or onto a disk."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import struct
import subprocess
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from integrity.uploads import CleanFile, Refused, apart, clean, clean_name, words
from integrity.uploads.sniff import kind_of
from tests.integrity.uploads import corpus
from tests.integrity.uploads.second_parser import canaries


def _refusal(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        clean(data, f"{corpus.CANARY}.jpg")
    assert caught.value.__context__ is None  # no parser's error behind it
    assert corpus.CANARY not in str(caught.value)
    return str(caught.value)


def _locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(corpus.pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def _with_macro() -> bytes:
    return corpus.package(corpus.docx_parts() | {"word/vbaProject.bin": b"x"})


def _macro_by_type() -> bytes:
    parts = corpus.docx_parts()
    types = str(parts["[Content_Types].xml"]).replace(
        "wordprocessingml.document.main", "ms-word.document.macroEnabled.main"
    )
    return corpus.package(parts | {"[Content_Types].xml": types})


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png(width: int, height: int, pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _huge_jpeg() -> bytes:
    dirty = bytearray(corpus.jpeg())
    at = dirty.index(b"\xff\xc0")
    dirty[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    return bytes(dirty)


def _zip_bomb() -> bytes:
    return corpus.package(corpus.docx_parts() | {"word/styles.xml": bytes(words.INFLATED + 1)})


def _many_entries() -> bytes:
    return corpus.package({**corpus.docx_parts(), **{f"x/{n}": b"" for n in range(4_000)}})


def _billion_laughs() -> bytes:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
    return corpus.package(corpus.docx_parts() | {"word/settings.xml": bomb})


def _pdf_bomb() -> bytes:
    """An object stream, read as soon as the document is opened, that unfolds twice to 235 megabytes."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(1 << 24)) for _ in range(14)) + packer.flush()
    stream = zlib.compress(once, 9)
    head = (
        f"%PDF-1.5\n1 0 obj<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length {len(stream)}>>stream\n"
    )
    body = head.encode() + stream + b"\nendstream endobj\n"
    table = struct.pack(">BIB", 0, 0, 0) + struct.pack(">BIB", 1, 9, 0) + struct.pack(">BIB", 2, 1, 0)
    cross = f"3 0 obj<</Type/XRef/Size 3/W[1 4 1]/Root 2 0 R/Length {len(table)}>>stream\n".encode()
    return body + cross + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def _fragmented() -> bytes:
    return corpus.movie() + corpus.box(b"moof", bytes(8))


def _film_pointing_out() -> bytes:
    film = corpus.movie()
    at = film.index(b"stco") + 12
    return film[:at] + b"\xff\xff\xff\xff" + film[at + 4 :]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", words.EMPTY),
    "too big": (lambda: b"\xff\xd8\xff" + bytes(30_000_000), words.TOO_BIG),
    "heic": (lambda: b"\x00\x00\x00\x18ftypheic" + bytes(40), words.HEIC),
    "gif": (lambda: b"GIF89a" + bytes(40), words.PICTURE_KIND),
    "webp": (lambda: b"RIFF\x00\x00\x00\x00WEBPVP8 ", words.PICTURE_KIND),
    "svg": (lambda: b"  <svg onload='x()'>", words.WEB_PAGE),
    "html": (lambda: b"\xef\xbb\xbf<!DOCTYPE html><script>x()</script>", words.WEB_PAGE),
    "program": (lambda: b"MZ" + bytes(100), words.UNKNOWN),
    "old word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), words.OLD_OFFICE),
    "zip": (lambda: corpus.package({"a.txt": "x"}), words.UNKNOWN),
    "prepended jpeg": (lambda: b"MZ" + corpus.jpeg(), words.UNKNOWN),
    "prepended pdf": (lambda: b"\n" + corpus.pdf(), words.UNKNOWN),
    "locked pdf": (_locked_pdf, words.PASSWORD),
    "macro": (_with_macro, words.MACROS),
    "macro type": (_macro_by_type, words.MACROS),
    "png bomb": (lambda: _png(60_000, 60_000, bytes(10_000_000)), words.UNFOLDS),
    "png with more than promised": (lambda: _png(10, 10, bytes(110) + corpus.CANARY.encode()), words.DAMAGED),
    "jpeg bomb": (_huge_jpeg, words.UNFOLDS),
    "zip bomb": (_zip_bomb, words.UNFOLDS),
    "zip of many": (_many_entries, words.UNFOLDS),
    "xml bomb": (_billion_laughs, words.DAMAGED),
    "pdf bomb": (_pdf_bomb, words.DAMAGED),
    "half a pdf": (lambda: b"%PDF-1.7\n" + corpus.CANARY.encode(), words.DAMAGED),
    "fragments": (_fragmented, words.FRAGMENTS),
    "film pointing out": (_film_pointing_out, words.DAMAGED),
    "half a film": (lambda: corpus.movie(late=True)[:-50], words.DAMAGED),
    "jpeg of crumbs": (lambda: b"\xff\xd8\xff" + b"\xe5\x00\x02\xff" * 2_000_000, words.DAMAGED),
    "jpeg of fill": (lambda: b"\xff\xd8" + b"\xff" * 29_000_000, words.DAMAGED),
    "png of crumbs": (lambda: _png(1, 1, b"xx")[:33] + _chunk(b"prVt", b"") * 1_000_000, words.DAMAGED),
    "noise like sound": (lambda: b"\xff\xfb\x90\x00" + corpus.CANARY.encode() * 9, words.UNKNOWN),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_help(case: str) -> None:
    make, message = REFUSED[case]
    assert _refusal(make()) == message


def test_the_words_are_thai_and_say_what_to_do() -> None:
    for message in (words.HEIC, words.PASSWORD, words.MACROS, words.OLD_OFFICE, words.WEB_PAGE, words.PICTURE_KIND):
        assert "ค่ะ" in message
        assert "นะคะ" in message
    assert "JPEG" in words.HEIC
    assert "จับภาพหน้าจอ" in words.HEIC


@pytest.mark.parametrize("kind", ["jpeg", "png", "mp3"])
def test_a_second_file_behind_the_end_is_cut_off(kind: str) -> None:
    first = {"jpeg": corpus.jpeg, "png": corpus.png, "mp3": corpus.mp3}[kind]()
    hidden = corpus.package({f"{corpus.CANARY}.txt": corpus.CANARY})
    cleaned = clean(first + hidden, "x").data
    assert not zipfile.is_zipfile(io.BytesIO(cleaned))
    assert canaries(cleaned) == []


_WHOLE = {"jpeg": corpus.jpeg(), "png": corpus.png(), "mp3": corpus.mp3(8), "mp4": corpus.movie()}


def _clean_here(data: bytes) -> None:
    """Cleaned without a process of its own, so that many can be tried; nothing but Refused may come out."""

    def strip(kind: str, data: bytes) -> tuple[bytes, list[str], str]:
        return importlib.import_module(f"integrity.uploads.{kind}").strip(data)

    with contextlib.suppress(Refused), mock.patch.object(apart, "strip", strip):
        assert isinstance(clean(data, "x"), CleanFile)


_HEADS = [
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n",
    b"ID3",
    b"\xff\xfb\x90\x00",
    b"\x00\x00\x00\x10ftypmp42",
    b"GIF8",
    b"",
]


@settings(max_examples=300, deadline=None)
@given(head=st.sampled_from(_HEADS), rest=st.binary(max_size=400))
def test_random_bytes_are_refused_or_cleaned(head: bytes, rest: bytes) -> None:
    _clean_here(head + rest)


@settings(max_examples=400, deadline=None)
@given(data=st.data(), kind=st.sampled_from(sorted(_WHOLE)))
def test_damaged_files_are_refused_or_cleaned(data: st.DataObject, kind: str) -> None:
    whole = bytearray(_WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    _clean_here(bytes(whole))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(["pdf", "docx", "xlsx"]), at=st.floats(0, 1), junk=st.binary(min_size=1, max_size=6))
def test_damaged_documents_are_refused_or_cleaned(kind: str, at: float, junk: bytes) -> None:
    parts = {"docx": corpus.docx_parts, "xlsx": corpus.xlsx_parts}
    whole = bytearray(corpus.pdf() if kind == "pdf" else corpus.package(parts[kind]()))
    place = 5 + int(at * (len(whole) - 20))
    whole[place : place + len(junk)] = junk
    _clean_here(bytes(whole))


@given(st.binary(max_size=64))
def test_every_kind_is_known_or_refused(data: bytes) -> None:
    with contextlib.suppress(Refused):
        assert kind_of(data) in {"jpeg", "png", "pdf", "office", "mp3", "mp4"}


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("หลักฐานการจ่ายเงิน ปี ๒๕๖๙.JPG", "หลักฐานการจ่ายเงิน ปี ๒๕๖๙.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\x\\รูป.png", "รูป.jpg"),
        ("a\u202egpj.exe", "agpj.jpg"),
        ('x"; filename="y\r\n.html', "x_; filename=_y.jpg"),
        ("", "file.jpg"),
        ("....", "file.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("น" * 300, "น" * 96 + ".jpg"),
        ("\x00<b>", "b.jpg"),
    ],
)
def test_names(given_name: str, expected: str) -> None:
    assert clean_name(given_name, ".jpg") == expected


@given(st.text())
def test_every_name_is_safe(name: str) -> None:
    safe = clean_name(name, ".pdf")
    assert safe == Path(safe).name
    assert safe.endswith(".pdf")
    assert len(safe) <= 100
    assert not set(safe) & set('<>:"/\\|?*%\r\n\x00')
    assert clean_name(safe, ".pdf") == safe


def test_no_file_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Here nothing may ask for a temporary file; over there the kernel forbids to write any."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr(tempfile, "_get_candidate_names", refuse)
    for make in (corpus.jpeg, corpus.pdf, corpus.movie, lambda: corpus.package(corpus.docx_parts())):
        clean(make(), "x")
    script = (
        "import io, sys; from integrity.uploads import apart, pdf; "
        f"pdf.strip = lambda data: open({str(tmp_path / 'x')!r}, 'wb', 0).write(data); apart.main('pdf')"
    )
    done = subprocess.run([os.sys.executable, "-c", script], input=corpus.pdf(), capture_output=True, check=False)
    assert not (tmp_path / "x").exists() or (tmp_path / "x").stat().st_size == 0
    assert b"refused" in done.stdout


def test_no_secret_and_no_word_of_the_file_goes_along(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    seen: dict[str, object] = {}

    def run(arguments: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        seen.update(options, arguments=arguments)
        return subprocess.CompletedProcess(arguments, -9, b"")

    monkeypatch.setenv("SUJARIT_INTEGRITY_PEPPER", "secret")
    monkeypatch.setattr(apart.subprocess, "run", run)
    assert _refusal(corpus.pdf()) == words.UNFOLDS
    assert "secret" not in repr(seen["env"])
    assert corpus.CANARY not in repr(seen["arguments"])
    assert corpus.CANARY not in "".join(capfd.readouterr())


def test_a_photo_of_twelve_megapixels_is_quick() -> None:
    photo = corpus.jpeg(Image.effect_noise((4_000, 3_000), 40).convert("RGB"))
    spent = []
    for _ in range(3):
        start = time.thread_time()
        clean(photo, "x.jpg")
        spent.append(time.thread_time() - start)
    assert min(spent) < 0.1  # 6 ms of CPU where measured; to decode and encode it takes 300
