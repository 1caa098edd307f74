"""An Office file without the moment at which it was written: the same document gives the same bytes."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can hold
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def settled(data: bytes, dated: str) -> bytes:
    """The archive `data` with its parts' times gone and its document properties dated `dated` (ISO day, or "")."""
    out = BytesIO()
    day = f"{dated or '1980-01-01'}T00:00:00Z".encode()
    with zipfile.ZipFile(BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            content = before.read(part)
            if part.filename == "docProps/core.xml":
                content = _TIMES.sub(rb"\g<1>" + day + rb"\g<2>", content)
            info = zipfile.ZipInfo(part.filename, _FIRST_MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(info, content)
    return out.getvalue()
