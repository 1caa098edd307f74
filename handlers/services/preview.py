"""A form as the chat will ask it, without a chat: for the builder's preview."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.agencies import AgencyView
from handlers.services.definition import Definition


@dataclass(frozen=True, slots=True)
class Bubble:
    """What the bot says at one step: words before the question, the question, the labels to tap. `hint`: in which case
    it is asked ("" always)."""

    before: tuple[str, ...]
    text: str
    taps: tuple[str, ...]
    hint: str = ""


def as_chat(known: Definition, agency: AgencyView) -> list[Bubble]:
    """Every question of the citizen's form in order, conditional ones too, as handlers/dialogue.py puts it."""
    fields = known.form.fields
    bubbles = []
    for at, item in enumerate(fields, 1):
        example = f"\nเช่น {item.example}" if item.example else ""
        taps = [option.label for option in item.choices(agency, {})] + [one.label for one in item.chat_actions()]
        bubbles.append(
            Bubble(
                before=tuple(intro.text for intro in item.intro),
                text=f"({at}/{len(fields)}) {item.question(agency)}{example}",
                taps=(*taps, *((item.skip_label,) if item.optional else ())),
                hint=known.hints.get(item.name, ""),
            )
        )
    return bubbles
