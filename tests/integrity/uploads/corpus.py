"""Files as people send them, every one with canaries wherever a name, a place or a machine may hide."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import mutagen.id3
import pikepdf
from mutagen.apev2 import APEv2
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageCms, PngImagePlugin

CANARY = "CANARY7Q"
_BYTES = CANARY.encode()


def picture(width: int = 96, height: int = 64) -> Image.Image:
    """A picture in which a changed pixel shows."""
    return Image.effect_noise((width, height), 60).convert("RGB")


def exif(orientation: int = 6, canary: str = CANARY) -> Image.Exif:
    """What a telephone writes: maker, owner, time, place, and the way up."""
    block = Image.Exif()
    block[0x010F] = block[0x0110] = block[0x013B] = block[0x010E] = canary
    block[0x0112] = orientation
    block.get_ifd(0x8769).update({0x9003: "2026:11:20 10:00:00", 0x9286: canary.encode(), 0xA431: canary})
    block.get_ifd(0x8825).update({1: "N", 2: (13.0, 45.0, 12.5), 3: "E", 4: (100.0, 30.0, 1.0), 0x1D: canary})
    return block


def _profile() -> bytes:
    """sRGB with a maker's name in it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[4:8] = profile[48:52] = b"CANA"
    return bytes(profile) + _BYTES


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    settings = {"quality": 88, "exif": exif(), "icc_profile": _profile(), "comment": _BYTES} | options
    (image or picture()).save(out, "JPEG", **settings)
    plain = out.getvalue()
    xmp = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta><dc:creator>" + _BYTES + b"</dc:creator></x:xmpmeta>"
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0e\x1c\x02\x50\x00\x08" + _BYTES + b"\x00"
    extra = [(0xE1, xmp), (0xED, iptc), (0xE2, b"MPF\x00" + _BYTES), (0xEB, _BYTES), (0xFE, _BYTES)]
    segments = b"".join(b"\xff" + bytes([m]) + struct.pack(">H", len(body) + 2) + body for m, body in extra)
    return plain[:2] + segments + plain[2:] + b"\x00\x00ftypmp42" + _BYTES  # a moving photo's film behind it


