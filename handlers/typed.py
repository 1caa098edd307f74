"""Labels typed instead of tapped: LINE on a computer shows no quick replies, and some people write what they read.

The conversation's state keeps what the last turn offered, {"taps": [[label, postback data], ...]}, but for what every
part of the chat understands in words anyway: a form reads the names of its own options. The label "?" stands for a yes
to "...ไหมคะ".
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.commands import PERSON, SHOW_MENU, YES
from handlers.messages import MENU, OFFICER, Card, Choice, Message, Say
from handlers.turn import SEALED, Turn
from thai.text import fold_command

MOST = 24  # buttons kept; cards of many rows have no more that people would type
_LONGEST = 40  # characters of a typed label
_UNDERSTOOD = {MENU.value, OFFICER.value}


def remember(turn: Turn, messages: list[Message]) -> None:
    """Keep the buttons of this answer until the next; an answer without any (or none at all) leaves the old ones."""
    if not messages:
        return
    offered = list(dict.fromkeys((tap.label, tap.value) for tap in _taps(messages) if _is_kept(tap)))[:MOST]
    if (first := next(iter(_taps(messages[-1:])), None)) and _is_kept(first) and _asks(messages[-1]):
        offered.insert(0, ("?", first.value))
    if offered and turn.subject != SEALED:
        turn.state["taps"] = [list(tap) for tap in offered]
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
    if said in YES and taps[0][0] == "?":
        return str(taps[0][1])
    meant = {value for known, value in taps if known == turn.text.strip()}
    meant = meant or {value for known, value in taps if fold_command(known) == said}
    return meant.pop() if len(meant) == 1 else None  # sloppy typing may mean two


def _is_kept(tap: Choice) -> bool:
    data = tap.value
    option_of_a_form = data.startswith("f:") and not data.split(":", 2)[-1].startswith("!")
    understood = data in _UNDERSTOOD or data.startswith("i:") or option_of_a_form
    return tap.action == "postback" and not understood


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
