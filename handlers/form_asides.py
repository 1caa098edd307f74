"""What comes while a form waits and is no answer to its question: a question of one's own, a pin for another step."""

from __future__ import annotations

from handlers.commands import is_question
from handlers.dialogue import Flow, ask_again
from handlers.forms import ChoiceField, FieldError, Given, PlaceField, TextField
from handlers.messages import Message, Say
from handlers.turn import Turn


def aside(turn: Turn, flow: Flow) -> bool:
    """True when these words ask something instead of answering the question that the form put."""
    draft = turn.state["form"]
    if draft.get("review"):
        return is_question(turn.text)
    if draft.get("offer"):  # the slice put a question of its own
        return False
    step = flow.form[draft["step"]]
    if step.free or not is_question(turn.text) or step.skipped(Given(text=turn.text)):
        return False
    return not (isinstance(step, ChoiceField) and step.named(turn.text, turn.agency) is not None)


def only_taps(turn: Turn, flow: Flow) -> bool:
    """True when the form waits for something that a question cannot be: a choice, a number, a photo, a yes."""
    draft = turn.state["form"]
    return bool(draft.get("review")) or not isinstance(flow.form[draft["step"]], TextField | PlaceField)


def place_pinned(turn: Turn, flow: Flow) -> list[Message] | None:
    """A pin that comes before or after the question for the place: it answers that question all the same. None for a
    form that asks for no place."""
    draft = turn.state["form"]
    places = [item for item in flow.form.fields if isinstance(item, PlaceField)]
    if not places:
        return None
    given = Given(latitude=turn.latitude, longitude=turn.longitude, place=turn.address or turn.title)
    try:
        draft["answers"][places[0].name] = places[0].read(given, turn.agency, draft["answers"])
    except FieldError as error:
        return [Say(str(error)), *ask_again(turn, flow)]
    return [Say("เก็บตำแหน่งไว้ในเรื่องนี้แล้วค่ะ"), *ask_again(turn, flow)]
