"""What a conversation remembers of its questions, in its state (JSON), and the questions that it may see.

"last" {"q": question id, "at": ms, "key": the entry that answered, "keys": entries that could be offered instead,
"open": True while a choice is offered, "good": True after a yes}; "asked" [[question id, LINE message id], ...] so that
an unsent message is forgotten; "to_officer" ms since when the next words go to an officer; "acked" ms at which a
person who waits for an officer was last told that the words went on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from handlers.agencies import AnswerView
from handlers.questions.answers import MOST_CHOICES
from handlers.questions.decide import CLARIFY
from handlers.questions.search import Hit
from handlers.turn import Turn
from models.question import Question
from thai.text import fold_command

FRESH = timedelta(minutes=30)  # how long "คุยกับเจ้าหน้าที่" and "1" still mean the question asked last
KEPT_ASKED = 5


def fresh_last(turn: Turn) -> dict[str, Any] | None:
    """What was asked last, while it may still be meant."""
    last: dict[str, Any] | None = turn.state.get("last")
    return last if last and is_fresh(turn, last["at"]) else None


def remember(turn: Turn, question_id: int, ranking: Sequence[Hit], answered: AnswerView | None = None) -> None:
    """What was asked last, the entry that was the answer (None: a choice is open), and what else it could be.

    An entry of the FAQ and its twin in the catalogue are one choice."""
    others: dict[str, str] = {fold_command(answered.question): answered.key} if answered else {}
    for hit in ranking:
        if hit.score >= CLARIFY:
            others.setdefault(fold_command(turn.agency.answers[hit.id].question), hit.id)
    keys = [key for key in others.values() if answered is None or key != answered.key]
    said = {"key": answered.key} if answered else {"open": True}
    turn.state["last"] = {"q": question_id, "at": ms(turn.now), "keys": keys[:MOST_CHOICES], **said}


def asked(turn: Turn, question_id: int) -> None:
    """This turn is about this question; if the person unsends the message, its text goes."""
    turn.subject = f"question:{question_id}"
    if turn.message_id:
        turn.state["asked"] = [*turn.state.get("asked", ()), [question_id, turn.message_id]][-KEPT_ASKED:]


def own(turn: Turn, question_id: int | None) -> Question | None:
    """The question, if this person asked it."""
    if question_id is None:
        return None
    return turn.session.scalars(
        select(Question).where(Question.id == question_id, Question.conversation_id == turn.talk.id)
    ).first()


def is_fresh(turn: Turn, since: int, within: timedelta = FRESH) -> bool:
    """`since` in ms."""
    return ms(turn.now) - since < within.total_seconds() * 1000


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
