"""The public pages under the server's own settings: how fast at 50 requests a second, and how heavy on a phone.

.venv/bin/python -m benchmarks.public        the home page and a transparency page, on SQLite
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
import urllib.request
from statistics import median

from benchmarks.load import latencies
from benchmarks.webhook import ROOT, Server, ours

PAGES = {"home": "/demo/", "transparency": "/demo/transparency/complaints"}
PER_SECOND = 50.0
SECONDS = 10
# What a page needs before it can be read; pictures and typefaces come after it.
FILES = re.compile(r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]*(?:href|src)="([^"]+)"')


def ask(path: str) -> bytes:
    """One GET as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def weigh(port: int, path: str) -> tuple[int, bytes]:
    """Bytes of a file as transferred, and what they hold."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        content = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(content), gzip.decompress(content) if packed else content


def _measure_page(server: Server, name: str, path: str) -> dict[str, float]:
    size, page = weigh(server.port, path)
    files = sum(weigh(server.port, file)[0] for file in FILES.findall(page.decode()))
    latencies(server.port, [ask(path)] * 50, PER_SECOND)  # warm
    took = sorted(latencies(server.port, [ask(path)] * int(PER_SECOND * SECONDS), PER_SECOND))
    return {
        f"public_{name}_p50_ms": round(1000 * median(took), 1),
        f"public_{name}_p99_ms": round(1000 * took[int(len(took) * 0.99)], 1),
        f"public_{name}_html_bytes": size,
        f"public_{name}_bytes": size + files,
    }


def measure() -> dict[str, float]:
    """For each page p50 and p99, its bytes as transferred, alone and with style sheets, script and icon."""
    with tempfile.TemporaryDirectory(dir=ROOT.parent) as folder, ours(f"{folder}/public") as server:
        server.until_answered(ask("/demo/"))
        return {
            figure: value for name, path in PAGES.items() for figure, value in _measure_page(server, name, path).items()
        }


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=1)
    print()
