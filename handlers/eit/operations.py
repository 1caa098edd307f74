"""What staff do about the survey: the year's link and window, the points where its code stands, ITAS's own count."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import content_changed
from handlers.eit import rounds
from models.agency import Agency, Staff
from models.eit import EitCount, EitPoint, EitRound
from thai.fiscal import fiscal_year, year_period

CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread: no 0 o 1 i l
CODE_LENGTH = 6  # 890 million: nobody finds a point by trying
LONGEST_NAME = 60  # code points; more does not fit on a card
MOST_PEOPLE = 1_000_000
OWN_POINTS = {"website": "เว็บไซต์หน่วยงาน", "chat": "แชต LINE"}  # each agency has them from its first round on
KIND_LABELS = {
    "counter": "จุดบริการ / เคาน์เตอร์",
    "desk": "โต๊ะทำงาน",
    "officer": "โต๊ะเจ้าหน้าที่ (ระบุคน)",
    "vehicle": "รถบริการ",
    "hall": "ศาลาประชาคม / ที่ประชุมหมู่บ้าน",
    "website": "เว็บไซต์",
    "chat": "แชต LINE",
}
PLACES = tuple(kind for kind in KIND_LABELS if kind not in OWN_POINTS)


class EitError(ValueError):
    """What was typed cannot be used; `field` names the input, str() says in Thai what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDetails:
    """A year's survey as ITAS announces it. Days in Bangkok; `target`: None while it is not known."""

    fiscal_year: int
    url: str = ""
    opens_on: date | None = None
    closes_on: date | None = None
    target: int | None = None


def set_round(session: Session, details: RoundDetails, actor: str, today: date) -> tuple[EitRound, list[str]]:
    """Keep the year's link, window and target; the round, and what to look at again (Thai). Raises EitError."""
    url = details.url.strip()
    if not fiscal_year(today) - 10 <= details.fiscal_year <= fiscal_year(today) + 2:
        raise EitError("fiscal_year", f"กรุณากรอกปีงบประมาณ พ.ศ. เช่น {fiscal_year(today)}")
    if url and not rounds.is_address(url):
        raise EitError("url", "กรุณาวางลิงก์ทั้งบรรทัด ขึ้นต้นด้วย https://")
    if (details.opens_on is None) != (details.closes_on is None):
        raise EitError("closes_on" if details.opens_on else "opens_on", "กรุณากรอกทั้งวันเปิดและวันปิด")
    if details.opens_on and details.closes_on and details.closes_on < details.opens_on:
        raise EitError("closes_on", "วันปิดต้องไม่ก่อนวันเปิด")
    if details.target is not None and not 1 <= details.target <= MOST_PEOPLE:
        raise EitError("target", "กรุณากรอกจำนวนผู้ตอบเป้าหมายตั้งแต่ 1 คน")
    round_ = rounds.of_year(session, details.fiscal_year)
    if round_ is None:
        round_ = EitRound(fiscal_year=details.fiscal_year)
        session.add(round_)
    round_.url, round_.target = url, details.target
    round_.opens_on, round_.closes_on = details.opens_on, details.closes_on
    session.flush()
    _own_points(session)
    audit.record(session, actor, "eit_round_saved", f"eit:{round_.fiscal_year}", link=bool(url))
    others = session.scalars(select(EitRound).where(EitRound.id != round_.id)).all()
    return round_, rounds.warnings(round_, others)


def _own_points(session: Session) -> None:
    known = set(session.scalars(select(EitPoint.kind).where(EitPoint.kind.in_(OWN_POINTS))))
    for kind, name in OWN_POINTS.items():
        if kind not in known:
            session.add(EitPoint(code=_free_code(session), name=name, kind=kind))
    session.flush()


def own_point(session: Session, kind: str) -> EitPoint | None:
    """The agency's point "website" or "chat"; None before its first round."""
    return session.scalars(select(EitPoint).where(EitPoint.kind == kind).order_by(EitPoint.id)).first()


# -- points ----------------------------------------------------------------------------------------------


def add_point(
    session: Session,
    name: str,
    actor: str,
    *,
    kind: str = "counter",
    unit_id: int | None = None,
    staff_id: int | None = None,
) -> EitPoint:
    """A further place for the code, with an address of its own. Raises EitError."""
    if kind not in PLACES:
        raise EitError("kind", "กรุณาเลือกชนิดของจุดบริการ")
    point = EitPoint(code=_free_code(session), name=_name(session, name), kind=kind, unit_id=unit_id, staff_id=staff_id)
    session.add(point)
    session.flush()
    audit.record(session, actor, "eit_point_added", f"eit_point:{point.id}")
    return point


def save_point(
    session: Session, point: EitPoint, actor: str, *, name: str, kind: str, unit_id: int | None, active: bool
) -> None:
    """Rename or put away; the address stays as it is printed, and goes on working. Raises EitError."""
    if point.kind in OWN_POINTS:
        raise EitError("name", "จุดนี้ระบบสร้างให้ แก้ไขไม่ได้")
    if kind not in PLACES:
        raise EitError("kind", "กรุณาเลือกชนิดของจุดบริการ")
    point.name = _name(session, name, point)
    point.kind, point.unit_id, point.active = kind, unit_id, active
    session.flush()
    audit.record(session, actor, "eit_point_saved", f"eit_point:{point.id}", active=active)


