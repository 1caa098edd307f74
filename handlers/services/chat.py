"""The form service in chat: the list of forms, a form begun by tap, word or QR code, and what its answers become."""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import quote

from handlers import consent, dialogue
from handlers.agencies import AgencyView, FormView
from handlers.complaints import cards
from handlers.dialogue import Flow
from handlers.forms import Answers, Field, Given
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Row, Say
from handlers.services import answering
from handlers.services.definition import Definition
from handlers.services.fields import today
from handlers.services.operations import FormError, definition_of, open_form
from handlers.turn import SEALED, Turn
from models.form import FormVersion
from thai.dates import bangkok_date, format_date
from thai.text import fold_command

PREFIX = "form:"  # of a flow's name; the form's key follows
LISTED = 9
BUTTON = 20
_BY_CODE = re.compile(r"(?:แบบฟอร์ม|ฟอร์ม|form)\s*:?\s*([a-z0-9][a-z0-9-]{1,39})(?:\s+(.{1,60}))?", re.IGNORECASE)
THANKS = {
    "survey": "บันทึกคำตอบแล้วค่ะ\nขอบคุณที่ช่วยตอบนะคะ",
    "opinion": "ส่งความเห็นถึงเจ้าหน้าที่แล้วค่ะ\nขอบคุณมากค่ะ",
    "anonymous": "บันทึกคำตอบแล้วค่ะ\nคำตอบไม่ผูกกับชื่อหรือ LINE ของคุณ\nขอบคุณที่ช่วยตอบนะคะ",
}
ALREADY = "คุณตอบแบบนี้ไปแล้วค่ะ\nตอบได้คนละ 1 ครั้ง ขอบคุณนะคะ"


def open_forms(agency: AgencyView) -> list[FormView]:
    """The forms that lists show today."""
    day = today()
    return [form for form in agency.forms.values() if form.listed and form.open_on(day)]


def deep_link(line_id: str, key: str, source: str = "") -> str:
    """An address that opens the chat with the words that begin this form (LINE's oaMessage scheme), and say at which
    counter its QR code hangs; "" without id."""
    words = f"แบบฟอร์ม {key} {source}".strip()
    return f"https://line.me/R/oaMessage/{quote(line_id)}/?{quote(words)}" if line_id else ""


def listing(turn: Turn) -> list[Message]:
    """The forms of the agency, each a button."""
    forms = open_forms(turn.agency)
    if not forms:
        return [
            Say(
                "ตอนนี้ยังไม่มีแบบฟอร์มออนไลน์ค่ะ\nพิมพ์ถาม หรือคุยกับเจ้าหน้าที่ได้เลยค่ะ", (OFFICER, Choice("ถาม-ตอบ", "menu:ask"), MENU)
            )
        ]
    page = Choice("ดูทั้งหมดบนเว็บ", turn.agency.url("/forms"), "link")
    return [
        Card(
            title="บริการออนไลน์",
            rows=tuple(
                Row(str(at), form.title) for at, form in enumerate(forms[:LISTED], 1) if len(form.title) > BUTTON
            ),
            note="เลือกเรื่องที่ต้องการได้เลยค่ะ\nไม่ต้องเดินทาง ส่งแล้วได้เลขที่ไว้ติดตาม",
            buttons=(
                *(Choice(form.title[:BUTTON], f"start:{PREFIX}{form.key}") for form in forms[:LISTED]),
                *((page,) if len(forms) > LISTED else ()),
            ),
            choices=(Choice("ติดตามเรื่อง", "menu:follow"), OFFICER, MENU),
        )
    ]


def by_code(turn: Turn) -> list[Message] | None:
    """Begin the form when these are the words of a QR code or deep link ("แบบฟอร์ม borrow", "แบบฟอร์ม praise โต๊ะ 1"),
    wherever the person is; else None."""
    found = _BY_CODE.fullmatch(turn.text.strip())
    if found is None or found[1].lower() not in turn.agency.forms:
        return None
    messages = begin(turn, f"{PREFIX}{found[1].lower()}")
    draft = turn.state.get("form")
    if found[2] and draft and draft["name"] == f"{PREFIX}{found[1].lower()}":
        draft["source"] = found[2]
    return messages


def by_title(turn: Turn) -> str | None:
    """The flow's name when the words are the title of a form that lists show; else None."""
    said = fold_command(turn.text)
    alike = [form.key for form in open_forms(turn.agency) if said and said == fold_command(form.title)]
    return f"{PREFIX}{alike[0]}" if len(alike) == 1 else None


