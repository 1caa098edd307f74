"""What survives a restart: JSON documents and blobs in one SQLite file."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any


class Store:
    """Documents by (kind, id). Without a path everything lives in memory only."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        # A stand-in may lose its last moment in a power cut; it may not slow a test down.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE IF NOT EXISTS document (kind, id, body, PRIMARY KEY (kind, id))")
        self._db.execute("CREATE TABLE IF NOT EXISTS blob (id PRIMARY KEY, media_type, data)")

    def put(self, kind: str, key: str, body: Any) -> None:
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO document VALUES (?, ?, ?)",
                (kind, key, json.dumps(body, ensure_ascii=False)),
            )

    def delete(self, kind: str, key: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM document WHERE kind = ? AND id = ?", (kind, key))

    def all(self, kind: str) -> dict[str, Any]:
        with self._lock:
            rows = self._db.execute("SELECT id, body FROM document WHERE kind = ? ORDER BY rowid", (kind,))
            return {key: json.loads(body) for key, body in rows}

    def put_blob(self, key: str, media_type: str, data: bytes) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO blob VALUES (?, ?, ?)", (key, media_type, data))

    def blob(self, key: str) -> tuple[str, bytes] | None:
        """(media type, bytes), or None."""
        with self._lock:
            row = self._db.execute("SELECT media_type, data FROM blob WHERE id = ?", (key,)).fetchone()
        return (row[0], row[1]) if row else None

    def delete_blob(self, key: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM blob WHERE id = ?", (key,))

    def clear(self) -> None:
        with self._lock:
            self._db.execute("DELETE FROM document")
            self._db.execute("DELETE FROM blob")

    def close(self) -> None:
        with self._lock:
            self._db.close()
