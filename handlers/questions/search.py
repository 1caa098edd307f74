"""Search an agency's questions and answers by short, sloppy Thai, with a score that means the same everywhere."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest
from math import log
from operator import itemgetter

from handlers.questions.terms import CHANNELS, add_terms, query_terms, readable

_WEIGHT = {"w": 0.12, "c": 0.27, "g": 0.28, "r": 0.33}  # shares of the channels in a score
_K1 = 0.9  # how soon more of a term stops counting
_B = 0.4  # how much long entries are held back
_ANSWER = 0.3  # a term in the answer counts this much of one in the question
_ARTICLE = 300  # letters; a longer answer is a text that people look for by its own words
_MOST_POSTINGS = 5_000  # rare terms name the candidates; common ones only order them in large collections
_CANDIDATES = 60
_CANONICAL = 0.7  # how far scores reach where entries have one wording, against several
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
    """An entry with how much of the query it covers, 0 to 1. `strength` is the same without the ceiling: of two entries
    that cover all of it, the one whose own words it is stands higher."""

    id: str
    score: float
    strength: float = 0.0


@dataclass(slots=True)
class _Posting:
    """The entries that hold a term, ascending, and how much each holds."""

    entries: array[int]
    amounts: array[float]
    rarity: float = 0.0

    def amount(self, number: int) -> float:
        at = bisect_left(self.entries, number)
        return self.amounts[at] if at < len(self.entries) and self.entries[at] == number else 0.0


class FaqIndex:
    """Entries ready to be searched. Not changed after it is built: safe to share by threads."""

    def __init__(self, ids: list[str], postings: dict[str, _Posting], reworded: int) -> None:
        self._ids = ids
        self._postings = postings
        # What people type covers less of an entry that nobody has reworded yet: the same score means more there.
        self._scale = 1 / (_CANONICAL + (1 - _CANONICAL) * reworded / max(len(ids), 1))
        self._rarest = _rarity(0, len(ids))

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> FaqIndex:
        """Index `entries`; ids must differ."""
        ids: list[str] = []
        postings: dict[str, _Posting] = {}
        reworded = 0
        lengths: dict[str, list[float]] = {channel: [] for channel in CHANNELS}
        for number, entry in enumerate(entries):
            ids.append(entry.id)
            reworded += any(entry.alternatives)
            total = dict.fromkeys(CHANNELS, 0.0)
            for term, weight in _entry_terms(entry).items():
                total[term[0]] += weight
                posting = postings.get(term)
                if posting is None:
                    postings[term] = _Posting(array("I", (number,)), array("f", (weight,)))
                else:
                    posting.entries.append(number)
                    posting.amounts.append(weight)
            for channel, length in total.items():
                lengths[channel].append(length)
        held = {}
        for channel, all_ in lengths.items():
            usual = sum(all_) / max(len(all_), 1) or 1.0
            held[channel] = [_K1 * (1 - _B + _B * length / usual) for length in all_]
        for term, posting in postings.items():
            hold = held[term[0]]
            posting.rarity = _rarity(len(posting.entries), len(ids))
            posting.amounts = array(
                "f",
                [
                    amount * (_K1 + 1) / (amount + hold[number])
                    for number, amount in zip(posting.entries, posting.amounts, strict=True)
                ],
            )
        return cls(ids, postings, reworded)

    def __len__(self) -> int:
        return len(self._ids)

    def rank(self, query: str, most: int = 5) -> list[Hit]:
        """Return the best `most` entries for what a person typed, best first; entries with nothing in common not."""
        wanted = query_terms(query)
        best = dict.fromkeys(CHANNELS, 0.0)
        found: list[tuple[_Posting, str, float]] = []
        for term, weight in wanted.items():
            posting = self._postings.get(term)
            worth = weight * (posting.rarity if posting else self._rarest)
            best[term[0]] += worth
            if posting:
                found.append((posting, term[0], worth))
        asked = sum(_WEIGHT[channel] for channel in CHANNELS if best[channel]) or 1.0
        share = {channel: _WEIGHT[channel] / asked / (best[channel] or 1.0) for channel in CHANNELS}
        found.sort(key=lambda item: len(item[0].entries))
        scores: dict[int, float] = {}
        looked_at = 0
        for done, (posting, channel, worth) in enumerate(found):
            looked_at += len(posting.entries)
            if looked_at > _MOST_POSTINGS and done:
                _refine(scores, [(posting, share[channel] * worth) for posting, channel, worth in found[done:]], most)
                break
            scale = share[channel] * worth
            for number, amount in zip(posting.entries, posting.amounts, strict=True):
                scores[number] = scores.get(number, 0.0) + scale * amount
        top = nlargest(most, scores.items(), key=lambda item: (item[1], -item[0]))
        return [
            Hit(self._ids[number], min(1.0, strength), strength)
            for number, strength in ((number, score * self._scale) for number, score in top)
        ]


def _refine(scores: dict[int, float], common: list[tuple[_Posting, float]], most: int) -> None:
    """Keep only the leading entries of `scores` and add what the `common` terms are worth to each of them."""
    leading = nlargest(_CANDIDATES + most, scores.items(), key=itemgetter(1))
    scores.clear()
    for number, score in leading:
        scores[number] = score + sum(scale * posting.amount(number) for posting, scale in common)


def _rarity(holding: int, entries: int) -> float:
    size = max(entries, _FEWEST)
    return log(1 + (size - holding + 0.5) / (holding + 0.5))


def _entry_terms(entry: Entry) -> dict[str, float]:
    weights: dict[str, float] = {}
    for text in (entry.question, *entry.alternatives):
        add_terms(weights, readable(text))
    add_terms(weights, readable(entry.answer), _ANSWER, letters=len(entry.answer) > _ARTICLE)
    return weights
