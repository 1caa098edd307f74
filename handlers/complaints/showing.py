"""Photos of a general complaint that staff have found fit for everybody: which, as what, under which address.

None is until somebody marks it. The mark goes with whatever makes the case or the photo unfit: conduct (R17), an
unsent message, forgetting. What is shown is the small picture, which handlers/files.py wrote without anything attached.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy import case as case_when
from sqlalchemy.orm import Session

from handlers.complaints.published import GENERAL
from handlers.complaints.rules import CaseError, locked, may_see
from handlers.complaints.timeline import actor_of, step
from models.agency import Staff
from models.case import OPEN_STATUSES, Case, Category
from models.thread import Attachment

MARKS = ("before", "after")
FINISHED = ("done", "confirmed")
# With Case and Category joined: marked, here, and of a complaint that may be known.
IS_SHOWN = and_(
    Attachment.shown_key.is_not(None),
    Attachment.status == "stored",
    Case.status.in_((*OPEN_STATUSES, *FINISHED)),
    *GENERAL,
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A finished case before and after: the keys of the photos' addresses, the kind and the village."""

    before: str
    after: str
    label: str
    moo: int


def may_be_shown(case: Case) -> bool:
    """A general complaint that still has its words: photos of others are never shown."""
    conduct = case.category.conduct or case.accused_unit_id is not None
    return case.kind == "complaint" and not conduct and not case.forgotten


def photos_of(session: Session, case: Case) -> list[Attachment]:
    """The pictures of the case that we have, oldest first."""
    return list(
        session.scalars(
            select(Attachment)
            .where(Attachment.case_id == case.id, Attachment.status == "stored", Attachment.kind == "image")
            .order_by(Attachment.id)
        )
    )


def show_photos(session: Session, case: Case, staff: Staff, marks: Mapping[int, str], now: datetime) -> int:
    """Mark the case's photos with these ids "before", "after" or "" (for nobody outside); others stay as they are. A
    photo that is marked anew gets a new address. Returns how many changed. Raises CaseError."""
    locked(session, case)
    if not may_see(case, staff):
        raise CaseError("ไม่พบเรื่องนี้ หรือคุณไม่มีสิทธิ์ดู")
    if not may_be_shown(case):
        raise CaseError("รูปของเรื่องนี้แสดงต่อสาธารณะไม่ได้")
    changed = 0
    for photo in photos_of(session, case):
        mark = marks.get(photo.id, photo.shown_as)
        if mark not in ("", *MARKS):
            raise CaseError("เลือกว่าเป็นรูปก่อนหรือหลัง")
        if mark == photo.shown_as:
            continue
        photo.shown_as, photo.shown_key = mark, secrets.token_urlsafe(16) if mark else None
        _note(session, case, photo, actor_of(staff), now)
        changed += 1
    return changed


def hide_all(session: Session, case: Case, actor: str, now: datetime) -> None:
    """No photo of the case is for everybody any more."""
    for photo in photos_of(session, case):
        if photo.shown_as:
            photo.shown_as, photo.shown_key = "", None
            _note(session, case, photo, actor, now)


def _note(session: Session, case: Case, photo: Attachment, actor: str, now: datetime) -> None:
    if photo.shown_as:
        step(session, case, actor, "photo_shown", now, photo=photo.id, mark=photo.shown_as)
    else:
        step(session, case, actor, "photo_hidden", now, photo=photo.id)


# -- for everybody ---------------------------------------------------------------------------------------


def shown_path(session: Session, key: str) -> str | None:
    """Where the marked photo with this key lies (handlers/files.py), or None: no such photo, or no longer shown."""
    return session.scalar(
        select(Attachment.path)
        .join(Case, Case.id == Attachment.case_id)
        .join(Case.category)
        .where(Attachment.shown_key == key, IS_SHOWN)
    )


def pairs(session: Session, since: datetime) -> dict[int, list[Pair]]:
    """Finished complaints filed since then that have a marked photo of before and one of after, by หมู่, those finished
    last first. Of several photos alike, the newest."""
    rows = session.execute(
        select(Case.id, Case.moo, Category.label, Attachment.shown_as, Attachment.shown_key)
        .select_from(Attachment)
        .join(Case, Case.id == Attachment.case_id)
        .join(Case.category)
        .where(IS_SHOWN, Case.status.in_(FINISHED), Case.opened_at >= since, Case.moo.is_not(None))
        .order_by(Case.closed_at.desc(), Case.id, Attachment.id)
    ).all()
    cases = {row.id: (row.moo, row.label) for row in rows}
    keys = {(row.id, row.shown_as): row.shown_key for row in rows}
    found: dict[int, list[Pair]] = {}
    for case_id, (moo, label) in cases.items():
        before, after = (keys.get((case_id, mark)) for mark in MARKS)
        if before and after:
            found.setdefault(moo, []).append(Pair(before, after, label, moo))
    return found


def of_numbers(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """The key of one marked photo of each case with one of these numbers: the newest of after once it is finished,
    before that the newest of before."""
    wanted = case_when((Case.status.in_(FINISHED), "after"), else_="before")
    rows = session.execute(
        select(Case.number, Attachment.shown_key)
        .select_from(Attachment)
        .join(Case, Case.id == Attachment.case_id)
        .join(Case.category)
        .where(IS_SHOWN, Case.number.in_(numbers))
        .order_by(Attachment.shown_as == wanted, Attachment.id)
    )
    return {number: key for number, key in rows if key}  # the last one stays
