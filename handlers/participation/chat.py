"""Taking part by chat: activities (sign up, step back, come, say), proposals, polls."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from handlers import consent, dialogue
from handlers.dialogue import Flow, expired_button
from handlers.forms import Answers, Field, Form, Given, TextField
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Row, Say
from handlers.participation import activities, joining, polls, proposals
from handlers.participation.activities import ParticipationError
from handlers.participation.form import PROPOSAL, words_of
from handlers.turn import SEALED, Turn
from models.participation import Activity, Poll, SignUp
from thai.dates import bangkok_date, format_date

SHOWN = 5
BUTTON = 20
MANY = (2, 3, 4, 5)  # people that one tap signs up together
VOTED = "ออกเสียง"  # what a vote leaves in the chat, which others may read: never for what
LIST = Choice("กิจกรรม", "a:list")
PROPOSE = Choice("เสนอเรื่อง", "start:proposal")
_CHECK_IN = re.compile(r"(?:ร่วมกิจกรรม|เช็คอิน|เช็กอิน)\s*:?\s*([a-z0-9]{8})", re.IGNORECASE)


def deep_link(line_id: str, code: str) -> str:
    """An address that opens the chat with the words that say "I am here"; "" without the agency's LINE id."""
    return f"https://line.me/R/oaMessage/{quote(line_id)}/?{quote(f'ร่วมกิจกรรม {code}')}" if line_id else ""


# -- activities ------------------------------------------------------------------------------------------


def listing(turn: Turn) -> list[Message]:
    """What is coming, each with a button; the polls that are open and the way to propose beside it."""
    found = activities.upcoming(turn.session, turn.now, SHOWN)
    voting = (Choice("ออกเสียง", "v:list"),) if polls.open_now(turn.session, turn.now) else ()
    if not found:
        return [Say("ตอนนี้ยังไม่มีกิจกรรมที่เปิดรับค่ะ\nมีเรื่องอยากให้เราทำ กดเสนอเรื่องได้เลยค่ะ", (PROPOSE, *voting, OFFICER, MENU))]
    if len(found) == 1:
        return [_card(turn, found[0])]
    return [
        Card(
            title="กิจกรรมที่กำลังจะมีค่ะ",
            rows=tuple(
                Row(format_date(bangkok_date(a.starts_at)), a.title, f"a:show:{a.id}", sign="ดู", said=f"ดู {a.title}")
                for a in found
            ),
            note="แตะบรรทัดที่สนใจได้เลยค่ะ",
            buttons=(Choice("ดูทั้งหมดบนเว็บ", turn.agency.url("/activities"), "link"),),
            choices=(PROPOSE, *voting, OFFICER, MENU),
        )
    ]


def _card(turn: Turn, activity: Activity) -> Card:
    """An activity with what this person can do about it now."""
    row = joining.of_person(turn.session, activity, turn.talk.id)
    left = joining.seats_left(turn.session, activity)
    rows = [Row("เมื่อไร", activities.when(activity))]
    if activity.place:
        rows.append(Row("ที่ไหน", activity.place))
    can_join = joining.is_open(activity, turn.now)
    if not can_join and activity.status == "open":
        rows.append(Row("ลงชื่อ", "ปิดรับลงชื่อแล้วค่ะ"))
    elif left is not None and can_join:
        rows.append(Row("ที่ว่าง", f"{left:,} จาก {activity.seats:,} ที่" if left else "เต็มแล้ว ลงชื่อสำรองได้ค่ะ"))
    joined = row is not None and row.status in ("joined", "waiting")
    buttons: list[Choice] = []
    if joined and row is not None:
        rows.append(Row("ของคุณ", _place(row)))
        buttons.append(Choice("ยกเลิกลงชื่อ", f"a:leave:{activity.id}"))
    elif can_join:
        buttons.append(Choice("ลงชื่อ 1 คน", f"a:join:{activity.id}"))
        buttons.append(Choice("ลงชื่อหลายคน", f"a:many:{activity.id}"))
    buttons.append(Choice("บอกความเห็น", f"a:say:{activity.id}"))
    buttons.append(Choice("รายละเอียด", turn.agency.url(f"/activities/{activity.id}"), "link"))
    return Card(
        title=activity.title,
        rows=tuple(rows),
        note=activity.detail[:200],
        buttons=tuple(buttons),
        choices=(LIST, PROPOSE, OFFICER, MENU),
    )


