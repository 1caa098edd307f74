"""Who hears of a duty: those responsible, whoever checks what was sent in, and those above them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from handlers.duties.reminders import CLERK, HEAD, OWNER
from models.agency import Staff
from models.conversation import Conversation
from models.duty import Duty


@dataclass(frozen=True, slots=True)
class Hearers:
    """The active staff of one agency, and through which conversation each can be reached on LINE (by staff id)."""

    staff: dict[int, Staff]
    talks: dict[int, int]

    def of(self, duty: Duty, level: int) -> list[Staff]:
        """Who hears of the duty at this level of the ladder. Somebody always does, while anybody is active."""
        if level == OWNER:
            return self._checkers(duty) if duty.status == "submitted" else self._responsible(duty)
        if level == HEAD:
            return self._heads(duty)
        if level == CLERK:
            return self._clerks()
        return self._with(lambda person: person.role == "mayor") or self._clerks()

    def via(self, person: Staff, sends_mail: bool) -> str:
        """ "line", "email", or "console" for whoever has neither."""
        if person.id in self.talks:
            return "line"
        return "email" if sends_mail and person.email else "console"

    def _responsible(self, duty: Duty) -> list[Staff]:
        owner = self.staff.get(duty.owner_id) if duty.owner_id is not None else None
        return [owner] if owner is not None else self._heads(duty)

    def _checkers(self, duty: Duty) -> list[Staff]:
        """A second person closes a duty (R47): not who sent it in."""
        for people in (self._heads(duty), self._clerks()):
            others = [person for person in people if person.id != duty.submitted_by_id]
            if others:
                return others
        return self._clerks()

    def _heads(self, duty: Duty) -> list[Staff]:
        heads = self._with(lambda person: person.role == "head" and person.unit_id == duty.unit_id)
        return heads if heads and duty.unit_id is not None else self._clerks()

    def _clerks(self) -> list[Staff]:
        """ปลัด; where none is known, the admins."""
        return self._with(lambda person: person.role == "clerk") or self._with(lambda person: person.role == "admin")

    def _with(self, fits: Callable[[Staff], bool]) -> list[Staff]:
        return [person for person in self.staff.values() if fits(person)]


def load(session: Session) -> Hearers:
    """Everybody of the agency to which `session` is scoped. Whoever blocked us on LINE is not reached there."""
    talk = and_(
        Conversation.agency_id == Staff.agency_id,
        Conversation.line_user_id == Staff.line_user_id,
        Conversation.reachable,
    )
    rows = session.execute(
        select(Staff, Conversation.id).outerjoin(Conversation, talk).where(Staff.active).order_by(Staff.id)
    ).all()
    return Hearers({person.id: person for person, _ in rows}, {person.id: talk for person, talk in rows if talk})
