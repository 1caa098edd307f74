"""Following a case in chat: the person's own cases, by number and secret, and words for its officer."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import delete, or_, select

from handlers import forgetting, menu, received
from handlers.complaints import cards, operations
from handlers.complaints.lookup import find_by_secret, find_number, find_part, find_secret
from handlers.messages import MENU, OFFICER, Choice, Message, Say
from handlers.turn import Turn
from models.case import OPEN_STATUSES, Case, CaseSubscriber
from models.thread import ThreadMessage

SHOWN = 4
QUIET_AFTER = timedelta(hours=24)
WRONG_SECRETS = 5  # an hour
ID_DIGITS = 10  # a longer number is no id of ours and breaks the database's integers
_HOUR_MS = 3_600_000
_LONGEST_WITH_NUMBER = 24  # words beside a number that still only ask for the case
_NO_SECRET = re.compile("(?:ไม่มี|หาย|ลืม|ไม่ได้|บ่มี).{0,6}รหัส|รหัส.{0,6}(?:หาย|ลืม|ไม่มี|ไม่เจอ)|จำ(?:รหัส)?ไม่ได้|^(?:ไม่มี|ลืม|หาย)")
_NEARLY_SECRET = re.compile(r"[A-Za-z0-9 -]{4,14}")


def _followed(turn: Turn) -> list[int]:
    following = select(CaseSubscriber.case_id).where(CaseSubscriber.conversation_id == turn.talk.id)
    return list(turn.session.scalars(following))


def seen(turn: Turn, case_id: str | int) -> Case | None:
    """The case, if this conversation is its reporter's or follows it; every tap goes through here."""
    if not str(case_id).isdecimal() or len(str(case_id)) >= ID_DIGITS:
        return None
    mine = or_(Case.conversation_id == turn.talk.id, Case.id.in_(_followed(turn)))
    return turn.session.scalars(select(Case).where(Case.id == int(case_id), mine)).first()


def own(turn: Turn, case_id: str | int) -> Case | None:
    """The case, if this conversation is its reporter's."""
    case = seen(turn, case_id)
    return case if case is not None and case.conversation_id == turn.talk.id else None


def follow(turn: Turn) -> list[Message]:
    """The person's cases, open ones first; for others, ask for number and secret."""
    mine = or_(Case.conversation_id == turn.talk.id, Case.id.in_(_followed(turn)))
    order = (Case.status.in_(OPEN_STATUSES).desc(), Case.opened_at.desc(), Case.id.desc())
    cases = turn.session.scalars(select(Case).where(mine).order_by(*order).limit(SHOWN)).all()
    if not cases:
        return [
            Say(
                "ยังไม่มีเรื่องที่แจ้งจากแชตนี้ค่ะ\nถ้าแจ้งไว้ทางอื่น\nพิมพ์เลขเรื่องมาได้เลยค่ะ เช่น\nC70-000123",
                (menu.COMPLAIN, OFFICER, MENU),
            )
        ]
    listed: list[Message] = [cards.short_card(turn.session, case, turn.now) for case in cases]
    return [*listed, Say("เรื่องที่แจ้งไว้ทางอื่น\nพิมพ์เลขเรื่องมาได้เลยค่ะ", (menu.COMPLAIN, OFFICER, MENU))]


def show(turn: Turn, case: Case) -> list[Message]:
    turn.subject = f"case:{case.id}"
    is_own = case.conversation_id == turn.talk.id
    return [cards.full_card(turn.session, turn.agency, case, turn.now, is_own)]


def stop(turn: Turn, case: Case) -> list[Message]:
    """No longer follow somebody else's case."""
    turn.session.execute(
        delete(CaseSubscriber).where(CaseSubscriber.case_id == case.id, CaseSubscriber.conversation_id == turn.talk.id)
    )
    return [Say(f"เลิกติดตาม {case.number} แล้วค่ะ", (MENU,))]


# -- number and secret -----------------------------------------------------------------------------------


