"""An agency as the bot and the pages need it: a read-only picture in memory, renewed when its content changes."""

from __future__ import annotations

import json
import re
import threading
import time as clock
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.questions.search import Entry, FaqIndex
from models.agency import Agency, Holiday, PrivacyNotice, Unit
from models.case import Category
from models.db import Database
from models.form import FormDefinition, FormVersion
from models.question import FaqEntry, ServiceEntry
from thai.working_time import WorkCalendar

# National numbers, editable per agency in `Agency.fields` (domain README section 4).
HOTLINES = {
    "hotline_fire": "199",
    "hotline_medical": "1669",
    "hotline_police": "191",
    "hotline_disaster": "1784",
    "hotline_mental": "1323",
    "hotline_social": "1300",
    "hotline_electric": "1129",
    "hotline_nacc": "1205",
}
CHECK_SECONDS = 1.0  # how old a picture may be before its version is looked at again
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
UNFILLED = "(สอบถามเจ้าหน้าที่)"  # shown for a field that the agency has not filled in yet


@dataclass(frozen=True, slots=True)
class UnitView:
    id: int
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class CategoryView:
    id: int
    code: str
    label: str
    unit_id: int | None
    sla_value: int
    sla_unit: str
    keywords: tuple[str, ...]
    conduct: bool
    kind: str = "complaint"  # "request": the desk's category of a form


@dataclass(frozen=True, slots=True)
class FormView:
    """A form that is open, with the version in use; `fields` is its definition as JSON text (what
    handlers/services/definition.py reads, which also remembers what it has read)."""

    id: int
    key: str
    title: str
    about: str
    kind: str  # request, survey, opinion, anonymous
    unit_id: int | None
    sla_value: int
    sla_unit: str
    listed: bool
    service_id: int | None
    version_id: int
    fields: str
    opens_on: date | None = None  # Bangkok days, both included
    closes_on: date | None = None
    liff: bool = True  # opens as LINE's web view where the agency has one

    def open_on(self, day: date) -> bool:
        """True while the form may be begun; who has begun it finishes."""
        return (self.opens_on is None or self.opens_on <= day) and (self.closes_on is None or day <= self.closes_on)


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A published FAQ entry ("faq") or catalogue entry ("service") as search and answers need it."""

    key: str
    kind: str
    row_id: int
    question: str
    alternatives: tuple[str, ...]
    answer: str
    unit_id: int | None
    source: str
    confirmed: bool
    service: Mapping[str, Any] = field(default_factory=dict)  # steps, documents, fee, days for a service


@dataclass(frozen=True)
class AgencyView:
    """Everything about an agency that a turn may read without asking the database. Safe to share by threads."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    version: int
    public_url: str
    fields: Mapping[str, str]
    settings: Mapping[str, Any]
    calendar: WorkCalendar
    units: Mapping[int, UnitView]
    sends_mail: bool = False  # this installation can send e-mail to staff
    # The clock's pictures (load_for_clock) end here.
    categories: tuple[CategoryView, ...] = ()  # of complaints
    request_categories: tuple[CategoryView, ...] = ()
    notice_version: int = 0
    notice_text: str = ""
    answers: Mapping[str, AnswerView] = field(default_factory=dict)
    # True while the integrity desk has enough officers to take reports; its pages say so themselves as well.
    integrity_open: bool = False
    forms: Mapping[str, FormView] = field(default_factory=dict)  # by key, in the order in which they are listed

    @cached_property
    def index(self) -> FaqIndex:
        """The search index over the published answers; built at first use."""
        return FaqIndex.build(
            Entry(a.key, a.question, a.alternatives, self.fill(a.answer)) for a in self.answers.values()
        )

    def url(self, path: str = "") -> str:
        """The public address of one of the agency's pages; `path` begins with a slash."""
        return f"{self.public_url}/{self.code}{path}"

    def fill(self, text: str) -> str:
        """Put the agency's own phones, names and hours into a text with {placeholders}."""
        if "{" not in text:
            return text
        return PLACEHOLDER.sub(lambda match: self.fields.get(match[1]) or UNFILLED, text)

    def unit_name(self, unit_id: int | None) -> str:
        unit = self.units.get(unit_id) if unit_id is not None else None
        return unit.name if unit else self.short_name

    def unit_phone(self, unit_id: int | None) -> str:
        unit = self.units.get(unit_id) if unit_id is not None else None
        return (unit.phone if unit else "") or self.fields.get("office_phone", "")

    def category(self, code_or_id: str | int) -> CategoryView | None:
        """A category of complaints or of a form's requests."""
        known = (*self.categories, *self.request_categories)
        return next((c for c in known if code_or_id in (c.code, c.id)), None)


