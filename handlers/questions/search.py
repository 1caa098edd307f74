"""Search an agency's questions and answers by short, sloppy Thai, with a score that means the same everywhere."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest
from math import log

from handlers.questions.terms import CHANNELS, query_terms, readable, terms

_WEIGHT = {"w": 0.15, "c": 0.3, "g": 0.3, "r": 0.25}  # shares of the channels in a score
_K1 = 0.9  # how soon more of a term stops counting
_B = 0.4  # how much long entries are held back
_ANSWER = 0.3  # a term in the answer counts this much of one in the question
_FEWEST = 60  # smaller collections weigh terms as one of this size would


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be found: a question as the agency words it, as people word it, and its answer."""

    id: str
    question: str
    alternatives: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry with how much of the query it covers, 0 to 1."""

    id: str
    score: float


class FaqIndex:
    """Entries ready to be searched. Immutable, safe to share by threads."""

    def __init__(self, ids: list[str], postings: dict[str, tuple[array[int], array[float]]], rarity: dict[str, float]):
        self._ids = ids
        self._postings = postings
        self._rarity = rarity
        self._rarest = _rarity(0, len(ids))

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> FaqIndex:
        """Index `entries`; ids must differ."""
        ids: list[str] = []
        found: dict[str, tuple[array[int], array[float]]] = {}
        lengths: dict[str, list[float]] = {channel: [] for channel in CHANNELS}
        for number, entry in enumerate(entries):
            ids.append(entry.id)
            weights = _entry_terms(entry)
            total = dict.fromkeys(CHANNELS, 0.0)
            for term, weight in weights.items():
                total[term[0]] += weight
                documents, amounts = found.setdefault(term, (array("I"), array("f")))
                documents.append(number)
                amounts.append(weight)
            for channel in CHANNELS:
                lengths[channel].append(total[channel])
        rarity: dict[str, float] = {}
        usual = {channel: (sum(all_) / len(all_) if all_ else 1.0) or 1.0 for channel, all_ in lengths.items()}
        held = {c: [_K1 * (1 - _B + _B * length / usual[c]) for length in lengths[c]] for c in CHANNELS}
        for term, (documents, amounts) in found.items():
            rarity[term] = _rarity(len(documents), len(ids))
            hold = held[term[0]]
            for at, number in enumerate(documents):
                amounts[at] = amounts[at] * (_K1 + 1) / (amounts[at] + hold[number])
        return cls(ids, found, rarity)

    def __len__(self) -> int:
        return len(self._ids)

    def rank(self, query: str, most: int = 5) -> list[Hit]:
        """Return the best `most` entries for what a person typed, best first; entries with nothing in common not."""
        wanted = query_terms(query)
        best = dict.fromkeys(CHANNELS, 0.0)
        for term, weight in wanted.items():
            best[term[0]] += weight * self._rarity.get(term, self._rarest)
        asked = sum(_WEIGHT[channel] for channel in CHANNELS if best[channel])
        scores: dict[int, float] = {}
        for term, weight in wanted.items():
            posting = self._postings.get(term)
            if posting is None or not best[term[0]]:
                continue
            channel = term[0]
            scale = _WEIGHT[channel] / asked / best[channel] * weight * self._rarity[term]
            for number, amount in zip(*posting, strict=True):
                scores[number] = scores.get(number, 0.0) + scale * amount
        top = nlargest(most, scores.items(), key=lambda item: (item[1], -item[0]))
        return [Hit(self._ids[number], min(1.0, score)) for number, score in top]


def _rarity(holding: int, entries: int) -> float:
    size = max(entries, _FEWEST)
    return log(1 + (size - holding + 0.5) / (holding + 0.5))


def _entry_terms(entry: Entry) -> dict[str, float]:
    weights = terms(readable(entry.question))
    for alternative in entry.alternatives:
        for term, weight in terms(readable(alternative)).items():
            weights[term] = weights.get(term, 0.0) + weight
    for term, weight in terms(readable(entry.answer), letters=False).items():
        weights[term] = weights.get(term, 0.0) + weight * _ANSWER
    return weights
