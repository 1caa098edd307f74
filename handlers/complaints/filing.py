"""Filing a complaint in chat: what happens around the questions of form.py."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handlers import consent, dialogue, received
from handlers.complaints import cards, operations
from handlers.complaints.categories import short_label, suggest
from handlers.complaints.following import ID_DIGITS
from handlers.complaints.form import FORM, is_conduct, to_new_case, wants_place
from handlers.complaints.labels import status_text
from handlers.complaints.notices import place_words
from handlers.dialogue import Flow
from handlers.forms import Answers, Field, FieldError, Given
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Row, Say
from handlers.turn import Turn
from models.case import Case
from models.thread import Attachment
from thai.dates import bangkok_date, format_date
from thai.text import fold_command

CATEGORIES_A_CARD = 10
LOOSE_MS = 30 * 60_000  # how long a photo or a pin still belongs to what is told next
SHORTEST_DETAIL = 4  # characters, as the form's
MOST_PHOTOS = 5
QUOTED = 60  # characters of their words said back
_YES = {
    fold_command(w) for w in ("ใช่", "ใช่ค่ะ", "ใช้", "เอา", "ตกลง", "โอเค", "ok", "ใช่เรื่องเดียวกัน", "เรื่องเดียวกัน", "ใช้เลย")
}
_NO = {fold_command(w) for w in ("ไม่", "ไม่ใช่", "ไม่ใช้", "ไม่เอา", "ไม่ใช่แจ้งใหม่", "แจ้งใหม่", "คนละเรื่อง", "เรื่องใหม่")}


# -- what the flow asks of us ----------------------------------------------------------------------------


def _skip(turn: Turn, field: Field, answers: Answers) -> bool:
    match field.name:
        case consent.FIELD:
            return consent.known(turn, answers)
        case "accused_unit":
            return not is_conduct(turn.agency, answers)
        case "place":
            return not wants_place(answers) and not answers.get("place")
    return False


def _options(turn: Turn, field: Field) -> tuple[Choice, ...]:
    draft = turn.state["form"]
    match field.name:
        case consent.FIELD:
            return consent.full_notice(turn), Choice("ไม่ยินยอม", f"c:decline:{draft['id']}")
        case "category":
            return (Choice("ดูทั้งหมด", f"c:all:{draft['id']}"),)
        case "accused_unit":
            return (Choice("เป็นเรื่องทุจริต", "menu:integrity"),)
        case "place" if _photo_place(turn):
            return (Choice("ใช้ตำแหน่งจากรูป", f"c:gps:{draft['id']}"),)
    return ()


def _intercept(turn: Turn, field: Field, given: Given) -> list[Message] | None:
    draft = turn.state["form"]
    offer, step = draft.pop("offer", ("", ""))
    if offer and step == field.name:
        answered = _offer_answered(turn, offer, given)
        if answered is not None:
            return answered
    if field.name == consent.FIELD:
        consent.note(turn, field, given)
    elif field.name == "category":
        # What another category had no need of is asked again.
        for name in ("accused_unit", "place"):
            if draft["answers"].get(name) is None:
                draft["answers"].pop(name, None)
    return None


def _review(turn: Turn, answers: dict[str, Any]) -> list[Message] | None:
    """Before the summary, each once: the place of a photo, then open cases that may be the same."""
    draft = turn.state["form"]
    made = draft.setdefault("offered", [])
    for name, offer in (("gps", _offer_photo_place), ("similar", _offer_similar)):
        if name in made:
            continue
        made.append(name)
        if messages := offer(turn, answers):
            draft.pop("review", None)
            draft["offer"] = [name, draft["step"]]
            return messages
    return None


def _submit(turn: Turn, answers: dict[str, Any]) -> list[Message]:
    new = to_new_case(answers, turn.agency, conversation_id=turn.talk.id)
    try:
        case, secret = operations.open_case(turn.session, turn.agency, new, turn.actor, turn.now, turn.secret_key)
    except operations.CaseError as error:
        return [Say(str(error), (Choice("เริ่มใหม่", "start:complaint"), OFFICER, MENU))]
    turn.subject = f"case:{case.id}"
    messages: list[Message] = [cards.filed_card(turn.agency, case, secret)]
    if case.category.code == "disaster":
        fields = turn.agency.fields
        messages.insert(
            0, Say(f"ถ้ายังมีอันตราย โทรเลยค่ะ\nดับเพลิง\n{fields['hotline_fire']}\nเจ็บป่วย\n{fields['hotline_medical']}")
        )
    return messages


FLOW = Flow(form=FORM, submit=_submit, intercept=_intercept, review=_review, options=_options, skip=_skip)


# -- offers before the summary ---------------------------------------------------------------------------


def _photo_place(turn: Turn) -> tuple[float, float] | None:
    """Where the first photo with a location was taken; known once the photo has been fetched."""
    photos = turn.state["form"]["answers"].get("photos") or []
    if not photos:
        return None
    found = turn.session.scalars(
        select(Attachment)
        .where(
            Attachment.id.in_(photos),
            Attachment.conversation_id == turn.talk.id,
            Attachment.gps_latitude.is_not(None),
            Attachment.gps_longitude.is_not(None),
        )
        .order_by(Attachment.id)
    ).first()
    if found is None or found.gps_latitude is None or found.gps_longitude is None:
        return None
    return found.gps_latitude, found.gps_longitude


def _offer_photo_place(turn: Turn, answers: dict[str, Any]) -> list[Message]:
    place = answers.get("place") or {}
    if not wants_place(answers) or place.get("latitude") is not None or _photo_place(turn) is None:
        return []
    draft_id = turn.state["form"]["id"]
    return [
        Say(
            "รูปที่ส่งมามีตำแหน่งที่ถ่ายอยู่ค่ะ\nใช้เป็นจุดเกิดเหตุไหมคะ",
            (Choice("ใช้ตำแหน่งนี้", f"c:gps:{draft_id}"), Choice("ไม่ใช้", f"c:nogps:{draft_id}"), MENU),
        )
    ]


def _offer_similar(turn: Turn, answers: dict[str, Any]) -> list[Message]:
    agency, draft_id = turn.agency, turn.state["form"]["id"]
    category = agency.category(answers.get("category") or "")
    if category is None:
        return []
    found = operations.similar_open(
        turn.session, agency, category.id, answers.get("place"), answers.get("detail") or "", turn.now
    )
    if not found:
        return []
    messages: list[Message] = [Say("มีเรื่องคล้ายกันแจ้งไว้แล้วค่ะ\nใช่เรื่องเดียวกันไหมคะ")]
    messages += [_similar_card(case, draft_id) for case in found[:2]]
    messages.append(Say("ถ้าเป็นคนละเรื่อง แจ้งใหม่ได้เลยค่ะ", (Choice("ไม่ใช่ แจ้งใหม่", f"c:new:{draft_id}"), MENU)))
    turn.state["form"]["similar"] = [case.id for case in found[:2]]
    return messages


def _similar_card(case: Case, draft_id: str) -> Card:
    """What a neighbour may know of another person's case: what, where, since when, how far."""
    return Card(
        title=short_label(case.category.code, case.category.label),
        rows=(
            *((Row("สถานที่", where),) if (where := place_words(case)) else ()),
            Row("แจ้งเมื่อ", format_date(bangkok_date(case.opened_at))),
            Row("สถานะ", status_text(case.status, case.sub_status)),
        ),
        buttons=(Choice("ใช่ เรื่องเดียวกัน", f"c:same:{draft_id}:{case.id}"),),
    )


