"""What ปลัด and นายก get on LINE: ten seconds to read, each number a link to its list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.agencies import AgencyView
from handlers.messages import Card, Choice, Row
from handlers.summaries import terms
from handlers.summaries.periods import Period
from reports.document import Chart

Figures = Mapping[str, Any]
CHARTED = 4  # periods in the card's picture


def card(
    agency: AgencyView, period: Period, figures: Figures, receipt_id: int, picture_url: str = "", report_url: str = ""
) -> Card:
    """The card of one summary for one person; the addresses are theirs alone."""
    rows = _digest(figures) if period.kind == "month" else _summary(figures)
    buttons = [Choice("รับทราบ", f"s:sum:{receipt_id}:ack"), Choice("ดูรายละเอียด", _dashboard(agency, period), "link")]
    if report_url:
        buttons.append(Choice("รายงานเต็ม (PDF)", report_url, "link"))
    return Card(
        title=("งานค้างและเกินกำหนด " if period.kind == "month" else "สรุปผลงาน ") + period.label,
        rows=tuple(
            Row(label, value, link=agency.public_url + figures["definitions"][key]["address"] if key else "")
            for key, label, value in rows
        ),
        buttons=tuple(buttons),
        image_url=picture_url,
    )


def _dashboard(agency: AgencyView, period: Period) -> str:
    return f"{agency.public_url}{terms.DASHBOARD}?period={period.key}"


def _summary(figures: Figures) -> list[tuple[str, str, str]]:
    """(number's key, label, value): at most eight."""
    cases, questions, duties = figures["cases"], figures["questions"], figures["duties"]
    answered = questions["bot"] + questions["person"]
    on_time = share_words(duties["on_time_share"], duties["on_time"], duties["late"])
    return [
        *_decisions(figures),
        ("cases.received", "รับเรื่องร้องเรียน", f"{cases['received']:,} เรื่อง"),
        ("cases.closed", "ปิดแล้ว", f"{cases['closed']:,} เรื่อง (ผู้แจ้งยืนยัน {cases['confirmed']:,})"),
        ("cases.late", "เกินกำหนด", f"{cases['late']:,} จากที่ยังไม่เสร็จ {cases['open']:,} เรื่อง"),
        ("questions.asked", "ตอบคำถาม", f"{answered:,} จาก {questions['asked']:,} คำถาม"),
        ("questions.person", "เวลาที่เจ้าหน้าที่ตอบ (ค่ากลาง)", minutes_words(questions["median_minutes"])),
        *_eit(figures),
        ("duties.on_time", "งานตามมาตรการทันเวลา", on_time),
    ]


def _digest(figures: Figures) -> list[tuple[str, str, str]]:
    """The month's: only what is open and late."""
    cases, questions, duties = figures["cases"], figures["questions"], figures["duties"]
    return [
        *_decisions(figures),
        ("cases.open", "เรื่องร้องเรียนยังไม่เสร็จ", f"{cases['open']:,} เรื่อง"),
        ("cases.late", "เรื่องร้องเรียนเกินกำหนด", f"{cases['late']:,} เรื่อง"),
        ("questions.unanswered", "คำถามยังไม่ได้ตอบ", f"{questions['unanswered']:,} คำถาม"),
        ("duties.late", "งานตามมาตรการไม่ทันเวลา", f"{duties['late']:,} จาก {duties['due']:,} งาน"),
    ]


def _decisions(figures: Figures) -> list[tuple[str, str, str]]:
    """One line for all that waits; it leads to the first list."""
    waiting = figures["decisions"]
    if not waiting:
        return [("", "รอท่านตัดสินใจ", "ไม่มี")]
    count = sum(row["count"] for row in waiting)
    return [(waiting[0]["key"], "รอท่านตัดสินใจ", f"{count:,} เรื่อง: {', '.join(row['label'] for row in waiting)}")]


def _eit(figures: Figures) -> list[tuple[str, str, str]]:
    """Only once the year's survey is known."""
    eit = figures.get("eit") or {}
    if eit.get("state", "unknown") in ("unknown", "not_yet"):
        return []
    reported, target = eit.get("reported"), eit.get("target")
    if reported is None:
        return [("", "ผู้ตอบ EIT", f"เปิดลิงก์ {eit['scans']['total']:,} ครั้ง")]
    return [("", "ผู้ตอบ EIT", f"{reported:,} จาก {target:,} คน" if target else f"{reported:,} คน")]


def minutes_words(minutes: int | None) -> str:
    """ "45 นาทีทำการ", "3 ชม. 5 นาทีทำการ", or that there is none."""
    if minutes is None:
        return "ไม่มีคำถามถึงเจ้าหน้าที่"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours:,} ชม."] if hours else []
    return " ".join([*parts, f"{rest} นาทีทำการ"])


def share_words(share: float | None, good: int, bad: int) -> str:
    """ "91.3 % (21 จาก 23 งาน)"."""
    return "ไม่มีงานครบกำหนด" if share is None else f"{share:g} % ({good:,} จาก {good + bad:,} งาน)"


def chart(figures: Figures) -> Chart:
    """Received and closed over the last periods; goes with the card as its picture and with the report."""
    rows = figures["trend"][-CHARTED:]
    return Chart(
        title="เรื่องร้องเรียน",
        labels=tuple(row["label"] for row in rows),
        series=(
            ("รับเรื่อง", tuple(float(row["received"]) for row in rows)),
            ("ปิดเรื่อง", tuple(float(row["closed"]) for row in rows)),
        ),
        unit="เรื่อง",
    )
