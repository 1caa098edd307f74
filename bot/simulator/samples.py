"""Pictures and sounds to send, drawn when asked for: nobody's photo, nobody's voice."""

import io
import math
import struct
import wave
from collections.abc import Callable

import fontpkg_sarabun
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bot.simulator.errors import ApiError

SIZE = (1280, 960)
# An invented village: the coordinates only have to lie inside of the chat page's little map.
_GPS = {
    "pothole": (13.1021, 99.9436),
    "lamp": (13.1068, 99.9391),
    "garbage": (13.0987, 99.9478),
    "flood": (13.1003, 99.9349),
}


def _sky(draw: ImageDraw.ImageDraw, top: tuple[int, int, int], bottom: tuple[int, int, int]) -> None:
    width, height = SIZE
    for y in range(height):
        part = y / height
        colour = tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True))
        draw.line((0, y, width, y), fill=colour)


def _road(draw: ImageDraw.ImageDraw, asphalt: tuple[int, int, int] = (92, 94, 98)) -> None:
    draw.rectangle((0, 470, 1280, 960), fill=(124, 148, 84))
    draw.polygon([(560, 470), (720, 470), (1180, 960), (100, 960)], fill=asphalt)
    for n in range(6):
        top, tall = 490 + n * n * 16, 14 + n * 9
        wide = 4 + n * 3
        draw.polygon(
            [(640 - wide, top), (640 + wide, top), (640 + wide + 3, top + tall), (640 - wide - 3, top + tall)],
            fill=(236, 226, 180),
        )


def _trees(draw: ImageDraw.ImageDraw) -> None:
    for x, size in ((90, 95), (230, 70), (980, 80), (1120, 110), (1240, 85)):
        draw.rectangle((x - 9, 400, x + 9, 500), fill=(96, 70, 48))
        draw.ellipse((x - size, 400 - size, x + size, 400 + size * 0.6), fill=(66, 110, 62))


def _pothole(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (150, 190, 225), (226, 236, 240))
    _trees(draw)
    _road(draw)
    draw.ellipse((390, 690, 830, 860), fill=(70, 66, 62))
    draw.ellipse((420, 710, 800, 850), fill=(112, 88, 62))
    draw.ellipse((480, 740, 740, 830), fill=(134, 116, 92))
    for x, y in ((380, 700), (850, 790), (420, 870), (800, 690)):
        draw.polygon([(x, y), (x + 34, y + 8), (x + 18, y + 24)], fill=(60, 60, 62))


def _repaired(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (150, 190, 225), (226, 236, 240))
    _trees(draw)
    _road(draw)
    draw.polygon([(410, 690), (820, 690), (880, 870), (360, 870)], fill=(58, 59, 62))


def _lamp(draw: ImageDraw.ImageDraw) -> None:
    _lamp_post(draw, lit=False)


def _lamp_lit(draw: ImageDraw.ImageDraw) -> None:
    _lamp_post(draw, lit=True)


def _lamp_post(draw: ImageDraw.ImageDraw, *, lit: bool) -> None:
    _sky(draw, (14, 20, 44), (44, 52, 84))
    draw.rectangle((0, 700, 1280, 960), fill=(30, 34, 36))
    if lit:
        for n in range(24):
            glow = 40 + n * 6
            size = 420 - n * 16
            draw.ellipse((830 - size, 260 - size * 0.6, 830 + size, 260 + size * 1.5), fill=(glow, glow, 74))
    draw.rectangle((600, 180, 622, 760), fill=(120, 124, 130))
    draw.line((611, 190, 830, 220), fill=(120, 124, 130), width=14)
    draw.ellipse((780, 205, 880, 255), fill=(255, 240, 170) if lit else (64, 66, 70))


