"""ประกาศ: the head of the organisation tells the public of the report of measures."""

from __future__ import annotations

from reports.document import Block, Document, Emblem, Paragraph, Title
from reports.layouts.parts import Figures, announced_day, document, signature

TITLE = "ประกาศรายงานผลการดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใส"


def layout(figures: Figures, layout: str = "") -> Document:
    return document(figures, TITLE, blocks(figures))


def blocks(figures: Figures) -> list[Block]:
    """The announcement alone; layout 002 begins with it too."""
    office, year = figures["office"], figures["fiscal_year"]
    period = figures["period"]
    return [
        Emblem(3),
        Title(
            (
                f"ประกาศ{office['full']}",
                f"เรื่อง รายงานผลการดำเนินการมาตรการส่งเสริมคุณธรรมและความโปร่งใส ของ {office['full']}",
                " ".join(words for words in (f"ประจำปีงบประมาณ พ.ศ. {year}", period["name"]) if words),
            )
        ),
        Paragraph(
            f"ตามที่ {office['full']} ได้กำหนดมาตรการส่งเสริมคุณธรรมและความโปร่งใสภายในหน่วยงาน ประจำปีงบประมาณ พ.ศ. {year} "
            "และได้ดำเนินการตามมาตรการดังกล่าว นั้น"
        ),
        Paragraph(
            "เพื่อเป็นการส่งเสริมคุณธรรมและความโปร่งใสในการดำเนินงาน และเปิดโอกาสให้ประชาชนรับทราบและมีส่วนร่วมตรวจสอบ "
            f"{office['full']} จึงขอรายงานผลการดำเนินการ {period['name']} ({period['months']}) ตามเอกสารแนบท้ายประกาศนี้ "
            "เพื่อให้ทราบโดยทั่วกัน"
        ),
        Paragraph(f"ประกาศ ณ วันที่ {announced_day(figures['dated'])}", align="center", indent=False),
        signature(figures, "mayor"),
    ]
