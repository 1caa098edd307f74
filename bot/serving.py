"""`sujarit serve`: runs web, worker, clock and (without LINE credentials) the stand-in as child processes.

A child that dies is started again, more slowly each time; a signal ends them all in order.
"""

from __future__ import annotations

import errno
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger("sujarit.serve")

GRACE_SECONDS = 10.0  # for a child to finish what it has begun
SLOWEST_RESTART = 30.0
HEAD_START = 8.0
STEADY_SECONDS = 60.0  # a child that lived so long starts again at once


def until_signal() -> threading.Event:
    """Set once SIGTERM or SIGINT asks this process to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def web_server(target: str, host: str, port: int, threads: int = 8) -> Any:
    """Granian as the product uses it, for the WSGI application `target`; the benchmarks measure under the same."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    return Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        log_access=False,
        log_level=LogLevels.error,
    )


@dataclass(slots=True)
class Child:
    """One of our own subcommands as a process."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "bot.cli", self.name])
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Start the child if it is not running and its turn has come."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            code = self.process.returncode
            self.process = None
            self.failures = 0 if now - self.started > STEADY_SECONDS else self.failures + 1
            self.not_before = now + min(SLOWEST_RESTART, 0.5 * 2**self.failures if self.failures else 0)
            log.error("child_ended name=%s code=%d", self.name, code)
        if self.process is None and now >= self.not_before:
            self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()


def is_free(host: str, port: int) -> bool:
    """Whether no other program listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno != errno.EADDRINUSE
    return True


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


def run(first: list[str], then: list[str], port: int) -> None:
    """Run the named subcommands until SIGTERM or SIGINT. `first` is what people wait for: the others leave it the
    processor until the web server answers on `port`."""
    stop = until_signal()
    children = [Child(name) for name in first]
    for child in children:
        child.look_after()
    until = time.monotonic() + HEAD_START
    while not stop.is_set() and time.monotonic() < until and not _answers(port):
        stop.wait(0.05)
    children += [Child(name) for name in then]
    while not stop.is_set():
        for child in children:
            child.look_after()
        stop.wait(0.3)
    for child in children:
        child.stop()
    until = time.monotonic() + GRACE_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
