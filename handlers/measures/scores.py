"""The ITA scores of a year: what the ten indicators give, whether typed sums agree, and the level's name.

The rule of each year (weights, marks, names) is data: packs/scoring.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from models.measure import ItaScore
from thai.digits import to_arabic

INDICATORS = tuple(str(no) for no in range(1, 11))
SUMS = ("iit", "eit", "oit", "total")
WHAT = (*INDICATORS, *SUMS)
SUM_LABELS = {"iit": "IIT", "eit": "EIT", "oit": "OIT", "total": "คะแนนรวม"}


class ScoreError(ValueError):
    """A score that cannot be one; the message is Thai, for staff. `what`: which."""

    def __init__(self, what: str, message: str) -> None:
        super().__init__(message)
        self.what = what


@dataclass(frozen=True, slots=True)
class Flag:
    """A typed sum that does not agree with the indicators. `same_as`: indicators that have just the typed score."""

    what: str
    typed: Decimal
    computed: Decimal
    same_as: tuple[int, ...]

    def __str__(self) -> str:
        words = f"{SUM_LABELS[self.what]} ที่กรอก {self.typed} ไม่ตรงกับที่คำนวณได้ {self.computed}"
        if self.same_as:
            numbers = ", ".join(str(no) for no in self.same_as)
            words += f" (ตรงกับคะแนนตัวชี้วัดที่ {numbers} อาจคัดลอกผิดช่อง)"
        return words


@dataclass(frozen=True, slots=True)
class Result:
    """Sums to two decimals, rounded half up from unrounded means; None while an indicator is missing. `level` is ""
    until the total is known; `rule_confirmed` is False for a year whose rule is only carried on."""

    fiscal_year: int
    iit: Decimal | None
    eit: Decimal | None
    oit: Decimal | None
    total: Decimal | None
    level: str
    pass_mark: Decimal
    rule_confirmed: bool
    flags: tuple[Flag, ...] = ()
    missing: tuple[int, ...] = ()

    def sum_of(self, what: str) -> Decimal | None:
        """The computed sum named "iit", "eit", "oit" or "total"."""
        return {"iit": self.iit, "eit": self.eit, "oit": self.oit, "total": self.total}[what]


@dataclass(frozen=True, slots=True)
class Weak:
    """An indicator that wants a measure: `below` the pass mark, or the lowest of its instrument."""

    indicator: int
    name: str
    instrument: str
    score: Decimal
    below: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    first: int
    confirmed_to: int
    weights: Mapping[str, int]
    pass_mark: Decimal
    levels: tuple[Mapping[str, Any], ...] = field(repr=False)


@lru_cache(maxsize=1)
def _pack() -> dict[str, Any]:
    return tomllib.loads(files("handlers.measures").joinpath("packs/scoring.toml").read_text("utf-8"))


@lru_cache(maxsize=64)
def _rule(fiscal_year: int) -> _Rule:
    rules = [rule for rule in _pack()["rules"] if rule["first"] <= fiscal_year] or _pack()["rules"][:1]
    found = rules[-1]
    return _Rule(
        found["first"], found["confirmed_to"], found["weights"], Decimal(found["pass_mark"]), tuple(found["levels"])
    )


def indicator_names() -> dict[int, str]:
    """1-10 by their official names."""
    return {int(no): name for no, name in _pack()["indicators"].items()}


def instrument_of(indicator: int) -> str:
    """ "IIT", "EIT" or "OIT". Raises KeyError for a number that is no indicator."""
    for name, numbers in _pack()["instruments"].items():
        if indicator in numbers:
            return str(name).upper()
    raise KeyError(indicator)


def weights(fiscal_year: int) -> dict[str, int]:
    """Per cent of the total by instrument ("iit", "eit", "oit")."""
    return dict(_rule(fiscal_year).weights)


def pass_mark(fiscal_year: int) -> Decimal:
    return _rule(fiscal_year).pass_mark


def _two_decimals(exact: Fraction) -> Decimal:
    """Rounded half up; the score is not negative."""
    return Decimal((exact * 100 * 2 + 1) // 2).scaleb(-2)


def grade(scores: Mapping[str, Decimal], fiscal_year: int) -> Result:
    """What the indicators "1".."10" in `scores` give by the rule of `fiscal_year` (Buddhist); typed "iit", "eit",
    "oit", "total" are only compared, never used."""
    rule = _rule(fiscal_year)
    exact: dict[str, Fraction | None] = {}
    for name, numbers in _pack()["instruments"].items():
        found = [Fraction(scores[str(no)]) for no in numbers if str(no) in scores]
        exact[name] = sum(found, Fraction(0)) / len(numbers) if len(found) == len(numbers) else None
    parts = [(exact[name], weight) for name, weight in rule.weights.items()]
    known = [part * weight for part, weight in parts if part is not None]
    exact["total"] = sum(known, Fraction(0)) / 100 if len(known) == len(parts) else None
    sums = {name: None if value is None else _two_decimals(value) for name, value in exact.items()}
    return Result(
        fiscal_year=fiscal_year,
        iit=sums["iit"],
        eit=sums["eit"],
        oit=sums["oit"],
        total=sums["total"],
        level=_level(rule, sums),
        pass_mark=rule.pass_mark,
        rule_confirmed=fiscal_year <= rule.confirmed_to,
        flags=tuple(_flags(scores, sums)),
        missing=tuple(int(no) for no in INDICATORS if no not in scores),
    )


def _level(rule: _Rule, sums: Mapping[str, Decimal | None]) -> str:
    total, each = sums["total"], [sums[name] for name in rule.weights]
    if total is None:
        return ""
    lowest = min(score for score in each if score is not None)
    return next(
        str(level["label"]) for level in rule.levels if total >= level["total"] and lowest >= level.get("each", 0)
    )


def _flags(scores: Mapping[str, Decimal], sums: Mapping[str, Decimal | None]) -> list[Flag]:
    flags = []
    for what in SUMS:
        typed, computed = scores.get(what), sums[what]
        if typed is not None and computed is not None and typed != computed:
            same = tuple(int(no) for no in INDICATORS if scores.get(no) == typed)
            flags.append(Flag(what, typed, computed, same))
    return flags


def weak_indicators(scores: Mapping[str, Decimal], fiscal_year: int) -> list[Weak]:
    """Indicators below the pass mark and the lowest of each instrument (unless it is full), lowest first (R44)."""
    mark, names = pass_mark(fiscal_year), indicator_names()
    found = []
    for numbers in _pack()["instruments"].values():
        known = {no: scores[str(no)] for no in numbers if str(no) in scores}
        lowest = min(known.values(), default=None)
        found += [
            Weak(no, names[no], instrument_of(no), score, score < mark)
            for no, score in known.items()
            if score < mark or (score == lowest and score < 100)
        ]
    return sorted(found, key=lambda weak: (weak.score, weak.indicator))


def read_score(what: str, text: str) -> Decimal:
    """A score as typed: Thai digits, "91.59", "91,59", "100 คะแนน". Raises ScoreError."""
    plain = to_arabic(text).replace("คะแนน", "").replace("%", "").replace(",", ".").strip()
    try:
        score = Decimal(plain)
    except InvalidOperation:
        raise ScoreError(what, f"อ่านคะแนน “{text.strip()[:20]}” ไม่ได้ พิมพ์แบบ 91.59") from None
    if not score.is_finite() or not 0 <= score <= 100:
        raise ScoreError(what, "คะแนนต้องอยู่ระหว่าง 0 ถึง 100")
    if score != score.quantize(Decimal("0.01")):
        raise ScoreError(what, "คะแนนมีทศนิยมได้ไม่เกิน 2 ตำแหน่ง")
    return score.quantize(Decimal("0.01"))


def load(session: Session, fiscal_year: int) -> dict[str, Decimal]:
    """The scores of a fiscal year as they came in: "1".."10", and typed "iit", "eit", "oit", "total"."""
    rows = session.scalars(select(ItaScore).where(ItaScore.fiscal_year == fiscal_year))
    found = {row.what: Decimal(row.hundredths) / 100 for row in rows}
    return {what: found[what].quantize(Decimal("0.01")) for what in WHAT if what in found}


def years(session: Session) -> list[int]:
    """The fiscal years that have scores, newest first."""
    return list(session.scalars(select(ItaScore.fiscal_year).distinct().order_by(ItaScore.fiscal_year.desc())))


def save(session: Session, fiscal_year: int, scores: Mapping[str, Decimal], actor: str, now: datetime) -> int:
    """Make these the year's scores (what is not given goes); how many changed. Raises ScoreError."""
    for what in scores:
        if what not in WHAT:
            raise ScoreError(what, f"ไม่รู้จักตัวชี้วัด “{what}” ใช้ 1 ถึง 10 หรือ iit, eit, oit, total")
    if not 2500 <= fiscal_year < 2700:
        raise ScoreError("fiscal_year", "ปีงบประมาณต้องเป็นปี พ.ศ. เช่น 2569")
    rows = {row.what: row for row in session.scalars(select(ItaScore).where(ItaScore.fiscal_year == fiscal_year))}
    changed = 0
    for what in WHAT:
        row, score = rows.get(what), scores.get(what)
        hundredths = None if score is None else int(score * 100)
        if hundredths == (row.hundredths if row else None):
            continue
        changed += 1
        if hundredths is None:
            session.delete(row)
        elif row is None:
            session.add(ItaScore(fiscal_year=fiscal_year, what=what, hundredths=hundredths, entered_at=now))
        else:
            row.hundredths, row.entered_at = hundredths, now
    if changed:
        session.flush()
        audit.record(session, actor, "ita_scores_saved", f"ita:{fiscal_year}", changed=changed)
    return changed