def _offer_answered(turn: Turn, offer: str, given: Given) -> list[Message] | None:
    """Words while an offer waits; None when they are no answer to it (a pin, a photo, a tap elsewhere)."""
    folded = fold_command(given.text)
    draft = turn.state["form"]
    if folded in _YES and offer == "gps":
        return use_photo_place(turn)
    if folded in _YES and len(draft.get("similar", ())) == 1:
        return join(turn, draft["similar"][0])
    if folded in _NO or not given.text:
        return go_on(turn) if folded in _NO else None
    draft["offer"] = [offer, draft["step"]]  # still waiting
    yes, no = ("ใช้ตำแหน่งนี้", "ไม่ใช้") if offer == "gps" else ("ใช่ เรื่องเดียวกัน", "ไม่ใช่ แจ้งใหม่")
    taps = [Choice(no, f"c:{'nogps' if offer == 'gps' else 'new'}:{draft['id']}"), MENU]
    if offer == "gps":
        taps.insert(0, Choice(yes, f"c:gps:{draft['id']}"))
    return [Say(f"กด “{yes}” หรือ “{no}” ได้เลยค่ะ", tuple(taps))]


def go_on(turn: Turn) -> list[Message]:
    """The next question without an answer, or the summary."""
    turn.state["form"].pop("offer", None)
    return dialogue.tapped(turn, FLOW, [turn.state["form"]["id"], "!summary"])


