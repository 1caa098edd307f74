"""Whether links still lead somewhere: the dead ones are listed before a report is issued.

`check_links` asks the network and is called outside of any transaction; `waiting` and `store` are its two sides in the
database. It asks public addresses only: a link is somebody's text, and this program stands inside the office's network.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import urllib3
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError

from handlers import audit
from models.measure import Evidence

AT_ONCE = 8
MOST_REDIRECTS = 5
TIMEOUT = urllib3.Timeout(connect=5, read=8)
FRESH = timedelta(hours=12)  # a link that was looked at so lately is not looked at again
AGENT = "Sujarit-link-check/1.0"
_HEAD_REFUSED = (400, 403, 404, 405, 406, 501, 503)  # servers that answer HEAD wrongly are asked again with GET


@dataclass(frozen=True, slots=True)
class LinkState:
    """`alive`: a page was there. `detail`: why not, in Thai; or what is odd."""

    alive: bool
    detail: str = ""

    @property
    def status(self) -> str:
        """For `Evidence.link_status`."""
        return "alive" if self.alive else "dead"


class _Refused(Exception):
    """The link cannot be asked; str() is Thai."""


def check_links(urls: Iterable[str], at_once: int = AT_ONCE, allow_private: bool = False) -> dict[str, LinkState]:
    """Ask for each address once, at most `at_once` at a time. `allow_private` is for tests: addresses inside the
    network are refused otherwise, also behind a redirect. Raises nothing."""
    wanted = list(dict.fromkeys(urls))
    if not wanted:
        return {}
    with ThreadPoolExecutor(max_workers=min(at_once, len(wanted))) as pool:
        states = pool.map(lambda url: _check(url, allow_private), wanted)
        return dict(zip(wanted, states, strict=True))


def _check(url: str, allow_private: bool) -> LinkState:
    try:
        address = url
        for _ in range(MOST_REDIRECTS + 1):
            status, onward = _ask(address, allow_private)
            if onward is None:
                return _judge(status)
            address = urljoin(address, onward)
        return LinkState(False, "ส่งต่อวนไปมาไม่สิ้นสุด")
    except _Refused as refused:
        return LinkState(False, str(refused))
    except (HTTPError, OSError, ValueError) as error:
        return LinkState(False, _why(error))


def _judge(status: int) -> LinkState:
    if status < 400:
        return LinkState(True)
    words = {401: "ต้องเข้าระบบก่อน", 403: "เว็บไซต์ไม่ให้เปิด", 404: "ไม่พบหน้านี้", 410: "หน้านี้ถูกลบแล้ว"}
    otherwise = "เว็บไซต์ขัดข้อง" if status >= 500 else "เปิดไม่ได้"
    return LinkState(False, f"{words.get(status, otherwise)} ({status})")


def _why(error: Exception) -> str:
    reason = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(reason, SSLError):
        return "ใบรับรองความปลอดภัยของเว็บไซต์ไม่ถูกต้อง"
    if "timed out" in str(reason).lower():
        return "เว็บไซต์ไม่ตอบในเวลาที่กำหนด"
    return "ติดต่อเว็บไซต์ไม่ได้"


def _ask(url: str, allow_private: bool) -> tuple[int, str | None]:
    """The status of the address, and where it sends on to. The body is never read."""
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        raise _Refused("ไม่ใช่ที่อยู่เว็บ")
    name = host.encode("idna").decode("ascii")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    # The connection goes to the very address that was judged: a name may answer differently the second time.
    ip = _public_address(name, port, allow_private)
    path = urlunsplit(
        (
            "",
            "",
            quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._"),
            quote(parts.query, safe="=&%/?:@!$'()*+,;~-._"),
            "",
        )
    )
    shown = name if parts.port is None else f"{name}:{port}"
    headers = {"Host": shown, "User-Agent": AGENT, "Accept": "*/*"}
    with _pool(parts.scheme, ip, port, name) as pool:
        for method in ("HEAD", "GET"):
            answer = pool.request(method, path, headers=headers, redirect=False, preload_content=False)
            answer.close()
            if method == "GET" or answer.status not in _HEAD_REFUSED:
                break
    return answer.status, answer.headers.get("Location") if 300 <= answer.status < 400 else None


def _pool(scheme: str, ip: str, port: int, name: str) -> urllib3.HTTPConnectionPool:
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(
            ip, port, timeout=TIMEOUT, retries=False, maxsize=1, server_hostname=name, assert_hostname=name
        )
    return urllib3.HTTPConnectionPool(ip, port, timeout=TIMEOUT, retries=False, maxsize=1)


def _public_address(name: str, port: int, allow_private: bool) -> str:
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _Refused("ไม่พบเว็บไซต์ชื่อนี้") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(_is_public(address) for address in addresses):
        raise _Refused("เป็นที่อยู่ภายในเครือข่าย ประชาชนเปิดไม่ได้")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    return bool(inner.is_global and not inner.is_multicast)


# -- the rows ----------------------------------------------------------------------------------------------


def waiting(
    session: Session, now: datetime, most: int = 50, evidence_ids: Iterable[int] | None = None
) -> dict[int, str]:
    """Evidence with a link that was not looked at lately, what was looked at longest ago first: id to address."""
    query = select(Evidence.id, Evidence.url).where(
        Evidence.url != "", or_(Evidence.link_checked_at.is_(None), Evidence.link_checked_at < now - FRESH)
    )
    if evidence_ids is not None:
        query = query.where(Evidence.id.in_(list(evidence_ids)))
    query = query.order_by(Evidence.link_checked_at.asc().nulls_first(), Evidence.id).limit(most)
    return {row.id: row.url for row in session.execute(query)}


def store(
    session: Session, asked: Mapping[int, str], states: Mapping[str, LinkState], actor: str, now: datetime
) -> int:
    """Keep what was found for the evidence that still has that address; how many links are dead."""
    dead = 0
    for row in session.scalars(select(Evidence).where(Evidence.id.in_(list(asked)))):
        state = states.get(asked[row.id])
        if state is None or row.url != asked[row.id]:
            continue
        row.link_status, row.link_detail, row.link_checked_at = state.status, state.detail, now
        dead += not state.alive
    session.flush()
    audit.record(session, actor, "links_checked", checked=len(asked), dead=dead)
    return dead
