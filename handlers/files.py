"""Files that people send: judged by their content, cleaned, kept below SUJARIT_DATA/attachments, shown by signed links.

A photo is always written anew (no EXIF, no location, no hidden parts); where it was taken is read first and only
offered to the person. Nothing here trusts a file's name or declared type.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import secrets
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from itsdangerous import BadData, URLSafeSerializer
from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD
from sqlalchemy.orm import Session

from models.thread import Attachment

FOLDER = "attachments"
IMAGE_BYTES = 10_000_000
FILE_BYTES = 50_000_000
IMAGE_PIXELS = 60_000_000  # more is a mistake or a decompression bomb
LONGEST_SIDE = 2_560
THUMBNAIL_SIDE = 400
_IMAGE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_EXTENSIONS = {
    "video/mp4": "mp4",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/mpeg": "mp3",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


class FileRefused(ValueError):
    """The file cannot be taken. The message is Thai and can be shown to a citizen as it is."""


class LinkRefused(ValueError):
    """The link is forged, damaged or past its time. The message is Thai."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on our disk. `path` is relative to SUJARIT_DATA/attachments; degrees are WGS 84."""

    path: str
    kind: str  # image, video, audio, file
    content_type: str
    size: int
    sha256: str
    gps_latitude: float | None = None
    gps_longitude: float | None = None


# -- storing ---------------------------------------------------------------------------------------------


def store_image(source: bytes | BinaryIO, data_dir: Path, agency_id: int) -> StoredFile:
    """Keep a photo as JPEG of at most 2,560 px, with a thumbnail beside it. Raises FileRefused, or OSError when the
    disk does not take it."""
    data = _read(source, IMAGE_BYTES)
    photo, place = _decode(data)
    photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    large = _jpeg(photo, 85)
    photo.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    path = _new_path(agency_id, "jpg")
    _write(data_dir, thumbnail(path), _jpeg(photo, 80))
    _write(data_dir, path, large)
    latitude, longitude = place or (None, None)
    return StoredFile(path, "image", "image/jpeg", len(large), _sha256(large), latitude, longitude)


def store_file(source: bytes | BinaryIO, data_dir: Path, agency_id: int, kind: str = "file") -> StoredFile:
    """Keep any file we take, judged by its content; a photo sent as a file becomes a photo. `kind` is what the sender
    said it is (audio and video share a container). Raises FileRefused or OSError as store_image."""
    data = _read(source, IMAGE_BYTES if kind == "image" else FILE_BYTES)
    if kind == "image" or _looks_like_image(data):
        return store_image(data, data_dir, agency_id)
    content_type = _sniff(data, kind)
    path = _new_path(agency_id, _EXTENSIONS[content_type])
    _write(data_dir, path, data)
    family = content_type.split("/")[0]
    return StoredFile(path, family if family in ("video", "audio") else "file", content_type, len(data), _sha256(data))


def store_upload(
    session: Session,
    data_dir: Path,
    agency_id: int,
    source: bytes | BinaryIO,
    file_name: str = "",
    *,
    role: str = "before",
    case_id: int | None = None,
    conversation_id: int | None = None,
    images_only: bool = False,
) -> Attachment:
    """An attachment from a web form, stored and flushed. Raises FileRefused or OSError."""
    store = store_image if images_only else store_file
    attachment = Attachment(
        role=role, case_id=case_id, conversation_id=conversation_id, file_name=clean_name(file_name), status="stored"
    )
    fill(attachment, store(source, data_dir, agency_id))
    session.add(attachment)
    session.flush()
    return attachment


def fill(attachment: Attachment, stored: StoredFile) -> None:
    """Copy what is known of the stored file into its row."""
    attachment.path, attachment.kind, attachment.content_type = stored.path, stored.kind, stored.content_type
    attachment.size, attachment.sha256 = stored.size, stored.sha256
    attachment.gps_latitude, attachment.gps_longitude = stored.gps_latitude, stored.gps_longitude


def thumbnail(path: str) -> str:
    """The small picture beside a photo (400 px)."""
    return str(PurePosixPath(path).with_suffix(".thumb.jpg"))


def locate(data_dir: Path, path: str) -> Path:
    """Where a stored file lies. Raises ValueError for a path that leads out of the folder."""
    folder = (data_dir / FOLDER).resolve()
    found = (folder / path).resolve()
    if not path or not found.is_relative_to(folder):
        raise ValueError("not a path below the attachments")
    return found


def remove(data_dir: Path, path: str) -> None:
    """Delete a stored file and its thumbnail; missing ones are no error."""
    for name in (path, thumbnail(path)):
        locate(data_dir, name).unlink(missing_ok=True)


