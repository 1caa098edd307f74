"""A file that was uploaded and waits for a yes: kept aside on our disk, its name in the person's signed session."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from flask import abort, request, session

from handlers.files import clean_name
from web.console import access
from web.services import services

FOLDER = "imports"
KEPT_SECONDS = 24 * 3600
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class WaitingFile:
    path: Path
    name: str


def keep(purpose: str, most_bytes: int) -> bool:
    """Take the form's "file" for this purpose in place of the one before; False where none was chosen. It may be one
    byte too long: whoever reads it says so."""
    upload = request.files.get("file")
    data = upload.stream.read(most_bytes + 1) if upload and upload.filename else b""
    if not data:
        return False
    drop(purpose)
    folder = _folder()
    for path in folder.iterdir():  # files that nobody took over
        if time.time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    path = folder / _name(token)
    path.touch(mode=0o600)
    path.write_bytes(data)
    session[purpose] = [token, clean_name((upload.filename if upload else "") or "")]
    return True


def waiting(purpose: str) -> WaitingFile | None:
    """This person's file for the purpose, while it is still there."""
    token, name = session.get(purpose) or ("", "")
    path = _folder() / _name(token) if token else None
    return WaitingFile(path, name) if path and path.is_file() else None


def drop(purpose: str) -> None:
    """Forget the file."""
    if found := waiting(purpose):
        found.path.unlink(missing_ok=True)
    session.pop(purpose, None)


def _folder() -> Path:
    folder = services().data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _name(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        abort(404)
    return f"{access.agency().id}-{access.me().id}-{token}"
