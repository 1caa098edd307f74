"""รายงานผลการดำเนินงานต่อผู้บริหาร of a quarter (or year): what needs a decision first, then the figures, room for the
opinions of ปลัด and นายก, and overleaf what each number means.

`figures["summary"]` is what handlers/summaries/operations.py figures_of gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.document import (
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Document,
    Emblem,
    Heading,
    Line,
    MemoHead,
    PageBreak,
    Paragraph,
    Table,
    cell,
)
from reports.layouts.parts import Figures, day_words, document, or_nothing, period_words, signature

TITLE = "รายงานผลการดำเนินงานต่อผู้บริหาร"
NONE = "-"
Rows = Sequence[Mapping[str, Any]]


def layout(figures: Figures, layout: str = "") -> Document:
    when = f"{period_words(figures)} ปีงบประมาณ พ.ศ. {figures['fiscal_year']}"
    subject = f"{TITLE} {when}"
    summary = figures["summary"]
    intro = (
        f"ตามที่{figures['office']['full']}กำหนดให้รายงานผลการดำเนินงานให้ผู้บริหารทราบอย่างน้อยไตรมาสละ 1 ครั้งนั้น "
        f"ขอรายงานผลระหว่างวันที่ {_day(summary['first'])} ถึงวันที่ {_day(summary['last'])} ดังนี้"
    )
    return document(
        figures,
        subject,
        [
            *memo_head(figures, subject),
            Paragraph(intro),
            *decisions(summary, "1. เรื่องที่ขอให้พิจารณา"),
            *complaints(summary, "2. เรื่องร้องเรียนร้องทุกข์"),
            *questions(summary, "3. การตอบคำถาม"),
            *duties(summary, "4. งานตามมาตรการและหน้าที่"),
            *outreach(summary, "5. ช่องทางการติดต่อและการประเมิน EIT"),
            *closing(figures),
            PageBreak(),
            *definitions(summary, "ภาคผนวก ความหมายของตัวเลข"),
        ],
    )


def _day(iso: str) -> str:
    return day_words(iso, "long")


def memo_head(figures: Figures, subject: str) -> list[Block]:
    office = figures["office"]
    phone = office["memo_phone"] and f"โทร. {office['memo_phone']}"
    return [
        Emblem(1.5, "left"),
        MemoHead(
            office=" ".join(words for words in (office["memo_unit"], office["full"], phone) if words),
            number=f"{office['memo_code']}/" if office["memo_code"] else "",
            dated=day_words(figures["dated"], "long"),
            subject=subject,
            to=office["head"],
        ),
    ]


def closing(figures: Figures) -> list[Block]:
    office = figures["office"]
    opinions = ("", f"ความเห็นของ{office['clerk']}", f"ความเห็น/ข้อสั่งการของ{office['head']}")
    return [
        Paragraph("จึงเรียนมาเพื่อโปรดทราบและพิจารณา"),
        signature(figures, "proposer", "clerk", "mayor", opinions=opinions),
    ]


# -- sections --------------------------------------------------------------------------------------------


def decisions(summary: Mapping[str, Any], title: str) -> list[Block]:
    """As counted when the figures were made."""
    waiting = summary["decisions"]
    if not waiting:
        return [Heading(title), Paragraph("ไม่มีเรื่องที่รอการตัดสินใจ (0 เรื่อง)")]
    said = tuple(f"{row['label']} จำนวน {row['count']:,} รายการ" for row in waiting)
    return [Heading(title), Bullets(said, numbered=True)]


def complaints(summary: Mapping[str, Any], title: str) -> list[Block]:
    now, before = summary["cases"], summary["previous"]["cases"]
    channels = [row for row in summary["cases_by_channel"] if row["received"]]
    lines = [
        ("รับเรื่อง (เรื่อง)", "received"),
        ("ปิดเรื่อง (เรื่อง)", "closed"),
        ("ดำเนินการแล้ว (เรื่อง)", "finished"),
        ("ผู้แจ้งยืนยันว่าเรียบร้อย (เรื่อง)", "confirmed"),
        ("ยังไม่เสร็จเมื่อสิ้นช่วง (เรื่อง)", "open"),
        ("ในจำนวนนั้นเกินกำหนด (เรื่อง)", "late"),
        ("เปิดใหม่เพราะยังไม่เรียบร้อย (เรื่อง)", "reopened"),
        ("เสร็จตามเวลาที่สัญญา (ร้อยละ)", "in_time_share"),
        ("เวลาดำเนินการ ค่ากลาง (วัน)", "median_days"),
        ("คะแนนเฉลี่ยจากผู้แจ้ง (เต็ม 5)", "rating"),
    ]
    return [
        Heading(title),
        compared(lines, now, before),
        Paragraph(f"ผู้แจ้งให้คะแนน {now['rated']:,} เรื่อง"),
        *trend_chart(summary, "เรื่องร้องเรียน", (("รับเรื่อง", "received"), ("ปิดเรื่อง", "closed")), "เรื่อง"),
        _grouped(summary["cases_by_unit"], "ส่วนราชการ", "จำแนกตามส่วนราชการ"),
        _grouped(summary["cases_by_category"], "ประเภทเรื่อง", "จำแนกตามประเภทเรื่อง"),
        _grouped(summary["cases_by_moo"], "หมู่ที่", "จำแนกตามหมู่บ้าน"),
        or_nothing(
            [Column("ช่องทาง", 4), Column("รับเรื่อง", 1.2, "right")],
            [(cell(row["label"]), cell(amount(row["received"]))) for row in channels],
            caption=("จำแนกตามช่องทางที่แจ้ง",),
        ),
    ]


def _grouped(rows: Rows, what: str, caption: str) -> Table:
    """Received, closed, confirmed, open, late of each group."""
    shown = ("received", "closed", "confirmed", "open", "late")
    heads = ("รับ", "ปิด", "ยืนยัน", "ยังไม่เสร็จ", "เกินกำหนด")
    return or_nothing(
        [Column(what, 4), *(Column(head, 1.2, "right") for head in heads)],
        [(cell(row["label"]), *(cell(amount(row[name])) for name in shown)) for row in rows],
        caption=(caption,),
    )


def questions(summary: Mapping[str, Any], title: str) -> list[Block]:
    now, before = summary["questions"], summary["previous"]["questions"]
    lines = [
        ("คำถามที่ได้รับ (คำถาม)", "asked"),
        ("ระบบตอบ (คำถาม)", "bot"),
        ("เจ้าหน้าที่ตอบ (คำถาม)", "person"),
        ("ยังไม่ได้ตอบ (คำถาม)", "unanswered"),
        ("ระบบตอบไม่ตรง (คำถาม)", "missed"),
        ("จบโดยไม่ต้องตอบ (คำถาม)", "ended"),
        ("เวลาตอบของเจ้าหน้าที่ ค่ากลาง (นาทีทำการ)", "median_minutes"),
    ]
    units = or_nothing(
        [Column("ส่วนราชการ", 4), *(Column(head, 1.2, "right") for head in ("ได้รับ", "ตอบแล้ว", "ยังไม่ได้ตอบ"))],
        [
            (cell(row["label"]), cell(amount(row["asked"])), cell(_answered(row)), cell(amount(row["unanswered"])))
            for row in summary["questions_by_unit"]
        ],
        caption=("จำแนกตามส่วนราชการ",),
    )
    return [Heading(title), compared(lines, now, before), units]


def _answered(row: Mapping[str, Any]) -> str:
    return amount(row["bot"] + row["person"])


def duties(summary: Mapping[str, Any], title: str) -> list[Block]:
    now, before = summary["duties"], summary["previous"]["duties"]
    lines = [
        ("งานที่ครบกำหนด (งาน)", "due"),
        ("ทันเวลา (งาน)", "on_time"),
        ("ไม่ทันเวลา รวมที่ค้างเกินกำหนด (งาน)", "late"),
        ("ยังไม่ถึงกำหนด (งาน)", "pending"),
        ("ทันเวลา (ร้อยละ)", "on_time_share"),
    ]
    heads = ("ครบกำหนด", "ทันเวลา", "ไม่ทัน", "ยังไม่ถึง")
    units = or_nothing(
        [Column("ส่วนราชการ", 4), *(Column(head, 1.2, "right") for head in heads)],
        [
            (cell(row["label"]), *(cell(amount(row[name])) for name in ("due", "on_time", "late", "pending")))
            for row in summary["duties_by_unit"]
        ],
        caption=("จำแนกตามส่วนราชการ",),
    )
    measures = summary["measures"]
    total = sum(measures.values())
    said = (
        f"มาตรการส่งเสริมคุณธรรมและความโปร่งใสของปีงบประมาณ {total:,} มาตรการ: ดำเนินการแล้ว {measures['done']:,} "
        f"อยู่ระหว่างดำเนินการ {measures['in_progress']:,} ยังไม่ดำเนินการ {measures['not_started']:,}"
    )
    return [Heading(title), compared(lines, now, before), units, Paragraph(said)]


def outreach(summary: Mapping[str, Any], title: str) -> list[Block]:
    said = [f"ช่องทางการติดต่อที่ขึ้นทะเบียนไว้ {summary['channels']['count']:,} ช่องทาง"]
    eit = summary.get("eit") or {}
    if eit.get("target") is not None:
        said.append(f"เป้าหมายผู้ตอบแบบวัด EIT {eit['target']:,} คน")
    if eit.get("reported") is not None:
        said.append(f"ผู้ตอบแบบวัด EIT ตามระบบ ITAS {eit['reported']:,} คน ณ วันที่ {_day(eit['reported_on'])}")
    if eit.get("scans"):
        said.append(f"การเปิดลิงก์แบบวัด EIT ผ่าน QR Code {eit['scans']['total']:,} ครั้ง (ไม่ใช่จำนวนผู้ตอบ)")
    return [Heading(title), Bullets(tuple(said))]


def definitions(summary: Mapping[str, Any], title: str) -> list[Block]:
    """What each number in the tables counts."""
    groups = (("cases.", "เรื่องร้องเรียน"), ("questions.", "คำถาม"), ("duties.", "งาน"), ("decide.", "เรื่องที่ขอให้พิจารณา"))
    rows: list[tuple[Cell, ...]] = []
    for prefix, group in groups:
        rows.append((Cell((Line(group, bold=True),), span=2),))
        for key, one in summary["definitions"].items():
            if key.startswith(prefix):
                rows.append((cell(one["title"]), cell(one["text"])))
    made = f"นับจากทะเบียนในระบบเมื่อวันที่ {_day(summary['made_at'][:10])}"
    return [Heading(title), Paragraph(made), Table((Column("ตัวเลข", 2), Column("ความหมาย", 5)), tuple(rows))]


# -- pieces ----------------------------------------------------------------------------------------------


def compared(lines: Sequence[tuple[str, str]], now: Mapping[str, Any], before: Mapping[str, Any]) -> Table:
    """Now, the period before, and how much more or less."""
    columns = (
        Column("รายการ", 4),
        Column("ช่วงนี้", 1.2, "right"),
        Column("ช่วงก่อน", 1.2, "right"),
        Column("เพิ่ม/ลด", 1.2, "right"),
    )
    rows = [
        (cell(label), cell(amount(now[key])), cell(amount(before[key])), cell(change(now[key], before[key])))
        for label, key in lines
    ]
    return Table(columns, tuple(rows))


def trend_chart(summary: Mapping[str, Any], title: str, series: Sequence[tuple[str, str]], unit: str) -> list[Block]:
    """The last periods as bars, with their numbers in a table below."""
    rows = summary["trend"]
    picture = Chart(
        title=title,
        labels=tuple(row["label"] for row in rows),
        series=tuple((name, tuple(float(row[key]) for row in rows)) for name, key in series),
        unit=unit,
    )
    table = Table(
        (Column("ช่วง", 3), *(Column(name, 1.2, "right") for name, _ in series)),
        tuple((cell(row["label"]), *(cell(amount(row[key])) for _, key in series)) for row in rows),
    )
    # A picture of nothing but zeros says no more than the table, and takes half a page.
    return [picture, table] if any(value for _, values in picture.series for value in values) else [table]


def amount(value: float | None) -> str:
    """ "1,234", "91.3"; "-" where there is nothing to divide by."""
    return NONE if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def change(now: float | None, before: float | None) -> str:
    """ "+3", "-1.5", "0"; "-" where one of them is unknown."""
    if now is None or before is None:
        return NONE
    return "0" if now == before else f"{'+' if now > before else '-'}{amount(abs(now - before))}"
