"""The starter set, and how well a category is guessed from what people write."""

from __future__ import annotations

import csv
from pathlib import Path

from handlers.complaints.categories import short_label, suggest
from handlers.complaints.labels import CHANNEL_LABEL, STATUS_LABEL, SUB_STATUS_LABEL
from handlers.complaints.starter import STARTER
from handlers.people.agency_setup import UNITS
from models.case import CHANNELS, STATUSES, SUB_STATUSES

DATA = Path(__file__).parent / "data"


def accuracy(name: str, most: int) -> float:
    """The share of texts whose category is among the first `most` suggested."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    right = sum(row["category"] in [code for code, _ in suggest(row["text"], STARTER)][:most] for row in rows)
    return right / len(rows)


def test_the_suggestion_is_good_enough_on_what_it_was_tuned_on() -> None:
    assert accuracy("complaints.tsv", 1) >= 0.90
    assert accuracy("complaints.tsv", 3) >= 0.94


def test_it_is_as_good_on_texts_that_it_was_not_tuned_on() -> None:
    assert accuracy("heldout.tsv", 1) >= 0.90
    assert accuracy("heldout.tsv", 3) >= 0.95


def test_every_starter_has_a_unit_that_a_new_agency_has_and_a_label_for_a_button() -> None:
    for starter in STARTER:
        assert starter.unit in UNITS
        assert len(starter.short) <= 20
        assert short_label(starter.code, starter.label) == starter.short
    assert short_label("road", "ถนนของเรา") == "ถนนของเรา"  # renamed by the agency
    assert [s.code for s in STARTER if s.conduct] == ["conduct"]


def test_every_state_has_words() -> None:
    assert set(STATUS_LABEL) == set(STATUSES)
    assert set(SUB_STATUS_LABEL) == set(SUB_STATUSES)
    assert set(CHANNEL_LABEL) == set(CHANNELS)
