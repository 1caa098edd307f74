"""What staff say or send of their duties without a button: "เลื่อนไปพุธหน้า", "ทำแล้ว", a photo that may be evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from handlers import received
from handlers.duties import digest
from handlers.duties.chat import LIFE, LISTED, day_of, tapped
from handlers.messages import MENU, Choice, Message, Say
from handlers.turn import Turn
from models.agency import Staff
from models.duty import LIVE_DUTY_STATUSES, Duty
from thai.dates import ThaiDateError, bangkok_date, format_date
from thai.text import fold_command

MOST_FILES = 5
_VERBS = {
    fold_command(word): verb
    for verb, words in {
        "done": ("ทำแล้ว", "ทำเสร็จแล้ว", "เสร็จแล้ว", "ส่งงาน", "ส่งหลักฐาน"),
        "doing": ("กำลังทำ", "กำลังทำอยู่", "ทำอยู่"),
        "ack": ("รับทราบ", "ทราบแล้ว", "รับทราบค่ะ"),
    }.items()
    for word in words
}
_POSTPONE = re.compile(
    r"(?:ขอ|อยาก|จะ)?\s*เลื่อน(?:กำหนด|งาน|วัน|ส่ง)?\s*(?:ออก)?\s*(?:ไป|เป็น)?\s*(?:ก่อน|หน่อย)?\s*(?P<to>\S.{1,30})?"
)
_SOME_TIME = re.compile("อาทิตย์|สัปดาห์|เดือน|ปี|หน้า|ก่อน")


def may_mean(text: str) -> bool:
    """True for words that speak of a duty when staff say them ("เลื่อน", "ทำแล้ว")."""
    return fold_command(text) in _VERBS or _POSTPONE.fullmatch(" ".join(text.split())) is not None


def which(turn: Turn, staff: Staff) -> list[Message] | None:
    """ "เลื่อนไปพุธหน้า", "ทำแล้ว", typed without a button: the one duty that it can mean, or the question which. None
    for other words, and for whom nothing waits."""
    words = " ".join(turn.text.split())
    later = _POSTPONE.fullmatch(words)
    verb = "postpone" if later else _VERBS.get(fold_command(words))
    if verb is None:
        return None
    live = _live(turn, staff)
    if not live:
        return None
    day: date | None = None
    if later and later["to"]:
        try:
            day = day_of(turn, live[0], later["to"], bangkok_date(turn.now))
            verb = f"to{day.isoformat()}"
        except ThaiDateError:
            if not _SOME_TIME.search(later["to"]):
                return None  # something else is to be put off
    if len(live) == 1:
        return tapped(turn, staff, live[0].id, verb)
    asked = f"เลื่อนงานไหนไป {format_date(day)} คะ" if day else "งานไหนคะ"
    return [_pick(turn, live, asked, verb)]


def offered(turn: Turn, staff: Staff) -> list[Message] | None:
    """A photo or file out of the blue: perhaps evidence. Asks of which duty; None for whom nothing waits."""
    live = _live(turn, staff)
    if not live:
        return None
    now = int(turn.now.timestamp() * 1000)
    kept = turn.state.get("evidence") or {}
    before = kept.get("ids", []) if now - kept.get("at", 0) < LIFE.total_seconds() * 1000 else []
    file = received.keep_file(turn, role="evidence")
    ids = [*before, [turn.kind, file.id]][-MOST_FILES:]
    turn.state["evidence"] = {"at": now, "ids": ids}
    what = "รูป" if turn.kind == "image" else "ไฟล์"
    asked = f"ได้รับ{what}แล้วค่ะ ({len(ids)})\nเป็นหลักฐานของงานไหนคะ"
    complain = (Choice("แจ้งเรื่องด้วยรูปนี้", f"photo:{file.id}"),) if turn.kind == "image" else ()
    return [_pick(turn, live, asked, "attach", complain)]


def _live(turn: Turn, staff: Staff) -> Sequence[Duty]:
    own = (Duty.owner_id == staff.id, Duty.status.in_(LIVE_DUTY_STATUSES))
    return turn.session.scalars(select(Duty).where(*own).order_by(Duty.due_on, Duty.id).limit(LISTED)).all()


def _pick(turn: Turn, duties: Sequence[Duty], asked: str, verb: str, more: tuple[Choice, ...] = ()) -> Say:
    """The duties by number, each a tap that does `verb` to it."""
    today = bangkok_date(turn.now)
    lines = [f"{n}. {digest.name(duty)}\n    {digest.when(duty.due_on, today)}" for n, duty in enumerate(duties, 1)]
    taps = (Choice(f"เรื่องที่ {n}", f"s:d:{duty.id}:{verb}") for n, duty in enumerate(duties, 1))
    return Say("\n".join([asked, *lines]), (*taps, *more, MENU))
