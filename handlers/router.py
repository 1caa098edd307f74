"""Which slice a turn goes to. The order of the rules is the order of `route`: read it from the top."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from handlers import dialogue, form_asides, menu, received, typed
from handlers.announcements import chat as announcements
from handlers.borrowing import chat as borrowing
from handlers.commands import BACK, LEAVE, RESUME, SHOW_MENU, folded, is_question, wants_person
from handlers.complaints import chat as complaints
from handlers.dialogue import Flow
from handlers.eit import chat as eit
from handlers.forms import Given, PhotosField, PlaceField
from handlers.integrity import chat as integrity
from handlers.messages import MENU, OFFICER, Message, Say
from handlers.participation import chat as participation
from handlers.people import chat as people
from handlers.questions import chat as questions
from handlers.representatives import chat as representatives
from handlers.services import chat as services
from handlers.turn import Turn
from thai.text import fold_command

FLOWS: dict[str, Flow] = {
    flow.form.name: flow
    for flow in (
        complaints.FLOW,
        questions.DIRECT,
        participation.PROPOSAL_FLOW,
        participation.OPINION,
        borrowing.FLOW,
    )
}

_BORROW = re.compile(r"(?:อยาก|ขอ|จะ|มา|ต้องการ)+(?:ขอ)?ยืม(?!ต่อ|เงิน).{2,30}")
_COMPLAIN = re.compile(
    r"(?:อยาก|ขอ|จะ|มา|ต้องการ)*(?:ร้องเรียน|ร้องทุกข์|แจ้งปัญหา|แจ้งเรื่องร้องเรียน)(?:เรื่อง)?\s*(?P<what>.{4,200})", re.DOTALL
)

# Words that open something, when no form is waiting for an answer.
OPENERS: dict[str, Callable[[Turn], list[Message]]] = {
    word: action
    for words, action in (
        (folded("แจ้งเรื่องร้องเรียน", "แจ้งเรื่อง", "ร้องเรียน", "ร้องทุกข์", "แจ้งปัญหา", "ขอร้องเรียน", "แจ้งเหตุ"),
         lambda t: start(t, "complaint")),
        (folded("ติดตามเรื่อง", "ติดตาม", "เช็คสถานะ", "ถามสถานะ", "เรื่องถึงไหนแล้ว", "ดูสถานะ", "เช็คเรื่อง",
                "ตามเรื่อง", "ขอดูเรื่องที่แจ้ง", "ดูเรื่องที่แจ้ง", "เรื่องที่แจ้ง", "เรื่องของฉัน", "เรื่องของผม"), complaints.follow),
        (folded("ถาม-ตอบ", "ถามตอบ", "ถาม", "สอบถาม", "ขอถามหน่อย", "ถามเรื่องอื่น"), lambda t: _ask(t)),
        (folded("ติดต่อเรา", "ติดต่อ", "เบอร์โทร", "ที่อยู่", "ติดต่อ อบต", "แผนที่"), menu.contact),
        (folded("วิธีใช้", "help", "ช่วยเหลือ", "ใช้ยังไง", "ทำอะไรได้บ้าง", "คู่มือ"), menu.help_card),
        (folded("บริการออนไลน์", "คำร้อง", "ขอบริการ", "ยื่นคำร้อง", "คำขอ", "ยื่นคำขอ", "แบบฟอร์ม", "ฟอร์ม", "แบบคำร้อง",
                "บริการออนไลน", "e-service", "อีเซอร์วิส"), services.listing),
        (folded("ยืมของ", "ขอยืมของ", "ยืมพัสดุ", "ขอยืมอุปกรณ์", "ยืมอุปกรณ์", "ยื่นขอยืม"), lambda t: _borrow(t)),
        (folded("ขอยืมต่อ", "ยืมต่อ", "ของที่ยืม", "ดูของที่ยืม"), borrowing.listing),
        (folded("แบบประเมิน eit", "eit", "แบบประเมิน"), eit.show),
        (folded("กิจกรรม", "โครงการ", "ประชาคม", "ประชุมประชาคม", "ร่วมกิจกรรม", "ลงชื่อกิจกรรม", "สมัครกิจกรรม", "ลงชื่อ",
                "ขอลงชื่อ", "เข้าร่วมกิจกรรม", "ลงทะเบียนกิจกรรม", "มีกิจกรรมอะไรบ้าง", "ดูกิจกรรม",
                "ลงชื่อไปเที่ยว", "สมัครเข้าร่วมกิจกรรม"), participation.listing),
        (folded("เสนอเรื่อง", "ท่านเสนอเราทำ", "ท่านเสนอ เราทำ", "ข้อเสนอ", "เสนอโครงการ"), lambda t: start(t, "proposal")),
        (folded("รับข่าว", "รับข่าวสาร", "เลือกข่าว"), announcements.listing),
        (folded("ไม่รับข่าว", "เลิกรับข่าว", "ไม่รับข่าวเลย", "ยกเลิกรับข่าว", "ยกเลิกข่าว", "ไม่เอาข่าว"),
         lambda t: announcements.tapped(t, ["stop"])),
        (folded("ออกเสียง", "โหวต", "โพล", "สำรวจความเห็น", "ลงคะแนน", "ลงมติ", "ออกเสียงประชาคม", "ขอออกเสียง",
                "โหวตประชาคม", "ลงคะแนนเสียง"), participation.voting),
        (folded("ผู้แทน", "ผู้แทนประชาชน", "ผู้แทนภาคประชาชน", "เรื่องที่ช่วยดูแล"), representatives.listing),
        (folded("สายตรงนายก", "ร้องเรียนนายก", "ถึงนายก", "คุยกับนายก", "อยากคุยกับนายก", "ขอคุยกับนายก",
                "ฝากถึงนายก", "ฝากบอกนายก"), lambda t: start(t, "direct")),
    )
    for word in words
}  # fmt: skip


def route(turn: Turn) -> list[Message]:
    """What to answer to this turn. Changes `turn.state`, `turn.talk` and rows in `turn.session`; commits nothing."""
    sealed = integrity.taken(turn)  # before everything else: nobody else may see or keep what is told there
    if sealed is not None:
        return sealed
    messages = _routed(turn)
    typed.remember(turn, messages)
    return messages


def _routed(turn: Turn) -> list[Message]:
    match turn.kind:
        case "text":
            return _text(turn)
        case "postback":
            return _tap(turn)
        case "follow":
            turn.talk.reachable = True
            return menu.welcome(turn)
        case "unfollow":
            turn.talk.reachable = False
            return []
        case "unsend":
            received.forget_message(turn)
            return []
        case "location" | "image" | "video" | "audio" | "file" | "sticker":
            return _thing(turn)
    return []


def start(turn: Turn, name: str) -> list[Message]:
    """Open a form by name."""
    if name.startswith(services.PREFIX):
        return services.begin(turn, name)
    if name == complaints.FLOW.form.name:
        return complaints.begin(turn)
    flow = FLOWS.get(name)
    return dialogue.start(turn, flow) if flow else [dialogue.expired_button()]


def _text(turn: Turn) -> list[Message]:
    if (tapped := typed.label(turn)) is not None:
        turn.data = tapped
        return _tap(turn)
    by_staff = people.spoken(turn)
    if by_staff is not None:
        return by_staff
    folded = fold_command(turn.text)
    if folded in SHOW_MENU | LEAVE | BACK or folded in OPENERS or wants_person(turn.text):
        representatives.hang_up(turn)
    in_form = dialogue.active(turn)
    if folded in SHOW_MENU:
        dialogue.pause(turn)
        turn.talk.reply_case_id = None
        return menu.menu(turn)
    if wants_person(turn.text):
        dialogue.pause(turn)
        return questions.to_officer(turn)
    if (begun := services.by_code(turn)) is not None:
        return begun
    if (here := participation.by_code(turn)) is not None:
        return here
    if (invited := representatives.by_code(turn)) is not None:
        return invited
    if in_form and folded in LEAVE:
        return dialogue.ask_to_leave(turn)
    if in_form and folded in BACK:
        return dialogue.back(turn, _flow(turn))
    warning = questions.warn(turn)
    if in_form:
        if warning and not questions.is_emergency(turn) and not turn.state["form"].get("warned"):
            return _warned(turn, warning)
        return [*(warning or ()), *_for_form(turn, _flow(turn))]
    if warning:
        return warning
    if folded in LEAVE or folded in BACK:
        return menu.menu(turn)
    if folded in RESUME and (draft := turn.state.get("form")):
        return dialogue.tapped(turn, _flow(turn), [draft["id"], "!resume"])
    if folded in OPENERS:
        return OPENERS[folded](turn)
    if (brought := representatives.relay(turn)) is not None:
        return brought
    if (asked := announcements.by_words(turn)) is not None:
        return asked
    if (survey := eit.by_words(turn)) is not None:
        return survey
    if (name := services.by_title(turn)) is not None:
        return start(turn, name)
    if turn.talk.handoff_id is not None and not questions.bot_may_answer(turn):
        return complaints.only_number(turn) or questions.relay(turn)
    followed = complaints.by_number(turn)
    if followed is None and turn.talk.reply_case_id is None:
        followed = complaints.after(turn)
    if followed is not None:
        return followed
    if turn.talk.handoff_id is not None:
        return questions.relay(turn)
    relayed = complaints.relay(turn)
    if relayed is not None:
        return relayed
    if _BORROW.fullmatch(turn.text.strip()) and not is_question(turn.text):
        return _borrow(turn)
    if (told := _COMPLAIN.fullmatch(turn.text.strip())) and not is_question(turn.text):
        return complaints.begin(turn, told["what"].strip())
    return questions.free_text(turn)


def _for_form(turn: Turn, flow: Flow) -> list[Message]:
    """Words while a form waits: a question in between is answered, and the form goes on where it was."""
    if turn.at >= dialogue.asked_at(turn) and form_asides.aside(turn, flow):
        said = questions.aside(turn, sure_only=not form_asides.only_taps(turn, flow))
        if said is not None:
            return [*said, *dialogue.ask_again(turn, flow)]
    return dialogue.spoken(turn, flow, Given(text=turn.text))


def _warned(turn: Turn, warning: list[Message]) -> list[Message]:
    """Put the form aside for the warning, once: the person may go on with it, in the same words too."""
    turn.state["form"]["warned"] = True
    dialogue.pause(turn)
    *before, last = warning
    if isinstance(last, Say):
        last = msgspec.structs.replace(last, choices=(*last.choices, *dialogue.resume_choice(turn)))
    return [*before, last]


def _tap(turn: Turn) -> list[Message]:
    head, *rest = turn.data.split(":")
    if head != "s":
        turn.state.pop("staff", None)  # whoever goes elsewhere is no longer writing to a citizen
    if head != "r":
        representatives.hang_up(turn)
    match head:
        case "f":
            draft = turn.state.get("form")
            return dialogue.tapped(turn, _flow_named(turn, draft["name"]) if draft else None, rest or [""])
        case "start":
            return start(turn, ":".join(rest))
        case "menu":
            return _menu(turn, rest[0] if rest else "")
        case "officer":
            dialogue.pause(turn)
            return questions.to_officer(turn)
        case "q" if rest[:1] == ["complain"]:
            return complaints.begin_with(turn, questions.own_words(turn, rest))
        case "q":
            return questions.tapped(turn, rest)
        case "c":
            return complaints.tapped(turn, rest)
        case "s":
            return people.tapped(turn, rest)
        case "eit":
            return eit.tapped(turn, rest)
        case "a":
            return participation.tapped(turn, rest)
        case "v":
            return participation.poll_tapped(turn, rest)
        case "r":
            return representatives.tapped(turn, rest)
        case "n":
            return announcements.tapped(turn, rest)
        case "b":
            return borrowing.tapped(turn, rest)
        case "photo" if rest:
            return complaints.start_with_photo(turn, rest[0])
    return [dialogue.expired_button()]


def _menu(turn: Turn, entry: str) -> list[Message]:
    match entry:
        case "complain":
            return start(turn, "complaint")
        case "follow":
            dialogue.pause(turn)
            return complaints.follow(turn)
        case "officer":
            dialogue.pause(turn)
            return questions.to_officer(turn)
        case "integrity":
            dialogue.pause(turn)
            return questions.integrity_notice(turn)
    dialogue.pause(turn)
    pages = {
        "ask": _ask,
        "contact": menu.contact,
        "help": menu.help_card,
        "eit": eit.show,
        "forms": services.listing,
        "activities": participation.listing,
        "news": announcements.listing,
    }
    return pages.get(entry, menu.menu)(turn)


def _borrow(turn: Turn) -> list[Message]:
    """The form to borrow something; an agency without it answers from its catalogue."""
    name = f"{services.PREFIX}borrow"
    return start(turn, name) if "borrow" in turn.agency.forms else questions.free_text(turn)


def _ask(turn: Turn) -> list[Message]:
    """Whoever opens ถาม-ตอบ wants the bot; an officer's answer takes their talk up again."""
    turn.talk.handoff_id = None
    return menu.ask(turn)