def flow(turn: Turn, name: str) -> Flow | None:
    """The flow of this name: under the version that its draft began with, else the one in use; None when closed."""
    view = turn.agency.forms.get(name.removeprefix(PREFIX))
    draft = turn.state.get("form")
    pinned = draft.get("version") if draft and draft["name"] == name else None
    if pinned is not None and (view is None or view.version_id != pinned):
        version = turn.session.get(FormVersion, pinned)
        return _flow(definition_of(version), version.form.kind) if version else None
    return _flow(open_form(view), view.kind) if view else None


def _flow(known: Definition, kind: str) -> Flow:
    return Flow(
        form=known.form,
        submit=partial(_submit, kind),
        intercept=partial(_intercept, kind),
        review=partial(_review, kind),
        options=partial(_options, kind),
        skip=_skip,
        renew=partial(_renew, known.form.name),
    )


def _renew(name: str, turn: Turn) -> Flow | None:
    view = turn.agency.forms.get(name.removeprefix(PREFIX))
    return _flow(open_form(view), view.kind) if view else None


# -- around the questions --------------------------------------------------------------------------------


def _skip(turn: Turn, field: Field, answers: Answers) -> bool:
    return field.name == consent.FIELD and consent.known(turn, answers)


def _seal(kind: str, turn: Turn) -> None:
    """What the bot says of an anonymous form repeats answers: its outbox rows go once they are sent."""
    if kind == "anonymous":
        turn.subject = SEALED


def _options(kind: str, turn: Turn, field: Field) -> tuple[Choice, ...]:
    _seal(kind, turn)
    if field.name != consent.FIELD:
        return ()
    return consent.full_notice(turn), Choice("ไม่ยินยอม", f"f:{turn.state['form']['id']}:!drop")


def _intercept(kind: str, turn: Turn, field: Field, given: Given) -> list[Message] | None:
    _seal(kind, turn)
    if field.name == consent.FIELD:
        consent.note(turn, field, given)
    return None


def _review(kind: str, turn: Turn, answers: dict[str, Any]) -> list[Message] | None:
    _seal(kind, turn)
    return None


def _submit(kind: str, turn: Turn, answers: dict[str, Any]) -> list[Message]:
    _seal(kind, turn)
    version = turn.session.get_one(FormVersion, turn.state["form"]["version"])
    given = answering.Submission(
        answers=answers,
        conversation_id=turn.talk.id if kind != "anonymous" else None,
        person=turn.talk.user_id,
        source=turn.state["form"].get("source", ""),
        late=tuple(answers.get("late", ())),
    )
    try:
        taken = answering.submit(turn.session, turn.agency, version, given, turn.actor, turn.now, turn.secret_key)
    except FormError as error:
        return [Say(str(error), (Choice("เริ่มใหม่", f"start:{turn.state['form']['name']}"), OFFICER, MENU))]
    if taken.already:
        return [Say(ALREADY, (MENU,))]
    if taken.case is None:
        return [Say(THANKS[kind], (MENU,))]
    turn.subject = f"case:{taken.case.id}"
    return [cards.filed_card(turn.agency, taken.case, taken.secret)]


def begin(turn: Turn, name: str) -> list[Message]:
    """Start a form by its flow's name; one that is closed is said so."""
    known = flow(turn, name)
    view = turn.agency.forms.get(name.removeprefix(PREFIX))
    if view and view.opens_on and today() < view.opens_on:
        return [
            Say(
                f"{view.title}\nเปิดรับ {format_date(view.opens_on)} ค่ะ",
                (Choice("บริการออนไลน์", "menu:forms"), OFFICER, MENU),
            )
        ]
    if known is None or (view and not view.open_on(today())):
        return [
            Say(
                "แบบฟอร์มนี้ปิดรับแล้วค่ะ\nดูแบบฟอร์มอื่นได้ หรือคุยกับเจ้าหน้าที่ค่ะ", (Choice("บริการออนไลน์", "menu:forms"), OFFICER, MENU)
            )
        ]
    if (
        view
        and view.kind == "anonymous"
        and answering.has_answered(turn.session, view.id, turn.talk.user_id, turn.secret_key, bangkok_date(turn.now))
    ):
        turn.subject = SEALED
        return [Say(ALREADY, (MENU,))]
    return dialogue.start(turn, known)
