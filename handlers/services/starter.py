"""The ready-made forms: what an อบต. needs from the first day, in our own words, as drafts that it looks through."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.services import operations
from models.agency import Staff, Unit
from models.base import utc_now
from models.form import FormDefinition, FormVersion
from models.question import ServiceEntry

# In the order in which they are listed.
ORDER = (
    "general",
    "information",
    "borrow",
    "bin",
    "water",
    "tree-cutting",
    "place",
    "needs",
    "opinion",
    "budget",
    "satisfaction",
)
NOTE = "ชุดเริ่มต้น"


@cache
def packs() -> tuple[dict[str, Any], ...]:
    """The ready-made forms as their files say; `fields` as handlers/services/definition.py reads them. Not to be
    changed by whoever reads them."""
    folder = files("handlers.services") / "packs"
    return tuple(tomllib.loads((folder / f"{key}.toml").read_text("utf-8")) for key in ORDER)


def missing(session: Session) -> list[str]:
    """Titles of the ready-made forms that the session's agency does not have (by their keys)."""
    known = set(session.scalars(select(FormDefinition.key)))
    return [pack["title"] for pack in packs() if pack["key"] not in known]


def load_packs(session: Session, agency_id: int, actor: str = "cli", now: datetime | None = None) -> int:
    """Give the agency the ready-made forms that it lacks, each as a draft; how many. What it has is left alone.

    A form's unit is the agency's unit of that name (else none), its service the catalogue's entry of that key."""
    moment = now or utc_now()
    known = set(session.scalars(select(FormDefinition.key)))
    units = {name: unit_id for unit_id, name in session.execute(select(Unit.id, Unit.name).where(Unit.active))}
    services = {key: row_id for row_id, key in session.execute(select(ServiceEntry.id, ServiceEntry.key))}
    position = session.scalar(select(func.max(FormDefinition.position))) or 0
    added = []
    for pack in packs():
        if pack["key"] in known:
            continue
        position += 1
        form = FormDefinition(
            agency_id=agency_id,
            key=pack["key"],
            title=pack["title"],
            about=pack["about"],
            kind=pack["kind"],
            unit_id=units.get(pack["unit"]),
            sla_value=pack.get("sla_value", 15),
            sla_unit=pack.get("sla_unit", "days"),
            service_id=services.get(pack.get("service", "")),
            position=position,
            settings={"use": pack["use"]} if "use" in pack else {},
            created_at=moment,
        )
        session.add(form)
        session.flush()
        session.add(
            FormVersion(
                agency_id=agency_id,
                form_id=form.id,
                number=1,
                fields=[dict(spec) for spec in pack["fields"]],
                note=NOTE,
                created_at=moment,
            )
        )
        added.append(form.id)
    session.flush()
    if added:
        audit.record(session, actor, "form_packs_loaded", count=len(added))
    return len(added)


def publish_packs(session: Session, agency: AgencyView, staff: Staff, now: datetime) -> int:
    """Put the ready-made forms in use that still wait as they came: for the invented agency. How many."""
    keys = [pack["key"] for pack in packs()]
    waiting = session.scalars(
        select(FormDefinition).where(FormDefinition.key.in_(keys)).order_by(FormDefinition.position)
    ).all()
    published = 0
    for form in waiting:
        draft = operations.draft_of(session, form)
        if draft is not None and draft.number == 1:
            operations.publish(session, agency, form, staff, now)
            published += 1
    return published


def form_for(session: Session, use: str) -> FormDefinition | None:
    """The agency's form for this use ("borrowing", "needs" ...), the one made first; None without."""
    forms = session.scalars(select(FormDefinition).order_by(FormDefinition.id))
    return next((form for form in forms if form.settings.get("use") == use), None)
