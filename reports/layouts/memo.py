"""บันทึกข้อความ: the year's ITA scores to the head of the organisation, computed from the ten indicators.

A figure that a person typed and that does not agree is named in a note, never copied.
"""

from __future__ import annotations

from reports.document import Block, Column, Document, Emblem, MemoHead, Paragraph, Table, cell
from reports.layouts.parts import INSTRUMENT_NAMES, Figures, day_words, document, signature

TITLE = "บันทึกข้อความรายงานผลการประเมิน ITA"


def layout(figures: Figures, layout: str = "") -> Document:
    return document(figures, TITLE, blocks(figures))


def blocks(figures: Figures) -> list[Block]:
    """The memo alone; layout 001 ends with it too. Expects scores that are complete."""
    office, scores = figures["office"], figures["scores"]
    year = scores["fiscal_year"]
    total = f"{scores['total']} คะแนน อยู่ในระดับ{scores['level']}"
    return [
        Emblem(1.5, "left"),
        MemoHead(
            office=" ".join(
                words
                for words in (
                    office["memo_unit"],
                    office["full"],
                    office["memo_phone"] and f"โทร. {office['memo_phone']}",
                )
                if words
            ),
            number=f"{office['memo_code']}/" if office["memo_code"] else "",
            dated=day_words(figures["dated"], "long"),
            subject=(f"รายงานผลการประเมินระดับคุณธรรมและความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ ITA ประจำปี พ.ศ. {year}"),
            to=office["head"],
        ),
        Paragraph(
            "ตามที่สำนักงานคณะกรรมการป้องกันและปราบปรามการทุจริตแห่งชาติ (สำนักงาน ป.ป.ช.) ได้ประกาศผลการประเมินคุณธรรม"
            f"และความโปร่งใสในการดำเนินงานของหน่วยงานภาครัฐ (ITA) ประจำปีงบประมาณ พ.ศ. {year} นั้น "
            f"{office['full']} มีคะแนน {total} โดยมีผลคะแนนแยกตามแบบวัด ดังนี้"
        ),
        *(
            Paragraph(f"{no}. {words} คะแนนรวม {scores[name.lower()]} คะแนน")
            for no, (name, words) in enumerate(INSTRUMENT_NAMES.items(), 1)
        ),
        Table(
            (
                Column("ตัวชี้วัด", 1, "center"),
                Column("รายละเอียดตัวชี้วัด", 4),
                Column("คะแนน", 1.2, "right"),
            ),
            tuple(
                (cell(str(number)), cell(figures["indicators"].get(str(number), "")), cell(score))
                for number, score in enumerate(scores["indicators"], 1)
            ),
        ),
        *(Paragraph(f"หมายเหตุ {words}") for words in scores["notes"]),
        Paragraph("จึงเรียนมาเพื่อโปรดทราบ"),
        signature(
            figures,
            "proposer",
            "clerk",
            "mayor",
            opinions=("", f"ความเห็นของ{office['clerk']}", f"ความเห็น{office['head']}"),
        ),
    ]