def use_photo_place(turn: Turn) -> list[Message]:
    """The person said yes: the photo's place becomes the pin; words about the place stay."""
    found = _photo_place(turn)
    if found is not None:
        answers = turn.state["form"]["answers"]
        place = answers.get("place") or {"moo": None, "landmark": ""}
        answers["place"] = {**place, "latitude": found[0], "longitude": found[1]}
    return go_on(turn)


def join(turn: Turn, case_id: int) -> list[Message]:
    """The same matter: follow that case instead of filing another."""
    draft = turn.state["form"]
    case = turn.session.get(Case, case_id) if case_id in draft.get("similar", ()) else None
    if case is None:
        return [dialogue.expired_button(FLOW)]
    try:
        operations.subscribe(turn.session, case, turn.talk.id, turn.now)
    except operations.CaseError as error:
        return [Say(str(error)), *go_on(turn)]
    turn.state.pop("form")
    turn.subject = f"case:{case.id}"
    own = case.conversation_id == turn.talk.id
    said = "เรื่องนี้คุณแจ้งไว้แล้วค่ะ\nมีข้อมูลเพิ่ม กดปุ่มส่งได้เลยค่ะ" if own else "เพิ่มชื่อคุณเป็นผู้ติดตามแล้วค่ะ\nมีความคืบหน้า จะแจ้งในแชตนี้ค่ะ"
    return [Say(said), cards.full_card(turn.session, turn.agency, case, turn.now, own)]


# -- other taps and ways in ------------------------------------------------------------------------------


def every_category(turn: Turn) -> list[Message]:
    """All categories, each a button."""
    draft_id, known = turn.state["form"]["id"], turn.agency.categories
    return [
        Card(
            title="เลือกประเภทเรื่องค่ะ" if at == 0 else "ประเภทอื่น ๆ",
            buttons=tuple(
                Choice(short_label(c.code, c.label), f"f:{draft_id}:category:{c.code}")
                for c in known[at : at + CATEGORIES_A_CARD]
            ),
            choices=(Choice("ย้อนกลับ", f"f:{draft_id}:!back"), MENU),
        )
        for at in range(0, len(known), CATEGORIES_A_CARD)
    ]


def begin(turn: Turn, detail: str = "") -> list[Message]:
    """Begin a complaint with what the person gave just now without being asked: words, photos, a pin."""
    loose = _loose(turn)
    answers = {name: loose[name] for name in ("photos", "place") if loose.get(name)}
    if len(detail) >= SHORTEST_DETAIL:
        answers["detail"] = detail
    messages = dialogue.start(turn, FLOW, answers)
    draft = turn.state.get("form")
    if not answers or not draft or draft["answers"] != answers:
        return messages  # an unfinished one is offered first
    turn.state.pop("loose", None)
    kept = [
        *([f"“{detail[:QUOTED]}{'…' if len(detail) > QUOTED else ''}”"] if "detail" in answers else []),
        *([f"รูป {len(answers['photos'])} รูป"] if "photos" in answers else []),
        *(["ตำแหน่งที่ส่งมา"] if "place" in answers else []),
    ]
    return [Say("\n".join(["ดิฉันใส่ไว้ในเรื่องให้แล้วค่ะ", *kept])), *messages]


