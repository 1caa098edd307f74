"""Staff who move: their work goes to a successor, and who comes or moves reads and acknowledges the measures (R78)."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from handlers.duties import moves
from handlers.duties.operations import DutyError
from models.agency import Staff
from models.measure import PackReceipt
from web.console import access
from web.console.duties import STARTERS, pages
from web.console.inputs import number, query_id


@pages.get("/people")
@access.roles(*STARTERS)
def people() -> str:
    return _people()


def _people(problem: str = "") -> str:
    chosen = number("leaver") if problem else query_id("leaver")
    with access.reading() as session:
        everybody = session.scalars(
            select(Staff).options(joinedload(Staff.unit)).order_by(Staff.active.desc(), Staff.name)
        ).all()
        having = moves.in_hand(session)
        receipts = session.execute(
            select(PackReceipt, Staff.name)
            .join(Staff, Staff.id == PackReceipt.staff_id)
            .order_by(PackReceipt.id.desc())
            .limit(30)
        ).all()
        return render_template(
            "console/duties/people.html",
            leavers=[person for person in everybody if person.id in having],
            successors=[person for person in everybody if person.active],
            having=having,
            chosen=chosen,
            successor=number("successor") if problem else None,
            receipts=receipts,
            reasons=moves.REASONS,
            problem=problem,
        )


@pages.post("/people")
@access.roles(*STARTERS)
def move() -> ResponseReturnValue:
    """Everything that one person has in hand goes to another."""
    try:
        with access.writing() as session:
            leaver = session.get(Staff, number("leaver") or 0)
            successor = session.get(Staff, number("successor") or 0)
            if leaver is None or successor is None:
                raise DutyError("กรุณาเลือกผู้ที่ย้ายและผู้รับช่วง")
            done = moves.move_staff(session, access.agency(), leaver, successor, access.me(session), access.now())
            names = leaver.name, successor.name
    except DutyError as error:
        return _people(str(error)), 422
    counts = (
        ("งานตามกำหนด", done.duties),
        ("กำหนดประจำปี", done.rules),
        ("มาตรการ", done.measures),
        ("เรื่องร้องเรียน", done.cases),
        ("คำถาม", done.questions),
    )
    moved = " · ".join(f"{label} {count}" for label, count in counts if count)
    flash(f"โอนงานของ {names[0]} ให้ {names[1]} แล้ว: {moved}" if moved else f"{names[0]} ไม่มีงานค้าง", "good")
    if done.kept:
        flash(f"มีเรื่อง {done.kept} เรื่องที่ผู้รับช่วงดูไม่ได้ กรุณามอบหมายเองในกล่องงาน", "warn")
    return redirect(url_for("console.duties.people"))


@pages.get("/pack/<int:pack_id>")
@access.roles(*access.EVERYONE)
def pack(pack_id: int) -> str:
    """The measures that a newcomer or a moved officer has to know of."""
    with access.reading() as session:
        me = access.me()
        receipt = access.found(
            session, select(PackReceipt).where(PackReceipt.id == pack_id, PackReceipt.staff_id == me.id)
        )
        return render_template(
            "console/duties/pack.html",
            receipt=receipt,
            reasons=moves.REASONS,
            measures=moves.pack_measures(session, me, receipt.fiscal_year),
            duties=moves.pack_duties(session, me, receipt.fiscal_year),
        )


@pages.post("/pack/<int:pack_id>")
@access.roles(*access.EVERYONE)
def acknowledge(pack_id: int) -> ResponseReturnValue:
    with access.writing() as session:
        if moves.acknowledge(session, pack_id, access.me(session), access.now()) is None:
            abort(404)
    flash("บันทึกว่าท่านรับทราบแล้ว", "good")
    return redirect(url_for("console.duties.pack", pack_id=pack_id))