def load_agency(
    session: Session, agency: Agency, public_url: str, integrity_open: bool = False, sends_mail: bool = False
) -> AgencyView:
    """Read an agency's picture; `session` must be scoped to it."""
    notice = session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.version.desc()).limit(1)).first()
    return _picture(
        agency,
        public_url,
        holidays={day: name for _, day, name in session.execute(_HOLIDAYS)},
        units={unit_id: UnitView(unit_id, name, phone) for _, unit_id, name, phone in session.execute(_UNITS)},
        **_load_categories(session),
        sends_mail=sends_mail,
        notice_version=notice.version if notice else 0,
        notice_text=notice.short_text if notice else "",
        answers=_load_answers(session),
        forms=_load_forms(session),
        integrity_open=integrity_open,
    )


def load_for_clock(
    session: Session, agency_ids: Collection[int], public_url: str, sends_mail: bool = False
) -> list[AgencyView]:
    """The pictures of several agencies in three queries, without what only a conversation or the console needs:
    categories, answers, forms, the privacy notice, whether the integrity desk is open. `session` must not be scoped."""
    holidays: dict[int, dict[date, str]] = defaultdict(dict)
    units: dict[int, dict[int, UnitView]] = defaultdict(dict)
    for agency_id, day, name in session.execute(_HOLIDAYS.where(Holiday.agency_id.in_(agency_ids))):
        holidays[agency_id][day] = name
    for agency_id, unit_id, name, phone in session.execute(_UNITS.where(Unit.agency_id.in_(agency_ids))):
        units[agency_id][unit_id] = UnitView(unit_id, name, phone)
    return [
        _picture(agency, public_url, holidays=holidays[agency.id], units=units[agency.id], sends_mail=sends_mail)
        for agency in session.scalars(select(Agency).where(Agency.id.in_(agency_ids)).order_by(Agency.id))
    ]


# Plain columns: a province has two hundred thousand of these rows, and as objects each costs five times as much.
_HOLIDAYS = select(Holiday.agency_id, Holiday.day, Holiday.name)
_UNITS = select(Unit.agency_id, Unit.id, Unit.name, Unit.phone).order_by(Unit.id)


def _picture(
    agency: Agency, public_url: str, *, holidays: Mapping[date, str], units: Mapping[int, UnitView], **more: Any
) -> AgencyView:
    fields = {**HOTLINES, **{k: str(v) for k, v in agency.fields.items() if v}}
    fields.setdefault("agency", agency.name)
    fields.setdefault("agency_short", agency.short_name)
    fields.setdefault("office_hours", f"{agency.opens:%H.%M}-{agency.closes:%H.%M} น. วันทำการ")
    fields.setdefault("integrity_url", f"{public_url}/{agency.code}/integrity/")
    return AgencyView(
        id=agency.id,
        code=agency.code,
        name=agency.name,
        short_name=agency.short_name,
        kind=agency.kind,
        version=agency.content_version,
        public_url=public_url,
        fields=fields,
        settings=dict(agency.settings),
        calendar=WorkCalendar(holidays, agency.opens, agency.closes),
        units=units,
        **more,
    )


def _load_categories(session: Session) -> dict[str, tuple[CategoryView, ...]]:
    views = [
        CategoryView(
            c.id, c.code, c.label, c.unit_id, c.sla_value, c.sla_unit, tuple(c.keywords or ()), c.conduct, c.kind
        )
        for c in session.scalars(select(Category).where(Category.active).order_by(Category.position, Category.id))
    ]
    return {
        "categories": tuple(c for c in views if c.kind == "complaint"),
        "request_categories": tuple(c for c in views if c.kind == "request"),
    }