def png(image: Image.Image | None = None) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", CANARY)
    texts.add_text("Comment", CANARY * 3, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", f"<dc:creator>{CANARY}</dc:creator>", zip=False)
    texts.add(b"prVt", _BYTES)
    out = io.BytesIO()
    (image or picture()).save(out, "PNG", pnginfo=texts, exif=exif(), icc_profile=_profile())
    plain = out.getvalue()
    time = b"tIME" + bytes([7, 234, 11, 20, 10, 0, 0])
    chunk = struct.pack(">I", 7) + time + struct.pack(">I", zlib.crc32(time))
    end = plain.rindex(b"IDAT") - 4
    return plain[:end] + chunk + plain[end:] + _BYTES + zlib.compress(_BYTES)


def pdf(photo: bytes | None = None) -> bytes:
    """A page with a photo, and canaries in every corner a PDF has."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(400, 400))
    photo = photo or jpeg()
    plain = document.make_stream(photo, Type=Name.XObject, Subtype=Name.Image, Width=96, Height=64, BitsPerComponent=8)
    plain.ColorSpace, plain.Filter = Name.DeviceRGB, Name.DCTDecode
    plain.Metadata = document.make_stream(_BYTES)
    plain.PrivateNote = String(CANARY)
    packed = document.make_stream(zlib.compress(photo), plain.stream_dict)
    packed.Filter = Array([Name.FlateDecode, Name.DCTDecode])
    page.Resources = Dictionary(XObject=Dictionary(A=plain, B=packed))
    page.Contents = document.make_stream(b"q 96 0 0 64 9 9 cm /A Do Q q 96 0 0 64 9 99 cm /B Do Q")
    page.PieceInfo = Dictionary(Word=Dictionary(Private=String(CANARY)))
    page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String(CANARY)))
    page.Thumb = document.make_stream(_BYTES)
    page.VP = Array([Dictionary(Measure=Dictionary(GPTS=Array([13, 100]), Name=String(CANARY)))])
    attached = document.make_stream(_BYTES, Type=Name.EmbeddedFile)
    spec = document.make_indirect(Dictionary(Type=Name.Filespec, F=String(CANARY), EF=Dictionary(F=attached)))
    document.Root.AF = Array([spec])
    page.AF = Array([spec])
    script = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{CANARY}')"))
    document.Root.Names = Dictionary(
        EmbeddedFiles=Dictionary(Names=Array([String(CANARY), spec])),
        JavaScript=Dictionary(Names=Array([String("x"), script])),
    )
    document.Root.OpenAction = script
    rect = Array([0, 0, 9, 9])
    annotations = [
        Dictionary(
            Subtype=Name.Text, Contents=String("ความเห็น"), T=String(CANARY), M=String(CANARY), NM=String(CANARY)
        ),
        Dictionary(Subtype=Name.FileAttachment, FS=spec, Contents=String(CANARY)),
        Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String(f"https://x.example/{CANARY}"))),
        Dictionary(Subtype=Name.Screen, A=Dictionary(S=Name.Launch, F=spec)),
    ]
    for mark in annotations:
        mark.Type, mark.Rect, mark.AKExtras = Name.Annot, rect, String(CANARY)
    page.Annots = Array([document.make_indirect(mark) for mark in annotations])
    signature = document.make_indirect(Dictionary(Type=Name.Sig, Name=String(CANARY), Location=String(CANARY)))
    field = Dictionary(FT=Name.Sig, T=String("s"), V=signature, Subtype=Name.Widget, Rect=rect)
    document.Root.AcroForm = Dictionary(Fields=Array([document.make_indirect(field)]), XFA=document.make_stream(_BYTES))
    tree = Dictionary(Type=Name.StructTreeRoot, K=Dictionary(S=Name.Figure, Alt=String(f"C:\\Users\\{CANARY}")))
    document.Root.StructTreeRoot = document.make_indirect(tree)
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [CANARY]
    for key in ("/Author", "/Title", "/Producer", "/Secret"):
        document.docinfo[key] = CANARY
    out = io.BytesIO()
    document.save(out)
    later = out.getvalue()
    return later + b"\n9 0 obj (" + _BYTES + b") endobj\n%%EOF\n" + _BYTES


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
_TYPE = "application/vnd.openxmlformats-officedocument."
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def relations(*entries: tuple[str, str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{_RELATION}{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if ":" in target else "/>")
        for key, kind, target in entries
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def _types(**parts: str) -> str:
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts.items())
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="jpg" ContentType="image/jpeg"/>'
        f'<Default Extension="png" ContentType="image/png"/>{overrides}</Types>'
    )


def package(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = _BYTES
        for name, body in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 11, 20, 10, 0, 0))
            entry.comment, entry.compress_type = _BYTES, zipfile.ZIP_DEFLATED
            archive.writestr(entry, body)
    return out.getvalue()


_PROPERTIES: dict[str, str | bytes] = {
    "docProps/core.xml": f"<cp><creator>{CANARY}</creator></cp>",
    "docProps/app.xml": f"<p><Company>{CANARY}</Company></p>",
    "docProps/custom.xml": f"<p>{CANARY}</p>",
    "docProps/thumbnail.jpeg": jpeg(),
    "customXml/item1.xml": f"<x>{CANARY}</x>",
}


def docx_parts() -> dict[str, str | bytes]:
    document = f"""<?xml version="1.0"?><!-- {CANARY} --><?x {CANARY}?>
<w:document {_W}{_R}{_A}xmlns:w14="w14" xmlns:wp="wp" xmlns:pic="pic" xmlns:o="o" xmlns:v="v"><w:body>
<w:p w:rsidR="{CANARY}" w14:paraId="{CANARY}"><w:r><w:t>ถนนดิน &amp; ทราย</w:t></w:r>
<w:ins w:id="1" w:author="{CANARY}" w:date="2026-11-20T10:00:00Z"><w:r><w:t>เพิ่ม</w:t></w:r></w:ins>
<w:del w:id="2" w:author="{CANARY}"><w:r><w:delText>ลบ</w:delText></w:r></w:del>
<w:hyperlink r:id="rId3"><w:r><w:t>ลิงก์</w:t></w:r></w:hyperlink>
<w:r><w:fldChar w:fldCharType="begin"/></w:r>
<w:r><w:instrText>INCLUDEPICTURE "C:\\Users\\{CANARY}\\a.jpg"</w:instrText></w:r>
<w:fldSimple w:instr=" AUTHOR {CANARY} "/>
<w:drawing><wp:docPr id="1" name="{CANARY}" descr="C:\\{CANARY}"/><pic:cNvPr id="0" name="{CANARY}.jpg"/>
<a:blip r:embed="rId1"/><a:blip r:embed="rId2"/><a:blip r:link="rId6"/></w:drawing>
<w:object><v:shape id="s" alt="{CANARY}"/><o:OLEObject r:id="rId4" ProgID="{CANARY}"/></w:object>
</w:p></w:body></w:document>"""
    return {
        "[Content_Types].xml": _types(
            **{
                "word/document.xml": _TYPE + "wordprocessingml.document.main+xml",
                "word/comments.xml": _TYPE + "wordprocessingml.comments+xml",
                "word/settings.xml": _TYPE + "wordprocessingml.settings+xml",
                "word/people.xml": _TYPE + f"wordprocessingml.people+xml;{CANARY}",
                "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
            }
        ),
        "_rels/.rels": relations(
            ("a", "officeDocument", "word/document.xml"), ("b", "metadata/core-properties", "docProps/core.xml")
        ),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": relations(
            ("rId1", "image", f"media/{CANARY}.jpg"),
            ("rId2", "image", "media/image2.png"),
            ("rId3", "hyperlink", f"https://x.example/{CANARY}"),
            ("rId4", "oleObject", "embeddings/oleObject1.bin"),
            ("rId5", "comments", "comments.xml"),
            ("rId6", "image", f"file:///C:/{CANARY}.png"),
            ("rId7", "people", "people.xml"),
            ("rId8", "settings", "settings.xml"),
        ),
        "word/comments.xml": f'<w:comments {_W}><w:comment w:id="0" w:author="{CANARY}" w:initials="{CANARY}" '
        f'w:date="2026-11-20T10:00:00Z"><w:p><w:r><w:t>ความเห็น</w:t></w:r></w:p></w:comment></w:comments>',
        "word/settings.xml": f'<w:settings {_W}{_R}><w:attachedTemplate r:id="rId1"/>'
        f'<w:rsids><w:rsid w:val="{CANARY}"/></w:rsids><w:docVars><w:docVar w:name="x" w:val="{CANARY}"/></w:docVars>'
        '<w:zoom w:percent="100"/></w:settings>',
        "word/_rels/settings.xml.rels": relations(("rId1", "attachedTemplate", f"file:///C:/Users/{CANARY}/a.dotm")),
        "word/people.xml": f'<w:people {_W}><w:person w:author="{CANARY}"/></w:people>',
        f"word/media/{CANARY}.jpg": jpeg(),
        "word/media/image2.png": png(),
        "word/media/image3.emf": _BYTES,
        "word/embeddings/oleObject1.bin": _BYTES,
        **_PROPERTIES,
    }


def xlsx_parts() -> dict[str, str | bytes]:
    return {
        "[Content_Types].xml": _types(
            **{
                "xl/workbook.xml": _TYPE + "spreadsheetml.sheet.main+xml",
                "xl/worksheets/sheet1.xml": _TYPE + "spreadsheetml.worksheet+xml",
                "xl/comments1.xml": _TYPE + "spreadsheetml.comments+xml",
                "xl/drawings/drawing1.xml": _TYPE + "drawing+xml",
                "xl/externalLinks/externalLink1.xml": _TYPE + "spreadsheetml.externalLink+xml",
            }
        ),
        "_rels/.rels": relations(("a", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {_S}{_R}xmlns:x15ac="ac"><fileSharing userName="{CANARY}"/>'
        f'<x15ac:absPath url="C:\\Users\\{CANARY}\\"/><sheets><sheet name="บัญชี" sheetId="1" r:id="rId1"/></sheets>'
        f'<externalReferences><externalReference r:id="rId2"/></externalReferences></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "externalLink", "externalLinks/externalLink1.xml"),
            ("rId3", "connections", "connections.xml"),
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet {_S}{_R}xmlns:xr="xr" xr:uid="{CANARY}"><sheetData><row r="1">'
        f'<c r="A1" t="inlineStr"><is><t>เงินทอน</t></is></c>'
        f'<c r="B1"><f>WEBSERVICE("http://x/{CANARY}")</f><v>7</v></c>'
        '<c r="C1"><f>B1*2</f><v>14</v></c></row></sheetData>'
        '<hyperlinks><hyperlink ref="A1" r:id="rId4"/></hyperlinks>'
        '<pageSetup r:id="rId5"/><drawing r:id="rId1"/></worksheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("rId1", "drawing", "../drawings/drawing1.xml"),
            ("rId3", "comments", "../comments1.xml"),
            ("rId4", "hyperlink", f"mailto:{CANARY}@x.example"),
            ("rId5", "printerSettings", "../printerSettings/printerSettings1.bin"),
        ),
        "xl/comments1.xml": f"<comments {_S}><authors><author>{CANARY}</author></authors><commentList>"
        '<comment ref="A1" authorId="0"><text><t>ดูตรงนี้</t></text></comment></commentList></comments>',
        "xl/drawings/drawing1.xml": f'<xdr:wsDr {_A}{_R}xmlns:xdr="xdr">'
        f'<xdr:cNvPr id="2" name="{CANARY}" descr="{CANARY}"/>'
        '<a:blip r:embed="rId1"/></xdr:wsDr>',
        "xl/drawings/_rels/drawing1.xml.rels": relations(("rId1", "image", "../media/image1.jpg")),
        "xl/media/image1.jpg": jpeg(),
        "xl/printerSettings/printerSettings1.bin": CANARY.encode("utf-16-le"),
        "xl/externalLinks/externalLink1.xml": f"<externalLink>{CANARY}</externalLink>",
        "xl/connections.xml": f'<connections><connection name="{CANARY}"/></connections>',
        **_PROPERTIES,
    }


def mp3(frames: int = 40) -> bytes:
    """Silence of 128 kbit/s with every kind of tag."""
    tags = mutagen.id3.ID3()
    tags.add(mutagen.id3.TPE1(encoding=3, text=[CANARY]))
    tags.add(mutagen.id3.TIT2(encoding=1, text=[CANARY]))
    tags.add(mutagen.id3.APIC(encoding=3, mime="image/jpeg", type=3, desc=CANARY, data=jpeg()))
    ape = APEv2()
    ape["Artist"] = CANARY
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    first = frame[:36] + b"Xing\x00\x00\x00\x01" + struct.pack(">I", frames) + b"LAME" + _BYTES
    out = io.BytesIO(first + bytes(417 - len(first)) + frame * (frames - 1))
    ape.save(out)
    tags.save(out, v1=2)
    return out.getvalue()


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


_CLOCK = struct.pack(">II", 3_800_000_000, 3_800_000_001)  # made and changed at
SAMPLES = [b"first sample", b"second, longer sample", b"third"]


def _track(
    kind: bytes,
    entry: bytes,
    offsets: list[int],
    sizes: list[int],
    chunks: list[tuple[int, int, int]] | None = None,
    wide: bool = False,
) -> bytes:
    """`chunks`: rows of "from this chunk on so many samples"; one sample each when not given."""
    chunks = chunks or [(1, 1, 1)]
    matrix = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    header = box(b"tkhd", bytes(4), _CLOCK, struct.pack(">IIIII", 1, 0, 30, 0, 0), bytes(8), matrix, bytes(8))
    media = box(b"mdhd", bytes(4), _CLOCK, struct.pack(">IIHH", 1000, 30, 0x2A0E, 0))
    handler = box(b"hdlr", bytes(8), kind, b"appl" + bytes(8), _BYTES + b"\x00")
    count = struct.pack(">II", 0, 1)
    table = box(
        b"stbl",
        box(b"stsd", count, entry),
        box(b"stts", count, struct.pack(">II", len(sizes), 10)),
        box(b"stsc", struct.pack(">II", 0, len(chunks)), *(struct.pack(">III", *row) for row in chunks)),
        box(b"stsz", struct.pack(f">III{len(sizes)}I", 0, 0, len(sizes), *sizes)),
        box(b"co64" if wide else b"stco", struct.pack(f">II{len(offsets)}{'QI'[not wide]}", 0, len(offsets), *offsets)),
    )
    reference = box(b"dinf", box(b"dref", count, box(b"url ", struct.pack(">I", 0), _BYTES)))
    information = box(b"minf", box(b"vmhd", bytes(12)), reference, table)
    return box(b"trak", header, box(b"mdia", media, handler, information), box(b"udta", _BYTES), box(b"meta", _BYTES))


def chunked(tracks: list[list[list[bytes]]], *, wide: bool, entry: bytes | None = None) -> bytes:
    """A film of several tracks, each a list of chunks of samples, laid in turns with something hidden between."""
    laid: list[bytes] = []
    places: list[list[int]] = [[] for _ in tracks]
    head = box(b"ftyp", b"isom", bytes(4), b"isom")
    position = len(head) + 8
    for turn in range(max(map(len, tracks))):
        for number, chunks in enumerate(tracks):
            if turn < len(chunks):
                laid += [b"".join(chunks[turn]), _BYTES]
                places[number].append(position)
                position += len(laid[-2]) + len(laid[-1])
    entry = entry or box(b"avc1", bytes(6), b"\x00\x01", bytes(70))
    described = [
        _track(
            b"vide",
            entry,
            places[number],
            [len(sample) for chunk in chunks for sample in chunk],
            [(n, len(chunk), 1) for n, chunk in enumerate(chunks, 1)],
            wide,
        )
        for number, chunks in enumerate(tracks)
    ]
    clock = box(b"mvhd", bytes(4), _CLOCK, bytes(88))
    return head + box(b"mdat", *laid) + box(b"moov", clock, *described)


def movie(*, video: bool = True, brand: bytes = b"mp42", late: bool = False) -> bytes:
    """A film (or recording) of three samples, with a hidden track of places between them. `late`: moov at the end."""
    esds = box(b"esds", bytes(4), b"\x03\x19\x00\x00\x00\x04\x11\x40\x15" + bytes(11) + b"\x05\x02\x12\x10\x06\x01\x02")
    sound = box(b"mp4a", bytes(6), b"\x00\x01", bytes(8), struct.pack(">HHHHI", 2, 16, 0, 0, 44_100 << 16), esds)
    fixed = bytes(16) + struct.pack(">HHIIIH", 96, 64, 72 << 16, 72 << 16, 0, 1) + b"\x08" + _BYTES.ljust(31, b"\x00")
    sight = box(
        b"avc1", bytes(6), b"\x00\x01", fixed, b"\x00\x18\xff\xff", box(b"avcC", b"\x01\x64"), box(b"uuid", _BYTES)
    )
    kind, entry = (b"vide", sight) if video else (b"soun", sound)
    hidden = [_BYTES + b" 13.75,100.5"] * 2
    laid = [SAMPLES[0], hidden[0], SAMPLES[1], hidden[1], SAMPLES[2]]

    def described(start: int) -> bytes:
        places = [start + sum(map(len, laid[:n])) for n in range(5)]
        return box(
            b"moov",
            box(b"mvhd", bytes(4), _CLOCK, struct.pack(">II", 1000, 30), bytes(80)),
            _track(kind, entry, places[::2], [len(sample) for sample in SAMPLES]),
            _track(b"meta", box(b"mett", bytes(6), b"\x00\x01", _BYTES), places[1::2], [len(h) for h in hidden]),
            box(b"udta", box(b"\xa9xyz", b"\x00\x12\x15\xc7+13.75+100.50/", _BYTES), box(b"\xa9mod", _BYTES)),
            box(b"meta", bytes(4), _BYTES),
        )

    head = box(b"ftyp", brand, bytes(4), b"isom", brand) + box(b"free", _BYTES) + box(b"uuid", bytes(16), _BYTES)
    media = box(b"mdat", *laid, _BYTES)
    if late:
        return head + media + described(len(head) + 8)
    size = len(described(0))
    return head + described(len(head) + size + 8) + media
