"""What to do with a citizen's free text: answer, offer a choice, hand to a person, or a fixed reply."""

from dataclasses import dataclass
from typing import Literal

from handlers.questions.guard import classify
from handlers.questions.search import FaqIndex, Hit
from handlers.questions.terms import subject

Kind = Literal["answer", "clarify", "handoff", "smalltalk", "emergency", "integrity"]

# Chosen by hand, with a margin, from tables of the development phrasings (tests/handlers/questions/data/dev.tsv) for
# collections with several wordings and with one; benchmarks/faq_search.py says what they give on phrasings kept apart.
ANSWER = 0.58  # from here on, an entry that leads clearly is given as the answer
LEAD = 0.15  # how far it must lead the next
CLARIFY = 0.22  # from here on the best entries are offered
FOREIGN = 0.45  # the same for a question about what is rarely ours (ราคาทอง, ดูดวง)


@dataclass(frozen=True, slots=True)
class Decision:
    """`topic` is a key of the fixed replies (packs/replies.py), "" when there is none; `ranking` best first."""

    kind: Kind
    topic: str = ""
    ranking: tuple[Hit, ...] = ()


def decide(text: str, index: FaqIndex) -> Decision:
    """Decide on `text`; what the guard recognises is not searched for."""
    guard = classify(text)
    if guard is not None:
        match guard.kind:
            case "emergency" | "crisis":
                return Decision("emergency", guard.topic)
            case "integrity":
                return Decision("integrity")
        return Decision("smalltalk", guard.topic)
    ranking = tuple(index.rank(text, 5))
    return Decision(_band(ranking, subject(text)), ranking=ranking)


def _band(ranking: tuple[Hit, ...], about: str) -> Literal["answer", "clarify", "handoff"]:
    best = ranking[0].score if ranking else 0.0
    first, second = [*(hit.strength for hit in ranking[:2]), 0.0, 0.0][:2]
    if best < (FOREIGN if about == "elsewhere" else CLARIFY):
        return "handoff"
    if about and best >= ANSWER and first - second >= LEAD:  # "ใช้เอกสารอะไรบ้าง" alone may be about anything
        return "answer"
    return "clarify"