def _thing(turn: Turn) -> list[Message]:
    """A pin, a photo, a voice note, a file or a sticker."""
    by_staff = people.spoken(turn)
    if by_staff is not None:
        return by_staff
    if dialogue.active(turn):
        answered = _thing_for_form(turn)
        if answered is not None:
            return answered
    if (brought := representatives.relay(turn)) is not None:
        return brought
    if turn.talk.handoff_id is not None or questions.awaits_question(turn):
        return questions.relay(turn)
    relayed = complaints.relay(turn)
    if relayed is not None:
        return relayed
    match turn.kind:
        case "image":
            return complaints.keep_photo(turn)
        case "location":
            return complaints.start_with_pin(turn)
        case "sticker":
            return [Say("ขอบคุณค่ะ มีอะไรให้ช่วย พิมพ์บอกได้เลยนะคะ", (menu.ASK, menu.COMPLAIN, OFFICER, MENU))]
    what = {"audio": "ฟังเสียง", "video": "ดูวิดีโอ", "file": "เปิดไฟล์"}[turn.kind]
    return [
        Say(
            f"ดิฉันยัง{what}เองไม่ได้ค่ะ\nพิมพ์สั้น ๆ ได้ไหมคะ หรือให้เจ้าหน้าที่ช่วยก็ได้ค่ะ",
            (OFFICER, menu.COMPLAIN, MENU),
        )
    ]


