"""What an admin decides about the public pages: which websites may frame the home page, who may use Open311."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.people import organisation
from handlers.people.operations import PeopleError
from models.agency import Agency
from models.audit import AuditEntry
from models.case import Category
from thai.dates import bangkok_date

MOST_HOSTS = 10
MOST_KEYS = 20
# An origin as a browser compares it: scheme, host, perhaps a port. No wildcard: exactly these sites. It goes into a
# response header, so nothing else may pass.
_ORIGIN = re.compile(r"https://(?=.{4,253}(?::|$))[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{2,5})?")


def embed_hosts(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The origins that may show the agency's home page in a frame."""
    return tuple(host for host in settings.get("embed_hosts") or () if _ORIGIN.fullmatch(host))


def save_embed_hosts(session: Session, typed: Iterable[str], actor: str) -> None:
    """These origins and no others; none closes the frames again. Raises PeopleError."""
    hosts = tuple(dict.fromkeys(host.strip().lower().rstrip("/") for host in typed if host.strip()))
    for host in hosts:
        if not _ORIGIN.fullmatch(host):
            raise PeopleError(
                "embed_hosts", f"“{host}” ไม่ใช่ที่อยู่เว็บไซต์ กรุณากรอกแบบ https://www.example.go.th (ไม่มีอะไรต่อท้าย)"
            )
    if len(hosts) > MOST_HOSTS:
        raise PeopleError("embed_hosts", f"ใส่ได้ไม่เกิน {MOST_HOSTS} เว็บไซต์")
    organisation.save_settings(session, {"embed_hosts": list(hosts)}, actor)


def photos_on(settings: Mapping[str, Any]) -> bool:
    """Whether photos that staff have marked for everybody are shown: by a switch of their own, and on the map or by
    Open311 if those are."""
    return bool(settings.get("public_photos")) and (bool(settings.get("public_map")) or open311_on(settings))


# -- Open311 ---------------------------------------------------------------------------------------------


def open311_on(settings: Mapping[str, Any]) -> bool:
    return bool((settings.get("open311") or {}).get("on"))


def open311_keys(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The keys in force: id, holder, issued_on (ISO day), and hash, never the key itself."""
    return list((settings.get("open311") or {}).get("keys") or ())


def open311_changed_at(session: Session) -> datetime:
    """When what can be filed changed last (UTC): a kind of complaint, else the agency itself."""
    kinds = [f"category:{number}" for number in session.scalars(select(Category.id))]
    changed = session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.subject.in_(kinds)))
    return changed or _agency(session).created_at


def switch_open311(session: Session, on: bool, actor: str) -> None:
    """Open or close the agency's Open311 addresses; the keys stay."""
    _save(session, {"on": on}, actor)


def issue_open311_key(session: Session, holder: str, actor: str, now: datetime) -> str:
    """A key with which `holder`'s program may file complaints; shown now and never again. Raises PeopleError."""
    holder = holder.strip()
    if not holder:
        raise PeopleError("holder", "กรุณากรอกว่าออกคีย์ให้หน่วยงานหรือระบบใด")
    if len(holder) > 100:
        raise PeopleError("holder", "ชื่อยาวเกิน 100 ตัวอักษร")
    keys = open311_keys(_agency(session).settings)
    if len(keys) >= MOST_KEYS:
        raise PeopleError("holder", f"มีคีย์ครบ {MOST_KEYS} คีย์แล้ว กรุณายกเลิกคีย์ที่ไม่ใช้ก่อน")
    key = secrets.token_urlsafe(24)
    issued = {
        "id": secrets.token_hex(4), "holder": holder, "hash": _hash(key), "issued_on": bangkok_date(now).isoformat()
    }  # fmt: skip
    _save(session, {"keys": [*keys, issued]}, actor)
    return key


def withdraw_open311_key(session: Session, key_id: str, actor: str) -> None:
    """The key with this id works no longer; nothing when there is none."""
    keys = open311_keys(_agency(session).settings)
    _save(session, {"keys": [key for key in keys if key["id"] != key_id]}, actor)


def holder_of(settings: Mapping[str, Any], key: str) -> str | None:
    """The id of the key in force that this is, or None."""
    given = _hash(key)
    return next((str(one["id"]) for one in open311_keys(settings) if hmac.compare_digest(one["hash"], given)), None)


def _hash(key: str) -> str:
    # Long random keys need no salt and no slow hash.
    return hashlib.sha256(key.encode()).hexdigest()


def _agency(session: Session) -> Agency:
    return session.get_one(Agency, session.info["agency_id"])


def _save(session: Session, change: Mapping[str, Any], actor: str) -> None:
    before = _agency(session).settings.get("open311") or {}
    organisation.save_settings(session, {"open311": {**before, **change}}, actor)
