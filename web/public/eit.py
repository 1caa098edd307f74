"""The EIT survey in public: the short addresses on posters, the agency's page with its code, and the code's picture.

Opening /e/<code> adds one to a point's count of the day and goes on to ITAS. Nothing about who opened it is stored,
logged or told to ITAS: no cookie, no referrer.
"""

from __future__ import annotations

import logging
import re
from datetime import date
from functools import lru_cache

from flask import Response, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from handlers.eit import operations, posters, rounds, scans
from handlers.eit.scans import Opened
from models.eit import EitPoint, EitRound
from reports import qr, typeset
from thai.dates import bangkok_date, format_date
from web.public.site import agency, now, pages, site
from web.services import services

log = logging.getLogger("sujarit.web")

PICTURE_SECONDS = 300  # other sites embed the picture: a change of the year's link shows soon
MIME = {"png": "image/png", "svg": "image/svg+xml"}
# Programs that open links before people do: previews in chats, search engines, browsers that load ahead.
_ROBOT = re.compile(r"bot\b|crawl|spider|slurp|preview|facebookexternalhit|line-poker", re.IGNORECASE)


@site.get("/e/<code>")
def open_point(code: str) -> ResponseReturnValue:
    """What is printed on a poster: on to the survey while it runs, a kind page otherwise."""
    today = bangkok_date(now())
    with services().database.read() as session:
        opened = scans.find(session, code, today)
    if opened is None:
        words = ["รหัสอาจพิมพ์ไม่ครบ ลองสแกนภาพอีกครั้งนะคะ", "หรือกดแบบประเมินจากหน้าแรกของหน่วยงานได้เลยค่ะ"]
        page = render_template("public/error.html", title="ไม่พบจุดบริการนี้", words=words, fallback=None)
        return _private(make_response(page, 404))
    if opened.state != "open" or opened.round_ is None:
        g.public_agency = services().agencies.get(opened.agency_code)
        return _private(make_response(_page(opened.round_, None, today)))
    if not _by_program():
        _count(opened, today)
    return _private(make_response(redirect(opened.round_.url, 302)))


def _count(opened: Opened, day: date) -> None:
    database = services().database
    try:
        with database.write(opened.agency_id) as session:
            scans.count(session, opened.agency_id, opened.point_id, day)
    except database.errors as error:  # a lost count is no reason to keep somebody from the survey
        log.error("eit_scan_not_counted error=%s", type(error).__name__)


def _by_program() -> bool:
    """True where nobody has scanned: a look ahead by a program. Looked at here and kept nowhere."""
    headers = request.headers
    ahead = "prefetch" in f"{headers.get('Sec-Purpose', '')} {headers.get('Purpose', '')} {headers.get('X-Moz', '')}"
    return request.method == "HEAD" or ahead or bool(_ROBOT.search(headers.get("User-Agent", "")))


def _private(response: Response) -> Response:
    """No cache keeps it (each opening counts), no site hears whence one came, no search engine lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@pages.get("/eit")
def eit() -> str:
    """What the survey is, its code and the way to it."""
    today = bangkok_date(now())
    round_, website = _today(today)
    is_open = rounds.state(round_, today) == "open"
    return _page(round_, posters.address(agency(), website) if is_open and website else None, today)


def _page(round_: EitRound | None, link: str | None, today: date) -> str:
    view = agency()
    return render_template(
        "public/eit.html",
        round=round_,
        state=rounds.state(round_, today),
        link=link,
        closed_notice=rounds.when(round_, today, view.short_name),
        last_day=round_.closes_on if round_ else None,
    )


@pages.get("/eit.<any(png, svg):kind>")
def eit_picture(kind: str) -> Response:
    """The code of the agency's website, at an address that never changes; where there is no link that answers today,
    a picture that says so instead: never a code that leads nowhere."""
    today = bangkok_date(now())
    round_, website = _today(today)
    if website is not None and rounds.state(round_, today) == "open":
        picture = _code(posters.address(agency(), website), kind)
    else:
        picture = _notice(_short_notice(round_, today), agency().short_name, kind)
    response = Response(picture, mimetype=MIME[kind])
    response.cache_control.public = True
    response.cache_control.max_age = PICTURE_SECONDS
    return response


def _today(today: date) -> tuple[EitRound | None, EitPoint | None]:
    with services().database.read(agency().id) as session:
        return rounds.current(session, today), operations.own_point(session, "website")


def _short_notice(round_: EitRound | None, today: date) -> str:
    match rounds.state(round_, today):
        case "not_yet" if round_ is not None and round_.opens_on is not None:
            return f"จะเปิดวันที่ {format_date(round_.opens_on)}"
        case "closed" if round_ is not None and round_.closes_on is not None:
            return f"ปิดรับแล้ว เมื่อ {format_date(round_.closes_on)}"
    return "ปีนี้ยังไม่เปิด"


@lru_cache(maxsize=256)
def _code(address: str, kind: str) -> bytes:
    return qr.draw(address, kind, "H")


@lru_cache(maxsize=256)
def _notice(words: str, office: str, kind: str) -> bytes:
    data = {"title": "แบบประเมิน EIT", "words": words, "foot": office}
    if kind == "svg":
        return typeset.compile_svg("notice.typ", data)[0].encode()
    return typeset.compile_png("notice.typ", data, ppi=180)[0]
