"""What the desk needs to know from outside; put together by bot/app.py and bot/cli.py."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Config:
    """`pepper`: 32 bytes mixed into every receipt before its derivation; kept outside the database, so that a stolen
    database has nothing to guess against. `site_salt`: 16 bytes for the same derivation. `cookie_key` signs officers'
    cookies and forms' tokens. `public_url` has no slash at its end."""

    database_url: str
    public_url: str
    pepper: bytes = field(repr=False)
    site_salt: bytes = field(repr=False)
    cookie_key: bytes = field(repr=False)


def load_secrets(folder: Path) -> dict[str, bytes]:
    """The desk's own secrets, made once and kept, readable by the owner only: {"pepper", "site_salt", "cookie_key"}."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = {}
    for name, size in (("pepper", 32), ("site_salt", 16), ("cookie_key", 32)):
        path = folder / name
        if not path.exists():
            fresh = folder / f"{name}.{secrets.token_hex(4)}"
            fresh.touch(mode=0o600)
            fresh.write_bytes(secrets.token_bytes(size))
            try:
                path.hardlink_to(fresh)  # the first of several processes wins
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        found[name] = path.read_bytes()
    return found