def to_print(session: Session) -> list[EitPoint]:
    """The points that have paper, in order; while there are none, the website's, for a poster that fits anywhere."""
    active = session.scalars(select(EitPoint).where(EitPoint.active).order_by(EitPoint.id)).all()
    places = [point for point in active if point.kind in PLACES]
    return places or [point for point in active if point.kind == "website"]


def desk_of(session: Session, staff: Staff, actor: str) -> EitPoint:
    """The point on this person's own desk, made when it is asked for first."""
    point = session.scalars(select(EitPoint).where(EitPoint.staff_id == staff.id, EitPoint.active)).first()
    if point is not None:
        return point
    name, number = f"โต๊ะ{staff.position or staff.name}"[: LONGEST_NAME - 3], 2
    wanted = name
    while _same_name(session, wanted) is not None:
        wanted, number = f"{name} {number}", number + 1
    return add_point(session, wanted, actor, kind="officer", unit_id=staff.unit_id, staff_id=staff.id)


def _name(session: Session, name: str, point: EitPoint | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise EitError("name", "กรุณากรอกชื่อจุดบริการ เช่น เคาน์เตอร์กองคลัง")
    if len(name) > LONGEST_NAME:
        raise EitError("name", f"ชื่อยาว {len(name)} ตัวอักษร ขอไม่เกิน {LONGEST_NAME} ตัวอักษร")
    same = _same_name(session, name)
    if same is not None and (point is None or same != point.id):
        raise EitError("name", "มีจุดบริการชื่อนี้แล้ว")
    return name


def _same_name(session: Session, name: str) -> int | None:
    return session.scalars(select(EitPoint.id).where(EitPoint.name == name, EitPoint.active)).first()


def _free_code(session: Session) -> str:
    """A code that no agency of the installation has: the constraint would refuse it, this draws another."""
    while True:
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if session.scalars(select(EitPoint.id).where(EitPoint.code == code)).first() is None:
            return code


# -- ITAS's count and who looks after it -----------------------------------------------------------------


def record_count(session: Session, round_: EitRound, day: date, count: int, actor: str, today: date) -> None:
    """ITAS said on `day` that so many had answered; a second count of the same day replaces it. Raises EitError."""
    if not 0 <= count <= MOST_PEOPLE:
        raise EitError("count", "กรุณากรอกจำนวนผู้ตอบ เช่น 120")
    _check_day("day", round_, day, today)
    row = session.scalars(select(EitCount).where(EitCount.round_id == round_.id, EitCount.day == day)).first()
    if row is None:
        session.add(EitCount(round_id=round_.id, day=day, count=count))
    else:
        row.count = count
    session.flush()
    newest = session.scalars(
        select(EitCount).where(EitCount.round_id == round_.id).order_by(EitCount.day.desc()).limit(1)
    ).one()
    round_.reported, round_.reported_on = newest.count, newest.day
    audit.record(session, actor, "eit_count_saved", f"eit:{round_.fiscal_year}", count=count, day=day.isoformat())


def record_iit(
    session: Session, round_: EitRound, target: int | None, count: int | None, day: date, actor: str, today: date
) -> None:
    """How many of the staff are to answer the IIT (None: not known yet), and how many had on `day` as ITAS says (None:
    what was said last stands). Never who. Raises EitError."""
    if target is not None and not 1 <= target <= MOST_PEOPLE:
        raise EitError("iit_target", "กรุณากรอกจำนวนบุคลากร เช่น 60")
    if count is not None and not 0 <= count <= MOST_PEOPLE:
        raise EitError("iit_count", "กรุณากรอกจำนวนผู้ตอบ เช่น 45")
    round_.iit_target = target
    if count is not None:
        _check_day("iit_day", round_, day, today)
        round_.iit_reported, round_.iit_reported_on = count, day
    audit.record(session, actor, "iit_count_saved", f"eit:{round_.fiscal_year}", count=count, day=day.isoformat())


def _check_day(field: str, round_: EitRound, day: date, today: date) -> None:
    year = year_period(round_.fiscal_year)
    if not min(year.start, round_.opens_on or year.start) <= day <= today:
        raise EitError(field, f"กรุณากรอกวันที่ในปีงบประมาณ {round_.fiscal_year} ที่ไม่เกินวันนี้")


def ita_admins(session: Session) -> list[Staff]:
    """Who looks after the ITA: the chosen person, else the admins."""
    chosen = session.get_one(Agency, session.info["agency_id"]).settings.get("ita_admin")
    people = session.scalars(select(Staff).where(Staff.active, Staff.id == chosen)).all() if chosen else []
    return list(people or session.scalars(select(Staff).where(Staff.active, Staff.role == "admin").order_by(Staff.id)))


def choose_ita_admin(session: Session, staff_id: int | None, actor: str) -> None:
    """Let this person look after the ITA; None: the admins do. Raises EitError."""
    if staff_id is not None and not session.scalar(select(Staff.id).where(Staff.id == staff_id, Staff.active)):
        raise EitError("ita_admin", "ไม่พบเจ้าหน้าที่คนนี้")
    row = session.get_one(Agency, session.info["agency_id"])
    kept = {name: value for name, value in row.settings.items() if name != "ita_admin"}
    row.settings = kept | ({"ita_admin": staff_id} if staff_id is not None else {})
    session.flush()
    audit.record(session, actor, "eit_ita_admin_chosen", f"staff:{staff_id}" if staff_id is not None else "")
    content_changed(session, row.id)