def begin_with(turn: Turn, words: str) -> list[Message]:
    """The same after an answer of the bot: the question was the complaint, if it speaks of what can be one."""
    return begin(turn, words if suggest(words, turn.agency.categories) else "")


def _loose(turn: Turn) -> dict[str, Any]:
    """What came lately and belongs to nothing yet: {"at": ms, "photos": [ids], "place": as of the form}."""
    loose: dict[str, Any] = turn.state.get("loose") or {}
    return loose if turn.now.timestamp() * 1000 - loose.get("at", 0) < LOOSE_MS else {}


def keep_photo(turn: Turn) -> list[Message]:
    """A photo sent out of the blue, perhaps one of several: keep it, and ask whether it belongs to a complaint."""
    loose = _loose(turn)
    photo = received.keep_file(turn)
    photos = [*loose.get("photos", ()), photo.id][-MOST_PHOTOS:]
    turn.state["loose"] = {**loose, "at": int(turn.now.timestamp() * 1000), "photos": photos}
    count = f" ({len(photos)} รูป)" if len(photos) > 1 else ""
    taps = (Choice("แจ้งเรื่องด้วยรูปนี้", f"photo:{photo.id}"), OFFICER, MENU)
    return [Say(f"ได้รับรูปแล้วค่ะ{count}\nต้องการแจ้งเรื่องร้องเรียนด้วยรูปนี้ไหมคะ", taps)]


def start_with_photo(turn: Turn, photo_id: str) -> list[Message]:
    """Begin (or go on with) a complaint with a photo that this person sent before."""
    known = photo_id.isdecimal() and len(photo_id) < ID_DIGITS
    photo = turn.session.get(Attachment, int(photo_id)) if known else None
    if photo is None or photo.conversation_id != turn.talk.id or photo.case_id is not None:
        return [dialogue.expired_button(FLOW)]
    draft = turn.state.get("form")
    if draft and draft["name"] == FORM.name:
        photos = draft["answers"].get("photos") or []
        if photo.id not in photos:
            draft["answers"]["photos"] = [*photos, photo.id][:5]
        return dialogue.start(turn, FLOW)
    if photo.id in _loose(turn).get("photos", ()):
        return begin(turn)
    return dialogue.start(turn, FLOW, {"photos": [photo.id]})


def start_with_pin(turn: Turn) -> list[Message]:
    """A place sent out of the blue: keep it, and ask whether it belongs to a complaint."""
    field = FORM["place"]
    given = Given(latitude=turn.latitude, longitude=turn.longitude, place=turn.address or turn.title)
    try:
        place = turn.state["pin"] = field.read(given, turn.agency, {})
        turn.state["loose"] = {**_loose(turn), "at": int(turn.now.timestamp() * 1000), "place": place}
    except FieldError as error:
        return [Say(str(error), (OFFICER, MENU))]
    return [Say("ได้รับตำแหน่งแล้วค่ะ\nแจ้งเรื่องร้องเรียนที่จุดนี้ไหมคะ", (Choice("แจ้งเรื่องที่จุดนี้", "c:pin"), OFFICER, MENU))]


def use_pin(turn: Turn) -> list[Message]:
    """Yes: begin (or go on with) a complaint at that place."""
    place = turn.state.pop("pin", None)
    if place is None:
        return [dialogue.expired_button(FLOW)]
    draft = turn.state.get("form")
    if draft and draft["name"] == FORM.name:
        draft["answers"]["place"] = place
        return dialogue.start(turn, FLOW)
    return begin(turn) if _loose(turn).get("place") == place else dialogue.start(turn, FLOW, {"place": place})
