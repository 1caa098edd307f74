"""How far the survey has come: ITAS's count against the target, and how often each point's code was opened."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.eit import rounds
from models.agency import Unit
from models.eit import EitCount, EitPoint, EitRound, EitScan
from thai.dates import bangkok_date
from thai.fiscal import year_period


def reach(session: Session, fiscal_year: int, now: datetime) -> dict[str, Any]:
    """Plain JSON about a fiscal year (BE) as of `now` (UTC); `session` is scoped to the agency.

    - fiscal_year, state ("unknown", "not_yet", "open", "closed"), url, opens_on, closes_on (ISO days or None)
    - days_left: days on which one can still answer, today included; 0 outside the window
    - target: respondents wanted; reported, reported_on: what ITAS said last (typed in by the ITA admin);
      left: target - reported, never below 0; percent: reported of target, rounded down. None where not known.
    - iit: {"target", "reported", "reported_on", "left", "percent"}: the same of the inside survey, of the staff
    - scans: {"total", "by_point": [{"code", "name", "kind", "unit", "active", "count"}, most first],
      "by_week": [{"week": ISO Monday, "count"}, every week from the first scan to the last]}.
      A scan is an opened address, not a person and not an answer.
    - counts: [{"day", "count"}], what was typed in, by day
    """
    today = bangkok_date(now)
    round_ = rounds.of_year(session, fiscal_year)
    state = rounds.state(round_, today)
    outside = inside = _answered(None, None, None)
    if round_ is not None:
        outside = _answered(round_.target, round_.reported, round_.reported_on)
        inside = _answered(round_.iit_target, round_.iit_reported, round_.iit_reported_on)
    return {
        "fiscal_year": fiscal_year,
        "state": state,
        "url": round_.url if round_ else "",
        "opens_on": _iso(round_.opens_on) if round_ else None,
        "closes_on": _iso(round_.closes_on) if round_ else None,
        "days_left": (round_.closes_on - today).days + 1
        if state == "open" and round_ is not None and round_.closes_on is not None
        else 0,
        **outside,
        "iit": inside,
        "scans": _scans(session, fiscal_year, round_),
        "counts": [
            {"day": row.day.isoformat(), "count": row.count}
            for row in session.scalars(
                select(EitCount).where(EitCount.round_id == (round_.id if round_ else 0)).order_by(EitCount.day)
            )
        ],
    }


def _answered(target: int | None, reported: int | None, on: date | None) -> dict[str, Any]:
    left = percent = None
    if target is not None and reported is not None:
        left, percent = max(0, target - reported), reported * 100 // target
    return {"target": target, "reported": reported, "reported_on": _iso(on), "left": left, "percent": percent}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _scans(session: Session, fiscal_year: int, round_: EitRound | None) -> dict[str, Any]:
    year = year_period(fiscal_year)
    first = min(year.start, (round_ and round_.opens_on) or year.start)
    last = max(year.end, (round_ and round_.closes_on) or year.end)
    by_point: dict[int, int] = defaultdict(int)
    by_week: dict[date, int] = defaultdict(int)
    for point_id, day, count in session.execute(
        select(EitScan.point_id, EitScan.day, EitScan.count).where(EitScan.day.between(first, last))
    ):
        by_point[point_id] += count
        by_week[day - timedelta(days=day.weekday())] += count
    units = {unit.id: unit.name for unit in session.scalars(select(Unit))}
    points = [
        {
            "code": point.code,
            "name": point.name,
            "kind": point.kind,
            "unit": units.get(point.unit_id, "") if point.unit_id is not None else "",
            "active": point.active,
            "count": by_point[point.id],
        }
        for point in session.scalars(select(EitPoint).order_by(EitPoint.id))
        if point.active or by_point[point.id]
    ]
    weeks = []
    if by_week:
        week, last_week = min(by_week), max(by_week)
        while week <= last_week:
            weeks.append({"week": week.isoformat(), "count": by_week[week]})
            week += timedelta(days=7)
    return {
        "total": sum(by_point.values()),
        "by_point": sorted(points, key=lambda point: -int(str(point["count"]))),
        "by_week": weeks,
    }
