"""Official documents: choose, look at what the linter says, preview, issue; the versions that were issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from handlers import links
from handlers.documents import collect, operations
from handlers.documents.findings import LEVELS, Finding, by_row
from handlers.documents.kinds import KINDS, PERIODS
from handlers.documents.operations import CONTENT_TYPES, ISSUERS, DocumentError
from handlers.documents.periods import latest_ended
from models.document import OfficialDocument
from models.participation import Activity
from thai.dates import ThaiDateError, bangkok_date, format_date, parse_date
from thai.digits import to_arabic
from thai.fiscal import fiscal_year
from web.console import access
from web.console.inputs import query_id
from web.console.mending import address_of
from web.services import services

pages = Blueprint("documents", __name__, url_prefix="/documents")

LISTS = {"activity": "console.participation.index"}  # where the row is chosen that a document of one tells of
SHOWN = 50
MOST_LINKS = 24  # looked at in one request: some seconds


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document as it was chosen; the texts stand in forms and addresses as they were typed."""

    kind: str
    fy: str
    period: str
    layout: str
    dated: str

    @property
    def year(self) -> int:
        """0 for what is no year."""
        typed = to_arabic(self.fy).strip()
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else 0

    def day(self, today: date) -> date:
        """The day that it bears. Raises DocumentError."""
        try:
            return parse_date(self.dated, today) if self.dated.strip() else today
        except ThaiDateError as error:
            raise DocumentError(f"วันที่ของเอกสาร: {error}") from error

    def query(self) -> dict[str, Any]:
        return {"kind": self.kind, "fy": self.fy, "period": self.period, "layout": self.layout, "dated": self.dated}


def _wanted() -> Wanted:
    """From the address or the form."""
    given = request.values
    return Wanted(*(given.get(name, "").strip() for name in ("kind", "fy", "period", "layout", "dated")))


def _today() -> date:
    return bangkok_date(access.now())


@pages.get("/")
@access.roles(*access.EVERYONE)
def index() -> str:
    """What was issued, newest first."""
    before = query_id("before")
    query = select(OfficialDocument).options(
        joinedload(OfficialDocument.created_by), defer(OfficialDocument.figures), defer(OfficialDocument.findings)
    )
    if before is not None:
        query = query.where(OfficialDocument.id < before)
    with access.reading() as session:
        rows = session.scalars(query.order_by(OfficialDocument.id.desc()).limit(SHOWN + 1)).all()
        return render_template(
            "console/documents/index.html",
            rows=rows[:SHOWN],
            older=rows[SHOWN - 1].id if len(rows) > SHOWN else None,
            first=before is None,
            kinds={key: kind for key, kind in KINDS.items() if not kind.one_of},
            issuers=ISSUERS,
        )


@pages.get("/new")
@access.roles(*ISSUERS)
def new() -> ResponseReturnValue:
    """Choose year, period and layout of the kind that the address names."""
    return _choose(_wanted())


def _choose(wanted: Wanted, error: str = "") -> ResponseReturnValue:
    kind = KINDS.get(wanted.kind)
    if kind is None:
        return redirect(url_for("console.documents.index"))
    if kind.one_of and not (wanted.layout and access.me().role in ISSUERS):  # it is chosen from its own list
        if error:
            flash(error, "warn")
        return redirect(url_for(LISTS[wanted.kind]))
    usual_year, usual_period = latest_ended(kind.periods, _today())
    page = render_template(
        "console/documents/new.html",
        kind=kind,
        wanted=wanted,
        fy=wanted.fy or usual_year,
        period=wanted.period or usual_period,
        dated=wanted.dated or format_date(_today(), "long"),
        periods=[(one, PERIODS[one]) for one in kind.periods],
        error=error,
    )
    return (page, 400) if error else page


def _prepared(wanted: Wanted) -> tuple[dict[str, Any], list[Finding]]:
    """Figures and findings of what was chosen. Raises DocumentError."""
    day = wanted.day(_today())
    with access.reading() as session:
        return operations.prepare(
            session, access.agency(), wanted.kind, wanted.year, wanted.period, wanted.layout, access.now(), day
        )


def _wanted_by_me() -> Wanted:
    """What was chosen; 403 for a kind that only those who issue it may look at before."""
    wanted = _wanted()
    kind = KINDS.get(wanted.kind)
    if kind is not None and not kind.for_all and access.me().role not in ISSUERS:
        abort(403)
    return wanted


@pages.get("/check")
@access.roles(*access.EVERYONE)
def check() -> ResponseReturnValue:
    """What the linter says, before anything is issued."""
    wanted = _wanted_by_me()
    if wanted.kind not in KINDS:
        return redirect(url_for("console.documents.index"))
    try:
        figures, findings = _prepared(wanted)
    except DocumentError as error:
        return _choose(wanted, str(error))
    kind, period, layout = operations.choose(wanted.kind, wanted.year, wanted.period, wanted.layout)
    may_issue = access.me().role in ISSUERS
    return render_template(
        "console/documents/check.html",
        title=operations.title(kind, wanted.year, period, layout, figures.get("subject", "")),
        layout_label=kind.layouts.get(layout, ""),
        dated=date.fromisoformat(figures["dated"]),
        findings=findings,
        levels=LEVELS,
        groups=by_row(findings),
        address_of=address_of,
        wanted=wanted,
        links=may_issue and any(one["code"] in ("unchecked_link", "dead_link") for one in findings),
        may_issue=may_issue,
    )


