"""One file with everything that an installation cannot make again: the database, people's files, the secret key."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.settings import Settings

SQLITE_NAME, POSTGRES_NAME = "database.sqlite3", "database.dump"
FOLDERS = ("attachments",)
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
            database = _copy_database(settings, Path(folder))
            with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
                archive.add(database, database.name)
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


def _copy_database(settings: Settings, folder: Path) -> Path:
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        source, copy = Path(url.database or ""), folder / SQLITE_NAME
        if not source.is_file():
            raise BackupError(f"ไม่พบฐานข้อมูล {source} ตรวจค่า SUJARIT_DATA และ SUJARIT_DATABASE_URL")
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as db, closing(sqlite3.connect(copy)) as to:
            db.backup(to)
        return copy
    copy = folder / POSTGRES_NAME
    _run_postgres_tool("pg_dump", settings, "--format=custom", "--no-owner", f"--file={copy}")
    return copy


def restore(settings: Settings, source: Path) -> None:
    """Put a backup into an installation that is still empty. Raises BackupError; then nothing was changed."""
    url = make_url(settings.database)
    wanted = SQLITE_NAME if url.get_backend_name() == "sqlite" else POSTGRES_NAME
    if settings.data.exists() and any(settings.data.iterdir()):
        raise BackupError(f"โฟลเดอร์ {settings.data} มีข้อมูลอยู่แล้ว ตั้ง SUJARIT_DATA เป็นโฟลเดอร์ว่างก่อนกู้คืน")
    try:
        with tempfile.TemporaryDirectory() as folder, tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
            if not (Path(folder) / wanted).is_file():
                raise BackupError("ไฟล์สำรองนี้ทำจากฐานข้อมูลคนละชนิด ตรวจค่า SUJARIT_DATABASE_URL")
            if wanted == POSTGRES_NAME:
                _run_postgres_tool("pg_restore", settings, "--no-owner", "--exit-on-error", f"{folder}/{wanted}")
            _put_in_place(Path(folder), settings.data, wanted, Path(url.database or ""))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"อ่านไฟล์ {source.name} ไม่ได้ ({type(error).__name__})") from None


def _put_in_place(folder: Path, data: Path, database_name: str, database: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    if database_name == SQLITE_NAME:
        database.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / SQLITE_NAME, database)
    for name in (*FOLDERS, SECRET_NAME):
        if (folder / name).exists():
            shutil.move(folder / name, data / name)
    if (data / SECRET_NAME).exists():
        (data / SECRET_NAME).chmod(0o600)


def _run_postgres_tool(tool: str, settings: Settings, *arguments: str) -> None:
    url = make_url(settings.database).set(drivername="postgresql")
    if shutil.which(tool) is None:
        raise BackupError(f"ไม่พบคำสั่ง {tool} ติดตั้งด้วย: apt-get install postgresql-client")
    # The password goes through the environment: a command line can be seen by everybody on the machine.
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    address = url.set(password=None).render_as_string()
    done = subprocess.run([tool, f"--dbname={address}", *arguments], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise BackupError(f"{tool}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'ไม่สำเร็จ'}")
