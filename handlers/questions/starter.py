"""The starter pack: questions and services of an อบต. in our own words, until the agency has its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import content_changed
from handlers.questions import exchange
from handlers.questions.exchange import EntryRow, Preview, split_phrasings
from handlers.questions.search import Entry, FaqIndex
from models.agency import Unit
from models.question import FaqEntry, ServiceEntry

SAME_MATTER = 0.45  # different entries of the pack itself mostly score less to each other


def load(session: Session, agency_id: int, actor: str = "cli") -> None:
    """Give the agency the pack; facts in ⟦…⟧ wait for a staff member's yes. What it has already is left alone."""
    keys = set(session.scalars(select(FaqEntry.key)))
    exchange.apply(session, agency_id, Preview(tuple(row for row in _entries() if row.key not in keys), ()), actor)
    units = {unit.name: unit for unit in session.scalars(select(Unit))}
    known = set(session.scalars(select(ServiceEntry.key)))
    for row in _services():
        if row["id"] in known:
            continue
        session.add(
            ServiceEntry(
                key=row["id"],
                name=row["name"],
                alternatives=list(split_phrasings(row["alternatives"])),
                steps=row["steps"].split("|"),
                documents=row["documents"].split("|"),
                fee=row["fee"],
                days=row["days"],
                unit=units.get(row["unit"]),
                legal_note=row["legal_note"],
            )
        )
    session.flush()
    content_changed(session, agency_id)


def step_back(session: Session, agency_id: int, own: Sequence[EntryRow], actor: str) -> int:
    """The agency has brought answers of its own (`own`): entries of the pack on the same matter that nobody has
    confirmed or changed become drafts, so that a citizen does not get two answers. Returns how many."""
    if not own:
        return 0
    index = FaqIndex.build(Entry(row.key, row.question, row.alternatives, row.answer) for row in own)
    theirs = {row.key for row in own}
    untouched = {row.key: (row.question, row.answer) for row in _entries()}
    stepped = 0
    for entry in session.scalars(
        select(FaqEntry).where(FaqEntry.status == "published", FaqEntry.confirmed_at.is_(None))
    ):
        mine = entry.key not in theirs and untouched.get(entry.key) == (entry.question, entry.answer)
        if mine and _covered(index, entry.question, entry.alternatives):
            entry.status = "draft"
            stepped += 1
    names = {row["id"]: row["name"] for row in _services()}
    for service in session.scalars(
        select(ServiceEntry).where(ServiceEntry.status == "published", ServiceEntry.confirmed_at.is_(None))
    ):
        if names.get(service.key) == service.name and _covered(index, service.name, service.alternatives):
            service.status = "draft"
            stepped += 1
    if stepped:
        session.flush()
        audit.record(session, actor, "starter_stepped_back", entries=stepped)
        content_changed(session, agency_id)
    return stepped


def _covered(index: FaqIndex, question: str, alternatives: Sequence[str]) -> bool:
    return any(hit.score >= SAME_MATTER for text in (question, *alternatives) for hit in index.rank(text, 1))


@cache
def _entries() -> tuple[EntryRow, ...]:
    return exchange.preview(_pack("faq.csv"), "faq.csv").rows


def _services() -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO(_pack("services.csv").decode("utf-8-sig"), newline=""))


def _pack(name: str) -> bytes:
    return (files("handlers.questions") / "packs" / name).read_bytes()