def _thing_for_form(turn: Turn) -> list[Message] | None:
    flow = _flow(turn)
    answers = turn.state["form"]["answers"]
    step = flow.form[turn.state["form"]["step"]]
    asked = flow.form.stored(answers)
    holders = [f for f in flow.form.fields if isinstance(f, PhotosField) and turn.kind in f.takes and f.name in asked]
    match turn.kind:
        case "image" | "file" if step in holders:
            return dialogue.spoken(turn, flow, Given(photos=(received.keep_file(turn).id,)))
        case "image" if holders:
            photo, name = received.keep_file(turn), holders[0].name
            answers[name] = [*(answers.get(name) or []), photo.id][: holders[0].most]
            return [Say("เก็บรูปไว้ในเรื่องนี้แล้วค่ะ"), *dialogue.ask_again(turn, flow)]
        case "location" if isinstance(step, PlaceField):
            given = Given(latitude=turn.latitude, longitude=turn.longitude, place=turn.address or turn.title)
            return dialogue.spoken(turn, flow, given)
        case "location":
            return form_asides.place_pinned(turn, flow) or dialogue.ask_again(turn, flow)
        case "sticker":
            return dialogue.ask_again(turn, flow)
        case "audio" | "video" | "file":
            return [
                Say("ดิฉันยังรับไฟล์แบบนี้ในขั้นนี้ไม่ได้ค่ะ\nส่งเพิ่มให้เจ้าหน้าที่ได้หลังแจ้งเรื่องแล้วนะคะ"),
                *dialogue.ask_again(turn, flow),
            ]
    return None


def _flow(turn: Turn) -> Flow:
    flow = _flow_named(turn, turn.state["form"]["name"])
    if flow is None:
        raise LookupError("a draft of a form that is not known")
    return flow


def _flow_named(turn: Turn, name: str) -> Flow | None:
    return services.flow(turn, name) if name.startswith(services.PREFIX) else FLOWS.get(name)
