"""General complaints by village, for everybody, where the agency switches it on: a table, and points drawn by us; with
photos of before and after where it switches those on too.

Shown is only what staff have marked photo by photo (handlers/complaints/showing.py), and of no village of which too few
complaints are known. No map tiles: no third party is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, abort, render_template, send_file

from handlers import files
from handlers.complaints import published, showing
from handlers.complaints.published import Village
from handlers.people import public_face
from web.public.site import agency, now, pages
from web.services import services

STRETCH = timedelta(days=365)
WIDTH, HEIGHT, MARGIN = 520, 360, 60
LARGEST = 44  # a circle's radius
FIRST_PAIRS, MOST_PAIRS = 2, 40  # of a village: on the page of all, and on its own
PHOTO_LIFE = timedelta(hours=1)  # how long browsers may keep a photo; one that is no longer marked is gone after that


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
    return _page()


@pages.get("/map/<int:moo>")
def village(moo: int) -> str:
    """More photos of one village."""
    return _page(moo)


def _page(moo: int | None = None) -> str:
    if not agency().settings.get("public_map"):
        abort(404)
    since, pairs = now() - STRETCH, {}
    with services().database.read(agency().id) as session:
        found = published.villages(session, since)
        if public_face.photos_on(agency().settings):
            known = {one.moo for one in found if one.open is not None and moo in (None, one.moo)}
            pairs = {number: some for number, some in showing.pairs(session, since).items() if number in known}
    if moo is not None and moo not in pairs:
        abort(404)
    return render_template(
        "public/map.html" if moo is None else "public/map_village.html",
        moo=moo,
        villages=found,
        points=points(found),
        size=(WIDTH, HEIGHT),
        pairs=dict(sorted(pairs.items())),
        most=FIRST_PAIRS if moo is None else MOST_PAIRS,
    )


@pages.get("/photos/<key>.jpg")
def shown_photo(key: str) -> Response:
    """A photo that staff have marked for everybody, small; its address is told nowhere else than on our pages."""
    known = services()
    path = None
    if public_face.photos_on(agency().settings):
        with known.database.read(agency().id) as session:
            path = showing.shown_path(session, key)
    small = files.locate(known.data, files.thumbnail(path)) if path else None
    if small is None or not small.is_file():
        abort(404)
    answer = send_file(small, mimetype="image/jpeg", conditional=True, max_age=int(PHOTO_LIFE.total_seconds()))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["X-Robots-Tag"] = "noindex"  # a search engine would keep what is no longer marked
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


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