def _garbage(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (168, 200, 226), (236, 238, 232))
    _trees(draw)
    draw.rectangle((0, 470, 1280, 960), fill=(150, 138, 110))
    draw.rectangle((190, 480, 420, 820), fill=(46, 108, 74))
    draw.rectangle((170, 455, 440, 495), fill=(34, 84, 58))
    for x, y, size, colour in (
        (520, 780, 110, (44, 44, 48)),
        (690, 800, 130, (58, 58, 62)),
        (860, 770, 100, (230, 230, 226)),
        (610, 690, 90, (70, 70, 76)),
        (790, 690, 84, (40, 40, 44)),
        (980, 810, 86, (206, 120, 70)),
    ):
        draw.ellipse((x - size, y - size * 0.8, x + size, y + size * 0.7), fill=colour)
        draw.polygon([(x - 16, y - size * 0.76), (x + 16, y - size * 0.76), (x, y - size)], fill=colour)


def _flood(draw: ImageDraw.ImageDraw) -> None:
    _sky(draw, (128, 138, 150), (190, 196, 200))
    _trees(draw)
    draw.rectangle((140, 300, 520, 600), fill=(214, 196, 160))
    draw.polygon([(110, 310), (330, 180), (550, 310)], fill=(150, 70, 56))
    draw.rectangle((280, 430, 380, 600), fill=(110, 78, 54))
    draw.rectangle((0, 540, 1280, 960), fill=(132, 116, 88))
    for n in range(14):
        x, y = n * 397 % 1000, 560 + n * 28
        draw.arc((x, y, x + 260, y + 30), 190, 350, fill=(168, 152, 122), width=4)


_SCENES: dict[str, tuple[str, Callable[[ImageDraw.ImageDraw], None]]] = {
    "pothole": ("ถนนเป็นหลุม", _pothole),
    "lamp": ("ไฟถนนดับ", _lamp),
    "garbage": ("ขยะกองริมทาง", _garbage),
    "flood": ("น้ำท่วมขัง", _flood),
    "road-repaired": ("ซ่อมถนนแล้ว", _repaired),
    "lamp-repaired": ("ไฟถนนติดแล้ว", _lamp_lit),
}
SAMPLES = [(name, label) for name, (label, _) in _SCENES.items()]


def photo(name: str) -> bytes:
    """A JPEG as a phone takes it; the "before" pictures carry the place in their EXIF."""
    if name not in _SCENES:
        raise ApiError(404, f"No such sample; known: {', '.join(_SCENES)}")
    image = Image.new("RGB", SIZE)
    _SCENES[name][1](ImageDraw.Draw(image))
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    font = ImageFont.truetype(fontpkg_sarabun.ROOT / "files" / "Sarabun-Medium.ttf", 30)
    ImageDraw.Draw(image).text((24, 904), "ภาพวาดตัวอย่าง", (255, 255, 255), font, stroke_width=2, stroke_fill="#333")
    exif = Image.Exif()
    exif[0x010F] = "LINE stand-in"
    exif[0x0110] = "Invented camera"
    if name in _GPS:
        latitude, longitude = _GPS[name]
        exif.get_ifd(0x8825).update({1: "N", 2: _degrees(latitude), 3: "E", 4: _degrees(longitude)})
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86, exif=exif)
    return out.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    return (float(whole), float(minutes), round((value - whole - minutes / 60) * 3600, 3))


def preview(data: bytes, most: int = 480) -> bytes:
    """A small JPEG of a picture. Raises OSError for what isn't one."""
    with Image.open(io.BytesIO(data)) as image:
        small = image.convert("RGB")
    small.thumbnail((most, most))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _beep() -> bytes:
    """Two seconds of a soft tone."""
    rate = 8000
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(
            b"".join(struct.pack("<h", int(4000 * math.sin(2 * math.pi * 440 * n / rate))) for n in range(rate * 2))
        )
    return out.getvalue()


def sample_file(kind: str, name: str) -> tuple[str, bytes]:
    """(media type, bytes) of a built-in file of a message kind."""
    if kind == "image":
        return "image/jpeg", photo(name or "pothole")
    if kind == "audio":
        return "audio/wav", _beep()
    if kind == "video":
        # Only the beginning of an MP4: enough for whoever looks at what it is.
        return "video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 512
    return "application/pdf", b"%PDF-1.4\n% invented\n%%EOF\n"
