"""A real server is told canaries, also where it goes wrong; afterwards every file, log and open file is searched."""

from __future__ import annotations

import http.client
import io
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pikepdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.integrity.conftest import KnownDesk
from tests.integrity.pages.visitor import BASE

ROOT = Path(__file__).resolve().parents[3]
STORY, NAME, FILE, HIDDEN = "นกกระเรียนเจ็ดสี", "มานีมีแชร์", "ใบเสนอราคาลับ", "metadata-canary-5521"
LOST, AGENT, WRONG_PATH = "เรื่องที่ระบบล้ม", "agent-canary-8841", "path-canary-6613"
LARGE = 28 * 1024 * 1024


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    folder: Path
    temporary: Path

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"User-Agent": AGENT} | ({"Content-Type": kind} if kind else {})
        connection.request(method, BASE + path, body or None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return answer.status, page

    def token(self, path: str) -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', self.ask("GET", path)[1])
        assert found
        return found[1]

    def processes(self) -> list[int]:
        found, waiting = [], [self.pid]
        while waiting:
            found.append(waiting.pop())
            with suppress(OSError):  # it may end while one looks
                for task in Path(f"/proc/{found[-1]}/task").iterdir():
                    with suppress(OSError):
                        waiting += map(int, (task / "children").read_text().split())
        return found

    def limits(self) -> list[str]:
        """Of the processes that serve."""
        found = []
        for pid in self.processes()[1:]:
            with suppress(OSError):
                found.append(Path(f"/proc/{pid}/limits").read_text())
        return found

    def open_files(self) -> list[str]:
        found = []
        for pid in self.processes():
            with suppress(OSError):
                for link in Path(f"/proc/{pid}/fd").iterdir():
                    with suppress(OSError):
                        found.append(str(link.readlink()))
        return found


@pytest.fixture
def server(desk_database_url: str, desk: KnownDesk, tmp_path: Path) -> Iterator[Server]:
    """Granian as the product runs it, with everything that it writes in one folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    app = "tests.integrity.pages.traces_app:app"
    code = f"from bot.serving import web_server; web_server({app!r}, '127.0.0.1', {port}).serve()"
    environment = os.environ | {"DESK_DATABASE": desk_database_url, "TMPDIR": str(temporary)}
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            server = Server(process.pid, port, tmp_path, temporary)
            for _ in range(900):
                try:
                    server.ask("GET", "/limits")
                    break
                except OSError:
                    time.sleep(0.1)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def multipart(fields: dict[str, str], files: Sequence[tuple[str, bytes]] = ()) -> tuple[bytes, str]:
    mark = "b0undary7261"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
    ]
    for name, data in files:
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode())
        parts += [data, b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


def large_picture() -> bytes:
    """Close to 30 MB that do not compress, with a canary in what should be taken out."""
    side = int((LARGE / 3) ** 0.5)
    info, out = PngInfo(), io.BytesIO()
    info.add_text("Author", HIDDEN)
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, "png", pnginfo=info, compress_level=0)
    return out.getvalue()


def small_paper() -> bytes:
    """A PDF, which is cleaned in a process of its own."""
    out = io.BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page()
        paper.docinfo["/Author"] = HIDDEN
        paper.save(out)
    return out.getvalue()


class Watch(threading.Thread):
    """Looks all the while at what the server has open and at its temporary folder."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server, self.looks, self.seen = server, 0, set[str]()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            temporary = str(self.server.temporary)
            self.seen |= {name for name in self.server.open_files() if "(deleted)" in name or temporary in name}
            self.seen |= {str(path) for path in self.server.temporary.iterdir()}
            self.looks += 1


def upload(server: Server, body: bytes, kind: str) -> tuple[int, str]:
    """Send piece by piece, while somebody looks."""
    watch = Watch(server)
    watch.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.putrequest("POST", f"{BASE}/report")
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "User-Agent": AGENT}.items():
        connection.putheader(name, value)
    connection.endheaders()
    for start in range(0, len(body), 1 << 20):
        looks = watch.looks
        connection.send(body[start : start + (1 << 20)])
        while watch.looks == looks:
            watch.over.wait(0.005)
            assert watch.is_alive()
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    watch.over.set()
    watch.join()
    assert (watch.seen, watch.looks > 20) == (set(), True)
    return answer.status, page


def spellings(canary: str) -> set[bytes]:
    """As it would stand in a file: plain, as UTF-16, in an address, escaped in JSON or by repr()."""
    return {
        canary.encode(), canary.encode("utf-16-le"), quote(canary).encode(), json.dumps(canary)[1:-1].encode(),
        ascii(canary)[1:-1].encode(), repr(canary.encode())[2:-1].encode(),
    }  # fmt: skip


def test_nothing_that_was_typed_is_found_anywhere(server: Server) -> None:
    told = {"q_what": STORY * 20, "id_name": NAME, "shown": "2", "go": "file", "form_token": server.token("/report")}
    status, page = upload(server, *multipart(told, [(f"{FILE}.png", large_picture()), (f"{FILE}.pdf", small_paper())]))
    assert status == 200
    assert "รับเรื่องแล้วค่ะ" in page, re.sub(r"<[^>]*>", "", page)
    groups = re.findall(r"<li>(\d{4})</li>", page)
    assert len(groups) == 5
    code = "".join(groups)

    asked = {"receipt": " ".join(groups), "form_token": server.token("/follow")}
    status, page = server.ask("POST", "/follow", *multipart(asked))
    assert STORY in page

    assert server.ask("GET", f"/{WRONG_PATH}?q={WRONG_PATH}")[0] == 404
    assert LOST in server.ask("POST", "/report", *multipart({"q_what": LOST, "form_token": WRONG_PATH}))[1]

    # An error whose message holds what was being stored: the table is gone under it.
    database = server.folder / "test.sqlite3"
    with sqlite3.connect(database, timeout=20) as raw:
        raw.execute("ALTER TABLE audit_head RENAME TO gone")
    lost = {"q_what": LOST * 9, "id_name": NAME, "shown": "2", "go": "file", "form_token": server.token("/report")}
    status, page = server.ask("POST", "/report", *multipart(lost, [(f"{FILE}.png", b"\x89PNG\r\n\x1a\n" * 9)]))
    assert status == 200  # the file was refused, the words are there
    status, page = server.ask("POST", "/report", *multipart(lost))
    assert status == 500
    assert LOST in page
    limits = server.limits()
    assert limits
    assert all(re.search(r"Max core file size +0 +0 ", limit) for limit in limits)
    log = (server.folder / "server.log").read_text()
    assert re.search(r"incident [0-9a-f]{8} OperationalError", log), log

    canaries = [STORY, NAME, FILE, HIDDEN, LOST, AGENT, WRONG_PATH, code, " ".join(groups), "127.0.0.1:"]
    files = [path for path in server.folder.rglob("*") if path.is_file()]
    assert {"test.sqlite3", "server.log"} <= {path.name for path in files}
    assert any(path.stat().st_size > LARGE for path in files)  # the sealed file is there
    for path in files:
        content = path.read_bytes()
        for canary in canaries:
            assert not any(spelling in content for spelling in spellings(canary)), (path.name, canary)
    assert list(server.temporary.iterdir()) == []


def test_more_than_fits_is_refused_before_it_is_read(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("POST", f"{BASE}/report")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(500 * 1024 * 1024))
    connection.endheaders()
    connection.send(b"--x\r\n")
    answer = connection.getresponse()
    assert answer.status == 413
    assert "ไฟล์รวมกันใหญ่เกินไป" in answer.read().decode()
    connection.close()