def by_number(turn: Turn) -> list[Message] | None:
    """Words that hold a case number, or the secret that was asked for; None for anything else.

    The number alone shows nothing, not even whether there is such a case."""
    number, secret = find_number(turn.text), find_secret(turn.text)
    if number is None and (part := _remembered_in_part(turn)) is not None:
        return part
    if number is None and turn.state.get("lookup") and _NO_SECRET.search(turn.text):
        return [_without_secret(turn)]
    if number is None:
        number = turn.state.get("lookup")
        if number is not None and secret is None and _NEARLY_SECRET.fullmatch(turn.text.strip()):
            return [Say("รหัสลับมี 8 ตัวค่ะ\nเป็นตัวอังกฤษกับตัวเลข ลองอีกครั้งนะคะ", (OFFICER, MENU))]
        if number is None or secret is None:
            turn.state.pop("lookup", None)
            return None
    elif turn.talk.reply_case_id is not None and secret is None and len(turn.text) > _LONGEST_WITH_NUMBER:
        return None  # words for the officer that mention the number
    mine = turn.session.scalars(select(Case).where(Case.number == number)).first()
    if mine is not None and (known := seen(turn, mine.id)):
        turn.state.pop("lookup", None)
        return show(turn, known)
    if secret is None:
        turn.state["lookup"] = number
        return [Say(f"เรื่อง {number}\nพิมพ์รหัสลับ 8 ตัวที่ได้ตอนแจ้งค่ะ\nเพื่อให้เห็นเฉพาะเจ้าของเรื่อง", (OFFICER, MENU))]
    return _with_secret(turn, number, secret)


def _remembered_in_part(turn: Turn) -> list[Message] | None:
    """ "70/12" or "เลขที่ 12": one of the person's own cases; for words that say it is a case number, how to type it."""
    found = find_part(turn.text)
    if found is None:
        return None
    end, called_so = found
    mine = or_(Case.conversation_id == turn.talk.id, Case.id.in_(_followed(turn)))
    cases = turn.session.scalars(select(Case).where(mine, Case.number.like(f"%{end}")).limit(2)).all()
    if len(cases) == 1:
        return show(turn, cases[0])
    if not called_so:
        return None
    return [
        Say(
            "เลขเรื่องขึ้นต้นด้วย C หรือ R ค่ะ เช่น\nC70-000123\nหาไม่เจอ กด “คุยกับเจ้าหน้าที่” เราค้นให้ค่ะ",
            (menu.FOLLOW, OFFICER, MENU),
        )
    ]


def _without_secret(turn: Turn) -> Say:
    """The secret is lost: a person can find the case, by telephone or here."""
    number = turn.state.pop("lookup")
    phone = turn.agency.fields.get("office_phone", "")
    return Say(f"ไม่เป็นไรค่ะ เจ้าหน้าที่ค้นเรื่อง {number} ให้ได้\nกด “คุยกับเจ้าหน้าที่” หรือโทร\n{phone}".rstrip(), (OFFICER, MENU))


def is_only_number(text: str) -> bool:
    """True when hardly more than a case number stands in the text."""
    number = find_number(text)
    return number is not None and len(text) <= len(number) + _LONGEST_WITH_NUMBER


def _with_secret(turn: Turn, number: str, secret: str) -> list[Message]:
    now = int(turn.now.timestamp() * 1000)
    wrong = [at for at in turn.state.get("wrong_secrets", ()) if now - at < _HOUR_MS]
    if len(wrong) >= WRONG_SECRETS:
        phone = turn.agency.fields.get("office_phone", "")
        return [Say(f"ใส่รหัสไม่ตรงหลายครั้งแล้วค่ะ\nรอ 1 ชั่วโมง หรือโทรถามได้ที่\n{phone}", (OFFICER, MENU))]
    case = find_by_secret(turn.session, number, secret, turn.secret_key)
    if case is None:
        turn.state["wrong_secrets"], turn.state["lookup"] = [*wrong, now], number
        return [Say("เลขเรื่องกับรหัสลับไม่ตรงกันค่ะ\nลองดูอีกครั้ง แล้วพิมพ์รหัสใหม่นะคะ", (OFFICER, MENU))]
    turn.state.pop("wrong_secrets", None)
    turn.state.pop("lookup", None)
    if case.forgotten:
        return [Say(forgetting.MOVED, (forgetting.DOOR, MENU))]
    turn.state["unlocked"] = case.id
    turn.subject = f"case:{case.id}"
    card = cards.full_card(turn.session, turn.agency, case, turn.now, own=False)
    ask = Say("ให้แจ้งความคืบหน้าในแชตนี้ไหมคะ", (Choice("แจ้งในแชตนี้", f"c:track:{case.id}"), OFFICER, MENU))
    return [cards.without_taps(card), ask]


