"""รับข่าว: a person says which news to send (หมู่, interests), and stops it with one tap. Used for nothing else."""

from __future__ import annotations

import re

from sqlalchemy import delete, select

from handlers.announcements.operations import INTERESTS
from handlers.dialogue import expired_button
from handlers.messages import MENU, Choice, Message, Say
from handlers.turn import Turn
from models.participation import NewsChoice
from thai.digits import to_arabic
from thai.place import parse_moo

MOST_MOO = 30
SHOWN_MOO = 11  # LINE shows 13 quick replies
_MOO = re.compile(r"(?:ขอ)?รับข่าว\s*(?:ของ)?\s*((?:หมู่|ม\.?).{1,12})")


def listing(turn: Turn) -> list[Message]:
    """What this person hears of, and what could be added."""
    chosen = _chosen(turn)
    stopped = ("stop", "") in chosen
    lines = [label(kind, value) for kind, value in sorted(chosen) if kind != "stop"]
    if stopped:
        words = "ตอนนี้คุณไม่รับข่าวจากเราค่ะ\nอยากรับเรื่องไหน กดเลือกได้เลยค่ะ"
    elif lines:
        words = "คุณรับข่าวเหล่านี้ค่ะ\n" + "\n".join(f"• {line}" for line in lines) + "\nกดเพิ่มหรือเลิกได้ค่ะ"
    else:
        words = "อยากรับข่าวเรื่องไหนคะ กดเลือกได้หลายข้อ\nเราใช้ส่งข่าวเท่านั้น เลิกได้ทุกเมื่อค่ะ"
    taps = [Choice("ข่าวหมู่ของฉัน", "n:moo")]
    taps += [
        Choice(f"เลิก {name}"[:20], f"n:off:interest:{key}")
        if ("interest", key) in chosen
        else Choice(name, f"n:on:interest:{key}")
        for key, name in INTERESTS.items()
    ]
    taps += [Choice(f"เลิกหมู่ {value}", f"n:off:moo:{value}") for kind, value in sorted(chosen) if kind == "moo"][:2]
    taps.append(Choice("รับข่าวทั่วไปอีก", "n:start") if stopped else Choice("ไม่รับข่าวเลย", "n:stop"))
    return [Say(words, (*taps, MENU))]


def label(kind: str, value: str) -> str:
    """ "ข่าวหมู่ 3", "ข่าวสุขภาพ"."""
    return f"ข่าวหมู่ {value}" if kind == "moo" else f"ข่าว{INTERESTS.get(value, value)}"


def by_words(turn: Turn) -> list[Message] | None:
    """ "รับข่าวหมู่ 3"; None for other words."""
    found = _MOO.fullmatch(to_arabic(turn.text).strip())
    moo = parse_moo(found[1]) if found else None
    return _choose(turn, "moo", str(moo)) if moo is not None and moo <= MOST_MOO else None


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "n:list", "n:moo", "n:stop", "n:start", "n:on:<kind>:<value>" or "n:off:<kind>:<value>"."""
    match parts:
        case ["list"]:
            return listing(turn)
        case ["moo"]:
            taps = (Choice(f"หมู่ {n}", f"n:on:moo:{n}") for n in range(1, SHOWN_MOO + 1))
            return [Say("หมู่ไหนคะ\nหมู่อื่น พิมพ์เช่น รับข่าวหมู่ 12", (*taps, MENU))]
        case ["stop"]:
            turn.session.execute(delete(NewsChoice).where(NewsChoice.conversation_id == turn.talk.id))
            turn.session.add(NewsChoice(conversation_id=turn.talk.id, kind="stop", at=turn.now))
            turn.session.flush()
            return [Say("รับทราบค่ะ จะไม่ส่งข่าวให้อีก\nเรื่องที่คุณแจ้งไว้ ยังบอกความคืบหน้าเหมือนเดิมค่ะ", (_AGAIN, MENU))]
        case ["start"]:
            _unstop(turn)
            return [Say("ยินดีค่ะ มีข่าวสำคัญจะบอกนะคะ", (Choice("เลือกข่าวที่รับ", "n:list"), MENU))]
        case ["on", kind, value] if _valid(kind, value):
            return _choose(turn, kind, value)
        case ["off", kind, value] if _valid(kind, value):
            own = (NewsChoice.conversation_id == turn.talk.id, NewsChoice.kind == kind, NewsChoice.value == value)
            turn.session.execute(delete(NewsChoice).where(*own))
            return [Say(f"เลิกรับ{label(kind, value)}แล้วค่ะ", (Choice("เลือกข่าวที่รับ", "n:list"), MENU))]
    return [expired_button()]


_AGAIN = Choice("รับข่าวอีก", "n:list")


def _valid(kind: str, value: str) -> bool:
    if kind == "moo":
        return value.isascii() and value.isdigit() and 1 <= int(value) <= MOST_MOO and not value.startswith("0")
    return kind == "interest" and value in INTERESTS


def _chosen(turn: Turn) -> set[tuple[str, str]]:
    own = select(NewsChoice.kind, NewsChoice.value).where(NewsChoice.conversation_id == turn.talk.id)
    return {(kind, value) for kind, value in turn.session.execute(own)}


def _unstop(turn: Turn) -> None:
    own = (NewsChoice.conversation_id == turn.talk.id, NewsChoice.kind == "stop")
    turn.session.execute(delete(NewsChoice).where(*own))


def _choose(turn: Turn, kind: str, value: str) -> list[Message]:
    _unstop(turn)
    if (kind, value) not in _chosen(turn):
        turn.session.add(NewsChoice(conversation_id=turn.talk.id, kind=kind, value=value, at=turn.now))
        turn.session.flush()
    words = f"จะส่ง{label(kind, value)}ให้ค่ะ\nเลิกเมื่อไร กดปุ่มใต้ข่าวได้เลยค่ะ"
    return [Say(words, (Choice("เลือกเพิ่ม", "n:list"), Choice("เลิกรับ", f"n:off:{kind}:{value}"), MENU))]
