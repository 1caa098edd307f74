"""What ปลัด and นายก get on LINE or by e-mail: ten seconds to read, on LINE each number a link to its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.agencies import AgencyView
from handlers.messages import Card, Choice, Row
from handlers.summaries import terms
from handlers.summaries.periods import Period
from reports.document import Chart

Figures = Mapping[str, Any]
CHARTED = 4  # periods in the card's picture
EVERYTHING = "all"  # leads to the dashboard instead of one list


def card(
    agency: AgencyView, period: Period, figures: Figures, receipt_id: int, picture_url: str = "", report_url: str = ""
) -> Card:
    """The card of one summary for one person; the addresses are theirs alone."""
    buttons = [Choice("รับทราบ", f"s:sum:{receipt_id}:ack"), Choice("ดูรายละเอียด", _dashboard(agency, period), "link")]
    if report_url:
        buttons.append(Choice("รายงานเต็ม (PDF)", report_url, "link"))
    return Card(
        title=_title(period),
        rows=tuple(
            Row(label, value, link=_address(agency, period, figures, key))
            for key, label, value in _rows(period, figures)
        ),
        buttons=tuple(buttons),
        image_url=picture_url,
    )


def mail(agency: AgencyView, made: Sequence[tuple[Period, Figures]]) -> tuple[str, str]:
    """The cards of one day as the title and the text of an e-mail. It holds figures and names nobody; who opens the
    links signs in."""
    parts = []
    for period, figures in made:
        said = [f"{label}: {value}" for _, label, value in _rows(period, figures)]
        parts.append("\n".join([_title(period), *said, f"รายละเอียด: {_dashboard(agency, period)}"]))
    close = f"กรุณากด “รับทราบ” ในหน้าภาพรวม\n{agency.public_url}{terms.DASHBOARD}"
    titles = [_title(period) for period, _ in made]
    title = titles[0] if len(titles) == 1 else f"{titles[0]} และอีก {len(titles) - 1} ฉบับ"
    return f"{title} - {agency.short_name}", "\n\n".join([*parts, close, agency.name])


def _title(period: Period) -> str:
    return ("งานค้างและเกินกำหนด " if period.kind == "month" else "สรุปผลงาน ") + period.label


def _rows(period: Period, figures: Figures) -> list[tuple[str, str, str]]:
    return _digest(figures) if period.kind == "month" else _summary(figures)


def _address(agency: AgencyView, period: Period, figures: Figures, key: str) -> str:
    if key in ("", EVERYTHING):
        return _dashboard(agency, period) if key else ""
    return f"{agency.public_url}{figures['definitions'][key]['address']}"


def _dashboard(agency: AgencyView, period: Period) -> str:
    return f"{agency.public_url}{terms.DASHBOARD}?period={period.key}"


def _summary(figures: Figures) -> list[tuple[str, str, str]]:
    """(number's key, label, value): at most eight."""
    cases, questions, duties = figures["cases"], figures["questions"], figures["duties"]
    answered = questions["bot"] + questions["person"]
    return [
        ("cases.received", "รับเรื่อง", f"{cases['received']:,} เรื่อง"),
        ("cases.closed", "ปิดแล้ว (ยืนยัน)", f"{cases['closed']:,} ({cases['confirmed']:,}) เรื่อง"),
        ("cases.late", "เกินกำหนด", f"{cases['late']:,} จาก {cases['open']:,} ที่ค้าง"),
        ("questions.asked", "ตอบคำถาม", f"{answered:,} จาก {questions['asked']:,}"),
        ("questions.person", "เวลาตอบ", minutes_words(questions["median_minutes"])),
        *_eit(figures),
        ("duties.on_time", "งานทันเวลา", share_words(duties["on_time_share"], duties["on_time"], duties["late"])),
        _decisions(figures),
    ]


def _digest(figures: Figures) -> list[tuple[str, str, str]]:
    """The month's: only what is open and late."""
    cases, questions, duties = figures["cases"], figures["questions"], figures["duties"]
    return [
        ("cases.open", "เรื่องที่ค้าง", f"{cases['open']:,} เรื่อง"),
        ("cases.late", "เกินกำหนด", f"{cases['late']:,} เรื่อง"),
        ("questions.unanswered", "คำถามค้าง", f"{questions['unanswered']:,} คำถาม"),
        ("duties.late", "งานไม่ทันเวลา", f"{duties['late']:,} จาก {duties['due']:,}"),
        _decisions(figures),
    ]


def _decisions(figures: Figures) -> tuple[str, str, str]:
    """One line for all that waits; it leads to its list, or where it is of several kinds to all of them."""
    waiting = figures["decisions"]
    if not waiting:
        return ("", "รอท่านตัดสินใจ", "ไม่มี")
    key = waiting[0]["key"] if len(waiting) == 1 else EVERYTHING
    return (key, "รอท่านตัดสินใจ", f"{sum(row['count'] for row in waiting):,} เรื่อง")


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
    """Of office time: "45 นาที", "3 ชม. 5 นาที", or "-"."""
    if minutes is None:
        return "-"
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours:,} ชม."] if hours else []), f"{rest} นาที"])


def share_words(share: float | None, good: int, bad: int) -> str:
    """ "91.3 % (21/23)"."""
    return "-" if share is None else f"{share:g} % ({good:,}/{good + bad:,})"


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
