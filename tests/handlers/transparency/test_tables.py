"""Figures for everybody: they add up, and nobody can be found in them by looking or by subtracting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.transparency.parts import FEWEST, OTHERS, put_together

COUNTED = st.lists(st.integers(1, 12), max_size=12).map(
    lambda counts: [(f"ประเภท {at}", count, count // 2) for at, count in enumerate(counts)]
)


@given(COUNTED)
def test_small_ones_are_never_shown_nor_given_away(counted: list[tuple[str, int, int]]) -> None:
    shown = put_together(counted)
    assert all(count >= FEWEST for _, count, _ in shown)
    names = {label for label, _, _ in shown}
    hidden = [count for label, count, _ in counted if label not in names]
    assert not shown or len(hidden) != 1, "the total less the rest would be the one that is kept back"
    if shown:
        assert sum(row[1] for row in shown) == sum(row[1] for row in counted)
        assert sum(row[2] for row in shown) == sum(row[2] for row in counted)
    else:
        assert sum(row[1] for row in counted) < FEWEST
    assert (OTHERS in names) == bool(hidden and shown)


def test_large_ones_stay_as_they_are() -> None:
    rows = [("ไฟ", 5, 2), ("ถนน", 3, 3)]
    assert put_together(rows) == rows
    assert put_together([*rows, ("น้ำ", 1, 0)]) == [("ไฟ", 5, 2), (OTHERS, 4, 3)]
