"""PDF: what is needed to show the pages is copied, everything else falls away (ISO 32000-2).

Runs in the process apart (apart.py): qpdf is native code and reads what strangers send."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, Stream

from integrity.uploads import icc, jpeg, words
from integrity.uploads.words import Refused

# Per kind of object the keys that are kept. What is not named here (/AA, /AF, /Metadata, /OpenAction, /PieceInfo,
# /StructTreeRoot with its paths of pictures, /Thumb, /JavaScript, private keys ...) is gone.
_CATALOG = ("/Type", "/Pages", "/PageLabels", "/PageLayout", "/OCProperties", "/AcroForm", "/Outlines", "/Dests")
_PAGE = (
    *("/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents"),
    *("/Rotate", "/Group", "/Annots", "/UserUnit", "/Kids", "/Count"),
)
_STREAM = ("/Type", "/Subtype", "/Length", "/Filter", "/DecodeParms", "/Name", "/OC")
_IMAGE = (
    *("/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask", "/Decode"),
    *("/Interpolate", "/SMask", "/SMaskInData", "/Matte"),
)
_FORM = ("/FormType", "/BBox", "/Matrix", "/Resources", "/Group")
_ACRO_FORM = ("/Fields", "/DR", "/DA", "/Q", "/CO")
_MARKS = {  # annotations that only show something
    *("/Link", "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight"),
    *("/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup", "/Widget", "/Watermark"),
}
# Taken out of every other dictionary.
_NOWHERE = {
    **dict.fromkeys(("/Metadata", "/AF", "/PieceInfo", "/Private", "/LastModified", "/CreatorInfo"), words.PROPERTIES),
    **dict.fromkeys(("/CreationDate", "/ModDate"), words.MADE_AT),
    **dict.fromkeys(("/AA", "/JS", "/JavaScript", "/OpenAction"), words.ACTIONS),
    **dict.fromkeys(("/EF", "/EmbeddedFiles", "/OPI", "/Alternates", "/XFA", "/RichMediaContent"), words.ATTACHED),
    **dict.fromkeys(("/VP", "/Measure", "/PtData", "/LGIDict"), words.PLACE),
    **dict.fromkeys(("/Author", "/Creator", "/Producer", "/Thumb"), words.PROPERTIES),
    **dict.fromkeys(("/StructParent", "/StructParents"), ""),
}
_MARK = (  # without /T, /M, /NM, /RC, /Subj: who, when, and programs' own
    *("/Type", "/Subtype", "/Rect", "/Contents", "/P", "/F", "/AP", "/AS", "/Border", "/C", "/OC", "/H", "/Name"),
    *("/QuadPoints", "/InkList", "/Vertices", "/L", "/LE", "/IC", "/BS", "/BE", "/RD", "/DA", "/DS", "/Q", "/CA"),
    *("/IT", "/CL", "/LL", "/LLE", "/Cap", "/Dest", "/A", "/Open", "/Popup", "/Parent", "/IRT", "/RT", "/BM"),
)
_FIELD = ("/T", "/FT", "/TU", "/V", "/DV", "/Ff", "/MaxLen", "/Opt", "/Kids", "/MK", "/TI", "/I", "/DR")
_HIDING = re.compile(rb"Exif\x00\x00|http://ns\.adobe\.com/xap|Photoshop 3\.0\x00")
_INFO = {
    "/Author": words.AUTHOR,
    "/Creator": words.SOFTWARE,
    "/Producer": words.SOFTWARE,
    "/CreationDate": words.MADE_AT,
    "/ModDate": words.MADE_AT,
}


def strip(data: bytes) -> tuple[bytes, list[str], str]:
    """The document without metadata, attachments, scripts and earlier versions, what was found, and "pdf".

    Raises Refused."""
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=words.INFLATED,
        run_length_max_memory=words.INFLATED,
        png_max_memory=words.INFLATED,
        tiff_max_memory=words.INFLATED,
        max_stream_filters=3,
    )
    try:
        pdf = Pdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Refused(words.PASSWORD) from None
    with pdf:
        found = _take_out_of_root(pdf)
        _walk(pdf, found)
        pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        pdf.save(
            out,
            preserve_pdfa=False,
            fix_metadata_version=False,
            object_stream_mode=ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
            encryption=False,
        )
    if data.count(b"%%EOF") > (2 if b"/Linearized" in data[:1024] else 1) or not data.rstrip().endswith(b"%%EOF"):
        found.append(words.HISTORY)
    return out.getvalue(), found, "pdf"


def _take_out_of_root(pdf: Pdf) -> list[str]:
    """Cut the document's own properties and everything that hangs on the catalog but the pages and their outline."""
    found: list[str] = []
    info = pdf.trailer.get("/Info")
    if isinstance(info, Dictionary):
        found += [_INFO.get(key, words.PROPERTIES) for key in info.keys()]  # noqa: SIM118 - no plain dict
    root = pdf.Root
    metadata = root.get("/Metadata")
    if isinstance(metadata, Stream):
        found += words.in_xmp(metadata.read_bytes())
    names = root.get("/Names")
    named = names if isinstance(names, Dictionary) else Dictionary()
    if "/EmbeddedFiles" in named or "/AF" in root or "/Collection" in root:
        found.append(words.ATTACHED)
    opening = root.get("/OpenAction")
    if (isinstance(opening, Dictionary) and opening.get("/S") != Name.GoTo) or "/AA" in root or "/JavaScript" in named:
        found.append(words.ACTIONS)
    named_places = named.get("/Dests")
    _keep(root, _CATALOG)
    if named_places is not None:
        root["/Names"] = Dictionary(Dests=named_places)
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary):
        found += [words.ATTACHED] if "/XFA" in form else []
        _keep(form, _ACRO_FORM)
    for key in list(pdf.trailer.keys()):
        if key in ("/Info", "/ID"):
            del pdf.trailer[key]
    return found


