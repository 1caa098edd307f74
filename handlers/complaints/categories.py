"""Kinds of complaint: giving a new agency the starter set, and which one a text is probably about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.complaints.starter import BY_CODE, OFFICE, STARTER
from models.case import Category
from thai.text import detone, fold_command, normalise


class Known(Protocol):
    """What `suggest` needs of a category: handlers.agencies.CategoryView, models.case.Category or Starter."""

    @property
    def code(self) -> str: ...
    @property
    def keywords(self) -> Sequence[str]: ...


def load_starter(session: Session, agency_id: int, units_by_name: Mapping[str, int]) -> list[Category]:
    """Add the starter categories that the agency does not have yet; flushed, not committed.

    `units_by_name`: unit ids by their names. A unit that the agency lacks falls back to สำนักปลัด, else to none."""
    have = set(session.scalars(select(Category.code).where(Category.agency_id == agency_id)))
    fallback = units_by_name.get(OFFICE)
    added = [
        Category(
            agency_id=agency_id,
            code=starter.code,
            label=starter.label,
            unit_id=units_by_name.get(starter.unit, fallback),
            sla_value=starter.sla_value,
            sla_unit=starter.sla_unit,
            keywords=list(starter.keywords),
            conduct=starter.conduct,
            position=position,
        )
        for position, starter in enumerate(STARTER)
        if starter.code not in have
    ]
    session.add_all(added)
    session.flush()
    return added


def short_label(code: str, label: str) -> str:
    """The category's name for a button: the short one while the agency has not renamed it."""
    starter = BY_CODE.get(code)
    return starter.short if starter and starter.label == label else label


def needs_place(code: str | None) -> bool:
    """False for kinds that happen at no place on a map (help, borrowing, an officer's manners)."""
    starter = BY_CODE.get(code or "")
    return starter.needs_place if starter else True


# -- which category is it? --------------------------------------------------------------------------------

_SHORTEST_FOLDED = 4  # shorter keywords must stand in the text as they are


def suggest(text: str, categories: Iterable[Known]) -> list[tuple[str, float]]:
    """Category codes by how much of the text their keywords account for, best first; none scores 0.

    A score is the number of letters that keywords cover, each letter once: a long keyword ("น้ำไม่ไหล") says more
    than a short one ("น้ำ")."""
    exact, folded = _compact(text), fold_command(text)
    scores = [(category.code, _score(exact, folded, tuple(category.keywords))) for category in categories]
    return sorted(((code, score) for code, score in scores if score > 0), key=lambda pair: -pair[1])


def _score(exact: str, folded: str, keywords: tuple[str, ...]) -> float:
    covered: set[int] = set()
    loose = 0.0
    for keyword in keywords:
        parts, loose_parts = _parts(keyword)
        spans = [_spans(exact, part) for part in parts]
        if all(spans):
            covered.update(i for span in spans for i in span)
        elif all(len(part) >= _SHORTEST_FOLDED and part in folded for part in loose_parts):
            loose = max(loose, 0.7 * sum(map(len, loose_parts)))
    return max(float(len(covered)), loose)


@lru_cache(maxsize=4096)
def _parts(keyword: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = [word for word in keyword.split("+") if word]
    return tuple(map(_compact, words)), tuple(map(fold_command, words))


def _compact(text: str) -> str:
    return detone(normalise(text)).replace(" ", "")


def _spans(text: str, part: str) -> list[int]:
    """The positions of the first place where `part` stands; empty when it does not."""
    at = text.find(part) if part else -1
    return list(range(at, at + len(part))) if at >= 0 else []
