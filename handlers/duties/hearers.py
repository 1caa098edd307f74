"""Who hears of a duty: those responsible, whoever checks what was sent in, and those above them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from handlers.duties.reminders import CLERK, HEAD, OWNER
from models.agency import Staff
from models.conversation import Conversation
from models.duty import Duty


class Person(NamedTuple):
    """One of the active staff, as far as reminders know them. `talk`: the conversation in which LINE reaches them."""

    id: int
    name: str
    role: str
    unit_id: int | None
    email: str
    talk: int | None


@dataclass(frozen=True, slots=True)
class Hearers:
    """The active staff of one agency, by id."""

    staff: dict[int, Person] = field(default_factory=dict)

    def of(self, duty: Duty, level: int) -> list[Person]:
        """Who hears of the duty at this level of the ladder. Somebody always does, while anybody is active."""
        if level == OWNER:
            return self._checkers(duty) if duty.status == "submitted" else self._responsible(duty)
        if level == HEAD:
            return self._heads(duty)
        if level == CLERK:
            return self._clerks()
        return self._with(lambda person: person.role == "mayor") or self._clerks()

    def _responsible(self, duty: Duty) -> list[Person]:
        owner = self.staff.get(duty.owner_id) if duty.owner_id is not None else None
        return [owner] if owner is not None else self._heads(duty)

    def _checkers(self, duty: Duty) -> list[Person]:
        """A second person closes a duty (R47): not who sent it in."""
        for people in (self._heads(duty), self._clerks()):
            others = [person for person in people if person.id != duty.submitted_by_id]
            if others:
                return others
        return self._clerks()

    def _heads(self, duty: Duty) -> list[Person]:
        heads = self._with(lambda person: person.role == "head" and person.unit_id == duty.unit_id)
        return heads if heads and duty.unit_id is not None else self._clerks()

    def _clerks(self) -> list[Person]:
        """ปลัด; where none is known, the admins."""
        return self._with(lambda person: person.role == "clerk") or self._with(lambda person: person.role == "admin")

    def _with(self, fits: Callable[[Person], bool]) -> list[Person]:
        return [person for person in self.staff.values() if fits(person)]


def load(session: Session, agency_ids: Collection[int]) -> dict[int, Hearers]:
    """Everybody of these agencies, by agency. Whoever blocked us on LINE is not reached there."""
    talk = and_(
        Conversation.agency_id == Staff.agency_id,
        Conversation.line_user_id == Staff.line_user_id,
        Conversation.reachable,
    )
    found: dict[int, Hearers] = defaultdict(Hearers)
    people = (
        select(Staff.agency_id, Staff.id, Staff.name, Staff.role, Staff.unit_id, Staff.email, Conversation.id)
        .outerjoin(Conversation, talk)
        .where(Staff.agency_id.in_(agency_ids), Staff.active)
        .order_by(Staff.id)
    )
    for agency_id, staff_id, name, role, unit_id, email, conversation_id in session.execute(people):
        found[agency_id].staff[staff_id] = Person(staff_id, name, role, unit_id, email, conversation_id)
    return found
