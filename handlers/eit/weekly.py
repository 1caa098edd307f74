"""The week's word to the ITA admin: reach against target while the survey runs (R41), and what is missing before it.

A notice tells what, until when, and what to do; it says nothing about anybody who scanned or answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from handlers import notify
from handlers.agencies import AgencyView
from handlers.eit import operations, rounds
from handlers.eit.reach import reach
from handlers.messages import Card, Choice, Row
from models.agency import Agency
from models.eit import EitRound
from thai.dates import bangkok_date, format_date, to_bangkok
from thai.fiscal import fiscal_year

# When a year's link is usually there and asked for: the 2566 survey was announced on 6 December and ran from 1 January
# to 30 June. Only how long a missing link is mentioned hangs on it.
LINK_WANTED = ((12, 1), (6, 30))
MISSING_EVERY = timedelta(days=28)
SOON = timedelta(days=14)  # before the opening: time to print
JUST_CLOSED = timedelta(days=14)
FROM = time(8, 30)
SHOWN_POINTS = 3


def _link_wanted(today: date) -> bool:
    first, last = LINK_WANTED
    return (today.month, today.day) >= first or (today.month, today.day) <= last


def weekly_due(session: Session, now: datetime) -> list[int]:
    """Agencies whose ITA admin should hear something at `now` (UTC). `session` is not scoped."""
    clock = to_bangkok(now)
    today = clock.date()
    if today.weekday() >= 5 or clock.time() < FROM:
        return []
    monday = today - timedelta(days=today.weekday())
    told = EitRound.reminded_on
    known = and_(EitRound.url != "", EitRound.opens_on.is_not(None), EitRound.closes_on.is_not(None))
    running = and_(EitRound.opens_on <= today, EitRound.closes_on >= today, or_(told.is_(None), told < monday))
    over = and_(
        EitRound.closes_on < today,
        EitRound.closes_on >= today - JUST_CLOSED,
        or_(told.is_(None), told <= EitRound.closes_on),
    )
    soon = and_(EitRound.opens_on > today, EitRound.opens_on <= today + SOON, told.is_(None))
    due = set(session.scalars(select(EitRound.agency_id).where(known, or_(running, over, soon))))
    if _link_wanted(today):
        of_year = and_(EitRound.agency_id == Agency.id, EitRound.fiscal_year == fiscal_year(today))
        due |= set(
            session.scalars(
                select(Agency.id)
                .outerjoin(EitRound, of_year)
                .where(
                    or_(EitRound.id.is_(None), ~known),
                    or_(told.is_(None), told <= today - MISSING_EVERY),
                )
            )
        )
    return sorted(due)


def weekly(session: Session, agency: AgencyView, now: datetime) -> int:
    """Tell the ITA admin of this agency what is due this week; how many people were told. Waits for office hours."""
    if not agency.calendar.is_open(now):
        return 0
    today = bangkok_date(now)
    told = 0
    year = fiscal_year(today)
    for round_ in session.scalars(select(EitRound).where(EitRound.fiscal_year >= year - 1)).all():
        card = _card(session, agency, round_, today, now)
        if card is not None:
            told += _tell(session, agency, round_, card, today)
    if rounds.of_year(session, year) is None and _link_wanted(today):
        round_ = EitRound(fiscal_year=year)
        session.add(round_)
        session.flush()
        told += _tell(session, agency, round_, _missing(agency, year), today)
    return told


def _tell(session: Session, agency: AgencyView, round_: EitRound, card: Card, today: date) -> int:
    round_.reminded_on = today
    key = f"eit:{agency.id}:{round_.fiscal_year}:{today.isoformat()}"
    return notify.tell_staff(session, operations.ita_admins(session), [card], key, f"eit:{round_.fiscal_year}")


def _card(session: Session, agency: AgencyView, round_: EitRound, today: date, now: datetime) -> Card | None:
    """What to say about this round now, or nothing."""
    told = round_.reminded_on
    match rounds.state(round_, today):
        case "open" if told is None or told < today - timedelta(days=today.weekday()):
            return _running(agency, reach(session, round_.fiscal_year, now), today)
        case "closed" if (
            round_.closes_on is not None
            and round_.closes_on >= today - JUST_CLOSED
            and (told is None or told <= round_.closes_on)
        ):
            return _over(agency, reach(session, round_.fiscal_year, now), round_.closes_on)
        case "not_yet" if round_.opens_on is not None and round_.opens_on <= today + SOON and told is None:
            return _soon(agency, round_)
        case "unknown" if (
            round_.fiscal_year == fiscal_year(today)
            and _link_wanted(today)
            and (told is None or told <= today - MISSING_EVERY)
        ):
            return _missing(agency, round_.fiscal_year)
    return None


def _buttons(agency: AgencyView, *labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label, f"{agency.public_url}/console/eit/", "link") for label in labels)


def _running(agency: AgencyView, figures: dict[str, Any], today: date) -> Card:
    monday = today - timedelta(days=today.weekday())
    last_week = (monday - timedelta(days=7)).isoformat()
    scans = figures["scans"]
    weeks = {week["week"]: week["count"] for week in scans["by_week"]}
    busiest = [point for point in scans["by_point"] if point["count"]][:SHOWN_POINTS]
    quiet = [point["name"] for point in scans["by_point"] if not point["count"] and point["active"]]
    rows = [
        Row("ปิดรับ", f"{format_date(date.fromisoformat(figures['closes_on']))} (อีก {figures['days_left']} วัน)"),
        *_counts(figures),
        _iit(figures["iit"]),
        Row("สแกนสัปดาห์ก่อน", f"{weeks.get(last_week, 0):,} ครั้ง (รวม {scans['total']:,})"),
        *(Row(point["name"], f"{point['count']:,} ครั้ง") for point in busiest),
    ]
    if quiet:
        rows.append(Row("ยังไม่มีคนสแกน", _names(quiet)))
    return Card(
        title=f"EIT ปี {figures['fiscal_year']} ประจำสัปดาห์",
        rows=tuple(rows),
        note="การสแกนนับเป็นครั้ง ไม่ใช่จำนวนผู้ตอบ\nเชิญชวนได้ แต่ไม่ตอบแทนและไม่ชี้นำคำตอบ",
        buttons=_buttons(agency, "กรอกยอดจาก ITAS"),
    )


def _counts(figures: dict[str, Any]) -> Sequence[Row]:
    target, reported = figures["target"], figures["reported"]
    rows = [Row("เป้าหมาย", f"{target:,} คน" if target is not None else "ยังไม่ได้กรอก")]
    if reported is None:
        return [*rows, Row("ตอบแล้ว", "ยังไม่ได้กรอกยอดจาก ITAS")]
    day = format_date(date.fromisoformat(figures["reported_on"]))
    share = f" ({figures['percent']}%)" if figures["percent"] is not None else ""
    rows.append(Row("ตอบแล้ว", f"{reported:,} คน{share} ณ {day}"))
    if figures["left"]:
        rows.append(Row("ยังขาด", f"{figures['left']:,} คน"))
    return rows


def _iit(figures: dict[str, Any]) -> Row:
    """The inside survey in one line: how many of the staff, never who."""
    target, reported = figures["target"], figures["reported"]
    if reported is None:
        return Row("บุคลากรตอบ IIT", "ยังไม่ได้กรอกยอดจาก ITAS")
    of = f" จาก {target:,} คน ({figures['percent']}%)" if target is not None else " คน"
    return Row("บุคลากรตอบ IIT", f"{reported:,}{of} ณ {format_date(date.fromisoformat(figures['reported_on']))}")


def _names(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_POINTS
    return " · ".join(names[:SHOWN_POINTS]) + (f" และอีก {more} จุด" if more > 0 else "")


def _over(agency: AgencyView, figures: dict[str, Any], closed: date) -> Card:
    return Card(
        title=f"EIT ปี {figures['fiscal_year']} ปิดรับแล้ว",
        rows=(
            Row("ปิดรับ", format_date(closed)),
            *_counts(figures),
            _iit(figures["iit"]),
            Row("สแกนทั้งหมด", f"{figures['scans']['total']:,} ครั้ง"),
        ),
        note="กรอกยอดสุดท้ายจาก ITAS แล้วเก็บป้ายได้เลย\nใครสแกนหลังจากนี้ ระบบจะบอกว่าปิดรับแล้ว",
        buttons=_buttons(agency, "กรอกยอดสุดท้าย"),
    )


def _soon(agency: AgencyView, round_: EitRound) -> Card:
    return Card(
        title=f"EIT ปี {round_.fiscal_year} ใกล้เปิดรับ",
        rows=(Row("เปิดรับ", format_date(round_.opens_on) if round_.opens_on else ""),),
        note="พิมพ์ป้ายคิวอาร์โค้ดไว้ตั้งตามจุดบริการได้แล้ว",
        buttons=_buttons(agency, "พิมพ์ป้าย"),
    )


def _missing(agency: AgencyView, year: int) -> Card:
    return Card(
        title=f"ยังไม่มีลิงก์ EIT ปี {year}",
        note="นำลิงก์ วันเปิด วันปิด และเป้าหมายจากระบบ ITAS มากรอก\nก่อนหน้านั้นระบบจะไม่แสดงคิวอาร์โค้ดและไม่พิมพ์ป้าย",
        buttons=_buttons(agency, "กรอกลิงก์"),
    )
