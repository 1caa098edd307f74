"""General complaints by village, for everybody, where the agency switches it on: a table, and points drawn by us.

No photos: nothing marks a photo as fit for everybody yet, so none is shown. No map tiles: no third party is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from flask import abort, render_template

from handlers.complaints import published
from handlers.complaints.published import Village
from web.public.site import agency, now, pages
from web.services import services

STRETCH = timedelta(days=365)
WIDTH, HEIGHT, MARGIN = 520, 360, 60
LARGEST = 44  # a circle's radius


@dataclass(frozen=True, slots=True)
class Point:
    """A village in the drawing, in its own units."""

    moo: int
    x: float
    y: float
    radius: float


@pages.get("/map")
def map() -> str:
    """How many of each village's complaints are open and ended, of the last year."""
    if not agency().settings.get("public_map"):
        abort(404)
    with services().database.read(agency().id) as session:
        found = published.villages(session, now() - STRETCH)
    return render_template("public/map.html", villages=found, points=points(found), size=(WIDTH, HEIGHT))


def points(villages: list[Village]) -> list[Point]:
    """Where the villages lie to each other, north up and true to scale; none when fewer than two are known."""
    placed = [(village, *village.centre) for village in villages if village.centre]
    if len(placed) < 2:
        return []
    north, south = max(one[1] for one in placed), min(one[1] for one in placed)
    east, west = max(one[2] for one in placed), min(one[2] for one in placed)
    narrow = math.cos(math.radians((north + south) / 2))  # a degree of longitude against one of latitude
    tall, wide = max(north - south, 0.01), max((east - west) * narrow, 0.01)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / tall)
    most = max((village.open or 0) + (village.closed or 0) for village, *_ in placed)
    return [
        Point(
            village.moo,
            round(WIDTH / 2 + (longitude - (east + west) / 2) * narrow * scale, 1),
            round(HEIGHT / 2 - (latitude - (north + south) / 2) * scale, 1),
            round(LARGEST * math.sqrt(((village.open or 0) + (village.closed or 0)) / most), 1),
        )
        for village, latitude, longitude in placed
    ]
