"""Typst, the one place that calls it: a template of reports/templates/, plain data and pictures in; PDF or PNG out.

The data reach the template as JSON (`#let data = json("data.json")`), never as Typst source: whatever people typed is
shown as they typed it. Typefaces are Sarabun (`#set text(font: "Sarabun")`) and Typst's own, so that a document looks
the same on every machine; nothing is fetched from a network.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import fontpkg_sarabun
import typst

__all__ = ["TypesetError", "compile_pdf", "compile_png", "compile_svg"]

TEMPLATES = Path(__file__).with_name("templates")
FONT_FOLDER = Path(fontpkg_sarabun.ROOT) / "files"
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")

Standard = Literal["a-2a", "a-2u", "ua-1"]


class TypesetError(RuntimeError):
    """Typst refused a template, its data or a picture. The message says which template and why."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONT_FOLDER)])


@cache
def _sources() -> dict[str, bytes]:
    """Every template, so that one may `#import` another."""
    return {path.name: path.read_bytes() for path in sorted(TEMPLATES.glob("*.typ"))}


class _Folder:
    """A temporary folder with all that one compilation reads, and nothing else; gone at the end."""

    def __init__(self, template: str, data: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        sources = _sources()
        if template not in sources:
            raise TypesetError(f"no template {template!r}")
        for name in files:
            if not _FILE_NAME.fullmatch(name) or name in sources or name == "data.json":
                raise TypesetError(f"not a name for a file: {name!r}")
        self._template = template
        self._contents = {**sources, **files, "data.json": json.dumps(data, ensure_ascii=False).encode()}

    def __enter__(self) -> tuple[str, str]:
        """The template's path and the folder's."""
        self._folder = TemporaryDirectory(prefix="sujarit-typeset-")
        root = Path(self._folder.name)
        for name, content in self._contents.items():
            (root / name).write_bytes(content)
        return str(root / self._template), str(root)

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _compile(
    output: Literal["pdf", "png", "svg"],
    template: str,
    data: Mapping[str, Any],
    files: Mapping[str, bytes],
    ppi: float | None = None,
    standards: Sequence[Standard] = (),
) -> list[bytes]:
    with _Folder(template, data, files) as (path, root):
        try:
            made = typst.compile(
                path,
                root=root,
                font_paths=_fonts(),
                format=output,
                ppi=ppi,
                pdf_standards=list(standards),
                # A fixed moment: the same data give the same bytes. The date a document bears is `set document(date:)`.
                timestamp=0,
            )
        except typst.TypstError as error:
            raise TypesetError(f"{template}: {error.message}") from None
    return [made] if isinstance(made, bytes) else list(made or [])


def compile_pdf(
    template: str,
    data: Mapping[str, Any],
    files: Mapping[str, bytes] = {},
    *,
    standards: Sequence[Standard] = (),
) -> bytes:
    """A PDF of `template` ("poster.typ", a file of reports/templates/). The same input gives the same bytes.

    `data`: JSON values, read in the template by `json("data.json")`. `files`: pictures by the plain file name under
    which the template reads them. `standards`: see Typst; "a-2a" needs `set document(date: ...)`.
    May be called from many threads at once. Raises TypesetError.
    """
    return _compile("pdf", template, data, files, standards=standards)[0]


def compile_png(
    template: str, data: Mapping[str, Any], files: Mapping[str, bytes] = {}, ppi: float = 144
) -> list[bytes]:
    """PNG pictures of the pages at `ppi` pixels per inch (1 pt is ppi/72 pixels). Otherwise as compile_pdf."""
    return _compile("png", template, data, files, ppi=ppi)


def compile_svg(template: str, data: Mapping[str, Any], files: Mapping[str, bytes] = {}) -> list[str]:
    """SVG pictures of the pages, letters as outlines: they need no typeface where they are shown."""
    return [page.decode() for page in _compile("svg", template, data, files)]