def clean_name(name: str) -> str:
    """A file name fit to show: no folders, no invisible characters, at most 100."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")[-100:]


def _read(source: bytes | BinaryIO, most: int) -> bytes:
    data = source if isinstance(source, bytes) else source.read(most + 1)
    if len(data) > most:
        raise FileRefused(f"ไฟล์นี้ใหญ่เกินไปค่ะ รับได้ไม่เกิน {most // 1_000_000} MB")
    if not data:
        raise FileRefused("ไฟล์นี้ว่างเปล่าค่ะ ลองส่งใหม่อีกครั้งนะคะ")
    return data


def _new_path(agency_id: int, extension: str) -> str:
    return f"{agency_id}/{datetime.now(UTC):%Y}/{secrets.token_hex(16)}.{extension}"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(data_dir: Path, path: str, data: bytes) -> None:
    """Whole or not at all: temporary file, fsync, rename. Readable by our own user only."""
    target = locate(data_dir, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name is durable too
        finally:
            os.close(folder)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


# -- judging ---------------------------------------------------------------------------------------------


def _looks_like_image(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")) or (data[:4], data[8:12]) == (
        b"RIFF",
        b"WEBP",
    )


def _sniff(data: bytes, kind: str) -> str:
    """The content type by the file's first bytes. Raises FileRefused for what is not on the short list."""
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        if brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif"):
            raise FileRefused("เปิดรูปแบบ HEIC ไม่ได้ค่ะ ช่วยส่งเป็นรูปธรรมดา (JPEG) นะคะ")
        return "audio/mp4" if kind == "audio" or brand in (b"M4A ", b"M4B ") else "video/mp4"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"ID3") or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    if data[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "audio/aac"
    if data.startswith(b"PK\x03\x04") and (found := _office_type(data)):
        return found
    raise FileRefused("ไฟล์ชนิดนี้ยังรับไม่ได้ค่ะ\nรับรูปภาพ วิดีโอ เสียง PDF Word และ Excel ค่ะ")


def _office_type(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
        return None  # macros are not taken
    endings = {"word/document.xml": "wordprocessingml.document", "xl/workbook.xml": "spreadsheetml.sheet"}
    found = next((ending for part, ending in endings.items() if part in names), None)
    return f"application/vnd.openxmlformats-officedocument.{found}" if found else None


def _decode(data: bytes) -> tuple[Image.Image, tuple[float, float] | None]:
    """The picture upright, in RGB, without anything attached, and the place where it was taken."""
    Image.init()  # not every decoder is known before
    try:
        with Image.open(io.BytesIO(data), formats=_IMAGE_FORMATS) as image:
            if image.width * image.height > IMAGE_PIXELS:
                raise Image.DecompressionBombError
            place = _place(image)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is read at half size where that suffices
            upright = ImageOps.exif_transpose(image)
            clean = Image.new("RGB", upright.size, "white")
            transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            picture = upright.convert("RGBA" if transparent else "RGB")
            clean.paste(picture, mask=picture if transparent else None)
            return clean, place
    except Image.DecompressionBombError as error:
        raise FileRefused("รูปนี้มีขนาดใหญ่เกินไปค่ะ ลองถ่ายใหม่หรือย่อรูปก่อนส่งนะคะ") from error
    except Exception as error:  # a hostile file makes decoders fail in every way there is
        raise FileRefused("เปิดรูปนี้ไม่ได้ค่ะ ลองส่งใหม่อีกครั้งนะคะ") from error


def _jpeg(photo: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _place(image: Image.Image) -> tuple[float, float] | None:
    """Latitude and longitude from a photo's EXIF, or None; never an error."""
    try:
        gps = image.getexif().get_ifd(IFD.GPSInfo)
        latitude = _degrees(gps[GPS.GPSLatitude]) * (-1 if gps.get(GPS.GPSLatitudeRef) == "S" else 1)
        longitude = _degrees(gps[GPS.GPSLongitude]) * (-1 if gps.get(GPS.GPSLongitudeRef) == "W" else 1)
    except Exception:
        return None  # damaged or absent: the photo is no worse for it
    known = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return (round(latitude, 6), round(longitude, 6)) if known and math.isfinite(latitude + longitude) else None


def _degrees(parts: Sequence[float]) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


# -- signed links ----------------------------------------------------------------------------------------


def sign_link(secret: str, attachment_id: int, expires_at: datetime) -> str:
    """A token for the address of a file: who has it may see that one file until `expires_at`. The same arguments give
    the same token, so that a message sent again is the same message."""
    return str(_signer(secret).dumps([attachment_id, math.ceil(expires_at.timestamp())]))


def check_link(secret: str, token: str, now: datetime) -> int:
    """The attachment's id. Raises LinkRefused."""
    try:
        attachment_id, expires_at = _signer(secret).loads(token)
    except (BadData, ValueError, TypeError) as error:
        raise LinkRefused("ลิงก์นี้ไม่ถูกต้องค่ะ") from error
    if now.timestamp() > expires_at:
        raise LinkRefused("ลิงก์นี้หมดอายุแล้วค่ะ")
    return int(attachment_id)


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="attachment", signer_kwargs={"digest_method": hashlib.sha256})
