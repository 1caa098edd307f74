"""Taking part (R34): the table of a period's activities with their photos, and the report on a single one.

`figures["activities"]` as handlers/documents/taking_part.py makes them; `figures["pictures"]`: photos' bytes by path,
where they are at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Document,
    Heading,
    Line,
    PageBreak,
    Paragraph,
    Photo,
    Photos,
    Table,
    Title,
    cell,
)
from reports.layouts.parts import (
    Figures,
    Row,
    attested,
    document,
    evidence_words,
    or_nothing,
    period_words,
    plain,
    reported,
    signature,
    year_words,
)
from reports.layouts.quarterly import amount, memo_head

TITLE = "รายงานผลการเปิดโอกาสให้ประชาชนมีส่วนร่วม"
SINGLE = "รายงานผลการจัดกิจกรรม"
OWED = "ยังไม่ได้รายงานผล"
KINDS = ("ประชุมประชาคม", "ออกหน่วยเคลื่อนที่", "กิจกรรม", "โครงการ")


# -- a period --------------------------------------------------------------------------------------------


def layout(figures: Figures, layout: str = "") -> Document:
    rows: Sequence[Row] = figures["activities"]
    title = (TITLE, f"{year_words(figures)} {period_words(figures)}".strip(), figures["office"]["full"])
    annexes = {row["id"]: no for no, row in enumerate((row for row in rows if row["photos"]), 1)}
    blocks: list[Block] = [
        Title(title),
        Paragraph(_intro(rows)),
        Heading("1. กิจกรรมและโครงการที่บุคคลภายนอกมีส่วนร่วม"),
        _table(rows, annexes),
        _by_kind(rows),
        *_voices(figures),
        reported(figures),
        attested(figures),
    ]
    for row in rows:
        if row["photos"]:
            blocks += [PageBreak(), *_annex(figures, row, f"ภาคผนวก {annexes[row['id']]} ภาพ{row['title']}")]
    return document(figures, TITLE, blocks, landscape=True)


def _intro(rows: Sequence[Row]) -> str:
    held = [row for row in rows if row["state"] != "cancelled"]
    done = [row for row in rows if row["state"] == "done"]
    people = sum(row["attended"] for row in done)
    said = sum(sum(row["opinions"].values()) for row in held)
    words = f"จัดกิจกรรมที่บุคคลภายนอกมีส่วนร่วม {len(held):,} กิจกรรม รายงานผลแล้ว {len(done):,} กิจกรรม "
    words += f"มีผู้เข้าร่วมรวม {people:,} คน และได้รับความเห็นผ่านระบบ {said:,} ความเห็น"
    called_off = len(rows) - len(held)
    return f"{words} ยกเลิก {called_off:,} กิจกรรม" if called_off else words


def _by_kind(rows: Sequence[Row]) -> Table:
    shown = []
    for kind in (*KINDS, *sorted({row["kind"] for row in rows} - set(KINDS))):
        of_kind = [row for row in rows if row["kind"] == kind and row["state"] != "cancelled"]
        done = [row for row in of_kind if row["state"] == "done"]
        people = sum(row["attended"] for row in done)
        shown.append((cell(kind), cell(amount(len(of_kind))), cell(amount(len(done))), cell(amount(people))))
    columns = (
        Column("ประเภท", 3),
        Column("จัดแล้ว (กิจกรรม)", 1.4, "right"),
        Column("รายงานผลแล้ว (กิจกรรม)", 1.6, "right"),
        Column("ผู้เข้าร่วม (คน)", 1.4, "right"),
    )
    return Table(columns, tuple(shown), caption=("สรุปตามประเภท",))


def _table(rows: Sequence[Row], annexes: Mapping[int, int]) -> Table:
    columns = (
        Column("ที่", 0.45, "center"),
        Column("โครงการ/กิจกรรม", 1.7),
        Column("วันที่และสถานที่", 1.5),
        Column("จำนวน (คน)", 0.8, "right"),
        Column("ผู้เข้าร่วม", 1.5),
        Column("ความเห็นที่ได้รับ", 1.9),
        Column("ผลที่ได้และการนำไปใช้", 1.9),
        Column("ภาพ ภาคผนวก", 0.9, "center"),
    )
    shown = [
        (
            cell(str(no)),
            Cell(tuple(plain([row["title"], f"({row['kind']})", row["unit"]]))),
            Cell(tuple(plain([row["when"], row["place"]]))),
            cell(amount(row["attended"]) if row["state"] == "done" else "-"),
            cell(*row["who"].split("\n")),
            Cell(tuple(plain([*row["said"].split("\n"), _counted(row)]))),
            _result(row),
            cell(str(annexes.get(row["id"], "-"))),
        )
        for no, row in enumerate(rows, 1)
    ]
    return or_nothing(columns, shown, repeat=(0, 1))


def _result(row: Row) -> Cell:
    if row["state"] == "cancelled":
        return cell(f"ยกเลิก: {row['reason']}" if row["reason"] else "ยกเลิก")
    return cell(*row["result"].split("\n")) if row["state"] == "done" else cell(OWED, bold=True)


def _counted(row: Row) -> str:
    """ "ความเห็นในระบบ: ก่อนร่วม 3 หลังร่วม 12 ข้อ คะแนนหลังร่วม 4.5 จาก 5", or nothing."""
    given, average = row["opinions"], row["average"]
    if not given:
        return ""
    words = f"(ความเห็นในระบบ ก่อนร่วม {given.get('before', 0):,} หลังร่วม {given.get('after', 0):,} ความเห็น"
    return f"{words} คะแนนเฉลี่ยหลังร่วม {amount(average['after'])} จาก 5)" if "after" in average else f"{words})"


def _voices(figures: Figures) -> list[Block]:
    """Proposals and polls of the period; none is a result too."""
    proposals: Mapping[str, int] = figures["proposals"]
    blocks: list[Block] = [
        Heading("2. ข้อเสนอของประชาชน (ท่านเสนอ เราทำ)"),
        Paragraph(
            f"ได้รับข้อเสนอ {sum(proposals.values()):,} ข้อ: "
            + " ".join(f"{label} {count:,}" for label, count in proposals.items()),
            indent=False,
        ),
        Heading("3. แบบสำรวจความเห็นที่ปิดรับแล้ว"),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            cell(str(no)),
            cell(poll["question"]),
            cell(*(f"{one['label']} {one['votes']:,} เสียง (ร้อยละ {amount(one['share'])})" for one in poll["options"])),
            cell(amount(poll["total"])),
        )
        for no, poll in enumerate(figures["polls"], 1)
    ]
    columns = (Column("ที่", 0.5, "center"), Column("คำถาม", 3), Column("ผล", 4), Column("ผู้ตอบ (คน)", 1, "right"))
    return [*blocks, or_nothing(columns, rows, repeat=(0, 1))]


# -- one activity ----------------------------------------------------------------------------------------


def one_activity(figures: Figures, layout: str = "") -> Document:
    (row,) = figures["activities"]
    subject = f"{SINGLE} “{row['title']}”"
    intro = (
        f"ตามที่{figures['office']['full']}ได้จัด{row['kind']} “{row['title']}” ซึ่งเปิดโอกาสให้บุคคลภายนอกได้มีส่วนร่วม "
        "ขอรายงานผลการดำเนินการ ดังนี้"
    )
    blocks: list[Block] = [*memo_head(figures, subject), Paragraph(intro), _facts(row)]
    if proof := evidence_words(row["evidence"]):
        blocks += [Heading("เอกสารและหลักฐาน"), Bullets(tuple(proof), numbered=len(proof) > 1)]
    office = figures["office"]
    opinions = ("", f"ความเห็นของ{office['clerk']}", f"ความเห็น/ข้อสั่งการของ{office['head']}")
    blocks += [
        Paragraph("จึงเรียนมาเพื่อโปรดทราบและพิจารณา"),
        signature(figures, "proposer", "clerk", "mayor", opinions=opinions),
    ]
    if row["photos"]:
        blocks += [PageBreak(), *_annex(figures, row, f"ภาคผนวก ภาพ{row['title']}")]
    return document(figures, subject, blocks)


def _facts(row: Row) -> Table:
    people = [f"{row['attended']:,} คน"]
    if row["joined"]:
        people.append(f"ลงชื่อล่วงหน้า {row['joined']:,} คน มาร่วม {row['came_signed']:,} คน")
    facts = (
        ("โครงการ/กิจกรรม", [row["title"], f"({row['kind']})"]),
        ("ผู้รับผิดชอบ", [row["unit"]]),
        ("วันและเวลา", [row["when"]]),
        ("สถานที่", [row["place"]]),
        ("รายละเอียด", row["detail"].split("\n")),
        ("จำนวนผู้เข้าร่วม", people),
        ("ผู้เข้าร่วม ได้แก่", row["who"].split("\n")),
        ("ความเห็นที่ได้รับ", [*row["said"].split("\n"), _counted(row)]),
        ("ผลที่ได้และการนำไปใช้", row["result"].split("\n") if row["state"] == "done" else [OWED]),
    )
    rows = tuple((Cell((Line(label, bold=True),)), Cell(tuple(plain(said)) or (Line("-"),))) for label, said in facts)
    return Table((Column("หัวข้อ", 2.6), Column("รายละเอียด", 5)), rows, repeat=(0,))


# -- photos ----------------------------------------------------------------------------------------------


def _annex(figures: Figures, row: Row, title: str) -> list[Block]:
    pictures: Mapping[str, bytes] = figures.get("pictures", {})
    photos = [
        Photo(one["caption"] or f"ภาพที่ {no}", pictures.get(one["path"], b"")) for no, one in enumerate(row["photos"], 1)
    ]
    lines: list[Any] = [Heading(title), Paragraph(" ".join(w for w in (row["when"], row["place"]) if w), indent=False)]
    if row["photos_more"]:
        lines.append(Paragraph(f"ภาพอื่นอีก {row['photos_more']:,} ภาพอยู่ในทะเบียนกิจกรรม", indent=False))
    return [*lines, Photos(tuple(photos))]
