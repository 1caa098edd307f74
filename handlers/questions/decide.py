"""What to do with a citizen's free text: answer, offer a choice, hand to a person, or a fixed reply."""

from dataclasses import dataclass
from typing import Literal

from handlers.questions.guard import classify
from handlers.questions.search import FaqIndex, Hit

Kind = Literal["answer", "clarify", "handoff", "smalltalk", "emergency", "integrity"]

# Found by cross-validation on the development set (tests/handlers/questions/data/dev.tsv).
ANSWER = 0.60  # from here on, an entry that leads clearly is given as the answer
LEAD = 0.10  # how far it must lead
SURE = 0.85  # from here on without a lead
CLARIFY = 0.30  # from here on the best entries are offered


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
    return Decision(_band(ranking), ranking=ranking)


def _band(ranking: tuple[Hit, ...]) -> Literal["answer", "clarify", "handoff"]:
    if not ranking or ranking[0].score < CLARIFY:
        return "handoff"
    best = ranking[0].score
    lead = best - ranking[1].score if len(ranking) > 1 else best
    return "answer" if best >= SURE or (best >= ANSWER and lead >= LEAD) else "clarify"