def _walk(pdf: Pdf, found: list[str]) -> None:
    """Clean every object that can be reached from the catalog, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Object] = [pdf.Root]
    while waiting:
        item = waiting.pop()
        if item.is_indirect:
            if item.objgen in seen:
                continue
            seen.add(item.objgen)
        if isinstance(item, (Dictionary, Stream)):
            _clean(item, found)
        waiting.extend(_children(item))


def _children(item: Object) -> Iterator[Object]:
    values = item.as_list() if isinstance(item, Array) else [value for _, value in item.items()]
    return (value for value in values if isinstance(value, (Array, Dictionary, Stream)))


def _clean(item: Object, found: list[str]) -> None:
    kind, subtype = item.get("/Type"), item.get("/Subtype")
    if isinstance(item, Stream) and subtype == Name.Image:
        _clean_image(item, found)
    elif isinstance(item, Stream) and _HIDING.search(item.read_bytes()):
        raise Refused(words.HIDDEN)  # a photo written into the page's own commands
    elif isinstance(item, Stream) and subtype == Name.Form:
        _keep(item, (*_STREAM, *_FORM))
    elif isinstance(item, Stream) and "/N" in item and kind is None:
        _clean_profile(item, found)
    elif kind in (Name.Page, Name.Pages):
        _clean_page(item, found)
    elif "/Rect" in item and subtype is not None:
        _clean_mark(item)
    for key in list(item.keys()):
        value = item[key]
        if key in _NOWHERE:
            found += [_NOWHERE[key]] if _NOWHERE[key] else []
            del item[key]
        elif isinstance(value, Dictionary) and ("/EF" in value or value.get("/Type") == Name.Filespec):
            found.append(words.ATTACHED)
            del item[key]
        elif isinstance(value, Dictionary) and key in ("/A", "/Next", "/PA") and "/S" in value:
            if value["/S"] != Name.GoTo:  # scripts, launched programs, forms sent away, addresses that lead out
                found.append(words.LINKS if value.S in (Name.URI, Name.GoToR) else words.ACTIONS)
                del item[key]
        elif isinstance(value, Dictionary) and (value.get("/Type") == Name.Sig or "/ByteRange" in value):
            found.append(words.SIGNATURE)
            del item[key]


def _clean_page(page: Object, found: list[str]) -> None:
    if "/Thumb" in page:
        found.append(words.THUMBNAIL)
    if "/VP" in page:
        found.append(words.PLACE)
    _keep(page, _PAGE)
    marks = page.get("/Annots")
    if isinstance(marks, Array):
        shown = [
            mark for mark in marks.as_list() if isinstance(mark, Dictionary) and str(mark.get("/Subtype")) in _MARKS
        ]
        if len(shown) < len(marks):
            found.append(words.ATTACHED)
        if any("/T" in mark and mark.Subtype != Name.Widget for mark in shown):
            found.append(words.EDITORS)
        page["/Annots"] = Array(shown)


def _clean_mark(mark: Object) -> None:
    """Annotations keep what they show, not who made them when."""
    _keep(mark, (*_MARK, *_FIELD) if mark.Subtype == Name.Widget else _MARK)


def _clean_image(image: Stream, found: list[str]) -> None:
    _keep(image, (*_STREAM, *_IMAGE))
    names, settings = _listed(image.get("/Filter")), _listed(image.get("/DecodeParms"))
    last = str(names[-1]) if names else ""
    if last not in ("/DCTDecode", "/DCT", "/JPXDecode"):
        return
    settings += [Dictionary()] * (len(names) - len(settings))
    if len(names) > 1:  # the photo itself is packed once more: unpack it
        image.write(image.read_raw_bytes(), filter=Array(names[:-1]), decode_parms=Array(settings[:-1]))
        photo = image.read_bytes()
    else:
        photo = image.read_raw_bytes()
    clean, told = _strip_jpeg2000(photo) if last == "/JPXDecode" else jpeg.strip(photo)
    found += told
    setting = settings[-1]
    image.write(clean, filter=Name(last), decode_parms=setting if isinstance(setting, Dictionary) else None)


def _listed(value: Object | None) -> list[Object]:
    """A filter or its settings, which stand alone or in an array."""
    if value is None:
        return []
    return list(value.as_list()) if isinstance(value, Array) else [value]


def _strip_jpeg2000(data: bytes) -> tuple[bytes, list[str]]:
    """The picture's boxes only (ISO/IEC 15444-1, annex I); a bare codestream stays as it is."""
    if data.startswith(b"\xff\x4f\xff\x51"):
        return data, []
    kept, position = [], 0
    while position < len(data):
        length, name = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        length = length or len(data) - position
        if length < 8 or position + length > len(data):
            raise Refused(words.DAMAGED)
        if name in (b"jP  ", b"ftyp", b"jp2h", b"jp2c"):
            kept.append(data[position : position + length])
        position += length
    clean = b"".join(kept)
    return clean, [words.PROPERTIES] if clean != data else []


def _clean_profile(stream: Stream, found: list[str]) -> None:
    if stripped := icc.strip(stream.read_bytes()):
        clean, changed = stripped
        found += [words.COLOUR] if changed else []
        stream.write(clean)


def _keep(item: Object, keys: tuple[str, ...]) -> None:
    for key in list(item.keys()):
        if key not in keys:
            del item[key]
