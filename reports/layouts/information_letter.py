"""หนังสือภายนอก that answers a request for information (ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. 2526, แบบที่ 1).

Figures as handlers/documents/information_letters.py makes them.
"""

from __future__ import annotations

from reports.document import Block, Bullets, Document, Emblem, LetterHead, Paragraph, Signatures
from reports.layouts.parts import Figures, day_words, document

SUBJECTS = {
    "given": "ขอส่งข้อมูลข่าวสารตามคำขอ",
    "part": "แจ้งผลการพิจารณาคำขอข้อมูลข่าวสาร (เปิดเผยบางส่วน)",
    "refused": "แจ้งคำสั่งไม่เปิดเผยข้อมูลข่าวสารของราชการ",
    "not_held": "แจ้งผลการพิจารณาคำขอข้อมูลข่าวสาร (ไม่มีข้อมูลอยู่ในครอบครอง)",
}


def layout(figures: Figures) -> Document:
    letter, office, request = figures["letter"], figures["office"], figures["request"]
    subject = SUBJECTS[letter["result"]]
    asked = f"คำขอข้อมูลข่าวสาร เลขที่ {request['number']} ลงวันที่ {day_words(request['on'], 'long')}"
    facts = [("เรื่อง", subject), ("เรียน", letter["to"]), ("อ้างถึง", asked)]
    given = letter["given"]
    if given:
        facts.append(("สิ่งที่ส่งมาด้วย", "\n".join(_numbered(given))))
    wanted = " ".join(request["wanted"].split())
    blocks: list[Block] = [
        Emblem(3),
        LetterHead(
            number=letter["number"] or (f"{office['memo_code']}/" if office["memo_code"] else ""),
            office=tuple(line for line in (office["full"], *_address(figures)) if line),
            dated=day_words(figures["dated"], "long"),
            facts=tuple(facts),
        ),
        Paragraph(
            f"ตามที่ท่านได้ยื่นคำขอข้อมูลข่าวสารตามที่อ้างถึง ต่อ{office['full']}" + (f" โดยขอ “{wanted}”" if wanted else "") + " นั้น"
        ),
        *_said(figures),
        *([Paragraph(letter["recourse"])] if letter["recourse"] else []),
        Paragraph("จึงเรียนมาเพื่อโปรดทราบ"),
        Signatures((tuple(office["signers"][letter["signer"]]),), closing="ขอแสดงความนับถือ"),
    ]
    unit = figures["unit"]
    below = [unit["name"] or office["memo_unit"], unit["phone"] and f"โทร. {unit['phone']}"]
    blocks += [Paragraph(line, indent=False) for line in below if line]
    return document(figures, f"{subject} {request['number']}", blocks)


def _address(figures: Figures) -> tuple[str, ...]:
    """The agency's address, with อำเภอ and จังหวัด unless it holds them."""
    address, office = figures["address"], figures["office"]
    return (address,) if office["province"] and office["province"] in address else (address, office["place"])


def _said(figures: Figures) -> list[Block]:
    """What was decided, with the ground and the reason of what is not given."""
    letter, full = figures["letter"], figures["office"]["full"]
    match letter["result"]:
        case "given":
            return [Paragraph(f"{full}พิจารณาแล้ว เห็นควรเปิดเผยข้อมูลข่าวสารดังกล่าว จึงขอส่งข้อมูลข่าวสารตามสิ่งที่ส่งมาด้วย")]
        case "not_held":
            reason = [Paragraph(letter["reason"])] if letter["reason"] else []
            return [Paragraph(f"{full}ตรวจสอบแล้ว ไม่มีข้อมูลข่าวสารตามคำขออยู่ในความครอบครองหรือควบคุมดูแล"), *reason]
        case "part":
            opening = f"{full}พิจารณาแล้ว เปิดเผยข้อมูลข่าวสารตามสิ่งที่ส่งมาด้วย และมีคำสั่งไม่เปิดเผยข้อมูลข่าวสาร ดังนี้"
        case _:
            opening = f"{full}พิจารณาแล้ว มีคำสั่งไม่เปิดเผยข้อมูลข่าวสาร ดังนี้"
    items = tuple(letter["withheld"])
    return [
        Paragraph(opening),
        Bullets(items, numbered=len(items) > 1),
        Paragraph(letter["law"]),
        Paragraph(f"เหตุผลที่ไม่เปิดเผย: {letter['reason']}"),
    ]


def _numbered(lines: list[str]) -> list[str]:
    return lines if len(lines) == 1 else [f"{no}. {line}" for no, line in enumerate(lines, 1)]
