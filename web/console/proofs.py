"""Evidence of measures, elements and register entries: added, approved by a second person, its links looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import evidence, files, links
from handlers.evidence import EvidenceDetails, EvidenceError
from handlers.files import FileRefused, StoredFile, clean_name
from handlers.measures import elements, operations
from handlers.registers import operations as registers
from models.agency import Staff
from models.measure import Element, Evidence, Measure, RegisterEntry
from models.thread import Attachment
from thai.dates import ThaiDateError, bangkok_date, parse_date
from web.console import access
from web.console.attempt import Attempt, typed
from web.services import services

pages = Blueprint("proofs", __name__, url_prefix="/proofs")

Target = Measure | Element | RegisterEntry
TARGETS: dict[str, type[Target]] = {"measures": Measure, "elements": Element, "entries": RegisterEntry}
# The pages on which evidence stands, by what it is of; their modules put themselves in here.
SHOW: dict[str, Callable[[int, Attempt], str]] = {}


@pages.app_context_processor
def _words() -> dict[str, object]:
    """For console/proofs.html."""
    return {"proof_kinds": evidence.KIND_LABELS, "blank": Attempt()}


@dataclass(frozen=True, slots=True)
class Shown:
    """The evidence of something, for console/proofs.html. `approvable`: ids that this person may approve;
    `removable` likewise."""

    what: str
    row_id: int
    pieces: list[Evidence]
    names: dict[int, str]
    may_add: bool
    approvable: frozenset[int]
    removable: frozenset[int]


def load(session: Session, target: Target) -> Shown:
    """The target's evidence and what the person who is signed in may do with it."""
    pieces, me = evidence.of(session, target), access.me()
    ids = {piece.added_by_id for piece in pieces} | {piece.approved_by_id for piece in pieces}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids - {None})))
    names = {row.id: row.name for row in rows}
    answers = evidence.may_approve(me, target.unit_id)
    waiting = [piece for piece in pieces if piece.approved_at is None]
    return Shown(
        what=next(name for name, table in TARGETS.items() if isinstance(target, table)),
        row_id=target.id,
        pieces=pieces,
        names=names,
        may_add=may_add(me, target),
        approvable=frozenset(piece.id for piece in waiting if answers and piece.added_by_id != me.id),
        removable=frozenset(piece.id for piece in waiting if answers or piece.added_by_id == me.id),
    )


def may_add(staff: Staff, target: Target) -> bool:
    """Whether this person may change what the evidence is of."""
    match target:
        case Measure():
            return operations.may_edit(staff, target)
        case Element():
            return elements.may_edit(staff, target)
    return registers.may_edit(staff, target)


@pages.post("/<any(measures, elements, entries):what>/<int:row_id>/add")
@access.roles(*access.EVERYONE)
def add(what: str, row_id: int) -> ResponseReturnValue:
    """A link, an order, an event or a file. A file is stored before the transaction begins, and taken back if it cannot
    be evidence."""
    with access.reading() as session:  # 404 before a file is taken
        target = _target(session, what, row_id)
        allowed, back = may_add(access.me(), target), _address(what, target)
    stored: StoredFile | None = None
    try:
        if not allowed:
            raise EvidenceError("รายการนี้เป็นของส่วนงานอื่น เพิ่มหลักฐานไม่ได้")
        stored, name = _upload() if typed("kind") == "file" else (None, "")
        with access.writing() as session:
            _add(session, _target(session, what, row_id), stored, name)
    except (EvidenceError, FileRefused) as error:
        if stored is not None:
            files.remove(services().data, stored.path)
        return SHOW[what](row_id, Attempt(f"proof-{typed('kind')}", str(error), request.form)), 422
    flash("เพิ่มหลักฐานแล้ว อีกคนหนึ่งต้องตรวจรับจึงจะนับ", "good")
    return redirect(back)


def _upload() -> tuple[StoredFile, str]:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise EvidenceError("กรุณาเลือกไฟล์หรือรูป")
    data = upload.stream.read(files.FILE_BYTES + 1)
    return files.store_file(data, services().data, access.agency().id), clean_name(upload.filename)


