"""Documents, sound and film are read in a process apart, which may write no file, dump no core, and not grow.

Their formats are the large ones, and qpdf is native code: what goes wrong or takes long there must not reach the
process that serves the desk. The file goes in and comes out through pipes; the environment, and with it every secret,
stays outside."""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import threading

from integrity.uploads import words
from integrity.uploads.words import Refused

SECONDS = 20
_MEMORY = 1_500_000_000  # bytes of addresses
_WAIT = 60  # seconds for a free place
_places = threading.BoundedSemaphore(2)


def strip(kind: str, data: bytes) -> tuple[bytes, list[str], str]:
    """Run the cleaner of `kind` ("pdf", "office", "mp3" or "mp4") over there: the clean file, what was found, and what
    it is. Raises Refused."""
    if not _places.acquire(timeout=_WAIT):
        raise Refused(words.BUSY)
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-P", "-m", __name__, kind],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries complain there with the file's own words
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            timeout=SECONDS * 2,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused(words.UNFOLDS) from None
    finally:
        _places.release()
    head, _, clean = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:  # ended by a limit or a fault in native code
        raise Refused(words.UNFOLDS if done.returncode < 0 else words.DAMAGED)
    answer = json.loads(head)
    if "refused" in answer:
        raise Refused(answer["refused"])
    return clean, answer["found"], answer["kind"]


def main(kind: str) -> None:
    """Read the file from standard input, write one line of JSON and the cleaned file to standard output."""
    os.nice(10)  # those who only read or write go first
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    clean = b""
    answer: dict[str, str | list[str]]
    try:
        cleaner = importlib.import_module(f"integrity.uploads.{kind}")  # the readers of other kinds stay out
        clean, found, kind = cleaner.strip(sys.stdin.buffer.read())
        answer = {"found": list(dict.fromkeys(found)), "kind": kind}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": words.UNFOLDS}
    except Exception:
        answer = {"refused": words.DAMAGED}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + clean)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
