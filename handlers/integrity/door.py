"""What the chat may do at the integrity desk. The desk is another house: the composition brings the real door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Gone(LookupError):
    """The draft was submitted, cancelled or thrown away for its age."""


class Refused(ValueError):
    """It cannot be done. The words are Thai, for the person, and hold nothing of what they wrote."""


class SealedDoor(Protocol):
    """What is put in here can only be read by the officers chosen at `begin`; nobody can take it out in the chat.

    `code`: the agency's code in addresses. `draft`: a random id. Everything but chat_open raises Refused."""

    def chat_open(self, code: str) -> bool:
        """Does the agency take reports, and in the chat too?"""

    def officers(self, code: str) -> Sequence[tuple[int, str]]:
        """Who reads reports: (id, name and position)."""

    def questions(self) -> Sequence[tuple[str, str, bool]]:
        """What is asked, in order: (key, the words, must it be answered)."""

    def begin(self, code: str, readers: set[int]) -> str:
        """A new draft, for ever closed to all officers but those with the ids `readers`."""

    def put(self, draft: str, step: str, text: str) -> None:
        """Seal the answer to the question `step`, instead of an earlier one. Raises Gone."""

    def answered(self, draft: str) -> set[str]:
        """The keys of the questions that have an answer. Raises Gone."""

    def submit(self, code: str, draft: str) -> str:
        """Hand it in; the address, good once and for an hour, where the browser shows the receipt. Raises Gone."""

    def cancel(self, draft: str) -> None:
        """Delete the draft and all its answers; nothing happens to one that is gone."""
