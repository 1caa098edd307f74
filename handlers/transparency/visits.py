"""How many came for which service, by month (O16): at the desk and by requests in the system together."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.agencies import AgencyView
from handlers.services import statistics
from handlers.transparency.parts import FEW, OTHERS, Row, Table, as_at, begun, months_of, put_together, year_span
from handlers.walkins import counts
from models.form import FormDefinition
from models.question import ServiceEntry
from thai.dates import format_date

Months = Counter[tuple[int, int]]


def by_service(session: Session, agency: AgencyView, year: int, now: datetime) -> Table:
    """A line for each service, the most used first; those that hardly anybody used stand together."""
    span = year_span(agency, year, now)
    used: defaultdict[str, Months] = defaultdict(Counter)
    for name, by_month in counts.by_service(session, span.first, span.last).items():
        used[name].update(by_month)
    linked = select(FormDefinition.key, ServiceEntry.name).join(
        ServiceEntry, ServiceEntry.id == FormDefinition.service_id
    )
    of_form: dict[str, str] = dict(session.execute(linked).all())
    for form in statistics.per_month(session, span.first, span.last):
        if form.kind == "request":
            used[of_form.get(form.key, form.title)].update(form.by_month)
    ordered = sorted(used, key=lambda name: (-used[name].total(), name))
    shown = [name for name, _, _ in put_together([(name, used[name].total(), 0) for name in ordered])]
    together: Months = Counter()
    for name in ordered:
        if name not in shown:
            together.update(used[name])
    months = months_of(year)

    def row(name: str, counted: Months) -> Row:
        cells = [counted[month.first.year, month.first.month] if begun(month, now) else None for month in months]
        return (name, counted.total(), *cells)

    rows = [row(name, together if name == OTHERS else used[name]) for name in shown]
    everything: Months = Counter()
    for counted in used.values():
        everything.update(counted)
    return Table(
        f"ผู้มาใช้บริการแยกตามบริการ ปีงบประมาณ {year}",
        ("บริการ", "รวม", *(format_date(month.first).split()[1] for month in months)),
        tuple(rows),
        row("รวม", everything) if rows else (),
        f"จำนวนผู้มาติดต่อที่เจ้าหน้าที่นับ รวมกับคำขอบริการที่บันทึกในระบบ บริการที่มี{FEW}คนในปีนี้รวมไว้ด้วยกัน {as_at(now)}",
    )
