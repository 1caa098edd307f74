"""Consent to the privacy notice, given in chat: asked once for each version of the notice (R15)."""

from __future__ import annotations

from handlers import audit
from handlers.forms import Answers, Field, FieldError, Given
from handlers.messages import Choice
from handlers.turn import Turn
from models.conversation import Consent

FIELD = "consent"  # what the field of handlers.forms.ConsentField is called in every form


def known(turn: Turn, answers: Answers) -> bool:
    """True when this person need not be asked: agreed to this version before, or there is no notice."""
    notice = turn.agency.notice_version
    return answers.get(FIELD) is None and (not notice or turn.talk.consent_version == notice)


def note(turn: Turn, field: Field, given: Given) -> None:
    """Keep the consent, if this is one."""
    try:
        version = field.read(given, turn.agency, turn.state["form"]["answers"])
    except FieldError:
        return
    turn.talk.consent_version = version
    turn.session.add(Consent(conversation_id=turn.talk.id, notice_version=version, at=turn.now))
    audit.record(turn.session, turn.actor, "consent_given", f"conversation:{turn.talk.id}", version=version)


def full_notice(turn: Turn) -> Choice:
    """The button to the whole notice."""
    return Choice("อ่านประกาศเต็ม", turn.agency.url("/privacy"), "link")
