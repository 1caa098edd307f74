"""Question search: speed by number of entries, and quality on the development and the held-out phrasings.

    python benchmarks/faq_search.py            prints one JSON object
    python benchmarks/faq_search.py --quick    10,000 entries left out

Entries beyond the starter pack are made from its own words, so that their terms are as common as real ones.
Held-out phrasings are only ever counted here: nobody tunes on them.
"""

import argparse
import csv
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from handlers.questions.decide import Decision, decide  # noqa: E402
from handlers.questions.search import Entry, FaqIndex  # noqa: E402

PACK = ROOT / "handlers/questions/packs/faq.csv"
DATA = ROOT / "tests/handlers/questions/data"
FIXED = {"smalltalk", "emergency", "integrity"}


def pack(*, alternatives: bool = True) -> list[Entry]:
    """The starter pack's entries, or their canonical questions and answers only."""
    with PACK.open(encoding="utf-8", newline="") as file:
        return [
            Entry(
                row["id"], row["question"], tuple(row["alternatives"].split("|")) if alternatives else (), row["answer"]
            )
            for row in csv.DictReader(file)
        ]


def phrasings(name: str) -> list[tuple[str, str]]:
    """(query, expected) of dev or heldout."""
    lines = (DATA / f"{name}.tsv").read_text("utf-8").splitlines()[1:]
    return [(query, expected) for query, expected in (line.split("\t") for line in lines)]


def synthetic(count: int, seed: int = 7) -> Iterator[Entry]:
    """`count` entries: the pack's own, then mixtures of its phrases."""
    known = pack()
    yield from known[:count]
    chance = random.Random(seed)
    phrases = [phrase for entry in known for phrase in (entry.question, *entry.alternatives)]
    pieces = [piece for phrase in phrases for piece in phrase.split() if len(piece) > 3]
    lines = [line for entry in known for line in entry.answer.split("\n")]
    for number in range(len(known), count):
        yield Entry(
            f"made-{number}",
            " ".join(chance.sample(pieces, 2)),
            tuple("".join(chance.sample(pieces, 2)) for _ in range(chance.randrange(5))),
            "\n".join(chance.sample(lines, 3)),
        )


def speed(count: int, queries: list[str]) -> dict[str, float]:
    """Milliseconds of one search, the query's analysis included, and of building the index."""
    entries = list(synthetic(count))
    start = time.perf_counter()
    index = FaqIndex.build(entries)
    built = time.perf_counter() - start
    index.rank(queries[0])
    took = []
    for query in queries:
        start = time.perf_counter()
        index.rank(query)
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    return {
        "p50_ms": round(statistics.median(took), 2),
        "p99_ms": round(took[int(len(took) * 0.99)], 2),
        "build_ms": round(built * 1000, 1),
    }


def auroc(inside: list[float], outside: list[float]) -> float:
    """How often a question that has an answer scores above one that has none."""
    wins = sum((a > b) + (a == b) / 2 for a in inside for b in outside)
    return wins / (len(inside) * len(outside))


def quality(index: FaqIndex, asked: list[tuple[str, str]]) -> dict[str, float]:
    """Shares, of the queries they concern; the guard is included as in real use."""
    inside: list[tuple[str, Decision]] = []
    outside: list[Decision] = []
    fixed = right_fixed = 0
    for query, expected in asked:
        decision = decide(query, index)
        if expected in FIXED:
            fixed += 1
            right_fixed += decision.kind == expected
        elif expected == "handoff":
            outside.append(decision)
        else:
            inside.append((expected, decision))

    def place(expected: str, decision: Decision) -> int:
        return next((n for n, hit in enumerate(decision.ranking) if hit.id == expected), 99)

    def top(decision: Decision) -> float:
        return decision.ranking[0].score if decision.ranking else 0.0

    answered = [(expected, decision) for expected, decision in inside if decision.kind == "answer"]
    offered = [(expected, decision) for expected, decision in inside if decision.kind == "clarify"]
    right = sum(not place(*pair) for pair in answered)
    return {
        "top1": round(sum(place(*pair) == 0 for pair in inside) / len(inside), 3),
        "top3": round(sum(place(*pair) < 3 for pair in inside) / len(inside), 3),
        "auroc": round(auroc([top(d) for _, d in inside], [top(d) for d in outside]), 3),
        "answer_precision": round(right / max(len(answered), 1), 3),
        "answer_coverage": round(len(answered) / len(inside), 3),
        "right_direct_or_offered": round((right + sum(place(*pair) < 3 for pair in offered)) / len(inside), 3),
        "wrong_direct_out_of_scope": round(sum(d.kind == "answer" for d in outside) / len(outside), 3),
        "fixed_replies_right": round(right_fixed / max(fixed, 1), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    queries = [query for query, _ in phrasings("dev")]
    report: dict[str, object] = {}
    for count in (100, 1_000) if arguments.quick else (100, 1_000, 10_000):
        figures = speed(count, queries)
        report[f"entries_{count}"] = figures
        if count == 10_000:
            report["faq_p99_ms_10k"] = figures["p99_ms"]
    for name, index in (
        ("pack", FaqIndex.build(pack())),
        ("canonical_only", FaqIndex.build(pack(alternatives=False))),
    ):
        report[name] = {part: quality(index, phrasings(part)) for part in ("dev", "heldout")}
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
