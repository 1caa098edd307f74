"""Links are asked for in earnest, from a web server of this machine; never inside the office's network otherwise."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from handlers import links
from handlers.links import LinkState
from handlers.people.agency_setup import add_agency
from models.db import Database
from models.measure import Evidence

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


class _Site(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]] = []

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def _answer(self, method: str) -> None:
        _Site.asked.append((method, self.path))
        status = 200
        if self.path.startswith("/gone"):
            status = 404
        elif self.path.startswith("/no-head") and method == "HEAD":
            status = 405
        elif self.path.startswith("/broken"):
            status = 500
        elif self.path.startswith("/on"):
            status = 302
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/on" if self.path == "/on" else "/fine")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Not to the console."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_pages_that_are_there_and_pages_that_are_not(site: str) -> None:
    paths = ["/fine", "/gone", "/no-head", "/broken", "/on-to-fine", "/on", "/ข่าว?หน้า=1"]
    found = links.check_links([f"{site}{path}" for path in (*paths, "/fine")], allow_private=True)
    assert len(found) == len(paths)
    states = {path: found[f"{site}{path}"] for path in paths}
    assert [path for path, state in states.items() if state.alive] == ["/fine", "/no-head", "/on-to-fine", "/ข่าว?หน้า=1"]
    assert "404" in states["/gone"].detail
    assert "500" in states["/broken"].detail
    assert "วน" in states["/on"].detail
    assert ("GET", "/no-head") in _Site.asked
    assert ("GET", "/fine") not in _Site.asked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8000/admin",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706433/",  # 127.0.0.1 as a number
        "http://224.0.0.1/",
    ],
)
def test_addresses_inside_the_network_are_not_asked(url: str) -> None:
    assert links.check_links([url]) == {url: LinkState(False, "เป็นที่อยู่ภายในเครือข่าย ประชาชนเปิดไม่ได้")}


def test_a_redirect_into_the_network_is_not_followed(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = site.rsplit(":", 1)[1]
    # The first address counts as public, what it sends on to does not.
    monkeypatch.setattr(links, "_is_public", lambda address: address == "127.0.0.1" and not _Site.asked)
    _Site.asked.clear()
    found = links.check_links([f"http://127.0.0.1:{port}/on-to-fine"])
    assert [path for _, path in _Site.asked] == ["/on-to-fine"]
    assert "ภายในเครือข่าย" in next(iter(found.values())).detail


def test_what_is_no_address_is_dead_and_raises_nothing() -> None:
    found = links.check_links(["ftp://a.go.th", "https://", "http://ไม่มีจริง.invalid/", "http://[", "http://a..b/"])
    assert len(found) == 5
    assert not any(state.alive for state in found.values())
    assert all(state.detail for state in found.values())
    assert links.check_links([]) == {}


def test_a_closed_door_is_dead() -> None:
    state = links.check_links(["http://127.0.0.1:9/"], allow_private=True)["http://127.0.0.1:9/"]
    assert state == LinkState(False, "ติดต่อเว็บไซต์ไม่ได้")


def test_what_was_found_is_kept_with_the_evidence(database: Database) -> None:
    with database.write() as session:
        agency = add_agency(session, "demo", "อบต.ทดลอง", date(2026, 11, 21)).id
    with database.write(agency) as session:
        for number in range(3):
            session.add(Evidence(kind="url", url=f"https://example.go.th/{number}"))
        session.add(Evidence(kind="order", order_number="1/2569"))
    with database.read(agency) as session:
        asked = links.waiting(session, NOW, most=2)
        assert list(asked.values()) == ["https://example.go.th/0", "https://example.go.th/1"]
    with database.write(agency) as session:
        moved = session.get_one(Evidence, next(iter(asked)))
        moved.url = "https://example.go.th/new"
        states = {
            "https://example.go.th/0": LinkState(True),
            "https://example.go.th/1": LinkState(False, "ไม่พบหน้านี้ (404)"),
        }
        assert links.store(session, asked, states, "cli", NOW) == 1
    with database.read(agency) as session:
        rows = session.scalars(select(Evidence).order_by(Evidence.id)).all()
        assert [row.link_status for row in rows] == ["", "dead", "", ""]  # the first has another address now
        assert rows[1].link_detail == "ไม่พบหน้านี้ (404)"
        assert list(links.waiting(session, NOW).values()) == ["https://example.go.th/new", "https://example.go.th/2"]
        assert len(links.waiting(session, NOW + timedelta(days=1))) == 3
        assert links.waiting(session, NOW, evidence_ids=[rows[2].id]) == {rows[2].id: "https://example.go.th/2"}
