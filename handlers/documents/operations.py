"""Issuing official documents: each issue is a version, kept with its figures and what the linter said."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView
from handlers.documents.collect import NothingToPrint
from handlers.documents.findings import Finding
from handlers.documents.kinds import KINDS, PERIODS, Kind
from handlers.documents.pictures import with_pictures
from models.agency import Agency, Staff
from models.document import OfficialDocument
from reports.document import Document
from thai.dates import format_date

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ISSUERS = ("clerk", "mayor", "admin", "head")  # officers see what was issued
EARLIEST, LATEST = 2560, 2699


class DocumentError(ValueError):
    """The document cannot be made; Thai words for the person."""


def choose(kind: str, fiscal_year: int, period: str, layout: str) -> tuple[Kind, str, str]:
    """The kind with its period and layout, the usual ones for "". Raises DocumentError for what does not fit."""
    if kind not in KINDS:
        raise DocumentError(f"ไม่มีเอกสารชนิด {kind} (มี: {', '.join(KINDS)})")
    found = KINDS[kind]
    if not EARLIEST <= fiscal_year <= LATEST:
        raise DocumentError("ปีงบประมาณต้องเป็นปี พ.ศ. เช่น 2570")
    period = period or found.periods[0]
    if period not in found.periods:
        usable = ", ".join(one for one in found.periods if one)
        advice = f"ใช้ได้: {usable}" if usable else "เอกสารนี้เป็นของทั้งปี ไม่มีรอบ"
        raise DocumentError(f"{found.label} ทำรอบ {PERIODS.get(period, period)} ไม่ได้ ({advice})")
    if found.one_of:
        if not (layout.isascii() and layout.isdigit()):
            raise DocumentError(f"{found.label}: เลือก{found.one_of}ก่อน (--layout ตามด้วยเลขของ{found.one_of})")
        return found, period, layout
    layout = layout or next(iter(found.layouts), "")
    if layout not in (found.layouts or {"": ""}):
        usable = ", ".join(found.layouts) or "เอกสารนี้มีแบบเดียว"
        raise DocumentError(f"{found.label} ไม่มีแบบ {layout} ({usable})")
    return found, period, layout


def prepare(
    session: Session,
    agency: AgencyView,
    kind: str,
    fiscal_year: int,
    period: str,
    layout: str,
    now: datetime,
    dated: date | None = None,
) -> tuple[dict[str, Any], list[Finding]]:
    """The figures and what is to be looked at, nothing kept. `dated`: the day it bears, the present one unless given.

    Raises DocumentError when it cannot be made or there is nothing to make it of."""
    found, period, layout = choose(kind, fiscal_year, period, layout)
    try:
        figures = found.collect(session, agency, fiscal_year, period, layout, now)
    except NothingToPrint as error:
        raise DocumentError(str(error)) from error
    if dated is not None:
        figures["dated"] = dated.isoformat()
    figures = json.loads(json.dumps(figures))  # as they will come back from the database
    return figures, found.lint(figures)


def issue(
    session: Session,
    agency: AgencyView,
    kind: str,
    fiscal_year: int,
    period: str,
    layout: str,
    staff: Staff | None,
    now: datetime,
    dated: date | None = None,
    actor: str = "clock",
) -> OfficialDocument:
    """Make the next version of a document and keep it. Findings never stop it: whoever issues has read them.

    `actor`: who issues where no person of the staff does. Raises DocumentError."""
    found, period, layout = choose(kind, fiscal_year, period, layout)
    figures, findings = prepare(session, agency, kind, fiscal_year, period, layout, now, dated)
    session.execute(select(Agency.id).where(Agency.id == agency.id).with_for_update())  # versions are given out in turn
    of_this = (
        OfficialDocument.kind == kind,
        OfficialDocument.fiscal_year == fiscal_year,
        OfficialDocument.period == period,
        OfficialDocument.layout == layout,
    )
    version = (session.scalar(select(func.max(OfficialDocument.version)).where(*of_this)) or 0) + 1
    document = OfficialDocument(
        kind=kind,
        fiscal_year=fiscal_year,
        period=period,
        layout=layout,
        version=version,
        title=title(found, fiscal_year, period, layout, figures.get("subject", "")),
        dated=date.fromisoformat(figures["dated"]),
        figures=figures,
        findings=[dict(one) for one in findings],
        created_by_id=staff.id if staff else None,
        created_at=now,
    )
    session.add(document)
    session.flush()
    who = f"staff:{staff.id}" if staff else actor
    audit.record(
        session, who, "document_issued", f"document:{document.id}", kind=kind, version=version, findings=len(findings)
    )
    return document


def title(found: Kind, fiscal_year: int, period: str, layout: str, subject: str = "") -> str:
    """ "รายงานผลการดำเนินการตามมาตรการ รอบ 6 เดือน ปีงบประมาณ 2566"; `subject`: what the row is called that it is of."""
    name = f"{found.label}{found.layouts[layout]}" if found is KINDS["register"] else found.label
    name = f"{name} “{subject}”" if subject else name
    return " ".join(words for words in (name, PERIODS[period] if period else "", f"ปีงบประมาณ {fiscal_year}") if words)


def to_file(document: Document, file_format: str) -> bytes:
    """A document as "pdf", "docx" or "xlsx"; raises KeyError for another format. Slow: not inside a write transaction.

    What draws a format is loaded when it is asked for."""
    match file_format:
        case "pdf":
            from reports.pdf import to_pdf

            return to_pdf(document)
        case "docx":
            from reports.docx import to_docx

            return to_docx(document)
        case "xlsx":
            from reports.xlsx import to_xlsx

            return to_xlsx(document)
    raise KeyError(file_format)


def drawn(document: OfficialDocument, data_dir: Path | None = None) -> Document:
    """The document as it was issued, from its stored figures alone, and the photos that they name (below `data_dir`,
    SUJARIT_DATA)."""
    figures = with_pictures(document.figures, data_dir) if data_dir else document.figures
    return KINDS[document.kind].draw(figures, document.layout)


def rendered(document: OfficialDocument, file_format: str, data_dir: Path | None = None) -> bytes:
    """An issued document as a file, the same at every time. Without `data_dir` photos are only named."""
    return to_file(drawn(document, data_dir), file_format)


def previewed(kind: str, figures: dict[str, Any], file_format: str, data_dir: Path | None = None) -> bytes:
    """What `prepare` gave as a file."""
    known = with_pictures(figures, data_dir) if data_dir else figures
    return to_file(KINDS[kind].draw(known, figures["layout"]), file_format)


def file_name(document: OfficialDocument, file_format: str) -> str:
    """ "measures-2566-6m-003-v2.pdf": plain letters, so that it survives every mail programme."""
    parts = (document.kind, str(document.fiscal_year), document.period, document.layout, f"v{document.version}")
    return "-".join(part for part in parts if part) + f".{file_format}"


def summary(document: OfficialDocument) -> str:
    """One line for a terminal."""
    return f"{document.title} ฉบับที่ {document.version} ลงวันที่ {format_date(document.dated)}"