def track(turn: Turn, case_id: str) -> list[Message]:
    """Follow in this chat the case whose secret was just given."""
    if str(turn.state.get("unlocked")) != case_id:
        return [Say("ขอเลขเรื่องกับรหัสลับอีกครั้งนะคะ", (OFFICER, MENU))]
    case = turn.session.get_one(Case, int(case_id))
    try:
        operations.claim(turn.session, case, turn.talk.id, turn.now)
    except operations.CaseError as error:
        return [Say(str(error), (OFFICER, MENU))]
    del turn.state["unlocked"]
    return [Say(f"ได้ค่ะ มีความคืบหน้าของ\n{case.number}\nจะแจ้งในแชตนี้ค่ะ", (menu.FOLLOW, MENU))]


# -- words for the officer -------------------------------------------------------------------------------


def add(turn: Turn, case: Case, lead: str = "") -> list[Message]:
    """What the person sends next belongs to this case's thread."""
    turn.talk.reply_case_id = case.id
    turn.state["adding"] = int(turn.now.timestamp() * 1000)
    turn.subject = f"case:{case.id}"
    lead = lead or f"เรื่อง {case.number}\nพิมพ์หรือส่งรูปเพิ่มได้เลยค่ะ\nเจ้าหน้าที่จะได้เห็นค่ะ"
    return [Say(lead, (Choice("พอแล้ว", "c:leave"), MENU))]


def leave(turn: Turn) -> list[Message]:
    """What the person sends next is no longer for the officer."""
    _hang_up(turn)
    return [Say("ได้ค่ะ มีอะไรให้ช่วยอีก พิมพ์บอกได้เลยค่ะ", (menu.ASK, menu.FOLLOW, MENU))]


def _hang_up(turn: Turn) -> None:
    turn.talk.reply_case_id = None
    turn.state.pop("adding", None)


def _is_over(turn: Turn, case: Case) -> bool:
    """True when nobody has spoken in the thread for a day: new words are probably about something else."""
    since = turn.now - QUIET_AFTER
    if turn.state.get("adding", 0) > since.timestamp() * 1000:
        return False
    recent = select(ThreadMessage.id).where(
        ThreadMessage.case_id == case.id, ThreadMessage.direction != "note", ThreadMessage.at > since
    )
    return turn.session.scalar(recent.limit(1)) is None


def relay(turn: Turn) -> list[Message] | None:
    """Words, a photo, a place or a file for the officer's thread; None when no officer waits for them."""
    if turn.talk.reply_case_id is None:
        return None
    case = own(turn, turn.talk.reply_case_id)
    if case is None or _is_over(turn, case):
        _hang_up(turn)
        return None
    turn.subject = f"case:{case.id}"
    leave_tap = (Choice("ถามเรื่องอื่น", "c:leave"), MENU)
    if turn.kind == "sticker":
        return [Say("ขอบคุณค่ะ พิมพ์ถึงเจ้าหน้าที่ต่อได้เลยนะคะ", leave_tap)]
    text, attachment_id = received.words_and_file(turn)
    operations.hear(
        turn.session,
        turn.agency,
        case,
        turn.now,
        text=text,
        line_message_id=turn.message_id or None,
        attachment_id=attachment_id,
    )
    return [Say(f"ส่งให้เจ้าหน้าที่แล้วค่ะ ({case.number})", leave_tap)]
