"""What a file is, by its first bytes. Names and declared types are never asked."""

from __future__ import annotations

from integrity.uploads import words
from integrity.uploads.words import Refused

_STILL_PICTURES = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_WEB = (b"<svg", b"<html", b"<!doctype", b"<?xml", b"<script", b"<head", b"<body", b"mime-version:")


def kind_of(data: bytes) -> str:
    """One of "jpeg", "png", "pdf", "office", "mp3", "mp4". Raises Refused for everything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "office"
    if data[4:8] == b"ftyp":
        if data[8:12] in _STILL_PICTURES:
            raise Refused(words.HEIC)
        return "mp4"
    if data.startswith(b"ID3") or (data[:1] == b"\xff" and data[1:2] > b"\xe0" and data[1:2] != b"\xff"):
        return "mp3"  # whether frames follow is judged by mp3.strip
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Refused(words.OLD_OFFICE)
    if data.startswith((b"GIF8", b"BM", b"II*\x00", b"MM\x00*")) or (data[:4], data[8:12]) == (b"RIFF", b"WEBP"):
        raise Refused(words.PICTURE_KIND)
    if data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB):
        raise Refused(words.WEB_PAGE)
    raise Refused(words.UNKNOWN)