def _place(row: SignUp) -> str:
    return f"ลงชื่อแล้ว {row.people} คน" if row.status == "joined" else f"สำรอง {row.people} คน มีที่ว่างจะบอกทันทีค่ะ"


def tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "a:<verb>:<activity>[:<number>]": list, show, join, many, leave, say, rate."""
    if parts[:1] == ["list"]:
        return listing(turn)
    activity = _activity(turn, parts)
    if activity is None:
        return [Say("กิจกรรมนี้ไม่เปิดแล้วค่ะ", (LIST, OFFICER, MENU))]
    number = int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else 0
    match parts[0]:
        case "show":
            return [_card(turn, activity)]
        case "many":
            taps = tuple(Choice(f"{n} คน", f"a:join:{activity.id}:{n}") for n in MANY)
            return [Say("มากันกี่คนคะ (นับคุณด้วย)", (*taps, MENU))]
        case "join":
            return _join(turn, activity, number or 1)
        case "leave":
            return _leave(turn, activity)
        case "say":
            return _ask_opinion(turn, activity)
        case "rate" if number:
            return _rate(turn, activity, number)
    return [expired_button()]


def _activity(turn: Turn, parts: list[str]) -> Activity | None:
    if len(parts) < 2 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 10):
        return None
    found = turn.session.get(Activity, int(parts[1]))
    return found if found is not None and found.status in ("open", "done") else None


def _join(turn: Turn, activity: Activity, people: int) -> list[Message]:
    turn.subject = f"activity:{activity.id}"
    try:
        row = joining.join(turn.session, activity.id, turn.actor, turn.now, people=people, conversation_id=turn.talk.id)
    except ParticipationError as error:
        return [Say(str(error), (LIST, OFFICER, MENU))]
    leave = Choice("ยกเลิกลงชื่อ", f"a:leave:{activity.id}")
    if row.status == "waiting":
        words = f"ที่นั่งเต็มแล้วค่ะ ลงชื่อสำรองให้แล้ว {row.people} คน\nมีที่ว่างเมื่อไร จะบอกทางนี้ทันทีค่ะ"
        return [Say(words, (leave, LIST, MENU))]
    words = f"ลงชื่อให้แล้วค่ะ {row.people} คน\n“{activity.title}”\n{activities.when(activity)}\n{activity.place}".rstrip()
    if activity.remind_at is not None:
        words += "\nจะเตือนก่อน 1 วันค่ะ"
    return [Say(words, (leave, Choice("บอกความเห็น", f"a:say:{activity.id}"), LIST, MENU))]


def _leave(turn: Turn, activity: Activity) -> list[Message]:
    row = joining.of_person(turn.session, activity, turn.talk.id)
    if row is None or not joining.step_back(turn.session, activity.id, row.id, turn.actor, turn.now):
        return [Say("ไม่มีชื่อคุณในกิจกรรมนี้แล้วค่ะ", (LIST, MENU))]
    return [Say("ยกเลิกให้แล้วค่ะ ขอบคุณที่บอกนะคะ\nที่นั่งจะเป็นของคนถัดไปค่ะ", (LIST, MENU))]


def by_code(turn: Turn) -> list[Message] | None:
    """ "I am here": the words that a check-in code puts into the chat; None for other words."""
    found = _CHECK_IN.fullmatch(turn.text.strip())
    if found is None:
        return None
    activity = turn.session.scalars(select(Activity).where(Activity.code == found[1].lower())).first()
    if activity is None:
        return [Say("ไม่พบกิจกรรมนี้ค่ะ ลองสแกนคิวอาร์โค้ดอีกครั้งนะคะ", (LIST, OFFICER, MENU))]
    rate = tuple(Choice(f"{n} คะแนน", f"a:rate:{activity.id}:{n}") for n in range(5, 0, -1))
    match joining.came(turn.session, activity, turn.talk.id, turn.now):
        case "not_today":
            return [Say(f"“{activity.title}”\nจัด{activities.when(activity)}ค่ะ\nวันนั้นสแกนอีกครั้งนะคะ", (LIST, MENU))]
        case "already":
            return [Say("ลงว่าคุณมาแล้วค่ะ ไม่ต้องสแกนซ้ำ\nพอใจกิจกรรมนี้แค่ไหนคะ", (*rate, MENU))]
    return [Say(f"ขอบคุณที่มาร่วม “{activity.title}” ค่ะ\nเสร็จแล้วให้คะแนนเราได้นะคะ", (*rate, MENU))]


# -- opinions --------------------------------------------------------------------------------------------


def _ask_opinion(turn: Turn, activity: Activity) -> list[Message]:
    draft = turn.state.get("form")
    if draft and draft["name"] == OPINION.form.name:
        turn.state.pop("form")  # one line of an opinion is no draft to come back to
    return dialogue.start(turn, OPINION, {"activity": activity.id})


def _heard(turn: Turn, answers: dict[str, Any]) -> list[Message]:
    """Take the words at once: a single answer needs no summary."""
    turn.state.pop("form", None)
    activity = turn.session.get(Activity, int(answers.get("activity", 0)))
    if activity is None:
        return [expired_button()]
    try:
        row = joining.give_opinion(
            turn.session, activity, turn.now, words=answers["words"], conversation_id=turn.talk.id
        )
    except ParticipationError as error:
        return [Say(str(error), (LIST, MENU))]
    if row.rating is not None:
        return [Say("บันทึกความเห็นแล้วค่ะ เผยแพร่โดยไม่มีชื่อคุณ\nขอบคุณนะคะ", (LIST, MENU))]
    rate = tuple(Choice(f"{n} คะแนน", f"a:rate:{activity.id}:{n}") for n in range(5, 0, -1))
    ask = "เห็นด้วยกับกิจกรรมนี้แค่ไหนคะ" if turn.now < activity.starts_at else "พอใจกิจกรรมนี้แค่ไหนคะ"
    return [Say(f"บันทึกความเห็นแล้วค่ะ เผยแพร่โดยไม่มีชื่อคุณ\n{ask}", (*rate, MENU))]


def _rate(turn: Turn, activity: Activity, rating: int) -> list[Message]:
    try:
        row = joining.give_opinion(turn.session, activity, turn.now, rating=rating, conversation_id=turn.talk.id)
    except ParticipationError as error:
        return [Say(str(error), (LIST, MENU))]
    more = () if row.text else (Choice("บอกความเห็น", f"a:say:{activity.id}"),)
    return [Say("ขอบคุณค่ะ บันทึกคะแนนแล้ว", (*more, LIST, MENU))]


OPINION = Flow(
    Form(
        "activity-opinion",
        "ความเห็น",
        (
            TextField(
                name="words", label="ความเห็น", ask="คิดอย่างไรกับกิจกรรมนี้คะ พิมพ์ได้เลยค่ะ", longest=joining.LONGEST_OPINION
            ),
        ),
    ),
    submit=_heard,
    review=_heard,
)


# -- proposals -------------------------------------------------------------------------------------------


def _skip(turn: Turn, field: Field, answers: Answers) -> bool:
    return field.name == consent.FIELD and consent.known(turn, answers)


def _note_consent(turn: Turn, field: Field, given: Given) -> list[Message] | None:
    if field.name == consent.FIELD:
        consent.note(turn, field, given)
    return None


def _proposed(turn: Turn, answers: dict[str, Any]) -> list[Message]:
    try:
        proposal = proposals.propose(
            turn.session,
            turn.agency,
            words_of(answers),
            turn.now,
            turn.actor,
            moo=answers.get("moo"),
            contact=answers.get("contact") or "",
            conversation_id=turn.talk.id,
        )
    except ParticipationError as error:
        return [Say(str(error), (PROPOSE, OFFICER, MENU))]
    turn.subject = f"proposal:{proposal.id}"
    words = f"รับข้อเสนอแล้วค่ะ เลขที่\n{proposal.number}\nเราจะพิจารณา และบอกคำตอบทางแชตนี้ค่ะ"
    return [Say(words, (Choice("ข้อเสนอทั้งหมด", turn.agency.url("/proposals"), "link"), MENU))]


PROPOSAL_FLOW = Flow(PROPOSAL, _proposed, intercept=_note_consent, skip=_skip)


# -- polls -----------------------------------------------------------------------------------------------


def voting(turn: Turn) -> list[Message]:
    """The polls that are open; with one alone, its options."""
    found = polls.open_now(turn.session, turn.now)[:SHOWN]
    if not found:
        return [
            Say(
                "ตอนนี้ไม่มีเรื่องที่เปิดให้ออกเสียงค่ะ",
                (Choice("ดูผลที่ผ่านมา", turn.agency.url("/polls"), "link"), LIST, PROPOSE, MENU),
            )
        ]
    if len(found) == 1:
        return [_ballot(turn, found[0])]
    rows = tuple(
        Row(
            f"ถึง {format_date(poll.closes_on)}",
            poll.question,
            f"v:show:{poll.id}",
            sign="ดู",
            said=f"ดู {poll.question}",
        )
        for poll in found
    )
    return [Card(title="เรื่องที่ขอความเห็นค่ะ", rows=rows, note="แตะเรื่องที่อยากออกเสียงได้เลยค่ะ", choices=(LIST, MENU))]


def _ballot(turn: Turn, poll: Poll) -> Message:
    if polls.has_voted(turn.session, poll, turn.talk.user_id, turn.secret_key):
        return _voted(turn, poll, "คุณออกเสียงเรื่องนี้ไปแล้วค่ะ")
    return Card(
        title=poll.question[:120],
        rows=tuple(
            Row(str(n + 1), option, f"v:{poll.id}:{n}", sign="เลือก", said=VOTED)
            for n, option in enumerate(poll.options)
        ),
        note=f"แตะข้อที่เลือกได้เลยค่ะ คนละ 1 เสียง\nไม่มีใครรู้ว่าคุณเลือกข้อไหน\nปิดรับ {format_date(poll.closes_on)}",
        choices=(*(Choice(f"ข้อ {n + 1}", f"v:{poll.id}:{n}", said=VOTED) for n in range(len(poll.options))), MENU),
    )


def _voted(turn: Turn, poll: Poll, words: str) -> Say:
    page = Choice("หน้าผลการออกเสียง", turn.agency.url(f"/polls/{poll.id}"), "link")
    return Say(f"{words}\nประกาศผลหลังวันที่ {format_date(poll.closes_on)} ค่ะ", (page, LIST, MENU))


def poll_tapped(turn: Turn, parts: list[str]) -> list[Message]:
    """A button "v:list", "v:show:<poll>" or "v:<poll>:<option>"; what is answered to a vote is not kept."""
    if parts[:1] == ["list"]:
        return voting(turn)
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 10]
    poll = turn.session.get(Poll, numbers[0]) if numbers else None
    if poll is None or not polls.is_open(poll, turn.now):
        return [Say("เรื่องนี้ปิดรับออกเสียงแล้วค่ะ", (Choice("ดูผล", turn.agency.url("/polls"), "link"), MENU))]
    if parts[0] == "show" or len(numbers) < 2:
        return [_ballot(turn, poll)]
    turn.subject = SEALED
    try:
        counted = polls.vote(
            turn.session, turn.agency.id, poll, numbers[1], turn.talk.user_id, turn.secret_key, turn.now
        )
    except ParticipationError as error:
        return [Say(str(error), (MENU,))]
    words = "นับเสียงของคุณแล้วค่ะ ขอบคุณนะคะ" if counted else "คุณออกเสียงเรื่องนี้ไปแล้วค่ะ คนละ 1 เสียง"
    return [_voted(turn, poll, words)]
