"""A private calendar address: what a calendar program fetches by itself, without a log-in."""

from __future__ import annotations

from flask import Response, abort

from handlers.duties import feed as feeds
from models.agency import Agency
from web.public.site import now, site
from web.services import services


@site.get("/calendar/<token>.ics")
def calendar_feed(token: str) -> Response:
    """The duties behind the address; 404 for one that is wrong, revoked or of somebody who has left."""
    known = services()
    with known.database.read() as session:
        found = feeds.find(session, token)
        code = session.get_one(Agency, found.agency_id).code if found else None
    view = known.agencies.get(code) if code else None
    if found is None or view is None:
        abort(404)
    with known.database.read(view.id) as session:
        answer = Response(feeds.calendar(session, view, found, now()), mimetype="text/calendar")
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "private, max-age=600"
    answer.headers["Content-Disposition"] = 'inline; filename="duties.ics"'
    return answer
