"""The real processes of an installation, against a stand-in for LINE, over real HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import requests

from bot.simulator.testing import SECRET, TOKEN, World, running
from handlers.people.agency_setup import add_demo
from models.db import Database


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class House:
    """web, worker and clock of one installation as processes that a test can kill; `log` is all they said."""

    line: World
    url: str
    environment: dict[str, str]
    log: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        # A session of its own, so that killing it takes the server's worker process along.
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", name],
            env=self.environment,
            stdout=self._append(),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        """kill -9, as a power cut or the out-of-memory killer does it."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def run(self, *arguments: str) -> str:
        """Run a `sujarit` command to its end; returns what it printed. Raises CalledProcessError."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            env=self.environment, check=True, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return done.stdout

    def wait_until_up(self, seconds: float = 30.0) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if requests.get(f"{self.url}/healthz", timeout=2).ok:
                    return
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError(f"the web server did not come up:\n{self.log.read_text()[-3000:]}")

    def _append(self) -> IO[bytes]:
        return self.log.open("ab")


@contextmanager
def a_house(folder: Path, database_url: str, *processes: str) -> Iterator[House]:
    """A migrated installation with the demo agency whose named processes run."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(f"{url}/line/demo/webhook") as line:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SUJARIT_")}
        environment |= {
            "PORT": str(port),
            "SUJARIT_DATA": str(folder / "var"),
            "SUJARIT_DATABASE_URL": database_url,
            "SUJARIT_LINE_CHANNEL_SECRET": SECRET,
            "SUJARIT_LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "SUJARIT_LINE_API_BASE": line.base,
            "PYTHONUNBUFFERED": "1",
        }
        house = House(line, url, environment, folder / "log.txt")
        house.log.touch()
        house.run("db", "upgrade")
        database = Database(database_url)
        with database.write() as session:
            add_demo(session, "demo", datetime.now(UTC).date())
        database.close()
        try:
            for name in processes:
                house.start(name)
            if "web" in processes:
                house.wait_until_up()
            yield house
        finally:
            house.stop()