@pages.get("/of-activity/<int:activity_id>")
@access.roles(*access.EVERYONE)
def of_activity(activity_id: int) -> ResponseReturnValue:
    """The report on this activity, from its own page."""
    with access.reading() as session:
        row = access.found(session, select(Activity).where(Activity.id == activity_id))
        year = fiscal_year(bangkok_date(row.starts_at))
    return redirect(url_for("console.documents.check", kind="activity", fy=year, layout=activity_id))


@pages.get("/preview.<any(pdf, docx, xlsx):file_format>")
@access.roles(*access.EVERYONE)
def preview(file_format: str) -> ResponseReturnValue:
    """The document as it would be issued now; nothing is kept."""
    wanted = _wanted_by_me()
    try:
        figures, _ = _prepared(wanted)
    except DocumentError as error:
        return _choose(wanted, str(error))
    data = operations.previewed(wanted.kind, figures, file_format, services().data)
    return _file(data, file_format, f"preview.{file_format}")


@pages.post("/links")
@access.roles(*ISSUERS)
def look_at_links() -> ResponseReturnValue:
    """Ask for the document's links, outside of any transaction, and show the findings again."""
    wanted = _wanted()
    try:
        figures, _ = _prepared(wanted)
    except DocumentError as error:
        return _choose(wanted, str(error))
    with access.reading() as session:
        asked = links.waiting(session, access.now(), MOST_LINKS, collect.evidence_ids(figures))
    states = links.check_links(asked.values())
    with access.writing() as session:
        dead = links.store(session, asked, states, access.actor(), access.now())
    more = " กดอีกครั้งเพื่อตรวจลิงก์ที่เหลือ" if len(asked) == MOST_LINKS else ""
    flash(f"ตรวจแล้ว {len(asked)} ลิงก์ เปิดไม่ได้ {dead} ลิงก์{more}", "warn" if dead else "good")
    return redirect(url_for("console.documents.check", **wanted.query()))


@pages.post("/issue")
@access.roles(*ISSUERS)
def issue() -> ResponseReturnValue:
    """Keep it as the next version."""
    wanted = _wanted()
    try:
        with access.writing() as session:
            document = operations.issue(
                session,
                access.agency(),
                wanted.kind,
                wanted.year,
                wanted.period,
                wanted.layout,
                access.me(session),
                access.now(),
                wanted.day(_today()),
            )
    except DocumentError as error:
        return _choose(wanted, str(error))
    flash(f"ออกเอกสารแล้ว เก็บเป็นฉบับที่ {document.version} ดาวน์โหลดซ้ำได้เหมือนเดิมทุกครั้ง", "good")
    return redirect(url_for("console.documents.show", document_id=document.id))


@pages.get("/<int:document_id>")
@access.roles(*access.EVERYONE)
def show(document_id: int) -> str:
    """One issued version with what was said of it, and the other versions."""
    with access.reading() as session:
        document = access.found(
            session,
            select(OfficialDocument)
            .options(joinedload(OfficialDocument.created_by))
            .where(OfficialDocument.id == document_id),
        )
        others = session.scalars(
            select(OfficialDocument)
            .options(defer(OfficialDocument.figures), defer(OfficialDocument.findings))
            .where(
                OfficialDocument.kind == document.kind,
                OfficialDocument.fiscal_year == document.fiscal_year,
                OfficialDocument.period == document.period,
                OfficialDocument.layout == document.layout,
                OfficialDocument.id != document.id,
            )
            .order_by(OfficialDocument.version.desc())
        ).all()
        return render_template(
            "console/documents/show.html",
            document=document,
            others=others,
            layout_label=KINDS[document.kind].layouts.get(document.layout, ""),
            levels=LEVELS,
            groups=by_row(document.findings),
            address_of=address_of,
            may_issue=access.me().role in ISSUERS,
        )


@pages.get("/<int:document_id>.<any(pdf, docx, xlsx):file_format>")
@access.roles(*access.EVERYONE)
def download(document_id: int, file_format: str) -> Response:
    """The file, drawn from the stored figures: the same as on the day of issue."""
    with access.reading() as session:
        document = access.found(session, select(OfficialDocument).where(OfficialDocument.id == document_id))
    data = operations.rendered(document, file_format, services().data)
    return _file(data, file_format, operations.file_name(document, file_format))


def _file(data: bytes, file_format: str, name: str) -> Response:
    response = Response(data, mimetype=CONTENT_TYPES[file_format])
    how = "inline" if file_format == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
