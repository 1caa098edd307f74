"""What the villages want, ranked for the local development plan (R36): answers to the form for needs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.forms import ChoiceField
from handlers.services import starter
from handlers.services.exchange import every_answer
from handlers.services.operations import definition_of, versions
from models.form import FormDefinition

USE = "needs"  # FormDefinition.settings["use"]
HEADER = ("หมู่ที่", "อันดับในหมู่", "ด้าน", "จำนวนผู้เสนอ", "คะแนนความจำเป็น", "ครัวเรือนที่ได้ประโยชน์ (มากที่สุดที่เสนอ)", "สิ่งที่อยากให้ทำ")


@dataclass(slots=True)
class Need:
    """What people of a village (`moo`; None: they gave none) want in one field. `points`: 1 to 4 for each who proposed
    it, by how badly it is needed; `households`: the most that anybody said it would serve; `wishes` in their words,
    the oldest first."""

    moo: int | None
    topic: str
    proposals: int = 0
    points: int = 0
    households: int = 0
    wishes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ranking:
    """`by_village`: villages in order, each with its needs, the most wanted first; `overall`: (field, proposals,
    points, number of villages) over all villages."""

    by_village: dict[int | None, list[Need]]
    overall: list[tuple[str, int, int, int]]
    total: int


def form_of(session: Session) -> FormDefinition | None:
    """The agency's form for needs."""
    return starter.form_for(session, USE)


def rank(session: Session, agency: AgencyView, form: FormDefinition, first: date, last: date) -> Ranking:
    """The needs proposed in the span (Bangkok days, both included): by points, then by how many proposed it, then by
    households. Fields that the form does not have any more count under their newest name."""
    labels: dict[str, str] = {}
    for version in versions(session, form):
        if version.published_at is not None:
            for item in definition_of(version).fields():
                if item.name == "topic" and isinstance(item, ChoiceField):
                    for option in item.options(agency):
                        labels.setdefault(option.value, option.label)
    found: dict[tuple[int | None, str], Need] = {}
    total = 0
    for (day, _), _, answers in every_answer(session, agency, form):
        if not first <= day <= last:
            continue
        total += 1
        moo = answers.get("moo")
        place = int(moo) if isinstance(moo, int | float) else None
        topic = labels.get(str(answers.get("topic")), "ไม่ระบุด้าน")
        need = found.setdefault((place, topic), Need(place, topic))
        need.proposals += 1
        weight = str(answers.get("need", ""))
        need.points += int(weight) if weight in ("1", "2", "3", "4") else 1
        households = answers.get("households")
        need.households = max(need.households, int(households) if isinstance(households, int | float) else 0)
        if words := str(answers.get("wish") or "").strip():
            need.wishes.append(words)
    villages: defaultdict[int | None, list[Need]] = defaultdict(list)
    points: Counter[str] = Counter()
    proposals: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for need in found.values():
        villages[need.moo].append(need)
        points[need.topic] += need.points
        proposals[need.topic] += need.proposals
        places[need.topic] += 1
    for needs in villages.values():
        needs.sort(key=lambda one: (-one.points, -one.proposals, -one.households, one.topic))
    ordered = sorted(villages.items(), key=lambda one: (one[0] is None, one[0] or 0))
    overall = sorted(points, key=lambda topic: (-points[topic], -proposals[topic], topic))
    return Ranking(
        by_village=dict(ordered),
        overall=[(topic, proposals[topic], points[topic], places[topic]) for topic in overall],
        total=total,
    )


def table(ranking: Ranking) -> Iterator[tuple[str, ...]]:
    """The ranking as a table for the plan's annex."""
    yield HEADER
    for moo, needs in ranking.by_village.items():
        for place, need in enumerate(needs, 1):
            yield (
                "ไม่ระบุ" if moo is None else str(moo),
                str(place),
                need.topic,
                str(need.proposals),
                str(need.points),
                str(need.households or ""),
                "\n".join(need.wishes),
            )
