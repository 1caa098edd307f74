"""Open complaints that may be about the same trouble, so that a neighbour follows one instead of filing another."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from models.case import OPEN_STATUSES, Case
from thai.text import clusters, detone, normalise

NEAR_METRES = 150.0
RECENT = timedelta(days=90)
MOST = 3
_ALIKE = 0.5  # landmarks
_SAME_WORDS = 0.6  # landmark and detail together, where no landmark decides


def similar_open(
    session: Session,
    agency: AgencyView,
    category_id: int,
    place: Mapping[str, Any] | None,
    detail: str,
    now: datetime,
) -> list[Case]:
    """Up to three open cases of the same category near the same place, the likeliest first.

    Complaints about conduct (R17) are never shown to others; without a place nothing is similar."""
    category = agency.category(category_id)
    if not place or category is None or category.conduct:
        return []
    recent = (
        select(Case)
        .where(Case.category_id == category_id, Case.status.in_(OPEN_STATUSES), Case.opened_at > now - RECENT)
        .order_by(Case.opened_at.desc())
        .limit(200)
    )
    scored = [(likeness(place, detail, case), case) for case in session.scalars(recent)]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    return [case for _, case in best[:MOST]]


def likeness(place: Mapping[str, Any], detail: str, case: Case) -> float:
    """0 (another matter) to 1: by distance where both have a pin, else by village and words."""
    if place.get("latitude") is not None and case.latitude is not None and case.longitude is not None:
        metres = metres_between(place["latitude"], place["longitude"], case.latitude, case.longitude)
        return 1 - metres / NEAR_METRES / 2 if metres <= NEAR_METRES else 0.0
    if place.get("moo") and case.moo and place["moo"] != case.moo:
        return 0.0
    landmark = alike(place.get("landmark") or "", case.landmark)
    if landmark >= _ALIKE:
        return landmark
    words = alike(f"{place.get('landmark') or ''} {detail}", f"{case.landmark} {case.detail}")
    return words if words >= _SAME_WORDS else 0.0


def alike(a: str, b: str) -> float:
    """0 to 1: pairs of neighbouring character clusters that two texts share (Dice), tone marks aside."""
    first, second = _pairs(a), _pairs(b)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def _pairs(text: str) -> Counter[tuple[str, str]]:
    parts = clusters(detone(normalise(text)))
    return Counter(pairwise(parts))


def metres_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance on the globe between two points in degrees; exact to centimetres at the distances that matter here."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((p2 - p1) / 2) ** 2
    half += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6_371_000 * math.asin(math.sqrt(min(1.0, half)))
