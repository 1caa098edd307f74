"""Labels typed instead of tapped: LINE on a computer shows no quick replies, and some people write what they read.

The conversation's state keeps what the last turn offered, {"taps": [[folded label, postback data], ...]}, but for
what every part of the chat understands in words anyway. The label "?" stands for a yes to "...ไหมคะ".
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.commands import PERSON, SHOW_MENU, YES
from handlers.dialogue import MENU, OFFICER
from handlers.messages import Card, Choice, Message, Say
from handlers.turn import SEALED, Turn
from thai.text import fold_command

MOST = 24  # buttons kept; cards of many rows have no more that people would type
_LONGEST = 40  # characters of a typed label
_UNDERSTOOD = {MENU.value, OFFICER.value}


def remember(turn: Turn, messages: list[Message]) -> None:
    """Keep the buttons of this answer until the next; an answer without any (or none at all) leaves the old ones."""
    if not messages:
        return
    offered = {
        fold_command(tap.label): tap.value
        for tap in _taps(messages)
        if tap.action == "postback" and tap.value not in _UNDERSTOOD and not tap.value.startswith("i:")
    }
    if offered and turn.subject != SEALED:
        taps = [[label, value] for label, value in list(offered.items())[:MOST]]
        turn.state["taps"] = [["?", taps[0][1]], *taps] if _asks(messages[-1]) else taps
    else:
        turn.state.pop("taps", None)


def label(turn: Turn) -> str | None:
    """The postback data of the button whose label was typed; None for other words."""
    taps = turn.state.get("taps")
    if not taps or turn.late or len(turn.text) > _LONGEST:
        return None
    said = fold_command(turn.text)
    if said in SHOW_MENU or said in PERSON:
        return None
    return next((value for known, value in taps if known == said or (known == "?" and said in YES)), None)


def _asks(message: Message) -> bool:
    """True for a question that a yes answers with the first button."""
    text = message.text if isinstance(message, Say) else message.title if isinstance(message, Card) else ""
    return text.rstrip().endswith("ไหมคะ")


def _taps(messages: Iterable[Message]) -> Iterable[Choice]:
    for message in messages:
        if isinstance(message, Card):
            yield from (Choice(row.label, row.edit) for row in message.rows if row.edit)
            yield from message.buttons
        if isinstance(message, Say | Card):
            yield from message.choices