def _load_forms(session: Session) -> dict[str, FormView]:
    """The active forms that have a published version."""
    rows = session.execute(
        select(FormDefinition, FormVersion)
        .join(FormVersion, FormVersion.form_id == FormDefinition.id)
        .where(FormDefinition.active, FormVersion.in_use)
        .order_by(FormDefinition.position, FormDefinition.id)
    )
    return {
        form.key: FormView(
            id=form.id,
            key=form.key,
            title=form.title,
            about=form.about,
            kind=form.kind,
            unit_id=form.unit_id,
            sla_value=form.sla_value,
            sla_unit=form.sla_unit,
            listed=form.listed,
            service_id=form.service_id,
            version_id=version.id,
            fields=json.dumps(version.fields, ensure_ascii=False),
            opens_on=_day(form.settings.get("opens_on")),
            closes_on=_day(form.settings.get("closes_on")),
            liff=form.settings.get("liff") is not False,
        )
        for form, version in rows
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _load_answers(session: Session) -> dict[str, AnswerView]:
    answers = {}
    for faq in session.scalars(select(FaqEntry).where(FaqEntry.status == "published").order_by(FaqEntry.id)):
        answers[faq.key] = AnswerView(
            faq.key,
            "faq",
            faq.id,
            faq.question,
            tuple(faq.alternatives or ()),
            faq.answer,
            faq.unit_id,
            faq.source,
            faq.confirmed_at is not None,
        )
    for row in session.scalars(
        select(ServiceEntry).where(ServiceEntry.status == "published").order_by(ServiceEntry.id)
    ):
        key = f"service:{row.key}"
        answers[key] = AnswerView(
            key,
            "service",
            row.id,
            row.name,
            tuple(row.alternatives or ()),
            " ".join(["ขั้นตอน", *row.steps, "เอกสาร", *row.documents, "ค่าธรรมเนียม", row.fee, "ระยะเวลา", row.days]),
            row.unit_id,
            row.legal_note,
            row.confirmed_at is not None,
            {"steps": list(row.steps), "documents": list(row.documents), "fee": row.fee, "days": row.days},
        )
    return answers


def content_changed(session: Session, agency_id: int) -> None:
    """Say that the FAQ, units, categories, forms, holidays, fields or the notice changed: pictures are renewed."""
    session.execute(update(Agency).where(Agency.id == agency_id).values(content_version=Agency.content_version + 1))


class Agencies:
    """The pictures of all agencies of this installation, at most CHECK_SECONDS old."""

    def __init__(
        self,
        database: Database,
        public_url: str,
        integrity_open: Callable[[str], bool] = lambda code: False,
        sends_mail: bool = False,
    ) -> None:
        self._database = database
        self._public_url = public_url
        self._integrity_open = integrity_open
        self._sends_mail = sends_mail
        self._views: dict[str, AgencyView] = {}
        self._checked: dict[str, float] = {}
        self._lock = threading.Lock()

    def get(self, code: str) -> AgencyView | None:
        """The agency with this code, or None."""
        if clock.monotonic() - self._checked.get(code, -1e9) < CHECK_SECONDS:
            return self._views[code]
        return self._renew(code)

    def _renew(self, code: str) -> AgencyView | None:
        with self._lock:
            with self._database.read() as session:
                agency = session.scalars(select(Agency).where(Agency.code == code)).first()
            if agency is None:
                self._views.pop(code, None)
                self._checked.pop(code, None)
                return None
            view = self._views.get(code)
            is_open = self._integrity_open(code)
            if view is None or (view.version, view.integrity_open) != (agency.content_version, is_open):
                with self._database.read(agency.id) as session:
                    row = session.get_one(Agency, agency.id)
                    view = load_agency(session, row, self._public_url, is_open, self._sends_mail)
                self._views[code] = view
            self._checked[code] = clock.monotonic()
            return view

    def refresh(self, code: str) -> AgencyView | None:
        """Look at the version now: after a change made in this process."""
        self._checked.pop(code, None)
        return self.get(code)

    def for_clock(self, agency_ids: Collection[int]) -> list[AgencyView]:
        """Fresh pictures of these agencies, as load_for_clock has them."""
        with self._database.read() as session:
            return load_for_clock(session, agency_ids, self._public_url, self._sends_mail)
