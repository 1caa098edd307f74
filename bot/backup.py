"""One file with everything that an installation cannot make again: both databases, people's files, the secrets.

The integrity desk's reports stay sealed in it: who has the file reads none of them.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from bot.settings import Settings

FOLDERS = ("attachments", "integrity", "logos")
SECRET_NAME = "secret_key"  # noqa: S105 - a file's name


class BackupError(Exception):
    """The backup or the restoring cannot be done; the words are Thai and say what to do."""


def back_up(settings: Settings, out: Path) -> int:
    """Write a .tar.gz, complete or not at all, while everything goes on running; returns its size in bytes.

    SQLite is copied by its own backup interface, PostgreSQL by pg_dump. Raises BackupError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target: a rename puts it in place in one go, and nobody else may read it.
    handle, unfinished = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with tempfile.TemporaryDirectory() as folder:
            copies = [_copy_database(name, url, Path(folder)) for name, url in _databases(settings).items()]
            with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
                for copy in copies:
                    archive.add(copy, copy.name)
                for name in FOLDERS:
                    if (settings.data / name).exists():
                        archive.add(settings.data / name, name)
                if (settings.data / SECRET_NAME).exists():
                    archive.add(settings.data / SECRET_NAME, SECRET_NAME)
        Path(unfinished).replace(out)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return out.stat().st_size


def _databases(settings: Settings) -> dict[str, URL]:
    """Name in the archive: address; the desk's database is missing until it was used once."""
    urls = {"database": make_url(settings.database), "sealed": make_url(settings.integrity_database)}
    if _is_sqlite(urls["sealed"]) and not Path(urls["sealed"].database or "").is_file():
        del urls["sealed"]
    return urls


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _file_name(name: str, url: URL) -> str:
    return f"{name}.sqlite3" if _is_sqlite(url) else f"{name}.dump"


def _copy_database(name: str, url: URL, folder: Path) -> Path:
    copy = folder / _file_name(name, url)
    if _is_sqlite(url):
        source = Path(url.database or "")
        if not source.is_file():
            raise BackupError(f"ไม่พบฐานข้อมูล {source} ตรวจค่า SUJARIT_DATA และ SUJARIT_DATABASE_URL")
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as db, closing(sqlite3.connect(copy)) as to:
            db.backup(to)
        return copy
    _run_postgres_tool("pg_dump", url, "--format=custom", "--no-owner", f"--file={copy}")
    return copy


def restore(settings: Settings, source: Path) -> None:
    """Put a backup into an installation that is still empty. Raises BackupError; then nothing was changed."""
    urls = {"database": make_url(settings.database), "sealed": make_url(settings.integrity_database)}
    if settings.data.exists() and any(settings.data.iterdir()):
        raise BackupError(f"โฟลเดอร์ {settings.data} มีข้อมูลอยู่แล้ว ตั้ง SUJARIT_DATA เป็นโฟลเดอร์ว่างก่อนกู้คืน")
    try:
        with tempfile.TemporaryDirectory() as folder, tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
            if not (Path(folder) / _file_name("database", urls["database"])).is_file():
                raise BackupError("ไฟล์สำรองนี้ทำจากฐานข้อมูลคนละชนิด ตรวจค่า SUJARIT_DATABASE_URL")
            for name, url in urls.items():
                copy = Path(folder) / _file_name(name, url)
                if copy.is_file() and not _is_sqlite(url):
                    _run_postgres_tool("pg_restore", url, "--no-owner", "--exit-on-error", str(copy))
            _put_in_place(Path(folder), settings.data, urls)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"อ่านไฟล์ {source.name} ไม่ได้ ({type(error).__name__})") from None


def _put_in_place(folder: Path, data: Path, urls: dict[str, URL]) -> None:
    data.mkdir(parents=True, exist_ok=True)
    for name, url in urls.items():
        copy, target = folder / _file_name(name, url), Path(url.database or "")
        if copy.is_file() and _is_sqlite(url):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(copy, target)
    for name in (*FOLDERS, SECRET_NAME):
        if (folder / name).exists():
            shutil.move(folder / name, data / name)
    if (data / SECRET_NAME).exists():
        (data / SECRET_NAME).chmod(0o600)


def _run_postgres_tool(tool: str, url: URL, *arguments: str) -> None:
    url = url.set(drivername="postgresql")
    if shutil.which(tool) is None:
        raise BackupError(f"ไม่พบคำสั่ง {tool} ติดตั้งด้วย: apt-get install postgresql-client")
    # The password goes through the environment: a command line can be seen by everybody on the machine.
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    address = url.set(password=None).render_as_string()
    done = subprocess.run([tool, f"--dbname={address}", *arguments], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise BackupError(f"{tool}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'ไม่สำเร็จ'}")
