"""ITA scores: the sums from the ten indicators, wrong typed sums, the level of each year."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from handlers.measures import scores
from models.agency import Agency
from models.audit import AuditEntry
from models.db import Database
from models.measure import ItaScore

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
# A published memo of fiscal year 2566: its EIT is indicator 1, copied by mistake.
PUBLISHED = dict(
    zip(
        scores.INDICATORS,
        map(Decimal, "91.59 80.48 85.64 77.01 76.47 87.70 84.67 91.27 100.00 100.00".split()),
        strict=True,
    )
)
TYPED = {"iit": Decimal("82.24"), "eit": Decimal("91.59"), "oit": Decimal("100"), "total": Decimal("91.04")}

SCORES = st.decimals(0, 100, places=2)


def every(score: str) -> dict[str, Decimal]:
    return dict.fromkeys(scores.INDICATORS, Decimal(score))


def test_the_published_memo_is_recomputed_and_its_wrong_eit_flagged() -> None:
    result = scores.grade(PUBLISHED | TYPED, 2566)
    assert (result.iit, result.eit, result.oit, result.total) == tuple(
        map(Decimal, ("82.24", "87.88", "100.00", "91.04"))
    )
    assert str(result.oit) == "100.00"
    assert result.level == "ผ่าน"
    assert result.rule_confirmed
    assert [(flag.what, flag.typed, flag.computed, flag.same_as) for flag in result.flags] == [
        ("eit", Decimal("91.59"), Decimal("87.88"), (1,))
    ]
    assert "ตัวชี้วัดที่ 1" in str(result.flags[0])
    assert result.missing == ()


def test_typed_sums_never_change_what_is_computed() -> None:
    with_typed, without = scores.grade(PUBLISHED | TYPED, 2566), scores.grade(PUBLISHED, 2566)
    assert [with_typed.sum_of(what) for what in scores.SUMS] == [without.sum_of(what) for what in scores.SUMS]
    assert without.flags == ()


def test_nothing_is_summed_up_while_an_indicator_is_missing() -> None:
    result = scores.grade({no: score for no, score in PUBLISHED.items() if no != "7"} | TYPED, 2566)
    assert (result.iit, result.eit, result.total, result.level) == (Decimal("82.24"), None, None, "")
    assert result.missing == (7,)
    assert result.flags == ()  # nothing to compare the typed EIT with


@pytest.mark.parametrize(
    ("fiscal_year", "given", "level"),
    [
        (2566, every("95"), "ผ่านดีเยี่ยม"),
        (2566, every("94.99"), "ผ่านดี"),
        (2566, every("100") | dict.fromkeys("678", Decimal("94.99")), "ผ่านดี"),
        (2566, every("85"), "ผ่านดี"),
        (2566, every("100") | dict.fromkeys("678", Decimal("84.99")), "ผ่าน"),
        (2566, every("84.99"), "ต้องปรับปรุง"),
        (2566, every("70"), "ต้องปรับปรุง"),
        (2566, every("69.99"), "ต้องปรับปรุงโดยด่วน"),
        (2566, every("0"), "ต้องปรับปรุงโดยด่วน"),
        (2565, every("95"), "AA"),
        (2565, every("84.99"), "B"),
        (2565, every("49.99"), "F"),
        (2550, every("90"), "A"),
    ],
)
def test_the_level_is_named_by_the_rule_of_the_year(fiscal_year: int, given: dict[str, Decimal], level: str) -> None:
    assert scores.grade(given, fiscal_year).level == level


def test_a_rule_that_is_only_carried_on_says_so() -> None:
    assert scores.grade(PUBLISHED, 2567).rule_confirmed
    assert not scores.grade(PUBLISHED, 2570).rule_confirmed
    assert scores.grade(PUBLISHED, 2570).level == "ผ่าน"


def test_halves_are_rounded_up_from_what_is_not_rounded() -> None:
    # IIT 82.005 exactly; EIT's third is periodic, and its share of the total is exact all the same.
    given = every("82") | {"5": Decimal("82.025")} | {"6": Decimal("82.05")}
    result = scores.grade(given, 2566)
    assert result.iit == Decimal("82.01")
    assert result.total == Decimal("82.01")  # 0.3 * 82.005 + 0.3 * 82.016... + 0.4 * 82 = 82.0065


@given(st.lists(SCORES, min_size=10, max_size=10))
def test_the_sums_are_weighted_means_and_lie_between_the_lowest_and_the_highest(given: list[Decimal]) -> None:
    result = scores.grade(dict(zip(scores.INDICATORS, given, strict=True)), 2566)
    assert result.total is not None
    assert min(given) <= result.total <= max(given)
    exact = (
        sum(map(Fraction, given[:5])) * Fraction(30, 500)
        + sum(map(Fraction, given[5:8])) * Fraction(30, 300)
        + sum(map(Fraction, given[8:])) * Fraction(40, 200)
    )
    assert -Fraction(1, 200) <= exact - Fraction(result.total) < Fraction(1, 200)
    assert result.level


def test_weights_make_a_hundred_in_every_year() -> None:
    for fiscal_year in range(2560, 2580):
        assert sum(scores.weights(fiscal_year).values()) == 100


def test_weak_indicators_are_those_below_the_mark_and_the_lowest_of_each_instrument() -> None:
    weak = scores.weak_indicators(PUBLISHED, 2566)
    assert [(one.indicator, one.below) for one in weak] == [(5, True), (4, True), (2, True), (7, True)]
    full = every("100") | {"9": Decimal("99")}
    assert [(one.indicator, one.below) for one in scores.weak_indicators(full, 2566)] == [(9, False)]


def test_scores_are_read_as_people_type_them() -> None:
    for text in ("91.59", "๙๑.๕๙", " 91,59 ", "91.59 คะแนน", "91.59%"):
        assert scores.read_score("1", text) == Decimal("91.59")
    assert str(scores.read_score("9", "100")) == "100.00"
    for text in ("", "เก้าสิบ", "NaN", "-1", "100.01", "91.595", "1e3"):
        with pytest.raises(scores.ScoreError, match=r"[ก-๙]"):
            scores.read_score("1", text)


@pytest.fixture
def agency(database: Database) -> int:
    with database.write() as session:
        agency = Agency(code="demo", name="อบต.ทดลอง", short_name="อบต.ทดลอง")
        session.add(agency)
        session.flush()
        return agency.id


def test_scores_are_kept_by_year_changed_and_taken_out(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        assert scores.save(session, 2566, PUBLISHED | TYPED, "cli", NOW) == 14
        assert scores.save(session, 2565, {"1": Decimal("80.00")}, "cli", NOW) == 1
    with database.write(agency) as session:
        assert scores.load(session, 2566) == PUBLISHED | TYPED
        assert scores.years(session) == [2566, 2565]
        assert scores.save(session, 2566, PUBLISHED | TYPED, "cli", NOW) == 0
        assert scores.save(session, 2566, PUBLISHED | {"1": Decimal("90.00")}, "cli", NOW) == 5
    with database.read(agency) as session:
        assert scores.load(session, 2566) == PUBLISHED | {"1": Decimal("90.00")}
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 3


def test_what_is_no_score_is_not_kept(database: Database, agency: int) -> None:
    with database.write(agency) as session:
        for fiscal_year, what in ((2566, "11"), (2023, "1")):
            with pytest.raises(scores.ScoreError, match=r"[ก-๙]"):
                scores.save(session, fiscal_year, {what: Decimal(1)}, "cli", NOW)
        assert session.scalars(select(ItaScore)).all() == []