def _add(session: Session, target: Target, stored: StoredFile | None, name: str) -> None:
    attachment_id, kind = None, typed("kind")
    if stored is not None:
        attachment = Attachment(role="evidence", status="stored", file_name=name)
        files.fill(attachment, stored)
        session.add(attachment)
        session.flush()
        attachment_id, kind = attachment.id, "photo" if stored.kind == "image" else "file"
    dated = None
    if typed("dated"):
        try:
            dated = parse_date(typed("dated"), bangkok_date(access.now()))
        except ThaiDateError as error:
            raise EvidenceError(str(error)) from None
    details = EvidenceDetails(kind, typed("title"), typed("url"), typed("order_number"), dated, attachment_id)
    evidence.add_evidence(session, target, details, access.me(session), access.now())


@pages.post("/<int:evidence_id>/<any(approve, remove):act>")
@access.roles(*access.EVERYONE)
def decide(evidence_id: int, act: str) -> ResponseReturnValue:
    """Approve what another person added, or take back what nobody approved."""
    problem = ""
    with access.writing() as session:
        row = _piece(session, evidence_id)
        what, target = _of(session, row)
        back, row_id = _address(what, target), target.id
        verb = evidence.approve_evidence if act == "approve" else evidence.remove_evidence
        try:
            verb(session, row, access.me(session), access.now())
        except EvidenceError as error:
            problem = str(error)
    if problem:
        return SHOW[what](row_id, Attempt("proofs", problem)), 422
    flash("ตรวจรับหลักฐานแล้ว" if act == "approve" else "ลบหลักฐานแล้ว", "good")
    return redirect(back)


@pages.post("/<any(measures, elements, entries):what>/<int:row_id>/links")
@access.roles(*access.EVERYONE)
def look(what: str, row_id: int) -> ResponseReturnValue:
    """Ask whether the links still lead somewhere; the network is asked between two transactions."""
    with access.reading() as session:
        target = _target(session, what, row_id)
        back = _address(what, target)
        ids = [piece.id for piece in evidence.of(session, target)]
        asked = links.waiting(session, access.now(), evidence_ids=ids)
    states = links.check_links(asked.values())
    with access.writing() as session:
        dead = links.store(session, asked, states, access.actor(), access.now())
    if not asked:
        flash("ตรวจลิงก์ไปแล้วภายใน 12 ชั่วโมง", "good")
    elif dead:
        flash(f"ตรวจแล้ว {len(asked)} ลิงก์ เปิดไม่ได้ {dead} ลิงก์", "warn")
    else:
        flash(f"ตรวจแล้ว {len(asked)} ลิงก์ เปิดได้ทั้งหมด", "good")
    return redirect(back)


# -- whose it is -----------------------------------------------------------------------------------------


def _target(session: Session, what: str, row_id: int) -> Target:
    match what:
        case "measures":
            return access.found(session, select(Measure).where(Measure.id == row_id))
        case "elements":
            return access.found(session, select(Element).where(Element.id == row_id))
    return access.found(session, select(RegisterEntry).where(RegisterEntry.id == row_id))


def _piece(session: Session, evidence_id: int) -> Evidence:
    """Evidence of a duty is the duties' page's."""
    return access.found(session, select(Evidence).where(Evidence.id == evidence_id, Evidence.duty_id.is_(None)))


def _of(session: Session, row: Evidence) -> tuple[str, Target]:
    found = (("measures", row.measure_id), ("elements", row.element_id), ("entries", row.entry_id))
    what, row_id = next((what, row_id) for what, row_id in found if row_id is not None)
    return what, _target(session, what, row_id)


def _address(what: str, target: Target) -> str:
    """The page on which the evidence stands."""
    match target:
        case Measure():
            return url_for("console.measures.show", measure_id=target.id, _anchor="proofs")
        case Element():
            anchor = f"element-{target.id}"
            return url_for("console.ita.item", fy=target.fiscal_year, code=target.item_code, _anchor=anchor)
    return url_for("console.registers.show", entry_id=target.id, _anchor="proofs")
